/* kx_psk.c - pre-shared keys alone (RFC 4279 2), and what the exchanges that combine them with
 * another one share.
 *
 * Whoever knows the key can finish the handshake: the Finished messages authenticate both sides. An
 * unknown identity is answered like a wrong key, so that nobody learns which identities there are
 * (RFC 4279 2), unless the configuration says otherwise. Identities are public, keys are secret. */
#include "handshake/kx_psk.h"

#include "base/alert.h"
#include "base/env.h"

enum { VECTOR_MAX = 65535, RANDOM_KEY = 32 };

static const struct tlsni_psk *find(const struct tlsni_hs_config *cfg, struct tlsn_span identity,
                                    uint8_t world)
{
    for (size_t i = 0; i < cfg->psk_count; i++) {
        const struct tlsni_psk *p = &cfg->psks[i];

        if ((p->worlds & world) &&
            tlsni_span_eq(identity, tlsni_span_make(p->identity, p->identity_len)))
            return p;
    }
    return NULL;
}

/* A client's own. */
static const struct tlsni_psk *first(const struct tlsni_hs_config *cfg)
{
    for (size_t i = 0; i < cfg->psk_count; i++)
        if (cfg->psks[i].worlds & TLSNI_WORLD_OLD)
            return &cfg->psks[i];
    return NULL;
}

/* @rfc 4279:2/1 */
bool tlsni_psk_known(const struct tlsni_hs_config *cfg, const struct tlsn_session *s)
{
    if (s)
        return cfg->psk_asks || find(cfg, tlsni_buf_span(&s->identity),
                                     tlsni_version_find(s->version)->world);
    return first(cfg) || cfg->psk_asks;
}

void tlsni_psk_write_hint(const struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_vec(w, 2, hs->cfg->psk_hint);
}

size_t tlsni_psk_hint_room(const struct tlsni_hs *hs)
{
    return 2 + hs->cfg->psk_hint.len;
}

void tlsni_psk_write_identity(const struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_vec(w, 2, tlsni_buf_span(&hs->psk_identity));
}

size_t tlsni_psk_identity_room(const struct tlsni_hs *hs)
{
    return 2 + tlsni_buf_len(&hs->psk_identity);
}

/* @rfc 4279:2/5, 4279:2/6, 4279:5.3/1, 4279:5.3/3 */
static tlsn_status keep(struct tlsni_hs *hs, struct tlsni_rd *r, struct tlsni_buf *to,
                        const char *what)
{
    struct tlsn_span text = tlsni_rd_vec_span(r, 2, 0, VECTOR_MAX);

    if (r->bad)
        return TLSN_ERR_DECODE;
    if (text.len > hs->cfg->limits.psk_identity_max)
        return tlsni_fail(hs->err, TLSN_ERR_MESSAGE_TOO_LONG, "handshake",
                          "%s of %zu bytes, at most %zu are taken", what, text.len,
                          hs->cfg->limits.psk_identity_max);
    tlsni_buf_free(hs->env, to);
    return tlsni_buf_append(hs->env, to, text.data, text.len);
}

tlsn_status tlsni_psk_read_hint(struct tlsni_hs *hs, struct tlsni_rd *r)
{
    return keep(hs, r, &hs->psk_hint, "PSK identity hint");
}

tlsn_status tlsni_psk_read_identity(struct tlsni_hs *hs, struct tlsni_rd *r)
{
    return keep(hs, r, &hs->psk_identity, "PSK identity");
}

static tlsn_status take(struct tlsni_hs *hs, const struct tlsni_psk *psk)
{
    tlsni_buf_free(hs->env, &hs->psk_key);
    return tlsni_buf_append(hs->env, &hs->psk_key, psk->key, psk->key_len);
}

/* Without a callback or a suspension the hint has no influence.
 * @rfc 4279:2/2, 4279:5.2/2 */
tlsn_status tlsni_psk_choose(struct tlsni_hs *hs)
{
    const struct tlsni_psk *own = first(hs->cfg);
    tlsn_status st;

    if (hs->psk_settled)
        return TLSN_OK;
    if (hs->cfg->psk_asks) {
        st = hs->host->ask_psk(hs->host_ctx);
    } else {
        st = tlsni_buf_append(hs->env, &hs->psk_identity, own->identity, own->identity_len);
        if (st == TLSN_OK)
            st = take(hs, own);
    }
    if (st != TLSN_OK)
        return st;
    if (!tlsni_buf_len(&hs->psk_key))
        return tlsni_fail_alert(hs->err, TLSN_ERR_UNKNOWN_PSK, TLSNI_ALERT_HANDSHAKE_FAILURE,
                                "handshake", "there is no pre-shared key for this server");
    hs->psk_settled = true;
    return TLSN_OK;
}

