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
    assert_int_equal(count, 320 + 7 + 8); /* the registry, 56-bit export, Netscape */
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
        const char *names[] = { row(i, &n)->name, row(i, &n)->openssl,
                                tlsni_suite_gnutls_name(row(i, &n)) };

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

/* "DHE_RSA_EXPORT": what stands in front of WITH. */
static void exchange_of(const struct tlsni_suite *s, char *out, size_t cap)
{
    static const char *const alone[] = { "RSA", "PSK", "DHE_PSK", "ECDHE_PSK", "RSA_PSK" };
    const char *kx = tlsni_kx_name(s->kx), *auth = tlsni_auth_name(s->auth);
    const char *export = s->export_bits == 512    ? "_EXPORT"
                         : s->export_bits == 1024 ? "_EXPORT1024"
                                                  : "";

    if (s->kx == TLSNI_KX_RSA_EXPORT)
        kx = "RSA";
    if (s->auth == TLSNI_AUTH_NONE) /* ephemeral, though the name does not say so */
        (void)snprintf(out, cap, "%s_anon", s->kx == TLSNI_KX_DHE ? "DH" : "ECDH");
    else if (s->kx == TLSNI_KX_SRP)
        (void)snprintf(out, cap, "SRP_SHA%s%s", s->auth == TLSNI_AUTH_SRP ? "" : "_",
                       s->auth == TLSNI_AUTH_SRP ? "" : auth);
    else
        (void)snprintf(out, cap, "%s_%s", kx, auth);
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++)
        if (strcmp(kx, alone[i]) == 0)
            (void)snprintf(out, cap, "%s", kx);
    (void)snprintf(out + strlen(out), cap - strlen(out), "%s", export);
}

/* Suites with CCM do not name the hash (RFC 6655 2), but for those of RFC 8442. */
static void name_of(const struct tlsni_suite *s, char *out, size_t cap)
{
    const char *cipher = tlsni_suite_cipher_name(s), *hash = tlsni_suite_mac_name(s);
    char exchange[40];

    if (s->kx == TLSNI_KX_TLS13) {
        (void)snprintf(out, cap, "TLS_%s_%s", s->mac ? hash : cipher, tlsni_hash_find(s->prf)->name);
        return;
    }
    exchange_of(s, exchange, sizeof exchange);
    if (s->kind == TLSNI_CIPHER_AEAD)
        hash = strstr(cipher, "CCM") && strcmp(s->source, "RFC 8442") != 0
                   ? ""
                   : tlsni_hash_find(s->prf)->name;
    else if (s->mac == TLSNI_HASH_SHA1)
        hash = "SHA";
    (void)snprintf(out, cap, "TLS_%s_WITH_%s%s%s", exchange, cipher, *hash ? "_" : "", hash);
}

/* Names that do not follow from the columns: two slips of the registry, and Netscape's own. */
static bool name_is_special(const struct tlsni_suite *s)
{
    return s->id == 0xc0aa || s->id == 0xc0ab || s->id >= 0xfe00;
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
        if (!name_is_special(s))
            assert_string_equal(s->name, name);
        assert_string_equal(tlsni_suite_mac_name(s),
                            aead ? "AEAD" : tlsni_hash_find(s->mac)->name);
        assert_int_equal(s->nonce == TLSNI_NONCE_NONE, !aead);
        if (aead)
            assert_int_equal(s->min_version, s->kx == TLSNI_KX_TLS13 ? 0x0304 : 0x0303);
        assert_int_equal(s->prf, strstr(s->name, "SHA384") ? TLSNI_HASH_SHA384
                                                           : TLSNI_HASH_SHA256);
        assert_int_equal(s->tls_keys, strstr(s->name, "FIPS") != NULL);
        if (s->tls_keys)
            assert_true(s->max_version < 0x0303);
        if (s->kind == TLSNI_CIPHER_NULL || s->auth == TLSNI_AUTH_NONE || s->export_bits)
            assert_int_equal(s->policy, TLSNI_CLASS_RESEARCH);
    }
    for (size_t i = 0; i < count; i++) /* RFC 5469 1 */
        if (strstr(row(i, &n)->name, "WITH_DES_CBC") || strstr(row(i, &n)->name, "WITH_IDEA_CBC"))
            assert_true(row(i, &n)->max_version <= 0x0302);
    REQ("5469:1/1");
    REQ("4132:3.2/1");
    REQ("4162:3.2/1");
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
    REQ("4785:4/1");
    REQ("5487:3/1");
    REQ("5487:3.1/1");
    REQ("5487:3.1/3");
    REQ("5487:4/1");
    REQ("5489:3.1/1");
    REQ("5489:3.2/1");
    REQ("5489:3.2/3");
    REQ("5489:4/1");
    REQ("5489:5/1");
}

