/* <tls-native/config.h> - configurations, credentials, sessions: everything a connection may do.
 *
 * A configuration is filled by one thread, then frozen; from then on it is immutable, reference
 * counted and shared by any number of connections and threads. tlsn_conn_new() freezes it if
 * nobody did. Every setter returns TLSN_ERR_FROZEN after that, and TLSN_ERR_NO_MEMORY when it
 * has to allocate and cannot. Nothing is half set after an error. Strings and bytes are copied. */
#ifndef TLS_NATIVE_CONFIG_H
#define TLS_NATIVE_CONFIG_H

#include <tls-native/x509.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- versions ---- */

enum {
    TLSN_SSL3 = 0x0300,
    TLSN_TLS1_0 = 0x0301,
    TLSN_TLS1_1 = 0x0302,
    TLSN_TLS1_2 = 0x0303,
    TLSN_TLS1_3 = 0x0304,
};

/* ---- credentials ---- */

/* A chain (PEM: leaf first, then issuers, which are put in order, what does not belong to them left out;
 * or one DER certificate) and its private key (PEM or
 * DER, PKCS#1, PKCS#8, SEC1). TLSN_ERR_PEM, TLSN_ERR_CERT_BAD, TLSN_ERR_KEY,
 * TLSN_ERR_KEY_ENCRYPTED, TLSN_ERR_KEY_MISMATCH, TLSN_ERR_CERT_UNSUPPORTED, TLSN_ERR_NO_MEMORY.
 * Reference counted, immutable. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_credential_new(tlsn_credential **out, const void *chain,
                                                       size_t chain_len, const void *key,
                                                       size_t key_len,
                                                       const struct tlsn_hooks *hooks);
struct tlsn_unlock; /* tls-native/x509.h */
/* The same from whatever tlsn_bundle_read takes: encrypted keys, PKCS#7, PKCS#12. key NULL: it is in the same
 * file as the chain. The certificate that the key belongs to becomes the leaf, wherever it stands; of
 * several keys the first with a certificate is taken. Further statuses: TLSN_ERR_PASSWORD,
 * TLSN_ERR_KEY_COST, or what unlock->ask returned. unlock may be NULL. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_credential_new_unlocked(tlsn_credential **out,
                                                                const void *chain,
                                                                size_t chain_len, const void *key,
                                                                size_t key_len,
                                                                const struct tlsn_unlock *unlock,
                                                                const struct tlsn_hooks *hooks);

/* What is odd about a chain as it was given; bits. */
enum tlsn_chain_finding {
    TLSN_CHAIN_REORDERED = 1,  /* not from the leaf upwards */
    TLSN_CHAIN_UNRELATED = 2,  /* some belong to no other one */
    TLSN_CHAIN_DUPLICATE = 4,  /* some are there twice */
    TLSN_CHAIN_WITH_ROOT = 8,  /* a self-signed one ends it: no peer needs that */
    TLSN_CHAIN_INCOMPLETE = 16, /* a leaf alone that somebody issued, or a gap: peers that do not have the
                                 * issuer cannot verify it (RFC 5246 7.4.2). See tlsn_credential_check() */
    TLSN_CHAIN_UNSTAPLED = 32, /* the leaf promises a stapled OCSP response (RFC 7633), and none was set: clients
                                * that know the extension refuse it */
    TLSN_CHAIN_DISORDER = TLSN_CHAIN_REORDERED | TLSN_CHAIN_UNRELATED | TLSN_CHAIN_DUPLICATE,
};
enum tlsn_chain_order {
    TLSN_CHAIN_ORDER = 0, /* put it in order, leave out what does not belong to it, say so (default) */
    TLSN_CHAIN_AS_GIVEN,  /* send it as it is, but for the leaf, which comes first; for tests of peers */
    TLSN_CHAIN_STRICT,    /* TLSN_ERR_CERT_BAD for TLSN_CHAIN_DISORDER */
};
/* tlsn_credential_new() with a word on what to do with chains out of order. The leaf is the certificate of
 * the key, wherever it stands. Statuses as above, TLSN_ERR_ARGUMENT. */
TLSN_API TLSN_MUST_USE tlsn_status
tlsn_credential_new_ordered(tlsn_credential **out, const void *chain, size_t chain_len,
                            const void *key, size_t key_len, enum tlsn_chain_order order,
                            const struct tlsn_hooks *hooks);
/* Bits of tlsn_chain_finding, as things are now. */
TLSN_API unsigned tlsn_credential_findings(const tlsn_credential *credential);
/* One bit as text, "" for others. */
TLSN_API const char *tlsn_chain_finding_text(enum tlsn_chain_finding finding);
/* Judges the chain as a peer with these anchors would: tlsn_x509_verify(). */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_credential_check(const tlsn_credential *credential,
                                                         const tlsn_trust *trust,
                                                         enum tlsn_purpose purpose,
                                                         const char *name, int64_t time_s,
                                                         const struct tlsn_verify_options *options,
                                                         tlsn_verify_report *report);
/* The chain alone: each private-key operation suspends the connection with TLSN_NEED_KEY_OP. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_credential_new_external(tlsn_credential **out,
                                                                const void *chain,
                                                                size_t chain_len,
                                                                const struct tlsn_hooks *hooks);
struct tlsn_key_op; /* tls-native/conn.h */
/* A credential made with tlsn_credential_new_external answers its operations by itself from now on, inside
 * the calls of the engine; there is no suspension, and the configuration's callback is not asked. run
 * is called from every thread that has a connection with it, and answers like tlsn_key_op_complete.
 * release (may be NULL) is called with ctx when the credential dies. To be called before the credential is
 * shared: TLSN_ERR_FROZEN, TLSN_ERR_ARGUMENT. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_credential_set_key_op(
    tlsn_credential *credential,
    tlsn_status (*run)(void *ctx, const struct tlsn_key_op *op, void *result, size_t cap,
                       size_t *len),
    void (*release)(void *ctx), void *ctx);
/* A private key alone, to be shown as raw public key (RFC 7250). Statuses as above. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_credential_new_raw(tlsn_credential **out, const void *key,
                                                           size_t key_len,
                                                           const struct tlsn_hooks *hooks);
TLSN_API tlsn_credential *tlsn_credential_ref(tlsn_credential *credential);
TLSN_API void tlsn_credential_free(tlsn_credential *credential);
/* An OCSP response (DER, RFC 6960 4.2.1) on the chain's certificate i (0: the leaf), for clients that
 * ask for one (RFC 6066 8, RFC 6961); len 0 takes it away. Only its outer structure is checked. To
 * be called before the credential is shared: TLSN_ERR_FROZEN while somebody else holds a reference
 * (a newer response goes into a new credential). TLSN_ERR_OCSP_RESPONSE, TLSN_ERR_ARGUMENT,
 * TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_credential_set_ocsp(tlsn_credential *credential, size_t i,
                                                            const void *der, size_t len);
/* Signed certificate timestamps on the leaf (RFC 6962) for clients that ask: a whole
 * SignedCertificateTimestampList with its 2 byte length, as certificate authorities and logs hand it
 * out; len 0 takes them away. As above; TLSN_ERR_DECODE when it is no such list. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_credential_set_scts(tlsn_credential *credential,
                                                            const void *list, size_t len);
/* Client: where the chain can be fetched, to be sent instead of it to servers that agree (RFC 6066 5,
 * TLSN_FEATURE_CERTIFICATE_URL): either one URL for each of the first `count` certificates, or, with
 * pkipath, one for all of them as PkiPath. Absolute URLs that need no redirect. count 0 takes them away.
 * As above; TLSN_ERR_ARGUMENT. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_credential_set_urls(tlsn_credential *credential,
                                                            const char *const *urls, size_t count,
                                                            bool pkipath);
/* The chain as PkiPath (RFC 6066 10.1), what the URL above has to lead to. TLSN_ERR_BUFFER with *len set
 * when cap is too small. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_credential_write_pkipath(const tlsn_credential *credential,
                                                                 uint8_t *out, size_t cap,
                                                                 size_t *len);
/* The chain's certificates in DER, leaf first; empty span behind the last. */
TLSN_API struct tlsn_span tlsn_credential_cert(const tlsn_credential *credential, size_t i);

