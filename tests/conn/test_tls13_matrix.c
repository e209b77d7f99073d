/* TLS 1.3: every suite with every group and every signature scheme, in every kind of handshake. Each connection
 * carries data both ways.
 *
 * Without an argument the kinds take turns, so that for each suite and group all of them come up, with another
 * scheme each. `PART/PARTS` takes that part of the whole product (`make check-matrix`). */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "req.h"

/* ---- what there is ---- */

/* Key kinds for the schemes; one that is not here has no row, and the count below says so. */
static const struct scheme {
    const char *name, *key;
} schemes[] = {
    { "ecdsa_secp256r1_sha256", "ec:secp256r1" },
    { "ecdsa_secp384r1_sha384", "ec:secp384r1" },
    { "ecdsa_secp521r1_sha512", "ec:secp521r1" },
    { "rsa_pss_rsae_sha256", "rsa:2048" },
    { "rsa_pss_rsae_sha384", "rsa:2048" },
    { "rsa_pss_rsae_sha512", "rsa:2048" },
    { "rsa_pss_pss_sha256", "rsa-pss:2048" },
    { "rsa_pss_pss_sha384", "rsa-pss:2048" },
    { "rsa_pss_pss_sha512", "rsa-pss:2048" },
    { "ed25519", "ed25519" },
    { "ed448", "ed448" },
    { "ecdsa_brainpoolP256r1tls13_sha256", "ec:brainpoolP256r1" },
    { "ecdsa_brainpoolP384r1tls13_sha384", "ec:brainpoolP384r1" },
    { "ecdsa_brainpoolP512r1tls13_sha512", "ec:brainpoolP512r1" },
};

enum { SCHEMES = sizeof schemes / sizeof *schemes, SUITES_MAX = 8, GROUPS_MAX = 32,
       EARLY_BYTES = 4000, HOUR_MS = 3600000 };

/* Which combinations are run: every one whose number leaves `part` modulo `parts`; 0: the short form. */
static size_t part, parts;

/* In the short form finite fields above 2048 bits, which differ in nothing but time, are left to
 * test_tls13_groups.c. */
static bool is_here(const struct tlsn_group_info *g)
{
    bool is_long = strncmp(g->name, "ffdhe", 5) == 0 && g->bits > 2048;

    return g->max_version >= TLSN_TLS1_3 && (parts || !is_long);
}

static struct tlsn_suite_info suites[SUITES_MAX];
static struct tlsn_group_info groups[GROUPS_MAX];
static size_t suite_count, group_count;

static int list_all(void **state)
{
    struct tlsn_suite_info s;
    struct tlsn_group_info g;

    (void)state;
    suite_count = group_count = 0;
    for (size_t i = 0; tlsn_suite_info(i, &s); i++)
        if (s.max_version >= TLSN_TLS1_3 && s.implemented)
            suites[suite_count++] = s;
    for (size_t i = 0; tlsn_group_info(i, &g); i++)
        if (is_here(&g))
            groups[group_count++] = g;
    return 0;
}

/* ---- one connection ---- */

struct row {
    const struct tlsn_suite_info *suite;
    const struct tlsn_group_info *group;
    const struct scheme *scheme;
    bool retry, client_auth, early, late; /* late: the server refuses what came early */
    bool behind;                          /* client authentication behind the handshake */
};

static void set_groups(const struct wire *w, const struct row *r)
{
    const char *other = strcmp(r->group->name, "x25519") == 0 ? "secp256r1" : "x25519";
    char list[80];

    (void)snprintf(list, sizeof list, "%s%s%s", r->retry ? other : "", r->retry ? "," : "",
                   r->group->name);
    OK(tlsn_config_set_groups(wire_config(w, TLSN_CLIENT), list));
    OK(tlsn_config_set_groups(wire_config(w, TLSN_SERVER), r->group->name));
}

static struct wire *pair(const struct row *r)
{
    struct wire *w = wire_new(r->scheme->key);
    char list[80];

