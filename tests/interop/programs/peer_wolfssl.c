/* peer_wolfssl.c - wolfSSL behind the commands of tests/interop/driver.py. */
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>

#include "peer.h"

static struct {
    WOLFSSL_CTX *context;
    WOLFSSL *ssl;
    WOLFSSL_SESSION *session;
    unsigned char psk[64];
    unsigned psk_len;
    char identity[64];
} p;

static const struct {
    const char *name;
    int group;
} groups[] = {
    { "secp256r1", WOLFSSL_ECC_SECP256R1 }, { "secp384r1", WOLFSSL_ECC_SECP384R1 },
    { "secp521r1", WOLFSSL_ECC_SECP521R1 }, { "x25519", WOLFSSL_ECC_X25519 }, { "x448", WOLFSSL_ECC_X448 },
    { "ffdhe2048", WOLFSSL_FFDHE_2048 }, { "ffdhe3072", WOLFSSL_FFDHE_3072 },
};

/* wolfSSL's own name of a code point, through a throwaway object: NULL when it does not have the suite. */
static const char *name_of(int code)
{
    return wolfSSL_get_cipher_name_from_suite((unsigned char)(code >> 8), (unsigned char)code);
}

static bool listed(const char *list, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = list; (at = strstr(at, name)); at += len)
        if ((at == list || at[-1] == ':') && (at[len] == ':' || !at[len]))
            return true;
    return false;
}

static void peer_can(void)
{
    static char list[16384];
    bool first = true;
    wolfSSL_Init();
    wolfSSL_get_ciphers(list, sizeof list);
    printf("{\"title\": \"wolfSSL %s\", \"versions\": [\"tls1.1\", \"tls1.2\", \"tls1.3\"], \"suites\": [",
           wolfSSL_lib_version());
    for (int code = 0; code < 0x10000; code++) {
        const char *name = name_of(code);
        if (name && listed(list, name)) {
            printf("%s%d", first ? "" : ", ", code);
            first = false;
        }
    }
    printf("], \"groups\": [\"secp256r1\", \"secp384r1\", \"secp521r1\", \"x25519\", \"x448\", "
           "\"ffdhe2048\", \"ffdhe3072\"], "
           "\"certs\": [\"rsa\", \"p256\", \"p384\", \"p521\", \"ed25519\"], "
           /* its server closes without an alert when it does not like a client's certificate, asks for RSA keys
            * only with an RSA key, and does not find its own DHE suites with 3DES and Camellia */
           "\"client\": [\"client-cert\", \"key-update\"], \"server\": [\"psk-ticket\"], \"server_lacks\": [22, 69, 136, 190, 196], "
           /* issue 9757 of wolfSSL; RFC 9150 6 says the length of the hash */
           "\"broken\": {\"client psk-ticket\": \"offers no ticket beside an external key\", "
           "\"0xc0b4\": \"has nonces of 12 bytes in integrity-only suites\", "
           "\"client retry\": \"moves extensions in its second ClientHello, against RFC 8446 4.1.2\", "
           "\"0xc0b5\": \"has nonces of 12 bytes in integrity-only suites\"}, "
           "\"features\": [\"alpn\", \"ems\", \"etm\", \"resume-id\", \"resume-ticket\", "
           "\"psk-sha256\", \"psk-sha384\", \"psk-ke\", \"verify\"]}\n");
}

static unsigned psk_as_client(WOLFSSL *ssl, const char *hint, char *identity, unsigned identity_cap,
                              unsigned char *key, unsigned key_cap)
{
    (void)ssl, (void)hint, (void)key_cap;
    snprintf(identity, identity_cap, "%s", p.identity);
    memcpy(key, p.psk, p.psk_len);
    return p.psk_len;
}

static unsigned psk_as_server(WOLFSSL *ssl, const char *identity, unsigned char *key, unsigned key_cap)
{
    (void)ssl, (void)key_cap;
    if (strcmp(identity, p.identity))
        return 0;
    memcpy(key, p.psk, p.psk_len);
    return p.psk_len;
}

