/* pk_impl.h - what is inside the keys of pk.h.
 *
 * A key is one block: the struct, then its numbers as limbs, then as bytes. Nothing in it changes
 * after construction but the blinding pairs. */
#ifndef TLSNI_CIPHER_PK_IMPL_H
#define TLSNI_CIPHER_PK_IMPL_H

#include <stdatomic.h>

#include "cipher/ec.h"
#include "cipher/pk.h"

struct tlsni_rsa_public {
    size_t bits, len;      /* of the modulus; len in bytes */
    size_t n_limbs;        /* n has that many */
    size_t e_bits;
    const mp_limb_t *n, *e; /* inside the block */
    struct tlsn_span n_bytes, e_bytes;
};

struct tlsni_ec_public {
    const struct tlsni_ec *curve;
    mp_limb_t xy[2 * TLSNI_EC_LIMBS_MAX];
    uint8_t bytes[TLSNI_EC_POINT_MAX];
};

/* DSA and DH. p, g and y have p_limbs limbs; all inside the block. No q: q_bits is 0. */
struct tlsni_dl_public {
    size_t p_bits, q_bits, p_limbs, q_limbs;
    const mp_limb_t *p, *q, *g, *y;
    struct tlsni_dl_params params;
    struct tlsn_span y_bytes;
};

enum { TLSNI_EDDSA_LEN_MAX = 57 };

struct tlsni_pubkey {
    struct tlsn_hooks env; /* copied; all NULL for the defaults */
    enum tlsni_key_type type;
    struct tlsni_sig_params only; /* padding 0: none are named */
    union {
        struct tlsni_rsa_public rsa;
        struct tlsni_ec_public ec;
        struct tlsni_dl_public dl;
        uint8_t eddsa[TLSNI_EDDSA_LEN_MAX];
    } u;
    mp_limb_t block[]; /* RSA, DSA, DH */
};

/* A blinding pair: a = r^e and b = r^-1 mod n. Both are squared after each use. */
struct tlsni_rsa_blind {
    atomic_flag busy;
    unsigned uses; /* left before the pair is renewed; 0: there is no pair */
    mp_limb_t *a, *b;
};

enum { TLSNI_RSA_BLIND_SLOTS = 4, TLSNI_RSA_BLIND_USES = 64 };

struct tlsni_rsa_private {
    size_t p_bits, q_bits, p_limbs, q_limbs;
    const mp_limb_t *p, *q, *dp, *dq, *qinv;
    struct tlsni_rsa_parts parts;
    struct tlsni_rsa_blind *blind; /* TLSNI_RSA_BLIND_SLOTS of them, at the block's start */
};

struct tlsni_privkey {
    struct tlsn_hooks env;
    struct tlsni_pubkey *pub; /* owned */
    size_t size;              /* bytes of this block */
    union {
        struct tlsni_rsa_private rsa;
        size_t exponent_len; /* DH: bytes in the block, as many as p has */
        uint8_t scalar[TLSNI_EC_LEN_MAX]; /* EC: curve->len bytes; EdDSA: the seed; DSA: as q */
    } u;
    _Alignas(16) uint8_t block[]; /* RSA, DH */
};

/* ---- rsa_public.c ---- */

/* sizes of a and the result: n_limbs; a < n. r == a is allowed. Silent in a and r. */
void tlsni_rsa_power_e(const struct tlsni_rsa_public *rsa, mp_limb_t *r, const mp_limb_t *a,
                       mp_limb_t *scratch);
size_t tlsni_rsa_power_e_itch(const struct tlsni_rsa_public *rsa);
/* em = signature^e mod n, rsa->len bytes each; TLSN_ERR_DECRYPT_ERROR for a wrong length or a value
 * that is not below n. */
tlsn_status tlsni_rsa_recover(const struct tlsni_pubkey *key, const struct tlsn_hooks *env,
                              struct tlsn_span signature, uint8_t *em);

/* ---- rsa_blind.c ---- */

/* A pair that nobody else has. itch limbs of scratch. */
tlsn_status tlsni_rsa_blind_take(const struct tlsni_privkey *key, mp_limb_t *a, mp_limb_t *b,
                                 mp_limb_t *scratch);
size_t tlsni_rsa_blind_itch(const struct tlsni_rsa_public *rsa);

/* ---- rsa_private.c ---- */

/* out = in^d mod n, rsa->len bytes each; in has to be below n. Secret in both. */
tlsn_status tlsni_rsa_private(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                              uint8_t *out, const uint8_t *in);