static bool forward_secret(const struct tlsni_suite *s)
{
    return s->kx == TLSNI_KX_ECDHE || s->kx == TLSNI_KX_TLS13;
}

/* RFC 8446 1.2: the suites of TLS 1.3 are its own. */
static void suite_versions_keep_tls13_apart(void **state)
{
    size_t count, n;

    (void)state;
    (void)tlsni_suite_rows(&count);
    for (size_t i = 0; i < count; i++) {
        const struct tlsni_suite *s = row(i, &n);
        bool tls13 = s->kx == TLSNI_KX_TLS13;

        assert_int_equal(s->auth == TLSNI_AUTH_TLS13, tls13);
        assert_int_equal(s->max_version == 0x0304, tls13);
        assert_int_equal(s->min_version == 0x0304, tls13);
        if (tls13 && s->kind == TLSNI_CIPHER_AEAD)
            assert_int_equal(s->nonce, TLSNI_NONCE_XOR12);
    }
    REQ("9150:4/1");
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
            assert_true(forward_secret(s) && s->kind == TLSNI_CIPHER_AEAD);
        if ((!forward_secret(s) && s->kx != TLSNI_KX_ECDHE_PSK) || s->kind == TLSNI_CIPHER_CBC)
            assert_true(s->policy >= TLSNI_CLASS_COMPAT);
    }
    assert_int_equal(list[0], 0x1301);
    assert_string_equal(tlsni_class_name(TLSNI_CLASS_MODERN), "modern");
    assert_string_equal(tlsni_class_name(TLSNI_CLASS_RESEARCH), "research");
}

static const struct tlsni_suite_constant *constant_of(uint16_t id)
{
    size_t count;
    const struct tlsni_suite_constant *c = tlsni_suite_constants(&count);

    for (size_t i = 0; i < count; i++)
        if (c[i].id == id)
            return &c[i];
    return NULL;
}

/* Names of the registry that are no suites: signals; and AEGIS, which is a draft. */
static bool beyond(uint16_t id, const char *name)
{
    return id == TLSNI_SCSV_RENEGOTIATION || id == TLSNI_SCSV_FALLBACK || id == 0x1306 ||
           id == 0x1307 || strncmp(name, "TLS_", 4) != 0;
}

static void check_registry_line(uint16_t id, const char *name, bool recommended, const char *line)
{
    const struct tlsni_suite *s = tlsni_suite_find(id);
    const struct tlsni_suite_constant *c = constant_of(id);

    assert_true((s != NULL) != (c != NULL));
    assert_string_equal(s ? s->name : c->name, name);
    assert_true(strncmp(s ? s->source : c->source, "RFC ", 4) == 0);
    if (!strstr(line, "smyshlyaev")) /* a registry of the time before RFC 9367 */
        assert_non_null(strstr(line, (s ? s->source : c->source) + 4));
    if (s)
        assert_int_equal(s->recommended, recommended);
}

static FILE *registry(void)
{
    const char *shared = vec_shared_dir();
    char path[512];
    FILE *f = NULL;

    if (shared) {
        (void)snprintf(path, sizeof path, "%s/vectors/iana/tls-parameters-4.csv", shared);
        f = fopen(path, "r");
    }
    if (!f) {
        print_message("# no shared/vectors/iana: skipped\n");
        skip();
    }
    return f;
}

/* Each of the lines "0xC0,0x2B",NAME,DTLS-OK,Recommended,Reference is a row or a constant. */
static void suite_rows_match_the_iana_registry(void **state)
{
    FILE *f = registry();
    char line[512];
    size_t rows = 0, constants = 0;

    (void)state;
    while (fgets(line, sizeof line, f)) {
        unsigned hi, lo;
        char name[128], dtls[8], rec[8];
        uint16_t id;

        if (sscanf(line, "\"0x%x,0x%x\",%127[^,],%7[^,],%7[^,],", &hi, &lo, name, dtls, rec) != 5)
            continue;
        id = (uint16_t)(hi << 8 | lo);
        if (beyond(id, name))
            continue;
        check_registry_line(id, name, rec[0] == 'Y', line);
        *(tlsni_suite_find(id) ? &rows : &constants) += 1;
    }
    (void)fclose(f);
    assert_int_equal(rows, 320);
    assert_int_equal(constants, 1 + 14 + 4 + 7 + 2); /* no suite; Kerberos, ECCPWD, GOST, SM */
    REQ("8447:8/1");
}

