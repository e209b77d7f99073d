/* policy.h - the named policies, one row each. */
#ifndef TLSNI_POLICY_H
#define TLSNI_POLICY_H

#include <tls-native/types.h>
#include <tls-native/x509.h>

struct tlsni_policy {
    const char *name, *text;
    uint16_t min_version, max_version;
    uint8_t limit; /* enum tlsni_class: rows up to this class are on */
    struct tlsn_verify_options verify; /* where the options say nothing */
    const char *suites, *groups, *sigalgs; /* these instead of those up to the class; NULL: those */
};

const struct tlsni_policy *tlsni_policy_rows(size_t *count);
const struct tlsni_policy *tlsni_policy_find(const char *name);
/* Fills in what the options leave at 0 or false. */
void tlsni_policy_verify(const struct tlsni_policy *policy, struct tlsn_verify_options *options);

#endif
