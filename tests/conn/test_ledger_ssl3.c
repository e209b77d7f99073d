/* SSL 3.0 (RFC 6101) recomputed beside the library from what was on the wire: its key schedule, MAC, padding,
 * Finished and CertificateVerify, with nothing but MD5, SHA-1, AES and the server's RSA key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cipher/block.h"
#include "cipher/hash.h"
#include "cipher/pk.h"
#include "cipher/pk_impl.h"
#include "conn.h"
#include "handshake/credential.h"
#include "req.h"
#include "support_duo.h"

enum { MASTER = 48, BLOCK = 2 * (20 + 16 + 16), TEXT_MAX = 18432 };

static struct tlsn_span span(const void *p, size_t len)
{
    return (struct tlsn_span){ p, len };
}

static struct duo *ssl3_new(const char *suite)
{
    struct duo *d;

    duo_set_version(TLSN_SSL3);
    d = duo_new();
    for (int i = 0; i < 2; i++)
        assert_int_equal(tlsn_config_set_suites(d->config[i], suite), TLSN_OK);
    return d;
}

static const uint8_t *random_of(const struct duo *d, enum tlsn_role role)
{
    return duo_message(d, role, role == TLSN_CLIENT ? 1 : 2).data + 2;
}

/* MD5(secret, SHA('A', secret, a, b)), MD5(secret, SHA('BB', ...)), ... (6.1, 6.2.2) */
static void expand(const uint8_t *secret, const uint8_t *a, const uint8_t *b, uint8_t *out,
                   size_t len)
{
    uint8_t text[16 + MASTER + 64], inner[MASTER + 20], block[16];

    memcpy(inner, secret, MASTER);
    for (size_t i = 0; 16 * i < len; i++) {
        size_t n = i + 1, left = len - 16 * i;

        memset(text, 'A' + (int)i, n);
        memcpy(text + n, secret, MASTER);
        memcpy(text + n + MASTER, a, 32);
        memcpy(text + n + MASTER + 32, b, 32);
        tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA1), text, n + MASTER + 64, inner + MASTER);
        tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_MD5), inner, sizeof inner, block);
        memcpy(out + 16 * i, block, left < 16 ? left : 16);
    }
}

/* hash(secret, pad 2, hash(before, secret or not, pad 1, behind)) - the form that MAC and digests share. */
static void nest(enum tlsni_hash_id id, struct tlsn_span before, struct tlsn_span secret,
                 struct tlsn_span behind, uint8_t *out)
{
    static uint8_t text[DUO_BYTES];
    const struct tlsni_hash *hash = tlsni_hash_find(id);
    size_t pad = id == TLSNI_HASH_MD5 ? 48 : 40, at = 0;

    memcpy(text, before.data, before.len);
    at = before.len;
    memcpy(text + at, secret.data, secret.len);
    at += secret.len;
    memset(text + at, 0x36, pad);
    at += pad;
    memcpy(text + at, behind.data, behind.len);
    tlsni_hash_once(hash, text, at + behind.len, out);
    memcpy(text, secret.data, secret.len);
    memset(text + secret.len, 0x5c, pad);
    memcpy(text + secret.len + pad, out, hash->len);
    tlsni_hash_once(hash, text, secret.len + pad + hash->len, out);
}

/* Both digests over messages, sender and master secret (5.6.8, 5.6.9). */
static void digest(const struct duo *d, const uint8_t *messages, size_t len, const char *sender,
                   uint8_t out[36])
{
    static uint8_t text[DUO_BYTES];
    size_t sender_len = strlen(sender);

    memcpy(text, messages, len);
    memcpy(text + len, sender, sender_len);
    nest(TLSNI_HASH_MD5, span(text, len + sender_len), span(d->master[0], MASTER), span("", 0), out);
    nest(TLSNI_HASH_SHA1, span(text, len + sender_len), span(d->master[0], MASTER), span("", 0),
         out + 16);
}

