/* supported_groups.c - groups for ephemeral keys in order of preference, RFC 8422 5.1.1 and RFC
 * 7919 2. */
#include "ext/rows.h"

/* What the offered suites can use; those of TLS 1.3 can use every group of that version. */
struct uses {
    bool ecc, dhe;
    const struct tlsni_version *any;
};

static struct uses uses_of(const struct tlsni_hs *hs)
{
    return (struct uses){ tlsni_ext_offers(hs, tlsni_ext_is_ecc),
                          tlsni_ext_offers(hs, tlsni_ext_is_dhe),
                          hs->worlds & TLSNI_WORLD_13 ? hs->newest : NULL };
}

/* @rfc 8422:4/4 @rfc 7919:3/4 only groups that an offered suite can use */
static bool is_offered(const struct tlsni_hs_config *cfg, const struct tlsni_group *g,
                       const struct uses *u)
{
    if (!g)
        return false;
    if (u->any && tlsni_version_overlap(g->min_version, g->max_version, u->any->number,
                                        u->any->number))
        return true;
    return (g->kind == TLSNI_GROUP_FF ? u->dhe : u->ecc) &&
           tlsni_version_runs(g->min_version, g->max_version, cfg->version_min, cfg->version_max);
}

/* Writes the list; with w NULL it only tells whether there is anything to write.
 * @rfc 7919:3/1, 7919:3/3, 7919:6.1/1, 8422:5.1.1/1 */
static bool put_groups(const struct tlsni_hs *hs, struct tlsni_wr *w)
{
    const struct uses uses = uses_of(hs);
    bool any = false;

    for (size_t i = 0; i < hs->cfg->groups.count; i++) {
        const struct tlsni_group *g = tlsni_group_find(hs->cfg->groups.id[i]);

        if (!is_offered(hs->cfg, g, &uses))
            continue;
        any = true;
        if (w)
            tlsni_wr_u16(w, g->id);
    }
    return any;
}

/* @rfc 7919:2/1, 8422:4/1, 8422:5.1/1 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return put_groups(hs, NULL);
}

/* @rfc 7919:3/2 both families in one list */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    size_t list = tlsni_wr_open(w, 2);

    tlsni_grease_put(hs, TLSNI_GREASE_GROUP, w);
    (void)put_groups(hs, w);
    tlsni_wr_close(w, 2, list);
}

/* @rfc 8422:4/2 */
static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span list = tlsni_rd_list_span(data, 2, 2, 2, 65534);

    if (!tlsni_rd_done(data))
        return TLSN_ERR_DECODE;
    hs->peer_groups = list;
    hs->peer_groups_seen = true;
    return TLSN_OK;
}

/* In TLS 1.3 it says what the server would have liked better. Up to TLS 1.2 a server has no reason to send it, but some do (F5 BIG-IP, pion); OpenSSL and
 * BoringSSL let it pass too. Nothing is concluded from it.
 * @rfc 8446:4.2.7/1 */
static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)hs;
    (void)tlsni_rd_rest(data);
    return TLSN_OK;
}

static bool has_group(const struct tlsni_hs *hs, size_t i)
{
    return tlsni_share13_usable(hs, hs->cfg->groups.id[i]);
}

/* A group of ours stands in front of the one that was chosen: next time the client may send a share of it.
 * @rfc 8446:4.2.7/2 */
static bool better_wanted(const struct tlsni_hs *hs)
{
    size_t i = 0;

    while (i < hs->cfg->groups.count && !has_group(hs, i))
        i++;
    return hs->group && i < hs->cfg->groups.count && hs->cfg->groups.id[i] != hs->group->id;
}

static void better_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    size_t list = tlsni_wr_open(w, 2);

    for (size_t i = 0; i < hs->cfg->groups.count; i++)
        if (has_group(hs, i))
            tlsni_wr_u16(w, hs->cfg->groups.id[i]);
    tlsni_wr_close(w, 2, list);
}

const struct tlsni_ext tlsni_ext_supported_groups = {
    .type = TLSNI_EXT_SUPPORTED_GROUPS,
    .name = "supported_groups", /* @rfc 8447:9/1 */
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, NULL },
        [TLSNI_IN_SERVER_HELLO] = { NULL, NULL, client_parse, NULL },
        [TLSNI_IN_ENCRYPTED_EXTENSIONS] = { better_wanted, better_write, client_parse, NULL },
    },
    .source = "RFC 8422 5.1.1",
};
