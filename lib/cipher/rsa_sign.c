/* rsa_sign.c - RSA signatures with either padding. */
#include "base/bytes.h"
#include "cipher/pk_impl.h"

/* A key for PSS alone makes and checks nothing else (RFC 4055 1.2); a plain key does both. */
static bool padding_fits(enum tlsni_key_type type, const struct tlsni_sig_params *params)
{
    return params->padding == TLSNI_PAD_PSS ||
           (params->padding != TLSNI_PAD_NONE && type == TLSNI_KEY_RSA);
}

static tlsn_status pkcs1_block(uint8_t *em, size_t len, const struct tlsni_sig_params *params,
                               bool with_null, struct tlsn_span message)
{
    enum tlsni_hash_id hash = (enum tlsni_hash_id)params->hash;

    return params->padding == TLSNI_PAD_DIGEST ? tlsni_rsa_pkcs1_wrap(em, len, hash, with_null, message)
                          : tlsni_rsa_pkcs1_encode(em, len, hash, with_null, message);
}

/* @rfc 9963:4/3, 8017:8.2.1/1 */
tlsn_status tlsni_rsa_sign(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                           const struct tlsni_sig_params *params, struct tlsn_span message,
                           uint8_t *signature, size_t *signature_len)
{
    const struct tlsni_rsa_public *rsa = &key->pub->u.rsa;
    uint8_t em[TLSNI_RSA_BITS_MAX / 8];
    tlsn_status st;

    if (!padding_fits(key->pub->type, params))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    if (params->padding == TLSNI_PAD_PSS)
        st = tlsni_rsa_pss_encode(em, rsa->bits, params, env, message);
    else
        st = pkcs1_block(em, rsa->len, params, true, message);
    if (st == TLSN_OK)
        st = tlsni_rsa_private(key, env, signature, em);
    if (st == TLSN_OK) {
        TLSNI_CT_PUBLIC(signature, rsa->len);
        *signature_len = rsa->len;
    }
    return st;
}

/* @rfc 5246:4.7/4, 5246:4.7/5, 9963:4/2, 9963:4/4, 8017:8.2.2/3 */
static tlsn_status pkcs1_check(const uint8_t *em, size_t len,
                               const struct tlsni_sig_params *params, struct tlsn_span message)
{
    uint8_t expected[TLSNI_RSA_BITS_MAX / 8];
    int least = params->padding == TLSNI_PAD_PKCS1_NULL;

    for (int with_null = 1; with_null >= least; with_null--) {
        tlsn_status st = pkcs1_block(expected, len, params, with_null, message);

        if (st != TLSN_OK)
            return st;
        if (memcmp(em, expected, len) == 0)
            return TLSN_OK;
    }
    return TLSN_ERR_DECRYPT_ERROR;
}

/* @rfc 5246:D.4/6 */
tlsn_status tlsni_rsa_verify(const struct tlsni_pubkey *key, const struct tlsni_sig_params *params,
                             struct tlsn_span message, struct tlsn_span signature)
{
    uint8_t em[TLSNI_RSA_BITS_MAX / 8];
    const struct tlsni_rsa_public *rsa = &key->u.rsa;
    tlsn_status st;

    if (!padding_fits(key->type, params))
        return TLSN_ERR_ILLEGAL_PARAMETER;
    st = tlsni_rsa_recover(key, &key->env, signature, em);
    if (st != TLSN_OK)
        return st;
    if (params->padding == TLSNI_PAD_PSS)
        return tlsni_rsa_pss_check(em, rsa->bits, params, message);
    return pkcs1_check(em, rsa->len, params, message);
}
