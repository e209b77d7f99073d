#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <tls-native.h>

#include "handshake/credential.h"
#include "req.h"
#include "support_env.h"
#include "x509/write.h"

/* Delegated credentials (RFC 9345) by themselves: their form, and issuing them. */

#define OK(call) assert_int_equal((call), TLSN_OK)
#define DAY INT64_C(86400)
#define NOW INT64_C(1700000000)
#define BEGIN (NOW - 30 * DAY)
#define END (NOW + 30 * DAY)

static int64_t now_ms(void *ctx)
{
    (void)ctx;
    return 1000 * NOW;
}

static const struct tlsn_hooks hooks = { .now_ms = now_ms };

/* A certificate for `kind` that may delegate, with its key or, external, without. */
static tlsn_credential *owner(const char *kind, bool delegates, int64_t end, bool external)
{
    const struct tlsn_cert_spec spec = { .subject = "CN=owner", .not_before = BEGIN, .not_after = end,
                                         .delegation_usage = delegates };
    uint8_t der[4096];
    char pem[8192];
    size_t len, pem_len;
    tlsn_credential *c;
    tlsn_key *key;

    OK(tlsn_key_generate(&key, kind, NULL));
    OK(tlsn_cert_issue(&spec, key, (struct tlsn_span){ NULL, 0 }, key, NULL, der, sizeof der, &len));
    OK(tlsn_key_write(key, pem, sizeof pem, &pem_len));
    tlsn_key_free(key);
    if (external)
        OK(tlsn_credential_new_external(&c, der, len, NULL));
    else
        OK(tlsn_credential_new(&c, der, len, pem, pem_len, NULL));
    return c;
}

struct dc {
    uint8_t data[TLSN_DELEGATED_MAX];
    size_t len;
    char key[8192];
    size_t key_len;
};

static tlsn_status issue(struct dc *dc, const struct tlsn_delegated_spec *spec, const tlsn_credential *by,
                         const char *kind)
{
    tlsn_key *key;
    tlsn_status st;

    OK(tlsn_key_generate(&key, kind, NULL));
    OK(tlsn_key_write(key, dc->key, sizeof dc->key, &dc->key_len));
    st = tlsn_delegated_issue(spec, by, key, &hooks, dc->data, sizeof dc->data, &dc->len);
    tlsn_key_free(key);
    return st;
}

/* ---- the form ---- */

/* RFC 9345 4, field by field. */
static const uint8_t smallest[] = { 0x01, 0x02, 0x03, 0x04, /* valid_time */
                                    0x08, 0x07,             /* dc_cert_verify_algorithm */
                                    0x00, 0x00, 0x01, 0xaa, /* ASN1_subjectPublicKeyInfo */
                                    0x04, 0x03,             /* algorithm */
                                    0x00, 0x01, 0xbb };     /* signature */

static void form_is_read_field_by_field(void **state)
{
    struct tlsni_delegated d;

    (void)state;
    OK(tlsni_delegated_parse(tlsni_span_make(smallest, sizeof smallest), &d));
    assert_int_equal(d.valid_time, 0x01020304);
    assert_int_equal(d.scheme, 0x0807);
    assert_int_equal(d.signature_scheme, 0x0403);
    assert_ptr_equal(d.spki.data, smallest + 9);
    assert_int_equal(d.spki.len, 1);
    assert_ptr_equal(d.signature.data, smallest + 14);
    assert_int_equal(d.signature.len, 1);
    assert_ptr_equal(d.body.data, smallest);
    assert_int_equal(d.body.len, 12);
    REQ("9345:4/1");
    REQ("9345:4/4");
}

