/* Suites of TLS 1.3 without encryption (RFC 9150) between two engines: which keys protect the records, and what a
 * listener finds in them. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/hkdf.h"
#include "cipher/hmac.h"
#include "req.h"

static const struct {
    const char *name;
    enum tlsni_hash_id hash;
    size_t len;
} suites[] = {
    { "TLS_SHA256_SHA256", TLSNI_HASH_SHA256, 32 },
    { "TLS_SHA384_SHA384", TLSNI_HASH_SHA384, 48 },
};

enum { SUITES = sizeof suites / sizeof *suites, HEADER = 5 };

static const char said[] = "move the arm by 30 millimetres";
static const uint8_t secret[] = "a key that both ends have got beforehand";

static struct wire *pair(size_t suite)
{
    struct wire *w = wire_new("ec:secp256r1");

    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_versions(wire_config(w, (enum tlsn_role)r), TLSN_TLS1_3, TLSN_TLS1_3));
        OK(tlsn_config_set_suites(wire_config(w, (enum tlsn_role)r), suites[suite].name));
    }
    return w;
}

/* Whether the record, the first under a key that this secret gives, is right: RFC 8446 7.3 with the lengths of
 * RFC 9150 6; the nonce of record 0 is the IV itself. */
static bool is_sealed_by(const struct wire_secret *s, size_t suite, const uint8_t *record, size_t len)
{
    const struct tlsni_hash *hash = tlsni_hash_find(suites[suite].hash);
    uint8_t key[TLSNI_HASH_LEN_MAX], iv[TLSNI_HASH_LEN_MAX], mac[TLSNI_HASH_LEN_MAX];
    struct tlsn_span none = tlsni_span_make(NULL, 0);
    struct tlsni_hmac_key k;
    struct tlsni_hmac h;

    if (s->len != hash->len)
        return false;
    tlsni_hkdf_expand_label(hash, s->data, "key", none, key, hash->len);
    tlsni_hkdf_expand_label(hash, s->data, "iv", none, iv, hash->len);
    tlsni_hmac_set_key(&k, hash, key, hash->len);
    tlsni_hmac_init(&h, &k);
    tlsni_hmac_update(&h, iv, hash->len);
    tlsni_hmac_update(&h, record, len - hash->len);
    tlsni_hmac_final(&h, mac);
    return memcmp(mac, record + len - hash->len, hash->len) == 0;
}

static void integrity_only_records_are_under_the_traffic_secrets(void **state)
{
    static struct wire_tape tape;

    (void)state;
    for (size_t i = 0; i < SUITES; i++) {
        struct wire *w = pair(i);
        const struct wire_end *e = &w->end[TLSN_CLIENT];
        size_t count, at, fit = 0;

        wire_shake(w);
        wire_record(w, TLSN_CLIENT, &tape);
        count = wire_record_count(&tape);
        wire_write(w, TLSN_CLIENT, said, sizeof said);
        wire_record(w, TLSN_CLIENT, &tape);
        assert_int_equal(wire_record_count(&tape), count + 1);
        at = wire_record_at(&tape, count);
        assert_int_equal(tape.len - at, HEADER + sizeof said + 1 + suites[i].len);
        assert_memory_equal(tape.data + at + HEADER, said, sizeof said);
        for (size_t k = 0; k < e->logged_count; k++)
            fit += is_sealed_by(&e->logged[k], i, tape.data + at, tape.len - at);
        assert_int_equal(fit, 1);
        wire_free(w);
    }
    REQ("9150:5/2");
    REQ("9150:6/1");
    REQ("9150:6/2");
}

/* Everything but the key itself can be read, tickets too. */
static void integrity_only_handshake_does_not_show_the_psk(void **state)
{
    static struct wire_tape tape;

    (void)state;
    for (size_t i = 0; i < SUITES; i++) {
        struct wire *w = pair(i);
        const struct tlsn_external_psk psk = {
            .identity = { (const uint8_t *)"press 4", 7 },
            .key = { secret, sizeof secret - 1 },
            .hash_bits = (unsigned)suites[i].len * 8,
        };

        for (int r = 0; r < 2; r++)
            OK(tlsn_config_add_external_psk(wire_config(w, (enum tlsn_role)r), &psk));
        wire_shake(w);
        assert_int_equal(wire_info(w, TLSN_SERVER).psk_identity.len, 7);
        for (int r = 0; r < 2; r++) {
            wire_record(w, (enum tlsn_role)r, &tape);
            assert_int_equal(wire_holds(tape.data, tape.len, psk.identity.data, psk.identity.len), r == TLSN_CLIENT);
            for (size_t part = 0; part + 8 <= psk.key.len; part++)
                assert_false(wire_holds(tape.data, tape.len, psk.key.data + part, 8));
        }
        wire_free(w);
    }
    REQ("9150:9/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integrity_only_records_are_under_the_traffic_secrets),
        cmocka_unit_test(integrity_only_handshake_does_not_show_the_psk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
