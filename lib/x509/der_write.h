/* der_write.h - writing DER with the sticky writer: lengths are set, minimal, when an element is
 * closed. */
#ifndef TLSNI_X509_DER_WRITE_H
#define TLSNI_X509_DER_WRITE_H

#include "base/bytes.h"
#include "x509/oid.h"

/* Opens an element; the mark goes to tlsni_dw_close. Elements nest. */
TLSN_MUST_USE size_t tlsni_dw_open(struct tlsni_wr *w, uint8_t tag);
void tlsni_dw_close(struct tlsni_wr *w, size_t mark);
/* A whole element with these contents. */
void tlsni_dw_put(struct tlsni_wr *w, uint8_t tag, struct tlsn_span contents);
/* INTEGER from a big-endian number without sign; empty is 0. */
void tlsni_dw_unsigned(struct tlsni_wr *w, struct tlsn_span number);
void tlsni_dw_small(struct tlsni_wr *w, unsigned value);
void tlsni_dw_oid(struct tlsni_wr *w, enum tlsni_oid oid);
/* BIT STRING of whole bytes. */
void tlsni_dw_bits(struct tlsni_wr *w, struct tlsn_span bytes);
/* UTCTime until 2049, then GeneralizedTime (RFC 5280 4.1.2.5). Years 0 to 9999. */
void tlsni_dw_time(struct tlsni_wr *w, int64_t seconds);
void tlsni_dw_generalized_time(struct tlsni_wr *w, int64_t seconds);

#endif
