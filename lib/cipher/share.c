#include "cipher/share.h"

/* RFC 8446 4.2.8.1
 * @rfc 8446:4.2.8.1/2, 8446:4.2.8.2/2, 8446:4.2.8.2/3 */
tlsn_status tlsni_share_respond(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                struct tlsn_span client_share, uint8_t *response, uint8_t *shared)
{
    return client_share.len == g->public_len
               ? g->respond(g, env, client_share.data, client_share.len, response, shared)
               : TLSN_ERR_ILLEGAL_PARAMETER;
}

/* @rfc 8446:6/10 */
tlsn_status tlsni_share_finish(const struct tlsni_group *g, const struct tlsn_hooks *env,
                               const uint8_t *private_key, struct tlsn_span server_share,
                               uint8_t *shared)
{
    return server_share.len == g->response_len
               ? g->derive(g, env, private_key, server_share.data, server_share.len, shared)
               : TLSN_ERR_ILLEGAL_PARAMETER;
}
