/* transcript.h - the hash over all handshake messages (RFC 5246 7.4.9), streaming. */
#ifndef TLSNI_HANDSHAKE_TRANSCRIPT_H
#define TLSNI_HANDSHAKE_TRANSCRIPT_H

#include "handshake/hs.h"

/* A whole message with its header. */
TLSN_MUST_USE tlsn_status tlsni_transcript_add(struct tlsni_transcript *t,
                                               const struct tlsn_hooks *env, const uint8_t *message,
                                               size_t len);
/* The hash is known now: everything so far goes in. */
void tlsni_transcript_start(struct tlsni_transcript *t, const struct tlsni_hash *hash);
/* RFC 8446 4.4.1: in the place of the one message so far, a ClientHello that is answered by a
 * HelloRetryRequest, its hash. */
void tlsni_transcript_retry(struct tlsni_transcript *t, const struct tlsni_hash *hash);
/* Nobody needs the bytes any more. */
void tlsni_transcript_forget(struct tlsni_transcript *t, const struct tlsn_hooks *env);
/* The hash so far, t->hash.row->len bytes. */
void tlsni_transcript_hash(const struct tlsni_transcript *t, uint8_t *out);
/* All messages so far; empty once forgotten. */
struct tlsn_span tlsni_transcript_raw(const struct tlsni_transcript *t);

#endif
