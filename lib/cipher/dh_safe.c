/* dh_safe.c - is a group's prime safe, so that it has no small subgroups? (RFC 7919 3, RFC 5246 F.1.1.3)
 *
 * Everything here is public. For 2048 bits the answer takes about 20 ms; it is asked for groups without a
 * row only. */
#include <gmp.h>

#include "base/bytes.h"
#include "cipher/group.h"

enum { ROUNDS = 26 }; /* a Baillie-PSW test and two rounds of Miller-Rabin */

bool tlsni_dh_is_safe(const struct tlsni_dh_params *dh)
{
    bool safe = false;
    mpz_t p;

    if (tlsni_dh_check(dh) != TLSN_OK)
        return false;
    if (tlsni_dh_identify(dh))
        return true;
    mpz_init(p);
    mpz_import(p, dh->p.len, 1, 1, 0, 0, dh->p.data);
    /* p = 3 mod 4, or (p - 1) / 2 is even. */
    if (mpz_tstbit(p, 1) && mpz_probab_prime_p(p, ROUNDS)) {
        mpz_fdiv_q_2exp(p, p, 1);
        safe = mpz_probab_prime_p(p, ROUNDS);
    }
    mpz_clear(p);
    return safe;
}
