/* session.c - a session as bytes, copies of it, and how long it lasts.
 *
 * The form is for ourselves alone (tickets, caches, saved sessions): magic and format number in
 * front, every field behind a fixed or written length, and outside of tickets a hash over all of it
 * at the end, so that a file that was cut, damaged or comes from elsewhere is refused. The hash is no
 * protection against forgery: whoever can write a session knows its master secret; tickets are
 * sealed. */
#include "handshake/session.h"

#include "cipher/hash.h"

enum {
    MAGIC = 0x544e5353, /* "TNSS" */
    CHECK_LEN = 8,
    HEAD_MAX = 512 + 3 * TLSNI_SESSION_NAME_MAX, /* all but the buffers */
    LEAF_MAX = 0xffffff,
    CLOCK_SLACK_MS = 60000,
};

#define TIME_MAX_MS ((int64_t)1 << 60)

enum { FLAG_EMS = 1, FLAG_ETM = 2, FLAG_CLIENT_AUTHENTICATED = 4, FLAG_VERIFIED = 8,
       FLAG_TRUNCATED_MAC = 16, FLAG_PEER_RAW = 32, FLAGS = 63 };

static void checksum(struct tlsn_span bytes, uint8_t out[CHECK_LEN])
{
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA256), bytes.data, bytes.len, digest);
    memcpy(out, digest, CHECK_LEN);
    tlsni_wipe(digest, sizeof digest);
}

/* @rfc 5077:4/3, 4507:4/3 */
static void put_fields(struct tlsni_wr *w, const struct tlsn_session *s)
{
    tlsni_wr_u32(w, MAGIC);
    tlsni_wr_u8(w, TLSNI_SESSION_FORMAT);
    tlsni_wr_u16(w, s->version);
    tlsni_wr_u16(w, s->suite);
    tlsni_wr_u8(w, s->compression);
    tlsni_wr_u8(w, (s->ems ? FLAG_EMS : 0U) | (s->etm ? FLAG_ETM : 0U) |
                       (s->client_authenticated ? FLAG_CLIENT_AUTHENTICATED : 0U) |
                       (s->verified ? FLAG_VERIFIED : 0U) |
                       (s->truncated_mac ? FLAG_TRUNCATED_MAC : 0U) |
                       (s->peer_raw ? FLAG_PEER_RAW : 0U));
    tlsni_wr_u64(w, (uint64_t)s->created_ms);
    tlsni_wr_u32(w, s->lifetime_s);
    tlsni_wr_u64(w, (uint64_t)s->issued_ms);
    tlsni_wr_u32(w, s->age_add);
    tlsni_wr_u32(w, s->early_data_max);
    tlsni_wr_u16(w, s->group);
    tlsni_wr_u16(w, s->scheme);
    tlsni_wr_u16(w, s->fragment_max);
    tlsni_wr_u64(w, (uint64_t)s->delegated_end_s);
    tlsni_wr_vec(w, 1, tlsni_secret_span(&s->master));
    tlsni_wr_put(w, s->context, TLSNI_CONTEXT_LEN);
    tlsni_wr_vec(w, 1, tlsni_span_make(s->id, s->id_len));
    tlsni_wr_vec(w, 1, tlsni_span_make(s->server_name, strlen(s->server_name)));
    tlsni_wr_vec(w, 1, tlsni_span_make(s->verify_name, strlen(s->verify_name)));
    tlsni_wr_vec(w, 1, tlsni_span_make(s->alpn, s->alpn_len));
    tlsni_wr_vec(w, 2, tlsni_buf_span(&s->ticket));
    tlsni_wr_vec(w, 3, tlsni_buf_span(&s->peer_leaf));
    tlsni_wr_vec(w, 2, tlsni_buf_span(&s->identity));
}

tlsn_status tlsni_session_pack(const struct tlsn_session *s, const struct tlsn_hooks *env,
                               struct tlsni_buf *out)
{
    size_t max = HEAD_MAX + tlsni_buf_len(&s->ticket) + tlsni_buf_len(&s->peer_leaf) +
                 tlsni_buf_len(&s->identity);
    tlsn_status st = tlsni_buf_reserve(env, out, max);
    struct tlsni_wr w;

