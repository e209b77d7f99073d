/* wyche_signatures.c - ECDSA, EdDSA, DSA and RSA signatures against Wycheproof. */
#include "base/bytes.h"
#include "cipher/group.h"
#include "cipher/pk.h"
#include "wycheproof.h"

#include <string.h>

/* "SHA-256"; 0 for a hash that TLS has no number for. */
static uint8_t hash_of(const char *name)
{
    static const char *const names[] = { "SHA-1",   "SHA-224", "SHA-256", "SHA-384", "SHA-512" };

    for (size_t i = 0; name && i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return (uint8_t)(TLSNI_HASH_SHA1 + i);
    return 0;
}

/* Verifies and frees the key. */
static enum wyche_outcome verify(const struct wyche_case *c, struct tlsni_pubkey *key,
                                 const struct tlsni_sig_params *params, struct tlsn_span sig)
{
    tlsn_status st = tlsni_pubkey_verify(key, params, wyche_bytes(c, "msg"), sig);

    tlsni_pubkey_free(key);
    if (st == TLSN_OK)
        return WYCHE_ACCEPTED;
    return st == TLSN_ERR_DECRYPT_ERROR ? WYCHE_REJECTED : WYCHE_WRONG;
}

/* ---- ECDSA ---- */

static enum wyche_outcome ecdsa_with(const struct wyche_case *c, struct tlsn_span sig)
{
    const char *curve = wyche_text(c, "publicKey.curve");
    const struct tlsni_group *g = tlsni_group_by_name(curve, strlen(curve));
    struct tlsni_sig_params params = { TLSNI_KEY_EC, hash_of(wyche_text(c, "sha")), TLSNI_PAD_NONE,
                                       0, 0 };
    struct tlsni_pubkey *key;

    if (!g || !params.hash)
        return WYCHE_NOT_APPLICABLE;
    if (tlsni_pubkey_new_ec(&key, NULL, g->id, wyche_bytes(c, "publicKey.uncompressed")) != TLSN_OK)
        return WYCHE_REJECTED;
    return verify(c, key, &params, sig);
}

static enum wyche_outcome ecdsa(const struct wyche_case *c)
{
    return ecdsa_with(c, wyche_bytes(c, "sig"));
}

static void put_integer(struct tlsni_wr *w, const uint8_t *x, size_t len)
{
    uint8_t sign;

    while (len > 1 && !x[0]) {
        x++;
        len--;
    }
    sign = x[0] >> 7;
    tlsni_wr_u8(w, 2);
    tlsni_wr_u8(w, (uint32_t)len + sign);
    if (sign)
        tlsni_wr_u8(w, 0);
    tlsni_wr_put(w, x, len);
}

/* r and s side by side, put into DER. Other lengths have no counterpart there. */
static enum wyche_outcome ecdsa_p1363(const struct wyche_case *c)
{
    struct tlsn_span sig = wyche_bytes(c, "sig");
    size_t len = ((size_t)wyche_int(c, "publicKey.keySize") + 7) / 8, mark;
    uint8_t body[160], der[170];
    struct tlsni_wr b = tlsni_wr_make(body, sizeof body), d = tlsni_wr_make(der, sizeof der);

    if (sig.len != 2 * len || len > 66)
        return WYCHE_NOT_APPLICABLE;
    put_integer(&b, sig.data, len);
    put_integer(&b, sig.data + len, len);
    tlsni_wr_u8(&d, 0x30);
    if (b.len >= 0x80)
        tlsni_wr_u8(&d, 0x81);
    mark = tlsni_wr_open(&d, 1);
    tlsni_wr_put(&d, body, b.len);
    tlsni_wr_close(&d, 1, mark);
    return ecdsa_with(c, tlsni_span_make(der, d.len));
}

/* ---- EdDSA ---- */

static enum wyche_outcome eddsa(const struct wyche_case *c)
{
    bool is_25519 = strcmp(wyche_text(c, "publicKey.curve"), "edwards25519") == 0;
    enum tlsni_key_type type = is_25519 ? TLSNI_KEY_ED25519 : TLSNI_KEY_ED448;
    struct tlsni_sig_params params = { (uint8_t)type, 0, TLSNI_PAD_NONE, 0, 0 };
    struct tlsni_pubkey *key;

    if (tlsni_pubkey_new_eddsa(&key, NULL, type, wyche_bytes(c, "publicKey.pk")) != TLSN_OK)
        return WYCHE_REJECTED;
    return verify(c, key, &params, wyche_bytes(c, "sig"));
}

/* ---- DSA ---- */

static enum wyche_outcome dsa(const struct wyche_case *c)
{
    struct tlsni_sig_params params = { TLSNI_KEY_DSA, hash_of(wyche_text(c, "sha")), TLSNI_PAD_NONE,
                                       0, 0 };
    struct tlsni_dl_params group = { wyche_bytes(c, "publicKey.p"), wyche_bytes(c, "publicKey.q"),
                                     wyche_bytes(c, "publicKey.g") };
    struct tlsni_pubkey *key;

    if (tlsni_pubkey_new_dsa(&key, NULL, &group, wyche_bytes(c, "publicKey.y")) != TLSN_OK)
        return WYCHE_WRONG;
    return verify(c, key, &params, wyche_bytes(c, "sig"));
}

/* ---- RSA ---- */

static enum wyche_outcome rsa(const struct wyche_case *c, const struct tlsni_sig_params *params)
{
    struct tlsni_pubkey *key;

    if (tlsni_pubkey_new_rsa(&key, NULL, (enum tlsni_key_type)params->key,
                             wyche_bytes(c, "publicKey.modulus"),
                             wyche_bytes(c, "publicKey.publicExponent")) != TLSN_OK)
        return WYCHE_REJECTED;
    return verify(c, key, params, wyche_bytes(c, "sig"));
}

static enum wyche_outcome rsa_pkcs1(const struct wyche_case *c)
{
    struct tlsni_sig_params params = { TLSNI_KEY_RSA, hash_of(wyche_text(c, "sha")),
                                       TLSNI_PAD_PKCS1, 0, 0 };

    return params.hash ? rsa(c, &params) : WYCHE_NOT_APPLICABLE;
}

static enum wyche_outcome rsa_pss(const struct wyche_case *c)
{
    struct tlsni_sig_params params = { TLSNI_KEY_RSA_PSS, hash_of(wyche_text(c, "sha")),
                                       TLSNI_PAD_PSS, hash_of(wyche_text(c, "mgfSha")),
                                       (uint16_t)wyche_int(c, "sLen") };

    return params.hash && params.mgf_hash ? rsa(c, &params) : WYCHE_NOT_APPLICABLE;
}

/* A DER element's contents; only for the sound keys of the corpus. */
static struct tlsni_rd element(struct tlsni_rd *r)
{
    size_t len;

    (void)tlsni_rd_u8(r);
    len = tlsni_rd_u8(r);
    if (len & 0x80)
        len = tlsni_rd_uint(r, len & 3);
    return tlsni_rd_span(tlsni_rd_bytes(r, len));
}

static struct tlsn_span integer(struct tlsni_rd *r)
{
    struct tlsni_rd e = element(r);

    return tlsni_rd_rest(&e);
}

/* PrivateKeyInfo to RSAPrivateKey's members. */
static struct tlsni_rsa_parts private_parts(struct tlsn_span pkcs8)
{
    struct tlsni_rd top = tlsni_rd_span(pkcs8), info = element(&top), octets, key;
    struct tlsni_rsa_parts x;

    (void)element(&info);
    (void)element(&info);
    octets = element(&info);
    key = element(&octets);
    (void)element(&key);
    x.n = integer(&key);
    x.e = integer(&key);
    x.d = integer(&key);
    x.p = integer(&key);
    x.q = integer(&key);
    x.dp = integer(&key);
    x.dq = integer(&key);
    x.qinv = integer(&key);
    return x;
}

/* The signature is a function of key and message: ours has to be the one given. */
static enum wyche_outcome rsa_generate(const struct wyche_case *c)
{
    struct tlsni_rsa_parts parts = private_parts(wyche_bytes(c, "privateKeyPkcs8"));
    struct tlsni_sig_params params = { TLSNI_KEY_RSA, hash_of(wyche_text(c, "sha")),
                                       TLSNI_PAD_PKCS1, 0, 0 };
    uint8_t sig[TLSNI_SIGNATURE_MAX];
    struct tlsni_privkey *key;
    size_t len;
    tlsn_status st;

    if (!params.hash)
        return WYCHE_NOT_APPLICABLE;
    if (tlsni_privkey_new_rsa(&key, NULL, TLSNI_KEY_RSA, &parts) != TLSN_OK)
        return WYCHE_WRONG;
    st = tlsni_privkey_sign(key, NULL, &params, wyche_bytes(c, "msg"), sig, &len);
    tlsni_privkey_free(key);
    if (st != TLSN_OK)
        return WYCHE_REJECTED;
    return wyche_same(wyche_bytes(c, "sig"), sig, len) ? WYCHE_ACCEPTED : WYCHE_WRONG;
}

const struct wyche_algorithm wyche_signatures[] = {
    { "ecdsa_secp256r1_sha256_p1363", ecdsa_p1363, NULL },
    { "ecdsa_secp384r1_sha384_p1363", ecdsa_p1363, NULL },
    { "ecdsa_secp521r1_sha512_p1363", ecdsa_p1363, NULL },
    { "ecdsa_*", ecdsa, NULL },
    { "dsa_*", dsa, NULL },
    { "ed25519", eddsa, NULL },
    { "ed448", eddsa, NULL },
    { "rsa_signature_*", rsa_pkcs1, NULL },
    { "rsa_pss_*", rsa_pss, NULL },
    { "rsa_pkcs1_1024_sig_gen", rsa_generate, NULL },
    { "rsa_pkcs1_1536_sig_gen", rsa_generate, NULL },
    { "rsa_pkcs1_2048_sig_gen", rsa_generate, NULL },
    { "rsa_pkcs1_3072_sig_gen", rsa_generate, NULL },
    { "rsa_pkcs1_4096_sig_gen", rsa_generate, NULL },
    { NULL, NULL, NULL },
};
