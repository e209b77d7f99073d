/* saslprep.h - SASLprep (RFC 4013), the profile of stringprep (RFC 3454) for user names and passwords, as far as its
 * tables are here. */
#ifndef TLSNI_SASLPREP_H
#define TLSNI_SASLPREP_H

#include "base/bytes.h"

enum { TLSNI_PREPARED_MAX = 255 }; /* bytes of a name in the srp extension, RFC 5054 2.8 */

struct tlsni_prepared {
    uint8_t data[TLSNI_PREPARED_MAX];
    size_t len;
};

/* Prepares UTF-8. False for what is none, for what the profile prohibits, for characters of which this file does not
 * know what the profile does with them, and when nothing or too much is left. Wipe *out when it was a password. */
bool tlsni_saslprep(struct tlsn_span text, struct tlsni_prepared *out);

#endif
