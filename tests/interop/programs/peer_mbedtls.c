/* peer_mbedtls.c - Mbed TLS 2.28 behind the commands of tests/interop/driver.py. */
#include "peer.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/dhm.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cache.h>
#include <mbedtls/ssl_ciphersuites.h>
#include <mbedtls/ssl_ticket.h>
#include <mbedtls/version.h>

static struct {
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context rng;
    mbedtls_x509_crt ca, own;
    mbedtls_pk_context key;
    mbedtls_ssl_config config;
    mbedtls_ssl_cache_context cache;
    mbedtls_ssl_ticket_context tickets;
    mbedtls_ssl_session session;
    mbedtls_ssl_context ssl;
    mbedtls_net_context net;
    int suites[2];
    mbedtls_ecp_group_id groups[2];
    int hashes[2];
    const char *alpn[8];
    char alpn_text[128];
    bool have_session;
} p;

static const struct {
    const char *name;
    int minor;
} versions[] = { { "tls1.0", 1 }, { "tls1.1", 2 }, { "tls1.2", 3 } };

static const struct {
    const char *name;
    mbedtls_ecp_group_id id;
} groups[] = {
    { "secp192r1", MBEDTLS_ECP_DP_SECP192R1 }, { "secp224r1", MBEDTLS_ECP_DP_SECP224R1 },
    { "secp256r1", MBEDTLS_ECP_DP_SECP256R1 }, { "secp384r1", MBEDTLS_ECP_DP_SECP384R1 },
    { "secp521r1", MBEDTLS_ECP_DP_SECP521R1 }, { "secp256k1", MBEDTLS_ECP_DP_SECP256K1 },
    { "brainpoolP256r1", MBEDTLS_ECP_DP_BP256R1 }, { "brainpoolP384r1", MBEDTLS_ECP_DP_BP384R1 },
    { "brainpoolP512r1", MBEDTLS_ECP_DP_BP512R1 }, { "x25519", MBEDTLS_ECP_DP_CURVE25519 },
};

static void peer_can(void)
{
    char version[18];
    mbedtls_version_get_string(version);
    printf("{\"title\": \"Mbed TLS %s\", \"versions\": [\"tls1.0\", \"tls1.1\", \"tls1.2\"], \"groups\": [", version);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        printf("%s\"%s\"", i ? ", " : "", groups[i].name);
    printf("], \"suites\": [");
    for (const int *s = mbedtls_ssl_list_ciphersuites(); *s; s++)
        printf("%s%d", s == mbedtls_ssl_list_ciphersuites() ? "" : ", ", *s);
    printf("], \"certs\": [\"rsa\", \"p256\", \"p384\", \"p521\", \"ecdh-rsa\", \"ecdh-ecdsa\"], "
           "\"features\": [\"alpn\", \"client-cert\", \"ems\", \"etm\", \"resume-id\", \"resume-ticket\", \"verify\", "
           "\"hangs-up\", \"truncated-hmac\", \"legacy-resume\", \"renegotiate-client\", \"renegotiate-server\"]}\n");
}

static void set_version(const char *name)
{
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        if (name && !strcmp(versions[i].name, name)) {
            mbedtls_ssl_conf_min_version(&p.config, 3, versions[i].minor);
            mbedtls_ssl_conf_max_version(&p.config, 3, versions[i].minor);
        }
    }
}

static void set_group(const char *name)
{
    for (size_t i = 0; name && i < sizeof groups / sizeof *groups; i++) {
        if (!strcmp(groups[i].name, name)) {
            p.groups[0] = groups[i].id;
            mbedtls_ssl_conf_curves(&p.config, p.groups);
        }
    }
}

static void set_alpn(const char *list)
{
    char *mark;
    int n = 0;
    if (!list)
        return;
    snprintf(p.alpn_text, sizeof p.alpn_text, "%s", list);
    for (char *one = strtok_r(p.alpn_text, ",", &mark); one && n < 7; one = strtok_r(NULL, ",", &mark))
        p.alpn[n++] = one;
    p.alpn[n] = NULL;
    mbedtls_ssl_conf_alpn_protocols(&p.config, p.alpn);
}

