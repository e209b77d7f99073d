/* fuzz_server.c - a server whose client is the fuzzer. */
#include "support_engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    engine_run(TLSN_SERVER, data, len);
    return 0;
}
