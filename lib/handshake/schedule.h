/* schedule.h - the key schedule up to TLS 1.2: master secret, key block, Finished (RFC 5246 5,
 * 6.3, 8.1). */
#ifndef TLSNI_HANDSHAKE_SCHEDULE_H
#define TLSNI_HANDSHAKE_SCHEDULE_H

#include "handshake/hs.h"

/* hs->premaster -> hs->session.master, by the session hash with extended_master_secret (RFC 7627
 * 4), by the randoms without. Wipes the premaster secret. */
void tlsni_schedule_master(struct tlsni_hs *hs);
/* hs->session.master -> hs->key_block. */
void tlsni_schedule_keys(struct tlsni_hs *hs);
/* Gives the host the keys of one direction: writes for what we send. */
TLSN_MUST_USE tlsn_status tlsni_schedule_install(struct tlsni_hs *hs, bool writes);
/* verify_data of `sender` over the transcript so far, version->verify_data_len bytes: what TLS
 * versions have in their rows. */
void tlsni_schedule_verify_data_tls(const struct tlsni_hs *hs, enum tlsn_role sender, uint8_t *out);
/* The 36 bytes of SSL 3.0, and what its CertificateVerify signs. */
void tlsni_schedule_verify_data_ssl3(const struct tlsni_hs *hs, enum tlsn_role sender,
                                     uint8_t *out);
void tlsni_schedule_verify_digest_ssl3(const struct tlsni_hs *hs, uint8_t *out);

/* Export suites: the final key made of `secret`, which the key block gave for what `writer` sends, or
 * without a secret its first IV. len: at most 32 and 16. */
void tlsni_schedule_export_tls(const struct tlsni_hs *hs, enum tlsn_role writer,
                               struct tlsn_span secret, uint8_t *out, size_t len);
void tlsni_schedule_export_ssl3(const struct tlsni_hs *hs, enum tlsn_role writer,
                                struct tlsn_span secret, uint8_t *out, size_t len);

#endif
