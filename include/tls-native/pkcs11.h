/* <tls-native/pkcs11.h> - private keys and certificates in tokens, through p11-kit.
 *
 * The functions are always there; built without p11-kit those that need a module return
 * TLSN_ERR_NOT_IMPLEMENTED. PKCS#11 itself keeps state for the whole process (whether a module is
 * initialised, who is logged in), and so it is here: see enum tlsn_pkcs11_lifecycle. */
#ifndef TLS_NATIVE_PKCS11_H
#define TLS_NATIVE_PKCS11_H

#include <tls-native/config.h>
#include <tls-native/conn.h>
#include <tls-native/x509.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- PKCS#11 URIs, RFC 7512 ---- */

enum { TLSN_PKCS11_TEXT_MAX = 256, TLSN_PKCS11_ID_MAX = 128 };

enum tlsn_pkcs11_attribute {
    TLSN_PKCS11_TOKEN,
    TLSN_PKCS11_MANUFACTURER,
    TLSN_PKCS11_SERIAL,
    TLSN_PKCS11_MODEL,
    TLSN_PKCS11_LIBRARY_MANUFACTURER,
    TLSN_PKCS11_LIBRARY_DESCRIPTION,
    TLSN_PKCS11_LIBRARY_VERSION,
    TLSN_PKCS11_OBJECT,
    TLSN_PKCS11_TYPE,
    TLSN_PKCS11_ID,
    TLSN_PKCS11_SLOT_MANUFACTURER,
    TLSN_PKCS11_SLOT_DESCRIPTION,
    TLSN_PKCS11_SLOT_ID,
    TLSN_PKCS11_PIN_SOURCE,
    TLSN_PKCS11_PIN_VALUE,
    TLSN_PKCS11_MODULE_NAME,
    TLSN_PKCS11_MODULE_PATH,
};

/* A URI taken apart and percent-decoded. Texts are empty where the URI says nothing, and where it says that they
 * are: tlsn_pkcs11_uri_has() tells the one from the other. */
struct tlsn_pkcs11_uri {
    uint32_t present; /* a bit for each attribute that is there */
    bool unknown;     /* the path has one that is not known here: nothing fits this URI (RFC 7512 2.5) */
    char token[TLSN_PKCS11_TEXT_MAX], manufacturer[TLSN_PKCS11_TEXT_MAX],
        serial[TLSN_PKCS11_TEXT_MAX], model[TLSN_PKCS11_TEXT_MAX];
    char library_manufacturer[TLSN_PKCS11_TEXT_MAX], library_description[TLSN_PKCS11_TEXT_MAX];
    char slot_manufacturer[TLSN_PKCS11_TEXT_MAX], slot_description[TLSN_PKCS11_TEXT_MAX];
    char object[TLSN_PKCS11_TEXT_MAX], type[TLSN_PKCS11_TEXT_MAX];
    char module_name[TLSN_PKCS11_TEXT_MAX], module_path[TLSN_PKCS11_TEXT_MAX];
    char pin_source[TLSN_PKCS11_TEXT_MAX], pin_value[TLSN_PKCS11_TEXT_MAX]; /* secret */
    uint8_t id[TLSN_PKCS11_ID_MAX];
    size_t id_len;
    int library_major, library_minor; /* -1: not said */
    int64_t slot_id;                  /* -1: not said */
};

/* TLSN_ERR_ARGUMENT: not a PKCS#11 URI; an attribute twice, but for those of a query that are not known here; a value
 * that PKCS#11 does not take (a label of a token has at most 32 octets) or that is longer than the fields above; a
 * module-path that is not absolute; pin-value and pin-source in one. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_pkcs11_uri_parse(struct tlsn_pkcs11_uri *out,
                                                         const char *text);
TLSN_API bool tlsn_pkcs11_uri_has(const struct tlsn_pkcs11_uri *uri,
                                  enum tlsn_pkcs11_attribute attribute);
/* Whether two URIs are the same by RFC 7512 2.6: order of attributes and ways of percent-encoding do not matter. URIs
 * that are not may still be about the same object. false when one does not parse. */
TLSN_API bool tlsn_pkcs11_uri_equal(const char *a, const char *b);

/* ---- modules ---- */

/* Who calls C_Initialize and C_Finalize. */
enum tlsn_pkcs11_lifecycle {
    TLSN_PKCS11_DEFAULT, /* C_Initialize, and it is well if somebody did before; never C_Finalize */
    TLSN_PKCS11_OMIT,    /* neither: the application does both */
    TLSN_PKCS11_STRICT,  /* both; an error when somebody did before */
};

/* What a module said last, for people and programs. */
struct tlsn_pkcs11_error {
    unsigned long rv;  /* CK_RV, 0 when it is not the module's error */
    char name[48];     /* "CKR_PIN_INCORRECT" */
    char text[160];    /* one line */
};

typedef struct tlsn_pkcs11 tlsn_pkcs11;

