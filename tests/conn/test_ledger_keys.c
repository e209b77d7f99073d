/* The key schedule, recomputed beside the library from what was on the wire: RFC 5246 5, 6.3,
 * 7.4.9 and 8.1, RFC 7627 3 and 4. The PRF, the hashes and the AEADs that it takes are held
 * against published vectors elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cipher/aead.h"
#include "cipher/block.h"
#include "cipher/hmac.h"
#include "cipher/pk.h"
#include "cipher/prf.h"
#include "handshake/credential.h"
#include "handshake/kx.h"
#include "req.h"
#include "support_duo.h"

enum { MASTER = 48 };

struct keys {
    const struct tlsni_hash *hash;
    const struct tlsni_aead *aead;
    bool explicit_nonce;
    uint8_t block[2 * (32 + 12)];
    _Alignas(16) uint8_t state[2][8192];
    uint8_t iv[2][12];
};

static struct tlsn_span span(const void *p, size_t len)
{
    return (struct tlsn_span){ p, len };
}

static struct tlsn_span random_of(const struct duo *d, enum tlsn_role role)
{
    return span(duo_message(d, role, role == TLSN_CLIENT ? 1 : 2).data + 2, 32);
}

/* Handshake messages in the clear, in the order of the wire, up to a ClientKeyExchange if asked. */
static size_t messages(const struct duo *d, bool to_exchange, uint8_t *out)
{
    size_t len = 0;

    for (size_t i = 0; i < d->records; i++) {
        const struct duo_record *r = &d->record[i];

        if (r->type != 22 || r->sealed)
            continue;
        if (r->from == TLSN_SERVER && r->body[0] == 4)
            break; /* NewSessionTicket comes behind the client's Finished */
        memcpy(out + len, r->body, r->len);
        len += r->len;
        if (to_exchange && r->body[0] == 16)
            break;
    }
    return len;
}

/* The PRF and the hash of the handshake are the suite's in TLS 1.2, MD5 and SHA-1 before. */
static void prf(const struct tlsni_hash *hash, const uint8_t *secret, const char *label,
                struct tlsn_span a, struct tlsn_span b, uint8_t *out, size_t len)
{
    (duo_version() < TLSN_TLS1_2 ? tlsni_prf_tls10 : tlsni_prf_tls12)(hash, secret, MASTER, label, a,
                                                                     b, out, len);
}

static const struct tlsni_hash *handshake_hash(enum tlsni_hash_id of_suite)
{
    return tlsni_hash_find(duo_version() < TLSN_TLS1_2 ? TLSNI_HASH_MD5_SHA1 : of_suite);
}

/* RFC 5246 6.3: server random first; client's key, server's key, client's IV, server's IV. */
static void expand(struct keys *k, const struct duo *d, const uint8_t *master)
{
    size_t key = k->aead->key_len, iv = k->explicit_nonce ? 4 : 12;

    tlsni_prf_tls12(k->hash, master, MASTER, "key expansion", random_of(d, TLSN_SERVER),
                    random_of(d, TLSN_CLIENT), k->block, 2 * (key + iv));
    for (size_t i = 0; i < 2; i++) {
        assert_true(k->aead->state_len <= sizeof k->state[i]);
        k->aead->set_key(k->state[i], k->block + i * key);
        memcpy(k->iv[i], k->block + 2 * key + i * iv, iv);
    }
}

/* Opens a record with this sequence number (RFC 5246 6.2.3.3, RFC 5288 3, RFC 7905 2). */
static size_t open_record(const struct keys *k, const struct duo_record *r, uint8_t seq,
                          uint8_t *out)
{
    size_t lead = k->explicit_nonce ? 8 : 0, len = r->len - lead - 16;
    uint8_t aad[13] = { 0, 0, 0, 0, 0, 0, 0, seq, r->type, 3, 3, (uint8_t)(len >> 8),
                        (uint8_t)len };
    uint8_t nonce[12];

    memcpy(nonce, k->iv[r->from], 12);
    if (lead)
        memcpy(nonce + 4, r->body, 8);
    else
        nonce[11] ^= seq;
    assert_int_equal(k->aead->open(k->state[r->from], nonce, aad, sizeof aad, out, r->body + lead,
                                   len, r->body + lead + len), TLSN_OK);
    return len;
}

static const struct duo_record *sealed(const struct duo *d, enum tlsn_role from)
{
    for (size_t i = 0; i < d->records; i++)
        if (d->record[i].from == from && d->record[i].sealed)
            return &d->record[i];
    fail_msg("no protected record");
    return NULL;
}

