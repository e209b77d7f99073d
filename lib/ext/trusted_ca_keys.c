/* trusted_ca_keys.c - which authorities the client has as anchors, RFC 6066 6: it helps a server
 * with several chains to choose one that the client can verify. */
#include "ext/rows.h"
#include "x509/ca_id.h"

/* @rfc 6066:6/1, 3546:3.4/1, 4366:3.4/1 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return hs->cfg->trusted_cas.len != 0;
}

/* @rfc 6066:6/2 */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_vec(w, 2, hs->cfg->trusted_cas);
}

/* @rfc 6066:6/3 */
bool tlsni_authority_next(struct tlsni_rd *r, struct tlsni_authority *a)
{
    if (!tlsni_rd_left(r))
        return false;
    a->type = tlsni_rd_u8(r);
    switch (a->type) {
    case TLSN_CA_PRE_AGREED: a->id = tlsni_span_make(NULL, 0); break;
    case TLSN_CA_KEY_SHA1:
    case TLSN_CA_CERT_SHA1: a->id = tlsni_rd_bytes(r, TLSNI_CA_HASH_LEN); break;
    case TLSN_CA_NAME: a->id = tlsni_rd_vec_span(r, 2, 1, 65535); break;
    default: tlsni_rd_fail(r); /* its length is not known: what follows cannot be read */
    }
    return !r->bad;
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsni_rd list = tlsni_rd_vec(data, 2, 0, 65535);
    struct tlsn_span all = tlsni_span_make(list.p, tlsni_rd_left(&list));
    struct tlsni_authority a;

    while (tlsni_authority_next(&list, &a))
        ;
    if (list.bad)
        return TLSN_ERR_DECODE;
    hs->trusted_cas = all;
    return TLSN_OK;
}

/* ---- the server's choice ---- */

static bool is_hash(const struct tlsni_authority *a, bool known, const uint8_t *hash)
{
    return known && memcmp(a->id.data, hash, TLSNI_CA_HASH_LEN) == 0;
}

/* Whether a certificate of the chain is, or is issued by, one of the authorities. The anchor itself
 * is mostly left out of chains: then its name is the last issuer. */
static bool leads_to_any(struct tlsn_span list, const struct tlsni_cert *cert, bool leaf)
{
    uint8_t key[TLSNI_CA_HASH_LEN], whole[TLSNI_CA_HASH_LEN];
    bool keyed = !leaf && tlsni_ca_key_hash(cert->spki, key);
    struct tlsni_rd r = tlsni_rd_span(list);
    struct tlsni_authority a;

    tlsni_ca_cert_hash(cert->der, whole);
    while (tlsni_authority_next(&r, &a))
        if (a.type == TLSN_CA_PRE_AGREED ||
            (a.type == TLSN_CA_NAME && tlsni_span_eq(a.id, cert->issuer)) ||
            (a.type == TLSN_CA_KEY_SHA1 && is_hash(&a, keyed, key)) ||
            (a.type == TLSN_CA_CERT_SHA1 && is_hash(&a, !leaf, whole)))
            return true;
    return false;
}

/* @rfc 6066:6/5, 5246:7.4.2/16 */
bool tlsni_ext_trusted(const struct tlsni_hs *hs, const tlsn_credential *c)
{
    struct tlsn_span chain = tlsni_span_make(c->list, c->list_len), der;
    struct tlsni_cert cert;

    for (bool leaf = true; tlsni_msg_certificate_next(&chain, &der); leaf = false)
        if (tlsni_cert_parse(&cert, der, NULL) == TLSN_OK &&
            leads_to_any(hs->trusted_cas, &cert, leaf && !cert.self_issued))
            return true;
    return false;
}

/* @rfc 6066:6/6, 3546:3.4/2, 4366:3.4/2 */
static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->trusted_used && (hs->facts & TLSNI_F_CERT) && !(hs->facts & TLSNI_F_RESUMED);
}

/* @rfc 6066:6/7 */
static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)hs;
    (void)data;
    return TLSN_OK;
}

const struct tlsni_ext tlsni_ext_trusted_ca_keys = {
    .type = TLSNI_EXT_TRUSTED_CA_KEYS,
    .name = "trusted_ca_keys",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, NULL, client_parse, NULL },
    },
    .worlds = TLSNI_WORLD_OLD,
    .source = "RFC 6066 6",
};
