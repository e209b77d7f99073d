#include "handshake/bound.h"

#include "base/ct.h"
#include "cipher/hash.h"

enum { HASH_LEN = 32 };

static tlsn_status changed(struct tlsni_hs *hs, const char *what)
{
    return tlsni_fail(hs->err, TLSN_ERR_RENEGOTIATION_CHANGE, "handshake",
                      "the renegotiation %s", what);
}

void tlsni_bound_hash(struct tlsn_span der, uint8_t hash[HASH_LEN])
{
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA256), der.data, der.len, digest);
    memcpy(hash, digest, HASH_LEN);
}

bool tlsni_bound_fits_leaf(const struct tlsni_hs *hs, struct tlsn_span der)
{
    const struct tlsni_bound *b = &hs->bound;
    uint8_t hash[HASH_LEN];

    if ((!b->leaf.len && !b->leaf_hash) ||
        tlsni_hs_feature(hs->cfg, TLSN_FEATURE_CERTIFICATE_CHANGE))
        return true;
    if (!b->leaf_hash)
        return tlsni_span_eq(b->leaf, der);
    tlsni_bound_hash(der, hash);
    return memcmp(hash, b->leaf_hash, HASH_LEN) == 0;
}

tlsn_status tlsni_bound_check_leaf(struct tlsni_hs *hs, struct tlsn_span der)
{
    if (tlsni_bound_fits_leaf(hs, der))
        return TLSN_OK;
    return changed(hs, der.len ? "shows another certificate of the peer"
                               : "leaves out the certificate that the peer had shown");
}

bool tlsni_bound_fits_identity(const struct tlsni_hs *hs, struct tlsn_span identity)
{
    return !hs->bound.identity.len || tlsni_span_eq(hs->bound.identity, identity) ||
           tlsni_hs_feature(hs->cfg, TLSN_FEATURE_CERTIFICATE_CHANGE);
}

/* A client does not lose its certificate by choosing a suite in which it is not asked for one.
 * @rfc 7457:2.11/2 */
tlsn_status tlsni_bound_check_client(struct tlsni_hs *hs)
{
    struct tlsn_span identity = tlsni_buf_span(&hs->psk_identity);

    if (!tlsni_bound_fits_identity(hs, identity))
        return changed(hs, "is of another identity than the client had");
    if (hs->cfg->client_auth == TLSN_CLIENT_AUTH_NONE || (hs->facts & TLSNI_F_REQUEST))
        return TLSN_OK;
    return tlsni_bound_check_leaf(hs, tlsni_span_make(NULL, 0));
}

tlsn_status tlsni_bound_check_version(struct tlsni_hs *hs)
{
    if (!hs->bound.version || hs->bound.version == hs->version)
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_VERSION, "handshake",
                      "the renegotiation leads from %s to %s", hs->bound.version->title,
                      hs->version->title);
}

static bool same_name(const char *before, struct tlsn_span name)
{
    return tlsni_span_eq(tlsni_span_make(before, before ? strlen(before) : 0), name);
}

tlsn_status tlsni_bound_check_hello(struct tlsni_hs *hs)
{
    tlsn_status st = tlsni_bound_check_version(hs);

    if (st != TLSN_OK || !hs->bound.version)
        return st;
    if (!same_name(hs->bound.server_name, hs->peer_name))
        return changed(hs, "asks for another server name");
    return TLSN_OK;
}

/* @rfc 7366:3.1/1, 7366:3.1/2, 7366:3.1/3, 7366:3.1/4 */
tlsn_status tlsni_bound_check_outcome(struct tlsni_hs *hs)
{
    const struct tlsni_bound *b = &hs->bound;

    if (b->ems && !hs->ems)
        return changed(hs, "drops extended_master_secret");
    if (hs->suite->kind != TLSNI_CIPHER_CBC || b->mac_order == TLSNI_MAC_ORDER_OPEN)
        return TLSN_OK;
    if (hs->etm == (b->mac_order == TLSNI_ENCRYPT_THEN_MAC))
        return TLSN_OK;
    return changed(hs, hs->etm ? "turns encrypt_then_mac on" : "turns encrypt_then_mac off");
}
