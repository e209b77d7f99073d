/* trust_block.h - how a block of anchors becomes part of a store. */
#ifndef TLSNI_X509_TRUST_BLOCK_H
#define TLSNI_X509_TRUST_BLOCK_H

#include "x509/trust.h"

/* Takes those anchors of the block that are new; with any the block is the store's from then on.
 * TLSN_ERR_NO_MEMORY: nothing has changed. */
TLSN_MUST_USE tlsn_status tlsni_trust_join(tlsn_trust *trust, struct tlsni_trust_block *block,
                                           size_t *added);

#endif
