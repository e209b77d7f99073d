#include "handshake/share13.h"

#include "cipher/share.h"
#include "ext/ext.h"
#include "handshake/negotiate.h"

static const char layer[] = "handshake";

static bool in_version(const struct tlsni_hs *hs, const struct tlsni_group *g)
{
    const struct tlsni_version *v = hs->version ? hs->version : hs->newest;

    return g && v && tlsni_version_overlap(g->min_version, g->max_version, v->number, v->number);
}

bool tlsni_share13_usable(const struct tlsni_hs *hs, uint16_t group)
{
    return tlsni_ids_has(&hs->cfg->groups, group) && in_version(hs, tlsni_group_find(group));
}

/* ---- client ---- */

const struct tlsni_share *tlsni_share13_find(const struct tlsni_hs *hs, uint16_t group)
{
    for (size_t i = 0; i < hs->tls13.shares; i++)
        if (hs->tls13.share[i].group->id == group)
            return &hs->tls13.share[i];
    return NULL;
}

void tlsni_share13_drop(struct tlsni_hs *hs)
{
    struct tlsni_hs13 *t = &hs->tls13;

    tlsni_free_secret(hs->env, t->share_block, t->share_block_len);
    t->share_block = NULL;
    t->share_block_len = 0;
    t->shares = 0;
}

/* The first one; when that is a hybrid, which many servers do not know, the first that is none too.
 * @rfc 9954:1.4/1, 9954:3.2/2 */
static size_t choose_default(const struct tlsni_hs *hs, const struct tlsni_group **out)
{
    const struct tlsni_ids *all = &hs->cfg->groups;
    size_t n = 0;

    for (size_t i = 0; i < all->count; i++) {
        const struct tlsni_group *g = tlsni_group_find(all->id[i]);

        if (!in_version(hs, g) || (n && g->kind == TLSNI_GROUP_KEM))
            continue;
        out[n++] = g;
        if (g->kind != TLSNI_GROUP_KEM)
            break;
    }
    return n;
}

/* The groups to make shares of, in the order of the list; returns how many.
 * @rfc 8446:4.2.8/1 */
static size_t choose_groups(const struct tlsni_hs *hs, const struct tlsni_group **out)
{
    const struct tlsni_ids *all = &hs->cfg->groups, *wanted = &hs->cfg->key_shares;
    size_t n = 0;

    if (hs->tls13.retry_group) {
        out[0] = hs->tls13.retry_group;
        return 1;
    }
    for (size_t i = 0; i < all->count && n < TLSNI_SHARES_MAX; i++)
        if (tlsni_ids_has(wanted, all->id[i]) && tlsni_share13_usable(hs, all->id[i]))
            out[n++] = tlsni_group_find(all->id[i]);
    return n ? n : choose_default(hs, out);
}

/* @rfc 8446:4.2.8/6, 9846:4.3.8/2 */
static tlsn_status make(struct tlsni_hs *hs, const struct tlsni_group *const *groups, size_t count)
{
    struct tlsni_hs13 *t = &hs->tls13;
    uint8_t *at;
    tlsn_status st = TLSN_OK;

    for (size_t i = 0; i < count; i++)
        t->share_block_len += (size_t)groups[i]->private_len + groups[i]->public_len;
    at = t->share_block = tlsni_alloc(hs->env, t->share_block_len);
    if (!at)
        return TLSN_ERR_NO_MEMORY;
    for (size_t i = 0; st == TLSN_OK && i < count; i++) {
        struct tlsni_share *s = &t->share[t->shares++];

        s->group = groups[i];
        s->private_key = at;
        s->public_key = at + groups[i]->private_len;
        at = s->public_key + groups[i]->public_len;
        st = s->group->keygen(s->group, hs->env, s->private_key, s->public_key);
    }
    return st;
}

/* @rfc 8446:4.2.8/2 */
tlsn_status tlsni_share13_make(struct tlsni_hs *hs)
{
    const struct tlsni_group *groups[TLSNI_SHARES_MAX];

    /* a HelloRetryRequest that only wants its cookie back is about the same shares */
    if (hs->tls13.shares && !hs->tls13.retry_group)
        return TLSN_OK;
    tlsni_share13_drop(hs);
    return make(hs, groups, choose_groups(hs, groups));
}

