/* Public values that are out of range, and the alert that each kind of exchange has for them: RFC
 * 7919 3 and 4 (negotiated finite-field groups), RFC 8422 5.4 and 5.7 (curves). */
#include "handshake/kx.h"
#include "base/alert.h"
#include "base/mem.h"
#include "cipher/srp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "req.h"

static const uint16_t groups[] = { TLSNI_GROUP_SECP256R1, TLSNI_GROUP_FFDHE2048 };

struct side {
    struct tlsni_hs_config cfg;
    struct tlsni_err err;
    struct tlsni_hs hs;
};

static void begin(struct side *s, enum tlsn_role role, bool with_ff)
{
    memset(s, 0, sizeof *s);
    s->cfg.groups = (struct tlsni_ids){ groups, with_ff ? 2 : 1 };
    s->cfg.limits.dh_bits_min = 2048;
    s->hs.cfg = &s->cfg;
    s->hs.err = &s->err;
    s->hs.role = role;
    s->hs.suite = tlsni_suite_find(0x009e); /* TLS_DHE_RSA_WITH_AES_128_GCM_SHA256 */
    s->hs.version = tlsni_version_find(TLSN_TLS1_2);
}

/* p - 1, p, 0, 1, and one byte too many. */
enum { PUBLIC_VALUES = 5 };

static struct tlsn_span bad_value(unsigned which, uint8_t *room, struct tlsn_span p)
{
    size_t len = p.len;

    memset(room, 0, 257);
    switch (which) {
    case 0:
    case 1:
        memcpy(room, p.data, len);
        room[len - 1] = (uint8_t)(room[len - 1] - (which == 0));
        break;
    case 3:
        room[len - 1] = 1;
        break;
    case 4:
        room[0] = 1;
        len = p.len + 1;
        break;
    default:
        break;
    }
    return tlsni_span_make(room, len);
}

static struct tlsn_span prime(void)
{
    return tlsni_dh_params_of(tlsni_group_find(TLSNI_GROUP_FFDHE2048)).p;
}

static size_t put_exchange(uint8_t *body, size_t cap, unsigned which)
{
    struct tlsni_wr w = tlsni_wr_make(body, cap);
    uint8_t room[257];

    tlsni_wr_vec(&w, 2, bad_value(which, room, prime()));
    assert_false(w.bad);
    return w.len;
}

/* The alert of a server whose client listed these groups. */
static uint8_t server_alert(struct tlsn_span listed, unsigned which)
{
    uint8_t body[300];
    size_t len = put_exchange(body, sizeof body, which);
    struct side s;

    begin(&s, TLSN_SERVER, true);
    s.hs.peer_groups = listed;
    s.hs.peer_groups_seen = listed.len != 0;
    assert_true(tlsni_kx_dhe.feasible(&s.hs));
    s.hs.peer_groups = tlsni_span_make(NULL, 0); /* the ClientHello is gone by then */
    assert_int_equal(tlsni_kx_dhe.prepare(&s.hs), TLSN_OK);
    assert_int_equal(tlsni_kx_dhe.read_exchange(&s.hs, tlsni_span_make(body, len)), TLSN_OK);
    assert_int_equal(tlsni_kx_dhe.finish_exchange(&s.hs), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(s.err.status, TLSN_ERR_ILLEGAL_PARAMETER);
    tlsni_kx_release(&s.hs);
    tlsni_buf_free(NULL, &s.hs.kx_params);
    return s.err.alert;
}

static void server_with_negotiated_ff_group_answers_bad_value_with_handshake_failure(void **state)
{
    static const uint8_t listed[] = { 0x00, 0x17, 0x01, 0x00 };

    (void)state;
    for (unsigned i = 0; i < PUBLIC_VALUES; i++)
        assert_int_equal(server_alert(tlsni_span_make(listed, 4), i),
                         TLSNI_ALERT_HANDSHAKE_FAILURE);
    REQ("7919:4/9");
    REQ("7919:4/10");
}

static void server_with_ff_group_of_its_choice_answers_bad_value_with_illegal_parameter(void **state)
{
    static const uint8_t listed[] = { 0x00, 0x17 };

    (void)state;
    for (unsigned i = 0; i < PUBLIC_VALUES; i++) {
        assert_int_equal(server_alert(tlsni_span_make(listed, 2), i),
                         TLSNI_ALERT_ILLEGAL_PARAMETER);
        assert_int_equal(server_alert(tlsni_span_make(NULL, 0), i), TLSNI_ALERT_ILLEGAL_PARAMETER);
    }
}

/* The alert of a client for ServerKeyExchange with ffdhe2048 and this value. */
static uint8_t client_alert(bool offered, unsigned which)
{
    static const uint8_t two[] = { 2 };
    uint8_t body[600], out[600], room[257];
    struct tlsni_wr w = tlsni_wr_make(body, sizeof body), answer = tlsni_wr_make(out, sizeof out);
    const struct tlsni_msg_dh_params m = { prime(), { two, 1 }, bad_value(which, room, prime()) };
    struct tlsni_rd r;
    struct side s;

    begin(&s, TLSN_CLIENT, offered);
    tlsni_msg_dh_params_write(&w, &m);
    r = tlsni_rd_make(body, w.len);
    assert_int_equal(tlsni_kx_dhe.read_params(&s.hs, &r), TLSN_OK);
    assert_int_equal(tlsni_kx_dhe.write_exchange(&s.hs, &answer), TLSN_ERR_ILLEGAL_PARAMETER);
    tlsni_kx_release(&s.hs);
    tlsni_buf_free(NULL, &s.hs.kx_params);
    return s.err.alert;
}

static void client_with_offered_ff_group_answers_bad_value_with_handshake_failure(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PUBLIC_VALUES; i++) {
        assert_int_equal(client_alert(true, i), TLSNI_ALERT_HANDSHAKE_FAILURE);
        assert_int_equal(client_alert(false, i), TLSNI_ALERT_ILLEGAL_PARAMETER);
    }
    REQ("7919:3/9");
    REQ("7919:3/10");
}

