/* Statements of RFC 8446 and RFC 9846 on what sides offer: that it has the shape its standard says, that it is
 * there, that it is of this age, and what may not come of it. */
#include "req.h"
#include "support_bent.h"
#include "support_hello.h"
#include "support_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/group.h"
#include "conn.h"
#include "handshake/negotiate.h"

enum { CLIENT_HELLO = 1, SERVER_HELLO = 2, ENCRYPTED_EXTENSIONS = 8, CERTIFICATE = 11, REQUEST = 13, VERIFY = 15,
       FINISHED = 20 };
enum { PSK = 41, EARLY_DATA = 42, VERSIONS = 43, MODES = 45, SHARE = 51, ILLEGAL = 47, DECODE = 50 };

#define OK(call) assert_int_equal((call), TLSN_OK)

static struct duo *pair(uint16_t min, uint16_t max)
{
    struct duo *d = duo_new();

    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(d->config[r], min, max));
    return d;
}

/* ---- shapes of extensions ----
 *
 * b, h, w: numbers of one, two and four bytes. 1(x), 2(x): a vector with a length of so many bytes, which holds
 * x as often as it takes. Nothing of the data may be left over. */

static const char *behind(const char *shape)
{
    int depth = 0;

    do {
        depth += *shape == '(';
        depth -= *shape == ')';
    } while (*shape++ && depth);
    return shape;
}

static const char *walk(const char *shape, struct tlsni_rd *r);

static const char *walk_vector(const char *shape, struct tlsni_rd *r)
{
    struct tlsni_rd inner = tlsni_rd_vec(r, (unsigned)(*shape - '0'), 0, 65535);

    while (tlsni_rd_left(&inner) && !inner.bad)
        (void)walk(shape + 2, &inner);
    if (inner.bad)
        tlsni_rd_fail(r);
    return behind(shape + 1);
}

static const char *walk(const char *shape, struct tlsni_rd *r)
{
    while (*shape && *shape != ')')
        switch (*shape) {
        case 'b': (void)tlsni_rd_u8(r); shape++; break;
        case 'h': (void)tlsni_rd_u16(r); shape++; break;
        case 'w': (void)tlsni_rd_u32(r); shape++; break;
        default: shape = walk_vector(shape, r); break;
        }
    return shape;
}

static bool fits(const char *shape, struct tlsn_span data)
{
    struct tlsni_rd r = tlsni_rd_span(data);

    (void)walk(shape, &r);
    return tlsni_rd_done(&r);
}

struct shape {
    uint16_t type;
    const char *shape;
};

/* What RFC 8446 4.2, and later documents by themselves, let stand in each message of TLS 1.3. */
static const struct shape in_client_hello[] = {
    { 0, "2(b2(b))" }, { 1, "b" },      { 5, "b2(2(b))2(b)" }, { 10, "2(h)" },   { 13, "2(h)" },
    { 14, "2(h)1(b)" }, { 15, "b" },    { 16, "2(1(b))" },     { 18, "" },       { 19, "1(b)" },
    { 20, "1(b)" },    { 27, "1(h)" },  { 28, "h" },           { 33, "" },       { 34, "2(h)" },
    { 42, "" },        { 43, "1(h)" },  { 44, "2(b)" },        { 45, "1(b)" },   { 47, "2(2(b))" },
    { 49, "" },        { 50, "2(h)" },  { 51, "2(h2(b))" },    { 58, "bb" },     { 41, "2(2(b)w)2(1(b))" },
};
static const struct shape in_server_hello[] = { { 41, "h" }, { 43, "h" }, { 51, "h2(b)" } };
static const struct shape in_encrypted_extensions[] = {
    { 0, "" },   { 1, "b" },  { 10, "2(h)" }, { 14, "2(h)1(b)" }, { 15, "b" }, { 16, "2(1(b))" },
    { 19, "b" }, { 20, "b" }, { 28, "h" },    { 33, "" },         { 42, "" },  { 58, "b" },
};
static const struct shape in_certificate_request[] = {
    { 5, "" }, { 13, "2(h)" }, { 18, "" }, { 27, "1(h)" }, { 34, "2(h)" }, { 47, "2(2(b))" }, { 48, "2(1(b)2(b))" },
    { 50, "2(h)" },
};

