/* extended_master_secret.c - RFC 7627 5.1 to 5.3. What holds for resumption is checked where
 * sessions are. */
#include "base/alert.h"
#include "ext/rows.h"

static bool enabled(const struct tlsni_hs *hs)
{
    return tlsni_hs_feature(hs->cfg, TLSN_FEATURE_EMS) ||
           tlsni_hs_feature(hs->cfg, TLSN_FEATURE_REQUIRE_EMS);
}

/* @rfc 7627:5.2/1
 * @rfc 7627:5.3/3 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return enabled(hs);
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)data;
    hs->ems = enabled(hs);
    return TLSN_OK;
}

/* @rfc 7627:5.2/2
 * @rfc 7627:5.2/5, 7627:5.3/8 */
static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->ems;
}

static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)data;
    hs->ems = true;
    return TLSN_OK;
}

/* @rfc 7627:5.2/4 @rfc 7627:5.2/6 @rfc 7627:5.2/8 */
static tlsn_status absent(struct tlsni_hs *hs)
{
    if (!tlsni_hs_feature(hs->cfg, TLSN_FEATURE_REQUIRE_EMS))
        return TLSN_OK;
    return tlsni_fail_alert(hs->err, TLSN_ERR_INSUFFICIENT_SECURITY, TLSNI_ALERT_HANDSHAKE_FAILURE,
                            "extension", "%s has no extended_master_secret, which is required",
                            hs->role == TLSN_CLIENT ? "ServerHello" : "ClientHello");
}

/* @rfc 7627:5.1/1, 7627:5.1/2 */
const struct tlsni_ext tlsni_ext_extended_master_secret = {
    .type = TLSNI_EXT_EXTENDED_MASTER_SECRET,
    .name = "extended_master_secret",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, NULL, server_parse, absent },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, NULL, client_parse, absent },
    },
    .worlds = TLSNI_WORLD_OLD,
    .source = "RFC 7627",
};
