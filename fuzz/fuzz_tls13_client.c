/* fuzz_tls13_client.c - a TLS 1.3 client whose server has all keys and says what the fuzzer makes of it. */
#include "support_tls13.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    tls13_run(TLSN_CLIENT, data, len);
    return 0;
}
