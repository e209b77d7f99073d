/* write_key.c - private keys for tools: making, reading, writing as PKCS#8 (RFC 5958); and PEM. */
#include <stdio.h>
#include <stdlib.h>
#include <tls-native/x509.h>
#include "base/mem.h"
#include "cipher/group.h"
#include "x509/algid.h"
#include "x509/base64.h"
#include "x509/ber.h"
#include "x509/bundle.h"
#include "x509/der.h"
#include "x509/key.h"
#include "x509/pem.h"
#include "x509/pkcs12.h"
#include "x509/write.h"

enum { KEY_DER_MAX = 16384, LINE = 64 };

tlsn_status tlsni_key_wrap(tlsn_key **out, struct tlsni_privkey *key,
                           const struct tlsn_hooks *hooks)
{
    tlsn_key *k = tlsni_alloc(hooks, sizeof *k);

    *out = NULL;
    if (!k) {
        tlsni_privkey_free(key);
        return TLSN_ERR_NO_MEMORY;
    }
    if (hooks)
        k->env = *hooks;
    k->key = key;
    *out = k;
    return TLSN_OK;
}

void tlsn_key_free(tlsn_key *key)
{
    struct tlsn_hooks env;

    if (!key)
        return;
    env = key->env;
    tlsni_privkey_free(key->key);
    tlsni_free(&env, key);
}

/* The size behind "rsa:", 0 when it is no number. */
static unsigned bits_of(const char *text)
{
    char *end;
    unsigned long bits = strtoul(text, &end, 10);

    return *text && !*end && bits <= TLSNI_RSA_BITS_MAX ? (unsigned)bits : 0;
}

static tlsn_status parse_kind(const char *kind, enum tlsni_key_type *type, unsigned *bits,
                              uint16_t *group)
{
    const struct tlsni_group *g;

    *bits = 0;
    *group = 0;
    if (strncmp(kind, "insecure-rsa:", 13) == 0) {
        *type = TLSNI_KEY_RSA;
        *bits = bits_of(kind + 13);
        return *bits ? TLSN_OK : TLSN_ERR_UNKNOWN_KEYWORD;
    }
    if (strcmp(kind, "ed25519") == 0 || strcmp(kind, "ed448") == 0) {
        *type = kind[2] == '2' ? TLSNI_KEY_ED25519 : TLSNI_KEY_ED448;
        return TLSN_OK;
    }
    if (strncmp(kind, "rsa:", 4) == 0 || strncmp(kind, "rsa-pss:", 8) == 0) {
        *type = kind[3] == ':' ? TLSNI_KEY_RSA : TLSNI_KEY_RSA_PSS;
        *bits = bits_of(strchr(kind, ':') + 1);
        return *bits ? TLSN_OK : TLSN_ERR_UNKNOWN_KEYWORD;
    }
    if (strncmp(kind, "dsa:", 4) == 0) {
        *type = TLSNI_KEY_DSA;
        *bits = bits_of(kind + 4);
        return *bits ? TLSN_OK : TLSN_ERR_UNKNOWN_KEYWORD;
    }
    if (strncmp(kind, "ec:", 3) && strncmp(kind, "dh:", 3))
        return TLSN_ERR_UNKNOWN_KEYWORD;
    g = tlsni_group_by_name(kind + 3, strlen(kind + 3));
    if (!g || g->kind != (*kind == 'e' ? TLSNI_GROUP_EC : TLSNI_GROUP_FF))
        return TLSN_ERR_UNKNOWN_KEYWORD;
    *type = *kind == 'e' ? TLSNI_KEY_EC : TLSNI_KEY_DH;
    *group = g->curve ? g->curve : g->id;
    return TLSN_OK;
}

tlsn_status tlsn_key_generate(tlsn_key **out, const char *kind, const struct tlsn_hooks *hooks)
{
    struct tlsni_privkey *key;
    enum tlsni_key_type type;
    unsigned bits;
    uint16_t group;
    tlsn_status st;

    *out = NULL;
    if (!kind)
        return TLSN_ERR_ARGUMENT;
    st = parse_kind(kind, &type, &bits, &group);
    if (st == TLSN_OK)
        st = strncmp(kind, "insecure-", 9) == 0
                 ? tlsni_privkey_generate_export(&key, hooks, bits)
                 : tlsni_privkey_generate(&key, hooks, type, bits, group);
    return st == TLSN_OK ? tlsni_key_wrap(out, key, hooks) : st;
}

