#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cipher/group.h"
#include "cipher/pk.h"
#include "cipher/suite.h"
#include "req.h"
#include "support_vectors.h"

#include <stdio.h>
#include <string.h>

static void sigalg_rows_are_sorted_and_found(void **state)
{
    size_t count;
    const struct tlsni_sigalg *rows = tlsni_sigalg_rows(&count);

    (void)state;
    assert_true(count >= 18);
    for (size_t i = 0; i < count; i++) {
        const char *names[] = { rows[i].name, rows[i].openssl, rows[i].gnutls };

        if (i)
            assert_true(rows[i - 1].id < rows[i].id);
        assert_ptr_equal(tlsni_sigalg_find(rows[i].id), &rows[i]);
        for (size_t k = 0; k < 3; k++)
            assert_ptr_equal(tlsni_sigalg_by_name(names[k], strlen(names[k])), &rows[i]);
        assert_string_equal(tlsni_sigalg_name(rows[i].id), rows[i].name);
    }
    assert_string_equal(tlsni_sigalg_name(0), "");
    assert_null(tlsni_sigalg_find(0));
    assert_null(tlsni_sigalg_find(0x0102)); /* DSA has never been used with MD5 */
    assert_null(tlsni_sigalg_by_name("", 0));
}

/* RFC 5246 7.4.1.4.1: below 0x0800 the first octet is the hash, the second 1 (RSA), 2 (DSA) or 3
 * (ECDSA). */
static void sigalg_numbers_agree_with_the_columns(void **state)
{
    size_t count;
    const struct tlsni_sigalg *rows = tlsni_sigalg_rows(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        const struct tlsni_sigalg *s = &rows[i];
        bool weak = (s->hash && s->hash < TLSNI_HASH_SHA256) || s->key == TLSNI_KEY_DSA;

        if (s->clients_only) /* numbered without a system */
            continue;
        if (s->id < 0x0800) {
            assert_int_equal(s->id >> 8, s->hash);
            assert_int_equal(s->id & 0xff, s->key == TLSNI_KEY_RSA   ? 1
                                           : s->key == TLSNI_KEY_DSA ? 2
                                                                     : 3);
            assert_int_equal(s->padding, s->key == TLSNI_KEY_RSA ? TLSNI_PAD_PKCS1
                                                                 : TLSNI_PAD_NONE);
        }
        assert_int_equal(weak, s->policy >= TLSNI_CLASS_LEGACY);
        assert_int_equal(s->max_version == 0x0304, s->padding != TLSNI_PAD_PKCS1 && !weak);
        assert_true(s->cert_version >= s->max_version);
        if (s->group)
            assert_non_null(tlsni_group_find(s->group));
    }
}

static void sigalg_preference_has_every_row_and_weak_ones_last(void **state)
{
    size_t count, rows;
    const uint16_t *list = tlsni_sigalg_preference(&count);
    uint8_t class = 0;

    (void)state;
    (void)tlsni_sigalg_rows(&rows);
    assert_int_equal(count, rows);
    for (size_t i = 0; i < count; i++) {
        const struct tlsni_sigalg *s = tlsni_sigalg_find(list[i]);

        assert_non_null(s);
        assert_true(s->policy >= class);
        class = s->policy;
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(list[i], list[j]);
    }
}

/* RFC 9847 9: of hashes below SHA-256 none is in a list unless by name or policy. */
static void sigalg_with_a_discouraged_hash_is_legacy_at_best(void **state)
{
    size_t count, found = 0;
    const struct tlsni_sigalg *rows = tlsni_sigalg_rows(&count);

    (void)state;
    for (size_t i = 0; i < count; i++)
        if (rows[i].hash && rows[i].hash < TLSNI_HASH_SHA256) {
            assert_true(rows[i].policy >= TLSNI_CLASS_LEGACY);
            found++;
        }
    assert_int_equal(found, 7); /* SHA-1 and SHA-224 with RSA, DSA and ECDSA, MD5 with RSA */
    REQ("9847:9/1");
    REQ("8017:B.1/3");
}

/* RFC 8446 4.2.3: what certificates alone may be signed with in TLS 1.3. */
static void sigalg_versions_of_certificates_are_those_of_tls13(void **state)
{
    static const uint16_t certificates_only[] = { 0x0201, 0x0203, 0x0401, 0x0501, 0x0601 };
    size_t count, found = 0;
    const struct tlsni_sigalg *rows = tlsni_sigalg_rows(&count);

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(tlsni_sigalg_find(certificates_only[i])->max_version, 0x0303);
        assert_int_equal(tlsni_sigalg_find(certificates_only[i])->cert_version, 0x0304);
    }
    for (size_t i = 0; i < count; i++)
        found += rows[i].max_version == 0x0303 && rows[i].cert_version == 0x0304;
    assert_int_equal(found, 5);
}

