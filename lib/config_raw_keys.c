/* config_raw_keys.c - which types of certificates are shown and taken, and the raw public keys (RFC 7250)
 * that are accepted. */
#include <string.h>
#include "base/bytes.h"
#include "base/mem.h"
#include "config.h"
#include "x509/cert.h"
#include "x509/pem.h"

/* @rfc 8446:4.4.2/14 */
static tlsn_status set_types(tlsn_config *c, struct tlsni_cert_types *types, const uint8_t *given,
                             size_t count)
{
    struct tlsni_cert_types fresh = { .count = 0 };
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (!given || !count)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "no certificate type given");
    for (size_t i = 0; i < count; i++) {
        bool twice = fresh.count && memchr(fresh.type, given[i], fresh.count);

        if ((given[i] != TLSN_CERT_X509 && given[i] != TLSN_CERT_RAW_KEY) || twice)
            return tlsni_config_fail(c, TLSN_ERR_ARGUMENT,
                                     "certificate type %u is not implemented, or there twice",
                                     given[i]);
        fresh.type[fresh.count++] = given[i];
    }
    *types = fresh;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_own_cert_types(tlsn_config *c, const uint8_t *types, size_t count)
{
    return set_types(c, c ? &c->hs.own_types : NULL, types, count);
}

/* @rfc 7250:4.1/4 */
tlsn_status tlsn_config_set_peer_cert_types(tlsn_config *c, const uint8_t *types, size_t count)
{
    return set_types(c, c ? &c->hs.peer_types : NULL, types, count);
}

/* The SubjectPublicKeyInfo in PEM, or the bytes themselves, into der. @rfc 7468:13/1 */
static tlsn_status decode(tlsn_config *c, struct tlsn_span data, struct tlsni_buf *der)
{
    static const char wanted[] = "PUBLIC KEY";
    struct tlsn_span label;
    size_t first, len;
    tlsn_status st;

    if (data.data[0] == 0x30)
        return tlsni_buf_append(&c->hooks, der, data.data, data.len);
    st = tlsni_pem_next(&c->hooks, &data, &label, der, &first, &len, NULL);
    if (st == TLSN_OK && !tlsni_span_eq(label, tlsni_span_make(wanted, sizeof wanted - 1)))
        st = TLSN_ERR_PEM;
    return st == TLSN_ERR_NOT_FOUND ? TLSN_ERR_PEM : st;
}

static tlsn_status keep(tlsn_config *c, const struct tlsni_buf *der)
{
    size_t len = tlsni_buf_len(der);
    const uint8_t head[3] = { (uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len };
    tlsn_status st = tlsni_buf_reserve(&c->hooks, &c->peer_keys, sizeof head + len);

    if (st == TLSN_OK)
        st = tlsni_buf_append(&c->hooks, &c->peer_keys, head, sizeof head);
    return st == TLSN_OK ? tlsni_buf_append(&c->hooks, &c->peer_keys, tlsni_buf_data(der), len) : st;
}

tlsn_status tlsn_config_add_peer_key(tlsn_config *c, const void *spki, size_t len)
{
    struct tlsni_pubkey *key = NULL;
    struct tlsni_buf der = { 0 };
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (!spki || !len)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "no public key given");
    st = decode(c, tlsni_span_make(spki, len), &der);
    if (st == TLSN_OK)
        st = tlsni_spki_parse(&key, &c->hooks,
                              tlsni_buf_span(&der), NULL);
    if (st == TLSN_OK)
        st = keep(c, &der);
    tlsni_pubkey_free(key);
    tlsni_buf_free(&c->hooks, &der);
    return st == TLSN_OK ? st : tlsni_config_fail(c, st, "public key: %s", tlsn_status_text(st));
}
