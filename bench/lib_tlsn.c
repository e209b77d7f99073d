/* lib_tlsn.c - libtls-native through its public API. The engine works straight on the streams. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tls-native.h>

struct ctx {
    struct bench_case c;
    tlsn_config *config[2];
    tlsn_session *session;
};

struct conn {
    tlsn_conn *tls;
    struct stream *in, *out;
};

static const char *const kx_names[] = { "ECDHE_ECDSA", "ECDHE_RSA", "RSA", "DHE_RSA" };
static const char *const cipher_names[] = { "AES_128_GCM_SHA256", "AES_256_GCM_SHA384",
                                            "CHACHA20_POLY1305_SHA256", "AES_128_CBC_SHA256" };

static bool set_algorithms(tlsn_config *c, const struct bench_case *k)
{
    uint16_t version = k->version == TLS_1_3 ? TLSN_TLS1_3 : TLSN_TLS1_2;
    char suite[80];

    if (k->version == TLS_1_3)
        (void)snprintf(suite, sizeof suite, "TLS_%s", cipher_names[k->cipher]);
    else
        (void)snprintf(suite, sizeof suite, "TLS_%s_WITH_%s", kx_names[k->kx],
                       cipher_names[k->cipher]);
    return tlsn_config_set_versions(c, version, version) == TLSN_OK &&
           tlsn_config_set_suites(c, suite) == TLSN_OK &&
           tlsn_config_set_groups(c, k->group == X_25519 ? "x25519" : "secp256r1,ffdhe2048") ==
               TLSN_OK &&
           tlsn_config_set_feature(c, TLSN_FEATURE_ETM, k->etm) == TLSN_OK &&
           tlsn_config_set_feature(c, TLSN_FEATURE_TICKETS, k->resume == BY_TICKET) == TLSN_OK &&
           tlsn_config_set_feature(c, TLSN_FEATURE_SESSION_IDS, k->resume == BY_ID) == TLSN_OK;
}

static bool add_credential(tlsn_config *c, const struct bench_identity *id)
{
    tlsn_credential *credential;
    bool ok = tlsn_credential_new(&credential, id->chain, strlen(id->chain), id->key,
                                  strlen(id->key), NULL) == TLSN_OK;

    ok = ok && tlsn_config_add_credential(c, credential) == TLSN_OK;
    if (ok)
        tlsn_credential_free(credential);
    return ok;
}

static bool add_trust(tlsn_config *c, const struct bench_identity *id)
{
    tlsn_trust *trust;
    bool ok = tlsn_trust_new(&trust, NULL) == TLSN_OK &&
              tlsn_trust_add(trust, id->root, strlen(id->root), NULL, NULL) == TLSN_OK &&
              tlsn_config_set_trust(c, trust) == TLSN_OK;

    if (ok)
        tlsn_trust_free(trust);
    return ok;
}

static bool fill(struct ctx *x, const struct bench_identities *ids)
{
    const struct bench_identity *server = bench_server(ids, x->c.kx);
    tlsn_config **c = x->config;

    for (int side = 0; side < 2; side++)
        if (tlsn_config_new(&c[side], NULL) != TLSN_OK || !set_algorithms(c[side], &x->c))
            return false;
    if (!add_trust(c[0], server) || !add_credential(c[1], server))
        return false;
    if (x->c.mutual &&
        (!add_credential(c[0], &ids->client) || !add_trust(c[1], &ids->client) ||
         tlsn_config_set_client_auth(c[1], TLSN_CLIENT_AUTH_REQUIRE) != TLSN_OK))
        return false;
    return tlsn_config_freeze(c[0]) == TLSN_OK && tlsn_config_freeze(c[1]) == TLSN_OK;
}

static void teardown(void *ctx)
{
    struct ctx *x = ctx;

    tlsn_config_free(x->config[0]);
    tlsn_config_free(x->config[1]);
    tlsn_session_free(x->session);
    free(x);
}

static void *setup(const struct bench_case *c, const struct bench_identities *ids)
{
    struct ctx *x = calloc(1, sizeof *x);

    if (!x)
        return NULL;
    x->c = *c;
    if (fill(x, ids))
        return x;
    teardown(x);
    return NULL;
}

static void *open_(void *ctx, bool server, struct stream *in, struct stream *out)
{
    struct ctx *x = ctx;
    struct conn *c = malloc(sizeof *c);
    bool ok;

    if (!c)
        return NULL;
    c->in = in;
    c->out = out;
    ok = tlsn_conn_new(&c->tls, server ? TLSN_SERVER : TLSN_CLIENT, x->config[server]) == TLSN_OK;
    if (ok && !server)
        ok = tlsn_conn_set_server_name(c->tls, BENCH_NAME) == TLSN_OK &&
             (!x->session || tlsn_conn_set_session(c->tls, x->session) == TLSN_OK);
    if (ok)
        return c;
    free(c);
    return NULL;
}

static void close_(void *conn)
{
    struct conn *c = conn;

    tlsn_conn_free(c->tls);
    free(c);
}

static enum bench_step handshake(void *conn)
{
    struct conn *c = conn;
    size_t consumed, written;
    tlsn_status st = tlsn_handshake(c->tls, c->in->bytes + c->in->at, stream_len(c->in), &consumed,
                                    c->out->bytes + c->out->end, STREAM_CAP - c->out->end,
                                    &written);

    stream_skip(c->in, consumed);
    c->out->end += written;
    if (st == TLSN_OK)
        return STEP_DONE;
    if (st == TLSN_NEED_INPUT)
        return STEP_BLOCKED;
    (void)fprintf(stderr, "tlsn: %s\n",
                  st < 0 ? tlsn_conn_error(c->tls)->text : tlsn_status_text(st));
    return STEP_FAILED;
}

static bool resumed(void *conn)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(((struct conn *)conn)->tls, &info);
    return info.resumed != TLSN_RESUMED_NO;
}

static size_t send_(void *conn, const uint8_t *data, size_t n)
{
    struct conn *c = conn;
    size_t consumed, written;
    tlsn_status st = tlsn_encrypt(c->tls, data, n, &consumed, c->out->bytes + c->out->end,
                                  STREAM_CAP - c->out->end, &written);

    c->out->end += written;
    return st == TLSN_OK ? consumed : 0;
}

static size_t receive(void *conn, uint8_t *out, size_t cap)
{
    struct conn *c = conn;
    size_t consumed, written;
    tlsn_status st = tlsn_decrypt(c->tls, c->in->bytes + c->in->at, stream_len(c->in), &consumed,
                                  out, cap, &written);

    stream_skip(c->in, consumed);
    return st == TLSN_OK ? written : 0;
}

static bool keep(void *ctx, void *client)
{
    uint8_t none[1];
    struct ctx *x = ctx;

    if (x->c.version == TLS_1_3)
        (void)receive(client, none, sizeof none);
    tlsn_session_free(x->session);
    x->session = NULL;
    return tlsn_conn_get_session(((struct conn *)client)->tls, &x->session) == TLSN_OK;
}

static size_t load(const char *file)
{
    tlsn_trust *trust;
    size_t added = 0;

    if (tlsn_trust_new(&trust, NULL) != TLSN_OK)
        return 0;
    if (tlsn_trust_add_path(trust, file, &added, NULL) != TLSN_OK)
        added = 0;
    tlsn_trust_free(trust);
    return added;
}

struct judge {
    tlsn_trust *trust;
    struct tlsn_span chain[2];
};

static void *judge_new(const struct bench_identity *id)
{
    struct judge *j = calloc(1, sizeof *j);

    if (!j || tlsn_trust_new(&j->trust, NULL) != TLSN_OK ||
        tlsn_trust_add(j->trust, id->root, strlen(id->root), NULL, NULL) != TLSN_OK)
        return NULL;
    for (int i = 0; i < 2; i++)
        j->chain[i] = (struct tlsn_span){ id->der[i], id->der_len[i] };
    return j;
}

static bool judge(void *judge)
{
    struct judge *j = judge;

    return tlsn_x509_verify(j->trust, j->chain, 2, TLSN_PURPOSE_SERVER, BENCH_NAME, INT64_MIN, NULL,
                            NULL) == TLSN_OK;
}

static void judge_free(void *judge)
{
    tlsn_trust_free(((struct judge *)judge)->trust);
    free(judge);
}

const struct bench_lib bench_tlsn = {
    "tlsn",  tlsn_version_string, setup, teardown, open_, close_,    handshake, keep,
    resumed, send_,               receive, load,   judge_new, judge, judge_free,
};
