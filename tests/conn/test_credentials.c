/* Many certificates at one server, and certificates that are loaded when they are first asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support_duo.h"

#define OK(call) assert_int_equal((call), TLSN_OK)

enum { MANY = 1000 };

/* ---- certificates ---- */

static tlsn_key *key_of(const char *kind)
{
    static tlsn_key *ec, *rsa;
    tlsn_key **key = strncmp(kind, "rsa", 3) == 0 ? &rsa : &ec;

    if (!*key)
        OK(tlsn_key_generate(key, kind, NULL));
    return *key;
}

/* Issued by another one, or by itself. */
static size_t issue(uint8_t *der, size_t cap, const char *kind, const char *subject, const char *name,
                    struct tlsn_span issuer)
{
    const struct tlsn_cert_spec spec = { .subject = subject, .names = &name, .name_count = name != NULL,
                                         .ca = name == NULL, .path_len = -1,
                                         .not_before = 1000000000, .not_after = 2000000000 };
    tlsn_key *signer = key_of(issuer.len ? "ec:secp256r1" : kind);
    size_t len;

    OK(tlsn_cert_issue(&spec, key_of(kind), issuer, signer, NULL, der, cap, &len));
    return len;
}

static tlsn_credential *made(const char *kind, const char *subject, const char *name)
{
    const struct tlsn_span none = { NULL, 0 };
    tlsn_credential *c;
    uint8_t der[2048];
    char pem[4096];
    size_t len, pem_len;

    len = issue(der, sizeof der, kind, subject, name, none);
    OK(tlsn_key_write(key_of(kind), pem, sizeof pem, &pem_len));
    OK(tlsn_credential_new(&c, der, len, pem, pem_len, NULL));
    return c;
}

static void add(struct duo *d, const char *subject, const char *name)
{
    tlsn_credential *c = made("ec:secp256r1", subject, name);

    OK(tlsn_config_add_credential(d->config[TLSN_SERVER], c));
    tlsn_credential_free(c);
}

static struct duo *fresh(void)
{
    struct duo *d = duo_new();

    duo_reset_server(d, NULL);
    OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_INSECURE_NONE));
    return d;
}

static void ask_as(struct duo *d, const char *name)
{
    duo_connect(d);
    OK(tlsn_conn_set_server_name(d->conn[TLSN_CLIENT], name));
    duo_run(d);
}

/* The subject of what the server shows to a client that asks for this name. */
static void assert_shown(struct duo *d, const char *name, const char *subject)
{
    struct tlsn_cert_info cert;

    ask_as(d, name);
    assert_int_equal(d->status[TLSN_CLIENT], TLSN_OK);
    OK(tlsn_cert_describe(tlsn_conn_peer_cert(d->conn[TLSN_CLIENT], 0), &cert));
    assert_string_equal(cert.subject, subject);
}

/* ---- many ---- */

static void thousand_certificates_are_told_apart(void **state)
{
    struct duo *d = fresh();
    char subject[32], name[32];

    (void)state;
    for (unsigned i = 0; i < MANY; i++) {
        (void)snprintf(subject, sizeof subject, "CN=%u", i);
        (void)snprintf(name, sizeof name, "%s%u.example", i % 10 == 9 ? "*.w" : "h", i);
        add(d, subject, name);
    }
    assert_shown(d, "h0.example", "CN=0");
    assert_shown(d, "H998.Example", "CN=998");
    assert_shown(d, "a.w999.example", "CN=999");
    assert_shown(d, "a.b.w999.example", "CN=0");
    assert_shown(d, "w999.example", "CN=0");
    assert_shown(d, "h9.example", "CN=0");
    assert_shown(d, "h500.example", "CN=500");
    duo_free(d);
}

/* ---- a source ---- */

struct shop {
    unsigned calls;
    char last[256];
    tlsn_status fails;
};

/* "rsa-..." and "both-..." have such certificates; names with "none" in them have none. */
static tlsn_status load(void *ctx, const char *name, tlsn_credential **out, size_t *count)
{
    struct shop *shop = ctx;
    char subject[300];

    shop->calls++;
    (void)snprintf(shop->last, sizeof shop->last, "%s", name);
    (void)snprintf(subject, sizeof subject, "CN=loaded %.200s", *name ? name : "for nobody");
    if (shop->fails != TLSN_OK)
        return shop->fails;
    if (strstr(name, "none"))
        return TLSN_ERR_NOT_FOUND;
    if (strncmp(name, "ec-", 3) != 0)
        out[(*count)++] = made("rsa:2048", subject, *name ? name : "default.example");
    if (strncmp(name, "rsa-", 4) != 0)
        out[(*count)++] = made("ec:secp256r1", subject, *name ? name : "default.example");
    return TLSN_OK;
}

