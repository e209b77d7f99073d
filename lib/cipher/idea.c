/* idea.c - IDEA: eight rounds of addition modulo 2^16, exclusive or, and multiplication modulo
 * 2^16 + 1, where the word 0 stands for 2^16 (Lai and Massey, "A Proposal for a New Block
 * Encryption Standard", 1991). */
#include "cipher/idea.h"
#include "base/mem.h"

#include <string.h>

enum { ROUNDS = 8 };

/* 0 becomes 2^16, without a branch. */
static uint32_t widen(uint16_t v)
{
    uint32_t is_zero = ((uint32_t)v - 1) >> 31;

    return v | is_zero << 16;
}

/* 2^16 is -1, so the product's upper part counts negative. */
static uint16_t multiply(uint16_t a, uint16_t b)
{
    uint64_t product = (uint64_t)widen(a) * widen(b);
    uint32_t low = (uint32_t)(product & 0xffff), high = (uint32_t)(product >> 16);
    uint32_t difference = low - high, borrow = difference >> 31;

    return (uint16_t)(difference + borrow * 0x10001);
}

/* a^(2^16 - 1), that is a^-1: an exponent of sixteen ones. */
static uint16_t invert(uint16_t a)
{
    uint16_t r = a;

    for (int i = 0; i < 15; i++)
        r = multiply(multiply(r, r), a);
    return r;
}

static uint16_t load(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static void round_of(uint16_t x[4], const uint16_t k[6])
{
    uint16_t a = multiply(x[0], k[0]), b = (uint16_t)(x[1] + k[1]), c = (uint16_t)(x[2] + k[2]);
    uint16_t d = multiply(x[3], k[3]);
    uint16_t s = multiply((uint16_t)(a ^ c), k[4]);
    uint16_t t = multiply((uint16_t)((b ^ d) + s), k[5]), u = (uint16_t)(s + t);

    x[0] = (uint16_t)(a ^ t);
    x[1] = (uint16_t)(c ^ t);
    x[2] = (uint16_t)(b ^ u);
    x[3] = (uint16_t)(d ^ u);
}

static void crypt_block(const uint16_t *k, uint8_t *dst, const uint8_t *src)
{
    uint16_t x[4] = { load(src), load(src + 2), load(src + 4), load(src + 6) }, y[4];

    for (int i = 0; i < ROUNDS; i++, k += 6)
        round_of(x, k);
    y[0] = multiply(x[0], k[0]);
    y[1] = (uint16_t)(x[2] + k[1]);
    y[2] = (uint16_t)(x[1] + k[2]);
    y[3] = multiply(x[3], k[3]);
    for (int i = 0; i < 4; i++) {
        dst[2 * i] = (uint8_t)(y[i] >> 8);
        dst[2 * i + 1] = (uint8_t)y[i];
    }
}

void tlsni_idea_crypt(const void *idea, size_t len, uint8_t *dst, const uint8_t *src)
{
    const struct tlsni_idea *state = idea;

    for (; len; len -= TLSNI_IDEA_BLOCK_LEN) {
        crypt_block(state->key, dst, src);
        dst += TLSNI_IDEA_BLOCK_LEN;
        src += TLSNI_IDEA_BLOCK_LEN;
    }
}

/* Eight words of the key at a time, which then turns left by 25 bits: word i of a later eight has 9
 * bits of word i + 1 and 7 of word i + 2 before. */
void tlsni_idea_set_encrypt_key(struct tlsni_idea *idea, const uint8_t key[TLSNI_IDEA_KEY_LEN])
{
    uint16_t *k = idea->key;

    for (size_t i = 0; i < 8; i++)
        k[i] = load(key + 2 * i);
    for (size_t i = 8; i < TLSNI_IDEA_SUBKEYS; i++) {
        const uint16_t *before = k + (i / 8 - 1) * 8;

        k[i] = (uint16_t)(before[(i + 1) % 8] << 9 | before[(i + 2) % 8] >> 7);
    }
}

/* The same way backwards: inverses of the keys of each step, in the other order. Within a round the
 * two inner words have changed places, but for the first and the last step. */
void tlsni_idea_set_decrypt_key(struct tlsni_idea *idea, const uint8_t key[TLSNI_IDEA_KEY_LEN])
{
    struct tlsni_idea forward;
    const uint16_t *from = forward.key + 6 * ROUNDS;
    uint16_t *to = idea->key;

    tlsni_idea_set_encrypt_key(&forward, key);
    for (int i = 0; i <= ROUNDS; i++, from -= 6, to += 6) {
        bool inner = i > 0 && i < ROUNDS;

        to[0] = invert(from[0]);
        to[1] = (uint16_t)(0U - from[inner ? 2 : 1]);
        to[2] = (uint16_t)(0U - from[inner ? 1 : 2]);
        to[3] = invert(from[3]);
        if (i < ROUNDS)
            memcpy(to + 4, from - 2, 2 * sizeof *to);
    }
    tlsni_wipe(&forward, sizeof forward);
}
