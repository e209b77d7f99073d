/* supported_versions.c - the versions that a client speaks, and the one that was chosen, RFC 8446
 * 4.2.1. The choice itself is made where hellos are read (hello_client.c, hello_server.c): nothing
 * else of a hello has a meaning before. */
#include "ext/rows.h"

/* @rfc 8446:9.2/1 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return (hs->worlds & TLSNI_WORLD_13) != 0;
}

/* Newest first.
 * @rfc 8446:4.2.1/1
 * @rfc 8446:4.2.1/9, 9846:4.3.1/1 */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    size_t list = tlsni_wr_open(w, 1);

    tlsni_grease_put(hs, TLSNI_GREASE_VERSION, w);
    for (const struct tlsni_version *v = hs->newest; v;
         v = tlsni_newest_version(hs->cfg, (uint16_t)(v->number - 1)))
        tlsni_wr_u16(w, v->number);
    tlsni_wr_close(w, 1, list);
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)hs;
    (void)tlsni_rd_list_span(data, 1, 2, 2, 254);
    return TLSN_OK;
}

static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->version->listed;
}

/* @rfc 8446:4.2.1/4 */
static void server_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_u16(w, hs->version->number);
}

/* The version was looked up by it. */
static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)hs;
    (void)tlsni_rd_u16(data);
    return TLSN_OK;
}

const struct tlsni_ext tlsni_ext_supported_versions = {
    .type = TLSNI_EXT_SUPPORTED_VERSIONS,
    .name = "supported_versions",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, NULL },
        [TLSNI_IN_SERVER_HELLO13] = { server_wanted, server_write, client_parse, NULL },
        [TLSNI_IN_HELLO_RETRY] = { server_wanted, server_write, client_parse, NULL },
    },
    .worlds = TLSNI_WORLD_13 | TLSNI_WORLD_OLD,
    .source = "RFC 8446 4.2.1",
};
