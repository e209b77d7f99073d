/* mlkem.c - K-PKE and ML-KEM (FIPS 203 5 to 7) over the polynomials of mlkem_poly.h.
 *
 * Secret: the seed, the vector s, noise, the message and both candidates for the shared secret. Public:
 * the matrix and its seed, t, ciphertexts. Decapsulation encrypts again and chooses between the two
 * secrets by mask: nothing tells whether the ciphertext was a good one. */
#include "cipher/mlkem.h"

#include "base/bytes.h"
#include "base/ct.h"
#include "base/mem.h"
#include "cipher/keccak.h"
#include "cipher/mlkem_poly.h"

enum { K_MAX = TLSNI_MLKEM_K_MAX, ENCODED = TLSNI_MLKEM_ENCODED_LEN, LEN32 = 32 };

#define ROW(name, k, eta1, du, dv)                                                              \
    { name, k, eta1, du, dv, ENCODED * k + 32, 2 * ENCODED * k + 96, 32 * (du * k + dv) }

const struct tlsni_mlkem tlsni_mlkem_512 = ROW("ML-KEM-512", 2, 3, 10, 4);
const struct tlsni_mlkem tlsni_mlkem_768 = ROW("ML-KEM-768", 3, 2, 10, 4);
const struct tlsni_mlkem tlsni_mlkem_1024 = ROW("ML-KEM-1024", 4, 2, 11, 5);

struct matrix {
    struct tlsni_poly a[K_MAX * K_MAX]; /* row by row */
};

/* A, transposed for encryption: what lies at (i, j) comes from the index bytes j, i or i, j. */
static void expand_matrix(const struct tlsni_mlkem *p, struct matrix *m, const uint8_t *seed,
                          bool transposed)
{
    size_t count = (size_t)p->k * p->k;

    for (size_t at = 0; at < count; at += 4) {
        struct tlsni_poly *f[4] = { NULL };
        uint8_t index[4][2] = { { 0 } };

        for (size_t i = 0; i < 4 && at + i < count; i++) {
            uint8_t row = (uint8_t)((at + i) / p->k), column = (uint8_t)((at + i) % p->k);

            f[i] = &m->a[at + i];
            index[i][0] = transposed ? row : column;
            index[i][1] = transposed ? column : row;
        }
        tlsni_poly_sample_matrix4(f, seed, (const uint8_t(*)[2])index);
    }
}

static void sample_noise(struct tlsni_poly *f, size_t count, const uint8_t *seed, uint8_t first,
                         unsigned eta)
{
    for (size_t at = 0; at < count; at += 4) {
        struct tlsni_poly *four[4] = { NULL };

        for (size_t i = 0; i < 4 && at + i < count; i++)
            four[i] = f + at + i;
        tlsni_poly_sample_noise4(four, seed, (uint8_t)(first + at), eta);
    }
}

/* h = f . g over k polynomials, with the factor 2^-16. */
static void dot(struct tlsni_poly *h, const struct tlsni_poly *f, const struct tlsni_poly *g,
                size_t k)
{
    memset(h, 0, sizeof *h);
    for (size_t i = 0; i < k; i++)
        tlsni_poly_multiply_add(h, f + i, g + i);
}

/* K-PKE.KeyGen, FIPS 203 5.1: t to the public key, s to the private one. */
static void make_pair(const struct tlsni_mlkem *p, const uint8_t *matrix_seed,
                      const uint8_t *noise_seed, uint8_t *private_key, uint8_t *public_key)
{
    struct tlsni_poly se[2 * K_MAX], t;
    struct matrix m;
    size_t k = p->k;

    expand_matrix(p, &m, matrix_seed, false);
    sample_noise(se, 2 * k, noise_seed, 0, p->eta1);
    for (size_t i = 0; i < 2 * k; i++)
        tlsni_poly_ntt(&se[i]);
    for (size_t i = 0; i < k; i++)
        tlsni_poly_reduce(&se[i]);
    for (size_t i = 0; i < k; i++) {
        dot(&t, &m.a[i * k], se, k);
        tlsni_poly_to_montgomery(&t);
        tlsni_poly_add(&t, &se[k + i]);
        tlsni_poly_reduce(&t);
        tlsni_poly_encode(public_key + ENCODED * i, &t);
        tlsni_poly_encode(private_key + ENCODED * i, &se[i]);
    }
    memcpy(public_key + ENCODED * k, matrix_seed, LEN32);
    tlsni_wipe(se, sizeof se);
    tlsni_wipe(&t, sizeof t);
}

