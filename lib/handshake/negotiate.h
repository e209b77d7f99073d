/* negotiate.h - choosing: lists of ours against lists of the peer's. Nothing here sends or
 * parses. */
#ifndef TLSNI_HANDSHAKE_NEGOTIATE_H
#define TLSNI_HANDSHAKE_NEGOTIATE_H

#include "base/bytes.h"
#include "handshake/hs.h"

/* A compression method that may be used: null, or one that was enabled. */
bool tlsni_compression_enabled(const struct tlsni_hs_config *cfg, uint8_t method);
/* Server: the method that is enabled and offered, by our preference; null when none is. */
uint8_t tlsni_negotiate_compression(const struct tlsni_hs *hs);

bool tlsni_ids_has(const struct tlsni_ids *ids, uint16_t id);
/* The same for a list on the wire, 2 bytes each. */
bool tlsni_wire_has(struct tlsn_span list, uint16_t id);

/* A group of this kind, of an elliptic curve or a finite field, that our version has; g may be NULL. */
bool tlsni_group_fits(const struct tlsni_hs *hs, const struct tlsni_group *g, bool finite_field);
/* Server: the group for an ephemeral exchange, finite field or not; NULL when none is common. */
const struct tlsni_group *tlsni_negotiate_group(const struct tlsni_hs *hs, bool finite_field);

/* Server: has the client's list of groups a code point of RFC 7919's, known or not? */
bool tlsni_client_lists_ff(const struct tlsni_hs *hs);

/* Our first scheme that the peer's list (2 bytes each) has and that the key can sign with, in a
 * version that does not negotiate schemes the one of the key's type; NULL when none. */
const struct tlsni_sigalg *tlsni_negotiate_scheme(const struct tlsni_hs *hs,
                                                  const tlsn_credential *credential,
                                                  struct tlsn_span peer_schemes);
/* True when this side may sign with it. */
bool tlsni_scheme_is_for(const struct tlsni_sigalg *scheme, enum tlsn_role signer);
/* True when a signature of this scheme may come from this key in this version. */
bool tlsni_scheme_fits_key(const struct tlsni_sigalg *scheme, const struct tlsni_pubkey *key,
                           const struct tlsni_version *version);
/* What the certificate's key does in this suite: one of TLSNI_KU_DIGITAL_SIGNATURE (of parameters),
 * _KEY_ENCIPHERMENT (of the premaster secret) and _KEY_AGREEMENT (fixed Diffie-Hellman). */
uint16_t tlsni_key_usage(const struct tlsni_suite *suite, const struct tlsni_pubkey *key);
/* False for a fixed Diffie-Hellman key that is longer than an export suite allows. */
bool tlsni_key_size_fits(const struct tlsni_suite *suite, const struct tlsni_pubkey *key);
/* True when a key of this type authenticates a suite (RFC 5246 7.4.2, RFC 8422 5.3). */
bool tlsni_auth_fits_key(uint8_t auth, uint8_t kx, const struct tlsni_pubkey *key);

/* Server: fills hs->suite, kx, credential, scheme. TLSN_ERR_NO_SHARED_SUITE and its like with a
 * line that says what was missing. */
TLSN_MUST_USE tlsn_status tlsni_negotiate_suite(struct tlsni_hs *hs);

/* There is code for everything that the row names, in some version that it allows. */
bool tlsni_suite_implemented(const struct tlsni_suite *suite);
/* Is there a version in the range for this suite? */
bool tlsni_suite_usable(const struct tlsni_suite *suite, const struct tlsni_hs_config *cfg);

/* A version of which that is true that tlsni_newest_version() looks for. */
bool tlsni_version_spoken(const struct tlsni_hs_config *cfg, const struct tlsni_version *v);

/* Server: the type of the client's certificate (RFC 7250), and whether it takes ours (RFC 6091). */
TLSN_MUST_USE tlsn_status tlsni_negotiate_peer_type(struct tlsni_hs *hs);

/* ---- negotiate_credential.c: which of our certificates ---- */

/* Server: one that goes with this suite, or none if the suite needs none; fills hs->credential, own_type and scheme.
 * False when there is none. */
bool tlsni_negotiate_authentication(struct tlsni_hs *hs, const struct tlsni_suite *suite);

enum { TLSNI_TYPES_MAX = 8 };
/* Server: the certificate types that CertificateRequest lists; returns how many. */
size_t tlsni_negotiate_types(const struct tlsni_hs *hs, uint8_t types[TLSNI_TYPES_MAX]);

/* Client: our credential for what CertificateRequest asks, NULL when none fits. */
const tlsn_credential *tlsni_negotiate_client_credential(const struct tlsni_hs *hs);
/* The same for a request that names us: only what is for hs->peer_name. The errors of a source. */
TLSN_MUST_USE tlsn_status tlsni_negotiate_named_credential(struct tlsni_hs *hs,
                                                           const tlsn_credential **out);

/* True when the certificates of a chain are signed with schemes of this list (2 bytes each). */
bool tlsni_chain_verifiable(const tlsn_credential *c, struct tlsn_span schemes);

#endif
