/* Servers' certificates with one thing wrong each, after the list of badssl: what the verifier says of
 * them, with a trust that does not help and with one that does.
 *
 * With a directory as argument it writes them as files instead, for tests/cli/test_wrong_certs.py:
 * NAME.pem (the chain as a server sends it), NAME.key, NAME.sha256 (of the leaf), root.pem, other.pem,
 * middle.pem; revoked.crl and revoked.ocsp say that the good one is revoked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cipher/pk.h"
#include "support_rsa_keys.h"
#include "x509/der.h"
#include "x509/key.h"
#include "x509/name_text.h"
#include "x509/write.h"

enum { DER_MAX = 400000, DAY = 86400, NAME_LEN = 64 };

#define OK(call) assert_int_equal((call), TLSN_OK)

/* ---- the list ---- */

enum issuer { ROOT, MIDDLE, SELF, OTHER, BIG };
enum key { EC, RSA_512, RSA_1024, RSA_8192, KEYS };

static const struct wrong {
    const char *name;
    const char *subject;    /* "" for an empty one */
    const char *host;       /* DNS name; NULL: no subjectAltName at all */
    enum issuer issuer;
    enum key key;
    tlsn_status verdict;
    unsigned more_names;    /* further DNS names, long ones from 20000 on (less that) */
    int begin, end;         /* days from now; both 0: -1 and 30 */
    const char *scheme;     /* of the issuer's signature */
    const char *extension;  /* "critical oid value" in hex */
    bool leaf_only;         /* the intermediate does not go along */
} wrongs[] = {
    { .name = "good", .subject = "CN=leaf", .host = "a.test", .issuer = MIDDLE },
    { .name = "expired", .subject = "CN=leaf", .host = "a.test", .issuer = MIDDLE, .begin = -20, .end = -10,
      .verdict = TLSN_ERR_CERT_EXPIRED },
    { .name = "future", .subject = "CN=leaf", .host = "a.test", .issuer = MIDDLE, .begin = 10, .end = 20,
      .verdict = TLSN_ERR_CERT_NOT_YET_VALID },
    { .name = "wrong-host", .subject = "CN=a.test", .host = "b.test", .issuer = MIDDLE,
      .verdict = TLSN_ERR_CERT_NAME },
    { .name = "self-signed", .subject = "CN=leaf", .host = "a.test", .issuer = SELF,
      .verdict = TLSN_ERR_CERT_UNKNOWN_CA },
    { .name = "untrusted-root", .subject = "CN=leaf", .host = "a.test", .issuer = OTHER,
      .verdict = TLSN_ERR_CERT_UNKNOWN_CA },
    { .name = "incomplete", .subject = "CN=leaf", .host = "a.test", .issuer = MIDDLE, .leaf_only = true,
      .verdict = TLSN_ERR_CERT_UNKNOWN_CA },
    { .name = "no-subject", .subject = "", .host = "a.test", .issuer = MIDDLE },
    { .name = "no-common-name", .subject = "O=leaf", .host = "a.test", .issuer = MIDDLE },
    { .name = "common-name-only", .subject = "CN=a.test", .issuer = MIDDLE,
      .verdict = TLSN_ERR_CERT_NAME },
    { .name = "1000-names", .subject = "CN=leaf", .host = "a.test", .issuer = MIDDLE, .more_names = 1000 },
    { .name = "10000-names", .subject = "CN=leaf", .host = "a.test", .issuer = MIDDLE, .more_names = 10000 },
    { .name = "10000-long-names", .subject = "CN=leaf", .host = "a.test", .issuer = MIDDLE,
      .more_names = 30000 },
    { .name = "sha1", .subject = "CN=leaf", .host = "a.test", .issuer = BIG, .scheme = "rsa_pkcs1_sha1",
      .verdict = TLSN_ERR_CERT_WEAK },
    { .name = "md5", .subject = "CN=leaf", .host = "a.test", .issuer = BIG, .scheme = "rsa_pkcs1_md5",
      .verdict = TLSN_ERR_CERT_WEAK },
    { .name = "rsa512", .subject = "CN=leaf", .host = "a.test", .issuer = MIDDLE, .key = RSA_512,
      .verdict = TLSN_ERR_CERT_WEAK },
    { .name = "rsa1024", .subject = "CN=leaf", .host = "a.test", .issuer = MIDDLE, .key = RSA_1024,
      .verdict = TLSN_ERR_CERT_WEAK },
    { .name = "rsa8192", .subject = "CN=leaf", .host = "a.test", .issuer = MIDDLE, .key = RSA_8192 },
    { .name = "critical", .subject = "CN=leaf", .host = "a.test", .issuer = MIDDLE,
      .extension = "ff 2a0304 0500", .verdict = TLSN_ERR_CERT_CRITICAL },
    { .name = "client-only", .subject = "CN=leaf", .host = "a.test", .issuer = MIDDLE,
      .extension = "00 551d25 300a06082b06010505070302", .verdict = TLSN_ERR_CERT_PURPOSE },
};