tlsn_status tlsn_key_read(tlsn_key **out, const void *data, size_t len,
                          const struct tlsn_hooks *hooks)
{
    return tlsn_key_read_unlocked(out, data, len, NULL, hooks);
}

/* The key of a container; the bundle gives it away. */
static tlsn_status read_container(tlsn_key **out, const void *data, size_t len,
                                  const struct tlsn_unlock *unlock, const struct tlsn_hooks *hooks)
{
    tlsn_bundle *b;
    tlsn_status st = tlsn_bundle_read(&b, data, len, unlock, hooks);

    if (st != TLSN_OK)
        return st;
    *out = tlsni_bundle_take_key(b);
    tlsn_bundle_free(b);
    return *out ? TLSN_OK : TLSN_ERR_PEM;
}

tlsn_status tlsn_key_read_unlocked(tlsn_key **out, const void *data, size_t len,
                                   const struct tlsn_unlock *unlock,
                                   const struct tlsn_hooks *hooks)
{
    struct tlsn_span span = tlsni_span_make(data, len);
    struct tlsni_unlock opener;
    struct tlsni_privkey *key;
    tlsn_status st;

    *out = NULL;
    if (!data)
        return TLSN_ERR_ARGUMENT;
    if (tlsni_ber_looks(span) || tlsni_pkcs12_looks(span))
        return read_container(out, data, len, unlock, hooks);
    tlsni_unlock_begin(&opener, hooks, unlock);
    st = tlsni_key_parse_unlocked(&key, hooks, span, &opener, NULL);
    tlsni_unlock_end(&opener);
    return st == TLSN_OK ? tlsni_key_wrap(out, key, hooks) : st;
}

/* ---- the contents of PrivateKeyInfo.privateKey ---- */

static void write_rsa(struct tlsni_wr *w, const struct tlsni_privkey *key)
{
    struct tlsni_rsa_parts p;
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);

    tlsni_privkey_rsa_parts(key, &p);
    tlsni_dw_small(w, 0);
    tlsni_dw_unsigned(w, p.n);
    tlsni_dw_unsigned(w, p.e);
    tlsni_dw_unsigned(w, p.d);
    tlsni_dw_unsigned(w, p.p);
    tlsni_dw_unsigned(w, p.q);
    tlsni_dw_unsigned(w, p.dp);
    tlsni_dw_unsigned(w, p.dq);
    tlsni_dw_unsigned(w, p.qinv);
    tlsni_dw_close(w, mark);
}

/* ECPrivateKey. The curve is named outside too, but RFC 5915 3 wants it here.
 * @rfc 5915:3/3, 5915:3/4, 5915:3/5 */
static void write_ec(struct tlsni_wr *w, const struct tlsni_privkey *key)
{
    uint16_t group = tlsni_pubkey_group(tlsni_privkey_public(key));
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), curve, point;

    tlsni_dw_small(w, 1);
    tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, tlsni_privkey_scalar(key));
    curve = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    tlsni_dw_oid(w, tlsni_algid_curve_oid(group));
    tlsni_dw_close(w, curve);
    point = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(1));
    tlsni_dw_bits(w, tlsni_pubkey_point(tlsni_privkey_public(key)));
    tlsni_dw_close(w, point);
    tlsni_dw_close(w, mark);
}

/* @rfc 5915:4/1, 5958:2/2, 5958:2/6, 5958:3/2 */
void tlsni_write_pkcs8(struct tlsni_wr *w, const struct tlsni_privkey *key)
{
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), inner;

    tlsni_dw_small(w, 0);
    tlsni_write_key_algorithm(w, tlsni_privkey_public(key));
    inner = tlsni_dw_open(w, TLSNI_DER_OCTET_STRING);
    switch (tlsni_pubkey_type(tlsni_privkey_public(key))) {
    case TLSNI_KEY_RSA:
    case TLSNI_KEY_RSA_PSS:
        write_rsa(w, key);
        break;
    case TLSNI_KEY_EC:
        write_ec(w, key);
        break;
    case TLSNI_KEY_DSA: /* the exponent */
    case TLSNI_KEY_DH:
        tlsni_dw_unsigned(w, tlsni_privkey_scalar(key));
        break;
    default: /* CurvePrivateKey, RFC 8410 7 */
        tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, tlsni_privkey_scalar(key));
        break;
    }
    tlsni_dw_close(w, inner);
    tlsni_dw_close(w, mark);
}

