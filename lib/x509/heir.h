/* heir.h - DSA keys without parameters, which have those of their issuer's key (RFC 3279 2.3.2, RFC 5280 6.1.4 d
 * to f). What such a key is depends on the path: what it signed can be checked only once that is complete. */
#ifndef TLSNI_X509_HEIR_H
#define TLSNI_X509_HEIR_H

#include "x509/path.h"

/* A certificate whose key got its parameters; the list's owner frees it. */
struct tlsni_heir;

/* Puts heirs, which go to the list, in the places of their certificates, and checks what they signed. What does
 * not hold becomes a finding of the path. *work counts signatures, up to judge->max_signatures; false:
 * they were not enough. Failing memory is noted with the judge. */
bool tlsni_heirs_settle(struct tlsni_heir **list, struct tlsni_judge *judge, struct tlsni_path *path,
                        unsigned *work);
void tlsni_heirs_free(const struct tlsn_hooks *env, struct tlsni_heir *list);

#endif