/* A server that looked at DHE first and then chose a curve. */
static void server_answers_point_off_the_curve_with_illegal_parameter(void **state)
{
    static const uint8_t listed[] = { 0x00, 0x17, 0x01, 0x00 };
    uint8_t body[66] = { 65, 4, 1 };
    struct side s;

    (void)state;
    begin(&s, TLSN_SERVER, true);
    s.hs.peer_groups = tlsni_span_make(listed, sizeof listed);
    s.hs.peer_groups_seen = true;
    assert_true(tlsni_kx_dhe.feasible(&s.hs));
    assert_true(tlsni_kx_ecdhe.feasible(&s.hs));
    assert_int_equal(tlsni_kx_ecdhe.prepare(&s.hs), TLSN_OK);
    assert_int_equal(tlsni_kx_ecdhe.read_exchange(&s.hs, tlsni_span_make(body, sizeof body)),
                     TLSN_OK);
    assert_int_equal(tlsni_kx_ecdhe.finish_exchange(&s.hs), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(s.err.alert, TLSNI_ALERT_ILLEGAL_PARAMETER);
    tlsni_kx_release(&s.hs);
    tlsni_buf_free(NULL, &s.hs.kx_params);
}

/* ---- groups of a server's own making ---- */

static tlsn_status client_takes_group(const struct tlsni_dh_params *dh, unsigned features)
{
    uint8_t body[600];
    struct tlsni_wr w = tlsni_wr_make(body, sizeof body);
    const struct tlsni_msg_dh_params m = { dh->p, dh->g, dh->p };
    struct tlsni_rd r;
    struct side s;
    tlsn_status st;

    begin(&s, TLSN_CLIENT, true);
    s.cfg.features = features;
    tlsni_msg_dh_params_write(&w, &m);
    r = tlsni_rd_make(body, w.len);
    st = tlsni_kx_dhe.read_params(&s.hs, &r);
    tlsni_kx_release(&s.hs);
    tlsni_buf_free(NULL, &s.hs.kx_params);
    return st;
}

/* RFC 5054's group of 2048 bits has a safe prime and no number of RFC 7919; one octet elsewhere makes
 * a product of it. */
static void client_takes_a_servers_own_group_with_a_safe_prime_only(void **state)
{
    const struct tlsni_srp_group *srp = tlsni_srp_group_find(2048);
    struct tlsni_dh_params dh = { srp->n, srp->g };
    uint8_t bent[256];

    (void)state;
    assert_null(tlsni_dh_identify(&dh));
    assert_int_equal(client_takes_group(&dh, 0), TLSN_OK);
    assert_int_equal(dh.p.len, sizeof bent);
    memcpy(bent, dh.p.data, sizeof bent);
    bent[100] ^= 0x10;
    dh.p.data = bent;
    assert_int_equal(client_takes_group(&dh, 0), TLSN_ERR_INSUFFICIENT_SECURITY);
    assert_int_equal(client_takes_group(&dh, 1U << TLSN_FEATURE_INSECURE_DH_PRIMES), TLSN_OK);
    REQ("5246:D.4/7");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(server_with_negotiated_ff_group_answers_bad_value_with_handshake_failure),
        cmocka_unit_test(server_with_ff_group_of_its_choice_answers_bad_value_with_illegal_parameter),
        cmocka_unit_test(client_with_offered_ff_group_answers_bad_value_with_handshake_failure),
        cmocka_unit_test(server_answers_point_off_the_curve_with_illegal_parameter),
        cmocka_unit_test(client_takes_a_servers_own_group_with_a_safe_prime_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
