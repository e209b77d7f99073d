/* hs.h - the state of one handshake: what the actions, key exchanges and extensions read and fill.
 *
 * Types and small accessors only. A struct tlsni_hs lives from the first ClientHello to completion and is then
 * freed in one piece; what outlives it is copied out by the engine. The engine below (struct tlsni_hs_host)
 * carries messages and answers questions; the handshake never sees a record. */
#ifndef TLSNI_HANDSHAKE_HS_H
#define TLSNI_HANDSHAKE_HS_H

#include <tls-native/conn.h>
#include "base/error.h"
#include "base/mem.h"
#include "cipher/group.h"
#include "cipher/srp.h"
#include "handshake/credential.h"
#include "handshake/name_index.h"
#include "handshake/session.h"
#include "handshake/schedule13.h"
#include "handshake/version.h"

enum { TLSNI_SALT_MAX = 255 }; /* and its length in a ServerKeyExchange: RFC 5054 2.8.2 */


/* A list of wire numbers in order of preference. */
struct tlsni_ids {
    const uint16_t *id; /* borrowed from the configuration */
    size_t count;
};

/* Types of certificates in order of preference; none: X.509 only. */
struct tlsni_cert_types {
    uint8_t type[2], count;
};

enum { TLSNI_OLD_SECRETS = 4, TLSNI_TICKETS_MAX = 16 };

/* A user of SRP and what the server knows of the password; owned. */
struct tlsni_srp_entry {
    const struct tlsni_srp_group *group; /* static */
    uint8_t *user, *salt;
    size_t user_len, salt_len;
    uint8_t *verifier;                   /* secret, as long as the group's N */
};

/* What early data with a pre-shared key go by (RFC 8446 4.2.10). max 0: there are none, and the rest is empty. */
struct tlsni_early_terms {
    uint32_t max;          /* bytes */
    uint16_t suite, version;
    uint16_t plain_max;    /* bytes of plain text in a record */
    struct tlsn_span alpn; /* borrowed; empty: none */
    int64_t made_ms;       /* when the key was; 0: unknown */
};

/* A pre-shared key and its name. */
struct tlsni_psk {
    uint8_t *identity; /* owned */
    size_t identity_len;
    uint8_t *key;      /* owned, secret */
    size_t key_len;
    uint8_t worlds;    /* enum tlsni_world bits of the versions that it is for */
    uint8_t hash;      /* enum tlsni_hash_id, of TLS 1.3 */
    bool imported;     /* derived from another one (RFC 9258); identity is an ImportedIdentity */
    uint8_t *alpn;     /* owned, NULL: none; that of: */
    struct tlsni_early_terms early;
};

struct tlsni_ticket_kind;

/* Certificates for the name that a client asked for: places in the index (its count: none), and what
 * the source gave. */
struct tlsni_names {
    uint32_t hash[2];
    size_t first[2];
    tlsn_credential *sourced[TLSN_SOURCED_MAX]; /* references */
    size_t sourced_count;
};

/* What keys in delegated credentials have to be, as those of certificates. */
struct tlsni_delegated_least {
    unsigned rsa_bits, ec_bits; /* at least; 0: any */
    unsigned suite_b;           /* 128 or 192: of that profile, 0: of any kind */
};

