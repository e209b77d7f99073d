/* general_name.h - GeneralName (RFC 5280 4.2.1.6), one after the other. */
#ifndef TLSNI_X509_GENERAL_NAME_H
#define TLSNI_X509_GENERAL_NAME_H

#include "x509/der.h"

/* The context tag numbers. */
enum tlsni_general_name_kind {
    TLSNI_GN_OTHER = 0,
    TLSNI_GN_EMAIL = 1,
    TLSNI_GN_DNS = 2,
    TLSNI_GN_X400 = 3,
    TLSNI_GN_DIRECTORY = 4,
    TLSNI_GN_EDI = 5,
    TLSNI_GN_URI = 6,
    TLSNI_GN_IP = 7,
    TLSNI_GN_REGISTERED_ID = 8,
};

struct tlsni_general_name {
    uint8_t kind;
    struct tlsn_span value; /* contents; for a directory name the whole Name */
};

/* The next name; the reader turns bad when it is none or its form is not sound: IA5 for text, a
 * Name in a directory name, 4 or 16 bytes of address (`constraint`: address and mask, 8 or 32). */
struct tlsni_general_name tlsni_general_name_next(struct tlsni_rd *r, bool constraint);
/* At least one name, and all of them sound. */
bool tlsni_general_names_sound(struct tlsn_span contents);

#endif
