/* verify.h - building and judging certification paths (RFC 5280 6). Everything that the verdict
 * depends on is an explicit input; nothing is fetched, nothing is remembered. */
#ifndef TLSNI_X509_VERIFY_H
#define TLSNI_X509_VERIFY_H

#include <tls-native/x509.h>
#include "x509/cert.h"
#include "x509/pin.h"

struct tlsni_verify_in {
    const struct tlsn_hooks *env;
    const struct tlsni_cert *leaf;
    const struct tlsni_cert *const *pool; /* what the peer sent besides, in any order */
    size_t pool_count;
    const tlsn_trust *trust;
    const struct tlsn_verify_options *options; /* NULL: all defaults */
    int64_t time;           /* seconds since 1970 */
    const char *name;       /* reference identity, NULL: none */
    const struct tlsni_buf *pins; /* one of them has to be in the path; NULL or empty: no matter */
    enum tlsn_purpose purpose;
    struct tlsn_span staples; /* OCSP responses that came along, each behind 3 bytes, the leaf's first */
    struct tlsn_span scts;    /* timestamps that came along, each behind 2 bytes */
    bool staple_asked;        /* so that the lack of one means something */
};

/* TLSN_OK when a path was found, otherwise the weightiest finding. `report` (may be NULL) gets the
 * path of the best attempt and all findings; see tlsn_verify_report. err gets one line. */
tlsn_status tlsni_verify(const struct tlsni_verify_in *in, tlsn_verify_report *report,
                         struct tlsni_err *err);

#endif
