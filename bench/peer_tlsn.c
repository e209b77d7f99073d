/* peer_tlsn.c - libtls-native as a peer of the benchmark harness `peerbench` (its interface is bench.h).
 *
 * Build it in a copy of that harness: the library's include directory and archive are all it needs. The
 * engine works straight on the harness' pipes: input is consumed from them and output written into them. */
#include "bench.h"

#include <stdlib.h>
#include <tls-native.h>

struct ctx {
    struct bench_cfg g;
    tlsn_config *config[2];
    tlsn_session *session;
};

struct conn {
    tlsn_conn *c;
    struct pipe *rx, *tx;
};

static const char *version(void)
{
    return tlsn_version_string();
}

static const char *const suite_cipher[] = { "AES_128_GCM_SHA256", "AES_256_GCM_SHA384",
                                            "CHACHA20_POLY1305_SHA256", "AES_128_CBC_SHA256",
                                            "AES_128_CBC_SHA", "AES_128_CCM" };

static int must(tlsn_status st)
{
    if (st < 0)
        fprintf(stderr, "tlsn: %s\n", tlsn_status_text(st));
    return st < 0;
}

static void name_suite(const struct bench_cfg *g, char *out, size_t n)
{
    const char *kx = g->kx == KX_RSA          ? "RSA"
                     : g->kx == KX_DHE        ? "DHE_RSA"
                     : g->auth == AUTH_ECDSA ? "ECDHE_ECDSA"
                                              : "ECDHE_RSA";

    if (g->version == TLS13)
        snprintf(out, n, "TLS_%s%s", suite_cipher[g->cipher], g->cipher == C_AES128_CCM ? "_SHA256" : "");
    else
        snprintf(out, n, "TLS_%s_WITH_%s", kx, suite_cipher[g->cipher]);
}

/* In TLS 1.3 PKCS #1 is for the signatures of certificates alone. */
static const char *sigalgs(const struct bench_cfg *g)
{
    if (g->auth == AUTH_ECDSA)
        return "ecdsa_secp256r1_sha256";
    return g->version == TLS13 ? "rsa_pss_rsae_sha256,rsa_pkcs1_sha256,ecdsa_secp256r1_sha256"
                               : "rsa_pkcs1_sha256,ecdsa_secp256r1_sha256";
}

static int set_algorithms(tlsn_config *c, const struct bench_cfg *g)
{
    static const char *const groups[] = { "secp256r1", "x25519", "ffdhe2048" };
    uint16_t version = g->version == TLS13 ? TLSN_TLS1_3 : TLSN_TLS1_2;
    int tickets = g->resume == R_TICKET || g->resume == R_PSK;
    char suite[80];

    name_suite(g, suite, sizeof suite);
    return tlsn_config_set_versions(c, version, version) || tlsn_config_set_suites(c, suite) ||
           tlsn_config_set_groups(c, groups[g->group]) ||
           tlsn_config_set_sigalgs(c, sigalgs(g)) ||
           tlsn_config_set_feature(c, TLSN_FEATURE_ETM, g->etm) ||
           tlsn_config_set_feature(c, TLSN_FEATURE_TICKETS, tickets) ||
           tlsn_config_set_feature(c, TLSN_FEATURE_SESSION_IDS, g->resume == R_SESSION_ID) ||
           tlsn_config_set_feature(c, TLSN_FEATURE_KEEP_PEER_LEAF, !g->lean);
}

static int add_credential(tlsn_config *c, const struct bench_cfg *g, const char *who)
{
    char file[64], chain[16384], key[16384];
    tlsn_credential *credential;
    long chain_len, key_len;
    int bad;

    snprintf(file, sizeof file, "%s-%s-chain.pem", auth_prefix(g->auth), who);
    chain_len = bench_read_file(g->dir, file, chain, sizeof chain);
    snprintf(file, sizeof file, "%s-%s.key", auth_prefix(g->auth), who);
    key_len = bench_read_file(g->dir, file, key, sizeof key);
    if (chain_len < 0 || key_len < 0 ||
        must(tlsn_credential_new(&credential, chain, (size_t)chain_len, key, (size_t)key_len, NULL)))
        return -1;
    bad = must(tlsn_config_add_credential(c, credential));
    tlsn_credential_free(credential);
    return bad;
}

static int add_trust(tlsn_config *c, const struct bench_cfg *g)
{
    char file[64], path[512];
    tlsn_trust *trust;
    int bad;

    snprintf(file, sizeof file, "%s-root.crt", auth_prefix(g->auth));
    if (must(tlsn_trust_new(&trust, NULL)))
        return -1;
    bad = must(tlsn_trust_add_path(trust, bench_path(path, sizeof path, g->dir, file), NULL, NULL)) ||
          must(tlsn_config_set_trust(c, trust));
    tlsn_trust_free(trust);
    return bad;
}

static void teardown(void *v)
{
    struct ctx *x = v;

    tlsn_config_free(x->config[0]);
    tlsn_config_free(x->config[1]);
    tlsn_session_free(x->session);
    free(x);
}

static int setup_side(struct ctx *x, int server)
{
    const struct bench_cfg *g = &x->g;
    tlsn_config *c;

    if (must(tlsn_config_new(&x->config[server], NULL)))
        return -1;
    c = x->config[server];
    if (set_algorithms(c, g))
        return -1;
    if ((server || g->mutual) && add_credential(c, g, server ? "server" : "client"))
        return -1;
    if ((!server || g->mutual) && add_trust(c, g))
        return -1;
    if (server && g->mutual && must(tlsn_config_set_client_auth(c, TLSN_CLIENT_AUTH_REQUIRE)))
        return -1;
    return must(tlsn_config_freeze(c));
}