static void form_cut_longer_or_empty_is_refused(void **state)
{
    struct tlsni_delegated d;
    uint8_t bent[sizeof smallest + 1] = { 0 };

    (void)state;
    for (size_t n = 0; n < sizeof smallest; n++) {
        uint8_t *cut = malloc(n + !n); /* on the heap, so that reading past the end is seen */

        memcpy(cut, smallest, n);
        assert_int_equal(tlsni_delegated_parse(tlsni_span_make(cut, n), &d), TLSN_ERR_DECODE);
        free(cut);
    }
    memcpy(bent, smallest, sizeof smallest);
    assert_int_equal(tlsni_delegated_parse(tlsni_span_make(bent, sizeof bent), &d), TLSN_ERR_DECODE);
    for (size_t at = 8; at <= 13; at += 5) /* lengths of key and signature */
        for (int by = -1; by <= 1; by += 2) {
            memcpy(bent, smallest, sizeof smallest);
            bent[at] = (uint8_t)(bent[at] + by);
            assert_int_equal(tlsni_delegated_parse(tlsni_span_make(bent, sizeof smallest), &d),
                             TLSN_ERR_DECODE);
        }
}

/* RFC 9345 4: 64 spaces, the words, a zero, the certificate, Credential and algorithm. */
static void input_of_the_signature_is_as_written_there(void **state)
{
    static const uint8_t der[] = { 0x30, 0x03, 0x02, 0x01, 0x05 };
    const struct tlsni_cert cert = { .der = { der, sizeof der } };
    static const char *const words[] = { "TLS, client delegated credentials",
                                         "TLS, server delegated credentials" };

    (void)state;
    for (int role = 0; role < 2; role++) {
        struct tlsni_buf b = { 0 };
        const uint8_t *p;

        OK(tlsni_delegated_input(NULL, &b, (enum tlsn_role)role, &cert, tlsni_span_make(smallest, 12)));
        p = tlsni_buf_data(&b);
        assert_int_equal(tlsni_buf_len(&b), 64 + 33 + 1 + sizeof der + 12);
        for (int i = 0; i < 64; i++)
            assert_int_equal(p[i], 0x20);
        assert_memory_equal(p + 64, words[role], 34);
        assert_memory_equal(p + 98, der, sizeof der);
        assert_memory_equal(p + 98 + sizeof der, smallest, 12);
        tlsni_buf_free(NULL, &b);
    }
    REQ("9345:4/5");
}

/* Every row of the table of schemes, by its name. */
static void schemes_of_rsa_encryption_keys_are_none(void **state)
{
    static const char *const good[] = { "ecdsa_secp256r1_sha256", "ecdsa_secp384r1_sha384",
                                        "ecdsa_secp521r1_sha512", "ed25519", "ed448",
                                        "rsa_pss_pss_sha256", "rsa_pss_pss_sha384", "rsa_pss_pss_sha512",
                                        "ecdsa_brainpoolP256r1tls13_sha256",
                                        "ecdsa_brainpoolP384r1tls13_sha384",
                                        "ecdsa_brainpoolP512r1tls13_sha512" };
    size_t count, n = 0;
    const struct tlsni_sigalg *rows = tlsni_sigalg_rows(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        bool wanted = false;

        for (size_t k = 0; k < sizeof good / sizeof *good; k++)
            wanted |= strcmp(good[k], rows[i].name) == 0;
        assert_int_equal(tlsni_delegated_scheme(rows[i].id) != NULL, wanted);
        n += wanted;
    }
    assert_int_equal(n, sizeof good / sizeof *good);
    assert_null(tlsni_delegated_scheme(0x7777));
    REQ("9345:4/3");
}

