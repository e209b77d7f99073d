/* wyche_mlkem.c - ML-KEM against Wycheproof: key pairs from seeds, both directions, refused inputs. */
#include "base/bytes.h"
#include "cipher/mlkem.h"
#include "wycheproof.h"

#include <string.h>

static const struct tlsni_mlkem *set_of(const struct wyche_case *c)
{
    static const struct tlsni_mlkem *const sets[] = { &tlsni_mlkem_512, &tlsni_mlkem_768,
                                                      &tlsni_mlkem_1024 };
    const char *name = wyche_text(c, "parameterSet");

    for (size_t i = 0; name && i < 3; i++)
        if (strcmp(sets[i]->name, name) == 0)
            return sets[i];
    return NULL;
}

struct keys {
    uint8_t private_key[TLSNI_MLKEM_PRIVATE_MAX], public_key[TLSNI_MLKEM_PUBLIC_MAX];
};

/* The pair of the case's seed; false for a seed of another length. */
static bool make(const struct tlsni_mlkem *p, const struct wyche_case *c, struct keys *k)
{
    struct tlsn_span seed = wyche_bytes(c, "seed");

    if (seed.len != TLSNI_MLKEM_SEED_LEN)
        return false;
    tlsni_mlkem_keygen(p, seed.data, k->private_key, k->public_key);
    return true;
}

static enum wyche_outcome keygen(const struct wyche_case *c)
{
    const struct tlsni_mlkem *p = set_of(c);
    struct keys k;

    if (!p)
        return WYCHE_NOT_APPLICABLE;
    if (!make(p, c, &k))
        return WYCHE_REJECTED;
    return wyche_same(wyche_bytes(c, "ek"), k.public_key, p->public_len) &&
                   wyche_same(wyche_bytes(c, "dk"), k.private_key, p->private_len)
               ? WYCHE_ACCEPTED
               : WYCHE_WRONG;
}

static enum wyche_outcome encapsulation(const struct wyche_case *c)
{
    const struct tlsni_mlkem *p = set_of(c);
    struct tlsn_span m = wyche_bytes(c, "m");
    uint8_t ciphertext[TLSNI_MLKEM_CIPHERTEXT_MAX], shared[TLSNI_MLKEM_SHARED_LEN];

    if (!p || m.len != TLSNI_MLKEM_RANDOM_LEN)
        return WYCHE_NOT_APPLICABLE;
    if (tlsni_mlkem_encapsulate(p, m.data, wyche_bytes(c, "ek"), ciphertext, shared) != TLSN_OK)
        return WYCHE_REJECTED;
    return wyche_same(wyche_bytes(c, "c"), ciphertext, p->ciphertext_len) &&
                   wyche_same(wyche_bytes(c, "K"), shared, sizeof shared)
               ? WYCHE_ACCEPTED
               : WYCHE_WRONG;
}

static enum wyche_outcome decapsulate(const struct tlsni_mlkem *p, const struct wyche_case *c,
                                      const uint8_t *private_key)
{
    uint8_t shared[TLSNI_MLKEM_SHARED_LEN];

    if (tlsni_mlkem_decapsulate(p, private_key, wyche_bytes(c, "c"), shared) != TLSN_OK)
        return WYCHE_REJECTED;
    return wyche_same(wyche_bytes(c, "K"), shared, sizeof shared) ? WYCHE_ACCEPTED : WYCHE_WRONG;
}

static enum wyche_outcome from_seed(const struct wyche_case *c)
{
    const struct tlsni_mlkem *p = set_of(c);
    struct tlsn_span ek = wyche_bytes(c, "ek");
    struct keys k;

    if (!p)
        return WYCHE_NOT_APPLICABLE;
    if (!make(p, c, &k))
        return WYCHE_REJECTED;
    if (ek.data && !wyche_same(ek, k.public_key, p->public_len))
        return WYCHE_WRONG;
    return decapsulate(p, c, k.private_key);
}

static enum wyche_outcome from_private(const struct wyche_case *c)
{
    const struct tlsni_mlkem *p = set_of(c);
    struct tlsn_span dk = wyche_bytes(c, "dk");

    if (!p)
        return WYCHE_NOT_APPLICABLE;
    if (tlsni_mlkem_check_private(p, dk) != TLSN_OK)
        return WYCHE_REJECTED;
    return decapsulate(p, c, dk.data);
}

const struct wyche_algorithm wyche_mlkem[] = {
    { "mlkem_512", from_seed, NULL },
    { "mlkem_768", from_seed, NULL },
    { "mlkem_1024", from_seed, NULL },
    { "mlkem_512_encaps", encapsulation, NULL },
    { "mlkem_768_encaps", encapsulation, NULL },
    { "mlkem_1024_encaps", encapsulation, NULL },
    { "mlkem_512_keygen_seed", keygen, NULL },
    { "mlkem_768_keygen_seed", keygen, NULL },
    { "mlkem_1024_keygen_seed", keygen, NULL },
    { "mlkem_512_semi_expanded_decaps", from_private, NULL },
    { "mlkem_768_semi_expanded_decaps", from_private, NULL },
    { "mlkem_1024_semi_expanded_decaps", from_private, NULL },
    { NULL, NULL, NULL },
};
