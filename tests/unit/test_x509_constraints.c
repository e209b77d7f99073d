#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "req.h"
#include "support_x509.h"
#include "x509/constraints.h"
#include "x509/der_write.h"
#include "x509/match.h"

/* RFC 5280 4.2.1.10 by kind of name. Each question: may an authority with this one subtree vouch
 * for this one name? */

enum { BUDGET = 10000 };
static bool critical = true;

enum { EMAIL = 0x81, DNS = 0x82, DIRECTORY = 0xa4, URI = 0x86, IP = 0x87, OTHER = 0xa0, REGISTERED = 0x88 };

static enum tlsni_constraint_result ask(bool excluded, uint8_t base_tag, struct tlsn_span base,
                                        uint8_t name_tag, struct tlsn_span name)
{
    uint8_t value[512], san[256];
    struct tlsni_wr w = tlsni_wr_make(value, sizeof value), s = tlsni_wr_make(san, sizeof san);
    size_t all = tlsni_dw_open(&w, 0x30), list = tlsni_dw_open(&w, excluded ? 0xa1 : 0xa0);
    size_t one = tlsni_dw_open(&w, 0x30);
    struct tlsni_cert cert = { 0 };
    uint32_t budget = BUDGET;

    tlsni_dw_put(&w, base_tag, base);
    tlsni_dw_close(&w, one);
    tlsni_dw_close(&w, list);
    tlsni_dw_close(&w, all);
    tlsni_dw_put(&s, name_tag, name);
    cert.subject = tlsni_span_make("\x30\x00", 2);
    cert.has = TLSNI_HAS_SAN;
    cert.san = tlsni_span_make(san, s.len);
    return tlsni_constraints_check(tlsni_span_make(value, w.len), critical, &cert, false, &budget);
}

static struct tlsn_span text(const char *s)
{
    return tlsni_span_make(s, strlen(s));
}

struct row {
    const char *base, *name;
    bool permitted, excluded; /* what the lists say with this base: true is accepted */
};

static void check(uint8_t tag, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct tlsn_span base = text(rows[i].base), name = text(rows[i].name);
        bool permitted = ask(false, tag, base, tag, name) == TLSNI_CONSTRAINT_OK;
        bool excluded = ask(true, tag, base, tag, name) == TLSNI_CONSTRAINT_OK;

        if (permitted != rows[i].permitted || excluded != rows[i].excluded)
            fail_msg("base %s name %s: %d %d", rows[i].base, rows[i].name, permitted, excluded);
    }
}

#define CHECK(tag, rows) check(tag, rows, sizeof rows / sizeof *rows)

static void dns_subtree_is_the_name_and_what_is_below(void **state)
{
    static const struct row rows[] = {
        { "a.example", "a.example", true, false },
        { "a.example", "X.A.Example", true, false },
        { "a.example", "xa.example", false, true },
        { "a.example", "example", false, true },
        { "", "a.example", true, false },
        { ".a.example", "x.a.example", true, false },
        { ".a.example", "a.example", false, true },
        { "a.example", "*.a.example", true, false },
        { "x.a.example", "*.a.example", false, false }, /* may stand for x.a.example */
        { "y.x.a.example", "*.a.example", false, true },
        { "*.example", "a.example", false, false },  /* no constraint at all */
        { "a.example", ".a.example", false, false }, /* no name at all */
        { "a.example", "", false, false },
        { "a.example.", "x.a.example", true, false }, /* the root's dot says nothing */
        { ".", "a.example", false, false },
    };

    (void)state;
    CHECK(DNS, rows);
    REQ("9549:2.3/3");
}

