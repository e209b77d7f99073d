/* fuzz_x509_verify.c - a bag of certificates, each behind two length bytes; the last is the anchor.
 * Whatever the verdict, it is an answer of the validator, the report agrees with it, and so does the
 * verification as an object that is run in turns. */
#include <stdlib.h>
#include <string.h>
#include <tls-native/x509.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { CERTS_MAX = 16 };

static size_t split(struct tlsn_span *certs, const uint8_t *data, size_t len)
{
    size_t n = 0;

    while (len > 2 && n < CERTS_MAX) {
        size_t want = (size_t)data[0] << 8 | data[1];

        data += 2;
        len -= 2;
        certs[n].data = data;
        certs[n].len = want < len ? want : len;
        data += certs[n].len;
        len -= certs[n].len;
        n++;
    }
    return n;
}

/* By the number of certificates, so that each input asks the same question always. */
static struct tlsn_verify_options options_for(size_t n)
{
    return (struct tlsn_verify_options){
        .require_policy = n % 3 == 1,
        .policies = n % 3 == 2 ? "1.2.3, 2.23.140.1.2.1" : NULL,
        .plain_anchors = n % 2,
        .allow_partial = n % 5 == 4,
    };
}

/* Files may hold more than one certificate, spans do not. */
static bool all_parse(const struct tlsn_span *certs, size_t n)
{
    struct tlsn_cert_info info;

    for (size_t i = 0; i < n; i++)
        if (tlsn_cert_describe(certs[i], &info) != TLSN_OK)
            return false;
    return true;
}

static tlsn_status verify_in_turns(tlsn_trust *trust, const struct tlsn_span *certs, size_t n)
{
    const struct tlsn_verify_options options = options_for(n);
    struct tlsn_missing missing;
    tlsn_verification *v;
    tlsn_status st;

    if (tlsn_verification_new(&v, trust, NULL) != TLSN_OK ||
        tlsn_verification_ask(v, TLSN_PURPOSE_SERVER, "a.example", 1735689600, &options) != TLSN_OK)
        abort();
    for (size_t i = 0; i < n; i++)
        if (tlsn_verification_add(v, certs[i].data, certs[i].len, NULL) != TLSN_OK)
            abort();
    do
        st = tlsn_verification_run(v, 1);
    while (st == TLSN_NEED_TURN);
    for (size_t i = 0; tlsn_verification_missing(v, i, &missing); i++)
        if (!missing.cert.len)
            abort();
    tlsn_verification_free(v);
    return st;
}

static tlsn_status verify(tlsn_trust *trust, const struct tlsn_span *certs, size_t n)
{
    const struct tlsn_verify_options options = options_for(n);
    tlsn_verify_report *report;
    tlsn_status st;

    if (tlsn_verify_report_new(&report, NULL) != TLSN_OK)
        abort();
    st = tlsn_x509_verify(trust, certs, n, TLSN_PURPOSE_SERVER, "a.example", 1735689600, &options,
                          report);
    if (st == TLSN_OK && (tlsn_verify_report_count(report) || !tlsn_verify_report_depth(report)))
        abort();
    if (tlsn_verify_report_count(report) && tlsn_verify_report_finding(report, 0)->status != st)
        abort();
    tlsn_verify_report_free(report);
    if (all_parse(certs, n) && verify_in_turns(trust, certs, n) != st)
        abort();
    return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct tlsn_span certs[CERTS_MAX];
    size_t n = split(certs, data, len);
    tlsn_trust *trust;
    tlsn_status st;

    if (!n)
        return 0;
    if (tlsn_trust_new(&trust, NULL) != TLSN_OK)
        abort();
    st = tlsn_trust_add(trust, certs[n - 1].data, certs[n - 1].len, NULL, NULL);
    if (st != TLSN_OK && st != TLSN_ERR_PEM)
        abort();
    st = verify(trust, certs, n);
    if (st != TLSN_OK && (st > TLSN_ERR_CERT_BAD || st < TLSN_ERR_ACCESS_DENIED))
        abort();
    tlsn_trust_free(trust);
    return 0;
}
