/* sigalg.c - the rows of the signature scheme table.
 *
 * TLS 1.2 reads the number as a hash and a signature octet (RFC 5246 7.4.1.4.1), TLS 1.3 as one
 * scheme (RFC 8446 4.2.3). The curve is bound from TLS 1.3 on only; PKCS#1 v1.5, DSA, SHA-1 and
 * SHA-224 end with TLS 1.2 (RFC 8446 4.2.3), the first with SHA-1 and SHA-2 not in certificates; its
 * code points of RFC 9963 are for a client's CertificateVerify alone. Names without an entry of their
 * own in the registry of schemes follow its pattern. What class a row has keeps MD5 and SHA-1 out of
 * every list that was not asked for them by name or policy.
 * @rfc 9963:3/1, 9963:3/2, 9963:3/9, 9963:4/1, 8734:4/1
 * @rfc 9155:2/2, 9155:3/1, 9155:4/1, 9155:5/1, 9847:9/1, 8017:8/1, 8017:B.1/3 */
#include "cipher/sigalg.h"

#include "cipher/group.h"
#include "cipher/names.h"
#include "cipher/suite.h"

#define RSA(id, hash, class, cert, ossl, gtls, name, source)                                    \
    { id, TLSNI_KEY_RSA, TLSNI_HASH_##hash, TLSNI_PAD_PKCS1, TLSNI_CLASS_##class, 0, 0x0303,    \
      0x0303, cert, false, name, ossl, gtls, source }
#define RSA_LEGACY(id, hash, name)                                                              \
    { id, TLSNI_KEY_RSA, TLSNI_HASH_##hash, TLSNI_PAD_PKCS1, TLSNI_CLASS_LEGACY, 0, 0x0304,     \
      0x0304, 0, true, name, name, name, "RFC 9963" }
#define ECDSA_ROW(id, hash, class, group, first, last, cert, ossl, gtls, name, source)          \
    { id, TLSNI_KEY_EC, TLSNI_HASH_##hash, TLSNI_PAD_NONE, TLSNI_CLASS_##class, group, first,   \
      last, cert, false, name, ossl, gtls, source }
#define ECDSA(id, hash, group, ossl, gtls, name)                                                \
    ECDSA_ROW(id, hash, MODERN, group, 0x0303, 0x0304, 0x0304, ossl, gtls, name, "RFC 8446")
#define BRAINPOOL(id, hash, group, name)                                                        \
    ECDSA_ROW(id, hash, COMPAT, group, 0x0304, 0x0304, 0x0304, name, name, name, "RFC 8734")
#define DSA(id, hash, ossl, gtls, name)                                                         \
    { id, TLSNI_KEY_DSA, TLSNI_HASH_##hash, TLSNI_PAD_NONE, TLSNI_CLASS_LEGACY, 0, 0x0303,      \
      0x0303, 0x0303, false, name, ossl, gtls, "RFC 5246" }
#define PSS(id, key, hash, ossl, gtls, name)                                                    \
    { id, TLSNI_KEY_##key, TLSNI_HASH_##hash, TLSNI_PAD_PSS, TLSNI_CLASS_MODERN, 0, 0x0303,     \
      0x0304, 0x0304, false, name, ossl, gtls, "RFC 8446" }
#define EDDSA(id, key, gtls, name)                                                              \
    { id, TLSNI_KEY_##key, TLSNI_HASH_NONE, TLSNI_PAD_NONE, TLSNI_CLASS_MODERN, 0, 0x0303,      \
      0x0304, 0x0304, false, name, name, gtls, "RFC 8422" }

/* @rfc 8422:5.1.3/1, 8422:5.10/7, 8422:5.10/10
 * @rfc 8446:9.1/3 */
