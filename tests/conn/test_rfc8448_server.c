/* The traces of RFC 8448 with a server of ours in the place of the one there. It hears the trace's client, has the
 * trace's certificate, random value, ephemeral key, ticket and signature (PSS draws a salt, so that no other one is
 * the same), and says each message by itself. Whatever is not the trace's to the byte is compared as far as it can be,
 * then the trace's message goes out in its place, so that all behind it has to be the same again; every record is.
 *
 * What differs, and why:
 *   ServerHello            the order of its extensions, which is free (RFC 8446 4.2)
 *   HelloRetryRequest      the same, and its cookie, which is nobody else's affair
 *   EncryptedExtensions    the order; the trace's server lists its groups, ours does so for a group that it would have
 *                          liked better alone (4.2.7); the trace's acknowledges the name in a resumption as well
 *   CertificateRequest     the trace's lists DSA, which TLS 1.3 has no place for (4.2.3); ours has SHA-1 at the end
 *   NewSessionTicket       the nonce, which is of two bytes there and of one here
 * Certificate, CertificateVerify and Finished are the same. */
#include "req.h"
#include "support_trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conn.h"
#include "ext/ext.h"
#include "handshake/credential.h"
#include "handshake/schedule13.h"
#include "handshake/session.h"

enum { HELLO = 2, TICKET = 4, ENCRYPTED_EXTENSIONS = 8, CERTIFICATE = 11, REQUEST = 13, VERIFY = 15, FINISHED = 20,
       MESSAGE_HASH = 254 };
enum { SERVER_NAME = 0, GROUPS = 10, SIGALGS = 13, COOKIE = 44 };
enum { MESSAGES_MAX = 8 };

static struct server {
    struct trace t;
    struct tlsni_hs_host host;
    struct tlsn_span message[MESSAGES_MAX]; /* what the trace's server says, in order */
    size_t count, next;
    struct tlsni_hash_ctx transcript;
    struct tlsn_span draw[4]; /* what the server's random source gives, for requests of this length */
    unsigned same, other;     /* messages that are those of the trace, and others */
    struct tlsni_buf session; /* that a ticket was for */
} server;

static bool is(const char *key, const char *what)
{
    return strcmp(key, what) == 0;
}

/* ---- what is injected ---- */

static tlsn_status draw(void *ctx, void *out, size_t len)
{
    (void)ctx;
    for (size_t i = 0; i < sizeof server.draw / sizeof *server.draw; i++)
        if (server.draw[i].data && server.draw[i].len == len) {
            memcpy(out, server.draw[i].data, len);
            server.draw[i].data = NULL;
            return TLSN_OK;
        }
    memset(out, 0x5a, len);
    return TLSN_OK;
}

static struct tlsn_span message(uint8_t type)
{
    for (size_t i = 0; i < server.count; i++)
        if (server.message[i].data[0] == type)
            return server.message[i];
    return (struct tlsn_span){ NULL, 0 };
}

/* The trace's signature, which has to be one of ours for the rest to be the same. */
static tlsn_status sign(void *ctx, tlsn_conn *conn, const struct tlsn_key_op *op, uint8_t *result, size_t cap,
                        size_t *len)
{
    struct tlsn_span verify = message(VERIFY);
    const struct tlsni_sigalg *scheme = tlsni_sigalg_find(op->scheme);
    struct tlsni_sig_params params = tlsni_sigalg_params(scheme);

    (void)ctx;
    assert_int_equal(op->scheme, verify.data[4] << 8 | verify.data[5]);
    *len = verify.len - 8;
    assert_true(*len <= cap);
    memcpy(result, verify.data + 8, *len);
    OK(tlsni_pubkey_verify(conn->scratch->hs.credential->public_key, &params, op->input,
                           (struct tlsn_span){ result, *len }));
    return TLSN_OK;
}

/* lifetime, age_add, nonce, ticket */
static struct tlsn_span ticket_of_the_trace(void)
{
    struct tlsn_span m = message(TICKET);

    return (struct tlsn_span){ m.data + 4 + 8 + 3 + 2, (size_t)(m.data[15] << 8 | m.data[16]) };
}