/* What a handshake may do: the frozen, shared part of a configuration. All pointers borrowed. */
struct tlsni_hs_config {
    uint16_t version_min, version_max;
    struct tlsni_ids suites, groups, sigalgs;
    struct tlsni_ids key_shares;   /* client: of groups, those that a share is sent for; none: the first */
    uint16_t record_pad;           /* protected records are padded to a multiple of this; 0: not */
    uint8_t ticket_count;          /* how many a server ends a TLS 1.3 handshake with, and a client keeps */
    bool asks_tickets;             /* client: for how many, in a full handshake and in a resumption */
    uint8_t tickets_asked[2];
    uint32_t early_data_max;       /* server: bytes of early data that tickets allow, 0: none */
    uint32_t early_window_ms;      /* by how much a ticket may be older or younger than the client says */
    struct tlsn_replay_check replay; /* server, with early data */
    struct tlsni_ids sigalgs_cert; /* client: of certificates, empty: as sigalgs */
    struct tlsni_ids cert_compressions; /* for Certificate messages, both ways, best first */
    struct tlsni_ids delegated_schemes; /* that the peer's delegated credentials may be for, none: they are not taken */
    struct tlsni_delegated_least delegated_least;
    bool client_preference;
    uint8_t suite_b;               /* 128 or 192: the profile of cipher/suite_b.h, 0: none */
    bool suites_named;             /* the suites are an explicit list, not a policy's */
    struct tlsni_dh_params dh;     /* server: for clients that name no finite-field group; or empty */
    unsigned rsa_export_bits;      /* server: size of temporary keys, 0: what the suite allows */
    struct tlsn_span compressions; /* method numbers by preference, without null */
    struct tlsn_span alpn;         /* ProtocolName list contents: 1 byte length and name, repeated */
    tlsn_credential *const *credentials;
    size_t credential_count;
    struct tlsni_name_index names; /* of the credentials; empty where there is no choice */
    /* Certificates for a name in full, or without one, as new references; NULL: there is no source. */
    tlsn_status (*source)(void *ctx, struct tlsn_span name, tlsn_credential **out, size_t *count);
    void *source_ctx;
    struct tlsn_span oid_filters;  /* server: list for CertificateRequest; empty: not sent */
    struct tlsn_span user_mapping; /* client: UserMappingDataList (RFC 4681); empty: not sent */
    struct tlsn_span authz;        /* AuthorizationDataEntry list (RFC 5878) for the peer; empty: none */
    uint8_t authz_formats, authz_taken; /* bit n: format n is in it; is taken from the peer */
    struct tlsn_span trusted_cas;  /* client: TrustedAuthority list contents; empty: not sent */
    struct tlsni_cert_types own_types, peer_types; /* what we show, what we take (RFC 7250) */
    enum tlsn_client_auth client_auth;
    struct tlsn_span authorities;  /* DistinguishedName list contents for CertificateRequest */
    struct tlsn_span server_names; /* 1 byte length and lower-case name, repeated; empty: all */
    uint64_t features;             /* bit n: enum tlsn_feature n */
    struct tlsn_limits limits;     /* no zeros left */
    const struct tlsni_ticket_kind *tickets; /* server: what they are (tickets.h) */
    const struct tlsn_ticket_maker *ticket_maker; /* for the kind that the application makes */
    uint8_t ticket_secret[32];
    uint8_t old_ticket_secret[TLSNI_OLD_SECRETS][32]; /* of tickets that are still taken */
    uint8_t old_ticket_secrets;
    uint8_t context[TLSNI_CONTEXT_LEN]; /* of sessions: see config_context.c */
    uint16_t record_size_limit;   /* bytes of plain text we take in a record, 0: not spoken of */
    uint16_t max_fragment_length; /* client: to ask for, 0: none */
    struct tlsni_ids srtp;        /* SRTP protection profiles, none: use_srtp is not spoken */
    bool srtp_take_mki;           /* server: the client's MKI is accepted */
    uint8_t heartbeat;            /* enum tlsn_heartbeat */
    uint16_t hello_pad;           /* client: least bytes of a ClientHello message, 0: no padding */
    bool insecure_no_verify;
    const struct tlsni_psk *psks; /* client: the first is its own */
    size_t psk_count;
    struct tlsn_span psk_hint;    /* server; empty: none is sent */
    bool psk_asks;                /* ask_psk may find further ones */
    struct tlsn_span srp_user, srp_password; /* client; secret; empty: none */
    const struct tlsni_srp_entry *srp_entries; /* server */
    size_t srp_entry_count;
    bool srp_asks;                /* ask_srp may find further ones */
    uint8_t srp_seed[32];         /* for users that do not exist */
    /* Server's session-ID cache; NULL functions: none. */
    tlsn_status (*cache_store)(void *ctx, struct tlsn_span id, struct tlsn_span session,
                               int64_t expires_ms);
    /* Appends the session to out; TLSN_ERR_NOT_FOUND. */
    tlsn_status (*cache_lookup)(void *ctx, struct tlsn_span id, int64_t now_ms,
                                const struct tlsn_hooks *env, struct tlsni_buf *out);
    void (*cache_remove)(void *ctx, struct tlsn_span id);
    void *cache_ctx;
};

/* The role of the other side. */
static inline enum tlsn_role tlsni_other_role(unsigned role)
{
    return role == TLSN_CLIENT ? TLSN_SERVER : TLSN_CLIENT;
}

