#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cipher/suite.h"
#include "req.h"
#include "support_vectors.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct tlsni_suite *row(size_t i, size_t *count)
{
    return tlsni_suite_rows(count) + i;
}

static void suite_rows_are_sorted_and_found_by_id(void **state)
{
    size_t count, n;

    (void)state;
    (void)tlsni_suite_rows(&count);
    assert_int_equal(count, 83);
    for (size_t i = 0; i < count; i++) {
        if (i)
            assert_true(row(i - 1, &n)->id < row(i, &n)->id);
        assert_ptr_equal(tlsni_suite_find(row(i, &n)->id), row(i, &n));
    }
    assert_null(tlsni_suite_find(0));
    assert_null(tlsni_suite_find(0xffff));
    assert_null(tlsni_suite_find(TLSNI_SCSV_RENEGOTIATION));
    assert_null(tlsni_suite_find(TLSNI_SCSV_FALLBACK));
}

static void suite_names_are_unique_and_found_in_any_case(void **state)
{
    size_t count, n;

    (void)state;
    (void)tlsni_suite_rows(&count);
    for (size_t i = 0; i < count; i++) {
        const char *names[] = { row(i, &n)->name, row(i, &n)->openssl, row(i, &n)->gnutls };

        for (size_t k = 0; k < 3; k++) {
            char lower[64];
            size_t len = strlen(names[k]);

            if (k && !len)
                continue;
            assert_in_range(len, 1, sizeof lower - 1);
            for (size_t j = 0; j <= len; j++)
                lower[j] = names[k][j] >= 'A' && names[k][j] <= 'Z' ? (char)(names[k][j] + 32)
                                                                    : names[k][j];
            assert_ptr_equal(tlsni_suite_by_name(names[k], len), row(i, &n));
            assert_ptr_equal(tlsni_suite_by_name(lower, len), row(i, &n));
            assert_ptr_not_equal(tlsni_suite_by_name(names[k], len - 1), row(i, &n));
        }
    }
    assert_null(tlsni_suite_by_name("", 0));
    assert_null(tlsni_suite_by_name("TLS_NO_SUCH_SUITE", 17));
}

/* The IANA name of these columns. Suites with CCM do not name the hash (RFC 6655 2). */
static void name_of(const struct tlsni_suite *s, char *out, size_t cap)
{
    const char *cipher = tlsni_suite_cipher_name(s), *hash = tlsni_suite_mac_name(s);
    char auth[16] = "";

    if (s->kind == TLSNI_CIPHER_AEAD)
        hash = strstr(cipher, "CCM") ? "" : tlsni_hash_find(s->prf)->name;
    else if (s->mac == TLSNI_HASH_SHA1)
        hash = "SHA";
    if (s->kx != TLSNI_KX_RSA)
        (void)snprintf(auth, sizeof auth, "_%s", tlsni_auth_name(s->auth));
    (void)snprintf(out, cap, "TLS_%s%s_WITH_%s%s%s", tlsni_kx_name(s->kx), auth, cipher,
                   *hash ? "_" : "", hash);
}

/* What the name says is what the columns say. */
static void suite_columns_agree_with_the_name(void **state)
{
    size_t count, n;

    (void)state;
    (void)tlsni_suite_rows(&count);
    for (size_t i = 0; i < count; i++) {
        const struct tlsni_suite *s = row(i, &n);
        char name[80];
        bool aead = s->kind == TLSNI_CIPHER_AEAD;

        name_of(s, name, sizeof name);
        assert_string_equal(s->name, name);
        assert_string_equal(tlsni_suite_mac_name(s),
                            aead ? "AEAD" : tlsni_hash_find(s->mac)->name);
        assert_int_equal(s->nonce == TLSNI_NONCE_NONE, !aead);
        assert_int_equal(s->min_version >= 0x0303, aead || s->mac != TLSNI_HASH_SHA1);
        assert_int_equal(s->max_version, 0x0303);
        assert_int_equal(s->prf, strstr(s->name, "SHA384") ? TLSNI_HASH_SHA384
                                                           : TLSNI_HASH_SHA256);
        if (aead)
            assert_non_null(tlsni_aead_find(s->cipher));
        else if (s->kind == TLSNI_CIPHER_CBC)
            assert_non_null(tlsni_block_find(s->cipher));
        else
            assert_int_equal(s->policy, TLSNI_CLASS_RESEARCH);
    }
    REQ("5288:3/9");
    REQ("5288:3/10");
    REQ("5289:3.1/2");
    REQ("5289:3.1/3");
    REQ("5289:3.2/2");
    REQ("5289:3.2/3");
    REQ("6655:3/8");
    REQ("7251:2/3");
    REQ("5932:3/2");
    REQ("5932:3/3");
    REQ("6367:2.1/2");
    REQ("6367:2.2/3");
    REQ("6209:2.1/2");
    REQ("6209:2.2/2");
}

