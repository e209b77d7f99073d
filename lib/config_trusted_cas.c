/* config_trusted_cas.c - the authorities a client names in trusted_ca_keys (RFC 6066 6). */
#include <string.h>
#include "base/bytes.h"
#include "base/mem.h"
#include "config.h"
#include "x509/ca_id.h"
#include "x509/cert.h"

enum { LIST_MAX = 65535 };

static tlsn_status identify(enum tlsn_ca_id type, struct tlsn_span der, struct tlsni_wr *w)
{
    uint8_t hash[TLSNI_CA_HASH_LEN];
    struct tlsni_cert cert;

    tlsni_wr_u8(w, (uint32_t)type);
    if (type == TLSN_CA_PRE_AGREED)
        return TLSN_OK;
    if (tlsni_cert_parse(&cert, der, NULL) != TLSN_OK)
        return TLSN_ERR_CERT_BAD;
    if (type == TLSN_CA_NAME)
        tlsni_wr_vec(w, 2, cert.subject);
    else if (type == TLSN_CA_CERT_SHA1)
        tlsni_ca_cert_hash(der, hash);
    else if (!tlsni_ca_key_hash(cert.spki, hash))
        return TLSN_ERR_CERT_UNSUPPORTED;
    if (type != TLSN_CA_NAME)
        tlsni_wr_put(w, hash, sizeof hash);
    return TLSN_OK;
}

tlsn_status tlsn_config_add_trusted_ca(tlsn_config *c, enum tlsn_ca_id type, const void *cert,
                                       size_t len)
{
    struct tlsni_wr w;
    uint8_t *room;
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (type > TLSN_CA_CERT_SHA1 || (!cert && type != TLSN_CA_PRE_AGREED))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "no such way to name an authority");
    room = tlsni_alloc(&c->hooks, len + 32);
    if (!room)
        return TLSN_ERR_NO_MEMORY;
    w = tlsni_wr_make(room, len + 32);
    st = identify(type, tlsni_span_make(cert, len), &w);
    if (st == TLSN_OK && (w.bad || tlsni_buf_len(&c->trusted_cas) + w.len > LIST_MAX))
        st = TLSN_ERR_ARGUMENT;
    if (st == TLSN_OK)
        st = tlsni_buf_append(&c->hooks, &c->trusted_cas, room, w.len);
    tlsni_free(&c->hooks, room);
    if (st != TLSN_OK)
        return tlsni_config_fail(c, st, "trusted authority: %s", tlsn_status_text(st));
    c->hs.trusted_cas = tlsni_buf_span(&c->trusted_cas);
    return TLSN_OK;
}
