/* <tls-native/x509.h> - certificates by themselves: trust, verification, names, keys, writing.
 *
 * Nothing here does network I/O. Objects made with hooks use them for memory, randomness and time;
 * hooks may be NULL for the defaults and are copied. */
#ifndef TLS_NATIVE_X509_H
#define TLS_NATIVE_X509_H

#include <tls-native/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- trust anchors ---- */

/* An empty store. Reference counted, shared by any number of configurations and threads: everything
 * below may be called from any of them at any time, also while others verify. A configuration that was
 * frozen before tells old sessions apart by what was in the store then. TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_trust_new(tlsn_trust **out, const struct tlsn_hooks *hooks);
TLSN_API tlsn_trust *tlsn_trust_ref(tlsn_trust *trust);
TLSN_API void tlsn_trust_free(tlsn_trust *trust); /* drops one reference; NULL allowed */

/* Adds every certificate of a PEM text or one DER certificate; a copy is kept, duplicates count
 * once. *added (may be NULL): how many are new. Certificates that do not parse are left out and
 * counted in *refused (may be NULL). TLSN_ERR_PEM when there is no certificate in it,
 * TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_trust_add(tlsn_trust *trust, const void *data, size_t len,
                                                  size_t *added, size_t *refused);
/* The same from a file, or from every regular file of a directory (PEM or DER; the hashed names
 * of OpenSSL's c_rehash lead to the same files and are read once). TLSN_ERR_FILE when it cannot
 * be read. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_trust_add_path(tlsn_trust *trust, const char *path,
                                                       size_t *added, size_t *refused);
/* The system's store: the usual places of Debian, Fedora, openSUSE, Alpine, the BSDs, macOS and
 * Android, the first one that has certificates. TLSN_ERR_FILE when there is none. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_trust_add_system(tlsn_trust *trust, size_t *added);
/* The file of SSL_CERT_FILE and the directories of SSL_CERT_DIR (separated by ':'). Only for programs
 * whose environment is their user's. TLSN_ERR_NOT_FOUND when neither is set; TLSN_ERR_FILE or
 * TLSN_ERR_PEM when nothing of what they name can be read. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_trust_add_environment(tlsn_trust *trust, size_t *added);
/* A file or directory, or with NULL the system's store, that is read when a certificate is first
 * looked for. What cannot be read then is among what was skipped. TLSN_ERR_ARGUMENT,
 * TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_trust_defer(tlsn_trust *trust, const char *path);
TLSN_API size_t tlsn_trust_count(const tlsn_trust *trust);
/* The i-th anchor in DER, oldest first; empty span behind the last. Valid as long as the store, also
 * when it is removed. */
TLSN_API struct tlsn_span tlsn_trust_cert(const tlsn_trust *trust, size_t i);
/* An anchor with this subject (a Name in DER; empty: any) and this key identifier (contents of
 * subjectKeyIdentifier; empty: any); empty span when there is none. Not by a search through all. */
TLSN_API struct tlsn_span tlsn_trust_find(const tlsn_trust *trust, struct tlsn_span subject,
                                          struct tlsn_span key_id);
/* Takes one anchor (its DER) away, or all of them and all deferred sources. TLSN_ERR_NOT_FOUND. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_trust_remove(tlsn_trust *trust, const void *der,
                                                     size_t len);
TLSN_API void tlsn_trust_clear(tlsn_trust *trust);

/* What a SHA-256 hash is of: a certificate (DER), or its SubjectPublicKeyInfo, which stays the same
 * when a certificate is renewed with the same key. */
enum tlsn_pin_of { TLSN_PIN_KEY = 1, TLSN_PIN_CERTIFICATE = 2 };
/* TLSN_ERR_CERT_BAD when it does not parse. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_cert_fingerprint(struct tlsn_span der, enum tlsn_pin_of of,
                                                         uint8_t sha256[32]);
/* A hash as text: "sha256//" and base64 of a key, as curl has it, "sha256:" and 64 hexadecimal digits (with
 * or without colons) of a key, either one behind "cert-" of a certificate. TLSN_ERR_ARGUMENT. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_pin_read(const char *text, enum tlsn_pin_of *of,
                                                 uint8_t sha256[32]);
/* Never trust this certificate or this key, whatever vouches for it: no path goes through it
 * (TLSN_ERR_CERT_DISTRUSTED). TLSN_ERR_ARGUMENT, TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_trust_distrust(tlsn_trust *trust, enum tlsn_pin_of of,
                                                       const uint8_t sha256[32]);

/* What was left out while the store was filled, and why. */
struct tlsn_trust_skipped {
    char source[192]; /* path of the file or directory, cut to fit; "" for tlsn_trust_add */
    size_t place;     /* number of the certificate in it, from 1; 0: the source itself */
    tlsn_status status;
    char reason[152]; /* one line */
};
TLSN_API size_t tlsn_trust_skipped_count(const tlsn_trust *trust);
/* The first 64 are kept; false behind them. */
TLSN_API bool tlsn_trust_skipped(const tlsn_trust *trust, size_t i, struct tlsn_trust_skipped *out);