/* The protected record in front of r of the same side, NULL for the first; *n: how many there are. */
static const struct duo_record *before(const struct duo *d, const struct duo_record *r, uint8_t *n)
{
    const struct duo_record *last = NULL;

    *n = 0;
    for (const struct duo_record *p = d->record; p < r; p++)
        if (p->from == r->from && p->sealed) {
            last = p;
            (*n)++;
        }
    return last;
}

/* Opens a record: AES-128-CBC, HMAC-SHA1 (RFC 2246 6.2.3.2, RFC 4346 6.2.3.2). In TLS 1.0 the first IV is
 * the last part of the key block, each further one the end of the record before; in TLS 1.1 it stands in front. */
static size_t open_cbc(const struct duo *d, const struct duo_record *r, uint8_t *out)
{
    bool old = duo_version() == TLSN_TLS1_0;
    size_t lead = old ? 0 : 16, len = r->len - lead, text;
    const struct tlsni_block *aes = tlsni_block_find(TLSNI_BLOCK_AES_128);
    uint8_t block[2 * (20 + 16 + 16)], iv[16], plain[256], covered[13 + 256], mac[20];
    const struct duo_record *previous;
    _Alignas(16) uint8_t state[4096];
    uint8_t number;

    prf(NULL, d->master[0], "key expansion", random_of(d, TLSN_SERVER), random_of(d, TLSN_CLIENT),
        block, old ? sizeof block : sizeof block - 32);
    assert_true(aes->state_len <= sizeof state && len <= sizeof plain);
    previous = before(d, r, &number);
    memcpy(iv, old ? block + 72 + 16 * r->from : r->body, 16);
    if (old && previous)
        memcpy(iv, previous->body + previous->len - 16, 16);
    aes->set_decrypt_key(state, block + 40 + 16 * r->from);
    aes->cbc_decrypt(state, iv, plain, r->body + lead, len);
    text = len - 1U - plain[len - 1] - 20;
    for (size_t i = text + 20; i < len; i++)
        assert_int_equal(plain[i], plain[len - 1]);
    memcpy(covered, (uint8_t[]){ 0, 0, 0, 0, 0, 0, 0, number }, 8); /* the sequence number */
    memcpy(covered + 8, (uint8_t[]){ r->type, 3, (uint8_t)duo_version(), 0, (uint8_t)text }, 5);
    memcpy(covered + 13, plain, text);
    tlsni_hmac_once(tlsni_hash_find(TLSNI_HASH_SHA1), block + 20 * r->from, 20, covered, 13 + text,
                    mac);
    assert_memory_equal(plain + text, mac, 20);
    memcpy(out, plain, text);
    return text;
}

static void check_finished(const struct keys *k, const struct duo *d, enum tlsn_role from,
                           const uint8_t *all, size_t len, uint8_t *finished)
{
    uint8_t hash[64], expected[16] = { 20, 0, 0, 12 };

    tlsni_hash_once(k->hash, all, len, hash);
    prf(k->hash, d->master[0], from == TLSN_CLIENT ? "client finished" : "server finished",
        span(hash, k->hash->len), span(NULL, 0), expected + 4, 12);
    if (duo_version() < TLSN_TLS1_2)
        assert_int_equal(open_cbc(d, sealed(d, from), finished), 16);
    else
        assert_int_equal(open_record(k, sealed(d, from), 0, finished), 16);
    assert_memory_equal(finished, expected, 16);
}

/* Both Finished messages of a full handshake agree with what was on the wire. */
static void check_handshake(struct duo *d, enum tlsni_aead_id aead, enum tlsni_hash_id hash)
{
    static uint8_t all[DUO_BYTES];
    struct keys k = { .hash = handshake_hash(hash), .aead = tlsni_aead_find(aead) };
    uint8_t finished[64];
    struct tlsn_span ticket;
    size_t len;

    k.explicit_nonce = aead != TLSNI_AEAD_CHACHA20_POLY1305;
    assert_int_equal(d->masters, 2);
    assert_memory_equal(d->master[0], d->master[1], MASTER);
    if (duo_version() == TLSN_TLS1_2)
        expand(&k, d, d->master[0]);
    len = messages(d, false, all);
    check_finished(&k, d, TLSN_CLIENT, all, len, finished);
    memcpy(all + len, finished, 16);
    len += 16;
    ticket = duo_message(d, TLSN_SERVER, 4);
    assert_non_null(ticket.data);
    memcpy(all + len, ticket.data - 4, ticket.len + 4);
    check_finished(&k, d, TLSN_SERVER, all, len + ticket.len + 4, finished);
}

