#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tls-native/x509.h>

#include "base/bytes.h"
#include "req.h"
#include "support_env.h"
#include "support_vectors.h"
#include "support_revocation.h"
#include "support_x509.h"
#include "x509/ber.h"
#include "x509/der.h"
#include "x509/der_write.h"

enum { FILE_MAX = 32768 };

static struct tlsn_unlock with(const char *password)
{
    struct tlsn_unlock u = { .password = password, .password_len = strlen(password) };

    return u;
}

static tlsn_bundle *open_with(const void *data, size_t len, const char *password, tlsn_status want)
{
    struct tlsn_unlock unlock = with(password ? password : "");
    tlsn_bundle *b;
    tlsn_status st = tlsn_bundle_read(&b, data, len, password ? &unlock : NULL, NULL);

    if (st != want)
        fail_msg("%s instead of %s", tlsn_status_text(st), tlsn_status_text(want));
    return b;
}

static void check_pkcs8(const tlsn_key *key, struct tlsn_span der)
{
    char ours[FILE_MAX], theirs[FILE_MAX];
    tlsn_key *again;
    size_t len;

    assert_int_equal(tlsn_key_read(&again, der.data, der.len, NULL), TLSN_OK);
    assert_int_equal(tlsn_key_write(key, ours, sizeof ours, &len), TLSN_OK);
    assert_int_equal(tlsn_key_write(again, theirs, sizeof theirs, &len), TLSN_OK);
    assert_string_equal(ours, theirs);
    tlsn_key_free(again);
}

/* ---- other programs' files ---- */

static void pkcs12_of_other_programs_is_read(void **state)
{
    struct vec_file *f = vec_open("tests/vectors/pkcs12.txt");
    struct vec_block v = { 0 };
    unsigned count = 0;

    (void)state;
    assert_non_null(f);
    for (; vec_next(f, &v); count++) {
        struct tlsn_span der = vec_bytes(&v, "der"), cert = vec_bytes(&v, "cert");
        tlsn_bundle *b = open_with(der.data, der.len, vec_text(&v, "password"), TLSN_OK);
        struct tlsn_bundle_item key, certificate;

        assert_true(tlsn_bundle_authenticated(b));
        assert_int_equal(tlsn_bundle_count(b, TLSN_BUNDLE_KEY), 1);
        assert_int_equal(tlsn_bundle_count(b, TLSN_BUNDLE_CERTIFICATE), 1);
        assert_true(tlsn_bundle_get(b, TLSN_BUNDLE_KEY, 0, &key));
        assert_true(tlsn_bundle_get(b, TLSN_BUNDLE_CERTIFICATE, 0, &certificate));
        check_pkcs8(key.key, vec_bytes(&v, "key"));
        assert_true(tlsni_span_eq(certificate.der, cert));
        if (strcmp(vec_label(&v), "java") == 0)
            assert_string_equal(key.name, "my key"); /* keytool's aliases are in lower case */
        else
            assert_string_equal(key.name, "My Key");
        assert_true(key.local_key_id.len != 0);
        assert_true(tlsni_span_eq(key.local_key_id, certificate.local_key_id));
        tlsn_bundle_free(b);
        assert_null(open_with(der.data, der.len, "secret2", TLSN_ERR_PASSWORD));
        assert_null(open_with(der.data, der.len, NULL, TLSN_ERR_KEY_ENCRYPTED));
    }
    assert_int_equal(count, 4);
    vec_block_clear(&v);
    vec_close(f);
    REQ("5958:2/2");
    REQ("5958:2/6");
    REQ("5958:2/8");
    REQ("5958:5/2");
    REQ("7292:3.4/1");
    REQ("7292:4/1");
    REQ("7292:4.1/1");
    REQ("7292:4.1/2");
    REQ("7292:4.2/1");
    REQ("7292:4.2.2/1");
    REQ("7292:4.2.3/1");
}

/* ---- bags that other programs hardly write ---- */

static size_t open_bag(struct tlsni_wr *w, enum tlsni_oid oid)
{
    tlsni_dw_oid(w, oid);
    return tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
}

/* CertBag or CRLBag in its SafeBag, with an attribute that means nothing. */
static void put_x509_bag(struct tlsni_wr *w, enum tlsni_oid bag, enum tlsni_oid kind,
                         struct tlsn_span der)
{
    size_t all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), value = open_bag(w, bag), inner, set, one;

    inner = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    one = open_bag(w, kind);
    tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, der);
    tlsni_dw_close(w, one);
    tlsni_dw_close(w, inner);
    tlsni_dw_close(w, value);
    set = tlsni_dw_open(w, TLSNI_DER_SET);
    one = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_oid(w, TLSNI_OID_CN);
    inner = tlsni_dw_open(w, TLSNI_DER_SET);
    tlsni_dw_put(w, TLSNI_DER_NULL, tlsni_span_make(NULL, 0));
    tlsni_dw_close(w, inner);
    tlsni_dw_close(w, one);
    tlsni_dw_close(w, set);
    tlsni_dw_close(w, all);
}

