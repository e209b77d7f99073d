/* nonce.c - the generator of RFC 6979 3.2: HMAC over itself, stirred with what it is to depend on.
 *
 * All of it is secret but the digest. What is rejected is never used, so that the number of attempts tells
 * nothing. */
#include "cipher/nonce.h"

#include "base/bytes.h"
#include "cipher/hmac.h"

enum { ATTEMPTS = 100 };

static void mac(struct tlsni_nonce *x, uint8_t *out)
{
    tlsni_hmac_once(x->hash, x->k, x->hash->len, x->v, x->hash->len, out);
}

/* K = HMAC(K, V || mark || data), V = HMAC(K, V) */
static void stir(struct tlsni_nonce *x, uint8_t mark, const struct tlsn_span *data, size_t count)
{
    struct tlsni_hmac_key key;
    struct tlsni_hmac h;

    tlsni_hmac_set_key(&key, x->hash, x->k, x->hash->len);
    tlsni_hmac_init(&h, &key);
    tlsni_hmac_update(&h, x->v, x->hash->len);
    tlsni_hmac_update(&h, &mark, 1);
    for (size_t i = 0; i < count; i++)
        tlsni_hmac_update(&h, data[i].data, data[i].len);
    tlsni_hmac_final(&h, x->k);
    tlsni_wipe(&key, sizeof key);
    mac(x, x->v);
}

/* The digest's leading bits as a number below n (RFC 6979 2.3.4), ec->len bytes. Only secp521r1 has an order
 * that does not end at a byte, and no digest is as long as that. */
static void reduce(const struct tlsni_ec *ec, const uint8_t *digest, size_t len, uint8_t *out)
{
    size_t n = tlsni_ec_limbs(ec);
    mp_limb_t z[TLSNI_EC_LIMBS_MAX], order[TLSNI_EC_LIMBS_MAX];

    tlsni_limbs_get(z, n, digest, len < ec->len ? len : ec->len);
    tlsni_limbs_get(order, n, ec->n, ec->len);
    if (mpn_cmp(z, order, (mp_size_t)n) >= 0)
        (void)mpn_sub_n(z, z, order, (mp_size_t)n);
    tlsni_limbs_put(out, ec->len, z, n);
}

void tlsni_nonce_begin(struct tlsni_nonce *x, const struct tlsni_ec *ec, const struct tlsni_hash *hash,
                       const uint8_t *key, const uint8_t *digest, struct tlsn_span random)
{
    uint8_t z[TLSNI_EC_LEN_MAX];
    const struct tlsn_span data[] = { { key, ec->len }, { z, ec->len }, random };

    x->hash = hash;
    x->begun = false;
    reduce(ec, digest, hash->len, z);
    memset(x->v, 1, sizeof x->v);
    memset(x->k, 0, sizeof x->k);
    stir(x, 0, data, 3);
    stir(x, 1, data, 3);
}

/* The leading bits of as many blocks as it takes. */
static void draw(struct tlsni_nonce *x, const struct tlsni_ec *ec, uint8_t *out)
{
    unsigned spare = 8U * ec->len - ec->bits;

    for (size_t at = 0; at < ec->len; at += x->hash->len) {
        size_t left = ec->len - at;

        mac(x, x->v);
        memcpy(out + at, x->v, left < x->hash->len ? left : x->hash->len);
    }
    for (size_t i = ec->len; spare && i-- > 0;)
        out[i] = (uint8_t)(out[i] >> spare | (i ? out[i - 1] << (8 - spare) : 0));
}

tlsn_status tlsni_nonce_next(struct tlsni_nonce *x, const struct tlsni_ec *ec, mp_limb_t *k)
{
    uint8_t bytes[TLSNI_EC_LEN_MAX];
    bool good = false;

    for (int i = 0; i < ATTEMPTS && !good; i++) {
        if (x->begun)
            stir(x, 0, NULL, 0);
        x->begun = true;
        draw(x, ec, bytes);
        good = tlsni_ec_scalar_get(ec, k, bytes);
    }
    tlsni_wipe(bytes, sizeof bytes);
    return good ? TLSN_OK : TLSN_ERR_RANDOM;
}
