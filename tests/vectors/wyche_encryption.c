/* wyche_encryption.c - RSAES-PKCS1-v1_5 decryption against Wycheproof.
 *
 * The library decrypts nothing but premaster secrets of 48 bytes. So a valid case is checked on the
 * private-key operation's whole block, and an invalid one has to leave the premaster secret alone. */
#include "base/bytes.h"
#include "cipher/pk_impl.h"
#include "wycheproof.h"

#include <string.h>

static struct tlsni_rsa_parts parts_of(const struct wyche_case *c)
{
    struct tlsni_rsa_parts x = {
        .n = wyche_bytes(c, "privateKey.modulus"),
        .e = wyche_bytes(c, "privateKey.publicExponent"),
        .d = wyche_bytes(c, "privateKey.privateExponent"),
        .p = wyche_bytes(c, "privateKey.prime1"),
        .q = wyche_bytes(c, "privateKey.prime2"),
        .dp = wyche_bytes(c, "privateKey.exponent1"),
        .dq = wyche_bytes(c, "privateKey.exponent2"),
        .qinv = wyche_bytes(c, "privateKey.coefficient"),
    };
    return x;
}

/* 00 02, octets that are not 0, 00, msg */
static bool block_holds(const uint8_t *em, size_t len, struct tlsn_span msg)
{
    size_t at = 2;

    while (at < len && em[at])
        at++;
    return em[0] == 0 && em[1] == 2 && at >= 10 && at < len &&
           wyche_same(msg, em + at + 1, len - at - 1);
}

/* Does decryption change what stood there? Both versions that the plain text might begin with. */
static bool premaster_taken(const struct tlsni_privkey *key, struct tlsn_span ct, uint16_t version,
                            uint8_t out[48])
{
    uint8_t before[48];

    memset(before, 0x5a, sizeof before);
    memcpy(out, before, sizeof before);
    return tlsni_privkey_rsa_premaster(key, NULL, ct, version, out) != TLSN_OK ||
           memcmp(out, before, sizeof before) != 0;
}

static enum wyche_outcome decrypt(const struct wyche_case *c, const struct tlsni_privkey *key)
{
    struct tlsn_span ct = wyche_bytes(c, "ct"), msg = wyche_bytes(c, "msg");
    uint8_t em[TLSNI_RSA_BITS_MAX / 8], out[48];
    uint16_t version = (uint16_t)(msg.len == 48 ? msg.data[0] << 8 | msg.data[1] : 0x0303);
    bool taken = premaster_taken(key, ct, version, out);

    if (ct.len != tlsni_pubkey_modulus_len(tlsni_privkey_public(key)))
        return taken ? WYCHE_WRONG : WYCHE_REJECTED;
    if (tlsni_rsa_private(key, NULL, em, ct.data) != TLSN_OK)
        return WYCHE_WRONG;
    if (!block_holds(em, ct.len, msg))
        return taken ? WYCHE_WRONG : WYCHE_REJECTED;
    if (taken != (msg.len == 48) || (taken && !wyche_same(msg, out, sizeof out)))
        return WYCHE_WRONG;
    return WYCHE_ACCEPTED;
}

static enum wyche_outcome rsa_pkcs1(const struct wyche_case *c)
{
    struct tlsni_rsa_parts parts = parts_of(c);
    struct tlsni_privkey *key;
    enum wyche_outcome outcome;

    if (tlsni_privkey_new_rsa(&key, NULL, TLSNI_KEY_RSA, &parts) != TLSN_OK)
        return WYCHE_WRONG;
    outcome = decrypt(c, key);
    tlsni_privkey_free(key);
    return outcome;
}

const struct wyche_algorithm wyche_encryption[] = {
    { "rsa_pkcs1_2048", rsa_pkcs1, NULL },
    { "rsa_pkcs1_3072", rsa_pkcs1, NULL },
    { "rsa_pkcs1_4096", rsa_pkcs1, NULL },
    { NULL, NULL, NULL },
};
