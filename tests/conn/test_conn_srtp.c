/* test_conn_srtp.c - SRTP profiles agreed on between two ends (RFC 5764 4.1). */
#include "support_duo.h"
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void srtp_profile_and_mki_are_told_on_both_sides(void **state)
{
    (void)state;
    for (int take = 0; take < 2; take++) {
        struct duo *d = duo_new();
        struct tlsn_conn_info info;

        OK(tlsn_config_set_srtp(d->config[TLSN_CLIENT],
                                "SRTP_AES128_CM_HMAC_SHA1_80,SRTP_AEAD_AES_128_GCM", false));
        OK(tlsn_config_set_srtp(d->config[TLSN_SERVER], "SRTP_AEAD_AES_128_GCM", take));
        duo_connect(d);
        OK(tlsn_conn_set_srtp_mki(d->conn[TLSN_CLIENT], "key 1", 5));
        duo_run(d);
        for (int i = 0; i < 2; i++) {
            assert_true(tlsn_handshake_done(d->conn[i]));
            tlsn_conn_get_info(d->conn[i], &info);
            assert_int_equal(info.srtp_profile, 7);
            assert_string_equal(info.srtp_profile_name, "SRTP_AEAD_AES_128_GCM");
            assert_int_equal(info.srtp_mki.len, take ? 5 : 0);
            if (take)
                assert_memory_equal(info.srtp_mki.data, "key 1", 5);
        }
        assert_int_equal(tlsn_conn_set_srtp_mki(d->conn[TLSN_CLIENT], "x", 1), TLSN_ERR_MISUSE);
        duo_free(d);
    }
}

static void srtp_without_common_profile_is_no_srtp(void **state)
{
    struct duo *d = duo_new();
    struct tlsn_conn_info info;

    (void)state;
    OK(tlsn_config_set_srtp(d->config[TLSN_CLIENT], "SRTP_AES128_CM_HMAC_SHA1_80", false));
    duo_connect(d);
    OK(tlsn_conn_set_srtp_mki(d->conn[TLSN_CLIENT], "key 1", 5));
    duo_run(d);
    tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
    assert_int_equal(info.srtp_profile, 0);
    assert_int_equal(info.srtp_mki.len, 0);
    duo_free(d);
}

static void srtp_settings_are_checked(void **state)
{
    struct duo *d = duo_new();
    tlsn_config *c = d->config[TLSN_CLIENT];
    uint8_t mki[256] = { 0 };

    (void)state;
    assert_int_equal(tlsn_config_set_srtp(c, "SRTP_NONE", false), TLSN_ERR_UNKNOWN_KEYWORD);
    assert_int_equal(tlsn_config_set_srtp(c, "SRTP_AEAD_AES_128_GCM,,", false),
                     TLSN_ERR_UNKNOWN_KEYWORD);
    OK(tlsn_config_set_srtp(c, NULL, false));
    OK(tlsn_config_set_srtp(c, "SRTP_AEAD_AES_128_GCM", false));
    duo_connect(d);
    assert_int_equal(tlsn_conn_set_srtp_mki(d->conn[TLSN_CLIENT], mki, 256), TLSN_ERR_ARGUMENT);
    OK(tlsn_conn_set_srtp_mki(d->conn[TLSN_CLIENT], mki, 255));
    duo_run(d);
    assert_true(tlsn_handshake_done(d->conn[TLSN_CLIENT]));
    duo_free(d);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(srtp_profile_and_mki_are_told_on_both_sides),
        cmocka_unit_test(srtp_without_common_profile_is_no_srtp),
        cmocka_unit_test(srtp_settings_are_checked),
    };
    return DUO_RUN_ALSO_OFFERING_TLS13(tests);
}