static inline bool tlsni_hs_feature(const struct tlsni_hs_config *cfg, enum tlsn_feature f)
{
    return (cfg->features >> f & 1) != 0;
}

/* Client: may this suite be offered: versions, and what its key exchange needs? (negotiate.c) */
bool tlsni_suite_offered(const struct tlsni_suite *suite, const struct tlsni_hs_config *cfg);

/* The newest version in the range of the configuration and up to `max` with a suite that can be
 * offered, and with a group where a version has none without. NULL: there is none. (negotiate.c) */
const struct tlsni_version *tlsni_newest_version(const struct tlsni_hs_config *cfg, uint16_t max);

/* A verdict counts in the configurations that would give the same. */
static inline bool tlsni_hs_trusts(const struct tlsni_hs_config *cfg, const struct tlsn_session *s)
{
    return cfg->insecure_no_verify ||
           (s->verified && memcmp(s->context, cfg->context, TLSNI_CONTEXT_LEN) == 0);
}

/* What the engine does for a handshake. Functions that ask return TLSN_OK when answered, the TLSN_NEED_
 * status of their question when not yet, or an error. */
struct tlsni_hs_host {
    tlsn_status (*send_message)(void *ctx, const uint8_t *message, size_t len);
    /* An SSL 2.0 compatible ClientHello: no record of TLS. */
    tlsn_status (*send_ssl2_hello)(void *ctx, const uint8_t *message, size_t len);
    tlsn_status (*send_ccs)(void *ctx);
    void (*owe_ccs)(void *ctx); /* it goes in front of the first protected record */
    tlsn_status (*send_warning)(void *ctx, uint8_t alert);
    /* keys NULL: there are none any more */
    tlsn_status (*install)(void *ctx, bool writes, const struct tlsni_prot_keys *keys);
    void (*key_log)(void *ctx, const char *label, const struct tlsni_secret *secret);
    tlsn_status (*ask_config)(void *ctx);     /* may replace hs->cfg */
    tlsn_status (*ask_verdict)(void *ctx);    /* the peer's chain is in hs->peer */
    tlsn_status (*ask_credential)(void *ctx); /* fills hs->credential, NULL for none */
    tlsn_status (*ask_session)(void *ctx);    /* appends to hs->session_bytes, or nothing */
    tlsn_status (*ask_certificates)(void *ctx); /* tlsni_url_take, or nothing */
    tlsn_status (*ask_key_op)(void *ctx);     /* fills hs->key_op's result */
    /* Fills hs->psk_key, and as a client hs->psk_identity; in TLS 1.3 hs->tls13.asked; or nothing. */
    tlsn_status (*ask_psk)(void *ctx);
    tlsn_status (*ask_srp)(void *ctx); /* fills hs->srp_group, kx_params (salt), psk_key (verifier), or nothing */
};

/* Where a client puts values that mean nothing (RFC 8701). */
enum tlsni_grease {
    TLSNI_GREASE_SUITE,
    TLSNI_GREASE_GROUP,
    TLSNI_GREASE_SIGALG,
    TLSNI_GREASE_ALPN,
    TLSNI_GREASE_EXTENSION,
    TLSNI_GREASE_LAST_EXTENSION,
    TLSNI_GREASE_VERSION,
    TLSNI_GREASE_MODE, /* of one byte */
    TLSNI_GREASE_COUNT
};

/* A private-key operation, done here or outside. */
struct tlsni_key_op {
    enum tlsni_op { TLSNI_OP_NONE, TLSNI_OP_SIGN, TLSNI_OP_DECRYPT, TLSNI_OP_AGREE } kind;
    const tlsn_credential *credential; /* borrowed */
    const struct tlsni_sigalg *scheme;
    struct tlsn_span input;            /* borrowed: message or ciphertext */
    bool done;
    uint8_t *result;                   /* owned; a premaster secret is secret */
    size_t result_len;
};

/* The peer's certificates, as they came. Without a delegated credential `key` signs for the peer. */
struct tlsni_peer {
    struct tlsni_buf delegated;   /* owned: DelegatedCredential (RFC 9345), empty: none came */
    struct tlsni_pubkey *delegated_key; /* owned: its key, NULL without one */
    struct tlsni_buf list;        /* owned: certificate_list contents */
    struct tlsni_cert leaf;       /* spans into list */
    struct tlsni_pubkey *key;     /* owned, NULL without a chain */
    struct tlsn_span raw_key;     /* instead of a chain (RFC 7250), span into list; then leaf is empty */
};

