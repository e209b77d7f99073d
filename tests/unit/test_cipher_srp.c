/* SRP-6a: the vectors of RFC 5054, appendix B, the groups of appendix A by computing, and values that must not be
 * taken. */
#include "cipher/srp.h"

#include <gmp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "req.h"

/* RFC 5054 B: user "alice", password "password123", the group of 1024 bits. */
static const char rfc_salt[] =
    "beb25379d1a8581eb5a727673a2441ee";
static const char rfc_v[] =
    "7e273de8696ffc4f4e337d05b4b375beb0dde1569e8fa00a9886d8129bada1f1822223ca1a605b53"
    "0e379ba4729fdc59f105b4787e5186f5c671085a1447b52a48cf1970b4fb6f8400bbf4cebfbb1681"
    "52e08ab5ea53d15c1aff87b2b9da6e04e058ad51cc72bfc9033b564e26480d78e955a5e29e7ab245"
    "db2be315e2099afb";
static const char rfc_a[] =
    "60975527035cf2ad1989806f0407210bc81edc04e2762a56afd529ddda2d4393";
static const char rfc_b[] =
    "e487cb59d31ac550471e81f00f6928e01dda08e974a004f49e61f5d105284d20";
static const char rfc_public_a[] =
    "61d5e490f6f1b79547b0704c436f523dd0e560f0c64115bb72557ec44352e8903211c04692272d8b"
    "2d1a5358a2cf1b6e0bfcf99f921530ec8e39356179eae45e42ba92aeaced825171e1e8b9af6d9c03"
    "e1327f44be087ef06530e69f66615261eef54073ca11cf5858f0edfdfe15efeab349ef5d76988a36"
    "72fac47b0769447b";
static const char rfc_public_b[] =
    "bd0c61512c692c0cb6d041fa01bb152d4916a1e77af46ae105393011baf38964dc46a0670dd125b9"
    "5a981652236f99d9b681cbf87837ec996c6da04453728610d0c6ddb58b318885d7d82c7f8deb75ce"
    "7bd4fbaa37089e6f9c6059f388838e7a00030b331eb76840910440b1b27aaeaeeb4012b7d7665238"
    "a8e3fb004b117b58";
static const char rfc_secret[] =
    "b0dc82babcf30674ae450c0287745e7990a3381f63b387aaf271a10d233861e359b48220f7c4693c"
    "9ae12b0a6f67809f0876e2d013800d6c41bb59b6d5979b5c00a172b4a2a5903a0bdcaf8a709585eb"
    "2afafa8f3499b200210dcc1f10eb33943cd67fc88a2f39a4be5bec4ec0a3212dc346d7e474b29ede"
    "8a469ffeca686e5a";

enum { LEN = 128 };

static size_t unhex(uint8_t *out, const char *hex)
{
    size_t n = strlen(hex) / 2;

    for (size_t i = 0; i < n; i++) {
        unsigned byte;

        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        out[i] = (uint8_t)byte;
    }
    return n;
}

static struct tlsn_span text(const char *s)
{
    return tlsni_span_make((const uint8_t *)s, strlen(s));
}

static void assert_hex(const uint8_t *got, const char *hex)
{
    uint8_t want[1024];

    assert_memory_equal(got, want, unhex(want, hex));
}

struct vectors {
    const struct tlsni_srp_group *group;
    struct tlsni_srp_login login;
    uint8_t salt[16], v[LEN], a[32], b[32], public_a[LEN], public_b[LEN];
};

static void load(struct vectors *x)
{
    x->group = tlsni_srp_group_find(1024);
    assert_int_equal(unhex(x->salt, rfc_salt), 16);
    assert_int_equal(unhex(x->v, rfc_v), LEN);
    assert_int_equal(unhex(x->a, rfc_a), 32);
    assert_int_equal(unhex(x->b, rfc_b), 32);
    assert_int_equal(unhex(x->public_a, rfc_public_a), LEN);
    assert_int_equal(unhex(x->public_b, rfc_public_b), LEN);
    x->login = (struct tlsni_srp_login){ text("alice"), text("password123"), { x->salt, 16 } };
}

static void srp_vectors_of_the_rfc_come_out(void **state)
{
    struct vectors x;
    uint8_t out[LEN];

    (void)state;
    load(&x);
    assert_int_equal(tlsni_srp_verifier(x.group, NULL, &x.login, out), TLSN_OK);
    assert_hex(out, rfc_v);
    assert_int_equal(tlsni_srp_client_public(x.group, NULL, x.a, out), TLSN_OK);
    assert_hex(out, rfc_public_a);
    assert_int_equal(tlsni_srp_server_public(x.group, NULL, x.b, x.v, out), TLSN_OK);
    assert_hex(out, rfc_public_b);
    assert_int_equal(tlsni_srp_client_secret(x.group, NULL, &x.login, x.a, x.public_a,
                                             tlsni_span_make(x.public_b, LEN), out), TLSN_OK);
    assert_hex(out, rfc_secret);
    assert_int_equal(tlsni_srp_server_secret(x.group, NULL, x.v, x.b, x.public_b,
                                             tlsni_span_make(x.public_a, LEN), out), TLSN_OK);
    assert_hex(out, rfc_secret);
    REQ("5054:2.4/1");
    REQ("5054:2.5.3/2");
    REQ("5054:2.5.3/4");
    REQ("5054:2.5.4/1");
    REQ("5054:2.6/1");
    REQ("5054:2.6/2");
}

