#include "handshake/negotiate.h"

#include "cipher/suite_b.h"
#include "ext/ext.h"
#include "handshake/kx.h"
#include "handshake/kx_rsa.h"
#include "handshake/name_index.h"
#include "x509/oid_filter.h"

static bool span_has(struct tlsn_span list, uint8_t byte)
{
    return list.len && memchr(list.data, byte, list.len) != NULL;
}

bool tlsni_compression_enabled(const struct tlsni_hs_config *cfg, uint8_t method)
{
    return method == 0 || span_has(cfg->compressions, method);
}

uint8_t tlsni_negotiate_compression(const struct tlsni_hs *hs)
{
    for (size_t i = 0; i < hs->cfg->compressions.len; i++)
        if (span_has(hs->hello.compressions, hs->cfg->compressions.data[i]))
            return hs->cfg->compressions.data[i];
    return 0;
}

bool tlsni_ids_has(const struct tlsni_ids *ids, uint16_t id)
{
    for (size_t i = 0; i < ids->count; i++)
        if (ids->id[i] == id)
            return true;
    return false;
}

/* Lists can have 32767 entries and are asked often: this is as plain as it can be. */
bool tlsni_wire_has(struct tlsn_span list, uint16_t id)
{
    for (size_t i = 0; i + 1 < list.len; i += 2)
        if ((list.data[i] << 8 | list.data[i + 1]) == id)
            return true;
    return false;
}

static bool exchange_implemented(const struct tlsni_suite *suite)
{
    const struct tlsni_kx_ops *kx = tlsni_kx_find(suite->kx);

    return kx && (!kx->auths || kx->auths >> suite->auth & 1) &&
           (!suite->export_bits || kx->exports);
}

bool tlsni_suite_implemented(const struct tlsni_suite *suite)
{
    size_t count;
    const struct tlsni_version *v = tlsni_version_rows(&count);

    if (!exchange_implemented(suite))
        return false;
    for (size_t i = 0; i < count; i++)
        if (v[i].record && tlsni_prot_supports(suite, v[i].record) &&
            tlsni_version_overlap(suite->min_version, suite->max_version, v[i].number,
                                  v[i].number))
            return true;
    return false;
}

bool tlsni_suite_usable(const struct tlsni_suite *suite, const struct tlsni_hs_config *cfg)
{
    return tlsni_version_overlap(suite->min_version, suite->max_version, cfg->version_min,
                                 cfg->version_max);
}

/* A client that verifies its servers and did not name its suites has not asked for ones that verify
 * nobody.
 * @rfc 5246:A.5/2 */
bool tlsni_suite_offered(const struct tlsni_suite *suite, const struct tlsni_hs_config *cfg)
{
    const struct tlsni_kx_ops *kx = tlsni_kx_find(suite->kx);

    if (!kx || !tlsni_suite_usable(suite, cfg) || (kx->offered && !kx->offered(cfg, NULL)))
        return false;
    return !tlsni_suite_is_anonymous(suite) || cfg->suites_named || cfg->insecure_no_verify;
}

static bool has_group(const struct tlsni_hs_config *cfg, const struct tlsni_version *v)
{
    for (size_t i = 0; i < cfg->groups.count; i++) {
        const struct tlsni_group *g = tlsni_group_find(cfg->groups.id[i]);

        if (g && tlsni_version_overlap(g->min_version, g->max_version, v->number, v->number))
            return true;
    }
    return false;
}

bool tlsni_version_spoken(const struct tlsni_hs_config *cfg, const struct tlsni_version *v)
{
    if (v->group_apart && !has_group(cfg, v))
        return false;
    for (size_t i = 0; i < cfg->suites.count; i++) {
        const struct tlsni_suite *suite = tlsni_suite_find(cfg->suites.id[i]);

        if (suite && tlsni_suite_offered(suite, cfg) &&
            tlsni_version_overlap(suite->min_version, suite->max_version, v->number, v->number))
            return true;
    }
    return false;
}