static unsigned checked;

static void check_block(struct tlsn_span block, const struct shape *list, size_t count)
{
    struct tlsni_rd r = tlsni_rd_span(block);

    while (tlsni_rd_left(&r)) {
        uint16_t type = tlsni_rd_u16(&r);
        struct tlsn_span data = tlsni_rd_vec_span(&r, 2, 0, 65535);
        size_t i = 0;

        while (i < count && list[i].type != type)
            i++;
        if (i == count || !fits(list[i].shape, data))
            fail_msg("extension %u of %zu bytes", type, data.len);
        checked++;
    }
    assert_true(tlsni_rd_done(&r));
}

/* The block at the end of a message, behind `skip`. */
static struct tlsn_span block_of(const uint8_t *body, size_t len, const char *skip)
{
    struct tlsni_rd r = tlsni_rd_make(body, len);
    struct tlsn_span block;

    (void)walk(skip, &r);
    block = tlsni_rd_vec_span(&r, 2, 0, 65535);
    assert_true(tlsni_rd_done(&r));
    return block;
}

#define HELLO_HEAD "hwwwwwwww1(b)"
#define CHECK(body, len, skip, list) check_block(block_of(body, len, skip), list, sizeof list / sizeof *(list))

static void look_client_hello(uint8_t *body, size_t *len)
{
    CHECK(body, *len, HELLO_HEAD "2(h)1(b)", in_client_hello);
}

static void look_server_hello(uint8_t *body, size_t *len)
{
    CHECK(body, *len, HELLO_HEAD "hb", in_server_hello);
}

static void look_encrypted_extensions(uint8_t *body, size_t *len)
{
    CHECK(body, *len, "", in_encrypted_extensions);
}

static void look_request(uint8_t *body, size_t *len)
{
    CHECK(body, *len, "1(b)", in_certificate_request);
}

/* Whatever there is to switch on, that of older versions too; the versions are those of the caller. */
static void equip(struct duo *d)
{
    static const enum tlsn_feature features[] = {
        TLSN_FEATURE_OCSP, TLSN_FEATURE_OCSP_MULTI, TLSN_FEATURE_SCT, TLSN_FEATURE_TRUNCATED_HMAC,
        TLSN_FEATURE_CERTIFICATE_URL, TLSN_FEATURE_CACHED_INFO, TLSN_FEATURE_POST_HANDSHAKE_AUTH,
        TLSN_FEATURE_INSECURE_PSK_KE,
    };
    static const uint8_t types[] = { TLSN_CERT_X509, TLSN_CERT_RAW_KEY };
    struct tlsn_span root = duo_root();

    for (int r = 0; r < 2; r++) {
        tlsn_config *c = d->config[r];

        for (size_t i = 0; i < sizeof features / sizeof *features; i++)
            OK(tlsn_config_set_feature(c, features[i], true));
        OK(tlsn_config_set_alpn(c, "h2,http/1.1"));
        OK(tlsn_config_set_sigalgs_cert(c, "ecdsa_secp256r1_sha256,rsa_pkcs1_sha256"));
        OK(tlsn_config_set_record_size_limit(c, 4000));
        OK(tlsn_config_set_heartbeat(c, TLSN_HEARTBEAT_ANSWER));
        OK(tlsn_config_set_srtp(c, "SRTP_AES128_CM_HMAC_SHA1_80", false));
        OK(tlsn_config_set_own_cert_types(c, types, 2));
        OK(tlsn_config_set_peer_cert_types(c, types, 2));
        OK(tlsn_config_add_trusted_ca(c, TLSN_CA_NAME, root.data, root.len));
        OK(tlsn_config_set_early_data_max(c, 1000));
    }
    OK(tlsn_config_set_ticket_request(d->config[TLSN_CLIENT], 2, 1));
    OK(tlsn_config_add_credential(d->config[TLSN_CLIENT], duo_credential("ec:secp256r1")));
    OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUEST));
}

