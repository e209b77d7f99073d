/* prf.c - P_hash of TLS 1.2, RFC 5246 5. The HMAC is keyed once for the whole output. */
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

/* @rfc 5246:5/2, 5246:5/4, 5246:5/5 */
void tlsni_prf_tls12(const struct tlsni_hash *hash, const void *secret, size_t secret_len,
                     const char *label, struct tlsn_span seed1, struct tlsn_span seed2,
                     uint8_t *out, size_t out_len)
{
    const struct prf_seed seed = { { (const uint8_t *)label, strlen(label) }, seed1, seed2 };
    uint8_t a[TLSNI_HASH_LEN_MAX], last[TLSNI_HASH_LEN_MAX];
    struct tlsni_hmac_key key;

    tlsni_hmac_set_key(&key, hash, secret, secret_len);
    first_a(&key, &seed, a);
    for (; out_len > hash->len; out += hash->len, out_len -= hash->len) {
        output(&key, a, &seed, out);
        next_a(&key, a);
    }
    output(&key, a, &seed, last);
    memcpy(out, last, out_len);
    tlsni_wipe(&key, sizeof key);
    tlsni_wipe(a, sizeof a);
    tlsni_wipe(last, sizeof last);
}