/* ---- configuration ---- */

/* Policy `default`. hooks may be NULL (defaults) and are copied; their functions have to outlive
 * the configuration and be callable from every thread that uses it. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_new(tlsn_config **out,
                                                   const struct tlsn_hooks *hooks);
TLSN_API tlsn_config *tlsn_config_ref(tlsn_config *config);
TLSN_API void tlsn_config_free(tlsn_config *config); /* drops one reference; NULL allowed */
/* Checks that the parts fit together and makes the configuration immutable. Idempotent.
 * TLSN_ERR_ARGUMENT when no version, suite or group is left. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_freeze(tlsn_config *config);
/* What the last failing call on this configuration has to say: one line, never NULL. */
TLSN_API const char *tlsn_config_error(const tlsn_config *config);

/* "modern", "default", "compat", "legacy", "research": sets versions, suites, groups and signature
 * schemes; later calls narrow or replace them. "legacy" and "research" also loosen what certificates
 * are judged by, wherever the options of verification are left 0 or false. "suiteb128" and "suiteb192": the
 * Suite B profile of TLS 1.2 alone, for certificates too (RFC 6460). TLSN_ERR_UNKNOWN_KEYWORD. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_policy(tlsn_config *config, const char *name);
/* TLSN_SSL3 .. TLSN_TLS1_3. TLSN_ERR_ARGUMENT for min > max, TLSN_ERR_NOT_IMPLEMENTED when the
 * range holds no version that this library speaks. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_versions(tlsn_config *config, uint16_t min,
                                                            uint16_t max);
/* Comma separated names in order of preference: IANA, OpenSSL or GnuTLS spelling, and SSL_... for
 * suites. An explicit list may name rows that no policy enables. TLSN_ERR_UNKNOWN_KEYWORD;
 * TLSN_ERR_NOT_IMPLEMENTED for a suite that is known by name only (tlsn_config_error says which). */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_suites(tlsn_config *config, const char *list);
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_groups(tlsn_config *config, const char *list);
/* Client: of the groups, those that TLS 1.3 sends a share of at once, at most four; one of the others
 * costs a round trip more (HelloRetryRequest). NULL or "": the first one that can be used (default).
 * TLSN_ERR_UNKNOWN_KEYWORD. RFC 8446 4.2.8. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_key_shares(tlsn_config *config,
                                                              const char *list);
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_sigalgs(tlsn_config *config, const char *list);
/* Client: what may sign certificates, when that is not what may sign the handshake: sent as
 * signature_algorithms_cert (RFC 8446 4.2.3). Verification has rules of its own. Default: not sent. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_sigalgs_cert(tlsn_config *config,
                                                                const char *list);
/* TLS 1.3: how Certificate messages may be compressed, ours and the peer's, best first: a list of "brotli",
 * "zstd" and "zlib", as far as the library was built with them (tlsn_cert_compression_name()). Unpacking is
 * bounded by the largest chain that is taken. Default, and NULL or "": not at all. TLSN_ERR_UNKNOWN_KEYWORD.
 * RFC 8879. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_cert_compression(tlsn_config *config,
                                                                    const char *list);
/* TLS 1.3: delegated credentials of the peer are taken that sign handshakes with one of these schemes, best first,
 * or with "default": the sound ones. Schemes of rsaEncryption keys (rsa_pss_rsae_...) are not possible. Their time
 * is that of our clock, which a server can find out by trying (RFC 9345 7.5). Default, and NULL or "": none are.
 * See tls-native/delegated.h. TLSN_ERR_UNKNOWN_KEYWORD, TLSN_ERR_ARGUMENT. RFC 9345 4.1. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_delegated(tlsn_config *config, const char *list);
/* Server: the client's order of suites decides instead of ours (default: ours). */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_client_preference(tlsn_config *config, bool on);

/* Application protocols, comma separated, each 1..255 bytes, in order of preference (RFC 7301).
 * Server: no overlap is fatal. NULL or "": none. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_alpn(tlsn_config *config, const char *list);

/* Takes a reference. May be called repeatedly (RSA and ECDSA ...): the first that fits what the
 * peer accepts is used. Server: those for the name the client asks for come before all others,
 * wildcards second; they are found by an index, so that thousands do no harm. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_add_credential(tlsn_config *config,
                                                              tlsn_credential *credential);

/* Server: credentials that are loaded when a client first asks for their name. */
typedef struct tlsn_credential_source tlsn_credential_source;
enum { TLSN_SOURCED_MAX = 4 }; /* credentials for one name: RSA, ECDSA ... */
struct tlsn_credential_loader {
    /* Puts at most TLSN_SOURCED_MAX new references for this name (lower case, A-labels; "" when the client
     * names none) into out, and their number into *count. TLSN_ERR_NOT_FOUND: there are none, the
     * credentials of the configuration are used. Other errors end the handshake. Called inside
     * tlsn_handshake() without any lock, from every thread that serves a connection. */
    tlsn_status (*load)(void *ctx, const char *name, tlsn_credential **out, size_t *count);
    void *ctx;
};
/* entries (1 to 1000000): names of which is remembered what was loaded, or that there is nothing; the one
 * that was not asked for the longest makes room, names without credentials before those with. Names are
 * what clients say: TLSN_FEATURE_SNI_FATAL with tlsn_config_set_server_names() refuses strange ones
 * before. Reference counted, thread safe, for any number of configurations. TLSN_ERR_ARGUMENT,
 * TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status
tlsn_credential_source_new(tlsn_credential_source **out, const struct tlsn_credential_loader *loader,
                           size_t entries, const struct tlsn_hooks *hooks);
TLSN_API tlsn_credential_source *tlsn_credential_source_ref(tlsn_credential_source *source);
TLSN_API void tlsn_credential_source_free(tlsn_credential_source *source);
/* Forgets a name, NULL: all of them, so that it is loaded again: a certificate was renewed. */
TLSN_API void tlsn_credential_source_forget(tlsn_credential_source *source, const char *name);
TLSN_API size_t tlsn_credential_source_count(tlsn_credential_source *source);
/* Takes a reference. It is asked for names that no credential of the configuration has in full; NULL:
 * none (default). */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_credential_source(tlsn_config *config,
                                                                     tlsn_credential_source *source);
