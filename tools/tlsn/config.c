/* config.c - a configuration by the options. */
#include "beside.h"
#include "io.h"
#include "delegated.h"
#include "rawkeys.h"
#include "setup.h"
#include "token.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

enum { TICKET_SECRET = 32 };

int setup_complain(const tlsn_config *config, const char *what, tlsn_status st)
{
    const char *text = tlsn_config_error(config);

    return complain(STATUS_USAGE, "%s: %s", what, *text ? text : tlsn_status_text(st));
}

int64_t setup_timeout(const struct number *timeout, int64_t otherwise)
{
    if (!timeout->set)
        return otherwise;
    return timeout->value ? timeout->value : -1;
}

/* One write for a line: several threads and processes may share the file. */
static void key_log(void *ctx, const tlsn_conn *conn, const char *line)
{
    const struct setup *setup = tlsn_conn_user(conn);
    char text[512];
    int len = snprintf(text, sizeof text, "%s\n", line);

    (void)ctx;
    if (setup && setup->keylog_fd >= 0 && len > 0 && (size_t)len < sizeof text)
        (void)io_write_all(setup->keylog_fd, text, (size_t)len);
    memset(text, 0, sizeof text);
}

/* ---- versions ---- */

static uint16_t policy_bound(const char *policy, bool max)
{
    struct tlsn_policy_info info;

    for (size_t i = 0; tlsn_policy_info(i, &info); i++)
        if (strcmp(info.name, policy ? policy : "default") == 0)
            return tlsn_version_number(max ? info.max_version : info.min_version);
    return TLSN_TLS1_2;
}

static int version_option(uint16_t *out, const char *option, const char *name)
{
    if (!name)
        return STATUS_OK;
    *out = tlsn_version_number(name);
    if (!*out)
        return complain(STATUS_USAGE, "%s: '%s' is not a version (see tlsn list versions)", option,
                        name);
    return STATUS_OK;
}

/* With one bound given, the other one is the policy's, moved out of the way if need be. */
static int set_versions(tlsn_config *config, const struct options *o)
{
    uint16_t min = policy_bound(o->policy, false), max = policy_bound(o->policy, true);
    tlsn_status st;

    if (!o->min_version && !o->max_version)
        return STATUS_OK;
    if (version_option(&min, "--min-version", o->min_version) != STATUS_OK ||
        version_option(&max, "--max-version", o->max_version) != STATUS_OK)
        return STATUS_USAGE;
    if (!o->max_version && max < min)
        max = min;
    if (!o->min_version && min > max)
        min = max;
    st = tlsn_config_set_versions(config, min, max);
    if (st != TLSN_OK)
        return setup_complain(config, o->max_version ? "--max-version" : "--min-version", st);
    return STATUS_OK;
}

/* ---- lists and features ---- */

static int set_text(tlsn_config *config, const char *option, const char *value,
                    tlsn_status (*set)(tlsn_config *config, const char *value))
{
    tlsn_status st = value ? set(config, value) : TLSN_OK;

    return st == TLSN_OK ? STATUS_OK : setup_complain(config, option, st);
}

static int set_feature(tlsn_config *config, enum tlsn_feature feature, bool on)
{
    tlsn_status st = tlsn_config_set_feature(config, feature, on);

    return st == TLSN_OK ? STATUS_OK : setup_complain(config, "configuration", st);
}

static int set_negotiation(tlsn_config *config, const struct options *o)
{
    int status = set_text(config, "--policy", o->policy, tlsn_config_set_policy);

    if (status == STATUS_OK)
        status = set_versions(config, o);
    if (status == STATUS_OK)
        status = set_text(config, "--suites", o->suites, tlsn_config_set_suites);
    if (status == STATUS_OK)
        status = set_text(config, "--groups", o->groups, tlsn_config_set_groups);
    if (status == STATUS_OK)
        status = set_text(config, "--key-shares", o->key_shares, tlsn_config_set_key_shares);
    if (status == STATUS_OK)
        status = set_text(config, "--sigalgs", o->sigalgs, tlsn_config_set_sigalgs);
    if (status == STATUS_OK)
        status = set_text(config, "--sigalgs-cert", o->sigalgs_cert, tlsn_config_set_sigalgs_cert);
    if (status == STATUS_OK)
        status = set_text(config, "--cert-compression", o->cert_compression,
                          tlsn_config_set_cert_compression);
    if (status == STATUS_OK)
        status = set_text(config, "--delegated", o->delegated, tlsn_config_set_delegated);
    if (status == STATUS_OK)
        status = set_text(config, "--alpn", o->alpn, tlsn_config_set_alpn);
    return status;
}

