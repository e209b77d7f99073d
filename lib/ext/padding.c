/* padding.c - makes a ClientHello longer, RFC 7685. Some servers and boxes in between fail on
 * certain lengths: BoringSSL's authors found 256 to 511 bytes with F5's and 512 with WebSphere. */
#include "ext/rows.h"

static bool client_wanted(const struct tlsni_hs *hs)
{
    return hs->cfg->hello_pad != 0;
}

/* The writer holds the whole message; this row is the last. One byte at least, so that the last
 * extension is not empty.
 * @rfc 7685:3/1, 7685:4/1 */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    size_t more = hs->cfg->hello_pad > w->len ? hs->cfg->hello_pad - w->len : 1;
    uint8_t *at = tlsni_wr_reserve(w, more);

    if (at)
        memset(at, 0, more);
}

/* Nothing to learn from it, and nothing to answer: @rfc 7685:3/2 */
static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)hs;
    (void)tlsni_rd_rest(data);
    return TLSN_OK;
}

const struct tlsni_ext tlsni_ext_padding = {
    .type = TLSNI_EXT_PADDING,
    .name = "padding",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, NULL },
    },
    .source = "RFC 7685",
};
