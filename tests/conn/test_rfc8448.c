/* The traces of RFC 8448 (tests/vectors/rfc8448.txt). A client of ours takes the place of the one in a trace: what it
 * said before ServerHello is put in the place of its own hello, and from then on every byte of both sides has to be
 * that of the trace. */
#include "conn.h"
#include "req.h"
#include "handshake/binder13.h"
#include "handshake/kx.h"
#include "cipher/hkdf.h"
#include "support_trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* ---- a client of the trace ---- */

/* The client's certificate and signature are those of the trace. */
static tlsn_status sign(void *ctx, tlsn_conn *conn, const struct tlsn_key_op *op, uint8_t *result,
                        size_t cap, size_t *len)
{
    struct trace *r = ctx;
    struct tlsn_span verify = trace_field(r, "client_verify", 0);

    (void)conn;
    assert_int_equal(op->scheme, verify.data[4] << 8 | verify.data[5]);
    *len = verify.len - 8;
    assert_true(*len <= cap);
    memcpy(result, verify.data + 8, *len);
    return TLSN_OK;
}

static void begin(struct trace *r, const char *name)
{
    struct tlsn_span m;

    trace_begin(r, name, sign, NULL);
    m = vec_bytes(&r->block, "client_certificate");
    OK(tlsn_config_set_feature(r->config, TLSN_FEATURE_COMPAT_MODE,
                               vec_text(&r->block, "client_change_cipher_spec") != NULL));
    if (m.data) /* message, context, list, certificate; no extensions behind it */
        trace_add_certificate(r, (struct tlsn_span){ m.data + 11, m.len - 13 });
    OK(tlsn_conn_new(&r->conn, TLSN_CLIENT, r->config));
    OK(tlsn_conn_set_server_name(r->conn, "server"));
}

/* The transcript with a hello of the trace in the place of ours, the latest message. */
static void put_transcript(struct tlsni_hs *hs, struct tlsn_span first, struct tlsn_span retry,
                           struct tlsn_span hello)
{
    struct tlsni_transcript *t = &hs->transcript;
    uint8_t head[36] = { TLSNI_MSG_MESSAGE_HASH, 0, 0, 32 };

    if (!retry.len) {
        t->raw.start = t->raw.end = 0;
        OK(tlsni_buf_append(hs->env, &t->raw, hello.data, hello.len));
        return;
    }
    tlsni_hash_once(t->hash.row, first.data, first.len, head + 4);
    tlsni_hash_init(&t->hash, t->hash.row);
    tlsni_hash_update(&t->hash, head, sizeof head);
    tlsni_hash_update(&t->hash, retry.data, retry.len);
    tlsni_hash_update(&t->hash, hello.data, hello.len);
}

/* The keys of early data follow from the hello. */
static void put_early_keys(struct tlsni_hs *hs, struct tlsn_span hello)
{
    uint8_t hash[TLSNI_HASH_LEN_MAX];

    if (hs->tls13.early != TLSN_EARLY_OFFERED)
        return;
    tlsni_hash_once(hs->tls13.keys.hash, hello.data, hello.len, hash);
    tlsni_schedule13_early_traffic(hs, hash);
    OK(tlsni_schedule13_install_early(hs, true, &hs->tls13.terms));
}

/* What our client said becomes what the trace's said. */
static void take_place(struct trace *r)
{
    struct tlsni_hs *hs = &r->conn->scratch->hs;
    struct tlsn_span hello = trace_field(r, "client_hello", r->hellos), retry = { NULL, 0 };
    struct tlsn_span key = trace_field(r, "client_private", r->hellos);

    if (r->hellos)
        retry = trace_field(r, "server_payload", 0);
    put_transcript(hs, trace_field(r, "client_hello", 0), retry, hello);
    memcpy(hs->client_random, hello.data + 6, TLSNI_RANDOM_LEN);
    hs->session_id_len = hello.data[38];
    memcpy(hs->session_id, hello.data + 39, hs->session_id_len);
    assert_int_equal(hs->tls13.shares, 1);
    assert_int_equal(hs->tls13.share[0].group->private_len, key.len);
    memcpy(hs->tls13.share[0].private_key, key.data, key.len);
    r->hellos++;
    put_early_keys(hs, hello);
}