static int set_compression(tlsn_config *config, const struct options *o)
{
    char all[64] = "";
    const char *list = o->compress_methods;

    for (size_t i = 0; !list && o->compress && *tlsn_compression_name(i); i++) {
        size_t at = strlen(all);

        (void)snprintf(all + at, sizeof all - at, "%s%s", i ? "," : "", tlsn_compression_name(i));
    }
    return set_text(config, "--compress", list ? list : all, tlsn_config_set_insecure_compression);
}

static int set_renegotiation(tlsn_config *config, const char *mode)
{
    enum tlsn_renegotiation value = TLSN_RENEGOTIATION_NONE;
    tlsn_status st;

    if (mode && strcmp(mode, "secure") == 0)
        value = TLSN_RENEGOTIATION_SECURE;
    if (mode && strcmp(mode, "legacy") == 0)
        value = TLSN_RENEGOTIATION_INSECURE_LEGACY;
    st = tlsn_config_set_renegotiation(config, value);
    if (st == TLSN_OK && value == TLSN_RENEGOTIATION_INSECURE_LEGACY)
        st = tlsn_config_set_feature(config, TLSN_FEATURE_REQUIRE_SECURE_RENEGOTIATION, false);
    return st == TLSN_OK ? STATUS_OK : setup_complain(config, "--renegotiation", st);
}

/* Flags that turn a feature on or off. */
static const struct {
    size_t flag; /* of the bool in struct options */
    enum tlsn_feature feature;
    bool on;
} features[] = {
    { offsetof(struct options, no_ems), TLSN_FEATURE_EMS, false },
    { offsetof(struct options, no_etm), TLSN_FEATURE_ETM, false },
    { offsetof(struct options, ssl2_hello), TLSN_FEATURE_INSECURE_SSL2_HELLO, true },
    { offsetof(struct options, no_tickets), TLSN_FEATURE_TICKETS, false },
    { offsetof(struct options, stateful_tickets), TLSN_FEATURE_STATEFUL_TICKETS, true },
    { offsetof(struct options, renew_tickets), TLSN_FEATURE_RENEW_TICKETS, true },
    { offsetof(struct options, no_session_cache), TLSN_FEATURE_SESSION_IDS, false },
    { offsetof(struct options, retry_cookie), TLSN_FEATURE_RETRY_COOKIE, true },
    { offsetof(struct options, no_compat_mode), TLSN_FEATURE_COMPAT_MODE, false },
    { offsetof(struct options, psk_ke), TLSN_FEATURE_INSECURE_PSK_KE, true },
    { offsetof(struct options, psk_with_cert), TLSN_FEATURE_CERT_WITH_PSK, true },
    { offsetof(struct options, truncated_hmac), TLSN_FEATURE_TRUNCATED_HMAC, true },
    { offsetof(struct options, sni_warning), TLSN_FEATURE_SNI_WARNING, true },
    { offsetof(struct options, sni_fatal), TLSN_FEATURE_SNI_FATAL, true },
    { offsetof(struct options, require_names), TLSN_FEATURE_REQUIRE_NAMES, true },
    { offsetof(struct options, grease), TLSN_FEATURE_GREASE, true },
    { offsetof(struct options, post_handshake_auth), TLSN_FEATURE_POST_HANDSHAKE_AUTH, true },
    { offsetof(struct options, client_auth_after), TLSN_FEATURE_POST_HANDSHAKE_AUTH, true },
    { offsetof(struct options, insecure_dh_primes), TLSN_FEATURE_INSECURE_DH_PRIMES, true },
    { offsetof(struct options, strict_chains), TLSN_FEATURE_STRICT_CHAINS, true },
    { offsetof(struct options, answer_close), TLSN_FEATURE_ANSWER_CLOSE, true },
};