/* Takes a reference. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_trust(tlsn_config *config, tlsn_trust *trust);
TLSN_API TLSN_MUST_USE tlsn_status
tlsn_config_set_verify_options(tlsn_config *config, const struct tlsn_verify_options *options);

/* A certificate or key that the peer has to have (SHA-256, see tlsn_cert_fingerprint and tlsn_pin_read);
 * may be called repeatedly, one of them is enough. Keep a second key in reserve and pinned: who loses
 * the only one loses all peers. TLSN_ERR_ARGUMENT. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_add_pin(tlsn_config *config, enum tlsn_pin_of of,
                                                       const uint8_t sha256[32]);
/* How tlsn_verify_default() uses pins, where there are any. */
enum tlsn_pin_mode {
    /* Besides everything else: one certificate of the accepted path is pinned, its anchor included
     * (default). */
    TLSN_PIN_ALSO = 0,
    /* Instead of everything else: the peer's own certificate or key is pinned; chain, names and times are
     * not looked at, and no trust anchors are needed. Raw public keys are accepted by pins of keys. */
    TLSN_PIN_INSTEAD,
};
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_pin_mode(tlsn_config *config,
                                                            enum tlsn_pin_mode mode);

/* How the peer's chain is judged. */
enum tlsn_verify_mode {
    TLSN_VERIFY_DEFAULT = 0,   /* tlsn_verify_default() inside the handshake, no suspension */
    TLSN_VERIFY_SUSPEND,       /* TLSN_NEED_VERDICT */
    TLSN_VERIFY_INSECURE_NONE, /* every chain is accepted */
};
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_verify_mode(tlsn_config *config,
                                                               enum tlsn_verify_mode mode);

/* Types of certificates (RFC 7250). OpenPGP (RFC 6091) is known by name only. */
enum tlsn_cert_type { TLSN_CERT_X509 = 0, TLSN_CERT_OPENPGP = 1, TLSN_CERT_RAW_KEY = 2 };
/* What we show, and what we take from the peer, in order of preference; default: X.509 alone. Every
 * credential can be shown as raw public key; one made of a key alone only so. TLSN_ERR_ARGUMENT. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_own_cert_types(tlsn_config *config,
                                                                  const uint8_t *types,
                                                                  size_t count);
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_peer_cert_types(tlsn_config *config,
                                                                   const uint8_t *types,
                                                                   size_t count);
/* A raw public key that tlsn_verify_default() accepts: SubjectPublicKeyInfo in DER, or PEM ("PUBLIC
 * KEY"). May be called repeatedly. Without one no raw key is accepted by default: nothing vouches for
 * it. Names and times play no part. TLSN_ERR_PEM, TLSN_ERR_CERT_BAD, TLSN_ERR_CERT_UNSUPPORTED. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_add_peer_key(tlsn_config *config, const void *spki,
                                                            size_t len);

enum tlsn_client_auth { TLSN_CLIENT_AUTH_NONE = 0, TLSN_CLIENT_AUTH_REQUEST,
                        TLSN_CLIENT_AUTH_REQUIRE };
/* Server: whether a client certificate is asked for. With REQUEST a client without one is
 * served. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_client_auth(tlsn_config *config,
                                                               enum tlsn_client_auth mode);
/* Server: names of acceptable authorities in CertificateRequest are those of the trust store
 * (default true; false sends an empty list). */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_send_authorities(tlsn_config *config, bool on);
/* Server, TLS 1.3: a client's certificate shall have this extension with at least these values (RFC 8446 4.2.5).
 * Both are whole DER: of the OBJECT IDENTIFIER, and of the extension's value, len 0 for any. Clients choose by key
 * usage and extended key usage and pass over the rest, and so do we: another certificate is
 * unsupported_certificate. Copied. TLSN_ERR_ARGUMENT for what is no DER, anyExtendedKeyUsage, more than 16384 bytes
 * or 64 filters in all, and for an extension that is there already. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_add_oid_filter(tlsn_config *config, const void *oid,
                                                              size_t oid_len, const void *values,
                                                              size_t values_len);
/* The same as text: "keyUsage=digitalSignature,keyAgreement" and "extKeyUsage=clientAuth,1.3.6.1.5.5.7.3.4" with
 * the words of struct tlsn_cert_spec, "1.2.3.4=0c0178" with the value's DER in hexadecimal, or a name alone for any
 * value; at most 2048 bytes of DER. Also TLSN_ERR_UNKNOWN_KEYWORD. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_add_oid_filter_text(tlsn_config *config,
                                                                   const char *text);
/* Client: suspend with TLSN_NEED_CREDENTIAL instead of choosing among the configured
 * credentials. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_credential_suspend(tlsn_config *config, bool on);
/* Server: suspend with TLSN_NEED_SESSION for session IDs that the cache does not hold, and for tickets of a
 * kind whose sessions are kept (TLSN_FEATURE_STATEFUL_TICKETS, a ticket maker without `open`). */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_session_suspend(tlsn_config *config, bool on);

