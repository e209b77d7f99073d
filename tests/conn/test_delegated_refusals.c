/* Delegated credentials that do not hold: each is refused with the alert of RFC 9345, whoever shows it. */
#include "req.h"
#include "support_bent.h"
#include "support_delegated.h"
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { DAY = 86400, CERTIFICATE = 11, CERTIFICATE_VERIFY = 15, EXTENSION = 34 };
enum { UNEXPECTED = 10, ILLEGAL = 47, DECODE = 50, DECRYPT = 51, UNSUPPORTED = 110 };

/* The other side takes delegated credentials of `owner`, which signs for this one. */
static struct duo *pair(enum tlsn_role signer, tlsn_credential *owner)
{
    struct duo *d = duo_new();
    tlsn_credential *server = signer == TLSN_SERVER ? owner : duo_credential("ec:secp256r1");

    d->env.now_ms = 1000 * DC_NOW;
    duo_reset_server(d, server);
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(d->config[r], TLSN_TLS1_3, TLSN_TLS1_3));
    OK(tlsn_config_set_trust(d->config[!signer], dc_trust()));
    OK(tlsn_config_set_delegated(d->config[!signer], "default"));
    if (signer == TLSN_CLIENT) {
        OK(tlsn_config_set_client_auth(d->config[TLSN_SERVER], TLSN_CLIENT_AUTH_REQUIRE));
        OK(tlsn_config_add_credential(d->config[TLSN_CLIENT], owner));
    }
    return d;
}

static void check_refused(struct duo *d, enum tlsn_role victim, tlsn_status status, int alert,
                          const char *text)
{
    const struct tlsn_conn_error *error;

    duo_connect(d);
    duo_run(d);
    error = tlsn_conn_error(d->conn[victim]);
    if (!error || error->status != status || !strstr(error->text, text))
        fail_msg("\"%s\" instead of \"%s\"", error ? error->text : "no error", text);
    assert_int_equal(error->alert_sent, alert);
    error = tlsn_conn_error(d->conn[!victim]);
    assert_true(error && error->alert_received == alert);
}

static const struct {
    struct dc_spec spec;
    enum dc_flaw flaw;
    const char *text;
    const char *taken; /* NULL: "default" */
    bool other_role;   /* it is signed for the other role */
    uint8_t alert;     /* 0: illegal_parameter */
} rows[] = {
    { .spec = { .end = DC_NOW - 1 }, .text = "expired 1 seconds ago" },
    { .spec = { .end = DC_BEGIN }, .text = "expired" },
    { .spec = { .end = DC_NOW + 7 * DAY + 1 }, .text = "604801 seconds to live, at most 604800" },
    { .spec = { .end = DC_NOW + DAY }, .flaw = DC_SHORT, .text = "does not end before its certificate" },
    { .spec = { .scheme = 0x0804 }, .text = "0x0804 (rsa_pss_rsae_sha256), which was not offered" },
    { .spec = { .scheme = 0x0401 }, .text = "0x0401 (rsa_pkcs1_sha256), which was not offered" },
    { .spec = { .scheme = 0x7777 }, .text = "0x7777 (unknown), which was not offered" },
    { .spec = { .scheme = 0x0808 }, .text = "public key is none for ed448" },
    { .spec = { .signature_scheme = 0x0807 }, .text = "signed with scheme 0x0807 (ed25519)" },
    { .spec = { .signature_scheme = 0x0503 }, .text = "signed with scheme 0x0503" },
    { .spec = { .signature_scheme = 0x0203 }, .text = "signed with scheme 0x0203 (ecdsa_sha1)" },
    { .spec = { .spoiled = true }, .text = "signature of the delegated credential does not verify" },
    { .other_role = true, .text = "signature of the delegated credential does not verify" },
    { .flaw = DC_NO_DELEGATION, .text = "it has no DelegationUsage" },
    { .flaw = DC_CRITICAL, .text = "its DelegationUsage is critical" },
    { .flaw = DC_NO_USAGE, .text = "its key usage has no digitalSignature" },
    { .spec = { .shown = "rsa:2048", .scheme = 0x0809 }, .text = "public key is none for rsa_pss_pss_sha256" },
    { .spec = { .shown = "ed25519" }, .text = "ed25519 signature does not verify", .alert = DECRYPT },
};

