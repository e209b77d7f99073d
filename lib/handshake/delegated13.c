#include "handshake/delegated13.h"

#include "base/env.h"
#include "cipher/suite_b.h"
#include "handshake/negotiate.h"

static const char layer[] = "handshake";

/* ---- the peer's ---- */

static const char *scheme_name(uint16_t id)
{
    const char *name = tlsni_sigalg_name(id);

    return *name ? name : "unknown";
}

/* Both are of lists that we sent.
 * @rfc 9345:4.1.1/11, 9345:4.1.1/12, 9345:4.1.2/11, 9345:4.1.2/12 */
static tlsn_status check_schemes(struct tlsni_hs *hs, const struct tlsni_delegated *d)
{
    if (!tlsni_ids_has(&hs->cfg->delegated_schemes, d->scheme))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "delegated credential for scheme 0x%04x (%s), which was not offered for such",
                          d->scheme, scheme_name(d->scheme));
    if (tlsni_ids_has(&hs->cfg->sigalgs, d->signature_scheme) &&
        tlsni_delegated_signature_scheme(d->signature_scheme, hs->peer.key))
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                      "delegated credential signed with scheme 0x%04x (%s), which was not offered or is "
                      "none of the certificate's key", d->signature_scheme,
                      scheme_name(d->signature_scheme));
}

/* @rfc 9345:4.1.3/2, 9345:4.1.3/3, 9345:4.1.3/4 */
static tlsn_status check_time(struct tlsni_hs *hs, const struct tlsni_delegated *d)
{
    int64_t end = tlsni_delegated_end(d, &hs->peer.leaf), now = tlsni_now_s(hs->env);

    if (now > end)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "delegated credential has expired %lld seconds ago", (long long)(now - end));
    if (end - now > hs->cfg->limits.delegated_seconds)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "delegated credential with %lld seconds to live, at most %u are taken",
                          (long long)(end - now), hs->cfg->limits.delegated_seconds);
    if (end < hs->peer.leaf.not_after)
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                      "delegated credential does not end before its certificate");
}

static tlsn_status check_certificate(struct tlsni_hs *hs)
{
    const char *obstacle = tlsni_delegated_obstacle(&hs->peer.leaf);

    if (!obstacle)
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                      "the certificate may not delegate credentials: %s", obstacle);
}

static unsigned least_bits(const struct tlsni_hs *hs, const struct tlsni_pubkey *key)
{
    const struct tlsni_delegated_least *least = &hs->cfg->delegated_least;

    return tlsni_pubkey_modulus_len(key) ? least->rsa_bits : tlsni_pubkey_group(key) ? least->ec_bits : 0;
}

/* What nobody may certify is not delegated to either. */
static tlsn_status check_strength(struct tlsni_hs *hs, const struct tlsni_pubkey *key)
{
    unsigned least = least_bits(hs, key);

    if (tlsni_pubkey_bits(key) < least)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "delegated credential with a key of %u bits, at least %u are needed",
                          tlsni_pubkey_bits(key), least);
    if (tlsni_suite_b_curve(hs->cfg->delegated_least.suite_b, tlsni_pubkey_group(key)))
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                      "delegated credential with a key that is none of Suite B");
}

static tlsn_status take_key(struct tlsni_hs *hs, const struct tlsni_delegated *d)
{
    tlsn_status st = tlsni_delegated_key(hs->env, d, &hs->peer.delegated_key);

    if (st == TLSN_ERR_KEY)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "delegated credential whose public key is none for %s",
                          scheme_name(d->scheme));
    return st == TLSN_OK ? check_strength(hs, hs->peer.delegated_key) : st;
}

/* With the certificate's own key. */
static tlsn_status check_signature(struct tlsni_hs *hs, const struct tlsni_delegated *d)
{
    tlsn_status st = tlsni_delegated_verify(hs->env, d, tlsni_other_role(hs->role), &hs->peer.leaf,
                                            hs->peer.key);

    if (st != TLSN_ERR_CERT_SIGNATURE)
        return st;
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                      "the signature of the delegated credential does not verify");
}

/* Chain and name are judged apart, as without a delegated credential; the handshake needs both.
 * @rfc 9345:4.1.1/13, 9345:4.1.2/13, 9345:4.1.3/1, 9345:4.1.3/9 */
tlsn_status tlsni_delegated13_take(struct tlsni_hs *hs)
{
    struct tlsni_delegation *noted = &hs->tls13.delegation[tlsni_other_role(hs->role)];
    struct tlsni_delegated d;
    tlsn_status st;

    if (!tlsni_buf_len(&hs->peer.delegated))
        return TLSN_OK;
    st = tlsni_delegated_parse(tlsni_buf_span(&hs->peer.delegated), &d);
    if (st == TLSN_OK)
        st = check_schemes(hs, &d);
    if (st == TLSN_OK)
        st = check_certificate(hs);
    if (st == TLSN_OK)
        st = check_time(hs, &d);
    if (st == TLSN_OK)
        st = take_key(hs, &d);
    if (st == TLSN_OK)
        st = check_signature(hs, &d);
    if (st != TLSN_OK)
        return st;
    *noted = (struct tlsni_delegation){ tlsni_delegated_end(&d, &hs->peer.leaf), d.scheme };
    return TLSN_OK;
}

/* ---- ours ---- */

/* The peer's clock may be ahead of ours.
 * @rfc 9345:5.1/1 */
static bool is_alive(const struct tlsni_hs *hs, const struct tlsni_own_delegated *own)
{
    int64_t left = own->end - tlsni_now_s(hs->env);

    return left >= TLSNI_DELEGATED_MARGIN_S && left <= hs->cfg->limits.delegated_seconds;
}

/* @rfc 9345:4.1.1/3, 9345:4.1.2/3 */
static bool suits(const struct tlsni_hs *hs, const struct tlsni_own_delegated *own,
                  struct tlsn_span sigalgs)
{
    const struct tlsni_delegated *d = &own->credential->delegation;
    const struct tlsni_sigalg *s = tlsni_sigalg_find(d->scheme);

    return own->role == hs->role && is_alive(hs, own) &&
           tlsni_wire_has(hs->tls13.peer_delegated, d->scheme) &&
           tlsni_wire_has(sigalgs, d->signature_scheme) &&
           tlsni_ids_has(&hs->cfg->sigalgs, d->scheme) && s &&
           tlsni_suite_b_signs(hs->cfg->suite_b, tlsni_pubkey_group(own->credential->public_key),
                               s->hash);
}

void tlsni_delegated13_choose(struct tlsni_hs *hs, struct tlsn_span sigalgs,
                              const struct tlsni_sigalg **scheme)
{
    const tlsn_credential *c = hs->credential;

    hs->tls13.delegated = NULL;
    if (!c || hs->own_type != TLSN_CERT_X509)
        return;
    for (size_t i = 0; i < c->delegated_count; i++) {
        const struct tlsni_own_delegated *own = &c->delegated[i];

        if (!suits(hs, own, sigalgs))
            continue;
        hs->tls13.delegated = own->credential;
        *scheme = tlsni_sigalg_find(own->credential->delegation.scheme);
        hs->tls13.delegation[hs->role] = (struct tlsni_delegation){ own->end, (*scheme)->id };
        return;
    }
}
