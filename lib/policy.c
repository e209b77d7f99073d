#include "policy.h"

#include <string.h>
#include <tls-native/config.h>
#include "cipher/suite.h"

/* clang-format off */
static const struct tlsni_policy rows[] = {
    { "modern",   "AEAD and forward secrecy only",                         TLSN_TLS1_2, TLSN_TLS1_2, TLSNI_CLASS_MODERN, { 0 } },
    { "default",  "what is sound today, with reach",                       TLSN_TLS1_2, TLSN_TLS1_2, TLSNI_CLASS_DEFAULT, { 0 } },
    { "compat",   "with CBC and static RSA, for old but unbroken peers",   TLSN_TLS1_2, TLSN_TLS1_2, TLSNI_CLASS_COMPAT, { 0 } },
    { "legacy",   "TLS 1.0 and weak suites; never for real data",          TLSN_TLS1_0, TLSN_TLS1_2, TLSNI_CLASS_LEGACY,
      { .min_rsa_bits = 1024, .min_ec_bits = 192, .min_dsa_bits = 1024, .allow_sha1 = true } },
    { "research", "everything that is implemented, broken or not",         TLSN_SSL3,   TLSN_TLS1_2, TLSNI_CLASS_RESEARCH,
      { .min_rsa_bits = 512, .min_ec_bits = 1, .min_dsa_bits = 512, .allow_sha1 = true,
        .allow_md5 = true } },
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
    options->allow_sha1 = options->allow_sha1 || p->allow_sha1;
    options->allow_md5 = options->allow_md5 || p->allow_md5;
}
