#include "config.h"
#include "x509/dh_params.h"

#include <stdarg.h>
#include <stdio.h>
#include "base/mem.h"
#include "handshake/psk_key.h"
#include "x509/verify.h"

/* clang-format off */
/* @rfc 7457:2.13/1 */
const struct tlsn_limits tlsni_default_limits = {
    .message_max = 132096, .chain_max = 98304, .empty_records = 32, .warnings = 4, .requests = 5,
    .pending_max = 262144, .dh_bits_min = 2048, .session_seconds = 7200, .renegotiations = 8, .urls = 10,
    .psk_identity_max = 1024, .delegated_seconds = TLSNI_DELEGATED_SECONDS,
};
/* clang-format on */

enum { PSK_IDENTITY_LEAST = 128 }; /* RFC 4279 5.3 */
enum { TICKETS = 2 };
enum { SESSION_SECONDS_MAX = 604800 }; /* RFC 8446 4.6.1; RFC 5077 leaves it open */

static uint64_t bit(enum tlsn_feature f)
{
    return (uint64_t)1 << f;
}

tlsn_status tlsni_config_fail(tlsn_config *config, tlsn_status status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(config->error, sizeof config->error, format, args);
    va_end(args);
    return status;
}

tlsn_status tlsni_config_open(tlsn_config *config)
{
    if (!config)
        return TLSN_ERR_ARGUMENT;
    config->error[0] = 0;
    return config->frozen ? tlsni_config_fail(config, TLSN_ERR_FROZEN, "configuration is frozen")
                          : TLSN_OK;
}

const char *tlsn_config_error(const tlsn_config *config)
{
    return config ? config->error : "";
}

tlsn_status tlsn_config_new(tlsn_config **out, const struct tlsn_hooks *hooks)
{
    tlsn_config *c = tlsni_alloc(hooks, sizeof *c);
    tlsn_status st;

    *out = NULL;
    if (!c)
        return TLSN_ERR_NO_MEMORY;
    if (hooks)
        c->hooks = *hooks;
    if (pthread_mutex_init(&c->freezing, NULL) != 0) {
        tlsni_free(hooks, c);
        return TLSN_ERR_NO_MEMORY;
    }
    atomic_init(&c->references, 1);
    c->hs.limits = tlsni_default_limits;
    c->hs.features = bit(TLSN_FEATURE_EMS) | bit(TLSN_FEATURE_ETM) | bit(TLSN_FEATURE_TICKETS) |
                     bit(TLSN_FEATURE_SESSION_IDS) |
                     bit(TLSN_FEATURE_REQUIRE_SECURE_RENEGOTIATION) |
                     bit(TLSN_FEATURE_KEEP_PEER_LEAF) | bit(TLSN_FEATURE_HIDE_UNKNOWN_PSK) |
                     bit(TLSN_FEATURE_COMPAT_MODE);
    c->hs.record_size_limit = TLSNI_RECORD_PLAIN_MAX;
    c->hs.ticket_count = TICKETS;
    c->hs.early_window_ms = TLSNI_EARLY_WINDOW_MS;
    c->send_authorities = true;
    st = tlsn_config_set_policy(c, "default");
    if (st != TLSN_OK) {
        tlsn_config_free(c);
        return st;
    }
    *out = c;
    return TLSN_OK;
}

tlsn_config *tlsn_config_ref(tlsn_config *config)
{
    if (config)
        atomic_fetch_add(&config->references, 1);
    return config;
}

void tlsn_config_free(tlsn_config *c)
{
    struct tlsn_hooks env;

    if (!c || atomic_fetch_sub(&c->references, 1) != 1)
        return;
    env = c->hooks;
    for (size_t i = 0; i < c->hs.credential_count; i++)
        tlsn_credential_free(c->credentials[i]);
    tlsni_config_drop_psks(c);
    tlsni_config_drop_srp(c);
    tlsni_free(&env, c->credentials);
    tlsni_name_index_free(&c->hs.names, &env);
    tlsn_credential_source_free(c->source);
    tlsni_free(&env, c->suites);
    tlsni_free(&env, c->groups);
    tlsni_free(&env, c->key_shares);
    tlsni_free(&env, c->sigalgs);
    tlsni_free(&env, c->sigalgs_cert);
    tlsni_free(&env, c->cert_compressions);
    tlsni_free(&env, c->delegated_schemes);
    tlsni_free(&env, c->srtp);
    tlsni_free(&env, c->alpn);
    tlsni_free(&env, c->server_names);
    tlsni_buf_free(&env, &c->authorities);
    tlsni_buf_free(&env, &c->peer_keys);
    tlsni_buf_free(&env, &c->pins);
    tlsni_buf_free(&env, &c->trusted_cas);
    tlsni_buf_free(&env, &c->oid_filters);
    tlsni_buf_free(&env, &c->user_mapping);
    tlsni_buf_free(&env, &c->authz);
    tlsni_buf_free(&env, &c->dh);
    tlsn_trust_free(c->trust);
    tlsni_verify_options_drop(&c->verify_options, &env);
    tlsn_session_cache_free(c->cache);
    tlsn_replay_guard_free(c->replay_guard);
    (void)pthread_mutex_destroy(&c->freezing);
    tlsni_free_secret(&env, c, sizeof *c); /* @rfc 9325:3.4/5 ticket keys follow from what is in it */
}

