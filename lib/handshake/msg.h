/* msg.h - handshake messages: struct <-> bytes, both directions for each (RFC 5246 7.4).
 *
 * Parsers take the body behind the four byte header, check the RFC's bounds and that nothing is
 * left over, and hand out spans into it. Writers append the body to a writer; tlsni_msg_begin
 * and tlsni_msg_end put the header around it. Neither knows anything about a handshake. */
#ifndef TLSNI_HANDSHAKE_MSG_H
#define TLSNI_HANDSHAKE_MSG_H

#include "base/bytes.h"

enum tlsni_msg_type {
    TLSNI_MSG_HELLO_REQUEST = 0,
    TLSNI_MSG_CLIENT_HELLO = 1,
    TLSNI_MSG_SERVER_HELLO = 2,
    TLSNI_MSG_NEW_SESSION_TICKET = 4,
    TLSNI_MSG_END_OF_EARLY_DATA = 5,
    TLSNI_MSG_ENCRYPTED_EXTENSIONS = 8,
    TLSNI_MSG_CERTIFICATE = 11,
    TLSNI_MSG_SERVER_KEY_EXCHANGE = 12,
    TLSNI_MSG_CERTIFICATE_REQUEST = 13,
    TLSNI_MSG_SERVER_HELLO_DONE = 14,
    TLSNI_MSG_CERTIFICATE_VERIFY = 15,
    TLSNI_MSG_CLIENT_KEY_EXCHANGE = 16,
    TLSNI_MSG_FINISHED = 20,
    TLSNI_MSG_CERTIFICATE_URL = 21,
    TLSNI_MSG_CERTIFICATE_STATUS = 22,
    TLSNI_MSG_SUPPLEMENTAL_DATA = 23,
    TLSNI_MSG_KEY_UPDATE = 24,
    TLSNI_MSG_COMPRESSED_CERTIFICATE = 25, /* @rfc 8879:7.2/1 */
    TLSNI_MSG_MESSAGE_HASH = 254, /* never sent: stands in the transcript for a ClientHello */
};

enum { TLSNI_MSG_HEADER = 4, TLSNI_RANDOM_LEN = 32, TLSNI_SESSION_ID_MAX = 32 };

/* "ClientHello", or "message 99" style text through the caller's number: NULL when not known. */
const char *tlsni_msg_name(uint8_t type);

/* Header with its length open, and closed. */
size_t tlsni_msg_begin(struct tlsni_wr *w, uint8_t type);
void tlsni_msg_end(struct tlsni_wr *w, size_t mark);

/* RFC 5246 7.4.1.2 */
struct tlsni_msg_client_hello {
    uint16_t version;
    struct tlsn_span random, session_id;
    struct tlsn_span suites;       /* 2 bytes each, at least one */
    struct tlsn_span compressions; /* at least one */
    struct tlsn_span extensions;   /* contents of the block */
    bool has_extensions;           /* false: the message ends behind the compressions */
};
TLSN_MUST_USE tlsn_status tlsni_msg_client_hello_parse(struct tlsn_span body,
                                                       struct tlsni_msg_client_hello *out);
void tlsni_msg_client_hello_write(struct tlsni_wr *w, const struct tlsni_msg_client_hello *m);

/* The SSL 2.0 compatible ClientHello, RFC 4346 E.1: body from msg_type on. */
struct tlsni_msg_ssl2_hello {
    uint16_t version;
    struct tlsn_span specs;      /* 3 bytes each, at least one */
    struct tlsn_span session_id; /* empty or 16 bytes; means nothing in TLS */
    struct tlsn_span challenge;  /* 16 to 32 bytes */
};
TLSN_MUST_USE tlsn_status tlsni_msg_ssl2_hello_parse(struct tlsn_span body,
                                                     struct tlsni_msg_ssl2_hello *out);
/* suites: 2 bytes each; the session ID is empty. */
void tlsni_msg_ssl2_hello_write(struct tlsni_wr *w, uint16_t version, struct tlsn_span suites,
                                struct tlsn_span challenge);
/* Whether any of the specs is a suite of TLS. */
bool tlsni_msg_ssl2_hello_has_suites(const struct tlsni_msg_ssl2_hello *m);
/* The ClientHello, with its header, that says the same: suites of TLS only, the challenge as random
 * with zeros in front. */
void tlsni_msg_ssl2_hello_convert(struct tlsni_wr *w, const struct tlsni_msg_ssl2_hello *m);

