/* fuzz_x509_cert.c - one certificate in DER: parsed, described, matched, its key made. What parses
 * has all its spans inside the input. */
#include <stdlib.h>
#include <tls-native/x509.h>

#include "x509/match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void inside(struct tlsn_span s, const uint8_t *data, size_t len)
{
    if (s.len && (s.data < data || s.len > len || (size_t)(s.data - data) > len - s.len))
        abort();
}

/* What else people are told about it. */
static void tell(struct tlsn_span der, const uint8_t *data, size_t len)
{
    struct tlsn_remark remarks[8];

    (void)tlsn_cert_remarks(der, remarks, 8);
    for (int kind = TLSN_URL_OCSP; kind <= TLSN_URL_DELTA_CRL; kind++)
        for (size_t i = 0; i < 64; i++) {
            struct tlsn_span url = tlsn_cert_url(der, (enum tlsn_url)kind, i);

            inside(url, data, len);
            if (!url.len)
                break;
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct tlsn_span der = { data, len };
    struct tlsni_pubkey *key = NULL;
    struct tlsni_err err = { 0 };
    struct tlsn_cert_info info;
    struct tlsni_cert c;

    if (tlsni_cert_parse(&c, der, &err) != TLSN_OK) {
        if (err.status != TLSN_ERR_CERT_BAD || tlsn_cert_describe(der, &info) == TLSN_OK)
            abort();
        return 0;
    }
    inside(c.tbs, data, len);
    inside(c.issuer, data, len);
    inside(c.subject, data, len);
    inside(c.spki, data, len);
    inside(c.signature, data, len);
    inside(c.san, data, len);
    inside(c.name_constraints, data, len);
    inside(c.aki, data, len);
    inside(c.ski, data, len);
    inside(c.unknown_critical, data, len);
    if (tlsn_cert_describe(der, &info) != TLSN_OK)
        abort();
    tell(der, data, len);
    (void)(tlsni_cert_matches(&c, "a.example") == TLSN_OK);
    (void)(tlsni_cert_matches(&c, "192.0.2.1") == TLSN_OK);
    (void)tlsni_cert_matches_common_name(&c, "a.example");
    if (tlsni_cert_pubkey(&key, NULL, &c, NULL) == TLSN_OK)
        tlsni_pubkey_free(key);
    return 0;
}