static void email_subtree_is_a_mailbox_a_host_or_a_domain(void **state)
{
    static const struct row rows[] = {
        { "a@b.example", "a@B.example", true, false },
        { "a@b.example", "A@b.example", false, true },
        { "b.example", "x@b.example", true, false },
        { "b.example", "x@c.b.example", false, true },
        { ".b.example", "x@c.b.example", true, false },
        { ".b.example", "x@b.example", false, true },
        { "b.example", "\"x@y\"@b.example", true, false },
        { "b.example", "x@y@b.example", false, false },
        { "b.example", "b.example", false, false },
        { "", "x@b.example", true, false },
        { "b.example", "x@b.example.", false, false }, /* no escape by a dot */
    };

    (void)state;
    CHECK(EMAIL, rows);
    REQ("9549:2.2/1");
    REQ("9549:2.5/5");
}

static void uri_subtree_is_a_host_or_a_domain(void **state)
{
    static const struct row rows[] = {
        { "b.example", "https://b.example/path", true, false },
        { "b.example", "https://u@B.Example:8080?q", true, false },
        { "b.example", "https://c.b.example/", false, true },
        { ".b.example", "https://c.b.example/", true, false },
        { ".b.example", "https://b.example/", false, true },
        { "b.example", "https://192.0.2.1/", false, false },
        { "b.example", "https://[2001:db8::1]/", false, false },
        { "b.example", "urn:b.example", false, false },
        { "b.example", "https:///b.example", false, false },
        { "b.example", "https://c.example/@b.example", false, true },
        { "b.example", "https://b.example./", false, false },
        { "b.example", "mailto:x?y=https://b.example/", false, false }, /* no authority there */
        { "b.example", "https://b%2eexample/", false, false },
        { "https://b.example/", "https://b.example/", false, false }, /* a base that is no host */
    };

    (void)state;
    CHECK(URI, rows);
    critical = false;
    assert_int_equal(ask(false, URI, text("http://x/"), URI, text("http://x/")),
                     TLSNI_CONSTRAINT_OK);
    critical = true;
    REQ("5280:4.2.1.10/4");
}

static void ip_subtree_is_an_address_and_mask(void **state)
{
    static const uint8_t net[8] = { 192, 0, 2, 0, 255, 255, 255, 0 };
    static const uint8_t in[4] = { 192, 0, 2, 200 }, out[4] = { 192, 0, 3, 1 };
    static const uint8_t six[16] = { 0x20, 1, 0x0d, 0xb8 };
    struct tlsn_span base = tlsni_span_make(net, 8);

    (void)state;
    assert_int_equal(ask(false, IP, base, IP, tlsni_span_make(in, 4)), TLSNI_CONSTRAINT_OK);
    assert_int_equal(ask(true, IP, base, IP, tlsni_span_make(in, 4)), TLSNI_CONSTRAINT_VIOLATED);
    assert_int_equal(ask(false, IP, base, IP, tlsni_span_make(out, 4)), TLSNI_CONSTRAINT_VIOLATED);
    assert_int_equal(ask(true, IP, base, IP, tlsni_span_make(out, 4)), TLSNI_CONSTRAINT_OK);
    assert_int_equal(ask(false, IP, base, IP, tlsni_span_make(six, 16)), TLSNI_CONSTRAINT_VIOLATED);
    assert_int_equal(ask(true, IP, base, IP, tlsni_span_make(six, 16)), TLSNI_CONSTRAINT_OK);
    REQ("5280:4.2.1.10/2");
}

/* Only names of the constraint's kind are touched; unknown kinds are refused when both are
 * there. */
static void kinds_do_not_touch_each_other(void **state)
{
    static const uint8_t other[] = { 0x06, 0x01, 0x2a, 0xa0, 0x02, 0x05, 0x00 };
    struct tlsn_span o = tlsni_span_make(other, sizeof other);

    (void)state;
    assert_int_equal(ask(false, EMAIL, text("b.example"), DNS, text("a.example")),
                     TLSNI_CONSTRAINT_OK);
    assert_int_equal(ask(false, OTHER, o, DNS, text("a.example")), TLSNI_CONSTRAINT_OK);
    assert_int_equal(ask(false, OTHER, o, OTHER, o), TLSNI_CONSTRAINT_VIOLATED);
    assert_int_equal(ask(true, OTHER, o, OTHER, o), TLSNI_CONSTRAINT_VIOLATED);
    assert_int_equal(ask(true, DNS, text("a.example"), OTHER, o), TLSNI_CONSTRAINT_OK);
    critical = false; /* what nobody has given a meaning to may be ignored then */
    assert_int_equal(ask(false, OTHER, o, OTHER, o), TLSNI_CONSTRAINT_OK);
    assert_int_equal(ask(true, OTHER, o, OTHER, o), TLSNI_CONSTRAINT_OK);
    critical = true;
    REQ("5280:4.2.1.10/3");
}