/* What came along with the certificates; outlives the handshake on demand. */
struct tlsni_beside {
    struct tlsni_buf ocsp; /* owned: OCSP responses, each behind 3 bytes, by certificate */
    struct tlsni_buf supplement; /* owned: SupplementalDataEntry list (RFC 4680) */
    struct tlsni_buf cacheable; /* owned: whole messages for a later cached_info (RFC 7924) */
    struct tlsni_buf scts; /* owned: SerializedSCTs, each behind 2 bytes (RFC 6962 3.3) */
};

/* Messages so far: a running hash once the suite is known, and their bytes as long as somebody may need
 * them (the hash is not known, or a CertificateVerify may come). */
struct tlsni_transcript {
    struct tlsni_buf raw; /* owned */
    bool keep_raw;
    struct tlsni_hash_ctx hash;
};

enum { TLSNI_SHARES_MAX = 4, TLSNI_HELLO_DIGEST = 32 };

/* A key pair for key_share; inside one block. */
struct tlsni_share {
    const struct tlsni_group *group; /* static */
    uint8_t *private_key, *public_key;
};

/* The contents of a client's pre_shared_key: spans into its ClientHello. */
struct tlsni_psk_list {
    struct tlsn_span identities; /* each behind 2 bytes, with 4 bytes of age */
    struct tlsn_span binders;    /* each behind 1 byte */
    size_t identity_count, binder_count;
};

/* PskKeyExchangeMode, RFC 8446 4.2.9 */
enum { TLSNI_PSK_KE = 0, TLSNI_PSK_DHE_KE = 1 };

/* How a server tells early data that it does not take from what comes behind them. */
enum tlsni_early_skip { TLSNI_SKIP_NONE, TLSNI_SKIP_BY_TYPE, TLSNI_SKIP_BY_TRIAL };

/* What a delegated credential that signed is for, RFC 9345. scheme 0: there is none. */
struct tlsni_delegation {
    int64_t end; /* its last second, since 1970 */
    uint16_t scheme;
};

/* What only a handshake of TLS 1.3 has. */
struct tlsni_hs13 {
    struct tlsni_schedule13 keys;  /* secret */
    /* client */
    struct tlsni_share share[TLSNI_SHARES_MAX];
    uint8_t shares;
    uint8_t *share_block;          /* owned, secret: what they point into */
    size_t share_block_len;
    uint16_t offers;               /* pre-shared keys in the ClientHello */
    bool resumes;                  /* the first of them is the ticket of hs->offer */
    const struct tlsni_hash *offer_hash; /* of those in a second ClientHello, NULL: any */
    uint16_t externals;            /* how many external ones the first had, from which those are */
    bool psk_asked;                /* the application was, and what it answered is in: */
    bool compat;                   /* the session ID is one of our invention: ChangeCipherSpecs go out */
    /* server: spans into the ClientHello */
    struct tlsn_span peer_shares;  /* KeyShareEntry list */
    struct tlsn_span peer_cookie;
    struct tlsni_psk_list peer_psks;
    bool shares_seen, modes_seen;
    uint8_t modes;                 /* bit n: PskKeyExchangeMode n */
    size_t tried;                  /* identities that are not good for anything */
    size_t no_tickets;             /* and those that are not tickets */
    uint8_t early_skip;            /* enum tlsni_early_skip */
    bool early_reads;              /* what comes in is protected by the key of early data */
    bool asks_tickets;             /* ticket_request came: for how many, as in the configuration */
    uint8_t tickets_asked[2];
    uint32_t ticket_age_ms;        /* of the ticket that was taken, as the client has it */
    const struct tlsni_suite *first_suite; /* what HelloRetryRequest was about */
    const struct tlsni_group *first_group;
    uint8_t digest[TLSNI_HELLO_DIGEST]; /* of what the second ClientHello has to repeat */
    /* both */
    struct tlsni_psk asked[2];     /* keys of the application; owned */
    uint8_t asked_count;
    struct tlsni_early_terms terms; /* of the first key of the client; borrows of that or of its session */
    const struct tlsni_group *retry_group; /* that HelloRetryRequest asks for, NULL: none */
    struct tlsni_buf cookie;       /* of HelloRetryRequest; owned */
    uint16_t selected;             /* index of the pre-shared key that was taken */
    bool keyed;                    /* there is one, the key schedule begins with it */
    bool cert_psk_asked, cert_psk; /* certificates authenticate all the same (RFC 9973): asked for, agreed */
    size_t entry;                  /* of a Certificate message whose extensions are written or read */
    size_t statuses;               /* responses in beside.ocsp */
    struct tlsn_span request_context; /* of CertificateRequest; span into hs->request */
    struct tlsni_hash_ctx through_finished; /* the transcript up to the client's Finished */
    struct tlsni_auth13 *auth;     /* of an exchange behind the handshake; borrowed, NULL in others */
    const struct tlsni_secret *finished_from; /* what its Finished is made from; borrowed */
    bool auth_offered;             /* server: the client has post_handshake_auth */
    bool auth_required;            /* server: of the request that is being answered */
    struct tlsni_hash_ctx before_retried; /* server: the transcript in front of the second ClientHello */
    bool ccs_sent;
    uint8_t early;                 /* enum tlsn_early */
    uint32_t early_left;           /* bytes of early data that may still be sent, be read or be skipped */
    uint16_t pack_with;            /* how our Certificate may be packed, 0: not */
    uint8_t packed[2];             /* how Certificates were, by sender; 0: they were not */
    struct tlsn_span peer_delegated; /* schemes of the peer's delegated_credential; span into hello or request */
    const tlsn_credential *delegated; /* that signs in the place of hs->credential, NULL: none; borrowed from it */
    struct tlsni_delegation delegation[2]; /* by signer */
};

