/* Early data that a server does not take are passed over, up to a bound: the ClientHello is that of RFC 8448's
 * resumption, whose ticket nobody here knows. */
#include "conn.h"
#include "req.h"
#include "support_vectors.h"
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { HEADER = 5, RECORD = HEADER + 16384 + 256, AROUND = 17 };

struct input {
    uint8_t data[WIRE_BYTES];
    size_t len;
};

static void add(struct input *in, const void *data, size_t len)
{
    assert_true(in->len + len <= sizeof in->data);
    memcpy(in->data + in->len, data, len);
    in->len += len;
}

/* The hello of the trace and its one record of early data. */
static void begin(struct input *in)
{
    struct vec_file *f = vec_open("tests/vectors/rfc8448.txt");
    struct vec_block b = { 0 };
    struct tlsn_span hello, data;

    while (vec_next(f, &b) && strcmp(vec_label(&b), "resumed") != 0)
        ;
    in->len = 0;
    hello = vec_bytes(&b, "client_handshake");
    add(in, hello.data, hello.len);
    data = vec_bytes(&b, "client_application_data");
    add(in, data.data, data.len);
    vec_block_clear(&b);
    vec_close(f);
}

/* A record of this outer type with a fragment of this length. */
static void add_record(struct input *in, uint8_t type, size_t len)
{
    static const uint8_t fill[RECORD];
    const uint8_t head[HEADER] = { type, 3, 3, (uint8_t)(len >> 8), (uint8_t)len };

    add(in, head, sizeof head);
    add(in, fill, len);
}

static struct wire_outcome serve(const struct input *in, const char *groups)
{
    struct wire *w = wire_new("rsa:2048");
    struct wire_outcome o;

    OK(tlsn_config_set_versions(w->end[TLSN_SERVER].config, TLSN_TLS1_3, TLSN_TLS1_3));
    OK(tlsn_config_set_groups(w->end[TLSN_SERVER].config, groups));
    o = wire_replay(w, TLSN_SERVER, in->data, in->len);
    wire_free(w);
    return o;
}

static const char *const groups[] = { "x25519", "secp384r1" }; /* with a share, and by a retry */

static void early_data_of_a_stranger_are_passed_over(void **state)
{
    static struct input in;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        begin(&in);
        add_record(&in, 23, 0);
        add_record(&in, 23, AROUND + 1000);
        add_record(&in, 23, AROUND + 15000);
        assert_int_equal(serve(&in, groups[i]).status, TLSN_NEED_INPUT);
    }
    REQ("8446:4.2.10/9");
}

static void early_data_have_an_end(void **state)
{
    static struct input in;
    struct wire_outcome o;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        begin(&in); /* 6 bytes of its own */
        add_record(&in, 23, AROUND + 16384 - 6);
        assert_int_equal(serve(&in, groups[i]).status, TLSN_NEED_INPUT);
        add_record(&in, 23, 1);
        o = serve(&in, groups[i]);
        assert_int_equal(o.status, TLSN_ERR_UNEXPECTED_MESSAGE);
        assert_int_equal(o.alert, 10);
    }
    REQ("8446:4.2.10/10");
}

/* Behind a HelloRetryRequest data are told by their type, but not between the parts of a message. */
static void data_inside_the_second_hello_are_no_early_data(void **state)
{
    static const uint8_t part[] = { 22, 3, 3, 0, 4, 1, 0, 2, 0 };
    static struct input in;

    (void)state;
    begin(&in);
    add(&in, part, sizeof part);
    assert_int_equal(serve(&in, groups[1]).status, TLSN_NEED_INPUT);
    add_record(&in, 23, AROUND + 10);
    assert_int_equal(serve(&in, groups[1]).status, TLSN_ERR_UNEXPECTED_MESSAGE);
    REQ("8446:5.1/1");
}

static void other_records_are_no_early_data(void **state)
{
    static struct input in;

    (void)state;
    begin(&in);
    add_record(&in, 22, 100);
    assert_int_equal(serve(&in, groups[0]).status, TLSN_ERR_UNEXPECTED_MESSAGE);
}

/* Records in the clear do not get longer by that. */
static void long_records_are_refused_without_early_data(void **state)
{
    static struct input in;

    (void)state;
    begin(&in);
    add_record(&in, 23, 16384 + 256);
    assert_int_equal(serve(&in, groups[1]).status, TLSN_ERR_UNEXPECTED_MESSAGE); /* too many */
    in.len = 0;
    add_record(&in, 22, 16384 + 1);
    assert_int_equal(serve(&in, groups[1]).status, TLSN_ERR_RECORD_OVERFLOW);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(early_data_of_a_stranger_are_passed_over),
        cmocka_unit_test(early_data_have_an_end),
        cmocka_unit_test(data_inside_the_second_hello_are_no_early_data),
        cmocka_unit_test(other_records_are_no_early_data),
        cmocka_unit_test(long_records_are_refused_without_early_data),
    };

    return cmocka_run_group_tests_name("test_tls13_early_skip", tests, NULL, NULL);
}
