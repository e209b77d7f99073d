/* Statements of RFC 8446 on Certificate: what stands in its entries, in which order, of whom, and what of it is
 * understood. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "req.h"
#include "support_bent.h"
#include "support_revocation.h"
#include "support_wire.h"

enum { CERTIFICATE = 11, STATUS = 5, CERT_TYPE = 20, SCT = 18, STATUS_V2 = 17 };
enum { HANDSHAKE_FAILURE = 40, ILLEGAL = 47, UNSUPPORTED_CERTIFICATE = 43, BAD_CERTIFICATE = 42 };

static const uint8_t raw_only[] = { TLSN_CERT_RAW_KEY };

static struct issued root, between, leaf, stranger, other_root, other_leaf;
static const char *const names[] = { "server.example" };

static int begin_all(void **state)
{
    const struct tlsn_cert_spec spec = { .subject = "CN=leaf", .names = names, .name_count = 1 };

    (void)state;
    issue(&root, NULL, (struct tlsn_cert_spec){ .subject = "CN=top", .ca = true, .path_len = -1 }, NULL);
    issue(&between, NULL, (struct tlsn_cert_spec){ .subject = "CN=middle", .ca = true, .path_len = -1 }, &root);
    issue(&leaf, NULL, spec, &between);
    issue(&stranger, NULL, (struct tlsn_cert_spec){ .subject = "CN=nobody", .ca = true }, NULL);
    issue(&other_root, NULL, (struct tlsn_cert_spec){ .subject = "CN=other", .ca = true }, NULL);
    issue(&other_leaf, NULL, spec, &other_root);
    return 0;
}

static int end_all(void **state)
{
    struct issued *const all[] = { &root, &between, &leaf, &stranger, &other_root, &other_leaf };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        issued_free(all[i]);
    return 0;
}

/* These certificates as they stand, with the key of `of`. */
static tlsn_credential *credential(const struct issued *of, const struct issued *const *list, size_t count,
                                   enum tlsn_chain_order order)
{
    static char pem[65536], secret[4096];
    size_t at = 0, len, secret_len;
    tlsn_credential *c;

    for (size_t i = 0; i < count; i++, at += len)
        OK(tlsn_pem_write("CERTIFICATE", list[i]->der, list[i]->len, pem + at, sizeof pem - at, &len));
    OK(tlsn_key_write(of->key, secret, sizeof secret, &secret_len));
    OK(tlsn_credential_new_ordered(&c, pem, at, secret, secret_len, order, NULL));
    return c;
}

static tlsn_credential *chain(void)
{
    const struct issued *const list[] = { &leaf, &between };

    return credential(&leaf, list, 2, TLSN_CHAIN_ORDER);
}

static tlsn_credential *foreign(void)
{
    const struct issued *const list[] = { &other_leaf };

    return credential(&other_leaf, list, 1, TLSN_CHAIN_ORDER);
}

static void set_versions(struct duo *d, uint16_t version)
{
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(d->config[r], version, version));
}

static void trust(struct duo *d, enum tlsn_role who)
{
    tlsn_trust *t;

    OK(tlsn_trust_new(&t, NULL));
    OK(tlsn_trust_add(t, root.der, root.len, NULL, NULL));
    OK(tlsn_trust_add(t, other_root.der, other_root.len, NULL, NULL));
    OK(tlsn_config_set_trust(d->config[who], t));
    tlsn_trust_free(t);
}

/* Takes the credential. */
static struct duo *pair(tlsn_credential *server)
{
    struct duo *d = duo_new();

    d->env.now_ms = X509_NOW * INT64_C(1000);
    duo_reset_server(d, server);
    tlsn_credential_free(server);
    trust(d, TLSN_CLIENT);
    set_versions(d, TLSN_TLS1_3);
    return d;
}

/* The same, and the client is asked for a certificate. */
static struct duo *asking(void)
{
    struct duo *d = pair(chain());

    trust(d, TLSN_SERVER);
    OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE));
    return d;
}

static void add(struct duo *d, enum tlsn_role who, tlsn_credential *c)
{
    OK(tlsn_config_add_credential(d->config[who], c));
    tlsn_credential_free(c);
}

