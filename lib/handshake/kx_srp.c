/* kx_srp.c - Secure Remote Password (RFC 5054): the server has a verifier of the user's password,
 * the client the password; both have to be right for the Finished messages to agree. SRP_RSA and
 * SRP_DSS sign the parameters besides.
 *
 * An unknown user gets an answer all the same (RFC 5054 2.5.1.3): group, salt and verifier are made from
 * the name and a secret seed, so that they are the same each time, and groups and lengths of salts are
 * those of the users that there are. The group is public, verifier
 * and password are secret. */
#include "base/alert.h"
#include "base/env.h"
#include "cipher/hmac.h"
#include "handshake/kx.h"

enum { SALT = 16, HASH = 20, BITS = 2048 };

/* @rfc 5054:2.5.1/1 */
static bool offered(const struct tlsni_hs_config *cfg, const struct tlsn_session *s)
{
    if (s && !tlsni_span_eq(cfg->srp_user, tlsni_buf_span(&s->identity)))
        return false;
    return cfg->srp_user.len != 0;
}

/* @rfc 5054:2.5.1.2/1 */
static bool feasible(struct tlsni_hs *hs)
{
    hs->group = NULL;
    return hs->srp_user.len != 0;
}

/* ---- server ---- */

static tlsn_status take_entry(struct tlsni_hs *hs, const struct tlsni_srp_entry *e)
{
    tlsn_status st;

    hs->srp_group = e->group;
    st = tlsni_buf_append(hs->env, &hs->kx_params, e->salt, e->salt_len);
    if (st == TLSN_OK)
        st = tlsni_buf_append(hs->env, &hs->psk_key, e->verifier, e->group->n.len);
    return st;
}

static const struct tlsni_srp_entry *known(const struct tlsni_hs_config *cfg,
                                           const struct tlsni_buf *name)
{
    struct tlsn_span user = tlsni_buf_span(name);

    for (size_t i = 0; i < cfg->srp_entry_count; i++) {
        const struct tlsni_srp_entry *e = &cfg->srp_entries[i];

        if (tlsni_span_eq(user, tlsni_span_make(e->user, e->user_len)))
            return e;
    }
    return NULL;
}

static bool served(const struct tlsni_hs_config *cfg, const struct tlsn_session *s)
{
    return cfg->srp_asks || (s ? known(cfg, &s->identity) != NULL : cfg->srp_entry_count != 0);
}

/* HMAC-SHA1 of what it is for, a counter, and the name, as often as it takes. out has room for HASH bytes
 * more than len. */
static void derive(const struct tlsni_hs *hs, const char *label, uint8_t *out, size_t len)
{
    struct tlsni_hmac_key key;

    tlsni_hmac_set_key(&key, tlsni_hash_find(TLSNI_HASH_SHA1), hs->cfg->srp_seed,
                       sizeof hs->cfg->srp_seed);
    for (size_t at = 0; at < len; at += HASH) {
        const uint8_t counter = (uint8_t)(at / HASH);
        struct tlsni_hmac h;

        tlsni_hmac_init(&h, &key);
        tlsni_hmac_update(&h, label, strlen(label));
        tlsni_hmac_update(&h, &counter, 1);
        tlsni_hmac_update(&h, tlsni_buf_data(&hs->psk_identity), tlsni_buf_len(&hs->psk_identity));
        tlsni_hmac_final(&h, out + at);
    }
    tlsni_wipe(&key, sizeof key);
}

/* One of the users that there are, whose group and length of salt it shall have; NULL: none is known
 * here. */
static const struct tlsni_srp_entry *model(const struct tlsni_hs *hs)
{
    const struct tlsni_hs_config *cfg = hs->cfg;
    uint8_t choice[2 * HASH];
    struct tlsni_rd r = tlsni_rd_make(choice, sizeof choice);

    derive(hs, "group", choice, HASH);
    return cfg->srp_entry_count ? &cfg->srp_entries[tlsni_rd_u64(&r) % cfg->srp_entry_count] : NULL;
}

/* A number below N, since its first octet is 0; as much work as for a user that there is.
 * @rfc 5054:2.5.1.3/2, 5054:2.5.1.3/3 */
static tlsn_status simulate(struct tlsni_hs *hs)
{
    const struct tlsni_srp_entry *like = model(hs);
    uint8_t salt[TLSNI_SALT_MAX + HASH], verifier[TLSNI_SRP_MODULUS_MAX + HASH] = { 0 };
    struct tlsni_srp_entry e = { .salt = salt, .verifier = verifier };
    tlsn_status st;

    e.group = like ? like->group : tlsni_srp_group_find(BITS);
    e.salt_len = like ? like->salt_len : SALT;
    derive(hs, "salt", salt, e.salt_len);
    derive(hs, "verifier", verifier + 1, e.group->n.len - 1);
    st = take_entry(hs, &e);
    tlsni_wipe(verifier, sizeof verifier);
    return st;
}