/* ---- the records ---- */

/* Our hello goes nowhere. */
static void say_hello(struct trace *r)
{
    (void)trace_shake(r, (struct tlsn_span){ (const uint8_t *)"", 0 });
    r->out_len = 0;
    take_place(r);
}

static void client_says(struct trace *r, const char *kind, struct tlsn_span payload,
                        struct tlsn_span record)
{
    size_t consumed, n;

    if (strcmp(kind, "application_data") == 0) {
        OK((r->conn->done ? tlsn_encrypt : tlsn_encrypt_early)(
            r->conn, payload.data, payload.len, &consumed, r->out, sizeof r->out, &n));
        r->out_len = n;
    } else if (strcmp(kind, "alert") == 0) {
        OK(tlsn_shutdown(r->conn, r->out, sizeof r->out, &n));
        r->out_len = n;
    }
    trace_collect(r);
    trace_expect(r, record);
    assert_true(r->out_len == 0 || strcmp(kind, "change_cipher_spec") == 0 || r->conn->early_wanted);
}

static void server_says(struct trace *r, const char *kind, struct tlsn_span payload,
                        struct tlsn_span record)
{
    uint8_t in[1024], plain[1024];
    size_t consumed, n;
    tlsn_status st;

    if (!r->conn->done) {
        (void)trace_shake(r, record);
        if (r->conn->scratch && (r->conn->scratch->hs.facts & TLSNI_F_RETRY) && r->hellos == 1) {
            r->out_len = 0;
            take_place(r);
        }
        return;
    }
    assert_true(record.len <= sizeof in);
    memcpy(in, record.data, record.len);
    st = tlsn_decrypt(r->conn, in, record.len, &consumed, plain, sizeof plain, &n);
    assert_int_equal(consumed, record.len);
    assert_int_equal(st, strcmp(kind, "application_data") == 0 ? TLSN_OK
                         : strcmp(kind, "alert") == 0          ? TLSN_CLOSED
                                                               : TLSN_NEED_INPUT);
    if (st == TLSN_OK) {
        assert_int_equal(n, payload.len);
        assert_memory_equal(plain, payload.data, n);
    }
}

/* Everything behind the hello, in order. Values are decoded by key and number. */
static void play(struct trace *r)
{
    struct vec_block *b = &r->block;
    struct tlsn_span payload = { NULL, 0 };
    unsigned hellos = 0;

    for (size_t i = 0; i < b->count; i++) {
        const char *key = b->lines[i].key;
        bool client = strncmp(key, "client_", 7) == 0, server = strncmp(key, "server_", 7) == 0;
        struct tlsn_span value;

        if ((!client && !server) || strcmp(key + 7, "private") == 0 ||
            strcmp(key + 7, "hello") == 0 || strcmp(key + 7, "certificate") == 0 ||
            strcmp(key + 7, "verify") == 0)
            continue;
        value = trace_value(r, i);
        if (strcmp(key + 7, "payload") == 0) {
            payload = value;
            continue;
        }
        if (client && payload.len && strcmp(key + 7, "handshake") == 0 && payload.data[0] == 1) {
            if (hellos++ == 0)
                say_hello(r);
            continue; /* the second one was taken over when ours was made */
        }
        if (client)
            client_says(r, key + 7, payload, value);
        else
            server_says(r, key + 7, payload, value);
    }
}

static void check_trace(const char *name)
{
    static struct trace r;

    begin(&r, name);
    play(&r);
    assert_int_equal(r.logged, 5);
    assert_true(r.conn->close_received);
    trace_end(&r);
}

static void trace_simple_is_that_of_our_client(void **state)
{
    (void)state;
    check_trace("simple");
    REQ("8448:3/1");
    REQ("8446:7.1/1");
    REQ("9850:2.1/1");
    REQ("8446:7.3/1");
    REQ("8446:5.2/1");
    REQ("8446:5.3/1");
    REQ("8446:4.4.3/2");
    REQ("8446:4.4.4/3");
}

static void trace_retry_is_that_of_our_client(void **state)
{
    (void)state;
    check_trace("retry");
    REQ("8448:5/1");
    REQ("8446:4.4.1/1");
}

