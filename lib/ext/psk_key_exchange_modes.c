/* psk_key_exchange_modes.c - how pre-shared keys, tickets included, may be used, RFC 8446 4.2.9: with
 * fresh Diffie-Hellman keys, or, when that is turned on, alone. */
#include "ext/rows.h"

/* A second ClientHello has it like the first, though all keys may be gone (RFC 8446 4.1.2). */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return (hs->worlds & TLSNI_WORLD_13) && (hs->tls13.offers || hs->tls13.externals ||
                                             tlsni_hs_feature(hs->cfg, TLSN_FEATURE_TICKETS));
}

/* @rfc 9973:5.1/1, 8701:3.1/14 */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    size_t list = tlsni_wr_open(w, 1);

    if (hs->grease[TLSNI_GREASE_MODE])
        tlsni_wr_u8(w, (uint8_t)hs->grease[TLSNI_GREASE_MODE]);
    tlsni_wr_u8(w, TLSNI_PSK_DHE_KE);
    if (tlsni_hs_feature(hs->cfg, TLSN_FEATURE_INSECURE_PSK_KE))
        tlsni_wr_u8(w, TLSNI_PSK_KE);
    tlsni_wr_close(w, 1, list);
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span list = tlsni_rd_vec_span(data, 1, 1, 255);

    hs->tls13.modes_seen = true;
    for (size_t i = 0; i < list.len; i++)
        if (list.data[i] <= TLSNI_PSK_DHE_KE)
            hs->tls13.modes |= (uint8_t)(1U << list.data[i]);
    return TLSN_OK;
}

/* @rfc 8446:4.2.9/2 */
bool tlsni_ext_psk_mode(const struct tlsni_hs *hs, unsigned mode)
{
    return (hs->tls13.modes >> mode & 1) &&
           (mode == TLSNI_PSK_DHE_KE || tlsni_hs_feature(hs->cfg, TLSN_FEATURE_INSECURE_PSK_KE));
}

bool tlsni_ext_tickets_usable(const struct tlsni_hs *hs)
{
    return tlsni_hs_feature(hs->cfg, TLSN_FEATURE_TICKETS) &&
           (tlsni_ext_psk_mode(hs, TLSNI_PSK_DHE_KE) || tlsni_ext_psk_mode(hs, TLSNI_PSK_KE));
}

const struct tlsni_ext tlsni_ext_psk_key_exchange_modes = {
    .type = TLSNI_EXT_PSK_KEY_EXCHANGE_MODES,
    .name = "psk_key_exchange_modes",
    .in = { /* @rfc 8446:4.2.9/3, 8446:4.2.9/4 */
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, NULL },
    },
    .worlds = TLSNI_WORLD_13,
    .source = "RFC 8446 4.2.9",
};
