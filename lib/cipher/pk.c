/* pk.c - what all kinds of keys have in common, and the way from a key to its own functions. */
#include "cipher/pk.h"

#include "base/bytes.h"
#include "cipher/pk_impl.h"

struct tlsni_pubkey *tlsni_pubkey_alloc(const struct tlsn_hooks *env, enum tlsni_key_type type,
                                        size_t size)
{
    struct tlsni_pubkey *key = tlsni_alloc(env, size);

    if (key) {
        key->type = type;
        if (env)
            key->env = *env;
    }
    return key;
}

struct tlsni_privkey *tlsni_privkey_alloc(const struct tlsn_hooks *env, size_t size)
{
    struct tlsni_privkey *key = tlsni_alloc(env, size);

    if (key) {
        key->size = size;
        if (env)
            key->env = *env;
    }
    return key;
}

void tlsni_pubkey_free(struct tlsni_pubkey *key)
{
    struct tlsn_hooks env;

    if (!key)
        return;
    env = key->env;
    tlsni_free(&env, key);
}

void tlsni_privkey_free(struct tlsni_privkey *key)
{
    struct tlsn_hooks env;

    if (!key)
        return;
    env = key->env;
    tlsni_pubkey_free(key->pub);
    tlsni_free_secret(&env, key, key->size);
}

enum tlsni_key_type tlsni_pubkey_type(const struct tlsni_pubkey *key)
{
    return key->type;
}

static bool is_dl(const struct tlsni_pubkey *key)
{
    return key->type == TLSNI_KEY_DSA || key->type == TLSNI_KEY_DH;
}

static bool is_rsa(const struct tlsni_pubkey *key)
{
    return key->type == TLSNI_KEY_RSA || key->type == TLSNI_KEY_RSA_PSS;
}

unsigned tlsni_pubkey_bits(const struct tlsni_pubkey *key)
{
    if (is_rsa(key))
        return (unsigned)key->u.rsa.bits;
    if (key->type == TLSNI_KEY_EC)
        return key->u.ec.curve->bits;
    if (is_dl(key))
        return (unsigned)key->u.dl.p_bits;
    return key->type == TLSNI_KEY_ED25519 ? 255 : 448;
}

uint16_t tlsni_pubkey_group(const struct tlsni_pubkey *key)
{
    return key->type == TLSNI_KEY_EC ? key->u.ec.curve->group : 0;
}

size_t tlsni_pubkey_modulus_len(const struct tlsni_pubkey *key)
{
    return is_rsa(key) ? key->u.rsa.len : 0;
}

static bool dl_equal(const struct tlsni_dl_public *a, const struct tlsni_dl_public *b)
{
    return tlsni_span_eq(a->params.p, b->params.p) && tlsni_span_eq(a->params.q, b->params.q) &&
           tlsni_span_eq(a->params.g, b->params.g) && tlsni_span_eq(a->y_bytes, b->y_bytes);
}

bool tlsni_pubkey_equal(const struct tlsni_pubkey *a, const struct tlsni_pubkey *b)
{
    if (a->type != b->type || tlsni_pubkey_group(a) != tlsni_pubkey_group(b))
        return false;
    if (is_rsa(a))
        return tlsni_span_eq(a->u.rsa.n_bytes, b->u.rsa.n_bytes) &&
               tlsni_span_eq(a->u.rsa.e_bytes, b->u.rsa.e_bytes);
    if (is_dl(a))
        return dl_equal(&a->u.dl, &b->u.dl);
    return tlsni_span_eq(tlsni_pubkey_point(a), tlsni_pubkey_point(b));
}

void tlsni_pubkey_rsa_numbers(const struct tlsni_pubkey *key, struct tlsn_span *n,
                              struct tlsn_span *e)
{
    struct tlsn_span none = { NULL, 0 };

    *n = is_rsa(key) ? key->u.rsa.n_bytes : none;
    *e = is_rsa(key) ? key->u.rsa.e_bytes : none;
}

void tlsni_pubkey_dl_numbers(const struct tlsni_pubkey *key, struct tlsni_dl_params *params,
                             struct tlsn_span *y)
{
    memset(params, 0, sizeof *params);
    *y = tlsni_span_make(NULL, 0);
    if (is_dl(key)) {
        *params = key->u.dl.params;
        *y = key->u.dl.y_bytes;
    }
}

