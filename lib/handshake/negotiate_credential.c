#include "handshake/negotiate.h"

#include "cipher/suite_b.h"
#include "ext/ext.h"
#include "handshake/name_index.h"
#include "x509/oid_filter.h"

/* ---- server: for a suite ---- */

/* The schemes of a client that did not send signature_algorithms: SHA-1 with the suite's kind of key.
 * @rfc 5246:7.4.1.4.1/5, 5246:7.4.1.4.1/6, 5246:7.4.1.4.1/7, 9155:2/3 */
static struct tlsn_span client_schemes(const struct tlsni_hs *hs)
{
    static const uint8_t defaults[] = { 0x02, 0x01, 0x02, 0x02, 0x02, 0x03 };

    if (hs->peer_sigalgs_seen)
        return hs->peer_sigalgs;
    return tlsni_span_make(defaults, sizeof defaults);
}

/* RFC 8422 5.1: the curve of an ECDSA certificate has to be one of the client's too.
 * @rfc 8422:5.1/4, 8422:5.3/4, 8422:5.3/5 */
static bool curve_accepted(const struct tlsni_hs *hs, const struct tlsni_pubkey *key)
{
    uint16_t group = tlsni_pubkey_group(key);

    return hs->version->binds_curves || group == 0 || !hs->peer_groups_seen ||
           tlsni_wire_has(hs->peer_groups, group);
}

/* The certificate is signed with the kind of key that the suite names. */
static bool issuer_fits(const struct tlsni_suite *suite, const struct tlsni_cert *leaf)
{
    uint8_t key = leaf->sig.key;

    switch (suite->auth) {
    case TLSNI_AUTH_DSS: return key == TLSNI_KEY_DSA;
    case TLSNI_AUTH_ECDSA: return key == TLSNI_KEY_EC;
    default: return key == TLSNI_KEY_RSA || key == TLSNI_KEY_RSA_PSS;
    }
}

/* @rfc 5246:7.4.2/12, 5246:7.4.2/13, 2246:7.4.2/12, 4346:7.4.2/12
 * With fixed Diffie-Hellman the signature on the certificate is part of what the suite says. TLS 1.2 does
 * not insist on it, but there are clients that do.
 * @rfc 4492:2.1/1, 4492:2.3/1 */
static bool fixed_issuer_fits(const struct tlsni_suite *suite, const struct tlsni_cert *leaf)
{
    return !tlsni_kx_is_fixed(suite->kx) || issuer_fits(suite, leaf);
}

/* @rfc 6460:4.2/1 */
static bool profile_fits(const struct tlsni_hs *hs, const tlsn_credential *c)
{
    for (size_t i = 0; i < c->signature_count; i++)
        if (!tlsni_suite_b_signature(hs->cfg->suite_b, &c->signatures[i]))
            return false;
    return tlsni_suite_b_curve(hs->cfg->suite_b, tlsni_pubkey_group(c->public_key));
}

/* @rfc 5246:7.4.2/3, 5246:7.4.2/9, 5246:7.4.2/10, 5246:7.4.2/14, 5246:7.4.2/19
 * @rfc 5246:7.4.3/9, 8422:5.1/5
 * @rfc 8446:4.4.2.2/4 */
static bool credential_fits(struct tlsni_hs *hs, const struct tlsni_suite *suite,
                            const tlsn_credential *c)
{
    uint16_t usage = tlsni_key_usage(suite, c->public_key);
    bool signs = usage == TLSNI_KU_DIGITAL_SIGNATURE;

    if (!tlsni_auth_fits_key(suite->auth, suite->kx, c->public_key) ||
        !tlsni_key_size_fits(suite, c->public_key) || !fixed_issuer_fits(suite, &c->leaf) ||
        !tlsni_cert_allows(&c->leaf, usage) || !curve_accepted(hs, c->public_key) ||
        !profile_fits(hs, c))
        return false;
    hs->scheme = signs ? tlsni_negotiate_scheme(hs, c, client_schemes(hs)) : NULL;
    return !signs || hs->scheme;
}

static bool is_of_scheme(const struct tlsni_sig_params *sig, const struct tlsni_sigalg *scheme)
{
    struct tlsni_sig_params params = tlsni_sigalg_params(scheme);

    if (!sig->key || sig->hash != params.hash || sig->padding != params.padding)
        return false;
    if (sig->padding != TLSNI_PAD_PSS)
        return sig->key == params.key;
    /* the issuer's kind of key does not show */
    return sig->mgf_hash == params.mgf_hash && sig->salt_len == params.salt_len;
}