static void credential_that_does_not_hold_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        enum tlsn_role signer = (enum tlsn_role)(i & 1);
        tlsn_credential *owner = dc_owner("ec:secp256r1", rows[i / 2].flaw);
        struct dc_spec spec = rows[i / 2].spec;
        int alert = rows[i / 2].alert ? rows[i / 2].alert : ILLEGAL;
        struct duo *d;

        spec.role = rows[i / 2].other_role ? !signer : signer;
        dc_force(owner, &spec, signer);
        d = pair(signer, owner);
        check_refused(d, !signer, alert == DECRYPT ? TLSN_ERR_DECRYPT_ERROR : TLSN_ERR_ILLEGAL_PARAMETER,
                      alert, rows[i / 2].text);
        duo_free(d);
        tlsn_credential_free(owner);
    }
    REQ("9345:4/2");
    REQ("9345:4/3");
    REQ("9345:4/6");
    REQ("9345:4.1.1/13");
    REQ("9345:4.1.2/13");
    REQ("9345:4.1.3/2");
    REQ("9345:4.1.3/3");
    REQ("9345:4.1.3/4");
    REQ("9345:4.1.3/6");
    REQ("9345:4.1.3/7");
    REQ("9345:4.1.3/8");
    REQ("9345:4.1.3/9");
    REQ("9345:4.2/2");
    REQ("9345:4.2/3");
    REQ("9345:7.2/1");
}

/* The same owner, times and schemes do, so that it is the one thing that is refused. */
static void credential_at_the_edge_is_taken(void **state)
{
    static const struct dc_spec specs[] = { { .end = DC_NOW }, { .end = DC_NOW + 7 * DAY }, { .key = "ed448" } };

    (void)state;
    for (size_t i = 0; i < 2 * sizeof specs / sizeof *specs; i++) {
        enum tlsn_role signer = (enum tlsn_role)(i & 1);
        tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
        struct dc_spec spec = specs[i / 2];
        struct duo *d;

        spec.role = signer;
        dc_force(owner, &spec, signer);
        d = pair(signer, owner);
        duo_shake(d);
        duo_free(d);
        tlsn_credential_free(owner);
    }
}

/* A profile of the application may say otherwise. */
static void longest_life_can_be_set(void **state)
{
    const struct dc_spec spec = { .end = DC_NOW + 8 * DAY, .role = TLSN_SERVER };
    const struct tlsn_limits limits[2] = { { .delegated_seconds = 8 * DAY },
                                           { .delegated_seconds = 8 * DAY - 1 } };

    (void)state;
    for (int i = 0; i < 2; i++) {
        tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
        struct duo *d;

        dc_force(owner, &spec, TLSN_SERVER);
        d = pair(TLSN_SERVER, owner);
        OK(tlsn_config_set_limits(d->config[TLSN_CLIENT], &limits[i]));
        if (i)
            check_refused(d, TLSN_CLIENT, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL, "at most 691199");
        else
            duo_shake(d);
        duo_free(d);
        tlsn_credential_free(owner);
    }
}

/* What a certificate's key may not be, this one may not be either. */
static void key_too_weak_for_a_certificate_is_refused(void **state)
{
    static const struct {
        const char *owner, *key, *says;
        struct tlsn_verify_options options;
    } cases[] = {
        { "ec:secp256r1", "rsa-pss:2048", "2048 bits, at least 3072", { .min_rsa_bits = 3072 } },
        { "ec:secp384r1", "ec:secp256r1", "256 bits, at least 384", { .min_ec_bits = 384 } },
        { "ec:secp256r1", "ed25519", "Suite B", { .suite_b = 128 } },
    };

    (void)state;
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        const struct dc_spec spec = { .key = cases[i / 2].key, .role = TLSN_SERVER };
        tlsn_credential *owner = dc_owner(cases[i / 2].owner, DC_SOUND);
        struct duo *d;

        dc_force(owner, &spec, TLSN_SERVER);
        d = pair(TLSN_SERVER, owner);
        if (i & 1)
            OK(tlsn_config_set_verify_options(d->config[TLSN_CLIENT], &cases[i / 2].options));
        if (i & 1)
            check_refused(d, TLSN_CLIENT, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL, cases[i / 2].says);
        else
            duo_shake(d);
        duo_free(d);
        tlsn_credential_free(owner);
    }
}