/* Handshake messages in the clear, up to the first of this type (0: all). */
static size_t messages(const struct duo *d, uint8_t before, uint8_t *out)
{
    size_t len = 0;

    for (size_t i = 0; i < d->records; i++) {
        const struct duo_record *r = &d->record[i];

        if (r->type != 22 || r->sealed)
            continue;
        if (before && r->body[0] == before)
            break;
        memcpy(out + len, r->body, r->len);
        len += r->len;
    }
    return len;
}

/* The protected record number n of a side. */
static const struct duo_record *sealed(const struct duo *d, enum tlsn_role from, unsigned n)
{
    for (size_t i = 0; i < d->records; i++)
        if (d->record[i].from == from && d->record[i].sealed && !n--)
            return &d->record[i];
    fail_msg("no such record");
    return NULL;
}

/* Opens record n of a side under AES-128-CBC and SHA-1; its IV comes out of the key block, or is the last
 * block of the record before (5.2.3.1, 5.2.3.2). */
static size_t open_record(const struct duo *d, enum tlsn_role from, unsigned n, uint8_t *out)
{
    const struct duo_record *r = sealed(d, from, n);
    const struct tlsni_block *aes = tlsni_block_find(TLSNI_BLOCK_AES_128);
    static uint8_t plain[TEXT_MAX];
    uint8_t block[BLOCK], iv[16], mac[20], head[11] = { 0, 0, 0, 0, 0, 0, 0, (uint8_t)n, r->type };
    static uint8_t covered[11 + TEXT_MAX];
    _Alignas(16) uint8_t state[4096];
    size_t text;

    expand(d->master[0], random_of(d, TLSN_SERVER), random_of(d, TLSN_CLIENT), block, sizeof block);
    assert_true(aes->state_len <= sizeof state && r->len <= sizeof plain && r->len % 16 == 0);
    memcpy(iv, block + 72 + 16 * from, 16);
    if (n)
        memcpy(iv, sealed(d, from, n - 1)->body + sealed(d, from, n - 1)->len - 16, 16);
    aes->set_decrypt_key(state, block + 40 + 16 * from);
    aes->cbc_decrypt(state, iv, plain, r->body, r->len);
    assert_in_range(plain[r->len - 1], 0, 15); /* less than a block of padding */
    text = r->len - 1U - plain[r->len - 1] - 20;
    head[9] = (uint8_t)(text >> 8);
    head[10] = (uint8_t)text;
    memcpy(covered, head, 11);
    memcpy(covered + 11, plain, text);
    nest(TLSNI_HASH_SHA1, span("", 0), span(block + 20 * from, 20), span(covered, 11 + text), mac);
    assert_memory_equal(plain + text, mac, 20);
    memcpy(out, plain, text);
    return text;
}

static void check_finished(const struct duo *d, enum tlsn_role from, const uint8_t *all, size_t len,
                           uint8_t out[40])
{
    uint8_t expected[40] = { 20, 0, 0, 36 };

    digest(d, all, len, from == TLSN_CLIENT ? "CLNT" : "SRVR", expected + 4);
    assert_int_equal(open_record(d, from, 0, out), 40);
    assert_memory_equal(out, expected, 40);
}

#define AES_RSA "TLS_RSA_WITH_AES_128_CBC_SHA"
#define AES_DHE "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"

