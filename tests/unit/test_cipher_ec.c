#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/group.h"
#include "cipher/nonce.h"
#include "cipher/pk.h"
#include "req.h"
#include "support_env.h"
#include "support_vectors.h"

#include <string.h>

/* ---- RFC 6979 A.2.5 to A.2.7, message "sample" ---- */

static const struct published {
    uint16_t group;
    uint8_t hash;
    const char *x, *ux, *uy, *k, *r, *s;
} published[] = {
    { TLSNI_GROUP_SECP256R1, TLSNI_HASH_SHA256,
      "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
      "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
      "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
      "a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60",
      "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
      "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8" },
    { TLSNI_GROUP_SECP384R1, TLSNI_HASH_SHA384,
      "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8"
      "96d5724e4c70a825f872c9ea60d2edf5",
      "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64"
      "def8f0ea9055866064a254515480bc13",
      "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1"
      "288b231c3ae0d4fe7344fd2533264720",
      "94ed910d1a099dad3254e9242ae85abde4ba15168eaf0ca87a555fd56d10fbca"
      "2907e3e83ba95368623b8c4686915cf9",
      "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
      "81a648152e44acf96e36dd1e80fabe46",
      "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"
      "a329c145786e679e7b82c71a38628ac8" },
    { TLSNI_GROUP_SECP521R1, TLSNI_HASH_SHA512,
      "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75"
      "caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b8"
      "3538",
      "01894550d0785932e00eaa23b694f213f8c3121f86dc97a04e5a7167db4e5bcd"
      "371123d46e45db6b5d5370a7f20fb633155d38ffa16d2bd761dcac474b9a2f50"
      "23a4",
      "00493101c962cd4d2fddf782285e64584139c2f91b47f87ff82354d6630f746a"
      "28a0db25741b5b34a828008b22acc23f924faafbd4d33f81ea66956dfeaa2bfd"
      "fcf5",
      "01dae2ea071f8110dc26882d4d5eae0621a3256fc8847fb9022e2b7d28e6f101"
      "98b1574fdd03a9053c08a1854a168aa5a57470ec97dd5ce090124ef52a2f7ecb"
      "ffd3",
      "00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f"
      "174e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e3"
      "77fa",
      "00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af"
      "282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4"
      "a67a" },
};

enum { PUBLISHED = sizeof published / sizeof published[0] };

static struct tlsni_privkey *key_of(const struct published *v)
{
    uint8_t x[66];
    struct tlsni_privkey *key;
    struct tlsn_span none = { NULL, 0 };

    assert_int_equal(tlsni_privkey_new_ec(&key, NULL, v->group,
                                          tlsni_span_make(x, vec_unhex(v->x, x, sizeof x)), none),
                     TLSN_OK);
    return key;
}

static struct tlsni_sig_params params_of(const struct published *v)
{
    struct tlsni_sig_params p = { TLSNI_KEY_EC, v->hash, TLSNI_PAD_NONE, 0, 0 };
    return p;
}

static void put_integer(struct tlsni_wr *w, const uint8_t *x, size_t len)
{
    while (len > 1 && !x[0]) {
        x++;
        len--;
    }
    tlsni_wr_u8(w, 2);
    tlsni_wr_u8(w, (uint32_t)len + (x[0] >> 7));
    if (x[0] >> 7)
        tlsni_wr_u8(w, 0);
    tlsni_wr_put(w, x, len);
}

/* SEQUENCE { r, s } */
static size_t der_of(const struct published *v, uint8_t *out)
{
    uint8_t r[66], s[66], body[150];
    size_t len = vec_unhex(v->r, r, sizeof r);
    struct tlsni_wr b = tlsni_wr_make(body, sizeof body), w = tlsni_wr_make(out, 160);

    (void)vec_unhex(v->s, s, sizeof s);
    put_integer(&b, r, len);
    put_integer(&b, s, len);
    tlsni_wr_u8(&w, 0x30);
    if (b.len > 0x7f)
        tlsni_wr_u8(&w, 0x81);
    tlsni_wr_u8(&w, (uint32_t)b.len);
    tlsni_wr_put(&w, body, b.len);
    return w.len;
}

