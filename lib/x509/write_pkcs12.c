/* write_pkcs12.c - a PFX (RFC 7292) with one key and its chain: certificates in one encrypted
 * container, the key shrouded in another, a MAC over both. */
#include "base/env.h"
#include "cipher/hmac.h"
#include "cipher/names.h"
#include "x509/bmp.h"
#include "x509/der.h"
#include "x509/pbe_write.h"
#include "x509/write.h"

enum { ROOM = 32768, ID_LEN = 20, VERSION = 3, MAC_LEN = 32 };

struct writer {
    const struct tlsn_hooks *env;
    const struct tlsn_seal *seal;
    const struct tlsn_key *key;     /* or NULL */
    const struct tlsn_span *certs;
    size_t count;
    struct tlsni_buf name;          /* BMPString, possibly empty */
    uint8_t id[ID_LEN];             /* of the key and the first certificate */
    size_t room;                    /* of each work buffer */
};

/* ---- bags ---- */

static void write_attribute(struct tlsni_wr *w, enum tlsni_oid oid, uint8_t tag,
                            struct tlsn_span value)
{
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), set;

    tlsni_dw_oid(w, oid);
    set = tlsni_dw_open(w, TLSNI_DER_SET);
    tlsni_dw_put(w, tag, value);
    tlsni_dw_close(w, set);
    tlsni_dw_close(w, mark);
}

/* DER sorts a SET OF by its encodings: the shorter attribute comes first; with the same length the
 * object identifiers decide, and friendlyName's is the lesser one. */
static void write_attributes(struct tlsni_wr *w, const struct writer *p)
{
    size_t set = tlsni_dw_open(w, TLSNI_DER_SET);
    struct tlsn_span name = tlsni_buf_span(&p->name);
    struct tlsn_span id = tlsni_span_make(p->id, sizeof p->id);
    bool name_first = name.len && name.len <= id.len;

    if (name_first)
        write_attribute(w, TLSNI_OID_P9_FRIENDLY_NAME, TLSNI_DER_BMP, name);
    write_attribute(w, TLSNI_OID_P9_LOCAL_KEY_ID, TLSNI_DER_OCTET_STRING, id);
    if (name.len && !name_first)
        write_attribute(w, TLSNI_OID_P9_FRIENDLY_NAME, TLSNI_DER_BMP, name);
    tlsni_dw_close(w, set);
}

static void write_cert_bag(struct tlsni_wr *w, const struct writer *p, size_t i)
{
    size_t bag = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), value, cert, inner;

    tlsni_dw_oid(w, TLSNI_OID_BAG_CERT);
    value = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    cert = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_oid(w, TLSNI_OID_P9_X509_CERT);
    inner = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, p->certs[i]);
    tlsni_dw_close(w, inner);
    tlsni_dw_close(w, cert);
    tlsni_dw_close(w, value);
    if (i == 0 && p->key)
        write_attributes(w, p);
    tlsni_dw_close(w, bag);
}

static tlsn_status write_key_bag(struct tlsni_wr *w, const struct writer *p)
{
    size_t bag = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), value;
    tlsn_status st;

    tlsni_dw_oid(w, TLSNI_OID_BAG_SHROUDED_KEY);
    value = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    st = tlsni_write_encrypted_key(w, p->env, p->key->key, p->seal);
    tlsni_dw_close(w, value);
    write_attributes(w, p);
    tlsni_dw_close(w, bag);
    return st;
}

/* ---- containers ---- */

/* EncryptedData around SafeContents with all certificates. @rfc 7292:5.1/1 */
static tlsn_status write_certs(struct tlsni_wr *w, const struct writer *p, uint8_t *work)
{
    struct tlsni_wr safe = tlsni_wr_make(work, p->room);
    size_t mark = tlsni_dw_open(&safe, TLSNI_DER_SEQUENCE), info, content, data, body, sealed;
    struct tlsni_pbe_fresh fresh;
    tlsn_status st = tlsni_pbe_choose(&fresh, p->env, p->seal);

    if (st != TLSN_OK)
        return st;
    for (size_t i = 0; i < p->count; i++)
        write_cert_bag(&safe, p, i);
    tlsni_dw_close(&safe, mark);
    info = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_oid(w, TLSNI_OID_P7_ENCRYPTED_DATA);
    content = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    data = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_small(w, 0);
    body = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_oid(w, TLSNI_OID_P7_DATA);
    tlsni_pbe_write_algorithm(w, &fresh);
    sealed = tlsni_dw_open(w, TLSNI_DER_CONTEXT(0));
    st = tlsni_pbe_seal(w, p->env, &fresh, p->seal, tlsni_span_make(work, safe.len));
    tlsni_dw_close(w, sealed);
    tlsni_dw_close(w, body);
    tlsni_dw_close(w, data);
    tlsni_dw_close(w, content);
    tlsni_dw_close(w, info);
    return st == TLSN_OK && safe.bad ? TLSN_ERR_INTERNAL : st;
}

