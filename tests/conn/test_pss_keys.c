/* Keys that are for RSASSA-PSS with certain parameters sign with these and no others, and what they signed is taken
 * with these alone in TLS 1.3 (RFC 8446 4.2.3). */
#include "req.h"
#include "support_bent.h"
#include "support_pss.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "cipher/pk.h"

enum { CERTIFICATE_VERIFY = 15, ILLEGAL = 47, BAD_CERTIFICATE = 42 };
enum { PSS_SHA256 = 0x0809, PSS_SHA384 = 0x080a };

#define OK(call) assert_int_equal((call), TLSN_OK)

/* The server has the leaf's key with this certificate, the client trusts this authority. */
static struct duo *pair(uint16_t version, const char *leaf, const char *authority)
{
    struct duo *d = duo_new();
    tlsn_credential *c;
    tlsn_trust *trust;

    OK(tlsn_credential_new(&c, leaf, strlen(leaf), pss_leaf_key, strlen(pss_leaf_key), NULL));
    OK(tlsn_trust_new(&trust, NULL));
    OK(tlsn_trust_add(trust, authority, strlen(authority), NULL, NULL));
    duo_reset_server(d, c);
    OK(tlsn_config_set_trust(d->config[TLSN_CLIENT], trust));
    for (int r = 0; r < 2; r++)
        OK(tlsn_config_set_versions(d->config[r], version, version));
    tlsn_credential_free(c);
    tlsn_trust_free(trust);
    return d;
}

static uint16_t scheme_of(const struct duo *d)
{
    struct tlsn_conn_info info;

    tlsn_conn_get_info(d->conn[TLSN_CLIENT], &info);
    return info.signature_scheme;
}

static void key_signs_with_its_own_parameters(void **state)
{
    static const uint16_t versions[] = { TLSN_TLS1_2, TLSN_TLS1_3 };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct duo *d = pair(versions[i], pss_leaf_by_32, pss_authority_32);

        duo_shake(d);
        assert_int_equal(scheme_of(d), PSS_SHA384);
        duo_free(d);
        d = pair(versions[i], pss_leaf_by_32, pss_authority_32);
        OK(tlsn_config_set_sigalgs(d->config[TLSN_CLIENT], "rsa_pss_pss_sha256,rsa_pss_rsae_sha384"));
        duo_refused(d, TLSN_SERVER, TLSN_ERR_NO_CREDENTIAL, 40);
        duo_free(d);
    }
}

/* As few bytes of salt as RFC 8017 allows, one too few, one too many: only as many as the hash has will do. */
static void salt_is_as_long_as_the_hash(void **state)
{
    struct tlsn_span message = { (const uint8_t *)"to be signed", 12 };
    struct tlsni_privkey *key;
    const struct tlsni_sigalg *rows;
    uint8_t signature[TLSNI_SIGNATURE_MAX];
    size_t count, len;

    (void)state;
    OK(tlsni_privkey_generate(&key, NULL, TLSNI_KEY_RSA, 2048, 0));
    rows = tlsni_sigalg_rows(&count);
    for (size_t i = 0; i < count; i++) {
        struct tlsni_sig_params right = tlsni_sigalg_params(&rows[i]), p = right;
        const uint16_t salts[] = { 0, (uint16_t)(right.salt_len - 1), (uint16_t)(right.salt_len + 1), right.salt_len };

        if (rows[i].key != TLSNI_KEY_RSA || rows[i].padding != TLSNI_PAD_PSS)
            continue;
        assert_int_equal(right.salt_len, tlsni_hash_find(rows[i].hash)->len);
        for (size_t k = 0; k < 4; k++) {
            p.salt_len = salts[k];
            OK(tlsni_privkey_sign(key, NULL, &p, message, signature, &len));
            assert_int_equal(tlsni_pubkey_verify(tlsni_privkey_public(key), &right, message,
                                                 (struct tlsn_span){ signature, len }),
                             k == 3 ? TLSN_OK : TLSN_ERR_DECRYPT_ERROR);
        }
    }
    tlsni_privkey_free(key);
    REQ("8446:4.2.3/10");
}

static void as_sha256(uint8_t *body, size_t *len)
{
    (void)len;
    body[0] = PSS_SHA256 >> 8;
    body[1] = PSS_SHA256 & 255;
}

/* Whatever the signature is. */
static void scheme_with_other_parameters_than_the_keys_is_illegal(void **state)
{
    struct duo *d = pair(TLSN_TLS1_3, pss_leaf_by_32, pss_authority_32);

    (void)state;
    bent_refused(d, TLSN_SERVER, CERTIFICATE_VERIFY, as_sha256, TLSN_ERR_ILLEGAL_PARAMETER, ILLEGAL);
    duo_free(d);
}

/* A longer salt than the key says is good enough for RFC 4055 3.3, and so for older versions. */
static void certificate_with_other_parameters_than_its_authoritys_key_is_refused(void **state)
{
    struct duo *d = pair(TLSN_TLS1_3, pss_leaf_by_20, pss_authority_20);

    (void)state;
    duo_refused(d, TLSN_CLIENT, TLSN_ERR_CERT_SIGNATURE, BAD_CERTIFICATE);
    duo_free(d);
    d = pair(TLSN_TLS1_2, pss_leaf_by_20, pss_authority_20);
    duo_shake(d);
    duo_free(d);
    REQ("8446:4.2.3/14");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_signs_with_its_own_parameters),
        cmocka_unit_test(salt_is_as_long_as_the_hash),
        cmocka_unit_test(scheme_with_other_parameters_than_the_keys_is_illegal),
        cmocka_unit_test(certificate_with_other_parameters_than_its_authoritys_key_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