/* ---- evidence: revocation lists, OCSP responses, logs ---- */

/* What is known about revocation. Nothing is fetched: a caller that finds something missing gets it
 * and adds it. Fill it, then share it: reading is thread safe, adding is not. Reference counted.
 * TLSN_ERR_NO_MEMORY. */
typedef struct tlsn_evidence tlsn_evidence;
TLSN_API TLSN_MUST_USE tlsn_status tlsn_evidence_new(tlsn_evidence **out,
                                                     const struct tlsn_hooks *hooks);
TLSN_API tlsn_evidence *tlsn_evidence_ref(tlsn_evidence *evidence);
TLSN_API void tlsn_evidence_free(tlsn_evidence *evidence); /* drops one reference; NULL allowed */

/* Adds every revocation list of a PEM text ("X509 CRL") or one list in DER: complete ones, deltas and
 * indirect ones. A copy is kept, duplicates count once. Who signed it and whether it is current is
 * found out when it is used. *added (may be NULL): how many are new. TLSN_ERR_CRL for one that does
 * not parse, TLSN_ERR_PEM when there is none, TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_evidence_add_crl(tlsn_evidence *evidence, const void *data,
                                                         size_t len, size_t *added);
/* Adds certificates (PEM or DER) of those who sign lists with a key of their own. They are trusted no
 * more than those of a peer. TLSN_ERR_CERT_BAD, and as above. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_evidence_add_cert(tlsn_evidence *evidence, const void *data,
                                                          size_t len, size_t *added);
/* Adds certificates (PEM or DER) of OCSP responders that are trusted by themselves, for whatever
 * certificate they answer (RFC 6960 4.2.2.2, the first of its three cases). Each counts while it is valid;
 * no usage is asked of it. TLSN_ERR_CERT_BAD, and as above. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_evidence_add_responder(tlsn_evidence *evidence,
                                                               const void *data, size_t len,
                                                               size_t *added);
/* Adds an OCSPResponse (DER). TLSN_ERR_OCSP_RESPONSE when it does not parse or has another status than
 * successful; TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_evidence_add_ocsp(tlsn_evidence *evidence, const void *der,
                                                          size_t len);
/* Does this response (DER) bring back the nonce of the request (RFC 9654)? TLSN_OK; TLSN_ERR_NOT_FOUND
 * when it has none, as those of a cache; TLSN_ERR_OCSP_RESPONSE when it has another one. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_ocsp_check_nonce(struct tlsn_span response,
                                                         struct tlsn_span nonce);
/* Adds a certificate log (RFC 6962) by its public key: SubjectPublicKeyInfo in DER, or PEM ("PUBLIC KEY").
 * operator_name may be NULL. TLSN_ERR_PEM, TLSN_ERR_CERT_BAD, TLSN_ERR_CERT_UNSUPPORTED, TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_evidence_add_log(tlsn_evidence *evidence, const void *spki,
                                                         size_t len, const char *operator_name);

/* ---- verification ---- */

enum tlsn_purpose { TLSN_PURPOSE_ANY = 0, TLSN_PURPOSE_SERVER, TLSN_PURPOSE_CLIENT };

/* What revocation means for a verdict. A certificate with any valid evidence that it is revoked, or
 * on hold, is refused; what is said of a trust anchor does not matter. */
enum tlsn_revocation {
    TLSN_REVOCATION_SOFT = 0, /* evidence counts, the lack of it does not; but a critical extension that
                               * asks for a revocation list, or a staple that the certificate promises
                               * (RFC 7633) or that is not in order (RFC 6066 8), does count */
    TLSN_REVOCATION_HARD,     /* every certificate of the path but its anchor needs evidence that it is
                               * good, unless it says that there never is any (noRevAvail, RFC 9608).
                               * TLSN_ERR_ARGUMENT where there is none at all to look at */
    TLSN_REVOCATION_OFF,      /* not looked at. TLSN_ERR_ARGUMENT together with evidence of it */
};