/* What a hostile server may show, whatever its certificate says. */
static void certificate_has_to_allow_delegation(void **state)
{
    enum { DELEGATES = TLSNI_HAS_DELEGATION_USAGE, USAGE = TLSNI_HAS_KEY_USAGE };
    static const struct {
        uint32_t has;
        uint16_t key_usage;
        const char *obstacle;
    } rows[] = {
        { DELEGATES | USAGE, TLSNI_KU_DIGITAL_SIGNATURE, NULL },
        { DELEGATES | USAGE, TLSNI_KU_DIGITAL_SIGNATURE | TLSNI_KU_KEY_ENCIPHERMENT, NULL },
        { USAGE, TLSNI_KU_DIGITAL_SIGNATURE, "it has no DelegationUsage" },
        { DELEGATES | TLSNI_HAS_DELEGATION_CRITICAL | USAGE, TLSNI_KU_DIGITAL_SIGNATURE,
          "its DelegationUsage is critical" },
        { DELEGATES | USAGE, TLSNI_KU_KEY_ENCIPHERMENT, "its key usage has no digitalSignature" },
        { DELEGATES, 0, "its key usage has no digitalSignature" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct tlsni_cert cert = { .has = rows[i].has, .key_usage = rows[i].key_usage };
        const char *obstacle = tlsni_delegated_obstacle(&cert);

        assert_int_equal(obstacle != NULL, rows[i].obstacle != NULL);
        if (obstacle)
            assert_string_equal(obstacle, rows[i].obstacle);
    }
    REQ("9345:4.2/2");
    REQ("9345:4.2/3");
}

static void list_of_schemes_is_checked(void **state)
{
    tlsn_config *c;

    (void)state;
    OK(tlsn_config_new(&c, NULL));
    assert_int_equal(tlsn_config_set_delegated(c, "rsa_pss_rsae_sha256"), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_delegated(c, "ed25519,rsa_pkcs1_sha256"), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_delegated(c, "ecdsa_sha1"), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_config_set_delegated(c, "rot13"), TLSN_ERR_UNKNOWN_KEYWORD);
    OK(tlsn_config_set_delegated(c, "default"));
    OK(tlsn_config_set_delegated(c, "ed25519, rsa_pss_pss_sha256"));
    OK(tlsn_config_set_delegated(c, NULL));
    OK(tlsn_config_freeze(c));
    assert_int_equal(tlsn_config_set_delegated(c, NULL), TLSN_ERR_FROZEN);
    tlsn_config_free(c);
}

/* ---- issuing ---- */

static const struct {
    int64_t not_after, cert_end;
    uint32_t seconds_max;
    int64_t end; /* 0: refused */
} lives[] = {
    { 0, END, 0, NOW + 3 * DAY },
    { 0, NOW + DAY, 0, NOW + DAY - 1 },
    { 0, END, 3600, NOW + 3600 },
    { NOW + 7 * DAY, END, 0, NOW + 7 * DAY },
    { NOW + 7 * DAY + 1, END, 0, 0 },
    { NOW + 8 * DAY, END, 8 * 86400, NOW + 8 * DAY },
    { NOW + 8 * DAY + 1, END, 8 * 86400, 0 },
    { NOW + DAY - 1, NOW + DAY, 0, NOW + DAY - 1 },
    { NOW + DAY, NOW + DAY, 0, 0 },
    { NOW, END, 0, NOW },
    { NOW - 1, END, 0, 0 },
    { 0, NOW - 1, 0, 0 },
};

static void issued_one_ends_in_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lives / sizeof *lives; i++) {
        const struct tlsn_delegated_spec spec = { .not_after = lives[i].not_after,
                                                  .seconds_max = lives[i].seconds_max };
        tlsn_credential *by = owner("ed25519", true, lives[i].cert_end, false);
        struct tlsn_delegated_info info;
        static struct dc dc;

        assert_int_equal(issue(&dc, &spec, by, "ed25519"), lives[i].end ? TLSN_OK : TLSN_ERR_ARGUMENT);
        if (lives[i].end) {
            OK(tlsn_delegated_describe(dc.data, dc.len, tlsn_credential_cert(by, 0), &info));
            assert_int_equal(info.not_after, lives[i].end);
            assert_int_equal(info.valid_time, lives[i].end - BEGIN);
            assert_true(info.signed_by_it);
        }
        tlsn_credential_free(by);
    }
    REQ("9345:3/1");
    REQ("9345:3/2");
    REQ("9345:4/2");
}

