/* hkdf.c - extract and expand over our HMAC. The HMAC is keyed once for the whole output. */
#include "cipher/hkdf.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "cipher/hmac.h"

#include <assert.h>
#include <string.h>

#define LABEL_PREFIX "tls13 "

enum {
    PREFIX_LEN = sizeof LABEL_PREFIX - 1,
    INFO_MAX = 2 + 1 + PREFIX_LEN + TLSNI_HKDF_LABEL_MAX + 1 + TLSNI_HKDF_CONTEXT_MAX,
};

_Static_assert(PREFIX_LEN + TLSNI_HKDF_LABEL_MAX == 255, "a label's length is one byte");

/* @rfc 5869:2.2/1, 5869:2.2/2 */
void tlsni_hkdf_extract(const struct tlsni_hash *hash, struct tlsn_span salt, struct tlsn_span ikm,
                        uint8_t *prk)
{
    tlsni_hmac_once(hash, salt.data, salt.len, ikm.data, ikm.len, prk);
}

/* @rfc 5869:2.3/1 */
bool tlsni_hkdf_fits(const struct tlsni_hash *hash, size_t out_len)
{
    return out_len <= (size_t)TLSNI_HKDF_BLOCKS_MAX * hash->len;
}

/* @rfc 5869:2.3/2, 5869:2.3/3 */
void tlsni_hkdf_expand(const struct tlsni_hash *hash, struct tlsn_span prk, struct tlsn_span info,
                       uint8_t *out, size_t out_len)
{
    uint8_t block[TLSNI_HASH_LEN_MAX];
    struct tlsni_hmac_key key;
    struct tlsni_hmac h;
    uint8_t number = 0;

    assert(tlsni_hkdf_fits(hash, out_len));
    tlsni_hmac_set_key(&key, hash, prk.data, prk.len);
    while (out_len) {
        size_t n = out_len < hash->len ? out_len : hash->len;

        tlsni_hmac_init(&h, &key);
        if (number++)
            tlsni_hmac_update(&h, block, hash->len);
        tlsni_hmac_update(&h, info.data, info.len);
        tlsni_hmac_update(&h, &number, 1);
        tlsni_hmac_final(&h, block);
        memcpy(out, block, n);
        out += n;
        out_len -= n;
    }
    tlsni_wipe(&key, sizeof key);
    tlsni_wipe(block, sizeof block);
}

void tlsni_hkdf_expand_label(const struct tlsni_hash *hash, const uint8_t *secret,
                             const char *label, struct tlsn_span context, uint8_t *out,
                             size_t out_len)
{
    uint8_t info[INFO_MAX];
    struct tlsni_wr w = tlsni_wr_make(info, sizeof info);
    size_t at;

    tlsni_wr_u16(&w, (uint16_t)out_len);
    at = tlsni_wr_open(&w, 1);
    tlsni_wr_put(&w, LABEL_PREFIX, PREFIX_LEN);
    tlsni_wr_put(&w, label, strlen(label));
    tlsni_wr_close(&w, 1, at);
    at = tlsni_wr_open(&w, 1);
    tlsni_wr_put(&w, context.data, context.len);
    tlsni_wr_close(&w, 1, at);
    assert(!w.bad);
    tlsni_hkdf_expand(hash, tlsni_span_make(secret, hash->len), tlsni_span_make(info, w.len), out,
                      out_len);
}