static const struct tlsn_span sample = { (const uint8_t *)"sample", 6 };

static void ecdsa_signature_with_the_published_nonce_is_the_published_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < PUBLISHED; i++) {
        const struct published *v = &published[i];
        const struct tlsni_ec *ec = tlsni_ec_find(v->group);
        const struct tlsni_hash *hash = tlsni_hash_find((enum tlsni_hash_id)v->hash);
        const char *const given[] = { v->x, v->k, v->r, v->s };
        mp_limb_t n[4][TLSNI_EC_LIMBS_MAX], r[TLSNI_EC_LIMBS_MAX], s[TLSNI_EC_LIMBS_MAX];
        uint8_t digest[TLSNI_HASH_LEN_MAX], bytes[66];

        for (size_t k = 0; k < 4; k++) {
            assert_int_equal(vec_unhex(given[k], bytes, sizeof bytes), ec->len);
            tlsni_limbs_get(n[k], tlsni_ec_limbs(ec), bytes, ec->len);
        }
        tlsni_hash_once(hash, sample.data, sample.len, digest);
        assert_int_equal(ec->kernel->sign(ec, NULL, r, s, n[0], n[1], digest, hash->len), TLSN_OK);
        assert_memory_equal(r, n[2], tlsni_ec_limbs(ec) * sizeof *r);
        assert_memory_equal(s, n[3], tlsni_ec_limbs(ec) * sizeof *s);
    }
    REQ("8422:5.4/9");
    REQ("8422:5.10/6");
}

static void ecdsa_published_signature_verifies(void **state)
{
    (void)state;
    for (size_t i = 0; i < PUBLISHED; i++) {
        struct tlsni_privkey *key = key_of(&published[i]);
        struct tlsni_sig_params params = params_of(&published[i]);
        uint8_t sig[160];
        size_t len = der_of(&published[i], sig);

        assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &params, sample,
                                             tlsni_span_make(sig, len)), TLSN_OK);
        tlsni_privkey_free(key);
    }
}

static void ec_public_point_follows_from_the_scalar(void **state)
{
    (void)state;
    for (size_t i = 0; i < PUBLISHED; i++) {
        const struct published *v = &published[i];
        struct tlsni_privkey *key = key_of(v), *again;
        uint8_t point[133] = { 4 };
        size_t len = vec_unhex(v->ux, point + 1, 66);
        struct tlsn_span have = tlsni_pubkey_point(tlsni_privkey_public(key));

        len += vec_unhex(v->uy, point + 1 + len, 66);
        assert_true(tlsni_span_eq(have, tlsni_span_make(point, 1 + len)));
        assert_int_equal(tlsni_pubkey_group(tlsni_privkey_public(key)), v->group);
        assert_int_equal(tlsni_privkey_new_ec(&again, NULL, v->group, tlsni_privkey_scalar(key),
                                              have), TLSN_OK);
        assert_true(tlsni_pubkey_equal(tlsni_privkey_public(key), tlsni_privkey_public(again)));
        tlsni_privkey_free(again);
        point[len] ^= 1;
        assert_int_equal(tlsni_privkey_new_ec(&again, NULL, v->group, tlsni_privkey_scalar(key),
                                              tlsni_span_make(point, 1 + len)), TLSN_ERR_KEY);
        assert_null(again);
        tlsni_privkey_free(key);
    }
}

/* ---- damaged signatures ---- */

static tlsn_status verify(const struct tlsni_privkey *key, const uint8_t *der, size_t len)
{
    struct tlsni_sig_params params = params_of(&published[0]);

    return tlsni_pubkey_verify(tlsni_privkey_public(key), &params, sample,
                               tlsni_span_make(der, len));
}

static void ecdsa_signature_damaged_anywhere_is_refused(void **state)
{
    struct tlsni_privkey *key = key_of(&published[0]);
    uint8_t der[160];
    size_t len = der_of(&published[0], der);

    (void)state;
    assert_int_equal(verify(key, der, len), TLSN_OK);
    for (size_t n = 0; n < len; n++)
        assert_int_equal(verify(key, der, n), TLSN_ERR_DECRYPT_ERROR);
    der[len] = 0;
    assert_int_equal(verify(key, der, len + 1), TLSN_ERR_DECRYPT_ERROR);
    for (size_t at = 0; at < len; at++) {
        der[at] ^= 0x40;
        assert_int_equal(verify(key, der, len), TLSN_ERR_DECRYPT_ERROR);
        der[at] ^= 0x40;
    }
    tlsni_privkey_free(key);
}

