/* lib_openssl.c - OpenSSL with a BIO of our own over the streams. */
#include "harness.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ctx {
    struct bench_case c;
    SSL_CTX *tls[2];
    BIO_METHOD *method;
    SSL_SESSION *session;
};

struct conn {
    SSL *tls;
    struct stream *in, *out;
};

static const char *version(void)
{
    return OpenSSL_version(OPENSSL_VERSION);
}

static int bio_write(BIO *b, const char *data, int n)
{
    struct stream *out = ((struct conn *)BIO_get_data(b))->out;

    memcpy(out->bytes + out->end, data, (size_t)n);
    out->end += (size_t)n;
    return n;
}

static int bio_read(BIO *b, char *data, int n)
{
    struct stream *in = ((struct conn *)BIO_get_data(b))->in;
    size_t got = stream_len(in) < (size_t)n ? stream_len(in) : (size_t)n;

    BIO_clear_retry_flags(b);
    if (!got) {
        BIO_set_retry_read(b);
        return -1;
    }
    memcpy(data, in->bytes + in->at, got);
    stream_skip(in, got);
    return (int)got;
}

static long bio_ctrl(BIO *b, int command, long number, void *pointer)
{
    (void)b;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static X509 *take_cert(BIO *text)
{
    return PEM_read_bio_X509(text, NULL, NULL, NULL);
}

static bool add_identity(SSL_CTX *tls, const struct bench_identity *id)
{
    BIO *chain = BIO_new_mem_buf(id->chain, -1), *text = BIO_new_mem_buf(id->key, -1);
    X509 *leaf = take_cert(chain), *middle = take_cert(chain);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(text, NULL, NULL, NULL);
    bool ok = leaf && middle && key && SSL_CTX_use_certificate(tls, leaf) == 1 &&
              SSL_CTX_add1_chain_cert(tls, middle) == 1 && SSL_CTX_use_PrivateKey(tls, key) == 1;

    X509_free(leaf);
    X509_free(middle);
    EVP_PKEY_free(key);
    BIO_free(chain);
    BIO_free(text);
    return ok;
}

static bool add_root(X509_STORE *store, const char *pem)
{
    BIO *text = BIO_new_mem_buf(pem, -1);
    X509 *root = take_cert(text);
    bool ok = root && X509_STORE_add_cert(store, root) == 1;

    X509_free(root);
    BIO_free(text);
    return ok;
}

static bool set_algorithms(SSL_CTX *tls, const struct bench_case *c)
{
    static const char *const kx[] = { "ECDHE-ECDSA-", "ECDHE-RSA-", "", "DHE-RSA-" };
    static const char *const cipher[] = { "AES128-GCM-SHA256", "AES256-GCM-SHA384",
                                          "CHACHA20-POLY1305", "AES128-SHA256" };
    static const char *const cipher13[] = { "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
                                            "TLS_CHACHA20_POLY1305_SHA256", NULL };
    int version = c->version == TLS_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
    char suite[64];

    if (c->version == TLS_1_3)
        (void)snprintf(suite, sizeof suite, "%s", cipher13[c->cipher]);
    else
        (void)snprintf(suite, sizeof suite, "%s%s", kx[c->kx], cipher[c->cipher]);
    if (!c->etm)
        SSL_CTX_set_options(tls, SSL_OP_NO_ENCRYPT_THEN_MAC);
    if (c->resume != BY_TICKET)
        SSL_CTX_set_options(tls, SSL_OP_NO_TICKET);
    (void)SSL_CTX_set_num_tickets(tls, c->resume == BY_TICKET);
    return SSL_CTX_set_min_proto_version(tls, version) == 1 &&
           SSL_CTX_set_max_proto_version(tls, version) == 1 &&
           (c->version == TLS_1_3 ? SSL_CTX_set_ciphersuites(tls, suite)
                                  : SSL_CTX_set_cipher_list(tls, suite)) == 1 &&
           SSL_CTX_set1_groups_list(tls, c->group == X_25519 ? "X25519" : "P-256") == 1;
}

static bool fill_client(struct ctx *x, const struct bench_identities *ids)
{
    SSL_CTX *tls = x->tls[0] = SSL_CTX_new(TLS_client_method());

    if (!tls || !set_algorithms(tls, &x->c))
        return false;
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    return add_root(SSL_CTX_get_cert_store(tls), bench_server(ids, x->c.kx)->root) &&
           (!x->c.mutual || add_identity(tls, &ids->client));
}

static bool fill_server(struct ctx *x, const struct bench_identities *ids)
{
    SSL_CTX *tls = x->tls[1] = SSL_CTX_new(TLS_server_method());

    if (!tls || !set_algorithms(tls, &x->c))
        return false;
    (void)SSL_CTX_set_dh_auto(tls, 1);
    SSL_CTX_set_session_cache_mode(tls, x->c.resume == BY_ID ? SSL_SESS_CACHE_SERVER
                                                             : SSL_SESS_CACHE_OFF);
    (void)SSL_CTX_set_session_id_context(tls, (const unsigned char *)"bench", 5);
    if (x->c.mutual)
        SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return add_identity(tls, bench_server(ids, x->c.kx)) &&
           (!x->c.mutual || add_root(SSL_CTX_get_cert_store(tls), ids->client.root));
}

static void teardown(void *ctx)
{
    struct ctx *x = ctx;

    SSL_SESSION_free(x->session);
    SSL_CTX_free(x->tls[0]);
    SSL_CTX_free(x->tls[1]);
    BIO_meth_free(x->method);
    free(x);
}

static void *setup(const struct bench_case *c, const struct bench_identities *ids)
{
    struct ctx *x = calloc(1, sizeof *x);

    if (!x)
        return NULL;
    x->c = *c;
    x->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "stream");
    if (x->method && BIO_meth_set_write(x->method, bio_write) &&
        BIO_meth_set_read(x->method, bio_read) && BIO_meth_set_ctrl(x->method, bio_ctrl) &&
        fill_client(x, ids) && fill_server(x, ids))
        return x;
    teardown(x);
    return NULL;
}

