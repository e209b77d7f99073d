#include "handshake/transcript.h"

#include "base/bytes.h"

tlsn_status tlsni_transcript_add(struct tlsni_transcript *t, const struct tlsn_hooks *env,
                                 const uint8_t *message, size_t len)
{
    if (t->keep_raw || !t->hash.row) {
        tlsn_status st = tlsni_buf_append(env, &t->raw, message, len);

        if (st != TLSN_OK)
            return st;
    }
    if (t->hash.row)
        tlsni_hash_update(&t->hash, message, len);
    return TLSN_OK;
}

/* @rfc 7627:3/2, 7627:3/3, 7627:6.2/1 */
void tlsni_transcript_start(struct tlsni_transcript *t, const struct tlsni_hash *hash)
{
    struct tlsn_span raw = tlsni_transcript_raw(t);

    tlsni_hash_init(&t->hash, hash);
    tlsni_hash_update(&t->hash, raw.data, raw.len);
}

/* @rfc 8446:4.4.1/1 */
void tlsni_transcript_retry(struct tlsni_transcript *t, const struct tlsni_hash *hash)
{
    uint8_t head[TLSNI_MSG_HEADER] = { TLSNI_MSG_MESSAGE_HASH, 0, 0, hash->len };
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    tlsni_transcript_start(t, hash);
    tlsni_transcript_hash(t, digest);
    t->raw.start = t->raw.end = 0;
    tlsni_hash_init(&t->hash, hash);
    tlsni_hash_update(&t->hash, head, sizeof head);
    tlsni_hash_update(&t->hash, digest, hash->len);
}

void tlsni_transcript_forget(struct tlsni_transcript *t, const struct tlsn_hooks *env)
{
    t->keep_raw = false;
    if (t->hash.row)
        tlsni_buf_free(env, &t->raw);
}

void tlsni_transcript_hash(const struct tlsni_transcript *t, uint8_t *out)
{
    tlsni_hash_peek(&t->hash, out);
}

struct tlsn_span tlsni_transcript_raw(const struct tlsni_transcript *t)
{
    return tlsni_buf_span(&t->raw);
}