/* @rfc 5054:2.5.1.3/1 */
static tlsn_status take_unknown(struct tlsni_hs *hs)
{
    char text[80];

    if (tlsni_hs_feature(hs->cfg, TLSN_FEATURE_HIDE_UNKNOWN_PSK))
        return simulate(hs);
    return tlsni_fail(hs->err, TLSN_ERR_UNKNOWN_PSK, "handshake", "SRP user \"%s\" is not known",
                      tlsni_err_quote(text, sizeof text, tlsni_buf_data(&hs->psk_identity),
                                      tlsni_buf_len(&hs->psk_identity)));
}

static tlsn_status find_verifier(struct tlsni_hs *hs)
{
    const struct tlsni_srp_entry *e = known(hs->cfg, &hs->psk_identity);
    tlsn_status st = TLSN_OK;

    if (e)
        st = take_entry(hs, e);
    else if (hs->cfg->srp_asks)
        st = hs->host->ask_srp(hs->host_ctx);
    if (st == TLSN_OK && !tlsni_buf_len(&hs->psk_key))
        st = take_unknown(hs);
    return st;
}

/* The name is copied while the ClientHello is still at hand. */
static tlsn_status keep_user(struct tlsni_hs *hs)
{
    return tlsni_buf_append(hs->env, &hs->psk_identity, hs->srp_user.data, hs->srp_user.len);
}

/* @rfc 5054:2.5.2/1, 5054:2.5.3/1, 5054:2.5.3/3, 5054:2.5.3/5, 5054:2.5.3/6, 5054:3.1/2 */
static tlsn_status prepare(struct tlsni_hs *hs)
{
    tlsn_status st = find_verifier(hs);

    if (st != TLSN_OK)
        return st;
    st = tlsni_kx_reserve(hs, TLSNI_SRP_PRIVATE, hs->srp_group->n.len, hs->srp_group->n.len);
    if (st == TLSN_OK)
        st = tlsni_random(hs->env, hs->private_key, TLSNI_SRP_PRIVATE);
    if (st == TLSN_OK)
        st = tlsni_srp_server_public(hs->srp_group, hs->env, hs->private_key,
                                     tlsni_buf_data(&hs->psk_key), hs->public_key);
    hs->srp_salt = tlsni_buf_span(&hs->kx_params);
    return st;
}

static size_t salt_room(const struct tlsni_hs *hs)
{
    return 1 + hs->srp_salt.len;
}

/* On the wire numbers have no leading zeros; what is hashed is padded.
 * @rfc 5054:2.1/1 */
static struct tlsn_span our_public(const struct tlsni_hs *hs)
{
    size_t len = hs->srp_group->n.len, zeros = 0;

    while (zeros + 1 < len && hs->public_key[zeros] == 0)
        zeros++;
    return tlsni_span_make(hs->public_key + zeros, len - zeros);
}

static void write_params(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    const struct tlsni_msg_srp_params m = { hs->srp_group->n, hs->srp_group->g, hs->srp_salt,
                                            our_public(hs) };

    tlsni_msg_srp_params_write(w, &m);
}

static tlsn_status refuse(struct tlsni_hs *hs, tlsn_status st, const char *whose)
{
    if (st != TLSN_ERR_ILLEGAL_PARAMETER)
        return st;
    return tlsni_fail(hs->err, st, "handshake",
                      "the SRP value of the %s is 0 in its group, or too long", whose);
}

static tlsn_status read_exchange(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsn_span y;
    tlsn_status st = tlsni_msg_exchange_parse(body, 2, &y);

    return st == TLSN_OK ? tlsni_kx_keep_public(hs, y) : st;
}

/* @rfc 5054:2.1/1 */
static void strip_zeros(struct tlsni_hs *hs)
{
    hs->premaster_len = hs->srp_group->n.len;
    tlsni_kx_strip_zeros(hs);
}

/* @rfc 5054:2.5.4/2, 5054:2.6/3, 5054:2.9/2 */
static tlsn_status finish_exchange(struct tlsni_hs *hs)
{
    tlsn_status st = tlsni_srp_server_secret(hs->srp_group, hs->env, tlsni_buf_data(&hs->psk_key),
                                             hs->private_key, hs->public_key, hs->peer_public,
                                             hs->premaster);

    tlsni_buf_free(hs->env, &hs->psk_key);
    tlsni_wipe(hs->private_key, TLSNI_SRP_PRIVATE);
    if (st == TLSN_OK)
        strip_zeros(hs);
    return refuse(hs, st, "client");
}