/* A zeroed struct means the defaults. */
struct tlsn_verify_options {
    unsigned max_depth;      /* intermediates at most; 0: 10 */
    unsigned max_signatures; /* signature checks at most; RSA of 8192 bits counts for 4, of 16384
                              * for 16; 0: 100 */
    unsigned min_rsa_bits;   /* 0: 2048 */
    unsigned min_ec_bits;    /* of the field of an elliptic curve; 0: 224 */
    unsigned min_dsa_bits;   /* 0: DSA keys and signatures are not accepted */
    bool allow_sha1;         /* accept SHA-1 in certificate signatures */
    bool allow_md5;          /* accept MD5 there: anybody can forge a certificate */
    bool allow_partial;      /* an anchor that is not self-signed ends the path (RFC 5280 6.1 d) */
    bool insecure_common_name; /* the subject's CN when there is no subjectAltName */
    bool no_intermediates;     /* the leaf's issuer has to be an anchor; max_depth is ignored */
    bool plain_anchors;        /* an anchor is a name and a key, as in RFC 5280 6.1.1 d: its dates,
                                * usages, constraints and policies are not looked at. Otherwise they
                                * bind, as those of every other authority. */
    /* RFC 5280 6.1.1 c and e to g. policies: which ones the caller takes, "1.2.3, 1.2.4"; NULL or
     * "2.5.29.32.0" for any. Borrowed; a configuration keeps a copy. */
    const char *policies;
    bool require_policy;       /* one of them has to be valid for the path */
    bool inhibit_mapping;      /* authorities do not map policies to each other */
    bool inhibit_any_policy;   /* anyPolicy stands for nothing */
    /* RFC 5280 6.1.1 h and i: names that the certificates below the anchor may have, and may not: lists as
     * in tlsn_cert_spec, NULL for no limit. Kinds that `permitted` does not name are not limited by it.
     * Borrowed; a configuration keeps a copy. */
    const char *permitted, *excluded;
    unsigned suite_b;          /* 128 or 192: keys on P-256 (128 only) and P-384, signed by ECDSA with SHA-256
                                * (128 only) and SHA-384, and nothing else (RFC 6460 4.2); 0: no such rule */
    /* RFC 5280 6.3, RFC 6960. */
    enum tlsn_revocation revocation;
    bool revocation_leaf_only; /* HARD: authorities may go without evidence */
    unsigned revocation_skew_s; /* by which clocks may differ; 0: 300 */
    unsigned revocation_age_s; /* evidence that is older counts no more; 0: it counts for as long as it
                                * says itself, and not at all if it says nothing */
    tlsn_evidence *evidence;   /* borrowed; a configuration keeps a reference. May be NULL */
    /* RFC 6962: logs among those of `evidence` that have to know the leaf. 0: none. */
    unsigned min_logs;         /* different ones */
    unsigned min_log_operators; /* that they belong to */
};

/* One finding: a certificate of the path (0 is the leaf) and what is wrong with it. */
struct tlsn_finding {
    unsigned depth;
    tlsn_status status;
    char text[120];
};

typedef struct tlsn_verify_report tlsn_verify_report; /* owned by the caller; see below */

TLSN_API TLSN_MUST_USE tlsn_status tlsn_verify_report_new(tlsn_verify_report **out,
                                                          const struct tlsn_hooks *hooks);
TLSN_API void tlsn_verify_report_free(tlsn_verify_report *report);
/* The path of the best attempt, leaf first, anchor last when there was one. */
TLSN_API size_t tlsn_verify_report_depth(const tlsn_verify_report *report);
TLSN_API struct tlsn_span tlsn_verify_report_cert(const tlsn_verify_report *report, size_t i);
TLSN_API size_t tlsn_verify_report_count(const tlsn_verify_report *report);
TLSN_API const struct tlsn_finding *tlsn_verify_report_finding(const tlsn_verify_report *report,
                                                               size_t i);

/* Is there no evidence whether certificate i of the path is revoked? A caller that wants it finds where
 * it can be fetched by tlsn_cert_url(), adds it to the options' evidence, and verifies again. */
TLSN_API bool tlsn_verify_report_status_missing(const tlsn_verify_report *report, size_t i);

/* The policies that are valid for the path in the domain of its anchor, of those the caller takes
 * (RFC 5280 6.1.6); there are none without a complete path. *any (may be NULL): every policy is,
 * and none is listed. */
TLSN_API size_t tlsn_verify_report_policy_count(const tlsn_verify_report *report, bool *any);
/* The i-th of them in dotted decimal, cut to cap - 1 characters. Empty behind the last. */
TLSN_API void tlsn_verify_report_policy(const tlsn_verify_report *report, size_t i, char *out,
                                        size_t cap);
/* Was a policy required, by the caller or by an authority of the path? */
TLSN_API bool tlsn_verify_report_policy_required(const tlsn_verify_report *report);

