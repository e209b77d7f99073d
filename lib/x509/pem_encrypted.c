/* pem_encrypted.c - PEM blocks with "Proc-Type: 4,ENCRYPTED". The derivation is one hash per guess:
 * such files are no safer than their passwords are long. */
#include "x509/pem_encrypted.h"

#include "cipher/names.h"
#include "cipher/password_kdf.h"
#include "cipher/pbe_cipher.h"
#include "x509/der.h"

static const char what[] = "private key";

static tlsn_status bad(struct tlsni_err *err, const char *text)
{
    return tlsni_fail(err, TLSN_ERR_KEY, "x509", "encrypted PEM: %s", text);
}

/* A row of block ciphers by the name in front of the comma. RC2 and RC4 are not among them. */
static const struct tlsni_pbe_cipher *find_cipher(struct tlsn_span name)
{
    for (int id = 0; id < TLSNI_PBE_CIPHER_COUNT; id++) {
        const struct tlsni_pbe_cipher *row = tlsni_pbe_cipher((enum tlsni_pbe_cipher_id)id);

        if (id != TLSNI_PBE_RC2 && row->iv_len &&
            tlsni_name_eq(row->name, (const char *)name.data, name.len))
            return row;
    }
    return NULL;
}

static bool read_hex(struct tlsn_span text, uint8_t *out, size_t len)
{
    if (text.len != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++) {
        int octet = tlsni_hex_pair(text.data + 2 * i);

        if (octet < 0)
            return false;
        out[i] = (uint8_t)octet;
    }
    return true;
}

static tlsn_status parse(struct tlsni_pbe_key *key, struct tlsn_span dek_info,
                         struct tlsni_err *err)
{
    const uint8_t *comma = dek_info.len ? memchr(dek_info.data, ',', dek_info.len) : NULL;
    struct tlsn_span name, hex;
    char quoted[48];

    if (!comma)
        return bad(err, "no DEK-Info line");
    name = tlsni_span_make(dek_info.data, (size_t)(comma - dek_info.data));
    hex = tlsni_span_make(comma + 1, dek_info.len - name.len - 1);
    key->cipher = find_cipher(name);
    if (!key->cipher)
        return tlsni_fail(err, TLSN_ERR_KEY, "x509", "encrypted PEM: cipher %s is not supported",
                          tlsni_err_quote(quoted, sizeof quoted, name.data, name.len));
    key->key_len = key->cipher->key_len;
    return read_hex(hex, key->iv, key->cipher->iv_len) ? TLSN_OK : bad(err, "a damaged vector");
}

/* The vector's first 8 bytes are the salt. */
static tlsn_status decrypt(struct tlsni_unlock *u, struct tlsni_pbe_key *key, uint8_t *data,
                           size_t *len, struct tlsni_err *err)
{
    struct tlsn_span password;
    struct tlsni_rd r;
    tlsn_status st = tlsni_unlock_password(u, what, &password, err);

    if (st != TLSN_OK)
        return st;
    tlsni_openssl_kdf(password, tlsni_span_make(key->iv, 8), key->key, key->key_len);
    st = tlsni_pbe_decrypt(u->env, key, tlsni_span_make(data, *len), data, len);
    r = tlsni_rd_make(data, *len);
    (void)tlsni_der_get(&r, TLSNI_DER_SEQUENCE);
    if (st == TLSN_ERR_DECRYPT_ERROR || (st == TLSN_OK && !tlsni_rd_done(&r)))
        return tlsni_unlock_wrong(err, what);
    return st;
}

tlsn_status tlsni_pem_decrypt(struct tlsni_unlock *unlock, struct tlsn_span dek_info, uint8_t *data,
                              size_t *len, struct tlsni_err *err)
{
    struct tlsni_pbe_key key = { 0 };
    tlsn_status st = parse(&key, dek_info, err);

    if (st == TLSN_OK)
        st = decrypt(unlock, &key, data, len, err);
    tlsni_wipe(&key, sizeof key);
    return st;
}
