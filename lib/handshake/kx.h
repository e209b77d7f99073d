/* kx.h - key exchanges: one row and one file each. The flow asks, in order:
 *   server: prepare, write_params; read_exchange, finish_exchange
 *   client: read_params; choose, write_exchange
 * Rows without a ServerKeyExchange leave the functions about parameters NULL. At the end the premaster secret is in
 * hs->premaster. */
#ifndef TLSNI_HANDSHAKE_KX_H
#define TLSNI_HANDSHAKE_KX_H

#include "base/bytes.h"
#include "handshake/hs.h"

struct tlsni_kx_ops {
    uint8_t kx; /* enum tlsni_kx */
    /* What suites of this exchange are implemented: those with these kinds of authentication, a bit
     * for each enum tlsni_auth (0: all of them), and those for export, with small ephemeral keys. */
    uint8_t auths;
    bool exports;
    bool psk; /* a pre-shared key is part of it: a wrong one shows as decrypt_error (RFC 4279 2) */
    /* Client: is what it needs configured, and (s not NULL) is this session of the same identity? NULL: always. */
    bool (*offered)(const struct tlsni_hs_config *cfg, const struct tlsn_session *s);
    /* The same for a server: a session of an identity that is not known any more is not resumed. */
    bool (*served)(const struct tlsni_hs_config *cfg, const struct tlsn_session *s);
    /* Server: can this exchange be used with what the client offered, for hs->suite? Chooses hs->group,
     * or hs->dh alone, if one is needed, while the ClientHello is still at hand. */
    bool (*feasible)(struct tlsni_hs *hs);
    /* For exchanges whose ServerKeyExchange may be left out (RFC 4279 2); NULL: it may not. Server: is
     * there anything to put into it? */
    bool (*has_params)(const struct tlsni_hs *hs);
    /* Server: copies what it needs of the ClientHello; NULL: nothing. */
    tlsn_status (*keep_hello)(struct tlsni_hs *hs);
    /* Client, behind a Certificate: is its key good for this exchange? Where the key decides whether
     * parameters follow, notes TLSNI_F_SKE and TLSNI_F_SKE_SIGNED. NULL: there is nothing to ask. */
    tlsn_status (*certificate_known)(struct tlsni_hs *hs);
    /* May suspend for a key. */
    tlsn_status (*prepare)(struct tlsni_hs *hs);
    /* Bytes of parameters beyond a finite-field group's; NULL: none. */
    size_t (*params_extra)(const struct tlsni_hs *hs);
    void (*write_params)(struct tlsni_hs *hs, struct tlsni_wr *w);
    tlsn_status (*read_params)(struct tlsni_hs *hs, struct tlsni_rd *r);
    /* Client: what write_exchange needs from outside. NULL: nothing. May suspend. */
    tlsn_status (*choose)(struct tlsni_hs *hs);
    tlsn_status (*write_exchange)(struct tlsni_hs *hs, struct tlsni_wr *w);
    size_t (*exchange_extra)(const struct tlsni_hs *hs); /* as params_extra */
    tlsn_status (*read_exchange)(struct tlsni_hs *hs, struct tlsn_span body);
    /* May suspend for a private-key operation. */
    tlsn_status (*finish_exchange)(struct tlsni_hs *hs);
};

extern const struct tlsni_kx_ops tlsni_kx_rsa, tlsni_kx_rsa_export, tlsni_kx_dh, tlsni_kx_ecdh,
    tlsni_kx_dhe, tlsni_kx_ecdhe, tlsni_kx_psk, tlsni_kx_dhe_psk, tlsni_kx_ecdhe_psk,
    tlsni_kx_rsa_psk, tlsni_kx_srp, tlsni_kx_tls13;

const struct tlsni_kx_ops *tlsni_kx_find(uint8_t kx);

/* `feasible` of an exchange that needs no group. */
bool tlsni_kx_no_group(struct tlsni_hs *hs);

/* Room for an ephemeral key pair and a premaster secret, in one block. */
TLSN_MUST_USE tlsn_status tlsni_kx_reserve(struct tlsni_hs *hs, size_t private_len,
                                           size_t public_len, size_t premaster_len);
/* Wipes and frees that block. */
void tlsni_kx_release(struct tlsni_hs *hs);
/* Takes the leading zeros from a premaster secret of finite-field Diffie-Hellman, as TLS up to 1.2 wants
 * it (RFC 5246 8.1.2). How many there were can be timed whatever is done here, since the PRF hashes as many
 * bytes as are left ("Raccoon"); it helps against a key that serves many exchanges only. The bytes
 * themselves do not show. At least one stays. */
void tlsni_kx_strip_zeros(struct tlsni_hs *hs);
/* derive of hs->group, or of hs->dh, into the premaster secret. */
TLSN_MUST_USE tlsn_status tlsni_kx_derive(struct tlsni_hs *hs);

/* A new private-key operation with hs->credential; the one before is forgotten. */
void tlsni_key_op_begin(struct tlsni_hs *hs, enum tlsni_op kind, const struct tlsni_sigalg *scheme,
                        struct tlsn_span input);
/* Runs hs->key_op here, or asks the host to have it run. */
TLSN_MUST_USE tlsn_status tlsni_key_op_run(struct tlsni_hs *hs);
/* Keeps a copy of the result: the operation is done. */
TLSN_MUST_USE tlsn_status tlsni_key_op_set_result(struct tlsni_hs *hs, const void *result,
                                                  size_t len);

#endif
