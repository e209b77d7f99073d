/* kx_tls13.c - suites of TLS 1.3 have no exchange of their own: shares in the hellos stand for it
 * (share13.c). The row is what suites without one are told apart by. */
#include "handshake/share13.h"

/* @rfc 8446:4.1.1/2 */
static bool feasible(struct tlsni_hs *hs)
{
    bool retry;

    hs->group = tlsni_share13_choose(hs, &retry);
    return hs->group != NULL;
}

const struct tlsni_kx_ops tlsni_kx_tls13 = {
    .kx = TLSNI_KX_TLS13,
    .feasible = feasible,
};
