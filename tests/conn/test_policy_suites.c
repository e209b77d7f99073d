/* What the policies offer and accept, suite by suite, and what each suite asks of version and
 * certificate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cipher/group.h"
#include "cipher/sigalg.h"
#include "handshake/negotiate.h"
#include "req.h"
#include "support_duo.h"

static const uint8_t *offered_suites(struct duo *d, size_t *count)
{
    struct tlsn_span m = duo_message(d, TLSN_CLIENT, 1);
    const uint8_t *p;

    assert_non_null(m.data);
    p = m.data + 2 + 32;
    p += 1 + *p;
    *count = (size_t)(p[0] << 8 | p[1]) / 2;
    assert_true(p + 2 + 2 * *count <= m.data + m.len);
    return p + 2;
}

/* Whether the client's hello has the suite. */
static bool offers(struct duo *d, uint16_t id)
{
    size_t count;
    const uint8_t *p = offered_suites(d, &count);

    for (size_t i = 0; i < count; i++)
        if ((p[2 * i] << 8 | p[2 * i + 1]) == id)
            return true;
    return false;
}

static void check_policy(const char *name, uint8_t limit)
{
    struct duo *d = duo_new();
    size_t count;
    const struct tlsni_suite *rows = tlsni_suite_rows(&count);

    assert_int_equal(tlsn_config_set_policy(d->config[TLSN_CLIENT], name), TLSN_OK);
    duo_connect(d);
    duo_run(d);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(offers(d, rows[i].id), rows[i].policy <= limit &&
                                                    tlsni_suite_implemented(&rows[i]) &&
                                                    (duo_certificate_suffices(rows[i].id) ||
                                                     tlsni_kx_is_fixed(rows[i].kx)));
    duo_free(d);
}

static void policy_each_offers_its_classes_and_no_other(void **state)
{
    (void)state;
    check_policy("modern", TLSNI_CLASS_MODERN);
    check_policy("default", TLSNI_CLASS_DEFAULT);
    check_policy("compat", TLSNI_CLASS_COMPAT);
    check_policy("legacy", TLSNI_CLASS_LEGACY);
    check_policy("research", TLSNI_CLASS_RESEARCH);
    REQ("9150:9/5");
    REQ("9150:9/6");
}

/* The alert that answers a hello with this suite alone; 0 when there is a ServerHello. */
static int answer(struct duo *d, uint16_t version, const struct tlsni_suite *suite)
{
    char text[8];
    struct duo_hello hello = { .version = version, .suites = text,
                               .extensions = "000a000400020017" "000d00080006040304020804" };

    (void)snprintf(text, sizeof text, "%04x", suite->id);
    duo_connect(d);
    duo_hello(d, &hello);
    return duo_message(d, TLSN_SERVER, 2).data ? 0 : duo_alert(d, TLSN_SERVER);
}

/* A server of these policies takes no weak suite either, though the client has nothing else. */
static void policy_default_and_modern_accept_no_weak_suite(void **state)
{
    static const char *const policies[] = { "modern", "default" };
    size_t count;
    const struct tlsni_suite *rows = tlsni_suite_rows(&count);

    (void)state;
    for (size_t k = 0; k < sizeof policies / sizeof *policies; k++) {
        struct duo *d = duo_new();

        duo_reset_server(d, duo_credential("rsa:2048"));
        assert_int_equal(tlsn_config_add_credential(d->config[TLSN_SERVER],
                                                    duo_credential("ec:secp256r1")), TLSN_OK);
        assert_int_equal(tlsn_config_set_policy(d->config[TLSN_SERVER], policies[k]), TLSN_OK);
        for (size_t i = 0; i < count; i++)
            if (rows[i].policy >= TLSNI_CLASS_COMPAT)
                assert_int_equal(answer(d, 0x0303, &rows[i]), 0x0228);
        duo_free(d);
    }
    REQ("5469:4.1/2");
    REQ("7525:4.1/1");
    REQ("7525:4.1/4");
    REQ("9847:5/1");
}

/* The alert, or 0, of a server of every version. */
static void check_versions(struct duo *d, const struct tlsni_suite *suite)
{
    struct tlsn_version_info v;

    assert_int_equal(tlsn_config_set_policy(d->config[TLSN_SERVER], "research"), TLSN_OK);
    assert_int_equal(tlsn_config_set_suites(d->config[TLSN_SERVER], suite->name), TLSN_OK);
    for (size_t i = 0; tlsn_version_info(i, &v); i++) {
        bool has = suite->min_version <= v.number && v.number <= suite->max_version;

        if (!v.implemented || v.number > TLSN_TLS1_2) /* which this hello does not offer */
            continue;
        assert_int_equal(answer(d, v.number, suite), has ? 0 : 0x0228);
        if (has)
            assert_int_equal(duo_suite(d), suite->id);
    }
}

