/* <tls-native/delegated.h> - delegated credentials (RFC 9345): short-lived keys that stand in for a certificate's in
 * handshakes of TLS 1.3, issued by the certificate's owner instead of an authority.
 *
 *   tlsn_delegated_issue(&spec, certificate, key, NULL, bytes, sizeof bytes, &len);   where the certificate's key is
 *   tlsn_credential_new_delegated(&dc, bytes, len, key_pem, key_len, NULL);           where handshakes are
 *   tlsn_credential_add_delegated(chain, dc);                                         chain may have an external key
 *   tlsn_config_add_credential(config, chain);
 *
 * A peer that takes them (tlsn_config_set_delegated()) sees the certificate with one of them; any other one, and
 * everybody once they have expired, sees the certificate alone. Who holds the key of one can pose as the owner until
 * it ends: there is no other revocation than that of the certificate (RFC 9345 7.1, 7.3). The certificate has to
 * allow it (tlsn_cert_spec.delegation_usage); let it not be one whose key also decrypts (7.6). */
#ifndef TLS_NATIVE_DELEGATED_H
#define TLS_NATIVE_DELEGATED_H

#include <tls-native/config.h>
#include <tls-native/x509.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { TLSN_DELEGATED_MAX = 8192 }; /* bytes of one that this library issues */
#define TLSN_DELEGATED_LABEL "DELEGATED CREDENTIAL" /* of PEM; the form has no other name in files */

/* What to issue. Zeroed fields mean nothing or the default. Borrowed. */
struct tlsn_delegated_spec {
    bool client;           /* for a client; else for a server. One is never good for both */
    int64_t not_after;     /* its last second, since 1970; 0: three days from now, or the certificate's last but one */
    uint32_t seconds_max;  /* that it may live from now on; 0: 604800. More where a profile of the application says
                            * so (RFC 9345 3). Peers count by their own clocks: leave some time to the limit */
    const char *scheme;    /* of handshakes; NULL: the key's natural one */
    const char *signature; /* of the delegation; NULL: the certificate's natural one */
    struct tlsn_span public_key; /* SubjectPublicKeyInfo (DER), when the private key is elsewhere */
};

/* A credential for `key` (its public half is used; NULL: spec->public_key), signed by the leaf of `by`, whose key
 * may be held outside (tlsn_credential_set_key_op()). RSA keys are of the type rsa-pss. TLSN_ERR_CERT_KEY_USAGE when
 * the certificate may not delegate; TLSN_ERR_ARGUMENT for a time that is over, that is not before the certificate's
 * end, or further away than the limit; TLSN_ERR_KEY for a key or scheme that cannot be used, TLSN_ERR_UNKNOWN_KEYWORD,
 * TLSN_ERR_KEY_OP, TLSN_ERR_BUFFER (*len: what is needed), TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_delegated_issue(const struct tlsn_delegated_spec *spec,
                                                        const tlsn_credential *by,
                                                        const tlsn_key *key,
                                                        const struct tlsn_hooks *hooks, uint8_t *out,
                                                        size_t cap, size_t *len);

/* What one says. */
struct tlsn_delegated_info {
    uint16_t scheme, signature_scheme;
    const char *scheme_name, *signature_scheme_name; /* "" when not known */
    char key[48];         /* "EC secp256r1", as in tlsn_cert_info */
    uint32_t valid_time;  /* seconds from the certificate's notBefore on */
    /* with a certificate */
    int64_t not_after;    /* its last second, since 1970 */
    bool signed_by_it;    /* the certificate's key signed it */
    bool client;          /* and for a client; else for a server */
};

/* PEM (the first block with the label) or the bytes as they go over the wire. certificate: DER of the one that it
 * goes with, or empty. TLSN_ERR_PEM, TLSN_ERR_DECODE, TLSN_ERR_CERT_BAD, TLSN_ERR_CERT_UNSUPPORTED,
 * TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_delegated_describe(const void *data, size_t len,
                                                           struct tlsn_span certificate,
                                                           struct tlsn_delegated_info *out);

/* A delegated credential (form as above) and its private key, as in tlsn_credential_new(). key NULL: operations are
 * done outside, as with tlsn_credential_new_external(); struct tlsn_key_op names this credential then. It can do
 * nothing by itself. TLSN_ERR_PEM, TLSN_ERR_DECODE, TLSN_ERR_KEY (also when its scheme is none for its key),
 * TLSN_ERR_KEY_ENCRYPTED, TLSN_ERR_KEY_MISMATCH, TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_credential_new_delegated(tlsn_credential **out,
                                                                 const void *data, size_t len,
                                                                 const void *key, size_t key_len,
                                                                 const struct tlsn_hooks *hooks);
/* Puts it beside the certificate that signed it; several may stand there, the first that the peer takes and whose
 * time is right is used. A reference is taken. To be called before the credential is shared: TLSN_ERR_FROZEN. A
 * server that runs on makes a new credential for the next one. TLSN_ERR_CERT_KEY_USAGE when the certificate may not
 * delegate, TLSN_ERR_CERT_SIGNATURE when it did not sign this one, TLSN_ERR_ARGUMENT when this one does not end
 * before the certificate or either is not what it has to be, TLSN_ERR_NO_MEMORY. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_credential_add_delegated(tlsn_credential *credential,
                                                                 tlsn_credential *delegated);

#ifdef __cplusplus
}
#endif
#endif
