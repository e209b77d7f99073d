/* pre_shared_key.c - identities of pre-shared keys, tickets among them, and the one that was taken, RFC
 * 8446 4.2.11. Binders are written as zeros: handshake/binder13.c puts them in once all bytes in front
 * of them are there. */
#include "base/env.h"
#include "ext/rows.h"

static const char layer[] = "extension";

/* ---- client ---- */

static bool client_wanted(const struct tlsni_hs *hs)
{
    return hs->tls13.offers != 0;
}

size_t tlsni_ext_psk_max(const struct tlsni_hs *hs)
{
    struct tlsni_psk13 psk;
    size_t len = 16;

    for (size_t i = 0; i < hs->tls13.offers && tlsni_psk13_offer(hs, i, &psk); i++)
        len += 2 + psk.identity.len + 4 + 1 + psk.hash->len;
    return len;
}

size_t tlsni_ext_binders_len(const struct tlsni_hs *hs)
{
    struct tlsni_psk13 psk;
    size_t len = 2;

    for (size_t i = 0; i < hs->tls13.offers && tlsni_psk13_offer(hs, i, &psk); i++)
        len += 1U + psk.hash->len;
    return len;
}

/* Milliseconds since the ticket came, hidden from whoever sees two hellos.
 * @rfc 8446:4.2.11.1/1 */
static uint32_t hidden_age(const struct tlsni_hs *hs)
{
    int64_t age = tlsni_now_ms(hs->env) - hs->offer->issued_ms;

    return (uint32_t)(age > 0 ? age : 0) + hs->offer->age_add;
}

/* Of a key its name alone.
 * @rfc 8446:4.2.11/7, 9150:9/1 */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    static const uint8_t zeros[TLSNI_HASH_LEN_MAX];
    struct tlsni_psk13 psk;
    size_t list = tlsni_wr_open(w, 2);

    for (size_t i = 0; i < hs->tls13.offers && tlsni_psk13_offer(hs, i, &psk); i++) {
        tlsni_wr_vec(w, 2, psk.identity);
        tlsni_wr_u32(w, psk.ticket ? hidden_age(hs) : 0);
    }
    tlsni_wr_close(w, 2, list);
    list = tlsni_wr_open(w, 2);
    for (size_t i = 0; i < hs->tls13.offers && tlsni_psk13_offer(hs, i, &psk); i++)
        tlsni_wr_vec(w, 1, tlsni_span_make(zeros, psk.hash->len));
    tlsni_wr_close(w, 2, list);
}

/* @rfc 8446:4.2.11/5 */
static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    uint16_t selected = tlsni_rd_u16(data);

    if (data->bad)
        return TLSN_ERR_DECODE;
    if (selected >= hs->tls13.offers)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "server chose pre-shared key %u of %u", selected, hs->tls13.offers);
    hs->tls13.selected = selected;
    hs->tls13.keyed = true;
    return TLSN_OK;
}

/* ---- server ---- */

bool tlsni_ext_psk_next(struct tlsn_span *identities, struct tlsn_span *identity, uint32_t *age)
{
    struct tlsni_rd r = tlsni_rd_span(*identities);

    *identity = tlsni_rd_vec_span(&r, 2, 1, 65535);
    *age = tlsni_rd_u32(&r);
    if (r.bad)
        return false;
    *identities = tlsni_rd_rest(&r);
    return true;
}

bool tlsni_ext_binder_next(struct tlsn_span *binders, struct tlsn_span *binder)
{
    struct tlsni_rd r = tlsni_rd_span(*binders);

    *binder = tlsni_rd_vec_span(&r, 1, 32, 255);
    if (r.bad)
        return false;
    *binders = tlsni_rd_rest(&r);
    return true;
}

static tlsn_status read_lists(struct tlsni_rd *data, struct tlsni_psk_list *out)
{
    struct tlsn_span rest, item;
    uint32_t age;

    out->identity_count = out->binder_count = 0;
    out->identities = rest = tlsni_rd_vec_span(data, 2, 7, 65535);
    while (tlsni_ext_psk_next(&rest, &item, &age))
        out->identity_count++;
    if (rest.len)
        return TLSN_ERR_DECODE;
    out->binders = rest = tlsni_rd_vec_span(data, 2, 33, 65535);
    while (tlsni_ext_binder_next(&rest, &item))
        out->binder_count++;
    return rest.len ? TLSN_ERR_DECODE : tlsni_rd_end(data);
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsni_psk_list *list = &hs->tls13.peer_psks;
    tlsn_status st = read_lists(data, list);

    if (st == TLSN_OK && list->identity_count != list->binder_count)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "client offers %zu pre-shared keys with %zu binders",
                          list->identity_count, list->binder_count);
    return st;
}

static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->tls13.keyed;
}

static void server_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_u16(w, hs->tls13.selected);
}

const struct tlsni_ext tlsni_ext_pre_shared_key = {
    .type = TLSNI_EXT_PRE_SHARED_KEY,
    .name = "pre_shared_key",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, NULL },
        [TLSNI_IN_SERVER_HELLO13] = { server_wanted, server_write, client_parse, NULL },
    },
    .last = true,
    .worlds = TLSNI_WORLD_13,
    .source = "RFC 8446 4.2.11",
};
