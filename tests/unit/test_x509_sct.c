#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "req.h"
#include "support_env.h"
#include "support_revocation.h"
#include "support_vectors.h"
#include "base/mem.h"
#include "x509/der_write.h"
#include "x509/sct.h"
#include "x509/verify.h"
#include "x509/write.h"

/* tests/vectors/sct.txt: one certificate with timestamps of two logs inside, and two more of the same
 * logs for the TLS extension. */

enum { NOW = 1735689600, STAMP = 1600000000 };

static struct vec_file *file;
static struct vec_block block;
static struct tlsni_cert leaf, issuer;
static struct tlsn_span logs[2], scts[2];

static int begin(void **state)
{
    (void)state;
    file = vec_open("tests/vectors/sct.txt");
    assert_non_null(file);
    assert_true(vec_next(file, &block));
    assert_int_equal(tlsni_cert_parse(&leaf, vec_bytes(&block, "leaf"), NULL), TLSN_OK);
    assert_int_equal(tlsni_cert_parse(&issuer, vec_bytes(&block, "issuer"), NULL), TLSN_OK);
    for (size_t i = 0; i < 2; i++) {
        logs[i] = vec_bytes_nth(&block, "log", i);
        scts[i] = vec_bytes_nth(&block, "sct", i);
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    vec_block_clear(&block);
    vec_close(file);
    return 0;
}

static tlsn_status verify_sct(size_t i, struct tlsn_span log, bool embedded)
{
    struct tlsni_sct sct;

    assert_true(tlsni_sct_parse(&sct, scts[i]));
    return tlsni_sct_verify(NULL, &sct, log, &leaf, &issuer, embedded);
}

static void timestamps_verify_with_their_logs_key(void **state)
{
    (void)state;
    assert_int_equal(verify_sct(0, logs[0], false), TLSN_OK);
    assert_int_equal(verify_sct(1, logs[1], false), TLSN_OK);
    assert_int_equal(verify_sct(0, logs[1], false), TLSN_ERR_CERT_TRANSPARENCY);
    assert_int_equal(verify_sct(0, logs[0], true), TLSN_ERR_CERT_TRANSPARENCY);
    REQ("6962:3.2/1");
    REQ("6962:3.2/4");
}

static void precertificate_is_what_was_signed(void **state)
{
    struct tlsn_span want = vec_bytes(&block, "precert");
    struct tlsni_buf tbs = { NULL, 0, 0, 0 };

    (void)state;
    assert_int_equal(tlsni_sct_precertificate(NULL, &tbs, &leaf), TLSN_OK);
    assert_int_equal(tlsni_buf_len(&tbs), want.len);
    assert_memory_equal(tlsni_buf_data(&tbs), want.data, want.len);
    tlsni_buf_free(NULL, &tbs);
    REQ("6962:3.2/3");
}

static void timestamp_of_wrong_form_is_refused(void **state)
{
    uint8_t bytes[1024], *exact;
    struct tlsni_sct sct;

    (void)state;
    assert_true(scts[0].len + 1 < sizeof bytes);
    memcpy(bytes, scts[0].data, scts[0].len);
    bytes[scts[0].len] = 0;
    assert_false(tlsni_sct_parse(&sct, tlsni_span_make(bytes, scts[0].len + 1)));
    bytes[0] = 1; /* another version */
    assert_false(tlsni_sct_parse(&sct, tlsni_span_make(bytes, scts[0].len)));
    for (size_t len = 0; len < scts[0].len; len++) {
        exact = malloc(len ? len : 1);
        memcpy(exact, scts[0].data, len);
        assert_false(tlsni_sct_parse(&sct, tlsni_span_make(exact, len)));
        free(exact);
    }
    REQ("6962:3.2/2");
}

/* Other hashes than SHA-256 are none that a log uses, even if the signature were right. */
static void timestamp_of_another_scheme_is_refused(void **state)
{
    struct tlsni_sct sct;

    (void)state;
    assert_true(tlsni_sct_parse(&sct, scts[0]));
    sct.hash = 2;
    assert_int_equal(tlsni_sct_verify(NULL, &sct, logs[0], &leaf, &issuer, false),
                     TLSN_ERR_CERT_TRANSPARENCY);
    sct.hash = 4;
    sct.signature_algorithm = 2;
    assert_int_equal(tlsni_sct_verify(NULL, &sct, logs[0], &leaf, &issuer, false),
                     TLSN_ERR_CERT_TRANSPARENCY);
}

/* A timestamp of the leaf by a log with a key of this kind. */
static tlsn_status judge_log_key(const char *kind, uint8_t algorithm)
{
    static uint8_t message[8192], signature[TLSNI_SIGNATURE_MAX], spki[4096];
    struct tlsni_wr w = tlsni_wr_make(message, sizeof message), s = tlsni_wr_make(spki, sizeof spki);
    struct tlsni_sct sct = { .timestamp_ms = STAMP * UINT64_C(1000), .hash = 4,
                             .signature_algorithm = algorithm };
    struct tlsni_sig_params params =
        tlsni_sigalg_params(tlsni_sigalg_find((uint16_t)(0x0400 | algorithm)));
    size_t len;
    tlsn_key *key;
    tlsn_status st;

    tlsni_wr_u16(&w, 0); /* version, type of signature */
    tlsni_wr_u64(&w, sct.timestamp_ms);
    tlsni_wr_u16(&w, 0); /* an X.509 entry */
    tlsni_wr_vec(&w, 3, leaf.der);
    tlsni_wr_u16(&w, 0); /* extensions */
    assert_int_equal(tlsn_key_generate(&key, kind, NULL), TLSN_OK);
    assert_int_equal(tlsni_privkey_sign(key->key, NULL, &params, tlsni_span_make(message, w.len),
                                        signature, &len), TLSN_OK);
    sct.signature = tlsni_span_make(signature, len);
    tlsni_write_spki(&s, tlsni_privkey_public(key->key));
    st = tlsni_sct_verify(NULL, &sct, tlsni_span_make(spki, s.len), &leaf, &issuer, false);
    tlsn_key_free(key);
    return st;
}

/* RFC 6962 2.1.4: keys as logs have to have them, and others, whose signatures are right all the same. */
static void timestamp_of_a_log_with_another_kind_of_key_is_refused(void **state)
{
    enum { RSA = 1, ECDSA = 3 };

    (void)state;
    assert_int_equal(judge_log_key("ec:secp256r1", ECDSA), TLSN_OK);
    assert_int_equal(judge_log_key("rsa:2048", RSA), TLSN_OK);
    assert_int_equal(judge_log_key("ec:secp384r1", ECDSA), TLSN_ERR_CERT_TRANSPARENCY);
    assert_int_equal(judge_log_key("ec:secp256k1", ECDSA), TLSN_ERR_CERT_TRANSPARENCY);
    assert_int_equal(judge_log_key("insecure-rsa:1024", RSA), TLSN_ERR_CERT_TRANSPARENCY);
    REQ("6962:2.1.4/1");
}

/* ---- the verdict ---- */

struct scene {
    tlsn_trust *trust;
    tlsn_evidence *evidence;
    struct tlsn_verify_options options;
    struct tlsni_verify_in in;
};

static void open_scene(struct scene *s, size_t log_count, const char *const *operators)
{
    memset(s, 0, sizeof *s);
    assert_int_equal(tlsn_trust_new(&s->trust, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(s->trust, issuer.der.data, issuer.der.len, NULL, NULL),
                     TLSN_OK);
    assert_int_equal(tlsn_evidence_new(&s->evidence, NULL), TLSN_OK);
    for (size_t i = 0; i < log_count; i++)
        assert_int_equal(tlsn_evidence_add_log(s->evidence, logs[i].data, logs[i].len,
                                               operators ? operators[i] : NULL), TLSN_OK);
    s->options.evidence = s->evidence;
    s->in = (struct tlsni_verify_in){ .leaf = &leaf, .trust = s->trust, .options = &s->options,
                                      .time = NOW };
}

static void close_scene(struct scene *s)
{
    tlsn_trust_free(s->trust);
    tlsn_evidence_free(s->evidence);
}

static tlsn_status judge(struct scene *s, unsigned min_logs, unsigned min_operators)
{
    s->options.min_logs = min_logs;
    s->options.min_log_operators = min_operators;
    return tlsni_verify(&s->in, NULL, NULL);
}

static void logs_are_counted_once_each(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, 2, NULL);
    assert_int_equal(judge(&s, 2, 0), TLSN_OK);
    assert_int_equal(judge(&s, 2, 1), TLSN_OK);
    assert_int_equal(judge(&s, 2, 2), TLSN_ERR_CERT_TRANSPARENCY); /* nothing is said of operators */
    assert_int_equal(judge(&s, 3, 0), TLSN_ERR_ARGUMENT); /* could never be */
    assert_int_equal(judge(&s, 0, 1), TLSN_ERR_ARGUMENT);
    close_scene(&s);
    open_scene(&s, 2, (const char *const[]){ "one", "two" });
    assert_int_equal(judge(&s, 2, 2), TLSN_OK);
    close_scene(&s);
    open_scene(&s, 2, (const char *const[]){ "one", "one" });
    assert_int_equal(judge(&s, 2, 2), TLSN_ERR_CERT_TRANSPARENCY);
    close_scene(&s);
    open_scene(&s, 1, NULL);
    assert_int_equal(judge(&s, 1, 0), TLSN_OK);
    close_scene(&s);
}

static void timestamps_of_the_future_do_not_count(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, 2, NULL);
    s.in.time = STAMP - 300; /* clocks differ */
    assert_int_equal(judge(&s, 2, 0), TLSN_OK);
    s.in.time = STAMP - 301;
    assert_int_equal(judge(&s, 1, 0), TLSN_ERR_CERT_TRANSPARENCY);
    close_scene(&s);
    REQ("6962:5.2/2");
}

