/* status_request.c - the client wants OCSP responses along with the server's certificates: RFC 6066
 * 8 for the leaf alone, RFC 6961 for the whole chain. Both extensions are asked for in the same way
 * and lead to the same message, so they share a file. */
#include "ext/rows.h"

enum { ITEM_EMPTY = 4 }; /* OCSPStatusRequest without responders and extensions */

static const char layer[] = "extension";

/* ---- OCSPStatusRequest ---- */

/* @rfc 6066:8/4 no responder is named, no request extension is wanted. */
static void write_request(struct tlsni_wr *w)
{
    tlsni_wr_u16(w, 0);
    tlsni_wr_u16(w, 0);
}

/* What a client prefers is only checked: the responses were fetched beforehand.
 * @rfc 6066:8/3 */
static void read_request(struct tlsni_rd *r)
{
    struct tlsni_rd responders = tlsni_rd_vec(r, 2, 0, 65535);

    while (tlsni_rd_left(&responders))
        (void)tlsni_rd_vec_span(&responders, 2, 1, 65535);
    (void)tlsni_rd_vec_span(r, 2, 0, 65535);
    if (responders.bad)
        tlsni_rd_fail(r);
}

/* ---- status_request ---- */

/* In TLS 1.3 it is for the whole chain.
 * @rfc 6066:8/1, 3546:3.6/1, 4366:3.6/1 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return tlsni_hs_feature(hs->cfg, TLSN_FEATURE_OCSP) ||
           (tlsni_hs_feature(hs->cfg, TLSN_FEATURE_OCSP_MULTI) && (hs->worlds & TLSNI_WORLD_13));
}

/* @rfc 6066:8/2 */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    (void)hs;
    tlsni_wr_u8(w, TLSNI_STATUS_OCSP);
    write_request(w);
}

/* A type of status that is not known here is as good as no request. */
static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    uint8_t type = tlsni_rd_u8(data);

    if (type != TLSNI_STATUS_OCSP) {
        (void)tlsni_rd_rest(data);
        return data->bad ? TLSN_ERR_DECODE : TLSN_OK;
    }
    read_request(data);
    hs->status_asked = !data->bad;
    return TLSN_OK;
}

static bool server_wanted(const struct tlsni_hs *hs)
{
    return (hs->facts & TLSNI_F_STATUS) && !hs->status_v2;
}

/* @rfc 6066:8/10, 3546:3.6/2, 4366:3.6/2 the answer is empty */
static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)data;
    hs->facts |= TLSNI_F_STATUS;
    return TLSN_OK;
}

/* ---- TLS 1.3: in each entry of Certificate, RFC 8446 4.4.2.1 ---- */

/* The response for the certificate whose entry is written. */
static struct tlsn_span entry_response(const struct tlsni_hs *hs)
{
    const tlsn_credential *c = hs->credential;
    struct tlsn_span list = { NULL, 0 }, response = { NULL, 0 };

    if (c && hs->own_type == TLSN_CERT_X509)
        list = tlsni_buf_span(&c->ocsp);
    for (size_t i = 0; i <= hs->tls13.entry; i++)
        if (!tlsni_msg_status_next(&list, &response))
            return tlsni_span_make(NULL, 0);
    return response;
}

static bool entry_wanted(const struct tlsni_hs *hs)
{
    return hs->status_asked && entry_response(hs).len;
}

/* @rfc 8446:4.4.2.1/1, 8446:4.4.2.1/5 */
static void entry_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_u8(w, TLSNI_STATUS_OCSP);
    tlsni_wr_vec(w, 3, entry_response(hs));
}

/* Entries without one have an empty one in the list. */
static tlsn_status entry_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    static const uint8_t none[3] = { 0 };
    struct tlsni_buf *b = &hs->beside.ocsp;
    uint8_t type = tlsni_rd_u8(data);
    const uint8_t *at = data->p;
    struct tlsn_span response = tlsni_rd_vec_span(data, 3, 1, 0xffffff);
    tlsn_status st = TLSN_OK;

    if (data->bad)
        return TLSN_ERR_DECODE;
    if (type != TLSNI_STATUS_OCSP)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "certificate status of type %u", type);
    for (; st == TLSN_OK && hs->tls13.statuses < hs->tls13.entry; hs->tls13.statuses++)
        st = tlsni_buf_append(hs->env, b, none, sizeof none);
    hs->tls13.statuses++;
    return st == TLSN_OK ? tlsni_buf_append(hs->env, b, at, 3 + response.len) : st;
}

static bool request_wanted(const struct tlsni_hs *hs)
{
    return tlsni_hs_feature(hs->cfg, TLSN_FEATURE_OCSP);
}