static void *open_(void *ctx, bool server, struct stream *in, struct stream *out)
{
    struct ctx *x = ctx;
    struct conn *c = malloc(sizeof *c);
    BIO *bio;

    if (!c)
        return NULL;
    c->in = in;
    c->out = out;
    c->tls = SSL_new(x->tls[server]);
    bio = BIO_new(x->method);
    BIO_set_data(bio, c);
    BIO_set_init(bio, 1);
    SSL_set_bio(c->tls, bio, bio);
    if (server) {
        SSL_set_accept_state(c->tls);
        return c;
    }
    SSL_set_connect_state(c->tls);
    (void)SSL_set_tlsext_host_name(c->tls, BENCH_NAME);
    (void)SSL_set1_host(c->tls, BENCH_NAME);
    if (x->session)
        (void)SSL_set_session(c->tls, x->session);
    return c;
}

static void close_(void *conn)
{
    struct conn *c = conn;

    /* As after a proper close: otherwise the session may not be resumed. */
    SSL_set_shutdown(c->tls, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(c->tls);
    free(c);
}

static enum bench_step handshake(void *conn)
{
    struct conn *c = conn;
    int r = SSL_do_handshake(c->tls);

    if (r == 1)
        return STEP_DONE;
    if (SSL_get_error(c->tls, r) == SSL_ERROR_WANT_READ)
        return STEP_BLOCKED;
    ERR_print_errors_fp(stderr);
    return STEP_FAILED;
}

static bool keep(void *ctx, void *client)
{
    unsigned char none[1];
    struct ctx *x = ctx;

    if (x->c.version == TLS_1_3)
        (void)SSL_read(((struct conn *)client)->tls, none, 0);
    SSL_SESSION_free(x->session);
    x->session = SSL_get1_session(((struct conn *)client)->tls);
    return x->session != NULL;
}

static bool resumed(void *conn)
{
    return SSL_session_reused(((struct conn *)conn)->tls) == 1;
}

static size_t send_(void *conn, const uint8_t *data, size_t n)
{
    int r = SSL_write(((struct conn *)conn)->tls, data, (int)n);

    return r > 0 ? (size_t)r : 0;
}

static size_t receive(void *conn, uint8_t *out, size_t cap)
{
    int r = SSL_read(((struct conn *)conn)->tls, out, (int)cap);

    return r > 0 ? (size_t)r : 0;
}

static size_t load(const char *file)
{
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509_OBJECT) *objects;
    size_t count = 0;

    if (store && X509_STORE_load_file(store, file) == 1) {
        objects = X509_STORE_get0_objects(store);
        count = (size_t)sk_X509_OBJECT_num(objects);
    }
    X509_STORE_free(store);
    return count;
}

struct judge {
    X509_STORE *store;
    const struct bench_identity *id;
};

static void *judge_new(const struct bench_identity *id)
{
    struct judge *j = calloc(1, sizeof *j);

    if (!j)
        return NULL;
    j->id = id;
    j->store = X509_STORE_new();
    if (j->store && add_root(j->store, id->root))
        return j;
    X509_STORE_free(j->store);
    free(j);
    return NULL;
}

static X509 *parse(const struct bench_identity *id, int i)
{
    const unsigned char *p = id->der[i];

    return d2i_X509(NULL, &p, (long)id->der_len[i]);
}

static bool judge(void *judge)
{
    struct judge *j = judge;
    X509 *leaf = parse(j->id, 0), *middle = parse(j->id, 1);
    STACK_OF(X509) *pool = sk_X509_new_null();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    X509_VERIFY_PARAM *param;
    bool ok = leaf && middle && sk_X509_push(pool, middle) &&
              X509_STORE_CTX_init(ctx, j->store, leaf, pool) == 1;

    if (ok) {
        param = X509_STORE_CTX_get0_param(ctx);
        ok = X509_VERIFY_PARAM_set1_host(param, BENCH_NAME, 0) == 1 &&
             X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_SSL_SERVER) == 1 &&
             X509_verify_cert(ctx) == 1;
    }
    X509_STORE_CTX_free(ctx);
    sk_X509_free(pool);
    X509_free(leaf);
    X509_free(middle);
    return ok;
}

static void judge_free(void *judge)
{
    X509_STORE_free(((struct judge *)judge)->store);
    free(judge);
}

const struct bench_lib bench_openssl = {
    "openssl", version, setup,   teardown, open_,     close_, handshake,  keep,
    resumed,   send_,   receive, load,     judge_new, judge,  judge_free,
};
