/* verify.h - building and judging certification paths (RFC 5280 6). Everything that the verdict
 * depends on is an explicit input; nothing is fetched, nothing is remembered. */
#ifndef TLSNI_X509_VERIFY_H
#define TLSNI_X509_VERIFY_H

#include <tls-native/x509.h>
#include "x509/pin.h"
#include "x509/revoke.h"
#include "x509/search.h"

enum { TLSNI_VERIFY_RSA_BITS = 2048 }; /* least when nothing is said, RFC 9325 4.5 */

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
    bool exact_pss;           /* signatures have the PSS parameters of their key, if it has some; else a longer
                               * salt will do as well (RFC 4055 3.3) */
};

/* The same as an object. Everything that `in` points to outlives it, and so does the object's place. */
struct tlsni_verification {
    const struct tlsni_verify_in *in;
    struct tlsni_judge judge;
    struct tlsni_revocation revocation;
    struct tlsni_buf policies; /* what judge.policy.initial points to */
    struct tlsni_buf constraints; /* what judge.constraints points to */
    struct tlsni_pool pool;
    struct tlsni_search *search; /* owned */
};

/* Makes *o a copy of `from` that owns what it points to, in the place of what it owned before, or leaves it
 * as it is: TLSN_ERR_NO_MEMORY. */
TLSN_MUST_USE tlsn_status tlsni_verify_options_keep(struct tlsn_verify_options *o,
                                                    const struct tlsn_verify_options *from,
                                                    const struct tlsn_hooks *env);
void tlsni_verify_options_drop(struct tlsn_verify_options *o, const struct tlsn_hooks *env);

/* Certificates of in->pool are added. TLSN_ERR_ARGUMENT for options that cannot be read or make no sense
 * together, TLSN_ERR_NO_MEMORY; close it in any case. */
tlsn_status tlsni_verification_open(struct tlsni_verification *v, const struct tlsni_verify_in *in,
                                    struct tlsni_err *err);
/* Makes the budgets whole again and begins again, for when the pool or the evidence has changed. */
void tlsni_verification_restart(struct tlsni_verification *v);
/* Goes on, see tlsni_search_run. With *done the verdict is TLSN_OK or the weightiest finding; report and err
 * (may be NULL) as below. */
tlsn_status tlsni_verification_run(struct tlsni_verification *v, unsigned signatures, bool *done,
                                   tlsn_verify_report *report, struct tlsni_err *err);
void tlsni_verification_close(struct tlsni_verification *v);

/* The best path of in->leaf with a judge of one's own. TLSN_OK whatever was found; TLSN_ERR_NO_MEMORY. */
tlsn_status tlsni_path_search(const struct tlsni_verify_in *in, struct tlsni_judge *judge,
                              struct tlsni_path *best);

/* The reference identities with A-labels, NUL behind them. The statuses of tlsni_idna_to_ascii. */
tlsn_status tlsni_verify_name(struct tlsni_buf *ascii, const struct tlsn_hooks *env,
                              const char *name);

/* TLSN_OK when a path was found, otherwise the weightiest finding. `report` (may be NULL) gets the
 * path of the best attempt and all findings; see tlsn_verify_report. err gets one line. */
tlsn_status tlsni_verify(const struct tlsni_verify_in *in, tlsn_verify_report *report,
                         struct tlsni_err *err);

#endif
