/* credential_urls.c - where a client's chain can be fetched (RFC 6066 5). */
#include <string.h>
#include <tls-native/config.h>
#include "base/bytes.h"
#include "base/mem.h"
#include "cipher/hash.h"
#include "handshake/credential.h"
#include "handshake/msg.h"

enum { LIST_MAX = 65535, SEQUENCE = 0x30 };

/* @rfc 6066:10.1/1 */
tlsn_status tlsn_credential_write_pkipath(const tlsn_credential *c, uint8_t *out, size_t cap,
                                          size_t *len)
{
    size_t body = c->list_len - 3 * c->count;
    uint8_t head[8];
    struct tlsni_wr w = tlsni_wr_make(head, sizeof head);
    unsigned n = body < 0x80 ? 0 : body < 0x100 ? 1 : body < 0x10000 ? 2 : 3;

    *len = 0;
    if (!c->count)
        return TLSN_ERR_ARGUMENT;
    tlsni_wr_u8(&w, SEQUENCE);
    if (n)
        tlsni_wr_u8(&w, 0x80 | n);
    tlsni_wr_uint(&w, n ? n : 1, (uint32_t)body);
    *len = w.len + body;
    if (cap < *len)
        return TLSN_ERR_BUFFER;
    memcpy(out, head, w.len);
    w = tlsni_wr_make(out + w.len, body);
    for (size_t i = c->count; i-- > 0;)
        tlsni_wr_span(&w, tlsn_credential_cert(c, i));
    return w.bad ? TLSN_ERR_INTERNAL : TLSN_OK;
}

static tlsn_status add(const tlsn_credential *c, struct tlsni_buf *list, const char *url,
                       struct tlsn_span object)
{
    uint8_t hash[TLSNI_HASH_LEN_MAX];
    const struct tlsni_msg_url m = { tlsni_span_make(url, strlen(url)), { hash, TLSNI_MSG_URL_HASH } };
    size_t size = 2 + m.url.len + 1 + TLSNI_MSG_URL_HASH;
    struct tlsni_wr w;
    tlsn_status st;

    if (!m.url.len || tlsni_buf_len(list) + size > LIST_MAX)
        return TLSN_ERR_ARGUMENT;
    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA1), object.data, object.len, hash);
    st = tlsni_buf_reserve(&c->env, list, size);
    if (st != TLSN_OK)
        return st;
    w = tlsni_wr_make(list->data + list->end, size);
    tlsni_msg_url_write(&w, &m);
    list->end += w.len;
    return w.bad ? TLSN_ERR_ARGUMENT : TLSN_OK;
}

static tlsn_status add_path(const tlsn_credential *c, struct tlsni_buf *list, const char *url)
{
    size_t len;
    uint8_t *path;
    tlsn_status st = tlsn_credential_write_pkipath(c, NULL, 0, &len);

    if (st != TLSN_ERR_BUFFER)
        return st;
    path = tlsni_alloc(&c->env, len);
    if (!path)
        return TLSN_ERR_NO_MEMORY;
    st = tlsn_credential_write_pkipath(c, path, len, &len);
    if (st == TLSN_OK)
        st = add(c, list, url, tlsni_span_make(path, len));
    tlsni_free(&c->env, path);
    return st;
}

tlsn_status tlsn_credential_set_urls(tlsn_credential *c, const char *const *urls, size_t count,
                                     bool pkipath)
{
    struct tlsni_buf fresh = { 0 };
    tlsn_status st = TLSN_OK;

    if (!c || (count && !urls) || count > c->count || (pkipath && count > 1))
        return TLSN_ERR_ARGUMENT;
    if (atomic_load(&c->references) != 1)
        return TLSN_ERR_FROZEN;
    for (size_t i = 0; st == TLSN_OK && i < count; i++)
        st = !urls[i]  ? TLSN_ERR_ARGUMENT
             : pkipath ? add_path(c, &fresh, urls[i])
                       : add(c, &fresh, urls[i], tlsn_credential_cert(c, i));
    if (st != TLSN_OK) {
        tlsni_buf_free(&c->env, &fresh);
        return st;
    }
    tlsni_buf_free(&c->env, &c->urls);
    c->urls = fresh;
    c->urls_pkipath = pkipath;
    return TLSN_OK;
}