static void set_suites(struct duo *d, const char *list)
{
    for (int i = 0; i < 2; i++)
        assert_int_equal(duo_set_suites(d->config[i], list), TLSN_OK);
}

static void set_etm(struct duo *d, bool on)
{
    for (int i = 0; i < 2; i++)
        assert_int_equal(tlsn_config_set_feature(d->config[i], TLSN_FEATURE_ETM, on), TLSN_OK);
}

/* What opening them has shown of records with CBC. */
static void claim_cbc(void)
{
    if (duo_version() == TLSN_TLS1_2)
        return;
    REQ("5246:6.2.3/1");
    REQ("5246:6.2.3.1/1");
    REQ("5246:6.2.3.1/2");
    REQ("5246:6.2.3.2/6");
    REQ("5246:6.2.3.2/9");
    REQ("5246:6.1/5");
    if (duo_version() == TLSN_TLS1_1)
        REQ("5246:6.2.3.2/1");
    else
        REQ("2246:6.2.3.2/1");
}

/* In TLS 1.0 the first data leaves in two records (1/n-1), whose IVs nobody sees. */
static void records_behind_the_first_open_too(void **state)
{
    struct duo *d = duo_new();
    uint8_t out[64];
    size_t len;

    (void)state;
    set_suites(d, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    set_etm(d, false);
    duo_shake(d);
    duo_write(d, TLSN_CLIENT, "transparent", 11);
    len = open_cbc(d, &d->record[d->records - 2], out);
    len += open_cbc(d, &d->record[d->records - 1], out + len);
    assert_memory_equal(out + len - 11, "transparent", 11);
    duo_free(d);
    REQ("2246:6.2.3.2/2");
}

static void finished_covers_the_handshake_with_the_hash_of_the_prf(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    set_suites(d, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    set_etm(d, false);
    duo_shake(d);
    check_handshake(d, TLSNI_AEAD_AES_128_GCM, TLSNI_HASH_SHA256);
    duo_reset_client(d);
    duo_reset_server(d, duo_credential("ec:secp256r1"));
    if (duo_version() == TLSN_TLS1_2) {
        set_suites(d, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
        duo_shake(d);
        check_handshake(d, TLSNI_AEAD_AES_256_GCM, TLSNI_HASH_SHA384);
    }
    for (size_t i = 1; i < d->records; i++)
        assert_int_equal(d->record[i].version, duo_version());
    duo_free(d);
    REQ("5246:6.2.1/4");
    claim_cbc();
    REQ("5246:6.1/1");
    REQ("5246:6.3/1");
    REQ("5246:6.3/2");
    REQ("5246:6.2.3.3/3");
    REQ("5246:6.1/6");
    REQ("5246:7.1/4");
    REQ("5246:7.1/6");
    REQ("5246:7.4.9/2");
    REQ("5246:7.4.9/5");
    REQ("5246:7.4.9/6");
    REQ("5246:7.4.9/7");
    REQ("5246:7.4.9/8");
    REQ("5246:7.4.9/10");
    REQ("5246:7.4.9/12");
    REQ("5077:3.3/4");
    REQ("4507:3.3/4");
    REQ("6066:1.1/1");
    REQ("7627:5.1/4");
    REQ("5116:2.1/1");
    REQ("5116:2.1/8");
}

static void chacha_suites_use_sha256(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    set_suites(d, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
    duo_shake(d);
    check_handshake(d, TLSNI_AEAD_CHACHA20_POLY1305, TLSNI_HASH_SHA256);
    duo_reset_client(d);
    duo_reset_server(d, duo_credential("rsa:2048"));
    set_suites(d, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
    duo_shake(d);
    check_handshake(d, TLSNI_AEAD_CHACHA20_POLY1305, TLSNI_HASH_SHA256);
    duo_reset_client(d);
    duo_reset_server(d, duo_credential("rsa:2048"));
    set_suites(d, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
    duo_shake(d);
    check_handshake(d, TLSNI_AEAD_CHACHA20_POLY1305, TLSNI_HASH_SHA256);
    duo_free(d);
    REQ("7905:2/6");
    REQ("7905:2/8");
}

/* A HelloRequest in front of the server's ServerHello. */
static size_t put_hello_request(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    static const uint8_t request[] = { 22, 3, 3, 0, 4, 0, 0, 0, 0 };

    if (from == TLSN_SERVER && r[0] == 22 && !d->ccs[from] && (r[5] == 2 || r[5] == 14))
        duo_inject(d, from, request, sizeof request);
    return len;
}

static void hello_request_is_ignored_and_not_hashed(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    set_etm(d, false);
    d->bend = put_hello_request;
    duo_shake(d);
    check_handshake(d, TLSNI_AEAD_AES_128_GCM, TLSNI_HASH_SHA256);
    duo_free(d);
    REQ("5246:7.4.1.1/3");
    REQ("5246:7.4.1.1/6");
    REQ("5246:7.4.9/9");
}

/* ---- the master secret, by way of RSA key transport: the test has the server's key ---- */

static void shake_rsa(struct duo *d, const char *suite, bool ems)
{
    duo_reset_client(d);
    duo_reset_server(d, duo_credential("rsa:2048"));
    set_suites(d, suite);
    assert_int_equal(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_EMS, ems),
                     TLSN_OK);
    duo_shake(d);
}

/* version: of the ClientHello. */
static void read_premaster_of(const struct duo *d, uint16_t version, uint8_t premaster[MASTER])
{
    const tlsn_credential *c = duo_credential("rsa:2048");
    struct tlsn_span m = duo_message(d, TLSN_CLIENT, 16);
    uint8_t none[MASTER] = { 0 };

    memset(premaster, 0, MASTER);
    assert_int_equal(m.data[0] << 8 | m.data[1], m.len - 2);
    assert_int_equal(m.len - 2, 256);
    assert_int_equal(tlsni_privkey_rsa_premaster(c->key, NULL, span(m.data + 2, m.len - 2), version,
                                                 premaster), TLSN_OK);
    assert_memory_not_equal(premaster, none, MASTER); /* it held the version, 48 octets in all */
}

static void read_premaster(const struct duo *d, uint8_t premaster[MASTER])
{
    read_premaster_of(d, duo_version(), premaster);
}

static void check_master(const struct duo *d, enum tlsni_hash_id id, bool ems)
{
    static uint8_t all[DUO_BYTES];
    const struct tlsni_hash *hash = handshake_hash(id);
    uint8_t premaster[MASTER], session_hash[64], expected[MASTER];

    read_premaster(d, premaster);
    tlsni_hash_once(hash, all, messages(d, true, all), session_hash);
    if (ems)
        prf(hash, premaster, "extended master secret", span(session_hash, hash->len), span(NULL, 0),
            expected, MASTER);
    else
        prf(hash, premaster, "master secret", random_of(d, TLSN_CLIENT), random_of(d, TLSN_SERVER),
            expected, MASTER);
    assert_memory_equal(d->master[0], expected, MASTER);
    assert_memory_equal(d->master[1], expected, MASTER);
}

static void master_secret_is_made_of_both_randoms(void **state)
{
    struct duo *d = duo_new();
    uint8_t first[MASTER], second[MASTER];

    (void)state;
    shake_rsa(d, "TLS_RSA_WITH_AES_128_GCM_SHA256", false);
    check_master(d, TLSNI_HASH_SHA256, false);
    read_premaster(d, first);
    shake_rsa(d, "TLS_RSA_WITH_AES_256_GCM_SHA384", false);
    check_master(d, TLSNI_HASH_SHA384, false);
    read_premaster(d, second);
    assert_memory_equal(first, second, 2);             /* the version */
    assert_memory_not_equal(first + 2, second + 2, 8); /* random behind it */
    duo_free(d);
    REQ("5246:7.3/2");
    REQ("5246:7.4.7.1/1");
    REQ("5246:8.1/1");
    REQ("5246:8.1/2");
    REQ("5246:8.1.1/1");
    REQ("5246:7.4.7.1/11");
    REQ("7627:5.2/7");
}

static void premaster_carries_the_version_of_the_hello(void **state)
{
    const tlsn_credential *c = duo_credential("rsa:2048");
    uint8_t message[1024], opened[MASTER] = { 0 };
    struct tlsni_wr w = tlsni_wr_make(message, sizeof message);
    struct tlsni_hs hs = { .client_version = 0x0304, .version = tlsni_version_find(TLSN_TLS1_2) };

    (void)state;
    hs.peer.key = c->public_key;
    assert_int_equal(tlsni_kx_rsa.write_exchange(&hs, &w), TLSN_OK);
    assert_int_equal(tlsni_privkey_rsa_premaster(c->key, NULL, span(message + 2, w.len - 2), 0x0304,
                                                 opened), TLSN_OK);
    assert_memory_equal(opened, "\x03\x04", 2);
    assert_memory_equal(opened, hs.premaster, MASTER);
    tlsni_kx_release(&hs);
    assert_null(hs.premaster);
    REQ("5246:7.4.7.1/2");
}

static void master_secret_extended_covers_the_session_hash(void **state)
{
    struct duo *d = duo_new();

    (void)state;
    shake_rsa(d, "TLS_RSA_WITH_AES_128_GCM_SHA256", true);
    check_master(d, TLSNI_HASH_SHA256, true);
    shake_rsa(d, "TLS_RSA_WITH_AES_256_GCM_SHA384", true);
    check_master(d, TLSNI_HASH_SHA384, true);
    duo_free(d);
    REQ("7627:3/1");
    REQ("7627:3/2");
    REQ("7627:4/1");
    REQ("7627:5.1/3");
    REQ("7627:5.2/3");
}

/* MD5 of the messages, and SHA-1 of them behind it. */
static void master_secret_extended_before_tls12_covers_two_hashes(void **state)
{
    static const uint16_t versions[] = { 0x0301, 0x0302 };
    static uint8_t all[DUO_BYTES];

    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct duo *d = duo_new();
        uint8_t premaster[MASTER], hashes[16 + 20], expected[MASTER];
        size_t len;

        duo_reset_client(d);
        duo_reset_server(d, duo_credential("rsa:2048"));
        set_suites(d, "TLS_RSA_WITH_AES_128_CBC_SHA");
        for (int i = 0; i < 2; i++)
            assert_int_equal(tlsn_config_set_versions(d->config[i], versions[v], versions[v]),
                             TLSN_OK);
        duo_shake(d);
        read_premaster_of(d, versions[v], premaster);
        len = messages(d, true, all);
        tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_MD5), all, len, hashes);
        tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA1), all, len, hashes + 16);
        tlsni_prf_tls10(tlsni_hash_find(TLSNI_HASH_MD5_SHA1), premaster, MASTER,
                        "extended master secret", span(hashes, sizeof hashes), span(NULL, 0),
                        expected, MASTER);
        assert_memory_equal(d->master[0], expected, MASTER);
        assert_memory_equal(d->master[1], expected, MASTER);
        duo_free(d);
    }
    REQ("7627:3/3");
}