/* SerializedSCTs, each behind its length, in front of what is there. */
static size_t put_list(uint8_t *out, size_t cap, size_t first, size_t last)
{
    struct tlsni_wr w = tlsni_wr_make(out, cap);

    for (size_t i = first; i <= last; i++)
        tlsni_wr_vec(&w, 2, scts[i]);
    assert_false(w.bad);
    return w.len;
}

/* A certificate of ours has none inside: they come by the TLS extension or not at all. */
static void timestamps_of_another_certificate_do_not_count(void **state)
{
    struct issued ca, plain;
    struct tlsni_cert cert;
    struct scene s;
    uint8_t list[2048];

    (void)state;
    issue(&ca, NULL, (struct tlsn_cert_spec){ .subject = "CN=CA", .ca = true }, NULL);
    issue(&plain, NULL, (struct tlsn_cert_spec){ .subject = "CN=leaf" }, &ca);
    assert_int_equal(tlsni_cert_parse(&cert, issued_span(&plain), NULL), TLSN_OK);
    open_scene(&s, 2, NULL);
    assert_int_equal(tlsn_trust_add(s.trust, ca.der, ca.len, NULL, NULL), TLSN_OK);
    s.in.leaf = &cert;
    assert_int_equal(judge(&s, 0, 0), TLSN_OK);
    assert_int_equal(judge(&s, 1, 0), TLSN_ERR_CERT_TRANSPARENCY);
    s.in.scts = tlsni_span_make(list, put_list(list, sizeof list, 0, 1));
    assert_int_equal(judge(&s, 1, 0), TLSN_ERR_CERT_TRANSPARENCY);
    close_scene(&s);
    issued_free(&ca);
    issued_free(&plain);
    REQ("6962:5.2/1");
    REQ("6962:7.1/1");
}

