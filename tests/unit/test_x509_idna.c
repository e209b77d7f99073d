#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "req.h"
#include "support_env.h"
#include "x509/idna.h"

/* Sentences of RFC 3492 7.1 in lower case and words of the kinds that registries sell; the A-labels
 * are those of Python's idna 3.13 (Unicode 17). */
static const char *const labels[][2] = {
    { "bücher.example", "xn--bcher-kva.example" },
    { "BüCHER.Example", "xn--bcher-kva.Example" },
    { "straße.example", "xn--strae-oqa.example" },
    { "他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye" },
    { "なぜみんな日本語を話してくれないのか", "xn--n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa" },
    { "почемужеонинеговорятпорусски", "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l" },
    { "세계의모든사람들이한국어를", "xn--989aomq8pqa315adwd4tcb3t59ah2z2pe0jz90n" },
    { "pročprostěnemluvíčesky", "xn--proprostnemluvesky-uyb24dma41a" },
    { "porquénopuedensimplementehablarenespañol",
      "xn--porqunopuedensimplementehablarenespaol-fmd56a" },
    { "3年b組金八先生", "xn--3b-ww4c5e180e575a65lsy2b" },
    { "ΰα.ελλάδα", "xn--lxac.xn--hxakic4aa" },
    { "tạisaohọkhôngthểchỉnóitiếngviệt", "xn--tisaohkhngthchnitingvit-kjcr8268qyxafd2f1b9g" },
    { "a-ü", "xn--a--yka" },
    { "ı", "xn--cfa" },
    { "maji-で-koi-する-5秒前", "xn--maji--koi--5-683k9f0uo475b7n9f" },
    /* not a label alone */
    { "SRV:_imaps.bücher.example,URI:sip:ü@bücher.example/ü",
      "SRV:_imaps.xn--bcher-kva.example,URI:sip:xn--tda@xn--bcher-kva.example/xn--tda" },
    { "*.bücher.example.", "*.xn--bcher-kva.example." },
    { "192.0.2.1", "192.0.2.1" },
    { "", "" },
};

static tlsn_status convert(struct tlsni_buf *out, const char *text)
{
    return tlsni_idna_to_ascii(NULL, out, tlsni_span_make(text, strlen(text)));
}

static void idna_labels_become_what_registries_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        struct tlsni_buf out = { 0 };

        assert_int_equal(convert(&out, labels[i][0]), TLSN_OK);
        assert_int_equal(tlsni_buf_len(&out), strlen(labels[i][1]));
        if (tlsni_buf_len(&out))
            assert_memory_equal(tlsni_buf_data(&out), labels[i][1], tlsni_buf_len(&out));
        tlsni_buf_free(NULL, &out);
    }
    REQ("9525:6.3/3");
}

/* Refused by Python's idna 3.13 too, or of a script that is not known here (the last four). */
static void idna_labels_that_are_not_valid_are_refused(void **state)
{
    static const char *const bad[] = {
        "Bücher-Ä",          /* upper case beyond ASCII */
        "-ü", "ü-", "ab--ü", /* hyphens */
        "u\xcc\x88",         /* a combining mark, not composed */
        "ü b", "ü_b", "ü\x7f", "ü!", "ﬁx", "ａ", "a。ü",
        "\xff", "\xc3", "\xc0\x80ü", "\xed\xa0\x80", "\xf4\x90\x80\x80",
        "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü",
        "세계의모든사람들이한국어를이해한다면얼마나좋을까",
        "ليهمابتكلموشعربي", "למההםפשוטלאמדבריםעברית", "यहलोगहिन्दी", "😀",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct tlsni_buf out = { 0 };

        assert_int_equal(convert(&out, bad[i]), TLSN_ERR_IDNA);
        tlsni_buf_free(NULL, &out);
    }
}

static void idna_without_memory_says_so(void **state)
{
    struct test_env env;
    struct tlsni_buf out = { 0 };

    (void)state;
    test_env_init(&env, 1);
    env.fail_at = 1;
    assert_int_equal(tlsni_idna_to_ascii(&env.hooks, &out, tlsni_span_make("\xc3\xbc", 2)),
                     TLSN_ERR_NO_MEMORY);
    assert_int_equal(env.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idna_labels_become_what_registries_hold),
        cmocka_unit_test(idna_labels_that_are_not_valid_are_refused),
        cmocka_unit_test(idna_without_memory_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
