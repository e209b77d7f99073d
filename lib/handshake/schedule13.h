/* schedule13.h - the key schedule of TLS 1.3, RFC 8446 7.
 *
 * One stage after the other: early, handshake, main. Each call derives what its stage has and puts
 * the secret for the next one in the place of its own. Every secret goes to the key log. */
#ifndef TLSNI_HANDSHAKE_SCHEDULE13_H
#define TLSNI_HANDSHAKE_SCHEDULE13_H

#include "base/secret.h"
#include "cipher/hash.h"

struct tlsni_hs;
struct tlsni_early_terms;
struct tlsni_prot_keys;

/* Secret, by value. Traffic secrets are by the role of the sender. */
struct tlsni_schedule13 {
    const struct tlsni_hash *hash;
    struct tlsni_secret stage;        /* of the stage that was reached */
    struct tlsni_secret early;        /* traffic secret of the client's early data */
    struct tlsni_secret early_exporter;
    struct tlsni_secret handshake[2], traffic[2];
    struct tlsni_secret exporter, resumption;
};

/* The early secret, from a pre-shared key or, when it is empty, none. */
void tlsni_schedule13_early(struct tlsni_schedule13 *s, const struct tlsni_hash *hash,
                            struct tlsn_span psk);
/* The key of a binder over the transcript's hash (RFC 8446 4.2.11.2); only in the early stage. */
void tlsni_schedule13_binder(const struct tlsni_schedule13 *s, const char *label,
                             const uint8_t *transcript_hash, uint8_t *out);
/* The secret of early data over the hash of the ClientHello; only in the early stage. */
void tlsni_schedule13_early_traffic(struct tlsni_hs *hs, const uint8_t *transcript_hash);
/* The keys of early data for the suite that they go by. */
TLSN_MUST_USE tlsn_status tlsni_schedule13_install_early(struct tlsni_hs *hs, bool writes,
                                                         const struct tlsni_early_terms *terms);
/* Behind ServerHello: hs->premaster, which is wiped, makes the handshake secrets. */
void tlsni_schedule13_handshake(struct tlsni_hs *hs);
/* Behind the server's Finished: traffic and exporter secrets. */
void tlsni_schedule13_main(struct tlsni_hs *hs);
/* Behind the client's: the resumption secret. The stage is at its end. */
void tlsni_schedule13_resumption(struct tlsni_hs *hs);
/* verify_data of `sender` over the transcript so far, hash->len bytes. */
void tlsni_schedule13_verify_data(const struct tlsni_hs *hs, enum tlsn_role sender, uint8_t *out);
/* Gives the host the keys that follow from a traffic secret; writes: for what we send. */
TLSN_MUST_USE tlsn_status tlsni_schedule13_install(struct tlsni_hs *hs, bool writes,
                                                   const struct tlsni_secret *traffic);
/* What follows from a traffic secret, in the caller's memory; to be wiped. Suite and profile of `keys` are
 * set. */
struct tlsni_keys13 {
    uint8_t key[TLSNI_HASH_LEN_MAX], iv[TLSNI_HASH_LEN_MAX]; /* integrity-only suites (RFC 9150 7) */
};
void tlsni_schedule13_keys(const struct tlsni_hash *hash, const struct tlsni_secret *traffic,
                           struct tlsni_prot_keys *keys, struct tlsni_keys13 *room);
/* The traffic secret behind this one (RFC 8446 7.2). */
void tlsni_schedule13_update(const struct tlsni_hash *hash, struct tlsni_secret *traffic);
/* The pre-shared key of a ticket with this nonce. */
void tlsni_schedule13_ticket_psk(const struct tlsni_hash *hash,
                                 const struct tlsni_secret *resumption, struct tlsn_span nonce,
                                 struct tlsni_secret *psk);
/* Keying material from an exporter secret (RFC 8446 7.5). The label and `len` fit (cipher/hkdf.h); none and
 * an empty context are the same. */
void tlsni_schedule13_export(const struct tlsni_hash *hash, const struct tlsni_secret *exporter,
                             const char *label, struct tlsn_span context, uint8_t *out, size_t len);

#endif
