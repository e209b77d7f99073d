/* env.h - randomness and time through the hooks of an object's environment. */
#ifndef TLSNI_BASE_ENV_H
#define TLSNI_BASE_ENV_H

#include <tls-native/types.h>

/* TLSN_OK, or TLSN_ERR_RANDOM with out zeroed. */
TLSN_MUST_USE tlsn_status tlsni_random(const struct tlsn_hooks *env, void *out, size_t len);
/* Milliseconds since 1970-01-01 UTC. */
int64_t tlsni_now_ms(const struct tlsn_hooks *env);
/* The same in whole seconds. */
int64_t tlsni_now_s(const struct tlsn_hooks *env);

#endif