/* ContentInfo of type data up to the contents of its OCTET STRING. */
struct data_marks {
    size_t info, content, octets;
};

static struct data_marks open_data(struct tlsni_wr *w)
{
    struct data_marks m;

    m.info = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_oid(w, TLSNI_OID_P7_DATA);
    m.content = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    m.octets = tlsni_dw_open(w, TLSNI_DER_OCTET_STRING);
    return m;
}

static void close_data(struct tlsni_wr *w, struct data_marks m)
{
    tlsni_dw_close(w, m.octets);
    tlsni_dw_close(w, m.content);
    tlsni_dw_close(w, m.info);
}

static tlsn_status write_safe(struct tlsni_wr *w, const struct writer *p, uint8_t *work)
{
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), contents;
    tlsn_status st = p->count ? write_certs(w, p, work) : TLSN_OK;
    struct data_marks m;

    if (st == TLSN_OK && p->key) {
        m = open_data(w);
        contents = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
        st = write_key_bag(w, p);
        tlsni_dw_close(w, contents);
        close_data(w, m);
    }
    tlsni_dw_close(w, mark);
    return st;
}

/* ---- MAC ---- */

static void write_null_algorithm(struct tlsni_wr *w, enum tlsni_oid oid)
{
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);

    tlsni_dw_oid(w, oid);
    tlsni_dw_put(w, TLSNI_DER_NULL, tlsni_span_make(NULL, 0));
    tlsni_dw_close(w, mark);
}

/* @rfc 9579:4/1, 9579:5/5, 9579:5/6, 9579:5/7, 9879:4/1, 9879:5/5, 9879:5/6, 9879:5/7 */
static void write_pbmac1(struct tlsni_wr *w, const struct tlsni_pbe *pbe)
{
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), params;

    tlsni_dw_oid(w, TLSNI_OID_PBMAC1);
    params = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_pbe_write_pbkdf2(w, pbe->salt, pbe->iterations, MAC_LEN);
    write_null_algorithm(w, TLSNI_OID_HMAC_SHA256);
    tlsni_dw_close(w, params);
    tlsni_dw_close(w, mark);
}

static tlsn_status compute_mac(const struct writer *p, const struct tlsni_pbe *pbe, bool pbmac1,
                               struct tlsn_span safe, uint8_t *mac)
{
    struct tlsn_span password = tlsni_span_make(p->seal->password, p->seal->password_len);
    struct tlsni_unlock unlock;
    struct tlsn_unlock how;
    uint8_t key[MAC_LEN];
    tlsn_status st;

    tlsni_seal_unlock(&unlock, &how, p->env);
    st = pbmac1 ? tlsni_pbe_derive(&unlock, pbe, password, key, sizeof key, NULL)
                : tlsni_pbe_derive_pkcs12(&unlock, pbe, TLSNI_PKCS12_MAC, password,
                                          TLSNI_PKCS12_EMPTY_TEXT, key, sizeof key, NULL);
    if (st == TLSN_OK)
        tlsni_hmac_once(pbe->hash, key, sizeof key, safe.data, safe.len, mac);
    tlsni_wipe(key, sizeof key);
    return st;
}

/* MacData. PBMAC1 does not use its salt and count; the syntax wants a salt, and the count is 1 when it is left out.
 * @rfc 9579:4/4, 9579:4/6, 9879:4/4, 9879:4/6 */
