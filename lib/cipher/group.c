/* group.c - the rows of the group table and the ways to find one.
 *
 * Strengths are those of RFC 7919 appendix A for finite fields, half the order for curves, those of the
 * AES key that names the category for ML-KEM. */
#include "cipher/group.h"

#include "cipher/group_kinds.h"
#include "cipher/mlkem.h"
#include "cipher/names.h"
#include "cipher/suite.h"

/* @rfc 7525:4.2.1/5, 7525:4.3/2, 9325:4.2.1/3, 9325:4.5/2, 9847:6/1, 9851:1/1, 9851:2/1
 * min_version, max_version: ECC came with the extensions of TLS (RFC 4492), finite-field groups by
 * name (RFC 7919) are found by their prime where there are none. */
#define TLS10 0x0301, 0x0304
#define OLD 0x0301, 0x0303 /* RFC 8446 4.2.7 has them no more */
#define TLS13 0x0304, 0x0304

#define EC_ROW(id, curve, class, bits, strength, versions, len, name, ossl, gtls, source)       \
    { id, TLSNI_GROUP_EC, TLSNI_CLASS_##class, bits, strength, versions, curve, len,            \
      1 + 2 * len, 1 + 2 * len, len, name, ossl, gtls, tlsni_group_ec_keygen,                   \
      tlsni_group_ec_derive, tlsni_group_pair_respond, source, NULL, false }
#define EC(id, bits, strength, len, name, ossl, gtls)                                           \
    EC_ROW(id, id, MODERN, bits, strength, TLS10, len, name, ossl, gtls, "RFC 8422")
#define EC_OLD(id, class, bits, strength, len, name, ossl, gtls, source)                        \
    EC_ROW(id, id, class, bits, strength, OLD, len, name, ossl, gtls, source)
#define MONTGOMERY(id, field, bits, strength, len, name, ossl, gtls)                            \
    { id, TLSNI_GROUP_MONTGOMERY, TLSNI_CLASS_MODERN, bits, strength, TLS10, 0, len, len, len,  \
      len, name, ossl, gtls, tlsni_group_##field##_keygen, tlsni_group_##field##_derive,        \
      tlsni_group_pair_respond, "RFC 8422", NULL, false }
#define FF(id, bits, strength, exponent_bits, name, gtls)                                       \
    { id, TLSNI_GROUP_FF, TLSNI_CLASS_DEFAULT, bits, strength, 0x0300, 0x0304, 0,               \
      (exponent_bits + 7) / 8, bits / 8, bits / 8, bits / 8, name, name, gtls,                  \
      tlsni_group_ff_keygen, tlsni_group_ff_derive, tlsni_group_pair_respond, "RFC 7919",   \
      NULL, false }
#define BRAINPOOL13(name, class, bits, strength, len)                                           \
    EC_ROW(TLSNI_GROUP_BRAINPOOLP##bits##R1TLS13, TLSNI_GROUP_BRAINPOOLP##bits##R1, class, bits, \
           strength, TLS13, len, name, name, name, "RFC 8734")