/* Judges a chain: certs[0] is the leaf, the others are an unordered bag. name: what it has to speak
 * for (RFC 9525 6), or NULL; several, comma separated: any of them will do. Each is
 *   name.example, 192.0.2.1, 2001:db8::1   a host name or an address, by its look
 *   DNS:name.example  IP:192.0.2.1         the same outright
 *   SRV:_xmpp-client.name.example          a service of a domain (SRV-ID, RFC 4985)
 *   URI:sip:name.example                   a scheme and a host (URI-ID); port and path do not count
 * and is compared with identifiers of the same kind alone. Wildcards of certificates count when "*" is
 * the whole leftmost label, and for one label. Labels in UTF-8 are turned into A-labels: lower-case
 * letters of Latin, Greek, Cyrillic, Armenian, Georgian, Kana, Bopomofo, Han and Hangul; for others
 * TLSN_ERR_IDNA, give the A-labels (xn--...). time_s: seconds since 1970, or INT64_MIN for now.
 * options and report may be NULL. TLSN_OK or the weightiest finding (TLSN_ERR_CERT_...);
 * TLSN_ERR_ARGUMENT for options that cannot be read; TLSN_ERR_NO_MEMORY.
 *
 * What certificates and evidence can make it cost at most, however many there are and whatever is in them,
 * besides being read once:
 *   max_signatures     checks of signatures in the search, and as many of evidence; nothing is checked twice
 *   50                 steps of the search for each of these, in each of two passes
 *   8,000,000          bytes of names that are compared in a pass, those of wide RDNs by their square
 *   12,000,000         bytes of names and subtrees that are held against each other (name constraints)
 *   100,000            policies and mappings, which are gone through twice
 *   32                 distribution points of a certificate, and names of each
 *   8                  paths of others who sign revocation lists, each at most as expensive as the first
 *   4,096 and 8        single answers and certificates of an OCSP response
 * A verdict that one of these kept from being found is TLSN_ERR_CERT_LIMIT. Memory: 1,000 bytes for each
 * certificate (with tlsn_verification its DER besides), 24 for each signature that may be checked, and
 * 64 kB. A bag of 10,000 certificates is through in less than 0.1 seconds on a machine of 2020. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_x509_verify(const tlsn_trust *trust,
                                                    const struct tlsn_span *certs, size_t count,
                                                    enum tlsn_purpose purpose, const char *name,
                                                    int64_t time_s,
                                                    const struct tlsn_verify_options *options,
                                                    tlsn_verify_report *report);

/* ---- verification as an object ----
 *
 * It is asked once, given certificates in any number of steps, and run as often as one likes; nothing
 * in it does I/O. After a verdict it tells what was missing, so that a caller can fetch that, add it,
 * and run again:
 *
 *     tlsn_verification_new(&v, trust, NULL);
 *     tlsn_verification_ask(v, TLSN_PURPOSE_SERVER, "a.example", INT64_MIN, NULL);
 *     tlsn_verification_add(v, chain, chain_len, NULL);            (the leaf comes first)
 *     while ((st = tlsn_verification_run(v, 0)) < 0 && tlsn_verification_missing(v, 0, &missing))
 *         fetch it from tlsn_cert_url(missing.cert, ...) and tlsn_verification_add it, or give up
 *
 * One thread at a time. */

typedef struct tlsn_verification tlsn_verification;

enum tlsn_missing_kind { TLSN_MISSING_ISSUER = 0, TLSN_MISSING_CRL, TLSN_MISSING_OCSP };

/* Spans are valid until the verification is run, added to or freed. */
struct tlsn_missing {
    enum tlsn_missing_kind kind;
    struct tlsn_span cert;        /* DER; whose issuer or status it is about. See tlsn_cert_url */
    struct tlsn_span issuer;      /* the issuer's name, a DER Name */
    struct tlsn_span key_id;      /* of the issuer's key; empty when the certificate does not tell */
    struct tlsn_span issuer_cert; /* CRL, OCSP: DER, for a request */
};

/* trust (may be NULL: nothing is trusted) is referenced. TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_verification_new(tlsn_verification **out, tlsn_trust *trust,
                                                         const struct tlsn_hooks *hooks);
TLSN_API void tlsn_verification_free(tlsn_verification *v); /* NULL allowed */
/* What is asked, see tlsn_x509_verify; a copy of everything is kept, of the evidence a reference: more may be
 * added to it between two runs. Asking again forgets no certificate. TLSN_ERR_ARGUMENT, TLSN_ERR_IDNA,
 * TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status
tlsn_verification_ask(tlsn_verification *v, enum tlsn_purpose purpose, const char *name,
                      int64_t time_s, const struct tlsn_verify_options *options);
/* Adds copies of every certificate of a PEM text, or of one in DER. The very first one is the leaf.
 * *added (may be NULL): how many. Those that do not parse are left out, but for the leaf:
 * TLSN_ERR_CERT_BAD. TLSN_ERR_PEM when there is none, TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_verification_add(tlsn_verification *v, const void *data,
                                                         size_t len, size_t *added);
/* Works towards a verdict: TLSN_OK, or the weightiest finding, with what is known so far.
 * signatures: how many may be checked in this call, 0 for as many as it takes; TLSN_NEED_TURN when
 * they were used up, run it again. After a verdict it begins again, without the signatures that were
 * checked. TLSN_ERR_MISUSE without leaf; TLSN_ERR_ARGUMENT for options that make no sense together;
 * TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_verification_run(tlsn_verification *v, unsigned signatures);
/* The report that goes with the latest verdict; it belongs to v. */
TLSN_API const tlsn_verify_report *tlsn_verification_report(const tlsn_verification *v);
/* The i-th thing that might have led to another verdict, or to a surer one; false behind the last. */
TLSN_API bool tlsn_verification_missing(const tlsn_verification *v, size_t i,
                                        struct tlsn_missing *out);