/* A row of a flow table: in `state`, `event` is taken when all facts of `when` and none of `unless` hold; it needs
 * proofs, runs the action, grants proofs and leads to `next`. Event TLSNI_EV_STEP: no message is awaited. */
struct tlsni_hs_row {
    uint8_t state, event, next;
    uint32_t when, unless;
    uint16_t needs, proves;
    tlsn_status (*act)(struct tlsni_hs *hs, struct tlsn_span body); /* body empty for a step */
    const char *source;
    const char *action; /* the action's name, for people */
};

enum { TLSNI_EV_STEP = 0xff, TLSNI_EV_CCS = 0xfe };
enum { TLSNI_ST_DONE = 0xfe, TLSNI_ST_ENTRY = 0xfd, TLSNI_ST_ANY = 0xfc };

struct tlsni_flow {
    const char *name; /* "tls1.2 client" */
    uint8_t entry;
    const struct tlsni_hs_row *rows;
    size_t count;
    const char *const *state_names;
    uint8_t states;
    uint16_t all_proofs; /* that DONE needs */
};

/* What is settled and decides which rows apply. */
enum {
    TLSNI_F_RESUMED = 1 << 0,      /* abbreviated handshake */
    TLSNI_F_CERT = 1 << 1,         /* the server authenticates by certificate */
    TLSNI_F_SKE = 1 << 2,          /* the key exchange has a ServerKeyExchange */
    TLSNI_F_REQUEST = 1 << 3,      /* a client certificate is asked for */
    TLSNI_F_CLIENT_SIGNS = 1 << 4, /* the client sent a certificate that signs */
    TLSNI_F_TICKET = 1 << 5,       /* a NewSessionTicket is due */
    TLSNI_F_RENEGOTIATION = 1 << 6,
    TLSNI_F_SKE_SIGNED = 1 << 7,   /* and it is signed with the certificate's key */
    TLSNI_F_SKE_OPTIONAL = 1 << 8, /* client: one may come, or be left out (RFC 4279 2) */
    TLSNI_F_RETRY = 1 << 9,        /* there was a HelloRetryRequest, or is to be one */
    TLSNI_F_PSK = 1 << 10,         /* TLS 1.3: a pre-shared key authenticates, a ticket's or another */
    TLSNI_F_EARLY = 1 << 13,       /* early data were accepted, EndOfEarlyData comes */
    TLSNI_F_STATUS = 1 << 16,      /* a CertificateStatus may come, or is to be sent */
    TLSNI_F_URL = 1 << 17,         /* CertificateURL may come (server), is to be sent (client) */
    TLSNI_F_SUPPLEMENT = 1 << 19,  /* the client may send SupplementalData */
    TLSNI_F_SERVER_SUPPLEMENT = 1 << 20, /* the server does */
    TLSNI_F_UNOBTAINED = 1 << 18,  /* server: what it names could not be fetched */
};