/* RFC 5246 7.4.1.3 */
struct tlsni_msg_server_hello {
    uint16_t version;
    struct tlsn_span random, session_id;
    uint16_t suite;
    uint8_t compression;
    struct tlsn_span extensions;
    bool has_extensions;
};
TLSN_MUST_USE tlsn_status tlsni_msg_server_hello_parse(struct tlsn_span body,
                                                       struct tlsni_msg_server_hello *out);
void tlsni_msg_server_hello_write(struct tlsni_wr *w, const struct tlsni_msg_server_hello *m);

/* RFC 5246 7.4.2: the list's contents, each certificate behind a 3 byte length and not empty. */
TLSN_MUST_USE tlsn_status tlsni_msg_certificate_parse(struct tlsn_span body,
                                                      struct tlsn_span *list);
void tlsni_msg_certificate_write(struct tlsni_wr *w, struct tlsn_span list);
/* RFC 7250 3: the same message with a raw public key: a SubjectPublicKeyInfo, empty for none. Written by
 * the function above. */
TLSN_MUST_USE tlsn_status tlsni_msg_raw_key_parse(struct tlsn_span body, struct tlsn_span *spki);
/* Takes the next certificate off the front of a list that was parsed; false at its end. */
bool tlsni_msg_certificate_next(struct tlsn_span *list, struct tlsn_span *der);

/* RFC 5246 7.4.3, RFC 8422 5.4. The signature is read by tlsni_msg_signed_parse behind the
 * parameters. */
struct tlsni_msg_dh_params {
    struct tlsn_span p, g, y;
};
/* ServerRSAParams of export suites, RFC 2246 7.4.3. */
struct tlsni_msg_rsa_params {
    struct tlsn_span modulus, exponent;
};
struct tlsni_msg_ecdh_params {
    uint16_t group;
    struct tlsn_span point;
};
/* RFC 5054 2.8.2 */
struct tlsni_msg_srp_params {
    struct tlsn_span n, g, salt, b;
};
void tlsni_msg_srp_params_read(struct tlsni_rd *r, struct tlsni_msg_srp_params *out);
void tlsni_msg_srp_params_write(struct tlsni_wr *w, const struct tlsni_msg_srp_params *m);
/* These take from the reader and leave what follows. A curve type other than named_curve makes
 * *named false (illegal parameter, not a parse error) and the reader's rest meaningless. */
void tlsni_msg_dh_params_read(struct tlsni_rd *r, struct tlsni_msg_dh_params *out);
void tlsni_msg_dh_params_write(struct tlsni_wr *w, const struct tlsni_msg_dh_params *m);
void tlsni_msg_rsa_params_read(struct tlsni_rd *r, struct tlsni_msg_rsa_params *out);
void tlsni_msg_rsa_params_write(struct tlsni_wr *w, const struct tlsni_msg_rsa_params *m);
void tlsni_msg_ecdh_params_read(struct tlsni_rd *r, struct tlsni_msg_ecdh_params *out, bool *named);
void tlsni_msg_ecdh_params_write(struct tlsni_wr *w, const struct tlsni_msg_ecdh_params *m);

/* RFC 5246 4.7 digitally-signed. with_scheme: TLS 1.2 on; otherwise scheme is left 0. The last
 * member of its messages: nothing may follow. */
struct tlsni_msg_signed {
    uint16_t scheme;
    struct tlsn_span signature;
};
TLSN_MUST_USE tlsn_status tlsni_msg_signed_parse(struct tlsni_rd *r, bool with_scheme,
                                                 struct tlsni_msg_signed *out);
void tlsni_msg_signed_write(struct tlsni_wr *w, bool with_scheme,
                            const struct tlsni_msg_signed *m);

/* RFC 5246 7.4.4. with_sigalgs: TLS 1.2. */
struct tlsni_msg_certificate_request {
    struct tlsn_span types;       /* 1 byte each, at least one */
    struct tlsn_span sigalgs;     /* 2 bytes each, at least one */
    struct tlsn_span sigalgs_cert; /* TLS 1.3: of certificates; empty: the same */
    struct tlsn_span authorities; /* contents: names of at least one byte behind 2 byte lengths */
    struct tlsn_span oid_filters; /* TLS 1.3: contents, see x509/oid_filter.h */
};
TLSN_MUST_USE tlsn_status
tlsni_msg_certificate_request_parse(struct tlsn_span body, bool with_sigalgs,
                                    struct tlsni_msg_certificate_request *out);
