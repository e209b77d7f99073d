#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "req.h"
#include "support_env.h"
#include "x509/base64.h"
#include "x509/der.h"
#include "x509/pem.h"

static struct tlsn_span text_span(const char *text)
{
    return tlsni_span_make(text, strlen(text));
}

static tlsn_status decode(const char *text, char *out)
{
    size_t len;
    tlsn_status st = tlsni_base64_decode((uint8_t *)out, &len, (const uint8_t *)text, strlen(text));

    out[len] = 0;
    return st;
}

/* RFC 4648 10 */
static void base64_vectors_of_rfc_4648_agree(void **state)
{
    static const char *const pairs[][2] = {
        { "", "" },         { "f", "Zg==" },         { "fo", "Zm8=" },        { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char out[32] = "";
        size_t n = strlen(pairs[i][0]);

        assert_int_equal(decode(pairs[i][1], out), TLSN_OK);
        assert_string_equal(out, pairs[i][0]);
        memset(out, 0, sizeof out);
        tlsni_base64_encode(out, (const uint8_t *)pairs[i][0], n);
        assert_string_equal(out, pairs[i][1]);
        assert_int_equal(tlsni_base64_encoded_len(n), strlen(pairs[i][1]));
    }
}

static void base64_other_forms_are_refused(void **state)
{
    static const char *const bad[] = { "Z",     "Zg",    "Zg=",   "Zh==", "Zm9=",    "Zg===", "=",
                                       "Zm9v=", "Zm=v",  "Zm9-",  "Zm9_", "Zg==Zg==", "Zm9v\x80",
                                       "Zm9v*" };
    char out[32];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(decode(bad[i], out), TLSN_ERR_PEM);
    assert_int_equal(decode("Zm\r\n9v Yg\t= =\n", out), TLSN_OK);
    assert_string_equal(out, "foob");
}

/* Every character has its value or none; encoding is the reverse. */
static void base64_alphabet_is_complete(void **state)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    (void)state;
    for (unsigned c = 1; c < 256; c++) {
        const char *at = strchr(alphabet, (int)c);
        char text[5] = { 'A', 'A', 'A', (char)c, 0 }, out[8] = "", back[5] = "";

        if (strchr("\r\n\t =", (int)c))
            continue;
        assert_int_equal(decode(text, out), at ? TLSN_OK : TLSN_ERR_PEM);
        if (!at)
            continue;
        assert_int_equal(out[2], at - alphabet);
        tlsni_base64_encode(back, (const uint8_t *)out, 3);
        assert_string_equal(back, text);
    }
}

static tlsn_status next(struct tlsn_span *text, struct tlsn_span *label, char *out)
{
    struct tlsni_buf der = { 0 };
    size_t first = 0, len = 0;
    tlsn_status st = tlsni_pem_next(NULL, text, label, &der, &first, &len, NULL);

    if (st == TLSN_OK)
        memcpy(out, der.data + der.start + first, len);
    out[st == TLSN_OK ? len : 0] = 0;
    tlsni_buf_free(NULL, &der);
    return st;
}

static void pem_blocks_are_found_between_other_text(void **state)
{
    struct tlsn_span text = text_span("hello\r\n-----BEGIN A-----\r\nZm9v\r\n-----END A-----\r\n"
                                      "-- --- text\n-----BEGIN B C-----\nZm9v\nYg==\n"
                                      "-----END B C-----");
    struct tlsn_span label;
    char out[64];

    (void)state;
    assert_int_equal(next(&text, &label, out), TLSN_OK);
    assert_string_equal(out, "foo");
    assert_true(label.len == 1 && label.data[0] == 'A');
    assert_int_equal(next(&text, &label, out), TLSN_OK);
    assert_string_equal(out, "foob");
    assert_int_equal(label.len, 3);
    assert_int_equal(next(&text, &label, out), TLSN_ERR_NOT_FOUND);
    REQ("7468:2/1");
    REQ("7468:2/9");
}

