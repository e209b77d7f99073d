/* name_index.c - virtual hosts: among several certificates those for the name that the client asked
 * for (RFC 6066 3) come first, one that names it outright before one with a wildcard. */
#include "handshake/name_index.h"

#include <stdlib.h>

#include "handshake/hs.h"
#include "x509/general_name.h"
#include "x509/match.h"

/* ---- making it ---- */

/* FNV-1a over the name in lower case. The names are those of our own certificates: nobody else can
 * choose them to collide. */
static uint32_t hash_name(struct tlsn_span name)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];

        h = (h ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) * 16777619u;
    }
    return h;
}

/* From the first dot on; empty when there is none. */
static struct tlsn_span parent(struct tlsn_span name)
{
    const uint8_t *dot = name.len ? memchr(name.data, '.', name.len) : NULL;

    return dot ? tlsni_span_make(dot, (size_t)(name.data + name.len - dot))
               : tlsni_span_make(NULL, 0);
}

static bool is_wildcard(struct tlsn_span name)
{
    return name.len && name.data[0] == '*';
}

/* A certificate's next DNS name; empty span behind the last. */
static struct tlsn_span next_name(struct tlsni_rd *r)
{
    while (r->p != r->end) {
        struct tlsni_general_name n = tlsni_general_name_next(r, false);

        if (!r->bad && n.kind == TLSNI_GN_DNS && n.value.len)
            return n.value;
    }
    return tlsni_span_make(NULL, 0);
}

static size_t count_names(tlsn_credential *const *credentials, size_t count)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        struct tlsni_rd r = tlsni_rd_span(credentials[i]->leaf.san);

        while (next_name(&r).len)
            n++;
    }
    return n;
}

static int compare(const void *a, const void *b)
{
    const struct tlsni_name_entry *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->credential < y->credential ? -1 : x->credential > y->credential;
}

tlsn_status tlsni_name_index_make(struct tlsni_name_index *index, const struct tlsn_hooks *env,
                                  tlsn_credential *const *credentials, size_t count)
{
    size_t n = count_names(credentials, count);
    struct tlsn_span name;

    index->count = 0;
    if (!n)
        return TLSN_OK;
    index->entries = tlsni_alloc_array(env, n, sizeof *index->entries);
    if (!index->entries)
        return TLSN_ERR_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        struct tlsni_rd r = tlsni_rd_span(credentials[i]->leaf.san);

        while ((name = next_name(&r)).len) {
            struct tlsni_name_entry *e = &index->entries[index->count++];

            e->hash = hash_name(is_wildcard(name) ? parent(name) : name);
            e->credential = (uint32_t)i;
            e->name = name;
        }
    }
    qsort(index->entries, index->count, sizeof *index->entries, compare);
    return TLSN_OK;
}

void tlsni_name_index_free(struct tlsni_name_index *index, const struct tlsn_hooks *env)
{
    tlsni_free(env, index->entries);
    memset(index, 0, sizeof *index);
}

/* ---- using it ---- */

/* The first entry with this hash or a greater one. */
static size_t lower_bound(const struct tlsni_name_index *index, uint32_t hash)
{
    size_t low = 0, high = index->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (index->entries[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The place in the index of the next name that fits, from `at` on; count when there is none. */
static size_t seek(const struct tlsni_hs *hs, enum tlsni_name_rank rank, size_t at)
{
    const struct tlsni_name_index *index = &hs->cfg->names;
    uint32_t hash = hs->names.hash[rank];

    for (; at < index->count && index->entries[at].hash == hash; at++)
        if (is_wildcard(index->entries[at].name) == (rank == TLSNI_NAME_WILDCARD) &&
            tlsni_dns_matches(index->entries[at].name, hs->peer_name))
            return at;
    return index->count;
}

static tlsn_status ask_source(struct tlsni_hs *hs)
{
    tlsn_status st = hs->cfg->source(hs->cfg->source_ctx, hs->peer_name, hs->names.sourced,
                                     &hs->names.sourced_count);

    if (st == TLSN_OK || st == TLSN_ERR_NOT_FOUND)
        return TLSN_OK;
    return tlsni_fail(hs->err, st, "handshake", "the source of certificates failed: %s",
                      tlsn_status_text(st));
}

/* A name that cannot be one is nobody's.
 * @rfc 6066:3/15, 3546:3.1/7, 4366:3.1/7 */
tlsn_status tlsni_names_look(struct tlsni_hs *hs)
{
    bool sound = hs->peer_name.len && !is_wildcard(hs->peer_name) &&
                 tlsni_dns_matches(hs->peer_name, hs->peer_name);
    const struct tlsni_name_index *index = &hs->cfg->names;

    for (int rank = TLSNI_NAME_EXACT; rank <= TLSNI_NAME_WILDCARD; rank++) {
        hs->names.hash[rank] = hash_name(rank == TLSNI_NAME_EXACT ? hs->peer_name
                                                                  : parent(hs->peer_name));
        hs->names.first[rank] =
            sound ? seek(hs, (enum tlsni_name_rank)rank, lower_bound(index, hs->names.hash[rank]))
                  : index->count;
    }
    if (!hs->cfg->source || hs->names.sourced_count || (hs->peer_name.len && !sound) ||
        hs->names.first[TLSNI_NAME_EXACT] < index->count)
        return TLSN_OK;
    return ask_source(hs);
}

/* What the source gave for a name counts as naming it; without a name it goes before all others. */
static bool is_of_source(const struct tlsni_hs *hs, enum tlsni_name_rank rank)
{
    return rank == (hs->peer_name.len ? TLSNI_NAME_EXACT : TLSNI_NAME_OTHER);
}

bool tlsni_names_any(const struct tlsni_hs *hs, enum tlsni_name_rank rank)
{
    return rank == TLSNI_NAME_OTHER || hs->names.first[rank] < hs->cfg->names.count ||
           (hs->names.sourced_count && is_of_source(hs, rank));
}

const tlsn_credential *tlsni_names_next(const struct tlsni_hs *hs, enum tlsni_name_rank rank,
                                        size_t *at)
{
    size_t sourced = is_of_source(hs, rank) ? hs->names.sourced_count : 0, place;

    if (*at < sourced)
        return hs->names.sourced[(*at)++];
    if (rank == TLSNI_NAME_OTHER)
        return *at - sourced < hs->cfg->credential_count
                   ? hs->cfg->credentials[(*at)++ - sourced]
                   : NULL;
    place = seek(hs, rank, hs->names.first[rank] + (*at - sourced));
    if (place >= hs->cfg->names.count)
        return NULL;
    *at = sourced + (place - hs->names.first[rank]) + 1;
    return hs->cfg->credentials[hs->cfg->names.entries[place].credential];
}
