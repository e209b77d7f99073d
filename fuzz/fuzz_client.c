/* fuzz_client.c - a client whose server is the fuzzer. */
#include "support_engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    engine_run(TLSN_CLIENT, data, len);
    return 0;
}