/* ---- one certificate, for people ---- */

struct tlsn_cert_info {
    char subject[256], issuer[256]; /* RFC 4514, cut to fit */
    char serial[64];                /* hex */
    char key[48];                   /* "RSA 2048", "EC secp256r1", "Ed25519" */
    char signature[48];             /* "RSA-PKCS1-SHA256" */
    char names[1024];               /* subjectAltName: "DNS:a.example, IP:192.0.2.1", cut to fit */
    int64_t not_before, not_after;
    uint8_t sha256[32];             /* of the DER */
    bool ca;
    int path_len;
    unsigned version;
    bool delegation_usage;          /* it may sign delegated credentials (RFC 9345 4.2) */
};

/* TLSN_ERR_CERT_BAD when it does not parse.
 * @rfc 6101:D.3/3 */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_cert_describe(struct tlsn_span der,
                                                      struct tlsn_cert_info *out);
/* What a certificate does not keep of the rules for those who issue (RFC 5280 4), or does in a way that is
 * weak. A path does not depend on it. */
struct tlsn_remark {
    const char *text, *source; /* static */
};
/* How many there are; the first cap of them go to out. 0 for what does not parse. */
TLSN_API size_t tlsn_cert_remarks(struct tlsn_span der, struct tlsn_remark *out, size_t cap);

enum tlsn_url {
    TLSN_URL_OCSP = 0,  /* the responder for it (authorityInfoAccess) */
    TLSN_URL_ISSUER,    /* certificates of its issuer (the same) */
    TLSN_URL_CRL,       /* revocation lists (cRLDistributionPoints) */
    TLSN_URL_DELTA_CRL, /* their deltas (freshestCRL) */
};
/* The i-th URL of this kind that a certificate (DER; for TLSN_URL_DELTA_CRL also a revocation list) gives: http,
 * ldap or whatever it is, not checked. Empty behind the last, and for what does not parse. Borrowed from der. */
TLSN_API struct tlsn_span tlsn_cert_url(struct tlsn_span der, enum tlsn_url kind, size_t i);
/* The DER certificates in a PEM text (or the one DER certificate), one after the other: calls
 * `each` for every one until it returns something other than TLSN_OK, which is returned. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_pem_each(const void *data, size_t len,
                                                 tlsn_status (*each)(void *ctx,
                                                                     struct tlsn_span der),
                                                 void *ctx);

/* ---- passwords, and files with several things in them ---- */

typedef struct tlsn_key tlsn_key; /* a private key */

/* What opens encrypted keys and containers, and what it may cost: the numbers in a file say how much
 * work the password takes. A zeroed struct: there is no password. */
struct tlsn_unlock {
    const char *password; /* NULL: ask. Bytes as they are; UTF-8 for PKCS#12. An empty one is one. */
    size_t password_len;
    /* When password is NULL: called at most once for a file, when something encrypted is met. what:
     * "private key" or "PKCS#12 file". Writes *len <= cap bytes to out, which is wiped later. Any
     * status but TLSN_OK ends the reading with it. */
    tlsn_status (*ask)(void *ctx, const char *what, char *out, size_t cap, size_t *len);
    void *ctx;
    uint32_t max_iterations; /* rounds of hashing for one file, all derivations together; 0:
                              * 10,000,000 */
    size_t max_memory; /* bytes that scrypt may take, and a quarter of what it may write; 0: 256
                        * MiB */
};

/* Keys, certificates and CRLs from one file. */
typedef struct tlsn_bundle tlsn_bundle;
enum tlsn_bundle_kind { TLSN_BUNDLE_KEY, TLSN_BUNDLE_CERTIFICATE, TLSN_BUNDLE_CRL };

/* Borrowed from the bundle. */
struct tlsn_bundle_item {
    const tlsn_key *key;   /* keys */
    struct tlsn_span der;  /* certificates and CRLs, not parsed further */
    const char *name;      /* PKCS#12's friendlyName in UTF-8, or "" */
    struct tlsn_span local_key_id; /* PKCS#12: the same for a key and its certificate; may be empty */
};

