#include "handshake/negotiate.h"

#include "cipher/suite_b.h"
#include "ext/ext.h"
#include "handshake/kx.h"
#include "handshake/kx_rsa.h"
#include "handshake/name_index.h"

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
    if (!tlsni_negotiate_authentication(hs, suite)) {
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
