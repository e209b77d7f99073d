/* stringprep.h - characters of names as they are compared (RFC 4518 2.2, which RFC 5280 7.1 asks for): those
 * that do not show vanish, spaces of every kind become one kind, letters lose their case.
 *
 * Known are the cases of the alphabets that have one and are common: Latin, Greek, Cyrillic, Armenian,
 * and full-width forms. Other compatibility forms and combining characters compare as they are. */
#ifndef TLSNI_X509_STRINGPREP_H
#define TLSNI_X509_STRINGPREP_H

#include <stdint.h>

enum { TLSNI_CHAR_NOTHING = -3 };

/* What a code point is mapped to. */
int32_t tlsni_stringprep_map(int32_t c);

#endif
