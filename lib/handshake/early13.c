#include "handshake/early13.h"

enum { AROUND = 16 + 1 }; /* tag and type, which do not count (RFC 8446 4.6.1) */

/* ---- rejected ---- */

/* Behind a HelloRetryRequest they are known by their type, up to the second ClientHello; else they are what
 * the handshake's keys do not open, up to the first record that they do.
 * @rfc 8446:4.2.10/9 */
void tlsni_early13_settle(struct tlsni_hs *hs)
{
    struct tlsni_hs13 *t = &hs->tls13;

    if (t->early != TLSN_EARLY_REJECTED)
        return;
    t->early_skip = t->retry_group ? TLSNI_SKIP_BY_TYPE : TLSNI_SKIP_BY_TRIAL;
    t->early_left = TLSNI_EARLY_SKIP_MIN;
}

/* Padding cannot be told from content. A record without content costs as much as one byte of it.
 * @rfc 8446:4.2.10/10 */
tlsn_status tlsni_early13_skip(struct tlsni_hs *hs, size_t len)
{
    size_t content = len > AROUND ? len - AROUND : 1;

    if (content > hs->tls13.early_left)
        return tlsni_fail(hs->err, TLSN_ERR_UNEXPECTED_MESSAGE, "record",
                          "more early data than a client may send");
    hs->tls13.early_left -= (uint32_t)content;
    return TLSN_OK;
}