/* ---- the Certificate that a side sent ---- */

static struct {
    uint8_t body[1 << 14];
    size_t len;
} seen;

static void look(uint8_t *body, size_t *len)
{
    assert_true(*len <= sizeof seen.body);
    memcpy(seen.body, body, *len);
    seen.len = *len;
}

struct entry {
    struct tlsn_span cert, extensions;
};

static size_t get(const uint8_t *p, size_t n)
{
    size_t v = 0;

    while (n--)
        v = v << 8 | *p++;
    return v;
}

/* Entry i; nothing in it when there are fewer. */
static struct entry entry(size_t i)
{
    const uint8_t *p = seen.body + 1 + seen.body[0] + 3, *end = seen.body + seen.len;
    struct entry e = { { NULL, 0 }, { NULL, 0 } };

    for (size_t k = 0; k <= i; k++) {
        if (p == end)
            return (struct entry){ { NULL, 0 }, { NULL, 0 } };
        e.cert = (struct tlsn_span){ p + 3, get(p, 3) };
        p = e.cert.data + e.cert.len;
        e.extensions = (struct tlsn_span){ p + 2, get(p, 2) };
        p = e.extensions.data + e.extensions.len;
        assert_true(p <= end);
    }
    return e;
}

/* The data of an extension of an entry; NULL: it is not there. */
static struct tlsn_span extension(size_t i, unsigned type)
{
    struct tlsn_span e = entry(i).extensions;
    size_t at = 0;

    while (at < e.len) {
        struct tlsn_span data = { e.data + at + 4, get(e.data + at + 2, 2) };

        if (get(e.data + at, 2) == type)
            return data;
        at += 4 + data.len;
    }
    return (struct tlsn_span){ NULL, 0 };
}

static void shake(struct duo *d, enum tlsn_role from)
{
    seen.len = 0;
    bent_connect(d, from, CERTIFICATE, look);
    duo_run(d);
    for (int r = 0; r < 2; r++)
        if (!tlsn_handshake_done(d->conn[r]))
            fail_msg("side %d: %s", r, tlsn_conn_error(d->conn[r]) ? tlsn_conn_error(d->conn[r])->text : "waits");
    assert_true(seen.len);
}

static bool same(struct tlsn_span a, struct tlsn_span b)
{
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static bool is(struct tlsn_span span, const struct issued *cert)
{
    return span.len == cert->len && memcmp(span.data, cert->der, cert->len) == 0;
}

/* ---- order and strangers ---- */

static void own_chain_is_put_in_order(void **state)
{
    const struct issued *const list[] = { &root, &stranger, &between, &leaf };
    struct duo *d = pair(credential(&leaf, list, 4, TLSN_CHAIN_ORDER));

    (void)state;
    shake(d, TLSN_SERVER);
    assert_true(is(entry(0).cert, &leaf) && is(entry(1).cert, &between));
    for (size_t i = 2; entry(i).cert.data; i++)
        assert_true(is(entry(i).cert, &root));
    duo_free(d);
    REQ("8446:4.4.2/11");
}

static void chain_of_the_peer_may_be_out_of_order_behind_the_first(void **state)
{
    const struct issued *const list[] = { &root, &stranger, &between, &leaf };
    static const uint16_t versions[] = { TLSN_TLS1_3, TLSN_TLS1_2 };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct duo *d = pair(credential(&leaf, list, 4, TLSN_CHAIN_AS_GIVEN));

        set_versions(d, versions[i]);
        shake(d, TLSN_SERVER);
        if (i == 0)
            assert_true(is(entry(0).cert, &leaf) && is(entry(2).cert, &stranger) && is(entry(3).cert, &between));
        duo_free(d);
    }
    REQ("8446:4.4.2/13");
}