/* ---- rsa_pkcs1.c, rsa_pss.c: encoded messages, RFC 8017 9.1 and 9.2 ---- */

/* TLSN_ERR_ILLEGAL_PARAMETER when the block is too short for the hash or the hash is not known. */
tlsn_status tlsni_rsa_pkcs1_encode(uint8_t *em, size_t len, enum tlsni_hash_id hash, bool with_null,
                                   struct tlsn_span message);
/* The same around a digest that is there already. */
tlsn_status tlsni_rsa_pkcs1_wrap(uint8_t *em, size_t len, enum tlsni_hash_id hash, bool with_null,
                                 struct tlsn_span digest);
/* em has rsa->len bytes; the encoding is for bits - 1 of them. */
tlsn_status tlsni_rsa_pss_encode(uint8_t *em, size_t bits, const struct tlsni_sig_params *params,
                                 const struct tlsn_hooks *env, struct tlsn_span message);
/* em is overwritten. */
tlsn_status tlsni_rsa_pss_check(uint8_t *em, size_t bits, const struct tlsni_sig_params *params,
                                struct tlsn_span message);

/* ---- rsa_sign.c, ecdsa.c, eddsa.c, dsa.c: one pair of functions a kind of key ---- */

tlsn_status tlsni_rsa_sign(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                           const struct tlsni_sig_params *params, struct tlsn_span message,
                           uint8_t *signature, size_t *signature_len);
tlsn_status tlsni_rsa_verify(const struct tlsni_pubkey *key, const struct tlsni_sig_params *params,
                             struct tlsn_span message, struct tlsn_span signature);
tlsn_status tlsni_ecdsa_sign(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                             const struct tlsni_sig_params *params, struct tlsn_span message,
                             uint8_t *signature, size_t *signature_len);
tlsn_status tlsni_ecdsa_verify(const struct tlsni_pubkey *key,
                               const struct tlsni_sig_params *params, struct tlsn_span message,
                               struct tlsn_span signature);
tlsn_status tlsni_eddsa_sign(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                             const struct tlsni_sig_params *params, struct tlsn_span message,
                             uint8_t *signature, size_t *signature_len);
tlsn_status tlsni_eddsa_verify(const struct tlsni_pubkey *key,
                               const struct tlsni_sig_params *params, struct tlsn_span message,
                               struct tlsn_span signature);
tlsn_status tlsni_dsa_sign(const struct tlsni_privkey *key, const struct tlsn_hooks *env,
                           const struct tlsni_sig_params *params, struct tlsn_span message,
                           uint8_t *signature, size_t *signature_len);
tlsn_status tlsni_dsa_verify(const struct tlsni_pubkey *key, const struct tlsni_sig_params *params,
                             struct tlsn_span message, struct tlsn_span signature);
/* dl_key.c: is y a member of the subgroup? TLSN_ERR_ILLEGAL_PARAMETER. */
tlsn_status tlsni_dl_member(const struct tlsni_pubkey *key, const struct tlsn_hooks *env,
                            struct tlsn_span y);

/* Bytes of a public key and of a seed: 32 or 57. */
size_t tlsni_eddsa_len(enum tlsni_key_type type);
/* The other half of a private key, from its scalar or seed. */
void tlsni_eddsa_public_of(enum tlsni_key_type type, uint8_t *point, const uint8_t *seed);

/* ---- pk.c ---- */

/* A zeroed block of `size` bytes that remembers its env. */
struct tlsni_pubkey *tlsni_pubkey_alloc(const struct tlsn_hooks *env, enum tlsni_key_type type,
                                        size_t size);
struct tlsni_privkey *tlsni_privkey_alloc(const struct tlsn_hooks *env, size_t size);

/* Without leading zeros. */
static inline struct tlsn_span tlsni_number_strip(struct tlsn_span s)
{
    while (s.len && !s.data[0]) {
        s.data++;
        s.len--;
    }
    return s;
}

/* Laying out a block: the next n limbs of it, filled from bytes; and behind them the bytes. */
static inline const mp_limb_t *tlsni_place(mp_limb_t **at, size_t n, struct tlsn_span bytes)
{
    mp_limb_t *x = *at;

    tlsni_limbs_get(x, n, bytes.data, bytes.len);
    *at += n;
    return x;
}

static inline struct tlsn_span tlsni_place_bytes(uint8_t **at, struct tlsn_span bytes)
{
    struct tlsn_span s = { *at, bytes.len };

    if (bytes.len) /* a DH key may come without its q */
        memcpy(*at, bytes.data, bytes.len);
    *at += bytes.len;
    return s;
}

#endif
