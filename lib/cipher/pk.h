/* pk.h - public and private keys, prepared once and used often.
 *
 * A public key may be used by several threads at once. So may a private key: the only state that
 * changes, RSA's kept blinding pairs, is guarded by atomics inside. */
#ifndef TLSNI_CIPHER_PK_H
#define TLSNI_CIPHER_PK_H

#include "cipher/sigalg.h"

enum { TLSNI_RSA_BITS_MAX = 16384, TLSNI_RSA_BITS_MIN = 512, TLSNI_SIGNATURE_MAX = 2048,
       TLSNI_DSA_BITS_MIN = 512, TLSNI_DSA_BITS_MAX = 3072,
       TLSNI_DSA_Q_BITS_MIN = 160, TLSNI_DSA_Q_BITS_MAX = 256 };

struct tlsni_pubkey;  /* opaque, owned */
struct tlsni_privkey; /* opaque, owned, secret */

/* All numbers big-endian; leading zeros allowed. The constructors check: RSA: sizes within the
 * bounds above, n and e odd, e > 1, and no more than 64 bits of e where n has more than 3072; EC:
 * uncompressed point on the curve; EdDSA: 32 or 57 bytes that decode to a point.
 * TLSN_ERR_ILLEGAL_PARAMETER otherwise, TLSN_ERR_NOT_IMPLEMENTED for a curve that is not known.
 * type is TLSNI_KEY_RSA or TLSNI_KEY_RSA_PSS for the first. */
tlsn_status tlsni_pubkey_new_rsa(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                                 enum tlsni_key_type type, struct tlsn_span n, struct tlsn_span e);
tlsn_status tlsni_pubkey_new_ec(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                                uint16_t group, struct tlsn_span point);
tlsn_status tlsni_pubkey_new_eddsa(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                                   enum tlsni_key_type type, struct tlsn_span point);
/* The parameters of a DSA or DH key, big-endian, borrowed. DH: q may be empty. */
struct tlsni_dl_params {
    struct tlsn_span p, q, g;
};
/* Sizes within the bounds above; p and q odd, q divides p - 1, g and y have the order q.
 * TLSN_ERR_ILLEGAL_PARAMETER otherwise. */
tlsn_status tlsni_pubkey_new_dsa(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                                 const struct tlsni_dl_params *params, struct tlsn_span y);
/* p odd, up to 8192 bits; 1 < g, y < p - 1; with q as above, or q = (p - 1) / 2. */
tlsn_status tlsni_pubkey_new_dh(struct tlsni_pubkey **out, const struct tlsn_hooks *env,
                                const struct tlsni_dl_params *params, struct tlsn_span y);
void tlsni_pubkey_free(struct tlsni_pubkey *key); /* NULL allowed; remembers its env */

enum tlsni_key_type tlsni_pubkey_type(const struct tlsni_pubkey *key);
unsigned tlsni_pubkey_bits(const struct tlsni_pubkey *key); /* modulus, field, p */
uint16_t tlsni_pubkey_group(const struct tlsni_pubkey *key); /* EC: group id, else 0 */
/* RSA: ceil(bits / 8), the length of a signature or an encrypted premaster secret. */
size_t tlsni_pubkey_modulus_len(const struct tlsni_pubkey *key);
bool tlsni_pubkey_equal(const struct tlsni_pubkey *a, const struct tlsni_pubkey *b);

/* Encodings for SubjectPublicKeyInfo and PKCS#1, big-endian and borrowed from the key. */
void tlsni_pubkey_rsa_numbers(const struct tlsni_pubkey *key, struct tlsn_span *n,
                              struct tlsn_span *e);
struct tlsn_span tlsni_pubkey_point(const struct tlsni_pubkey *key); /* EC and EdDSA */
/* DSA and DH; the spans are empty for other keys. */
void tlsni_pubkey_dl_numbers(const struct tlsni_pubkey *key, struct tlsni_dl_params *params,
                             struct tlsn_span *y);

/* PSS salt: TLS wants the hash length; certificates may say otherwise (RFC 4055 3.1). */
struct tlsni_sig_params {
    uint8_t key;      /* enum tlsni_key_type the signature is for */
    uint8_t hash;     /* enum tlsni_hash_id, 0 for EdDSA */
    uint8_t padding;  /* enum tlsni_padding */
    uint8_t mgf_hash; /* PSS: enum tlsni_hash_id of MGF1 */
    uint16_t salt_len; /* PSS */
};

/* The parameters of a scheme, with salt and MGF1 hash by the scheme. */
struct tlsni_sig_params tlsni_sigalg_params(const struct tlsni_sigalg *row);

/* A fresh RSASSA-PSS key is for these parameters alone (RFC 4055 3.3). */
void tlsni_pubkey_restrict(struct tlsni_pubkey *key, const struct tlsni_sig_params *only);
/* Whether signatures with these are what the key is for, to the byte of the salt; so they are for a key that does
 * not say. */
bool tlsni_pubkey_takes(const struct tlsni_pubkey *key, const struct tlsni_sig_params *params);

/* TLSN_OK, TLSN_ERR_DECRYPT_ERROR when the signature does not verify, TLSN_ERR_ILLEGAL_PARAMETER
 * when params do not fit the key (an RSA_PSS key verifies only PSS; an RSA key both). Strict:
 * DER ECDSA and DSA signatures with minimal integers (RFC 3279 2.2), RSA signatures of exactly the
 * modulus' length, PKCS#1 DigestInfo in DER with NULL parameters or none (RFC 8017 9.2, RFC 5246
 * 4.7), or the bare 36 bytes of MD5 and SHA-1 (RFC 4346 4.7). */