/* What is taken and what is not depends on the policy, not on the version. */
static void chains_are_judged_alike_in_all_versions(void **state)
{
    static const struct {
        const char *policy;
        uint16_t version;
        tlsn_status weak;
    } rows[] = { { "default", TLSN_TLS1_2, TLSN_ERR_CERT_WEAK }, { "default", TLSN_TLS1_3, TLSN_ERR_CERT_WEAK },
                 { "legacy", TLSN_TLS1_0, TLSN_OK },             { "legacy", TLSN_TLS1_2, TLSN_OK },
                 { "legacy", TLSN_TLS1_3, TLSN_OK } };
    const struct tlsn_cert_spec sha1 = { .subject = "CN=leaf", .names = names, .name_count = 1,
                                         .signature = "ecdsa_sha1" };
    const struct issued *list[1];
    struct issued weak;

    (void)state;
    issue(&weak, NULL, sha1, &root);
    list[0] = &weak;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int bad = 0; bad < 2; bad++) {
            struct duo *d = pair(bad ? credential(&weak, list, 1, TLSN_CHAIN_ORDER) : chain());

            for (int r = 0; r < 2; r++)
                OK(tlsn_config_set_policy(d->config[r], rows[i].policy));
            set_versions(d, rows[i].version);
            OK(tlsn_config_set_feature(d->config[TLSN_SERVER], TLSN_FEATURE_INSECURE_CHAINS, true));
            duo_connect(d);
            duo_run(d);
            assert_int_equal(d->status[TLSN_CLIENT], bad ? rows[i].weak : TLSN_OK);
            duo_free(d);
        }
    issued_free(&weak);
    REQ("8446:D/3");
}

/* ---- whose ---- */

/* Two chains that are as good as each other but for who issued them: the list decides, else the order. */
static void authorities_guide_what_a_server_shows(void **state)
{
    (void)state;
    for (int listed = 0; listed < 2; listed++) {
        struct duo *d = pair(foreign());

        add(d, TLSN_SERVER, chain());
        if (listed)
            OK(tlsn_config_add_trusted_ca(d->config[TLSN_CLIENT], TLSN_CA_NAME, root.der, root.len));
        shake(d, TLSN_SERVER);
        assert_true(is(entry(0).cert, listed ? &leaf : &other_leaf));
        duo_free(d);
    }
    REQ("8446:4.2.4/1");
}

static void authorities_guide_what_a_client_shows(void **state)
{
    (void)state;
    for (int listed = 0; listed < 2; listed++) {
        struct duo *d = asking();
        tlsn_trust *t;

        add(d, TLSN_CLIENT, foreign());
        add(d, TLSN_CLIENT, chain());
        OK(tlsn_config_set_send_authorities(d->config[TLSN_SERVER], listed));
        if (listed) { /* those that it trusts are those that it names */
            OK(tlsn_trust_new(&t, NULL));
            OK(tlsn_trust_add(t, root.der, root.len, NULL, NULL));
            OK(tlsn_config_set_trust(d->config[TLSN_SERVER], t));
            tlsn_trust_free(t);
        }
        shake(d, TLSN_CLIENT);
        assert_true(is(entry(0).cert, listed ? &leaf : &other_leaf));
        duo_free(d);
    }
    REQ("8446:4.2.4/1");
    REQ("8446:4.4.2.3/2");
}

/* ---- what stands beside certificates ---- */

static const uint8_t scts[] = { 0, 7, 0, 5, 1, 2, 3, 4, 5 };

/* OCSP responses for both certificates, timestamps for the leaf. */
static tlsn_credential *stapled(struct made response[2])
{
    const struct tlsn_ocsp_single good = { 0 };
    tlsn_credential *c = chain();

    make_ocsp(&response[0], (struct tlsn_ocsp_spec){ 0 }, good, &leaf, &between, &between);
    make_ocsp(&response[1], (struct tlsn_ocsp_spec){ 0 }, good, &between, &root, &root);
    for (size_t i = 0; i < 2; i++)
        OK(tlsn_credential_set_ocsp(c, i, response[i].der, response[i].len));
    OK(tlsn_credential_set_scts(c, scts, sizeof scts));
    return c;
}

/* CertificateStatus: ocsp, the length, the response. */
static void check_statuses(const struct made response[2])
{
    for (size_t i = 0; i < 2; i++) {
        struct tlsn_span s = extension(i, STATUS);

        assert_int_equal(s.len, 4 + response[i].len);
        assert_int_equal(get(s.data, 4), 1 << 24 | response[i].len);
        assert_memory_equal(s.data + 4, response[i].der, response[i].len);
    }
}

