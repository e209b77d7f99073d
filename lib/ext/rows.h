/* rows.h - the rows of the extension table, each in its own file, and what several of them ask. */
#ifndef TLSNI_EXT_ROWS_H
#define TLSNI_EXT_ROWS_H

#include "cipher/suite.h"
#include "ext/ext.h"

extern const struct tlsni_ext tlsni_ext_server_name, tlsni_ext_extended_master_secret,
    tlsni_ext_encrypt_then_mac, tlsni_ext_renegotiation_info, tlsni_ext_supported_groups,
    tlsni_ext_ec_point_formats, tlsni_ext_session_ticket, tlsni_ext_alpn,
    tlsni_ext_srp, tlsni_ext_signature_algorithms,
    tlsni_ext_max_fragment_length, tlsni_ext_record_size_limit, tlsni_ext_padding, tlsni_ext_heartbeat,
    tlsni_ext_use_srtp,
    tlsni_ext_truncated_hmac,
    tlsni_ext_next_protocol_negotiation;
extern const struct tlsni_ext tlsni_ext_status_request, tlsni_ext_status_request_v2,
    tlsni_ext_signed_certificate_timestamp, tlsni_ext_signature_algorithms_cert;
extern const struct tlsni_ext tlsni_ext_client_certificate_type, tlsni_ext_server_certificate_type,
    tlsni_ext_cert_type, tlsni_ext_client_certificate_url, tlsni_ext_trusted_ca_keys,
    tlsni_ext_user_mapping, tlsni_ext_cached_info, tlsni_ext_client_authz,
    tlsni_ext_server_authz;

extern const struct tlsni_ext tlsni_ext_supported_versions, tlsni_ext_cookie, tlsni_ext_key_share,
    tlsni_ext_psk_key_exchange_modes, tlsni_ext_early_data, tlsni_ext_ticket_request, tlsni_ext_pre_shared_key,
    tlsni_ext_certificate_authorities, tlsni_ext_oid_filters, tlsni_ext_cert_with_extern_psk,
    tlsni_ext_compress_certificate, tlsni_ext_post_handshake_auth, tlsni_ext_delegated_credential;

/* One authority of a TrustedAuthorities list (RFC 6066 6); false at its end, and for one of an unknown kind,
 * which makes the reader bad. */
struct tlsni_authority {
    uint8_t type; /* enum tlsn_ca_id */
    struct tlsn_span id;
};
bool tlsni_authority_next(struct tlsni_rd *r, struct tlsni_authority *a);

/* Client: is there a suite of this kind among those that are offered? */
bool tlsni_ext_offers(const struct tlsni_hs *hs, bool (*kind)(const struct tlsni_suite *suite));

/* Kinds of suites. */
bool tlsni_ext_is_ecc(const struct tlsni_suite *suite);
bool tlsni_ext_is_dhe(const struct tlsni_suite *suite);
bool tlsni_ext_is_srp(const struct tlsni_suite *suite);
bool tlsni_ext_is_cbc(const struct tlsni_suite *suite);

#endif
