/* cached_info.c - the client still has the server's certificates, or its request for one, and gets
 * a fingerprint of them instead: RFC 7924. Fingerprints tell observers who was here before: off by
 * default. */
#include "cipher/hash.h"
#include "ext/rows.h"

enum { TYPE_MAX = TLSNI_CACHED_CERT_REQ };

/* @rfc 7924:5/1 */
void tlsni_ext_fingerprint(struct tlsn_span message, uint8_t out[TLSNI_FINGERPRINT_LEN])
{
    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA256), message.data, message.len, out);
}

uint8_t tlsni_ext_cached_type(struct tlsn_span message)
{
    if (!message.len)
        return 0;
    return message.data[0] == TLSNI_MSG_CERTIFICATE           ? TLSNI_CACHED_CERT
           : message.data[0] == TLSNI_MSG_CERTIFICATE_REQUEST ? TLSNI_CACHED_CERT_REQ
                                                              : 0;
}

/* @rfc 7924:4/1 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return hs->cached.len != 0;
}

/* @rfc 7924:3/2, 7924:3/3, 7924:3/4 */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    struct tlsn_span rest = hs->cached, message;
    uint8_t fingerprint[TLSNI_FINGERPRINT_LEN];
    size_t list = tlsni_wr_open(w, 2);

    while (tlsni_msg_next(&rest, &message)) {
        tlsni_ext_fingerprint(message, fingerprint);
        tlsni_wr_u8(w, tlsni_ext_cached_type(message));
        tlsni_msg_fingerprint_write(w, tlsni_span_make(fingerprint, sizeof fingerprint));
    }
    tlsni_wr_close(w, 2, list);
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span list = tlsni_rd_vec_span(data, 2, 1, 65535), rest = list;
    struct tlsni_msg_cached object;

    while (rest.len)
        if (!tlsni_msg_cached_next(&rest, &object))
            return TLSN_ERR_DECODE;
    if (tlsni_hs_feature(hs->cfg, TLSN_FEATURE_CACHED_INFO))
        hs->cached = list;
    return TLSN_OK;
}

static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->cached_types && !(hs->facts & TLSNI_F_RESUMED);
}

/* @rfc 7924:4/2 */
static void server_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    size_t list = tlsni_wr_open(w, 2);

    for (uint8_t type = 1; type <= TYPE_MAX; type++)
        if (hs->cached_types >> type & 1)
            tlsni_wr_u8(w, type);
    tlsni_wr_close(w, 2, list);
}

static bool offered(const struct tlsni_hs *hs, uint8_t type)
{
    struct tlsn_span rest = hs->cached, message;

    while (tlsni_msg_next(&rest, &message))
        if (tlsni_ext_cached_type(message) == type)
            return true;
    return false;
}

/* @rfc 7924:4/4 */
static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span types = tlsni_rd_vec_span(data, 2, 1, 65535);

    for (size_t i = 0; i < types.len; i++) {
        if (!offered(hs, types.data[i]))
            return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "extension",
                              "server leaves out information of type %u, which was not offered",
                              types.data[i]);
        hs->cached_types |= (uint8_t)(1U << types.data[i]);
    }
    return TLSN_OK;
}

const struct tlsni_ext tlsni_ext_cached_info = {
    .type = TLSNI_EXT_CACHED_INFO,
    .name = "cached_info",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, server_write, client_parse, NULL },
    },
    .worlds = TLSNI_WORLD_OLD,
    .source = "RFC 7924",
};