void tlsni_msg_certificate_request_write(struct tlsni_wr *w, bool with_sigalgs,
                                         const struct tlsni_msg_certificate_request *m);

/* RFC 8446 4.4.2: entries, each a certificate behind 3 bytes and extensions behind 2. */
struct tlsni_msg_certificate13 {
    struct tlsn_span context, list;
};
TLSN_MUST_USE tlsn_status tlsni_msg_certificate13_parse(struct tlsn_span body,
                                                        struct tlsni_msg_certificate13 *out);
/* Takes the next entry off the front of a list that was parsed; false at its end. */
bool tlsni_msg_certificate13_next(struct tlsn_span *list, struct tlsn_span *der,
                                  struct tlsn_span *extensions);
/* RFC 8446 4.3.2, and EncryptedExtensions (4.3.1), which is the block alone. */
TLSN_MUST_USE tlsn_status tlsni_msg_certificate_request13_parse(struct tlsn_span body,
                                                                struct tlsn_span *context,
                                                                struct tlsn_span *extensions);
TLSN_MUST_USE tlsn_status tlsni_msg_extensions_parse(struct tlsn_span body,
                                                     struct tlsn_span *extensions);
/* RFC 8446 4.6.1 */
struct tlsni_msg_ticket13 {
    uint32_t lifetime_s, age_add;
    struct tlsn_span nonce, ticket, extensions;
};
TLSN_MUST_USE tlsn_status tlsni_msg_ticket13_parse(struct tlsn_span body,
                                                   struct tlsni_msg_ticket13 *out);
/* Without the extensions. */
void tlsni_msg_ticket13_write(struct tlsni_wr *w, const struct tlsni_msg_ticket13 *m);

/* Bodies of HelloRequest and ServerHelloDone. */
TLSN_MUST_USE tlsn_status tlsni_msg_empty_parse(struct tlsn_span body);

/* RFC 5246 7.4.7.1 (2 byte length), 7.4.7.2 (explicit Yc, 2 byte length), RFC 8422 5.7 (1 byte
 * length): the one vector that a ClientKeyExchange of these kinds is. */
TLSN_MUST_USE tlsn_status tlsni_msg_exchange_parse(struct tlsn_span body, unsigned length_bytes,
                                                   struct tlsn_span *out);
void tlsni_msg_exchange_write(struct tlsni_wr *w, unsigned length_bytes, struct tlsn_span value);

/* RFC 5077 3.3 */
struct tlsni_msg_new_session_ticket {
    uint32_t lifetime_s;
    struct tlsn_span ticket; /* may be empty: no ticket after all */
};
TLSN_MUST_USE tlsn_status
tlsni_msg_new_session_ticket_parse(struct tlsn_span body, struct tlsni_msg_new_session_ticket *out);
void tlsni_msg_new_session_ticket_write(struct tlsni_wr *w,
                                        const struct tlsni_msg_new_session_ticket *m);

/* RFC 4680 2: the list's contents. */
struct tlsni_msg_supplement {
    uint16_t type;
    struct tlsn_span data;
};
enum { TLSNI_SUPPLEMENT_USER_MAPPING = 0, TLSNI_SUPPLEMENT_AUTHZ_DATA = 16386 };
TLSN_MUST_USE tlsn_status tlsni_msg_supplemental_data_parse(struct tlsn_span body,
                                                            struct tlsn_span *list);
void tlsni_msg_supplemental_data_write(struct tlsni_wr *w, struct tlsn_span list);
/* Takes the next entry off the front of the list; false at its end, or when it is not sound. */
bool tlsni_msg_supplement_next(struct tlsn_span *list, struct tlsni_msg_supplement *out);

/* RFC 4681 3 and 6: the data of the entry above. Hints of other types are passed over. */
enum { TLSNI_USER_MAPPING_UPN = 64 };
struct tlsni_msg_user_mapping {
    struct tlsn_span principal, domain; /* not both empty when there is such a hint */
};
TLSN_MUST_USE tlsn_status tlsni_msg_user_mapping_parse(struct tlsn_span data,
                                                       struct tlsni_msg_user_mapping *out);
void tlsni_msg_user_mapping_write(struct tlsni_wr *w, const struct tlsni_msg_user_mapping *m);