struct tlsn_span tlsni_pubkey_point(const struct tlsni_pubkey *key)
{
    if (key->type == TLSNI_KEY_EC)
        return tlsni_span_make(key->u.ec.bytes, 1U + 2U * key->u.ec.curve->len);
    if (is_rsa(key) || is_dl(key))
        return tlsni_span_make(NULL, 0);
    return tlsni_span_make(key->u.eddsa, tlsni_eddsa_len(key->type));
}

const struct tlsni_pubkey *tlsni_privkey_public(const struct tlsni_privkey *key)
{
    return key->pub;
}

void tlsni_privkey_rsa_parts(const struct tlsni_privkey *key, struct tlsni_rsa_parts *out)
{
    memset(out, 0, sizeof *out);
    if (is_rsa(key->pub))
        *out = key->u.rsa.parts;
}

struct tlsn_span tlsni_privkey_scalar(const struct tlsni_privkey *key)
{
    const struct tlsni_pubkey *pub = key->pub;

    if (is_rsa(pub))
        return tlsni_span_make(NULL, 0);
    if (pub->type == TLSNI_KEY_DSA)
        return tlsni_span_make(key->u.scalar, pub->u.dl.params.q.len);
    if (pub->type == TLSNI_KEY_DH)
        return tlsni_span_make(key->block, key->u.exponent_len);
    return tlsni_span_make(key->u.scalar, pub->type == TLSNI_KEY_EC ? pub->u.ec.curve->len
                                                                    : tlsni_eddsa_len(pub->type));
}

struct tlsni_sig_params tlsni_sigalg_params(const struct tlsni_sigalg *row)
{
    const struct tlsni_hash *hash = tlsni_hash_find((enum tlsni_hash_id)row->hash);
    struct tlsni_sig_params p = { row->key, row->hash, row->padding, row->hash, 0 };

    /* RFC 8446 4.2.3: MGF1 by the same hash, a salt of the digest's length.
     * @rfc 8017:8.1/1, 8017:A.2.3/4 */
    if (row->padding == TLSNI_PAD_PSS && hash)
        p.salt_len = hash->len;
    if (row->padding == TLSNI_PAD_PKCS1 && row->clients_only)
        p.padding = TLSNI_PAD_PKCS1_NULL;
    return p;
}

void tlsni_pubkey_restrict(struct tlsni_pubkey *key, const struct tlsni_sig_params *only)
{
    key->only = *only;
}

/* @rfc 8446:4.2.3/14 */
bool tlsni_pubkey_takes(const struct tlsni_pubkey *key, const struct tlsni_sig_params *params)
{
    const struct tlsni_sig_params *only = &key->only;

    return only->padding == TLSNI_PAD_NONE ||
           (params->padding == only->padding && params->hash == only->hash &&
            params->mgf_hash == only->mgf_hash && params->salt_len == only->salt_len);
}

tlsn_status tlsni_pubkey_verify(const struct tlsni_pubkey *key,
                                const struct tlsni_sig_params *params, struct tlsn_span message,
                                struct tlsn_span signature)
{
    if (params->key != key->type || key->type == TLSNI_KEY_DH)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    if (is_rsa(key))
        return tlsni_rsa_verify(key, params, message, signature);
    if (key->type == TLSNI_KEY_EC)
        return tlsni_ecdsa_verify(key, params, message, signature);
    if (key->type == TLSNI_KEY_DSA)
        return tlsni_dsa_verify(key, params, message, signature);
    return tlsni_eddsa_verify(key, params, message, signature);
}

tlsn_status tlsni_privkey_sign(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                               const struct tlsni_sig_params *params, struct tlsn_span message,
                               uint8_t *signature, size_t *signature_len)
{
    *signature_len = 0;
    if (params->key != key->pub->type || params->key == TLSNI_KEY_DH)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    if (is_rsa(key->pub))
        return tlsni_rsa_sign(key, env, params, message, signature, signature_len);
    if (key->pub->type == TLSNI_KEY_EC)
        return tlsni_ecdsa_sign(key, env, params, message, signature, signature_len);
    if (key->pub->type == TLSNI_KEY_DSA)
        return tlsni_dsa_sign(key, env, params, message, signature, signature_len);
    return tlsni_eddsa_sign(key, env, params, message, signature, signature_len);
}