static int set_features(tlsn_config *config, const struct options *o)
{
    int status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < sizeof features / sizeof *features; i++)
        if (*(const bool *)((const char *)o + features[i].flag))
            status = set_feature(config, features[i].feature, features[i].on);
    if (o->exporter && status == STATUS_OK)
        status = set_feature(config, TLSN_FEATURE_EXPORTER, true);
    /* A certificate that was named is shown to whoever comes: a weak one is there to see what they say. */
    if (!o->strict_chains && status == STATUS_OK)
        status = set_feature(config, TLSN_FEATURE_INSECURE_CHAINS, true);
    if (o->take_user_mapping && status == STATUS_OK && beside_take(config) != TLSN_OK)
        status = complain(STATUS_USAGE, "--take-user-mapping: %s", tlsn_config_error(config));
    if (status == STATUS_OK)
        status = set_renegotiation(config, o->renegotiation);
    return status;
}

static int set_size(tlsn_config *config, const char *option, const struct number *n,
                    tlsn_status (*set)(tlsn_config *config, size_t bytes))
{
    tlsn_status st = n->set ? set(config, (size_t)n->value) : TLSN_OK;

    return st == TLSN_OK ? STATUS_OK : setup_complain(config, option, st);
}

static int set_heartbeat(tlsn_config *config)
{
    tlsn_status st = tlsn_config_set_heartbeat(config, TLSN_HEARTBEAT_ANSWER);

    return st == TLSN_OK ? STATUS_OK : setup_complain(config, "--heartbeat", st);
}

static tlsn_status set_ticket_count(tlsn_config *config, size_t count)
{
    return tlsn_config_set_tickets(config, count < UINT_MAX ? (unsigned)count : UINT_MAX);
}

static tlsn_status ask_tickets(tlsn_config *config, size_t count)
{
    return tlsn_config_set_ticket_request(config, count < UINT_MAX ? (unsigned)count : UINT_MAX, 1);
}

static tlsn_status set_early_data(tlsn_config *config, size_t bytes)
{
    return tlsn_config_set_early_data_max(config, bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX);
}

static int set_sizes(tlsn_config *config, const struct options *o)
{
    int status = set_size(config, "--record-size-limit", &o->record_size_limit,
                          tlsn_config_set_record_size_limit);

    if (status == STATUS_OK && o->heartbeat)
        status = set_heartbeat(config);
    if (status == STATUS_OK)
        status = set_size(config, "--max-fragment-length", &o->max_fragment_length,
                          tlsn_config_set_max_fragment_length);
    if (status == STATUS_OK)
        status = set_size(config, "--record-padding", &o->record_padding,
                          tlsn_config_set_record_padding);
    if (status == STATUS_OK)
        status = set_size(config, "--tickets", &o->tickets, set_ticket_count);
    if (status == STATUS_OK)
        status = set_size(config, "--ticket-request", &o->ticket_request, ask_tickets);
    if (status == STATUS_OK)
        status = set_size(config, "--early-data-max", &o->early_data_max, set_early_data);
    return status == STATUS_OK
               ? set_size(config, "--padding", &o->padding, tlsn_config_set_hello_padding)
               : status;
}

/* ---- credentials ---- */

/* Which of the two files it is about is only known after a look at the key alone. */
static tlsn_status blame_key(const struct setup *setup, const struct blob *secret, tlsn_status st)
{
    tlsn_key *key = NULL;

    if (st == TLSN_ERR_PEM && tlsn_key_read_unlocked(&key, secret->data, secret->len,
                                                     &setup->unlock, NULL) != TLSN_OK)
        st = TLSN_ERR_KEY;
    tlsn_key_free(key);
    return st;
}

