#include "policy.h"

#include <string.h>
#include <tls-native/config.h>
#include "cipher/suite.h"

/* clang-format off */
static const struct tlsni_policy rows[] = {
    { "modern",   "AEAD and forward secrecy only",                         TLSN_TLS1_2, TLSN_TLS1_3, TLSNI_CLASS_MODERN },
    { "default",  "what is sound today, with reach",                       TLSN_TLS1_2, TLSN_TLS1_3, TLSNI_CLASS_DEFAULT },
    { "compat",   "with CBC and static RSA, for old but unbroken peers",   TLSN_TLS1_0, TLSN_TLS1_3, TLSNI_CLASS_COMPAT },
    { "legacy",   "with weak suites; never for real data",                 TLSN_SSL3,   TLSN_TLS1_3, TLSNI_CLASS_LEGACY },
    { "research", "everything that is implemented, broken or not",         TLSN_SSL3,   TLSN_TLS1_3, TLSNI_CLASS_RESEARCH },
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
