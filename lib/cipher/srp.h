/* srp.h - SRP-6a with SHA-1 as RFC 5054 uses it: verifiers, public values and the shared secret.
 *
 * Passwords, verifiers, private values and the secret are secret; nothing branches or indexes on them. Groups,
 * names, salts and public values are not. Numbers are big-endian bytes; those modulo N have as many as N. */
#ifndef TLSNI_CIPHER_SRP_H
#define TLSNI_CIPHER_SRP_H

#include <tls-native/types.h>

enum {
    TLSNI_SRP_PRIVATE = 32, /* bytes of the private values, RFC 5054 2.5.3, 3.1 */
    TLSNI_SRP_MODULUS_MAX = 1024,
};

struct tlsni_srp_group {
    uint16_t bits;
    struct tlsn_span n, g; /* without leading zeros */
};

/* The groups of RFC 5054 A, smallest first; by size; by their numbers (leading zeros count), NULL when unknown. */
const struct tlsni_srp_group *tlsni_srp_group_rows(size_t *count);
const struct tlsni_srp_group *tlsni_srp_group_find(unsigned bits);
const struct tlsni_srp_group *tlsni_srp_group_identify(struct tlsn_span n, struct tlsn_span g);

/* Who logs in. */
struct tlsni_srp_login {
    struct tlsn_span user, password, salt;
};

/* v, as long as N. */
TLSN_MUST_USE tlsn_status tlsni_srp_verifier(const struct tlsni_srp_group *group,
                                             const struct tlsn_hooks *env,
                                             const struct tlsni_srp_login *login, uint8_t *v);
/* A of the client and B of the server, as long as N, for private values of TLSNI_SRP_PRIVATE bytes. */
TLSN_MUST_USE tlsn_status tlsni_srp_client_public(const struct tlsni_srp_group *group,
                                                  const struct tlsn_hooks *env, const uint8_t *a,
                                                  uint8_t *out);
TLSN_MUST_USE tlsn_status tlsni_srp_server_public(const struct tlsni_srp_group *group,
                                                  const struct tlsn_hooks *env, const uint8_t *b,
                                                  const uint8_t *v, uint8_t *out);
/* TLSN_ERR_ILLEGAL_PARAMETER for a public value that is 0 modulo N or has more bytes than N. */
TLSN_MUST_USE tlsn_status tlsni_srp_check_public(const struct tlsni_srp_group *group,
                                                 const struct tlsn_hooks *env, struct tlsn_span y);
/* The secret, as long as N with its leading zeros; peer's value as it came. TLSN_ERR_ILLEGAL_PARAMETER as above
 * and for u = 0. */
TLSN_MUST_USE tlsn_status tlsni_srp_client_secret(const struct tlsni_srp_group *group,
                                                  const struct tlsn_hooks *env,
                                                  const struct tlsni_srp_login *login,
                                                  const uint8_t *a, const uint8_t *our_public,
                                                  struct tlsn_span peer, uint8_t *secret);
TLSN_MUST_USE tlsn_status tlsni_srp_server_secret(const struct tlsni_srp_group *group,
                                                  const struct tlsn_hooks *env, const uint8_t *v,
                                                  const uint8_t *b, const uint8_t *our_public,
                                                  struct tlsn_span peer, uint8_t *secret);

#endif
