/* msg_finished.c - Finished, RFC 5246 7.4.9: verify_data, whose length the version's row knows. */
#include "handshake/msg.h"

tlsn_status tlsni_msg_finished_parse(struct tlsn_span body, size_t len,
                                     struct tlsn_span *verify_data)
{
    struct tlsni_rd r = tlsni_rd_span(body);

    *verify_data = tlsni_rd_bytes(&r, len);
    return tlsni_rd_end(&r);
}
