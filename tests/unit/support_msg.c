#include "support_msg.h"

#include "handshake/msg.h"
#include "support_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* In a block of its own, so that sanitizers see a read behind it. */
static tlsn_status run(msg_codec *codec, const uint8_t *body, size_t len, struct tlsni_wr *again)
{
    uint8_t *copy = malloc(len ? len : 1);
    tlsn_status st;

    assert_non_null(copy);
    if (len)
        memcpy(copy, body, len);
    st = codec(tlsni_span_make(copy, len), again);
    free(copy);
    return st;
}

static void check_again(msg_codec *codec, const uint8_t *body, size_t len)
{
    uint8_t *out = malloc(len ? len : 1);
    struct tlsni_wr again = tlsni_wr_make(out, len);

    assert_non_null(out);
    assert_int_equal(run(codec, body, len, &again), TLSN_OK);
    assert_false(again.bad);
    assert_int_equal(again.len, len);
    assert_memory_equal(out, body, len);
    free(out);
}

static void check_body(msg_codec *codec, const uint8_t *body, size_t len, size_t valid_cut)
{
    uint8_t *longer = calloc(1, len + 1);
    uint8_t scratch[4096];

    assert_non_null(longer);
    memcpy(longer, body, len);
    check_again(codec, body, len);
    for (size_t cut = 0; cut <= len + 1; cut++) {
        struct tlsni_wr again = tlsni_wr_make(scratch, sizeof scratch);
        tlsn_status want = cut == len || (valid_cut && cut == valid_cut) ? TLSN_OK
                                                                         : TLSN_ERR_DECODE;

        assert_int_equal(run(codec, longer, cut, &again), want);
    }
    free(longer);
}

void msg_check(msg_codec *codec, enum flight_message which, size_t valid_cut)
{
    size_t len;
    uint8_t *m = flight_message(which, &len);

    check_body(codec, m + TLSNI_MSG_HEADER, len - TLSNI_MSG_HEADER, valid_cut);
    free(m);
}

void msg_check_hex(msg_codec *codec, const char *hex)
{
    uint8_t body[1024];

    check_body(codec, body, vec_unhex(hex, body, sizeof body), 0);
}

void msg_check_bad(msg_codec *codec, const char *hex)
{
    uint8_t body[1024], scratch[1024];
    struct tlsni_wr again = tlsni_wr_make(scratch, sizeof scratch);
    size_t len = vec_unhex(hex, body, sizeof body);

    assert_int_equal(run(codec, body, len, &again), TLSN_ERR_DECODE);
}

void msg_check_length(msg_codec *codec, enum flight_message which, size_t offset)
{
    size_t len;
    uint8_t *m = flight_message(which, &len), scratch[4096];

    for (int change = -1; change <= 1; change += 2) {
        struct tlsni_wr again = tlsni_wr_make(scratch, sizeof scratch);

        m[TLSNI_MSG_HEADER + offset] = (uint8_t)(m[TLSNI_MSG_HEADER + offset] + change);
        assert_int_equal(run(codec, m + TLSNI_MSG_HEADER, len - TLSNI_MSG_HEADER, &again),
                         TLSN_ERR_DECODE);
        m[TLSNI_MSG_HEADER + offset] = (uint8_t)(m[TLSNI_MSG_HEADER + offset] - change);
    }
    free(m);
}
