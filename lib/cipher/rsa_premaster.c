/* rsa_premaster.c - decryption of a TLS premaster secret (RFC 5246 7.4.7.1).
 *
 * Whether the padding was right must not show in anything: neither time nor status nor access
 * pattern (Bleichenbacher 1998, ROBOT 2018). Since the plain text has 48 bytes and nothing else,
 * the separator has one place to be, and the check is a handful of fixed comparisons. */
#include "base/bytes.h"
#include "cipher/pk_impl.h"

enum { PREMASTER_LEN = 48 };

/* All ones if em is 00 02, at least eight octets that are not 0, 00, version, 46 octets.
 * @rfc 5246:7.4.7.1/3, 5246:7.4.7.1/4, 8017:7.2.2/3 */
static uint32_t padding_is_right(const uint8_t *em, size_t len, uint16_t version)
{
    const uint8_t *plain = em + len - PREMASTER_LEN;
    uint32_t good = tlsni_ct_is_zero(em[0]) & tlsni_ct_eq(em[1], 2);

    for (const uint8_t *p = em + 2; p < plain - 1; p++)
        good &= ~tlsni_ct_is_zero(*p);
    good &= tlsni_ct_is_zero(plain[-1]);
    good &= tlsni_ct_eq(plain[0], (uint32_t)version >> 8);
    return good & tlsni_ct_eq(plain[1], version & 0xffU);
}

/* What everybody can see of the ciphertext: its length and that it is below n.
 * @rfc 8017:7.2.2/1, 8017:7.2.2/2 */
static bool ciphertext_fits(const struct tlsni_rsa_public *rsa, struct tlsn_span c)
{
    return c.len == rsa->len && rsa->len >= PREMASTER_LEN + 11 &&
           memcmp(c.data, rsa->n_bytes.data, rsa->len) < 0;
}

/* @rfc 5246:7.4.7.1/5, 5246:7.4.7.1/8, 5246:7.4.7.1/9, 5246:7.4.7.1/10 */
tlsn_status tlsni_privkey_rsa_premaster(const struct tlsni_privkey *key,
                                        const struct tlsn_hooks *env, struct tlsn_span ciphertext,
                                        uint16_t version, uint8_t premaster[48])
{
    const struct tlsni_rsa_public *rsa = &key->pub->u.rsa;
    uint8_t em[TLSNI_RSA_BITS_MAX / 8];
    tlsn_status st;

    if (key->pub->type != TLSNI_KEY_RSA)
        return TLSN_ERR_ILLEGAL_PARAMETER;
    if (!ciphertext_fits(rsa, ciphertext))
        return TLSN_OK;
    st = tlsni_rsa_private(key, env, em, ciphertext.data);
    if (st == TLSN_OK)
        tlsni_ct_cond_copy(padding_is_right(em, rsa->len, version), premaster,
                           em + rsa->len - PREMASTER_LEN, PREMASTER_LEN);
    tlsni_wipe(em, rsa->len);
    return st;
}
