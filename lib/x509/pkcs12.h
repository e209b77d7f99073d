/* pkcs12.h - PFX (RFC 7292), protected by a password. */
#ifndef TLSNI_X509_PKCS12_H
#define TLSNI_X509_PKCS12_H

#include "x509/bundle.h"

/* Does this DER begin like a PFX? */
bool tlsni_pkcs12_looks(struct tlsn_span der);
/* Adds its keys, certificates and CRLs to the bundle; other bags are passed over. With a MAC the
 * password is tried on it before anything else is opened. TLSN_ERR_PASSWORD, TLSN_ERR_KEY_ENCRYPTED,
 * TLSN_ERR_KEY_COST, TLSN_ERR_KEY (damaged, or an algorithm that is not supported),
 * TLSN_ERR_NO_MEMORY. */
TLSN_MUST_USE tlsn_status tlsni_pkcs12_read(struct tlsn_bundle *b, struct tlsn_span der,
                                            struct tlsni_unlock *unlock, struct tlsni_err *err);

/* ---- pkcs12_mac.c ---- */

/* The MAC of MacData (whole TLV) over data: TLSN_OK or TLSN_ERR_PASSWORD. */
TLSN_MUST_USE tlsn_status tlsni_pkcs12_check_mac(struct tlsni_unlock *unlock,
                                                 struct tlsn_span mac_data, struct tlsn_span data,
                                                 struct tlsni_err *err);

#endif