static int set_psk(const char *hex, const char *identity)
{
    unsigned char key[64];
    size_t len = strlen(hex) / 2;
    for (size_t i = 0; i < len && i < sizeof key; i++) {
        unsigned byte;
        sscanf(hex + 2 * i, "%2x", &byte);
        key[i] = (unsigned char)byte;
    }
    return mbedtls_ssl_conf_psk(&p.config, key, len, (const unsigned char *)identity, strlen(identity));
}

static int set_credentials(const struct command *c)
{
    int bad = mbedtls_x509_crt_parse_file(&p.ca, word(c, "ca"));
    mbedtls_ssl_conf_ca_chain(&p.config, &p.ca, NULL);
    if (!word(c, "cert"))
        return bad;
    bad |= mbedtls_x509_crt_parse_file(&p.own, word(c, "cert"));
    bad |= mbedtls_pk_parse_keyfile(&p.key, word(c, "key"), NULL);
    return bad | mbedtls_ssl_conf_own_cert(&p.config, &p.own, &p.key);
}

static int set_resumption(const struct command *c)
{
    bool tickets = word_is(c, "resume", "ticket");
    if (!c->server) {
        mbedtls_ssl_conf_session_tickets(&p.config, tickets);
        return 0;
    }
    if (word_is(c, "resume", "id"))
        mbedtls_ssl_conf_session_cache(&p.config, &p.cache, mbedtls_ssl_cache_get, mbedtls_ssl_cache_set);
    if (!tickets)
        return 0;
    int bad = mbedtls_ssl_ticket_setup(&p.tickets, mbedtls_ctr_drbg_random, &p.rng, MBEDTLS_CIPHER_AES_256_GCM, 3600);
    mbedtls_ssl_conf_session_tickets_cb(&p.config, mbedtls_ssl_ticket_write, mbedtls_ssl_ticket_parse, &p.tickets);
    return bad;
}

static void init_all(void)
{
    memset(&p, 0, sizeof p);
    mbedtls_entropy_init(&p.entropy);
    mbedtls_ctr_drbg_init(&p.rng);
    mbedtls_x509_crt_init(&p.ca);
    mbedtls_x509_crt_init(&p.own);
    mbedtls_pk_init(&p.key);
    mbedtls_ssl_config_init(&p.config);
    mbedtls_ssl_cache_init(&p.cache);
    mbedtls_ssl_ticket_init(&p.tickets);
    mbedtls_ssl_session_init(&p.session);
}

