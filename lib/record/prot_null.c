/* prot_null.c - records with a MAC and no encryption (RFC 5246 6.2.3.1, the NULL cipher).
 *
 *     header | content | MAC
 *
 * Everybody reads the content; it is only known to be the peer's. For research. */
#include "record/mac.h"
#include "record/prot.h"

#include <string.h>

struct null_prot {
    struct tlsni_prot head;
    struct tlsni_record_mac mac;
};

static struct null_prot *null_of(struct tlsni_prot *p)
{
    return (struct null_prot *)p;
}

static bool fits(const struct tlsni_prot_keys *keys)
{
    return keys->suite->kind == TLSNI_CIPHER_NULL && !keys->suite->cipher &&
           !keys->encrypt_then_mac && tlsni_record_mac_fits(keys);
}

static size_t state_size(const struct tlsni_prot_keys *keys, bool writes)
{
    (void)keys;
    (void)writes;
    return sizeof(struct null_prot);
}

static void init(struct tlsni_prot *p, const struct tlsni_prot_keys *keys)
{
    tlsni_record_mac_init(&null_of(p)->mac, keys);
    p->lead = TLSNI_RECORD_HEADER;
    p->tail = null_of(p)->mac.len;
}

/* @rfc 5246:6.2.3.1/4 */
static tlsn_status seal(struct tlsni_prot *p, uint8_t type, const uint8_t *plain, size_t len,
                        uint8_t *out)
{
    uint8_t *body = out + TLSNI_RECORD_HEADER;

    if (len && plain != body)
        memcpy(body, plain, len);
    tlsni_record_mac_write(&null_of(p)->mac, p, type, body, len, body + len);
    tlsni_record_header(type, p->version, len + p->tail, out);
    return TLSN_OK;
}

static tlsn_status open(struct tlsni_prot *p, const struct tlsni_record *rec, uint8_t *dst,
                        uint8_t *type, size_t *plain_len)
{
    size_t len = rec->len - p->tail;

    if (!tlsni_record_mac_check(&null_of(p)->mac, p, rec->type, rec->fragment, len,
                                rec->fragment + len))
        return TLSN_ERR_BAD_RECORD_MAC;
    if (len && dst != rec->fragment)
        memcpy(dst, rec->fragment, len);
    *type = rec->type;
    *plain_len = len;
    return TLSN_OK;
}

const struct tlsni_prot_kind tlsni_prot_null = {
    { "MAC alone", seal, open },
    fits,
    state_size,
    init,
};
