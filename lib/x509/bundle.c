/* bundle.c - files with keys and certificates in whichever container: PEM, DER, PKCS#7, PKCS#12. */
#include "x509/bundle.h"

#include "x509/ber.h"
#include "x509/der.h"
#include "x509/key.h"
#include "x509/pem.h"
#include "x509/pkcs12.h"
#include "x509/pkcs7.h"
#include "x509/write.h"

enum { ITEMS_FIRST = 4 };

static tlsn_status bad(struct tlsni_err *err, const char *what)
{
    return tlsni_fail(err, TLSN_ERR_PEM, "x509", "%s", what);
}

/* ---- items ---- */

static tlsn_status grow(struct tlsn_bundle *b)
{
    size_t room = b->room ? 2 * b->room : ITEMS_FIRST;
    struct tlsni_bundle_item *items;

    if (b->count < b->room)
        return TLSN_OK;
    items = tlsni_alloc_array(&b->env, room, sizeof *items);
    if (!items)
        return TLSN_ERR_NO_MEMORY;
    if (b->count)
        memcpy(items, b->items, b->count * sizeof *items);
    tlsni_free(&b->env, b->items);
    b->items = items;
    b->room = room;
    return TLSN_OK;
}

tlsn_status tlsni_bundle_add_der(struct tlsn_bundle *b, enum tlsn_bundle_kind kind,
                                 struct tlsn_span der)
{
    size_t at = tlsni_buf_len(&b->der);
    tlsn_status st = grow(b);

    if (st == TLSN_OK)
        st = tlsni_buf_append(&b->env, &b->der, der.data, der.len);
    if (st != TLSN_OK)
        return st;
    b->items[b->count++] = (struct tlsni_bundle_item){ .kind = kind, .at = at, .len = der.len };
    return TLSN_OK;
}

tlsn_status tlsni_bundle_add_key(struct tlsn_bundle *b, struct tlsni_privkey *key)
{
    struct tlsn_key *wrapped;
    tlsn_status st = tlsni_key_wrap(&wrapped, key, &b->env);

    if (st == TLSN_OK)
        st = grow(b);
    if (st != TLSN_OK) {
        tlsn_key_free(wrapped);
        return st;
    }
    b->items[b->count++] = (struct tlsni_bundle_item){ .kind = TLSN_BUNDLE_KEY, .key = wrapped };
    return TLSN_OK;
}

struct tlsni_bundle_item *tlsni_bundle_last(struct tlsn_bundle *b)
{
    return &b->items[b->count - 1];
}

/* ---- reading ---- */

struct source {
    struct tlsn_bundle *b;
    struct tlsni_unlock *unlock;
    struct tlsni_err *err;
};

static tlsn_status take_certificate(void *ctx, struct tlsn_span der)
{
    return tlsni_bundle_add_der(ctx, TLSN_BUNDLE_CERTIFICATE, der);
}

static tlsn_status take_crl(void *ctx, struct tlsn_span der)
{
    return tlsni_bundle_add_der(ctx, TLSN_BUNDLE_CRL, der);
}

/* Containers and keys by what stands first in the outermost SEQUENCE; a certificate or CRL begins with
 * a SEQUENCE, as does an encrypted key, which has an OCTET STRING next. */
static tlsn_status take_der(struct source *s, struct tlsn_span der)
{
    struct tlsni_rd r = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE);
    struct tlsni_privkey *key;
    tlsn_status st;

    if (r.bad)
        return bad(s->err, "neither PEM nor DER");
    if (tlsni_pkcs7_looks(der))
        return tlsni_pkcs7_each(der, take_certificate, take_crl, s->b, s->err);
    if (tlsni_pkcs12_looks(der))
        return tlsni_pkcs12_read(s->b, der, s->unlock, s->err);
    if (tlsni_der_peek(&r, TLSNI_DER_SEQUENCE)) {
        (void)tlsni_der_next(&r);
        if (!tlsni_der_peek(&r, TLSNI_DER_OCTET_STRING))
            return take_certificate(s->b, der);
    }
    st = tlsni_key_parse_der(&key, &s->b->env, der, s->unlock, s->err);
    return st == TLSN_OK ? tlsni_bundle_add_key(s->b, key) : st;
}

static tlsn_status take_ber(struct source *s, struct tlsn_span data)
{
    struct tlsni_buf der = { 0 };
    tlsn_status st = tlsni_ber_to_der(&s->b->env, data, &der);

    if (st == TLSN_OK)
        st = take_der(s, tlsni_buf_span(&der));
    else if (st == TLSN_ERR_PEM)
        st = bad(s->err, "damaged BER");
    tlsni_buf_free(&s->b->env, &der);
    return st;
}

static bool label_is(struct tlsn_span label, const char *text)
{
    return tlsni_span_eq(label, tlsni_span_make(text, strlen(text)));
}

