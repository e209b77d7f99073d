/* fuzz_x509_key.c - a private key in any form: what is read is written as PKCS#8 and read again. */
#include <stdlib.h>
#include <tls-native/x509.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    enum { CAP = 1 << 16 };
    tlsn_key *key, *again;
    size_t out_len;
    char *out;

    if (tlsn_key_read(&key, data, len, NULL) != TLSN_OK)
        return 0;
    out = malloc(CAP);
    if (!out || tlsn_key_write(key, out, CAP, &out_len) != TLSN_OK ||
        tlsn_key_read(&again, out, out_len, NULL) != TLSN_OK)
        abort();
    tlsn_key_free(again);
    tlsn_key_free(key);
    free(out);
    return 0;
}