/* ---- making them ---- */

struct made {
    uint8_t *der;
    size_t len;
};

static struct tlsni_privkey *keys[KEYS], *authority[BIG + 1];
static struct made root, middle, other, big, leaves[sizeof wrongs / sizeof *wrongs];
static int64_t now;

static struct tlsni_privkey *new_ec(void)
{
    tlsn_key *made;
    struct tlsni_privkey *key;
    char pem[1024];
    size_t len;

    OK(tlsn_key_generate(&made, "ec:secp256r1", NULL));
    OK(tlsn_key_write(made, pem, sizeof pem, &len));
    OK(tlsni_key_parse(&key, NULL, tlsni_span_make(pem, len), NULL));
    tlsn_key_free(made);
    return key;
}

static struct tlsni_privkey *fixed(const char *pem)
{
    struct tlsni_privkey *key;

    OK(tlsni_key_parse(&key, NULL, tlsni_span_make(pem, strlen(pem)), NULL));
    return key;
}

static uint8_t nibble(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static struct tlsn_span unhex(uint8_t *out, const char *text, size_t digits)
{
    for (size_t i = 0; i < digits / 2; i++)
        out[i] = (uint8_t)(nibble(text[2 * i]) << 4 | nibble(text[2 * i + 1]));
    return tlsni_span_make(out, digits / 2);
}

/* "ff 551d13 30030101ff" */
static void put_extension(struct tlsni_wr *w, const char *text)
{
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), oid = strcspn(text + 3, " ");
    const char *value = text + 4 + oid;
    uint8_t bytes[64];

    tlsni_dw_put(w, TLSNI_DER_OID, unhex(bytes, text + 3, oid));
    if (text[0] == 'f')
        tlsni_dw_put(w, TLSNI_DER_BOOLEAN, tlsni_span_make("\xff", 1));
    tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, unhex(bytes, value, strlen(value)));
    tlsni_dw_close(w, mark);
}

static void put_dns(struct tlsni_wr *w, const char *name)
{
    tlsni_dw_put(w, TLSNI_DER_CONTEXT(2), tlsni_span_make(name, strlen(name)));
}

static void put_names(struct tlsni_wr *w, const struct wrong *c)
{
    bool longer = c->more_names >= 20000;
    unsigned n = longer ? c->more_names - 20000 : c->more_names;
    struct tlsni_ext_mark e = tlsni_write_ext_open(w, TLSNI_OID_SUBJECT_ALT_NAME, !*c->subject);
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    char name[NAME_LEN];

    for (unsigned i = 0; i < n; i++) {
        (void)snprintf(name, sizeof name, longer ? "h%05u.many-names.example.test" : "h%u", i);
        put_dns(w, name);
    }
    put_dns(w, c->host);
    tlsni_dw_close(w, mark);
    tlsni_write_ext_close(w, e);
}

