/* plain.c - records without protection, and the record profiles of the protocol versions. */
#include "record/prot.h"

#include <string.h>

const struct tlsni_record_profile tlsni_record_ssl3 = {
    .wire_version = 0x0300,
    .ssl3 = true,
    .cipher_max = TLSNI_RECORD_CIPHER_MAX,
    .source = "RFC 6101 5.2",
};

const struct tlsni_record_profile tlsni_record_tls10 = {
    .wire_version = 0x0301,
    .cipher_max = TLSNI_RECORD_CIPHER_MAX,
    .source = "RFC 2246 6.2",
};

const struct tlsni_record_profile tlsni_record_tls11 = {
    .wire_version = 0x0302,
    .explicit_iv = true,
    .cipher_max = TLSNI_RECORD_CIPHER_MAX,
    .source = "RFC 4346 6.2",
};

const struct tlsni_record_profile tlsni_record_tls12 = {
    .wire_version = 0x0303,
    .explicit_iv = true,
    .cipher_max = TLSNI_RECORD_CIPHER_MAX,
    .source = "RFC 5246 6.2",
};

/* @rfc 8446:5.2/2 */
const struct tlsni_record_profile tlsni_record_tls13 = {
    .wire_version = 0x0303,
    .explicit_iv = true,
    .inner_type = true,
    .cipher_max = TLSNI_RECORD_PLAIN_MAX + 256,
    .source = "RFC 8446 5",
};

/* @rfc 5246:6.1/3, 5246:6.2.1/5 */
tlsn_status tlsni_record_plain(uint8_t type, uint16_t version, const uint8_t *fragment, size_t len,
                               uint8_t *out, size_t cap, size_t *size)
{
    if (len > TLSNI_RECORD_PLAIN_MAX)
        return TLSN_ERR_ARGUMENT;
    if (cap < TLSNI_RECORD_HEADER + len)
        return TLSN_ERR_BUFFER;
    if (len)
        memmove(out + TLSNI_RECORD_HEADER, fragment, len);
    tlsni_record_header(type, version, len, out);
    *size = TLSNI_RECORD_HEADER + len;
    return TLSN_OK;
}