/* What has been shown; application data flows only with all of them. */
enum {
    TLSNI_P_CHAIN = 1 << 0,    /* the peer's chain was judged, or none was due */
    TLSNI_P_SIGNATURE = 1 << 1, /* the peer proved its key, or none was due */
    TLSNI_P_KEYS = 1 << 2,     /* keys derived, our last flight before them sent */
    TLSNI_P_CCS = 1 << 3,      /* the peer's records are protected */
    TLSNI_P_FINISHED = 1 << 4, /* its Finished agrees */
};

/* How the MACs of a connection's CBC suites go, once one was in use (RFC 7366 3.1). */
enum tlsni_mac_order { TLSNI_MAC_ORDER_OPEN, TLSNI_MAC_THEN_ENCRYPT, TLSNI_ENCRYPT_THEN_MAC };

/* What a renegotiation has to keep of the handshake before. Zero in the first one. All borrowed. */
struct tlsni_bound {
    const struct tlsni_version *version; /* NULL: this is no renegotiation */
    struct tlsn_span leaf;         /* the peer's certificate, empty when none was shown or kept */
    const uint8_t *leaf_hash;      /* its SHA-256 when it was not kept; NULL otherwise */
    struct tlsn_span identity;     /* server: of the client's pre-shared key or password; empty for none */
    const char *server_name;       /* server: that came, NULL for none */
    enum tlsni_mac_order mac_order;
    bool ems;
};

struct tlsni_kx_ops;

struct tlsni_hs {
    const struct tlsn_hooks *env;      /* borrowed */
    const struct tlsni_hs_config *cfg; /* borrowed; NULL until a server's question is answered */
    const struct tlsni_hs_host *host;
    void *host_ctx;
    struct tlsni_err *err;             /* borrowed: the connection's */
    enum tlsn_role role;

    /* machine */
    const struct tlsni_flow *flow;
    uint8_t state;
    uint32_t facts;
    uint16_t proofs;
    uint32_t hello_requests;

    /* hellos */
    const struct tlsni_version *version; /* NULL until chosen */
    uint16_t client_version;             /* ClientHello.client_version */
    const struct tlsni_version *newest;  /* that could be chosen: offered, or spoken here */
    uint8_t worlds;                      /* client: enum tlsni_world bits that the hello is for */
    uint8_t client_random[TLSNI_RANDOM_LEN], server_random[TLSNI_RANDOM_LEN];
    uint8_t session_id[TLSNI_SESSION_ID_MAX]; /* as it goes into ServerHello / came from it */
    uint8_t session_id_len;
    struct tlsni_msg_client_hello hello;  /* server: spans into the transcript's first message */
    struct tlsni_buf converted;           /* server: what an SSL 2.0 compatible hello says; owned */
    struct tlsn_span hello_message;       /* the same with its header */
    const struct tlsni_suite *suite;      /* a server's candidate while it chooses */
    const struct tlsni_kx_ops *kx;
    uint8_t compression;                  /* method; 0: none */
    const struct tlsni_group *group;      /* NULL until chosen, and for unnamed DH groups */
    bool ff_negotiated;                   /* DHE: the group was among the client's (RFC 7919) */
    const struct tlsni_sigalg *scheme;    /* of the server's signature */
    const struct tlsni_sigalg *peer_scheme; /* server: of the client's signature */