/* ContentInfo of plain data around what `put` wrote. */
static void put_data(struct tlsni_wr *w, struct tlsn_span contents)
{
    size_t all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), value = open_bag(w, TLSNI_OID_P7_DATA);

    tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, contents);
    tlsni_dw_close(w, value);
    tlsni_dw_close(w, all);
}

static void pkcs12_bags_nest_and_unknown_ones_are_passed_over(void **state)
{
    static uint8_t a[FILE_MAX], b[FILE_MAX];
    struct tlsni_wr bags = tlsni_wr_make(a, sizeof a), safe = tlsni_wr_make(b, sizeof b);
    struct issued ca;
    struct made crl;
    struct tlsn_bundle_item item;
    size_t list, bag, value, nested;
    tlsn_bundle *out;

    (void)state;
    issue(&ca, NULL, (struct tlsn_cert_spec){ .subject = "CN=a", .ca = true }, NULL);
    make_crl(&crl, (struct tlsn_crl_spec){ .number = 1 }, &ca);
    list = tlsni_dw_open(&bags, TLSNI_DER_SEQUENCE);
    bag = tlsni_dw_open(&bags, TLSNI_DER_SEQUENCE); /* of a kind that nobody knows */
    value = open_bag(&bags, TLSNI_OID_CN);
    tlsni_dw_put(&bags, TLSNI_DER_NULL, tlsni_span_make(NULL, 0));
    tlsni_dw_close(&bags, value);
    tlsni_dw_close(&bags, bag);
    bag = tlsni_dw_open(&bags, TLSNI_DER_SEQUENCE);
    value = open_bag(&bags, TLSNI_OID_BAG_SAFE_CONTENTS);
    nested = tlsni_dw_open(&bags, TLSNI_DER_SEQUENCE);
    put_x509_bag(&bags, TLSNI_OID_BAG_CERT, TLSNI_OID_P9_X509_CERT, issued_span(&ca));
    put_x509_bag(&bags, TLSNI_OID_BAG_CRL, TLSNI_OID_P9_X509_CRL, made_span(&crl));
    tlsni_dw_close(&bags, nested);
    tlsni_dw_close(&bags, value);
    tlsni_dw_close(&bags, bag);
    tlsni_dw_close(&bags, list);
    list = tlsni_dw_open(&safe, TLSNI_DER_SEQUENCE);
    put_data(&safe, tlsni_span_make(bags.buf, bags.len));
    tlsni_dw_close(&safe, list);
    bags = tlsni_wr_make(a, sizeof a);
    list = tlsni_dw_open(&bags, TLSNI_DER_SEQUENCE);
    tlsni_dw_small(&bags, 3);
    put_data(&bags, tlsni_span_make(safe.buf, safe.len));
    tlsni_dw_close(&bags, list);
    assert_false(bags.bad || safe.bad);
    out = open_with(bags.buf, bags.len, "x", TLSN_OK);
    assert_false(tlsn_bundle_authenticated(out));
    assert_int_equal(tlsn_bundle_count(out, TLSN_BUNDLE_CERTIFICATE), 1);
    assert_int_equal(tlsn_bundle_count(out, TLSN_BUNDLE_CRL), 1);
    assert_true(tlsn_bundle_get(out, TLSN_BUNDLE_CRL, 0, &item));
    assert_true(tlsni_span_eq(item.der, made_span(&crl)));
    assert_string_equal(item.name, "");
    tlsn_bundle_free(out);
    issued_free(&ca);
    REQ("7292:4.2/2");
    REQ("7292:4.2.4/1");
    REQ("7292:4.2.6/1");
    REQ("7292:5.2/1");
}

/* ---- PBMAC1 ---- */

