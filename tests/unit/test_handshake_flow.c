/* test_handshake_flow.c - the flow tables as data: reachable, unambiguous, complete with all proofs, accepting the
 * orders of messages of RFC 5246 7.3, RFC 4279 2 to 4, RFC 5054 2.2, RFC 5077 3.1 and RFC 8446 A and no others. Actions are replaced by stubs that set
 * the facts the real ones may set; the driver is the real one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/alert.h"
#include "base/bytes.h"
#include "handshake/auth13.h"
#include "handshake/machine.h"
#include "req.h"

enum { ROWS_MAX = 64, ORDER_MAX = 160, ORDERS_MAX = 64, DEPTH_MAX = 14 };

/* What the peer does that is not known beforehand. */
static bool peer_signs;

static tlsn_status stub(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)hs;
    (void)body;
    return TLSN_OK;
}

static tlsn_status stub_refuse(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)hs;
    (void)body;
    return TLSN_ERR_UNEXPECTED_MESSAGE;
}

static tlsn_status stub_request(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)body;
    hs->facts |= TLSNI_F_REQUEST;
    return TLSN_OK;
}

static tlsn_status stub_signs(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)body;
    if (peer_signs)
        hs->facts |= TLSNI_F_CLIENT_SIGNS;
    return TLSN_OK;
}

static tlsn_status stub_supplement(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)body;
    hs->facts &= ~(uint32_t)(TLSNI_F_SUPPLEMENT | TLSNI_F_SERVER_SUPPLEMENT);
    return TLSN_OK;
}

/* A fetched chain or none. */
static tlsn_status stub_fetch(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)body;
    hs->facts |= TLSNI_F_CLIENT_SIGNS | (peer_signs ? 0U : TLSNI_F_UNOBTAINED);
    return TLSN_OK;
}

static tlsn_status stub_status(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)body;
    hs->facts &= ~(uint32_t)TLSNI_F_STATUS;
    return TLSN_OK;
}

static struct tlsni_hs_row copy_rows[ROWS_MAX];
static struct tlsni_flow copy;

static void use(const struct tlsni_flow *flow)
{
    assert_true(flow->count <= ROWS_MAX);
    memcpy(copy_rows, flow->rows, flow->count * sizeof *copy_rows);
    copy = *flow;
    copy.rows = copy_rows;
    for (size_t i = 0; i < flow->count; i++) {
        const char *name = flow->rows[i].action;

        copy_rows[i].act = strcmp(name, "refuse_certificate_request") == 0    ? stub_refuse
                           : strcmp(name, "receive_certificate_request") == 0 ? stub_request
                           : strcmp(name, "receive_request") == 0 ? stub_request
                           : strcmp(name, "tlsni_act13_choose_credential") == 0 ? stub_signs
                           : strcmp(name, "receive_certificate") == 0 ? stub_signs
                           : strcmp(name, "receive_packed") == 0 ? stub_signs
                           : strcmp(name, "choose_credential") == 0         ? stub_signs
                           : strcmp(name, "receive_client_certificate") == 0 ? stub_signs
                           : strcmp(name, "tlsni_act_receive_status") == 0 ? stub_status
                           : strcmp(name, "tlsni_act_fetch") == 0 ? stub_fetch
                           : strcmp(name, "tlsni_act_receive_supplement") == 0 ? stub_supplement
                                                                              : stub;
    }
}

static struct tlsni_hs begin(uint32_t facts)
{
    struct tlsni_hs hs;

    memset(&hs, 0, sizeof hs);
    hs.flow = &copy;
    hs.state = copy.entry;
    hs.facts = facts;
    tlsni_hash_init(&hs.transcript.hash, tlsni_hash_find(TLSNI_HASH_SHA256));
    return hs;
}

/* ---- faults of a table ---- */

static unsigned unreachable_states(void)
{
    bool seen[256] = { false };
    unsigned bad = 0;

    seen[copy.entry] = true;
    for (unsigned pass = 0; pass < copy.states; pass++)
        for (size_t i = 0; i < copy.count; i++)
            if (seen[copy_rows[i].state])
                seen[copy_rows[i].next] = true;
    for (unsigned s = 0; s < copy.states; s++)
        bad += !seen[s];
    return bad;
}