static void put_extensions(struct tlsni_wr *w, const struct wrong *c)
{
    size_t outer = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(3));
    size_t inner = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);

    if (!c) { /* an authority */
        put_extension(w, "ff 551d13 30030101ff");
        put_extension(w, "ff 551d0f 03020106");
    } else {
        put_extension(w, "ff 551d0f 030205a0");
        if (c->host)
            put_names(w, c);
        if (c->extension)
            put_extension(w, c->extension);
    }
    tlsni_dw_close(w, inner);
    tlsni_dw_close(w, outer);
}

struct life {
    int begin, end;
};

/* c NULL: an authority. */
static void make(struct made *out, const struct wrong *c, const char *subject, struct life life,
                 const struct tlsni_privkey *key, const char *issuer, const struct tlsni_privkey *signer)
{
    static uint8_t tbs[DER_MAX], all[DER_MAX];
    static uint8_t serial;
    struct tlsni_wr w = tlsni_wr_make(tbs, sizeof tbs), whole = tlsni_wr_make(all, sizeof all);
    struct tlsni_sig_params params;
    size_t mark, validity;

    OK(tlsni_write_scheme(tlsni_privkey_public(signer), c ? c->scheme : NULL, &params));
    mark = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    tlsni_wr_put(&w, "\xa0\x03\x02\x01\x02", 5); /* version 3 */
    tlsni_dw_small(&w, ++serial);
    tlsni_write_signature_algorithm(&w, &params);
    OK(tlsni_name_write(&w, issuer));
    validity = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);
    tlsni_dw_time(&w, now + (int64_t)life.begin * DAY);
    tlsni_dw_time(&w, now + (int64_t)life.end * DAY);
    tlsni_dw_close(&w, validity);
    if (*subject)
        OK(tlsni_name_write(&w, subject));
    else
        tlsni_wr_put(&w, "\x30\x00", 2);
    tlsni_write_spki(&w, tlsni_privkey_public(key));
    put_extensions(&w, c);
    tlsni_dw_close(&w, mark);
    assert_false(w.bad);
    OK(tlsni_write_signed(&whole, tlsni_span_make(tbs, w.len), signer, NULL, &params));
    assert_false(whole.bad);
    out->der = malloc(whole.len);
    assert_non_null(out->der);
    memcpy(out->der, all, whole.len);
    out->len = whole.len;
}

static void make_leaf(size_t i)
{
    static const char *const issuers[] = { "CN=root", "CN=middle", NULL, "CN=other", "CN=big" };
    const struct wrong *c = &wrongs[i];
    struct life life = { c->begin, c->end };
    const struct tlsni_privkey *key = keys[c->key];

    if (!life.begin && !life.end)
        life = (struct life){ -1, 30 };
    make(&leaves[i], c, c->subject, life, key, c->issuer == SELF ? c->subject : issuers[c->issuer],
         c->issuer == SELF ? key : authority[c->issuer]);
}

static int make_all(void **state)
{
    const struct life life = { -30, 3000 };

    (void)state;
    now = (int64_t)time(NULL);
    keys[EC] = new_ec();
    keys[RSA_512] = fixed(rsa_512);
    keys[RSA_1024] = fixed(rsa_1024);
    keys[RSA_8192] = fixed(rsa_8192);
    for (int i = ROOT; i <= OTHER; i++)
        authority[i] = new_ec();
    authority[BIG] = fixed(rsa_8192);
    make(&root, NULL, "CN=root", life, authority[ROOT], "CN=root", authority[ROOT]);
    make(&middle, NULL, "CN=middle", life, authority[MIDDLE], "CN=root", authority[ROOT]);
    make(&other, NULL, "CN=other", life, authority[OTHER], "CN=other", authority[OTHER]);
    make(&big, NULL, "CN=big", life, authority[BIG], "CN=big", authority[BIG]);
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++)
        make_leaf(i);
    return 0;
}

static int drop_all(void **state)
{
    (void)state;
    for (int i = 0; i < KEYS; i++)
        tlsni_privkey_free(keys[i]);
    for (int i = ROOT; i <= BIG; i++)
        tlsni_privkey_free(authority[i]);
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++)
        free(leaves[i].der);
    free(root.der);
    free(middle.der);
    free(other.der);
    free(big.der);
    return 0;
}