static void pkcs12_pbmac1_keys_are_as_long_as_they_say_and_not_short(void **state)
{
    struct vec_file *f = vec_open("tests/vectors/pbmac1.txt");
    struct vec_block v = { 0 };
    unsigned count = 0;

    (void)state;
    assert_non_null(f);
    for (; vec_next(f, &v); count++) {
        struct tlsn_span der = vec_bytes(&v, "der");
        bool good = strcmp(vec_text(&v, "expect"), "good") == 0;
        bool bad = strcmp(vec_text(&v, "expect"), "bad") == 0;
        tlsn_status other = bad ? TLSN_ERR_KEY : TLSN_ERR_PASSWORD;
        const char *password = vec_text(&v, "password") ? vec_text(&v, "password") : "secret";
        tlsn_bundle *b = open_with(der.data, der.len, password, good ? TLSN_OK : other);

        assert_true(!b || tlsn_bundle_authenticated(b));
        tlsn_bundle_free(b);
        assert_null(open_with(der.data, der.len, "secret2", other));
    }
    assert_int_equal(count, 27);
    vec_block_clear(&v);
    vec_close(f);
    REQ("8018:7.1/1");
    REQ("8018:A.5/1");
    REQ("9579:4/1");
    REQ("9579:4/2");
    REQ("9579:4/3");
    REQ("9579:4/5");
    REQ("9579:5/1");
    REQ("9579:5/2");
    REQ("9579:5/4");
    REQ("9579:5/8");
    REQ("9579:7/1");
    REQ("9579:7/2");
    REQ("9579:9/1");
    REQ("9579:A.1/1");
    REQ("9579:A.2/1");
    REQ("9579:A.3/1");
    REQ("9579:A.4/1");
    REQ("9579:A.5/1");
    REQ("9579:A.6/1");
    REQ("9879:4/1");
    REQ("9879:4/2");
    REQ("9879:4/3");
    REQ("9879:4/5");
    REQ("9879:5/1");
    REQ("9879:5/2");
    REQ("9879:5/4");
    REQ("9879:5/8");
    REQ("9879:7/1");
    REQ("9879:7/2");
    REQ("9879:9/1");
    REQ("9879:A.1/1");
    REQ("9879:A.2/1");
    REQ("9879:A.3/1");
    REQ("9879:A.4/1");
    REQ("9879:A.5/1");
    REQ("9879:A.6/1");
    REQ("9879:6/1");
}

/* Behind the digest there is a salt that is not empty, and no count: 1. */
static void pkcs12_pbmac1_that_we_write_has_a_salt_for_old_readers(void **state)
{
    struct tlsn_seal seal = { .password = "x", .password_len = 1, .iterations = 2000, .mac = "pbmac1" };
    uint8_t der[FILE_MAX];
    size_t len, salt = 0;
    tlsn_key *key;

    (void)state;
    assert_int_equal(tlsn_key_generate(&key, "ed25519", NULL), TLSN_OK);
    assert_int_equal(tlsn_pkcs12_write(key, NULL, 0, NULL, &seal, NULL, der, sizeof der, &len), TLSN_OK);
    for (size_t n = 8; n < 64 && !salt; n++) /* the OCTET STRING at the end, behind a digest of 32 octets */
        if (der[len - n - 2] == 4 && der[len - n - 1] == n && der[len - n - 2 - 34] == 4 &&
            der[len - n - 2 - 33] == 32)
            salt = n;
    assert_in_range(salt, 8, 63);
    tlsn_key_free(key);
    REQ("9579:4/4");
    REQ("9579:4/6");
    REQ("9879:4/4");
    REQ("9879:4/6");
}

/* The parameters of what is written: PBKDF2 with a length, 32 (RFC 8018 A.2). */
static void pkcs12_pbmac1_that_we_write_says_its_length(void **state)
{
    static const uint8_t pbkdf2[] = { 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 0x0c, 0x30 };
    static const uint8_t length[] = { 2, 1, 32, 0x30 };
    struct tlsn_seal seal = { .password = "x", .password_len = 1, .iterations = 2000, .mac = "pbmac1" };
    uint8_t der[FILE_MAX];
    size_t len, at = 0;
    tlsn_key *key;

    (void)state;
    assert_int_equal(tlsn_key_generate(&key, "ed25519", NULL), TLSN_OK);
    assert_int_equal(tlsn_pkcs12_write(key, NULL, 0, NULL, &seal, NULL, der, sizeof der, &len), TLSN_OK);
    for (size_t i = 0; i + sizeof pbkdf2 < len; i++) /* the last one is the MAC's */
        at = memcmp(der + i, pbkdf2, sizeof pbkdf2) ? at : i;
    at += sizeof pbkdf2 + 1;
    assert_int_equal(der[at], 4); /* salt */
    assert_true(der[at + 1] >= 8);
    at += 2 + der[at + 1];
    assert_memory_equal(der + at, "\2\2\x07\xd0", 4);
    assert_memory_equal(der + at + 4, length, sizeof length);
    tlsn_key_free(key);
    REQ("9579:5/5");
    REQ("9579:5/6");
    REQ("9579:5/7");
    REQ("9879:5/5");
    REQ("9879:5/6");
    REQ("9879:5/7");
}

