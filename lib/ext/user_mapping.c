/* user_mapping.c - the client will say which account its certificate is meant for, RFC 4681. Its
 * word is a hint that nothing vouches for: off by default. */
#include "ext/rows.h"

/* @rfc 4681:4/1 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return hs->cfg->user_mapping.len != 0;
}

/* @rfc 4681:2/1 */
static void write_types(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    (void)hs;
    tlsni_wr_u8(w, 1);
    tlsni_wr_u8(w, TLSNI_USER_MAPPING_UPN);
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span types = tlsni_rd_vec_span(data, 1, 1, 255);

    hs->mapping_agreed = types.len && memchr(types.data, TLSNI_USER_MAPPING_UPN, types.len) &&
                         tlsni_hs_feature(hs->cfg, TLSN_FEATURE_USER_MAPPING);
    return TLSN_OK;
}

/* @rfc 4681:2/2, 4681:2/3 */
static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->mapping_agreed && !(hs->facts & TLSNI_F_RESUMED);
}

/* @rfc 4681:2/3 */
static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span types = tlsni_rd_vec_span(data, 1, 1, 255);

    for (size_t i = 0; i < types.len; i++)
        if (types.data[i] != TLSNI_USER_MAPPING_UPN)
            return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "extension",
                              "server wants user mapping of type %u, which was not offered",
                              types.data[i]);
    hs->mapping_agreed = true;
    hs->facts |= TLSNI_F_SUPPLEMENT;
    return TLSN_OK;
}

const struct tlsni_ext tlsni_ext_user_mapping = {
    .type = TLSNI_EXT_USER_MAPPING,
    .name = "user_mapping",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, write_types, server_parse, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, write_types, client_parse, NULL },
    },
    .worlds = TLSNI_WORLD_OLD,
    .source = "RFC 4681",
};
