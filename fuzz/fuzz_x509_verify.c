/* fuzz_x509_verify.c - a bag of certificates, each behind two length bytes; the last is the anchor.
 * Whatever the verdict, it is an answer of the validator and the report agrees with it. */
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

static tlsn_status verify(tlsn_trust *trust, const struct tlsn_span *certs, size_t n)
{
    tlsn_verify_report *report;
    tlsn_status st;

    if (tlsn_verify_report_new(&report, NULL) != TLSN_OK)
        abort();
    st = tlsn_x509_verify(trust, certs, n, TLSN_PURPOSE_SERVER, "a.example", 1735689600, NULL,
                          report);
    if (st == TLSN_OK && (tlsn_verify_report_count(report) || !tlsn_verify_report_depth(report)))
        abort();
    if (tlsn_verify_report_count(report) && tlsn_verify_report_finding(report, 0)->status != st)
        abort();
    tlsn_verify_report_free(report);
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
