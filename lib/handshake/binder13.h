/* binder13.h - binders: they tie a pre-shared key to the ClientHello that offers it (RFC 8446
 * 4.2.11.2). What stands around them is in ext/pre_shared_key.c. */
#ifndef TLSNI_HANDSHAKE_BINDER13_H
#define TLSNI_HANDSHAKE_BINDER13_H

#include "base/bytes.h"
#include "handshake/hs.h"

/* Client: the binders into a whole ClientHello that ends with as many zeros; starts the key schedule with the
 * first of its keys. */
void tlsni_binder13_put(struct tlsni_hs *hs, uint8_t *message, size_t len);
/* Server: starts the key schedule with the key and checks the binder of this index, in constant time.
 * TLSN_ERR_DECRYPT_ERROR. */
TLSN_MUST_USE tlsn_status tlsni_binder13_check(struct tlsni_hs *hs, size_t index,
                                               const struct tlsni_psk13 *psk);

#endif