static void want_all(struct duo *d, enum tlsn_role who)
{
    OK(tlsn_config_set_feature(d->config[who], TLSN_FEATURE_OCSP, true));
    OK(tlsn_config_set_feature(d->config[who], TLSN_FEATURE_SCT, true));
}

static void response_stands_with_its_certificate_timestamps_with_the_first(void **state)
{
    static struct made response[2];

    (void)state;
    for (int from = 0; from < 2; from++) {
        struct duo *d = from == TLSN_SERVER ? pair(stapled(response)) : asking();

        if (from == TLSN_CLIENT)
            add(d, TLSN_CLIENT, stapled(response));
        want_all(d, (enum tlsn_role)!from);
        shake(d, (enum tlsn_role)from);
        check_statuses(response);
        assert_true(same(extension(0, SCT), (struct tlsn_span){ scts, sizeof scts }));
        assert_null(extension(1, SCT).data);
        duo_free(d);
    }
    REQ("8446:4.4.2.1/1");
    REQ("8446:4.4.2.1/5");
    REQ("8446:4.4.2/10");
}

/* A client of old wants both ways; in TLS 1.3 there is one. */
static void request_for_several_statuses_means_nothing(void **state)
{
    static struct made response[2];
    static const struct {
        bool multi, single;
    } rows[] = { { true, false }, { true, true } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct duo *d = pair(stapled(response));

        OK(tlsn_config_set_versions(d->config[TLSN_CLIENT], TLSN_TLS1_2, TLSN_TLS1_3));
        OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_OCSP_MULTI, rows[i].multi));
        OK(tlsn_config_set_feature(d->config[TLSN_CLIENT], TLSN_FEATURE_OCSP, rows[i].single));
        shake(d, TLSN_SERVER);
        assert_non_null(duo_extension(d, TLSN_CLIENT, STATUS_V2).data);
        assert_null(memchr(bent_types().data, 22, bent_types().len)); /* CertificateStatus as a message */
        for (size_t k = 0; k < 2; k++)
            assert_null(extension(k, STATUS_V2).data);
        check_statuses(response); /* our clients ask the new way besides */
        duo_free(d);
    }
}

#define HELLO13 "002b0003020304" "000a00040002001d" "000d0006000404030804" \
    "003300260024001d0020" "2222222222222222222222222222222222222222222222222222222222222222"

/* A hello that asks in this way alone, one of ocsp_multi and one of a kind that nobody knows. */
static void request_for_several_statuses_alone_is_passed_over(void **state)
{
    static const char *const asks[] = { "0011" "0009" "0007" "02" "0004" "00000000",
                                        "0011" "0005" "0003" "99" "0000" };
    static struct made response[2];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct duo *d = pair(stapled(response));
        char extensions[512] = HELLO13;
        const struct duo_hello h = { .suites = "1301", .extensions = extensions };

        strcat(extensions, asks[i]);
        seen.len = 0;
        bent_connect(d, TLSN_SERVER, CERTIFICATE, look);
        duo_hello(d, &h);
        duo_run(d);
        assert_true(seen.len && is(entry(0).cert, &leaf));
        assert_int_equal(entry(0).extensions.len, 0);
        assert_int_equal(entry(1).extensions.len, 0);
        assert_null(memchr(bent_types().data, 22, bent_types().len));
        duo_free(d);
    }
    REQ("8446:4.4.2.1/2");
    REQ("8446:4.4.2.1/3");
}

/* ---- kinds of certificates ---- */