tlsn_status tlsn_key_write(const tlsn_key *key, char *out, size_t cap, size_t *len)
{
    uint8_t *der;
    struct tlsni_wr w;
    tlsn_status st = TLSN_ERR_INTERNAL;

    *len = 0;
    if (!key || (!out && cap))
        return TLSN_ERR_ARGUMENT;
    der = tlsni_alloc(&key->env, KEY_DER_MAX);
    if (!der)
        return TLSN_ERR_NO_MEMORY;
    w = tlsni_wr_make(der, KEY_DER_MAX);
    tlsni_write_pkcs8(&w, key->key);
    if (!w.bad)
        st = tlsn_pem_write("PRIVATE KEY", der, w.len, out, cap, len);
    tlsni_free_secret(&key->env, der, KEY_DER_MAX);
    return st;
}

/* ---- PEM, RFC 7468 2 and 3 ---- */

/* @rfc 7468:7/1 */
static tlsn_status find_block(const char *label, struct tlsn_span *text, struct tlsni_buf *der,
                              size_t *first, size_t *len)
{
    struct tlsn_span found;
    tlsn_status st;

    do {
        tlsni_buf_free(NULL, der);
        st = tlsni_pem_next(NULL, text, &found, der, first, len, NULL);
    } while (st == TLSN_ERR_KEY_ENCRYPTED ||
             (st == TLSN_OK && !tlsni_span_eq(found, tlsni_span_make(label, strlen(label)))));
    return st == TLSN_ERR_NOT_FOUND ? TLSN_ERR_PEM : st;
}

tlsn_status tlsn_pem_read(const char *label, const void *data, size_t data_len, uint8_t *out,
                          size_t cap, size_t *len)
{
    struct tlsn_span text = tlsni_span_make(data, data_len);
    struct tlsni_rd r = tlsni_rd_span(text);
    struct tlsni_buf der = { 0 };
    size_t first, n;
    tlsn_status st;

    *len = 0;
    (void)tlsni_der_get(&r, TLSNI_DER_SEQUENCE);
    if (tlsni_rd_done(&r)) /* DER already */
        return tlsni_write_out(data, data_len, out, cap, len);
    st = find_block(label, &text, &der, &first, &n);
    if (st == TLSN_OK)
        st = tlsni_write_out(der.data + der.start + first, n, out, cap, len);
    tlsni_buf_free(NULL, &der);
    return st;
}

static size_t pem_size(const char *label, size_t der_len)
{
    size_t chars = tlsni_base64_encoded_len(der_len);

    return 2 * strlen(label) + strlen("-----BEGIN -----\n-----END -----\n") + chars +
           (chars + LINE - 1) / LINE;
}

/* @rfc 7468:2/6, 7468:2/7, 7468:2/8, 7468:3/1 */
tlsn_status tlsn_pem_write(const char *label, const void *der, size_t der_len, char *out,
                           size_t cap, size_t *len)
{
    enum { BYTES = LINE / 4 * 3 };
    const uint8_t *p = der;
    size_t at;

    *len = pem_size(label, der_len);
    if (cap < *len + 1)
        return TLSN_ERR_BUFFER;
    at = (size_t)snprintf(out, cap, "-----BEGIN %s-----\n", label);
    while (der_len) {
        size_t n = der_len < BYTES ? der_len : BYTES;

        tlsni_base64_encode(out + at, p, n);
        at += tlsni_base64_encoded_len(n);
        out[at++] = '\n';
        p += n;
        der_len -= n;
    }
    (void)snprintf(out + at, cap - at, "-----END %s-----\n", label);
    return TLSN_OK;
}
