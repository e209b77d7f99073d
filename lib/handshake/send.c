#include "handshake/send.h"

#include "handshake/transcript.h"

tlsn_status tlsni_send_begin(struct tlsni_hs *hs, struct tlsni_sending *s, uint8_t type,
                             size_t body_max)
{
    size_t size = TLSNI_MSG_HEADER + body_max;
    tlsn_status st;

    hs->out.start = hs->out.end = 0;
    st = tlsni_buf_reserve(hs->env, &hs->out, size);
    if (st != TLSN_OK)
        return st;
    s->w = tlsni_wr_make(hs->out.data, size);
    s->mark = tlsni_msg_begin(&s->w, type);
    return TLSN_OK;
}

tlsn_status tlsni_send_close(struct tlsni_hs *hs, struct tlsni_sending *s)
{
    tlsni_msg_end(&s->w, s->mark);
    if (s->w.bad)
        return tlsni_fail(hs->err, TLSN_ERR_INTERNAL, "handshake",
                          "%s does not fit in the %zu bytes set aside for it",
                          tlsni_msg_name(hs->out.data[0]), s->w.cap);
    hs->out.end = s->w.len;
    return TLSN_OK;
}

tlsn_status tlsni_send_closed(struct tlsni_hs *hs)
{
    const uint8_t *message = hs->out.data;
    size_t len = hs->out.end;
    tlsn_status st;

    hs->out.end = 0;
    st = tlsni_transcript_add(&hs->transcript, hs->env, message, len);
    return st == TLSN_OK ? hs->host->send_message(hs->host_ctx, message, len) : st;
}

tlsn_status tlsni_send_end(struct tlsni_hs *hs, struct tlsni_sending *s)
{
    tlsn_status st = tlsni_send_close(hs, s);

    return st == TLSN_OK ? tlsni_send_closed(hs) : st;
}

tlsn_status tlsni_send_empty(struct tlsni_hs *hs, uint8_t type)
{
    struct tlsni_sending s;
    tlsn_status st = tlsni_send_begin(hs, &s, type, 0);

    return st == TLSN_OK ? tlsni_send_end(hs, &s) : st;
}
