/* heartbeat.c - whether each side answers HeartbeatRequests, RFC 6520 2. Off by default; what is
 * done with the messages is in lib/conn_heartbeat.c. */
#include "ext/rows.h"

/* @rfc 6520:2/1 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return hs->cfg->heartbeat != TLSN_HEARTBEAT_OFF;
}

/* @rfc 6520:2/2, 6520:2/3 */
static void write_mode(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_u8(w, hs->cfg->heartbeat);
}

static tlsn_status parse_mode(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    uint8_t mode = tlsni_rd_u8(data);

    if (!tlsni_rd_done(data))
        return TLSN_ERR_DECODE;
    /* @rfc 6520:2/6 */
    if (mode != TLSN_HEARTBEAT_ANSWER && mode != TLSN_HEARTBEAT_SEND_ONLY)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "extension",
                          "heartbeat has the unknown mode %u", mode);
    if (hs->cfg->heartbeat != TLSN_HEARTBEAT_OFF)
        hs->peer_heartbeat = mode;
    return TLSN_OK;
}

static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->peer_heartbeat != TLSN_HEARTBEAT_OFF;
}

const struct tlsni_ext tlsni_ext_heartbeat = {
    .type = TLSNI_EXT_HEARTBEAT,
    .name = "heartbeat",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, write_mode, parse_mode, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, write_mode, parse_mode, NULL },
        [TLSNI_IN_ENCRYPTED_EXTENSIONS] = { server_wanted, write_mode, parse_mode, NULL },
    },
    .source = "RFC 6520",
};
