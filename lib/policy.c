#include "policy.h"

#include <string.h>
#include <tls-native/config.h>
#include "cipher/suite.h"

#define GCM_128 "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
#define GCM_256 "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"

/* @rfc 6460:4/1, 6460:4/2, 6460:4/3, 6460:4/4, 6460:4/5, 6460:4/6, 6460:4/7, 6460:4/8, 6460:4.1/5
 * @rfc 6460:4/9, 6460:4.1/6, 6460:4.1/8, 6460:3.2/5
 * @rfc 6460:4.3/1, 6460:4.3/2, 6460:4.4/1 */
/* clang-format off */
static const struct tlsni_policy rows[] = {
    { "modern",   "AEAD and forward secrecy only",                         TLSN_TLS1_2, TLSN_TLS1_3, TLSNI_CLASS_MODERN, .verify = { 0 } },
    { "default",  "what is sound today, with reach",                       TLSN_TLS1_2, TLSN_TLS1_3, TLSNI_CLASS_DEFAULT, .verify = { 0 } },
    { "compat",   "with CBC and static RSA, for old but unbroken peers",   TLSN_TLS1_2, TLSN_TLS1_3, TLSNI_CLASS_COMPAT, .verify = { 0 } },
    { "legacy",   "TLS 1.0 and weak suites; never for real data",          TLSN_TLS1_0, TLSN_TLS1_3, TLSNI_CLASS_LEGACY,
      .verify = { .min_rsa_bits = 1024, .min_ec_bits = 192, .min_dsa_bits = 1024, .allow_sha1 = true } },
    { "research", "everything that is implemented, broken or not",         TLSN_SSL3,   TLSN_TLS1_3, TLSNI_CLASS_RESEARCH,
      .verify = { .min_rsa_bits = 512, .min_ec_bits = 1, .min_dsa_bits = 512, .allow_sha1 = true,
        .allow_md5 = true } },
    { "suiteb128", "Suite B, at least 128 bits (RFC 6460)",                TLSN_TLS1_2, TLSN_TLS1_2, TLSNI_CLASS_MODERN,
      .verify = { .suite_b = 128 }, .suites = GCM_128 "," GCM_256,
      .groups = "secp256r1,secp384r1", .sigalgs = "ecdsa_secp256r1_sha256,ecdsa_secp384r1_sha384" },
    { "suiteb192", "Suite B, at least 192 bits (RFC 6460)",                TLSN_TLS1_2, TLSN_TLS1_2, TLSNI_CLASS_MODERN,
      .verify = { .suite_b = 192 }, .suites = GCM_256,
      .groups = "secp384r1", .sigalgs = "ecdsa_secp384r1_sha384" },
};
/* clang-format on */

const struct tlsni_policy *tlsni_policy_rows(size_t *count)
{
    *count = sizeof rows / sizeof *rows;
    return rows;
}

const struct tlsni_policy *tlsni_policy_find(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

void tlsni_policy_verify(const struct tlsni_policy *policy, struct tlsn_verify_options *options)
{
    const struct tlsn_verify_options *p = &policy->verify;

    if (!options->min_rsa_bits)
        options->min_rsa_bits = p->min_rsa_bits;
    if (!options->min_ec_bits)
        options->min_ec_bits = p->min_ec_bits;
    if (!options->min_dsa_bits)
        options->min_dsa_bits = p->min_dsa_bits;
    if (!options->suite_b)
        options->suite_b = p->suite_b;
    options->allow_sha1 = options->allow_sha1 || p->allow_sha1;
    options->allow_md5 = options->allow_md5 || p->allow_md5;
}