static void hash_key(const struct tlsni_mlkem *p, const uint8_t *public_key, uint8_t *out)
{
    tlsni_sponge_once(TLSNI_SHA3_256_RATE, TLSNI_SHA3_SUFFIX,
                      tlsni_span_make(public_key, p->public_len), tlsni_span_make(NULL, 0), out,
                      LEN32);
}

/* G, FIPS 203 4.1: two values of 32 bytes. */
static void hash_pair(struct tlsn_span a, struct tlsn_span b, uint8_t out[2 * LEN32])
{
    tlsni_sponge_once(TLSNI_SHA3_512_RATE, TLSNI_SHA3_SUFFIX, a, b, out, 2 * LEN32);
}

void tlsni_mlkem_keygen(const struct tlsni_mlkem *p, const uint8_t seed[TLSNI_MLKEM_SEED_LEN],
                        uint8_t *private_key, uint8_t *public_key)
{
    uint8_t seeds[2 * LEN32]; /* of the matrix, of the noise */
    uint8_t *copy = private_key + ENCODED * p->k;

    hash_pair(tlsni_span_make(seed, LEN32), tlsni_span_make(&p->k, 1), seeds);
    TLSNI_CT_PUBLIC(seeds, LEN32);
    make_pair(p, seeds, seeds + LEN32, private_key, public_key);
    TLSNI_CT_PUBLIC(public_key, p->public_len);
    memcpy(copy, public_key, p->public_len);
    hash_key(p, public_key, copy + p->public_len);
    memcpy(copy + p->public_len + LEN32, seed + LEN32, LEN32);
    tlsni_wipe(seeds, sizeof seeds);
}

/* Adds the message, a bit a coefficient: 0 or round(q / 2). */
static void add_message(struct tlsni_poly *v, const uint8_t *message)
{
    struct tlsni_poly f;

    tlsni_poly_decompress(&f, message, 1);
    tlsni_poly_add(v, &f);
    tlsni_wipe(&f, sizeof f);
}

/* K-PKE.Encrypt, FIPS 203 5.2. */
static void encrypt(const struct tlsni_mlkem *p, const uint8_t *public_key, const uint8_t *message,
                    const uint8_t *coins, uint8_t *ciphertext)
{
    struct tlsni_poly noise[2 * K_MAX + 1], t[K_MAX], sum;
    struct matrix m;
    size_t k = p->k;

    expand_matrix(p, &m, public_key + ENCODED * k, true);
    sample_noise(noise, k, coins, 0, p->eta1);
    sample_noise(noise + k, k + 1, coins, (uint8_t)k, 2);
    for (size_t i = 0; i < k; i++) {
        tlsni_poly_ntt(&noise[i]);
        (void)tlsni_poly_decode(&t[i], public_key + ENCODED * i);
    }
    for (size_t i = 0; i <= k; i++) {
        dot(&sum, i < k ? &m.a[i * k] : t, noise, k);
        tlsni_poly_center(&sum);
        tlsni_poly_ntt_inverse(&sum);
        tlsni_poly_add(&sum, &noise[k + i]);
        if (i == k)
            add_message(&sum, message);
        tlsni_poly_reduce(&sum);
        tlsni_poly_compress(ciphertext + (size_t)32 * p->du * i, &sum, i < k ? p->du : p->dv);
    }
    tlsni_wipe(noise, sizeof noise);
    tlsni_wipe(&sum, sizeof sum);
}