static void scheme_has_to_be_one_of_the_list(void **state)
{
    (void)state;
    for (int r = 0; r < 2; r++) {
        enum tlsn_role signer = (enum tlsn_role)r;
        const struct dc_spec spec = { .scheme = 0x0403, .role = signer };
        tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
        struct duo *d;

        dc_force(owner, &spec, signer);
        d = pair(signer, owner);
        OK(tlsn_config_set_delegated(d->config[!signer], "ed25519")); /* what it says of itself */
        check_refused(d, !signer, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL,
                      "0x0403 (ecdsa_secp256r1_sha256), which was not offered");
        duo_free(d);
        tlsn_credential_free(owner);
    }
    REQ("9345:4.1.1/12");
    REQ("9345:4.1.2/12");
}

static void delegation_has_to_be_of_a_scheme_that_was_offered(void **state)
{
    (void)state;
    for (int r = 0; r < 2; r++) {
        enum tlsn_role signer = (enum tlsn_role)r;
        const struct dc_spec spec = { .signature_scheme = 0x0805, .role = signer };
        tlsn_credential *owner = dc_owner("rsa:2048", DC_SOUND);
        struct duo *d;

        dc_force(owner, &spec, signer);
        d = pair(signer, owner);
        OK(tlsn_config_set_sigalgs(d->config[!signer],
                                   "rsa_pss_rsae_sha256,ed25519,ecdsa_secp256r1_sha256"));
        check_refused(d, !signer, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL, "signed with scheme 0x0805");
        duo_free(d);
        tlsn_credential_free(owner);
    }
    REQ("9345:4.1.1/11");
    REQ("9345:4.1.2/11");
}

/* ---- where it stands ---- */

static struct tlsn_span dc; /* what is put into messages */

/* The extensions of an entry; of the first of the list, behind context and length. */
static uint8_t *extensions_of(uint8_t *entry)
{
    return entry + 3 + (entry[0] << 16 | entry[1] << 8 | entry[2]);
}

static void grow(uint8_t *at, size_t bytes, size_t by)
{
    size_t n = 0;

    for (size_t i = 0; i < bytes; i++)
        n = n << 8 | at[i];
    n += by;
    for (size_t i = bytes; i-- > 0; n >>= 8)
        at[i] = (uint8_t)n;
}

/* Puts an extension in front of those of the first entry. */
static void insert(uint8_t *body, size_t *len, const uint8_t *data, size_t data_len)
{
    uint8_t *extensions = extensions_of(body + 1 + body[0] + 3), *at = extensions + 2;
    size_t add = 4 + data_len;

    memmove(at + add, at, *len - (size_t)(at - body));
    at[0] = 0;
    at[1] = EXTENSION;
    at[2] = (uint8_t)(data_len >> 8);
    at[3] = (uint8_t)data_len;
    memcpy(at + 4, data, data_len);
    grow(extensions, 2, add);
    grow(body + 1 + body[0], 3, add);
    *len += add;
}

static void insert_one(uint8_t *body, size_t *len)
{
    insert(body, len, dc.data, dc.len);
}

static void insert_cut(uint8_t *body, size_t *len)
{
    insert(body, len, dc.data, dc.len - 1);
}

static void insert_empty(uint8_t *body, size_t *len)
{
    insert(body, len, dc.data, 0);
}

static void insert_longer(uint8_t *body, size_t *len)
{
    uint8_t longer[1024];

    memcpy(longer, dc.data, dc.len);
    longer[dc.len] = 0;
    insert(body, len, longer, dc.len + 1);
}

/* One more entry, which is a copy of the first, with one that is damaged: nobody looks at it. */
static void insert_into_second(uint8_t *body, size_t *len)
{
    uint8_t *first = body + 1 + body[0] + 3, *extensions = extensions_of(first);
    size_t entry = (size_t)(extensions - first), add = entry + 2 + 4 + dc.len;
    uint8_t *at = body + *len;

    memcpy(at, first, entry);
    at += entry;
    at[0] = (uint8_t)((4 + dc.len) >> 8);
    at[1] = (uint8_t)(4 + dc.len);
    at[2] = 0;
    at[3] = EXTENSION;
    at[4] = (uint8_t)(dc.len >> 8);
    at[5] = (uint8_t)dc.len;
    memset(at + 6, 0xff, dc.len);
    grow(body + 1 + body[0], 3, add);
    *len += add;
}

