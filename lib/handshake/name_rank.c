/* name_rank.c - virtual hosts: among several certificates those for the name that the client asked
 * for (RFC 6066 3) come first, one that names it outright before one with a wildcard. */
#include "handshake/name_rank.h"

#include "x509/general_name.h"
#include "x509/match.h"

static enum tlsni_name_rank judge(const struct tlsni_cert *cert, struct tlsn_span name)
{
    struct tlsni_rd r = tlsni_rd_span(cert->san);
    enum tlsni_name_rank best = TLSNI_NAME_OTHER;

    while (tlsni_rd_left(&r)) {
        struct tlsni_general_name n = tlsni_general_name_next(&r, false);

        if (r.bad || n.kind != TLSNI_GN_DNS || !tlsni_dns_matches(n.value, name))
            continue;
        if (n.value.data[0] != '*')
            return TLSNI_NAME_EXACT;
        best = TLSNI_NAME_WILDCARD;
    }
    return best;
}

/* @rfc 6066:3/15, 3546:3.1/7, 4366:3.1/7 */
void tlsni_name_rank_all(struct tlsni_hs *hs)
{
    size_t n = hs->cfg->credential_count;

    memset(hs->name_rank, TLSNI_NAME_OTHER, sizeof hs->name_rank);
    if (!hs->peer_name.len || n < 2)
        return;
    for (size_t i = 0; i < n && i < TLSNI_RANKED_MAX; i++)
        hs->name_rank[i] = (uint8_t)judge(&hs->cfg->credentials[i]->leaf, hs->peer_name);
}

enum tlsni_name_rank tlsni_name_rank(const struct tlsni_hs *hs, size_t i)
{
    return i < TLSNI_RANKED_MAX ? (enum tlsni_name_rank)hs->name_rank[i] : TLSNI_NAME_OTHER;
}
