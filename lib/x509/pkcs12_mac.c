/* pkcs12_mac.c - the integrity of a PFX: RFC 7292 4 with PKCS#12's key derivation, or PBMAC1 (RFC 9879, which
 * corrects RFC 9579: passwords are UTF-8, as in the files of its appendix). */
#include "base/ct.h"
#include "cipher/hmac.h"
#include "x509/der.h"
#include "x509/pbe.h"
#include "x509/pkcs12.h"

static const char what[] = "PKCS#12 file";

struct mac {
    bool pbmac1;
    const struct tlsni_hash *hash; /* of the HMAC */
    struct tlsni_pbe pbe;          /* how its key comes from the password */
    struct tlsn_span digest;
};

/* Octets: of a key at least, of the hashes more. Nothing old has this MAC, and so none with SHA-1. */
enum { SHORT = 20 };

/* PBMAC1-params: a key derivation, which has to say its length, and a MAC.
 * @rfc 8018:7.1/1, 8018:A.5/1
 * @rfc 9579:4/1, 9579:5/1, 9579:5/2, 9579:5/4, 9579:5/8, 9579:7/1, 9579:7/2, 9579:9/1, 9579:A.1/1
 * @rfc 9579:A.2/1, 9579:A.3/1, 9579:A.4/1, 9579:A.5/1, 9579:A.6/1
 * @rfc 9879:4/1, 9879:5/1, 9879:5/2, 9879:5/4, 9879:5/8, 9879:7/1, 9879:7/2, 9879:9/1, 9879:A.1/1
 * @rfc 9879:A.2/1, 9879:A.3/1, 9879:A.4/1, 9879:A.5/1, 9879:A.6/1 */
static bool parse_pbmac1(struct mac *m, struct tlsni_rd *r)
{
    struct tlsni_rd s = tlsni_der_enter(r, TLSNI_DER_SEQUENCE), scheme;
    struct tlsn_span kdf = tlsni_der_get_whole(&s, TLSNI_DER_SEQUENCE);

    m->pbmac1 = true;
    scheme = tlsni_der_enter(&s, TLSNI_DER_SEQUENCE);
    m->hash = tlsni_pbe_hmac(tlsni_oid_find(tlsni_der_oid(&scheme)));
    if (tlsni_der_peek(&scheme, TLSNI_DER_NULL))
        (void)tlsni_der_get(&scheme, TLSNI_DER_NULL);
    return m->hash && m->hash->len > SHORT && tlsni_rd_done(&scheme) && tlsni_rd_done(&s) &&
           tlsni_rd_done(r) && tlsni_pbe_parse_kdf(&m->pbe, kdf) && m->pbe.key_len >= SHORT &&
           (!m->pbe.hash || m->pbe.hash->len > SHORT);
}

/* @rfc 7292:5.1/2 */
static const struct hash_oid {
    enum tlsni_oid oid;
    enum tlsni_hash_id hash;
} hash_oids[] = {
    { TLSNI_OID_SHA1, TLSNI_HASH_SHA1 },
    { TLSNI_OID_SHA256, TLSNI_HASH_SHA256 },
    { TLSNI_OID_SHA384, TLSNI_HASH_SHA384 },
    { TLSNI_OID_SHA512, TLSNI_HASH_SHA512 },
    { TLSNI_OID_SHA224, TLSNI_HASH_SHA224 },
    { TLSNI_OID_SHA512_224, TLSNI_HASH_SHA512_224 },
    { TLSNI_OID_SHA512_256, TLSNI_HASH_SHA512_256 },
    { TLSNI_OID_MD5, TLSNI_HASH_MD5 },
};

static const struct tlsni_hash *hash_of(enum tlsni_oid oid)
{
    for (size_t i = 0; i < sizeof hash_oids / sizeof *hash_oids; i++)
        if (hash_oids[i].oid == oid)
            return tlsni_hash_find(hash_oids[i].hash);
    return NULL;
}

