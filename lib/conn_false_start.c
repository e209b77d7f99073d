/* conn_false_start.c - application data of a client before the server's Finished (RFC 7918).
 *
 * Whoever changed the handshake on its way is found out by that Finished, which has not come yet: until then
 * nobody knows that suite, group and version are those that the two would have chosen. So data goes out early
 * only under what is good enough even if an attacker chose it: TLS 1.2, an AEAD, a fresh key exchange in a
 * strong group, signed by a server whose chain was accepted. */
#include "cipher/dh.h"
#include "conn.h"
#include "handshake/kx.h"

/* Curves of 256 bits, x25519 among them. */
enum { SECURITY_BITS = 126, DH_BITS = 3072 };

/* @rfc 7918:5.3/1, 7918:5.3/2, 7918:5.3/3, 7919:8.9/1, 7919:8.9/2 */
static bool strong_exchange(const struct tlsni_hs *hs)
{
    if (!tlsni_auth_by_certificate(hs->suite->auth))
        return false;
    switch (hs->suite->kx) {
    case TLSNI_KX_ECDHE: return hs->group->security_bits >= SECURITY_BITS;
    case TLSNI_KX_DHE: return (hs->group ? hs->group->bits : tlsni_dh_bits(&hs->dh)) >= DH_BITS;
    default: return false;
    }
}

/* @rfc 7918:4/2, 7918:4/3, 7918:4/4, 7918:5.1/1, 7918:5.1/2, 7918:5.2/1, 7918:4/6 */
static bool good_whoever_chose(const struct tlsni_hs *hs)
{
    return hs->version->false_start && hs->suite->kind == TLSNI_CIPHER_AEAD && strong_exchange(hs);
}

/* Our Finished is made, and the server's is what is missing. In a resumption the client's is the last one.
 * @rfc 7918:4/1, 7918:4/5 */
static bool between_both_finished(const struct tlsni_hs *hs)
{
    const uint16_t ours = TLSNI_P_CHAIN | TLSNI_P_SIGNATURE | TLSNI_P_KEYS;

    return hs->version && hs->suite && (hs->proofs & ours) == ours &&
           !(hs->facts & TLSNI_F_RESUMED);
}

/* @rfc 7918:4/7, 7918:4/8 */
bool tlsn_may_start_early(const tlsn_conn *c)
{
    const struct tlsni_hs *hs = c && c->scratch ? &c->scratch->hs : NULL;

    return hs && c->role == TLSN_CLIENT && !c->done && !c->close_sent && !tlsni_conn_failed(c) &&
           tlsni_hs_feature(hs->cfg, TLSN_FEATURE_FALSE_START) && between_both_finished(hs) &&
           good_whoever_chose(hs);
}