    /* the authority of the tests signs with P-256 */
    (void)snprintf(list, sizeof list, "%s,ecdsa_secp256r1_sha256", r->scheme->name);
    for (int i = 0; i < 2; i++) {
        OK(tlsn_config_set_versions(w->end[i].config, TLSN_TLS1_3, TLSN_TLS1_3));
        OK(tlsn_config_set_suites(w->end[i].config, r->suite->name));
        OK(tlsn_config_set_sigalgs(w->end[i].config, list));
    }
    set_groups(w, r);
    if (r->early)
        OK(tlsn_config_set_early_data_max(wire_config(w, TLSN_SERVER), EARLY_BYTES));
    for (int i = 0; i < 2; i++)
        OK(tlsn_config_set_feature(w->end[i].config, TLSN_FEATURE_POST_HANDSHAKE_AUTH, r->behind));
    if (r->client_auth)
        OK(tlsn_config_set_client_auth(wire_config(w, TLSN_SERVER), TLSN_CLIENT_AUTH_REQUIRE));
    if (r->client_auth || r->behind)
        OK(tlsn_config_add_credential(wire_config(w, TLSN_CLIENT),
                                      wire_credential(r->scheme->key)));
    return w;
}

/* The server's first message is a HelloRetryRequest (RFC 8446 4.1.3). */
static bool was_retried(const struct wire *w)
{
    static const uint8_t first[] = { 0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11 };
    struct tlsn_span hello = wire_message(w, TLSN_SERVER, 2);

    assert_true(hello.len > 4 + 2 + 32);
    return memcmp(hello.data + 6, first, sizeof first) == 0;
}

static void check(struct wire *w, const struct row *r, bool resumed)
{
    struct tlsn_conn_info info;

    if (!r->late) /* or the numbers of records differ */
        wire_agree(w);
    tlsn_conn_get_info(w->end[TLSN_CLIENT].conn, &info);
    assert_int_equal(info.version, TLSN_TLS1_3);
    assert_int_equal(info.suite, r->suite->id);
    assert_int_equal(info.group, r->group->id);
    assert_int_equal(info.resumed, resumed ? TLSN_RESUMED_TICKET : TLSN_RESUMED_NO);
    assert_int_equal(info.client_authenticated, r->client_auth);
    assert_int_equal(was_retried(w), r->retry);
    if (!resumed)
        assert_string_equal(info.signature_scheme_name, r->scheme->name);
    wire_say(w, TLSN_CLIENT, 100);
    wire_say(w, TLSN_SERVER, 17000);
}

static struct wire *full(const struct row *r)
{
    struct wire *w = pair(r);

    wire_shake(w);
    check(w, r, false);
    return w;
}

static void resumed(const struct row *r)
{
    struct wire *w = full(r);
    tlsn_session *s = wire_session(w);

    wire_resume(w, s);
    check(w, r, true);
    tlsn_session_free(s);
    wire_free(w);
}

/* A server by whose clock the ticket is older than the client says takes the ticket alone. */
static void early(const struct row *r)
{
    static uint8_t data[EARLY_BYTES], got[EARLY_BYTES + 1];
    struct row first = *r;
    struct wire *w;
    tlsn_session *s;
    struct tlsn_conn_info info;
    size_t len;

    first.late = false;
    w = full(&first);
    s = wire_session(w);
    w->end[TLSN_SERVER].env.now_ms += r->late ? HOUR_MS : 0;
    wire_open(w);
    OK(tlsn_conn_set_session(w->end[TLSN_CLIENT].conn, s));
    OK(tlsn_conn_set_early_data(w->end[TLSN_CLIENT].conn, true));
    while (wire_turn(w, TLSN_CLIENT))
        ;
    OK(wire_write_early(w, data, sizeof data));
    wire_run(w);
    if (!r->late) {
        assert_int_equal(wire_read_early(w, got, sizeof got, &len), TLSN_EARLY_END);
        assert_int_equal(len, sizeof data);
        wire_run(w);
    }
    assert_true(wire_done(w));
    wire_flush(w, TLSN_SERVER);
    assert_int_equal(wire_read(w, TLSN_CLIENT, got, 1, &len), TLSN_NEED_INPUT);
    tlsn_conn_get_info(w->end[TLSN_CLIENT].conn, &info);
    assert_int_equal(info.early_data, r->late ? TLSN_EARLY_REJECTED : TLSN_EARLY_ACCEPTED);
    check(w, r, true);
    tlsn_session_free(s);
    wire_free(w);
}

