/* pkcs11_op.c - private-key operations in a token. What is signed is hashed here: tokens are slow, and
 * their mechanisms with a hash are fewer. */
#include "pkcs11.h"

#ifdef TLSNI_HAVE_P11KIT

#include <string.h>

#include "base/ct.h"
#include "base/env.h"
#include "cipher/pk.h"
#include "cipher/sig_der.h"
#include "x509/algid.h"
#include "x509/der.h"
#include "x509/der_write.h"

enum { INPUT_MAX = 128, PREMASTER_LEN = 48, RESULT_MIN = 1024 };

/* One run of a mechanism over some bytes. */
struct job {
    CK_MECHANISM mechanism;
    CK_RSA_PKCS_PSS_PARAMS pss;
    struct tlsn_span whole; /* what is signed as it is; else the first len bytes of input */
    uint8_t input[INPUT_MAX];
    size_t len;
};

/* ---- inputs ---- */

static size_t digest(uint8_t *out, enum tlsni_hash_id hash, struct tlsn_span message)
{
    const struct tlsni_hash *row = tlsni_hash_find(hash);

    tlsni_hash_once(row, message.data, message.len, out);
    return row->len;
}

/* DigestInfo, RFC 8017 9.2; CKM_RSA_PKCS pads it. */
static void digest_info(struct job *job, enum tlsni_hash_id hash, struct tlsn_span message)
{
    uint8_t value[TLSNI_HASH_LEN_MAX];
    size_t len = digest(value, hash, message), all, algorithm;
    struct tlsni_wr w = tlsni_wr_make(job->input, sizeof job->input);

    all = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    algorithm = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    tlsni_dw_oid(&w, hash == TLSNI_HASH_MD5 ? TLSNI_OID_MD5 : tlsni_algid_hash_oid((uint8_t)hash));
    tlsni_dw_put(&w, TLSNI_DER_NULL, tlsni_span_make(NULL, 0));
    tlsni_dw_close(&w, algorithm);
    tlsni_dw_put(&w, TLSNI_DER_OCTET_STRING, tlsni_span_make(value, len));
    tlsni_dw_close(&w, all);
    job->len = w.len;
}

static const struct pss_row {
    enum tlsni_hash_id hash;
    CK_MECHANISM_TYPE mechanism;
    CK_RSA_PKCS_MGF_TYPE mgf;
} pss_rows[] = {
    { TLSNI_HASH_SHA256, CKM_SHA256, CKG_MGF1_SHA256 },
    { TLSNI_HASH_SHA384, CKM_SHA384, CKG_MGF1_SHA384 },
    { TLSNI_HASH_SHA512, CKM_SHA512, CKG_MGF1_SHA512 },
};

static bool prepare_pss(struct job *job, const struct tlsni_sig_params *p, struct tlsn_span message)
{
    for (size_t i = 0; i < sizeof pss_rows / sizeof *pss_rows; i++) {
        if (pss_rows[i].hash != p->hash)
            continue;
        job->pss = (CK_RSA_PKCS_PSS_PARAMS){ pss_rows[i].mechanism, pss_rows[i].mgf, p->salt_len };
        job->mechanism = (CK_MECHANISM){ CKM_RSA_PKCS_PSS, &job->pss, sizeof job->pss };
        job->len = digest(job->input, (enum tlsni_hash_id)p->hash, message);
        return true;
    }
    return false;
}

/* The two numbers that TLS 1.2's registry does not have: MD5 and SHA-1 together, RFC 4346 4.7. */
static bool prepare_md5_sha1(struct job *job, const struct tlsn_key_op *op)
{
    job->mechanism.mechanism = CKM_RSA_PKCS;
    if (op->scheme == TLSN_SCHEME_RSA_MD5_SHA1) {
        job->len = digest(job->input, TLSNI_HASH_MD5_SHA1, op->input);
        return true;
    }
    job->len = op->input.len;
    if (job->len > sizeof job->input)
        return false;
    memcpy(job->input, op->input.data, job->len);
    return true;
}

