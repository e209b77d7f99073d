#include "handshake/binder13.h"

#include "base/ct.h"
#include "ext/ext.h"
#include "handshake/transcript.h"

/* The transcript in front of this ClientHello with the hello up to its binders.
 * before: NULL for the first one.
 * @rfc 8446:4.2.11.2/1 */
static void hash_hello(const struct tlsni_hash *hash, const struct tlsni_hash_ctx *before,
                       struct tlsn_span truncated, uint8_t *out)
{
    struct tlsni_hash_ctx h;

    if (before)
        h = *before;
    else
        tlsni_hash_init(&h, hash);
    tlsni_hash_update(&h, truncated.data, truncated.len);
    tlsni_hash_peek(&h, out);
}

/* One binder; the schedule is that of its key then. */
static void put_one(struct tlsni_hs *hs, const struct tlsni_psk13 *psk, struct tlsn_span truncated,
                    uint8_t *out)
{
    const struct tlsni_hash_ctx *before = &hs->transcript.hash;
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    tlsni_schedule13_early(&hs->tls13.keys, psk->hash, psk->key);
    hash_hello(psk->hash, before->row ? before : NULL, truncated, digest);
    tlsni_schedule13_binder(&hs->tls13.keys, psk->binder, digest, out);
}

/* From the last one to the first, with which early data go on.
 * @rfc 8446:4.2.11/8 */
void tlsni_binder13_put(struct tlsni_hs *hs, uint8_t *message, size_t len)
{
    struct tlsn_span truncated = tlsni_span_make(message, len - tlsni_ext_binders_len(hs));
    uint8_t *at = message + len;
    struct tlsni_psk13 psk;

    for (size_t i = hs->tls13.offers; i-- && tlsni_psk13_offer(hs, i, &psk);) {
        at -= psk.hash->len;
        put_one(hs, &psk, truncated, at);
        at--; /* its length */
    }
}

tlsn_status tlsni_binder13_check(struct tlsni_hs *hs, size_t index, const struct tlsni_psk13 *psk)
{
    const struct tlsni_hash *hash = psk->hash;
    const struct tlsni_hash_ctx *before = &hs->tls13.before_retried;
    struct tlsn_span rest = hs->tls13.peer_psks.binders, binder = { NULL, 0 };
    uint8_t digest[TLSNI_HASH_LEN_MAX], right[TLSNI_HASH_LEN_MAX];
    size_t behind = 2 + rest.len; /* the binders end the message */

    do {
        if (!tlsni_ext_binder_next(&rest, &binder))
            return TLSN_ERR_INTERNAL;
    } while (index--);
    tlsni_schedule13_early(&hs->tls13.keys, hash, psk->key);
    hash_hello(hash, before->row ? before : NULL,
               tlsni_span_make(hs->hello_message.data, hs->hello_message.len - behind), digest);
    tlsni_schedule13_binder(&hs->tls13.keys, psk->binder, digest, right);
    if (binder.len == hash->len && tlsni_ct_memeq(binder.data, right, hash->len))
        return TLSN_OK;
    /* @rfc 8773:5.1/4 */
    return tlsni_fail(hs->err, hs->tls13.cert_psk ? TLSN_ERR_ILLEGAL_PARAMETER : TLSN_ERR_DECRYPT_ERROR,
                      "handshake",
                      "the binder of the client's pre-shared key does not agree with its hello");
}
