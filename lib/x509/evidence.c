#include "x509/evidence.h"

#include <string.h>

#include "base/env.h"
#include "base/mem.h"
#include "cipher/hash.h"
#include "x509/name.h"
#include "x509/pem.h"

tlsn_status tlsn_evidence_new(tlsn_evidence **out, const struct tlsn_hooks *hooks)
{
    tlsn_evidence *e = tlsni_alloc(hooks, sizeof *e);

    *out = e;
    if (!e)
        return TLSN_ERR_NO_MEMORY;
    if (hooks)
        e->env = *hooks;
    atomic_init(&e->refs, 1);
    return TLSN_OK;
}

tlsn_evidence *tlsn_evidence_ref(tlsn_evidence *evidence)
{
    if (evidence)
        (void)atomic_fetch_add_explicit(&evidence->refs, 1, memory_order_relaxed);
    return evidence;
}

static void free_crl(const struct tlsn_hooks *env, struct tlsni_known_crl *k)
{
    if (!k)
        return;
    tlsni_free(env, atomic_load_explicit(&k->vouched, memory_order_relaxed));
    tlsni_free(env, k->slots);
    tlsni_free(env, k->der);
    tlsni_free(env, k);
}

static void free_responses(tlsn_evidence *e)
{
    while (e->responses) {
        struct tlsni_known_ocsp *k = e->responses;

        e->responses = k->next;
        tlsni_free(&e->env, k->der);
        tlsni_free(&e->env, k);
    }
}

static void free_certs(const struct tlsn_hooks *env, struct tlsni_known_cert **certs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tlsni_free(env, certs[i]->der);
        tlsni_free(env, certs[i]);
    }
    tlsni_free(env, (void *)certs);
}

void tlsn_evidence_free(tlsn_evidence *evidence)
{
    struct tlsn_hooks env;

    if (!evidence || atomic_fetch_sub_explicit(&evidence->refs, 1, memory_order_acq_rel) != 1)
        return;
    env = evidence->env;
    for (size_t i = 0; i < evidence->crl_count; i++)
        free_crl(&env, evidence->crls[i]);
    free_certs(&env, evidence->certs, evidence->cert_count);
    free_certs(&env, evidence->responders, evidence->responder_count);
    for (size_t i = 0; i < evidence->log_count; i++) {
        tlsni_free(&env, evidence->logs[i].spki);
        tlsni_free(&env, evidence->logs[i].operator);
    }
    free_responses(evidence);
    tlsni_free(&env, (void *)evidence->crls);
    tlsni_free(&env, evidence->logs);
    tlsni_free(&env, evidence);
}

/* Room for one more in an array that doubles. */
static tlsn_status grow(const struct tlsn_hooks *env, void **array, size_t size, size_t count,
                        size_t *cap)
{
    size_t more = *cap ? 2 * *cap : 4;
    void *grown;

    if (count < *cap)
        return TLSN_OK;
    grown = tlsni_alloc_array(env, more, size);
    if (!grown)
        return TLSN_ERR_NO_MEMORY;
    if (count)
        memcpy(grown, *array, count * size);
    tlsni_free(env, *array);
    *array = grown;
    *cap = more;
    return TLSN_OK;
}

/* ---- revocation lists ---- */

static bool crl_known(const tlsn_evidence *e, struct tlsn_span der)
{
    for (size_t i = 0; i < e->crl_count; i++)
        if (tlsni_span_eq(e->crls[i]->crl.der, der))
            return true;
    return false;
}

/* Of several lists the newest is asked first.
 * @rfc 5280:5.2.4/9 */
static tlsn_status insert_crl(tlsn_evidence *e, struct tlsni_known_crl *k)
{
    void *array = (void *)e->crls;
    size_t at = 0;
    tlsn_status st = grow(&e->env, &array, sizeof *e->crls, e->crl_count, &e->crl_cap);

    e->crls = array;
    if (st != TLSN_OK)
        return st;
    while (at < e->crl_count && e->crls[at]->crl.this_update >= k->crl.this_update)
        at++;
    memmove((void *)(e->crls + at + 1), (void *)(e->crls + at),
            (e->crl_count - at) * sizeof *e->crls);
    e->crls[at] = k;
    e->crl_count++;
    return TLSN_OK;
}

