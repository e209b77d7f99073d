#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/group.h"
#include "cipher/pk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A living peer: `openssl pkeyutl` makes keys, signs what we verify and verifies what we sign. */

static char dir[64];

static int make_dir(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof dir, "/tmp/tlsn-pk-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    static const char *const names[] = { "pem", "key", "msg", "sig", "ct" };
    char path[96];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        (void)unlink(path);
    }
    return rmdir(dir);
}

static void write_file(const char *name, const void *data, size_t len)
{
    char path[96];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static size_t read_file(const char *name, void *data, size_t cap)
{
    char path[96];
    FILE *f;
    size_t len;

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "rb");
    if (!f)
        return 0;
    len = fread(data, 1, cap, f);
    (void)fclose(f);
    return len;
}

static bool openssl(const char *arguments)
{
    char command[512];

    (void)snprintf(command, sizeof command, "cd %s && openssl %s >/dev/null 2>&1", dir, arguments);
    return system(command) == 0;
}

/* ---- the PKCS#8 that openssl writes; sound by construction ---- */

static struct tlsni_rd element(struct tlsni_rd *r)
{
    size_t len;

    (void)tlsni_rd_u8(r);
    len = tlsni_rd_u8(r);
    if (len & 0x80)
        len = tlsni_rd_uint(r, len & 3);
    return tlsni_rd_span(tlsni_rd_bytes(r, len));
}

static struct tlsn_span contents(struct tlsni_rd *r)
{
    struct tlsni_rd e = element(r);

    return tlsni_rd_rest(&e);
}

static tlsn_status new_rsa(struct tlsni_privkey **key, enum tlsni_key_type type, struct tlsni_rd *r)
{
    struct tlsni_rd seq = element(r);
    struct tlsni_rsa_parts x;

    (void)element(&seq);
    x.n = contents(&seq);
    x.e = contents(&seq);
    x.d = contents(&seq);
    x.p = contents(&seq);
    x.q = contents(&seq);
    x.dp = contents(&seq);
    x.dq = contents(&seq);
    x.qinv = contents(&seq);
    return tlsni_privkey_new_rsa(key, NULL, type, &x);
}

static tlsn_status new_ec(struct tlsni_privkey **key, uint16_t group, struct tlsni_rd *r)
{
    struct tlsni_rd seq = element(r), bits;
    struct tlsn_span scalar, point;

    (void)element(&seq);
    scalar = contents(&seq);
    bits = element(&seq);
    bits = element(&bits);
    (void)tlsni_rd_u8(&bits);
    point = tlsni_rd_rest(&bits);
    assert_true(point.len > 48);
    return tlsni_privkey_new_ec(key, NULL, group, scalar, point);
}

static struct tlsni_privkey *load(enum tlsni_key_type type, uint16_t group)
{
    uint8_t der[8192];
    struct tlsni_rd top = tlsni_rd_make(der, read_file("key", der, sizeof der));
    struct tlsni_rd info = element(&top), octets;
    struct tlsni_privkey *key = NULL;
    tlsn_status st;

    (void)element(&info);
    (void)element(&info);
    octets = element(&info);
    if (type == TLSNI_KEY_EC)
        st = new_ec(&key, group, &octets);
    else if (type == TLSNI_KEY_RSA || type == TLSNI_KEY_RSA_PSS)
        st = new_rsa(&key, type, &octets);
    else
        st = tlsni_privkey_new_eddsa(&key, NULL, type, contents(&octets));
    assert_int_equal(st, TLSN_OK);
    return key;
}

/* ---- schemes ---- */

