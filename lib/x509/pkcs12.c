/* pkcs12.c - the bags of a PFX (RFC 7292 4), opened by a password.
 *
 * A file may nest bags in bags and containers in containers; depth is bounded here, work for the
 * password in unlock.c, and memory by the size of the file. */
#include "x509/pkcs12.h"

#include "x509/ber.h"
#include "x509/bmp.h"
#include "x509/der.h"
#include "x509/key.h"
#include "x509/pbe.h"

enum { VERSION = 3, DEPTH_MAX = 4 };

static const char what[] = "PKCS#12 file";

struct reader {
    struct tlsn_bundle *b;
    struct tlsni_unlock *unlock;
    struct tlsni_err *err;
};

static tlsn_status bad(struct tlsni_err *err, const char *text)
{
    return tlsni_fail(err, TLSN_ERR_KEY, "x509", "PKCS#12: %s", text);
}

/* ---- bags ---- */

static void take_attribute(struct tlsni_bundle_item *item, enum tlsni_oid oid, struct tlsni_rd *set)
{
    struct tlsn_span value;

    if (oid == TLSNI_OID_P9_FRIENDLY_NAME && tlsni_der_peek(set, TLSNI_DER_BMP)) {
        value = tlsni_der_get(set, TLSNI_DER_BMP);
        tlsni_bmp_to_utf8(item->name, sizeof item->name, value);
    } else if (oid == TLSNI_OID_P9_LOCAL_KEY_ID && tlsni_der_peek(set, TLSNI_DER_OCTET_STRING)) {
        value = tlsni_der_get(set, TLSNI_DER_OCTET_STRING);
        item->id_len = value.len < sizeof item->id ? value.len : sizeof item->id;
        memcpy(item->id, value.data, item->id_len);
    }
}

/* PKCS12Attribute: others than the two that have a meaning here are left alone.
 * @rfc 7292:4.2/1, 7292:4.2/2 */
static bool take_attributes(struct tlsni_bundle_item *item, struct tlsni_rd *r)
{
    struct tlsni_rd list;

    if (!tlsni_der_peek(r, TLSNI_DER_SET))
        return true;
    list = tlsni_der_enter(r, TLSNI_DER_SET);
    while (tlsni_rd_left(&list)) {
        struct tlsni_rd s = tlsni_der_enter(&list, TLSNI_DER_SEQUENCE);
        enum tlsni_oid oid = tlsni_oid_find(tlsni_der_oid(&s));
        struct tlsni_rd set = tlsni_der_enter(&s, TLSNI_DER_SET);

        if (!tlsni_rd_done(&s) || set.bad)
            return false;
        take_attribute(item, oid, &set);
    }
    return !list.bad;
}

/* @rfc 7292:4.2.1/1, 7292:4.2.2/1 */
static tlsn_status take_key(struct reader *p, struct tlsni_rd *value)
{
    struct tlsn_span der = tlsni_rd_rest(value);
    struct tlsni_privkey *key;
    tlsn_status st = tlsni_key_parse_der(&key, &p->b->env, der, p->unlock, p->err);

    return st == TLSN_OK ? tlsni_bundle_add_key(p->b, key) : st;
}

/* CertBag and CRLBag have the same shape: which kind, and the DER in an OCTET STRING.
 * @rfc 7292:4.2.3/1, 7292:4.2.4/1 */
static tlsn_status take_x509(struct reader *p, struct tlsni_rd *value, enum tlsni_oid kind,
                             enum tlsn_bundle_kind as, bool *taken)
{
    struct tlsni_rd s = tlsni_der_enter(value, TLSNI_DER_SEQUENCE), inner;
    enum tlsni_oid oid = tlsni_oid_find(tlsni_der_oid(&s));
    struct tlsn_span der;

