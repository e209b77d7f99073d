/* test_base_secret.c - the type of short secrets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "base/secret.h"

static void secret_room_holds_what_was_asked_for(void **state)
{
    struct tlsni_secret s = { 0 };

    (void)state;
    memset(tlsni_secret_room(&s, TLSNI_SECRET_MAX), 7, TLSNI_SECRET_MAX);
    assert_int_equal(tlsni_secret_span(&s).len, TLSNI_SECRET_MAX);
    (void)tlsni_secret_room(&s, TLSNI_SECRET_MAX + 1);
    assert_int_equal(tlsni_secret_span(&s).len, 0);
}

static void secret_equal_compares_length_and_bytes(void **state)
{
    struct tlsni_secret a = { 0 }, b = { 0 };

    (void)state;
    memset(tlsni_secret_room(&a, 48), 1, 48);
    memset(tlsni_secret_room(&b, 48), 1, 48);
    assert_true(tlsni_secret_equal(&a, &b));
    b.data[47] ^= 0x80;
    assert_false(tlsni_secret_equal(&a, &b));
    b.data[47] ^= 0x80;
    b.len = 47;
    assert_false(tlsni_secret_equal(&a, &b));
}

static void secret_wipe_leaves_nothing(void **state)
{
    static const struct tlsni_secret zero;
    struct tlsni_secret s;

    (void)state;
    memset(&s, 0xa5, sizeof s);
    tlsni_secret_wipe(&s);
    assert_memory_equal(&s, &zero, sizeof s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secret_room_holds_what_was_asked_for),
        cmocka_unit_test(secret_equal_compares_length_and_bytes),
        cmocka_unit_test(secret_wipe_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