static void suite_preference_has_every_row_best_first(void **state)
{
    size_t count, rows;
    const uint16_t *list = tlsni_suite_preference(&count);
    uint8_t class = 0;

    (void)state;
    (void)tlsni_suite_rows(&rows);
    assert_int_equal(count, rows);
    for (size_t i = 0; i < count; i++) {
        const struct tlsni_suite *s = tlsni_suite_find(list[i]);

        assert_non_null(s);
        assert_true(s->policy >= class);
        class = s->policy;
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(list[i], list[j]);
        if (s->policy == TLSNI_CLASS_MODERN)
            assert_true(s->kx == TLSNI_KX_ECDHE && s->kind == TLSNI_CIPHER_AEAD);
        if (s->kx != TLSNI_KX_ECDHE || s->kind == TLSNI_CIPHER_CBC)
            assert_true(s->policy >= TLSNI_CLASS_COMPAT);
    }
    assert_int_equal(list[0], 0xc02b);
    assert_string_equal(tlsni_class_name(TLSNI_CLASS_MODERN), "modern");
    assert_string_equal(tlsni_class_name(TLSNI_CLASS_RESEARCH), "research");
}

/* Lines "0xC0,0x2B",NAME,DTLS-OK,Recommended,Reference of the registry. */
static void suite_rows_match_the_iana_registry(void **state)
{
    const char *shared = vec_shared_dir();
    char path[512], line[512];
    FILE *f = NULL;
    size_t found = 0, count;

    (void)state;
    if (shared) {
        (void)snprintf(path, sizeof path, "%s/vectors/iana/tls-parameters-4.csv", shared);
        f = fopen(path, "r");
    }
    if (!f) {
        print_message("# no shared/vectors/iana: skipped\n");
        skip();
    }
    while (fgets(line, sizeof line, f)) {
        unsigned hi, lo;
        char name[128], dtls[8], rec[8];
        const struct tlsni_suite *s;

        if (sscanf(line, "\"0x%x,0x%x\",%127[^,],%7[^,],%7[^,],", &hi, &lo, name, dtls, rec) != 5)
            continue;
        s = tlsni_suite_find((uint16_t)(hi << 8 | lo));
        if (!s)
            continue;
        found++;
        assert_string_equal(s->name, name);
        assert_int_equal(s->recommended, rec[0] == 'Y');
        assert_true(strncmp(s->source, "RFC ", 4) == 0 && strstr(line, s->source + 4));
    }
    (void)fclose(f);
    (void)tlsni_suite_rows(&count);
    assert_int_equal(found, count);
}

/* "0xC0,0x2B - ECDHE-ECDSA-AES128-GCM-SHA256 TLSv1.2 ..." of `openssl ciphers -V` */
static void suite_openssl_names_match_the_installed_openssl(void **state)
{
    FILE *f = popen("openssl ciphers -V ALL:@SECLEVEL=0 2>/dev/null", "r");
    char line[512];
    size_t found = 0;

    (void)state;
    while (f && fgets(line, sizeof line, f)) {
        unsigned hi, lo;
        char name[128];
        const struct tlsni_suite *s;

        if (sscanf(line, " 0x%x,0x%x - %127s", &hi, &lo, name) != 3)
            continue;
        s = tlsni_suite_find((uint16_t)(hi << 8 | lo));
        if (!s)
            continue;
        found++;
        assert_string_equal(s->openssl, name);
    }
    if (f)
        (void)pclose(f);
    if (!found) {
        print_message("# no openssl: skipped\n");
        skip();
    }
}

/* "TLS_RSA_AES_128_CBC_SHA1  0x00, 0x2f  TLS1.0" of `gnutls-cli -l` */
static void suite_gnutls_names_match_the_installed_gnutls(void **state)
{
    FILE *f = popen("gnutls-cli -l 2>/dev/null", "r");
    char line[512];
    size_t found = 0;

    (void)state;
    while (f && fgets(line, sizeof line, f)) {
        unsigned hi, lo;
        char name[128];
        const struct tlsni_suite *s;

        if (sscanf(line, "%127s 0x%x, 0x%x", name, &hi, &lo) != 3)
            continue;
        s = tlsni_suite_find((uint16_t)(hi << 8 | lo));
        if (!s)
            continue;
        found++;
        assert_string_equal(s->gnutls, name);
    }
    if (f)
        (void)pclose(f);
    if (!found) {
        print_message("# no gnutls-cli: skipped\n");
        skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suite_rows_are_sorted_and_found_by_id),
        cmocka_unit_test(suite_names_are_unique_and_found_in_any_case),
        cmocka_unit_test(suite_columns_agree_with_the_name),
        cmocka_unit_test(suite_preference_has_every_row_best_first),
        cmocka_unit_test(suite_rows_match_the_iana_registry),
        cmocka_unit_test(suite_openssl_names_match_the_installed_openssl),
        cmocka_unit_test(suite_gnutls_names_match_the_installed_gnutls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