/* ---- a living openssl ---- */

static void make_pair(void)
{
    assert_true(peer_openssl("req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -subj "
                             "/CN=a.example -days 30"));
    assert_true(peer_openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
                             "-keyout ca-key -out ca -subj /CN=CA -days 30"));
    assert_true(peer_openssl("pkcs8 -topk8 -nocrypt -in key -outform DER -out key.der"));
    assert_true(peer_openssl("x509 -in cert -outform DER -out cert.der"));
}

static struct tlsn_span file_span(const char *name, uint8_t *room)
{
    size_t len = peer_read(name, room, FILE_MAX);

    return tlsni_span_make(room, len);
}

static void check_export(const char *options, const char *password, size_t keys, size_t certs,
                         bool mac)
{
    uint8_t room[FILE_MAX], other[FILE_MAX];
    struct tlsn_bundle_item item;
    struct tlsn_span der;
    char command[512];
    tlsn_bundle *b;

    (void)snprintf(command, sizeof command, "pkcs12 -export -inkey key -in cert -out p12 -passout "
                   "'pass:%s' -provider legacy -provider default %s", password, options);
    if (!peer_openssl(command))
        fail_msg("openssl %s", command);
    der = file_span("p12", room);
    b = open_with(der.data, der.len, password, TLSN_OK);
    assert_int_equal(tlsn_bundle_count(b, TLSN_BUNDLE_KEY), keys);
    assert_int_equal(tlsn_bundle_count(b, TLSN_BUNDLE_CERTIFICATE), certs);
    assert_int_equal(tlsn_bundle_authenticated(b), mac);
    if (keys) {
        assert_true(tlsn_bundle_get(b, TLSN_BUNDLE_KEY, 0, &item));
        check_pkcs8(item.key, file_span("key.der", other));
    }
    assert_true(tlsn_bundle_get(b, TLSN_BUNDLE_CERTIFICATE, 0, &item));
    assert_true(tlsni_span_eq(item.der, file_span("cert.der", other)));
    assert_false(tlsn_bundle_get(b, TLSN_BUNDLE_CERTIFICATE, certs, &item));
    tlsn_bundle_free(b);
}

static void pkcs12_of_openssl_is_read(void **state)
{
    static const struct {
        const char *options, *password;
        size_t keys, certs;
        bool mac;
    } rows[] = {
        { "", "secret", 1, 1, true },
        { "-name 'a key' -certfile ca", "secret", 1, 2, true },
        { "-legacy", "secret", 1, 1, true },
        { "-certpbe PBE-SHA1-RC2-40 -keypbe PBE-SHA1-3DES -macalg sha1", "secret", 1, 1, true },
        { "-certpbe PBE-SHA1-RC4-128 -keypbe PBE-SHA1-RC2-128", "secret", 1, 1, true },
        { "-certpbe NONE -keypbe NONE", "secret", 1, 1, true },
        { "-certpbe AES-128-CBC -keypbe AES-192-CBC -macalg sha512", "secret", 1, 1, true },
        { "-macalg sha384 -iter 1 -maciter", "secret", 1, 1, true },
        { "-macalg md5 -nomaciter", "secret", 1, 1, true },
        { "-macalg sha224", "secret", 1, 1, true },
        { "-nomac", "secret", 1, 1, false },
        { "-nokeys", "secret", 0, 1, true },
        { "", "", 1, 1, true },
        { "-legacy", "", 1, 1, true },
        { "-nomac -legacy", "", 1, 1, false },
        { "", "p\xc3\xa4\xc3\x9f\xe2\x82\xac\xf0\x9f\x94\x91", 1, 1, true },
        { "-legacy", "p\xc3\xa4\xc3\x9f\xe2\x82\xac\xf0\x9f\x94\x91", 1, 1, true },
    };

    (void)state;
    if (!peer_there())
        skip();
    make_pair();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_export(rows[i].options, rows[i].password, rows[i].keys, rows[i].certs, rows[i].mac);
    REQ("7292:4/2");
    REQ("7292:4/3");
    REQ("7292:4.2.1/1");
    REQ("7292:5.1/2");
    REQ("7292:B.1/1");
    REQ("7292:B.4/1");
    REQ("7292:C/1");
}

