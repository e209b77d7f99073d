/* name_text.h - distinguished names as text (RFC 4514), both ways. */
#ifndef TLSNI_X509_NAME_TEXT_H
#define TLSNI_X509_NAME_TEXT_H

#include "base/bytes.h"

/* Writes a Name from text such as "CN=a.example,O=Example": keywords of the table in oid.c, or numbers
 * with a value in hex ("1.2.3=#0c0161"); escapes by backslash and character or two digits; UTF-8; one
 * attribute a RDN, at most 32 of them. Text and DER have opposite orders (RFC 4514 2.1).
 * TLSN_ERR_ARGUMENT for anything else. */
TLSN_MUST_USE tlsn_status tlsni_name_write(struct tlsni_wr *w, const char *text);
/* Text of a Name that was parsed (RFC 4514 2), UTF-8, cut behind 32 RDNs and to fit cap >= 1, always terminated.
 * Characters that do not show come in hex, so that it may go to a terminal. */
void tlsni_name_print(char *out, size_t cap, struct tlsn_span name);

#endif
