/* fuzz_x509_crl.c - one revocation list in DER: parsed, kept as evidence, searched. Each entry that is
 * read from front to back is found again by its number. */
#include <stdlib.h>

#include "x509/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void inside(struct tlsn_span s, const uint8_t *data, size_t len)
{
    if (s.len && (s.data < data || s.len > len || (size_t)(s.data - data) > len - s.len))
        abort();
}

static void look_up(const struct tlsni_known_crl *k)
{
    struct tlsni_rd r = tlsni_rd_span(k->crl.revoked);
    struct tlsni_crl_entry found;

    for (size_t i = 0; r.p != r.end; i++) {
        struct tlsni_crl_entry e = tlsni_crl_entry_next(&r, NULL);

        if (r.bad || i >= k->crl.count)
            abort();
        if (i < 100 && !k->crl.issuers &&
            !tlsni_known_crl_find(k, e.serial, k->crl.issuer, &found))
            abort();
    }
    (void)tlsni_known_crl_find(k, tlsni_span_make("\x01", 1), k->crl.issuer, &found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct tlsni_err err = { 0 };
    struct tlsni_crl crl;
    tlsn_evidence *evidence;

    if (tlsni_crl_parse(&crl, tlsni_span_make(data, len), &err) != TLSN_OK) {
        if (err.status != TLSN_ERR_CRL)
            abort();
        return 0;
    }
    inside(crl.tbs, data, len);
    inside(crl.issuer, data, len);
    inside(crl.revoked, data, len);
    inside(crl.aki, data, len);
    inside(crl.number, data, len);
    inside(crl.point.value, data, len);
    inside(crl.freshest, data, len);
    if (tlsn_evidence_new(&evidence, NULL) != TLSN_OK)
        return 0;
    if (tlsn_evidence_add_crl(evidence, data, len, NULL) == TLSN_OK) {
        if (evidence->crl_count != 1)
            abort();
        look_up(evidence->crls[0]);
    }
    tlsn_evidence_free(evidence);
    return 0;
}