static void extensions_have_their_shape_and_are_of_this_age(void **state)
{
    static const struct {
        enum tlsn_role from;
        uint8_t type;
        duo_change *look;
    } rows[] = { { TLSN_CLIENT, CLIENT_HELLO, look_client_hello },
                 { TLSN_SERVER, SERVER_HELLO, look_server_hello },
                 { TLSN_SERVER, ENCRYPTED_EXTENSIONS, look_encrypted_extensions },
                 { TLSN_SERVER, REQUEST, look_request } };
    struct duo *d = pair(TLSN_TLS1_3, TLSN_TLS1_3);
    tlsn_session *s;

    (void)state;
    equip(d);
    checked = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bent_connect(d, rows[i].from, rows[i].type, rows[i].look);
        duo_run(d);
        assert_int_equal(bent_count(), 1);
        assert_true(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
    }
    assert_true(checked > 30);
    s = duo_session(d);
    checked = 0;
    duo_reconnect(d, s);
    for (size_t i = 0; i < 2; i++) {
        struct tlsn_span m = duo_message(d, rows[i].from, rows[i].type);
        uint8_t copy[4096];
        size_t len = m.len;

        assert_in_range(len, 1, sizeof copy);
        memcpy(copy, m.data, len);
        rows[i].look(copy, &len);
    }
    assert_non_null(duo_extension(d, TLSN_CLIENT, 41).data);
    assert_non_null(duo_extension(d, TLSN_SERVER, 41).data);
    assert_true(checked > 20);
    tlsn_session_free(s);
    duo_free(d);
    REQ("9846:4.3/1");
    REQ("8446:4.2.9/4"); /* which stands in none of the server's */
}

/* ---- messages and alerts of older versions ---- */

static void check_types(const char *allowed)
{
    struct tlsn_span types = bent_types();

    for (size_t i = 0; i < types.len; i++)
        assert_non_null(strchr(allowed, types.data[i]));
}

/* What the two sides say with everything switched on; no status leads to an alert that TLS 1.3 has not. */
static void messages_and_alerts_of_older_versions_are_not_sent(void **state)
{
    static const uint8_t old[] = { 21, 30, 41, 60, 100, 111, 114 };
    const struct tlsni_version *v = tlsni_version_find(TLSN_TLS1_3);
    struct duo *d = pair(TLSN_TLS1_2, TLSN_TLS1_3);

    (void)state;
    equip(d);
    bent_connect(d, TLSN_SERVER, 0, NULL);
    duo_run(d);
    check_types("\x02\x04\x08\x0b\x0d\x0f\x14");
    bent_connect(d, TLSN_CLIENT, 0, NULL);
    duo_run(d);
    check_types("\x01\x0b\x0f\x14");
    for (size_t i = 0; i < d->records; i++)
        assert_true(d->record[i].type != 22 || d->record[i].body[0] == 1 || d->record[i].body[0] == 2);
    for (unsigned alert = 0; alert < 256; alert++) {
        uint8_t sent = tlsni_version_alert(v, (uint8_t)alert);

        assert_null(memchr(old, sent, sizeof old));
        if (!memchr(old, (int)alert, sizeof old))
            assert_int_equal(sent, alert);
    }
    duo_free(d);
}

/* An application that judges certificates may come up with any reason. */
static void verdict_of_an_older_version_has_another_alert(void **state)
{
    static const tlsn_status verdicts[] = { TLSN_ERR_CERT_UNOBTAINABLE, TLSN_ERR_CERT_HASH, TLSN_ERR_DECOMPRESSION };

    (void)state;
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
        struct duo *d = pair(TLSN_TLS1_3, TLSN_TLS1_3);

        OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_SUSPEND));
        duo_connect(d);
        duo_run(d);
        assert_int_equal(d->status[TLSN_CLIENT], TLSN_NEED_VERDICT);
        OK(tlsn_set_verdict(d->conn[TLSN_CLIENT], verdicts[i]));
        duo_run(d);
        assert_int_equal(tlsn_conn_error(d->conn[TLSN_CLIENT])->alert_sent, 40);
        duo_free(d);
    }
    REQ("8446:B/1");
}

/* ---- what is offered is there ---- */