const struct tlsni_version *tlsni_newest_version(const struct tlsni_hs_config *cfg, uint16_t max)
{
    const struct tlsni_version *v = tlsni_version_select(cfg->version_min, cfg->version_max, max);

    while (v && !tlsni_version_spoken(cfg, v))
        v = tlsni_version_select(cfg->version_min, cfg->version_max, (uint16_t)(v->number - 1));
    return v;
}

/* RFC 7919 4: the code points set aside for finite-field groups */
static bool lists_finite_field(struct tlsn_span groups)
{
    struct tlsni_rd r = tlsni_rd_span(groups);

    while (tlsni_rd_left(&r) >= 2)
        if (tlsni_rd_u16(&r) >> 8 == 1)
            return true;
    return false;
}

bool tlsni_client_lists_ff(const struct tlsni_hs *hs)
{
    return hs->peer_groups_seen && lists_finite_field(hs->peer_groups);
}

/* Whether the client's list, or its silence, allows a group.
 * @rfc 8422:4/3, 8422:4/5, 8422:5.1/3, 7919:4/4, 7919:4/6 */
static bool client_takes(const struct tlsni_hs *hs, const struct tlsni_group *g)
{
    bool ff = g->kind == TLSNI_GROUP_FF;

    if (!hs->peer_groups_seen || (ff && !lists_finite_field(hs->peer_groups)))
        return ff || g->kind == TLSNI_GROUP_EC; /* RFC 8422 4: free choice, so a well-known curve */
    return tlsni_wire_has(hs->peer_groups, g->id);
}

bool tlsni_group_fits(const struct tlsni_hs *hs, const struct tlsni_group *g, bool finite_field)
{
    return g && (g->kind == TLSNI_GROUP_FF) == finite_field &&
           tlsni_version_overlap(g->min_version, g->max_version, hs->version->number,
                                 hs->version->number) &&
           tlsni_suite_b_exchange(hs->cfg->suite_b, hs->suite, g->id); /* @rfc 6460:3.1/1, 6460:4.1/7 */
}

static const struct tlsni_group *group_by_client_order(const struct tlsni_hs *hs, bool finite_field)
{
    struct tlsni_rd r = tlsni_rd_span(hs->peer_groups);

    while (tlsni_rd_left(&r) >= 2) {
        uint16_t id = tlsni_rd_u16(&r);
        const struct tlsni_group *g = tlsni_ids_has(&hs->cfg->groups, id) ? tlsni_group_find(id)
                                                                          : NULL;

        if (tlsni_group_fits(hs, g, finite_field))
            return g;
    }
    return NULL;
}

/* Where the client's order of suites counts, its order of groups does too.
 * @rfc 7919:4/1, 7919:4/5 */
const struct tlsni_group *tlsni_negotiate_group(const struct tlsni_hs *hs, bool finite_field)
{
    const struct tlsni_group *first = NULL;

    if (hs->cfg->client_preference)
        first = group_by_client_order(hs, finite_field);
    if (first)
        return first;
    for (size_t i = 0; i < hs->cfg->groups.count; i++) {
        const struct tlsni_group *g = tlsni_group_find(hs->cfg->groups.id[i]);

        if (tlsni_group_fits(hs, g, finite_field) && client_takes(hs, g))
            return g;
    }
    return NULL;
}

bool tlsni_scheme_is_for(const struct tlsni_sigalg *scheme, enum tlsn_role signer)
{
    return signer == TLSN_CLIENT || !scheme->clients_only;
}

/* @rfc 5246:7.4.3/10, 8422:5.9/4, 8422:5.9/5
 * @rfc 8446:4.2.3/6
 * @rfc 8446:1.3/1, 8446:4.2.3/8, 8446:4.2.3/10, 8446:4.2.3/11, 8446:4.2.3/12, 8446:4.2.3/20, 8446:4.2.3/21 */
