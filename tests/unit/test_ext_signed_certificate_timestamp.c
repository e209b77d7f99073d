#include "handshake/machine.h"
#include "req.h"
#include "support_ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { SCT = TLSNI_EXT_SIGNED_CERTIFICATE_TIMESTAMP };

static void drop(struct ext_fixture *f)
{
    tlsni_beside_free(&f->hs.beside, NULL);
}

static void sct_is_asked_for_on_request_and_empty(void **state)
{
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_client(&f);
    assert_false(ext_write_one(&f, SCT, &data));
    ext_set_feature(&f, TLSN_FEATURE_SCT, true);
    ext_check_written(&f, SCT, "");
    ext_check_exact(ext_server, SCT, "");
    assert_int_equal(SCT, 18);
    REQ("6962:3.3.1/1");
    REQ("6962:6/1");
}

static void sct_list_is_read_with_its_bounds(void **state)
{
    static const char *const bad[] = { "", "00", "0000", "00030001", "0002" "0000",
                                       "0004" "0001aa" "00", "0003" "0001aa" "00",
                                       "0003" "0002aa" };
    struct ext_fixture f;

    (void)state;
    ext_client(&f);
    assert_int_equal(ext_read_one(&f, SCT, "0007" "0001aa" "0002bbcc"), TLSN_OK);
    assert_int_equal(tlsni_buf_len(&f.hs.beside.scts), 7);
    drop(&f);
    ext_client(&f);
    assert_int_equal(ext_read_one(&f, SCT, "0003" "0001aa"), TLSN_OK);
    drop(&f);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ext_client(&f);
        assert_int_equal(ext_read_one(&f, SCT, bad[i]), TLSN_ERR_DECODE);
        assert_int_equal(tlsni_buf_len(&f.hs.beside.scts), 0);
    }
    REQ("6962:3.3/2");
}

static void sct_list_of_the_credential_is_written(void **state)
{
    static uint8_t list[] = { 0, 1, 0xaa };
    static const struct tlsn_credential with = { .scts = { list, 0, 3, 3 } };
    struct ext_fixture f;
    struct tlsn_span data;

    (void)state;
    ext_server(&f);
    f.hs.credential = &with;
    f.hs.facts = TLSNI_F_CERT;
    assert_int_equal(ext_read_one(&f, SCT, ""), TLSN_OK);
    ext_check_written(&f, SCT, "0003" "0001aa");
    f.hs.facts |= TLSNI_F_RESUMED;
    assert_false(ext_write_one(&f, SCT, &data));
    ext_server(&f); /* unasked */
    f.hs.credential = &with;
    f.hs.facts = TLSNI_F_CERT;
    assert_false(ext_write_one(&f, SCT, &data));
    REQ("6962:3.3/1");
    REQ("6962:3.3/8");
    REQ("6962:3.3.1/2");
    REQ("6962:3.3.1/4");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sct_is_asked_for_on_request_and_empty),
        cmocka_unit_test(sct_list_is_read_with_its_bounds),
        cmocka_unit_test(sct_list_of_the_credential_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
