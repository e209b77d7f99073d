/* peer_bearssl.c - BearSSL behind the commands of tests/interop/driver.py. */
#include "peer.h"

#include <bearssl.h>

static const uint16_t all_suites[] = {
    BR_TLS_RSA_WITH_3DES_EDE_CBC_SHA, BR_TLS_RSA_WITH_AES_128_CBC_SHA, BR_TLS_RSA_WITH_AES_256_CBC_SHA,
    BR_TLS_RSA_WITH_AES_128_CBC_SHA256, BR_TLS_RSA_WITH_AES_256_CBC_SHA256, BR_TLS_RSA_WITH_AES_128_GCM_SHA256,
    BR_TLS_RSA_WITH_AES_256_GCM_SHA384, BR_TLS_RSA_WITH_AES_128_CCM, BR_TLS_RSA_WITH_AES_256_CCM,
    BR_TLS_RSA_WITH_AES_128_CCM_8, BR_TLS_RSA_WITH_AES_256_CCM_8,
    BR_TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA, BR_TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
    BR_TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, BR_TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
    BR_TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384, BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, BR_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    BR_TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA, BR_TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
    BR_TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, BR_TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
    BR_TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, BR_TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
    BR_TLS_ECDHE_ECDSA_WITH_AES_256_CCM, BR_TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8,
    BR_TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8, BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    BR_TLS_ECDH_RSA_WITH_3DES_EDE_CBC_SHA, BR_TLS_ECDH_RSA_WITH_AES_128_CBC_SHA,
    BR_TLS_ECDH_RSA_WITH_AES_256_CBC_SHA, BR_TLS_ECDH_RSA_WITH_AES_128_CBC_SHA256,
    BR_TLS_ECDH_RSA_WITH_AES_256_CBC_SHA384, BR_TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256,
    BR_TLS_ECDH_RSA_WITH_AES_256_GCM_SHA384,
    BR_TLS_ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA, BR_TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA,
    BR_TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA, BR_TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA256,
    BR_TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA384, BR_TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256,
    BR_TLS_ECDH_ECDSA_WITH_AES_256_GCM_SHA384,
};

static const struct {
    const char *name;
    int number;
} groups[] = { { "secp256r1", BR_EC_secp256r1 }, { "secp384r1", BR_EC_secp384r1 },
               { "secp521r1", BR_EC_secp521r1 }, { "x25519", BR_EC_curve25519 } };

static struct {
    br_ssl_client_context client;
    br_ssl_server_context server;
    br_ssl_engine_context *engine;
    br_x509_minimal_context minimal;
    br_sslio_context io;
    br_ssl_session_cache_lru cache;
    br_ssl_session_parameters session;
    unsigned char cache_store[4096], buffer[BR_SSL_BUFSIZE_BIDI];
    /* what PEM files hold, decoded */
    unsigned char store[16384];
    size_t stored;
    br_x509_certificate own;
    br_skey_decoder_context key;
    br_x509_trust_anchor anchor;
    br_x509_decoder_context anchor_decoder;
    unsigned char anchor_name[512];
    size_t anchor_name_len;
    br_ec_impl one_group;
    const char *alpn[8];
    char alpn_text[128];
    bool have_session;
    int fd;
} p;

static void peer_can(void)
{
    printf("{\"title\": \"BearSSL 0.6\", \"versions\": [\"tls1.0\", \"tls1.1\", \"tls1.2\"], \"suites\": [");
    for (size_t i = 0; i < sizeof all_suites / sizeof *all_suites; i++)
        printf("%s%d", i ? ", " : "", all_suites[i]);
    printf("], \"groups\": [\"secp256r1\", \"secp384r1\", \"secp521r1\", \"x25519\"], "
           "\"certs\": [\"rsa\", \"p256\", \"p384\", \"p521\", \"ecdh-rsa\", \"ecdh-ecdsa\"], "
           "\"client\": [\"verify\"], \"features\": [\"alpn\", \"resume-id\", \"legacy-resume\"]}\n");
}

