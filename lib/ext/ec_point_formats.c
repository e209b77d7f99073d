/* ec_point_formats.c - how points are written, RFC 8422 5.1.2 and 5.2: uncompressed, and nothing
 * else. */
#include "ext/rows.h"

enum { UNCOMPRESSED = 0 };

/* @rfc 8422:4/1, 8422:4/4, 8422:5.1/1 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return tlsni_ext_offers(hs, tlsni_ext_is_ecc);
}

/* @rfc 8422:5.2/1 @rfc 8422:4/6 */
static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->suite && tlsni_ext_is_ecc(hs->suite) && !(hs->facts & TLSNI_F_RESUMED);
}

/* @rfc 8422:5.1.2/6 @rfc 8422:5.2/2 @rfc 6460:4.1/4
 * @rfc 8422:5.1/2, 8422:5.1.2/3 */
static void write_formats(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    static const uint8_t formats[] = { UNCOMPRESSED };

    (void)hs;
    tlsni_wr_vec(w, 1, tlsni_span_make(formats, sizeof formats));
}

/* A peer that sends nothing is not asked for anything else: points are uncompressed here, always.
 * @rfc 8422:5.2/3, 8422:5.2/4, 8422:5.1.2/4 */
static tlsn_status parse_formats(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span list = tlsni_rd_vec_span(data, 1, 1, 255);

    if (!tlsni_rd_done(data))
        return TLSN_ERR_DECODE;
    hs->peer_uncompressed = memchr(list.data, UNCOMPRESSED, list.len) != NULL;
    if (hs->peer_uncompressed)
        return TLSN_OK;
    /* @rfc 8422:5.1.2/5 */
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "extension",
                      "ec_point_formats without uncompressed");
}

const struct tlsni_ext tlsni_ext_ec_point_formats = {
    .type = TLSNI_EXT_EC_POINT_FORMATS,
    .name = "ec_point_formats",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, write_formats, parse_formats, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, write_formats, parse_formats, NULL },
    },
    .worlds = TLSNI_WORLD_OLD,
    .source = "RFC 8422 5.1.2",
};
