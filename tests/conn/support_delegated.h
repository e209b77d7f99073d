/* support_delegated.h - certificates that delegate, and delegated credentials as a test wants them: sound, or wrong in
 * one thing. Made for the year 2023, in which the clocks of wire and duo stand. */
#ifndef TLSNI_TESTS_CONN_SUPPORT_DELEGATED_H
#define TLSNI_TESTS_CONN_SUPPORT_DELEGATED_H

#include <tls-native.h>

#define DC_NOW INT64_C(1700000000)
#define DC_BEGIN (DC_NOW - 30 * INT64_C(86400)) /* of certificates */
#define DC_END (DC_NOW + 30 * INT64_C(86400))

/* What a certificate lacks. */
enum dc_flaw { DC_SOUND, DC_NO_DELEGATION, DC_CRITICAL, DC_NO_USAGE, DC_SHORT };

/* A chain of leaf and root for "server.example"; to be freed. DC_SHORT: it ends in a day. */
tlsn_credential *dc_owner(const char *kind, enum dc_flaw flaw);
/* The authority behind it; borrowed. */
tlsn_trust *dc_trust(void);

struct dc_bytes {
    uint8_t data[TLSN_DELEGATED_MAX];
    size_t len;
};

/* Zeroed fields: what is right. */
struct dc_spec {
    const char *key;      /* kind, as in tlsn_key_generate(); NULL: "ed25519" */
    enum tlsn_role role;  /* that it is signed for */
    int64_t end;          /* its last second; 0: in a day */
    const char *signature; /* name of the delegation's scheme, for dc_add() */
    uint16_t scheme;      /* that stands there */
    uint16_t signature_scheme; /* the same of the delegation, which is made with another one */
    bool spoiled;         /* its signature is wrong */
    const char *shown;    /* kind of the public key in it; NULL: that of the private key */
};

/* Adds one that its owner issues, by the public functions. Borrowed by the owner; valid as long. */
tlsn_credential *dc_add(tlsn_credential *owner, const struct dc_spec *spec);
/* The same of any kind, past all checks, for `role`. */
void dc_force(tlsn_credential *owner, const struct dc_spec *spec, enum tlsn_role role);
/* Its bytes. */
struct tlsn_span dc_bytes_of(const tlsn_credential *dc);

#endif