static void finished_and_records_are_those_of_the_rfc(void **state)
{
    static uint8_t all[DUO_BYTES], out[TEXT_MAX];
    struct duo *d = ssl3_new(AES_DHE);
    size_t len;

    (void)state;
    duo_shake(d);
    len = messages(d, 0, all);
    check_finished(d, TLSN_CLIENT, all, len, all + len);
    check_finished(d, TLSN_SERVER, all, len + 40, out);
    for (size_t i = 0; i < d->records; i++)
        assert_int_equal(d->record[i].version, TLSN_SSL3);
    duo_write(d, TLSN_CLIENT, "transparent", 11);
    /* the first application data leaves in two records (1/n-1) */
    len = open_record(d, TLSN_CLIENT, 1, out);
    len += open_record(d, TLSN_CLIENT, 2, out + len);
    assert_int_equal(len, 11);
    assert_memory_equal(out, "transparent", 11);
    duo_free(d);
    REQ("6101:5.1/1");
    REQ("6101:5.1/2");
    REQ("6101:5.1/4");
    REQ("6101:5.1/5");
    REQ("6101:5.2.1/2");
    REQ("6101:5.2.3/2");
    REQ("6101:5.2.3.1/1");
    REQ("6101:5.2.3.1/2");
    REQ("6101:5.2.3.1/3");
    REQ("6101:5.2.3.2/1");
    REQ("6101:5.2.3.2/2");
    REQ("6101:5.2.3.2/3");
    REQ("6101:5.2.3.2/4");
    REQ("6101:5.6.9/1");
    REQ("6101:5.6.9/2");
    REQ("6101:5.6.9/4");
    REQ("6101:5.6.9/5");
    REQ("6101:5.6.9/6");
    REQ("6101:5.6.9/7");
    REQ("6101:5.6.9/9");
    REQ("6101:5.7/1");
    REQ("6101:6.2.2/1");
    REQ("6101:6.2.2/2");
}

static void hello_request_is_no_part_of_finished(void **state)
{
    static uint8_t all[DUO_BYTES];
    struct duo *d = ssl3_new(AES_DHE);
    size_t len;

    (void)state;
    duo_connect(d);
    duo_inject(d, TLSN_SERVER, "\x16\3\0\0\4\0\0\0\0", 9);
    duo_run(d);
    assert_true(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
    len = messages(d, 0, all);
    check_finished(d, TLSN_CLIENT, all, len, all + len);
    duo_free(d);
    REQ("6101:5.6.1.1/2");
    REQ("6101:5.6.1.1/4");
}

/* The 48 bytes that the client encrypted, without a length in front. */
static void read_premaster(const struct duo *d, uint8_t premaster[MASTER])
{
    const tlsn_credential *c = duo_credential("rsa:2048");
    struct tlsn_span m = duo_message(d, TLSN_CLIENT, 16);

    memset(premaster, 0, MASTER);
    assert_int_equal(m.len, 256);
    assert_int_equal(tlsni_privkey_rsa_premaster(c->key, NULL, m, TLSN_SSL3, premaster), TLSN_OK);
    assert_memory_equal(premaster, "\3\0", 2);
}

static void master_secret_is_made_of_the_premaster_secret_and_both_randoms(void **state)
{
    struct duo *d = ssl3_new(AES_RSA);
    uint8_t premaster[MASTER], again[MASTER], expected[MASTER];

    (void)state;
    duo_shake(d);
    read_premaster(d, premaster);
    expand(premaster, random_of(d, TLSN_CLIENT), random_of(d, TLSN_SERVER), expected, MASTER);
    assert_memory_equal(d->master[0], expected, MASTER);
    assert_memory_equal(d->master[1], expected, MASTER);
    duo_shake(d);
    read_premaster(d, again);
    assert_memory_not_equal(premaster + 2, again + 2, 8);
    duo_free(d);
    REQ("6101:5.6.7.1/1");
    REQ("6101:5.6.7.1/3");
    REQ("6101:6.1/1");
    REQ("6101:6.1.1/1");
}

/* A client of TLS 1.2 whose server speaks SSL 3.0 alone. */
static void premaster_secret_carries_the_newest_version_of_the_client(void **state)
{
    struct duo *d = ssl3_new(AES_RSA);
    const tlsn_credential *c = duo_credential("rsa:2048");
    uint8_t premaster[MASTER] = { 0 };

    (void)state;
    assert_int_equal(tlsn_config_set_versions(d->config[TLSN_CLIENT], TLSN_SSL3, TLSN_TLS1_2),
                     TLSN_OK);
    duo_shake(d);
    assert_memory_equal(duo_message(d, TLSN_CLIENT, 1).data, "\3\3", 2);
    assert_memory_equal(duo_message(d, TLSN_SERVER, 2).data, "\3\0", 2);
    assert_int_equal(tlsni_privkey_rsa_premaster(c->key, NULL, duo_message(d, TLSN_CLIENT, 16),
                                                 TLSN_TLS1_2, premaster), TLSN_OK);
    assert_memory_equal(premaster, "\3\3", 2);
    duo_free(d);
    REQ("6101:5.6.7.1/2");
    REQ("6101:5.6.1.2/10");
    REQ("6101:5.6.1.3/2");
}

/* RSA signs both digests in a block of type 1, without DigestInfo. */
static void certificate_verify_signs_both_digests_with_the_master_secret(void **state)
{
    static uint8_t all[DUO_BYTES];
    const struct tlsni_pubkey *key = duo_credential("rsa:2048")->public_key;
    struct duo *d = ssl3_new(AES_DHE);
    uint8_t em[256], expected[36];
    struct tlsn_span m;

    (void)state;
    assert_int_equal(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE),
                     TLSN_OK);
    assert_int_equal(tlsn_config_add_credential(d->config[TLSN_CLIENT], duo_credential("rsa:2048")),
                     TLSN_OK);
    duo_shake(d);
    m = duo_message(d, TLSN_CLIENT, 15);
    assert_int_equal(m.len, 2 + 256);
    assert_memory_equal(m.data, "\1\0", 2);
    assert_int_equal(tlsni_rsa_recover(key, NULL, span(m.data + 2, 256), em), TLSN_OK);
    digest(d, all, messages(d, 15, all), "", expected);
    assert_memory_equal(em, "\0\1\xff\xff", 4);
    assert_int_equal(em[256 - 37], 0);
    assert_memory_equal(em + 256 - 36, expected, 36);
    duo_free(d);
    REQ("6101:5.6.8/2");
    REQ("6101:5.6.8/3");
    REQ("6101:6.1.1/2");
}