/* ---- judging them ---- */

static size_t chain_of(size_t i, struct tlsn_span chain[2])
{
    chain[0] = tlsni_span_make(leaves[i].der, leaves[i].len);
    chain[1] = tlsni_span_make(middle.der, middle.len);
    return wrongs[i].issuer == MIDDLE && !wrongs[i].leaf_only ? 2 : 1;
}

static tlsn_trust *trust_in(const struct made *anchor)
{
    tlsn_trust *trust;

    OK(tlsn_trust_new(&trust, NULL));
    OK(tlsn_trust_add(trust, root.der, root.len, NULL, NULL));
    OK(tlsn_trust_add(trust, big.der, big.len, NULL, NULL));
    if (anchor)
        OK(tlsn_trust_add(trust, anchor->der, anchor->len, NULL, NULL));
    return trust;
}

static tlsn_status judge(size_t i, const tlsn_trust *trust, const char *name, int64_t time_s,
                         const struct tlsn_verify_options *options)
{
    struct tlsn_span chain[2];
    size_t n = chain_of(i, chain);

    return tlsn_x509_verify(trust, chain, n, TLSN_PURPOSE_SERVER, name, time_s, options, NULL);
}

static void wrong_certificates_are_refused_for_their_reason(void **state)
{
    tlsn_trust *trust = trust_in(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        tlsn_status st = judge(i, trust, "a.test", INT64_MIN, NULL);

        if (st != wrongs[i].verdict)
            print_error("%s: %s\n", wrongs[i].name, tlsn_status_name(st));
        assert_int_equal(st, wrongs[i].verdict);
    }
    tlsn_trust_free(trust);
}

static size_t find(const char *name)
{
    size_t i = 0;

    while (strcmp(wrongs[i].name, name) != 0)
        i++;
    return i;
}

/* What mends each of them, and nothing else. */
static void wrong_certificates_pass_by_what_mends_them(void **state)
{
    const struct tlsn_verify_options sha1 = { .allow_sha1 = true }, md5 = { .allow_md5 = true };
    const struct tlsn_verify_options small = { .min_rsa_bits = 512 }, cn = { .insecure_common_name = true };
    tlsn_trust *trust = trust_in(NULL), *more;

    (void)state;
    OK(judge(find("expired"), trust, "a.test", now - 15 * DAY, NULL));
    OK(judge(find("future"), trust, "a.test", now + 15 * DAY, NULL));
    OK(judge(find("wrong-host"), trust, "b.test", INT64_MIN, NULL));
    OK(judge(find("common-name-only"), trust, "a.test", INT64_MIN, &cn));
    OK(judge(find("sha1"), trust, "a.test", INT64_MIN, &sha1));
    OK(judge(find("md5"), trust, "a.test", INT64_MIN, &md5));
    OK(judge(find("rsa512"), trust, "a.test", INT64_MIN, &small));
    OK(judge(find("rsa1024"), trust, "a.test", INT64_MIN, &small));
    more = trust_in(&other);
    OK(judge(find("untrusted-root"), more, "a.test", INT64_MIN, NULL));
    assert_int_equal(judge(find("self-signed"), more, "a.test", INT64_MIN, NULL),
                     TLSN_ERR_CERT_UNKNOWN_CA);
    tlsn_trust_free(more);
    more = trust_in(&leaves[find("self-signed")]);
    OK(judge(find("self-signed"), more, "a.test", INT64_MIN, NULL));
    tlsn_trust_free(more);
    more = trust_in(&middle); /* as an anchor by way of the root */
    OK(judge(find("incomplete"), more, "a.test", INT64_MIN,
             &(struct tlsn_verify_options){ .allow_partial = true }));
    tlsn_trust_free(more);
    tlsn_trust_free(trust);
}

/* ---- writing them ---- */

static void write_file(const char *dir, const char *name, const char *suffix, const char *text)
{
    char path[512];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s%s", dir, name, suffix);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0 && fclose(f) == 0);
}