static struct tlsn_span other(uint8_t *out, enum tlsni_oid type, uint8_t tag, const char *value)
{
    struct tlsni_wr w = tlsni_wr_make(out, 128);
    size_t mark;

    tlsni_dw_oid(&w, type);
    mark = tlsni_dw_open(&w, 0xa0);
    tlsni_dw_put(&w, tag, text(value));
    tlsni_dw_close(&w, mark);
    return tlsni_span_make(out, w.len);
}

/* RFC 4985 4: a service, a host, or both. */
static void srv_subtree_is_a_service_or_a_host(void **state)
{
    static const struct row rows[] = {
        { "_mail.b.example", "_mail.b.example", true, false },
        { "_mail.b.example", "_Mail.x.B.example", true, false },
        { "_mail.b.example", "_xmpp.b.example", false, true },
        { "_mail", "_mail.c.example", true, false },
        { "_mail", "_mailx.c.example", false, true },
        { "b.example", "_xmpp.x.b.example", true, false },
        { "b.example", "_xmpp.xb.example", false, true },
        { "b.example", "b.example", false, false }, /* no SRVName */
        { "", "_mail.b.example", false, false },
    };
    uint8_t a[128], b[128];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tlsn_span base = other(a, TLSNI_OID_ON_DNS_SRV, TLSNI_DER_IA5, rows[i].base);
        struct tlsn_span name = other(b, TLSNI_OID_ON_DNS_SRV, TLSNI_DER_IA5, rows[i].name);

        if ((ask(false, OTHER, base, OTHER, name) == TLSNI_CONSTRAINT_OK) != rows[i].permitted ||
            (ask(true, OTHER, base, OTHER, name) == TLSNI_CONSTRAINT_OK) != rows[i].excluded)
            fail_msg("base %s name %s", rows[i].base, rows[i].name);
    }
    assert_int_equal(ask(false, OTHER, other(a, TLSNI_OID_ON_SMTP_UTF8, TLSNI_DER_UTF8, "x"), OTHER,
                         other(b, TLSNI_OID_ON_DNS_SRV, TLSNI_DER_IA5, "_m.b")),
                     TLSNI_CONSTRAINT_OK);
}

/* RFC 9598 6: subtrees of mailboxes bind addresses beyond ASCII by their host. */
static void email_subtree_binds_international_addresses(void **state)
{
    static const struct row rows[] = {
        { "b.example", "\xc3\xa9@B.example", true, false },
        { "b.example", "\xc3\xa9@c.b.example", false, true },
        { ".b.example", "\xc3\xa9@c.b.example", true, false },
        { "e@b.example", "\xc3\xa9@b.example", false, true },
        { "b.example", "\xc3\xa9@*.example", false, true },
        { "xn--e1aybc.example", "\xc3\xa9@xn--e1aybc.example", true, false },
        { "b.example", "\xc3\xa9@\xc3\xa9.example", false, false }, /* the host has to be ASCII */
        { "b.example", "\xc3\xa9", false, false },
        { "b.example", "e@b.example", false, false }, /* would be an rfc822Name */
        { "b.example", "\xef\xbb\xbf\xc3\xa9@b.example", false, false }, /* byte-order mark */
    };
    uint8_t a[128];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tlsn_span name = other(a, TLSNI_OID_ON_SMTP_UTF8, TLSNI_DER_UTF8, rows[i].name);

        if ((ask(false, EMAIL, text(rows[i].base), OTHER, name) == TLSNI_CONSTRAINT_OK) !=
                rows[i].permitted ||
            (ask(true, EMAIL, text(rows[i].base), OTHER, name) == TLSNI_CONSTRAINT_OK) !=
                rows[i].excluded)
            fail_msg("base %s name %s", rows[i].base, rows[i].name);
    }
    /* another string type is no such address */
    assert_int_equal(ask(false, EMAIL, text("b.example"), OTHER,
                         other(a, TLSNI_OID_ON_SMTP_UTF8, TLSNI_DER_IA5, "x@b.example")),
                     TLSNI_CONSTRAINT_VIOLATED);
    REQ("9549:2.5/4");
    REQ("9598:5/4");
    REQ("9598:6/3");
    REQ("9598:6/4");
    REQ("9598:3/1");
    REQ("9598:3/2");
    REQ("9598:3/3");
    REQ("9598:6/1");
    REQ("9598:6/2");
}

