/* ext_list.h - Extensions (RFC 5280 4.1.2.9) of certificates, revocation lists and OCSP alike. */
#ifndef TLSNI_X509_EXT_LIST_H
#define TLSNI_X509_EXT_LIST_H

#include "x509/der.h"
#include "x509/oid.h"

enum { TLSNI_EXTENSIONS_MAX = 128 }; /* duplicates are looked for pairwise */

struct tlsni_extension {
    struct tlsn_span oid, value;
    bool critical;
};

/* The next Extension; the reader turns bad when it is none. */
struct tlsni_extension tlsni_extension_next(struct tlsni_rd *list);
/* Is there another one with the same identifier before this one, which lies in `contents`? */
bool tlsni_extension_repeats(struct tlsn_span contents, const struct tlsni_extension *e);
/* The value of an extension in the contents of an Extensions SEQUENCE that is sound; false when it is
 * not there. */
bool tlsni_extension_find(struct tlsn_span contents, enum tlsni_oid oid, struct tlsn_span *value);

/* Reads a whole Extensions SEQUENCE (its contents, one at least) through a function that says
 * whether it knows an extension and finds it sound. */
enum tlsni_ext_verdict {
    TLSNI_EXT_KNOWN,
    TLSNI_EXT_UNKNOWN,
    TLSNI_EXT_NEVER_CRITICAL, /* known, and by its standard not critical: as bad as unknown if it is */
    TLSNI_EXT_DAMAGED,
};
typedef enum tlsni_ext_verdict tlsni_ext_reader(void *ctx, enum tlsni_oid oid,
                                                struct tlsn_span value);
/* False when something is damaged or comes twice. *unknown_critical turns true for a critical one
 * that is not known, or has no business to be. */
bool tlsni_extensions_read(struct tlsn_span contents, tlsni_ext_reader *read, void *ctx,
                           bool *unknown_critical);

#endif
