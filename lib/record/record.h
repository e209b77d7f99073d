/* record.h - the record header, and record protection behind one small vtable.
 *
 * Nobody outside lib/record knows the header. A direction of a connection is a struct tlsni_prot
 * (the write or the read side of one cipher state); a NULL pointer is the state without protection.
 * Sealing and opening allocate nothing and copy nothing beyond the cipher's own pass. */
#ifndef TLSNI_RECORD_RECORD_H
#define TLSNI_RECORD_RECORD_H

#include "base/error.h"
#include "cipher/suite.h"

enum tlsni_content {
    TLSNI_CONTENT_CCS = 20,
    TLSNI_CONTENT_ALERT = 21,
    TLSNI_CONTENT_HANDSHAKE = 22,
    TLSNI_CONTENT_APPLICATION = 23,
    TLSNI_CONTENT_HEARTBEAT = 24,
    TLSNI_CONTENT_SSL2_HELLO = 0x80, /* no type on the wire: tlsni_record_parse_ssl2 */
};

enum {
    TLSNI_RECORD_HEADER = 5,
    TLSNI_RECORD_PLAIN_MAX = 16384,         /* RFC 5246 6.2.1 */
    TLSNI_RECORD_CIPHER_MAX = 16384 + 2048, /* RFC 5246 6.2.3 */
    TLSNI_RECORD_OVERHEAD_MAX = TLSNI_RECORD_HEADER + 16 + 64 + 256, /* header, IV, MAC, padding */
    TLSNI_RECORD_MAX = TLSNI_RECORD_HEADER + TLSNI_RECORD_CIPHER_MAX,
};

struct tlsni_record {
    uint8_t type;            /* enum tlsni_content; checked to be one of them */
    uint16_t version;        /* of the record layer */
    uint8_t *fragment;       /* borrowed: behind the header */
    size_t len;              /* bytes of the fragment */
    size_t size;             /* bytes of the whole record */
};

/* How a protocol version frames and protects: what differs between versions is in this row. */
struct tlsni_record_profile {
    uint16_t wire_version;  /* in the header of every record once negotiated */
    /* CBC records carry their IV (TLS 1.1 on); else it is the end of the record before, and
     * application data goes out in two records (see tlsni_prot_seal_data) */
    bool explicit_iv;
    bool ssl3;              /* MAC and padding of SSL 3.0: only the padding's length is checked */
    /* The real type is the last byte of the plain text, behind which zeros may stand; records say
     * application_data, and what they say of their version is of no account (RFC 8446 5.2) */
    bool inner_type;
    size_t cipher_max;      /* longest fragment: 2^14 + 2048, TLS 1.3: 2^14 + 256 */
    const char *source;
};

/* Looks at the first bytes of the stream. TLSN_NEED_INPUT: fewer than the whole record are here,
 * and *hint is the number of bytes in all that would help (at least the header). Errors as early as
 * the header shows them: TLSN_ERR_NOT_TLS for an unknown type (the first line of an HTTP request
 * included), TLSN_ERR_RECORD_VERSION for a major version other than 3, TLSN_ERR_RECORD_OVERFLOW for
 * a length above `max`. `version` is 0 before negotiation, afterwards the only value accepted. */
tlsn_status tlsni_record_parse(const uint8_t *in, size_t in_len, uint16_t version, size_t max,
                               struct tlsni_record *out, size_t *hint, struct tlsni_err *err);

/* A ClientHello of SSL 2.0 for version 3 or later, with the two byte length that such records have
 * (RFC 4346 E.1): type TLSNI_CONTENT_SSL2_HELLO, fragment from the message's type on.
 * TLSN_ERR_NOT_FOUND when the bytes are something else. */
tlsn_status tlsni_record_parse_ssl2(const uint8_t *in, size_t in_len, struct tlsni_record *out,
                                    size_t *hint);

