/* fuzz_pkcs11_uri.c - PKCS#11 URIs: what is taken apart stays within its fields, and is equal to itself. */
#include <stdlib.h>
#include <string.h>
#include <tls-native/pkcs11.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct tlsn_pkcs11_uri uri;
    char *text = malloc(len + 1);

    if (!text)
        return 0;
    if (len)
        memcpy(text, data, len);
    text[len] = 0;
    if (tlsn_pkcs11_uri_parse(&uri, text) == TLSN_OK &&
        (strlen(uri.token) >= sizeof uri.token || strlen(uri.pin_value) >= sizeof uri.pin_value ||
         uri.id_len > sizeof uri.id))
        abort();
    if (tlsn_pkcs11_uri_equal(text, text) != (tlsn_pkcs11_uri_parse(&uri, text) == TLSN_OK))
        abort();
    free(text);
    return 0;
}