static void check_certificates(const char *name, size_t count)
{
    uint8_t room[FILE_MAX], other[FILE_MAX];
    struct tlsn_span data = file_span(name, room), first = file_span("cert.der", other);
    tlsn_bundle *b = open_with(data.data, data.len, NULL, TLSN_OK);
    struct tlsn_bundle_item item;
    tlsn_trust *trust;
    size_t added;

    assert_int_equal(tlsn_bundle_count(b, TLSN_BUNDLE_CERTIFICATE), count);
    assert_true(tlsn_bundle_get(b, TLSN_BUNDLE_CERTIFICATE, 0, &item));
    assert_true(tlsni_span_eq(item.der, first));
    tlsn_bundle_free(b);
    /* A trust store takes the same file. */
    assert_int_equal(tlsn_trust_new(&trust, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(trust, data.data, data.len, &added, NULL), TLSN_OK);
    assert_int_equal(added, count);
    tlsn_trust_free(trust);
}

/* The PKCS#7 in the file p7 under another label. */
static size_t relabelled(const char *label, char *out)
{
    uint8_t room[FILE_MAX];
    struct tlsn_span der = file_span("p7", room);
    size_t len;

    assert_int_equal(tlsn_pem_write(label, der.data, der.len, out, FILE_MAX, &len), TLSN_OK);
    return len;
}

static void check_label_is_foreign(const char *label)
{
    char text[FILE_MAX];
    size_t len = relabelled(label, text);

    assert_null(open_with(text, len, NULL, TLSN_ERR_PEM));
}

static void check_label_is_cms(void)
{
    char text[FILE_MAX];
    size_t len = relabelled("CMS", text);

    peer_write("relabelled", text, len);
    check_certificates("relabelled", 1);
}

static void pkcs7_of_openssl_is_read(void **state)
{
    (void)state;
    if (!peer_there())
        skip();
    make_pair();
    assert_true(peer_openssl("crl2pkcs7 -nocrl -certfile cert -certfile ca -out p7"));
    check_certificates("p7", 2);
    assert_true(peer_openssl("crl2pkcs7 -nocrl -certfile cert -certfile ca -outform DER -out p7"));
    check_certificates("p7", 2);
    /* A signed message carries them too; -stream makes BER of it. */
    assert_true(peer_openssl("cms -sign -signer cert -inkey key -in cert -nodetach -binary "
                             "-outform PEM -out p7"));
    check_certificates("p7", 1);
    assert_true(peer_openssl("cms -sign -signer cert -inkey key -in cert -nodetach -binary -stream "
                             "-outform DER -out p7"));
    check_certificates("p7", 1);
    check_label_is_foreign("CERTIFICATE CHAIN");
    check_label_is_cms();
    REQ("7468:8/1");
    REQ("7468:8/3");
    REQ("7468:9/1");
}

static void crls_of_a_bundle_are_kept(void **state)
{
    static const char conf[] = "[ca]\ndefault_ca=d\n[d]\ndatabase=index\ndefault_md=sha256\n"
                               "default_crl_days=30\n";
    uint8_t room[FILE_MAX];
    struct tlsn_span data;
    tlsn_bundle *b;

    (void)state;
    if (!peer_there())
        skip();
    make_pair();
    peer_write("index", "", 0);
    peer_write("conf", conf, sizeof conf - 1);
    assert_true(peer_openssl("ca -gencrl -config conf -keyfile ca-key -cert ca -out crl"));
    data = file_span("crl", room);
    b = open_with(data.data, data.len, NULL, TLSN_OK);
    assert_int_equal(tlsn_bundle_count(b, TLSN_BUNDLE_CRL), 1);
    assert_int_equal(tlsn_bundle_count(b, TLSN_BUNDLE_CERTIFICATE), 0);
    tlsn_bundle_free(b);
    assert_true(peer_openssl("crl2pkcs7 -in crl -certfile ca -out p7"));
    data = file_span("p7", room);
    b = open_with(data.data, data.len, NULL, TLSN_OK);
    assert_int_equal(tlsn_bundle_count(b, TLSN_BUNDLE_CRL), 1);
    assert_int_equal(tlsn_bundle_count(b, TLSN_BUNDLE_CERTIFICATE), 1);
    tlsn_bundle_free(b);
    REQ("7468:6/1");
}

/* One text with certificates, an encrypted key and words in between. */
static void pem_with_everything_is_read(void **state)
{
    uint8_t text[FILE_MAX];
    size_t len = 0;
    tlsn_bundle *b;

    (void)state;
    if (!peer_there())
        skip();
    make_pair();
    assert_true(peer_openssl("rsa -in key -aes128 -traditional -out sealed -passout pass:secret"));
    len = peer_read("cert", text, sizeof text);
    memcpy(text + len, "some words\n", 11);
    len += 11;
    len += peer_read("sealed", text + len, sizeof text - len);
    len += peer_read("ca", text + len, sizeof text - len);
    b = open_with(text, len, "secret", TLSN_OK);
    assert_int_equal(tlsn_bundle_count(b, TLSN_BUNDLE_KEY), 1);
    assert_int_equal(tlsn_bundle_count(b, TLSN_BUNDLE_CERTIFICATE), 2);
    assert_false(tlsn_bundle_authenticated(b));
    tlsn_bundle_free(b);
    assert_null(open_with(text, len, NULL, TLSN_ERR_KEY_ENCRYPTED));
    assert_null(open_with(text, len, "secre", TLSN_ERR_PASSWORD));
    assert_null(open_with("nothing", 7, NULL, TLSN_ERR_PEM));
}

/* ---- what we write ---- */

static const char *const macs[] = { NULL, "classic", "pbmac1" };

static size_t write_p12(const char *scheme, const char *mac, const char *name, uint8_t *out)
{
    struct tlsn_seal seal = { .password = "p\xc3\xa4ss", .password_len = 5, .scheme = scheme,
                              .iterations = 3000, .mac = mac };
    uint8_t room[FILE_MAX], other[FILE_MAX];
    struct tlsn_span text = file_span("key", room), cert = file_span("cert.der", other);
    tlsn_key *key;
    size_t len;

    assert_int_equal(tlsn_key_read(&key, text.data, text.len, NULL), TLSN_OK);
    assert_int_equal(tlsn_pkcs12_write(key, &cert, 1, name, &seal, NULL, out, FILE_MAX, &len),
                     TLSN_OK);
    tlsn_key_free(key);
    return len;
}

static void pkcs12_that_we_write_is_read_by_openssl(void **state)
{
    static const char *const schemes[] = { NULL, "aes-128", "aes-192", "3des", "scrypt",
                                           "pkcs12-3des", "pkcs12-rc2-40" };
    uint8_t der[FILE_MAX], room[FILE_MAX];
    size_t len;

    (void)state;
    if (!peer_there())
        skip();
    make_pair();
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        len = write_p12(schemes[i], NULL, i & 1 ? "a name" : NULL, der);
        peer_write("p12", der, len);
        assert_true(peer_openssl("pkcs12 -in p12 -passin pass:p\xc3\xa4ss -nodes -out all "
                                 "-provider legacy -provider default"));
        assert_true(peer_openssl("pkcs8 -topk8 -nocrypt -in all -outform DER -out again"));
        assert_true(tlsni_span_eq(file_span("again", der), file_span("key.der", room)));
        assert_true(peer_openssl("x509 -in all -outform DER -out again"));
        assert_true(tlsni_span_eq(file_span("again", der), file_span("cert.der", room)));
        assert_false(peer_openssl("pkcs12 -in p12 -passin pass:pass -nodes -out all "
                                  "-provider legacy -provider default"));
    }
    REQ("7292:5.1/1");
    REQ("7292:B/1");
    REQ("8018:6/1");
}

