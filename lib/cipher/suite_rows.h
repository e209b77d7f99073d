/* suite_rows.h - the data behind suite.h, a file each: rows, spellings, preference, and the suites
 * that are no more than names. Inside lib/cipher only. */
#ifndef TLSNI_CIPHER_SUITE_ROWS_H
#define TLSNI_CIPHER_SUITE_ROWS_H

#include "cipher/suite.h"

extern const struct tlsni_suite tlsni_suite_row[]; /* sorted by id */
extern const size_t tlsni_suite_row_count;

/* Another spelling of a suite's name. */
struct tlsni_suite_alias {
    uint16_t id;
    const char *name;
};

extern const struct tlsni_suite_alias tlsni_suite_gnutls[]; /* sorted by id */
extern const size_t tlsni_suite_gnutls_count;
extern const struct tlsni_suite_alias tlsni_suite_older[]; /* for input only */
extern const size_t tlsni_suite_older_count;

extern const uint16_t tlsni_suite_order[]; /* ids of all rows, best first */
extern const size_t tlsni_suite_order_count;

#endif