/* Extensions and features; all are on by default but for those that say otherwise. */
enum tlsn_feature {
    TLSN_FEATURE_EMS = 1,         /* extended_master_secret, RFC 7627 */
    TLSN_FEATURE_REQUIRE_EMS,     /* refuse peers without it (default off) */
    TLSN_FEATURE_ETM,             /* encrypt_then_mac, RFC 7366 */
    TLSN_FEATURE_TICKETS,         /* session tickets, RFC 5077 */
    TLSN_FEATURE_SESSION_IDS,     /* server: keep sessions in the cache; client: offer them */
    TLSN_FEATURE_REQUIRE_SECURE_RENEGOTIATION, /* client: refuse servers without RFC 5746 */
    TLSN_FEATURE_KEEP_PEER_LEAF,  /* the peer's leaf stays readable after the handshake */
    TLSN_FEATURE_KEEP_PEER_CHAIN, /* its whole chain does (default off) */
    TLSN_FEATURE_SNI_FATAL,       /* server: unknown server names are fatal (default off) */
    TLSN_FEATURE_GREASE,          /* client: values without meaning among the others, RFC 8701 (default
                                   * off) */
    TLSN_FEATURE_EXPORTER,        /* tlsn_export() works: 112 bytes with the master secret (TLS 1.3: its
                                   * exporter secret) stay with the connection (default off) */
    TLSN_FEATURE_INSECURE_BINDINGS, /* exports and tls-unique without extended_master_secret, which do
                                     * not say which connection it is (default off) */
    TLSN_FEATURE_CERTIFICATE_CHANGE, /* a renegotiation may show another certificate of the peer
                                      * than the handshake before (default off) */
    TLSN_FEATURE_OCSP,            /* client: ask for the leaf's OCSP response (status_request, RFC
                                   * 6066 8; default off) */
    TLSN_FEATURE_OCSP_MULTI,      /* client: for those of the chain (RFC 6961; default off) */
    TLSN_FEATURE_KEEP_BESIDE,     /* what came along with the peer's certificates stays readable
                                   * after the handshake (tlsn_conn_peer_ocsp ...; default off) */
    TLSN_FEATURE_SCT,             /* client: ask for signed certificate timestamps (RFC 6962 3.3;
                                   * default off) */
    TLSN_FEATURE_CERTIFICATE_URL, /* client certificates by URL, RFC 6066 5: client: send those of the
                                   * credential; server: accept them and suspend with
                                   * TLSN_NEED_CERTIFICATES (default off: a server that fetches what a
                                   * stranger names can be used against others, RFC 6066 11.3) */
    TLSN_FEATURE_TRUNCATED_HMAC,  /* MACs of 80 bits, RFC 6066 7: weak, for research (default off) */
    TLSN_FEATURE_SNI_WARNING,     /* server: unknown names are answered with a warning (default off) */
    TLSN_FEATURE_REQUIRE_NAMES,   /* a peer without server_name, or without a protocol where some are
                                   * set, is refused; a client wants its name acknowledged (default
                                   * off; against ALPACA, with TLSN_FEATURE_SNI_FATAL on servers) */
    TLSN_FEATURE_HIDE_UNKNOWN_PSK, /* server: unknown PSK identities and SRP users look like a wrong
                                      key or password; off: unknown_psk_identity says so */
    TLSN_FEATURE_USER_MAPPING,    /* server: take a client's word on its account (RFC 4681; default off).
                                   * Nothing vouches for it: see tlsn_conn_user_mapping */
    TLSN_FEATURE_INSECURE_SSL2_HELLO, /* server: take an SSL 2.0 compatible ClientHello (RFC 5246 E.2);
                                       * client: send one, without extensions (default off) */
    TLSN_FEATURE_CACHED_INFO,     /* RFC 7924: server: leave out what the client still has; client: keep
                                   * what could be left out (tlsn_conn_cacheable; default off) */
    TLSN_FEATURE_INSECURE_DH_PRIMES, /* client: take a server's own finite-field group though its prime
                                      * is not safe, (p - 1) / 2 being no prime. Off, which is the
                                      * default, groups made as those of DSA are (dhparam -dsaparam,
                                      * old Java) are refused with insufficient_security.
                                      * The groups of RFC 7919 are known by sight; for others the two
                                      * tests take some 20 ms at 2048 bits, a second at 8192 */
    TLSN_FEATURE_STRICT_CHAINS,   /* no certificate that the peer's signature_algorithms do not cover up
                                   * to the root, as RFC 5246 7.4.2, 7.4.4 and 7.4.6 want it; before
                                   * TLS 1.2 servers send none but those signed as the suite says, RSA for
                                   * ECDHE_RSA (RFC 4346 7.4.2, RFC 4492 2). Off, which is the default,
                                   * such a chain is sent when there is no other (RFC 8446 4.4.2.2):
                                   * peers often know more than they list */
    TLSN_FEATURE_ANSWER_CLOSE,    /* close_notify is answered by one at once, after which nothing can be
                                   * written (RFC 5246 7.2.1). Off, which is the default, the application
                                   * says when, by tlsn_shutdown, and may finish what it has to say
                                   * before (RFC 8446 6.1) */
    TLSN_FEATURE_FALSE_START,     /* client: tlsn_encrypt() may be called before the server's Finished, when
                                   * tlsn_may_start_early() says so (RFC 7918; default off). It saves a
                                   * round trip. What is sent then is readable by the server of the
                                   * certificate alone, but that it was not led to weaker choices is
                                   * known only at completion */
    TLSN_FEATURE_STATEFUL_TICKETS, /* server: tickets are handles of sessions in the cache (or the store), so
                                   * that they are small, say nothing, and die with a session whose
                                   * connection failed (default off: the session itself, sealed) */
    TLSN_FEATURE_RENEW_TICKETS,   /* server: each resumption by a ticket gives the client a new one, so that
                                   * none has to be shown twice and observers cannot tell its connections
                                   * by them; with stateful tickets the old one is good for nothing then
                                   * (default off: past half of its life) */
    TLSN_FEATURE_COMPAT_MODE,     /* client: TLS 1.3 looks like a resumption of TLS 1.2 to boxes in
                                   * between (RFC 8446 D.4): a session ID, a ChangeCipherSpec */
    TLSN_FEATURE_INSECURE_PSK_KE, /* TLS 1.3: pre-shared keys and tickets without fresh Diffie-Hellman
                                   * keys (psk_ke): who learns the key later reads everything
                                   * (default off) */
    TLSN_FEATURE_RETRY_COOKIE,    /* server: a HelloRetryRequest carries a cookie (RFC 8446 4.2.2;
                                   * default off) */
    TLSN_FEATURE_POST_HANDSHAKE_AUTH, /* TLS 1.3: a client says that it may be asked for its certificate
                                       * behind the handshake, a server may ask those that say so:
                                       * tlsn_request_client_auth() (RFC 8446 4.6.2; default off) */
    TLSN_FEATURE_CERT_WITH_PSK,   /* TLS 1.3: external pre-shared keys go with certificates and never stand alone
                                   * (RFC 8773, RFC 9973): sessions stay secret as long as the key is, even if
                                   * all of (EC)DHE falls, and certificates authenticate. Who does not know
                                   * the extension gets a handshake without the key; a server that takes the key
                                   * alone is refused (default off) */
    TLSN_FEATURE_INSECURE_CHAINS, /* server: a chain with SHA-1 or MD5 goes to TLS 1.3 clients that do not list
                                   * them, if there is no other: for tests of clients. RFC 8446 4.4.2.2 forbids
                                   * it for SHA-1; without it the handshake fails (default off) */
    TLSN_FEATURE_COUNT            /* one above the last */
};
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_feature(tlsn_config *config,
                                                           enum tlsn_feature feature, bool on);