static const struct scheme {
    uint16_t id, group;
    const char *genpkey, *options;
} schemes[] = {
#define PSS "-pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest "
    { 0x0201, 0, "RSA -pkeyopt rsa_keygen_bits:1024", "-digest sha1" },
    { 0x0401, 0, "RSA -pkeyopt rsa_keygen_bits:1031", "-digest sha256" },
    { 0x0501, 0, "RSA -pkeyopt rsa_keygen_bits:2048", "-digest sha384" },
    { 0x0601, 0, "RSA -pkeyopt rsa_keygen_bits:3072", "-digest sha512" },
    { 0x0804, 0, "RSA -pkeyopt rsa_keygen_bits:2048", PSS "-digest sha256" },
    { 0x0805, 0, "RSA -pkeyopt rsa_keygen_bits:1025", PSS "-digest sha384" },
    { 0x080b, 0, "RSA-PSS -pkeyopt rsa_keygen_bits:2048", PSS "-digest sha512" },
    { 0x0403, TLSNI_GROUP_SECP256R1, "EC -pkeyopt ec_paramgen_curve:P-256", "-digest sha256" },
    { 0x0203, TLSNI_GROUP_SECP256R1, "EC -pkeyopt ec_paramgen_curve:P-256", "-digest sha1" },
    { 0x0603, TLSNI_GROUP_SECP256R1, "EC -pkeyopt ec_paramgen_curve:P-256", "-digest sha512" },
    { 0x0503, TLSNI_GROUP_SECP384R1, "EC -pkeyopt ec_paramgen_curve:P-384", "-digest sha384" },
    { 0x0603, TLSNI_GROUP_SECP521R1, "EC -pkeyopt ec_paramgen_curve:P-521", "-digest sha512" },
    { 0x0403, TLSNI_GROUP_SECP224R1, "EC -pkeyopt ec_paramgen_curve:secp224r1", "-digest sha256" },
    { 0x0503, TLSNI_GROUP_SECP192R1, "EC -pkeyopt ec_paramgen_curve:P-192", "-digest sha384" },
    { 0x0403, TLSNI_GROUP_SECP256K1, "EC -pkeyopt ec_paramgen_curve:secp256k1", "-digest sha256" },
    { 0x0203, TLSNI_GROUP_SECP256K1, "EC -pkeyopt ec_paramgen_curve:secp256k1", "-digest sha1" },
    { 0x0403, TLSNI_GROUP_BRAINPOOLP256R1, "EC -pkeyopt ec_paramgen_curve:brainpoolP256r1",
      "-digest sha256" },
    { 0x0503, TLSNI_GROUP_BRAINPOOLP384R1, "EC -pkeyopt ec_paramgen_curve:brainpoolP384r1",
      "-digest sha384" },
    { 0x0603, TLSNI_GROUP_BRAINPOOLP512R1, "EC -pkeyopt ec_paramgen_curve:brainpoolP512r1",
      "-digest sha512" },
    { 0x0603, TLSNI_GROUP_BRAINPOOLP256R1, "EC -pkeyopt ec_paramgen_curve:brainpoolP256r1",
      "-digest sha512" },
    { 0x0807, 0, "ED25519", "" },
    { 0x0808, 0, "ED448", "" },
};

static void round_trip(const struct scheme *s)
{
    const struct tlsni_sigalg *row = tlsni_sigalg_find(s->id);
    struct tlsni_sig_params params = tlsni_sigalg_params(row);
    char arguments[400];
    struct tlsni_privkey *key;
    uint8_t sig[TLSNI_SIGNATURE_MAX];
    struct tlsn_span msg = tlsni_span_make("message of some length", 22);
    size_t len;

    (void)snprintf(arguments, sizeof arguments, "genpkey -algorithm %s -out pem", s->genpkey);
    assert_true(openssl(arguments));
    assert_true(openssl("pkcs8 -topk8 -nocrypt -in pem -outform DER -out key"));
    key = load((enum tlsni_key_type)row->key, s->group);
    write_file("msg", msg.data, msg.len);

    (void)snprintf(arguments, sizeof arguments,
                   "pkeyutl -sign -rawin %s -keyform DER -inkey key -in msg -out sig", s->options);
    assert_true(openssl(arguments));
    len = read_file("sig", sig, sizeof sig);
    assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &params, msg,
                                         tlsni_span_make(sig, len)), TLSN_OK);

    assert_int_equal(tlsni_privkey_sign(key, NULL, &params, msg, sig, &len), TLSN_OK);
    write_file("sig", sig, len);
    (void)snprintf(arguments, sizeof arguments,
                   "pkeyutl -verify -rawin %s -keyform DER -inkey key -in msg -sigfile sig",
                   s->options);
    assert_true(openssl(arguments));
    tlsni_privkey_free(key);
}

static void need_openssl(void)
{
    if (!openssl("pkeyutl -help")) {
        print_message("# no openssl: skipped\n");
        skip();
    }
}

static void pk_signatures_go_both_ways_with_openssl(void **state)
{
    (void)state;
    need_openssl();
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        round_trip(&schemes[i]);
}

static void pk_premaster_goes_both_ways_with_openssl(void **state)
{
    struct tlsni_privkey *key;
    uint8_t pm[48] = { 3, 3, 1, 2, 3 }, out[48] = { 0 }, ct[256], back[64];

    (void)state;
    need_openssl();
    assert_true(openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out pem"));
    assert_true(openssl("pkcs8 -topk8 -nocrypt -in pem -outform DER -out key"));
    key = load(TLSNI_KEY_RSA, 0);
    write_file("msg", pm, sizeof pm);
    assert_true(openssl("pkeyutl -encrypt -keyform DER -inkey key -in msg -out ct"));
    assert_int_equal(read_file("ct", ct, sizeof ct), 256);
    assert_int_equal(tlsni_privkey_rsa_premaster(key, NULL, tlsni_span_make(ct, 256), 0x0303, out),
                     TLSN_OK);
    assert_memory_equal(out, pm, 48);
    assert_int_equal(tlsni_pubkey_rsa_encrypt(tlsni_privkey_public(key), NULL,
                                              tlsni_span_make(pm, 48), ct), TLSN_OK);
    write_file("ct", ct, 256);
    assert_true(openssl("pkeyutl -decrypt -keyform DER -inkey key -in ct -out msg"));
    assert_int_equal(read_file("msg", back, sizeof back), 48);
    assert_memory_equal(back, pm, 48);
    tlsni_privkey_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pk_signatures_go_both_ways_with_openssl),
        cmocka_unit_test(pk_premaster_goes_both_ways_with_openssl),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