static void keep(void *to, const void *from, size_t len)
{
    (void)to;
    if (p.stored + len <= sizeof p.store) {
        memcpy(p.store + p.stored, from, len);
        p.stored += len;
    }
}

/* The first PEM object of a file, into the store. */
static bool read_pem(const char *path, unsigned char **der, size_t *len)
{
    static char text[16384];
    FILE *f = fopen(path, "r");
    if (!f)
        return false;
    size_t have = fread(text, 1, sizeof text, f), done = 0;
    fclose(f);
    br_pem_decoder_context pem;
    br_pem_decoder_init(&pem);
    size_t start = p.stored;
    while (done < have) {
        done += br_pem_decoder_push(&pem, text + done, have - done);
        int event = br_pem_decoder_event(&pem);
        if (event == BR_PEM_BEGIN_OBJ)
            br_pem_decoder_setdest(&pem, keep, NULL);
        if (event == BR_PEM_END_OBJ)
            break;
    }
    *der = p.store + start;
    *len = p.stored - start;
    return *len > 0;
}

static void keep_name(void *to, const void *from, size_t len)
{
    (void)to;
    if (p.anchor_name_len + len <= sizeof p.anchor_name) {
        memcpy(p.anchor_name + p.anchor_name_len, from, len);
        p.anchor_name_len += len;
    }
}

static bool load_anchor(struct command *c)
{
    unsigned char *der;
    size_t len;
    if (!read_pem(word(c, "ca"), &der, &len))
        return fail(c, "ca", 0);
    br_x509_decoder_init(&p.anchor_decoder, keep_name, NULL);
    br_x509_decoder_push(&p.anchor_decoder, der, len);
    br_x509_pkey *key = br_x509_decoder_get_pkey(&p.anchor_decoder);
    if (!key)
        return fail(c, "ca", br_x509_decoder_last_error(&p.anchor_decoder));
    p.anchor.dn.data = p.anchor_name;
    p.anchor.dn.len = p.anchor_name_len;
    p.anchor.flags = BR_X509_TA_CA;
    p.anchor.pkey = *key;
    return true;
}

static bool load_own(struct command *c)
{
    unsigned char *der;
    size_t len;
    if (!word(c, "cert"))
        return true;
    if (!read_pem(word(c, "cert"), &p.own.data, &p.own.data_len) || !read_pem(word(c, "key"), &der, &len))
        return fail(c, "certificate", 0);
    br_skey_decoder_init(&p.key);
    br_skey_decoder_push(&p.key, der, len);
    return br_skey_decoder_key_type(&p.key) ? true : fail(c, "key", br_skey_decoder_last_error(&p.key));
}

static bool peer_setup(struct command *c)
{
    memset(&p, 0, sizeof p);
    br_ssl_session_cache_lru_init(&p.cache, p.cache_store, sizeof p.cache_store);
    return load_anchor(c) && load_own(c);
}

/* "rsa" or "ecdsa" signed the own certificate: its kind is known by its name in the harness. */
static unsigned issuer_type(const struct command *c)
{
    return strstr(word(c, "cert"), "ecdh-rsa") ? BR_KEYTYPE_RSA : BR_KEYTYPE_EC;
}

static void init_server(struct command *c)
{
    p.engine = &p.server.eng;
    if (br_skey_decoder_key_type(&p.key) == BR_KEYTYPE_RSA)
        br_ssl_server_init_full_rsa(&p.server, &p.own, 1, br_skey_decoder_get_rsa(&p.key));
    else
        br_ssl_server_init_full_ec(&p.server, &p.own, 1, issuer_type(c), br_skey_decoder_get_ec(&p.key));
    br_ssl_server_set_cache(&p.server, &p.cache.vtable);
}

