/* version.h - protocol versions as rows of capabilities. Only version.c compares version numbers. */
#ifndef TLSNI_HANDSHAKE_VERSION_H
#define TLSNI_HANDSHAKE_VERSION_H

#include "cipher/prf.h"
#include "record/record.h"

struct tlsni_flow;
struct tlsni_hs;

enum { TLSNI_MARK_LEN = 8 };

/* The two families of versions: their hellos carry different extensions. Bits. */
enum tlsni_world { TLSNI_WORLD_OLD = 1, TLSNI_WORLD_13 = 2 };

struct tlsni_version {
    uint16_t number;
    uint16_t old_number;      /* what stands for it in version fields of hellos (RFC 8446 4.1.2) */
    uint8_t world;            /* enum tlsni_world */
    const char *name, *title; /* "tls1.2", "TLS 1.2" */
    const struct tlsni_record_profile *record; /* NULL: the version is not implemented */
    tlsni_prf_fn *prf;
    uint8_t hash; /* enum tlsni_hash_id of transcript and Finished; NONE: that of the suite */
    void (*verify_data)(const struct tlsni_hs *hs, enum tlsn_role sender, uint8_t *out);
    const struct tlsni_flow *flow[2]; /* by enum tlsn_role, entered after the hellos are parsed */
    /* What the version's ServerHello means, once its version field has chosen this row. */
    tlsn_status (*server_hello)(struct tlsni_hs *hs, struct tlsn_span body);
    uint8_t verify_data_len; /* RFC 5246 7.4.9 */
    bool exports;            /* RFC 5705 applies */
    bool unclosed_ends;      /* a session whose connection ended without close_notify is not resumed */
    bool extensions;         /* hellos carry extensions other than renegotiation_info */
    uint8_t sealed_length;   /* bytes of length in front of an encrypted premaster secret */
    bool certificate_alert;  /* a client without certificate says so by an alert (RFC 6101 5.6.6) */
    /* What CertificateVerify signs, 36 bytes; NULL: the messages so far. */
    void (*verify_digest)(const struct tlsni_hs *hs, uint8_t *out);
    /* Final keys and IVs of export suites; NULL where there are none. */
    void (*export_key)(const struct tlsni_hs *hs, enum tlsn_role writer, struct tlsn_span secret,
                       uint8_t *out, size_t len);
    bool false_start;        /* good enough for data before the peer's Finished (RFC 7918 5.2) */
    bool marks;              /* who speaks it marks, and finds, a downgrade (RFC 8446 4.1.3) */
    const char *mark;        /* at the end of the server's random value when this version is one; 8 bytes */
    bool sigalgs;            /* signature algorithms are negotiated and named on the wire */
    bool binds_curves;       /* ECDSA schemes name the curve of the key (RFC 8446 4.2.3) */
    bool exact_pss;          /* in certificates, parameters of PSS are those of the key (RFC 8446 4.2.3) */
    bool listed;             /* chosen by supported_versions alone */
    bool renegotiates;       /* hellos may come behind the first handshake (RFC 5246 7.4.1.1) */
    bool group_apart;        /* a group is negotiated whatever the suite, and suites say nothing of it */
    bool strict_chains;      /* chains are held to the schemes that the peer lists (RFC 8446 4.4.2.2) */
    bool psk_extension;      /* keys agreed on before are offered by pre_shared_key, sessions as well: their tickets
                              * come behind the handshake, and a session ID names none */
    bool early_data;         /* data may come with the first hello (RFC 8446 4.2.10) */
    bool binds_messages;     /* secrets follow from all messages, with or without extended_master_secret */
    bool keeps_secrets;      /* connections have struct tlsni_secrets13 */
    bool missing_extension;  /* a hello without what it needs is told so by this alert (RFC 8446 9.2) */
    bool alerts_end;         /* every alert but a closing one is an end, whatever its level */
    bool drops_ccs;          /* ChangeCipherSpec means nothing inside a handshake */
    const char *source;
};

/* All rows, oldest first. */
const struct tlsni_version *tlsni_version_rows(size_t *count);
/* NULL when not known. */
const struct tlsni_version *tlsni_version_find(uint16_t number);
/* The newest implemented version within [min, max] that is not above `offered`; NULL when none is. */
const struct tlsni_version *tlsni_version_select(uint16_t min, uint16_t max, uint16_t offered);
/* The same for a hello without supported_versions: versions that only that extension names are left
 * out. */
const struct tlsni_version *tlsni_version_select_unlisted(uint16_t min, uint16_t max,
                                                          uint16_t offered);
/* What stands in the header of the first record, which the ClientHello is in, and of an alert sent
 * before a version is chosen; client_version: the one offered, 0 when that is not known. */
uint16_t tlsni_version_first_record(enum tlsn_role role, uint16_t client_version);
/* The hash over the messages of a handshake. */
const struct tlsni_hash *tlsni_version_hash(const struct tlsni_version *version,
                                            const struct tlsni_suite *suite);
/* The alert to send in a version for one that it may not have. */
uint8_t tlsni_version_alert(const struct tlsni_version *version, uint8_t alert);
/* The 8 bytes that end the server's random value where this version is chosen although `newest` could
 * be; NULL when there is nothing to mark. */
const char *tlsni_version_mark(const struct tlsni_version *chosen,
                               const struct tlsni_version *newest);
/* Client: whether these 8 bytes say that the server could do better, and `newest` was offered. */
bool tlsni_version_is_marked(const struct tlsni_version *chosen,
                             const struct tlsni_version *newest, const uint8_t *end);
bool tlsni_version_below(const struct tlsni_version *v, const struct tlsni_version *other);
/* True when the two ranges share a version. */
bool tlsni_version_overlap(uint16_t min_a, uint16_t max_a, uint16_t min_b, uint16_t max_b);
/* True when they share one that is implemented. */
bool tlsni_version_runs(uint16_t min_a, uint16_t max_a, uint16_t min_b, uint16_t max_b);

#endif