/* OpenPGP is number 1. */
static void certificate_of_openpgp_is_none(void **state)
{
    static const uint8_t openpgp[] = { 1 };
    static const struct {
        const char *types; /* server_certificate_type */
        int alert;
    } rows[] = { { "0014" "0002" "01" "01", UNSUPPORTED_CERTIFICATE }, { "0014" "0003" "02" "01" "00", -1 } };
    struct duo *d = pair(chain());

    (void)state;
    assert_int_equal(tlsn_config_set_own_cert_types(d->config[TLSN_SERVER], openpgp, 1), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_peer_cert_types(d->config[TLSN_CLIENT], openpgp, 1), TLSN_ERR_ARGUMENT);
    duo_free(d);
    for (size_t i = 0; i < 2; i++) {
        char extensions[512] = HELLO13;
        const struct duo_hello h = { .suites = "1301", .extensions = extensions };

        d = pair(chain());
        strcat(extensions, rows[i].types);
        seen.len = 0;
        bent_connect(d, TLSN_SERVER, CERTIFICATE, look);
        duo_hello(d, &h);
        duo_run(d);
        if (rows[i].alert < 0)
            assert_true(seen.len && is(entry(0).cert, &leaf));
        else
            assert_int_equal(duo_alert(d, TLSN_SERVER) & 255, rows[i].alert);
        duo_free(d);
    }
    REQ("8446:4.4.2/14");
}

static tlsn_credential *bare(const struct issued *of)
{
    char pem[4096];
    size_t len;
    tlsn_credential *c;

    OK(tlsn_key_write(of->key, pem, sizeof pem, &len));
    OK(tlsn_credential_new_raw(&c, pem, len, NULL));
    return c;
}

/* Who has nothing but a bare key shows nothing to a peer that did not agree to such. */
static void certificate_is_x509_unless_agreed_otherwise(void **state)
{
    struct duo *d = pair(bare(&leaf));
    struct tlsn_cert_info info;

    (void)state;
    OK(tlsn_config_set_own_cert_types(d->config[TLSN_SERVER], raw_only, 1));
    duo_refused(d, TLSN_SERVER, TLSN_ERR_CERT_UNSUPPORTED, UNSUPPORTED_CERTIFICATE);
    duo_free(d);
    d = asking();
    add(d, TLSN_CLIENT, bare(&leaf));
    add(d, TLSN_CLIENT, chain());
    for (int r = 0; r < 2; r++) {
        shake(d, (enum tlsn_role)r);
        assert_null(duo_extension(d, TLSN_CLIENT, CERT_TYPE).data);
        OK(tlsn_cert_describe(entry(0).cert, &info));
        assert_int_equal(info.version, 3);
    }
    duo_free(d);
    REQ("8446:4.4.2.2/2");
    REQ("8446:4.4.2.3/1");
}

/* The one entry once more. */
static void twice(uint8_t *body, size_t *len)
{
    size_t list = get(body + 1, 3);

    memcpy(body + *len, body + 4, list);
    *len += list;
    body[2] = (uint8_t)(2 * list >> 8);
    body[3] = (uint8_t)(2 * list);
}

static void raw_key_is_the_only_entry(void **state)
{
    struct duo *d = pair(bare(&leaf));

    (void)state;
    OK(tlsn_config_set_own_cert_types(d->config[TLSN_SERVER], raw_only, 1));
    OK(tlsn_config_set_peer_cert_types(d->config[TLSN_CLIENT], raw_only, 1));
    OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_INSECURE_NONE));
    shake(d, TLSN_SERVER);
    assert_non_null(entry(0).cert.data);
    assert_null(entry(1).cert.data);
    bent_refused(d, TLSN_SERVER, CERTIFICATE, twice, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL);
    duo_free(d);
    REQ("8446:4.4.2/3");
}

/* A key whose certificate says that it is for something else signs nothing. */
static void key_usage_of_a_server_allows_signatures(void **state)
{
    enum { DIGITAL_SIGNATURE = 0x80, KEY_AGREEMENT = 0x08 };

    (void)state;
    for (int right = 0; right < 2; right++) {
        struct duo *d = duo_new();
        tlsn_credential *c =
            duo_credential_with_usage("ec:secp256r1", right ? DIGITAL_SIGNATURE | KEY_AGREEMENT : KEY_AGREEMENT);

        duo_reset_server(d, c);
        tlsn_credential_free(c);
        OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_INSECURE_NONE));
        set_versions(d, TLSN_TLS1_3);
        if (right)
            duo_shake(d);
        else
            duo_refused(d, TLSN_SERVER, TLSN_ERR_NO_CREDENTIAL, HANDSHAKE_FAILURE);
        duo_free(d);
    }
    REQ("8446:4.4.2.2/4");
}

