/* wyche_kx.c - ECDH, X25519 and X448 against Wycheproof.
 *
 * The files with SubjectPublicKeyInfo are used as far as the key has the one header that TLS groups
 * have; other headers are a matter of the DER parser. */
#include "base/bytes.h"
#include "cipher/ec.h"
#include "cipher/group.h"
#include "wycheproof.h"

#include <string.h>

static const struct tlsni_group *group_of(const struct wyche_case *c)
{
    const char *curve = wyche_text(c, "curve");

    if (strcmp(curve, "curve25519") == 0)
        return tlsni_group_find(TLSNI_GROUP_X25519);
    if (strcmp(curve, "curve448") == 0)
        return tlsni_group_find(TLSNI_GROUP_X448);
    return tlsni_group_by_name(curve, strlen(curve));
}

static enum wyche_outcome derive(const struct wyche_case *c, const struct tlsni_group *g,
                                 struct tlsn_span private_key, struct tlsn_span peer)
{
    struct tlsn_span expected = wyche_bytes(c, "shared");
    uint8_t key[TLSNI_GROUP_PRIVATE_MAX] = { 0 }, out[TLSNI_GROUP_SHARED_MAX];

    while (private_key.len > g->private_len && private_key.data[0] == 0) {
        private_key.data++;
        private_key.len--;
    }
    if (private_key.len > g->private_len)
        return WYCHE_NOT_APPLICABLE;
    memcpy(key + (g->private_len - private_key.len), private_key.data, private_key.len);
    if (g->derive(g, NULL, key, peer.data, peer.len, out) != TLSN_OK)
        return WYCHE_REJECTED;
    return wyche_same(expected, out, g->shared_len) ? WYCHE_ACCEPTED : WYCHE_WRONG;
}

static enum wyche_outcome raw(const struct wyche_case *c)
{
    const struct tlsni_group *g = group_of(c);

    if (!g)
        return WYCHE_NOT_APPLICABLE;
    return derive(c, g, wyche_bytes(c, "private"), wyche_bytes(c, "public"));
}

/* What stands in front of the public key and of the private key in PKCS#8. */
static const struct {
    uint16_t group;
    const char *spki, *pkcs8;
} headers[] = {
    { TLSNI_GROUP_SECP256R1, "3059301306072a8648ce3d020106082a8648ce3d030107034200", "" },
    { TLSNI_GROUP_SECP384R1, "3076301006072a8648ce3d020106052b81040022036200", "" },
    { TLSNI_GROUP_SECP521R1, "30819b301006072a8648ce3d020106052b8104002303818600", "" },
    { TLSNI_GROUP_X25519, "302a300506032b656e032100", "302e020100300506032b656e04220420" },
    { TLSNI_GROUP_X448, "3042300506032b656f033900", "3046020100300506032b656f043a0438" },
};

/* Takes the header off; false when another is there. */
static bool behind(struct tlsn_span *s, const char *hex)
{
    uint8_t header[64];
    size_t len = vec_unhex(hex, header, sizeof header);

    if (s->len < len || memcmp(s->data, header, len) != 0)
        return false;
    s->data += len;
    s->len -= len;
    return true;
}

static enum wyche_outcome asn(const struct wyche_case *c)
{
    const struct tlsni_group *g = group_of(c);
    struct tlsn_span peer = wyche_bytes(c, "public"), key = wyche_bytes(c, "private");

    for (size_t i = 0; g && i < sizeof headers / sizeof headers[0]; i++)
        if (headers[i].group == g->id && behind(&peer, headers[i].spki) &&
            behind(&key, headers[i].pkcs8))
            return derive(c, g, key, peer);
    return WYCHE_NOT_APPLICABLE;
}

/* The constants of a curve. */
static enum wyche_outcome curve(const struct wyche_case *c)
{
    static const char *const keys[] = { "p", "a", "b", "n", "gx", "gy" };
    const char *name = wyche_text(c, "name");
    const struct tlsni_group *g = tlsni_group_by_name(name, strlen(name));
    const struct tlsni_ec *ec = g ? tlsni_ec_find(g->id) : NULL;

    if (!ec)
        return WYCHE_NOT_APPLICABLE;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const uint8_t *const ours[] = { ec->p, ec->a, ec->b, ec->n, ec->g,
                                        ec->g ? ec->g + ec->len : NULL };
        struct tlsn_span theirs = wyche_bytes(c, keys[i]);

        while (theirs.len > ec->len && theirs.data[0] == 0)
            theirs = tlsni_span_make(theirs.data + 1, theirs.len - 1);
        if (!ours[i])
            continue; /* known to Nettle */
        for (size_t at = 0; at < ec->len; at++) { /* theirs may be shorter */
            size_t zeros = ec->len - theirs.len;

            if (ours[i][at] != (at < zeros ? 0 : theirs.data[at - zeros]))
                return WYCHE_WRONG;
        }
    }
    return WYCHE_ACCEPTED;
}

const struct wyche_algorithm wyche_kx[] = {
    { "ec_prime_order_curves", curve, NULL },
    { "ecdh_secp224r1_ecpoint", raw, NULL },
    { "ecdh_secp256r1_ecpoint", raw, NULL },
    { "ecdh_secp384r1_ecpoint", raw, NULL },
    { "ecdh_secp521r1_ecpoint", raw, NULL },
    { "ecdh_*", asn, NULL },
    { "x25519", raw, NULL },
    { "x448", raw, NULL },
    { "x25519_asn", asn, NULL },
    { "x448_asn", asn, NULL },
    { NULL, NULL, NULL },
};