    /* extensions */
    uint64_t ext_sent;             /* bit i: row i of the extension table went out */
    uint16_t grease[TLSNI_GREASE_COUNT]; /* client: drawn for this hello, 0: none */
    uint64_t ext_seen;             /* bit i: row i came in */
    const char *server_name;       /* client: to send, NULL for none. Borrowed */
    const char *verify_name;       /* client: whose chain is wanted, NULL for any. Borrowed */
    struct tlsn_span peer_name;    /* server: host_name as it came, span into hello; empty if none */
    bool name_acknowledged;        /* server_name was in ServerHello */
    bool name_unknown;             /* server: the peer hears a warning about its name */
    struct tlsni_names names;      /* server: which certificates are for that name */
    uint8_t wanted_rank;           /* enum tlsni_name_rank */
    struct tlsn_span peer_groups, peer_sigalgs; /* server: 2 bytes each, spans into hello */
    struct tlsn_span peer_authorities; /* server: DistinguishedName list of the client, span into hello */
    struct tlsn_span peer_sigalgs_cert; /* the same; empty if not there */
    bool peer_groups_seen, peer_sigalgs_seen;
    struct tlsni_buf kept_sigalgs; /* server, with exporters: peer_sigalgs for later; owned */
    struct tlsn_span alpn;         /* the protocol chosen, span into cfg->alpn; empty if none */
    bool peer_uncompressed;        /* ec_point_formats allow it, or were not there */
    bool ems, etm;                 /* agreed (server: asked for, until the suite is known) */
    bool truncated_mac;            /* the same for truncated_hmac */
    uint16_t fragment_max;         /* max_fragment_length agreed on in bytes, 0 for none (server:
                                    * asked for, until the session is known) */
    uint16_t srtp_profile;         /* agreed on, 0: none */
    struct tlsn_span srtp_mki;     /* client: to offer, then agreed on. Borrowed */
    uint8_t peer_mki[255];         /* server: that lies here */
    uint8_t peer_heartbeat;        /* enum tlsn_heartbeat, when both sides have the extension */
    uint16_t size_limit_in, size_limit_out; /* record_size_limit: ours and the peer's, 0 for none */
    bool renegotiation_scsv;       /* server: the client sent the SCSV */
    bool secure_renegotiation;
    bool fallback_scsv;            /* client: to be sent; server: it came */
    struct tlsn_span client_verify_data, server_verify_data; /* of the handshake before; empty in the first */
    struct tlsni_bound bound;      /* to that one */
    bool ticket_offered;           /* server: the client takes tickets */
    struct tlsn_span ticket;       /* server: the one it sent, span into hello; may be empty */
    bool ticket_renew;             /* server: a new one shall take its place */
    bool ticket_made;              /* server: own_ticket was, in this handshake */
    struct tlsni_buf own_ticket;   /* server: that names this session, if tickets can be called back; owned */
    struct tlsni_buf made_tickets; /* server: all of those, each behind 2 bytes; owned */
    struct tlsni_buf spent_ticket; /* server: in whose place that one was made; owned */
    bool ticket_due;               /* the extension was in ServerHello */
    struct tlsn_span own_types, peer_types; /* server: what the client takes and has; empty: X.509 */
    struct tlsn_span cert_types;   /* server: of cert_type (RFC 6091); empty if not there */
    uint8_t own_type, peer_type;   /* enum tlsn_cert_type, agreed */
    struct tlsn_span trusted_cas;  /* server: TrustedAuthority list, span into hello; empty if none */
    bool trusted_used;             /* server: it guided the choice of the chain */
    bool mapping_agreed;           /* the client sends a user mapping */
    uint8_t authz_in, authz_out;   /* formats of authorization data agreed on, as in the configuration */
    bool authz_came;               /* the peer's did */
    struct tlsn_span cached;       /* client: messages it still has, borrowed; server: CachedObject list, span
                                    * into hello */
    uint8_t cached_types;          /* bit n: TLSNI_CACHED_ type n is left out */
    uint8_t fingerprint[2][TLSNI_FINGERPRINT_LEN]; /* server: of those messages, by type - 1 */
    bool url_asked;                /* the peer sent client_certificate_url */
    bool status_asked;             /* server: by status_request, for OCSP */
    uint8_t status_asked_v2;       /* server: CertificateStatusType that is liked best; 0: none */
    bool status_v2;                /* agreed on is status_request_v2 */
    uint8_t status_type;           /* server: CertificateStatusType that goes out */

    /* sessions */
    const tlsn_session *offer;     /* client: to resume, NULL for none. Borrowed */
    bool early_wanted;             /* client: early data shall be announced, if the session allows it */
    struct tlsn_session session;   /* the one this handshake resumes or makes */
    struct tlsni_buf session_bytes; /* server: answer of ask_session or the cache */
    struct tlsn_span session_key;  /* server: the ID or ticket that ask_session looks for, span into hello */
    bool session_asked;
    enum tlsn_resumed resumed;