static bool compatible(const struct tlsni_hs_row *a, const struct tlsni_hs_row *b)
{
    return (a->when & b->unless) == 0 && (b->when & a->unless) == 0;
}

static unsigned ambiguous_rows(void)
{
    unsigned bad = 0;

    for (size_t i = 0; i < copy.count; i++)
        for (size_t j = i + 1; j < copy.count; j++) {
            const struct tlsni_hs_row *a = &copy_rows[i], *b = &copy_rows[j];
            bool step_a = a->event == TLSNI_EV_STEP, step_b = b->event == TLSNI_EV_STEP;

            if (a->state != b->state)
                continue;
            bad += a->event == b->event && compatible(a, b);
            bad += step_a != step_b;
        }
    return bad;
}

/* ---- walking ---- */

static char orders[ORDERS_MAX][ORDER_MAX];
static size_t order_count;
static unsigned faults;
static bool taken[ROWS_MAX];

static void note_order(const char *order)
{
    for (size_t i = 0; i < order_count; i++)
        if (strcmp(orders[i], order) == 0)
            return;
    assert_true(order_count < ORDERS_MAX);
    snprintf(orders[order_count++], ORDER_MAX, "%s", order);
}

static tlsn_status feed(struct tlsni_hs *hs, uint8_t event)
{
    const uint8_t message[TLSNI_MSG_HEADER] = { event };

    return event == TLSNI_EV_CCS ? tlsni_hs_ccs(hs) : tlsni_hs_message(hs, message, sizeof message);
}

static void mark_taken(const struct tlsni_hs *hs, uint8_t event)
{
    const struct tlsni_hs_row *r = tlsni_hs_find(hs, event);

    if (r)
        taken[r - copy_rows] = true;
}

/* Steps one by one, to see which rows are taken. */
static tlsn_status run(struct tlsni_hs *hs)
{
    struct tlsni_hs probe = *hs;

    for (unsigned i = 0; i < ROWS_MAX; i++) {
        const struct tlsni_hs_row *r = tlsni_hs_find(&probe, TLSNI_EV_STEP);

        if (!r)
            break;
        taken[r - copy_rows] = true;
        (void)r->act(&probe, tlsni_span_make(NULL, 0));
        probe.state = r->next;
    }
    return tlsni_hs_run(hs);
}

static void walk(struct tlsni_hs hs, const char *so_far, unsigned depth)
{
    tlsn_status st = run(&hs);

    if (st == TLSN_OK) {
        note_order(so_far);
        return;
    }
    if (st != TLSN_NEED_INPUT || depth > DEPTH_MAX) {
        faults++;
        return;
    }
    for (unsigned event = 1; event < 256; event++) { /* 0 is HelloRequest, which changes nothing */
        struct tlsni_hs next = hs;
        char order[ORDER_MAX];

        mark_taken(&hs, (uint8_t)event);
        if (event == TLSNI_EV_STEP)
            continue;
        st = feed(&next, (uint8_t)event);
        if (st == TLSN_ERR_UNEXPECTED_MESSAGE)
            continue;
        if (st != TLSN_OK) {
            faults++;
            continue;
        }
        snprintf(order, sizeof order, "%s%s%s", so_far, *so_far ? " " : "",
                 tlsni_event_name((uint8_t)event));
        walk(next, order, depth + 1);
    }
}

static void explore(const struct tlsni_flow *flow, const uint32_t *facts, size_t count)
{
    use(flow);
    order_count = 0;
    faults = 0;
    memset(taken, 0, sizeof taken);
    for (size_t i = 0; i < count; i++)
        for (int signs = 0; signs < 2; signs++) {
            peer_signs = signs;
            walk(begin(facts[i]), "", 0);
        }
}

