/* pbe_write.c - keys that leave encrypted: PBES2 by default, old schemes for old readers by name. */
#include "x509/pbe_write.h"

#include "base/env.h"
#include "cipher/names.h"
#include "x509/der.h"
#include "x509/write.h"

/* OWASP's figure for PBKDF2 with HMAC-SHA-256; half a second or less. */
enum { ITERATIONS = 600000, KEY_DER_MAX = 16384, SCRYPT_R = 8 };
#define SCRYPT_N (1 << 14) /* 16 MiB; OpenSSL refuses more than 32 */

/* @rfc 7292:B/1, 7292:6/1, 8018:4.1/1, 8018:4.2/1, 8018:5/1, 8018:6/1, 5958:6/1 */
static const struct choice {
    const char *name;
    enum tlsni_oid scheme;
    enum tlsni_pbe_kdf kdf;
    enum tlsni_pbe_cipher_id cipher;
    enum tlsni_oid cipher_oid;
} choices[] = {
    { "aes-256", TLSNI_OID_PBES2, TLSNI_PBE_KDF_PBKDF2, TLSNI_PBE_AES_256, TLSNI_OID_AES_256_CBC },
    { "aes-192", TLSNI_OID_PBES2, TLSNI_PBE_KDF_PBKDF2, TLSNI_PBE_AES_192, TLSNI_OID_AES_192_CBC },
    { "aes-128", TLSNI_OID_PBES2, TLSNI_PBE_KDF_PBKDF2, TLSNI_PBE_AES_128, TLSNI_OID_AES_128_CBC },
    { "3des", TLSNI_OID_PBES2, TLSNI_PBE_KDF_PBKDF2, TLSNI_PBE_3DES, TLSNI_OID_DES_EDE3_CBC },
    { "scrypt", TLSNI_OID_PBES2, TLSNI_PBE_KDF_SCRYPT, TLSNI_PBE_AES_256, TLSNI_OID_AES_256_CBC },
    { "pkcs12-3des", TLSNI_OID_PBE_P12_3DES, TLSNI_PBE_KDF_PKCS12, TLSNI_PBE_3DES,
      TLSNI_OID_UNKNOWN },
    { "pkcs12-rc2-40", TLSNI_OID_PBE_P12_RC2_40, TLSNI_PBE_KDF_PKCS12, TLSNI_PBE_RC2,
      TLSNI_OID_UNKNOWN },
};

static const struct choice *find(const char *name)
{
    if (!name)
        return &choices[0];
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        if (tlsni_name_eq(choices[i].name, name, strlen(name)))
            return &choices[i];
    return NULL;
}

uint32_t tlsni_seal_iterations(const struct tlsn_seal *seal)
{
    return seal->iterations ? seal->iterations : ITERATIONS;
}

static void fill(struct tlsni_pbe_fresh *out, const struct choice *c, uint32_t iterations)
{
    struct tlsni_pbe *pbe = &out->pbe;

    out->scheme = c->scheme;
    out->cipher = c->cipher_oid;
    pbe->kdf = c->kdf;
    pbe->hash = tlsni_hash_find(c->kdf == TLSNI_PBE_KDF_PKCS12 ? TLSNI_HASH_SHA1
                                                               : TLSNI_HASH_SHA256);
    pbe->cipher = tlsni_pbe_cipher(c->cipher);
    pbe->key_len = pbe->cipher->key_len;
    pbe->iterations = iterations;
    pbe->cost = (struct tlsni_scrypt_cost){ SCRYPT_N, SCRYPT_R, 1 };
    pbe->salt = tlsni_span_make(out->salt, sizeof out->salt);
    pbe->iv = tlsni_span_make(out->iv, pbe->cipher->iv_len);
    if (c->scheme == TLSNI_OID_PBE_P12_RC2_40) {
        pbe->key_len = 5;
        pbe->rc2_bits = 40;
    }
}

tlsn_status tlsni_pbe_choose(struct tlsni_pbe_fresh *out, const struct tlsn_hooks *env,
                             const struct tlsn_seal *seal)
{
    const struct choice *c = find(seal->scheme);
    tlsn_status st;

    if (!c)
        return TLSN_ERR_UNKNOWN_KEYWORD;
    if (!seal->password || seal->iterations > INT32_MAX)
        return TLSN_ERR_ARGUMENT;
    memset(out, 0, sizeof *out);
    fill(out, c, tlsni_seal_iterations(seal));
    st = tlsni_random(env, out->salt, sizeof out->salt);
    return st == TLSN_OK ? tlsni_random(env, out->iv, sizeof out->iv) : st;
}

/* ---- AlgorithmIdentifier ---- */

void tlsni_pbe_write_pbkdf2(struct tlsni_wr *w, struct tlsn_span salt, uint32_t iterations,
                            size_t key_len)
{
    size_t all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), params, prf;

    tlsni_dw_oid(w, TLSNI_OID_PBKDF2);
    params = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, salt);
    tlsni_dw_small(w, iterations);
    if (key_len)
        tlsni_dw_small(w, (unsigned)key_len);
    prf = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_oid(w, TLSNI_OID_HMAC_SHA256);
    tlsni_dw_put(w, TLSNI_DER_NULL, tlsni_span_make(NULL, 0));
    tlsni_dw_close(w, prf);
    tlsni_dw_close(w, params);
    tlsni_dw_close(w, all);
}