/* @rfc 8446:7.4.2/1 */
tlsn_status tlsni_share13_finish(struct tlsni_hs *hs)
{
    const struct tlsni_share *s = tlsni_share13_find(hs, hs->group->id);
    tlsn_status st = s ? tlsni_kx_reserve(hs, 0, 0, hs->group->shared_len) : TLSN_ERR_INTERNAL;

    if (st == TLSN_OK)
        st = tlsni_share_finish(hs->group, hs->env, s->private_key, hs->peer_public, hs->premaster);
    hs->premaster_len = hs->group->shared_len;
    tlsni_share13_drop(hs);
    if (st == TLSN_ERR_ILLEGAL_PARAMETER)
        return tlsni_fail(hs->err, st, layer, "the server's share of %s is none", hs->group->name);
    return st;
}

/* ---- server ---- */

static bool find_value(const struct tlsni_hs *hs, uint16_t group, struct tlsn_span *value)
{
    struct tlsn_span rest = hs->tls13.peer_shares;
    uint16_t id;

    while (tlsni_ext_share_next(&rest, &id, value))
        if (id == group)
            return true;
    return false;
}

static const struct tlsni_group *first_group(const struct tlsni_hs *hs, bool with_share)
{
    const struct tlsni_ids *ids = &hs->cfg->groups;
    struct tlsn_span value;

    for (size_t i = 0; i < ids->count; i++)
        if (tlsni_wire_has(hs->peer_groups, ids->id[i]) && tlsni_share13_usable(hs, ids->id[i]) &&
            (!with_share || find_value(hs, ids->id[i], &value)))
            return tlsni_group_find(ids->id[i]);
    return NULL;
}

/* @rfc 8446:4.1.1/4, 8446:4.2.8/9, 9954:1.4/2 */
const struct tlsni_group *tlsni_share13_choose(const struct tlsni_hs *hs, bool *retry)
{
    const struct tlsni_group *g = first_group(hs, true);

    *retry = !g;
    return g ? g : first_group(hs, false);
}

/* Moves behind this group in a list; false when it is not there any more. */
static bool skip_to(struct tlsni_rd *list, uint16_t group)
{
    while (tlsni_rd_left(list) >= 2)
        if (tlsni_rd_u16(list) == group)
            return true;
    return false;
}

/* Shares stand in the order of the list, so that a second one of a group is out of order too.
 * @rfc 8446:4.2.8/4 */
tlsn_status tlsni_share13_check(struct tlsni_hs *hs)
{
    struct tlsni_rd list = tlsni_rd_span(hs->peer_groups);
    struct tlsn_span rest = hs->tls13.peer_shares, value;
    uint16_t group;

    while (tlsni_ext_share_next(&rest, &group, &value))
        if (!skip_to(&list, group))
            return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                              "client sends a share of group %u twice, out of order or without "
                              "listing it", group);
    return TLSN_OK;
}

/* @rfc 8446:2/2, 8446:4.2.8/7, 8446:4.2.8.1/1, 8446:4.2.8.2/1, 9846:4.3.8/3 */
tlsn_status tlsni_share13_respond(struct tlsni_hs *hs)
{
    const struct tlsni_group *g = hs->group;
    struct tlsn_span value;
    tlsn_status st;

    if (!find_value(hs, g->id, &value))
        return TLSN_ERR_INTERNAL;
    st = tlsni_kx_reserve(hs, 0, g->response_len, g->shared_len);
    if (st != TLSN_OK)
        return st;
    hs->premaster_len = g->shared_len;
    st = tlsni_share_respond(g, hs->env, value, hs->public_key, hs->premaster);
    if (st == TLSN_ERR_ILLEGAL_PARAMETER)
        return tlsni_fail(hs->err, st, layer, "the client's share of %s is none", g->name);
    return st;
}
