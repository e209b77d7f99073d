/* alpn.c - application_layer_protocol_negotiation, RFC 7301. */
#include "ext/rows.h"

static const char layer[] = "extension";

static bool client_wanted(const struct tlsni_hs *hs)
{
    return hs->cfg->alpn.len > 0;
}

/* @rfc 7301:3.1/3 @rfc 7301:3.1/4
 * @rfc 7301:3.1/1 */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    size_t list = tlsni_wr_open(w, 2);

    if (hs->grease[TLSNI_GREASE_ALPN]) {
        tlsni_wr_u8(w, 2);
        tlsni_grease_put(hs, TLSNI_GREASE_ALPN, w);
    }
    tlsni_wr_span(w, hs->cfg->alpn);
    tlsni_wr_close(w, 2, list);
}

/* A list of names, of which none is empty.
 * @rfc 7301:3.1/5 */
static bool read_names(struct tlsni_rd *data, struct tlsn_span *names)
{
    struct tlsni_rd r;

    *names = tlsni_rd_vec_span(data, 2, 2, 65535);
    r = tlsni_rd_span(*names);
    while (tlsni_rd_left(&r))
        (void)tlsni_rd_vec_span(&r, 1, 1, 255);
    return tlsni_rd_done(data) && !r.bad;
}

/* @rfc 7301:3.1/7 */
static bool has_name(struct tlsn_span names, struct tlsn_span name)
{
    struct tlsni_rd r = tlsni_rd_span(names);

    while (tlsni_rd_left(&r))
        if (tlsni_span_eq(tlsni_rd_vec_span(&r, 1, 1, 255), name))
            return true;
    return false;
}

/* The first name of ours that is among theirs; empty when there is none.
 * @rfc 7301:3.1/8 */
static struct tlsn_span common(struct tlsn_span ours, struct tlsn_span theirs)
{
    struct tlsni_rd r = tlsni_rd_span(ours);
    struct tlsn_span name = { 0 };

    while (tlsni_rd_left(&r)) {
        name = tlsni_rd_vec_span(&r, 1, 1, 255);
        if (has_name(theirs, name))
            return name;
    }
    return tlsni_span_make(NULL, 0);
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span names;
    char text[80];

    if (!read_names(data, &names))
        return TLSN_ERR_DECODE;
    if (hs->cfg->alpn.len == 0)
        return TLSN_OK;
    /* @rfc 7301:3.2/1 */
    hs->alpn = common(hs->cfg->alpn, names);
    if (hs->alpn.len)
        return TLSN_OK;
    /* @rfc 7301:3.2/2 */
    return tlsni_fail(hs->err, TLSN_ERR_NO_SHARED_ALPN, layer,
                      "none of the client's protocols is spoken here: \"%s\"",
                      tlsni_err_quote(text, sizeof text, names.data, names.len));
}

/* @rfc 7301:3.1/11 */
static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->alpn.len > 0;
}

/* @rfc 7301:3.1/10
 * @rfc 7301:3.1/6, 7301:3.1/9 */
static void server_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    size_t list = tlsni_wr_open(w, 2);

    tlsni_wr_vec(w, 1, hs->alpn);
    tlsni_wr_close(w, 2, list);
}

static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span names, name;
    struct tlsni_rd r;
    char text[80];

    if (!read_names(data, &names))
        return TLSN_ERR_DECODE;
    r = tlsni_rd_span(names);
    name = tlsni_rd_vec_span(&r, 1, 1, 255);
    (void)tlsni_err_quote(text, sizeof text, name.data, name.len);
    if (!tlsni_rd_done(&r))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "server chose more than one protocol, \"%s\" first", text);
    /* @rfc 7301:3.1/12 */
    hs->alpn = common(hs->cfg->alpn, names);
    if (hs->alpn.len)
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                      "server chose protocol \"%s\", which was not offered", text);
}

/* ALPACA: where protocols are required, silence is a mismatch too. */
static tlsn_status absent(struct tlsni_hs *hs)
{
    if (!hs->cfg->alpn.len || !tlsni_hs_feature(hs->cfg, TLSN_FEATURE_REQUIRE_NAMES))
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_NO_SHARED_ALPN, layer,
                      "%s names no application protocol, which is required",
                      hs->role == TLSN_CLIENT ? "ServerHello" : "ClientHello");
}

/* @rfc 7301:3.1/2 */
const struct tlsni_ext tlsni_ext_alpn = {
    .type = TLSNI_EXT_ALPN,
    .name = "application_layer_protocol_negotiation",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, absent },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, server_write, client_parse, absent },
        [TLSNI_IN_ENCRYPTED_EXTENSIONS] = { server_wanted, server_write, client_parse, absent },
    },
    .source = "RFC 7301",
};