static size_t pem_of(char *out, size_t cap, const struct made *made)
{
    size_t len;

    OK(tlsn_pem_write("CERTIFICATE", made->der, made->len, out, cap, &len));
    return len;
}

static void write_leaf(const char *dir, size_t i, char *text, size_t cap)
{
    static const char *const pems[KEYS] = { NULL, rsa_512, rsa_1024, rsa_8192 };
    const struct wrong *c = &wrongs[i];
    struct tlsn_span chain[2];
    size_t len = pem_of(text, cap, &leaves[i]);
    uint8_t der[512], sha256[32];
    struct tlsni_wr w = tlsni_wr_make(der, sizeof der);
    char hex[65];

    if (chain_of(i, chain) == 2)
        (void)pem_of(text + len, cap - len, &middle);
    write_file(dir, c->name, ".pem", text);
    tlsni_write_pkcs8(&w, keys[EC]);
    OK(tlsn_pem_write("PRIVATE KEY", der, w.len, text, cap, &len));
    write_file(dir, c->name, ".key", c->key == EC ? text : pems[c->key]);
    OK(tlsn_cert_fingerprint(chain[0], TLSN_PIN_CERTIFICATE, sha256));
    for (size_t k = 0; k < sizeof sha256; k++)
        (void)snprintf(hex + 2 * k, 3, "%02x", sha256[k]);
    write_file(dir, c->name, ".sha256", hex);
}

static void write_bytes(const char *dir, const char *name, const uint8_t *data, size_t len)
{
    char path[512];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fwrite(data, 1, len, f) == len && fclose(f) == 0);
}

/* The good certificate, as its issuer thinks of it after all. */
static void write_revocation(const char *dir)
{
    const tlsn_key signer = { .key = authority[MIDDLE] };
    struct tlsn_span issuer = tlsni_span_make(middle.der, middle.len);
    struct tlsni_cert cert;
    struct tlsn_revoked revoked = { .since = now - DAY, .reason = TLSN_REASON_KEY_COMPROMISE };
    const struct tlsn_crl_spec crl = { .revoked = &revoked, .revoked_count = 1, .number = 1,
                                       .this_update = now - DAY, .next_update = now + 30 * DAY };
    struct tlsn_ocsp_single single = { .cert = tlsni_span_make(leaves[0].der, leaves[0].len),
                                       .status = TLSN_CERT_REVOKED, .revoked_since = now - DAY };
    const struct tlsn_ocsp_spec ocsp = { .singles = &single, .single_count = 1, .issuer = issuer };
    uint8_t out[2048];
    size_t len;

    OK(tlsni_cert_parse(&cert, single.cert, NULL));
    revoked.serial = cert.serial;
    OK(tlsn_crl_write(&crl, issuer, &signer, NULL, out, sizeof out, &len));
    write_bytes(dir, "revoked.crl", out, len);
    OK(tlsn_ocsp_write(&ocsp, &signer, NULL, out, sizeof out, &len));
    write_bytes(dir, "revoked.ocsp", out, len);
}

static int write_all(const char *dir)
{
    enum { TEXT_MAX = 1 << 20 };
    char *text = malloc(TEXT_MAX);
    size_t len;

    if (!text)
        return 1;
    (void)make_all(NULL);
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++)
        write_leaf(dir, i, text, TEXT_MAX);
    len = pem_of(text, TEXT_MAX, &root);
    (void)pem_of(text + len, TEXT_MAX - len, &big);
    write_file(dir, "root", ".pem", text);
    (void)pem_of(text, TEXT_MAX, &other);
    write_file(dir, "other", ".pem", text);
    (void)pem_of(text, TEXT_MAX, &middle);
    write_file(dir, "middle", ".pem", text);
    write_revocation(dir);
    free(text);
    return drop_all(NULL);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_certificates_are_refused_for_their_reason),
        cmocka_unit_test(wrong_certificates_pass_by_what_mends_them),
    };

    if (argc == 2)
        return write_all(argv[1]);
    return cmocka_run_group_tests(tests, make_all, drop_all);
}