#define C TLSNI_F_CERT
#define K TLSNI_F_SKE
#define T TLSNI_F_TICKET
#define R TLSNI_F_RESUMED
#define Q TLSNI_F_REQUEST
#define S TLSNI_F_SKE_SIGNED
#define O TLSNI_F_SKE_OPTIONAL
#define A TLSNI_F_STATUS
#define U TLSNI_F_URL
#define M TLSNI_F_SUPPLEMENT
#define X TLSNI_F_SERVER_SUPPLEMENT
#define COUNT(a) (sizeof(a) / sizeof *(a))

/* RSA, signed DHE and SRP; DH_anon, DHE_PSK and SRP; PSK and RSA_PSK. */
static const uint32_t client_facts[] = {
    C, C | K | S, C | T, C | K | S | T, R, R | T, R | K | S | C, R | T | K | S | C,
    K, K | T, R | K, O, O | T, R | O, C | O, C | O | T,
    C | A, C | K | S | A, C | T | A, C | K | S | T | A, A, K | A | O, C | U, C | M, C | X, K | X,
};
static const uint32_t server_facts[] = {
    C, C | K | S, C | T, C | K | S | T, C | Q, C | K | S | Q, C | T | Q, C | K | S | T | Q, R, R | T,
    0, K, T, K | T, C | K, C | K | Q, C | A, C | K | S | Q | A, C | K | S | Q | U, C | Q | U, C | M, C | Q | M,
    C | X,
};

/* The orders of RFC 5246 7.3, figures 1 and 2, with the NewSessionTicket of RFC 5077 3.1: what each side
 * receives. */
#define END "ChangeCipherSpec Finished"
#define NST "NewSessionTicket "
static const char *const client_orders[] = {
    "Certificate ServerHelloDone " END,
    "Certificate CertificateRequest ServerHelloDone " END,
    "Certificate ServerKeyExchange ServerHelloDone " END,
    "Certificate ServerKeyExchange CertificateRequest ServerHelloDone " END,
    "Certificate ServerHelloDone " NST END,
    "Certificate CertificateRequest ServerHelloDone " NST END,
    "Certificate ServerKeyExchange ServerHelloDone " NST END,
    "Certificate ServerKeyExchange CertificateRequest ServerHelloDone " NST END,
    END,
    NST END,
    /* RFC 4279 2: without certificates; 5246 7.4.3: anonymous */
    "ServerHelloDone " END,
    "ServerKeyExchange ServerHelloDone " END,
    "ServerHelloDone " NST END,
    "ServerKeyExchange ServerHelloDone " NST END,
    /* RFC 4680 3: in front of all others, once */
    "SupplementalData Certificate ServerHelloDone " END,
    "SupplementalData Certificate CertificateRequest ServerHelloDone " END,
    "SupplementalData ServerKeyExchange ServerHelloDone " END,
    /* RFC 6066 8: a status may stand behind the certificate, once */
    "Certificate CertificateStatus ServerHelloDone " END,
    "Certificate CertificateStatus CertificateRequest ServerHelloDone " END,
    "Certificate CertificateStatus ServerKeyExchange ServerHelloDone " END,
    "Certificate CertificateStatus ServerKeyExchange CertificateRequest ServerHelloDone " END,
    "Certificate CertificateStatus ServerHelloDone " NST END,
    "Certificate CertificateStatus CertificateRequest ServerHelloDone " NST END,
    "Certificate CertificateStatus ServerKeyExchange ServerHelloDone " NST END,
    "Certificate CertificateStatus ServerKeyExchange CertificateRequest ServerHelloDone " NST END,
};
static const char *const server_orders[] = {
    "ClientKeyExchange " END,
    "Certificate ClientKeyExchange " END,
    "Certificate ClientKeyExchange CertificateVerify " END,
    "CertificateURL ClientKeyExchange CertificateVerify " END, /* RFC 6066 5 */
    "SupplementalData ClientKeyExchange " END, /* RFC 4680 3 */
    "SupplementalData Certificate ClientKeyExchange " END,
    "SupplementalData Certificate ClientKeyExchange CertificateVerify " END,
    END,
};