static void check_offer(struct duo *d)
{
    static const uint16_t lists[] = { 10, 13, 50 };
    struct tlsn_span hello = duo_message(d, TLSN_CLIENT, CLIENT_HELLO), suites;
    struct tlsni_rd r = tlsni_rd_span(hello);

    (void)walk(HELLO_HEAD, &r);
    suites = tlsni_rd_vec_span(&r, 2, 2, 65534);
    for (size_t i = 0; i < suites.len; i += 2) {
        uint16_t id = (uint16_t)(suites.data[i] << 8 | suites.data[i + 1]);
        const struct tlsni_suite *suite = tlsni_suite_find(id);

        assert_true(id == 0x00ff || (suite && tlsni_suite_implemented(suite)));
    }
    for (size_t i = 0; i < 3; i++) {
        struct tlsn_span list = duo_extension(d, TLSN_CLIENT, lists[i]);

        for (size_t k = 2; k < list.len; k += 2) {
            uint16_t id = (uint16_t)(list.data[k] << 8 | list.data[k + 1]);
            const struct tlsni_group *g = tlsni_group_find(id);

            assert_true(i ? tlsni_sigalg_find(id) != NULL : g && g->keygen);
        }
    }
}

static void whatever_a_hello_offers_is_there(void **state)
{
    static const char *const policies[] = { "modern", "default", "compat", "legacy", "research" };

    (void)state;
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        struct duo *d = duo_new();

        OK(tlsn_config_set_policy(d->config[TLSN_CLIENT], policies[i]));
        duo_connect(d);
        duo_run(d);
        check_offer(d);
        duo_free(d);
    }
    REQ("8446:9.3/1");
}

/* A list that repeats itself becomes one that does not. */
static void no_group_stands_twice(void **state)
{
    static const char *const lists[] = { "x25519,secp256r1,x25519,X25519,secp256r1", "secp384r1,x25519,secp384r1" };
    static const size_t lens[] = { 2 + 4, 2 + 4 };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct duo *d = pair(TLSN_TLS1_3, TLSN_TLS1_3);
        struct tlsn_span list;

        OK(tlsn_config_set_groups(d->config[TLSN_CLIENT], lists[i]));
        duo_connect(d);
        duo_run(d);
        list = duo_extension(d, TLSN_CLIENT, 10);
        assert_int_equal(list.len, lens[i]);
        assert_memory_not_equal(list.data + 2, list.data + 4, 2);
        duo_free(d);
    }
    REQ("9846:4.3.7/1");
}

/* ---- versions ---- */

#define LIST13 "002b0003020304"
#define NAME "00000013001100000e7365727665722e6578616d706c65" /* server.example */
#define LIST_BOTH "002b00050403040303"
#define OFFER "000a00060004001d0017" "000d0006000404030804"                                         \
              "003300260024001d0020" "2222222222222222222222222222222222222222222222222222222222222222"

static unsigned chosen(const struct duo *d)
{
    struct tlsn_span ext = duo_extension(d, TLSN_SERVER, VERSIONS), m = duo_message(d, TLSN_SERVER, SERVER_HELLO);

    if (!m.data)
        return 0;
    return ext.len == 2 ? (unsigned)(ext.data[0] << 8 | ext.data[1]) : (unsigned)(m.data[0] << 8 | m.data[1]);
}

static void share_that_comes_again_is_taken(void **state)
{
    const struct duo_hello h = { .suites = "1301", .extensions = LIST13 OFFER };
    struct duo *d = pair(TLSN_TLS1_3, TLSN_TLS1_3);

    (void)state;
    for (int i = 0; i < 3; i++) {
        duo_connect(d);
        duo_hello(d, &h);
        assert_int_equal(chosen(d), TLSN_TLS1_3);
    }
    duo_free(d);
    REQ("9846:4.3.8/3");
}

static void hello_of_ssl2_does_not_lead_to_tls13(void **state)
{
    static const uint8_t hello[] = { 0x80, 34, 1, 3, 4, 0, 9, 0, 0, 0, 16, 0, 0x13, 0x01, 0, 0, 0x9c, 0, 0, 0xff,
                                     1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
    struct duo *d = duo_new();

    (void)state;
    duo_reset_server(d, duo_credential("rsa:2048"));
    OK(tlsn_config_set_versions(d->config[TLSN_SERVER], TLSN_TLS1_2, TLSN_TLS1_3));
    OK(tlsn_config_set_suites(d->config[TLSN_SERVER], "TLS_AES_128_GCM_SHA256,TLS_RSA_WITH_AES_128_GCM_SHA256"));
    OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_INSECURE_SSL2_HELLO, true));
    duo_connect(d);
    d->absent[TLSN_CLIENT] = true;
    duo_inject(d, TLSN_CLIENT, hello, sizeof hello);
    duo_run(d);
    if (tlsn_conn_error(d->conn[TLSN_SERVER]))
        fail_msg("%s", tlsn_conn_error(d->conn[TLSN_SERVER])->text);
    assert_int_equal(chosen(d), TLSN_TLS1_2);
    duo_free(d);
    REQ("8446:D.5/9");
}