/* The list inside of the certificate is taken away, so that only the extension speaks. */
static void timestamps_of_the_extension_count(void **state)
{
    struct tlsn_span inside = leaf.scts;
    struct scene s;
    uint8_t list[2048];

    (void)state;
    open_scene(&s, 2, NULL);
    leaf.scts = tlsni_span_make(NULL, 0);
    assert_int_equal(judge(&s, 1, 0), TLSN_ERR_CERT_TRANSPARENCY);
    s.in.scts = tlsni_span_make(list, put_list(list, sizeof list, 1, 1));
    assert_int_equal(judge(&s, 1, 0), TLSN_OK);
    assert_int_equal(judge(&s, 2, 0), TLSN_ERR_CERT_TRANSPARENCY);
    s.in.scts.len = put_list(list, sizeof list, 0, 1);
    assert_int_equal(judge(&s, 2, 0), TLSN_OK);
    leaf.scts = inside;
    close_scene(&s);
    REQ("6962:3.3/6");
}

/* A version that does not exist yet, of whatever form, in front of one that does. */
static void timestamp_of_another_version_is_passed_over(void **state)
{
    struct tlsn_span inside = leaf.scts, first = scts[0];
    struct scene s;
    uint8_t list[2048];

    (void)state;
    open_scene(&s, 2, NULL);
    leaf.scts = tlsni_span_make(NULL, 0);
    scts[0] = tlsni_span_make("\1what it has", 12);
    s.in.scts = tlsni_span_make(list, put_list(list, sizeof list, 0, 1));
    assert_int_equal(judge(&s, 1, 0), TLSN_OK);
    assert_int_equal(judge(&s, 2, 0), TLSN_ERR_CERT_TRANSPARENCY);
    scts[0] = first;
    leaf.scts = inside;
    close_scene(&s);
    REQ("6962:3.3/7");
}