static const struct {
    const char *owner, *key, *scheme, *signature; /* asked for, or NULL */
    tlsn_status status;
    const char *scheme_is, *signature_is;
} kinds[] = {
    { "ec:P-256", "ed25519", NULL, NULL, TLSN_OK, "ed25519", "ecdsa_secp256r1_sha256" },
    { "rsa:2048", "ec:P-384", NULL, NULL, TLSN_OK, "ecdsa_secp384r1_sha384", "rsa_pss_rsae_sha256" },
    { "rsa:2048", "ec:P-256", NULL, "rsa_pss_rsae_sha512", TLSN_OK, "ecdsa_secp256r1_sha256",
      "rsa_pss_rsae_sha512" },
    { "rsa-pss:2048", "rsa-pss:2048", "rsa_pss_pss_sha384", NULL, TLSN_OK, "rsa_pss_pss_sha384",
      "rsa_pss_pss_sha256" },
    { "ed448", "ed448", NULL, NULL, TLSN_OK, "ed448", "ed448" },
    { "ec:P-256", "rsa:2048", NULL, NULL, TLSN_ERR_KEY, NULL, NULL },
    { "ec:P-256", "rsa:2048", "rsa_pss_rsae_sha256", NULL, TLSN_ERR_KEY, NULL, NULL },
    { "ec:P-256", "ec:P-256", "ed25519", NULL, TLSN_ERR_KEY, NULL, NULL },
    { "ec:P-256", "ec:P-256", NULL, "ed25519", TLSN_ERR_KEY, NULL, NULL },
    { "rsa:2048", "ed25519", NULL, "rsa_pkcs1_sha256", TLSN_ERR_KEY, NULL, NULL },
    { "rsa:2048", "dsa:2048", NULL, NULL, TLSN_ERR_KEY, NULL, NULL },
    { "rsa:2048", "ed25519", "rot13", NULL, TLSN_ERR_UNKNOWN_KEYWORD, NULL, NULL },
};

static void issued_one_has_its_schemes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct tlsn_delegated_spec spec = { .scheme = kinds[i].scheme,
                                                  .signature = kinds[i].signature };
        tlsn_credential *by = owner(kinds[i].owner, true, END, false);
        struct tlsn_delegated_info info;
        static struct dc dc;

        assert_int_equal(issue(&dc, &spec, by, kinds[i].key), kinds[i].status);
        if (kinds[i].status == TLSN_OK) {
            OK(tlsn_delegated_describe(dc.data, dc.len, tlsn_credential_cert(by, 0), &info));
            assert_string_equal(info.scheme_name, kinds[i].scheme_is);
            assert_string_equal(info.signature_scheme_name, kinds[i].signature_is);
            assert_true(info.signed_by_it);
        }
        tlsn_credential_free(by);
    }
    REQ("9345:4/3");
    REQ("9345:4/6");
}

static void one_for_clients_is_none_for_servers(void **state)
{
    static struct dc dc;
    struct tlsn_delegated_info info;
    tlsn_credential *by = owner("ec:P-256", true, END, false), *other = owner("ec:P-256", true, END, false);

    (void)state;
    for (int client = 0; client < 2; client++) {
        const struct tlsn_delegated_spec spec = { .client = client };

        OK(issue(&dc, &spec, by, "ed25519"));
        OK(tlsn_delegated_describe(dc.data, dc.len, tlsn_credential_cert(by, 0), &info));
        assert_true(info.signed_by_it);
        assert_int_equal(info.client, client);
        OK(tlsn_delegated_describe(dc.data, dc.len, tlsn_credential_cert(other, 0), &info));
        assert_false(info.signed_by_it);
    }
    tlsn_credential_free(other);
    tlsn_credential_free(by);
    REQ("9345:7.2/1");
}

static void certificate_that_may_not_delegate_does_not(void **state)
{
    static const struct tlsn_delegated_spec spec;
    static struct dc dc;
    tlsn_credential *by = owner("ec:P-256", true, END, false), *no = owner("ec:P-256", false, END, false), *c;

    (void)state;
    assert_int_equal(issue(&dc, &spec, no, "ed25519"), TLSN_ERR_CERT_KEY_USAGE);
    OK(issue(&dc, &spec, by, "ed25519"));
    OK(tlsn_credential_new_delegated(&c, dc.data, dc.len, dc.key, dc.key_len, NULL));
    assert_int_equal(tlsn_credential_add_delegated(no, c), TLSN_ERR_CERT_KEY_USAGE);
    OK(tlsn_credential_add_delegated(by, c));
    tlsn_credential_free(c);
    tlsn_credential_free(no);
    tlsn_credential_free(by);
    REQ("9345:4.2/2");
}

