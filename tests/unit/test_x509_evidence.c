#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "support_env.h"
#include "support_revocation.h"
#include "x509/der_write.h"
#include "x509/evidence.h"

/* What is kept of lists and responses, at what cost, and without memory. */

static const struct tlsn_span seven = { (const uint8_t *)"\x07", 1 };

/* ---- a list of a million entries ---- */

enum { MILLION = 1000000, ENTRY = 33, NUMBER = 14 };

/* Serial numbers of 14 octets that look random. */
static void serial_of(uint32_t i, uint8_t out[NUMBER])
{
    uint64_t x = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);

    for (int k = 0; k < NUMBER; k++, x = x * 6364136223846793005u + 1442695040888963407u)
        out[k] = (uint8_t)(x >> 56);
    out[0] = 0x40;
    memcpy(out + 1, &i, 4);
}

static size_t put_entries(uint8_t *out)
{
    static const char time_value[] = "\x17\x0d" "250101000000Z";
    uint8_t *p = out;

    for (uint32_t i = 0; i < MILLION; i++) {
        *p++ = 0x30;
        *p++ = ENTRY - 2;
        *p++ = 0x02;
        *p++ = NUMBER;
        serial_of(i, p);
        p += NUMBER;
        memcpy(p, time_value, sizeof time_value - 1);
        p += sizeof time_value - 1;
    }
    return (size_t)(p - out);
}

/* Unsigned: signatures are checked when a list is used. */
static uint8_t *make_list(size_t *len)
{
    static const char head[] = "\x02\x01\x01" "\x30\x05\x06\x03\x2b\x65\x70"
                               "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01" "C"
                               "\x17\x0d" "250101000000Z" "\x17\x0d" "250201000000Z";
    size_t room = (size_t)MILLION * ENTRY + 256, all, tbs, entries;
    uint8_t *out = malloc(room);
    struct tlsni_wr w = tlsni_wr_make(out, room);

    all = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    tbs = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    tlsni_wr_put(&w, head, sizeof head - 1);
    entries = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    w.len += put_entries(w.buf + w.len);
    tlsni_dw_close(&w, entries);
    tlsni_dw_close(&w, tbs);
    tlsni_wr_put(&w, "\x30\x05\x06\x03\x2b\x65\x70", 7);
    tlsni_dw_bits(&w, tlsni_span_make("x", 1));
    tlsni_dw_close(&w, all);
    assert_false(w.bad);
    *len = w.len;
    return out;
}

static void list_of_a_million_entries_is_cheap(void **state)
{
    struct tlsni_crl_entry e;
    tlsn_evidence *evidence;
    uint8_t serial[NUMBER];
    size_t len, found = 0;
    uint8_t *der = make_list(&len);
    clock_t begin = clock();

    (void)state;
    assert_int_equal(tlsn_evidence_new(&evidence, NULL), TLSN_OK);
    assert_int_equal(tlsn_evidence_add_crl(evidence, der, len, NULL), TLSN_OK);
    (void)printf("# a million entries, %zu bytes: %.0f ms to add\n", len,
                 (double)(clock() - begin) * 1000 / CLOCKS_PER_SEC);
    assert_non_null(evidence->crls[0]->slots);
    begin = clock();
    for (uint32_t i = 0; i < 2 * MILLION; i += 17) {
        serial_of(i, serial);
        found += tlsni_known_crl_find(evidence->crls[0], tlsni_span_make(serial, NUMBER),
                                      evidence->crls[0]->crl.issuer, &e);
    }
    (void)printf("# %.2f us to look up\n",
                 (double)(clock() - begin) * 1e6 / CLOCKS_PER_SEC / (2.0 * MILLION / 17));
    assert_int_equal(found, (MILLION + 16) / 17);
    assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 5); /* read in order: an hour */
    tlsn_evidence_free(evidence);
    free(der);
}

/* ---- without memory ---- */

struct scene {
    struct issued root, leaf;
    struct made crl, ocsp;
    uint8_t spki[256];
    size_t spki_len;
};

static tlsn_status add_all(tlsn_evidence *e, const struct scene *s)
{
    tlsn_status st = tlsn_evidence_add_crl(e, s->crl.der, s->crl.len, NULL);

    if (st == TLSN_OK)
        st = tlsn_evidence_add_ocsp(e, s->ocsp.der, s->ocsp.len);
    if (st == TLSN_OK)
        st = tlsn_evidence_add_cert(e, s->root.der, s->root.len, NULL);
    if (st == TLSN_OK)
        st = tlsn_evidence_add_responder(e, s->root.der, s->root.len, NULL);
    if (st == TLSN_OK)
        st = tlsn_evidence_add_log(e, s->spki, s->spki_len, "somebody");
    return st;
}