/* PEM text with any of these in it, one certificate, CRL or key in DER, PKCS#7 (RFC 2315; signatures
 * are not looked at), or PKCS#12 protected by a password (RFC 7292, RFC 9879). PKCS#7 and PKCS#12 may be in BER.
 * unlock may be NULL. TLSN_ERR_PEM, TLSN_ERR_KEY, TLSN_ERR_KEY_ENCRYPTED (no password),
 * TLSN_ERR_PASSWORD, TLSN_ERR_KEY_COST, TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_bundle_read(tlsn_bundle **out, const void *data, size_t len,
                                                    const struct tlsn_unlock *unlock,
                                                    const struct tlsn_hooks *hooks);
TLSN_API void tlsn_bundle_free(tlsn_bundle *bundle); /* wipes; NULL allowed */
TLSN_API size_t tlsn_bundle_count(const tlsn_bundle *bundle, enum tlsn_bundle_kind kind);
/* The i-th of a kind, in the order of the file. false: there are fewer. */
TLSN_API bool tlsn_bundle_get(const tlsn_bundle *bundle, enum tlsn_bundle_kind kind, size_t i,
                              struct tlsn_bundle_item *out);
/* A PKCS#12 file whose MAC agreed; without one nobody vouches for what certificates it brings. */
TLSN_API bool tlsn_bundle_authenticated(const tlsn_bundle *bundle);

/* ---- keys and writing ---- */

/* kind: "rsa:2048" (2048..8192), "rsa-pss:2048", "ec:secp256r1" (or P-256 ...), "ed25519", "ed448",
 * "dsa:2048" (512..3072), "insecure-rsa:512" (512..1024, for tests of who refuses it), "dh:ffdhe2048" (for
 * certificates of static DH; it cannot sign).
 * TLSN_ERR_UNKNOWN_KEYWORD, TLSN_ERR_RANDOM, TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_key_generate(tlsn_key **out, const char *kind,
                                                     const struct tlsn_hooks *hooks);
/* PEM or DER: PKCS#1, PKCS#8, SEC1, "DSA PRIVATE KEY". TLSN_ERR_KEY_ENCRYPTED, TLSN_ERR_KEY,
 * TLSN_ERR_PEM (no key in it), TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_key_read(tlsn_key **out, const void *data, size_t len,
                                                 const struct tlsn_hooks *hooks);
/* Encrypted ones too: PKCS#8 (PBES2, and the old schemes of PKCS#5 and PKCS#12), traditional PEM, or the
 * first key of a PKCS#12 file. Further statuses: TLSN_ERR_PASSWORD, TLSN_ERR_KEY_COST, or what
 * unlock->ask returned. unlock may be NULL. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_key_read_unlocked(tlsn_key **out, const void *data,
                                                          size_t len,
                                                          const struct tlsn_unlock *unlock,
                                                          const struct tlsn_hooks *hooks);
/* PKCS#8 in PEM, NUL terminated. *len without NUL; TLSN_ERR_BUFFER and the size needed when cap is
 * too small (cap 0 to ask). */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_key_write(const tlsn_key *key, char *out, size_t cap,
                                                  size_t *len);
TLSN_API void tlsn_key_free(tlsn_key *key);

/* How something is encrypted that is written. */
struct tlsn_seal {
    const char *password; /* needed; UTF-8 for PKCS#12 */
    size_t password_len;
    /* NULL: "aes-256", which is PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC. Also "aes-192",
     * "aes-128", "3des", "scrypt" (N 16384, r 8, p 1, AES-256); for old readers and weak:
     * "pkcs12-3des", "pkcs12-rc2-40" */
    const char *scheme;
    uint32_t iterations; /* 0: 600,000 */
    const char *mac;     /* PKCS#12: NULL or "classic": HMAC-SHA-256 with PKCS#12's derivation;
                          * "pbmac1": RFC 9879 */
};

/* Encrypted PKCS#8 in PEM, NUL terminated; *len as in tlsn_key_write. TLSN_ERR_UNKNOWN_KEYWORD,
 * TLSN_ERR_ARGUMENT, TLSN_ERR_BUFFER, TLSN_ERR_RANDOM, TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_key_write_encrypted(const tlsn_key *key,
                                                            const struct tlsn_seal *seal,
                                                            char *out, size_t cap, size_t *len);
/* A PKCS#12 file in DER: key (may be NULL) and chain, the key's certificate first; name: its
 * friendlyName, or NULL. Statuses as above. *len needed is known only after the work: the file is made again
 * for another cap. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_pkcs12_write(const tlsn_key *key,
                                                     const struct tlsn_span *certs, size_t count,
                                                     const char *name,
                                                     const struct tlsn_seal *seal,
                                                     const struct tlsn_hooks *hooks, uint8_t *out,
                                                     size_t cap, size_t *len);
/* Certificates as PKCS#7 (SignedData without signers) in DER. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_pkcs7_write(const struct tlsn_span *certs, size_t count,
                                                    const struct tlsn_hooks *hooks, uint8_t *out,
                                                    size_t cap, size_t *len);

/* An extension as it stands in a certificate. */
struct tlsn_extension {
    const char *oid;        /* "1.3.6.1.5.5.7.1.24" */
    bool critical;
    struct tlsn_span value; /* DER */
};