/* The suite tells the hash of a key of TLS 1.3. */
static const char *psk_suite;

static unsigned psk13_as_client(WOLFSSL *ssl, const char *hint, char *identity, unsigned identity_cap,
                                unsigned char *key, unsigned key_cap, const char **suite)
{
    *suite = psk_suite;
    return psk_as_client(ssl, hint, identity, identity_cap, key, key_cap);
}

static unsigned psk13_as_server(WOLFSSL *ssl, const char *identity, unsigned char *key, unsigned key_cap,
                                const char **suite)
{
    *suite = psk_suite;
    return psk_as_server(ssl, identity, key, key_cap);
}

static void set_psk13(const struct command *c)
{
    psk_suite = name_of((int)strtol(word(c, "suite"), NULL, 16));
    if (c->server)
        wolfSSL_CTX_set_psk_server_tls13_callback(p.context, psk13_as_server);
    else
        wolfSSL_CTX_set_psk_client_tls13_callback(p.context, psk13_as_client);
    if (word(c, "psk_ke"))
        wolfSSL_CTX_no_dhe_psk(p.context);
}

static void set_psk(const struct command *c)
{
    const char *hex = word(c, "psk");
    if (!hex)
        return;
    p.psk_len = (unsigned)strlen(hex) / 2;
    for (unsigned i = 0; i < p.psk_len; i++) {
        unsigned byte;
        sscanf(hex + 2 * i, "%2x", &byte);
        p.psk[i] = (unsigned char)byte;
    }
    snprintf(p.identity, sizeof p.identity, "%s", word(c, "identity"));
    if (word(c, "psk_hash"))
        set_psk13(c);
    else if (c->server)
        wolfSSL_CTX_set_psk_server_callback(p.context, psk_as_server);
    else
        wolfSSL_CTX_set_psk_client_callback(p.context, psk_as_client);
}

static WOLFSSL_METHOD *method_of(const struct command *c)
{
    bool newest = word_is(c, "version", "tls1.2");
    if (word_is(c, "version", "tls1.3"))
        return c->server ? wolfTLSv1_3_server_method() : wolfTLSv1_3_client_method();
    if (c->server)
        return newest ? wolfTLSv1_2_server_method() : wolfTLSv1_1_server_method();
    return newest ? wolfTLSv1_2_client_method() : wolfTLSv1_1_client_method();
}

static bool set_credentials(struct command *c)
{
    if (wolfSSL_CTX_load_verify_locations(p.context, word(c, "ca"), NULL) != WOLFSSL_SUCCESS)
        return fail(c, "ca", 0);
    if (!word(c, "cert"))
        return true;
    if (wolfSSL_CTX_use_certificate_chain_file(p.context, word(c, "cert")) != WOLFSSL_SUCCESS ||
        wolfSSL_CTX_use_PrivateKey_file(p.context, word(c, "key"), WOLFSSL_FILETYPE_PEM) != WOLFSSL_SUCCESS)
        return fail(c, "certificate", 0);
    return true;
}

static bool peer_setup(struct command *c)
{
    memset(&p, 0, sizeof p);
    wolfSSL_Init();
    p.context = wolfSSL_CTX_new(method_of(c));
    if (!p.context)
        return fail(c, "context", 0);
    const char *name = name_of((int)strtol(word(c, "suite"), NULL, 16));
    if (!name || wolfSSL_CTX_set_cipher_list(p.context, name) != WOLFSSL_SUCCESS)
        return fail(c, "suite", 0);
    bool ask = !c->server || word_is(c, "auth", "require");
    wolfSSL_CTX_set_verify(p.context, ask ? WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT
                                          : WOLFSSL_VERIFY_NONE, NULL);
    wolfSSL_CTX_SetMinDhKey_Sz(p.context, 1024);
    set_psk(c);
    if (strstr(name, "ADH"))
        wolfSSL_CTX_allow_anon_cipher(p.context);
    if (!c->server && word_is(c, "ems", "0"))
        wolfSSL_CTX_DisableExtendedMasterSecret(p.context);
    if (!c->server && word_is(c, "resume", "ticket"))
        wolfSSL_CTX_UseSessionTicket(p.context);
    if (c->server && word_is(c, "resume", "id"))
        wolfSSL_CTX_NoTicketTLSv12(p.context);
    return set_credentials(c);
}

