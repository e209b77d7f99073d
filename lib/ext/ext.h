/* ext.h - THE table of extensions and the one place that enforces what holds for all of them:
 * order of processing (ours, not the wire's), no duplicates, no unsolicited answers, no trailing
 * bytes.
 *
 * One file an extension. A row says in which messages it may stand; a message kind without
 * functions is not supported there and ignored (ClientHello) or refused (answers). */
#ifndef TLSNI_EXT_EXT_H
#define TLSNI_EXT_EXT_H

#include "base/bytes.h"
#include "handshake/hs.h"

enum tlsni_ext_type {
    TLSNI_EXT_SERVER_NAME = 0,
    TLSNI_EXT_MAX_FRAGMENT_LENGTH = 1,
    TLSNI_EXT_CLIENT_CERTIFICATE_URL = 2,
    TLSNI_EXT_TRUSTED_CA_KEYS = 3,
    TLSNI_EXT_TRUNCATED_HMAC = 4,
    TLSNI_EXT_STATUS_REQUEST = 5,
    TLSNI_EXT_USER_MAPPING = 6,
    TLSNI_EXT_CLIENT_AUTHZ = 7,
    TLSNI_EXT_SERVER_AUTHZ = 8,
    TLSNI_EXT_CERT_TYPE = 9,
    TLSNI_EXT_SUPPORTED_GROUPS = 10,
    TLSNI_EXT_EC_POINT_FORMATS = 11,
    TLSNI_EXT_SRP = 12,
    TLSNI_EXT_SIGNATURE_ALGORITHMS = 13,
    TLSNI_EXT_USE_SRTP = 14,
    TLSNI_EXT_HEARTBEAT = 15,
    TLSNI_EXT_ALPN = 16,
    TLSNI_EXT_STATUS_REQUEST_V2 = 17,
    TLSNI_EXT_SIGNED_CERTIFICATE_TIMESTAMP = 18,
    TLSNI_EXT_CLIENT_CERTIFICATE_TYPE = 19,
    TLSNI_EXT_SERVER_CERTIFICATE_TYPE = 20,
    TLSNI_EXT_PADDING = 21,
    TLSNI_EXT_ENCRYPT_THEN_MAC = 22,
    TLSNI_EXT_EXTENDED_MASTER_SECRET = 23,
    TLSNI_EXT_CACHED_INFO = 25,
    TLSNI_EXT_COMPRESS_CERTIFICATE = 27,
    TLSNI_EXT_RECORD_SIZE_LIMIT = 28,
    TLSNI_EXT_CERT_WITH_EXTERN_PSK = 33,
    TLSNI_EXT_DELEGATED_CREDENTIAL = 34,
    TLSNI_EXT_SESSION_TICKET = 35,
    TLSNI_EXT_PRE_SHARED_KEY = 41,
    TLSNI_EXT_EARLY_DATA = 42,
    TLSNI_EXT_SUPPORTED_VERSIONS = 43,
    TLSNI_EXT_COOKIE = 44,
    TLSNI_EXT_PSK_KEY_EXCHANGE_MODES = 45,
    TLSNI_EXT_CERTIFICATE_AUTHORITIES = 47,
    TLSNI_EXT_OID_FILTERS = 48,
    TLSNI_EXT_POST_HANDSHAKE_AUTH = 49,
    TLSNI_EXT_SIGNATURE_ALGORITHMS_CERT = 50,
    TLSNI_EXT_KEY_SHARE = 51,
    TLSNI_EXT_TICKET_REQUEST = 58,
    TLSNI_EXT_NEXT_PROTOCOL_NEGOTIATION = 13172, /* known by name, never spoken */
    TLSNI_EXT_RENEGOTIATION_INFO = 65281,
};

/* SERVER_HELLO is that of versions up to TLS 1.2. CERTIFICATE: of one entry of that message. */
enum tlsni_ext_message {
    TLSNI_IN_CLIENT_HELLO,
    TLSNI_IN_SERVER_HELLO,
    TLSNI_IN_SERVER_HELLO13,
    TLSNI_IN_HELLO_RETRY,
    TLSNI_IN_ENCRYPTED_EXTENSIONS,
    TLSNI_IN_CERTIFICATE,
    TLSNI_IN_CERTIFICATE_REQUEST,
    TLSNI_IN_NEW_SESSION_TICKET,
    TLSNI_EXT_MESSAGES
};

/* What one extension does in one message. NULL functions: nothing. */
struct tlsni_ext_ops {
    bool (*wanted)(const struct tlsni_hs *hs); /* to be sent */
    void (*write)(struct tlsni_hs *hs, struct tlsni_wr *w); /* extension_data */
    /* Reads all of data; what is left over is decode_error without further ado. */
    tlsn_status (*parse)(struct tlsni_hs *hs, struct tlsni_rd *data);
    /* The message came without it. */
    tlsn_status (*absent)(struct tlsni_hs *hs);
};

struct tlsni_ext {
    uint16_t type;
    const char *name;
    struct tlsni_ext_ops in[TLSNI_EXT_MESSAGES];
    bool always; /* may be answered although not sent (renegotiation_info answers the SCSV) */
    bool last;   /* nothing may follow it in a ClientHello (RFC 8446 4.2.11) */
    uint8_t worlds; /* enum tlsni_world bits of the versions that have it, 0: all */
    tlsn_status unasked; /* for an answer to what was not asked; 0: TLSN_ERR_UNSUPPORTED_EXTENSION */
    const char *source;
};

/* Rows in the order in which they are written and processed. At most 64. */
const struct tlsni_ext *const *tlsni_ext_rows(size_t *count);

