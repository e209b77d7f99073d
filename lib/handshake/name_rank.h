/* name_rank.h - how well a server's certificate fits the name that the client asked for. */
#ifndef TLSNI_HANDSHAKE_NAME_RANK_H
#define TLSNI_HANDSHAKE_NAME_RANK_H

#include "handshake/hs.h"

/* In order of preference. */
enum tlsni_name_rank { TLSNI_NAME_EXACT, TLSNI_NAME_WILDCARD, TLSNI_NAME_OTHER, TLSNI_NAME_RANKS };

/* Judges all certificates of the configuration by the client's server_name; without a choice among
 * them, or without a name, all are TLSNI_NAME_OTHER. */
void tlsni_name_rank_all(struct tlsni_hs *hs);
/* Of the configuration's certificate i. */
enum tlsni_name_rank tlsni_name_rank(const struct tlsni_hs *hs, size_t i);

#endif