/* The same numbers in BER: long length, leading zero, negative; and numbers out of range. */
static void ecdsa_signature_in_another_encoding_is_refused(void **state)
{
    static const char *const bad[] = {
        "3006020100020100",                       /* 0, 0 */
        "3006020101020100",                       /* s = 0 */
        "3006020100020101",                       /* r = 0 */
        "3000", "30020200", "300402000200",       /* empty */
        "3008020101020101" "0500",                /* something behind */
        "30800201010201010000",                   /* indefinite */
        "3106020101020101", "3006030101020101",   /* wrong tags */
        "300602017f0201ff",                       /* negative */
        "30260201010221" "00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    };
    struct tlsni_privkey *key = key_of(&published[0]);
    uint8_t der[160], ber[170];
    size_t len = der_of(&published[0], der);

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(verify(key, ber, vec_unhex(bad[i], ber, sizeof ber)),
                         TLSN_ERR_DECRYPT_ERROR);
    ber[0] = 0x30; /* a length octet too many */
    ber[1] = 0x81;
    memcpy(ber + 2, der + 1, len - 1);
    assert_int_equal(verify(key, ber, len + 1), TLSN_ERR_DECRYPT_ERROR);
    memcpy(ber, der, 4); /* a zero too many in r */
    ber[1]++;
    ber[3]++;
    ber[4] = 0;
    memcpy(ber + 5, der + 4, len - 4);
    assert_int_equal(verify(key, ber, len + 1), TLSN_ERR_DECRYPT_ERROR);
    memcpy(ber, der, len); /* r without its sign octet */
    ber[1]--;
    ber[3]--;
    memmove(ber + 4, ber + 5, len - 5);
    assert_int_equal(verify(key, ber, len - 1), TLSN_ERR_DECRYPT_ERROR);
    tlsni_privkey_free(key);
}

/* ---- u1 G = u2 Q ---- */

/* A signature made for the purpose: R = 2 G, r = x(R), s = z, so that u1 = 1; and the key z / r, so
 * that u2 Q = (r / s) (z / r) G = G as well. Computed with Python from FIPS 186-4 D.1.2.3. */
static void ecdsa_signature_whose_sum_is_a_doubling_verifies(void **state)
{
    static const char sig[] =
        "304502207cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc"
        "47669978022100af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562"
        "113d8a62add1bf";
    static const char scalar[] = "2a540bc47b5bc4e24af6d43fdac7920ef2e0af70e3324a483688c93f20125662";
    struct tlsni_sig_params params = params_of(&published[0]);
    struct tlsn_span none = { NULL, 0 };
    struct tlsni_privkey *key;
    uint8_t x[32], der[80];
    size_t len = vec_unhex(sig, der, sizeof der);

    (void)state;
    (void)vec_unhex(scalar, x, sizeof x);
    assert_int_equal(tlsni_privkey_new_ec(&key, NULL, TLSNI_GROUP_SECP256R1,
                                          tlsni_span_make(x, 32), none), TLSN_OK);
    assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &params, sample,
                                         tlsni_span_make(der, len)), TLSN_OK);
    der[20] ^= 1;
    assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &params, sample,
                                         tlsni_span_make(der, len)), TLSN_ERR_DECRYPT_ERROR);
    tlsni_privkey_free(key);
}

/* ---- nonces and keys ---- */

/* Key, and the first two nonces for "sample", by python-ecdsa 0.19 (rfc6979.generate_k); those without random
 * bytes stand in RFC 6979 A.2 too. Every third candidate is too large for brainpoolP256r1. */