/* The certificate's key may be in the hands of somebody else. */
static tlsn_status sign_outside(void *ctx, const struct tlsn_key_op *op, void *result, size_t cap, size_t *len)
{
    const tlsn_credential *with = ctx;
    const struct tlsni_sigalg *scheme = tlsni_sigalg_find(op->scheme);
    struct tlsni_sig_params params = tlsni_sigalg_params(scheme);

    (void)cap;
    return tlsni_privkey_sign(with->key, NULL, &params, op->input, result, len);
}

static tlsn_status fail_outside(void *ctx, const struct tlsn_key_op *op, void *result, size_t cap, size_t *len)
{
    (void)ctx;
    (void)op;
    (void)result;
    (void)cap;
    *len = 0;
    return TLSN_OK;
}

static void certificate_key_may_be_outside(void **state)
{
    static const struct tlsn_delegated_spec spec;
    static struct dc dc;
    struct tlsn_delegated_info info;
    tlsn_credential *with = owner("ec:P-256", true, END, false), *by;
    struct tlsn_span der = tlsn_credential_cert(with, 0);

    (void)state;
    OK(tlsn_credential_new_external(&by, der.data, der.len, NULL));
    assert_int_equal(issue(&dc, &spec, by, "ed25519"), TLSN_ERR_KEY_OP);
    OK(tlsn_credential_set_key_op(by, sign_outside, NULL, with));
    OK(issue(&dc, &spec, by, "ed25519"));
    OK(tlsn_delegated_describe(dc.data, dc.len, der, &info));
    assert_true(info.signed_by_it);
    tlsn_credential_free(by);
    OK(tlsn_credential_new_external(&by, der.data, der.len, NULL));
    OK(tlsn_credential_set_key_op(by, fail_outside, NULL, NULL));
    assert_int_equal(issue(&dc, &spec, by, "ed25519"), TLSN_ERR_KEY_OP);
    tlsn_credential_free(by);
    tlsn_credential_free(with);
}

static void public_key_is_enough_for_issuing(void **state)
{
    tlsn_credential *by = owner("ec:P-256", true, END, false);
    struct tlsn_delegated_info info;
    uint8_t spki[512], out[TLSN_DELEGATED_MAX];
    struct tlsni_wr w = tlsni_wr_make(spki, sizeof spki);
    struct tlsn_delegated_spec spec = { 0 };
    tlsn_key *key;
    size_t len;

    (void)state;
    OK(tlsn_key_generate(&key, "ed448", NULL));
    tlsni_write_spki(&w, tlsni_privkey_public(key->key));
    tlsn_key_free(key);
    assert_int_equal(tlsn_delegated_issue(&spec, by, NULL, &hooks, out, sizeof out, &len), TLSN_ERR_ARGUMENT);
    spec.public_key = tlsni_span_make(spki, w.len);
    OK(tlsn_delegated_issue(&spec, by, NULL, &hooks, out, sizeof out, &len));
    OK(tlsn_delegated_describe(out, len, (struct tlsn_span){ NULL, 0 }, &info));
    assert_string_equal(info.key, "Ed448");
    assert_int_equal(info.not_after, 0);
    spec.public_key.len--;
    assert_int_equal(tlsn_delegated_issue(&spec, by, NULL, &hooks, out, sizeof out, &len), TLSN_ERR_KEY);
    spec.public_key.len++;
    assert_int_equal(tlsn_delegated_issue(&spec, by, NULL, &hooks, out, 10, &len), TLSN_ERR_BUFFER);
    assert_true(len > 10);
    tlsn_credential_free(by);
}

/* ---- credentials ---- */