static bool lists_signature(struct tlsn_span schemes, const struct tlsni_sig_params *sig)
{
    struct tlsni_rd r = tlsni_rd_span(schemes);

    while (tlsni_rd_left(&r) >= 2) {
        const struct tlsni_sigalg *scheme = tlsni_sigalg_find(tlsni_rd_u16(&r));

        if (scheme && is_of_scheme(sig, scheme))
            return true;
    }
    return false;
}

/* Whether the peer says that it can verify every signature of the chain. That of a self-signed
 * certificate proves nothing and does not count.
 * @rfc 8446:4.2.3/2, 8446:4.2.3/3 */
bool tlsni_chain_verifiable(const tlsn_credential *c, struct tlsn_span schemes)
{
    for (size_t i = 0; i < c->signature_count; i++)
        if (!lists_signature(schemes, &c->signatures[i]))
            return false;
    return true;
}

/* Whether a certificate of the chain was issued by one of these. */
static bool issuer_named(struct tlsn_span authorities, const tlsn_credential *c)
{
    struct tlsn_span list = tlsni_span_make(c->list, c->list_len), der, name;
    struct tlsni_cert cert;

    while (tlsni_msg_certificate_next(&list, &der)) {
        struct tlsni_rd r = tlsni_rd_span(authorities);

        if (tlsni_cert_parse(&cert, der, NULL) != TLSN_OK)
            continue;
        while (tlsni_rd_left(&r)) {
            name = tlsni_rd_vec_span(&r, 2, 1, 65535);
            if (tlsni_span_eq(name, cert.issuer))
                return true;
        }
    }
    return false;
}

/* Whether it leads to an authority that the client has, as far as the client says.
 * @rfc 8446:4.2.4/1 */
static bool leads_to_client(const struct tlsni_hs *hs, const tlsn_credential *c)
{
    return (!hs->trusted_cas.len || tlsni_ext_trusted(hs, c)) &&
           (!hs->peer_authorities.len || issuer_named(hs->peer_authorities, c));
}

/* How well the client will like a chain: one that it can verify to its end, to an authority that it has,
 * goes before one that it may not be able to. Where signatures are not negotiated, the suite says how the
 * certificate is signed.
 * @rfc 5246:7.4.2/16, 5246:7.4.2/18, 8446:4.4.2.2/1, 8446:4.4.2.2/6 */
enum { VERIFIABLE = 1, TRUSTED = 2, AS_NAMED = 4, SOUND = 8, BEST = VERIFIABLE | TRUSTED | AS_NAMED | SOUND };

static struct tlsn_span cert_schemes(const struct tlsni_hs *hs)
{
    return hs->peer_sigalgs_cert.len ? hs->peer_sigalgs_cert : client_schemes(hs);
}

/* Whether a chain hangs on a weak hash; with a list, on one that is not in it. */
static bool hangs_on_weak(const tlsn_credential *c, const struct tlsn_span *schemes)
{
    for (size_t i = 0; i < c->signature_count; i++)
        if (tlsni_hash_is_weak(c->signatures[i].hash) &&
            !(schemes && lists_signature(*schemes, &c->signatures[i])))
            return true;
    return false;
}

/* Everything else that the client can verify goes before a chain with SHA-1.
 * @rfc 8446:4.2.3/17 */
static bool is_sound(const struct tlsni_hs *hs, const tlsn_credential *c, bool verifiable)
{
    return !hs->version->strict_chains || (verifiable && !hangs_on_weak(c, NULL));
}

static int rank(const struct tlsni_hs *hs, const struct tlsni_suite *suite, const tlsn_credential *c,
                uint8_t type)
{
    bool verifiable = tlsni_chain_verifiable(c, cert_schemes(hs));

    if (type == TLSN_CERT_RAW_KEY)
        return BEST;
    return (hs->version->sigalgs || issuer_fits(suite, &c->leaf) ? AS_NAMED : 0) |
           (verifiable ? VERIFIABLE : 0) | (leads_to_client(hs, c) ? TRUSTED : 0) |
           (is_sound(hs, c, verifiable) ? SOUND : 0);
}