static bool prepare(struct job *job, const struct tlsn_pkcs11_key *key,
                    const struct tlsn_key_op *op)
{
    const struct tlsni_sigalg *row = tlsni_sigalg_find(op->scheme);
    struct tlsni_sig_params p;

    if (key->type == CKK_RSA &&
        (op->scheme == TLSN_SCHEME_RSA_MD5_SHA1 || op->scheme == TLSN_SCHEME_RSA_DIGEST))
        return prepare_md5_sha1(job, op);
    if (!row)
        return false;
    p = tlsni_sigalg_params(row);
    if (key->type == CKK_EC && p.key == TLSNI_KEY_EC) {
        job->mechanism.mechanism = CKM_ECDSA;
        job->len = digest(job->input, (enum tlsni_hash_id)p.hash, op->input);
        return true;
    }
    if (key->type == CKK_EC_EDWARDS && p.key == TLSNI_KEY_ED25519) {
        job->mechanism.mechanism = CKM_EDDSA;
        job->whole = op->input;
        return true;
    }
    if (key->type != CKK_RSA)
        return false;
    if (p.padding == TLSNI_PAD_PSS)
        return prepare_pss(job, &p, op->input);
    if (p.padding != TLSNI_PAD_PKCS1 && p.padding != TLSNI_PAD_PKCS1_NULL)
        return false;
    job->mechanism.mechanism = CKM_RSA_PKCS;
    digest_info(job, (enum tlsni_hash_id)p.hash, op->input);
    return true;
}

/* ---- running ---- */

/* PKCS #11 5.6: what was begun wants the PIN once more. */
static tlsn_status confirm(CK_SESSION_HANDLE session, const struct tlsn_pkcs11_key *key,
                           struct tlsn_pkcs11_error *error)
{
    CK_RV rv = CKR_OK;

    if (key->confirms)
        rv = key->place.module->C_Login(session, CKU_CONTEXT_SPECIFIC,
                                        (CK_UTF8CHAR *)(uintptr_t)key->pin, key->pin_len);
    return rv == CKR_OK ? TLSN_OK
                        : tlsni_pkcs11_fail(error, TLSN_ERR_KEY_OP, rv, "C_Login for one operation");
}

static tlsn_status sign_in(CK_SESSION_HANDLE session, const struct tlsn_pkcs11_key *key,
                           struct job *job, uint8_t *out, CK_ULONG *len,
                           struct tlsn_pkcs11_error *error)
{
    CK_FUNCTION_LIST *m = key->place.module;
    CK_RV rv = m->C_SignInit(session, &job->mechanism, key->object);
    struct tlsn_span input = job->whole.data ? job->whole : tlsni_span_make(job->input, job->len);
    tlsn_status st;

    if (rv != CKR_OK)
        return tlsni_pkcs11_fail(error, TLSN_ERR_KEY_OP, rv, "C_SignInit");
    st = confirm(session, key, error);
    if (st != TLSN_OK)
        return st;
    rv = m->C_Sign(session, (CK_BYTE *)(uintptr_t)input.data, input.len, out, len);
    return rv == CKR_OK ? TLSN_OK : tlsni_pkcs11_fail(error, TLSN_ERR_KEY_OP, rv, "C_Sign");
}

/* CKM_ECDSA gives two numbers of the same length. */
static tlsn_status to_der(uint8_t *out, CK_ULONG *len)
{
    uint8_t raw[2 * TLSNI_SIG_NUMBER_MAX];
    size_t half = *len / 2;

    if (!half || *len % 2 || *len > sizeof raw)
        return TLSN_ERR_KEY_OP;
    memcpy(raw, out, *len);
    *len = tlsni_sig_der_write(out, tlsni_span_make(raw, half), tlsni_span_make(raw + half, half));
    return TLSN_OK;
}

static tlsn_status sign(CK_SESSION_HANDLE session, const struct tlsn_pkcs11_key *key,
                        const struct tlsn_key_op *op, uint8_t *out, size_t cap, size_t *len,
                        struct tlsn_pkcs11_error *error)
{
    struct job job = { 0 };
    CK_ULONG n = cap;
    tlsn_status st;

    if (!prepare(&job, key, op))
        return tlsni_pkcs11_say(error, TLSN_ERR_NOT_IMPLEMENTED,
                                "the key cannot sign by this scheme");
    st = sign_in(session, key, &job, out, &n, error);
    if (st == TLSN_OK && job.mechanism.mechanism == CKM_ECDSA)
        st = to_der(out, &n);
    *len = st == TLSN_OK ? n : 0;
    return st;
}