/* A renegotiation of TLS 1.2 whose hello offers TLS 1.3 to a server that has it. */
static void renegotiation_does_not_lead_to_tls13(void **state)
{
    static const char head[] = "0303" "0101010101010101010101010101010101010101010101010101010101010101" "00"
                               "0004" "1301" "c02b" "0100";
    struct duo *d = pair(TLSN_TLS1_2, TLSN_TLS1_3);
    uint8_t hello[512] = { CLIENT_HELLO }, *at = hello + 4;
    tlsn_conn *client;

    (void)state;
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_renegotiation(d->config[r], TLSN_RENEGOTIATION_SECURE));
    OK(tlsn_config_set_versions(d->config[TLSN_CLIENT], TLSN_TLS1_2, TLSN_TLS1_2));
    duo_shake(d);
    client = d->conn[TLSN_CLIENT];
    at += vec_unhex(head, at, 256);
    at += vec_unhex("0000" NAME LIST_BOTH OFFER "00170000" "ff01000d0c", at, 256);
    memcpy(at, client->verify_data[TLSN_CLIENT], 12);
    at += 12;
    hello[3] = (uint8_t)(at - hello - 4);
    assert_int_equal((at - hello - 4) >> 8, 0);
    hello[4 + sizeof head / 2 + 1] = (uint8_t)(at - hello - 4 - (ptrdiff_t)(sizeof head / 2) - 2);
    d->absent[TLSN_CLIENT] = true;
    OK(tlsni_conn_queue(client, 22, hello, (size_t)(at - hello)));
    duo_flush(d, TLSN_CLIENT);
    duo_run(d);
    if (tlsn_conn_error(d->conn[TLSN_SERVER]))
        fail_msg("%s", tlsn_conn_error(d->conn[TLSN_SERVER])->text);
    assert_non_null(d->conn[TLSN_SERVER]->scratch);
    assert_int_equal(d->conn[TLSN_SERVER]->scratch->hs.version->number, TLSN_TLS1_2);
    duo_free(d);
    REQ("8446:4.1.2/8");
}

/* TLS 1.1 in the old field would be protocol_version, TLS 1.2 in the extension is not: the latter counts. */
static void with_tls12_listed(uint8_t *body, size_t *len)
{
    size_t at = *len;

    body[1] = 2;
    while (at-- > 6)
        if (memcmp(body + at - 6, "\0\x2b\0\2\3\4", 6) == 0)
            body[at - 1] = 3;
}

static void extension_is_looked_at_before_the_rest_of_a_server_hello(void **state)
{
    struct duo *d = pair(TLSN_TLS1_2, TLSN_TLS1_3);

    (void)state;
    bent_refused(d, TLSN_SERVER, SERVER_HELLO, with_tls12_listed, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL);
    duo_free(d);
    REQ("8446:4.2.1/5");
    REQ("9846:4.3.1/1");
}

static void without_share(uint8_t *body, size_t *len)
{
    hello_cut(body, len, false, SHARE);
}