static void registered_subtree_is_what_begins_with_it(void **state)
{
    struct tlsn_span base = text("\x2a\x03"), in = text("\x2a\x03\x04"), out = text("\x2a\x04");

    (void)state;
    assert_int_equal(ask(false, REGISTERED, base, REGISTERED, base), TLSNI_CONSTRAINT_OK);
    assert_int_equal(ask(false, REGISTERED, base, REGISTERED, in), TLSNI_CONSTRAINT_OK);
    assert_int_equal(ask(false, REGISTERED, base, REGISTERED, out), TLSNI_CONSTRAINT_VIOLATED);
    assert_int_equal(ask(true, REGISTERED, base, REGISTERED, in), TLSNI_CONSTRAINT_VIOLATED);
    assert_int_equal(ask(true, REGISTERED, in, REGISTERED, base), TLSNI_CONSTRAINT_OK);
}

/* The subject is a directory name too, and its emailAddress counts when there is no
 * subjectAltName. */
static void subject_is_held_to_constraints(void **state)
{
    /* permitted CN=a; excluded e@b.example */
    static const uint8_t cn[] = { 0x30, 0x14, 0xa0, 0x12, 0x30, 0x10, 0xa4, 0x0e, 0x30, 0x0c, 0x31,
                                  0x0a, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x01, 'a' };
    static const uint8_t mail[] = { 0x30, 0x11, 0xa1, 0x0f, 0x30, 0x0d, 0x81, 0x0b, 'e', '@', 'b',
                                    '.',  'e',  'x',  'a',  'm',  'p',  'l',  'e' };
    const struct x509_spec good = { .subject = "CN=a" }, bad = { .subject = "CN=b" };
    const struct x509_spec with_mail = { .subject = "CN=a,emailAddress=e@b.example" };
    struct x509_made made;
    uint32_t budget = BUDGET;

    (void)state;
    x509_make(&made, &good, NULL);
    assert_int_equal(tlsni_constraints_check(tlsni_span_make(cn, sizeof cn), true, &made.cert, false,
                                             &budget), TLSNI_CONSTRAINT_OK);
    x509_make(&made, &bad, NULL);
    assert_int_equal(tlsni_constraints_check(tlsni_span_make(cn, sizeof cn), true, &made.cert, false,
                                             &budget), TLSNI_CONSTRAINT_VIOLATED);
    x509_make(&made, &with_mail, NULL);
    assert_int_equal(tlsni_constraints_check(tlsni_span_make(mail, sizeof mail), true, &made.cert, false,
                                             &budget), TLSNI_CONSTRAINT_VIOLATED);
    budget = 0;
    assert_int_equal(tlsni_constraints_check(tlsni_span_make(cn, sizeof cn), true, &made.cert, false,
                                             &budget), TLSNI_CONSTRAINT_LIMIT);
}

/* A common name that is read as a DNS name is held to constraints in whatever string type it
 * comes: here a BMPString under excluded a.example. */