static const struct tlsni_sigalg sigalgs[] = {
    /* clang-format off */
    RSA(0x0101, MD5, RESEARCH, 0x0303,
        "RSA+MD5", "SIGN-RSA-MD5", "rsa_pkcs1_md5", "RFC 5246"),
    RSA(0x0201, SHA1, LEGACY, 0x0304,
        "RSA+SHA1", "SIGN-RSA-SHA1", "rsa_pkcs1_sha1", "RFC 8446"),
    DSA(0x0202, SHA1, "DSA+SHA1", "SIGN-DSA-SHA1", "dsa_sha1"),
    ECDSA_ROW(0x0203, SHA1, LEGACY, 0, 0x0303, 0x0303, 0x0304,
              "ECDSA+SHA1", "SIGN-ECDSA-SHA1", "ecdsa_sha1", "RFC 8446"),
    RSA(0x0301, SHA224, LEGACY, 0x0303,
        "RSA+SHA224", "SIGN-RSA-SHA224", "rsa_pkcs1_sha224", "RFC 5246"),
    DSA(0x0302, SHA224, "DSA+SHA224", "SIGN-DSA-SHA224", "dsa_sha224"),
    ECDSA_ROW(0x0303, SHA224, LEGACY, 0, 0x0303, 0x0303, 0x0303,
              "ECDSA+SHA224", "SIGN-ECDSA-SHA224", "ecdsa_sha224", "RFC 5246"),
    RSA(0x0401, SHA256, DEFAULT, 0x0304,
        "RSA+SHA256", "SIGN-RSA-SHA256", "rsa_pkcs1_sha256", "RFC 8446"),
    DSA(0x0402, SHA256, "DSA+SHA256", "SIGN-DSA-SHA256", "dsa_sha256"),
    ECDSA(0x0403, SHA256, TLSNI_GROUP_SECP256R1,
          "ECDSA+SHA256", "SIGN-ECDSA-SHA256", "ecdsa_secp256r1_sha256"),
    RSA_LEGACY(0x0420, SHA256, "rsa_pkcs1_sha256_legacy"),
    RSA(0x0501, SHA384, DEFAULT, 0x0304,
        "RSA+SHA384", "SIGN-RSA-SHA384", "rsa_pkcs1_sha384", "RFC 8446"),
    DSA(0x0502, SHA384, "DSA+SHA384", "SIGN-DSA-SHA384", "dsa_sha384"),
    ECDSA(0x0503, SHA384, TLSNI_GROUP_SECP384R1,
          "ECDSA+SHA384", "SIGN-ECDSA-SHA384", "ecdsa_secp384r1_sha384"),
    RSA_LEGACY(0x0520, SHA384, "rsa_pkcs1_sha384_legacy"),
    RSA(0x0601, SHA512, DEFAULT, 0x0304,
        "RSA+SHA512", "SIGN-RSA-SHA512", "rsa_pkcs1_sha512", "RFC 8446"),
    DSA(0x0602, SHA512, "DSA+SHA512", "SIGN-DSA-SHA512", "dsa_sha512"),
    ECDSA(0x0603, SHA512, TLSNI_GROUP_SECP521R1,
          "ECDSA+SHA512", "SIGN-ECDSA-SHA512", "ecdsa_secp521r1_sha512"),
    RSA_LEGACY(0x0620, SHA512, "rsa_pkcs1_sha512_legacy"),
    PSS(0x0804, RSA, SHA256,
        "RSA-PSS+SHA256", "SIGN-RSA-PSS-RSAE-SHA256", "rsa_pss_rsae_sha256"),
    PSS(0x0805, RSA, SHA384,
        "RSA-PSS+SHA384", "SIGN-RSA-PSS-RSAE-SHA384", "rsa_pss_rsae_sha384"),
    PSS(0x0806, RSA, SHA512,
        "RSA-PSS+SHA512", "SIGN-RSA-PSS-RSAE-SHA512", "rsa_pss_rsae_sha512"),
    EDDSA(0x0807, ED25519, "SIGN-EdDSA-Ed25519", "ed25519"),
    EDDSA(0x0808, ED448, "SIGN-EdDSA-Ed448", "ed448"),
    PSS(0x0809, RSA_PSS, SHA256,
        "rsa_pss_pss_sha256", "SIGN-RSA-PSS-SHA256", "rsa_pss_pss_sha256"),
    PSS(0x080a, RSA_PSS, SHA384,
        "rsa_pss_pss_sha384", "SIGN-RSA-PSS-SHA384", "rsa_pss_pss_sha384"),
    PSS(0x080b, RSA_PSS, SHA512,
        "rsa_pss_pss_sha512", "SIGN-RSA-PSS-SHA512", "rsa_pss_pss_sha512"),
    BRAINPOOL(0x081a, SHA256, TLSNI_GROUP_BRAINPOOLP256R1, "ecdsa_brainpoolP256r1tls13_sha256"),
    BRAINPOOL(0x081b, SHA384, TLSNI_GROUP_BRAINPOOLP384R1, "ecdsa_brainpoolP384r1tls13_sha384"),
    BRAINPOOL(0x081c, SHA512, TLSNI_GROUP_BRAINPOOLP512R1, "ecdsa_brainpoolP512r1tls13_sha512"),
    /* clang-format on */
};

enum { SIGALG_COUNT = sizeof sigalgs / sizeof sigalgs[0] };

