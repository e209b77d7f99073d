/* pkcs11_credential.c - a credential whose key is in a token, and anchors from tokens. */
#include "pkcs11.h"

#ifdef TLSNI_HAVE_P11KIT

#include <string.h>

#include "handshake/credential.h"
#include "x509/der.h"

/* ---- does the chain belong to the key? ---- */

static bool same_number(struct tlsn_span have, struct tlsn_span wanted)
{
    while (have.len && have.data[0] == 0)
        have = tlsni_span_make(have.data + 1, have.len - 1);
    return tlsni_span_eq(have, wanted);
}

/* Tokens show a point as it is or in an OCTET STRING. Its first byte does not tell which: points may begin
 * with 04 themselves. */
static bool same_point(struct tlsn_span have, struct tlsn_span wanted)
{
    struct tlsni_rd r = tlsni_rd_span(have);
    struct tlsn_span inside = tlsni_der_get(&r, TLSNI_DER_OCTET_STRING);

    return tlsni_span_eq(have, wanted) || (tlsni_rd_done(&r) && tlsni_span_eq(inside, wanted));
}

/* What the token shows, against what the certificate has. */
static tlsn_status compare(const struct tlsn_pkcs11_key *key, CK_OBJECT_HANDLE object,
                           CK_ATTRIBUTE_TYPE type, struct tlsn_span wanted,
                           bool (*same)(struct tlsn_span have, struct tlsn_span wanted))
{
    uint8_t *value;
    size_t len;
    tlsn_status st = tlsni_pkcs11_attribute(&key->module->env, &key->place, key->session, object,
                                            type, &value, &len);

    if (st == TLSN_OK && len) /* else not shown: nothing to compare */
        st = same(tlsni_span_make(value, len), wanted) ? TLSN_OK : TLSN_ERR_KEY_MISMATCH;
    tlsni_free(&key->module->env, value);
    return st;
}

/* The public key beside it has the same id (PKCS #11 4.4). */
static tlsn_status compare_public(const struct tlsn_pkcs11_key *key, CK_ATTRIBUTE_TYPE type,
                                  struct tlsn_span value,
                                  bool (*same)(struct tlsn_span have, struct tlsn_span wanted))
{
    CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
    CK_ATTRIBUTE wanted[] = { { CKA_CLASS, &class, sizeof class },
                              { CKA_ID, (void *)(uintptr_t)key->id, key->id_len } };
    CK_OBJECT_HANDLE object;
    CK_ULONG count;
    tlsn_status st = tlsni_pkcs11_objects(&key->place, key->session, wanted, 2, &object, 1, &count,
                                          NULL);

    return st == TLSN_OK && count ? compare(key, object, type, value, same) : st;
}

static tlsn_status compare_dh(const struct tlsn_pkcs11_key *key, const struct tlsni_pubkey *public_key)
{
    struct tlsni_dl_params params;
    struct tlsn_span y;
    tlsn_status st;

    tlsni_pubkey_dl_numbers(public_key, &params, &y);
    st = compare(key, key->object, CKA_PRIME, params.p, same_number);
    if (st == TLSN_OK)
        st = compare(key, key->object, CKA_BASE, params.g, same_number);
    return st == TLSN_OK ? compare_public(key, CKA_VALUE, y, same_number) : st;
}

static tlsn_status check(const struct tlsn_credential *c, const struct tlsn_pkcs11_key *key)
{
    enum tlsni_key_type type = tlsni_pubkey_type(c->public_key);
    struct tlsn_span n, e;

    if (key->type == CKK_RSA && (type == TLSNI_KEY_RSA || type == TLSNI_KEY_RSA_PSS)) {
        tlsni_pubkey_rsa_numbers(c->public_key, &n, &e);
        return compare(key, key->object, CKA_MODULUS, n, same_number);
    }
    if ((key->type == CKK_EC && type == TLSNI_KEY_EC) ||
        (key->type == CKK_EC_EDWARDS && type == TLSNI_KEY_ED25519))
        return compare_public(key, CKA_EC_POINT, tlsni_pubkey_point(c->public_key), same_point);
    if (key->type == CKK_DH && type == TLSNI_KEY_DH)
        return compare_dh(key, c->public_key);
    return TLSN_ERR_KEY_MISMATCH;
}

/* ---- the credential ---- */

static tlsn_status run(void *ctx, const struct tlsn_key_op *op, void *result, size_t cap,
                       size_t *len)
{
    return tlsn_pkcs11_key_op(ctx, op, result, cap, len, NULL);
}

static void release(void *ctx)
{
    tlsn_pkcs11_key_free(ctx);
}

/* The certificate beside the key. */
static tlsn_status read_certificate(const struct tlsn_pkcs11_key *key, uint8_t **der, size_t *len)
{
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_ATTRIBUTE wanted[] = { { CKA_CLASS, &class, sizeof class },
                              { CKA_ID, (void *)(uintptr_t)key->id, key->id_len } };
    CK_OBJECT_HANDLE object;
    CK_ULONG count;
    tlsn_status st = tlsni_pkcs11_objects(&key->place, key->session, wanted, 2, &object, 1, &count,
                                          NULL);

    if (st == TLSN_OK && (!count || !key->id_len))
        st = TLSN_ERR_NOT_FOUND;
    if (st == TLSN_OK)
        st = tlsni_pkcs11_attribute(&key->module->env, &key->place, key->session, object,
                                    CKA_VALUE, der, len);
    return st == TLSN_OK && !*len ? TLSN_ERR_NOT_FOUND : st;
}