static size_t bend_server_finished(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    (void)r;
    /* the last bytes of the record are MAC and padding; a change of the plaintext would show there first */
    if (from == TLSN_SERVER && d->ccs[from])
        d->conn[TLSN_CLIENT]->scratch->hs.session.master.data[0] ^= 1;
    return len;
}

/* The client's keys are in use by then: another master secret changes what Finished has to be and nothing else. */
static void finished_of_the_server_is_checked(void **state)
{
    struct duo *d = ssl3_new(AES_DHE);

    (void)state;
    d->bend = bend_server_finished;
    duo_connect(d);
    duo_run(d);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_ERR_DECRYPT_ERROR);
    assert_int_equal(tlsn_conn_error(d->conn[TLSN_CLIENT])->alert_sent, 40);
    duo_free(d);
    REQ("6101:5.6.9/3");
}

/* ---- padding (5.2.3.2) ---- */

/* Another record in place of the client's first data: `padding` bytes of any value behind a right MAC. */
static tlsn_status status_with_padding(uint8_t padding, uint8_t value)
{
    struct duo *d = ssl3_new(AES_DHE);
    const struct tlsni_block *aes = tlsni_block_find(TLSNI_BLOCK_AES_128);
    uint8_t block[BLOCK], covered[11 + 32] = { 0, 0, 0, 0, 0, 0, 0, 1, 23 };
    uint8_t plain[128], record[5 + 128] = { 23, 3, 0, 0 }, iv[16];
    size_t text = (16U - (20U + padding + 1) % 16) % 16, len = text + 20 + padding + 1;
    _Alignas(16) uint8_t state[4096];
    tlsn_status status;

    duo_shake(d);
    expand(d->master[0], random_of(d, TLSN_SERVER), random_of(d, TLSN_CLIENT), block, sizeof block);
    covered[10] = (uint8_t)text;
    memset(covered + 11, 'x', text);
    memcpy(plain, covered + 11, text);
    nest(TLSNI_HASH_SHA1, span("", 0), span(block, 20), span(covered, 11 + text), plain + text);
    memset(plain + text + 20, value, padding);
    plain[len - 1] = padding;
    memcpy(iv, sealed(d, TLSN_CLIENT, 0)->body + sealed(d, TLSN_CLIENT, 0)->len - 16, 16);
    aes->set_encrypt_key(state, block + 40);
    aes->cbc_encrypt(state, iv, record + 5, plain, len);
    record[4] = (uint8_t)len;
    duo_inject(d, TLSN_CLIENT, record, 5 + len);
    duo_run(d);
    status = d->read_status[TLSN_SERVER];
    assert_int_equal(d->data_len[TLSN_SERVER], status < 0 ? 0 : text);
    duo_free(d);
    return status;
}

