/* inner.c - what the protected records of TLS 1.3 hold: content, type, zeros (RFC 8446 5.2). */
#include "record/prot.h"

#include <string.h>

size_t tlsni_prot_inner_put(const struct tlsni_prot *p, uint8_t type, const uint8_t *plain,
                            size_t len, uint8_t *body)
{
    size_t inner = tlsni_prot_padded(p, len) + 1;

    if (len && plain != body)
        memcpy(body, plain, len);
    body[len] = type;
    memset(body + len + 1, 0, inner - len - 1);
    return inner;
}

/* @rfc 8446:5.4/2
 * @rfc 8446:5.4/5 */
static tlsn_status find_type(const uint8_t *inner, size_t len, uint8_t *type, size_t *content)
{
    while (len && inner[len - 1] == 0)
        len--;
    if (!len)
        return TLSN_ERR_UNEXPECTED_MESSAGE;
    *type = inner[len - 1];
    *content = len - 1;
    return TLSN_OK;
}

/* @rfc 8446:5.4/6 */
tlsn_status tlsni_prot_inner_take(const struct tlsni_prot *p, const uint8_t *inner, size_t len,
                                  uint8_t *type, size_t *content)
{
    if (len > (size_t)p->plain_max + p->inner) /* padding counts (RFC 8449 4) */
        return TLSN_ERR_RECORD_OVERFLOW;
    return find_type(inner, len, type, content);
}
