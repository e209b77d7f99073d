/* name_text.h - distinguished names as text (RFC 4514), both ways. */
#ifndef TLSNI_X509_NAME_TEXT_H
#define TLSNI_X509_NAME_TEXT_H

#include "base/bytes.h"

/* Writes a Name from text such as "CN=a.example,O=Example": keywords of the table in oid.c,
 * backslash escapes, one attribute a RDN. Text and DER have opposite orders (RFC 4514 2.1).
 * TLSN_ERR_ARGUMENT for anything else. */
TLSN_MUST_USE tlsn_status tlsni_name_write(struct tlsni_wr *w, const char *text);
/* Text of a Name that was parsed, cut to fit cap >= 1, always terminated. */
void tlsni_name_print(char *out, size_t cap, struct tlsn_span name);

#endif