tlsn_status tlsn_config_set_versions(tlsn_config *c, uint16_t min, uint16_t max)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (!tlsni_version_overlap(min, min, TLSN_SSL3, max))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "lowest version is above the highest");
    if (!tlsni_version_select(min, max, max))
        return tlsni_config_fail(c, TLSN_ERR_NOT_IMPLEMENTED,
                                 "none of the versions 0x%04x to 0x%04x is implemented", min, max);
    c->hs.version_min = min;
    c->hs.version_max = max;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_client_preference(tlsn_config *c, bool on)
{
    tlsn_status st = tlsni_config_open(c);

    if (st == TLSN_OK)
        c->hs.client_preference = on;
    return st;
}

tlsn_status tlsn_config_add_credential(tlsn_config *c, tlsn_credential *credential)
{
    tlsn_status st = tlsni_config_open(c);
    size_t n;
    tlsn_credential **grown;

    if (st != TLSN_OK)
        return st;
    if (!credential)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "no credential given");
    if (credential->delegated_bytes)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT,
                                 "a delegated credential goes with the certificate that signed it");
    n = c->hs.credential_count;
    if (n == c->credential_cap) {
        grown = tlsni_alloc_array(&c->hooks, n + 4, sizeof *grown);
        if (!grown)
            return TLSN_ERR_NO_MEMORY;
        if (n)
            memcpy(grown, c->credentials, n * sizeof *grown);
        tlsni_free(&c->hooks, c->credentials);
        c->credentials = grown;
        c->credential_cap = n + 4;
    }
    c->credentials[n] = tlsn_credential_ref(credential);
    c->hs.credential_count = n + 1;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_trust(tlsn_config *c, tlsn_trust *trust)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    trust = trust ? tlsn_trust_ref(trust) : NULL;
    tlsn_trust_free(c->trust);
    c->trust = trust;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_verify_options(tlsn_config *c,
                                           const struct tlsn_verify_options *options)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    st = tlsni_verify_options_keep(&c->verify_options, options, &c->hooks);
    return st == TLSN_OK ? st : tlsni_config_fail(c, st, "verification options");
}

bool tlsni_config_asks_staple(const tlsn_config *c, enum tlsn_role role)
{
    return role == TLSN_CLIENT && (tlsni_hs_feature(&c->hs, TLSN_FEATURE_OCSP) ||
                                   tlsni_hs_feature(&c->hs, TLSN_FEATURE_OCSP_MULTI));
}

tlsn_status tlsn_config_set_verify_mode(tlsn_config *c, enum tlsn_verify_mode mode)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (mode > TLSN_VERIFY_INSECURE_NONE)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "no such verify mode");
    c->verify_mode = mode;
    c->hs.insecure_no_verify = mode == TLSN_VERIFY_INSECURE_NONE;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_client_auth(tlsn_config *c, enum tlsn_client_auth mode)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (mode > TLSN_CLIENT_AUTH_REQUIRE)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "no such client authentication mode");
    c->hs.client_auth = mode;
    return TLSN_OK;
}

/* @rfc 5746:5/2 */
tlsn_status tlsn_config_set_renegotiation(tlsn_config *c, enum tlsn_renegotiation mode)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (mode > TLSN_RENEGOTIATION_INSECURE_LEGACY)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "no such renegotiation mode");
    c->renegotiation = mode;
    return TLSN_OK;
}

/* Setters of one flag each. */
static tlsn_status set_flag(tlsn_config *c, bool *flag, bool on)
{
    tlsn_status st = tlsni_config_open(c);

    if (st == TLSN_OK)
        *flag = on;
    return st;
}

tlsn_status tlsn_config_set_send_authorities(tlsn_config *c, bool on)
{
    return set_flag(c, &c->send_authorities, on);
}

tlsn_status tlsn_config_set_credential_suspend(tlsn_config *c, bool on)
{
    return set_flag(c, &c->credential_suspend, on);
}

tlsn_status tlsn_config_set_session_suspend(tlsn_config *c, bool on)
{
    return set_flag(c, &c->session_suspend, on);
}

tlsn_status tlsn_config_set_feature(tlsn_config *c, enum tlsn_feature feature, bool on)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (feature < TLSN_FEATURE_EMS || feature >= TLSN_FEATURE_COUNT)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "no such feature");
    c->hs.features = (c->hs.features & ~bit(feature)) | (on ? bit(feature) : 0);
    return TLSN_OK;
}

#define TAKE(field) \
    if (given->field) \
        l.field = given->field