static const struct nonces {
    uint16_t group;
    uint8_t hash;
    size_t random;
    const char *key, *first, *second;
} nonces[] = {
    { TLSNI_GROUP_SECP256R1, TLSNI_HASH_SHA256, 0,
      "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
      "a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60",
      "8e83dc490bc5fc4d5992bd63cd87f254adffcb930f8a8011702a88870f638fdb" },
    { TLSNI_GROUP_SECP256R1, TLSNI_HASH_SHA256, 32,
      "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
      "e7eb519fdfdf2373299ac1322cff7b26e78d5041e24740b2e2ecd18d01b56ebf",
      "d80c774ba9abb2e3d3bc03a40b30edb18b718fdad0764a4fa7a6ed91976d89a1" },
    { TLSNI_GROUP_SECP256R1, TLSNI_HASH_SHA512, 0,
      "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
      "5fa81c63109badb88c1f367b47da606da28cad69aa22c4fe6ad7df73a7173aa5",
      "93a91fa90cbea561665d37f94431ca1a40a817981ae7181d2194f44a1168e19b" },
    { TLSNI_GROUP_SECP256R1, TLSNI_HASH_SHA512, 32,
      "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
      "b99c0c49d5df9fb28ec72c029636116d8b93e1ce39635eda39498a1e4862ff39",
      "b58c564596ca7ed86bd64ef75088e0bdb4050f52c3e5b4431b97b8da1c95235f" },
    { TLSNI_GROUP_SECP384R1, TLSNI_HASH_SHA256, 0,
      "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8"
      "96d5724e4c70a825f872c9ea60d2edf5",
      "180ae9f9aec5438a44bc159a1fcb277c7be54fa20e7cf404b490650a8acc414e"
      "375572342863c899f9f2edf9747a9b60",
      "241bd74f1c179a78a711d90e71fb198b5f9332adb1a0f11dcbb08fa2030279ef"
      "72cced0eaad4c723d20f75de4d69430a" },
    { TLSNI_GROUP_SECP384R1, TLSNI_HASH_SHA256, 32,
      "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8"
      "96d5724e4c70a825f872c9ea60d2edf5",
      "98c00c41db1b7ffd5efc6d78ac28d2d397644264d67fc3263f51678f2abb8960"
      "af9609d790b47104704119b2bdaf9e87",
      "1ebe9700e1f5125786ed7256c9a123a899f28b9767bc5877309216b05cf6f574"
      "63c6e00f424f144a5611ec0e2ee07d80" },
    { TLSNI_GROUP_SECP521R1, TLSNI_HASH_SHA512, 0,
      "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75"
      "caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b8"
      "3538",
      "01dae2ea071f8110dc26882d4d5eae0621a3256fc8847fb9022e2b7d28e6f101"
      "98b1574fdd03a9053c08a1854a168aa5a57470ec97dd5ce090124ef52a2f7ecb"
      "ffd3",
      "012e8f93e03c781160333e8d65d1302f85be60585af78b9966cddf8feed6be79"
      "2f6d2743409b0fcb178d07a104fd01027cc124f892d7ce47e6bfa0d38469c870"
      "b286" },
    { TLSNI_GROUP_SECP521R1, TLSNI_HASH_SHA512, 32,
      "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75"
      "caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b8"
      "3538",
      "01d3c70254ecd117d2a9092316177b20749c0e48aedb828b56a1251304355309"
      "930fbc3618fb24b12b9b2d88ea88d562c2325e698b1b34bcbf4fad72f0cd486a"
      "8538",
      "012e283627e06e6343005bfd110fb05f928898948d32abfc71669dd769bb9e48"
      "ae4fa265bb338bf1ffcef7fea45e40e02ce98f3c702e74a67d4bdf67ecde81d8"
      "3d39" },
    { TLSNI_GROUP_SECP521R1, TLSNI_HASH_SHA1, 0,
      "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75"
      "caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b8"
      "3538",
      "0089c071b419e1c2820962321787258469511958e80582e95d8378e0c2ccdb3c"
      "b42bede42f50e3fa3c71f5a76724281d31d9c89f0f91fc1be4918db1c03a5838"
      "d0f9",
      "000ee5da75ad9b18b10fd622b1656c0f61e8655e73020cdf8357efc7c0b0cb36"
      "8c841fdcbd23c070586ca02b599248d2f6cf89e6b84745b16344592b7b6b232a"
      "f4bc" },
    { TLSNI_GROUP_SECP521R1, TLSNI_HASH_SHA1, 32,
      "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75"
      "caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b8"
      "3538",
      "0097170bed21bd81b2775abecfcab3aaadaae2185240314ffcc78dfd07ba0233"
      "8be95f3841b1bb1f8cd9f91911f132ec4de29815973f92e030ccdd115b165eab"
      "54ac",
      "009e7fa1bf46ccc7bc9ccb65589a107c7ed89baa888729eea218e35613a73c7b"
      "c695f304d8332e8135cc4ce08f941b892f7978041809872947fbcd462a19d605"
      "4122" },
    { TLSNI_GROUP_BRAINPOOLP256R1, TLSNI_HASH_SHA256, 0,
      "041eb8b1e2bc681bce8e39963b2e9fc415b05283313dd1a8bcc055f11ae49699",
      "593fa1e0d5bae0acdaa5acc3b84a9478c10e60fdac59dda04d4191c49d298385",
      "0f4186fe332e349446d30c22f5bde1583c0e354f5edfcdabc90c1214a389df5a" },
    { TLSNI_GROUP_BRAINPOOLP256R1, TLSNI_HASH_SHA256, 32,
      "041eb8b1e2bc681bce8e39963b2e9fc415b05283313dd1a8bcc055f11ae49699",
      "0a9e677fc0484b43462837acfa3423c2b1c289ed0db076536e6faef709dab9a0",
      "46b88e2b704ad8fa7ec626dd543cbadde7004ebf769b22c476bbf5956fa3173f" },
};

