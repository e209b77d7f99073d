/* grease.c - values that mean nothing, sent so that servers keep ignoring what they do not know
 * (RFC 8701).
 *
 * On request only, by clients. Nothing here is in any list of ours, so an answer that chooses one
 * of these values is refused like every other value that was not offered.
 * @rfc 8701:3.1/6, 8701:3.1/7, 8701:3.1/8, 8701:3.1/9, 8701:3.1/10, 8701:3.1/11, 8701:3.2/1
 * @rfc 8701:3.2/2, 8701:3.2/3, 8701:4.1/3, 8701:4.2/1, 8701:4.2/2, 8701:4.2/3 */
#include "base/env.h"
#include "ext/rows.h"

/* 0x0a0a, 0x1a1a ... 0xfafa
 * @rfc 8701:2/1 */
static uint16_t value_of(uint8_t drawn)
{
    return (uint16_t)((drawn & 15U) * 0x1010U + 0x0a0aU);
}

/* 0x0b, 0x2a ... 0xe4 */
static uint16_t mode_of(uint8_t drawn)
{
    return (uint16_t)((drawn & 7U) * 0x1fU + 0x0bU);
}

/* @rfc 8701:5/1, 8701:5/3 */
tlsn_status tlsni_grease_draw(struct tlsni_hs *hs)
{
    uint8_t drawn[TLSNI_GREASE_COUNT];
    tlsn_status st;

    if (!tlsni_hs_feature(hs->cfg, TLSN_FEATURE_GREASE))
        return TLSN_OK;
    st = tlsni_random(hs->env, drawn, sizeof drawn);
    if (st != TLSN_OK)
        return st;
    /* two extensions of one type are not allowed */
    if (((drawn[TLSNI_GREASE_LAST_EXTENSION] ^ drawn[TLSNI_GREASE_EXTENSION]) & 15) == 0)
        drawn[TLSNI_GREASE_LAST_EXTENSION] ^= 1;
    for (int i = 0; i < TLSNI_GREASE_COUNT; i++)
        hs->grease[i] = value_of(drawn[i]);
    hs->grease[TLSNI_GREASE_MODE] = mode_of(drawn[TLSNI_GREASE_MODE]);
    return TLSN_OK;
}

/* @rfc 8701:3.1/1, 8701:3.1/3, 8701:3.1/4, 8701:3.1/5, 8701:5/2, 8701:5/4 */
void tlsni_grease_put(const struct tlsni_hs *hs, enum tlsni_grease which, struct tlsni_wr *w)
{
    if (hs->grease[which])
        tlsni_wr_u16(w, hs->grease[which]);
}

/* The first one is empty, the last one is not: some old servers fail on an empty one at the end.
 * @rfc 8701:3.1/2 */
void tlsni_grease_put_extension(const struct tlsni_hs *hs, enum tlsni_grease which,
                                struct tlsni_wr *w)
{
    static const uint8_t content[] = { 0 };

    if (!hs->grease[which])
        return;
    tlsni_wr_u16(w, hs->grease[which]);
    tlsni_wr_vec(w, 2, tlsni_span_make(content, which == TLSNI_GREASE_LAST_EXTENSION));
}