/* The key that the trace's nonce would make is the trace's. */
static void check_key(void)
{
    const struct tlsni_schedule13 *keys = &server.t.conn->scratch->hs.tls13.keys;
    struct tlsni_secret psk;

    assert_true(tlsni_span_eq(tlsni_secret_span(&keys->resumption), trace_field(&server.t, "res_master", 0)));
    tlsni_schedule13_ticket_psk(keys->hash, &keys->resumption, (struct tlsn_span){ (const uint8_t *)"\0", 2 }, &psk);
    assert_true(tlsni_span_eq(tlsni_secret_span(&psk), trace_field(&server.t, "psk", 0)));
}

static tlsn_status seal(void *ctx, struct tlsn_span session, uint8_t *ticket, size_t cap, size_t *len,
                        uint32_t *lifetime_s)
{
    struct tlsn_span t = ticket_of_the_trace();

    (void)ctx;
    (void)lifetime_s;
    *len = t.len;
    if (cap < t.len)
        return TLSN_ERR_BUFFER;
    memcpy(ticket, t.data, t.len);
    check_key();
    server.session.start = server.session.end = 0;
    OK(tlsni_buf_append(NULL, &server.session, session.data, session.len));
    return TLSN_OK;
}

static tlsn_status open(void *ctx, struct tlsn_span ticket, uint8_t *session, size_t cap, size_t *len, bool *renew)
{
    (void)ctx;
    (void)ticket;
    (void)renew;
    *len = tlsni_buf_len(&server.session);
    if (cap < *len)
        return TLSN_ERR_BUFFER;
    memcpy(session, server.session.data, *len);
    return TLSN_OK;
}

/* ---- comparing messages ---- */

struct extension {
    uint16_t type;
    struct tlsn_span data;
};

static bool next(struct tlsni_rd *r, struct extension *e)
{
    if (!tlsni_rd_left(r))
        return false;
    e->type = tlsni_rd_u16(r);
    e->data = tlsni_rd_vec_span(r, 2, 0, 65535);
    assert_false(r->bad);
    return true;
}

/* That a list of schemes has the same ones, whatever their order, but for DSA. */
static void check_schemes(struct tlsn_span ours, struct tlsn_span theirs)
{
    size_t found = 0, dsa = 0;

    for (size_t i = 2; i < theirs.len; i += 2) {
        dsa += theirs.data[i + 1] == 2;
        for (size_t k = 2; k < ours.len; k += 2)
            found += memcmp(ours.data + k, theirs.data + i, 2) == 0;
    }
    assert_int_equal(dsa, 4);
    assert_int_equal(2 + 2 * found, ours.len);
    assert_int_equal(ours.len + 2 * dsa, theirs.len);
}

/* Those of ours are there, and those of theirs but for the one that `without` says, which ours does not have. */
static void check_extensions(struct tlsn_span ours, struct tlsn_span theirs, const uint16_t *without, size_t count)
{
    struct tlsni_rd r = tlsni_rd_span(theirs);
    struct extension e, own;
    size_t n = 0, left = 0;

    for (struct tlsni_rd o = tlsni_rd_span(ours); next(&o, &own);)
        left++;
    while (next(&r, &e)) {
        bool found = false, lacks = false;

        for (size_t i = 0; i < count; i++)
            lacks = lacks || without[i] == e.type;
        for (struct tlsni_rd o = tlsni_rd_span(ours); !found && next(&o, &own);)
            found = own.type == e.type;
        assert_int_equal(found, !lacks);
        if (lacks)
            continue;
        if (e.type == SIGALGS)
            check_schemes(own.data, e.data);
        else if (e.type != COOKIE && !tlsni_span_eq(own.data, e.data))
            fail_msg("extension %u differs", e.type);
        n++;
    }
    assert_int_equal(n, left);
}

/* The same head, then blocks of extensions. */
static void check_alike(struct tlsn_span ours, struct tlsn_span theirs, size_t head, const uint16_t *without,
                        size_t count)
{
    assert_true(ours.len > head + 2 && theirs.len > head + 2);
    assert_memory_equal(ours.data + 4, theirs.data + 4, head - 4);
    check_extensions((struct tlsn_span){ ours.data + head + 2, ours.len - head - 2 },
                     (struct tlsn_span){ theirs.data + head + 2, theirs.len - head - 2 }, without, count);
}

/* Lifetime and age_add, the ticket and what stands behind it; the nonces are of one byte and of two. */
static void check_ticket(struct tlsn_span ours, struct tlsn_span theirs)
{
    assert_int_equal(ours.len + 1, theirs.len);
    assert_memory_equal(ours.data + 4, theirs.data + 4, 8);
    assert_memory_equal(ours.data + 12, "\1\0", 2);
    assert_memory_equal(theirs.data + 12, "\2\0\0", 3);
    assert_memory_equal(ours.data + 14, theirs.data + 15, ours.len - 14);
}