static void common_name_is_held_in_every_string_type(void **state)
{
    static const uint8_t excluded[] = { 0x30, 0x0f, 0xa1, 0x0d, 0x30, 0x0b, 0x82, 0x09, 'a', '.',
                                        'e',  'x',  'a',  'm',  'p',  'l',  'e' };
    static const uint8_t subject[] = { 0x30, 0x1d, 0x31, 0x1b, 0x30, 0x19, 0x06, 0x03,
                                       0x55, 0x04, 0x03, 0x1e, 0x12, 0, 'a', 0, '.',
                                       0, 'e', 0, 'x', 0, 'a', 0, 'm', 0, 'p', 0, 'l', 0, 'e' };
    struct tlsni_cert cert = { .subject = { subject, sizeof subject } };
    uint32_t budget = BUDGET;

    (void)state;
    assert_true(tlsni_cert_matches_common_name(&cert, "a.example"));
    assert_int_equal(tlsni_constraints_check(tlsni_span_make(excluded, sizeof excluded), true, &cert,
                                             true, &budget), TLSNI_CONSTRAINT_VIOLATED);
}

/* With a character that is newer than Unicode 3.2 a name is in no permitted subtree, but in an excluded one
 * (RFC 4518 2.4 leaves it undefined). */
static void prohibited_characters_lead_out_of_no_excluded_subtree(void **state)
{
    static const uint8_t base[] = { 0x30, 0x11, 0x31, 0x0f, 0x30, 0x0d, 0x06, 0x03, 0x55, 0x04,
                                    0x0a, 0x0c, 0x06, 'X',  ' ',  0xf0, 0x9f, 0x8e, 0x89 };
    uint8_t name[sizeof base];

    (void)state;
    memcpy(name, base, sizeof base);
    name[13] = 'x';
    assert_int_equal(ask(false, DIRECTORY, tlsni_span_make(base, sizeof base), DIRECTORY,
                         tlsni_span_make(name, sizeof name)), TLSNI_CONSTRAINT_VIOLATED);
    assert_int_equal(ask(true, DIRECTORY, tlsni_span_make(base, sizeof base), DIRECTORY,
                         tlsni_span_make(name, sizeof name)), TLSNI_CONSTRAINT_VIOLATED);
    name[13] = 'y';
    assert_int_equal(ask(true, DIRECTORY, tlsni_span_make(base, sizeof base), DIRECTORY,
                         tlsni_span_make(name, sizeof name)), TLSNI_CONSTRAINT_OK);
}

/* What a directory name costs beside a subtree of 64 such names, each with this text of 30 bytes. */
static uint32_t cost_of_directory(uint8_t tag, const char *thirty, const char *of_base)
{
    uint8_t value[8192], subject[128];
    struct tlsni_wr v = tlsni_wr_make(value, sizeof value), s = tlsni_wr_make(subject, sizeof subject);
    size_t all = tlsni_dw_open(&v, 0x30), list = tlsni_dw_open(&v, 0xa1);
    struct tlsni_cert cert = { 0 };
    uint32_t budget = UINT32_MAX;

    for (int i = 0; i < 65; i++) {
        struct tlsni_wr *w = i < 64 ? &v : &s;
        size_t one = i < 64 ? tlsni_dw_open(w, 0x30) : 0, kind = i < 64 ? tlsni_dw_open(w, 0xa4) : 0;
        size_t name = tlsni_dw_open(w, 0x30), set = tlsni_dw_open(w, 0x31), pair = tlsni_dw_open(w, 0x30);

        tlsni_dw_put(w, 0x06, tlsni_span_make("\x55\x04\x0a", 3));
        tlsni_dw_put(w, tag, tlsni_span_make(i < 64 ? of_base : thirty, 30));
        tlsni_dw_close(w, pair);
        tlsni_dw_close(w, set);
        tlsni_dw_close(w, name);
        if (i < 64) {
            tlsni_dw_close(w, kind);
            tlsni_dw_close(w, one);
        }
    }
    tlsni_dw_close(&v, list);
    tlsni_dw_close(&v, all);
    cert.subject = tlsni_span_make(subject, s.len);
    assert_int_equal(tlsni_constraints_check(tlsni_span_make(value, v.len), true, &cert, false, &budget),
                     TLSNI_CONSTRAINT_OK);
    return UINT32_MAX - budget;
}