static void padding_is_of_any_value_and_shorter_than_a_block(void **state)
{
    (void)state;
    assert_true(status_with_padding(0, 0) >= 0);
    assert_true(status_with_padding(15, 15) >= 0);
    assert_true(status_with_padding(15, 0xa5) >= 0);
    assert_int_equal(status_with_padding(16, 16), TLSN_ERR_BAD_RECORD_MAC);
    assert_int_equal(status_with_padding(31, 31), TLSN_ERR_BAD_RECORD_MAC);
    REQ("6101:5.2.3.2/2");
    REQ("6101:5.4.2/4");
}

/* ---- certificates ---- */

static void certificate_fits_the_suite(void **state)
{
    static const char *const suites[][2] = {
        { "TLS_DHE_DSS_WITH_AES_128_CBC_SHA", "dsa:2048" },
        { "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", "rsa:2048" },
        { "TLS_RSA_WITH_AES_128_CBC_SHA", "rsa:2048" },
    };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct duo *d = ssl3_new(suites[i][0]);
        const struct tlsn_verify_options options = { .min_dsa_bits = 1024 };
        tlsn_config *server = d->config[TLSN_SERVER];

        assert_int_equal(tlsn_config_set_verify_options(d->config[TLSN_CLIENT], &options), TLSN_OK);
        duo_connect(d); /* ssl3_new() gave it RSA alone */
        duo_run(d);
        assert_int_equal(tlsn_handshake_done(d->conn[TLSN_SERVER]), i > 0);
        if (!i)
            assert_int_equal(duo_alert(d, TLSN_SERVER), 0x0228);
        duo_reset_server(d, duo_credential("dsa:2048"));
        server = d->config[TLSN_SERVER];
        assert_int_equal(tlsn_config_set_suites(server, suites[i][0]), TLSN_OK);
        assert_int_equal(tlsn_config_add_credential(server, duo_credential("rsa:2048")), TLSN_OK);
        duo_shake(d);
        assert_memory_equal(duo_message(d, TLSN_SERVER, 11).data + 6,
                            tlsn_credential_cert(duo_credential(suites[i][1]), 0).data, 64);
        duo_free(d);
    }
    REQ("6101:5.6.2/3");
}

/* ---- renegotiation that is refused (RFC 5746 4.5) ---- */

static void check_refused_for_good(struct duo *d, enum tlsn_role from, const char *bytes, size_t len)
{
    uint8_t out[256];
    size_t written;

    duo_shake(d);
    assert_int_equal(tlsni_conn_queue(d->conn[from], 22, bytes, len), TLSN_OK);
    assert_int_equal(tlsn_drain(d->conn[from], out, sizeof out, &written), TLSN_OK);
    duo_inject(d, from, out, written);
    duo_run(d);
    assert_int_equal(d->read_status[!from], TLSN_ERR_NO_RENEGOTIATION);
    assert_int_equal(tlsn_conn_error(d->conn[!from])->alert_sent, 40); /* there is no number 100 */
    assert_int_equal(tlsn_conn_error(d->conn[from])->alert_received, 40);
    assert_int_equal(tlsn_conn_error(d->conn[from])->status, TLSN_ERR_ALERT); /* it was fatal */
}

static void renegotiation_that_is_not_wanted_ends_the_connection(void **state)
{
    struct duo *d = ssl3_new(AES_DHE);

    (void)state;
    check_refused_for_good(d, TLSN_SERVER, "\0\0\0\0", 4);
    check_refused_for_good(d, TLSN_CLIENT, "\1\0\0\4abcd", 8);
    duo_free(d);
    REQ("5746:4.5/3");
}