/* Server: the finite-field group of DHE for clients that name none (RFC 7919 4); by default the first
 * one of tlsn_config_set_groups(). data: the name of a group ("ffdhe3072"), or a file of parameters in PEM
 * or DER as other tools write them (PKCS#3, X9.42), copied. For export suites a group that is small
 * enough is used too. Groups of fewer than 2048 bits can be broken by the well-equipped (Logjam).
 * TLSN_ERR_PEM, TLSN_ERR_ILLEGAL_PARAMETER (not a sound group), TLSN_ERR_FROZEN, TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_dh_group(tlsn_config *config, const void *data,
                                                            size_t len);
/* Server: bits of the temporary RSA keys of export suites, 512 to 1024; a suite's own limit (512 or
 * 1024) holds all the same. 0: that limit. TLSN_ERR_ARGUMENT, TLSN_ERR_FROZEN. RFC 2246 7.4.3. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_insecure_rsa_export_bits(tlsn_config *config,
                                                                            unsigned bits);
/* Compression of records, a comma separated list of "DEFLATE" (when zlib was configured in) and
 * "LZS", by preference; NULL or "": none, which is the default. Insecure: the length of a record
 * then depends on what is in it, so whoever can mix text of their own with a secret (a cookie) can find
 * the secret out (CRIME, RFC 7457 2.6). For research, and for peers that cannot do without. It takes
 * about 300 KB a connection. TLSN_ERR_UNKNOWN_KEYWORD, TLSN_ERR_FROZEN. RFC 3749, RFC 3943. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_insecure_compression(tlsn_config *config,
                                                                        const char *list);
/* The name of the n-th compression method that this build has, "" behind the last. */
TLSN_API const char *tlsn_compression_name(size_t n);
/* Server names that are served here, comma separated; NULL: all. A name that is not among them is
 * ignored, or fatal with TLSN_FEATURE_SNI_FATAL. "*.example" serves one more label. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_server_names(tlsn_config *config,
                                                                const char *list);

/* The most plain text we take in one protected record, 64 to 16384 bytes (RFC 8449; default 16384).
 * Clients say it, servers answer clients that do, and each keeps to what the other says. 0: the
 * extension is not spoken. TLSN_ERR_ARGUMENT out of range. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_record_size_limit(tlsn_config *config,
                                                                     size_t bytes);
/* Client: asks for fragments of at most 512, 1024, 2048 or 4096 bytes in both directions (RFC 6066
 * 4). A server grants what it is asked for. With a record size limit below 16384 too, a server that
 * knows both answers that one. 0: none (default). TLSN_ERR_ARGUMENT for other numbers. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_max_fragment_length(tlsn_config *config,
                                                                       size_t bytes);

/* Heartbeats (RFC 6520), for who wants to know that the peer is still there. Off by default. */
enum tlsn_heartbeat {
    TLSN_HEARTBEAT_OFF = 0,
    TLSN_HEARTBEAT_ANSWER = 1,    /* the peer may send requests, they are answered */
    TLSN_HEARTBEAT_SEND_ONLY = 2, /* it may not; we may, if it answers */
};
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_heartbeat(tlsn_config *config,
                                                             enum tlsn_heartbeat mode);
/* SRTP protection profiles in order of preference, comma separated ("SRTP_AEAD_AES_128_GCM",
 * "SRTP_AES128_CM_HMAC_SHA1_80" ...): use_srtp of RFC 5764. Client: offered; server: the first one
 * that is offered is chosen, none is no error. take_mki: a server accepts the client's master key
 * identifier. NULL or "": none (default). TLSN_ERR_UNKNOWN_KEYWORD. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_srtp(tlsn_config *config, const char *profiles,
                                                        bool take_mki);
/* Client: makes the ClientHello message at least this long by a padding extension (RFC 7685), for
 * servers that fail on certain lengths; 512 is usual, 0xffff the most. 0: none (default). */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_hello_padding(tlsn_config *config, size_t bytes);

/* Whether the peer may renegotiate. tlsn_renegotiate() is allowed with NONE as well: it is a wish of
 * our own. */
enum tlsn_renegotiation {
    TLSN_RENEGOTIATION_NONE = 0, /* refused by a warning (default) */
    TLSN_RENEGOTIATION_SECURE,   /* with peers that have RFC 5746 */
    /* With those that do not, too. Whoever sits in between may then put bytes of its own in front of
     * a client's (CVE-2009-3555). Counts for tlsn_renegotiate() as well. */
    TLSN_RENEGOTIATION_INSECURE_LEGACY,
};
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_renegotiation(tlsn_config *config,
                                                                 enum tlsn_renegotiation mode);

/* Bounds; 0 keeps the default. */
struct tlsn_limits {
    size_t message_max;     /* bytes of one handshake message (default 132096) */
    size_t chain_max;       /* bytes of a certificate chain (default 98304) */
    unsigned empty_records; /* in a row (default 32) */
    unsigned warnings;      /* warning alerts in a row (default 4) */
    unsigned requests;      /* refused renegotiation requests (default 5) */
    unsigned renegotiations; /* of a connection that the peer may begin (default 8) */
    size_t pending_max;     /* bytes of output that may wait (default 262144) */
    unsigned dh_bits_min;   /* least size of a server's finite-field group (default 2048) */
    unsigned urls;          /* of a CertificateURL, certificates of a PkiPath (default 10, at most 16) */
    size_t psk_identity_max; /* bytes of a peer's PSK identity or hint (default 1024, 128 .. 65535) */
    uint32_t session_seconds; /* life of sessions and tickets (default 7200, at most 604800) */
    uint32_t delegated_seconds; /* that a delegated credential may have to live, the peer's or ours (default
                                 * 604800; others only where a profile of the application says so, RFC 9345 3) */
};
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_limits(tlsn_config *config,
                                                          const struct tlsn_limits *limits);

/* Server: tickets that a TLS 1.3 handshake ends with, 0 to 16 (default 2), unless the client asks for another
 * number (RFC 9149), of which it gets 16 at most; with 0 it gets none all the same. Client: how many of those that
 * come are kept, the newest ones (see tlsn_conn_take_session()). TLSN_ERR_ARGUMENT. RFC 8446 4.6.1. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_tickets(tlsn_config *config, unsigned count);
/* Client: asks for this many tickets when the handshake is a full one, and when it resumes, 0 to 255 (RFC 9149). A
 * client that opens connections one after the other needs 1 for a resumption; one that opens n at once with
 * a ticket each needs n. Not asked by default. TLSN_ERR_ARGUMENT, TLSN_ERR_FROZEN. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_ticket_request(tlsn_config *config,
                                                                  unsigned full, unsigned resumed);
/* Protected records of TLS 1.3 are padded so that content and type are a multiple of this many bytes,
 * as far as a record holds that; 0: no padding (default), at most 16384. TLSN_ERR_ARGUMENT. RFC 8446
 * 5.4. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_record_padding(tlsn_config *config,
                                                                  size_t bytes);
/* Server: 32 bytes from which the keys of all tickets are derived, so that several processes
 * accept each other's tickets. Without it each frozen configuration makes its own. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_ticket_secret(tlsn_config *config,
                                                                 const uint8_t secret[32]);
/* Client: the account that its certificate is meant for, sent to servers that ask for such hints (RFC 4681 6),
 * once their certificate is accepted: "user@domain", a domain name, or both. NULL or "" for none of the two;
 * without any the extension is not sent (default). TLSN_ERR_ARGUMENT. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_user_mapping(tlsn_config *config,
                                                                const char *principal,
                                                                const char *domain);

/* Authorization data for the peer (client_authz and server_authz of RFC 5878), copied; may be called
 * repeatedly. It goes, unencrypted in a first handshake, to peers that take its format; a server's before
 * anything is known of the client. Such handshakes leave no session to resume. Default: none.
 * TLSN_ERR_ARGUMENT, also for more than 65533 bytes in all. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_add_authz(tlsn_config *config,
                                                         const struct tlsn_authz *authz);
/* Formats (enum tlsn_authz_format) of authorization data that are taken from the peer, which may then
 * be asked for its own: see tlsn_conn_peer_authz(). Count 0: none (default). TLSN_ERR_ARGUMENT. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_authz_taken(tlsn_config *config,
                                                               const uint8_t *formats,
                                                               size_t count);

/* Ways to name an authority (RFC 6066 6). */
enum tlsn_ca_id { TLSN_CA_PRE_AGREED = 0, TLSN_CA_KEY_SHA1, TLSN_CA_NAME, TLSN_CA_CERT_SHA1 };
/* Client: names one of its anchors to servers (trusted_ca_keys, RFC 6066 6; in TLS 1.3 those of type
 * TLSN_CA_NAME by certificate_authorities, RFC 8446 4.2.4), which may choose their chain by
 * it. cert: the anchor in DER, NULL for PRE_AGREED. Default: the extension is not sent. A server always
 * honours it. TLSN_ERR_CERT_BAD, TLSN_ERR_CERT_UNSUPPORTED. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_add_trusted_ca(tlsn_config *config,
                                                              enum tlsn_ca_id type,
                                                              const void *cert, size_t len);

/* Server: a further secret whose tickets are still taken; new ones are made with the first. At most 4
 * (TLSN_ERR_ARGUMENT). To change the secret without losing sessions, add the next one everywhere, then
 * make it the first and add the old one, which may go once its tickets have expired. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_add_ticket_secret(tlsn_config *config,
                                                                 const uint8_t secret[32]);
/* A peer whose session is resumed is not judged again. So a session counts, as client and for clients
 * with certificates, only in configurations that judge by the same rules: same trust anchors, verify
 * options, verify mode, and these bytes (at most 32; default none), by which an application tells
 * apart what the library cannot see, its own callbacks for instance. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_session_context(tlsn_config *config,
                                                                   const void *id, size_t len);
/* Server: a place for sessions of the application's own (a file, a service of several machines) instead
 * of a cache. The functions are called inside tlsn_handshake() and tlsn_decrypt(), from any thread
 * that serves a connection of this configuration. IDs are 1 to 32 bytes; sessions are secret. With
 * TLSN_FEATURE_STATEFUL_TICKETS tickets are IDs too. */
