/* support_env.h - what fuzz targets that run connections have in common: seeded randomness, a clock that stands
 * still, checks, and certificates. */
#ifndef TLSN_FUZZ_SUPPORT_ENV_H
#define TLSN_FUZZ_SUPPORT_ENV_H

#include <tls-native.h>

extern const struct tlsn_hooks fuzz_hooks;
/* Randomness begins again. */
void fuzz_seed(uint64_t value);

/* Aborts when it does not hold; when the call failed. */
void fuzz_need(bool holds);
void fuzz_ok(tlsn_status st);

/* Certificates for "a.example" on P-256, with delegated credentials for both roles, and with RSA, and who trusts them.
 * Made at first use; borrowed. */
struct fuzz_made {
    tlsn_trust *trust;
    tlsn_credential *ec, *rsa;
};
const struct fuzz_made *fuzz_made(void);

#endif