static void write_scrypt(struct tlsni_wr *w, const struct tlsni_pbe *pbe)
{
    size_t all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), params;

    tlsni_dw_oid(w, TLSNI_OID_SCRYPT);
    params = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, pbe->salt);
    tlsni_dw_small(w, (unsigned)pbe->cost.n);
    tlsni_dw_small(w, pbe->cost.r);
    tlsni_dw_small(w, pbe->cost.p);
    tlsni_dw_close(w, params);
    tlsni_dw_close(w, all);
}

static void write_pbes2(struct tlsni_wr *w, const struct tlsni_pbe_fresh *fresh)
{
    size_t params = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), cipher;

    if (fresh->pbe.kdf == TLSNI_PBE_KDF_SCRYPT)
        write_scrypt(w, &fresh->pbe);
    else
        tlsni_pbe_write_pbkdf2(w, fresh->pbe.salt, fresh->pbe.iterations, 0);
    cipher = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_oid(w, fresh->cipher);
    tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, fresh->pbe.iv);
    tlsni_dw_close(w, cipher);
    tlsni_dw_close(w, params);
}

void tlsni_pbe_write_algorithm(struct tlsni_wr *w, const struct tlsni_pbe_fresh *fresh)
{
    size_t all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), params;

    tlsni_dw_oid(w, fresh->scheme);
    if (fresh->scheme == TLSNI_OID_PBES2) {
        write_pbes2(w, fresh);
    } else {
        params = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
        tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, fresh->pbe.salt);
        tlsni_dw_small(w, fresh->pbe.iterations);
        tlsni_dw_close(w, params);
    }
    tlsni_dw_close(w, all);
}

/* ---- encrypting ---- */

void tlsni_seal_unlock(struct tlsni_unlock *u, struct tlsn_unlock *how,
                       const struct tlsn_hooks *env)
{
    memset(how, 0, sizeof *how);
    how->max_iterations = UINT32_MAX;
    how->max_memory = SIZE_MAX;
    tlsni_unlock_begin(u, env, how);
}

tlsn_status tlsni_pbe_seal(struct tlsni_wr *w, const struct tlsn_hooks *env,
                           const struct tlsni_pbe_fresh *fresh, const struct tlsn_seal *seal,
                           struct tlsn_span plain)
{
    struct tlsn_span password = tlsni_span_make(seal->password, seal->password_len);
    uint8_t *out = tlsni_wr_reserve(w, plain.len + fresh->pbe.cipher->iv_len);
    struct tlsni_unlock unlock;
    struct tlsn_unlock how;
    struct tlsni_pbe_key key;
    size_t len;
    tlsn_status st;

    if (!out)
        return TLSN_ERR_BUFFER;
    tlsni_seal_unlock(&unlock, &how, env);
    st = tlsni_pbe_key(&unlock, &fresh->pbe, password, TLSNI_PKCS12_EMPTY_TEXT, &key, NULL);
    if (st == TLSN_OK)
        st = tlsni_pbe_encrypt(env, &key, plain, out, &len);
    tlsni_wipe(&key, sizeof key);
    if (st == TLSN_OK)
        w->len -= plain.len + fresh->pbe.cipher->iv_len - len;
    return st;
}

tlsn_status tlsni_write_encrypted_key(struct tlsni_wr *w, const struct tlsn_hooks *env,
                                      const struct tlsni_privkey *key,
                                      const struct tlsn_seal *seal)
{
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), inner;
    uint8_t *der = tlsni_alloc(env, KEY_DER_MAX);
    struct tlsni_wr plain = tlsni_wr_make(der, der ? KEY_DER_MAX : 0);
    struct tlsni_pbe_fresh fresh;
    tlsn_status st = der ? tlsni_pbe_choose(&fresh, env, seal) : TLSN_ERR_NO_MEMORY;

    if (st == TLSN_OK) {
        tlsni_write_pkcs8(&plain, key);
        tlsni_pbe_write_algorithm(w, &fresh);
        inner = tlsni_dw_open(w, TLSNI_DER_OCTET_STRING);
        st = plain.bad ? TLSN_ERR_INTERNAL
                       : tlsni_pbe_seal(w, env, &fresh, seal, tlsni_span_make(der, plain.len));
        tlsni_dw_close(w, inner);
    }
    tlsni_dw_close(w, mark);
    tlsni_free_secret(env, der, KEY_DER_MAX);
    return st == TLSN_OK && w->bad ? TLSN_ERR_BUFFER : st;
}

tlsn_status tlsn_key_write_encrypted(const tlsn_key *key, const struct tlsn_seal *seal, char *out,
                                     size_t cap, size_t *len)
{
    uint8_t *der;
    struct tlsni_wr w;
    tlsn_status st;

    *len = 0;
    if (!key || !seal || (!out && cap))
        return TLSN_ERR_ARGUMENT;
    der = tlsni_alloc(&key->env, 2 * KEY_DER_MAX);
    if (!der)
        return TLSN_ERR_NO_MEMORY;
    w = tlsni_wr_make(der, 2 * KEY_DER_MAX);
    st = tlsni_write_encrypted_key(&w, &key->env, key->key, seal);
    if (st == TLSN_OK)
        st = tlsn_pem_write("ENCRYPTED PRIVATE KEY", der, w.len, out, cap, len);
    tlsni_free(&key->env, der);
    return st;
}