struct tlsn_session_store {
    /* Keeps a copy until expires_ms (of the hook `now`). An error ends the handshake. */
    tlsn_status (*store)(void *ctx, struct tlsn_span id, struct tlsn_span session,
                         int64_t expires_ms);
    /* Copies a session out: TLSN_OK, TLSN_ERR_NOT_FOUND, or TLSN_ERR_BUFFER with the size in *len. */
    tlsn_status (*lookup)(void *ctx, struct tlsn_span id, uint8_t *out, size_t cap, size_t *len);
    /* A session whose connection failed (RFC 5246 7.2.2), or that early data came with (RFC 8446 8.1). */
    void (*remove)(void *ctx, struct tlsn_span id);
    void *ctx;
};
/* All three functions have to be there (TLSN_ERR_ARGUMENT). */
TLSN_API TLSN_MUST_USE tlsn_status
tlsn_config_set_session_store(tlsn_config *config, const struct tlsn_session_store *store);
/* Server: tickets that the application makes, sealed by a key service for instance, or names of
 * sessions in a place of its own. Functions are called inside tlsn_handshake() and tlsn_decrypt(), from any
 * thread that serves a connection of this configuration, several at once. Spans are theirs for the length of
 * the call. Sessions are in the form of tlsn_session_write(), and secret. What a session must
 * fulfil to be resumed (its name, suite, version, age ...) the library sees to, as for all of them. */
struct tlsn_ticket_maker {
    /* Writes a ticket of at most cap bytes for a session, and its length to *len; 0: there shall be none.
     * *lifetime_s is what is left of the session's life, told to the client; it may be lowered, 0 says
     * nothing. TLSN_ERR_BUFFER with the size in *len (at most 65535): called again with so much room. Any
     * other error ends the handshake. */
    tlsn_status (*seal)(void *ctx, struct tlsn_span session, uint8_t *ticket, size_t cap,
                        size_t *len, uint32_t *lifetime_s);
    /* The session of a ticket that a client sent; whatever it may be, it is only a claim until the handshake is
     * complete. TLSN_OK; TLSN_ERR_NOT_FOUND, or any other error: a full handshake;
     * TLSN_ERR_BUFFER with the size in *len: called again. *renew, false before: the client shall have a
     * new ticket, as it has anyway past half of the session's life. Tickets for a single use are taken out here
     * and renewed: then a ticket that somebody else shows, who has only seen it pass, is lost to its
     * owner; where that matters, `arrived` is the place. NULL: the question TLSN_NEED_SESSION, or its
     * callback, with the ticket as the key. */
    tlsn_status (*open)(void *ctx, struct tlsn_span ticket, uint8_t *session, size_t cap,
                        size_t *len, bool *renew);
    /* The client has this ticket, as its Finished shows, and not before (RFC 5077 3.3); it has no more use for
     * the other one, which is empty after a full handshake. May be NULL. */
    void (*arrived)(void *ctx, struct tlsn_span ticket, struct tlsn_span replaced);
    /* The connection of this ticket's session failed (RFC 5246 7.2.2), or early data came with it (RFC 8446
     * 8.1): it is not to be resumed. May be NULL. */
    void (*drop)(void *ctx, struct tlsn_span ticket);
    void *ctx;
};
/* Copied. `seal` has to be there (TLSN_ERR_ARGUMENT); not together with TLSN_FEATURE_STATEFUL_TICKETS
 * (TLSN_ERR_ARGUMENT when the configuration is frozen). NULL: tickets are the library's (default). */
TLSN_API TLSN_MUST_USE tlsn_status
tlsn_config_set_ticket_maker(tlsn_config *config, const struct tlsn_ticket_maker *maker);
/* Server: takes a reference. Without it the frozen configuration makes one of 1024 entries. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_session_cache(tlsn_config *config,
                                                                 tlsn_session_cache *cache);

/* ---- early data, RFC 8446 2.3, RFC 8470 ---- */