static void trace_client_authentication_is_that_of_our_client(void **state)
{
    (void)state;
    check_trace("client authentication");
    REQ("8448:6/1");
    REQ("8446:4.4.2/1");
}

static void trace_compatibility_mode_is_that_of_our_client(void **state)
{
    (void)state;
    check_trace("compatibility mode");
    REQ("8448:7/1");
    REQ("8446:D.4/1");
}

/* The session that the ticket makes has the key of the trace. */
static void trace_ticket_makes_the_key_of_the_trace(void **state)
{
    static struct trace r;
    tlsn_session *s;
    struct tlsn_span psk;

    (void)state;
    begin(&r, "simple");
    play(&r);
    OK(tlsn_conn_get_session(r.conn, &s));
    psk = trace_field(&r, "psk", 0);
    assert_int_equal(s->master.len, psk.len);
    assert_memory_equal(s->master.data, psk.data, psk.len);
    tlsn_session_free(s);
    trace_end(&r);
}

static tlsn_session *session_of_simple(void)
{
    static struct trace r;
    struct tlsni_buf bytes = { 0 };
    tlsn_session *s, *copy;

    begin(&r, "simple");
    play(&r);
    OK(tlsn_conn_get_session(r.conn, &s));
    OK(tlsni_session_write(s, NULL, &bytes));
    OK(tlsn_session_read(&copy, bytes.data, bytes.end, NULL));
    tlsni_buf_free(NULL, &bytes);
    tlsn_session_free(s);
    trace_end(&r);
    return copy;
}

static void trace_resumed_is_that_of_our_client(void **state)
{
    static struct trace r;
    tlsn_session *s = session_of_simple();

    (void)state;
    begin(&r, "resumed");
    assert_int_equal(tlsn_session_early_data_max(s), 1024);
    OK(tlsn_conn_set_session(r.conn, s));
    OK(tlsn_conn_set_early_data(r.conn, true));
    play(&r);
    assert_int_equal(r.logged, 7);
    assert_int_equal(r.out_len, 0);
    assert_true(r.conn->close_received);
    assert_int_equal(r.conn->early, TLSN_EARLY_ACCEPTED);
    tlsn_session_free(s);
    trace_end(&r);
    REQ("8448:4/1");
    REQ("8448:4/2");
    REQ("8446:4.2.10/3");
    REQ("8446:4.5/1");
}

/* ---- records alone: of both sides, in all traces ---- */

static struct tlsni_prot *protection(const struct tlsn_hooks *env, struct tlsn_span secret)
{
    const struct tlsni_hash *sha256 = tlsni_hash_find(TLSNI_HASH_SHA256);
    uint8_t key[16], iv[12];
    struct tlsni_prot_keys keys = { .suite = tlsni_suite_find(0x1301),
                                    .profile = &tlsni_record_tls13,
                                    .key = { key, sizeof key },
                                    .iv = { iv, sizeof iv } };
    struct tlsn_span none = { NULL, 0 };
    struct tlsni_prot *p;

    tlsni_hkdf_expand_label(sha256, secret.data, "key", none, key, sizeof key);
    tlsni_hkdf_expand_label(sha256, secret.data, "iv", none, iv, sizeof iv);
    OK(tlsni_prot_new(&p, env, &keys, true));
    return p;
}

/* Seals the payload with the present secret, or with the next one that there is. */
static void seal_same(struct trace *r, const char *const secrets[3], size_t *which,
                      struct tlsni_prot **p, uint8_t type, struct tlsn_span payload,
                      struct tlsn_span record)
{
    uint8_t out[2048];
    size_t size;

    for (;;) {
        if (*p) {
            uint64_t sequence = (*p)->sequence;

            OK(tlsni_prot_seal(*p, type, 0, payload.data, payload.len, out, sizeof out, &size));
            if (size == record.len && memcmp(out, record.data, size) == 0)
                return;
            (*p)->sequence = sequence;
        }
        tlsni_prot_free(*p);
        *p = NULL;
        while (*which < 3 && !vec_text(&r->block, secrets[*which]))
            (*which)++;
        if (*which == 3)
            fail_msg("a record of %zu bytes is under no secret", record.len);
        *p = protection(&r->env.hooks, trace_field(r, secrets[(*which)++], 0));
    }
}