static int credential_complain(const char *cert, const char *key, tlsn_status st)
{
    switch (st) {
    case TLSN_ERR_KEY_MISMATCH:
        return complain(STATUS_USAGE, "--key %s: does not belong to the certificate in %s", key,
                        cert);
    case TLSN_ERR_KEY_ENCRYPTED:
        return complain(STATUS_USAGE, "--key %s: %s (give --password-file)", key,
                        tlsn_status_text(st));
    case TLSN_ERR_KEY:
    case TLSN_ERR_PASSWORD:
    case TLSN_ERR_KEY_COST:
        return complain(STATUS_USAGE, "--key %s: %s", key, tlsn_status_text(st));
    default:
        return complain(STATUS_USAGE, "--cert %s: %s", cert, tlsn_status_text(st));
    }
}

/* The files may be one and the same. */
static int read_credential(tlsn_credential **out, struct setup *setup, const char *cert,
                           const char *key)
{
    struct blob chain, secret = { 0 };
    bool one = strcmp(cert, key) == 0;
    int status = io_read_file(&chain, "--cert", cert);
    tlsn_status st;

    if (status == STATUS_OK && !one)
        status = io_read_file(&secret, "--key", key);
    if (status == STATUS_OK) {
        st = tlsn_credential_new_unlocked(out, chain.data, chain.len, secret.data, secret.len,
                                          &setup->unlock, &setup->hooks);
        if (st != TLSN_OK)
            status = credential_complain(cert, key,
                                         blame_key(setup, one ? &chain : &secret, st));
    }
    io_blob_free(&chain);
    io_blob_free(&secret);
    return status;
}

/* A leaf alone may be issued by a root that all peers have: nothing to speak of. */
static void tell_findings(const char *cert, const tlsn_credential *credential)
{
    unsigned findings = tlsn_credential_findings(credential);

    if (!(findings & TLSN_CHAIN_UNRELATED))
        findings &= ~(unsigned)TLSN_CHAIN_INCOMPLETE;
    for (unsigned bit = 1; bit <= TLSN_CHAIN_UNSTAPLED; bit *= 2)
        if (findings & bit && bit != TLSN_CHAIN_WITH_ROOT)
            note("warning: --cert %s: %s", cert,
                 tlsn_chain_finding_text((enum tlsn_chain_finding)bit));
}

/* i: the pair's place among --cert and --key; SIZE_MAX when it is none of them. */
static int add_credential(tlsn_config *config, struct setup *setup, const struct options *o,
                          const char *cert, const char *key, size_t i, bool delegated[LIST_MAX])
{
    tlsn_credential *credential = NULL;
    tlsn_status st;
    int status;

    status = token_is_uri(key) ? token_credential(&credential, setup, o, cert, "--key", key)
                               : read_credential(&credential, setup, cert, key);
    if (status == STATUS_OK && i != SIZE_MAX)
        status = beside_attach(credential, o, i);
    if (status == STATUS_OK)
        status = delegated_attach(credential, setup, o, delegated);
    if (status == STATUS_OK) {
        tell_findings(cert, credential);
        st = tlsn_config_add_credential(config, credential);
        if (st != TLSN_OK)
            status = setup_complain(config, "--cert", st);
    }
    tlsn_credential_free(credential);
    return status;
}

static int add_credentials(tlsn_config *config, struct setup *setup, const struct options *o,
                           const struct list *certs, const struct list *keys)
{
    bool own = certs == &o->certs, delegated[LIST_MAX] = { false };
    int status = STATUS_OK;

    if (keys->n > certs->n && !(o->rpk && own))
        return complain(STATUS_USAGE, "--key %s: there is no --cert for it", keys->v[certs->n]);
    for (size_t i = 0; status == STATUS_OK && i < certs->n; i++)
        status = add_credential(config, setup, o, certs->v[i],
                                i < keys->n ? keys->v[i] : certs->v[i], own ? i : SIZE_MAX, delegated);
    if (status == STATUS_OK && own && !o->vhosts.n)
        status = delegated_check(o, delegated);
    for (size_t i = certs->n; status == STATUS_OK && i < keys->n; i++)
        status = rawkeys_add(config, setup, keys->v[i]);
    return status;
}