/* A client shows the one that may sign, or none. */
static void key_usage_of_a_client_allows_signatures(void **state)
{
    static const uint16_t versions[] = { TLSN_TLS1_2, TLSN_TLS1_3 };
    const struct tlsn_cert_spec spec = { .subject = "CN=leaf", .key_usage = "keyAgreement" };
    const struct issued *list[1];
    struct issued agrees;

    (void)state;
    issue(&agrees, NULL, spec, &root);
    list[0] = &agrees;
    for (size_t i = 0; i < 4; i++) {
        bool another = i & 1;
        struct duo *d = asking();

        set_versions(d, versions[i / 2]);
        OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUEST));
        add(d, TLSN_CLIENT, credential(&agrees, list, 1, TLSN_CHAIN_ORDER));
        if (another)
            add(d, TLSN_CLIENT, chain());
        duo_shake(d);
        assert_int_equal(tlsn_conn_peer_cert(d->conn[TLSN_SERVER], 0).len != 0, another);
        duo_free(d);
    }
    issued_free(&agrees);
    REQ("9846:4.5.1.2/3");
}

/* A chain that leads nowhere, of either side. */
static void chain_that_leads_nowhere_has_an_alert_about_certificates(void **state)
{
    enum { UNKNOWN_CA = 48 };

    (void)state;
    for (int from = 0; from < 2; from++) {
        struct duo *d = from == TLSN_SERVER ? pair(foreign()) : asking();
        tlsn_trust *t;

        if (from == TLSN_CLIENT)
            add(d, TLSN_CLIENT, foreign());
        OK(tlsn_trust_new(&t, NULL));
        OK(tlsn_trust_add(t, root.der, root.len, NULL, NULL));
        OK(tlsn_config_set_trust(d->config[!from], t));
        tlsn_trust_free(t);
        duo_refused(d, (enum tlsn_role)!from, TLSN_ERR_CERT_UNKNOWN_CA, UNKNOWN_CA);
        duo_free(d);
    }
    REQ("9846:4.5.1.2/4");
}

/* Whatever the key of who signs. */
static void certificates_that_are_made_have_no_weak_hash(void **state)
{
    static const char *const kinds[] = { "rsa:2048", "rsa-pss:2048", "ec:P-256", "ec:P-384", "ec:P-521" };

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct tlsn_cert_info info;
        struct issued cert;

        issue(&cert, kinds[i], (struct tlsn_cert_spec){ .subject = "CN=made", .ca = true }, NULL);
        OK(tlsn_cert_describe(issued_span(&cert), &info));
        assert_non_null(strstr(info.signature, "SHA"));
        assert_true(strstr(info.signature, "256") || strstr(info.signature, "384") ||
                    strstr(info.signature, "512"));
        issued_free(&cert);
    }
    REQ("8446:4.4.2.4/5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_chain_is_put_in_order),
        cmocka_unit_test(chain_of_the_peer_may_be_out_of_order_behind_the_first),
        cmocka_unit_test(chains_are_judged_alike_in_all_versions),
        cmocka_unit_test(authorities_guide_what_a_server_shows),
        cmocka_unit_test(authorities_guide_what_a_client_shows),
        cmocka_unit_test(response_stands_with_its_certificate_timestamps_with_the_first),
        cmocka_unit_test(request_for_several_statuses_means_nothing),
        cmocka_unit_test(request_for_several_statuses_alone_is_passed_over),
        cmocka_unit_test(certificate_of_openpgp_is_none),
        cmocka_unit_test(certificate_is_x509_unless_agreed_otherwise),
        cmocka_unit_test(raw_key_is_the_only_entry),
        cmocka_unit_test(key_usage_of_a_server_allows_signatures),
        cmocka_unit_test(key_usage_of_a_client_allows_signatures),
        cmocka_unit_test(chain_that_leads_nowhere_has_an_alert_about_certificates),
        cmocka_unit_test(certificates_that_are_made_have_no_weak_hash),
    };

    return cmocka_run_group_tests(tests, begin_all, end_all);
}