/* PBMAC1 is younger than the openssl command of many machines. */
static void pkcs12_that_we_write_is_read_again(void **state)
{
    uint8_t der[FILE_MAX];

    (void)state;
    if (!peer_there())
        skip();
    make_pair();
    for (size_t i = 0; i < 3; i++) {
        size_t len = write_p12("aes-128", macs[i], "n\xc3\xa4me", der);
        struct tlsn_bundle_item key;
        tlsn_bundle *b = open_with(der, len, "p\xc3\xa4ss", TLSN_OK);

        assert_true(tlsn_bundle_authenticated(b));
        assert_true(tlsn_bundle_get(b, TLSN_BUNDLE_KEY, 0, &key));
        assert_string_equal(key.name, "n\xc3\xa4me");
        tlsn_bundle_free(b);
        assert_null(open_with(der, len, "pass", TLSN_ERR_PASSWORD));
        der[len / 2] ^= 1; /* in the middle of what the MAC covers */
        assert_null(open_with(der, len, "p\xc3\xa4ss", TLSN_ERR_PASSWORD));
    }
}

static void pkcs7_and_encrypted_keys_that_we_write_are_read_by_openssl(void **state)
{
    struct tlsn_seal seal = { .password = "secret", .password_len = 6, .iterations = 2000 };
    static const char *const schemes[] = { NULL, "aes-128", "3des", "scrypt", "pkcs12-3des" };
    uint8_t out[FILE_MAX], room[FILE_MAX], other[FILE_MAX];
    struct tlsn_span cert, text;
    char pem[FILE_MAX];
    tlsn_key *key;
    size_t len;

    (void)state;
    if (!peer_there())
        skip();
    make_pair();
    cert = file_span("cert.der", room);
    assert_int_equal(tlsn_pkcs7_write(&cert, 1, NULL, out, sizeof out, &len), TLSN_OK);
    peer_write("p7", out, len);
    assert_true(peer_openssl("pkcs7 -in p7 -inform DER -print_certs -out all"));
    assert_true(peer_openssl("x509 -in all -outform DER -out again"));
    assert_true(tlsni_span_eq(file_span("again", other), cert));
    text = file_span("key", other);
    assert_int_equal(tlsn_key_read(&key, text.data, text.len, NULL), TLSN_OK);
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        seal.scheme = schemes[i];
        assert_int_equal(tlsn_key_write_encrypted(key, &seal, pem, sizeof pem, &len), TLSN_OK);
        assert_int_equal(strlen(pem), len);
        peer_write("sealed", pem, len);
        assert_true(peer_openssl("pkcs8 -in sealed -passin pass:secret -topk8 -nocrypt -outform "
                                 "DER -out again"));
        assert_true(tlsni_span_eq(file_span("again", out), file_span("key.der", room)));
    }
    seal.scheme = "rot13";
    assert_int_equal(tlsn_key_write_encrypted(key, &seal, pem, sizeof pem, &len),
                     TLSN_ERR_UNKNOWN_KEYWORD);
    seal.scheme = NULL;
    seal.password = NULL;
    assert_int_equal(tlsn_key_write_encrypted(key, &seal, pem, sizeof pem, &len),
                     TLSN_ERR_ARGUMENT);
    tlsn_key_free(key);
}

