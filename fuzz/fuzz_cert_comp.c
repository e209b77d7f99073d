/* fuzz_cert_comp.c - unpacking of compressed certificates (RFC 8879).
 *
 * The first byte of the input chooses the algorithm, the next two the length it should unpack to. */
#include "base/bytes.h"
#include "handshake/cert_comp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t out[1 << 16];
    size_t count;
    const struct tlsni_cert_comp *const *rows = tlsni_cert_comp_rows(&count);
    struct tlsni_rd r = tlsni_rd_make(data, len);
    size_t which = tlsni_rd_u8(&r), want = tlsni_rd_u16(&r);

    if (r.bad || !count)
        return 0;
    (void)!rows[which % count]->unpack(NULL, tlsni_rd_rest(&r), out, want);
    return 0;
}