static void check_message(struct tlsn_span ours, struct tlsn_span theirs)
{
    static const uint16_t without[] = { GROUPS, SERVER_NAME };
    bool resumed = server.t.conn->scratch->hs.resumed;

    assert_int_equal(ours.data[0], theirs.data[0]);
    if (tlsni_span_eq(ours, theirs)) {
        server.same++;
        return;
    }
    server.other++;
    switch (ours.data[0]) {
    case HELLO: check_alike(ours, theirs, 4 + 2 + 32 + 1 + ours.data[38] + 3, NULL, 0); break;
    case ENCRYPTED_EXTENSIONS: check_alike(ours, theirs, 4, without, resumed ? 2 : 1); break;
    case REQUEST: check_alike(ours, theirs, 5, NULL, 0); break;
    case TICKET: check_ticket(ours, theirs); break;
    default: fail_msg("message %u differs", ours.data[0]);
    }
}

/* ---- the trace's message in the place of ours ---- */

/* What the server will want to hear again. */
static void put_cookie(struct tlsni_hs *hs, struct tlsn_span m)
{
    struct tlsn_span block = { m.data + 44, m.len - 44 }, cookie;

    if (m.data[0] != HELLO || !tlsni_ext_find(block, COOKIE, &cookie))
        return;
    hs->tls13.cookie.start = hs->tls13.cookie.end = 0;
    OK(tlsni_buf_append(hs->env, &hs->tls13.cookie, cookie.data + 2, cookie.len - 2));
}

static void add(struct tlsn_span m)
{
    tlsni_hash_update(&server.transcript, m.data, m.len);
}

/* A HelloRetryRequest stands behind the hash of the first hello. */
static void restart(void)
{
    uint8_t head[36] = { MESSAGE_HASH, 0, 0, 32 };

    tlsni_hash_peek(&server.transcript, head + 4);
    tlsni_hash_init(&server.transcript, server.transcript.row);
    add((struct tlsn_span){ head, sizeof head });
}

static tlsn_status send_message(void *ctx, const uint8_t *bytes, size_t len)
{
    struct tlsn_conn *c = ctx;
    struct tlsni_hs *hs = &c->scratch->hs;
    struct tlsn_span theirs;

    assert_true(server.next < server.count);
    theirs = server.message[server.next++];
    check_message((struct tlsn_span){ bytes, len }, theirs);
    if (theirs.data[0] == HELLO && memcmp(theirs.data + 6, "\xcf\x21\xad\x74", 4) == 0)
        restart();
    put_cookie(hs, theirs);
    add(theirs);
    if (theirs.data[0] != TICKET)
        hs->transcript.hash = server.transcript;
    return tlsni_conn_host.send_message(c, theirs.data, theirs.len);
}

/* ---- a server of the trace ---- */

/* The messages of all records that are protected or not, as long as they are of the handshake. */
static void collect_messages(void)
{
    struct vec_block *b = &server.t.block;

    for (size_t i = 0; i + 1 < b->count; i++) {
        struct tlsni_rd r;

        if (!is(b->lines[i].key, "server_payload") || !is(b->lines[i + 1].key, "server_handshake"))
            continue;
        r = tlsni_rd_span(trace_value(&server.t, i));
        while (tlsni_rd_left(&r)) {
            const uint8_t *at = r.p;
            size_t len;

            (void)tlsni_rd_u8(&r);
            len = tlsni_rd_u24(&r);
            (void)tlsni_rd_take(&r, len);
            assert_false(r.bad || server.count == MESSAGES_MAX);
            server.message[server.count++] = (struct tlsn_span){ at, 4 + len };
        }
    }
}

/* Random value and ephemeral key of the last hello, in the order in which they are drawn; age_add. */
static void prepare_draws(bool retry)
{
    struct tlsn_span hello = server.message[retry ? 1 : 0], ticket = message(TICKET);
    size_t n = 0;

    if (retry)
        server.draw[n++] = (struct tlsn_span){ hello.data, 32 }; /* a cookie, which is put right later */
    server.draw[n++] = (struct tlsn_span){ hello.data + 6, 32 };
    server.draw[n++] = trace_field(&server.t, "server_private", 0);
    if (ticket.data)
        server.draw[n] = (struct tlsn_span){ ticket.data + 8, 4 };
}