static struct duo *with_source(struct shop *shop, size_t entries, tlsn_credential_source **source)
{
    const struct tlsn_credential_loader loader = { load, shop };
    struct duo *d = fresh();

    memset(shop, 0, sizeof *shop);
    add(d, "CN=standing", "standing.example");
    add(d, "CN=wild", "*.wild.example");
    OK(tlsn_credential_source_new(source, &loader, entries, NULL));
    OK(tlsn_config_set_credential_source(d->config[TLSN_SERVER], *source));
    return d;
}

static void source_is_asked_once_for_each_name(void **state)
{
    tlsn_credential_source *source;
    struct shop shop;
    struct duo *d = with_source(&shop, 10, &source);

    (void)state;
    assert_shown(d, "ec-a.example", "CN=loaded ec-a.example");
    assert_shown(d, "EC-A.example", "CN=loaded ec-a.example");
    assert_int_equal(shop.calls, 1);
    assert_string_equal(shop.last, "ec-a.example");
    assert_shown(d, "standing.example", "CN=standing"); /* in full in the configuration: not asked */
    assert_int_equal(shop.calls, 1);
    assert_shown(d, "x.wild.example", "CN=loaded x.wild.example"); /* goes before a wildcard */
    assert_shown(d, "none.wild.example", "CN=wild");
    assert_shown(d, "none.example", "CN=standing");
    assert_shown(d, "none.example", "CN=standing");
    assert_int_equal(shop.calls, 4);
    assert_int_equal(tlsn_credential_source_count(source), 4);
    tlsn_credential_source_forget(source, "ec-a.example");
    tlsn_credential_source_forget(source, "nobody");
    assert_shown(d, "ec-a.example", "CN=loaded ec-a.example");
    assert_int_equal(shop.calls, 5);
    tlsn_credential_source_forget(source, NULL);
    assert_int_equal(tlsn_credential_source_count(source), 0);
    duo_free(d);
    tlsn_credential_source_free(source);
}

/* Of several for one name the suite decides. */
static void source_may_have_certificates_of_several_kinds(void **state)
{
    tlsn_credential_source *source;
    struct shop shop;
    struct duo *d = with_source(&shop, 10, &source);
    struct tlsn_cert_info cert;

    (void)state;
    assert_shown(d, "both.example", "CN=loaded both.example");
    duo_free(d);
    d = fresh();
    OK(tlsn_config_set_credential_source(d->config[TLSN_SERVER], source));
    OK(tlsn_config_set_suites(d->config[TLSN_CLIENT], "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"));
    assert_shown(d, "both.example", "CN=loaded both.example");
    OK(tlsn_cert_describe(tlsn_conn_peer_cert(d->conn[TLSN_CLIENT], 0), &cert));
    assert_string_equal(cert.key, "RSA 2048");
    assert_int_equal(shop.calls, 1);
    ask_as(d, "ec-only.example");
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_NO_CREDENTIAL);
    duo_free(d);
    tlsn_credential_source_free(source);
}

static void source_is_asked_for_clients_without_a_name(void **state)
{
    tlsn_credential_source *source;
    struct shop shop;
    struct duo *d = with_source(&shop, 10, &source);

    (void)state;
    assert_shown(d, "192.0.2.1", "CN=loaded for nobody"); /* not sent */
    assert_string_equal(shop.last, "");
    duo_free(d);
    tlsn_credential_source_free(source);
}

static void source_that_fails_ends_the_handshake(void **state)
{
    tlsn_credential_source *source;
    struct shop shop;
    struct duo *d = with_source(&shop, 10, &source);

    (void)state;
    shop.fails = TLSN_ERR_FILE;
    ask_as(d, "ec-a.example");
    assert_int_equal(d->status[TLSN_SERVER], TLSN_ERR_FILE);
    shop.fails = TLSN_OK; /* nothing was remembered */
    assert_shown(d, "ec-a.example", "CN=loaded ec-a.example");
    duo_free(d);
    tlsn_credential_source_free(source);
}

