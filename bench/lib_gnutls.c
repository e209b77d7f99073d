/* lib_gnutls.c - GnuTLS with transport functions over the streams. */
#include "harness.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID_MAX = 64, STATE_MAX = 8192 };

struct ctx {
    struct bench_case c;
    gnutls_certificate_credentials_t credentials[2];
    gnutls_priority_t priority;
    gnutls_datum_t ticket_key, session;
    /* The server's cache: one entry is all that is needed here. */
    unsigned char id[ID_MAX], state[STATE_MAX];
    size_t id_len, state_len;
};

struct conn {
    gnutls_session_t tls;
    struct stream *in, *out;
};

static const char *version(void)
{
    return gnutls_check_version(NULL);
}

static ssize_t push(gnutls_transport_ptr_t conn, const void *data, size_t n)
{
    struct stream *out = ((struct conn *)conn)->out;

    memcpy(out->bytes + out->end, data, n);
    out->end += n;
    return (ssize_t)n;
}

static ssize_t pull(gnutls_transport_ptr_t conn, void *data, size_t n)
{
    struct conn *c = conn;
    size_t got = stream_len(c->in) < n ? stream_len(c->in) : n;

    if (!got) {
        gnutls_transport_set_errno(c->tls, EAGAIN);
        return -1;
    }
    memcpy(data, c->in->bytes + c->in->at, got);
    stream_skip(c->in, got);
    return (ssize_t)got;
}

static int pull_timeout(gnutls_transport_ptr_t conn, unsigned ms)
{
    (void)ms;
    return stream_len(((struct conn *)conn)->in) > 0;
}

static int cache_store(void *ctx, gnutls_datum_t id, gnutls_datum_t state)
{
    struct ctx *x = ctx;

    if (id.size > ID_MAX || state.size > STATE_MAX)
        return -1;
    memcpy(x->id, id.data, id.size);
    memcpy(x->state, state.data, state.size);
    x->id_len = id.size;
    x->state_len = state.size;
    return 0;
}

static gnutls_datum_t cache_fetch(void *ctx, gnutls_datum_t id)
{
    struct ctx *x = ctx;
    gnutls_datum_t found = { NULL, 0 };

    if (id.size != x->id_len || memcmp(id.data, x->id, id.size) != 0)
        return found;
    found.data = gnutls_malloc(x->state_len);
    found.size = (unsigned)x->state_len;
    memcpy(found.data, x->state, x->state_len);
    return found;
}

static int cache_remove(void *ctx, gnutls_datum_t id)
{
    (void)id;
    ((struct ctx *)ctx)->id_len = 0;
    return 0;
}

static bool set_algorithms(struct ctx *x)
{
    static const char *const kx[] = { "ECDHE-ECDSA", "ECDHE-RSA", "RSA", "DHE-RSA" };
    static const char *const cipher[] = { "AES-128-GCM:+AEAD", "AES-256-GCM:+AEAD",
                                          "CHACHA20-POLY1305:+AEAD", "AES-128-CBC:+SHA256" };
    char text[256];

    (void)snprintf(text, sizeof text,
                   "NONE:+VERS-TLS1.%d:+COMP-NULL:+CTYPE-X509:+SIGN-ALL:+GROUP-%s%s:"
                   "+%s:+%s%s",
                   x->c.version == TLS_1_3 ? 3 : 2, x->c.group == X_25519 ? "X25519" : "SECP256R1",
                   x->c.kx == DHE_RSA ? ":+GROUP-FFDHE2048" : "",
                   kx[x->c.kx], cipher[x->c.cipher], x->c.etm ? "" : ":%NO_ETM");
    return gnutls_priority_init(&x->priority, text, NULL) == 0;
}

static gnutls_datum_t text(const char *s)
{
    gnutls_datum_t d = { (unsigned char *)(uintptr_t)s, (unsigned)strlen(s) };

    return d;
}