/* DigestInfo: which hash, or PBMAC1; and the value. */
static bool parse_digest(struct mac *m, struct tlsni_rd *r)
{
    struct tlsni_rd s = tlsni_der_enter(r, TLSNI_DER_SEQUENCE);
    struct tlsni_rd algorithm = tlsni_der_enter(&s, TLSNI_DER_SEQUENCE);
    enum tlsni_oid oid = tlsni_oid_find(tlsni_der_oid(&algorithm));

    m->digest = tlsni_der_get(&s, TLSNI_DER_OCTET_STRING);
    if (!tlsni_rd_done(&s))
        return false;
    if (oid == TLSNI_OID_PBMAC1)
        return parse_pbmac1(m, &algorithm);
    if (tlsni_der_peek(&algorithm, TLSNI_DER_NULL))
        (void)tlsni_der_get(&algorithm, TLSNI_DER_NULL);
    m->hash = m->pbe.hash = hash_of(oid);
    return m->hash && tlsni_rd_done(&algorithm);
}

/* macSalt and iterations. PBMAC1 has its own, and whatever these say is passed over.
 * @rfc 7292:4/3, 9579:4/3, 9579:4/5, 9879:4/3, 9879:4/5 */
static bool parse_salt(struct mac *m, struct tlsni_rd *r)
{
    struct tlsn_span salt = tlsni_der_get(r, TLSNI_DER_OCTET_STRING);
    bool counts = tlsni_der_peek(r, TLSNI_DER_INTEGER);
    int iterations = 1;

    if (m->pbmac1) {
        if (counts)
            (void)tlsni_der_get(r, TLSNI_DER_INTEGER);
        return tlsni_rd_done(r);
    }
    if (counts)
        iterations = tlsni_der_small(r);
    m->pbe.salt = salt;
    m->pbe.iterations = (uint32_t)iterations;
    return tlsni_rd_done(r) && iterations > 0;
}

static bool parse(struct mac *m, struct tlsn_span mac_data)
{
    struct tlsni_rd r = tlsni_der_open_span(mac_data, TLSNI_DER_SEQUENCE);

    memset(m, 0, sizeof *m);
    return parse_digest(m, &r) && parse_salt(m, &r) && m->digest.len == m->hash->len;
}

/* TLSN_ERR_PASSWORD when it is another MAC.
 * @rfc 7292:4/2, 7292:B.4/1, 9579:4/2, 9879:4/2, 9879:6/1 */
static tlsn_status check(struct tlsni_unlock *u, const struct mac *m, struct tlsn_span password,
                         enum tlsni_pkcs12_empty empty, struct tlsn_span data,
                         struct tlsni_err *err)
{
    uint8_t key[TLSNI_PBE_DERIVED_MAX], out[TLSNI_HASH_LEN_MAX];
    size_t len = m->pbmac1 ? m->pbe.key_len : m->hash->len;
    tlsn_status st = m->pbmac1
                         ? tlsni_pbe_derive(u, &m->pbe, password, key, len, err)
                         : tlsni_pbe_derive_pkcs12(u, &m->pbe, TLSNI_PKCS12_MAC, password, empty,
                                                   key, len, err);

    if (st == TLSN_OK) {
        tlsni_hmac_once(m->hash, key, len, data.data, data.len, out);
        st = tlsni_ct_memeq(out, m->digest.data, m->hash->len) ? TLSN_OK : TLSN_ERR_PASSWORD;
    }
    tlsni_wipe(key, sizeof key);
    return st;
}

tlsn_status tlsni_pkcs12_check_mac(struct tlsni_unlock *u, struct tlsn_span mac_data,
                                   struct tlsn_span data, struct tlsni_err *err)
{
    struct tlsn_span password;
    struct mac m;
    tlsn_status st;

    if (!parse(&m, mac_data))
        return tlsni_fail(err, TLSN_ERR_KEY, "x509",
                          "PKCS#12: a MAC that is damaged or not supported");
    st = tlsni_unlock_password(u, what, &password, err);
    if (st == TLSN_OK)
        st = check(u, &m, password, TLSNI_PKCS12_EMPTY_TEXT, data, err);
    if (st == TLSN_ERR_PASSWORD && !password.len && !m.pbmac1)
        st = check(u, &m, password, TLSNI_PKCS12_NO_TEXT, data, err);
    return st == TLSN_ERR_PASSWORD ? tlsni_unlock_wrong(err, what) : st;
}