/* Guessed names do not push out what serves somebody. */
static void source_is_bounded_and_keeps_what_it_has(void **state)
{
    tlsn_credential_source *source;
    struct shop shop;
    struct duo *d = with_source(&shop, 2, &source);
    char name[32];

    (void)state;
    assert_shown(d, "ec-a.example", "CN=loaded ec-a.example");
    assert_shown(d, "ec-b.example", "CN=loaded ec-b.example");
    for (unsigned i = 0; i < 20; i++) {
        (void)snprintf(name, sizeof name, "none%u.example", i);
        assert_shown(d, name, "CN=standing");
    }
    assert_int_equal(shop.calls, 22);
    assert_int_equal(tlsn_credential_source_count(source), 2);
    assert_shown(d, "ec-a.example", "CN=loaded ec-a.example");
    assert_int_equal(shop.calls, 22);
    assert_shown(d, "ec-c.example", "CN=loaded ec-c.example"); /* b was not asked for the longest */
    assert_shown(d, "ec-a.example", "CN=loaded ec-a.example");
    assert_int_equal(shop.calls, 23);
    assert_shown(d, "ec-b.example", "CN=loaded ec-b.example");
    assert_int_equal(shop.calls, 24);
    assert_int_equal(tlsn_credential_source_count(source), 2);
    duo_free(d);
    tlsn_credential_source_free(source);
}

static void source_without_sense_is_refused(void **state)
{
    const struct tlsn_credential_loader loader = { load, NULL }, empty = { NULL, NULL };
    tlsn_credential_source *source;

    (void)state;
    assert_int_equal(tlsn_credential_source_new(&source, &loader, 0, NULL), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_credential_source_new(&source, &loader, 1000001, NULL), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_credential_source_new(&source, &empty, 1, NULL), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_credential_source_new(&source, NULL, 1, NULL), TLSN_ERR_ARGUMENT);
    assert_null(source);
    tlsn_credential_source_free(NULL);
}

/* ---- chains as they are given ---- */

enum { ROOT, UPPER, LOWER, LEAF, PARTS };

static struct {
    uint8_t der[2048];
    size_t len;
} part[PARTS];

static struct tlsn_span span_of(int i)
{
    return (struct tlsn_span){ part[i].der, part[i].len };
}

static int make_parts(void **state)
{
    static const char *const subjects[PARTS] = { "CN=root", "CN=upper", "CN=lower", "CN=leaf" };
    struct tlsn_span issuer = { NULL, 0 };

    (void)state;
    for (int i = 0; i < PARTS; i++) {
        part[i].len = issue(part[i].der, sizeof part[i].der, i == LEAF ? "rsa:2048" : "ec:secp256r1",
                            subjects[i], i == LEAF ? "leaf.example" : NULL, issuer);
        issuer = span_of(i);
    }
    return 0;
}

/* Loads the parts with these digits as a chain. */
static tlsn_status load_chain(tlsn_credential **c, const char *order, enum tlsn_chain_order mode)
{
    static char text[32768], pem[4096];
    size_t at = 0, len;

    for (; *order; order++) {
        struct tlsn_span der = span_of(*order - '0');

        OK(tlsn_pem_write("CERTIFICATE", der.data, der.len, text + at, sizeof text - at, &len));
        at += len;
    }
    OK(tlsn_key_write(key_of("rsa:2048"), pem, sizeof pem, &len));
    return tlsn_credential_new_ordered(c, text, at, pem, len, mode, NULL);
}

static void assert_chain(const tlsn_credential *c, const char *order)
{
    size_t i = 0;

    for (; order[i]; i++) {
        struct tlsn_span got = tlsn_credential_cert(c, i), wanted = span_of(order[i] - '0');

        assert_int_equal(got.len, wanted.len);
        assert_memory_equal(got.data, wanted.data, wanted.len);
    }
    assert_int_equal(tlsn_credential_cert(c, i).len, 0);
}