/* ---- client ---- */

/* Only the groups of RFC 5054 A are known to be safe, and a small one is not.
 * @rfc 5054:2.5.3/7, 5054:2.5.3/8, 5054:2.5.3/10, 5054:2.9/1, 5054:3.2/1
 * @rfc 5054:3.2/2 */
static tlsn_status accept_group(struct tlsni_hs *hs, const struct tlsni_msg_srp_params *m)
{
    hs->srp_group = tlsni_srp_group_identify(m->n, m->g);
    if (!hs->srp_group)
        return tlsni_fail(hs->err, TLSN_ERR_INSUFFICIENT_SECURITY, "handshake",
                          "server's SRP group of %zu bytes is none of RFC 5054", m->n.len);
    if (hs->srp_group->bits < hs->cfg->limits.dh_bits_min)
        return tlsni_fail(hs->err, TLSN_ERR_INSUFFICIENT_SECURITY, "handshake",
                          "server's SRP group has %u bits, at least %u are wanted",
                          hs->srp_group->bits, hs->cfg->limits.dh_bits_min);
    return TLSN_OK;
}

static tlsn_status keep(struct tlsni_hs *hs, const struct tlsni_msg_srp_params *m)
{
    struct tlsni_buf *b = &hs->kx_params;
    tlsn_status st = tlsni_buf_reserve(hs->env, b, m->salt.len + m->b.len);

    if (st == TLSN_OK)
        st = tlsni_buf_append(hs->env, b, m->salt.data, m->salt.len);
    if (st == TLSN_OK)
        st = tlsni_kx_keep_public(hs, m->b);
    hs->srp_salt = tlsni_span_make(tlsni_buf_data(b), m->salt.len);
    return st;
}

/* @rfc 5054:2.5.3/11, 5054:2.9/2 */
static tlsn_status read_params(struct tlsni_hs *hs, struct tlsni_rd *r)
{
    struct tlsni_msg_srp_params m;
    tlsn_status st;

    tlsni_msg_srp_params_read(r, &m);
    if (r->bad)
        return TLSN_ERR_DECODE;
    st = accept_group(hs, &m);
    if (st == TLSN_OK)
        st = refuse(hs, tlsni_srp_check_public(hs->srp_group, hs->env, m.b), "server");
    return st == TLSN_OK ? keep(hs, &m) : st;
}

static tlsn_status keygen(struct tlsni_hs *hs)
{
    size_t len = hs->srp_group->n.len;
    tlsn_status st = tlsni_kx_reserve(hs, TLSNI_SRP_PRIVATE, len, len);

    if (st == TLSN_OK)
        st = tlsni_random(hs->env, hs->private_key, TLSNI_SRP_PRIVATE);
    return st == TLSN_OK ? tlsni_srp_client_public(hs->srp_group, hs->env, hs->private_key,
                                                   hs->public_key)
                         : st;
}

/* @rfc 5054:2.5.4/1 */
static tlsn_status write_exchange(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    const struct tlsni_srp_login login = { hs->cfg->srp_user, hs->cfg->srp_password, hs->srp_salt };
    tlsn_status st = tlsni_buf_append(hs->env, &hs->psk_identity, login.user.data, login.user.len);

    if (st == TLSN_OK)
        st = keygen(hs);
    if (st == TLSN_OK)
        st = tlsni_srp_client_secret(hs->srp_group, hs->env, &login, hs->private_key,
                                     hs->public_key, hs->peer_public, hs->premaster);
    if (st != TLSN_OK)
        return refuse(hs, st, "server");
    tlsni_wipe(hs->private_key, TLSNI_SRP_PRIVATE);
    strip_zeros(hs);
    tlsni_msg_exchange_write(w, 2, our_public(hs));
    return TLSN_OK;
}

const struct tlsni_kx_ops tlsni_kx_srp = {
    .kx = TLSNI_KX_SRP,
    .auths = 1U << TLSNI_AUTH_SRP | 1U << TLSNI_AUTH_RSA | 1U << TLSNI_AUTH_DSS,
    .offered = offered,
    .served = served,
    .feasible = feasible,
    .keep_hello = keep_user,
    .prepare = prepare,
    .params_extra = salt_room,
    .write_params = write_params,
    .read_params = read_params,
    .write_exchange = write_exchange,
    .read_exchange = read_exchange,
    .finish_exchange = finish_exchange,
};