static void set_group(const char *name)
{
    for (size_t i = 0; name && i < sizeof groups / sizeof *groups; i++) {
        if (!strcmp(groups[i].name, name)) {
            p.one_group = *br_ssl_engine_get_ec(p.engine);
            p.one_group.supported_curves = (uint32_t)1 << groups[i].number;
            br_ssl_engine_set_ec(p.engine, &p.one_group);
        }
    }
}

static void set_alpn(const char *list)
{
    char *mark;
    size_t n = 0;
    if (!list)
        return;
    snprintf(p.alpn_text, sizeof p.alpn_text, "%s", list);
    for (char *one = strtok_r(p.alpn_text, ",", &mark); one && n < 8; one = strtok_r(NULL, ",", &mark))
        p.alpn[n++] = one;
    br_ssl_engine_set_protocol_names(p.engine, p.alpn, n);
}

static int low_read(void *at, unsigned char *to, size_t cap)
{
    ssize_t got = read(*(int *)at, to, cap);
    return got > 0 ? (int)got : -1;
}

static int low_write(void *at, const unsigned char *from, size_t len)
{
    ssize_t put = write(*(int *)at, from, len);
    return put > 0 ? (int)put : -1;
}

static bool peer_open(struct command *c, int fd)
{
    uint16_t suite = (uint16_t)strtol(word(c, "suite"), NULL, 16);
    const char *version = word(c, "version");
    unsigned number = !strcmp(version, "tls1.0") ? BR_TLS10 : !strcmp(version, "tls1.1") ? BR_TLS11 : BR_TLS12;
    p.fd = fd;
    if (c->server) {
        init_server(c);
    } else {
        p.engine = &p.client.eng;
        br_ssl_client_init_full(&p.client, &p.minimal, &p.anchor, 1);
    }
    br_ssl_engine_set_versions(p.engine, number, number);
    br_ssl_engine_set_suites(p.engine, &suite, 1);
    if (!c->server)
        set_group(word(c, "group"));
    set_alpn(word(c, "alpn"));
    br_ssl_engine_set_buffer(p.engine, p.buffer, sizeof p.buffer, 1);
    if (c->again && p.have_session)
        br_ssl_engine_set_session_parameters(p.engine, &p.session);
    int started = c->server ? br_ssl_server_reset(&p.server)
                            : br_ssl_client_reset(&p.client, word(c, "name"), c->again && p.have_session);
    if (!started)
        return fail(c, "reset", br_ssl_engine_last_error(p.engine));
    br_sslio_init(&p.io, p.engine, low_read, &p.fd, low_write, &p.fd);
    return br_sslio_flush(&p.io) == 0 ? true : fail(c, "handshake", br_ssl_engine_last_error(p.engine));
}

static int peer_read(struct command *c, char *to, int cap)
{
    int got = br_sslio_read(&p.io, to, (size_t)cap);
    int error = br_ssl_engine_last_error(p.engine);
    if (got <= 0 && error)
        fail(c, "read", error);
    return got;
}

static bool peer_write(struct command *c, const char *from, int len)
{
    if (br_sslio_write_all(&p.io, from, (size_t)len) == 0 && br_sslio_flush(&p.io) == 0)
        return true;
    return fail(c, "write", br_ssl_engine_last_error(p.engine));
}

static void peer_describe(struct command *c)
{
    br_ssl_session_parameters now;
    const char *alpn = br_ssl_engine_get_selected_protocol(p.engine);
    br_ssl_engine_get_session_parameters(p.engine, &now);
    say(", \"version\": \"tls1.%d\", \"suite\": %d, \"alpn\": \"%s\"", (now.version & 255) - 1, now.cipher_suite,
        alpn ? alpn : "");
    if (c->again)
        say(", \"resumed\": \"%s\"", memcmp(now.session_id, p.session.session_id, now.session_id_len) ? "" : "id");
    p.session = now;
    p.have_session = now.session_id_len > 0;
}

static void peer_close(struct command *c)
{
    if (!c->error)
        br_sslio_close(&p.io);
}

static void peer_done(struct command *c)
{
    (void)c;
}