/* With a key that was agreed on before there are shares of both sides all the same, unless psk_ke is offered. */
static void key_goes_with_its_modes_and_with_shares(void **state)
{
    static const char key[] = "thirty-two octets of a secret key";

    (void)state;
    for (int ke = 0; ke < 2; ke++) {
        struct duo *d = pair(TLSN_TLS1_3, TLSN_TLS1_3);

        for (int r = 0; r < 2; r++)
            OK(tlsn_config_add_psk(d->config[r], "joe", 3, key, 32));
        OK(tlsn_config_set_groups(d->config[TLSN_CLIENT], "x25519"));
        OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_INSECURE_PSK_KE, ke));
        duo_shake(d);
        assert_non_null(duo_extension(d, TLSN_CLIENT, PSK).data);
        assert_int_equal(duo_extension(d, TLSN_CLIENT, MODES).len, 2 + ke);
        assert_non_null(duo_extension(d, TLSN_SERVER, PSK).data);
        assert_null(duo_extension(d, TLSN_SERVER, MODES).data);
        for (int r = 0; r < 2; r++)
            assert_non_null(duo_extension(d, (enum tlsn_role)r, SHARE).data);
        if (!ke)
            bent_refused(d, TLSN_SERVER, SERVER_HELLO, without_share, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL);
        duo_free(d);
    }
    REQ("8446:4.2.9/3");
    REQ("8446:4.2.9/5");
    REQ("8446:4.2.11/11");
}

/* A list of authorities has one at least, and a name of one byte. */
static void list_of_authorities_has_its_bounds(void **state)
{
    static const struct {
        const char *extension;
        unsigned version;
    } rows[] = { { "002f0005" "0003" "0001aa", TLSN_TLS1_3 }, { "002f0008" "0006" "0001aa" "0001bb", TLSN_TLS1_3 },
                 { "002f0000", 0 },           { "002f0002" "0000", 0 },
                 { "002f0004" "0002" "0000", 0 }, { "002f0007" "0005" "0001aa" "0000", 0 },
                 { "002f0005" "0003" "0002aa", 0 }, { "002f0006" "0003" "0001aa" "00", 0 } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct duo *d = pair(TLSN_TLS1_3, TLSN_TLS1_3);
        char extensions[512] = LIST13 OFFER;
        const struct duo_hello h = { .suites = "1301", .extensions = extensions };

        strcat(extensions, rows[i].extension);
        duo_connect(d);
        duo_hello(d, &h);
        if (rows[i].version)
            assert_int_equal(chosen(d), rows[i].version);
        else
            assert_int_equal(duo_alert(d, TLSN_SERVER), 2 << 8 | DECODE);
        duo_free(d);
    }
    REQ("8446:4.2.4/3");
}

/* A session of TLS 1.2 says nothing of what the server may know of TLS 1.3. */
static void early_data_are_for_servers_that_are_known(void **state)
{
    (void)state;
    for (int known = 0; known < 2; known++) {
        uint16_t first = known ? TLSN_TLS1_3 : TLSN_TLS1_2;
        struct duo *d = pair(TLSN_TLS1_2, first);
        tlsn_session *s;

        OK(tlsn_config_set_early_data_max(d->config[TLSN_SERVER], 1000));
        duo_shake(d);
        s = duo_session(d);
        duo_reset_client(d);
        OK(tlsn_config_set_versions(d->config[TLSN_CLIENT], TLSN_TLS1_2, TLSN_TLS1_3));
        duo_connect(d);
        OK(tlsn_conn_set_session(d->conn[TLSN_CLIENT], s));
        OK(tlsn_conn_set_early_data(d->conn[TLSN_CLIENT], true));
        duo_run(d);
        assert_int_equal(duo_extension(d, TLSN_CLIENT, EARLY_DATA).data != NULL, known);
        tlsn_session_free(s);
        duo_free(d);
    }
    REQ("8446:D.1/2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extensions_have_their_shape_and_are_of_this_age),
        cmocka_unit_test(messages_and_alerts_of_older_versions_are_not_sent),
        cmocka_unit_test(verdict_of_an_older_version_has_another_alert),
        cmocka_unit_test(whatever_a_hello_offers_is_there),
        cmocka_unit_test(no_group_stands_twice),
        cmocka_unit_test(share_that_comes_again_is_taken),
        cmocka_unit_test(hello_of_ssl2_does_not_lead_to_tls13),
        cmocka_unit_test(renegotiation_does_not_lead_to_tls13),
        cmocka_unit_test(extension_is_looked_at_before_the_rest_of_a_server_hello),
        cmocka_unit_test(key_goes_with_its_modes_and_with_shares),
        cmocka_unit_test(list_of_authorities_has_its_bounds),
        cmocka_unit_test(early_data_are_for_servers_that_are_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