static void credential_is_read_from_pem_and_bytes(void **state)
{
    static const struct tlsn_delegated_spec spec;
    static struct dc dc;
    static char text[32768];
    tlsn_credential *by = owner("ec:P-256", true, END, false), *c;
    size_t len;

    (void)state;
    OK(issue(&dc, &spec, by, "ec:P-256"));
    OK(tlsn_pem_write(TLSN_DELEGATED_LABEL, dc.data, dc.len, text, sizeof text, &len));
    memcpy(text + len, dc.key, dc.key_len);
    OK(tlsn_credential_new_delegated(&c, text, len + dc.key_len, text, len + dc.key_len, NULL));
    OK(tlsn_credential_add_delegated(by, c));
    tlsn_credential_free(c);
    assert_int_equal(tlsn_credential_new_delegated(&c, dc.key, dc.key_len, dc.key, dc.key_len, NULL),
                     TLSN_ERR_PEM);
    assert_null(c);
    assert_int_equal(tlsn_credential_new_delegated(&c, dc.data, dc.len - 1, dc.key, dc.key_len, NULL),
                     TLSN_ERR_DECODE);
    assert_int_equal(tlsn_credential_new_delegated(&c, dc.data, dc.len, "x", 1, NULL), TLSN_ERR_PEM);
    assert_int_equal(tlsn_credential_new_delegated(&c, NULL, 0, NULL, 0, NULL), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_credential_new_delegated(&c, "", 0, NULL, 0, NULL), TLSN_ERR_DECODE);
    tlsn_credential_free(by);
}

static void key_of_another_one_is_a_mismatch(void **state)
{
    static const struct tlsn_delegated_spec spec;
    static struct dc one, two;
    tlsn_credential *by = owner("ec:P-256", true, END, false), *c;

    (void)state;
    OK(issue(&one, &spec, by, "ed25519"));
    OK(issue(&two, &spec, by, "ed25519"));
    assert_int_equal(tlsn_credential_new_delegated(&c, one.data, one.len, two.key, two.key_len, NULL),
                     TLSN_ERR_KEY_MISMATCH);
    tlsn_credential_free(by);
}

/* Its place is beside the certificate that signed it, and nowhere else. */
static void credential_goes_with_its_certificate_alone(void **state)
{
    static const struct tlsn_delegated_spec spec;
    static struct dc dc;
    tlsn_credential *by = owner("ec:P-256", true, END, false), *other = owner("ec:P-256", true, END, false);
    tlsn_credential *c, *held;
    tlsn_config *config;

    (void)state;
    OK(issue(&dc, &spec, by, "ed25519"));
    OK(tlsn_credential_new_delegated(&c, dc.data, dc.len, dc.key, dc.key_len, NULL));
    assert_int_equal(tlsn_credential_add_delegated(other, c), TLSN_ERR_CERT_SIGNATURE);
    assert_int_equal(tlsn_credential_add_delegated(c, c), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_credential_add_delegated(by, other), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_credential_add_delegated(by, NULL), TLSN_ERR_ARGUMENT);
    held = tlsn_credential_ref(by);
    assert_int_equal(tlsn_credential_add_delegated(by, c), TLSN_ERR_FROZEN);
    tlsn_credential_free(held);
    OK(tlsn_credential_add_delegated(by, c));
    assert_int_equal(tlsn_credential_cert(c, 0).len, 0);
    assert_false(tlsni_credential_has(c, TLSN_CERT_X509));
    assert_false(tlsni_credential_has(c, TLSN_CERT_RAW_KEY)); /* nor is it shown as a bare key */
    assert_true(tlsni_credential_has(by, TLSN_CERT_RAW_KEY));
    OK(tlsn_config_new(&config, NULL));
    assert_int_equal(tlsn_config_add_credential(config, c), TLSN_ERR_ARGUMENT);
    assert_non_null(strstr(tlsn_config_error(config), "goes with the certificate"));
    tlsn_config_free(config);
    tlsn_credential_free(c);
    tlsn_credential_free(other);
    tlsn_credential_free(by);
}

