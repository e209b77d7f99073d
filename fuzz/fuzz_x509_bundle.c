/* fuzz_x509_bundle.c - keys, certificates and containers of any form, with a password and little work
 * allowed: PEM, PKCS#7, PKCS#8, PKCS#12, in DER and BER. */
#include <stdlib.h>
#include <tls-native/x509.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct tlsn_unlock unlock = { .password = "secret", .password_len = 6, .max_iterations = 64,
                                  .max_memory = 1 << 16 };
    struct tlsn_bundle_item item;
    tlsn_bundle *b;

    if (tlsn_bundle_read(&b, data, len, &unlock, NULL) != TLSN_OK)
        return 0;
    for (int kind = TLSN_BUNDLE_KEY; kind <= TLSN_BUNDLE_CRL; kind++)
        for (size_t i = 0; tlsn_bundle_get(b, (enum tlsn_bundle_kind)kind, i, &item); i++)
            if ((kind == TLSN_BUNDLE_KEY) != (item.key != NULL))
                abort();
    tlsn_bundle_free(b);
    return 0;
}