    if (st != TLSN_OK)
        return st;
    w = tlsni_wr_make(out->data + out->end, max);
    put_fields(&w, s);
    if (w.bad)
        return TLSN_ERR_INTERNAL;
    out->end += w.len;
    return TLSN_OK;
}

tlsn_status tlsni_session_write(const struct tlsn_session *s, const struct tlsn_hooks *env,
                                struct tlsni_buf *out)
{
    size_t before = tlsni_buf_len(out);
    uint8_t check[CHECK_LEN];
    tlsn_status st = tlsni_session_pack(s, env, out);

    if (st != TLSN_OK)
        return st;
    checksum(tlsni_span_make(tlsni_buf_data(out) + before, tlsni_buf_len(out) - before), check);
    return tlsni_buf_append(env, out, check, sizeof check); /* there is room: HEAD_MAX */
}

/* The variable parts while they are only spans. */
struct parts {
    struct tlsn_span master, id, name, verify_name, alpn, ticket, leaf, identity;
    uint8_t flags;
};

static bool get_head(struct tlsni_rd *r)
{
    uint32_t magic = tlsni_rd_u32(r);

    return magic == MAGIC && tlsni_rd_u8(r) == TLSNI_SESSION_FORMAT;
}

static void get_fields(struct tlsni_rd *r, struct tlsn_session *s, struct parts *p)
{
    s->version = tlsni_rd_u16(r);
    s->suite = tlsni_rd_u16(r);
    s->compression = tlsni_rd_u8(r);
    p->flags = tlsni_rd_u8(r);
    s->created_ms = (int64_t)tlsni_rd_u64(r);
    s->lifetime_s = tlsni_rd_u32(r);
    s->issued_ms = (int64_t)tlsni_rd_u64(r);
    s->age_add = tlsni_rd_u32(r);
    s->early_data_max = tlsni_rd_u32(r);
    s->group = tlsni_rd_u16(r);
    s->scheme = tlsni_rd_u16(r);
    s->fragment_max = tlsni_rd_u16(r);
    s->delegated_end_s = (int64_t)tlsni_rd_u64(r);
    p->master = tlsni_rd_vec_span(r, 1, 0, TLSNI_MASTER_LEN);
    tlsni_rd_copy(r, s->context, TLSNI_CONTEXT_LEN);
    p->id = tlsni_rd_vec_span(r, 1, 0, TLSNI_SESSION_ID_MAX);
    p->name = tlsni_rd_vec_span(r, 1, 0, TLSNI_SESSION_NAME_MAX);
    p->verify_name = tlsni_rd_vec_span(r, 1, 0, TLSNI_SESSION_NAME_MAX);
    p->alpn = tlsni_rd_vec_span(r, 1, 0, sizeof s->alpn);
    p->ticket = tlsni_rd_vec_span(r, 2, 0, TLSNI_TICKET_MAX);
    p->leaf = tlsni_rd_vec_span(r, 3, 0, LEAF_MAX);
    p->identity = tlsni_rd_vec_span(r, 2, 0, 65535);
}

static bool is_text(struct tlsn_span s)
{
    return !(s.len && memchr(s.data, 0, s.len));
}

/* Differences of such times, and sums with any lifetime, fit. */
static bool is_time(int64_t ms)
{
    return ms >= 0 && ms <= TIME_MAX_MS;
}

static bool is_sound(const struct tlsni_rd *r, const struct tlsn_session *s, const struct parts *p)
{
    return tlsni_rd_done(r) && (p->flags & ~FLAGS) == 0 && is_text(p->name) &&
           is_text(p->verify_name) && is_time(s->created_ms) && is_time(s->issued_ms);
}

static void put_span(void *out, struct tlsn_span s)
{
    if (s.len)
        memcpy(out, s.data, s.len);
}