static int setup(const struct bench_cfg *g, void **out)
{
    struct ctx *x;

    if (g->version == TLS13 && (g->cipher == C_AES128_CBC_SHA256 || g->cipher == C_AES128_CBC_SHA))
        return SETUP_UNSUPPORTED;
    x = calloc(1, sizeof *x);
    x->g = *g;
    if (setup_side(x, 0) || setup_side(x, 1)) {
        teardown(x);
        return SETUP_ERROR;
    }
    *out = x;
    return SETUP_OK;
}

static void *conn_new(void *v, int server, struct pipe *rx, struct pipe *tx)
{
    struct ctx *x = v;
    struct conn *c = malloc(sizeof *c);

    c->rx = rx;
    c->tx = tx;
    if (must(tlsn_conn_new(&c->c, server ? TLSN_SERVER : TLSN_CLIENT, x->config[server])))
        return NULL;
    if (!server && must(tlsn_conn_set_server_name(c->c, SERVER_NAME)))
        return NULL;
    if (!server && x->session && must(tlsn_conn_set_session(c->c, x->session)))
        return NULL;
    return c;
}

static void conn_free(void *v)
{
    struct conn *c = v;

    tlsn_conn_free(c->c);
    free(c);
}

static int handshake(void *v)
{
    struct conn *c = v;
    size_t used, made;
    tlsn_status st = tlsn_handshake(c->c, c->rx->buf + c->rx->rd, pipe_avail(c->rx), &used,
                                    c->tx->buf + c->tx->wr, pipe_room(c->tx), &made);

    pipe_consume(c->rx, used);
    c->tx->wr += made;
    if (st == TLSN_OK)
        return ST_DONE;
    if (st > 0)
        return ST_BLOCKED;
    fprintf(stderr, "tlsn: %s\n", tlsn_conn_error(c->c)->text);
    return ST_ERROR;
}

/* A ticket of TLS 1.3 comes behind the handshake. */
static int post(void *v)
{
    unsigned char none[1];
    struct conn *c = v;
    size_t used, made;
    tlsn_status st = tlsn_decrypt(c->c, c->rx->buf + c->rx->rd, pipe_avail(c->rx), &used, none,
                                  sizeof none, &made);

    pipe_consume(c->rx, used);
    return st == TLSN_NEED_INPUT ? 0 : -1;
}

static int save(void *v, void *cv)
{
    struct ctx *x = v;

    tlsn_session_free(x->session);
    return tlsn_conn_get_session(((struct conn *)cv)->c, &x->session) == TLSN_OK ? 0 : -1;
}

static int resumed(void *v)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(((struct conn *)v)->c, &info);
    return info.resumed != TLSN_RESUMED_NO;
}

static void describe(void *v, char *out, size_t n)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(((struct conn *)v)->c, &info);
    snprintf(out, n, "%s %s %s%s", info.version_name, info.suite_name, info.group_name,
             info.etm ? " etm" : "");
}

static long send_(void *v, const void *buf, size_t n)
{
    struct conn *c = v;
    size_t used, made;

    if (tlsn_encrypt(c->c, buf, n, &used, c->tx->buf + c->tx->wr, pipe_room(c->tx), &made) != TLSN_OK)
        return -1;
    c->tx->wr += made;
    return (long)used;
}

static long recv_(void *v, void *buf, size_t n)
{
    struct conn *c = v;
    size_t used, made;
    tlsn_status st = tlsn_decrypt(c->c, c->rx->buf + c->rx->rd, pipe_avail(c->rx), &used, buf, n,
                                  &made);

    pipe_consume(c->rx, used);
    if (st == TLSN_OK)
        return (long)made;
    return st == TLSN_NEED_INPUT ? 0 : -1;
}

static int load_cas(const char *file)
{
    tlsn_trust *trust;
    size_t n = 0;

    if (must(tlsn_trust_new(&trust, NULL)) || must(tlsn_trust_add_path(trust, file, &n, NULL)))
        return -1;
    tlsn_trust_free(trust);
    return (int)n;
}

struct verify {
    tlsn_trust *trust;
    unsigned char der[2][4096];
    struct tlsn_span certs[2];
};

static void *verify_setup(const char *dir, enum auth a)
{
    struct verify *v = calloc(1, sizeof *v);
    char file[64], path[512];

    snprintf(file, sizeof file, "%s-root.crt", auth_prefix(a));
    if (must(tlsn_trust_new(&v->trust, NULL)) ||
        must(tlsn_trust_add_path(v->trust, bench_path(path, sizeof path, dir, file), NULL, NULL)))
        return NULL;
    for (int i = 0; i < 2; i++) {
        snprintf(file, sizeof file, "%s-%s.der", auth_prefix(a), i ? "int" : "server");
        v->certs[i].len = (size_t)bench_read_file(dir, file, v->der[i], sizeof v->der[i]);
        v->certs[i].data = v->der[i];
    }
    return v;
}

static int verify(void *vv)
{
    struct verify *v = vv;

    return tlsn_x509_verify(v->trust, v->certs, 2, TLSN_PURPOSE_SERVER, SERVER_NAME, INT64_MIN,
                            NULL, NULL) == TLSN_OK
               ? 0
               : -1;
}

static void verify_teardown(void *vv)
{
    struct verify *v = vv;

    tlsn_trust_free(v->trust);
    free(v);
}

const struct peer_ops peer = {
    "tlsn", version, setup, teardown, conn_new, conn_free, handshake, post, save, resumed, describe,
    send_, recv_, load_cas, verify_setup, verify, verify_teardown,
};
