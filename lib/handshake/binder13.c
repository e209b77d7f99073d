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

enum { LIST_OVERHEAD = 2 + 1 }; /* in front of the one binder: length of the list, and its own */

void tlsni_binder13_put(struct tlsni_hs *hs, uint8_t *message, size_t len)
{
    const struct tlsni_hash *hash = tlsni_ext_psk_hash(hs);
    struct tlsni_transcript *t = &hs->transcript;
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    tlsni_schedule13_early(&hs->tls13.keys, hash, tlsni_secret_span(&hs->offer->master));
    hash_hello(hash, t->hash.row ? &t->hash : NULL,
               tlsni_span_make(message, len - LIST_OVERHEAD - hash->len), digest);
    tlsni_schedule13_binder(&hs->tls13.keys, "res binder", digest, message + len - hash->len);
}

tlsn_status tlsni_binder13_check(struct tlsni_hs *hs, size_t index, const struct tlsni_hash *hash,
                                 struct tlsn_span psk, const char *label)
{
    const struct tlsni_hash_ctx *before = &hs->tls13.before_retried;
    struct tlsn_span rest = hs->tls13.peer_psks.binders, binder = { NULL, 0 };
    uint8_t digest[TLSNI_HASH_LEN_MAX], right[TLSNI_HASH_LEN_MAX];
    size_t behind = 2 + rest.len; /* the binders end the message */

    do {
        if (!tlsni_ext_binder_next(&rest, &binder))
            return TLSN_ERR_INTERNAL;
    } while (index--);
    tlsni_schedule13_early(&hs->tls13.keys, hash, psk);
    hash_hello(hash, before->row ? before : NULL,
               tlsni_span_make(hs->hello_message.data, hs->hello_message.len - behind), digest);
    tlsni_schedule13_binder(&hs->tls13.keys, label, digest, right);
    if (binder.len == hash->len && tlsni_ct_memeq(binder.data, right, hash->len))
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_DECRYPT_ERROR, "handshake",
                      "the binder of the client's pre-shared key does not agree with its hello");
}
