/* config.h - inside of a configuration: the public setters fill it, freezing turns it into what a handshake
 * reads (struct tlsni_hs_config). */
#ifndef TLSNI_CONFIG_H
#define TLSNI_CONFIG_H

#include <pthread.h>
#include <stdatomic.h>
#include <tls-native/config.h>
#include "handshake/hs.h"
#include "x509/pin.h"

enum { TLSNI_CONTEXT_ID_MAX = 32 };

struct tlsn_config {
    struct tlsn_hooks hooks;
    atomic_uint references;
    atomic_bool frozen;
    pthread_mutex_t freezing; /* several threads may make the first connection at once */
    struct tlsni_hs_config hs; /* its pointers lead to what follows */
    uint16_t *suites, *groups, *key_shares, *sigalgs, *sigalgs_cert, *cert_compressions, *srtp,
        *delegated_schemes; /* owned */
    uint8_t *alpn, *server_names;         /* owned */
    uint8_t compressions[8];
    struct tlsni_buf authorities;         /* owned */
    struct tlsni_buf oid_filters;         /* owned */
    struct tlsni_buf user_mapping;        /* owned */
    struct tlsni_buf trusted_cas;         /* owned */
    struct tlsni_buf authz;               /* owned */
    struct tlsni_buf pins;                /* owned: struct tlsni_pin */
    uint8_t pin_mode;                     /* enum tlsn_pin_mode */
    struct tlsni_buf peer_keys;           /* owned: SPKIs, each behind 3 bytes */
    struct tlsni_psk *psks;               /* owned array, hs.psk_count of them */
    uint8_t *psk_hint;                    /* owned */
    uint8_t *srp_user, *srp_password;     /* owned */
    struct tlsni_srp_entry *srp_entries;  /* owned array, hs.srp_entry_count of them */
    struct tlsni_buf dh;                  /* owned: prime and generator */
    tlsn_credential **credentials;        /* owned array of references */
    size_t credential_cap;
    tlsn_credential_source *source;       /* reference, may be NULL */
    tlsn_trust *trust;                    /* reference, may be NULL */
    const struct tlsni_policy *policy; /* the one chosen last, or NULL */
    struct tlsn_verify_options verify_options; /* its pointers are owned; from freezing on with the policy's */
    enum tlsn_verify_mode verify_mode;
    enum tlsn_renegotiation renegotiation;
    tlsn_session_cache *cache;            /* reference */
    struct tlsn_session_store store;      /* instead of it; functions NULL: none */
    tlsn_replay_guard *replay_guard;      /* reference, may be NULL */
    struct tlsn_ticket_maker ticket_maker; /* functions NULL: none */
    struct tlsn_callbacks callbacks;
    bool credential_suspend, session_suspend, psk_suspend, srp_suspend, srp_seed_set, send_authorities;
    bool ticket_secret_set;
    uint8_t session_context[TLSNI_CONTEXT_ID_MAX]; /* the application's part of hs.context */
    uint8_t session_context_len;
    char error[160];
};

/* Notes a line for tlsn_config_error and returns status. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
tlsn_status tlsni_config_fail(tlsn_config *config, tlsn_status status, const char *format, ...);

/* TLSN_ERR_FROZEN with its line, or TLSN_OK. */
TLSN_MUST_USE tlsn_status tlsni_config_open(tlsn_config *config);

enum { TLSNI_URLS_MAX = 16 };

/* Is an OCSP response asked for along with the peer's certificates (config.c)? */
bool tlsni_config_asks_staple(const tlsn_config *config, enum tlsn_role role);

/* ---- config_psk.c ---- */

/* Wipes and frees the pre-shared keys. */
void tlsni_config_drop_psks(tlsn_config *config);

/* ---- config_srp.c ---- */

void tlsni_config_drop_srp(tlsn_config *config);
/* Group, salt and verifier fit together; fills the group. */
bool tlsni_srp_entry_sound(const struct tlsn_srp_verifier *v, struct tlsni_srp_entry *e);

/* ---- config_early.c ---- */

enum { TLSNI_EARLY_WINDOW_MS = 10000 }; /* RFC 8446 8.3 */
/* A place where the ClientHellos with early data are remembered, where such are taken. */
TLSN_MUST_USE tlsn_status tlsni_config_guard_replays(tlsn_config *config);

/* The session-ID cache of a handshake by way of the application's functions (session_store.c). */
void tlsni_config_use_store(tlsn_config *config);

/* Fills hs.context (config_context.c). */
void tlsni_config_make_context(tlsn_config *config);

/* The limits that hold when nothing else is said. */
extern const struct tlsn_limits tlsni_default_limits;

#endif
