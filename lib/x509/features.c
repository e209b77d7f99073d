#include "x509/features.h"

#include "x509/revoke.h"
#include "x509/verify.h"

static struct tlsni_rd open_features(const struct tlsni_cert *cert)
{
    return cert->tls_features.len ? tlsni_der_open_span(cert->tls_features, TLSNI_DER_SEQUENCE)
                                  : tlsni_rd_make(NULL, 0);
}

bool tlsni_cert_promises(const struct tlsni_cert *cert, unsigned extension)
{
    struct tlsni_rd r = open_features(cert);

    while (r.p != r.end)
        if ((unsigned)tlsni_der_small(&r) == extension && !r.bad)
            return true;
    return false;
}

/* An authority that has the extension issues certificates with the same features, or more.
 * @rfc 7633:4.2.2/2 */
static bool hands_down(const struct tlsni_cert *issuer, const struct tlsni_cert *cert)
{
    struct tlsni_rd r = open_features(issuer);

    while (r.p != r.end)
        if (!tlsni_cert_promises(cert, (unsigned)tlsni_der_small(&r)))
            return false;
    return true;
}

/* A server can only staple what it is asked for.
 * @rfc 7633:4.2.2/1, 7633:4.3.3/1, 5019:6.3/1 */
void tlsni_features_judge(struct tlsni_judge *j, struct tlsni_path *path)
{
    const struct tlsni_verify_in *in = j->revocation->in;
    const struct tlsni_cert *leaf = path->certs[0];

    for (unsigned i = 1; i < path->len; i++)
        if (!hands_down(path->certs[i], path->certs[i - 1]))
            tlsni_path_note(path, i - 1, TLSNI_WHY_FEATURES);
    if (in->staple_asked && !j->revocation->depth && !tlsni_revocation_staple(in).len &&
        (tlsni_cert_promises(leaf, TLSNI_FEATURE_STATUS_REQUEST) ||
         tlsni_cert_promises(leaf, TLSNI_FEATURE_STATUS_REQUEST_V2)))
        tlsni_path_note(path, 0, TLSNI_WHY_NO_STAPLE);
}
