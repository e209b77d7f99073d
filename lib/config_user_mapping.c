/* config_user_mapping.c - the account a client says it means (RFC 4681 6). */
#include <string.h>
#include "base/bytes.h"
#include "base/mem.h"
#include "config.h"
#include "handshake/msg.h"

enum { TEXT_MAX = 1024 };

/* @rfc 4681:6/1 */
tlsn_status tlsn_config_set_user_mapping(tlsn_config *c, const char *principal, const char *domain)
{
    const struct tlsni_msg_user_mapping m = {
        tlsni_span_make(principal, principal ? strlen(principal) : 0),
        tlsni_span_make(domain, domain ? strlen(domain) : 0),
    };
    uint8_t list[2 * TEXT_MAX + 16];
    struct tlsni_wr w = tlsni_wr_make(list, sizeof list);
    struct tlsni_buf fresh = { 0 };
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (m.principal.len > TEXT_MAX || m.domain.len > TEXT_MAX)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "names of more than %d bytes", TEXT_MAX);
    if (m.principal.len || m.domain.len)
        tlsni_msg_user_mapping_write(&w, &m);
    st = tlsni_buf_append(&c->hooks, &fresh, list, w.len);
    if (st != TLSN_OK)
        return st;
    tlsni_buf_free(&c->hooks, &c->user_mapping);
    c->user_mapping = fresh;
    c->hs.user_mapping = tlsni_span_make(tlsni_buf_data(&c->user_mapping), w.len);
    return TLSN_OK;
}