/* The server asks when data have passed already. */
static void asked_behind(const struct row *r)
{
    struct wire *w = full(r);
    struct row now = *r;
    uint8_t got[1];
    size_t len;

    OK(tlsn_request_client_auth(w->end[TLSN_SERVER].conn, TLSN_CLIENT_AUTH_REQUIRE));
    for (int i = 1; i >= 0; i--) { /* the request to the client, the answer to the server */
        wire_flush(w, (enum tlsn_role)i);
        assert_int_equal(wire_read(w, (enum tlsn_role)!i, got, 1, &len), TLSN_NEED_INPUT);
    }
    now.client_auth = true;
    check(w, &now, false);
    wire_free(w);
}

/* ---- kinds of handshakes ---- */

enum kind { FULL, RETRY, RESUMED, RESUMED_RETRY, EARLY_TAKEN, EARLY_REFUSED, CLIENT_AUTH,
            ASKED_BEHIND, KINDS };

static void shake(struct row r, enum kind kind)
{
    r.retry = kind == RETRY || kind == RESUMED_RETRY;
    r.early = kind == EARLY_TAKEN || kind == EARLY_REFUSED;
    r.late = kind == EARLY_REFUSED;
    r.client_auth = kind == CLIENT_AUTH;
    r.behind = kind == ASKED_BEHIND;
    if (r.early)
        early(&r);
    else if (r.behind)
        asked_behind(&r);
    else if (kind == RESUMED || kind == RESUMED_RETRY)
        resumed(&r);
    else
        wire_free(full(&r));
}

static struct row row_of(size_t suite, size_t group, size_t scheme)
{
    return (struct row){ .suite = &suites[suite], .group = &groups[group], .scheme = &schemes[scheme] };
}

/* The suites are those of RFC 8446 B.4 and RFC 9150, the groups curves, ffdhe2048 and ML-KEM. */
static void tls13_each_suite_group_and_scheme_in_some_kind(void **state)
{
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < suite_count; i++)
        for (size_t k = 0; k < group_count; k++)
            for (size_t n = 0; n < SCHEMES; n++, count++)
                shake(row_of(i, k, n), (enum kind)((i + k + n) % KINDS));
    assert_int_equal(count, 7 * 15 * SCHEMES);
}

/* Neighbours differ in their groups, which cost most, so that the parts take the same time. */
static void tls13_each_suite_group_and_scheme_in_each_kind(void **state)
{
    size_t count = 0, mine = 0;

    (void)state;
    for (size_t i = 0; i < suite_count; i++)
        for (size_t n = 0; n < SCHEMES; n++)
            for (size_t kind = 0; kind < KINDS; kind++)
                for (size_t k = 0; k < group_count; k++)
                    if (count++ % parts == part) {
                        shake(row_of(i, k, n), (enum kind)kind);
                        mine++;
                    }
    assert_int_equal(count, 7 * 19 * SCHEMES * KINDS); /* ffdhe3072 to ffdhe8192 besides */
    assert_in_range(mine, count / parts, count / parts + 1);
}

/* All of the schemes that sign handshakes in TLS 1.3 are in the table. */
static void tls13_matrix_has_each_scheme(void **state)
{
    struct tlsn_sigalg_info a;
    size_t count = 0;

    (void)state;
    for (size_t i = 0; tlsn_sigalg_info(i, &a); i++)
        count += a.max_version >= TLSN_TLS1_3 && !strstr(a.name, "legacy");
    assert_int_equal(count, SCHEMES);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest brief[] = {
        cmocka_unit_test_setup(tls13_each_suite_group_and_scheme_in_some_kind, list_all),
        cmocka_unit_test(tls13_matrix_has_each_scheme),
    };
    const struct CMUnitTest whole[] = {
        cmocka_unit_test_setup(tls13_each_suite_group_and_scheme_in_each_kind, list_all),
        cmocka_unit_test(tls13_matrix_has_each_scheme),
    };

    if (argc < 2)
        return cmocka_run_group_tests(brief, NULL, NULL);
    if (sscanf(argv[1], "%zu/%zu", &part, &parts) != 2 || part >= parts) {
        (void)fprintf(stderr, "usage: %s [PART/PARTS]\n", argv[0]);
        return 2;
    }
    return cmocka_run_group_tests(whole, NULL, NULL);
}