/* A response, unsigned and incomplete but for what is looked at here, whose single extension holds
 * the list. */
static size_t put_staple(uint8_t *out, size_t cap, struct tlsn_span list)
{
    struct tlsni_wr w = tlsni_wr_make(out, cap);
    size_t vec = tlsni_wr_open(&w, 3), m[16], n = 0;

    m[n++] = tlsni_dw_open(&w, 0x30);
    tlsni_dw_put(&w, TLSNI_DER_ENUMERATED, tlsni_span_make("", 1));
    m[n++] = tlsni_dw_open(&w, 0xa0);
    m[n++] = tlsni_dw_open(&w, 0x30);
    tlsni_dw_oid(&w, TLSNI_OID_OCSP_BASIC);
    m[n++] = tlsni_dw_open(&w, TLSNI_DER_OCTET_STRING);
    m[n++] = tlsni_dw_open(&w, 0x30); /* BasicOCSPResponse */
    {
        size_t data = tlsni_dw_open(&w, 0x30), singles, one, ext[4], inner;

        tlsni_dw_put(&w, 0xa1, issuer.subject);
        tlsni_dw_generalized_time(&w, NOW);
        singles = tlsni_dw_open(&w, 0x30);
        one = tlsni_dw_open(&w, 0x30);
        tlsni_cert_id_write(&w, TLSNI_HASH_SHA1, leaf.serial, &issuer);
        tlsni_dw_put(&w, TLSNI_DER_CONTEXT(0), tlsni_span_make(NULL, 0));
        tlsni_dw_generalized_time(&w, NOW);
        ext[0] = tlsni_dw_open(&w, 0xa1);
        ext[1] = tlsni_dw_open(&w, 0x30);
        ext[2] = tlsni_dw_open(&w, 0x30);
        tlsni_dw_oid(&w, TLSNI_OID_OCSP_SCT_LIST);
        ext[3] = tlsni_dw_open(&w, TLSNI_DER_OCTET_STRING);
        inner = tlsni_dw_open(&w, TLSNI_DER_OCTET_STRING);
        tlsni_wr_vec(&w, 2, list);
        tlsni_dw_close(&w, inner);
        for (int i = 3; i >= 0; i--)
            tlsni_dw_close(&w, ext[i]);
        tlsni_dw_close(&w, one);
        tlsni_dw_close(&w, singles);
        tlsni_dw_close(&w, data);
    }
    tlsni_wr_span(&w, leaf.sig_algorithm);
    tlsni_dw_bits(&w, tlsni_span_make("x", 1));
    while (n)
        tlsni_dw_close(&w, m[--n]);
    tlsni_wr_close(&w, 3, vec);
    assert_false(w.bad);
    return w.len;
}

static void timestamps_in_an_ocsp_response_count(void **state)
{
    struct tlsn_span inside = leaf.scts;
    uint8_t list[2048], staple[4096];
    struct scene s;

    (void)state;
    open_scene(&s, 2, NULL);
    leaf.scts = tlsni_span_make(NULL, 0);
    s.options.revocation = TLSN_REVOCATION_OFF; /* nobody signed it */
    s.in.staples = tlsni_span_make(
        staple, put_staple(staple, sizeof staple,
                           tlsni_span_make(list, put_list(list, sizeof list, 0, 1))));
    assert_int_equal(judge(&s, 2, 0), TLSN_OK);
    leaf.scts = inside;
    close_scene(&s);
    REQ("6962:3.3/4");
    REQ("6962:3.3/5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timestamps_verify_with_their_logs_key),
        cmocka_unit_test(precertificate_is_what_was_signed),
        cmocka_unit_test(timestamp_of_wrong_form_is_refused),
        cmocka_unit_test(timestamp_of_another_scheme_is_refused),
        cmocka_unit_test(timestamp_of_a_log_with_another_kind_of_key_is_refused),
        cmocka_unit_test(timestamp_of_another_version_is_passed_over),
        cmocka_unit_test(logs_are_counted_once_each),
        cmocka_unit_test(timestamps_of_the_future_do_not_count),
        cmocka_unit_test(timestamps_of_another_certificate_do_not_count),
        cmocka_unit_test(timestamps_of_the_extension_count),
        cmocka_unit_test(timestamps_in_an_ocsp_response_count),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
