/* draw.c - see draw.h. */
#include "cipher/draw.h"

#include "base/mem.h"

/* Nettle takes no failure, and would search for ever in a stream of zeros: after an error it gets
 * bytes that only have to differ, and the key is thrown away. */
void tlsni_draw(void *ctx, size_t len, uint8_t *out)
{
    struct tlsni_draw *s = ctx;

    if (s->status == TLSN_OK)
        s->status = tlsni_random(s->env, out, len);
    if (s->status == TLSN_OK)
        return;
    for (size_t i = 0; i < len; i++) {
        s->filler = s->filler * 1664525 + 1013904223;
        out[i] = (uint8_t)(s->filler >> 24);
    }
}

void tlsni_draw_wipe(mpz_t x)
{
    size_t n = mpz_size(x);

    if (n)
        tlsni_wipe(mpz_limbs_modify(x, (mp_size_t)n), n * sizeof(mp_limb_t));
    mpz_set_ui(x, 0);
}