static tlsn_status write_mac(struct tlsni_wr *w, const struct writer *p, bool pbmac1,
                             struct tlsn_span safe)
{
    uint8_t salt[TLSNI_SALT_LEN], mac[MAC_LEN];
    struct tlsni_pbe pbe = { .kdf = TLSNI_PBE_KDF_PBKDF2,
                             .hash = tlsni_hash_find(TLSNI_HASH_SHA256),
                             .salt = { salt, sizeof salt },
                             .iterations = tlsni_seal_iterations(p->seal) };
    size_t mark, info;
    tlsn_status st = tlsni_random(p->env, salt, sizeof salt);

    if (st == TLSN_OK)
        st = compute_mac(p, &pbe, pbmac1, safe, mac);
    if (st != TLSN_OK)
        return st;
    mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    info = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    if (pbmac1)
        write_pbmac1(w, &pbe);
    else
        write_null_algorithm(w, TLSNI_OID_SHA256);
    tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, tlsni_span_make(mac, sizeof mac));
    tlsni_dw_close(w, info);
    tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, pbe.salt);
    if (!pbmac1 && pbe.iterations != 1) /* 1 is the default, which DER leaves out */
        tlsni_dw_small(w, pbe.iterations);
    tlsni_dw_close(w, mark);
    return TLSN_OK;
}

/* ---- the whole ---- */

static bool parse_mac(const char *name, bool *pbmac1)
{
    *pbmac1 = name && tlsni_name_eq("pbmac1", name, strlen(name));
    return !name || *pbmac1 || tlsni_name_eq("classic", name, strlen(name));
}

static tlsn_status write_pfx(struct tlsni_wr *w, const struct writer *p, uint8_t *work, bool pbmac1)
{
    struct tlsni_wr safe = tlsni_wr_make(work + p->room, p->room);
    tlsn_status st = write_safe(&safe, p, work);
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    struct data_marks m;

    if (st != TLSN_OK)
        return st;
    tlsni_dw_small(w, VERSION);
    m = open_data(w);
    tlsni_wr_put(w, safe.buf, safe.len);
    close_data(w, m);
    st = write_mac(w, p, pbmac1, tlsni_span_make(safe.buf, safe.len));
    tlsni_dw_close(w, mark);
    return st == TLSN_OK && (w->bad || safe.bad) ? TLSN_ERR_INTERNAL : st;
}

static void make_id(struct writer *p)
{
    const struct tlsni_hash *sha1 = tlsni_hash_find(TLSNI_HASH_SHA1);

    if (p->count)
        tlsni_hash_once(sha1, p->certs[0].data, p->certs[0].len, p->id);
}

static tlsn_status write_all(struct writer *p, const char *name, bool pbmac1, uint8_t *out,
                             size_t cap, size_t *len)
{
    uint8_t *work = tlsni_alloc(p->env, 3 * p->room);
    struct tlsni_wr w;
    tlsn_status st;

    if (!work)
        return TLSN_ERR_NO_MEMORY;
    make_id(p);
    w = tlsni_wr_make(work + 2 * p->room, p->room);
    st = tlsni_bmp_from_utf8(p->env, &p->name, tlsni_span_make(name, name ? strlen(name) : 0),
                             false);
    if (st == TLSN_OK)
        st = write_pfx(&w, p, work, pbmac1);
    if (st == TLSN_OK)
        st = tlsni_write_out(w.buf, w.len, out, cap, len);
    tlsni_buf_free(p->env, &p->name);
    tlsni_free_secret(p->env, work, 3 * p->room);
    return st;
}

tlsn_status tlsn_pkcs12_write(const tlsn_key *key, const struct tlsn_span *certs, size_t count,
                              const char *name, const struct tlsn_seal *seal,
                              const struct tlsn_hooks *hooks, uint8_t *out, size_t cap, size_t *len)
{
    struct writer p = { .env = hooks, .seal = seal, .key = key, .certs = certs, .count = count,
                        .room = ROOM };
    bool pbmac1;

    *len = 0;
    if ((!key && !count) || (count && !certs) || !seal || (!out && cap) ||
        (name && strlen(name) > ROOM / 8))
        return TLSN_ERR_ARGUMENT;
    if (!parse_mac(seal->mac, &pbmac1))
        return TLSN_ERR_UNKNOWN_KEYWORD;
    for (size_t i = 0; i < count; i++) {
        if (!certs[i].data || certs[i].len > SIZE_MAX / 8 - p.room)
            return TLSN_ERR_ARGUMENT;
        p.room += certs[i].len + 64;
    }
    return write_all(&p, name, pbmac1, out, cap, len);
}