static bool add_identity(gnutls_certificate_credentials_t to, const struct bench_identity *id)
{
    gnutls_datum_t chain = text(id->chain), key = text(id->key);

    return gnutls_certificate_set_x509_key_mem(to, &chain, &key, GNUTLS_X509_FMT_PEM) >= 0;
}

static bool add_root(gnutls_certificate_credentials_t to, const struct bench_identity *id)
{
    gnutls_datum_t root = text(id->root);

    return gnutls_certificate_set_x509_trust_mem(to, &root, GNUTLS_X509_FMT_PEM) == 1;
}

static bool fill(struct ctx *x, const struct bench_identities *ids)
{
    const struct bench_identity *server = bench_server(ids, x->c.kx);
    gnutls_certificate_credentials_t *c = x->credentials;

    if (gnutls_certificate_allocate_credentials(&c[0]) < 0 ||
        gnutls_certificate_allocate_credentials(&c[1]) < 0 || !set_algorithms(x))
        return false;
    if (!add_root(c[0], server) || !add_identity(c[1], server))
        return false;
    if (x->c.mutual && (!add_identity(c[0], &ids->client) || !add_root(c[1], &ids->client)))
        return false;
    (void)gnutls_certificate_set_known_dh_params(c[1], GNUTLS_SEC_PARAM_MEDIUM);
    return x->c.resume != BY_TICKET || gnutls_session_ticket_key_generate(&x->ticket_key) == 0;
}