static void assert_orders(const char *const *expected, size_t count)
{
    assert_int_equal(faults, 0);
    for (size_t i = 0; i < order_count; i++) {
        size_t j = 0;

        while (j < count && strcmp(orders[i], expected[j]))
            j++;
        if (j == count)
            fail_msg("accepted: %s", orders[i]);
    }
    assert_int_equal(order_count, count);
}

static void assert_all_taken(void)
{
    for (size_t i = 0; i < copy.count; i++)
        if (!taken[i] && copy_rows[i].state != TLSNI_ST_ANY)
            fail_msg("no walk takes row %zu (%s)", i, copy_rows[i].action);
}

static void flow_every_table_is_reachable_and_unambiguous(void **state)
{
    size_t count;
    const struct tlsni_flow *const *flows = tlsni_flows(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        use(flows[i]);
        assert_int_equal(unreachable_states(), 0);
        assert_int_equal(ambiguous_rows(), 0);
    }
}

static void flow_client_accepts_the_orders_of_the_rfc_only(void **state)
{
    (void)state;
    explore(&tlsni_flow_tls12_client, client_facts, COUNT(client_facts));
    assert_orders(client_orders, COUNT(client_orders));
    assert_all_taken();
    REQ("5246:7.4/1");
    REQ("5246:7.4/2");
}

static void flow_server_accepts_the_orders_of_the_rfc_only(void **state)
{
    (void)state;
    explore(&tlsni_flow_tls12_server, server_facts, COUNT(server_facts));
    assert_orders(server_orders, COUNT(server_orders));
    assert_all_taken();
}

/* ---- TLS 1.3: RFC 8446 A.1, A.2, 4.6.2, RFC 8879 ---- */

#define P TLSNI_F_PSK
#define E TLSNI_F_EARLY
#define Y TLSNI_F_RETRY
#define VERIFIED "CertificateVerify Finished"

/* Behind ServerHello, which may be a HelloRetryRequest. */
static const uint32_t client13_facts[] = { 0, P, P | E, Y, Y | P };
static const char *const client13_orders[] = {
    "EncryptedExtensions Certificate " VERIFIED,
    "EncryptedExtensions CompressedCertificate " VERIFIED,
    "EncryptedExtensions CertificateRequest Certificate " VERIFIED,
    "EncryptedExtensions CertificateRequest CompressedCertificate " VERIFIED,
    "EncryptedExtensions Finished",
    "ServerHello EncryptedExtensions Certificate " VERIFIED,
    "ServerHello EncryptedExtensions CompressedCertificate " VERIFIED,
    "ServerHello EncryptedExtensions CertificateRequest Certificate " VERIFIED,
    "ServerHello EncryptedExtensions CertificateRequest CompressedCertificate " VERIFIED,
    "ServerHello EncryptedExtensions Finished",
};

static const uint32_t server13_facts[] = { 0, T, Q, T | Q, P, P | E, P | E | T, Y, Y | Q, Y | P };
static const char *const server13_orders[] = {
    "Finished",
    "Certificate Finished",
    "CompressedCertificate Finished", /* of none: it is a Certificate all the same */
    "Certificate " VERIFIED,
    "CompressedCertificate " VERIFIED,
    "EndOfEarlyData Finished",
    "ClientHello Finished",
    "ClientHello Certificate Finished",
    "ClientHello CompressedCertificate Finished",
    "ClientHello Certificate " VERIFIED,
    "ClientHello CompressedCertificate " VERIFIED,
};

static const uint32_t auth13_facts[] = { 0 };
static const char *const auth13_client_orders[] = { "CertificateRequest" };
static const char *const auth13_server_orders[] = {
    "Certificate Finished",
    "CompressedCertificate Finished",
    "Certificate " VERIFIED,
    "CompressedCertificate " VERIFIED,
};