/* The hello of a second handshake travels as all data then does: encrypted, with a MAC and padding. */
static void second_handshake_begins_under_the_keys_of_the_first(void **state)
{
    struct duo *d = ssl3_new(AES_DHE);
    uint8_t out[2048];
    struct tlsn_conn_info info;
    size_t written;

    (void)state;
    for (int i = 0; i < 2; i++)
        assert_int_equal(tlsn_config_set_renegotiation(d->config[i], TLSN_RENEGOTIATION_SECURE), TLSN_OK);
    duo_shake(d);
    assert_int_equal(tlsn_renegotiate(d->conn[TLSN_CLIENT], NULL), TLSN_OK);
    assert_int_equal(tlsn_drain(d->conn[TLSN_CLIENT], out, sizeof out, &written), TLSN_OK);
    assert_in_range(written, 5 + 4 + 38 + 20 + 1, sizeof out - 1);
    assert_memory_equal(out, "\x16\3\0", 3);
    assert_int_equal(written, 5 + (out[3] << 8 | out[4])); /* one record, of whole blocks */
    assert_int_equal((written - 5) % 16, 0);
    assert_memory_not_equal(out + 5, "\1\0\0", 3); /* no ClientHello to be seen */
    duo_inject(d, TLSN_CLIENT, out, written);
    duo_run(d);
    for (int i = 0; i < 2; i++) {
        assert_null(tlsn_conn_error(d->conn[i]));
        tlsn_conn_get_info(d->conn[i], &info);
        assert_int_equal(info.renegotiations, 1);
    }
    duo_free(d);
    REQ("6101:5.6.1/1");
}

/* ---- the signal of RFC 5746 ---- */

static bool secure(const struct duo *d, enum tlsn_role role)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(d->conn[role], &info);
    return info.secure_renegotiation;
}

static void signal_of_the_client_is_answered(void **state)
{
    static const struct duo_hello hellos[] = {
        { .suites = "0033" }, { .suites = "003300ff" },
        { .suites = "0033", .extensions = "ff01000100" },
    };
    struct duo *d = ssl3_new(AES_DHE);

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct tlsn_span m;

        duo_connect(d);
        duo_hello(d, &hellos[i]);
        m = duo_message(d, TLSN_SERVER, 2);
        assert_non_null(m.data);
        assert_int_equal(m.len, 38 + (size_t)m.data[34] + (i ? 7 : 0));
        if (i)
            assert_memory_equal(m.data + m.len - 7, "\0\5\xff\1\0\1\0", 7);
    }
    duo_free(d);
    REQ("5746:4.5/2");
}

static void lose_extensions(uint8_t *m, size_t *len)
{
    (void)m;
    *len -= 7;
}

static void answer_of_the_server_is_taken(void **state)
{
    struct duo *d = ssl3_new(AES_DHE);

    (void)state;
    duo_shake(d);
    assert_true(secure(d, TLSN_CLIENT));
    duo_change_message(d, TLSN_SERVER, 2, lose_extensions);
    duo_connect(d); /* the answer is required by default */
    duo_run(d);
    assert_true(d->changed > 0);
    assert_false(secure(d, TLSN_CLIENT));
    assert_true(d->status[TLSN_CLIENT] < 0);
    duo_free(d);
    REQ("5746:4.5/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finished_and_records_are_those_of_the_rfc),
        cmocka_unit_test(hello_request_is_no_part_of_finished),
        cmocka_unit_test(master_secret_is_made_of_the_premaster_secret_and_both_randoms),
        cmocka_unit_test(premaster_secret_carries_the_newest_version_of_the_client),
        cmocka_unit_test(certificate_verify_signs_both_digests_with_the_master_secret),
        cmocka_unit_test(finished_of_the_server_is_checked),
        cmocka_unit_test(padding_is_of_any_value_and_shorter_than_a_block),
        cmocka_unit_test(certificate_fits_the_suite),
        cmocka_unit_test(renegotiation_that_is_not_wanted_ends_the_connection),
        cmocka_unit_test(second_handshake_begins_under_the_keys_of_the_first),
        cmocka_unit_test(signal_of_the_client_is_answered),
        cmocka_unit_test(answer_of_the_server_is_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
