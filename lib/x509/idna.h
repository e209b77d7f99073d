/* idna.h - host names in people's spelling, as the A-labels that DNS and certificates carry. */
#ifndef TLSNI_X509_IDNA_H
#define TLSNI_X509_IDNA_H

#include "base/bytes.h"
#include "base/mem.h"

/* Appends `text` with each label that is not ASCII as A-label (RFC 5891 4). Labels end at '.', and, so
 * that whole reference identifiers can be given, at ',', ':', '/' and '@'. ASCII stays as it is.
 * TLSN_ERR_IDNA for labels that are not valid or whose script this library does not know;
 * TLSN_ERR_NO_MEMORY. */
TLSN_MUST_USE tlsn_status tlsni_idna_to_ascii(const struct tlsn_hooks *env, struct tlsni_buf *out,
                                              struct tlsn_span text);
bool tlsni_is_ascii(struct tlsn_span text);
/* ASCII without control characters. */
bool tlsni_is_printable(struct tlsn_span text);

#endif