bool tlsni_scheme_fits_key(const struct tlsni_sigalg *scheme, const struct tlsni_pubkey *key,
                           const struct tlsni_version *version)
{
    const struct tlsni_hash *hash = tlsni_hash_find(scheme->hash);
    struct tlsni_sig_params params = tlsni_sigalg_params(scheme);

    if (version->binds_curves && scheme->group && scheme->group != tlsni_pubkey_group(key))
        return false;
    if (scheme->key != tlsni_pubkey_type(key) ||
        !tlsni_version_overlap(scheme->min_version, scheme->max_version, version->number,
                               version->number) ||
        !tlsni_pubkey_takes(key, &params))
        return false;
    /* RFC 8017 9.1.1: salt and hash of equal length have to fit into the encoded message. */
    return scheme->padding != TLSNI_PAD_PSS ||
           tlsni_pubkey_modulus_len(key) >= 2U * hash->len + 2;
}

/* @rfc 5246:7.4.3/8, 6460:4.5/1, 6460:4.6/1
 * @rfc 8446:4.4.3/5, 8446:4.4.3/6, 8446:4.4.3/7, 8446:4.2.3/15, 8446:4.2.3/18, 8446:4.4.2.2/3 */
const struct tlsni_sigalg *tlsni_negotiate_scheme(const struct tlsni_hs *hs,
                                                  const tlsn_credential *credential,
                                                  struct tlsn_span peer_schemes)
{
    if (!hs->version->sigalgs)
        return tlsni_sigalg_unnamed((uint8_t)tlsni_pubkey_type(credential->public_key));
    for (size_t i = 0; i < hs->cfg->sigalgs.count; i++) {
        const struct tlsni_sigalg *s = tlsni_sigalg_find(hs->cfg->sigalgs.id[i]);

        if (s && tlsni_scheme_is_for(s, hs->role) && tlsni_wire_has(peer_schemes, s->id) &&
            tlsni_scheme_fits_key(s, credential->public_key, hs->version) &&
            tlsni_suite_b_signs(hs->cfg->suite_b, tlsni_pubkey_group(credential->public_key), s->hash))
            return s;
    }
    return NULL;
}

/* @rfc 5246:7.4.2/8, 6101:5.6.2/3, 5246:7.4.2/11, 8422:2.1/1, 8422:2.2/1, 8422:5.3/2, 8422:5.3/3 */
bool tlsni_auth_fits_key(uint8_t auth, uint8_t kx, const struct tlsni_pubkey *key)
{
    bool fixed = tlsni_kx_is_fixed(kx);

    if (auth == TLSNI_AUTH_TLS13) /* the schemes decide */
        return tlsni_pubkey_type(key) != TLSNI_KEY_DH;
    switch (tlsni_pubkey_type(key)) {
    case TLSNI_KEY_RSA:
        return auth == TLSNI_AUTH_RSA && !fixed;
    case TLSNI_KEY_RSA_PSS: /* signs only (RFC 4055 1.2) */
        return auth == TLSNI_AUTH_RSA && !tlsni_kx_is_transport(kx) && !fixed;
    case TLSNI_KEY_EC:
        return kx == TLSNI_KX_ECDH || (auth == TLSNI_AUTH_ECDSA && !fixed);
    case TLSNI_KEY_ED25519:
    case TLSNI_KEY_ED448:
        return auth == TLSNI_AUTH_ECDSA && !fixed;
    case TLSNI_KEY_DSA:
        return auth == TLSNI_AUTH_DSS && !fixed;
    /* @rfc 10015:2/3 such suites are never on by default */
    case TLSNI_KEY_DH:
        return kx == TLSNI_KX_DH;
    default:
        return false;
    }
}

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

