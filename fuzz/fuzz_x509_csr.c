/* fuzz_x509_csr.c - certification requests: parsed, with the check of their signature. */
#include "base/bytes.h"
#include "x509/csr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct tlsni_pubkey *key;
    struct tlsni_csr csr;

    if (tlsni_csr_parse(&csr, &key, NULL, tlsni_span_make(data, len), NULL) == TLSN_OK)
        tlsni_pubkey_free(key);
    return 0;
}