    /* authentication */
    struct tlsni_peer peer;
    const tlsn_credential *credential; /* ours; borrowed (config) or held by the engine */
    struct tlsni_key_op key_op;
    struct tlsni_buf request;          /* client: CertificateRequest body, owned */
    struct tlsni_msg_certificate_request certificate_request; /* spans into request */
    tlsn_status verdict;               /* on the peer's chain */
    struct tlsni_beside beside;
    struct tlsni_buf url_message;      /* server: CertificateURL body, owned */
    struct tlsni_buf fetched;          /* server: certificates from there, each behind 3 bytes; owned */
    bool client_certificate_sent;

    /* key exchange; secret */
    uint8_t *kx_block;                 /* owned: one block for the next three, gone with the master secret */
    size_t kx_block_len;
    uint8_t *private_key, *public_key; /* ephemeral */
    uint8_t *premaster;
    size_t premaster_len;
    struct tlsni_privkey *temporary_key; /* owned; server of an RSA export suite */
    struct tlsni_pubkey *temporary_public; /* owned; client of one */
    struct tlsni_buf kx_params;        /* p, g of an unnamed group (owned copies) and the peer's public value */
    struct tlsni_dh_params dh;         /* spans into kx_params or the group's row */
    struct tlsn_span peer_public;      /* span into kx_params */
    struct tlsni_buf psk_identity;     /* owned; also the name of an SRP user */
    struct tlsni_buf psk_hint;         /* client: as it came; owned */
    struct tlsni_buf psk_key;          /* owned, gone with the premaster secret */
    bool psk_settled;                  /* psk_key is the one to use */
    struct tlsn_span srp_user;         /* server: of the extension, span into hello; empty if none */
    const struct tlsni_srp_group *srp_group;
    struct tlsn_span srp_salt;         /* span into kx_params */
    uint8_t key_block[2 * (64 + 32 + 16)];
    uint8_t verify_data[2][36];        /* by role */
    struct tlsni_hs13 tls13;

    struct tlsni_buf sign_input;       /* owned: what the server's signature covers */
    struct tlsni_transcript transcript;
    struct tlsni_buf out;              /* the message being written */
};

enum { TLSNI_PSK13_MIN = 16 }; /* bytes of an external key (RFC 9257 6) */

/* A pre-shared key of TLS 1.3. All borrowed. */
struct tlsni_psk13 {
    struct tlsn_span identity, key; /* the key is secret */
    const struct tlsni_hash *hash;
    const char *binder;             /* label of its binder's key */
    bool ticket;
    struct tlsni_early_terms early;
};

/* Client: number i of those in its ClientHello; false when there are fewer. (psk13.c) */
bool tlsni_psk13_offer(const struct tlsni_hs *hs, size_t i, struct tlsni_psk13 *out);
/* A group of the configuration that the version, or the newest one on offer, can use? (share13.c) */
bool tlsni_share13_usable(const struct tlsni_hs *hs, uint16_t group);
/* Client: the share of this group that was sent; NULL when none was. (share13.c) */
const struct tlsni_share *tlsni_share13_find(const struct tlsni_hs *hs, uint16_t group);
/* Keeps a copy of the peer's public value. (kx.c) */
TLSN_MUST_USE tlsn_status tlsni_kx_keep_public(struct tlsni_hs *hs, struct tlsn_span value);

/* Client: the first ClientHello is SSL 2.0 compatible. */
static inline bool tlsni_hs_sends_ssl2(const struct tlsni_hs *hs)
{
    return hs->role == TLSN_CLIENT && hs->cfg && !hs->client_verify_data.len &&
           tlsni_hs_feature(hs->cfg, TLSN_FEATURE_INSECURE_SSL2_HELLO) &&
           !(hs->facts & TLSNI_F_RENEGOTIATION);
}

/* Client: the version offered has no extensions, so that TLS_EMPTY_RENEGOTIATION_INFO_SCSV goes out
 * (RFC 5746 3.3). */
static inline bool tlsni_hs_signals_by_suite(const struct tlsni_hs *hs)
{
    const struct tlsni_version *v = tlsni_version_find(hs->client_version);

    return (v && !v->extensions && !hs->client_verify_data.len) || tlsni_hs_sends_ssl2(hs);
}

#endif