/* ---- verification and server settings ---- */

static tlsn_status add_trusted_ca(void *ctx, struct tlsn_span der)
{
    return tlsn_config_add_trusted_ca(ctx, TLSN_CA_CERT_SHA1, der.data, der.len);
}

static int add_trusted_cas(tlsn_config *config, const struct list *paths)
{
    for (size_t i = 0; i < paths->n; i++) {
        struct blob file;
        tlsn_status st;

        if (io_read_file(&file, "--trusted-ca", paths->v[i]) != STATUS_OK)
            return STATUS_USAGE;
        st = tlsn_pem_each(file.data, file.len, add_trusted_ca, config);
        io_blob_free(&file);
        if (st != TLSN_OK)
            return complain(STATUS_USAGE, "--trusted-ca %s: %s", paths->v[i], tlsn_status_text(st));
    }
    return STATUS_OK;
}

static int add_pins(tlsn_config *config, const struct options *o)
{
    tlsn_status st = TLSN_OK;

    for (size_t i = 0; i < o->pins.n; i++) {
        enum tlsn_pin_of of;
        uint8_t sha256[32];

        st = tlsn_pin_read(o->pins.v[i], &of, sha256);
        if (st == TLSN_OK)
            st = tlsn_config_add_pin(config, of, sha256);
        if (st != TLSN_OK)
            return complain(STATUS_USAGE, "--pin %s: is no hash (sha256:HEX, sha256//BASE64, "
                            "cert-sha256:HEX)", o->pins.v[i]);
    }
    if (o->pin_only && !o->pins.n)
        return complain(STATUS_USAGE, "--pin-only: needs --pin");
    if (o->pin_only)
        st = tlsn_config_set_pin_mode(config, TLSN_PIN_INSTEAD);
    return st == TLSN_OK ? STATUS_OK : setup_complain(config, "--pin-only", st);
}

static int add_oid_filters(tlsn_config *config, const struct list *filters)
{
    tlsn_status st = TLSN_OK;

    for (size_t i = 0; st == TLSN_OK && i < filters->n; i++)
        st = tlsn_config_add_oid_filter_text(config, filters->v[i]);
    return st == TLSN_OK ? STATUS_OK : setup_complain(config, "--oid-filter", st);
}

static int set_verification(tlsn_config *config, struct setup *setup, const struct options *o)
{
    const struct tlsn_verify_options judging = setup_verify_options(setup, o);
    tlsn_status st = tlsn_config_set_verify_options(config, &judging);

    if (st == TLSN_OK && setup->trust)
        st = tlsn_config_set_trust(config, setup->trust);
    if (st == TLSN_OK && o->no_verify)
        st = tlsn_config_set_verify_mode(config, TLSN_VERIFY_INSECURE_NONE);
    if (st == TLSN_OK && o->client_auth)
        st = tlsn_config_set_client_auth(config, strcmp(o->client_auth, "require") == 0
                                                     ? TLSN_CLIENT_AUTH_REQUIRE
                                                 : strcmp(o->client_auth, "request") == 0
                                                     ? TLSN_CLIENT_AUTH_REQUEST
                                                     : TLSN_CLIENT_AUTH_NONE);
    if (st == TLSN_OK && o->client_preference)
        st = tlsn_config_set_client_preference(config, true);
    return st == TLSN_OK ? STATUS_OK : setup_complain(config, "configuration", st);
}

/* A name first; whatever else it is has to be a file. */
static int set_dh_group(tlsn_config *config, const char *name)
{
    struct blob file;
    tlsn_status st;

    if (!name || tlsn_config_set_dh_group(config, name, strlen(name)) == TLSN_OK)
        return STATUS_OK;
    if (io_read_file(&file, "--dh-group", name) != STATUS_OK)
        return STATUS_USAGE;
    st = tlsn_config_set_dh_group(config, file.data, file.len);
    io_blob_free(&file);
    return st == TLSN_OK ? STATUS_OK : setup_complain(config, "--dh-group", st);
}

