/* rsa_generate.c - fresh RSA keys for tools, tests and export suites, by Nettle.
 *
 * The search for primes is not side-channel silent; it runs once in a key's life and with nobody
 * measuring. All that is left of it in memory is wiped as far as GMP lets us reach. */
#include "cipher/rsa_generate.h"

#include <nettle/bignum.h>
#include <nettle/rsa.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "cipher/draw.h"

/* The number as `len` bytes at *at. */
static struct tlsn_span put(uint8_t **at, size_t len, const mpz_t x)
{
    struct tlsn_span s = { *at, len };

    nettle_mpz_get_str_256(len, *at, x);
    *at += len;
    return s;
}

static tlsn_status convert(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                           enum tlsni_key_type type, const struct rsa_public_key *pub,
                           const struct rsa_private_key *key)
{
    size_t len = pub->size, size = 8 * len;
    uint8_t *block = tlsni_alloc(env, size), *at = block;
    struct tlsni_rsa_parts parts;
    tlsn_status st;

    if (!block)
        return TLSN_ERR_NO_MEMORY;
    parts.n = put(&at, len, pub->n);
    parts.e = put(&at, len, pub->e);
    parts.d = put(&at, len, key->d);
    parts.p = put(&at, len, key->p);
    parts.q = put(&at, len, key->q);
    parts.dp = put(&at, len, key->a);
    parts.dq = put(&at, len, key->b);
    parts.qinv = put(&at, len, key->c);
    st = tlsni_privkey_new_rsa(out, env, type, &parts);
    tlsni_free_secret(env, block, size);
    return st;
}

static tlsn_status generate(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                            enum tlsni_key_type type, unsigned bits)
{
    struct tlsni_draw source = { env, TLSN_OK, 1 };
    struct rsa_public_key pub;
    struct rsa_private_key key;
    tlsn_status st = TLSN_ERR_INTERNAL;

    rsa_public_key_init(&pub);
    rsa_private_key_init(&key);
    mpz_set_ui(pub.e, 65537);
    if (rsa_generate_keypair(&pub, &key, &source, tlsni_draw, NULL, NULL, bits, 0))
        st = convert(out, env, type, &pub, &key);
    if (source.status != TLSN_OK) {
        tlsni_privkey_free(*out);
        *out = NULL;
        st = source.status;
    }
    tlsni_draw_wipe(key.d);
    tlsni_draw_wipe(key.p);
    tlsni_draw_wipe(key.q);
    tlsni_draw_wipe(key.a);
    tlsni_draw_wipe(key.b);
    tlsni_draw_wipe(key.c);
    rsa_private_key_clear(&key);
    rsa_public_key_clear(&pub);
    return st;
}

tlsn_status tlsni_rsa_generate(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                               enum tlsni_key_type type, unsigned bits)
{
    *out = NULL;
    return bits < 2048 || bits > 8192 ? TLSN_ERR_ARGUMENT : generate(out, env, type, bits);
}

tlsn_status tlsni_privkey_generate_export(struct tlsni_privkey **out, const struct tlsn_hooks *env,
                                          unsigned bits)
{
    *out = NULL;
    return bits < 512 || bits > 1024 ? TLSN_ERR_ARGUMENT
                                     : generate(out, env, TLSNI_KEY_RSA, bits);
}