/* @rfc 7468:6/1 */
static tlsn_status take_block(struct source *s, const struct tlsni_pem_block *block, uint8_t *data)
{
    struct tlsn_span der = tlsni_span_make(data, block->len);
    struct tlsni_privkey *key;
    tlsn_status st;

    if (tlsni_key_label(block->label)) {
        st = tlsni_key_parse_block(&key, &s->b->env, block, data, s->unlock, s->err);
        return st == TLSN_OK ? tlsni_bundle_add_key(s->b, key) : st;
    }
    if (label_is(block->label, "CERTIFICATE") || label_is(block->label, "X509 CERTIFICATE"))
        return take_certificate(s->b, der);
    if (label_is(block->label, "X509 CRL"))
        return take_crl(s->b, der);
    if (tlsni_pem_is_pkcs7(block->label))
        return tlsni_ber_looks(der) ? take_ber(s, der) : take_der(s, der);
    if (label_is(block->label, "TRUSTED CERTIFICATE"))
        return bad(s->err, "OpenSSL's TRUSTED CERTIFICATE format is not supported");
    return TLSN_OK; /* parameters, requests */
}

static tlsn_status take_pem(struct source *s, struct tlsn_span text)
{
    struct tlsni_buf der = { 0 };
    tlsn_status st;

    do {
        struct tlsni_pem_block block = { 0 };

        tlsni_buf_free(&s->b->env, &der);
        st = tlsni_pem_next_sealed(&s->b->env, &text, &block, &der, s->err);
        if (st == TLSN_OK)
            st = take_block(s, &block, der.data + der.start + block.first);
    } while (st == TLSN_OK);
    tlsni_buf_free(&s->b->env, &der);
    if (st != TLSN_ERR_NOT_FOUND)
        return st;
    return s->b->count ? TLSN_OK : bad(s->err, "neither a key nor a certificate in this text");
}

static tlsn_status read_any(struct source *s, struct tlsn_span data)
{
    struct tlsni_rd r = tlsni_rd_span(data);

    if (tlsni_ber_looks(data))
        return take_ber(s, data);
    (void)tlsni_der_get(&r, TLSNI_DER_SEQUENCE);
    return tlsni_rd_done(&r) ? take_der(s, data) : take_pem(s, data);
}

tlsn_status tlsn_bundle_read(tlsn_bundle **out, const void *data, size_t len,
                             const struct tlsn_unlock *unlock, const struct tlsn_hooks *hooks)
{
    struct tlsni_unlock opener;
    struct source source = { .unlock = &opener };
    tlsn_status st;

    *out = NULL;
    if (!data)
        return TLSN_ERR_ARGUMENT;
    source.b = tlsni_alloc(hooks, sizeof *source.b);
    if (!source.b)
        return TLSN_ERR_NO_MEMORY;
    if (hooks)
        source.b->env = *hooks;
    tlsni_unlock_begin(&opener, &source.b->env, unlock);
    st = read_any(&source, tlsni_span_make(data, len));
    tlsni_unlock_end(&opener);
    if (st == TLSN_OK)
        *out = source.b;
    else
        tlsn_bundle_free(source.b);
    return st;
}

void tlsn_bundle_free(tlsn_bundle *b)
{
    struct tlsn_hooks env;

    if (!b)
        return;
    env = b->env;
    for (size_t i = 0; i < b->count; i++)
        tlsn_key_free(b->items[i].key);
    tlsni_buf_free(&env, &b->der);
    tlsni_free(&env, b->items);
    tlsni_free(&env, b);
}

/* ---- what is in it ---- */

size_t tlsn_bundle_count(const tlsn_bundle *b, enum tlsn_bundle_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < b->count; i++)
        n += b->items[i].kind == kind;
    return n;
}

bool tlsn_bundle_get(const tlsn_bundle *b, enum tlsn_bundle_kind kind, size_t i,
                     struct tlsn_bundle_item *out)
{
    memset(out, 0, sizeof *out);
    for (size_t k = 0; k < b->count; k++) {
        const struct tlsni_bundle_item *item = &b->items[k];

        if (item->kind != kind || i--)
            continue;
        out->key = item->key;
        if (item->len)
            out->der = tlsni_span_make(tlsni_buf_data(&b->der) + item->at, item->len);
        out->name = item->name;
        out->local_key_id = tlsni_span_make(item->id, item->id_len);
        return true;
    }
    return false;
}

struct tlsn_key *tlsni_bundle_take_key(struct tlsn_bundle *b)
{
    for (size_t i = 0; i < b->count; i++) {
        struct tlsn_key *key = b->items[i].key;

        b->items[i].key = NULL;
        if (key)
            return key;
    }
    return NULL;
}

bool tlsn_bundle_authenticated(const tlsn_bundle *b)
{
    return b->authenticated;
}
