/* pbe.c - from password and parameters to the plain text. */
#include "x509/pbe.h"

#include "x509/bmp.h"
#include "x509/ber.h"
#include "x509/der.h"

/* Blocks of hash output times iterations: what a derivation costs. */
static uint64_t rounds(const struct tlsni_pbe *pbe, size_t len)
{
    return pbe->iterations * (((uint64_t)len + pbe->hash->len - 1) / pbe->hash->len);
}

tlsn_status tlsni_pbe_derive(struct tlsni_unlock *u, const struct tlsni_pbe *pbe,
                             struct tlsn_span password, uint8_t *out, size_t len,
                             struct tlsni_err *err)
{
    tlsn_status st;

    if (pbe->kdf == TLSNI_PBE_KDF_SCRYPT) {
        st = tlsni_unlock_spend_memory(u, tlsni_scrypt_memory(&pbe->cost), pbe->cost.p, err);
        return st == TLSN_OK
                   ? tlsni_scrypt(u->env, password, pbe->salt, &pbe->cost, out, len)
                   : st;
    }
    st = tlsni_unlock_spend(u, rounds(pbe, len), err);
    if (st == TLSN_OK)
        tlsni_pbkdf2(pbe->hash, password, pbe->salt, pbe->iterations, out, len);
    return st;
}

tlsn_status tlsni_pbe_derive_pkcs12(struct tlsni_unlock *u, const struct tlsni_pbe *pbe,
                                    enum tlsni_pkcs12_use use, struct tlsn_span password,
                                    enum tlsni_pkcs12_empty empty, uint8_t *out, size_t len,
                                    struct tlsni_err *err)
{
    struct tlsni_buf bmp = { 0 };
    tlsn_status st = tlsni_unlock_spend(u, rounds(pbe, len), err);

    if (st == TLSN_OK && (password.len || empty == TLSNI_PKCS12_EMPTY_TEXT))
        st = tlsni_bmp_from_utf8(u->env, &bmp, password, true);
    if (st == TLSN_OK)
        st = tlsni_pkcs12_kdf(u->env, pbe->hash, use,
                              tlsni_buf_span(&bmp),
                              pbe->salt, pbe->iterations, out, len);
    tlsni_buf_free(u->env, &bmp);
    return st;
}

/* PBES1: the first 8 bytes are the key, the next 8 the vector (RFC 8018 6.1.1). */
static tlsn_status key_pbkdf1(struct tlsni_unlock *u, const struct tlsni_pbe *pbe,
                              struct tlsn_span password, struct tlsni_pbe_key *key,
                              struct tlsni_err *err)
{
    uint8_t both[16];
    tlsn_status st = tlsni_unlock_spend(u, pbe->iterations, err);

    if (st != TLSN_OK)
        return st;
    tlsni_pbkdf1(pbe->hash, password, pbe->salt, pbe->iterations, both, sizeof both);
    memcpy(key->key, both, 8);
    memcpy(key->iv, both + 8, 8);
    tlsni_wipe(both, sizeof both);
    return TLSN_OK;
}

tlsn_status tlsni_pbe_key(struct tlsni_unlock *u, const struct tlsni_pbe *pbe,
                          struct tlsn_span password, enum tlsni_pkcs12_empty empty,
                          struct tlsni_pbe_key *key, struct tlsni_err *err)
{
    tlsn_status st;

    memset(key, 0, sizeof *key);
    key->cipher = pbe->cipher;
    key->key_len = (uint8_t)pbe->key_len;
    key->rc2_bits = pbe->rc2_bits;
    if (pbe->kdf == TLSNI_PBE_KDF_PBKDF1)
        return key_pbkdf1(u, pbe, password, key, err);
    if (pbe->kdf != TLSNI_PBE_KDF_PKCS12) {
        memcpy(key->iv, pbe->iv.data, pbe->iv.len);
        return tlsni_pbe_derive(u, pbe, password, key->key, pbe->key_len, err);
    }
    st = tlsni_pbe_derive_pkcs12(u, pbe, TLSNI_PKCS12_KEY, password, empty, key->key, pbe->key_len,
                                 err);
    if (st == TLSN_OK && pbe->cipher->iv_len)
        st = tlsni_pbe_derive_pkcs12(u, pbe, TLSNI_PKCS12_IV, password, empty, key->iv,
                                     pbe->cipher->iv_len, err);
    return st;
}

static bool is_sequence(struct tlsn_span data)
{
    struct tlsni_rd r = tlsni_rd_span(data);

    (void)tlsni_der_get(&r, TLSNI_DER_SEQUENCE);
    return tlsni_rd_done(&r);
}

/* What came out is one element in DER, or in BER, which is then made DER.
 * @rfc 5958:3/3 */
static tlsn_status take_plain(const struct tlsn_hooks *env, struct tlsni_buf *plain, size_t len)
{
    struct tlsni_buf strict = { 0 };
    tlsn_status st;

    plain->end = len;
    if (is_sequence(tlsni_buf_span(plain)))
        return TLSN_OK;
    st = tlsni_ber_to_der(env, tlsni_buf_span(plain), &strict);
    if (st == TLSN_OK && is_sequence(tlsni_buf_span(&strict))) {
        tlsni_buf_free(env, plain);
        *plain = strict;
        return TLSN_OK;
    }
    tlsni_buf_free(env, &strict);
    plain->end = 0;
    return st == TLSN_ERR_NO_MEMORY ? st : TLSN_ERR_DECRYPT_ERROR;
}

/* One try; TLSN_ERR_DECRYPT_ERROR when what comes out makes no sense. */
static tlsn_status try(struct tlsni_unlock *u, const struct tlsni_pbe *pbe,
                       struct tlsn_span password, enum tlsni_pkcs12_empty empty,
                       struct tlsn_span sealed, struct tlsni_buf *plain, struct tlsni_err *err)
{
    struct tlsni_pbe_key key;
    size_t len = 0;
    tlsn_status st = tlsni_pbe_key(u, pbe, password, empty, &key, err);

    if (st == TLSN_OK)
        st = tlsni_pbe_decrypt(u->env, &key, sealed, plain->data, &len);
    tlsni_wipe(&key, sizeof key);
    return st == TLSN_OK ? take_plain(u->env, plain, len) : st;
}

tlsn_status tlsni_pbe_open(struct tlsni_unlock *u, const char *what, struct tlsn_span algorithm,
                           struct tlsn_span sealed, struct tlsni_buf *plain, struct tlsni_err *err)
{
    struct tlsn_span password;
    struct tlsni_pbe pbe;
    tlsn_status st = tlsni_pbe_parse(&pbe, algorithm, err);

    if (st == TLSN_OK)
        st = tlsni_unlock_password(u, what, &password, err);
    if (st == TLSN_OK)
        st = tlsni_buf_reserve(u->env, plain, sealed.len + 1);
    if (st != TLSN_OK)
        return st;
    st = try(u, &pbe, password, TLSNI_PKCS12_EMPTY_TEXT, sealed, plain, err);
    if (st == TLSN_ERR_DECRYPT_ERROR && pbe.kdf == TLSNI_PBE_KDF_PKCS12 && !password.len)
        st = try(u, &pbe, password, TLSNI_PKCS12_NO_TEXT, sealed, plain, err);
    return st == TLSN_ERR_DECRYPT_ERROR ? tlsni_unlock_wrong(err, what) : st;
}
