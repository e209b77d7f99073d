/* prf.c - P_hash and what TLS makes of it, RFC 5246 5 and RFC 4346 5. The HMAC is keyed once for the whole output. */
#include "cipher/prf.h"
#include "base/mem.h"
#include "cipher/hmac.h"

#include <string.h>

struct prf_seed {
    struct tlsn_span label, seed1, seed2;
};

static void feed(struct tlsni_hmac *h, const struct prf_seed *seed)
{
    tlsni_hmac_update(h, seed->label.data, seed->label.len);
    tlsni_hmac_update(h, seed->seed1.data, seed->seed1.len);
    tlsni_hmac_update(h, seed->seed2.data, seed->seed2.len);
}

/* A(1) = HMAC(secret, label + seed) */
static void first_a(const struct tlsni_hmac_key *key, const struct prf_seed *seed, uint8_t *a)
{
    struct tlsni_hmac h;

    tlsni_hmac_init(&h, key);
    feed(&h, seed);
    tlsni_hmac_final(&h, a);
}

/* A(i + 1) = HMAC(secret, A(i)) */
static void next_a(const struct tlsni_hmac_key *key, uint8_t *a)
{
    struct tlsni_hmac h;

    tlsni_hmac_init(&h, key);
    tlsni_hmac_update(&h, a, key->row->len);
    tlsni_hmac_final(&h, a);
}

/* HMAC(secret, A(i) + label + seed) */
static void output(const struct tlsni_hmac_key *key, const uint8_t *a, const struct prf_seed *seed,
                   uint8_t *out)
{
    struct tlsni_hmac h;

    tlsni_hmac_init(&h, key);
    tlsni_hmac_update(&h, a, key->row->len);
    feed(&h, seed);
    tlsni_hmac_final(&h, out);
}

/* P_hash XORed into out. */
static void p_hash(const struct tlsni_hash *hash, struct tlsn_span secret,
                   const struct prf_seed *seed, uint8_t *out, size_t out_len)
{
    uint8_t a[TLSNI_HASH_LEN_MAX], bytes[TLSNI_HASH_LEN_MAX];
    struct tlsni_hmac_key key;

    tlsni_hmac_set_key(&key, hash, secret.data, secret.len);
    first_a(&key, seed, a);
    while (out_len) {
        size_t n = out_len < hash->len ? out_len : hash->len;

        output(&key, a, seed, bytes);
        for (size_t i = 0; i < n; i++)
            *out++ ^= bytes[i];
        out_len -= n;
        if (out_len)
            next_a(&key, a);
    }
    tlsni_wipe(&key, sizeof key);
    tlsni_wipe(a, sizeof a);
    tlsni_wipe(bytes, sizeof bytes);
}

static struct prf_seed seed_of(const char *label, struct tlsn_span seed1, struct tlsn_span seed2)
{
    const struct prf_seed seed = { { (const uint8_t *)label, strlen(label) }, seed1, seed2 };

    return seed;
}

/* @rfc 5246:5/2, 5246:5/4, 5246:5/5 */
void tlsni_prf_tls12(const struct tlsni_hash *hash, const void *secret, size_t secret_len,
                     const char *label, struct tlsn_span seed1, struct tlsn_span seed2,
                     uint8_t *out, size_t out_len)
{
    const struct prf_seed seed = seed_of(label, seed1, seed2);
    const struct tlsn_span whole = { secret, secret_len };

    memset(out, 0, out_len);
    p_hash(hash, whole, &seed, out, out_len);
}

/* The halves of an odd secret share the byte in the middle.
 * @rfc 4346:5/2, 4346:5/3, 2246:5/2, 2246:5/3 */
void tlsni_prf_tls10(const struct tlsni_hash *hash, const void *secret, size_t secret_len,
                     const char *label, struct tlsn_span seed1, struct tlsn_span seed2,
                     uint8_t *out, size_t out_len)
{
    const struct prf_seed seed = seed_of(label, seed1, seed2);
    const size_t half = (secret_len + 1) / 2;
    const uint8_t *s = secret_len ? secret : (const uint8_t *)""; /* of an IV block it is empty */
    const struct tlsn_span first = { s, half };
    const struct tlsn_span second = { s + (secret_len - half), half };

    (void)hash;
    memset(out, 0, out_len);
    p_hash(tlsni_hash_find(TLSNI_HASH_MD5), first, &seed, out, out_len);
    p_hash(tlsni_hash_find(TLSNI_HASH_SHA1), second, &seed, out, out_len);
}
