/* test_handshake_finished_ct.c - the comparison of Finished with our own verify_data marked as undefined: see
 * test_record_cbc_ct.c. Whoever could time it would forge a Finished byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/ct.h"
#include "handshake/common12.h"
#include "handshake/version.h"

#include <string.h>

enum { LEN = 36 };

static void secret_verify_data(const struct tlsni_hs *hs, enum tlsn_role sender, uint8_t *out)
{
    (void)hs;
    memset(out, 0x40 + (int)sender, LEN);
    TLSNI_CT_SECRET(out, LEN);
}

static tlsn_status receive(enum tlsn_role role, size_t len, size_t flip)
{
    struct tlsni_version version = { .verify_data_len = (uint8_t)len, .verify_data = secret_verify_data };
    struct tlsni_err err = { 0 };
    struct tlsni_hs hs = { .role = role, .version = &version, .err = &err };
    uint8_t body[LEN];

    memset(body, role == TLSN_CLIENT ? 0x40 + TLSN_SERVER : 0x40 + TLSN_CLIENT, sizeof body);
    if (flip < len)
        body[flip] ^= 1;
    return tlsni_act_receive_finished(&hs, tlsni_span_make(body, len));
}

static void finished_is_compared_without_a_decision_on_its_bytes(void **state)
{
    static const size_t lengths[] = { 12, LEN }; /* TLS, SSL 3.0 */

    (void)state;
    for (int role = 0; role < 2; role++)
        for (size_t i = 0; i < 2; i++)
            for (size_t flip = 0; flip <= lengths[i]; flip++)
                assert_int_equal(receive((enum tlsn_role)role, lengths[i], flip),
                                 flip == lengths[i] ? TLSN_OK : TLSN_ERR_DECRYPT_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finished_is_compared_without_a_decision_on_its_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