static void nonces_are_those_of_another_implementation(void **state)
{
    uint8_t key[66], random[32], expected[66], digest[TLSNI_HASH_LEN_MAX], got[66];

    (void)state;
    for (size_t i = 0; i < sizeof random; i++)
        random[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof nonces / sizeof *nonces; i++) {
        const struct nonces *v = &nonces[i];
        const struct tlsni_ec *ec = tlsni_ec_find(v->group);
        const struct tlsni_hash *hash = tlsni_hash_find((enum tlsni_hash_id)v->hash);
        mp_limb_t k[TLSNI_EC_LIMBS_MAX];
        struct tlsni_nonce x;

        assert_int_equal(vec_unhex(v->key, key, sizeof key), ec->len);
        tlsni_hash_once(hash, sample.data, sample.len, digest);
        tlsni_nonce_begin(&x, ec, hash, key, digest, tlsni_span_make(random, v->random));
        for (int n = 0; n < 2; n++) {
            assert_int_equal(vec_unhex(n ? v->second : v->first, expected, sizeof expected), ec->len);
            assert_int_equal(tlsni_nonce_next(&x, ec, k), TLSN_OK);
            tlsni_limbs_put(got, ec->len, k, tlsni_ec_limbs(ec));
            assert_memory_equal(got, expected, ec->len);
        }
    }
}

/* r of a signature with P-256 begins behind 30 len 02 len. */
static void ecdsa_nonces_differ_though_the_random_source_repeats(void **state)
{
    static const struct tlsn_span messages[] = { { (const uint8_t *)"sample", 6 },
                                                 { (const uint8_t *)"simple", 6 } };
    struct tlsni_privkey *key = key_of(&published[0]);
    struct tlsni_sig_params params = params_of(&published[0]);
    uint8_t sig[3][TLSNI_SIGNATURE_MAX];
    size_t len[3];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct test_env env;

        test_env_init(&env, 21);
        assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &params, messages[i / 2], sig[i],
                                            &len[i]), TLSN_OK);
    }
    assert_int_equal(len[0], len[1]);
    assert_memory_equal(sig[0], sig[1], len[0]);
    assert_memory_not_equal(sig[0] + 5, sig[2] + 5, 30);
    tlsni_privkey_free(key);
    REQ("9325:4.2/4");
}

static void ecdsa_two_signatures_have_two_nonces(void **state)
{
    struct tlsni_privkey *key = key_of(&published[0]);
    struct tlsni_sig_params params = params_of(&published[0]);
    uint8_t a[TLSNI_SIGNATURE_MAX], b[TLSNI_SIGNATURE_MAX];
    struct test_env env;
    size_t len;

    (void)state;
    test_env_init(&env, 21);
    assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &params, sample, a, &len), TLSN_OK);
    assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &params, sample, b, &len), TLSN_OK);
    assert_memory_not_equal(a + 5, b + 5, 30);
    assert_int_equal(env.allocs, 0);
    env.random_fails = true;
    assert_int_equal(tlsni_privkey_sign(key, &env.hooks, &params, sample, b, &len),
                     TLSN_ERR_RANDOM);
    tlsni_privkey_free(key);
}