/* Writes the extension block of a message with its length; in the hellos of versions up to TLS 1.2
 * nothing at all when no extension is wanted. Notes what a request sent in hs->ext_sent. */
void tlsni_ext_write(struct tlsni_hs *hs, enum tlsni_ext_message message, struct tlsni_wr *w);
/* Writes one extension as it stands in this message, if it is wanted. */
void tlsni_ext_write_one(struct tlsni_hs *hs, enum tlsni_ext_message message, uint16_t type,
                         struct tlsni_wr *w);
/* Parses one extension of a sound block as it stands in this request, if it is there. */
TLSN_MUST_USE tlsn_status tlsni_ext_read_one(struct tlsni_hs *hs, enum tlsni_ext_message message,
                                             uint16_t type, struct tlsn_span block);
/* Notes in hs->ext_sent what a request of ours had in its block. */
void tlsni_ext_note_sent(struct tlsni_hs *hs, struct tlsn_span block);
/* The framing of a block is right, and nothing is there twice, known or not. */
bool tlsni_ext_block_sound(struct tlsn_span block);
/* Reads the contents of a block: checks framing and duplicates (known or not), then parses row
 * by row. In answers an extension that was not sent is unsupported_extension (RFC 5246 7.4.1.4);
 * from TLS 1.3 on one that has no place in the message is illegal_parameter (RFC 8446 4.2). */
TLSN_MUST_USE tlsn_status tlsni_ext_read(struct tlsni_hs *hs, enum tlsni_ext_message message,
                                         struct tlsn_span block);
/* The data of one extension in a block whose framing was checked; false when it is not there. */
bool tlsni_ext_find(struct tlsn_span block, uint16_t type, struct tlsn_span *data);

/* SRTP protection profiles by number and name; "" and 0 when not known. */
const char *tlsni_srtp_name(uint16_t id);
uint16_t tlsni_srtp_find(const char *name, size_t len);

/* Once the suite is known: short MACs are for suites with an HMAC. */
void tlsni_ext_settle_truncated_hmac(struct tlsni_hs *hs);

/* Client: draws the values of RFC 8701 for this ClientHello when the configuration wants them. */
TLSN_MUST_USE tlsn_status tlsni_grease_draw(struct tlsni_hs *hs);
/* Writes one of them, or nothing when none was drawn. */
void tlsni_grease_put(const struct tlsni_hs *hs, enum tlsni_grease which, struct tlsni_wr *w);
void tlsni_grease_put_extension(const struct tlsni_hs *hs, enum tlsni_grease which,
                                struct tlsni_wr *w);

/* RFC 8449 4: the least limit there is. */
enum { TLSNI_EXT_SIZE_LIMIT_MIN = 64 };
/* Server: whether client and server both have this PskKeyExchangeMode; any, so that tickets are of use. */
bool tlsni_ext_psk_mode(const struct tlsni_hs *hs, unsigned mode);
bool tlsni_ext_tickets_usable(const struct tlsni_hs *hs);
/* Server: how many tickets this handshake ends with (RFC 9149). */
uint8_t tlsni_ext_ticket_count(const struct tlsni_hs *hs);
/* Whether RFC 6066 4 has a number for this many bytes. */
bool tlsni_ext_is_fragment_length(size_t length);

/* RFC 7250: the types themselves, or X.509 when none is set; is the type among them; among those that the peer
 * listed (empty: it did not)? */
const struct tlsni_cert_types *tlsni_cert_types_in_force(const struct tlsni_cert_types *types);
bool tlsni_cert_types_have(const struct tlsni_cert_types *types, uint8_t type);
bool tlsni_cert_type_listed(struct tlsn_span list, uint8_t type);
/* Server: whether a chain leads to an authority that the client named (RFC 6066 6). */
bool tlsni_ext_trusted(const struct tlsni_hs *hs, const tlsn_credential *c);
/* Reads a SignedCertificateTimestampList (RFC 6962 3.3) that is all there is; *list: its elements, each
 * behind 2 bytes. */
bool tlsni_ext_sct_list(struct tlsni_rd *r, struct tlsn_span *list);
/* RFC 7924 5: of a whole message with its header. */
void tlsni_ext_fingerprint(struct tlsn_span message, uint8_t out[TLSNI_FINGERPRINT_LEN]);
/* The TLSNI_CACHED_ type that a whole message is, 0 for none. */
uint8_t tlsni_ext_cached_type(struct tlsn_span message);
/* Server: decides which certificate status goes out, once suite and credential are chosen. */
void tlsni_ext_choose_status(struct tlsni_hs *hs);
/* Takes the next KeyShareEntry off the front of a list; false at its end, or when it is not sound. */
bool tlsni_ext_share_next(struct tlsn_span *list, uint16_t *group, struct tlsn_span *value);
/* The same for an identity of pre_shared_key with its hidden age, and for a binder. */
bool tlsni_ext_psk_next(struct tlsn_span *identities, struct tlsn_span *identity, uint32_t *age);
bool tlsni_ext_binder_next(struct tlsn_span *binders, struct tlsn_span *binder);
/* Client: bytes of pre_shared_key at most; and of its list of binders with its length. */
size_t tlsni_ext_psk_max(const struct tlsni_hs *hs);
size_t tlsni_ext_binders_len(const struct tlsni_hs *hs);
/* The host_name in the data of a server_name extension / the list of an ALPN, supported_groups or
 * signature_algorithms extension, for views; empty when malformed. */
struct tlsn_span tlsni_ext_view_host_name(struct tlsn_span data);
struct tlsn_span tlsni_ext_view_list(struct tlsn_span data);

#endif
