/* name_index.h - a server's certificates by the names they are for: found without looking at all of
 * them, made once when the configuration is frozen. */
#ifndef TLSNI_HANDSHAKE_NAME_INDEX_H
#define TLSNI_HANDSHAKE_NAME_INDEX_H

#include <tls-native/config.h>
#include "base/mem.h"

struct tlsni_hs;

/* How well a certificate fits the name that the client asked for, in order of preference. */
enum tlsni_name_rank { TLSNI_NAME_EXACT, TLSNI_NAME_WILDCARD, TLSNI_NAME_OTHER, TLSNI_NAME_RANKS };

struct tlsni_name_entry {
    uint32_t hash;         /* of the name in lower case; of a wildcard from its first dot on */
    uint32_t credential;   /* its place in the configuration */
    struct tlsn_span name; /* span into the certificate */
};

/* Sorted by hash, then by place. */
struct tlsni_name_index {
    struct tlsni_name_entry *entries; /* owned */
    size_t count;
};

TLSN_MUST_USE tlsn_status tlsni_name_index_make(struct tlsni_name_index *index,
                                                const struct tlsn_hooks *env,
                                                tlsn_credential *const *credentials, size_t count);
void tlsni_name_index_free(struct tlsni_name_index *index, const struct tlsn_hooks *env);

/* Looks the client's server_name up, and asks the configuration's source for certificates when none
 * names it. The source's errors but TLSN_ERR_NOT_FOUND. */
TLSN_MUST_USE tlsn_status tlsni_names_look(struct tlsni_hs *hs);
/* Whether a certificate may be of this rank: with none a search can be left out. */
bool tlsni_names_any(const struct tlsni_hs *hs, enum tlsni_name_rank rank);
/* The next certificate of the rank, NULL behind the last; *at begins with 0. */
const tlsn_credential *tlsni_names_next(const struct tlsni_hs *hs, enum tlsni_name_rank rank,
                                        size_t *at);

#endif