static void set_group(const struct command *c)
{
    for (size_t i = 0; word(c, "group") && i < sizeof groups / sizeof *groups; i++)
        if (!strcmp(groups[i].name, word(c, "group"))) {
            wolfSSL_UseSupportedCurve(p.ssl, (unsigned short)groups[i].group);
            if (word_is(c, "version", "tls1.3"))
                wolfSSL_UseKeyShare(p.ssl, (unsigned short)groups[i].group);
        }
}

/* ffdhe2048 of RFC 7919, which wolfSSL has as a table of its own. */
static void set_dh(void)
{
    const DhParams *dh = wc_Dh_ffdhe2048_Get();
    wolfSSL_SetTmpDH(p.ssl, dh->p, (int)dh->p_len, dh->g, (int)dh->g_len);
}

static bool peer_open(struct command *c, int fd)
{
    p.ssl = wolfSSL_new(p.context);
    wolfSSL_set_fd(p.ssl, fd);
    if (!c->server)
        set_group(c);
    if (c->server)
        set_dh();
    if (!c->server && word(c, "cert") == NULL && !word(c, "psk"))
        wolfSSL_check_domain_name(p.ssl, word(c, "name"));
    if (word(c, "alpn"))
        wolfSSL_UseALPN(p.ssl, (char *)word(c, "alpn"), (unsigned)strlen(word(c, "alpn")),
                        WOLFSSL_ALPN_CONTINUE_ON_MISMATCH);
    if (c->again && p.session)
        wolfSSL_set_session(p.ssl, p.session);
    int result = c->server ? wolfSSL_accept(p.ssl) : wolfSSL_connect(p.ssl);
    if (result != WOLFSSL_SUCCESS)
        return fail(c, "handshake", wolfSSL_get_error(p.ssl, result));
    if (word(c, "key_update") && wolfSSL_update_keys(p.ssl) != WOLFSSL_SUCCESS)
        return fail(c, "key update", 0);
    return true;
}

static int peer_read(struct command *c, char *to, int cap)
{
    int got = wolfSSL_read(p.ssl, to, cap);
    int error = got > 0 ? 0 : wolfSSL_get_error(p.ssl, got);
    if (got <= 0 && error != WOLFSSL_ERROR_ZERO_RETURN)
        fail(c, "read", error);
    return got;
}

static bool peer_write(struct command *c, const char *from, int len)
{
    int put = wolfSSL_write(p.ssl, from, len);
    return put == len ? true : fail(c, "write", wolfSSL_get_error(p.ssl, put));
}

static void peer_describe(struct command *c)
{
    const char *version = wolfSSL_get_version(p.ssl);
    char *alpn = NULL;
    unsigned short alpn_len = 0;
    say(", \"version\": \"tls%s\"", version + strcspn(version, "1"));
    say(", \"suite\": %d", wolfSSL_get_current_cipher_suite(p.ssl));
    say(", \"resumed\": \"%s\"", wolfSSL_session_reused(p.ssl) ? "yes" : "");
    if (wolfSSL_ALPN_GetProtocol(p.ssl, &alpn, &alpn_len) == WOLFSSL_SUCCESS)
        say(", \"alpn\": \"%.*s\"", alpn_len, alpn);
    if (!c->server && !c->again)
        p.session = wolfSSL_get1_session(p.ssl);
}

static void peer_close(struct command *c)
{
    if (!c->error)
        wolfSSL_shutdown(p.ssl);
    wolfSSL_free(p.ssl);
}

static void peer_done(struct command *c)
{
    (void)c;
    if (p.session)
        wolfSSL_SESSION_free(p.session);
    wolfSSL_CTX_free(p.context);
}