static tlsn_status take_parts(struct tlsn_session *s, const struct parts *p,
                              const struct tlsn_hooks *env)
{
    tlsn_status st = TLSN_OK;

    s->ems = (p->flags & FLAG_EMS) != 0;
    s->etm = (p->flags & FLAG_ETM) != 0;
    s->client_authenticated = (p->flags & FLAG_CLIENT_AUTHENTICATED) != 0;
    s->verified = (p->flags & FLAG_VERIFIED) != 0;
    s->truncated_mac = (p->flags & FLAG_TRUNCATED_MAC) != 0;
    s->peer_raw = (p->flags & FLAG_PEER_RAW) != 0;
    put_span(tlsni_secret_room(&s->master, p->master.len), p->master);
    put_span(s->id, p->id);
    s->id_len = (uint8_t)p->id.len;
    put_span(s->server_name, p->name);
    put_span(s->verify_name, p->verify_name);
    put_span(s->alpn, p->alpn);
    s->alpn_len = (uint8_t)p->alpn.len;
    if (p->ticket.len)
        st = tlsni_buf_append(env, &s->ticket, p->ticket.data, p->ticket.len);
    if (st == TLSN_OK && p->leaf.len)
        st = tlsni_buf_append(env, &s->peer_leaf, p->leaf.data, p->leaf.len);
    if (st == TLSN_OK && p->identity.len)
        st = tlsni_buf_append(env, &s->identity, p->identity.data, p->identity.len);
    return st;
}

static bool split_check(struct tlsn_span *data)
{
    uint8_t check[CHECK_LEN];

    if (data->len < CHECK_LEN)
        return false;
    data->len -= CHECK_LEN;
    checksum(*data, check);
    return memcmp(check, data->data + data->len, CHECK_LEN) == 0;
}

tlsn_status tlsni_session_read(struct tlsn_session *s, struct tlsn_span data,
                               const struct tlsn_hooks *env)
{
    return split_check(&data) ? tlsni_session_unpack(s, data, env) : TLSN_ERR_SESSION_FORMAT;
}

tlsn_status tlsni_session_unpack(struct tlsn_session *s, struct tlsn_span data,
                                 const struct tlsn_hooks *env)
{
    struct tlsni_rd r = tlsni_rd_span(data);
    struct parts p;
    tlsn_status st;

    if (!get_head(&r))
        return TLSN_ERR_SESSION_FORMAT;
    if (env)
        s->env = *env;
    get_fields(&r, s, &p);
    st = is_sound(&r, s, &p) ? take_parts(s, &p, env) : TLSN_ERR_SESSION_FORMAT;
    if (st != TLSN_OK)
        tlsni_session_clear(s);
    return st;
}

void tlsni_session_clear(struct tlsn_session *s)
{
    tlsni_buf_free(&s->env, &s->ticket);
    tlsni_buf_free(&s->env, &s->peer_leaf);
    tlsni_buf_free(&s->env, &s->identity);
    tlsni_wipe(s, sizeof *s);
}

static tlsn_status copy_buf(struct tlsni_buf *to, const struct tlsni_buf *from,
                            const struct tlsn_hooks *env)
{
    memset(to, 0, sizeof *to);
    if (!tlsni_buf_len(from))
        return TLSN_OK;
    return tlsni_buf_append(env, to, from->data + from->start, tlsni_buf_len(from));
}

tlsn_status tlsni_session_copy(struct tlsn_session *to, const struct tlsn_session *from,
                               const struct tlsn_hooks *env)
{
    tlsn_status ticket, leaf, identity;

    *to = *from;
    memset(&to->env, 0, sizeof to->env);
    if (env)
        to->env = *env;
    ticket = copy_buf(&to->ticket, &from->ticket, env);
    leaf = copy_buf(&to->peer_leaf, &from->peer_leaf, env);
    identity = copy_buf(&to->identity, &from->identity, env);
    if (ticket == TLSN_OK && leaf == TLSN_OK && identity == TLSN_OK)
        return TLSN_OK;
    tlsni_session_clear(to);
    return TLSN_ERR_NO_MEMORY;
}

/* It does not outlive the delegated credential that the peer showed.
 * @rfc 5077:3.3/12, 4507:3.3/12, 9345:7.4/1 */
bool tlsni_session_fresh(const struct tlsn_session *s, int64_t now_ms)
{
    if (s->created_ms < 0 || now_ms < 0 || (s->delegated_end_s && now_ms / 1000 > s->delegated_end_s))
        return false;
    if (now_ms < s->created_ms)
        return s->lifetime_s > 0 && s->created_ms - now_ms <= CLOCK_SLACK_MS;
    return now_ms - s->created_ms < 1000 * (int64_t)s->lifetime_s;
}