/* A module by the path of its shared object, or with NULL all those that p11-kit has in its configuration
 * (initialised by p11-kit, whatever lifecycle says). Reference counted: keys hold it too. May be
 * used by every thread. error may be NULL in all of these. TLSN_ERR_PKCS11, TLSN_ERR_NO_MEMORY,
 * TLSN_ERR_NOT_IMPLEMENTED. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_pkcs11_open(tlsn_pkcs11 **out, const char *path,
                                                    enum tlsn_pkcs11_lifecycle lifecycle,
                                                    const struct tlsn_hooks *hooks,
                                                    struct tlsn_pkcs11_error *error);
TLSN_API void tlsn_pkcs11_free(tlsn_pkcs11 *module); /* NULL allowed */

struct tlsn_pkcs11_token {
    uint64_t slot_id;
    char label[33], manufacturer[33], model[17], serial[17]; /* without the padding */
    bool login_required, initialised;
};

/* The i-th slot with a token in it. TLSN_ERR_NOT_FOUND behind the last. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_pkcs11_token(tlsn_pkcs11 *module, size_t i,
                                                     struct tlsn_pkcs11_token *out,
                                                     struct tlsn_pkcs11_error *error);

/* ---- keys ---- */

/* Which key. All that is said has to fit; a zeroed struct fits everything. */
struct tlsn_pkcs11_query {
    const char *uri;     /* PKCS#11 URI, or NULL */
    bool by_slot;        /* slot_id counts */
    uint64_t slot_id;
    const char *token;   /* its label */
    const char *object;  /* the key's label */
    const char *type;    /* "rsa", "ec", "eddsa" (Ed25519) or "dh" */
    const char *pin;     /* NULL: pin-value or pin-source of the URI, or none: no login */
    size_t pin_len;
};

typedef struct tlsn_pkcs11_key tlsn_pkcs11_key;

/* Logs in where the token wants it, and looks for the private key. TLSN_ERR_NOT_FOUND;
 * TLSN_ERR_AMBIGUOUS when more than one token or key fits; TLSN_ERR_PASSWORD for a wrong PIN;
 * TLSN_ERR_PKCS11, TLSN_ERR_ARGUMENT (a URI that does not parse), TLSN_ERR_FILE (pin-source). May be
 * used by every thread: each operation has a session of its own. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_pkcs11_key_open(tlsn_pkcs11_key **out, tlsn_pkcs11 *module,
                                                        const struct tlsn_pkcs11_query *query,
                                                        struct tlsn_pkcs11_error *error);
TLSN_API tlsn_pkcs11_key *tlsn_pkcs11_key_ref(tlsn_pkcs11_key *key);
TLSN_API void tlsn_pkcs11_key_free(tlsn_pkcs11_key *key);

/* Does what the engine asks for with TLSN_NEED_KEY_OP: signs by RSA PKCS#1 v1.5, RSA-PSS or ECDSA,
 * decrypts a premaster secret (48 random bytes when it does not decrypt, RFC 5246 7.4.7.1), or agrees by
 * CKM_ECDH1_DERIVE or CKM_DH_PKCS_DERIVE for suites of fixed Diffie-Hellman; the key needs CKA_DERIVE, and the
 * token has to show what it derived (CKA_EXTRACTABLE). The engine has checked the peer's value before; a caller
 * of its own has to do that itself. result has room for cap bytes, at least 1024. TLSN_ERR_KEY_OP,
 * TLSN_ERR_NOT_IMPLEMENTED for anything else. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_pkcs11_key_op(tlsn_pkcs11_key *key,
                                                      const struct tlsn_key_op *op, void *result,
                                                      size_t cap, size_t *len,
                                                      struct tlsn_pkcs11_error *error);

/* A credential whose key stays in the token; operations run inside the calls of the engine, as long as
 * the token takes. The chain has to be the key's, as far as the token shows its public half.
 * chain NULL: the certificate with the key's id in the same token. The credential holds a reference to the
 * key. Statuses of tlsn_credential_new, and TLSN_ERR_NOT_FOUND, TLSN_ERR_KEY_MISMATCH. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_credential_new_pkcs11(tlsn_credential **out,
                                                              const void *chain, size_t chain_len,
                                                              tlsn_pkcs11_key *key,
                                                              const struct tlsn_hooks *hooks);

/* The same for a credential that was made without its private key: tlsn_credential_new_external(), or
 * tlsn_credential_new_delegated() (tls-native/delegated.h). TLSN_ERR_ARGUMENT when it has a key, TLSN_ERR_FROZEN,
 * TLSN_ERR_KEY_MISMATCH. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_credential_set_pkcs11_key(tlsn_credential *credential,
                                                                  tlsn_pkcs11_key *key);

/* ---- trust ---- */

/* The certificates of the tokens that fit the URI (NULL: of all of them) become anchors of the store:
 * those with CKA_TRUSTED, or all with `all`. *added may be NULL. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_trust_add_pkcs11(tlsn_trust *trust, tlsn_pkcs11 *module,
                                                         const char *uri, bool all, size_t *added,
                                                         struct tlsn_pkcs11_error *error);

#ifdef __cplusplus
}
#endif
#endif