static void teardown(void *ctx)
{
    struct ctx *x = ctx;

    for (int i = 0; i < 2; i++)
        if (x->credentials[i])
            gnutls_certificate_free_credentials(x->credentials[i]);
    if (x->priority)
        gnutls_priority_deinit(x->priority);
    gnutls_free(x->ticket_key.data);
    gnutls_free(x->session.data);
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

static void set_server(struct ctx *x, gnutls_session_t tls)
{
    if (x->c.mutual) {
        gnutls_certificate_server_set_request(tls, GNUTLS_CERT_REQUIRE);
        gnutls_session_set_verify_cert(tls, NULL, 0);
    }
    if (x->ticket_key.data)
        (void)gnutls_session_ticket_enable_server(tls, &x->ticket_key);
    if (x->c.resume != BY_ID)
        return;
    gnutls_db_set_ptr(tls, x);
    gnutls_db_set_store_function(tls, cache_store);
    gnutls_db_set_retrieve_function(tls, cache_fetch);
    gnutls_db_set_remove_function(tls, cache_remove);
}

static void set_client(struct ctx *x, gnutls_session_t tls)
{
    (void)gnutls_server_name_set(tls, GNUTLS_NAME_DNS, BENCH_NAME, strlen(BENCH_NAME));
    gnutls_session_set_verify_cert(tls, BENCH_NAME, 0);
    if (x->session.data)
        (void)gnutls_session_set_data(tls, x->session.data, x->session.size);
}

static void *open_(void *ctx, bool server, struct stream *in, struct stream *out)
{
    struct ctx *x = ctx;
    struct conn *c = malloc(sizeof *c);
    unsigned flags = (server ? GNUTLS_SERVER : GNUTLS_CLIENT) | GNUTLS_NONBLOCK;

    if (!c)
        return NULL;
    if (x->c.resume != BY_TICKET)
        flags |= GNUTLS_NO_TICKETS;
    if (gnutls_init(&c->tls, flags) < 0) {
        free(c);
        return NULL;
    }
    c->in = in;
    c->out = out;
    (void)gnutls_priority_set(c->tls, x->priority);
    (void)gnutls_credentials_set(c->tls, GNUTLS_CRD_CERTIFICATE, x->credentials[server]);
    gnutls_transport_set_ptr(c->tls, c);
    gnutls_transport_set_push_function(c->tls, push);
    gnutls_transport_set_pull_function(c->tls, pull);
    gnutls_transport_set_pull_timeout_function(c->tls, pull_timeout);
    gnutls_handshake_set_timeout(c->tls, 0);
    (server ? set_server : set_client)(x, c->tls);
    return c;
}

static void close_(void *conn)
{
    gnutls_deinit(((struct conn *)conn)->tls);
    free(conn);
}

static enum bench_step handshake(void *conn)
{
    int r = gnutls_handshake(((struct conn *)conn)->tls);

    if (r == 0)
        return STEP_DONE;
    if (!gnutls_error_is_fatal(r))
        return STEP_BLOCKED;
    (void)fprintf(stderr, "gnutls: %s\n", gnutls_strerror(r));
    return STEP_FAILED;
}

static bool keep(void *ctx, void *client)
{
    unsigned char none[1];
    struct ctx *x = ctx;

    if (x->c.version == TLS_1_3)
        (void)gnutls_record_recv(((struct conn *)client)->tls, none, sizeof none);
    gnutls_free(x->session.data);
    x->session.data = NULL;
    return gnutls_session_get_data2(((struct conn *)client)->tls, &x->session) == 0;
}

static bool resumed(void *conn)
{
    return gnutls_session_is_resumed(((struct conn *)conn)->tls) != 0;
}

static size_t send_(void *conn, const uint8_t *data, size_t n)
{
    ssize_t r = gnutls_record_send(((struct conn *)conn)->tls, data, n);

    return r > 0 ? (size_t)r : 0;
}

static size_t receive(void *conn, uint8_t *out, size_t cap)
{
    ssize_t r = gnutls_record_recv(((struct conn *)conn)->tls, out, cap);

    return r > 0 ? (size_t)r : 0;
}

static size_t load(const char *file)
{
    gnutls_certificate_credentials_t c;
    int n;

    if (gnutls_certificate_allocate_credentials(&c) < 0)
        return 0;
    n = gnutls_certificate_set_x509_trust_file(c, file, GNUTLS_X509_FMT_PEM);
    gnutls_certificate_free_credentials(c);
    return n > 0 ? (size_t)n : 0;
}

struct judge {
    gnutls_x509_trust_list_t list;
    const struct bench_identity *id;
};

static gnutls_datum_t der(const struct bench_identity *id, int i)
{
    gnutls_datum_t d = { (unsigned char *)(uintptr_t)id->der[i], (unsigned)id->der_len[i] };

    return d;
}

static void judge_free(void *judge)
{
    gnutls_x509_trust_list_deinit(((struct judge *)judge)->list, 1);
    free(judge);
}

static void *judge_new(const struct bench_identity *id)
{
    struct judge *j = calloc(1, sizeof *j);
    gnutls_datum_t root = text(id->root);

    if (!j || gnutls_x509_trust_list_init(&j->list, 0) < 0) {
        free(j);
        return NULL;
    }
    j->id = id;
    if (gnutls_x509_trust_list_add_trust_mem(j->list, &root, NULL, GNUTLS_X509_FMT_PEM, 0, 0) == 1)
        return j;
    judge_free(j);
    return NULL;
}

static bool judge(void *judge)
{
    struct judge *j = judge;
    gnutls_x509_crt_t chain[2];
    gnutls_typed_vdata_st want[] = {
        { GNUTLS_DT_DNS_HOSTNAME, (unsigned char *)(uintptr_t)BENCH_NAME, 0 },
        { GNUTLS_DT_KEY_PURPOSE_OID, (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_SERVER, 0 },
    };
    unsigned status = 1;

    for (int i = 0; i < 2; i++) {
        gnutls_datum_t d = der(j->id, i);

        (void)gnutls_x509_crt_init(&chain[i]);
        (void)gnutls_x509_crt_import(chain[i], &d, GNUTLS_X509_FMT_DER);
    }
    if (gnutls_x509_trust_list_verify_crt2(j->list, chain, 2, want, 2, 0, &status, NULL) < 0)
        status = 1;
    gnutls_x509_crt_deinit(chain[0]);
    gnutls_x509_crt_deinit(chain[1]);
    return status == 0;
}

const struct bench_lib bench_gnutls = {
    "gnutls", version, setup,   teardown, open_,     close_, handshake,  keep,
    resumed,  send_,   receive, load,     judge_new, judge,  judge_free,
};