static tlsn_status run(struct test_env *env, const struct scene *s)
{
    const struct tlsn_span chain = issued_span(&s->leaf);
    struct tlsn_verify_options options = { .revocation = TLSN_REVOCATION_HARD };
    tlsn_trust *trust = NULL;
    tlsn_status st = tlsn_evidence_new(&options.evidence, &env->hooks);

    if (st == TLSN_OK)
        st = tlsn_trust_new(&trust, &env->hooks);
    if (st == TLSN_OK)
        st = tlsn_trust_add(trust, s->root.der, s->root.len, NULL, NULL);
    if (st == TLSN_OK)
        st = add_all(options.evidence, s);
    if (st == TLSN_OK)
        st = tlsn_x509_verify(trust, &chain, 1, TLSN_PURPOSE_ANY, NULL, X509_NOW, &options, NULL);
    tlsn_trust_free(trust);
    tlsn_evidence_free(options.evidence);
    return st;
}

static void prepare(struct scene *s)
{
    static struct tlsn_revoked entries[40];
    static uint8_t serials[40][2];
    struct tlsni_cert cert;

    for (size_t i = 0; i < 40; i++) {
        serials[i][0] = 0x22;
        serials[i][1] = (uint8_t)i;
        entries[i].serial = tlsni_span_make(serials[i], 2);
    }
    issue(&s->root, NULL, (struct tlsn_cert_spec){ .subject = "CN=root", .ca = true }, NULL);
    issue(&s->leaf, NULL, (struct tlsn_cert_spec){ .subject = "CN=leaf", .serial = seven.data,
                                                   .serial_len = seven.len }, &s->root);
    make_crl(&s->crl, (struct tlsn_crl_spec){ .revoked = entries, .revoked_count = 40 }, &s->root);
    make_ocsp(&s->ocsp, (struct tlsn_ocsp_spec){ 0 }, (struct tlsn_ocsp_single){ 0 }, &s->leaf,
              &s->root, &s->root);
    assert_int_equal(tlsni_cert_parse(&cert, issued_span(&s->root), NULL), TLSN_OK);
    s->spki_len = cert.spki.len;
    memcpy(s->spki, cert.spki.data, cert.spki.len);
}

static void no_memory_at_any_allocation_is_an_error_and_leaves_nothing(void **state)
{
    static struct scene s;
    struct test_env env;
    size_t n = 1;

    (void)state;
    prepare(&s);
    for (;; n++) {
        tlsn_status st;

        test_env_init(&env, 1);
        env.fail_at = n;
        st = run(&env, &s);
        assert_int_equal(env.live, 0);
        if (st == TLSN_OK)
            break;
        assert_int_equal(st, TLSN_ERR_NO_MEMORY);
    }
    assert_true(n > 20);
    issued_free(&s.root);
    issued_free(&s.leaf);
}

/* ---- what is taken ---- */

static void evidence_is_taken_as_text_or_bytes(void **state)
{
    static struct scene s;
    static char text[65536];
    tlsn_evidence *e;
    size_t len, more, added;

    (void)state;
    prepare(&s);
    assert_int_equal(tlsn_evidence_new(&e, NULL), TLSN_OK);
    assert_int_equal(tlsn_pem_write("X509 CRL", s.crl.der, s.crl.len, text, sizeof text, &len),
                     TLSN_OK);
    assert_int_equal(tlsn_pem_write("CERTIFICATE", s.root.der, s.root.len, text + len,
                                    sizeof text - len, &more), TLSN_OK);
    assert_int_equal(tlsn_evidence_add_crl(e, text, len + more, &added), TLSN_OK);
    assert_int_equal(added, 1);
    assert_int_equal(tlsn_evidence_add_cert(e, text, len + more, &added), TLSN_OK);
    assert_int_equal(added, 1);
    assert_int_equal(tlsn_evidence_add_log(e, text, len + more, NULL), TLSN_ERR_PEM);
    assert_int_equal(tlsn_evidence_add_crl(e, text + len, more, NULL), TLSN_ERR_PEM);
    assert_int_equal(tlsn_evidence_add_crl(e, s.root.der, s.root.len, NULL), TLSN_ERR_CRL);
    assert_int_equal(tlsn_evidence_add_cert(e, s.crl.der, s.crl.len, NULL), TLSN_ERR_CERT_BAD);
    assert_int_equal(tlsn_evidence_add_log(e, s.root.der, s.root.len, NULL), TLSN_ERR_CERT_BAD);
    assert_int_equal(tlsn_evidence_add_crl(e, NULL, 0, NULL), TLSN_ERR_PEM);
    assert_int_equal(tlsn_pem_write("PUBLIC KEY", s.spki, s.spki_len, text, sizeof text, &len),
                     TLSN_OK);
    assert_int_equal(tlsn_evidence_add_log(e, text, len, "x"), TLSN_OK);
    assert_ptr_equal(tlsn_evidence_ref(e), e);
    tlsn_evidence_free(e);
    tlsn_evidence_free(e);
    issued_free(&s.root);
    issued_free(&s.leaf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list_of_a_million_entries_is_cheap),
        cmocka_unit_test(no_memory_at_any_allocation_is_an_error_and_leaves_nothing),
        cmocka_unit_test(evidence_is_taken_as_text_or_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