static const struct {
    duo_change *change;
    bool asked, shown; /* the receiver wants one; the sender has one anyway */
    tlsn_status status;
    uint8_t alert;
} places[] = {
    { insert_one, false, false, TLSN_ERR_UNEXPECTED_MESSAGE, UNEXPECTED },
    { insert_into_second, false, false, TLSN_ERR_UNEXPECTED_MESSAGE, UNEXPECTED },
    { insert_one, true, true, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL },
    { insert_cut, true, false, TLSN_ERR_DECODE, DECODE },
    { insert_longer, true, false, TLSN_ERR_DECODE, DECODE },
    { insert_empty, true, false, TLSN_ERR_DECODE, DECODE },
};

static void credential_out_of_place_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * sizeof places / sizeof *places; i++) {
        enum tlsn_role signer = (enum tlsn_role)(i & 1);
        const struct dc_spec spec = { .role = signer };
        tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND), *own = owner;
        struct duo *d;

        dc = dc_bytes_of(dc_add(owner, &spec));
        if (!places[i / 2].shown)
            own = dc_owner("ec:secp256r1", DC_SOUND);
        d = pair(signer, own);
        OK(tlsn_config_set_delegated(d->config[!signer], places[i / 2].asked ? "default" : NULL));
        bent_refused(d, signer, CERTIFICATE, places[i / 2].change, places[i / 2].status,
                     places[i / 2].alert);
        duo_free(d);
        if (own != owner)
            tlsn_credential_free(own);
        tlsn_credential_free(owner);
    }
    REQ("9345:4/4");
    REQ("9345:4.1.1/2");
    REQ("9345:4.1.1/10");
    REQ("9345:4.1.2/2");
    REQ("9345:4.1.2/10");
}

static void credential_beside_another_certificate_is_ignored(void **state)
{
    (void)state;
    for (int r = 0; r < 2; r++) {
        enum tlsn_role signer = (enum tlsn_role)r;
        const struct dc_spec spec = { .role = signer };
        tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
        tlsn_credential *own = dc_owner("ec:secp256r1", DC_SOUND);
        struct tlsn_conn_info info;
        struct duo *d;

        dc = dc_bytes_of(dc_add(owner, &spec));
        d = pair(signer, own);
        bent_connect(d, signer, CERTIFICATE, insert_into_second);
        duo_run(d);
        assert_int_equal(bent_count(), 1);
        OK(d->status[!signer]);
        tlsn_conn_get_info(d->conn[!signer], &info);
        assert_int_equal(info.delegated[signer].scheme, 0);
        duo_free(d);
        tlsn_credential_free(own);
        tlsn_credential_free(owner);
    }
    REQ("9345:4.1.1/7");
    REQ("9345:4.1.1/8");
    REQ("9345:4.1.2/7");
    REQ("9345:4.1.2/8");
}

static size_t shown;

static void count_shown(uint8_t *body, size_t *len)
{
    for (size_t i = 0; i + dc.len <= *len; i++)
        shown += memcmp(body + i, dc.data, dc.len) == 0;
}

static void credential_stands_in_the_entry_of_the_leaf_alone(void **state)
{
    (void)state;
    for (int r = 0; r < 2; r++) {
        enum tlsn_role signer = (enum tlsn_role)r;
        const struct dc_spec spec = { .role = signer };
        tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
        struct duo *d;

        assert_true(tlsn_credential_cert(owner, 1).len != 0);
        dc = dc_bytes_of(dc_add(owner, &spec));
        d = pair(signer, owner);
        shown = 0;
        bent_connect(d, signer, CERTIFICATE, count_shown);
        duo_run(d);
        OK(d->status[!signer]);
        assert_int_equal(shown, 1);
        duo_free(d);
        tlsn_credential_free(owner);
    }
    REQ("9345:4.1.1/6");
    REQ("9345:4.1.2/6");
}

/* ---- CertificateVerify ---- */

static void name_other_scheme(uint8_t *body, size_t *len)
{
    (void)len;
    body[0] = 0x04; /* ecdsa_secp256r1_sha256, that of the certificate */
    body[1] = 0x03;
}