/* RFC 5878 3.3: the data of the entry above, and its elements. */
TLSN_MUST_USE tlsn_status tlsni_msg_authorization_parse(struct tlsn_span data,
                                                        struct tlsn_span *list);
/* Takes the next element off the front of the list; false at its end, or when it is not sound. */
bool tlsni_msg_authz_next(struct tlsn_span *list, struct tlsn_authz *out);
void tlsni_msg_authz_write(struct tlsni_wr *w, const struct tlsn_authz *entry);
/* Does this format stand for a URL with a hash? The length of such a hash, 0 when it is not known. */
bool tlsni_authz_is_url(uint8_t format);
size_t tlsni_authz_hash_len(uint8_t algorithm);

/* RFC 7924 3: an object of the client's list; 4.1 and 4.2: the body of an altered message. */
enum { TLSNI_CACHED_CERT = 1, TLSNI_CACHED_CERT_REQ = 2, TLSNI_FINGERPRINT_LEN = 32 };
struct tlsni_msg_cached {
    uint8_t type;
    struct tlsn_span fingerprint; /* 1 to 255 bytes */
};
/* Takes the next object off the front of the list; false at its end, or when it is not sound. */
bool tlsni_msg_cached_next(struct tlsn_span *list, struct tlsni_msg_cached *out);
TLSN_MUST_USE tlsn_status tlsni_msg_fingerprint_parse(struct tlsn_span body,
                                                      struct tlsn_span *fingerprint);
void tlsni_msg_fingerprint_write(struct tlsni_wr *w, struct tlsn_span fingerprint);
/* Takes the next whole message with its header off the front of several; false at their end, or when
 * it is not whole. */
bool tlsni_msg_next(struct tlsn_span *messages, struct tlsn_span *message);

/* RFC 6066 5 */
/* CompressedCertificate, RFC 8879 4. */
struct tlsni_msg_packed {
    uint16_t algorithm;
    uint32_t length; /* of what it unpacks to, 24 bits */
    struct tlsn_span data;
};

TLSN_MUST_USE tlsn_status tlsni_msg_packed_parse(struct tlsn_span body,
                                                 struct tlsni_msg_packed *out);
void tlsni_msg_packed_write(struct tlsni_wr *w, const struct tlsni_msg_packed *m);

enum { TLSNI_MSG_URL_HASH = 20 };
struct tlsni_msg_url {
    struct tlsn_span url, sha1;
};
struct tlsni_msg_certificate_url {
    bool pkipath;
    struct tlsn_span list; /* URLAndHash, one after the other */
    size_t count;          /* when parsed */
};
/* TLSN_ERR_ILLEGAL_PARAMETER for an unknown type, or a path in several pieces. */
TLSN_MUST_USE tlsn_status
tlsni_msg_certificate_url_parse(struct tlsn_span body, struct tlsni_msg_certificate_url *out);
void tlsni_msg_certificate_url_write(struct tlsni_wr *w, const struct tlsni_msg_certificate_url *m);
/* Takes the next one off the front of the list; false at its end, or when it is not sound. */
bool tlsni_msg_url_next(struct tlsn_span *list, struct tlsni_msg_url *out);
void tlsni_msg_url_write(struct tlsni_wr *w, const struct tlsni_msg_url *m);

/* RFC 6066 8, RFC 6961 2.2 */
enum { TLSNI_STATUS_OCSP = 1, TLSNI_STATUS_OCSP_MULTI = 2 };
struct tlsni_msg_certificate_status {
    uint8_t type;
    struct tlsn_span responses; /* each behind a 3 byte length; OCSP: exactly one, not empty */
};
/* TLSN_ERR_ILLEGAL_PARAMETER for an unknown type. */
TLSN_MUST_USE tlsn_status
tlsni_msg_certificate_status_parse(struct tlsn_span body, struct tlsni_msg_certificate_status *out);
void tlsni_msg_certificate_status_write(struct tlsni_wr *w,
                                        const struct tlsni_msg_certificate_status *m);
/* Takes the next response, possibly an empty one, off the front of the list; false at its end. */
bool tlsni_msg_status_next(struct tlsn_span *list, struct tlsn_span *response);

/* RFC 5246 7.4.9: the body is verify_data of exactly len bytes. */
TLSN_MUST_USE tlsn_status tlsni_msg_finished_parse(struct tlsn_span body, size_t len,
                                                   struct tlsn_span *verify_data);

#endif