/* ---- bounds, damage, memory ---- */

static void pkcs12_work_counts_for_the_whole_file(void **state)
{
    struct tlsn_unlock unlock = with("p\xc3\xa4ss");
    uint8_t der[FILE_MAX];
    tlsn_bundle *b;
    size_t len;

    (void)state;
    if (!peer_there())
        skip();
    make_pair();
    len = write_p12("aes-256", "pbmac1", NULL, der); /* MAC, certificates, key: 3000 rounds each */
    unlock.max_iterations = 8999;
    assert_int_equal(tlsn_bundle_read(&b, der, len, &unlock, NULL), TLSN_ERR_KEY_COST);
    assert_null(b);
    unlock.max_iterations = 9000;
    assert_int_equal(tlsn_bundle_read(&b, der, len, &unlock, NULL), TLSN_OK);
    tlsn_bundle_free(b);
}

/* Every bit of the files turned once, and every truncation: nothing breaks, and nothing is taken that
 * the MAC does not cover. */
static void pkcs12_damaged_anywhere_ends_well(void **state)
{
    struct vec_file *f = vec_open("tests/vectors/pkcs12.txt");
    struct tlsn_unlock unlock = with("secret");
    struct vec_block v = { 0 };
    tlsn_bundle *b;

    (void)state;
    assert_non_null(f);
    assert_true(vec_next(f, &v)); /* BER, 10000 rounds */
    unlock.max_iterations = 1; /* the first derivation ends it */
    for (size_t n = 0; n < vec_bytes(&v, "der").len; n++) {
        struct tlsn_span der = vec_bytes(&v, "der");
        uint8_t *copy = malloc(der.len);

        memcpy(copy, der.data, der.len);
        assert_int_not_equal(tlsn_bundle_read(&b, copy, n, &unlock, NULL), TLSN_OK);
        copy[n] ^= (uint8_t)(1u << n % 8);
        assert_int_not_equal(tlsn_bundle_read(&b, copy, der.len, &unlock, NULL), TLSN_OK);
        free(copy);
    }
    vec_block_clear(&v);
    vec_close(f);
}

static void pkcs12_memory_running_out_is_an_error(void **state)
{
    struct tlsn_unlock unlock = with("p\xc3\xa4ss");
    tlsn_status st = TLSN_ERR_NO_MEMORY;
    uint8_t der[FILE_MAX];
    size_t len;

    (void)state;
    if (!peer_there())
        skip();
    make_pair();
    len = write_p12("pkcs12-3des", NULL, NULL, der);
    for (size_t n = 1; st == TLSN_ERR_NO_MEMORY; n++) {
        struct test_env env;
        tlsn_bundle *b;

        test_env_init(&env, 1);
        env.fail_at = n;
        st = tlsn_bundle_read(&b, der, len, &unlock, &env.hooks);
        tlsn_bundle_free(b);
        assert_int_equal(env.live, 0);
    }
    assert_int_equal(st, TLSN_OK);
}