    inner = tlsni_der_enter(&s, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    *taken = oid == kind;
    if (!tlsni_rd_done(&s) || !tlsni_rd_done(value))
        return bad(p->err, "a damaged bag");
    if (!*taken) /* an SDSI certificate */
        return TLSN_OK;
    der = tlsni_der_get(&inner, TLSNI_DER_OCTET_STRING);
    return tlsni_rd_done(&inner) ? tlsni_bundle_add_der(p->b, as, der)
                                 : bad(p->err, "a damaged bag");
}

static tlsn_status take_contents(struct reader *p, struct tlsn_span contents, unsigned depth);

/* @rfc 7292:4.2.6/1, 7292:5.2/1, 5958:5/2 */
static tlsn_status take_value(struct reader *p, enum tlsni_oid oid, struct tlsni_rd *value,
                              unsigned depth, bool *taken)
{
    *taken = true;
    switch (oid) {
    case TLSNI_OID_BAG_KEY:
    case TLSNI_OID_BAG_SHROUDED_KEY:
        return take_key(p, value);
    case TLSNI_OID_BAG_CERT:
        return take_x509(p, value, TLSNI_OID_P9_X509_CERT, TLSN_BUNDLE_CERTIFICATE, taken);
    case TLSNI_OID_BAG_CRL:
        return take_x509(p, value, TLSNI_OID_P9_X509_CRL, TLSN_BUNDLE_CRL, taken);
    case TLSNI_OID_BAG_SAFE_CONTENTS:
        *taken = false;
        return take_contents(p, tlsni_rd_rest(value), depth);
    default: /* secrets, and what others may add */
        *taken = false;
        return TLSN_OK;
    }
}

static tlsn_status take_bag(struct reader *p, struct tlsni_rd *list, unsigned depth)
{
    struct tlsni_rd r = tlsni_der_enter(list, TLSNI_DER_SEQUENCE), value;
    enum tlsni_oid oid = tlsni_oid_find(tlsni_der_oid(&r));
    struct tlsni_bundle_item none = { 0 };
    bool taken;
    tlsn_status st;

    value = tlsni_der_enter(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    if (r.bad)
        return bad(p->err, "a damaged bag");
    st = take_value(p, oid, &value, depth, &taken);
    if (st != TLSN_OK)
        return st;
    if (!take_attributes(taken ? tlsni_bundle_last(p->b) : &none, &r) || !tlsni_rd_done(&r))
        return bad(p->err, "damaged attributes of a bag");
    return TLSN_OK;
}

/* SafeContents, in DER. */
static tlsn_status take_contents(struct reader *p, struct tlsn_span contents, unsigned depth)
{
    struct tlsni_rd r = tlsni_der_open_span(contents, TLSNI_DER_SEQUENCE);
    tlsn_status st = TLSN_OK;

    if (r.bad || !depth)
        return bad(p->err, depth ? "damaged contents" : "bags nested too deeply");
    while (st == TLSN_OK && tlsni_rd_left(&r))
        st = take_bag(p, &r, depth - 1);
    return st;
}

/* ---- containers ---- */

/* The same, which may be in BER still. @rfc 7292:4.1/2 */
static tlsn_status take_encoded(struct reader *p, struct tlsn_span contents)
{
    struct tlsni_buf der = { 0 };
    tlsn_status st;

    if (!tlsni_ber_looks(contents))
        return take_contents(p, contents, DEPTH_MAX);
    st = tlsni_ber_to_der(&p->b->env, contents, &der);
    if (st == TLSN_OK)
        st = take_contents(p, tlsni_buf_span(&der),
                           DEPTH_MAX);
    tlsni_buf_free(&p->b->env, &der);
    return st == TLSN_ERR_PEM ? bad(p->err, "damaged contents") : st;
}

/* encryptedContent: one OCTET STRING under an IMPLICIT tag, or its pieces, joined in out. */
static tlsn_status get_sealed(struct reader *p, struct tlsni_rd *r, struct tlsni_buf *out)
{
    struct tlsni_rd pieces;
    tlsn_status st = TLSN_OK;
    struct tlsn_span piece;

    if (!tlsni_der_peek(r, TLSNI_DER_CONSTRUCTED_CONTEXT(0))) {
        piece = tlsni_der_get(r, TLSNI_DER_CONTEXT(0));
        return tlsni_buf_append(&p->b->env, out, piece.data, piece.len);
    }
    pieces = tlsni_der_enter(r, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    while (st == TLSN_OK && tlsni_rd_left(&pieces)) {
        piece = tlsni_der_get(&pieces, TLSNI_DER_OCTET_STRING);
        st = tlsni_buf_append(&p->b->env, out, piece.data, piece.len);
    }
    if (pieces.bad)
        tlsni_rd_fail(r);
    return st;
}

static tlsn_status open_sealed(struct reader *p, struct tlsn_span algorithm,
                               struct tlsn_span sealed)
{
    struct tlsni_buf plain = { 0 };
    tlsn_status st = tlsni_pbe_open(p->unlock, what, algorithm, sealed, &plain, p->err);

    if (st == TLSN_OK)
        st = take_encoded(p, tlsni_buf_span(&plain));
    tlsni_buf_free(&p->b->env, &plain);
    return st;
}

/* EncryptedData, RFC 2315 13: version, type, algorithm, content; attributes may follow. */
static tlsn_status take_encrypted(struct reader *p, struct tlsni_rd *content)
{
    struct tlsni_rd r = tlsni_der_enter(content, TLSNI_DER_SEQUENCE), s;
    struct tlsni_buf sealed = { 0 };
    struct tlsn_span algorithm;
    tlsn_status st;

    (void)tlsni_der_small(&r);
    s = tlsni_der_enter(&r, TLSNI_DER_SEQUENCE);
    (void)tlsni_der_oid(&s);
    algorithm = tlsni_der_get_whole(&s, TLSNI_DER_SEQUENCE);
    st = get_sealed(p, &s, &sealed);
    if (tlsni_der_peek(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(1)))
        (void)tlsni_der_next(&r);
    if (st == TLSN_OK && (!tlsni_rd_done(&s) || !tlsni_rd_done(&r) || !tlsni_rd_done(content)))
        st = bad(p->err, "damaged encrypted contents");
    if (st == TLSN_OK)
        st = open_sealed(p, algorithm,
                         tlsni_buf_span(&sealed));
    tlsni_buf_free(&p->b->env, &sealed);
    return st;
}

/* ContentInfo: its type, and a reader of what [0] holds. */
static bool open_info(struct tlsni_rd *list, enum tlsni_oid *type, struct tlsni_rd *content)
{
    struct tlsni_rd r = tlsni_der_enter(list, TLSNI_DER_SEQUENCE);

    *type = tlsni_oid_find(tlsni_der_oid(&r));
    *content = tlsni_der_enter(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    return tlsni_rd_done(&r);
}

static tlsn_status take_info(struct reader *p, struct tlsni_rd *list)
{
    struct tlsni_rd content;
    struct tlsn_span data;
    enum tlsni_oid type;

    if (!open_info(list, &type, &content))
        return bad(p->err, "a damaged container");
    if (type == TLSNI_OID_P7_ENCRYPTED_DATA)
        return take_encrypted(p, &content);
    if (type != TLSNI_OID_P7_DATA)
        return bad(p->err, "a container that is encrypted with a public key");
    data = tlsni_der_get(&content, TLSNI_DER_OCTET_STRING);
    return tlsni_rd_done(&content) ? take_encoded(p, data) : bad(p->err, "a damaged container");
}

/* AuthenticatedSafe. @rfc 7292:4.1/1 */
static tlsn_status take_safe(struct reader *p, struct tlsn_span safe)
{
    struct tlsni_buf der = { 0 };
    struct tlsni_rd r;
    tlsn_status st = TLSN_OK;

    if (tlsni_ber_looks(safe)) {
        st = tlsni_ber_to_der(&p->b->env, safe, &der);
        safe = tlsni_buf_span(&der);
    }
    r = tlsni_der_open_span(safe, TLSNI_DER_SEQUENCE);
    if (st == TLSN_ERR_PEM || (st == TLSN_OK && r.bad))
        st = bad(p->err, "damaged contents");
    while (st == TLSN_OK && tlsni_rd_left(&r))
        st = take_info(p, &r);
    tlsni_buf_free(&p->b->env, &der);
    return st;
}

bool tlsni_pkcs12_looks(struct tlsn_span der)
{
    struct tlsni_rd r = tlsni_rd_span(der), s = tlsni_der_enter(&r, TLSNI_DER_SEQUENCE), info;

    if (tlsni_der_small(&s) != VERSION)
        return false;
    info = tlsni_der_enter(&s, TLSNI_DER_SEQUENCE);
    return tlsni_der_peek(&info, TLSNI_DER_OID);
}

/* @rfc 7292:3.4/1, 7292:4/1 */
tlsn_status tlsni_pkcs12_read(struct tlsn_bundle *b, struct tlsn_span der,
                              struct tlsni_unlock *unlock, struct tlsni_err *err)
{
    struct reader p = { b, unlock, err };
    struct tlsni_rd r = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE), content;
    struct tlsn_span safe, mac = { NULL, 0 };
    int version = tlsni_der_small(&r);
    enum tlsni_oid type;
    tlsn_status st = TLSN_OK;

    if (!open_info(&r, &type, &content) || version != VERSION)
        return bad(err, "damaged");
    if (type != TLSNI_OID_P7_DATA)
        return bad(err, "a file that is signed with a public key");
    safe = tlsni_der_get(&content, TLSNI_DER_OCTET_STRING);
    if (tlsni_der_peek(&r, TLSNI_DER_SEQUENCE))
        mac = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);
    if (!tlsni_rd_done(&content) || !tlsni_rd_done(&r))
        return bad(err, "damaged");
    b->authenticated = mac.len != 0;
    if (mac.len)
        st = tlsni_pkcs12_check_mac(unlock, mac, safe, err);
    return st == TLSN_OK ? take_safe(&p, safe) : st;
}