/* Server: data that a client may send along with its first message when it resumes or has an external key, in
 * bytes of a connection; 0, which is the default: none. Tickets say so, and those that allow more than this are
 * resumed without; external keys have terms of their own (struct tlsn_psk_early), which count up to this.
 *
 * Early data are not like others. They are not forward secret against who gets the ticket's key, and anybody
 * who saw them pass can send them again, to this server or another one with the same ticket secret. The library
 * takes a ClientHello once within a window of time (below), which is as much as it can do: an application has
 * to be indifferent to hearing it twice, or must not act on it before the handshake is complete. For HTTP
 * that means safe methods only, `Early-Data: 1` on the way to an origin that does not see it itself, and 425 (Too
 * Early) where the origin says so (RFC 8470). TLSN_ERR_FROZEN. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_early_data_max(tlsn_config *config,
                                                                  uint32_t bytes);
/* Server: by how many milliseconds the age of a ticket may differ from what the client says (default 10000, at
 * least 1, at most 600000): the delay of the network and the drift of two clocks. So long a ClientHello is
 * remembered; one that is later is a full or ordinary resumption. TLSN_ERR_ARGUMENT, TLSN_ERR_FROZEN. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_early_data_window(tlsn_config *config,
                                                                     uint32_t ms);
/* A ClientHello with early data whose binder is right, and of a ticket the age too. */
struct tlsn_early_hello {
    struct tlsn_span id;   /* 32 bytes that no other one has */
    int64_t issued_ms;     /* when its ticket, or its external key, was made; 0: that is not known of the key */
    int64_t sent_ms;       /* when it was sent, by the age that the client says; 0 with an external key */
    int64_t now_ms;
    uint32_t window_ms;    /* it is taken from sent_ms - window_ms to sent_ms + window_ms */
    bool external;         /* its key is no ticket: it is taken at any time, and so may come again at any time */
};
/* Server: remembers them in place of the library, for servers that share a ticket secret. Called inside
 * tlsn_handshake(), from any thread, several at once; the question and the note have to be one step. TLSN_OK: it
 * was not there before, and is now; any other status: its early data are not taken. A store that was lost has to
 * say so for all that were sent before it began and window_ms behind that, and for all with external keys that were
 * made before, or that by issued_ms are not made yet (RFC 8446 8.2). */
struct tlsn_replay_check {
    tlsn_status (*first)(void *ctx, const struct tlsn_early_hello *hello);
    void *ctx;
};
/* Copied; NULL: the library's own (default), see tlsn_replay_guard_new(). TLSN_ERR_ARGUMENT, TLSN_ERR_FROZEN. */
TLSN_API TLSN_MUST_USE tlsn_status
tlsn_config_set_replay_check(tlsn_config *config, const struct tlsn_replay_check *check);
/* The library's own, for several configurations of one process: remembers up to `entries` (1 to 2^24, 52 bytes
 * each, taken at first use) for three windows, and as many with external keys for good. When it is full nothing is
 * taken. Thread safe, reference counted. A frozen configuration that has none and allows early data makes one of
 * 16384 entries. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_replay_guard_new(tlsn_replay_guard **out, size_t entries,
                                                         const struct tlsn_hooks *hooks);
TLSN_API tlsn_replay_guard *tlsn_replay_guard_ref(tlsn_replay_guard *guard);
TLSN_API void tlsn_replay_guard_free(tlsn_replay_guard *guard);
/* What it says of one, as above: TLSN_OK once. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_replay_guard_first(tlsn_replay_guard *guard,
                                                           const struct tlsn_early_hello *hello);
/* Takes a reference; NULL: one of its own. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_replay_guard(tlsn_config *config,
                                                                tlsn_replay_guard *guard);

/* ---- pre-shared keys: RFC 4279, 4785, 5487, 5489, 8442 ---- */

/* Client: the key to use (the first that was added; the server's hint is ignored, RFC 4279 5.2). Server: a key
 * it knows. Identities are UTF-8 by RFC 4279 5.1, at most 65535 bytes, and compared byte by byte; keys have 1 to
 * 65535 bytes and should come from a random source of at least 16. PSK suites are offered and chosen only with a
 * key, the callback or the suspension. Copied; the copy of the key is wiped. TLSN_ERR_ARGUMENT for other lengths
 * for an identity that is not UTF-8 and for one that is there already; callback and suspension take any octets. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_add_psk(tlsn_config *config, const void *identity,
                                                       size_t identity_len, const void *key,
                                                       size_t key_len);
/* Server: the identity hint; len 0 (default): none is sent. At most 65535 bytes. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_psk_hint(tlsn_config *config, const void *hint,
                                                            size_t len);
/* Suspend with TLSN_NEED_PSK: a client for each server, a server for identities that were not added. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_psk_suspend(tlsn_config *config, bool on);

/* What is asked for: a client sees the server's hint (empty when it sent none), a server the identity. In TLS 1.3
 * a client is asked before its ClientHello, and once more if the server then chooses a PSK suite of TLS 1.2 or
 * less; a server for each identity that it does not know, tickets of others among them, and for those of a second
 * ClientHello again. */
struct tlsn_psk_request {
    struct tlsn_span hint, identity;
    bool tls13;
    bool imported; /* server: the identity has the form of an imported one (RFC 9258), which has in it: */
    struct tlsn_span external_identity, context;
};
/* What early data (0-RTT) with a key of TLS 1.3 go by, the same on both sides (RFC 8446 4.2.10). A client sends them
 * with the first key that it offers, see tlsn_conn_set_early_data(); a server takes them when
 * tlsn_config_set_early_data_max() allows as many, and never twice: such a ClientHello has no age that would tell an
 * old one, so the library's own memory of them takes none unless the key is younger than that memory. */
struct tlsn_psk_early {
    uint32_t max;          /* bytes, 0: none */
    uint16_t suite;        /* code point; of the key's hash, for imported keys of any hash */
    struct tlsn_span alpn; /* the application protocol, at most 255 bytes; empty: none */
    int64_t made_ms;       /* server: when the key was made, by the clock of the hooks: nobody used it before, and
                            * nothing is taken before; 0: unknown, then only a tlsn_replay_check of your own
                            * takes any */
};
struct tlsn_psk {
    struct tlsn_span identity, key;
    /* The rest is for TLS 1.3 and as in struct tlsn_external_psk; there a key of fewer than 16 bytes is none. import:
     * a client gives the identity that is imported, and the context; a server the key that is imported from, for the
     * identity and the context that the client sent, whose KDF says which key is derived; for identities that do not
     * have that form there is none. */
    unsigned hash_bits;
    bool import;
    struct tlsn_span context;
    struct tlsn_psk_early early;
};

/* ---- pre-shared keys of TLS 1.3: RFC 8446 2.2, RFC 9257, RFC 9258 ---- */

/* A key for TLS 1.3 alone. Keys of tlsn_config_add_psk() are taken in TLS 1.3 too, with SHA-256 and when they have
 * 16 bytes and an identity; RFC 8446 4.2.11 and RFC 9258 8 advise against one key for both. What is imported from
 * serves as nothing else. A key is for one client and one server: RFC 9257 4 tells what happens when more than two
 * have it. */
struct tlsn_external_psk {
    struct tlsn_span identity; /* 1 to 65535 bytes of any kind; everybody can read it on the wire */
    struct tlsn_span key;      /* 16 to 65535 bytes of a random source (RFC 9257 6): what is made from a password can
                                * be guessed by whoever sees one ClientHello */
    unsigned hash_bits;        /* the hash that it is for, 256 or 384 bits of SHA-2; 0: 256 */
    bool import;               /* what is used are keys derived from this one, one for each hash of TLS 1.3 (RFC 9258):
                                * identity, and not more than 65535 bytes together, with: */
    struct tlsn_span context;  /* what both sides know of where the key is from and of their roles, else empty; to
                                * be read on the wire too */
    struct tlsn_psk_early early;
};
/* Client: all keys that were added are offered, behind a ticket if there is one, up to 16. Server: the first one of
 * the client's that it knows is used. Copied; the copy of the key is wiped. An identity of an imported key is the
 * whole ImportedIdentity of RFC 9258 5.1 in what is said about connections. TLSN_ERR_ARGUMENT for other lengths and
 * hashes, for a suite of early data that is of another hash, and for an identity that is there already. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_add_external_psk(tlsn_config *config,
                                                                const struct tlsn_external_psk *psk);

/* ---- Secure Remote Password: RFC 5054 ---- */