/* What does not decrypt to 48 bytes is 48 random ones: nobody may see the difference (RFC 5246
 * 7.4.7.1). The module's own time for wrong padding is the module's affair. */
static tlsn_status decrypt(CK_SESSION_HANDLE session, const struct tlsn_pkcs11_key *key,
                           const struct tlsn_key_op *op, uint8_t *out, size_t *len,
                           struct tlsn_pkcs11_error *error)
{
    CK_MECHANISM mechanism = { CKM_RSA_PKCS, NULL, 0 };
    CK_FUNCTION_LIST *m = key->place.module;
    uint8_t plain[RESULT_MIN] = { 0 };
    CK_ULONG n = sizeof plain;
    CK_RV rv;
    tlsn_status st = tlsni_random(&key->module->env, out, PREMASTER_LEN);

    if (st != TLSN_OK)
        return st;
    rv = m->C_DecryptInit(session, &mechanism, key->object);
    if (rv != CKR_OK)
        return tlsni_pkcs11_fail(error, TLSN_ERR_KEY_OP, rv, "C_DecryptInit");
    st = confirm(session, key, error);
    if (st != TLSN_OK)
        return st;
    rv = m->C_Decrypt(session, (CK_BYTE *)(uintptr_t)op->input.data, op->input.len, plain, &n);
    tlsni_ct_cond_copy(tlsni_ct_eq((uint32_t)rv, CKR_OK) & tlsni_ct_eq((uint32_t)n, PREMASTER_LEN), out,
                       plain, PREMASTER_LEN);
    tlsni_wipe(plain, sizeof plain);
    *len = PREMASTER_LEN;
    return TLSN_OK;
}

/* ---- agreement ---- */

/* By how many bytes the common secret is told: as many as the field has. 0: the token does not show it. */
static size_t field_len(CK_SESSION_HANDLE session, const struct tlsn_pkcs11_key *key,
                        struct tlsn_span peer)
{
    uint8_t *prime;
    size_t len, zeros = 0;

    if (key->type == CKK_EC)
        return peer.len ? (peer.len - 1) / 2 : 0;
    if (tlsni_pkcs11_attribute(&key->module->env, &key->place, session, key->object, CKA_PRIME, &prime,
                               &len) != TLSN_OK)
        return 0;
    while (zeros < len && !prime[zeros])
        zeros++;
    tlsni_free(&key->module->env, prime);
    return len - zeros;
}

static CK_RV derive(CK_SESSION_HANDLE session, const struct tlsn_pkcs11_key *key, struct tlsn_span peer,
                    size_t field, CK_OBJECT_HANDLE *secret)
{
    CK_BYTE *value = (CK_BYTE *)(uintptr_t)peer.data;
    CK_ECDH1_DERIVE_PARAMS point = { CKD_NULL, 0, NULL, peer.len, value };
    CK_MECHANISM ec = { CKM_ECDH1_DERIVE, &point, sizeof point };
    CK_MECHANISM dh = { CKM_DH_PKCS_DERIVE, value, peer.len };
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_GENERIC_SECRET;
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ULONG len = field;
    CK_ATTRIBUTE wanted[] = {
        { CKA_CLASS, &class, sizeof class },   { CKA_KEY_TYPE, &type, sizeof type },
        { CKA_TOKEN, &no, sizeof no },         { CKA_SENSITIVE, &no, sizeof no },
        { CKA_EXTRACTABLE, &yes, sizeof yes }, { CKA_VALUE_LEN, &len, sizeof len },
    };

    return key->place.module->C_DeriveKey(session, key->type == CKK_EC ? &ec : &dh, key->object, wanted,
                                          sizeof wanted / sizeof *wanted, secret);
}

/* A point as it is, or else in an OCTET STRING: tokens differ (PKCS #11 v2.40 2.3.12), and some take a point
 * for the other form by its second byte. */
static CK_RV derive_either(CK_SESSION_HANDLE session, const struct tlsn_pkcs11_key *key,
                           struct tlsn_span peer, size_t field, CK_OBJECT_HANDLE *secret)
{
    uint8_t room[4 + 2 * TLSNI_SIG_NUMBER_MAX];
    struct tlsni_wr w = tlsni_wr_make(room, sizeof room);
    CK_RV rv = derive(session, key, peer, field, secret);