/* What its server had to decide. */
static void configure(tlsn_config *c, const char *name)
{
    static const struct tlsn_ticket_maker maker = { .seal = seal, .open = open };
    struct tlsn_limits limits = tlsni_default_limits;
    bool retry = is(name, "retry"), asks = is(name, "client authentication");

    OK(tlsn_config_set_server_names(c, "server"));
    OK(tlsn_config_set_record_size_limit(c, 16384));
    OK(tlsn_config_set_groups(c, retry ? "secp256r1" : "x25519"));
    OK(tlsn_config_set_feature(c, TLSN_FEATURE_RETRY_COOKIE, retry));
    limits.session_seconds = 30;
    OK(tlsn_config_set_limits(c, &limits));
    OK(tlsn_config_set_early_data_max(c, 1024));
    OK(tlsn_config_set_tickets(c, is(name, "simple")));
    OK(tlsn_config_set_ticket_maker(c, &maker));
    if (!asks)
        return;
    OK(tlsn_config_set_client_auth(c, TLSN_CLIENT_AUTH_REQUIRE));
    OK(tlsn_config_set_sigalgs(c, "ecdsa_secp256r1_sha256,ecdsa_secp384r1_sha384,ecdsa_secp521r1_sha512,ecdsa_sha1,"
                                  "rsa_pss_rsae_sha256,rsa_pss_rsae_sha384,rsa_pss_rsae_sha512,rsa_pkcs1_sha256,"
                                  "rsa_pkcs1_sha384,rsa_pkcs1_sha512,rsa_pkcs1_sha1"));
}

static void begin(const char *name)
{
    struct tlsni_buf session = server.session;
    struct tlsn_span certificate;

    memset(&server, 0, sizeof server);
    server.session = session;
    trace_begin(&server.t, name, sign, draw);
    tlsni_hash_init(&server.transcript, tlsni_hash_find(TLSNI_HASH_SHA256));
    collect_messages();
    configure(server.t.config, name);
    certificate = message(CERTIFICATE);
    if (certificate.data) /* message, context, list, certificate; no extensions behind it */
        trace_add_certificate(&server.t, (struct tlsn_span){ certificate.data + 11, certificate.len - 13 });
    OK(tlsn_conn_new(&server.t.conn, TLSN_SERVER, server.t.config));
    OK(tlsni_conn_start(server.t.conn));
    server.host = tlsni_conn_host;
    server.host.send_message = send_message;
    server.t.conn->scratch->hs.host = &server.host;
    prepare_draws(is(name, "retry"));
}

/* Data of the client, in the handshake or behind it. */
static void hear(struct tlsn_span payload, struct tlsn_span record, tlsn_status want)
{
    struct trace *t = &server.t;
    uint8_t in[1024], plain[1024];
    size_t consumed, n;

    assert_true(record.len <= sizeof in);
    memcpy(in, record.data, record.len);
    assert_int_equal((t->conn->done ? tlsn_decrypt : tlsn_decrypt_early)(t->conn, in, record.len, &consumed, plain,
                                                                         sizeof plain, &n), want);
    assert_int_equal(consumed, record.len);
    if (want == TLSN_OK) {
        assert_int_equal(n, payload.len);
        assert_memory_equal(plain, payload.data, n);
    }
}

static void client_says(const char *kind, struct tlsn_span payload, struct tlsn_span record)
{
    struct trace *t = &server.t;

    if (is(kind, "handshake"))
        add(payload);
    t->hellos += is(kind, "handshake") && payload.data[0] == 1;
    if (is(kind, "application_data") || is(kind, "alert"))
        hear(payload, record, is(kind, "alert") ? TLSN_CLOSED : TLSN_OK);
    else if (payload.data[0] == 5) /* EndOfEarlyData */
        hear(payload, record, TLSN_EARLY_END);
    else
        (void)trace_shake(t, record);
    trace_collect(t);
}

static void server_says(const char *kind, struct tlsn_span payload, struct tlsn_span record)
{
    struct trace *t = &server.t;
    size_t consumed, n;

    if (is(kind, "application_data"))
        OK(tlsn_encrypt(t->conn, payload.data, payload.len, &consumed, t->out + t->out_len, 1024, &n));
    else if (is(kind, "alert"))
        OK(tlsn_shutdown(t->conn, t->out + t->out_len, 1024, &n));
    else
        n = 0;
    t->out_len += n;
    trace_expect(t, record);
}

