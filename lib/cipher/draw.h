/* draw.h - randomness for Nettle's generators, and wiping of the numbers they leave. */
#ifndef TLSNI_CIPHER_DRAW_H
#define TLSNI_CIPHER_DRAW_H

#include <gmp.h>

#include "base/env.h"

struct tlsni_draw {
    const struct tlsn_hooks *env;
    tlsn_status status; /* TLSN_OK at first; what was made is worth nothing when it is no more */
    uint32_t filler;
};

/* A nettle_random_func; ctx is a struct tlsni_draw. */
void tlsni_draw(void *ctx, size_t len, uint8_t *out);
/* What GMP lets us reach of a number. */
void tlsni_draw_wipe(mpz_t x);

#endif