/* Numbers and names of RFC 4279 6, 4785 5, 5054 2.7, 5487 5, 5489 6 and 8442 4. */
static const struct {
    uint16_t first;
    const char *name[20];
} runs[] = {
    { 0x002c, { "PSK_WITH_NULL_SHA", "DHE_PSK_WITH_NULL_SHA", "RSA_PSK_WITH_NULL_SHA" } },
    { 0x008a, { "PSK_WITH_RC4_128_SHA", "PSK_WITH_3DES_EDE_CBC_SHA", "PSK_WITH_AES_128_CBC_SHA",
                "PSK_WITH_AES_256_CBC_SHA", "DHE_PSK_WITH_RC4_128_SHA", "DHE_PSK_WITH_3DES_EDE_CBC_SHA",
                "DHE_PSK_WITH_AES_128_CBC_SHA", "DHE_PSK_WITH_AES_256_CBC_SHA", "RSA_PSK_WITH_RC4_128_SHA",
                "RSA_PSK_WITH_3DES_EDE_CBC_SHA", "RSA_PSK_WITH_AES_128_CBC_SHA",
                "RSA_PSK_WITH_AES_256_CBC_SHA" } },
    { 0x00a8, { "PSK_WITH_AES_128_GCM_SHA256", "PSK_WITH_AES_256_GCM_SHA384", "DHE_PSK_WITH_AES_128_GCM_SHA256",
                "DHE_PSK_WITH_AES_256_GCM_SHA384", "RSA_PSK_WITH_AES_128_GCM_SHA256",
                "RSA_PSK_WITH_AES_256_GCM_SHA384", "PSK_WITH_AES_128_CBC_SHA256", "PSK_WITH_AES_256_CBC_SHA384",
                "PSK_WITH_NULL_SHA256", "PSK_WITH_NULL_SHA384", "DHE_PSK_WITH_AES_128_CBC_SHA256",
                "DHE_PSK_WITH_AES_256_CBC_SHA384", "DHE_PSK_WITH_NULL_SHA256", "DHE_PSK_WITH_NULL_SHA384",
                "RSA_PSK_WITH_AES_128_CBC_SHA256", "RSA_PSK_WITH_AES_256_CBC_SHA384", "RSA_PSK_WITH_NULL_SHA256",
                "RSA_PSK_WITH_NULL_SHA384" } },
    { 0xc01a, { "SRP_SHA_WITH_3DES_EDE_CBC_SHA", "SRP_SHA_RSA_WITH_3DES_EDE_CBC_SHA",
                "SRP_SHA_DSS_WITH_3DES_EDE_CBC_SHA", "SRP_SHA_WITH_AES_128_CBC_SHA",
                "SRP_SHA_RSA_WITH_AES_128_CBC_SHA", "SRP_SHA_DSS_WITH_AES_128_CBC_SHA",
                "SRP_SHA_WITH_AES_256_CBC_SHA", "SRP_SHA_RSA_WITH_AES_256_CBC_SHA",
                "SRP_SHA_DSS_WITH_AES_256_CBC_SHA" } },
    { 0xc033, { "ECDHE_PSK_WITH_RC4_128_SHA", "ECDHE_PSK_WITH_3DES_EDE_CBC_SHA", "ECDHE_PSK_WITH_AES_128_CBC_SHA",
                "ECDHE_PSK_WITH_AES_256_CBC_SHA", "ECDHE_PSK_WITH_AES_128_CBC_SHA256",
                "ECDHE_PSK_WITH_AES_256_CBC_SHA384", "ECDHE_PSK_WITH_NULL_SHA", "ECDHE_PSK_WITH_NULL_SHA256",
                "ECDHE_PSK_WITH_NULL_SHA384" } },
    { 0xd001, { "ECDHE_PSK_WITH_AES_128_GCM_SHA256", "ECDHE_PSK_WITH_AES_256_GCM_SHA384",
                "ECDHE_PSK_WITH_AES_128_CCM_8_SHA256" } },
    { 0xd005, { "ECDHE_PSK_WITH_AES_128_CCM_SHA256" } },
};

