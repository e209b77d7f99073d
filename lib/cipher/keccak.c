/* keccak.c - one permutation and four side by side.
 *
 * ML-KEM hashes the same seed with many short tails: four states in vector registers cost little more
 * than one. Which instructions the processor has is asked at each call, which is a load and a test. */
#include "cipher/keccak.h"

#include "base/mem.h"
#include "cipher/le64.h"

#include <assert.h>
#include <string.h>

enum { ROUNDS = 24, KECCAK_LANES = TLSNI_KECCAK_LANES };

static const uint64_t round_constants[ROUNDS] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

#define LANE uint64_t
#define KECCAK_NAME permute
#define KECCAK_TARGET
#include "cipher/keccak_rounds.h"

#if defined(__GNUC__) && defined(__x86_64__)
#define KECCAK_VECTORS 1

typedef uint64_t four_lanes __attribute__((vector_size(32), may_alias));

#define LANE four_lanes
#define KECCAK_NAME permute4_avx2
#define KECCAK_TARGET __attribute__((target("avx2")))
#include "cipher/keccak_rounds.h"

/* AVX-512 rotates in one instruction. */
#define LANE four_lanes
#define KECCAK_NAME permute4_avx512
#define KECCAK_TARGET __attribute__((target("avx512f,avx512vl")))
#include "cipher/keccak_rounds.h"
#endif

static bool always(void)
{
    return true;
}

static void plain(struct tlsni_keccak4 *k)
{
    uint64_t one[TLSNI_KECCAK_LANES];

    for (size_t way = 0; way < 4; way++) {
        for (size_t i = 0; i < TLSNI_KECCAK_LANES; i++)
            one[i] = k->state[i][way];
        permute(one);
        for (size_t i = 0; i < TLSNI_KECCAK_LANES; i++)
            k->state[i][way] = one[i];
    }
    tlsni_wipe(one, sizeof one);
}

#ifdef KECCAK_VECTORS
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}

static void avx2(struct tlsni_keccak4 *k)
{
    permute4_avx2((four_lanes *)k->state);
}

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512vl");
}

static void avx512(struct tlsni_keccak4 *k)
{
    permute4_avx512((four_lanes *)k->state);
}
#endif

static const struct tlsni_keccak4_kernel kernels[] = {
#ifdef KECCAK_VECTORS
    { "avx512", has_avx512, avx512 },
    { "avx2", has_avx2, avx2 },
#endif
    { "plain", always, plain },
};

const struct tlsni_keccak4_kernel *tlsni_keccak4_kernels(size_t *count)
{
    *count = sizeof kernels / sizeof *kernels;
    return kernels;
}

static void permute4(struct tlsni_keccak4 *k)
{
    size_t i = 0;

    while (!kernels[i].available())
        i++;
    kernels[i].permute(k);
}

void tlsni_sponge_init(struct tlsni_sponge *s, uint8_t rate, uint8_t suffix)
{
    memset(s, 0, sizeof *s);
    s->rate = rate;
    s->suffix = suffix;
}

static void add_byte(uint64_t *state, size_t at, uint8_t byte)
{
    state[at / 8] ^= (uint64_t)byte << 8 * (at % 8);
}

void tlsni_sponge_absorb(struct tlsni_sponge *s, const void *data, size_t len)
{
    const uint8_t *p = data;

    while (len) {
        if (s->at % 8 == 0 && len >= 8) {
            s->state[s->at / 8] ^= tlsni_le64_get(p);
            s->at = (uint8_t)(s->at + 8);
            p += 8;
            len -= 8;
        } else {
            add_byte(s->state, s->at++, *p++);
            len--;
        }
        if (s->at == s->rate) {
            permute(s->state);
            s->at = 0;
        }
    }
}

void tlsni_sponge_pad(struct tlsni_sponge *s)
{
    add_byte(s->state, s->at, s->suffix);
    add_byte(s->state, s->rate - 1U, 0x80);
    permute(s->state);
    s->at = 0;
}

void tlsni_sponge_squeeze(struct tlsni_sponge *s, void *out, size_t len)
{
    uint8_t *p = out;

    while (len--) {
        if (s->at == s->rate) {
            permute(s->state);
            s->at = 0;
        }
        *p++ = (uint8_t)(s->state[s->at / 8] >> 8 * (s->at % 8));
        s->at++;
    }
}

void tlsni_sponge_once(uint8_t rate, uint8_t suffix, struct tlsn_span a, struct tlsn_span b,
                       uint8_t *out, size_t out_len)
{
    struct tlsni_sponge s;

    tlsni_sponge_init(&s, rate, suffix);
    tlsni_sponge_absorb(&s, a.data, a.len);
    tlsni_sponge_absorb(&s, b.data, b.len);
    tlsni_sponge_pad(&s);
    tlsni_sponge_squeeze(&s, out, out_len);
    tlsni_wipe(&s, sizeof s);
}

void tlsni_keccak4_begin(struct tlsni_keccak4 *k, uint8_t rate, const uint8_t *seed, size_t seed_len,
                         const uint8_t *const tail[4], size_t tail_len)
{
    uint64_t one[TLSNI_KECCAK_LANES];

    assert(seed_len + tail_len < rate);
    for (size_t way = 0; way < 4; way++) {
        memset(one, 0, sizeof one);
        for (size_t i = 0; i < seed_len; i++)
            add_byte(one, i, seed[i]);
        for (size_t i = 0; i < tail_len; i++)
            add_byte(one, seed_len + i, tail[way][i]);
        add_byte(one, seed_len + tail_len, TLSNI_SHAKE_SUFFIX);
        add_byte(one, rate - 1U, 0x80);
        for (size_t i = 0; i < TLSNI_KECCAK_LANES; i++)
            k->state[i][way] = one[i];
    }
    tlsni_wipe(one, sizeof one);
}

void tlsni_keccak4_block(struct tlsni_keccak4 *k, uint8_t rate, uint8_t *const out[4])
{
    permute4(k);
    for (size_t way = 0; way < 4; way++)
        for (size_t i = 0; i < rate / 8U; i++)
            tlsni_le64_put(out[way] + 8 * i, k->state[i][way]);
}