/* A record without protection: header and a copy of the fragment (memmove; the fragment may already
 * be in place at out + TLSNI_RECORD_HEADER). len <= TLSNI_RECORD_PLAIN_MAX; TLSN_ERR_BUFFER if cap
 * is too small. */
tlsn_status tlsni_record_plain(uint8_t type, uint16_t version, const uint8_t *fragment, size_t len,
                               uint8_t *out, size_t cap, size_t *size);

/* The keys of one direction, cut from the key block (RFC 5246 6.3) or derived (RFC 8446 7.3).
 * Borrowed and secret. */
struct tlsni_prot_keys {
    const struct tlsni_suite *suite;
    const struct tlsni_record_profile *profile;
    bool encrypt_then_mac; /* RFC 7366; CBC only */
    bool truncated_mac;    /* RFC 6066 7: 80 bits of HMAC; not for an AEAD */
    uint16_t plain_max;    /* longest plain text of a record, 0: TLSNI_RECORD_PLAIN_MAX */
    uint16_t pad;          /* writing, with inner_type: length and type are padded to a multiple, 0: none */
    uint8_t compression;   /* enum tlsni_compression_id of compress.h; 0: none */
    /* iv: fixed part of the nonce, or the first IV of CBC records that carry none */
    struct tlsn_span mac_key, key, iv;
};

/* Bytes of MAC key, cipher key and fixed IV that the suite takes per direction (RFC 5246 6.3). */
void tlsni_prot_key_lens(const struct tlsni_suite *suite,
                         const struct tlsni_record_profile *profile, size_t *mac_key, size_t *key,
                         size_t *iv);

/* There is record protection for this suite in versions with this profile. */
bool tlsni_prot_supports(const struct tlsni_suite *suite,
                         const struct tlsni_record_profile *profile);

struct tlsni_prot;

struct tlsni_prot_ops {
    const char *name;
    /* Both work on a record whose header fields are given; see tlsni_prot_seal and _open. They are
     * called with room, limits and the least length of a fragment already checked; plain and dst
     * are in place or do not overlap the record. */
    tlsn_status (*seal)(struct tlsni_prot *p, uint8_t type, const uint8_t *plain, size_t len,
                        uint8_t *out);
    tlsn_status (*open)(struct tlsni_prot *p, const struct tlsni_record *rec, uint8_t *dst,
                        uint8_t *type, size_t *plain_len);
};

struct tlsni_comp;

/* One block: this head and the cipher's state behind it. Secret, owned by the connection. */
struct tlsni_prot {
    const struct tlsni_prot_ops *ops;
    const struct tlsn_hooks *env;
    struct tlsni_comp *comp; /* owned; NULL: no compression */
    uint64_t sequence; /* of the next record */
    uint64_t limit;    /* sequence at which the key may no longer be used */
    /* Writing side: cipher blocks that may still be sealed, UINT64_MAX for no bound. The limit of
     * an AEAD's row is for full-size records; the bound behind it counts blocks, so short records
     * use less. That of a block cipher's row counts its blocks. */
    uint64_t budget;
    uint64_t full; /* the budget of a fresh key */
    uint32_t size;     /* bytes of this block */
    uint16_t version;
    uint16_t plain_max; /* longest payload, at most TLSNI_RECORD_PLAIN_MAX */
    uint8_t lead;      /* header and explicit nonce or IV: where the payload begins */
    uint8_t tail;      /* least bytes behind the payload: tag, or MAC and padding */
    uint8_t outer;     /* bytes of the tail that are not encrypted: the MAC of encrypt-then-MAC */
    uint8_t inner;     /* 1: type and padding are behind the payload, in what the peer's records have in all */
    uint16_t pad;      /* payload and type go out in multiples of this, 0: as they are */
    uint8_t block_len; /* CBC: padding granularity; 0 otherwise */
    bool writes;
    bool ssl3;         /* the MAC does not cover the version */
    bool split;        /* application data is sealed by tlsni_prot_seal_data in two records */
};