uint16_t tlsni_key_usage(const struct tlsni_suite *suite, const struct tlsni_pubkey *key)
{
    if (tlsni_kx_is_fixed(suite->kx))
        return TLSNI_KU_KEY_AGREEMENT;
    return tlsni_kx_is_transport(suite->kx) && !tlsni_kx_needs_temporary(suite, key)
               ? TLSNI_KU_KEY_ENCIPHERMENT
               : TLSNI_KU_DIGITAL_SIGNATURE;
}

bool tlsni_key_size_fits(const struct tlsni_suite *suite, const struct tlsni_pubkey *key)
{
    return suite->kx != TLSNI_KX_DH || !suite->export_bits ||
           tlsni_pubkey_bits(key) <= suite->export_bits;
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
static bool find_authentication(struct tlsni_hs *hs, const struct tlsni_suite *suite)
{
    if (tlsni_auth_by_certificate(suite->auth))
        return find_credential(hs, suite);
    hs->credential = NULL;
    hs->scheme = NULL;
    return hs->cfg->client_auth != TLSN_CLIENT_AUTH_REQUIRE;
}

static bool type_in_common(const struct tlsni_cert_types *ours, struct tlsn_span theirs)
{
    const struct tlsni_cert_types *types = tlsni_cert_types_in_force(ours);

    for (size_t i = 0; i < types->count; i++)
        if (tlsni_cert_type_listed(theirs, types->type[i]))
            return true;
    return false;
}

/* @rfc 7250:4.2/2, 5081:3.2/1, 6091:3.2/1 */
static tlsn_status no_common_type(struct tlsni_hs *hs, const char *whose)
{
    return tlsni_fail(hs->err, TLSN_ERR_CERT_UNSUPPORTED, "handshake",
                      "no common type for the %s's certificate", whose);
}

tlsn_status tlsni_negotiate_peer_type(struct tlsni_hs *hs)
{
    const struct tlsni_cert_types *types = tlsni_cert_types_in_force(&hs->cfg->peer_types);

    if ((hs->facts & TLSNI_F_CERT) && hs->own_type == TLSN_CERT_X509 &&
        !tlsni_cert_type_listed(hs->cert_types, TLSN_CERT_X509))
        return no_common_type(hs, "server");
    if (!(hs->facts & TLSNI_F_REQUEST))
        return TLSN_OK;
    for (size_t i = 0; i < types->count; i++)
        if (tlsni_cert_type_listed(hs->peer_types, types->type[i])) {
            hs->peer_type = types->type[i];
            return TLSN_OK;
        }
    return no_common_type(hs, "client");
}

/* What kept the suites away that both sides know; the weightiest reason is reported. */
enum obstacle { NO_COMMON, NO_USER, NO_GROUP, NO_CREDENTIAL };

/* @rfc 7919:4/2, 5288:4/1, 5288:4/3, 5289:4/1, 7905:4/2, 7465:2/2
 * @rfc 6655:3/9, 6655:3/11, 7251:2/4, 7251:2/5, 5932:3/4, 6367:3.3/1, 6209:3/2
 * @rfc 5487:1.1/2, 8442:3/3, 8442:3/4
 * @rfc 8446:4.1.1/2, 8446:2.1/1 */
static bool try_suite(struct tlsni_hs *hs, uint16_t id, enum obstacle *why)
{
    const struct tlsni_suite *suite = tlsni_suite_find(id);
    const struct tlsni_kx_ops *kx = suite ? tlsni_kx_find(suite->kx) : NULL;

    if (!kx || !tlsni_version_overlap(suite->min_version, suite->max_version, hs->version->number,
                                      hs->version->number))
        return false;
    if (kx->served && !kx->served(hs->cfg, NULL))
        return false;
    hs->suite = suite;
    if (!kx->feasible(hs)) {
        enum obstacle here = suite->kx == TLSNI_KX_SRP ? NO_USER : NO_GROUP;

        *why = *why > here ? *why : here;
        return false;
    }
    if (!find_authentication(hs, suite)) {
        *why = NO_CREDENTIAL;
        return false;
    }
    hs->kx = kx;
    return true;
}

/* @rfc 5246:7.4.1.2/9, 5246:7.4.1.3/7, 5746:3.3/2, 7919:4/7 */
static bool by_client_order(struct tlsni_hs *hs, enum obstacle *why)
{
    struct tlsni_rd r = tlsni_rd_span(hs->hello.suites);
    uint8_t tried[65536 / 8] = { 0 }; /* a client may repeat itself 32766 times */

    while (tlsni_rd_left(&r) >= 2) {
        uint16_t id = tlsni_rd_u16(&r);
        uint8_t bit = (uint8_t)(1U << (id & 7));

        if (tried[id >> 3] & bit)
            continue;
        tried[id >> 3] |= bit;
        if (tlsni_ids_has(&hs->cfg->suites, id) && try_suite(hs, id, why))
            return true;
    }
    return false;
}

static bool by_our_order(struct tlsni_hs *hs, enum obstacle *why)
{
    for (size_t i = 0; i < hs->cfg->suites.count; i++) {
        uint16_t id = hs->cfg->suites.id[i];

        if (tlsni_wire_has(hs->hello.suites, id) && try_suite(hs, id, why))
            return true;
    }
    return false;
}

/* A certificate for the name the client asked for counts for more than any order of suites.
 * @rfc 6066:3/16, 3546:3.1/8, 4366:3.1/8 */
static bool by_name(struct tlsni_hs *hs, enum obstacle *why)
{
    for (hs->wanted_rank = 0; hs->wanted_rank < TLSNI_NAME_RANKS; hs->wanted_rank++) {
        if (!tlsni_names_any(hs, hs->wanted_rank) ||
            !(hs->cfg->client_preference ? by_client_order(hs, why) : by_our_order(hs, why)))
            continue;
        if (hs->credential && hs->wanted_rank != TLSNI_NAME_OTHER)
            hs->name_acknowledged = true;
        return true;
    }
    return false;
}

/* @rfc 5246:7.4.1.2/8, 5246:7.4.1.3/1, 5246:7.2.2/12, 7919:4/3, 7465:2/3 */
tlsn_status tlsni_negotiate_suite(struct tlsni_hs *hs)
{
    enum obstacle why = NO_COMMON;
    tlsn_status st = tlsni_names_look(hs);

    if (st != TLSN_OK)
        return st;
    if (by_name(hs, &why))
        return TLSN_OK;
    if (why == NO_CREDENTIAL && !type_in_common(&hs->cfg->own_types, hs->own_types))
        return no_common_type(hs, "server");
    if (why == NO_CREDENTIAL)
        return tlsni_fail(hs->err, TLSN_ERR_NO_CREDENTIAL, "handshake",
                          "none of %zu certificates fits the client's suites, signature algorithms "
                          "and groups", hs->cfg->credential_count);
    if (why == NO_GROUP && !hs->version->group_apart &&
        lists_finite_field(hs->peer_groups)) /* RFC 7919 4 */
        return tlsni_fail(hs->err, TLSN_ERR_INSUFFICIENT_SECURITY, "handshake",
                          "no common finite-field group");
    if (why == NO_USER) /* @rfc 5054:2.5.1.2/1 */
        return tlsni_fail(hs->err, TLSN_ERR_UNKNOWN_PSK, "handshake",
                          "client offers SRP suites without the name of a user");
    if (why == NO_GROUP)
        return tlsni_fail(hs->err, TLSN_ERR_NO_SHARED_GROUP, "handshake",
                          "no common group for any common cipher suite");
    return tlsni_fail(hs->err, TLSN_ERR_NO_SHARED_SUITE, "handshake",
                      "none of the client's %zu cipher suites is enabled in %s",
                      hs->hello.suites.len / 2, hs->version->title);
}

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
