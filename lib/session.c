/* session.c - sessions in the hands of the application: saved, restored, freed. */
#include <tls-native/config.h>

#include "handshake/session.h"

tlsn_status tlsn_session_write(const tlsn_session *session, uint8_t *out, size_t cap, size_t *len)
{
    struct tlsni_buf bytes = { 0 };
    tlsn_status st;

    if (!session || !len || (cap && !out))
        return TLSN_ERR_ARGUMENT;
    *len = 0;
    st = tlsni_session_write(session, &session->env, &bytes);
    if (st == TLSN_OK) {
        *len = tlsni_buf_len(&bytes);
        if (cap < *len)
            st = TLSN_ERR_BUFFER;
        else
            memcpy(out, bytes.data + bytes.start, *len);
    }
    tlsni_buf_free(&session->env, &bytes);
    return st;
}

tlsn_status tlsn_session_read(tlsn_session **out, const void *data, size_t len,
                              const struct tlsn_hooks *hooks)
{
    tlsn_session *s;
    tlsn_status st;

    if (!out || (len && !data))
        return TLSN_ERR_ARGUMENT;
    *out = NULL;
    s = tlsni_alloc(hooks, sizeof *s);
    if (!s)
        return TLSN_ERR_NO_MEMORY;
    st = tlsni_session_read(s, tlsni_span_make(data, len), hooks);
    if (st == TLSN_OK)
        *out = s;
    else
        tlsni_free_secret(hooks, s, sizeof *s);
    return st;
}

void tlsn_session_free(tlsn_session *session)
{
    struct tlsn_hooks env;

    if (!session)
        return;
    env = session->env;
    tlsni_session_clear(session);
    tlsni_free(&env, session);
}

uint32_t tlsn_session_early_data_max(const tlsn_session *session)
{
    return session ? session->early_data_max : 0;
}

bool tlsn_session_has_ticket(const tlsn_session *session)
{
    return session && tlsni_buf_len(&session->ticket) != 0;
}
