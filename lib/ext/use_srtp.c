/* use_srtp.c - which SRTP protection profile and master key identifier go with this connection, RFC
 * 5764 4.1. Only what is negotiated is here: the keys come from the exporter, the packets are the
 * application's. Off unless profiles are configured. */
#include "ext/rows.h"

static const char layer[] = "extension";

/* RFC 5764 4.1.2, RFC 7714 14.2
 * @rfc 5764:4.1.2/1 */
static const struct {
    uint16_t id;
    const char *name;
} profiles[] = {
    { 0x0001, "SRTP_AES128_CM_HMAC_SHA1_80" },
    { 0x0002, "SRTP_AES128_CM_HMAC_SHA1_32" },
    { 0x0005, "SRTP_NULL_HMAC_SHA1_80" },
    { 0x0006, "SRTP_NULL_HMAC_SHA1_32" },
    { 0x0007, "SRTP_AEAD_AES_128_GCM" },
    { 0x0008, "SRTP_AEAD_AES_256_GCM" },
};

const char *tlsni_srtp_name(uint16_t id)
{
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++)
        if (profiles[i].id == id)
            return profiles[i].name;
    return "";
}

uint16_t tlsni_srtp_find(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++)
        if (strlen(profiles[i].name) == len && memcmp(profiles[i].name, name, len) == 0)
            return profiles[i].id;
    return 0;
}

static bool client_wanted(const struct tlsni_hs *hs)
{
    return hs->cfg->srtp.count != 0;
}

/* @rfc 5764:4.1.1/1, 5764:4.1.1/2 */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    size_t list = tlsni_wr_open(w, 2);

    for (size_t i = 0; i < hs->cfg->srtp.count; i++)
        tlsni_wr_u16(w, hs->cfg->srtp.id[i]);
    tlsni_wr_close(w, 2, list);
    tlsni_wr_vec(w, 1, hs->srtp_mki);
}

static bool read_data(struct tlsni_rd *data, struct tlsn_span *list, struct tlsn_span *mki)
{
    *list = tlsni_rd_list_span(data, 2, 2, 2, 65534);
    *mki = tlsni_rd_vec_span(data, 1, 0, 255);
    return tlsni_rd_done(data);
}

static bool has_profile(struct tlsn_span list, uint16_t id)
{
    struct tlsni_rd r = tlsni_rd_span(list);

    while (tlsni_rd_left(&r))
        if (tlsni_rd_u16(&r) == id)
            return true;
    return false;
}

/* Our order decides. Without a common profile the connection goes on as if there were none.
 * @rfc 5764:4.1.1/4, 5764:4.1.1/5, 5764:4.1.3/2 */
static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span list, mki;

    if (!read_data(data, &list, &mki))
        return TLSN_ERR_DECODE;
    for (size_t i = 0; i < hs->cfg->srtp.count && !hs->srtp_profile; i++)
        if (has_profile(list, hs->cfg->srtp.id[i]))
            hs->srtp_profile = hs->cfg->srtp.id[i];
    if (!hs->srtp_profile || !hs->cfg->srtp_take_mki || !mki.len)
        return TLSN_OK;
    memcpy(hs->peer_mki, mki.data, mki.len);
    hs->srtp_mki = tlsni_span_make(hs->peer_mki, mki.len);
    return TLSN_OK;
}

static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->srtp_profile != 0;
}

/* @rfc 5764:4.1.1/3 */
static void server_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    size_t list = tlsni_wr_open(w, 2);

    tlsni_wr_u16(w, hs->srtp_profile);
    tlsni_wr_close(w, 2, list);
    tlsni_wr_vec(w, 1, hs->srtp_mki);
}

/* @rfc 5764:4.1.3/3 */
static tlsn_status take_mki(struct tlsni_hs *hs, struct tlsn_span mki)
{
    if (mki.len && !tlsni_span_eq(mki, hs->srtp_mki))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "server answered use_srtp with another MKI of %zu bytes", mki.len);
    if (!mki.len)
        hs->srtp_mki = mki;
    return TLSN_OK;
}

static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span list, mki;
    uint16_t id;

    if (!read_data(data, &list, &mki))
        return TLSN_ERR_DECODE;
    id = (uint16_t)(list.data[0] << 8 | list.data[1]);
    for (size_t i = 0; i < hs->cfg->srtp.count && list.len == 2; i++)
        if (hs->cfg->srtp.id[i] == id)
            hs->srtp_profile = id;
    if (!hs->srtp_profile)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "server chose %zu SRTP profiles, 0x%04x first, of those that were offered "
                          "it has to choose one", list.len / 2, id);
    return take_mki(hs, mki);
}

/* The server has no use for it. */
static tlsn_status client_absent(struct tlsni_hs *hs)
{
    hs->srtp_mki = tlsni_span_make(NULL, 0);
    return TLSN_OK;
}

const struct tlsni_ext tlsni_ext_use_srtp = {
    .type = TLSNI_EXT_USE_SRTP,
    .name = "use_srtp",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, server_write, client_parse, client_absent },
        [TLSNI_IN_ENCRYPTED_EXTENSIONS] = { server_wanted, server_write, client_parse,
                                            client_absent },
    },
    .source = "RFC 5764 4.1",
};
