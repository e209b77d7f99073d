/* policy.h - the named policies, one row each. */
#ifndef TLSNI_POLICY_H
#define TLSNI_POLICY_H

#include <tls-native/types.h>

struct tlsni_policy {
    const char *name, *text;
    uint16_t min_version, max_version;
    uint8_t limit; /* enum tlsni_class: rows up to this class are on */
};

const struct tlsni_policy *tlsni_policy_rows(size_t *count);
const struct tlsni_policy *tlsni_policy_find(const char *name);

#endif