static void chains_are_put_in_order_and_told_about(void **state)
{
    static const struct {
        const char *given, *sent;
        unsigned findings;
    } cases[] = {
        { "321", "321", 0 },
        { "32", "32", 0 },
        { "3210", "3210", TLSN_CHAIN_WITH_ROOT },
        { "0123", "3210", TLSN_CHAIN_WITH_ROOT | TLSN_CHAIN_REORDERED }, /* reversed */
        { "123", "321", TLSN_CHAIN_REORDERED },
        { "312", "321", TLSN_CHAIN_REORDERED },
        { "3221", "321", TLSN_CHAIN_DUPLICATE | TLSN_CHAIN_REORDERED },
        { "3212", "321", TLSN_CHAIN_DUPLICATE },
        { "3", "3", TLSN_CHAIN_INCOMPLETE },
        { "31", "3", TLSN_CHAIN_INCOMPLETE | TLSN_CHAIN_UNRELATED }, /* a gap */
        { "310", "3", TLSN_CHAIN_INCOMPLETE | TLSN_CHAIN_UNRELATED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tlsn_credential *c;

        OK(load_chain(&c, cases[i].given, TLSN_CHAIN_ORDER));
        assert_int_equal(tlsn_credential_findings(c), cases[i].findings);
        assert_chain(c, cases[i].sent);
        tlsn_credential_free(c);
        OK(load_chain(&c, cases[i].given, TLSN_CHAIN_AS_GIVEN));
        assert_int_equal(tlsn_credential_findings(c), cases[i].findings);
        tlsn_credential_free(c);
        if (cases[i].findings & TLSN_CHAIN_DISORDER) {
            assert_int_equal(load_chain(&c, cases[i].given, TLSN_CHAIN_STRICT), TLSN_ERR_CERT_BAD);
            assert_null(c);
        } else {
            OK(load_chain(&c, cases[i].given, TLSN_CHAIN_STRICT));
            tlsn_credential_free(c);
        }
    }
    assert_int_equal(load_chain(&(tlsn_credential *){ NULL }, "3", (enum tlsn_chain_order)9),
                     TLSN_ERR_ARGUMENT);
}

static void chains_as_given_stay_so_but_for_the_leaf(void **state)
{
    tlsn_credential *c;

    (void)state;
    OK(load_chain(&c, "3120", TLSN_CHAIN_AS_GIVEN));
    assert_chain(c, "3120");
    tlsn_credential_free(c);
    OK(load_chain(&c, "0123", TLSN_CHAIN_AS_GIVEN));
    assert_chain(c, "3012");
    tlsn_credential_free(c);
}

static void chain_findings_have_their_texts(void **state)
{
    (void)state;
    for (unsigned bit = 1; bit <= TLSN_CHAIN_UNSTAPLED; bit *= 2)
        assert_true(*tlsn_chain_finding_text((enum tlsn_chain_finding)bit));
    assert_string_equal(tlsn_chain_finding_text((enum tlsn_chain_finding)3), "");
}

/* What a peer would say. */
static void chain_is_checked_before_a_peer_does_it(void **state)
{
    tlsn_credential *c;
    tlsn_trust *trust;

    (void)state;
    OK(tlsn_trust_new(&trust, NULL));
    OK(tlsn_trust_add(trust, part[ROOT].der, part[ROOT].len, NULL, NULL));
    OK(load_chain(&c, "321", TLSN_CHAIN_ORDER));
    OK(tlsn_credential_check(c, trust, TLSN_PURPOSE_SERVER, "leaf.example", 1500000000, NULL, NULL));
    assert_int_equal(tlsn_credential_check(c, trust, TLSN_PURPOSE_SERVER, "b.example", 1500000000,
                                           NULL, NULL), TLSN_ERR_CERT_NAME);
    tlsn_credential_free(c);
    OK(load_chain(&c, "31", TLSN_CHAIN_ORDER));
    assert_int_equal(tlsn_credential_check(c, trust, TLSN_PURPOSE_SERVER, NULL, 1500000000, NULL,
                                           NULL), TLSN_ERR_CERT_UNKNOWN_CA);
    tlsn_credential_free(c);
    tlsn_trust_free(trust);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(thousand_certificates_are_told_apart),
        cmocka_unit_test(source_is_asked_once_for_each_name),
        cmocka_unit_test(source_may_have_certificates_of_several_kinds),
        cmocka_unit_test(source_is_asked_for_clients_without_a_name),
        cmocka_unit_test(source_that_fails_ends_the_handshake),
        cmocka_unit_test(source_is_bounded_and_keeps_what_it_has),
        cmocka_unit_test(source_without_sense_is_refused),
        cmocka_unit_test(chains_are_put_in_order_and_told_about),
        cmocka_unit_test(chains_as_given_stay_so_but_for_the_leaf),
        cmocka_unit_test(chain_findings_have_their_texts),
        cmocka_unit_test(chain_is_checked_before_a_peer_does_it),
    };
    return cmocka_run_group_tests(tests, make_parts, NULL);
}