/* rank: 256 k. len: of the curve's secret, private value and public one. */
#define KEM_ROW(id, class, set, rank, strength, curve, private, public, len, first, name, gtls, source) \
    { id, TLSNI_GROUP_KEM, TLSNI_CLASS_##class, rank, strength, TLS13, curve,                   \
      3 * (rank) + 96 + (private), 3 * (rank) / 2 + 32 + (public),                              \
      TLSNI_MLKEM_##set##_CIPHERTEXT_LEN + (public), TLSNI_MLKEM_SHARED_LEN + (len), name, name, \
      gtls, tlsni_group_kem_keygen, tlsni_group_kem_derive, tlsni_group_kem_respond, source,    \
      &tlsni_mlkem_##set, first }
#define KEM(id, set, rank, strength, name, gtls)                                                \
    KEM_ROW(id, COMPAT, set, rank, strength, 0, 0, 0, 0, true, name, gtls, "draft-ietf-tls-mlkem")
#define HYBRID(id, set, rank, strength, curve, private, public, first, name, gtls)              \
    KEM_ROW(id, MODERN, set, rank, strength, TLSNI_GROUP_##curve, private, public, private, first, \
            name, gtls, "RFC 10024")

/* @rfc 8422:5.1.1/2, 7919:3/5, 7919:9.1/1
 * @rfc 8446:9.1/4, 8446:B.3.1.4/1 */
static const struct tlsni_group groups[] = {
    EC_OLD(TLSNI_GROUP_SECP192R1, LEGACY, 192, 96, 24, "secp192r1", "prime192v1",
           "GROUP-SECP192R1", "RFC 4492"),
    EC_OLD(TLSNI_GROUP_SECP224R1, COMPAT, 224, 112, 28, "secp224r1", "P-224", "GROUP-SECP224R1",
           "RFC 4492"),
    EC_OLD(TLSNI_GROUP_SECP256K1, COMPAT, 256, 128, 32, "secp256k1", "secp256k1",
           "secp256k1", "RFC 4492"),
    EC(TLSNI_GROUP_SECP256R1, 256, 128, 32, "secp256r1", "P-256", "GROUP-SECP256R1"),
    EC(TLSNI_GROUP_SECP384R1, 384, 192, 48, "secp384r1", "P-384", "GROUP-SECP384R1"),
    EC(TLSNI_GROUP_SECP521R1, 521, 260, 66, "secp521r1", "P-521", "GROUP-SECP521R1"),
    /* @rfc 7027:2/1, 7027:2/2 */
    EC_OLD(TLSNI_GROUP_BRAINPOOLP256R1, COMPAT, 256, 128, 32, "brainpoolP256r1",
           "brainpoolP256r1", "brainpoolP256r1", "RFC 7027"),
    EC_OLD(TLSNI_GROUP_BRAINPOOLP384R1, COMPAT, 384, 192, 48, "brainpoolP384r1",
           "brainpoolP384r1", "brainpoolP384r1", "RFC 7027"),
    EC_OLD(TLSNI_GROUP_BRAINPOOLP512R1, COMPAT, 512, 256, 64, "brainpoolP512r1",
           "brainpoolP512r1", "brainpoolP512r1", "RFC 7027"),
    MONTGOMERY(TLSNI_GROUP_X25519, x25519, 255, 126, 32, "x25519", "X25519", "GROUP-X25519"),
    MONTGOMERY(TLSNI_GROUP_X448, x448, 448, 223, 56, "x448", "X448", "GROUP-X448"),
    /* @rfc 8734:3/1, 8734:3/2, 8734:A/1 */
    BRAINPOOL13("brainpoolP256r1tls13", COMPAT, 256, 128, 32),
    BRAINPOOL13("brainpoolP384r1tls13", COMPAT, 384, 192, 48),
    BRAINPOOL13("brainpoolP512r1tls13", COMPAT, 512, 256, 64),
    FF(TLSNI_GROUP_FFDHE2048, 2048, 103, 225, "ffdhe2048", "GROUP-FFDHE2048"),
    FF(TLSNI_GROUP_FFDHE3072, 3072, 125, 275, "ffdhe3072", "GROUP-FFDHE3072"),
    FF(TLSNI_GROUP_FFDHE4096, 4096, 150, 325, "ffdhe4096", "GROUP-FFDHE4096"),
    FF(TLSNI_GROUP_FFDHE6144, 6144, 175, 375, "ffdhe6144", "GROUP-FFDHE6144"),
    FF(TLSNI_GROUP_FFDHE8192, 8192, 192, 400, "ffdhe8192", "GROUP-FFDHE8192"),
    KEM(TLSNI_GROUP_MLKEM512, 512, 512, 128, "MLKEM512", "GROUP-MLKEM512"),
    KEM(TLSNI_GROUP_MLKEM768, 768, 768, 192, "MLKEM768", "GROUP-MLKEM768"),
    KEM(TLSNI_GROUP_MLKEM1024, 1024, 1024, 256, "MLKEM1024", "GROUP-MLKEM1024"),
    /* The order of the parts follows the approved one first where there is one: not with X25519.
     * @rfc 9954:3.1/1, 10024:7.1/1, 10024:7.2/1, 10024:7.3/1 */
    HYBRID(TLSNI_GROUP_SECP256R1_MLKEM768, 768, 768, 192, SECP256R1, 32, 65, false,
           "SecP256r1MLKEM768", "GROUP-SECP256R1-MLKEM768"),
    HYBRID(TLSNI_GROUP_X25519_MLKEM768, 768, 768, 192, X25519, 32, 32, true, "X25519MLKEM768",
           "GROUP-X25519-MLKEM768"),
    HYBRID(TLSNI_GROUP_SECP384R1_MLKEM1024, 1024, 1024, 256, SECP384R1, 48, 97, false,
           "SecP384r1MLKEM1024", "GROUP-SECP384R1-MLKEM1024"),
};

enum { GROUP_COUNT = sizeof groups / sizeof groups[0] };

static const uint16_t preference[] = {
    TLSNI_GROUP_X25519_MLKEM768, TLSNI_GROUP_SECP256R1_MLKEM768, TLSNI_GROUP_SECP384R1_MLKEM1024,
    TLSNI_GROUP_X25519,    TLSNI_GROUP_SECP256R1, TLSNI_GROUP_X448,      TLSNI_GROUP_SECP384R1,
    TLSNI_GROUP_SECP521R1, TLSNI_GROUP_FFDHE2048, TLSNI_GROUP_FFDHE3072, TLSNI_GROUP_FFDHE4096,
    TLSNI_GROUP_FFDHE6144, TLSNI_GROUP_FFDHE8192,
    TLSNI_GROUP_BRAINPOOLP256R1, TLSNI_GROUP_BRAINPOOLP384R1, TLSNI_GROUP_BRAINPOOLP512R1,
    TLSNI_GROUP_BRAINPOOLP256R1TLS13, TLSNI_GROUP_BRAINPOOLP384R1TLS13,
    TLSNI_GROUP_BRAINPOOLP512R1TLS13,
    TLSNI_GROUP_MLKEM768, TLSNI_GROUP_MLKEM1024, TLSNI_GROUP_MLKEM512,
    TLSNI_GROUP_SECP256K1, TLSNI_GROUP_SECP224R1, TLSNI_GROUP_SECP192R1,
};

_Static_assert(sizeof preference / sizeof preference[0] == GROUP_COUNT, "one preference a row");

const struct tlsni_group *tlsni_group_rows(size_t *count)
{
    *count = GROUP_COUNT;
    return groups;
}

/* National curves (34 to 41) are not among them. @rfc 8998:2/2, 9367:5/1 */
const struct tlsni_group *tlsni_group_find(uint16_t id)
{
    for (size_t i = 0; i < GROUP_COUNT; i++)
        if (groups[i].id == id)
            return &groups[i];
    return NULL;
}

const struct tlsni_group *tlsni_group_by_name(const char *name, size_t len)
{
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        const struct tlsni_group *g = &groups[i];
        if (tlsni_name_eq(g->name, name, len) || tlsni_name_eq(g->openssl, name, len) ||
            tlsni_name_eq(g->gnutls, name, len))
            return g;
    }
    return NULL;
}

const uint16_t *tlsni_group_preference(size_t *count)
{
    *count = GROUP_COUNT;
    return preference;
}