/* RFC 9963 3 */
static void sigalg_pkcs1_of_tls13_is_for_clients_and_off(void **state)
{
    static const uint16_t ids[] = { 0x0420, 0x0520, 0x0620 };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct tlsni_sigalg *s = tlsni_sigalg_find(ids[i]);

        assert_true(s->clients_only);
        assert_int_equal(s->padding, TLSNI_PAD_PKCS1);
        assert_int_equal(s->hash, TLSNI_HASH_SHA256 + i);
        assert_int_equal(s->min_version, 0x0304);
        assert_int_equal(s->policy, TLSNI_CLASS_LEGACY);
        assert_int_equal(tlsni_sigalg_last(s, TLSN_SERVER), 0);
        assert_int_equal(tlsni_sigalg_last(s, TLSN_CLIENT), 0x0304);
        assert_int_equal(s->cert_version, 0);
        assert_int_equal(tlsni_sigalg_params(s).padding, TLSNI_PAD_PKCS1_NULL);
    }
    REQ("9963:3/1");
    REQ("9963:3/2");
    REQ("9963:3/9");
}

/* RFC 8734 4: with the curve that the name says, in TLS 1.3. */
static void sigalg_brainpool_is_bound_to_its_curve(void **state)
{
    static const uint16_t curves[] = { TLSNI_GROUP_BRAINPOOLP256R1, TLSNI_GROUP_BRAINPOOLP384R1,
                                       TLSNI_GROUP_BRAINPOOLP512R1 };

    (void)state;
    for (uint16_t i = 0; i < 3; i++) {
        const struct tlsni_sigalg *s = tlsni_sigalg_find((uint16_t)(0x081a + i));

        assert_int_equal(s->group, curves[i]);
        assert_int_equal(s->hash, TLSNI_HASH_SHA256 + i);
        assert_int_equal(s->min_version, 0x0304);
    }
    REQ("8734:4/1");
}

static void sigalg_eddsa_has_hash_number_8(void **state)
{
    (void)state;
    assert_int_equal(tlsni_sigalg_by_name("ed25519", 7)->id, 0x0807);
    assert_int_equal(tlsni_sigalg_by_name("ed448", 5)->id, 0x0808);
    REQ("8422:5.1.3/1");
    REQ("8422:5.10/10");
}

/* RFC 8446 4.2.3 */
static void sigalg_params_of_pss_have_salt_of_the_digests_length(void **state)
{
    static const uint16_t ids[] = { 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b };
    static const uint16_t lens[] = { 32, 48, 64, 32, 48, 64 };

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        struct tlsni_sig_params p = tlsni_sigalg_params(tlsni_sigalg_find(ids[i]));

        assert_int_equal(p.salt_len, lens[i]);
        assert_int_equal(p.mgf_hash, p.hash);
        assert_int_equal(p.key, i < 3 ? TLSNI_KEY_RSA : TLSNI_KEY_RSA_PSS);
    }
    assert_int_equal(tlsni_sigalg_params(tlsni_sigalg_find(0x0401)).salt_len, 0);
    assert_int_equal(tlsni_sigalg_params(tlsni_sigalg_find(0x0807)).hash, TLSNI_HASH_NONE);
}

/* "SIGN-RSA-SHA256" in the list of `gnutls-cli -l`; other spellings would be refused there. */
static void sigalg_gnutls_names_are_known_to_the_installed_gnutls(void **state)
{
    FILE *f = popen("gnutls-cli -l 2>/dev/null", "r");
    char all[32768];
    size_t len = f ? fread(all, 1, sizeof all - 1, f) : 0, count, found = 0;
    const struct tlsni_sigalg *rows = tlsni_sigalg_rows(&count);
    char *list;

    (void)state;
    if (f)
        (void)pclose(f);
    all[len] = 0;
    list = strstr(all, "PK-signatures:");
    if (!list) {
        print_message("# no gnutls-cli: skipped\n");
        skip();
    }
    for (size_t i = 0; i < count; i++) {
        char name[64];

        (void)snprintf(name, sizeof name, "%s,", rows[i].gnutls);
        if (strstr(list, name))
            found++;
        else
            print_message("# %s is not in gnutls-cli's list\n", rows[i].gnutls);
    }
    assert_true(found + 1 + 6 >= count); /* MD5 may be compiled out; RFC 8734 and 9963 are unknown there */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sigalg_rows_are_sorted_and_found),
        cmocka_unit_test(sigalg_numbers_agree_with_the_columns),
        cmocka_unit_test(sigalg_preference_has_every_row_and_weak_ones_last),
        cmocka_unit_test(sigalg_with_a_discouraged_hash_is_legacy_at_best),
        cmocka_unit_test(sigalg_versions_of_certificates_are_those_of_tls13),
        cmocka_unit_test(sigalg_pkcs1_of_tls13_is_for_clients_and_off),
        cmocka_unit_test(sigalg_brainpool_is_bound_to_its_curve),
        cmocka_unit_test(sigalg_eddsa_has_hash_number_8),
        cmocka_unit_test(sigalg_params_of_pss_have_salt_of_the_digests_length),
        cmocka_unit_test(sigalg_gnutls_names_are_known_to_the_installed_gnutls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