/* Suites of RFC 5246, 3268 and 8422 name no hash for the PRF: it is SHA-256, never MD5 or SHA-1. */
static void prf_of_suites_older_than_tls12_is_sha256(void **state)
{
    static const char *const suites[] = { "TLS_RSA_WITH_AES_128_CBC_SHA",
                                          "TLS_RSA_WITH_AES_256_CBC_SHA",
                                          "TLS_RSA_WITH_AES_128_CBC_SHA256",
                                          "TLS_RSA_WITH_AES_256_CBC_SHA256" };
    struct duo *d = duo_new();

    (void)state;
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
        shake_rsa(d, suites[i], true);
        check_master(d, TLSNI_HASH_SHA256, true);
    }
    duo_free(d);
    REQ("5246:5/3");
    REQ("5246:9/1");
    REQ("7627:6.2/1");
}

int main(void)
{
    const struct CMUnitTest every[] = {
        cmocka_unit_test(finished_covers_the_handshake_with_the_hash_of_the_prf),
        cmocka_unit_test(hello_request_is_ignored_and_not_hashed),
        cmocka_unit_test(master_secret_is_made_of_both_randoms),
        cmocka_unit_test(premaster_carries_the_version_of_the_hello),
        cmocka_unit_test(master_secret_extended_covers_the_session_hash),
    };
    /* about what TLS 1.2 brought, and of versions of their own */
    const struct CMUnitTest newest[] = {
        cmocka_unit_test(chacha_suites_use_sha256),
        cmocka_unit_test(master_secret_extended_before_tls12_covers_two_hashes),
        cmocka_unit_test(prf_of_suites_older_than_tls12_is_sha256),
    };
    const struct CMUnitTest old[] = {
        cmocka_unit_test(records_behind_the_first_open_too),
    };
    int failed = cmocka_run_group_tests(every, NULL, NULL);

    failed += cmocka_run_group_tests(newest, NULL, NULL);
    failed += DUO_RUN_IN(TLSN_TLS1_1, "tls1.1", every);
    failed += DUO_RUN_IN(TLSN_TLS1_0, "tls1.0", every);
    failed += DUO_RUN_IN(TLSN_TLS1_0, "tls1.0", old);
    return failed;
}