/* Names and passwords are UTF-8 and are prepared by SASLprep (RFC 4013); 1 to 255 bytes have to be left. Its tables are
 * here for Latin, Greek and Cyrillic letters, common punctuation, Kana, Han and Hangul; other characters, combining
 * marks among them, are TLSN_ERR_ARGUMENT. Names that a server looks up by callback or suspension come as the client
 * sent them. */

/* Client: offers SRP suites with this name and password. Copied, wiped. TLSN_ERR_ARGUMENT. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_srp_login(tlsn_config *config, const void *user,
                                                             size_t user_len, const void *password,
                                                             size_t password_len);
/* What a server knows of a user instead of the password: secret all the same. */
struct tlsn_srp_verifier {
    unsigned group_bits;   /* group of RFC 5054 A: 1024, 1536, 2048, 3072, 4096, 6144 or 8192 */
    struct tlsn_span salt; /* 1 to 255 bytes */
    struct tlsn_span verifier; /* group_bits / 8 bytes, big-endian */
};
/* Server: a user. Copied, wiped. TLSN_ERR_ARGUMENT when the parts do not fit, or for a user that is there. */
TLSN_API TLSN_MUST_USE tlsn_status
tlsn_config_add_srp_user(tlsn_config *config, const void *user, size_t user_len,
                         const struct tlsn_srp_verifier *verifier);
/* Server: suspend with TLSN_NEED_SRP for users that were not added. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_srp_suspend(tlsn_config *config, bool on);
/* Server: the seed from which salts of users that do not exist are made (RFC 5054 2.5.1.3), so that they stay the
 * same over restarts and processes. Without it each frozen configuration makes its own. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_config_set_srp_seed(tlsn_config *config,
                                                            const uint8_t seed[32]);
/* A verifier with a fresh salt. *len: its bytes, also with TLSN_ERR_BUFFER. TLSN_ERR_ARGUMENT. hooks may be NULL. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_srp_make_verifier(const void *user, size_t user_len,
                                                          const void *password, size_t password_len,
                                                          unsigned group_bits,
                                                          const struct tlsn_hooks *hooks,
                                                          uint8_t salt[16], uint8_t *verifier,
                                                          size_t cap, size_t *len);

/* Synchronous twins of the suspensions: with the callback set, the suspension does not happen.
 * They run inside tlsn_handshake() and must not call back into the same connection except
 * through the getters and setters named for each. */
struct tlsn_key_op; /* tls-native/conn.h */
struct tlsn_callbacks {
    /* TLSN_NEED_VERDICT: returns the verdict. May use tlsn_conn_peer_cert, tlsn_verify_default. */
    tlsn_status (*verdict)(void *ctx, tlsn_conn *conn);
    /* TLSN_NEED_CONFIG: may use tlsn_client_hello; puts a configuration (borrowed) into *config, or
     * leaves it NULL to go on with the present one. An error status ends the handshake. */
    tlsn_status (*client_hello)(void *ctx, tlsn_conn *conn, tlsn_config **config);
    /* TLSN_NEED_CREDENTIAL: may use tlsn_certificate_request; *credential (borrowed) or NULL for
     * none. */
    tlsn_status (*credential)(void *ctx, tlsn_conn *conn, tlsn_credential **credential);
    /* TLSN_NEED_KEY_OP: writes at most cap bytes of result: the signature, or the 48 bytes of
     * premaster secret (random ones when decryption fails). An error status ends the handshake. */
    tlsn_status (*key_op)(void *ctx, tlsn_conn *conn, const struct tlsn_key_op *op,
                          uint8_t *result, size_t cap, size_t *len);
    /* TLSN_NEED_SESSION: a serialised session for this ID or ticket into *session, which stays the
     * callback's and valid until the call after; empty for none. */
    tlsn_status (*session)(void *ctx, tlsn_conn *conn, struct tlsn_span id,
                           struct tlsn_span *session);
    /* TLSN_NEED_CERTIFICATES: may use tlsn_certificate_url; puts what lies at URL i into objects[i] (the
     * callback's, valid until it is called again). TLSN_ERR_NOT_FOUND: they cannot be had. */
    tlsn_status (*certificates)(void *ctx, tlsn_conn *conn, struct tlsn_span *objects,
                                size_t count);
    /* TLSN_NEED_PSK: identity (client only) and key into *psk; they stay the callback's and valid until
     * it is called again. An empty key: there is none. */
    tlsn_status (*psk)(void *ctx, tlsn_conn *conn, const struct tlsn_psk_request *request,
                       struct tlsn_psk *psk);
    /* TLSN_NEED_SRP: what is known of this user into *verifier; it stays the callback's and valid until it is
     * called again. An empty verifier: nothing. */
    tlsn_status (*srp)(void *ctx, tlsn_conn *conn, struct tlsn_span user,
                       struct tlsn_srp_verifier *verifier);
    /* One line of an NSS key log (RFC 9850), without newline. */
    void (*key_log)(void *ctx, const tlsn_conn *conn, const char *line);
    void *ctx;
};
TLSN_API TLSN_MUST_USE tlsn_status
tlsn_config_set_callbacks(tlsn_config *config, const struct tlsn_callbacks *callbacks);

/* ---- sessions ---- */

/* A versioned, length-checked form that survives a restart. It holds the master secret: guard it.
 * TLSN_ERR_BUFFER with *len set when cap is too small. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_session_write(const tlsn_session *session, uint8_t *out,
                                                      size_t cap, size_t *len);
/* TLSN_ERR_SESSION_FORMAT for foreign or damaged bytes. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_session_read(tlsn_session **out, const void *data,
                                                     size_t len, const struct tlsn_hooks *hooks);
TLSN_API void tlsn_session_free(tlsn_session *session); /* wipes; NULL allowed */
/* True if it came with a ticket, false for a session ID. */
TLSN_API bool tlsn_session_has_ticket(const tlsn_session *session);
/* Bytes of early data that the server takes with it, 0: none. */
TLSN_API uint32_t tlsn_session_early_data_max(const tlsn_session *session);

/* Bounded by entries; the oldest is replaced. Thread safe, reference counted. entries >= 1. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_session_cache_new(tlsn_session_cache **out, size_t entries,
                                                          const struct tlsn_hooks *hooks);
TLSN_API tlsn_session_cache *tlsn_session_cache_ref(tlsn_session_cache *cache);
TLSN_API void tlsn_session_cache_free(tlsn_session_cache *cache);
TLSN_API size_t tlsn_session_cache_count(tlsn_session_cache *cache);

#ifdef __cplusplus
}
#endif
#endif