/* Each suite by its name in a server that has keys of both kinds: chosen in its versions, refused in
 * the others, and refused when the key is of the other kind. */
static void suite_each_needs_its_version_and_its_key(void **state)
{
    size_t count;
    const struct tlsni_suite *rows = tlsni_suite_rows(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        bool usable = tlsni_suite_implemented(&rows[i]) &&
                      rows[i].min_version <= TLSN_TLS1_2 && duo_certificate_suffices(rows[i].id);
        struct duo *d = usable ? duo_new() : NULL;
        bool ecdsa = rows[i].auth == TLSNI_AUTH_ECDSA, dss = rows[i].auth == TLSNI_AUTH_DSS;

        if (!d)
            continue;
        duo_reset_server(d, duo_credential(ecdsa ? "ec:secp256r1"
                                            : dss ? "dsa:1024" : "rsa:2048"));
        check_versions(d, &rows[i]);
        duo_reset_server(d, duo_credential(ecdsa ? "rsa:2048" : "ec:secp256r1"));
        assert_int_equal(tlsn_config_set_policy(d->config[TLSN_SERVER], "research"), TLSN_OK);
        assert_int_equal(tlsn_config_set_suites(d->config[TLSN_SERVER], rows[i].name), TLSN_OK);
        assert_int_equal(answer(d, rows[i].max_version, &rows[i]), 0x0228);
        duo_free(d);
    }
    REQ("6655:3/7");
    REQ("6655:3/9");
    REQ("6655:3/11");
    REQ("7251:2/2");
    REQ("7251:2/4");
    REQ("7251:2/5");
    REQ("5932:3/4");
    REQ("6367:3.3/1");
    REQ("6209:3/2");
}

/* Rows whose parts are not all there, and constants, cannot be configured. */
static void suite_without_code_is_refused_by_name(void **state)
{
    struct duo *d = duo_new();
    struct tlsn_suite_info suite;
    tlsn_config *config = d->config[TLSN_CLIENT];

    (void)state;
    for (size_t i = 0; tlsn_suite_info(i, &suite); i++) {
        tlsn_status st = tlsn_config_set_suites(config, suite.name);

        if (suite.implemented)
            assert_int_equal(st, TLSN_OK);
        else if (*suite.kx)
            assert_int_equal(st, TLSN_ERR_NOT_IMPLEMENTED);
        else
            assert_int_equal(st, TLSN_ERR_UNKNOWN_KEYWORD);
        assert_int_equal(*suite.reason == 0, suite.implemented);
    }
    assert_int_equal(tlsn_config_set_groups(config, "curveSM2"), TLSN_ERR_UNKNOWN_KEYWORD);
    assert_int_equal(tlsn_config_set_sigalgs(config, "sm2sig_sm3"), TLSN_ERR_UNKNOWN_KEYWORD);
    for (uint16_t id = 0x0708; id < 0x0710; id++)
        assert_null(tlsni_sigalg_find(id));
    for (uint16_t id = 34; id <= 41; id++)
        assert_null(tlsni_group_find(id));
    duo_free(d);
    REQ("2712:3/1");
    REQ("8492:6/1");
    REQ("9189:4/1");
    REQ("9367:4/1");
    REQ("9367:5/1");
    REQ("8998:2/1");
    REQ("8998:2/2");
    REQ("8998:3.1/1");
}

/* Neither used by a server nor taken from one, by suites that sign or encrypt. */
static void certificate_of_fixed_dh_is_not_used(void **state)
{
    static const uint16_t ids[] = { 0xc02b, 0xc02f, 0x009c, 0x009e };
    struct duo *d = duo_new();

    (void)state;
    duo_reset_server(d, duo_credential("dh:ffdhe2048"));
    assert_int_equal(tlsn_config_set_policy(d->config[TLSN_SERVER], "compat"), TLSN_OK);
    for (size_t i = 0; i < 4; i++) {
        assert_non_null(tlsni_suite_find(ids[i]));
        assert_int_equal(answer(d, 0x0303, tlsni_suite_find(ids[i])), 0x0228);
    }
    duo_free(d);
    REQ("10015:2/3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificate_of_fixed_dh_is_not_used),
        cmocka_unit_test(policy_each_offers_its_classes_and_no_other),
        cmocka_unit_test(policy_default_and_modern_accept_no_weak_suite),
        cmocka_unit_test(suite_each_needs_its_version_and_its_key),
        cmocka_unit_test(suite_without_code_is_refused_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