/* K-PKE.Decrypt, FIPS 203 5.3. */
static void decrypt(const struct tlsni_mlkem *p, const uint8_t *private_key,
                    const uint8_t *ciphertext, uint8_t *message)
{
    struct tlsni_poly s, u, sum, v;

    memset(&sum, 0, sizeof sum);
    for (size_t i = 0; i < p->k; i++) {
        (void)tlsni_poly_decode(&s, private_key + ENCODED * i);
        tlsni_poly_center(&s);
        tlsni_poly_decompress(&u, ciphertext + (size_t)32 * p->du * i, p->du);
        tlsni_poly_ntt(&u);
        tlsni_poly_multiply_add(&sum, &s, &u);
    }
    tlsni_poly_center(&sum);
    tlsni_poly_ntt_inverse(&sum);
    tlsni_poly_decompress(&v, ciphertext + (size_t)32 * p->du * p->k, p->dv);
    tlsni_poly_sub_from(&sum, &v);
    tlsni_poly_reduce(&sum);
    tlsni_poly_compress(message, &sum, 1);
    tlsni_wipe(&s, sizeof s);
    tlsni_wipe(&sum, sizeof sum);
}

/* Every coefficient below q. Public. */
static bool is_reduced(const struct tlsni_mlkem *p, const uint8_t *public_key)
{
    struct tlsni_poly t;
    bool good = true;

    for (size_t i = 0; i < p->k; i++)
        good = tlsni_poly_decode(&t, public_key + ENCODED * i) && good;
    return good;
}

tlsn_status tlsni_mlkem_encapsulate(const struct tlsni_mlkem *p,
                                    const uint8_t random[TLSNI_MLKEM_RANDOM_LEN],
                                    struct tlsn_span public_key, uint8_t *ciphertext,
                                    uint8_t shared[TLSNI_MLKEM_SHARED_LEN])
{
    uint8_t hash[LEN32], pair[2 * LEN32]; /* the secret, the coins */

    if (public_key.len != p->public_len || !is_reduced(p, public_key.data))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    hash_key(p, public_key.data, hash);
    hash_pair(tlsni_span_make(random, LEN32), tlsni_span_make(hash, LEN32), pair);
    encrypt(p, public_key.data, random, pair + LEN32, ciphertext);
    TLSNI_CT_PUBLIC(ciphertext, p->ciphertext_len);
    memcpy(shared, pair, LEN32);
    tlsni_wipe(pair, sizeof pair);
    return TLSN_OK;
}

tlsn_status tlsni_mlkem_decapsulate(const struct tlsni_mlkem *p, const uint8_t *private_key,
                                    struct tlsn_span ciphertext,
                                    uint8_t shared[TLSNI_MLKEM_SHARED_LEN])
{
    const uint8_t *public_key = private_key + ENCODED * p->k;
    const uint8_t *hash = public_key + p->public_len, *z = hash + LEN32;
    uint8_t message[LEN32], pair[2 * LEN32], again[TLSNI_MLKEM_CIPHERTEXT_MAX];

    if (ciphertext.len != p->ciphertext_len)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    decrypt(p, private_key, ciphertext.data, message);
    hash_pair(tlsni_span_make(message, LEN32), tlsni_span_make(hash, LEN32), pair);
    encrypt(p, public_key, message, pair + LEN32, again);
    tlsni_sponge_once(TLSNI_SHAKE256_RATE, TLSNI_SHAKE_SUFFIX, tlsni_span_make(z, LEN32),
                      ciphertext, shared, LEN32);
    tlsni_ct_cond_copy(tlsni_ct_eq_mask(again, ciphertext.data, ciphertext.len), shared, pair,
                       LEN32);
    tlsni_wipe(message, sizeof message);
    tlsni_wipe(pair, sizeof pair);
    tlsni_wipe(again, sizeof again);
    return TLSN_OK;
}

tlsn_status tlsni_mlkem_check_private(const struct tlsni_mlkem *p, struct tlsn_span private_key)
{
    uint8_t hash[LEN32];
    const uint8_t *public_key;
    bool right;

    if (private_key.len != p->private_len)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    public_key = private_key.data + ENCODED * p->k;
    hash_key(p, public_key, hash);
    right = tlsni_ct_memeq(hash, public_key + p->public_len, LEN32);
    TLSNI_CT_PUBLIC(&right, sizeof right);
    return right ? TLSN_OK : TLSN_ERR_ILLEGAL_PARAMETER;
}