/* What to write into a certificate. Zeroed fields mean nothing or the default. Borrowed. */
struct tlsn_cert_spec {
    const char *subject;        /* "CN=a.example,O=Example"; RFC 4514, one attribute a RDN, at most 32; needed */
    const char *const *names;   /* "DNS:x", "IP:192.0.2.1", "EMAIL:a@b"; no prefix: by its look */
    size_t name_count;
    int64_t not_before, not_after; /* seconds since 1970; 0: now, and now + 90 days */
    const uint8_t *serial;      /* big-endian, at most 20 bytes; NULL: 16 random bytes */
    size_t serial_len;
    bool ca;
    int path_len;               /* with ca: -1 for none */
    enum tlsn_purpose purpose;  /* ANY: both server and client for a leaf */
    const char *signature;      /* sigalg name; NULL: the key's natural one */
    bool key_agreement;         /* EC key of a leaf: for static ECDH too (RFC 4492 2.1) */
    const char *crl_url;        /* where the issuer's revocation list can be fetched */
    const char *ocsp_url, *issuer_url; /* its OCSP responder, and its certificate */
    bool must_staple;           /* servers have to staple an OCSP response (RFC 7633) */
    bool delegation_usage;      /* a leaf that may sign delegated credentials (RFC 9345); its key usage is then
                                 * digitalSignature alone unless key_usage says otherwise */
    bool ocsp_signing;          /* a leaf that signs OCSP responses for its issuer, and nothing else */
    /* Lists are comma separated; "none" leaves an extension out that would be there otherwise. */
    const char *key_usage;      /* "digitalSignature,keyCertSign", RFC 5280 4.2.1.3; NULL: by key, ca */
    const char *ext_key_usage;  /* "serverAuth", "clientAuth", "OCSPSigning", "anyExtendedKeyUsage", or
                                 * numbers; NULL: by purpose */
    const char *policies;       /* numbers, or "anyPolicy" */
    /* Name constraints: "DNS:a.example,IP:192.0.2.0/24,EMAIL:b.example,URI:c.example,DIR:O=d,C=DE". */
    const char *permitted, *excluded;
    const struct tlsn_extension *extensions; /* any others, not checked */
    size_t extension_count;
};

/* A certificate for `subject_key` signed by issuer_key under the name of issuer_cert (DER);
 * issuer_cert empty and issuer_key == subject_key: self-signed. DER to out; *len as in
 * tlsn_key_write. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_cert_issue(const struct tlsn_cert_spec *spec,
                                                   const tlsn_key *subject_key,
                                                   struct tlsn_span issuer_cert,
                                                   const tlsn_key *issuer_key,
                                                   const struct tlsn_hooks *hooks, uint8_t *out,
                                                   size_t cap, size_t *len);
/* The same for who made a certification request (DER), which has to be signed by its own key
 * (TLSN_ERR_CERT_SIGNATURE): with its key, and, where the spec says nothing, with its subject and
 * subjectAltName. What else it asks for counts for nothing. TLSN_ERR_CERT_BAD, TLSN_ERR_CERT_UNSUPPORTED. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_cert_issue_request(const struct tlsn_cert_spec *spec,
                                                           struct tlsn_span request,
                                                           struct tlsn_span issuer_cert,
                                                           const tlsn_key *issuer_key,
                                                           const struct tlsn_hooks *hooks,
                                                           uint8_t *out, size_t cap, size_t *len);
/* A certification request (PKCS#10, RFC 2986) for spec's subject and names. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_csr_write(const struct tlsn_cert_spec *spec,
                                                  const tlsn_key *key,
                                                  const struct tlsn_hooks *hooks, uint8_t *out,
                                                  size_t cap, size_t *len);

/* Why a certificate is revoked, RFC 5280 5.3.1; 7 is not used. */
enum tlsn_reason {
    TLSN_REASON_UNSPECIFIED = 0, TLSN_REASON_KEY_COMPROMISE, TLSN_REASON_CA_COMPROMISE,
    TLSN_REASON_AFFILIATION_CHANGED, TLSN_REASON_SUPERSEDED, TLSN_REASON_CESSATION,
    TLSN_REASON_HOLD, TLSN_REASON_REMOVE_FROM_CRL = 8, TLSN_REASON_PRIVILEGE_WITHDRAWN,
    TLSN_REASON_AA_COMPROMISE,
};

/* One entry of a revocation list. */
struct tlsn_revoked {
    struct tlsn_span serial;  /* big-endian, without sign */
    struct tlsn_span issuer;  /* indirect lists: a certificate (DER) of the issuer; empty: as before */
    int64_t since;            /* seconds since 1970; 0: this_update */
    int64_t invalid_since;    /* 0: left out */
    enum tlsn_reason reason;  /* UNSPECIFIED: left out */
};

