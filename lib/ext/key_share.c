/* key_share.c - ephemeral public values in the hellos, RFC 8446 4.2.8. */
#include "ext/rows.h"

static const char layer[] = "extension";

static bool client_wanted(const struct tlsni_hs *hs)
{
    return (hs->worlds & TLSNI_WORLD_13) != 0;
}

static void write_entry(struct tlsni_wr *w, uint16_t group, struct tlsn_span value)
{
    tlsni_wr_u16(w, group);
    tlsni_wr_vec(w, 2, value);
}

/* What a HelloRetryRequest asks for stands alone (RFC 8446 4.1.2). */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    static const uint8_t nothing[] = { 0 };
    size_t list = tlsni_wr_open(w, 2);

    if (hs->grease[TLSNI_GREASE_GROUP] && !hs->tls13.retry_group)
        write_entry(w, hs->grease[TLSNI_GREASE_GROUP], tlsni_span_make(nothing, sizeof nothing));
    for (size_t i = 0; i < hs->tls13.shares; i++) {
        const struct tlsni_share *s = &hs->tls13.share[i];

        write_entry(w, s->group->id, tlsni_span_make(s->public_key, s->group->public_len));
    }
    tlsni_wr_close(w, 2, list);
}

bool tlsni_ext_share_next(struct tlsn_span *list, uint16_t *group, struct tlsn_span *value)
{
    struct tlsni_rd r = tlsni_rd_span(*list);

    *group = tlsni_rd_u16(&r);
    *value = tlsni_rd_vec_span(&r, 2, 1, 65535);
    if (r.bad)
        return false;
    *list = tlsni_rd_rest(&r);
    return true;
}

/* One share a group at most, and only for groups that the client lists, in its order: what it may have
 * in its list is checked where that is known. */
static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span list = tlsni_rd_vec_span(data, 2, 0, 65535), value;
    struct tlsn_span rest = list;
    uint16_t group;

    while (tlsni_ext_share_next(&rest, &group, &value))
        ;
    if (data->bad || rest.len)
        return TLSN_ERR_DECODE;
    hs->tls13.peer_shares = list;
    hs->tls13.shares_seen = true;
    return TLSN_OK;
}

static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->group != NULL;
}

static void server_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    write_entry(w, hs->group->id, tlsni_span_make(hs->public_key, hs->group->response_len));
}

static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    uint16_t group = tlsni_rd_u16(data);
    struct tlsn_span value = tlsni_rd_vec_span(data, 2, 1, 65535);

    if (data->bad)
        return TLSN_ERR_DECODE;
    hs->group = tlsni_share13_find(hs, group) ? tlsni_group_find(group) : NULL;
    if (!hs->group)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "server answers a share of group %u, none was sent", group);
    return tlsni_kx_keep_public(hs, value);
}

/* ---- HelloRetryRequest ---- */

static bool retry_wanted(const struct tlsni_hs *hs)
{
    return hs->tls13.retry_group != NULL;
}

static void retry_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_u16(w, hs->tls13.retry_group->id);
}

/* @rfc 8446:4.2.8/5 */
static tlsn_status retry_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    uint16_t group = tlsni_rd_u16(data);

    if (data->bad)
        return TLSN_ERR_DECODE;
    if (!tlsni_share13_usable(hs, group))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "server wants a share of group %u, which was not offered", group);
    if (tlsni_share13_find(hs, group))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "server wants a share of group %u, which it had", group);
    hs->tls13.retry_group = tlsni_group_find(group);
    return TLSN_OK;
}

const struct tlsni_ext tlsni_ext_key_share = {
    .type = TLSNI_EXT_KEY_SHARE,
    .name = "key_share",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, NULL },
        [TLSNI_IN_SERVER_HELLO13] = { server_wanted, server_write, client_parse, NULL },
        [TLSNI_IN_HELLO_RETRY] = { retry_wanted, retry_write, retry_parse, NULL },
    },
    .worlds = TLSNI_WORLD_13,
    .source = "RFC 8446 4.2.8",
};