/* @rfc 4279:2/9, 4279:2/10 */
static tlsn_status take_unknown(struct tlsni_hs *hs)
{
    struct tlsn_span identity = tlsni_buf_span(&hs->psk_identity);
    uint8_t random[RANDOM_KEY];
    char text[80];
    tlsn_status st;

    if (!tlsni_hs_feature(hs->cfg, TLSN_FEATURE_HIDE_UNKNOWN_PSK))
        return tlsni_fail(hs->err, TLSN_ERR_UNKNOWN_PSK, "handshake",
                          "PSK identity \"%s\" is not known",
                          tlsni_err_quote(text, sizeof text, identity.data, identity.len));
    st = tlsni_random(hs->env, random, sizeof random);
    if (st == TLSN_OK)
        st = tlsni_buf_append(hs->env, &hs->psk_key, random, sizeof random);
    tlsni_wipe(random, sizeof random);
    return st;
}

tlsn_status tlsni_psk_find(struct tlsni_hs *hs)
{
    const struct tlsni_psk *psk = find(hs->cfg, tlsni_buf_span(&hs->psk_identity), TLSNI_WORLD_OLD);
    tlsn_status st = TLSN_OK;

    if (hs->psk_settled)
        return TLSN_OK;
    if (psk)
        st = take(hs, psk);
    else if (hs->cfg->psk_asks)
        st = hs->host->ask_psk(hs->host_ctx);
    if (st == TLSN_OK && !tlsni_buf_len(&hs->psk_key))
        st = take_unknown(hs);
    hs->psk_settled = st == TLSN_OK;
    return st;
}

/* @rfc 4279:2/7, 4279:2/8, 5489:2/4, 8442:3/2 */
tlsn_status tlsni_psk_premaster(struct tlsni_hs *hs, struct tlsn_span other)
{
    struct tlsn_span key = tlsni_buf_span(&hs->psk_key);
    size_t other_len = other.data ? other.len : key.len, len = 4 + other_len + key.len;
    uint8_t *block = tlsni_alloc(hs->env, len);
    struct tlsni_wr w;

    if (!block)
        return TLSN_ERR_NO_MEMORY;
    w = tlsni_wr_make(block, len);
    tlsni_wr_u16(&w, (uint32_t)other_len);
    if (other.data)
        tlsni_wr_put(&w, other.data, other.len);
    else
        w.len += other_len; /* blocks come zeroed */
    tlsni_wr_vec(&w, 2, key);
    tlsni_buf_free(hs->env, &hs->psk_key);
    tlsni_kx_release(hs);
    hs->kx_block = hs->premaster = block;
    hs->kx_block_len = hs->premaster_len = len;
    return TLSN_OK;
}

/* ---- the key alone ---- */

/* @rfc 4279:2/4, 4279:5.2/1 */
static bool has_hint(const struct tlsni_hs *hs)
{
    return hs->cfg->psk_hint.len != 0;
}

static tlsn_status prepare(struct tlsni_hs *hs)
{
    (void)hs;
    return TLSN_OK;
}

static void write_params(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_psk_write_hint(hs, w);
}

static tlsn_status write_exchange(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_psk_write_identity(hs, w);
    return tlsni_psk_premaster(hs, tlsni_span_make(NULL, 0));
}

static tlsn_status read_exchange(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    tlsn_status st = tlsni_psk_read_identity(hs, &r);

    return st == TLSN_OK ? tlsni_rd_end(&r) : st;
}

static tlsn_status finish_exchange(struct tlsni_hs *hs)
{
    tlsn_status st = tlsni_psk_find(hs);

    return st == TLSN_OK ? tlsni_psk_premaster(hs, tlsni_span_make(NULL, 0)) : st;
}

/* No .auths: nothing asks for a certificate. @rfc 4279:2/3, 4785:3/1, 5487:2/2 */
const struct tlsni_kx_ops tlsni_kx_psk = {
    .kx = TLSNI_KX_PSK,
    .psk = true,
    .offered = tlsni_psk_known,
    .served = tlsni_psk_known,
    .feasible = tlsni_kx_no_group,
    .has_params = has_hint,
    .prepare = prepare,
    .params_extra = tlsni_psk_hint_room,
    .write_params = write_params,
    .read_params = tlsni_psk_read_hint,
    .choose = tlsni_psk_choose,
    .exchange_extra = tlsni_psk_identity_room,
    .write_exchange = write_exchange,
    .read_exchange = read_exchange,
    .finish_exchange = finish_exchange,
};