static tlsn_status new_external(tlsn_credential **out, const void *chain, size_t chain_len,
                                const struct tlsn_pkcs11_key *key, const struct tlsn_hooks *hooks)
{
    uint8_t *der = NULL;
    size_t len;
    tlsn_status st;

    if (chain)
        return tlsn_credential_new_external(out, chain, chain_len, hooks);
    st = read_certificate(key, &der, &len);
    if (st == TLSN_OK)
        st = tlsn_credential_new_external(out, der, len, hooks);
    tlsni_free(&key->module->env, der);
    return st;
}

tlsn_status tlsn_credential_set_pkcs11_key(tlsn_credential *c, tlsn_pkcs11_key *key)
{
    tlsn_status st;

    if (!c || !key)
        return TLSN_ERR_ARGUMENT;
    st = check(c, key);
    if (st == TLSN_OK)
        st = tlsn_credential_set_key_op(c, run, release, key);
    if (st == TLSN_OK)
        (void)tlsn_pkcs11_key_ref(key);
    return st;
}

tlsn_status tlsn_credential_new_pkcs11(tlsn_credential **out, const void *chain, size_t chain_len,
                                       tlsn_pkcs11_key *key, const struct tlsn_hooks *hooks)
{
    tlsn_credential *c = NULL;
    tlsn_status st;

    *out = NULL;
    if (!key)
        return TLSN_ERR_ARGUMENT;
    st = new_external(&c, chain, chain_len, key, hooks);
    if (st == TLSN_OK)
        st = tlsn_credential_set_pkcs11_key(c, key);
    if (st != TLSN_OK) {
        tlsn_credential_free(c);
        return st;
    }
    *out = c;
    return TLSN_OK;
}

/* ---- trust ---- */

struct anchors {
    tlsn_trust *trust;
    const struct tlsn_hooks *env;
    const struct tlsn_pkcs11_uri *uri;
    bool all;
    size_t added;
    struct tlsn_pkcs11_error *error;
};

static tlsn_status add_object(struct anchors *a, const struct tlsni_pkcs11_place *place,
                              CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
    size_t len, added = 0;
    uint8_t *der;
    tlsn_status st = tlsni_pkcs11_attribute(a->env, place, session, object, CKA_VALUE, &der, &len);

    if (st == TLSN_OK && len)
        st = tlsn_trust_add(a->trust, der, len, &added, NULL);
    a->added += added;
    tlsni_free(a->env, der);
    return st == TLSN_ERR_PEM ? TLSN_OK : st; /* not a certificate that can be read */
}

/* Objects are collected first: a token may not like questions during a search. */
static tlsn_status add_objects(struct anchors *a, const struct tlsni_pkcs11_place *place,
                               CK_SESSION_HANDLE session)
{
    enum { OBJECTS_MAX = 4096 };
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE wanted[4] = { { CKA_CLASS, &class, sizeof class } };
    CK_OBJECT_HANDLE *objects = tlsni_alloc_array(a->env, OBJECTS_MAX, sizeof *objects);
    CK_ULONG n = 1, count;
    tlsn_status st;

    if (!objects)
        return TLSN_ERR_NO_MEMORY;
    if (!a->all)
        wanted[n++] = (CK_ATTRIBUTE){ CKA_TRUSTED, &yes, sizeof yes };
    n = tlsni_pkcs11_template(wanted, n, a->uri);
    st = tlsni_pkcs11_objects(place, session, wanted, n, objects, OBJECTS_MAX, &count, a->error);
    for (CK_ULONG i = 0; st == TLSN_OK && i < count; i++)
        st = add_object(a, place, session, objects[i]);
    tlsni_free(a->env, objects);
    return st;
}

static tlsn_status add_token(void *ctx, const struct tlsni_pkcs11_place *place,
                             const CK_TOKEN_INFO *info)
{
    struct anchors *a = ctx;
    CK_SESSION_HANDLE session;
    CK_RV rv;
    tlsn_status st;

    if (!(info->flags & CKF_TOKEN_INITIALIZED))
        return TLSN_OK;
    rv = place->module->C_OpenSession(place->slot, CKF_SERIAL_SESSION, NULL, NULL, &session);
    if (rv != CKR_OK)
        return tlsni_pkcs11_fail(a->error, TLSN_ERR_PKCS11, rv, "C_OpenSession");
    st = add_objects(a, place, session);
    (void)place->module->C_CloseSession(session);
    return st;
}

tlsn_status tlsn_trust_add_pkcs11(tlsn_trust *trust, tlsn_pkcs11 *module, const char *uri, bool all,
                                  size_t *added, struct tlsn_pkcs11_error *error)
{
    struct tlsn_pkcs11_uri parsed;
    struct anchors a = { .trust = trust, .uri = &parsed, .all = all, .error = error };
    tlsn_status st = tlsn_pkcs11_uri_parse(&parsed, uri ? uri : "pkcs11:");

    if (added)
        *added = 0;
    if (st != TLSN_OK || !trust || !module)
        return TLSN_ERR_ARGUMENT;
    a.env = &module->env;
    if (!*parsed.type || strcmp(parsed.type, "cert") == 0) /* @rfc 7512:2.3/13 */
        st = tlsni_pkcs11_each_token(module, &parsed, add_token, &a, error);
    if (added)
        *added = a.added;
    return st;
}

#endif