static void name_other_hash(uint8_t *body, size_t *len)
{
    (void)len;
    assert_int_equal(body[1], 0x09); /* rsa_pss_pss_sha256 */
    body[1] = 0x0a;
}

static void spoil(uint8_t *body, size_t *len)
{
    body[*len - 1] ^= 1;
}

static void signature_has_to_be_of_its_scheme_and_key(void **state)
{
    (void)state;
    for (int r = 0; r < 2; r++) {
        enum tlsn_role signer = (enum tlsn_role)r;
        const struct dc_spec spec = { .role = signer };
        tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
        struct duo *d;

        (void)dc_add(owner, &spec);
        d = pair(signer, owner);
        bent_refused(d, signer, CERTIFICATE_VERIFY, name_other_scheme, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL);
        bent_refused(d, signer, CERTIFICATE_VERIFY, spoil, TLSN_ERR_DECRYPT_ERROR, DECRYPT);
        duo_free(d);
        tlsn_credential_free(owner);
    }
    for (int r = 0; r < 2; r++) { /* a scheme that the key could sign with, but that it is not for */
        enum tlsn_role signer = (enum tlsn_role)r;
        const struct dc_spec spec = { .key = "rsa-pss:2048", .role = signer };
        tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
        struct duo *d;

        (void)dc_add(owner, &spec);
        d = pair(signer, owner);
        bent_refused(d, signer, CERTIFICATE_VERIFY, name_other_hash, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL);
        duo_free(d);
        tlsn_credential_free(owner);
    }
    REQ("9345:4.1.3/5");
    REQ("9345:4.1.3/10");
}

/* ---- raw public keys, and a hello for older versions ---- */

static void raw_public_key_has_none(void **state)
{
    static const uint8_t types[] = { TLSN_CERT_RAW_KEY, TLSN_CERT_X509 };
    const struct dc_spec spec = { .role = TLSN_SERVER };
    tlsn_credential *owner = dc_owner("ec:secp256r1", DC_SOUND);
    struct tlsn_conn_info info;
    struct duo *d;

    (void)state;
    dc = dc_bytes_of(dc_add(owner, &spec));
    d = pair(TLSN_SERVER, owner);
    OK(tlsn_config_set_own_cert_types(d->config[TLSN_SERVER], types, 1));
    OK(tlsn_config_set_peer_cert_types(d->config[TLSN_CLIENT], types, 2));
    OK(tlsn_config_set_verify_mode(d->config[TLSN_CLIENT], TLSN_VERIFY_INSECURE_NONE));
    duo_shake(d);
    tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
    assert_int_equal(info.delegated[TLSN_SERVER].scheme, 0);
    bent_refused(d, TLSN_SERVER, CERTIFICATE, insert_one, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL);
    duo_free(d);
    tlsn_credential_free(owner);
}

/* Below TLS 1.3 it means nothing, whatever is in it. */
static void list_in_an_older_hello_means_nothing(void **state)
{
#define REST "000a000400020017000d000400020403"
    static const char *const damaged[] = { REST "00220000", REST "002200020000", REST "00220003000103",
                                           REST "0022000500020403ff" };

    (void)state;
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        const struct duo_hello hello = { .extensions = damaged[i] };
        struct duo *d = duo_new();

        duo_connect(d);
        duo_hello(d, &hello);
        assert_true(duo_message(d, TLSN_SERVER, 2).data != NULL); /* ServerHello */
        duo_free(d);
    }
    REQ("9345:4.1.1/5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credential_that_does_not_hold_is_refused),
        cmocka_unit_test(credential_at_the_edge_is_taken),
        cmocka_unit_test(longest_life_can_be_set),
        cmocka_unit_test(key_too_weak_for_a_certificate_is_refused),
        cmocka_unit_test(scheme_has_to_be_one_of_the_list),
        cmocka_unit_test(delegation_has_to_be_of_a_scheme_that_was_offered),
        cmocka_unit_test(credential_out_of_place_is_refused),
        cmocka_unit_test(credential_beside_another_certificate_is_ignored),
        cmocka_unit_test(credential_stands_in_the_entry_of_the_leaf_alone),
        cmocka_unit_test(signature_has_to_be_of_its_scheme_and_key),
        cmocka_unit_test(raw_public_key_has_none),
        cmocka_unit_test(list_in_an_older_hello_means_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
