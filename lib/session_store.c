/* session_store.c - sessions that the application keeps and tickets that it makes: its functions behind
 * those of a handshake. */
#include "base/bytes.h"
#include "config.h"

enum { FIRST_TRY = 2048, SESSION_MAX = 1 << 20 };

static tlsn_status store(void *ctx, struct tlsn_span id, struct tlsn_span session,
                         int64_t expires_ms)
{
    const struct tlsn_session_store *s = ctx;
    tlsn_status st = s->store(s->ctx, id, session, expires_ms);

    return st > 0 ? TLSN_ERR_INTERNAL : st;
}

/* One try with a buffer of this size behind what is there. */
static tlsn_status try(const struct tlsn_session_store *s, struct tlsn_span id, size_t size,
                       const struct tlsn_hooks *env, struct tlsni_buf *out, size_t *len)
{
    tlsn_status st = tlsni_buf_reserve(env, out, size);

    *len = 0;
    if (st != TLSN_OK)
        return st;
    st = s->lookup(s->ctx, id, out->data + out->end, size, len);
    if (st == TLSN_OK && *len <= size)
        out->end += *len;
    return st == TLSN_OK && *len > size ? TLSN_ERR_NOT_FOUND : st;
}

static tlsn_status lookup(void *ctx, struct tlsn_span id, int64_t now_ms,
                          const struct tlsn_hooks *env, struct tlsni_buf *out)
{
    size_t len;
    tlsn_status st = try(ctx, id, FIRST_TRY, env, out, &len);

    (void)now_ms; /* its age is in the session */
    if (st == TLSN_ERR_BUFFER && len > FIRST_TRY && len <= SESSION_MAX)
        st = try(ctx, id, len, env, out, &len);
    return st == TLSN_OK || st == TLSN_ERR_NO_MEMORY ? st : TLSN_ERR_NOT_FOUND;
}

static void remove_session(void *ctx, struct tlsn_span id)
{
    const struct tlsn_session_store *s = ctx;

    s->remove(s->ctx, id);
}

void tlsni_config_use_store(tlsn_config *c)
{
    c->hs.cache_store = store;
    c->hs.cache_lookup = lookup;
    c->hs.cache_remove = remove_session;
    c->hs.cache_ctx = &c->store;
}

tlsn_status tlsn_config_set_session_store(tlsn_config *c, const struct tlsn_session_store *given)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (!given || !given->store || !given->lookup || !given->remove)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "a session store has three functions");
    c->store = *given;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_ticket_maker(tlsn_config *c, const struct tlsn_ticket_maker *given)
{
    static const struct tlsn_ticket_maker none;
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (given && !given->seal)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "a ticket maker has to seal");
    c->ticket_maker = given ? *given : none;
    return TLSN_OK;
}
