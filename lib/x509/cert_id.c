#include "x509/cert_id.h"

#include "cipher/hash.h"
#include "x509/algid.h"
#include "x509/der_write.h"

/* SHA-1 is an identifier here, and no protection: the response's signature covers it.
 * @rfc 6960:4.3/1, 5019:2.1.1/2 */
static const uint8_t hashes[] = { TLSNI_HASH_SHA1, TLSNI_HASH_SHA224, TLSNI_HASH_SHA256,
                                  TLSNI_HASH_SHA384, TLSNI_HASH_SHA512 };

static uint8_t find_hash(struct tlsn_span oid)
{
    enum tlsni_oid id = tlsni_oid_find(oid);

    for (size_t i = 0; i < sizeof hashes; i++)
        if (id && tlsni_algid_hash_oid(hashes[i]) == id)
            return hashes[i];
    return TLSNI_HASH_NONE;
}

/* Parameters are NULL or left out (RFC 4055 2.1). */
static uint8_t read_hash(struct tlsni_rd *r)
{
    struct tlsni_rd a = tlsni_der_enter(r, TLSNI_DER_SEQUENCE);
    struct tlsn_span oid = tlsni_der_oid(&a);

    if (a.p != a.end)
        (void)tlsni_der_next(&a);
    if (!tlsni_rd_done(&a))
        tlsni_rd_fail(r);
    return find_hash(oid);
}

struct tlsni_cert_id tlsni_cert_id_read(struct tlsni_rd *r)
{
    struct tlsni_rd s = tlsni_der_enter(r, TLSNI_DER_SEQUENCE);
    struct tlsni_cert_id id = { 0 };

    id.hash = read_hash(&s);
    id.name_hash = tlsni_der_get(&s, TLSNI_DER_OCTET_STRING);
    id.key_hash = tlsni_der_get(&s, TLSNI_DER_OCTET_STRING);
    id.serial = tlsni_der_integer(&s);
    if (!tlsni_rd_done(&s))
        tlsni_rd_fail(r);
    return id;
}

bool tlsni_key_hash(uint8_t *out, uint8_t hash, struct tlsn_span spki)
{
    struct tlsni_rd r = tlsni_der_open_span(spki, TLSNI_DER_SEQUENCE);
    struct tlsn_span bits;

    (void)tlsni_der_get(&r, TLSNI_DER_SEQUENCE);
    bits = tlsni_der_bits(&r);
    if (!tlsni_rd_done(&r))
        return false;
    tlsni_hash_once(tlsni_hash_find(hash), bits.data, bits.len, out);
    return true;
}

/* @rfc 6960:4.1.1/1 */
bool tlsni_cert_id_matches(const struct tlsni_cert_id *id, struct tlsn_span serial,
                           const struct tlsni_cert *issuer)
{
    const struct tlsni_hash *row = tlsni_hash_find(id->hash);
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    if (!row || !tlsni_span_eq(id->serial, serial))
        return false;
    tlsni_hash_once(row, issuer->subject.data, issuer->subject.len, digest);
    if (!tlsni_span_eq(id->name_hash, tlsni_span_make(digest, row->len)))
        return false;
    return tlsni_key_hash(digest, id->hash, issuer->spki) &&
           tlsni_span_eq(id->key_hash, tlsni_span_make(digest, row->len));
}

void tlsni_cert_id_write(struct tlsni_wr *w, uint8_t hash, struct tlsn_span serial,
                         const struct tlsni_cert *issuer)
{
    const struct tlsni_hash *row = tlsni_hash_find(hash);
    size_t all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    size_t algorithm = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    tlsni_dw_oid(w, tlsni_algid_hash_oid(hash));
    tlsni_dw_put(w, TLSNI_DER_NULL, tlsni_span_make(NULL, 0));
    tlsni_dw_close(w, algorithm);
    tlsni_hash_once(row, issuer->subject.data, issuer->subject.len, digest);
    tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, tlsni_span_make(digest, row->len));
    if (!tlsni_key_hash(digest, hash, issuer->spki))
        w->bad = true;
    tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, tlsni_span_make(digest, row->len));
    tlsni_dw_put(w, TLSNI_DER_INTEGER, serial);
    tlsni_dw_close(w, all);
}
