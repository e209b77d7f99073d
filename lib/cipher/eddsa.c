/* eddsa.c - Ed25519 and Ed448 keys and signatures (RFC 8032) over Nettle.
 *
 * A public key is checked when it is made: y below the prime, and an x that belongs to it. */
#include <gmp.h>
#include <nettle/eddsa.h>

#include "base/bytes.h"
#include "cipher/pk_impl.h"

/* @rfc 8032:5.1.2/1, 8032:5.2.2/1 */
size_t tlsni_eddsa_len(enum tlsni_key_type type)
{
    return type == TLSNI_KEY_ED25519 ? ED25519_KEY_SIZE : ED448_KEY_SIZE;
}

/* @rfc 8032:5.1.5/1, 8032:5.2.5/1 */
void tlsni_eddsa_public_of(enum tlsni_key_type type, uint8_t *point, const uint8_t *seed)
{
    if (type == TLSNI_KEY_ED25519)
        ed25519_sha512_public_key(point, seed);
    else
        ed448_shake256_public_key(point, seed);
}

/* ---- does it decode ----
 * @rfc 8032:5.1.3/1, 8032:5.1.3/2, 8032:5.2.3/1, 8032:5.2.3/2 */

/* p = 2^255 - 19 or 2^448 - 2^224 - 1. */
static void set_prime(mpz_t p, bool is_25519)
{
    mpz_set_ui(p, 0);
    mpz_setbit(p, is_25519 ? 255 : 448);
    if (is_25519) {
        mpz_sub_ui(p, p, 19);
    } else {
        mpz_t middle;
        mpz_init(middle);
        mpz_setbit(middle, 224);
        mpz_sub(p, p, middle);
        mpz_sub_ui(p, p, 1);
        mpz_clear(middle);
    }
}

/* With w = y^2: x^2 = (w - 1) / (d w + 1) for Ed25519, d = -121665/121666, and (w - 1) / (d w - 1)
 * for Ed448, d = -39081. A quotient is a square where the product is. */
static void set_product(mpz_t u, mpz_t w, bool is_25519)
{
    mpz_sub_ui(u, w, 1);
    if (is_25519) {
        mpz_mul_ui(u, u, 121666);
        mpz_mul_si(w, w, -121665);
        mpz_add_ui(w, w, 121666);
    } else {
        mpz_mul_si(w, w, -39081);
        mpz_sub_ui(w, w, 1);
    }
    mpz_mul(u, u, w);
}

static bool decodes(enum tlsni_key_type type, const uint8_t *bytes)
{
    bool is_25519 = type == TLSNI_KEY_ED25519, good, sign;
    size_t len = tlsni_eddsa_len(type);
    mpz_t p, y, u, w;

    mpz_inits(p, y, u, w, NULL);
    set_prime(p, is_25519);
    mpz_import(y, len, -1, 1, 0, 0, bytes);
    sign = mpz_tstbit(y, 8 * len - 1) != 0;
    mpz_clrbit(y, 8 * len - 1);
    good = mpz_cmp(y, p) < 0;
    if (good) {
        mpz_mul(w, y, y);
        set_product(u, w, is_25519);
        mpz_mod(u, u, p);
        /* 0 only for x = 0, which has no negative. */
        good = mpz_sgn(u) ? mpz_jacobi(u, p) == 1 : !sign;
    }
    mpz_clears(p, y, u, w, NULL);
    return good;
}

/* ---- keys ---- */

tlsn_status tlsni_pubkey_new_eddsa(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                                   enum tlsni_key_type type, struct tlsn_span point)
{
    *out = NULL;
    if ((type != TLSNI_KEY_ED25519 && type != TLSNI_KEY_ED448) ||
        point.len != tlsni_eddsa_len(type) || !decodes(type, point.data))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    *out = tlsni_pubkey_alloc(env, type, sizeof **out);
    if (!*out)
        return TLSN_ERR_NO_MEMORY;
    memcpy((*out)->u.eddsa, point.data, point.len);
    return TLSN_OK;
}

tlsn_status tlsni_privkey_new_eddsa(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                    enum tlsni_key_type type, struct tlsn_span seed)
{
    struct tlsni_privkey *key;

    *out = NULL;
    if ((type != TLSNI_KEY_ED25519 && type != TLSNI_KEY_ED448) ||
        seed.len != tlsni_eddsa_len(type))
        return TLSN_ERR_KEY;
    key = tlsni_privkey_alloc(env, sizeof *key);
    if (!key)
        return TLSN_ERR_NO_MEMORY;
    key->pub = tlsni_pubkey_alloc(env, type, sizeof *key->pub);
    if (!key->pub) {
        tlsni_privkey_free(key);
        return TLSN_ERR_NO_MEMORY;
    }
    memcpy(key->u.scalar, seed.data, seed.len);
    tlsni_eddsa_public_of(type, key->pub->u.eddsa, key->u.scalar);
    TLSNI_CT_PUBLIC(key->pub->u.eddsa, seed.len);
    *out = key;
    return TLSN_OK;
}

/* ---- signatures ---- */

/* The message itself is signed: no hash, no padding.
 * @rfc 8422:5.10/9 */
static bool params_fit(const struct tlsni_sig_params *params)
{
    return params->hash == TLSNI_HASH_NONE && params->padding == TLSNI_PAD_NONE;
}

/* @rfc 8032:5.1.7/1, 8032:5.1.7/2, 8032:5.2.7/2, 8032:8.7/1 */
tlsn_status tlsni_eddsa_verify(const struct tlsni_pubkey *key,
                               const struct tlsni_sig_params *params, struct tlsn_span message,
                               struct tlsn_span signature)
{
    const uint8_t *sig = signature.data;
    bool good;

    if (!params_fit(params))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    if (key->type == TLSNI_KEY_ED25519) {
        good = signature.len == ED25519_SIGNATURE_SIZE &&
               ed25519_sha512_verify(key->u.eddsa, message.len, message.data, sig);
    } else {
        /* @rfc 8032:5.2.7/1 S is below 2^446. Nettle 3.8 does not look at its last octet. */
        good = signature.len == ED448_SIGNATURE_SIZE && sig[ED448_SIGNATURE_SIZE - 1] == 0 &&
               ed448_shake256_verify(key->u.eddsa, message.len, message.data, sig);
    }
    return good ? TLSN_OK : TLSN_ERR_DECRYPT_ERROR;
}

/* @rfc 8422:5.10/8, 8032:5.1.6/1, 8032:5.2.6/1, 8032:7.1/1, 8032:7.4/1, 8032:8.1/1 */
tlsn_status tlsni_eddsa_sign(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                             const struct tlsni_sig_params *params, struct tlsn_span message,
                             uint8_t *signature, size_t *signature_len)
{
    const uint8_t *point = key->pub->u.eddsa;

    (void)env;
    if (!params_fit(params))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    if (key->pub->type == TLSNI_KEY_ED25519) {
        ed25519_sha512_sign(point, key->u.scalar, message.len, message.data, signature);
        *signature_len = ED25519_SIGNATURE_SIZE;
    } else {
        ed448_shake256_sign(point, key->u.scalar, message.len, message.data, signature);
        *signature_len = ED448_SIGNATURE_SIZE;
    }
    TLSNI_CT_PUBLIC(signature, *signature_len);
    return TLSN_OK;
}