/* Whatever is added is copied first: the spans lead into the copy. */
static tlsn_status add_crl(tlsn_evidence *e, struct tlsn_span der, const char *text, size_t *added)
{
    struct tlsni_known_crl *k = tlsni_alloc(&e->env, sizeof *k);
    tlsn_status st;

    (void)text;
    if (!k)
        return TLSN_ERR_NO_MEMORY;
    atomic_init(&k->vouched, NULL);
    k->der = tlsni_memdup(&e->env, der.data, der.len);
    st = k->der ? tlsni_crl_parse(&k->crl, tlsni_span_make(k->der, der.len), NULL)
                : TLSN_ERR_NO_MEMORY;
    if (st == TLSN_OK && crl_known(e, der)) {
        free_crl(&e->env, k);
        return TLSN_OK;
    }
    if (st == TLSN_OK)
        st = tlsni_known_crl_index(&e->env, k);
    if (st == TLSN_OK)
        st = insert_crl(e, k);
    if (st == TLSN_OK)
        ++*added;
    else
        free_crl(&e->env, k);
    return st;
}

/* ---- certificates ---- */

static tlsn_status keep_cert(const tlsn_evidence *e, struct tlsni_known_cert ***certs, size_t *count,
                             size_t *cap, struct tlsn_span der)
{
    void *array = (void *)*certs;
    struct tlsni_known_cert *k = tlsni_alloc(&e->env, sizeof *k);
    tlsn_status st = grow(&e->env, &array, sizeof **certs, *count, cap);

    *certs = array;
    if (st == TLSN_OK && k)
        k->der = tlsni_memdup(&e->env, der.data, der.len);
    if (st != TLSN_OK || !k || !k->der) {
        tlsni_free(&e->env, k);
        return TLSN_ERR_NO_MEMORY;
    }
    st = tlsni_cert_parse(&k->cert, tlsni_span_make(k->der, der.len), NULL);
    if (st != TLSN_OK) {
        tlsni_free(&e->env, k->der);
        tlsni_free(&e->env, k);
        return st;
    }
    (*certs)[(*count)++] = k;
    return TLSN_OK;
}

static tlsn_status add_cert(tlsn_evidence *e, struct tlsn_span der, const char *text, size_t *added)
{
    tlsn_status st = keep_cert(e, &e->certs, &e->cert_count, &e->cert_cap, der);

    (void)text;
    *added += st == TLSN_OK;
    return st;
}

static tlsn_status add_responder(tlsn_evidence *e, struct tlsn_span der, const char *text, size_t *added)
{
    tlsn_status st = keep_cert(e, &e->responders, &e->responder_count, &e->responder_cap, der);

    (void)text;
    *added += st == TLSN_OK;
    return st;
}

/* ---- text or bytes ---- */

typedef tlsn_status adder(tlsn_evidence *e, struct tlsn_span der, const char *text, size_t *added);

/* One DER value fills its file: that is also how it is told from a text. */
static bool is_der(struct tlsn_span data)
{
    struct tlsni_rd r = tlsni_rd_span(data);

    (void)tlsni_der_get(&r, TLSNI_DER_SEQUENCE);
    return tlsni_rd_done(&r);
}

static tlsn_status add_pem(tlsn_evidence *e, struct tlsn_span pem, const char *const *labels,
                           adder *add, const char *text, size_t *added)
{
    struct tlsn_span label;
    tlsn_status st = TLSN_OK;
    bool any = false;

    while (st == TLSN_OK) {
        struct tlsni_buf der = { NULL, 0, 0, 0 };
        size_t first, len;

        st = tlsni_pem_next(&e->env, &pem, &label, &der, &first, &len, NULL);
        for (size_t i = 0; st == TLSN_OK && labels[i]; i++)
            if (label.len == strlen(labels[i]) && memcmp(label.data, labels[i], label.len) == 0) {
                st = add(e, tlsni_span_make(tlsni_buf_data(&der) + first, len), text, added);
                any = true;
            }
        tlsni_buf_free(&e->env, &der);
    }
    return st == TLSN_ERR_NOT_FOUND ? any ? TLSN_OK : TLSN_ERR_PEM : st;
}

static tlsn_status add_any(tlsn_evidence *e, struct tlsn_span data, const char *const *labels,
                           adder *add, const char *text, size_t *added)
{
    size_t count = 0;
    tlsn_status st = is_der(data) ? add(e, data, text, &count)
                                  : add_pem(e, data, labels, add, text, &count);

    if (added)
        *added = count;
    return st;
}