/* Where the configuration is strict, the chain's signatures have to be among those that the peer lists;
 * before such lists the certificate's is of the suite's kind.
 * @rfc 5246:7.4.2/17, 5246:7.4.4/6, 5246:7.4.6/15, 4346:7.4.2/21, 2246:7.4.2/21
 * @rfc 4492:2.2/2, 4492:2.4/3 */
static bool good_enough(const struct tlsni_hs *hs, int rank)
{
    return !tlsni_hs_feature(hs->cfg, TLSN_FEATURE_STRICT_CHAINS) ||
           rank & (hs->version->sigalgs ? VERIFIABLE : AS_NAMED);
}

/* What a chain of last resort has no excuse for in TLS 1.3: SHA-1 that the client does not list. Tests of
 * clients may want it all the same.
 * @rfc 8446:4.4.2.2/7, 8446:4.4.2.2/8 */
static bool is_excluded(const struct tlsni_hs *hs, const tlsn_credential *c, uint8_t type)
{
    struct tlsn_span schemes = cert_schemes(hs);

    return hs->version->strict_chains && type != TLSN_CERT_RAW_KEY && hangs_on_weak(c, &schemes) &&
           !tlsni_hs_feature(hs->cfg, TLSN_FEATURE_INSECURE_CHAINS);
}

/* The first of the best.
 * @rfc 5246:7.4.2/7 */
static bool find_of_type(struct tlsni_hs *hs, const struct tlsni_suite *suite, uint8_t type)
{
    const struct tlsni_sigalg *scheme = NULL;
    const tlsn_credential *c, *chosen = NULL;
    int best = -1;
    size_t at = 0;

    if (!tlsni_cert_type_listed(hs->own_types, type))
        return false;
    while (best < BEST && (c = tlsni_names_next(hs, hs->wanted_rank, &at)) != NULL) {
        int here = tlsni_credential_has(c, type) ? rank(hs, suite, c, type) : -1;

        if (here <= best || !good_enough(hs, here) || is_excluded(hs, c, type) ||
            !credential_fits(hs, suite, c))
            continue;
        best = here;
        chosen = c;
        scheme = hs->scheme;
    }
    hs->trusted_used = chosen && hs->trusted_cas.len && (best & TRUSTED);
    if (!chosen)
        return false;
    hs->credential = chosen;
    hs->scheme = scheme;
    return true;
}

/* @rfc 7250:4.2/1 */
static bool find_credential(struct tlsni_hs *hs, const struct tlsni_suite *suite)
{
    const struct tlsni_cert_types *types = tlsni_cert_types_in_force(&hs->cfg->own_types);

    for (size_t i = 0; i < types->count; i++) {
        hs->own_type = types->type[i];
        if (find_of_type(hs, suite, hs->own_type))
            return true;
    }
    hs->own_type = TLSN_CERT_X509;
    hs->credential = NULL;
    return false;
}

/* Who has to see a client's certificate cannot do without one of its own (RFC 5246 7.4.4). */
bool tlsni_negotiate_authentication(struct tlsni_hs *hs, const struct tlsni_suite *suite)
{
    if (tlsni_auth_by_certificate(suite->auth))
        return find_credential(hs, suite);
    hs->credential = NULL;
    hs->scheme = NULL;
    return hs->cfg->client_auth != TLSN_CLIENT_AUTH_REQUIRE;
}

/* ---- client certificates: what a request lists, and what answers it ---- */

/* ClientCertificateType, RFC 5246 7.4.4 and RFC 8422 5.5. */
enum { TYPE_RSA_SIGN = 1, TYPE_DSS_SIGN = 2, TYPE_ECDSA_SIGN = 64 };

static uint8_t type_of_key(enum tlsni_key_type type)
{
    switch (type) {
    case TLSNI_KEY_RSA:
    case TLSNI_KEY_RSA_PSS:
        return TYPE_RSA_SIGN;
    case TLSNI_KEY_DSA:
        return TYPE_DSS_SIGN;
    default:
        return TYPE_ECDSA_SIGN;
    }
}

/* @rfc 5246:7.4.4/7, 5246:7.4.6/8, 5246:7.4.6/9, 5246:7.4.6/10, 8422:3.1/1, 8422:5.6/1 */
static bool type_requested(struct tlsn_span types, const struct tlsni_pubkey *key)
{
    return types.len && memchr(types.data, type_of_key(tlsni_pubkey_type(key)), types.len) != NULL;
}