/* @rfc 8446:4.6.1/1 */
tlsn_status tlsn_config_set_limits(tlsn_config *c, const struct tlsn_limits *given)
{
    tlsn_status st = tlsni_config_open(c);
    struct tlsn_limits l = tlsni_default_limits;

    if (st != TLSN_OK)
        return st;
    TAKE(message_max);
    TAKE(chain_max);
    TAKE(empty_records);
    TAKE(warnings);
    TAKE(requests);
    TAKE(pending_max);
    TAKE(dh_bits_min);
    TAKE(urls);
    TAKE(session_seconds);
    TAKE(renegotiations);
    TAKE(psk_identity_max);
    TAKE(delegated_seconds);
    if (l.psk_identity_max < PSK_IDENTITY_LEAST || l.psk_identity_max > TLSNI_PSK_MAX)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "identities of %d bytes have to be taken",
                                 PSK_IDENTITY_LEAST);
    if (l.session_seconds > SESSION_SECONDS_MAX)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "sessions may live for %d seconds at most",
                                 SESSION_SECONDS_MAX);
    if (l.urls > TLSNI_URLS_MAX)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "%d URLs at most can be fetched",
                                 TLSNI_URLS_MAX);
    c->hs.limits = l;
    return TLSN_OK;
}

/* A name, or a file of parameters. */
static tlsn_status read_group(tlsn_config *c, struct tlsn_span data, struct tlsni_dh_params *dh,
                              struct tlsni_buf *keep)
{
    const struct tlsni_group *named = tlsni_group_by_name((const char *)data.data, data.len);
    struct tlsni_err err = { 0 };
    tlsn_status st;

    if (named) {
        *dh = tlsni_dh_params_of(named);
        return dh->p.len ? TLSN_OK
                         : tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "%s is no finite-field group",
                                             named->name);
    }
    st = tlsni_dh_params_read(dh, keep, &c->hooks, data, &err);
    return st == TLSN_OK ? st : tlsni_config_fail(c, st, "%s", err.text);
}

tlsn_status tlsn_config_set_dh_group(tlsn_config *c, const void *data, size_t len)
{
    tlsn_status st = tlsni_config_open(c);
    struct tlsni_buf keep = { 0 };
    struct tlsni_dh_params dh;

    if (st != TLSN_OK)
        return st;
    if (!data && len)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "no group given");
    st = read_group(c, tlsni_span_make(data ? data : "", len), &dh, &keep);
    if (st != TLSN_OK) {
        tlsni_buf_free(&c->hooks, &keep);
        return st;
    }
    tlsni_buf_free(&c->hooks, &c->dh);
    c->dh = keep;
    c->hs.dh = dh;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_insecure_rsa_export_bits(tlsn_config *c, unsigned bits)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (bits && (bits < 512 || bits > 1024))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "temporary RSA keys have 512 to 1024 bits, "
                                 "not %u", bits);
    c->hs.rsa_export_bits = bits;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_tickets(tlsn_config *c, unsigned count)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (count > TLSNI_TICKETS_MAX)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "%d tickets at most, not %u",
                                 TLSNI_TICKETS_MAX, count);
    c->hs.ticket_count = (uint8_t)count;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_ticket_request(tlsn_config *c, unsigned full, unsigned resumed)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (full > UINT8_MAX || resumed > UINT8_MAX)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "%d tickets at most can be asked for",
                                 UINT8_MAX);
    c->hs.asks_tickets = true;
    c->hs.tickets_asked[0] = (uint8_t)full;
    c->hs.tickets_asked[1] = (uint8_t)resumed;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_record_padding(tlsn_config *c, size_t bytes)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (bytes > TLSNI_RECORD_PLAIN_MAX)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "records hold %d bytes at most",
                                 TLSNI_RECORD_PLAIN_MAX);
    c->hs.record_pad = (uint16_t)bytes;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_ticket_secret(tlsn_config *c, const uint8_t secret[32])
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    memcpy(c->hs.ticket_secret, secret, 32);
    c->ticket_secret_set = true;
    return TLSN_OK;
}

tlsn_status tlsn_config_add_ticket_secret(tlsn_config *c, const uint8_t secret[32])
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (c->hs.old_ticket_secrets == TLSNI_OLD_SECRETS)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "%d further ticket secrets at most",
                                 TLSNI_OLD_SECRETS);
    memcpy(c->hs.old_ticket_secret[c->hs.old_ticket_secrets++], secret, 32);
    return TLSN_OK;
}

tlsn_status tlsn_config_set_session_cache(tlsn_config *c, tlsn_session_cache *cache)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    cache = cache ? tlsn_session_cache_ref(cache) : NULL;
    tlsn_session_cache_free(c->cache);
    c->cache = cache;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_callbacks(tlsn_config *c, const struct tlsn_callbacks *callbacks)
{
    tlsn_status st = tlsni_config_open(c);

    if (st == TLSN_OK)
        c->callbacks = *callbacks;
    return st;
}
