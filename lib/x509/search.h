/* search.h - the search for a certification path (RFC 4158 in small).
 *
 * It is an object with its whole state inside (no recursion), so that it can be left between two steps
 * and resumed, and begun again when there are more certificates. It is bounded in signature checks,
 * steps, depth and name comparisons. */
#ifndef TLSNI_X509_SEARCH_H
#define TLSNI_X509_SEARCH_H

#include "x509/path.h"
#include "x509/pool.h"

struct tlsni_search;

/* leaf, trust (may be NULL), judge and pool are borrowed. TLSN_ERR_NO_MEMORY. */
tlsn_status tlsni_search_new(struct tlsni_search **out, const struct tlsni_cert *leaf,
                             const tlsn_trust *trust, struct tlsni_judge *judge,
                             struct tlsni_pool *pool);
void tlsni_search_free(struct tlsni_search *search);
/* Begins again; signatures that were checked are remembered. Needed when the pool, the trust or the
 * judge has changed. */
void tlsni_search_restart(struct tlsni_search *search);
/* Goes on for so many signature checks, or other work that takes as long; 0: to the end. *done: it has ended.
 * TLSN_OK whatever was found; TLSN_ERR_NO_MEMORY. */
tlsn_status tlsni_search_run(struct tlsni_search *search, unsigned signatures, bool *done);
/* The best path so far; its worst finding is the verdict once the search has ended. */
const struct tlsni_path *tlsni_search_best(const struct tlsni_search *search);

/* What it has cost so far, over all passes. */
struct tlsni_search_cost {
    unsigned signatures, steps;
    size_t names; /* bytes compared, as they are counted */
};
struct tlsni_search_cost tlsni_search_cost(const struct tlsni_search *search);

#endif