/* A bare form of this certificate's, whatever its time. */
static void make_any(struct dc *dc, const tlsn_credential *by, uint32_t valid_time)
{
    uint8_t spki[256], signature[TLSNI_SIGNATURE_MAX];
    struct tlsni_wr k = tlsni_wr_make(spki, sizeof spki), w = tlsni_wr_make(dc->data, sizeof dc->data);
    struct tlsni_sig_params params = tlsni_sigalg_params(tlsni_sigalg_find(0x0807));
    struct tlsni_delegated d = { .valid_time = valid_time, .scheme = 0x0807, .signature_scheme = 0x0807 };
    struct tlsni_buf input = { 0 };
    size_t len;

    tlsni_write_spki(&k, by->public_key);
    d.spki = tlsni_span_make(spki, k.len);
    tlsni_delegated_write_body(&w, &d);
    OK(tlsni_delegated_input(NULL, &input, TLSN_SERVER, &by->leaf, tlsni_span_make(dc->data, w.len)));
    OK(tlsni_privkey_sign(by->key, NULL, &params, tlsni_buf_span(&input), signature, &len));
    tlsni_buf_free(NULL, &input);
    tlsni_delegated_write_signature(&w, tlsni_span_make(signature, len));
    dc->len = w.len;
}

static void credential_ends_before_its_certificate(void **state)
{
    static struct dc dc;
    tlsn_credential *by = owner("ed25519", true, END, false), *c;

    (void)state;
    for (int late = 0; late < 2; late++) {
        make_any(&dc, by, (uint32_t)(END - BEGIN - 1 + late));
        OK(tlsn_credential_new_delegated(&c, dc.data, dc.len, NULL, 0, NULL));
        assert_int_equal(tlsn_credential_add_delegated(by, c), late ? TLSN_ERR_ARGUMENT : TLSN_OK);
        tlsn_credential_free(c);
    }
    tlsn_credential_free(by);
}

/* Memory that fails at each place in turn. */
static void no_memory_leaves_no_credential_behind(void **state)
{
    static const struct tlsn_delegated_spec spec;
    static struct dc dc;
    tlsn_credential *by = owner("ec:P-256", true, END, false), *c = NULL;
    struct test_env env;
    tlsn_status st;

    (void)state;
    OK(issue(&dc, &spec, by, "ed25519"));
    for (size_t n = 1;; n++) {
        test_env_init(&env, n);
        env.fail_at = n;
        st = tlsn_credential_new_delegated(&c, dc.data, dc.len, dc.key, dc.key_len, &env.hooks);
        if (st == TLSN_OK)
            break;
        assert_int_equal(st, TLSN_ERR_NO_MEMORY);
        assert_null(c);
        assert_int_equal(env.live, 0);
    }
    tlsn_credential_free(c);
    assert_int_equal(env.live, 0);
    tlsn_credential_free(by);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(form_is_read_field_by_field),
        cmocka_unit_test(form_cut_longer_or_empty_is_refused),
        cmocka_unit_test(input_of_the_signature_is_as_written_there),
        cmocka_unit_test(schemes_of_rsa_encryption_keys_are_none),
        cmocka_unit_test(certificate_has_to_allow_delegation),
        cmocka_unit_test(list_of_schemes_is_checked),
        cmocka_unit_test(issued_one_ends_in_time),
        cmocka_unit_test(issued_one_has_its_schemes),
        cmocka_unit_test(one_for_clients_is_none_for_servers),
        cmocka_unit_test(certificate_that_may_not_delegate_does_not),
        cmocka_unit_test(certificate_key_may_be_outside),
        cmocka_unit_test(public_key_is_enough_for_issuing),
        cmocka_unit_test(credential_is_read_from_pem_and_bytes),
        cmocka_unit_test(key_of_another_one_is_a_mismatch),
        cmocka_unit_test(credential_goes_with_its_certificate_alone),
        cmocka_unit_test(credential_ends_before_its_certificate),
        cmocka_unit_test(no_memory_leaves_no_credential_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