/* @rfc 5246:7.4.4/2, 5246:7.4.4/3, 8422:5.5/1, 9847:11/1 */
size_t tlsni_negotiate_types(const struct tlsni_hs *hs, uint8_t types[TLSNI_TYPES_MAX])
{
    size_t n = 0;

    types[n++] = TYPE_RSA_SIGN;
    types[n++] = TYPE_ECDSA_SIGN;
    for (size_t i = 0; i < hs->cfg->sigalgs.count; i++) {
        const struct tlsni_sigalg *s = tlsni_sigalg_find(hs->cfg->sigalgs.id[i]);

        if (s && s->key == TLSNI_KEY_DSA) {
            types[n++] = TYPE_DSS_SIGN;
            break;
        }
    }
    return n;
}

/* A server of TLS 1.3 gets no chain that it may not be able to verify; one of older versions, where the
 * configuration is strict.
 * @rfc 8446:4.4.2.3/3 */
static bool client_chain_fits(const struct tlsni_hs *hs, const tlsn_credential *c)
{
    const struct tlsni_msg_certificate_request *req = &hs->certificate_request;
    bool strict = tlsni_hs_feature(hs->cfg, TLSN_FEATURE_STRICT_CHAINS);

    if (!hs->version->sigalgs || hs->own_type == TLSN_CERT_RAW_KEY ||
        !(hs->version->strict_chains || strict))
        return true;
    return tlsni_chain_verifiable(c, req->sigalgs_cert.len ? req->sigalgs_cert : req->sigalgs);
}

/* @rfc 9846:4.5.1.2/3 */
static bool answers_request(const struct tlsni_hs *hs, const tlsn_credential *c)
{
    const struct tlsni_msg_certificate_request *req = &hs->certificate_request;

    return tlsni_credential_has(c, hs->own_type) &&
           (hs->version->binds_curves || type_requested(req->types, c->public_key)) &&
           tlsni_cert_allows(&c->leaf, TLSNI_KU_DIGITAL_SIGNATURE) &&
           tlsni_negotiate_scheme(hs, c, req->sigalgs) && profile_fits(hs, c) &&
           tlsni_oid_filters_match(req->oid_filters, &c->leaf) && client_chain_fits(hs, c);
}

/* Of the request's authorities, if it names some; the first one that fits otherwise is kept for when there is none. */
static bool is_best(const struct tlsni_hs *hs, const tlsn_credential *c,
                    const tlsn_credential **fallback)
{
    const struct tlsni_msg_certificate_request *req = &hs->certificate_request;

    if (!answers_request(hs, c))
        return false;
    if (!req->authorities.len || hs->own_type == TLSN_CERT_RAW_KEY || issuer_named(req->authorities, c))
        return true;
    if (!*fallback)
        *fallback = c;
    return false;
}

/* One that an authority of the list issued comes first (RFC 5246 7.4.6); failing that, one that
 * fits in every other way, since the list often names roots that our chain does not reach by
 * itself.
 * @rfc 5246:7.4.4/5, 5246:7.4.6/6, 5246:7.4.6/7, 5246:7.4.6/14
 * @rfc 8446:4.2.4/1, 8446:4.4.2.3/2 */
const tlsn_credential *tlsni_negotiate_client_credential(const struct tlsni_hs *hs)
{
    const tlsn_credential *fallback = NULL;

    for (size_t i = 0; i < hs->cfg->credential_count; i++)
        if (is_best(hs, hs->cfg->credentials[i], &fallback))
            return hs->cfg->credentials[i];
    return fallback;
}

/* @rfc 9261:5.2.1/6 */
tlsn_status tlsni_negotiate_named_credential(struct tlsni_hs *hs, const tlsn_credential **out)
{
    tlsn_status st = tlsni_names_look(hs);
    const tlsn_credential *c;

    *out = NULL;
    if (st != TLSN_OK)
        return st;
    for (int rank = TLSNI_NAME_EXACT; rank < TLSNI_NAME_OTHER; rank++) {
        size_t at = 0;

        while (tlsni_names_any(hs, (enum tlsni_name_rank)rank) &&
               (c = tlsni_names_next(hs, (enum tlsni_name_rank)rank, &at)) != NULL)
            if (is_best(hs, c, out)) {
                *out = c;
                return TLSN_OK;
            }
    }
    return TLSN_OK;
}
