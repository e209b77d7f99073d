#include "cipher/hash.h"
#include "ext/ext.h"
#include "req.h"
#include "support_msg.h"
#include "support_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static tlsn_status fingerprint(struct tlsn_span body, struct tlsni_wr *again)
{
    struct tlsn_span value;
    tlsn_status st = tlsni_msg_fingerprint_parse(body, &value);

    if (st == TLSN_OK)
        tlsni_msg_fingerprint_write(again, value);
    return st;
}

static void fingerprint_is_one_vector_of_1_to_255_bytes(void **state)
{
    (void)state;
    msg_check_hex(fingerprint, "01aa");
    msg_check_hex(fingerprint, "20" "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    msg_check_bad(fingerprint, "00");
    REQ("7924:4.1/2");
}

/* RFC 7924 appendix A. */
#define CERTIFICATE_MESSAGE \
    "0b000236000233000230" \
    "3082022c308201b2a00302010202010d300a06082a8648ce3d040302303e310b" \
    "3009060355040613024e4c3111300f060355040a1308506f6c617253534c311c" \
    "301a06035504031313506f6c617273736c2054657374204543204341301e170d" \
    "3133303932343135353230345a170d3233303932323135353230345a3041310b" \
    "3009060355040613024e4c3111300f060355040a1308506f6c617253534c311f" \
    "301d06035504031316506f6c617253534c205465737420436c69656e74203230" \
    "59301306072a8648ce3d020106082a8648ce3d0301070342000457e5aeb173df" \
    "d3acbb93b881ff12aeeee653acce5553f6340ecc2ee363250bdf98e2f35c6036" \
    "96c0d5181470e57f9fd54b4518e5b06cd55cf8968f8770a3e4c7a3819d30819a" \
    "30090603551d1304023000301d0603551d0e041604147a005f8664fce05de511" \
    "103bb2e63bc4263fcfe2306e0603551d230467306580149d6d202449013f2bcb" \
    "78b519bc7e24c9dbfb367ca142a440303e310b3009060355040613024e4c3111" \
    "300f060355040a1308506f6c617253534c311c301a06035504031313506f6c61" \
    "7273736c2054657374204543204341820900c143e27e6243cce8300a06082a86" \
    "48ce3d040302036800306502304a650d" \
    "7b2083a299b9a80ffc8dee8f3dbb704c9603ac8e7870ddf20ea0b216cb658e1a" \
    "c93f2c617ef83cefad1cee3620023100" \
    "9df227a6d574b824aee16a3f31a1ca54" \
    "2f08d08dee4f0c61df77787db4fdfc42" \
    "49eee5b26ac2cd2677628e287c9e5745"

static void fingerprint_is_that_of_the_rfc_for_its_certificate_message(void **state)
{
    uint8_t message[600], expected[32], got[TLSNI_FINGERPRINT_LEN];
    size_t len = vec_unhex(CERTIFICATE_MESSAGE, message, sizeof message);

    (void)state;
    assert_int_equal(len, 4 + 0x236);
    vec_unhex("086eefb4859adfe977defac494fff6b73033b4ce1f86b8f2a9fc0c6bf98605af", expected, 32);
    tlsni_ext_fingerprint(tlsni_span_make(message, len), got);
    assert_memory_equal(got, expected, sizeof got);
    REQ("7924:5/1");
}

static void cached_objects_are_read_one_by_one(void **state)
{
    static const uint8_t list[] = { 1, 2, 'a', 'b', 2, 1, 'c' };
    struct tlsn_span rest = tlsni_span_make(list, sizeof list);
    struct tlsni_msg_cached object;

    (void)state;
    assert_true(tlsni_msg_cached_next(&rest, &object));
    assert_int_equal(object.type, 1);
    assert_int_equal(object.fingerprint.len, 2);
    assert_true(tlsni_msg_cached_next(&rest, &object));
    assert_int_equal(object.type, 2);
    assert_memory_equal(object.fingerprint.data, "c", 1);
    assert_false(tlsni_msg_cached_next(&rest, &object));
    for (size_t cut = 1; cut < 4; cut++) {
        rest = tlsni_span_make(list, cut);
        assert_false(tlsni_msg_cached_next(&rest, &object));
    }
}

static void messages_are_taken_whole(void **state)
{
    static const uint8_t two[] = { 11, 0, 0, 2, 'a', 'b', 13, 0, 0, 0 };
    struct tlsn_span rest = tlsni_span_make(two, sizeof two), message;

    (void)state;
    assert_true(tlsni_msg_next(&rest, &message));
    assert_int_equal(message.len, 6);
    assert_ptr_equal(message.data, two);
    assert_true(tlsni_msg_next(&rest, &message));
    assert_int_equal(message.len, 4);
    assert_false(tlsni_msg_next(&rest, &message));
    for (size_t cut = 1; cut < 6; cut++) {
        rest = tlsni_span_make(two, cut);
        assert_false(tlsni_msg_next(&rest, &message));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(fingerprint_is_one_vector_of_1_to_255_bytes),
        cmocka_unit_test(fingerprint_is_that_of_the_rfc_for_its_certificate_message),
        cmocka_unit_test(cached_objects_are_read_one_by_one),
        cmocka_unit_test(messages_are_taken_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