static const uint16_t preference[] = {
    0x0403, 0x0807, 0x0503, 0x0603, 0x0808,                 /* elliptic curves */
    0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b,         /* RSA-PSS */
    0x0401, 0x0501, 0x0601,                                 /* RSA PKCS#1 v1.5 */
    0x081a, 0x081b, 0x081c,                                 /* Brainpool */
    0x0420, 0x0520, 0x0620,                                 /* PKCS#1 v1.5 in TLS 1.3 */
    0x0303, 0x0301,                                         /* weak hashes and DSA */
    0x0402, 0x0502, 0x0602, 0x0302, 0x0203, 0x0201, 0x0202,
    0x0101,
};

_Static_assert(sizeof preference / sizeof preference[0] == SIGALG_COUNT, "one preference a row");

const struct tlsni_sigalg *tlsni_sigalg_rows(size_t *count)
{
    *count = SIGALG_COUNT;
    return sigalgs;
}

const struct tlsni_sigalg *tlsni_sigalg_find(uint16_t id)
{
    size_t lo = 0, hi = SIGALG_COUNT;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (sigalgs[mid].id == id)
            return &sigalgs[mid];
        if (sigalgs[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

const struct tlsni_sigalg *tlsni_sigalg_by_name(const char *name, size_t len)
{
    for (size_t i = 0; i < SIGALG_COUNT; i++) {
        const struct tlsni_sigalg *s = &sigalgs[i];
        if (tlsni_name_eq(s->name, name, len) || tlsni_name_eq(s->openssl, name, len) ||
            tlsni_name_eq(s->gnutls, name, len))
            return s;
    }
    return NULL;
}

/* @rfc 4492:5.10/3 */
const struct tlsni_sigalg *tlsni_sigalg_unnamed(uint8_t key)
{
    static const struct tlsni_sigalg rsa = {
        TLSNI_SIGALG_RSA_MD5_SHA1, TLSNI_KEY_RSA, TLSNI_HASH_MD5_SHA1, TLSNI_PAD_PKCS1,
        TLSNI_CLASS_LEGACY, 0, 0x0300, 0x0302, 0x0302, false, "rsa_pkcs1_md5_sha1", "", "",
        "RFC 4346 4.7"
    };

    if (key == TLSNI_KEY_RSA)
        return &rsa;
    for (size_t i = 0; i < SIGALG_COUNT; i++)
        if (sigalgs[i].key == key && sigalgs[i].hash == TLSNI_HASH_SHA1)
            return &sigalgs[i];
    return NULL;
}

const struct tlsni_sigalg *tlsni_sigalg_unnamed_digest(uint8_t key)
{
    static const struct tlsni_sigalg rows[] = {
        { TLSNI_SIGALG_RSA_DIGEST, TLSNI_KEY_RSA, TLSNI_HASH_MD5_SHA1, TLSNI_PAD_DIGEST,
          TLSNI_CLASS_RESEARCH, 0, 0x0300, 0x0300, 0, false, "rsa_pkcs1_digest", "", "",
          "RFC 6101 5.6.8" },
        { TLSNI_SIGALG_DSA_DIGEST, TLSNI_KEY_DSA, TLSNI_HASH_SHA1, TLSNI_PAD_DIGEST,
          TLSNI_CLASS_RESEARCH, 0, 0x0300, 0x0300, 0, false, "dsa_digest", "", "",
          "RFC 6101 5.6.8" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].key == key)
            return &rows[i];
    return NULL;
}

const uint16_t *tlsni_sigalg_preference(size_t *count)
{
    *count = SIGALG_COUNT;
    return preference;
}

const char *tlsni_key_type_name(uint8_t type)
{
    static const char *const names[] = { "", "RSA", "RSA-PSS", "EC", "Ed25519", "Ed448",
                                         "DSA",    "DH" };

    return type < sizeof names / sizeof names[0] ? names[type] : "";
}

const char *tlsni_sigalg_name(uint16_t id)
{
    const struct tlsni_sigalg *s = tlsni_sigalg_find(id);

    return s ? s->name : "";
}

bool tlsni_sigalg_weak(uint16_t id)
{
    const struct tlsni_sigalg *s = tlsni_sigalg_find(id);

    return s && tlsni_hash_is_weak(s->hash);
}

const char *tlsni_signer_name(uint8_t key)
{
    static const char *const names[] = { "", "RSA", "RSA", "ECDSA", "EdDSA", "EdDSA", "DSS" };

    return key < sizeof names / sizeof names[0] ? names[key] : "";
}
