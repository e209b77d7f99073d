/* session_find.c - sessions that the server keeps, here or elsewhere, under an ID or a ticket. */
#include "base/env.h"
#include "handshake/tickets.h"

static tlsn_status parse_session(struct tlsni_hs *hs)
{
    struct tlsn_span bytes = tlsni_buf_span(&hs->session_bytes);
    tlsn_status st = bytes.len ? tlsni_session_read(&hs->session, bytes, hs->env)
                               : TLSN_ERR_NOT_FOUND;

    tlsni_buf_free(hs->env, &hs->session_bytes);
    return st == TLSN_ERR_SESSION_FORMAT ? TLSN_ERR_NOT_FOUND : st;
}

tlsn_status tlsni_session_find(struct tlsni_hs *hs, struct tlsn_span key, bool in_cache)
{
    const struct tlsni_hs_config *cfg = hs->cfg;
    tlsn_status st = TLSN_ERR_NOT_FOUND;

    if (in_cache && cfg->cache_lookup && !hs->session_asked)
        st = cfg->cache_lookup(cfg->cache_ctx, key, tlsni_now_ms(hs->env), hs->env,
                               &hs->session_bytes);
    if (st == TLSN_ERR_NOT_FOUND) {
        hs->session_asked = true;
        hs->session_key = key;
        st = hs->host->ask_session(hs->host_ctx);
    }
    return st == TLSN_OK ? parse_session(hs) : st;
}

tlsn_status tlsni_session_keep(struct tlsni_hs *hs, struct tlsn_span key)
{
    const struct tlsni_hs_config *cfg = hs->cfg;
    const struct tlsn_session *s = &hs->session;
    struct tlsni_buf bytes = { 0 };
    tlsn_status st = tlsni_session_write(s, hs->env, &bytes);

    if (st == TLSN_OK)
        st = cfg->cache_store(cfg->cache_ctx, key,
                              tlsni_buf_span(&bytes),
                              s->created_ms + 1000 * (int64_t)s->lifetime_s);
    tlsni_buf_free(hs->env, &bytes);
    return st;
}