/* 0, N, 2 N cut to size, nothing, one byte more than N. */
static void srp_public_values_of_no_use_are_refused(void **state)
{
    struct vectors x;
    uint8_t bad[5][LEN + 1] = { { 0 } }, out[LEN];
    size_t len[5] = { LEN, LEN, 1, 0, LEN + 1 };

    (void)state;
    load(&x);
    memcpy(bad[1], x.group->n.data, LEN);
    bad[4][0] = 1;
    for (size_t i = 0; i < 5; i++) {
        struct tlsn_span y = { bad[i], len[i] };

        assert_int_equal(tlsni_srp_check_public(x.group, NULL, y), TLSN_ERR_ILLEGAL_PARAMETER);
        assert_int_equal(tlsni_srp_client_secret(x.group, NULL, &x.login, x.a, x.public_a, y, out),
                         TLSN_ERR_ILLEGAL_PARAMETER);
        assert_int_equal(tlsni_srp_server_secret(x.group, NULL, x.v, x.b, x.public_b, y, out),
                         TLSN_ERR_ILLEGAL_PARAMETER);
    }
    assert_int_equal(tlsni_srp_check_public(x.group, NULL, tlsni_span_make(x.public_a, LEN)), TLSN_OK);
    REQ("5054:2.5.3/11");
    REQ("5054:2.5.4/2");
    REQ("5054:3.1/1");
}

static void import(mpz_t x, struct tlsn_span s)
{
    mpz_init(x);
    mpz_import(x, s.len, 1, 1, 1, 0, s.data);
}

static void srp_groups_are_safe_primes_with_generators(void **state)
{
    size_t count;
    const struct tlsni_srp_group *rows = tlsni_srp_group_rows(&count);

    (void)state;
    assert_int_equal(count, 7);
    for (size_t i = 0; i < count; i++) {
        mpz_t n, q, g, r;
        int rounds = rows[i].bits > 3072 ? 1 : 3;

        import(n, rows[i].n);
        import(g, rows[i].g);
        assert_int_equal(mpz_sizeinbase(n, 2), rows[i].bits);
        mpz_init(q);
        mpz_init(r);
        mpz_fdiv_q_2exp(q, n, 1);
        assert_int_not_equal(mpz_probab_prime_p(n, rounds), 0);
        assert_int_not_equal(mpz_probab_prime_p(q, rounds), 0);
        mpz_powm(r, g, q, n); /* -1: g is no square, so it generates all */
        mpz_add_ui(r, r, 1);
        assert_int_equal(mpz_cmp(r, n), 0);
        assert_ptr_equal(tlsni_srp_group_identify(rows[i].n, rows[i].g), &rows[i]);
        assert_ptr_equal(tlsni_srp_group_find(rows[i].bits), &rows[i]);
        mpz_clears(n, q, g, r, NULL);
    }
    assert_null(tlsni_srp_group_find(1025));
    REQ("5054:A/1");
    REQ("5054:2.5.3/6");
}

/* Both ends come to the same, in every group. */
static void srp_ends_agree_in_every_group(void **state)
{
    size_t count;
    const struct tlsni_srp_group *rows = tlsni_srp_group_rows(&count);
    static uint8_t v[1024], pa[1024], pb[1024], sa[1024], sb[1024];
    struct vectors x;

    (void)state;
    load(&x);
    for (size_t i = 0; i < count; i++) {
        const struct tlsni_srp_group *g = &rows[i];

        assert_int_equal(tlsni_srp_verifier(g, NULL, &x.login, v), TLSN_OK);
        assert_int_equal(tlsni_srp_client_public(g, NULL, x.a, pa), TLSN_OK);
        assert_int_equal(tlsni_srp_server_public(g, NULL, x.b, v, pb), TLSN_OK);
        assert_int_equal(tlsni_srp_client_secret(g, NULL, &x.login, x.a, pa,
                                                 tlsni_span_make(pb, g->n.len), sa), TLSN_OK);
        assert_int_equal(tlsni_srp_server_secret(g, NULL, v, x.b, pb,
                                                 tlsni_span_make(pa, g->n.len), sb), TLSN_OK);
        assert_memory_equal(sa, sb, g->n.len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(srp_vectors_of_the_rfc_come_out),
        cmocka_unit_test(srp_public_values_of_no_use_are_refused),
        cmocka_unit_test(srp_groups_are_safe_primes_with_generators),
        cmocka_unit_test(srp_ends_agree_in_every_group),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