/* RFC 7468 3: labels agree, the block ends, there is something in it. */
static void pem_damaged_blocks_are_refused(void **state)
{
    static const char *const bad[] = {
        "-----BEGIN A-----\nZm9v\n-----END B-----\n", "-----BEGIN A-----\nZm9v\n",
        "-----BEGIN A-----\nZm9\n-----END A-----\n",  "-----BEGIN A-----\n-----END A-----\n",
        "-----BEGIN A\nZm9v\n-----END A-----\n",      "-----BEGIN A-----\nZm9v\n-----END A----",
        "-----BEGIN A-----\n-----BEGIN A-----\nZm9v\n-----END A-----\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct tlsn_span text = text_span(bad[i]), label;
        char out[64];

        assert_int_equal(next(&text, &label, out), TLSN_ERR_PEM);
    }
    REQ("7468:2/4");
    REQ("7468:2/5");
}

/* RFC 1421 4.6 */
static void pem_headers_tell_encryption(void **state)
{
    struct tlsn_span text = text_span("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
                                      "DEK-Info: AES-128-CBC,00\n\nZm9v\n"
                                      "-----END RSA PRIVATE KEY-----\n"
                                      "-----BEGIN A-----\nX-Header: b\n\nZm9v\n-----END A-----\n");
    struct tlsn_span label;
    char out[64];

    (void)state;
    assert_int_equal(next(&text, &label, out), TLSN_ERR_KEY_ENCRYPTED);
    assert_int_equal(next(&text, &label, out), TLSN_OK);
    assert_string_equal(out, "foo");
}

static void count_refused(void *ctx, size_t place, const struct tlsni_err *err)
{
    assert_int_equal(err->status, TLSN_ERR_PEM);
    assert_true(place > 0 && *err->text);
    ++*(size_t *)ctx;
}

static tlsn_status certificates(const char *text, size_t *count, size_t *damaged)
{
    const struct tlsni_pem_watch watch = { count_refused, damaged };
    struct tlsni_buf der = { 0 };
    size_t *lens;
    tlsn_status st = tlsni_pem_certificates_sound(NULL, text_span(text), &der, &lens, count,
                                                  damaged ? &watch : NULL, NULL);

    free(lens);
    tlsni_buf_free(NULL, &der);
    return st;
}

#define BLOCK(label) "-----BEGIN " label "-----\nMAA=\n-----END " label "-----\n"

static void pem_certificates_are_picked_by_label(void **state)
{
    size_t count, damaged = 0;

    (void)state;
    assert_int_equal(certificates(BLOCK("CERTIFICATE") BLOCK("PRIVATE KEY")
                                  BLOCK("X509 CERTIFICATE"), &count, NULL), TLSN_OK);
    assert_int_equal(count, 2);
    assert_int_equal(certificates(BLOCK("PRIVATE KEY"), &count, NULL), TLSN_ERR_PEM);
    assert_int_equal(certificates("", &count, NULL), TLSN_ERR_PEM);
    assert_int_equal(certificates(BLOCK("TRUSTED CERTIFICATE"), &count, NULL), TLSN_ERR_PEM);
    assert_int_equal(certificates(BLOCK("TRUSTED CERTIFICATE") BLOCK("CERTIFICATE"), &count,
                                  &damaged), TLSN_OK);
    assert_int_equal(count, 1);
    assert_int_equal(damaged, 1);
    assert_int_equal(certificates("0", &count, NULL), TLSN_ERR_PEM);
    REQ("7468:5.1/2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_vectors_of_rfc_4648_agree),
        cmocka_unit_test(base64_other_forms_are_refused),
        cmocka_unit_test(base64_alphabet_is_complete),
        cmocka_unit_test(pem_blocks_are_found_between_other_text),
        cmocka_unit_test(pem_damaged_blocks_are_refused),
        cmocka_unit_test(pem_headers_tell_encryption),
        cmocka_unit_test(pem_certificates_are_picked_by_label),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