static unsigned seal_trace(const char *name)
{
    static const char *const secrets[2][3] = { { "c_e_traffic", "c_hs_traffic", "c_ap_traffic" },
                                               { "s_hs_traffic", "s_ap_traffic", "none" } };
    static struct trace r;
    struct tlsn_span payload = { NULL, 0 };
    struct tlsni_prot *p[2] = { NULL, NULL };
    size_t which[2] = { 0, 0 };
    unsigned sealed = 0;

    trace_load(&r, name);
    wire_env_init(&r.env, 1);
    for (size_t i = 0; i < r.block.count; i++) {
        const char *key = r.block.lines[i].key;
        int side = strncmp(key, "server_", 7) == 0;
        uint8_t type = strcmp(key + 7, "handshake") == 0          ? 22
                       : strcmp(key + 7, "application_data") == 0 ? 23
                       : strcmp(key + 7, "alert") == 0            ? 21
                                                                  : 0;
        struct tlsn_span record;

        if (strncmp(key, "client_", 7) != 0 && !side)
            continue;
        record = trace_value(&r, i);
        if (strcmp(key + 7, "payload") == 0)
            payload = record;
        if (!type || record.data[0] != 23)
            continue;
        seal_same(&r, secrets[side], &which[side], &p[side], type, payload, record);
        sealed++;
    }
    tlsni_prot_free(p[0]);
    tlsni_prot_free(p[1]);
    trace_unload(&r);
    return sealed;
}

static void records_of_both_sides_are_those_of_the_traces(void **state)
{
    (void)state;
    assert_int_equal(seal_trace("simple"), 7);
    assert_int_equal(seal_trace("resumed"), 8);
    assert_int_equal(seal_trace("retry"), 4);
    assert_int_equal(seal_trace("client authentication"), 4);
    assert_int_equal(seal_trace("compatibility mode"), 4);
}

/* ---- the binder of the resumed trace ---- */

static void binder_is_that_of_the_trace(void **state)
{
    static struct trace simple, resumed;
    struct tlsni_err err = { 0 };
    struct tlsni_hs hs = { .err = &err };
    struct tlsni_psk13 psk = { .hash = tlsni_hash_find(TLSNI_HASH_SHA256), .binder = "res binder" };
    uint8_t hello[1024];
    struct tlsn_span m;

    (void)state;
    trace_load(&simple, "simple");
    trace_load(&resumed, "resumed");
    m = trace_field(&resumed, "client_hello", 0);
    psk.key = trace_field(&simple, "psk", 0);
    assert_true(m.len <= sizeof hello);
    memcpy(hello, m.data, m.len);
    hs.hello_message = (struct tlsn_span){ hello, m.len };
    hs.tls13.peer_psks.binders = (struct tlsn_span){ hello + m.len - 33, 33 };
    OK(tlsni_binder13_check(&hs, 0, &psk));
    for (size_t i = 0; i < m.len; i += 7) {
        hello[i] ^= 1;
        err.status = TLSN_OK;
        if (i < m.len - 35 || i > m.len - 33)
            assert_int_equal(tlsni_binder13_check(&hs, 0, &psk),
                             TLSN_ERR_DECRYPT_ERROR);
        hello[i] ^= 1;
    }
    psk.binder = "ext binder";
    assert_int_equal(tlsni_binder13_check(&hs, 0, &psk), TLSN_ERR_DECRYPT_ERROR);
    REQ("8448:4/1");
    REQ("8446:4.2.11.2/1");
    trace_unload(&simple);
    trace_unload(&resumed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trace_simple_is_that_of_our_client),
        cmocka_unit_test(trace_retry_is_that_of_our_client),
        cmocka_unit_test(trace_client_authentication_is_that_of_our_client),
        cmocka_unit_test(trace_compatibility_mode_is_that_of_our_client),
        cmocka_unit_test(trace_resumed_is_that_of_our_client),
        cmocka_unit_test(trace_ticket_makes_the_key_of_the_trace),
        cmocka_unit_test(records_of_both_sides_are_those_of_the_traces),
        cmocka_unit_test(binder_is_that_of_the_trace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