static void flow13_accepts_the_orders_of_the_rfc_only(void **state)
{
    static const struct {
        const struct tlsni_flow *flow;
        const uint32_t *facts;
        size_t fact_count;
        const char *const *orders;
        size_t order_count;
    } rows[] = {
        { &tlsni_flow_tls13_client, client13_facts, COUNT(client13_facts), client13_orders,
          COUNT(client13_orders) },
        { &tlsni_flow_tls13_server, server13_facts, COUNT(server13_facts), server13_orders,
          COUNT(server13_orders) },
        { &tlsni_flow_auth13_client, auth13_facts, COUNT(auth13_facts), auth13_client_orders,
          COUNT(auth13_client_orders) },
        { &tlsni_flow_auth13_server, auth13_facts, COUNT(auth13_facts), auth13_server_orders,
          COUNT(auth13_server_orders) },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        explore(rows[i].flow, rows[i].facts, rows[i].fact_count);
        assert_orders(rows[i].orders, rows[i].order_count);
        assert_all_taken();
    }
    REQ("8446:4/1");
}

/* Without the signature, or without Finished, no flow comes to its end. */
static void flow13_without_a_proof_is_an_internal_error(void **state)
{
    static const struct tlsni_flow *const flows[] = { &tlsni_flow_tls13_client, &tlsni_flow_tls13_server,
                                                      &tlsni_flow_auth13_server };

    (void)state;
    for (size_t f = 0; f < COUNT(flows); f++)
        for (unsigned bit = 0; bit < 16; bit++) {
            struct tlsni_err err = { 0 };
            struct tlsni_hs hs;

            use(flows[f]);
            if (!(copy.all_proofs >> bit & 1))
                continue;
            hs = begin(0);
            hs.err = &err;
            hs.state = TLSNI_ST_DONE;
            hs.proofs = (uint16_t)(copy.all_proofs & ~(1U << bit));
            assert_int_equal(tlsni_hs_run(&hs), TLSN_ERR_INTERNAL);
        }
}

/* The real action, behind ServerHello and behind ServerKeyExchange. */
static void flow_client_refuses_request_of_server_without_certificate(void **state)
{
    static const uint32_t facts[] = { 0, K, O };

    (void)state;
    for (size_t f = 0; f < COUNT(facts); f++) {
        const uint8_t request[] = { TLSNI_MSG_CERTIFICATE_REQUEST, 0, 0, 0 };
        struct tlsni_err err = { 0 };
        struct tlsni_hs hs;

        use(&tlsni_flow_tls12_client);
        hs = begin(facts[f]);
        hs.suite = tlsni_suite_find(0x009e);
        hs.err = &err;
        assert_int_equal(tlsni_hs_run(&hs), TLSN_NEED_INPUT);
        if (facts[f] == K)
            assert_int_equal(feed(&hs, TLSNI_MSG_SERVER_KEY_EXCHANGE), TLSN_OK);
        copy.rows = tlsni_flow_tls12_client.rows;
        assert_int_equal(tlsni_hs_message(&hs, request, sizeof request), TLSN_ERR_UNEXPECTED_MESSAGE);
        assert_int_equal(err.alert, TLSNI_ALERT_HANDSHAKE_FAILURE);
    }
    REQ("5246:7.4.4/10");
}

static void flow_hello_request_inside_a_handshake_changes_nothing(void **state)
{
    struct tlsni_hs hs;

    (void)state;
    use(&tlsni_flow_tls12_client);
    hs = begin(C | K | S);
    assert_int_equal(tlsni_hs_run(&hs), TLSN_NEED_INPUT);
    uint8_t before = hs.state;
    assert_int_equal(feed(&hs, TLSNI_MSG_HELLO_REQUEST), TLSN_OK);
    assert_int_equal(hs.state, before);
    REQ("5246:7.4/3");
}

