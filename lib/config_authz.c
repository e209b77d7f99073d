/* config_authz.c - authorization data to send, and the formats to take (RFC 5878). */
#include <string.h>
#include "base/bytes.h"
#include "base/mem.h"
#include "config.h"
#include "handshake/msg.h"

enum { LIST_MAX = 65533, ENTRY_EXTRA = 4 + 64 };

static bool sound(const struct tlsn_authz *a)
{
    bool url = tlsni_authz_is_url(a->format);

    return a->format < TLSN_AUTHZ_FORMATS && a->data.data && a->data.len && a->data.len <= 65535 &&
           a->hash.len == (url ? tlsni_authz_hash_len(a->hash_algorithm) : 0) &&
           (!url || (a->hash.len && a->hash.data));
}

static tlsn_status append(tlsn_config *c, const struct tlsn_authz *a)
{
    size_t room = ENTRY_EXTRA + a->data.len;
    uint8_t *entry = tlsni_alloc(&c->hooks, room);
    struct tlsni_wr w = tlsni_wr_make(entry, room);
    tlsn_status st = TLSN_ERR_NO_MEMORY;

    if (!entry)
        return st;
    tlsni_msg_authz_write(&w, a);
    if (tlsni_buf_len(&c->authz) + w.len > LIST_MAX)
        st = tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "more than %d bytes of authorization data",
                               LIST_MAX);
    else
        st = tlsni_buf_append(&c->hooks, &c->authz, entry, w.len);
    tlsni_free(&c->hooks, entry);
    return st;
}

tlsn_status tlsn_config_add_authz(tlsn_config *c, const struct tlsn_authz *a)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (!a || !sound(a))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "authorization data without contents, of "
                                 "another format, or with a hash that does not fit");
    st = append(c, a);
    if (st != TLSN_OK)
        return st;
    c->hs.authz = tlsni_buf_span(&c->authz);
    c->hs.authz_formats |= (uint8_t)(1U << a->format);
    return TLSN_OK;
}

tlsn_status tlsn_config_set_authz_taken(tlsn_config *c, const uint8_t *formats, size_t count)
{
    tlsn_status st = tlsni_config_open(c);
    uint8_t mask = 0;

    if (st != TLSN_OK)
        return st;
    for (size_t i = 0; i < count; i++) {
        if (!formats || formats[i] >= TLSN_AUTHZ_FORMATS)
            return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "no such format of authorization data");
        mask |= (uint8_t)(1U << formats[i]);
    }
    c->hs.authz_taken = mask;
    return TLSN_OK;
}