static void pkcs12_writing_without_memory_is_an_error(void **state)
{
    struct tlsn_seal seal = { .password = "x", .password_len = 1, .iterations = 1 };
    struct tlsn_span cert = { (const uint8_t *)"\x30\x00", 2 };
    tlsn_status st = TLSN_ERR_NO_MEMORY;
    uint8_t out[4096];
    struct test_env env;
    tlsn_key *key;
    size_t len;

    (void)state;
    test_env_init(&env, 1);
    assert_int_equal(tlsn_key_generate(&key, "ed25519", &env.hooks), TLSN_OK);
    for (size_t n = 1, live = env.live; st == TLSN_ERR_NO_MEMORY; n++) {
        env.allocs = 0;
        env.fail_at = n;
        st = tlsn_pkcs12_write(key, &cert, 1, "n", &seal, &env.hooks, out, sizeof out, &len);
        assert_int_equal(env.live, live);
    }
    env.fail_at = 0;
    assert_int_equal(st, TLSN_OK);
    tlsn_key_free(key);
}

/* ---- BER ---- */

static void check_ber(const char *ber, const char *der)
{
    uint8_t in[256], want[256];
    size_t len = vec_unhex(ber, in, sizeof in), want_len = der ? vec_unhex(der, want, 256) : 0;
    struct tlsni_buf out = { 0 };
    tlsn_status st = tlsni_ber_to_der(NULL, tlsni_span_make(in, len), &out);

    assert_int_equal(st, der ? TLSN_OK : TLSN_ERR_PEM);
    if (der) {
        assert_int_equal(tlsni_buf_len(&out), want_len);
        assert_memory_equal(tlsni_buf_data(&out), want, want_len);
    }
    tlsni_buf_free(NULL, &out);
}

/* X.690 8.1.3.6, 8.1.5, 8.7.3. */
static void ber_becomes_der(void **state)
{
    (void)state;
    check_ber("3000", "3000");
    check_ber("30800000", "3000");
    check_ber("308002010500000000" "0000", NULL); /* more behind it */
    check_ber("30800201050000", "3003020105");
    check_ber("3080308002010500000000", "30053003020105");
    check_ber("308103020105", "3003020105"); /* a length that is longer than needed */
    check_ber("24800401aa0402bbcc0000", "0403aabbcc");
    check_ber("2480248004010100000401020000", "04020102");
    check_ber("24070401aa0402bbcc", "0403aabbcc");
    check_ber("a08024800401aa00000000", "a0030401aa");
    check_ber("3080020105", NULL);   /* no end */
    check_ber("308002010500", NULL); /* half an end */
    check_ber("04800000", NULL);     /* primitive of indefinite length */
    check_ber("248002010500", NULL);
    check_ber("24800201050000", NULL); /* an INTEGER in a string */
    check_ber("30030201", NULL);
    check_ber("1f0100", NULL);
    check_ber("3085010000000000", NULL);
}

static void ber_nested_deeply_is_refused(void **state)
{
    uint8_t in[200];
    struct tlsni_buf out = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof in / 2; i++) {
        in[2 * i] = 0x30;
        in[2 * i + 1] = 0x80;
    }
    assert_int_equal(tlsni_ber_to_der(NULL, tlsni_span_make(in, sizeof in), &out), TLSN_ERR_PEM);
    tlsni_buf_free(NULL, &out);
}

static int clean(void **state)
{
    (void)state;
    peer_clean();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pkcs12_of_other_programs_is_read),
        cmocka_unit_test(pkcs12_bags_nest_and_unknown_ones_are_passed_over),
        cmocka_unit_test(pkcs12_pbmac1_keys_are_as_long_as_they_say_and_not_short),
        cmocka_unit_test(pkcs12_pbmac1_that_we_write_has_a_salt_for_old_readers),
        cmocka_unit_test(pkcs12_pbmac1_that_we_write_says_its_length),
        cmocka_unit_test(pkcs12_of_openssl_is_read),
        cmocka_unit_test(pkcs7_of_openssl_is_read),
        cmocka_unit_test(crls_of_a_bundle_are_kept),
        cmocka_unit_test(pem_with_everything_is_read),
        cmocka_unit_test(pkcs12_that_we_write_is_read_by_openssl),
        cmocka_unit_test(pkcs12_that_we_write_is_read_again),
        cmocka_unit_test(pkcs7_and_encrypted_keys_that_we_write_are_read_by_openssl),
        cmocka_unit_test(pkcs12_work_counts_for_the_whole_file),
        cmocka_unit_test(pkcs12_damaged_anywhere_ends_well),
        cmocka_unit_test(pkcs12_memory_running_out_is_an_error),
        cmocka_unit_test(pkcs12_writing_without_memory_is_an_error),
        cmocka_unit_test(ber_becomes_der),
        cmocka_unit_test(ber_nested_deeply_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, clean);
}
