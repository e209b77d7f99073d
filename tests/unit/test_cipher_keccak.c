#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <nettle/sha3.h>

#include "base/bytes.h"
#include "cipher/keccak.h"
#include "support_vectors.h"

#include <string.h>

static void check(uint8_t rate, uint8_t suffix, const char *message, const char *expected)
{
    uint8_t want[128], got[128];
    size_t len = vec_unhex(expected, want, sizeof want);

    tlsni_sponge_once(rate, suffix, tlsni_span_make(message, strlen(message)),
                      tlsni_span_make(NULL, 0), got, len);
    assert_memory_equal(got, want, len);
}

/* The examples of FIPS 202 on NIST's page: the empty message and "abc". */
static void sponge_published_digests_match(void **state)
{
    (void)state;
    check(TLSNI_SHA3_256_RATE, TLSNI_SHA3_SUFFIX, "",
          "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
    check(TLSNI_SHA3_256_RATE, TLSNI_SHA3_SUFFIX, "abc",
          "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
    check(TLSNI_SHA3_512_RATE, TLSNI_SHA3_SUFFIX, "abc",
          "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
          "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0");
    check(TLSNI_SHAKE128_RATE, TLSNI_SHAKE_SUFFIX, "",
          "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26");
    check(TLSNI_SHAKE256_RATE, TLSNI_SHAKE_SUFFIX, "",
          "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f"
          "d75dc4ddd8c0f200cb05019d67b592f6fc821c49479ab48640292eacb3b7c4be");
}

static void fill(uint8_t *p, size_t len)
{
    for (size_t i = 0; i < len; i++)
        p[i] = (uint8_t)(i * 7 + (i >> 8));
}

/* Every length over two blocks, in two parts cut everywhere. */
static void sponge_equals_nettle_at_every_length_and_cut(void **state)
{
    uint8_t message[2 * TLSNI_SHA3_256_RATE + 2], want[32], got[32];

    (void)state;
    fill(message, sizeof message);
    for (size_t len = 0; len <= sizeof message; len++) {
        struct sha3_256_ctx ctx;

        sha3_256_init(&ctx);
        sha3_256_update(&ctx, len, message);
        sha3_256_digest(&ctx, sizeof want, want);
        for (size_t cut = 0; cut <= len; cut += 13) {
            tlsni_sponge_once(TLSNI_SHA3_256_RATE, TLSNI_SHA3_SUFFIX,
                              tlsni_span_make(message, cut),
                              tlsni_span_make(message + cut, len - cut), got, sizeof got);
            assert_memory_equal(got, want, sizeof got);
        }
    }
}

static void sponge_output_in_pieces_is_the_same(void **state)
{
    uint8_t whole[400], pieces[400];
    struct tlsni_sponge s;

    (void)state;
    tlsni_sponge_once(TLSNI_SHAKE128_RATE, TLSNI_SHAKE_SUFFIX, tlsni_span_make("xyz", 3),
                      tlsni_span_make(NULL, 0), whole, sizeof whole);
    for (size_t step = 1; step < 400; step += 3) {
        tlsni_sponge_init(&s, TLSNI_SHAKE128_RATE, TLSNI_SHAKE_SUFFIX);
        tlsni_sponge_absorb(&s, "xyz", 3);
        tlsni_sponge_pad(&s);
        for (size_t at = 0; at < sizeof pieces; at += step)
            tlsni_sponge_squeeze(&s, pieces + at,
                                 sizeof pieces - at < step ? sizeof pieces - at : step);
        assert_memory_equal(pieces, whole, sizeof whole);
    }
}

static void keccak4_equals_four_sponges(void **state)
{
    static const uint8_t tails[4][2] = { { 0, 1 }, { 2, 3 }, { 0xff, 0 }, { 9, 9 } };
    const uint8_t *const tail[4] = { tails[0], tails[1], tails[2], tails[3] };
    uint8_t seed[32], got[4][3 * TLSNI_SHAKE128_RATE], want[3 * TLSNI_SHAKE128_RATE];
    struct tlsni_keccak4 k;

    (void)state;
    fill(seed, sizeof seed);
    tlsni_keccak4_begin(&k, TLSNI_SHAKE128_RATE, seed, sizeof seed, tail, 2);
    for (size_t at = 0; at < sizeof want; at += TLSNI_SHAKE128_RATE) {
        uint8_t *const out[4] = { got[0] + at, got[1] + at, got[2] + at, got[3] + at };

        tlsni_keccak4_block(&k, TLSNI_SHAKE128_RATE, out);
    }
    for (size_t i = 0; i < 4; i++) {
        tlsni_sponge_once(TLSNI_SHAKE128_RATE, TLSNI_SHAKE_SUFFIX,
                          tlsni_span_make(seed, sizeof seed), tlsni_span_make(tail[i], 2), want,
                          sizeof want);
        assert_memory_equal(got[i], want, sizeof want);
    }
}

/* Every way to permute that this machine has, against Nettle's permutation. */
static void keccak4_kernels_equal_nettle(void **state)
{
    size_t count, available = 0;
    const struct tlsni_keccak4_kernel *kernels = tlsni_keccak4_kernels(&count);
    struct tlsni_keccak4 k;

    (void)state;
    for (size_t n = 0; n < count; n++) {
        struct sha3_state want[4];

        if (!kernels[n].available())
            continue;
        available++;
        for (size_t way = 0; way < 4; way++)
            for (size_t i = 0; i < TLSNI_KECCAK_LANES; i++)
                want[way].a[i] = k.state[i][way] = 0x0123456789abcdefU * (i + 1) + way;
        for (int round = 0; round < 3; round++) {
            kernels[n].permute(&k);
            for (size_t way = 0; way < 4; way++) {
                sha3_permute(&want[way]);
                for (size_t i = 0; i < TLSNI_KECCAK_LANES; i++)
                    assert_true(k.state[i][way] == want[way].a[i]);
            }
        }
    }
    assert_true(available >= 1);
    assert_true(kernels[count - 1].available());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sponge_published_digests_match),
        cmocka_unit_test(sponge_equals_nettle_at_every_length_and_cut),
        cmocka_unit_test(sponge_output_in_pieces_is_the_same),
        cmocka_unit_test(keccak4_equals_four_sponges),
        cmocka_unit_test(keccak4_kernels_equal_nettle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