static bool peer_setup(struct command *c)
{
    init_all();
    int bad = mbedtls_ctr_drbg_seed(&p.rng, mbedtls_entropy_func, &p.entropy, NULL, 0);
    bad |= mbedtls_ssl_config_defaults(&p.config, c->server ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT,
                                       MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
    mbedtls_ssl_conf_rng(&p.config, mbedtls_ctr_drbg_random, &p.rng);
    mbedtls_ssl_conf_arc4_support(&p.config, MBEDTLS_SSL_ARC4_ENABLED);
    mbedtls_ssl_conf_renegotiation(&p.config, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
    p.suites[0] = (int)strtol(word(c, "suite"), NULL, 16);
    mbedtls_ssl_conf_ciphersuites(&p.config, p.suites);
    set_version(word(c, "version"));
    set_group(word(c, "group"));
    set_alpn(word(c, "alpn"));
    mbedtls_ssl_conf_encrypt_then_mac(&p.config, word_is(c, "etm", "0") ? MBEDTLS_SSL_ETM_DISABLED
                                                                        : MBEDTLS_SSL_ETM_ENABLED);
    mbedtls_ssl_conf_extended_master_secret(&p.config, word_is(c, "ems", "0") ? MBEDTLS_SSL_EXTENDED_MS_DISABLED
                                                                              : MBEDTLS_SSL_EXTENDED_MS_ENABLED);
    mbedtls_ssl_conf_truncated_hmac(&p.config, word_is(c, "truncated", "1") ? MBEDTLS_SSL_TRUNC_HMAC_ENABLED
                                                                            : MBEDTLS_SSL_TRUNC_HMAC_DISABLED);
    bool ask = !c->server || word_is(c, "auth", "require");
    mbedtls_ssl_conf_authmode(&p.config, ask ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_NONE);
    bad |= set_credentials(c);
    if (word(c, "psk"))
        bad |= set_psk(word(c, "psk"), word(c, "identity"));
    static const unsigned char prime[] = MBEDTLS_DHM_RFC7919_FFDHE2048_P_BIN;
    static const unsigned char base[] = MBEDTLS_DHM_RFC7919_FFDHE2048_G_BIN;
    if (c->server)
        bad |= mbedtls_ssl_conf_dh_param_bin(&p.config, prime, sizeof prime, base, sizeof base);
    bad |= set_resumption(c);
    return bad ? fail(c, "setup", -bad) : true;
}

static bool handshake(struct command *c)
{
    int result = mbedtls_ssl_handshake(&p.ssl);
    return result ? fail(c, "handshake", -result) : true;
}

static bool peer_open(struct command *c, int fd)
{
    p.net.fd = fd;
    mbedtls_ssl_init(&p.ssl);
    int bad = mbedtls_ssl_setup(&p.ssl, &p.config);
    if (!c->server)
        bad |= mbedtls_ssl_set_hostname(&p.ssl, word(c, "name"));
    if (c->again && p.have_session)
        bad |= mbedtls_ssl_set_session(&p.ssl, &p.session);
    mbedtls_ssl_set_bio(&p.ssl, &p.net, mbedtls_net_send, mbedtls_net_recv, NULL);
    if (bad)
        return fail(c, "open", -bad);
    if (!handshake(c))
        return false;
    if (word_is(c, "renegotiate", c->server ? "server" : "client")) {
        bad = mbedtls_ssl_renegotiate(&p.ssl);
        if (bad)
            return fail(c, "renegotiate", -bad);
    }
    return true;
}

static int peer_read(struct command *c, char *to, int cap)
{
    int got = mbedtls_ssl_read(&p.ssl, (unsigned char *)to, (size_t)cap);
    if (got == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
        return 0;
    if (got <= 0)
        fail(c, "read", -got);
    return got;
}

static bool peer_write(struct command *c, const char *from, int len)
{
    int put = mbedtls_ssl_write(&p.ssl, (const unsigned char *)from, (size_t)len);
    return put == len ? true : fail(c, "write", -put);
}

static void peer_describe(struct command *c)
{
    const char *text = mbedtls_ssl_get_version(&p.ssl), *alpn = mbedtls_ssl_get_alpn_protocol(&p.ssl);
    say(", \"version\": \"tls%s\", \"suite\": %d", text + strcspn(text, "1"),
           mbedtls_ssl_get_ciphersuite_id(mbedtls_ssl_get_ciphersuite(&p.ssl)));
    say(", \"alpn\": \"%s\"", alpn ? alpn : "");
    if (word_is(c, "auth", "require"))
        say(", \"client_cert\": %s", mbedtls_ssl_get_peer_cert(&p.ssl) ? "true" : "false");
    if (!c->server && !c->again)
        p.have_session = mbedtls_ssl_get_session(&p.ssl, &p.session) == 0;
}

static void peer_close(struct command *c)
{
    if (!c->error)
        mbedtls_ssl_close_notify(&p.ssl);
    mbedtls_ssl_free(&p.ssl);
}

static void peer_done(struct command *c)
{
    (void)c;
    mbedtls_ssl_session_free(&p.session);
    mbedtls_ssl_ticket_free(&p.tickets);
    mbedtls_ssl_cache_free(&p.cache);
    mbedtls_ssl_config_free(&p.config);
    mbedtls_pk_free(&p.key);
    mbedtls_x509_crt_free(&p.own);
    mbedtls_x509_crt_free(&p.ca);
    mbedtls_ctr_drbg_free(&p.rng);
    mbedtls_entropy_free(&p.entropy);
}
