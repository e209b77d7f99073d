/* revoke.h - is a certificate of a complete path revoked? One function is called when a path is judged;
 * what it needs beyond the path lives here, for as long as a verification lasts. */
#ifndef TLSNI_X509_REVOKE_H
#define TLSNI_X509_REVOKE_H

#include "x509/evidence.h"
#include "x509/path.h"

struct tlsni_revocation {
    const struct tlsni_verify_in *in;
    const struct tlsn_evidence *evidence; /* may be NULL */
    enum tlsn_revocation mode;
    bool leaf_only;
    int64_t skew, age; /* seconds; age 0: for as long as the evidence says */
    unsigned signatures, searches; /* done so far: evidence may be hostile, too */
    unsigned signatures_max;
    unsigned depth; /* a path of somebody who signs evidence is judged inside of another one */
    bool limited;   /* something was not looked at: no verdict is possible */
};

/* What was found out about one certificate. */
struct tlsni_status {
    bool good, revoked;
    uint8_t reason; /* enum tlsn_reason, of a revocation */
    int64_t since;
};

struct tlsni_revocation tlsni_revocation_of(const struct tlsni_verify_in *in);
/* Do options and evidence make sense together? TLSN_ERR_ARGUMENT with a line in err. */
tlsn_status tlsni_revocation_sound(const struct tlsni_verify_in *in, struct tlsni_err *err);

/* Notes on a complete path what is revoked, and what should be known and is not. */
void tlsni_revocation_judge(struct tlsni_judge *j, struct tlsni_path *path);

/* ---- inside ---- */

/* The response that came along for the leaf; empty when none came, or one that the responder could not
 * give: servers pass on a tryLater as they got it. */
struct tlsn_span tlsni_revocation_staple(const struct tlsni_verify_in *in);

/* What lists, or OCSP responses, say about certificate i of the path, which is not the last one. */
void tlsni_crl_status(struct tlsni_judge *j, const struct tlsni_path *path, unsigned i,
                      struct tlsni_status *out);
void tlsni_ocsp_status(struct tlsni_judge *j, const struct tlsni_path *path, unsigned i,
                       struct tlsni_status *out);
/* What one response says. */
void tlsni_ocsp_response_status(struct tlsni_judge *j, const struct tlsni_path *path, unsigned i,
                                const struct tlsni_ocsp_response *r, struct tlsni_status *out);
/* Does something that holds from `begin` to `end` (INT64_MAX: it does not say) hold now? */
bool tlsni_revocation_current(const struct tlsni_judge *j, int64_t begin, int64_t end);
/* The signature of data by the key of this certificate, and not a weak one. Costs, and is counted. */
bool tlsni_revocation_signed(struct tlsni_judge *j, const struct tlsni_cert *signer,
                             const struct tlsni_sig_params *sig, struct tlsn_span data,
                             struct tlsn_span signature);

#endif
