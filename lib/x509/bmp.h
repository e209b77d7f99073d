/* bmp.h - BMPString (X.690 8.21.7): text in two bytes a character, as PKCS#12 has passwords and
 * friendly names. */
#ifndef TLSNI_X509_BMP_H
#define TLSNI_X509_BMP_H

#include "base/mem.h"

/* UTF-8 to big-endian UTF-16, characters beyond the first plane as surrogates; bytes that are no UTF-8
 * count as Latin-1. Appended to out; `closed`: with two zero bytes behind it (RFC 7292 B.1). */
TLSN_MUST_USE tlsn_status tlsni_bmp_from_utf8(const struct tlsn_hooks *env, struct tlsni_buf *out,
                                              struct tlsn_span text, bool closed);
/* The other way; NUL terminated, cut to fit. cap >= 1. Stray surrogates become U+FFFD. */
void tlsni_bmp_to_utf8(char *out, size_t cap, struct tlsn_span bmp);

#endif