static void suite_numbers_of_keys_and_passwords_are_those_of_the_documents(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        for (size_t k = 0; k < 20 && runs[i].name[k]; k++) {
            const struct tlsni_suite *s = tlsni_suite_find((uint16_t)(runs[i].first + k));

            assert_non_null(s);
            assert_string_equal(s->name + 4, runs[i].name[k]);
        }
    REQ("4785:5/1");
    REQ("5487:5/1");
    REQ("5489:6/1");
    REQ("8442:4/1");
}

static void suite_constants_are_no_rows_and_have_a_reason(void **state)
{
    size_t count;
    const struct tlsni_suite_constant *c = tlsni_suite_constants(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        if (i)
            assert_true(c[i - 1].id < c[i].id);
        assert_null(tlsni_suite_find(c[i].id));
        assert_null(tlsni_suite_by_name(c[i].name, strlen(c[i].name)));
        assert_true(strlen(c[i].reason) > 0);
    }
}

static void suite_names_of_ssl3_are_understood(void **state)
{
    static const struct {
        const char *name;
        uint16_t id;
    } cases[] = { { "SSL_RSA_WITH_RC4_128_MD5", 0x0004 },
                  { "ssl_dh_anon_export_with_des40_cbc_sha", 0x0019 },
                  { "EDH-RSA-DES-CBC3-SHA", 0x0016 },
                  { "SSL_RSA_FIPS_WITH_DES_CBC_SHA", 0xfefe } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct tlsni_suite *s = tlsni_suite_by_name(cases[i].name, strlen(cases[i].name));

        assert_non_null(s);
        assert_int_equal(s->id, cases[i].id);
    }
    assert_null(tlsni_suite_by_name("SSL_", 4));
    assert_null(tlsni_suite_by_name("TLS_RSA_FIPS_WITH_DES_CBC_SHA", 29));
}

/* RFC 2246 6.3.1, draft-ietf-tls-56-bit-ciphersuites-01 4 */
static void suite_export_columns_say_how_short_keys_are(void **state)
{
    size_t count, n, found = 0;

    (void)state;
    (void)tlsni_suite_rows(&count);
    for (size_t i = 0; i < count; i++) {
        const struct tlsni_suite *s = row(i, &n);
        bool export = strstr(s->name, "EXPORT") != NULL;

        assert_int_equal(s->export_bits != 0, export);
        assert_int_equal(s->key_material != 0, export);
        if (!export)
            continue;
        found++;
        assert_int_equal(s->export_bits, strstr(s->name, "1024") ? 1024 : 512);
        assert_int_equal(s->key_material, strstr(s->name, "_DES_")       ? 8
                                          : strstr(s->name, "_40_") ||
                                                    strstr(s->name, "DES40") ? 5
                                                                              : 7);
        assert_int_equal(s->max_version, 0x0301);
    }
    assert_int_equal(found, 9 + 6);
    REQ("4346:A.5/4");
}

/* "0xC0,0x2B - ECDHE-ECDSA-AES128-GCM-SHA256 TLSv1.2 ..." of `openssl ciphers -V` */
static void suite_openssl_names_match_the_installed_openssl(void **state)
{
    FILE *f = popen("openssl ciphers -V ALL:COMPLEMENTOFALL:@SECLEVEL=0 2>/dev/null", "r");
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
        assert_string_equal(tlsni_suite_gnutls_name(s), name);
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
        cmocka_unit_test(suite_versions_keep_tls13_apart),
        cmocka_unit_test(suite_preference_has_every_row_best_first),
        cmocka_unit_test(suite_rows_match_the_iana_registry),
        cmocka_unit_test(suite_numbers_of_keys_and_passwords_are_those_of_the_documents),
        cmocka_unit_test(suite_constants_are_no_rows_and_have_a_reason),
        cmocka_unit_test(suite_names_of_ssl3_are_understood),
        cmocka_unit_test(suite_export_columns_say_how_short_keys_are),
        cmocka_unit_test(suite_openssl_names_match_the_installed_openssl),
        cmocka_unit_test(suite_gnutls_names_match_the_installed_gnutls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