/* @rfc 7468:6/1 */
tlsn_status tlsn_evidence_add_crl(tlsn_evidence *evidence, const void *data, size_t len,
                                  size_t *added)
{
    static const char *const labels[] = { "X509 CRL", "CRL", NULL };

    return add_any(evidence, tlsni_span_make(data, len), labels, add_crl, NULL, added);
}

static const char *const cert_labels[] = { "CERTIFICATE", "X509 CERTIFICATE", NULL };

tlsn_status tlsn_evidence_add_cert(tlsn_evidence *evidence, const void *data, size_t len,
                                   size_t *added)
{
    return add_any(evidence, tlsni_span_make(data, len), cert_labels, add_cert, NULL, added);
}

tlsn_status tlsn_evidence_add_responder(tlsn_evidence *evidence, const void *data, size_t len,
                                        size_t *added)
{
    return add_any(evidence, tlsni_span_make(data, len), cert_labels, add_responder, NULL, added);
}

/* ---- OCSP ---- */

tlsn_status tlsn_evidence_add_ocsp(tlsn_evidence *evidence, const void *der, size_t len)
{
    struct tlsni_known_ocsp *k = tlsni_alloc(&evidence->env, sizeof *k);
    tlsn_status st = TLSN_ERR_NO_MEMORY;

    if (!k)
        return st;
    k->der = tlsni_memdup(&evidence->env, der, len);
    if (k->der)
        st = tlsni_ocsp_parse(&k->response, tlsni_span_make(k->der, len), NULL);
    if (st != TLSN_OK) {
        tlsni_free(&evidence->env, k->der);
        tlsni_free(&evidence->env, k);
        return st;
    }
    k->next = evidence->responses;
    evidence->responses = k;
    return TLSN_OK;
}

/* ---- certificate logs ---- */

/* RFC 6962 3.2: a log is known by the hash of its key. text: its operator. */
static tlsn_status add_log(tlsn_evidence *e, struct tlsn_span spki, const char *text, size_t *added)
{
    void *array = e->logs;
    tlsn_status st = grow(&e->env, &array, sizeof *e->logs, e->log_count, &e->log_cap);
    struct tlsni_known_log *k;
    struct tlsni_pubkey *key;

    e->logs = array;
    if (st == TLSN_OK)
        st = tlsni_spki_parse(&key, &e->env, spki, NULL);
    if (st != TLSN_OK)
        return st;
    tlsni_pubkey_free(key);
    k = &e->logs[e->log_count];
    k->spki = tlsni_memdup(&e->env, spki.data, spki.len);
    k->operator = tlsni_strndup(&e->env, text, strlen(text));
    if (!k->spki || !k->operator) {
        tlsni_free(&e->env, k->spki);
        tlsni_free(&e->env, k->operator);
        return TLSN_ERR_NO_MEMORY;
    }
    k->spki_len = spki.len;
    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA256), spki.data, spki.len, k->id);
    e->log_count++;
    ++*added;
    return TLSN_OK;
}

tlsn_status tlsn_evidence_add_log(tlsn_evidence *evidence, const void *spki, size_t len,
                                  const char *operator_name)
{
    static const char *const labels[] = { "PUBLIC KEY", NULL };

    return add_any(evidence, tlsni_span_make(spki, len), labels, add_log,
                   operator_name ? operator_name : "", NULL);
}

/* ---- as a whole ---- */

/* A signature stands for all that is signed. The order does not matter. */
static void add_to_sum(uint64_t sum[4], struct tlsn_span bytes)
{
    uint8_t digest[TLSNI_HASH_LEN_MAX];
    struct tlsni_rd r = tlsni_rd_make(digest, 32);

    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA256), bytes.data, bytes.len, digest);
    for (int i = 0; i < 4; i++)
        sum[i] += tlsni_rd_u64(&r);
}

void tlsni_evidence_describe(const tlsn_evidence *evidence, uint64_t sum[4])
{
    for (size_t i = 0; i < evidence->crl_count; i++)
        add_to_sum(sum, evidence->crls[i]->crl.signature);
    for (const struct tlsni_known_ocsp *k = evidence->responses; k; k = k->next)
        add_to_sum(sum, k->response.signature);
    for (size_t i = 0; i < evidence->responder_count; i++)
        add_to_sum(sum, evidence->responders[i]->cert.der);
    for (size_t i = 0; i < evidence->log_count; i++)
        add_to_sum(sum, tlsni_span_make(evidence->logs[i].id, sizeof evidence->logs[i].id));
}
