/* session_cache.h - the server's cache of sessions as the handshake sees it (struct
 * tlsni_hs_config). ctx is a tlsn_session_cache. All three may be called from any thread. */
#ifndef TLSNI_SESSION_CACHE_H
#define TLSNI_SESSION_CACHE_H

#include <tls-native/config.h>
#include "base/mem.h"

/* Keeps a copy of session under id (1..32 bytes); an entry with this id is replaced, else, when the
 * cache is full, the oldest one. TLSN_ERR_ARGUMENT, TLSN_ERR_NO_MEMORY. */
TLSN_MUST_USE tlsn_status tlsni_session_cache_store(void *ctx, struct tlsn_span id,
                                                    struct tlsn_span session, int64_t expires_ms);
/* Appends a copy to out. TLSN_ERR_NOT_FOUND when there is none or its time is over (it is then
 * dropped), TLSN_ERR_NO_MEMORY. */
TLSN_MUST_USE tlsn_status tlsni_session_cache_lookup(void *ctx, struct tlsn_span id,
                                                     int64_t now_ms, const struct tlsn_hooks *env,
                                                     struct tlsni_buf *out);
void tlsni_session_cache_remove(void *ctx, struct tlsn_span id);

#endif