/* Empty by RFC 8446; peers are known to say as much as a client does. */
static tlsn_status request_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)tlsni_rd_rest(data);
    hs->status_asked = true;
    return TLSN_OK;
}

const struct tlsni_ext tlsni_ext_status_request = {
    .type = TLSNI_EXT_STATUS_REQUEST,
    .name = "status_request",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, NULL, client_parse, NULL },
        [TLSNI_IN_CERTIFICATE] = { entry_wanted, entry_write, entry_parse, NULL },
        [TLSNI_IN_CERTIFICATE_REQUEST] = { request_wanted, NULL, request_parse, NULL },
    },
    .source = "RFC 6066 8",
};

/* ---- status_request_v2 ---- */

static bool client_wanted_v2(const struct tlsni_hs *hs)
{
    return tlsni_hs_feature(hs->cfg, TLSN_FEATURE_OCSP_MULTI);
}

static void write_item(struct tlsni_wr *w, uint8_t type)
{
    tlsni_wr_u8(w, type);
    tlsni_wr_u16(w, ITEM_EMPTY);
    write_request(w);
}

/* @rfc 6961:2.2/1, 6961:2.2/2 */
static void client_write_v2(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    size_t list = tlsni_wr_open(w, 2);

    (void)hs;
    write_item(w, TLSNI_STATUS_OCSP_MULTI);
    write_item(w, TLSNI_STATUS_OCSP);
    tlsni_wr_close(w, 2, list);
}

/* The first type of the client's list that is known here is the one it likes best; the others are
 * passed over by their length.
 * @rfc 6961:2.2/3, 6961:2.2/4 */
static tlsn_status server_parse_v2(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsni_rd list = tlsni_rd_vec(data, 2, 1, 65535);

    while (tlsni_rd_left(&list)) {
        uint8_t type = tlsni_rd_u8(&list);
        struct tlsni_rd request = tlsni_rd_vec(&list, 2, 0, 65535);
        bool known = type == TLSNI_STATUS_OCSP || type == TLSNI_STATUS_OCSP_MULTI;

        if (!known)
            continue;
        read_request(&request);
        if (!tlsni_rd_done(&request))
            return TLSN_ERR_DECODE;
        if (!hs->status_asked_v2)
            hs->status_asked_v2 = type;
    }
    return data->bad ? TLSN_ERR_DECODE : tlsni_rd_end(&list);
}

static bool server_wanted_v2(const struct tlsni_hs *hs)
{
    return (hs->facts & TLSNI_F_STATUS) && hs->status_v2;
}

/* @rfc 6961:2.2/5
 * @rfc 6961:2.2/6 */
static tlsn_status client_parse_v2(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)data;
    if (hs->facts & TLSNI_F_STATUS)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "server answers both status_request and status_request_v2");
    hs->facts |= TLSNI_F_STATUS;
    hs->status_v2 = true;
    return TLSN_OK;
}

/* In TLS 1.3 it means nothing. @rfc 8446:4.4.2.1/2, 8446:4.4.2.1/3 */
const struct tlsni_ext tlsni_ext_status_request_v2 = {
    .type = TLSNI_EXT_STATUS_REQUEST_V2,
    .name = "status_request_v2",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted_v2, client_write_v2, server_parse_v2, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted_v2, NULL, client_parse_v2, NULL },
    },
    .worlds = TLSNI_WORLD_OLD,
    .source = "RFC 6961",
};

/* ---- the server's choice ---- */

static bool has_leaf_response(const tlsn_credential *c)
{
    struct tlsn_span list = tlsni_buf_span(&c->ocsp), first;

    return tlsni_msg_status_next(&list, &first) && first.len;
}

/* The newer extension goes first. A client that asks gets what is there.
 * @rfc 6066:8/7, 6961:2.2/5 */
void tlsni_ext_choose_status(struct tlsni_hs *hs)
{
    const tlsn_credential *c = hs->credential;

    if (!c || !tlsni_auth_by_certificate(hs->suite->auth) || !tlsni_buf_len(&c->ocsp) ||
        hs->own_type != TLSN_CERT_X509)
        return;
    if (hs->status_asked_v2 == TLSNI_STATUS_OCSP_MULTI ||
        (hs->status_asked_v2 && has_leaf_response(c))) {
        hs->status_v2 = true;
        hs->status_type = hs->status_asked_v2;
    } else if (hs->status_asked && has_leaf_response(c)) {
        hs->status_type = TLSNI_STATUS_OCSP;
    } else {
        return;
    }
    hs->facts |= TLSNI_F_STATUS;
}
