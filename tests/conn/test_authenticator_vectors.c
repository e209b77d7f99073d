/* Exported authenticators against tests/vectors/authenticator.txt, byte for byte. */
#include "support_vectors.h"
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "conn.h"
#include "req.h"

enum { ROOM = 8192 };

static struct wire *shaken(const struct vec_block *b)
{
    struct wire *w = wire_new("ec:secp256r1");
    uint16_t version = tlsn_version_number(vec_text(b, "version"));

    for (int r = 0; r < 2; r++) {
        OK(tlsn_config_set_versions(w->end[r].config, version, version));
        OK(tlsn_config_set_suites(w->end[r].config, vec_text(b, "suite")));
        OK(tlsn_config_set_feature(w->end[r].config, TLSN_FEATURE_EXPORTER, true));
    }
    OK(tlsn_config_set_verify_mode(w->end[0].config, TLSN_VERIFY_INSECURE_NONE));
    OK(tlsn_config_set_verify_mode(w->end[1].config, TLSN_VERIFY_INSECURE_NONE));
    wire_shake(w);
    return w;
}

static tlsn_credential *credential_of(struct vec_block *b)
{
    static char chain[4096], key[1024];
    struct tlsn_span cert = vec_bytes(b, "cert"), secret = vec_bytes(b, "key");
    size_t chain_len, key_len;
    tlsn_credential *c;

    OK(tlsn_pem_write("CERTIFICATE", cert.data, cert.len, chain, sizeof chain, &chain_len));
    OK(tlsn_pem_write("PRIVATE KEY", secret.data, secret.len, key, sizeof key, &key_len));
    OK(tlsn_credential_new(&c, chain, chain_len, key, key_len, NULL));
    if (vec_text(b, "response")) {
        OK(tlsn_credential_set_ocsp(c, 0, vec_bytes(b, "response").data, vec_bytes(b, "response").len));
        OK(tlsn_credential_set_scts(c, vec_bytes(b, "scts").data, vec_bytes(b, "scts").len));
    }
    return c;
}

static void authenticators_are_those_of_the_second_reading(void **state)
{
    struct vec_file *file = vec_open("tests/vectors/authenticator.txt");
    struct vec_block b = { 0 };
    size_t count = 0;

    (void)state;
    assert_non_null(file);
    for (; vec_next(file, &b); count++) {
        enum tlsn_role maker = strcmp(vec_label(&b), "server") == 0 ? TLSN_SERVER : TLSN_CLIENT;
        struct wire *w = shaken(&b);
        tlsn_credential *c = credential_of(&b);
        struct tlsn_span asked = vec_bytes(&b, "request"), want = vec_bytes(&b, "value");
        uint8_t got[ROOM];
        size_t len;

        wire_set_exporter(wire_conn(w, TLSN_CLIENT));
        wire_set_exporter(wire_conn(w, TLSN_SERVER));
        OK(tlsn_authenticator_make(wire_conn(w, maker), asked, c, got, sizeof got, &len));
        assert_int_equal(len, want.len);
        assert_memory_equal(got, want.data, len);
        OK(tlsn_authenticator_check(wire_conn(w, maker == TLSN_CLIENT ? TLSN_SERVER : TLSN_CLIENT), asked,
                                    want, NULL));
        tlsn_credential_free(c);
        wire_free(w);
    }
    assert_int_equal(count, 16);
    vec_block_clear(&b);
    vec_close(file);
    REQ("9261:5.1/1");
    REQ("9261:5.1/2");
    REQ("9261:5.1/3");
    REQ("9261:5.2/1");
    REQ("9261:5.2.2/4");
    REQ("9261:5.2.3/1");
    REQ("9261:5.2.4/1");
    REQ("9261:5.2.4/2");
    REQ("9261:9/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(authenticators_are_those_of_the_second_reading),
    };

    return cmocka_run_group_tests_name("test_authenticator_vectors", tests, NULL, NULL);
}