tlsn_status tlsni_pubkey_verify(const struct tlsni_pubkey *key,
                                const struct tlsni_sig_params *params, struct tlsn_span message,
                                struct tlsn_span signature);

/* RSAES-PKCS1-v1_5 (RFC 8017 7.2.1): out gets modulus_len bytes. */
tlsn_status tlsni_pubkey_rsa_encrypt(const struct tlsni_pubkey *key, const struct tlsn_hooks *env,
                                     struct tlsn_span plain, uint8_t *out);

/* The members of RSAPrivateKey (RFC 8017 A.1.2), big-endian, borrowed. */
struct tlsni_rsa_parts {
    struct tlsn_span n, e, d, p, q, dp, dq, qinv;
};

/* Checked: pq = n, dp = d mod p-1 ..., e * dp = 1 mod p-1, and so on; TLSN_ERR_KEY otherwise. */
tlsn_status tlsni_privkey_new_rsa(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                  enum tlsni_key_type type, const struct tlsni_rsa_parts *parts);
/* 0 < scalar < order. The public point is computed; if `point` is not empty it has to agree. */
tlsn_status tlsni_privkey_new_ec(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                 uint16_t group, struct tlsn_span scalar, struct tlsn_span point);
tlsn_status tlsni_privkey_new_eddsa(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                    enum tlsni_key_type type, struct tlsn_span seed);
/* 0 < x < q; the public value is computed, and if `y` is not empty it has to agree. TLSN_ERR_KEY
 * otherwise and for parameters that a public key would not have. */
tlsn_status tlsni_privkey_new_dsa(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                  const struct tlsni_dl_params *params, struct tlsn_span x,
                                  struct tlsn_span y);
/* The same for DH, 0 < x < q or p - 1. A key that is used for long has to be safe from peers who choose
 * public values of small order: TLSN_ERR_KEY unless q is given or p is a safe prime. */
tlsn_status tlsni_privkey_new_dh(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                 const struct tlsni_dl_params *params, struct tlsn_span x,
                                 struct tlsn_span y);
void tlsni_privkey_free(struct tlsni_privkey *key); /* wipes */

/* Fresh keys for tools and tests. bits: RSA modulus 2048..8192 with e = 65537, DSA prime; group: EC
 * curve, or the finite field of DH. */
tlsn_status tlsni_privkey_generate(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                   enum tlsni_key_type type, unsigned bits, uint16_t group);

/* The ephemeral RSA key of export suites (RFC 2246 D.1): 512 to 1024 bits. */
tlsn_status tlsni_privkey_generate_export(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                          unsigned bits);

/* Borrowed from the private key. */
const struct tlsni_pubkey *tlsni_privkey_public(const struct tlsni_privkey *key);
/* For the key writer. RSA numbers, or EC scalar, EdDSA seed, exponent; borrowed, secret. */
void tlsni_privkey_rsa_parts(const struct tlsni_privkey *key, struct tlsni_rsa_parts *out);
struct tlsn_span tlsni_privkey_scalar(const struct tlsni_privkey *key);

/* Signs message; signature has room for TLSNI_SIGNATURE_MAX bytes. RSA: CRT with blinding,
 * verified by the public exponent before it leaves. ECDSA and DSA: fresh nonce, DER.
 * TLSN_ERR_ILLEGAL_PARAMETER when the key cannot make this signature (modulus too small for the
 * padding). */
tlsn_status tlsni_privkey_sign(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                               const struct tlsni_sig_params *params, struct tlsn_span message,
                               uint8_t *signature, size_t *signature_len);

/* Is a peer's public value one that this key, which is agreed with, may meet: on its curve, or in its group?
 * TLSN_OK, TLSN_ERR_ILLEGAL_PARAMETER, TLSN_ERR_NO_MEMORY. */
tlsn_status tlsni_pubkey_meets(const struct tlsni_pubkey *key, const struct tlsn_hooks *env,
                               struct tlsn_span peer);
/* Static Diffie-Hellman: what this EC or DH key and the peer's public value (04 X Y, or big-endian)
 * have in common. `shared` has room for TLSNI_GROUP_SHARED_MAX bytes and gets as many as the field
 * has, leading zeros kept. TLSN_ERR_ILLEGAL_PARAMETER for a public value that is not in the group
 * (an EC point off the curve, a number of another order), or when the key cannot agree. Side-channel
 * silent in the key and the result. */
tlsn_status tlsni_privkey_agree(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                                struct tlsn_span peer, uint8_t *shared, size_t *shared_len);

/* Decrypts a TLS premaster secret (RFC 5246 7.4.7.1): `premaster` holds 48 random bytes on entry
 * and keeps them, in the same time and without any visible sign, unless the padding is right,
 * the plain text has 48 bytes and begins with `version`. The status tells public failures only:
 * a ciphertext that is not modulus_len bytes or not below n is treated as wrong padding too
 * (TLSN_OK). */
tlsn_status tlsni_privkey_rsa_premaster(const struct tlsni_privkey *key,
                                        const struct tlsn_hooks *env, struct tlsn_span ciphertext,
                                        uint16_t version, uint8_t premaster[48]);

#endif