/* The state for one direction; one allocation. writes: the sealing side. */
tlsn_status tlsni_prot_new(struct tlsni_prot **out, const struct tlsn_hooks *env,
                           const struct tlsni_prot_keys *keys, bool writes);
void tlsni_prot_free(struct tlsni_prot *p); /* wipes; NULL allowed */
/* Writing side: three quarters of what the key may protect are used up. p may be NULL. */
bool tlsni_prot_due(const struct tlsni_prot *p);

/* Bytes of the record that carries len bytes of payload, header included; with compression an upper
 * bound. p may be NULL. */
size_t tlsni_prot_sealed_size(const struct tlsni_prot *p, size_t len);
/* Bytes of the longest fragment that can come in: that of the version, or, when the payload is bounded to
 * less, what that makes at most. */
size_t tlsni_prot_fragment_max(const struct tlsni_prot *p, const struct tlsni_record_profile *profile);
/* Where the payload begins in a record: sealing in place means plain == out + this. p may be NULL.
 */
size_t tlsni_prot_lead(const struct tlsni_prot *p);

/* Seals one record of len <= p->plain_max bytes into out. `plain` is either out + lead
 * (in place), or does not overlap the record, or overlaps it in any other way: then it is moved
 * into place first. p NULL: no protection, with `version`. TLSN_ERR_BUFFER when cap is too small
 * (nothing changes), TLSN_ERR_LIMIT when the key is used up; alerts, of which there are a few a
 * connection, go out all the same: the bounds have room for that. */
tlsn_status tlsni_prot_seal(struct tlsni_prot *p, uint8_t type, uint16_t version,
                            const uint8_t *plain, size_t len, uint8_t *out, size_t cap,
                            size_t *size);

/* The same three for application data. Where IVs are implicit it goes out as a record of one byte and
 * a record of the rest, so that nobody who chooses the rest knows its IV (RFC 4346 F.3, "BEAST");
 * elsewhere as one record. In place means plain == out + tlsni_prot_data_lead(p). */
size_t tlsni_prot_data_size(const struct tlsni_prot *p, size_t len);
size_t tlsni_prot_data_lead(const struct tlsni_prot *p);
/* 1 or 2. */
unsigned tlsni_prot_data_records(const struct tlsni_prot *p, size_t len);
tlsn_status tlsni_prot_seal_data(struct tlsni_prot *p, uint16_t version, const uint8_t *plain,
                                 size_t len, uint8_t *out, size_t cap, size_t *size);

/* Room that opening `rec` into a separate buffer takes: the payload itself for an AEAD, payload,
 * MAC and padding for CBC, TLSNI_RECORD_PLAIN_MAX with compression. */
size_t tlsni_prot_open_room(const struct tlsni_prot *p, const struct tlsni_record *rec);

/* Opens a record. With dst == NULL it works in place, inside the record's own bytes (rec->fragment
 * is written to). Otherwise the payload goes to dst, cap bytes that may overlap the record in any
 * way: without overlap the cipher works straight into dst; with overlap it works in place and one
 * memmove follows unless dst is where the payload lies anyway. cap below tlsni_prot_open_room() is
 * TLSN_ERR_BUFFER and changes nothing, so the call can be repeated. *payload is where it is, *type
 * the content type. TLSN_ERR_BAD_RECORD_MAC for everything that does not authenticate, in constant
 * time, with the plaintext wiped; TLSN_ERR_RECORD_OVERFLOW for a payload above
 * p->plain_max; TLSN_ERR_DECOMPRESSION. With compression dst must not be NULL. p NULL: the fragment as
 * it is. */
tlsn_status tlsni_prot_open(struct tlsni_prot *p, const struct tlsni_record *rec, uint8_t *dst,
                            size_t cap, uint8_t *type, const uint8_t **payload,
                            size_t *payload_len);

extern const struct tlsni_record_profile tlsni_record_ssl3, tlsni_record_tls10,
    tlsni_record_tls11, tlsni_record_tls12, tlsni_record_tls13;

#endif