/* What to write into a revocation list. Zeroed fields mean nothing or the default. Borrowed. */
struct tlsn_crl_spec {
    const struct tlsn_revoked *revoked;
    size_t revoked_count;
    int64_t this_update, next_update; /* seconds since 1970; 0: now, and 30 days later */
    uint64_t number;                  /* CRLNumber, goes up from list to list */
    bool delta;                       /* changes since the list base_number (RFC 5280 5.2.4) */
    uint64_t base_number;
    /* issuingDistributionPoint, written when one of these is set */
    const char *point_url;            /* as in the certificates that it is for */
    bool only_user_certs, only_ca_certs, indirect;
    unsigned only_reasons;            /* 1 << enum tlsn_reason each */
    const char *freshest_url;         /* where the deltas of a complete list are */
    const char *signature;            /* sigalg name; NULL: the key's natural one */
};

/* A revocation list signed by issuer_key, the key of issuer_cert (DER). DER to out; *len as in
 * tlsn_key_write. TLSN_ERR_ARGUMENT, TLSN_ERR_CERT_BAD, TLSN_ERR_KEY_MISMATCH, TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_crl_write(const struct tlsn_crl_spec *spec,
                                                  struct tlsn_span issuer_cert,
                                                  const tlsn_key *issuer_key,
                                                  const struct tlsn_hooks *hooks, uint8_t *out,
                                                  size_t cap, size_t *len);

/* responseStatus of RFC 6960 4.2.1; 4 is not used. */
enum tlsn_ocsp_status {
    TLSN_OCSP_SUCCESSFUL = 0, TLSN_OCSP_MALFORMED_REQUEST, TLSN_OCSP_INTERNAL_ERROR,
    TLSN_OCSP_TRY_LATER, TLSN_OCSP_SIG_REQUIRED = 5, TLSN_OCSP_UNAUTHORIZED,
};
enum tlsn_cert_status { TLSN_CERT_GOOD = 0, TLSN_CERT_REVOKED, TLSN_CERT_UNKNOWN };

/* What a response says about one certificate. */
struct tlsn_ocsp_single {
    struct tlsn_span cert;            /* DER; or empty, and only its number: */
    struct tlsn_span serial;          /* big-endian, without sign */
    enum tlsn_cert_status status;
    int64_t revoked_since;            /* 0: this_update */
    enum tlsn_reason reason;          /* UNSPECIFIED: left out */
    int64_t this_update, next_update; /* 0: produced_at; -1: no next_update, 0: seven days later */
};

/* What to write into an OCSP response. Zeroed fields mean nothing or the default. Borrowed. */
struct tlsn_ocsp_spec {
    enum tlsn_ocsp_status status;     /* other than SUCCESSFUL: nothing else is used */
    const struct tlsn_ocsp_single *singles; /* certificates of one issuer */
    size_t single_count;
    struct tlsn_span issuer;          /* that issuer's certificate, DER */
    struct tlsn_span responder;       /* the signer's certificate, DER; empty: the issuer itself */
    bool leave_out_responder;         /* its certificate is not sent along */
    bool by_key;                      /* the responder is named by its key instead of its name */
    bool sha256;                      /* CertID by SHA-256; off: SHA-1, which every client knows */
    int64_t produced_at;              /* 0: now */
    struct tlsn_span nonce;           /* as in the request (RFC 9654), at most 128 bytes; empty: none */
    const char *signature;            /* sigalg name; NULL: the key's natural one */
};

/* An OCSPResponse signed by key, the responder's (NULL for a status other than SUCCESSFUL). DER to
 * out; *len and statuses as in tlsn_crl_write. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_ocsp_write(const struct tlsn_ocsp_spec *spec,
                                                   const tlsn_key *key,
                                                   const struct tlsn_hooks *hooks, uint8_t *out,
                                                   size_t cap, size_t *len);
/* An OCSPRequest for certificate cert of this issuer (both DER), unsigned, for an HTTP POST of
 * application/ocsp-request to the URL in the certificate. nonce: 1 to 128 bytes (32 are usual,
 * random) that the response has to bring back, or empty: answers from a cache will do. sha256: CertID
 * by SHA-256 instead of SHA-1. *len as above. TLSN_ERR_CERT_BAD, TLSN_ERR_ARGUMENT. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_ocsp_request_write(struct tlsn_span cert,
                                                           struct tlsn_span issuer,
                                                           struct tlsn_span nonce, bool sha256,
                                                           uint8_t *out, size_t cap, size_t *len);
/* Any DER as PEM with this label ("CERTIFICATE"). *len as above. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_pem_write(const char *label, const void *der,
                                                  size_t der_len, char *out, size_t cap,
                                                  size_t *len);

/* The other way: the first block with this label, or the one SEQUENCE in DER that data is. TLSN_ERR_PEM,
 * TLSN_ERR_BUFFER with *len set when cap is too small, TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_pem_read(const char *label, const void *data,
                                                 size_t data_len, uint8_t *out, size_t cap,
                                                 size_t *len);

#ifdef __cplusplus
}
#endif
#endif