/* A character may become eighteen, and what vanishes costs too: the budget is one of time. */
static void names_that_grow_cost_more(void **state)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz 012", other[] = "abcdefghijklmnopqrstuvwxyz 013";
    static const char grown[] = "\xef\xb7\xba\xef\xb7\xba\xef\xb7\xba\xef\xb7\xba\xef\xb7\xba"
                                "\xef\xb7\xba\xef\xb7\xba\xef\xb7\xba\xef\xb7\xba\xef\xb7\xba";
    static const char wide[] = "\x33\x01\x33\x01\x33\x01\x33\x01\x33\x01\x33\x01\x33\x01\x33\x01"
                               "\x33\x01\x33\x01\x33\x01\x33\x01\x33\x01\x33\x01\x33\x01";
    static const char hidden[] = "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1";
    uint32_t least = 10 * cost_of_directory(0x0c, plain, other);

    (void)state;
    assert_true(cost_of_directory(0x0c, grown, plain) > least);
    assert_true(cost_of_directory(0x0c, plain, grown) > least);
    assert_true(cost_of_directory(0x1e, wide, plain) > least);
    assert_true(cost_of_directory(0x0c, hidden, plain) > least);
}

/* 4000 e-mail addresses in one subject under one constraint: no more work than their number. */
static void many_attributes_take_linear_time(void **state)
{
    static const uint8_t one[] = { 0x31, 0x12, 0x30, 0x10, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                   0xf7, 0x0d, 0x01, 0x09, 0x01, 0x16, 0x03, 'a',  '@',  'b' };
    static const uint8_t mail[] = { 0x30, 0x0a, 0xa1, 0x08, 0x30, 0x06, 0x81, 0x04, 'x', '@', 'b',
                                    'c' };
    static uint8_t subject[8 + 4000 * sizeof one];
    struct tlsni_wr w = tlsni_wr_make(subject, sizeof subject);
    struct tlsni_cert cert = { .subject = { subject, sizeof subject } };
    uint32_t budget = UINT32_MAX;
    clock_t begin = clock();
    size_t all = tlsni_dw_open(&w, 0x30);

    (void)state;
    for (unsigned i = 0; i < 4000; i++)
        tlsni_wr_put(&w, one, sizeof one);
    tlsni_dw_close(&w, all);
    cert.subject.len = w.len;
    (void)tlsni_constraints_check(tlsni_span_make(mail, sizeof mail), true, &cert, false, &budget);
    assert_true(w.len > 4000 * sizeof one);
    assert_true(clock() - begin < CLOCKS_PER_SEC / 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dns_subtree_is_the_name_and_what_is_below),
        cmocka_unit_test(email_subtree_is_a_mailbox_a_host_or_a_domain),
        cmocka_unit_test(uri_subtree_is_a_host_or_a_domain),
        cmocka_unit_test(ip_subtree_is_an_address_and_mask),
        cmocka_unit_test(kinds_do_not_touch_each_other),
        cmocka_unit_test(srv_subtree_is_a_service_or_a_host),
        cmocka_unit_test(email_subtree_binds_international_addresses),
        cmocka_unit_test(registered_subtree_is_what_begins_with_it),
        cmocka_unit_test(subject_is_held_to_constraints),
        cmocka_unit_test(common_name_is_held_in_every_string_type),
        cmocka_unit_test(prohibited_characters_lead_out_of_no_excluded_subtree),
        cmocka_unit_test(names_that_grow_cost_more),
        cmocka_unit_test(many_attributes_take_linear_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
