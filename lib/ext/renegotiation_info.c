/* renegotiation_info.c - binds a handshake to the one before it, RFC 5746 3.4 to 3.7.
 *
 * hs->client_verify_data and hs->server_verify_data are those of the handshake before and empty in
 * the first one, so "must be empty" and "must equal what was saved" are one comparison. */
#include "base/ct.h"
#include "ext/rows.h"

static const char layer[] = "extension";

static bool is_renegotiation(const struct tlsni_hs *hs)
{
    return (hs->facts & TLSNI_F_RENEGOTIATION) || hs->client_verify_data.len > 0;
}

/* Of a connection that began without secure renegotiation: only by explicit permission (RFC 5746
 * 4.2, 4.4). The peer has not changed its mind. */
static bool is_legacy(const struct tlsni_hs *hs)
{
    return (hs->facts & TLSNI_F_RENEGOTIATION) && hs->client_verify_data.len == 0;
}

static tlsn_status mismatch(struct tlsni_hs *hs, const char *what)
{
    return tlsni_fail(hs->err, TLSN_ERR_RENEGOTIATION_INFO, layer, "%s in the %s handshake", what,
                      is_renegotiation(hs) ? "renegotiating" : "initial");
}

static bool equal(struct tlsn_span a, struct tlsn_span b)
{
    return a.len == b.len && (a.len == 0 || tlsni_ct_memeq(a.data, b.data, a.len));
}

/* Takes renegotiated_connection and compares it with two values one behind the other.
 * @rfc 5746:3.2/1 */
static tlsn_status check(struct tlsni_hs *hs, struct tlsni_rd *data, struct tlsn_span first,
                         struct tlsn_span second)
{
    struct tlsni_rd r = tlsni_rd_vec(data, 1, 0, 255);

    if (!tlsni_rd_done(data))
        return TLSN_ERR_DECODE;
    if (tlsni_rd_left(&r) != first.len + second.len ||
        !equal(tlsni_rd_bytes(&r, first.len), first) ||
        !equal(tlsni_rd_bytes(&r, second.len), second))
        return mismatch(hs, "renegotiation_info has the wrong verify_data");
    hs->secure_renegotiation = true;
    return TLSN_OK;
}

/* @rfc 5746:3.4/1 @rfc 5746:3.4/2 the extension is sent, never the SCSV.
 * @rfc 5746:3.4/9, 5746:3.5/2, 5746:4.2/3, 5746:4.2/4 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return hs->client_verify_data.len > 0 || !tlsni_hs_signals_by_suite(hs);
}

/* @rfc 5746:3.2/1, 5746:3.2/2, 5746:3.5/1 */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_vec(w, 1, hs->client_verify_data);
}

/* @rfc 5746:3.6/2, 5746:3.6/3 */
static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    /* @rfc 5746:3.7/1 */
    if (is_renegotiation(hs) && hs->renegotiation_scsv)
        return mismatch(hs, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV");
    /* @rfc 5746:4.4/3 */
    if (is_legacy(hs))
        return mismatch(hs, "renegotiation_info");
    /* @rfc 5746:3.6/4 @rfc 5746:3.7/3 */
    return check(hs, data, hs->client_verify_data, tlsni_span_make(NULL, 0));
}

static tlsn_status server_absent(struct tlsni_hs *hs)
{
    /* @rfc 5746:4.4/2 */
    if (is_legacy(hs) && hs->renegotiation_scsv)
        return mismatch(hs, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV");
    /* @rfc 5746:3.7/1 @rfc 5746:3.7/2 */
    if (is_renegotiation(hs) && !is_legacy(hs))
        return mismatch(hs, "ClientHello without renegotiation_info");
    /* @rfc 5746:3.6/1 @rfc 5746:3.6/5 */
    hs->secure_renegotiation = hs->renegotiation_scsv;
    return TLSN_OK;
}

/* @rfc 5746:3.6/6
 * @rfc 5746:3.6/10, 5746:4.3/1
 * @rfc 5746:3.6/12 */
static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->secure_renegotiation;
}

/* @rfc 5746:3.2/3, 5746:3.7/4 */
static void server_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    size_t mark = tlsni_wr_open(w, 1);

    tlsni_wr_span(w, hs->client_verify_data);
    tlsni_wr_span(w, hs->server_verify_data);
    tlsni_wr_close(w, 1, mark);
}

/* @rfc 5746:3.4/7 @rfc 5746:3.5/5
 * @rfc 5746:3.4/3, 5746:3.4/5, 5746:3.4/6 */
static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    /* @rfc 5746:4.2/5 */
    if (is_legacy(hs))
        return mismatch(hs, "renegotiation_info");
    /* @rfc 5746:3.5/6 */
    return check(hs, data, hs->client_verify_data, hs->server_verify_data);
}

/* @rfc 5746:3.4/4 */
static tlsn_status client_absent(struct tlsni_hs *hs)
{
    /* @rfc 5746:3.5/3, 5746:3.5/4 */
    if (is_renegotiation(hs) && !is_legacy(hs))
        return mismatch(hs, "ServerHello without renegotiation_info");
    hs->secure_renegotiation = false;
    if (is_legacy(hs))
        return TLSN_OK;
    if (!tlsni_hs_feature(hs->cfg, TLSN_FEATURE_REQUIRE_SECURE_RENEGOTIATION))
        return TLSN_OK;
    /* @rfc 5746:4.1/1 */
    return tlsni_fail(hs->err, TLSN_ERR_RENEGOTIATION_INFO, layer,
                      "ServerHello has no renegotiation_info, which is required");
}

const struct tlsni_ext tlsni_ext_renegotiation_info = {
    .type = TLSNI_EXT_RENEGOTIATION_INFO,
    .name = "renegotiation_info",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, server_absent },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, server_write, client_parse, client_absent },
    },
    .always = true,
    .worlds = TLSNI_WORLD_OLD,
    .source = "RFC 5746",
};