static void ec_scalar_out_of_range_is_refused(void **state)
{
    static const char *const bad[] = {
        "", "00", "0000000000000000000000000000000000000000000000000000000000000000",
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552",
        "010000000000000000000000000000000000000000000000000000000000000001",
    };
    static const char *const good[] = {
        "01", "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550",
        "00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550",
    };
    struct tlsn_span none = { NULL, 0 };
    struct tlsni_privkey *key;
    uint8_t x[40];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct tlsn_span s = { x, vec_unhex(bad[i], x, sizeof x) };
        assert_int_equal(tlsni_privkey_new_ec(&key, NULL, TLSNI_GROUP_SECP256R1, s, none),
                         TLSN_ERR_KEY);
        assert_null(key);
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct tlsn_span s = { x, vec_unhex(good[i], x, sizeof x) };
        assert_int_equal(tlsni_privkey_new_ec(&key, NULL, TLSNI_GROUP_SECP256R1, s, none),
                         TLSN_OK);
        assert_int_equal(tlsni_privkey_scalar(key).len, 32);
        tlsni_privkey_free(key);
    }
    assert_int_equal(tlsni_privkey_new_ec(&key, NULL, TLSNI_GROUP_X25519, tlsni_span_make(x, 32),
                                          none), TLSN_ERR_NOT_IMPLEMENTED);
}

static void ec_public_key_off_the_curve_is_refused(void **state)
{
    struct tlsni_privkey *key = key_of(&published[0]);
    struct tlsn_span point = tlsni_pubkey_point(tlsni_privkey_public(key));
    struct tlsni_pubkey *pub;
    uint8_t bad[65];

    (void)state;
    assert_int_equal(tlsni_pubkey_new_ec(&pub, NULL, TLSNI_GROUP_SECP256R1, point), TLSN_OK);
    assert_true(tlsni_pubkey_equal(pub, tlsni_privkey_public(key)));
    tlsni_pubkey_free(pub);
    memcpy(bad, point.data, 65);
    bad[64] ^= 1;
    assert_int_equal(tlsni_pubkey_new_ec(&pub, NULL, TLSNI_GROUP_SECP256R1,
                                         tlsni_span_make(bad, 65)), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsni_pubkey_new_ec(&pub, NULL, TLSNI_GROUP_SECP256R1,
                                         tlsni_span_make(bad, 64)), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsni_pubkey_new_ec(&pub, NULL, TLSNI_GROUP_SECP256R1,
                                         tlsni_span_make(bad, 0)), TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsni_pubkey_new_ec(&pub, NULL, TLSNI_GROUP_SECP384R1, point),
                     TLSN_ERR_ILLEGAL_PARAMETER);
    assert_int_equal(tlsni_pubkey_new_ec(&pub, NULL, 20, point), TLSN_ERR_NOT_IMPLEMENTED);
    assert_null(pub);
    tlsni_privkey_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ecdsa_signature_with_the_published_nonce_is_the_published_one),
        cmocka_unit_test(ecdsa_published_signature_verifies),
        cmocka_unit_test(ec_public_point_follows_from_the_scalar),
        cmocka_unit_test(ecdsa_signature_damaged_anywhere_is_refused),
        cmocka_unit_test(ecdsa_signature_in_another_encoding_is_refused),
        cmocka_unit_test(ecdsa_signature_whose_sum_is_a_doubling_verifies),
        cmocka_unit_test(nonces_are_those_of_another_implementation),
        cmocka_unit_test(ecdsa_nonces_differ_though_the_random_source_repeats),
        cmocka_unit_test(ecdsa_two_signatures_have_two_nonces),
        cmocka_unit_test(ec_scalar_out_of_range_is_refused),
        cmocka_unit_test(ec_public_key_off_the_curve_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