/* CVE-2014-0224: a ChangeCipherSpec ahead of its time installs no keys. */
static void flow_early_ccs_is_unexpected_in_every_other_state(void **state)
{
    static const struct tlsni_flow *const flows[] = { &tlsni_flow_tls12_client,
                                                      &tlsni_flow_tls12_server };

    (void)state;
    for (size_t f = 0; f < COUNT(flows); f++) {
        unsigned refused = 0, accepted = 0;

        use(flows[f]);
        for (unsigned s = 0; s < copy.states; s++) {
            struct tlsni_hs hs = begin(C | K | S);

            hs.state = (uint8_t)s;
            hs.proofs = copy.all_proofs;
            if (feed(&hs, TLSNI_EV_CCS) == TLSN_ERR_UNEXPECTED_MESSAGE)
                refused++;
            else
                accepted++;
        }
        assert_int_equal(accepted + refused, copy.states);
        assert_in_range(accepted, 2, 4); /* the wait_ccs states of full and resumed handshakes */
    }
}

static void flow_done_without_a_proof_is_an_internal_error(void **state)
{
    (void)state;
    use(&tlsni_flow_tls12_client);
    for (unsigned p = 0; p < 5; p++) {
        struct tlsni_hs hs = begin(C | K | S);

        hs.state = TLSNI_ST_DONE;
        hs.proofs = (uint16_t)(copy.all_proofs & ~(1U << p));
        assert_int_equal(tlsni_hs_run(&hs), TLSN_ERR_INTERNAL);
        hs.proofs = copy.all_proofs;
        assert_int_equal(tlsni_hs_run(&hs), TLSN_OK);
    }
}

/* Numbers of handshake messages that stand for something else inside are no way around the table. */
static void flow_message_types_254_and_255_are_unexpected(void **state)
{
    (void)state;
    use(&tlsni_flow_tls12_client);
    for (unsigned s = 0; s < copy.states; s++)
        for (unsigned type = 254; type < 256; type++) {
            struct tlsni_hs hs = begin(C | K | S);
            const uint8_t message[TLSNI_MSG_HEADER] = { (uint8_t)type };

            hs.state = (uint8_t)s;
            hs.proofs = copy.all_proofs;
            assert_int_equal(tlsni_hs_message(&hs, message, sizeof message),
                             TLSN_ERR_UNEXPECTED_MESSAGE);
        }
}

/* The checks themselves: seeded mistakes have to show. */
static void flow_checks_notice_seeded_mistakes(void **state)
{
    (void)state;
    use(&tlsni_flow_tls12_client);
    for (size_t i = 0; i < copy.count; i++) /* nobody gets to the verdict */
        if (strcmp(copy_rows[i].action, "receive_server_hello_done") == 0)
            copy_rows[i].next = copy_rows[i].state;
    assert_int_not_equal(unreachable_states(), 0);

    use(&tlsni_flow_tls12_client);
    copy_rows[0].when = 0; /* resumed or not is the same */
    assert_int_not_equal(ambiguous_rows(), 0);

    use(&tlsni_flow_tls12_client);
    order_count = faults = 0;
    for (size_t i = 0; i < copy.count; i++) /* the verdict proves nothing */
        if (copy_rows[i].event == TLSNI_EV_STEP && copy_rows[i].proves == TLSNI_P_CHAIN)
            copy_rows[i].proves = 0;
    walk(begin(C | K | S), "", 0);
    assert_int_not_equal(faults, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flow_every_table_is_reachable_and_unambiguous),
        cmocka_unit_test(flow_client_accepts_the_orders_of_the_rfc_only),
        cmocka_unit_test(flow_server_accepts_the_orders_of_the_rfc_only),
        cmocka_unit_test(flow13_accepts_the_orders_of_the_rfc_only),
        cmocka_unit_test(flow13_without_a_proof_is_an_internal_error),
        cmocka_unit_test(flow_client_refuses_request_of_server_without_certificate),
        cmocka_unit_test(flow_hello_request_inside_a_handshake_changes_nothing),
        cmocka_unit_test(flow_early_ccs_is_unexpected_in_every_other_state),
        cmocka_unit_test(flow_done_without_a_proof_is_an_internal_error),
        cmocka_unit_test(flow_message_types_254_and_255_are_unexpected),
        cmocka_unit_test(flow_checks_notice_seeded_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
