/* support_ext.h - a handshake that consists of extensions only. */
#ifndef TLSNI_TESTS_SUPPORT_EXT_H
#define TLSNI_TESTS_SUPPORT_EXT_H

#include "ext/ext.h"

struct ext_fixture {
    struct tlsni_hs_config cfg;
    struct tlsni_hs hs;
    struct tlsni_err err;
    uint16_t suites[8], groups[8], sigalgs[8];
    uint8_t block[2048]; /* what was read or written last */
};

typedef void ext_init(struct ext_fixture *f);

/* TLS 1.2, features as by default. Suites ECDHE-ECDSA and DHE-RSA with AES-128-GCM and RSA with
 * AES-128-CBC-SHA256; groups X25519, P-256, ffdhe2048; schemes ecdsa_secp256r1_sha256,
 * rsa_pss_rsae_sha256, ed25519. The server has chosen the first suite. */
ext_init ext_client, ext_server;
/* The same of TLS 1.3: a client that offers it, a server that has chosen it. */
ext_init ext_client13, ext_server13;

void ext_set_suites(struct ext_fixture *f, uint16_t a, uint16_t b);
void ext_set_feature(struct ext_fixture *f, enum tlsn_feature feature, bool on);
/* The client has sent it. */
void ext_mark_sent(struct ext_fixture *f, uint16_t type);

/* Reads a block of the other side's message: a server ClientHello, a client ServerHello. */
tlsn_status ext_read_block(struct ext_fixture *f, const char *hex);
/* A block with this one extension, which counts as asked for. */
tlsn_status ext_read_one(struct ext_fixture *f, uint16_t type, const char *hex);
/* Writes the block of our own message; data of this extension, false when it is not in it. */
bool ext_write_one(struct ext_fixture *f, uint16_t type, struct tlsn_span *data);
/* The extension is written with exactly these bytes. */
void ext_check_written(struct ext_fixture *f, uint16_t type, const char *hex);
/* The data parses; cut anywhere or with a byte more it is refused with TLSN_ERR_DECODE. */
void ext_check_exact(ext_init *init, uint16_t type, const char *hex);
/* One more and one less in the byte at this offset is refused with TLSN_ERR_DECODE. */
void ext_check_length(ext_init *init, uint16_t type, const char *hex, size_t offset);

#endif