static void play(void)
{
    static const char *const kinds[] = { "handshake", "application_data", "alert", "change_cipher_spec" };
    struct vec_block *b = &server.t.block;
    struct tlsn_span payload = { NULL, 0 };

    for (size_t i = 0; i < b->count; i++) {
        const char *key = b->lines[i].key;
        bool client = strncmp(key, "client_", 7) == 0, served = strncmp(key, "server_", 7) == 0;

        if ((client || served) && is(key + 7, "payload"))
            payload = trace_value(&server.t, i);
        for (size_t k = 0; (client || served) && k < sizeof kinds / sizeof *kinds; k++)
            if (is(key + 7, kinds[k]))
                (client ? client_says : server_says)(kinds[k], payload, trace_value(&server.t, i));
    }
}

/* How many messages are those of the trace, and how many differ as the head of this file says. */
static void check_trace(const char *name, unsigned same, unsigned other, unsigned logged)
{
    begin(name);
    play();
    assert_int_equal(server.next, server.count);
    assert_int_equal(server.same, same);
    assert_int_equal(server.other, other);
    assert_int_equal(server.t.logged, logged);
    assert_int_equal(server.t.out_len, 0);
    assert_true(server.t.conn->close_received && server.t.conn->close_sent);
}

static void end(void)
{
    trace_end(&server.t);
}

static void drop_session(void)
{
    tlsni_buf_free(NULL, &server.session);
}

static void trace_simple_is_that_of_our_server(void **state)
{
    (void)state;
    check_trace("simple", 3, 3, 5);
    end();
    drop_session();
    REQ("8448:3/1");
}

static void trace_retry_is_that_of_our_server(void **state)
{
    (void)state;
    check_trace("retry", 3, 3, 5);
    end();
    REQ("8448:5/1");
}

static void trace_client_authentication_is_that_of_our_server(void **state)
{
    (void)state;
    check_trace("client authentication", 3, 3, 5);
    assert_true(server.t.conn->client_authenticated);
    end();
    REQ("8448:6/1");
}

static void trace_compatibility_mode_is_that_of_our_server(void **state)
{
    (void)state;
    check_trace("compatibility mode", 3, 2, 5);
    end();
    REQ("8448:7/1");
}

/* The session of the ticket, with the key that the trace's nonce makes of it. */
static void put_key(struct tlsn_span psk)
{
    tlsn_session *s;

    OK(tlsn_session_read(&s, server.session.data, tlsni_buf_len(&server.session), NULL));
    assert_int_equal(s->master.len, psk.len);
    memcpy(s->master.data, psk.data, psk.len);
    server.session.start = server.session.end = 0;
    OK(tlsni_session_write(s, NULL, &server.session));
    tlsn_session_free(s);
}

static uint32_t get32(const uint8_t *p)
{
    struct tlsni_rd r = tlsni_rd_make(p, 4);

    return tlsni_rd_u32(&r);
}

/* Of the ticket, as the client says it: in front of the binder and behind what hides it. */
static uint32_t age_ms(struct tlsn_span hello, uint32_t age_add)
{
    return get32(hello.data + hello.len - 39) - age_add;
}

static void trace_resumed_is_that_of_our_server(void **state)
{
    uint32_t age_add;

    (void)state;
    check_trace("simple", 3, 3, 5);
    put_key(trace_field(&server.t, "psk", 0));
    age_add = get32(message(TICKET).data + 8);
    end();
    begin("resumed");
    server.t.env.now_ms += age_ms(trace_field(&server.t, "client_hello", 0), age_add);
    play();
    assert_int_equal(server.same, 1);
    assert_int_equal(server.other, 2);
    assert_int_equal(server.t.logged, 7);
    assert_int_equal(server.t.out_len, 0);
    assert_int_equal(server.t.conn->early, TLSN_EARLY_ACCEPTED);
    end();
    drop_session();
    REQ("8448:4/1");
    REQ("8448:4/2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trace_simple_is_that_of_our_server),
        cmocka_unit_test(trace_retry_is_that_of_our_server),
        cmocka_unit_test(trace_client_authentication_is_that_of_our_server),
        cmocka_unit_test(trace_compatibility_mode_is_that_of_our_server),
        cmocka_unit_test(trace_resumed_is_that_of_our_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
