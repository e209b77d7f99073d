/* next_protocol_negotiation.c - NPN (draft-agl-tls-nextprotoneg) is known by its name and never
 * spoken: a client's is ignored, a server's was not asked for. ALPN took its place. */
#include "ext/rows.h"

const struct tlsni_ext tlsni_ext_next_protocol_negotiation = {
    .type = TLSNI_EXT_NEXT_PROTOCOL_NEGOTIATION,
    .name = "next_protocol_negotiation",
    .worlds = TLSNI_WORLD_OLD,
    .source = "draft-agl-tls-nextprotoneg",
};