    if (rv == CKR_OK || key->type != CKK_EC)
        return rv;
    tlsni_dw_put(&w, TLSNI_DER_OCTET_STRING, peer);
    return w.bad ? rv : derive(session, key, tlsni_span_make(room, w.len), field, secret);
}

/* The value of the secret, with the zeros in front that a token may have left out. */
static tlsn_status take_secret(CK_SESSION_HANDLE session, const struct tlsn_pkcs11_key *key,
                               CK_OBJECT_HANDLE secret, size_t field, uint8_t *out,
                               struct tlsn_pkcs11_error *error)
{
    CK_ATTRIBUTE wanted = { CKA_VALUE, out, field };
    CK_RV rv = key->place.module->C_GetAttributeValue(session, secret, &wanted, 1);

    if (rv != CKR_OK || wanted.ulValueLen > field)
        return tlsni_pkcs11_fail(error, TLSN_ERR_KEY_OP, rv, "C_GetAttributeValue of a derived key");
    memmove(out + (field - wanted.ulValueLen), out, wanted.ulValueLen);
    memset(out, 0, field - wanted.ulValueLen);
    return TLSN_OK;
}

static tlsn_status agree(CK_SESSION_HANDLE session, const struct tlsn_pkcs11_key *key,
                         const struct tlsn_key_op *op, uint8_t *out, size_t cap, size_t *len,
                         struct tlsn_pkcs11_error *error)
{
    size_t field = field_len(session, key, op->input);
    CK_OBJECT_HANDLE secret;
    CK_RV rv;
    tlsn_status st;

    if (!field || field > cap)
        return tlsni_pkcs11_say(error, TLSN_ERR_KEY_OP, "the size of the key's field is not known");
    rv = derive_either(session, key, op->input, field, &secret);
    if (rv != CKR_OK)
        return tlsni_pkcs11_fail(error, TLSN_ERR_KEY_OP, rv, "C_DeriveKey");
    st = take_secret(session, key, secret, field, out, error);
    (void)key->place.module->C_DestroyObject(session, secret);
    *len = st == TLSN_OK ? field : 0;
    return st;
}

static bool can(const struct tlsn_pkcs11_key *key, enum tlsn_key_op_kind kind)
{
    switch (kind) {
    case TLSN_KEY_OP_SIGN: return true; /* by which schemes, prepare() knows */
    case TLSN_KEY_OP_DECRYPT: return key->type == CKK_RSA;
    case TLSN_KEY_OP_AGREE: return key->type == CKK_EC || key->type == CKK_DH;
    default: return false;
    }
}

static tlsn_status run(CK_SESSION_HANDLE session, const struct tlsn_pkcs11_key *key,
                       const struct tlsn_key_op *op, uint8_t *out, size_t cap, size_t *len,
                       struct tlsn_pkcs11_error *error)
{
    switch (op->kind) {
    case TLSN_KEY_OP_SIGN: return sign(session, key, op, out, cap, len, error);
    case TLSN_KEY_OP_AGREE: return agree(session, key, op, out, cap, len, error);
    default: return decrypt(session, key, op, out, len, error);
    }
}

tlsn_status tlsn_pkcs11_key_op(tlsn_pkcs11_key *key, const struct tlsn_key_op *op, void *result,
                               size_t cap, size_t *len, struct tlsn_pkcs11_error *error)
{
    CK_SESSION_HANDLE session;
    CK_RV rv;
    tlsn_status st;

    *len = 0;
    if (!key || !op || !result || cap < RESULT_MIN)
        return TLSN_ERR_ARGUMENT;
    if (!can(key, op->kind))
        return tlsni_pkcs11_say(error, TLSN_ERR_NOT_IMPLEMENTED,
                                "the key cannot do this operation");
    rv = key->place.module->C_OpenSession(key->place.slot, CKF_SERIAL_SESSION, NULL, NULL,
                                          &session);
    if (rv != CKR_OK)
        return tlsni_pkcs11_fail(error, TLSN_ERR_KEY_OP, rv, "C_OpenSession");
    st = run(session, key, op, result, cap, len, error);
    (void)key->place.module->C_CloseSession(session);
    return st;
}

#endif
