/* prot_stream.c - stream ciphers with a MAC (RFC 5246 6.2.3.1, RFC 2246 6.2.3.1).
 *
 *     header | enc(content, MAC)
 *
 * The key stream runs on from record to record. A record may be empty: it is a MAC alone. Lengths
 * are public; a wrong MAC costs the same time whichever byte is wrong. */
#include "base/ct.h"
#include "base/mem.h"
#include "record/mac.h"
#include "record/prot.h"

struct stream_prot {
    struct tlsni_prot head;
    const struct tlsni_stream *stream;
    struct tlsni_record_mac mac;
    _Alignas(16) uint8_t state[];
};

static struct stream_prot *stream_of(struct tlsni_prot *p)
{
    return (struct stream_prot *)p;
}

static const struct tlsni_stream *row_of(const struct tlsni_prot_keys *keys)
{
    return tlsni_stream_find((enum tlsni_stream_id)keys->suite->cipher);
}

static bool fits(const struct tlsni_prot_keys *keys)
{
    return keys->suite->kind == TLSNI_CIPHER_STREAM && !keys->encrypt_then_mac && row_of(keys) &&
           tlsni_record_mac_fits(keys);
}

static size_t state_size(const struct tlsni_prot_keys *keys, bool writes)
{
    (void)writes;
    return sizeof(struct stream_prot) + row_of(keys)->state_len;
}

/* @rfc 5246:6.2.3.1/3 */
static void init(struct tlsni_prot *p, const struct tlsni_prot_keys *keys)
{
    struct stream_prot *s = stream_of(p);

    s->stream = row_of(keys);
    s->stream->set_key(s->state, keys->key.data);
    tlsni_record_mac_init(&s->mac, keys);
    if (p->writes)
        p->budget = s->stream->block_limit;
    p->lead = TLSNI_RECORD_HEADER;
    p->tail = s->mac.len;
}

static tlsn_status seal(struct tlsni_prot *p, uint8_t type, const uint8_t *plain, size_t len,
                        uint8_t *out)
{
    struct stream_prot *s = stream_of(p);
    uint8_t mac[TLSNI_HASH_LEN_MAX], *body = out + TLSNI_RECORD_HEADER;

    tlsni_record_mac_write(&s->mac, p, type, plain, len, mac);
    s->stream->crypt(s->state, body, plain, len);
    s->stream->crypt(s->state, body + len, mac, s->mac.len);
    tlsni_wipe(mac, sizeof mac);
    tlsni_record_header(type, p->version, len + s->mac.len, out);
    return TLSN_OK;
}

static tlsn_status open(struct tlsni_prot *p, const struct tlsni_record *rec, uint8_t *dst,
                        uint8_t *type, size_t *plain_len)
{
    struct stream_prot *s = stream_of(p);
    size_t len = rec->len - s->mac.len;
    uint8_t mac[TLSNI_HASH_LEN_MAX];
    bool ok;

    s->stream->crypt(s->state, dst, rec->fragment, len);
    s->stream->crypt(s->state, mac, rec->fragment + len, s->mac.len);
    TLSNI_CT_SECRET(dst, len);
    TLSNI_CT_SECRET(mac, s->mac.len);
    ok = tlsni_record_mac_check(&s->mac, p, rec->type, dst, len, mac);
    tlsni_wipe(mac, sizeof mac);
    if (!ok) {
        tlsni_wipe(dst, len);
        return TLSN_ERR_BAD_RECORD_MAC;
    }
    TLSNI_CT_PUBLIC(dst, len);
    *type = rec->type;
    *plain_len = len;
    return TLSN_OK;
}

const struct tlsni_prot_kind tlsni_prot_stream = {
    { "stream cipher with MAC", seal, open },
    fits,
    state_size,
    init,
};
