/* rsa_pss.c - EMSA-PSS, RFC 8017 9.1. The salt's length is a parameter and enforced. */
#include "base/bytes.h"
#include "base/env.h"
#include "cipher/pk_impl.h"

/* Where the parts of an encoded message lie: [0] maskedDB H 0xbc, DB being zeros 01 salt. */
struct layout {
    const struct tlsni_hash *hash, *mgf;
    uint8_t *db, *h;
    size_t db_len;
    uint8_t mask; /* bits of db[0] that exist */
    bool lead;    /* an octet 0 in front: bits - 1 is a multiple of 8 */
};

/* @rfc 8017:9.1.1/1 */
static tlsn_status lay_out(struct layout *l, uint8_t *em, size_t bits,
                           const struct tlsni_sig_params *params)
{
    size_t em_len = (bits - 1 + 7) / 8;

    l->hash = tlsni_hash_find((enum tlsni_hash_id)params->hash);
    l->mgf = tlsni_hash_find((enum tlsni_hash_id)params->mgf_hash);
    if (!l->hash || !l->mgf || em_len < (size_t)l->hash->len + params->salt_len + 2)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    l->lead = em_len < (bits + 7) / 8;
    l->db = em + (l->lead ? 1 : 0);
    l->db_len = em_len - l->hash->len - 1;
    l->h = l->db + l->db_len;
    l->mask = (uint8_t)(0xffU >> (8 * em_len - (bits - 1)));
    return TLSN_OK;
}

/* MGF1 of H over DB.
 * @rfc 8017:B.2.1/1 */
static void toggle_mask(const struct layout *l)
{
    uint8_t block[TLSNI_HASH_LEN_MAX], counter[4];
    struct tlsni_hash_ctx start, ctx;
    size_t at = 0;

    tlsni_hash_init(&start, l->mgf);
    tlsni_hash_update(&start, l->h, l->hash->len);
    for (uint32_t i = 0; at < l->db_len; i++) {
        struct tlsni_wr w = tlsni_wr_make(counter, sizeof counter);

        tlsni_wr_u32(&w, i);
        ctx = start;
        tlsni_hash_update(&ctx, counter, sizeof counter);
        tlsni_hash_peek(&ctx, block);
        for (size_t j = 0; j < l->mgf->len && at < l->db_len; j++, at++)
            l->db[at] ^= block[j];
    }
    l->db[0] &= l->mask;
}

/* H = Hash(eight zeros, Hash(message), salt)
 * @rfc 8017:9.1.1/4 */
static void compute_h(const struct layout *l, uint8_t *h, struct tlsn_span message,
                      const uint8_t *salt, size_t salt_len)
{
    static const uint8_t zeros[8];
    uint8_t digest[TLSNI_HASH_LEN_MAX];
    struct tlsni_hash_ctx ctx;

    tlsni_hash_once(l->hash, message.data, message.len, digest);
    tlsni_hash_init(&ctx, l->hash);
    tlsni_hash_update(&ctx, zeros, sizeof zeros);
    tlsni_hash_update(&ctx, digest, l->hash->len);
    tlsni_hash_update(&ctx, salt, salt_len);
    tlsni_hash_peek(&ctx, h);
}

/* @rfc 8017:8.1.1/1, 8017:9.1.1/2, 8017:9.1.1/3 */
tlsn_status tlsni_rsa_pss_encode(uint8_t *em, size_t bits, const struct tlsni_sig_params *params,
                                 const struct tlsn_hooks *env, struct tlsn_span message)
{
    struct layout l;
    size_t zeros;
    tlsn_status st = lay_out(&l, em, bits, params);

    if (st != TLSN_OK)
        return st;
    zeros = l.db_len - params->salt_len - 1;
    if (l.lead)
        em[0] = 0;
    memset(l.db, 0, zeros);
    l.db[zeros] = 1;
    if (params->salt_len)
        st = tlsni_random(env, l.db + zeros + 1, params->salt_len);
    if (st != TLSN_OK)
        return st;
    compute_h(&l, l.h, message, l.db + zeros + 1, params->salt_len);
    l.h[l.hash->len] = 0xbc;
    toggle_mask(&l);
    return TLSN_OK;
}

/* @rfc 8017:8.1.2/3, 8017:9.1.2/1, 8017:9.1.2/2, 8017:9.1.2/3, 8017:9.1.2/4 */
tlsn_status tlsni_rsa_pss_check(uint8_t *em, size_t bits, const struct tlsni_sig_params *params,
                                struct tlsn_span message)
{
    struct layout l;
    uint8_t h[TLSNI_HASH_LEN_MAX];
    size_t zeros;
    tlsn_status st = lay_out(&l, em, bits, params);

    if (st != TLSN_OK)
        return st;
    if ((l.lead && em[0]) || l.db[0] & (uint8_t)~l.mask || l.h[l.hash->len] != 0xbc)
        return TLSN_ERR_DECRYPT_ERROR;
    toggle_mask(&l);
    zeros = l.db_len - params->salt_len - 1;
    for (size_t i = 0; i < zeros; i++)
        if (l.db[i])
            return TLSN_ERR_DECRYPT_ERROR;
    if (l.db[zeros] != 1)
        return TLSN_ERR_DECRYPT_ERROR;
    compute_h(&l, h, message, l.db + zeros + 1, params->salt_len);
    return memcmp(h, l.h, l.hash->len) == 0 ? TLSN_OK : TLSN_ERR_DECRYPT_ERROR;
}
