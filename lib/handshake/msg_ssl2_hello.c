/* msg_ssl2_hello.c - the ClientHello of SSL 2.0 that offers SSL 3.0 or TLS, RFC 4346 E.1 and RFC
 * 5246 E.2. Three lengths stand in front of the three fields. */
#include "handshake/msg.h"

enum { CHALLENGE_MIN = 16, SSL2_SESSION_ID = 16, SPEC_LEN = 3 };

/* @rfc 5246:E.2/8, 5246:E.2/9, 5246:E.2/10 */
tlsn_status tlsni_msg_ssl2_hello_parse(struct tlsn_span body, struct tlsni_msg_ssl2_hello *out)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    uint8_t type = tlsni_rd_u8(&r);
    size_t specs, session_id, challenge;

    out->version = tlsni_rd_u16(&r);
    specs = tlsni_rd_u16(&r);
    session_id = tlsni_rd_u16(&r);
    challenge = tlsni_rd_u16(&r);
    out->specs = tlsni_rd_bytes(&r, specs);
    out->session_id = tlsni_rd_bytes(&r, session_id);
    out->challenge = tlsni_rd_bytes(&r, challenge);
    if (type != TLSNI_MSG_CLIENT_HELLO || !specs || specs % SPEC_LEN ||
        (session_id && session_id != SSL2_SESSION_ID) || challenge < CHALLENGE_MIN ||
        challenge > TLSNI_RANDOM_LEN)
        return TLSN_ERR_DECODE;
    return tlsni_rd_end(&r);
}

/* @rfc 5246:E.2/2, 5246:E.2/3, 5246:E.2/11 */
void tlsni_msg_ssl2_hello_write(struct tlsni_wr *w, uint16_t version, struct tlsn_span suites,
                                struct tlsn_span challenge)
{
    tlsni_wr_u8(w, TLSNI_MSG_CLIENT_HELLO);
    tlsni_wr_u16(w, version);
    tlsni_wr_u16(w, (uint32_t)(suites.len / 2 * SPEC_LEN));
    tlsni_wr_u16(w, 0);
    tlsni_wr_u16(w, (uint32_t)challenge.len);
    for (size_t i = 0; i + 1 < suites.len; i += 2) {
        tlsni_wr_u8(w, 0);
        tlsni_wr_put(w, suites.data + i, 2);
    }
    tlsni_wr_span(w, challenge);
}

bool tlsni_msg_ssl2_hello_has_suites(const struct tlsni_msg_ssl2_hello *m)
{
    for (size_t i = 0; i < m->specs.len; i += SPEC_LEN)
        if (!m->specs.data[i])
            return true;
    return false;
}

/* Specs whose first byte is not zero are suites of SSL 2.0. */
static void put_suites(struct tlsni_wr *w, struct tlsn_span specs)
{
    size_t mark = tlsni_wr_open(w, 2);

    for (size_t i = 0; i < specs.len; i += SPEC_LEN)
        if (!specs.data[i])
            tlsni_wr_put(w, specs.data + i + 1, 2);
    tlsni_wr_close(w, 2, mark);
}

/* @rfc 5246:E.2/5, 6176:3/4, 6101:E/2, 5246:E.2/12 */
void tlsni_msg_ssl2_hello_convert(struct tlsni_wr *w, const struct tlsni_msg_ssl2_hello *m)
{
    size_t mark = tlsni_msg_begin(w, TLSNI_MSG_CLIENT_HELLO);

    tlsni_wr_u16(w, m->version);
    for (size_t i = m->challenge.len; i < TLSNI_RANDOM_LEN; i++)
        tlsni_wr_u8(w, 0);
    tlsni_wr_span(w, m->challenge);
    tlsni_wr_u8(w, 0);  /* no session */
    put_suites(w, m->specs);
    tlsni_wr_u16(w, 0x0100); /* null compression */
    tlsni_msg_end(w, mark);
}
