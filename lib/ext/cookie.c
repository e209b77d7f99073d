/* cookie.c - what a server wants to hear again in the second ClientHello, RFC 8446 4.2.2. */
#include "ext/rows.h"

/* @rfc 8446:4.2.2/2 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return tlsni_buf_len(&hs->tls13.cookie) != 0;
}

static void write_cookie(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    const struct tlsni_buf *b = &hs->tls13.cookie;

    tlsni_wr_vec(w, 2, tlsni_buf_span(b));
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    hs->tls13.peer_cookie = tlsni_rd_vec_span(data, 2, 1, 65535);
    return TLSN_OK;
}

/* @rfc 8446:4.2.2/3 */
static bool server_wanted(const struct tlsni_hs *hs)
{
    return tlsni_buf_len(&hs->tls13.cookie) != 0;
}

/* @rfc 8446:4.2.2/1 */
static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span cookie = tlsni_rd_vec_span(data, 2, 1, 65535);

    return tlsni_buf_append(hs->env, &hs->tls13.cookie, cookie.data, cookie.len);
}

const struct tlsni_ext tlsni_ext_cookie = {
    .type = TLSNI_EXT_COOKIE,
    .name = "cookie",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, write_cookie, server_parse, NULL },
        [TLSNI_IN_HELLO_RETRY] = { server_wanted, write_cookie, client_parse, NULL },
    },
    .always = true, /* in HelloRetryRequest a server speaks first of it */
    .worlds = TLSNI_WORLD_13,
    .source = "RFC 8446 4.2.2",
};
