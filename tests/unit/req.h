/* Claims a requirement of doc/rfc for the ledger: REQ("7366:3/2");
 *
 * It is the LAST statement of a cmocka test. A failing assertion and skip() both jump out of the
 * test function, so the line is printed only by a test that passed: the ledger counts execution,
 * not comments. Claim an id only if the test would fail were the requirement broken.
 *
 * The line goes to stdout and starts in column one; `make ledger` reads it from the test log, and
 * fails when a document's count falls. So a claim belongs into a test that always runs rather than
 * into one that is skipped where the corpora are missing.
 */
#ifndef TLSNI_TESTS_UNIT_REQ_H
#define TLSNI_TESTS_UNIT_REQ_H

#include <stdio.h>

/* The version that a run of tests is about, such as "tls1.0", when it is not the usual one: claims
 * then count for the older documents that say the same (see the head of tools/ledger.py). */
static inline const char **req_version(void)
{
    static const char *version;

    return &version;
}

/* An id out of a table. */
static inline void req_print(const char *id)
{
    (void)printf("\n# req %s%s%s\n", id, *req_version() ? " in " : "",
                 *req_version() ? *req_version() : "");
    (void)fflush(stdout);
}

#define REQ(id) req_print("" id)

#endif