static int set_export(tlsn_config *config, const struct options *o)
{
    tlsn_status st = TLSN_OK;

    if (o->rsa_export_bits.set)
        st = tlsn_config_set_insecure_rsa_export_bits(config, o->rsa_export_bits.value > 99999
                                                                  ? 99999
                                                                  : (unsigned)o->rsa_export_bits.value);
    return st == TLSN_OK ? set_dh_group(config, o->dh_group)
                         : setup_complain(config, "--rsa-export-bits", st);
}

static int set_ticket_secret(tlsn_config *config, const char *path, bool first)
{
    uint8_t secret[TICKET_SECRET];
    struct blob file;
    size_t len = 0;
    tlsn_status st;
    int status = io_read_file(&file, "--ticket-key", path);

    if (status != STATUS_OK)
        return status;
    if (file.len == sizeof secret) {
        memcpy(secret, file.data, sizeof secret);
        len = sizeof secret;
    } else if (!setup_hex(secret, sizeof secret, &len, (const char *)file.data, file.len)) {
        len = 0;
    }
    io_blob_free(&file);
    if (len != sizeof secret)
        return complain(STATUS_USAGE,
                        "--ticket-key %s: is neither 32 bytes nor 64 hexadecimal digits", path);
    st = first ? tlsn_config_set_ticket_secret(config, secret)
               : tlsn_config_add_ticket_secret(config, secret);
    memset(secret, 0, sizeof secret);
    return st == TLSN_OK ? STATUS_OK : setup_complain(config, "--ticket-key", st);
}

static int set_ticket_secrets(tlsn_config *config, const struct list *paths)
{
    int status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < paths->n; i++)
        status = set_ticket_secret(config, paths->v[i], i == 0);
    return status;
}

static int set_callbacks(tlsn_config *config, const struct setup *setup,
                         const struct tlsn_callbacks *given)
{
    struct tlsn_callbacks callbacks = { 0 };
    tlsn_status st;

    if (given)
        callbacks = *given;
    if (setup->keylog_fd >= 0)
        callbacks.key_log = key_log;
    st = tlsn_config_set_callbacks(config, &callbacks);
    return st == TLSN_OK ? STATUS_OK : setup_complain(config, "configuration", st);
}

int setup_config(tlsn_config **out, struct setup *setup, const struct options *options,
                 const struct list *certs, const struct list *keys,
                 const struct tlsn_callbacks *callbacks)
{
    tlsn_status st = tlsn_config_new(out, &setup->hooks);
    int status;

    if (st != TLSN_OK)
        return complain(STATUS_USAGE, "%s", tlsn_status_text(st));
    status = set_negotiation(*out, options);
    if (status == STATUS_OK)
        status = set_features(*out, options);
    if (status == STATUS_OK)
        status = set_sizes(*out, options);
    if (status == STATUS_OK)
        status = set_compression(*out, options);
    if (status == STATUS_OK)
        status = add_credentials(*out, setup, options, certs, keys);
    if (status == STATUS_OK)
        status = setup_psks(*out, setup, options);
    if (status == STATUS_OK)
        status = setup_srp(*out, options);
    if (status == STATUS_OK)
        status = set_verification(*out, setup, options);
    if (status == STATUS_OK)
        status = add_pins(*out, options);
    if (status == STATUS_OK)
        status = add_oid_filters(*out, &options->oid_filters);
    if (status == STATUS_OK)
        status = rawkeys_set(*out, options);
    if (status == STATUS_OK)
        status = add_trusted_cas(*out, &options->trusted_cas);
    if (status == STATUS_OK)
        status = set_ticket_secrets(*out, &options->ticket_keys);
    if (status == STATUS_OK)
        status = set_export(*out, options);
    if (status == STATUS_OK)
        status = set_callbacks(*out, setup, callbacks);
    if (status == STATUS_OK)
        return STATUS_OK;
    tlsn_config_free(*out);
    *out = NULL;
    return status;
}
