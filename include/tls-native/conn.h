/* <tls-native/conn.h> - the engine: a connection as a function of bytes in, answers given,
 * randomness and time to bytes out, questions and events. It does no I/O, never blocks and owns
 * no socket.
 *
 * Every call returns a status and, separately, what it consumed and wrote; both counts are
 * always set. Input that was not consumed stays the caller's: give it again, first, with more
 * behind it. Output may be pending after any call; tlsn_output_pending() says so. Repeating a
 * call goes on where the last one stopped, whatever the sizes of the buffers. A negative status
 * is fatal (but for TLSN_ERR_MISUSE and TLSN_ERR_ARGUMENT, which change nothing): its alert is
 * pending, every later call returns it again. A connection is used by one thread at a time. */
#ifndef TLS_NATIVE_CONN_H
#define TLS_NATIVE_CONN_H

#include <tls-native/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sizes that are always enough. */
enum {
    TLSN_RECORD_MAX = 18437,      /* one record with its header */
    TLSN_PLAIN_MAX = 16384,       /* payload of one record */
};

/* config may be NULL for a server: it then suspends with TLSN_NEED_CONFIG (no callback, no
 * hooks: the default hooks serve the connection). Freezes config and takes a reference. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_conn_new(tlsn_conn **out, enum tlsn_role role,
                                                 tlsn_config *config);
TLSN_API void tlsn_conn_free(tlsn_conn *conn); /* wipes; NULL allowed */
TLSN_API void tlsn_conn_set_user(tlsn_conn *conn, void *user);
TLSN_API void *tlsn_conn_user(const tlsn_conn *conn);

/* Client, before the handshake: the server's name (1..255 bytes), sent as server_name unless it
 * is an IP address (RFC 6066 3) and the name that its certificate has to carry. Without one, and
 * without tlsn_conn_set_verify_name(), tlsn_verify_default() says TLSN_ERR_CERT_NAME: whoever holds
 * any certificate at all would pass. Labels in UTF-8 become A-labels (TLSN_ERR_IDNA when they are not
 * in lower case, or of a script that is not known here: see x509.h). TLSN_ERR_ARGUMENT for other
 * lengths and for ',', ':', '/' or '@' in a name. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_conn_set_server_name(tlsn_conn *conn, const char *name);
/* Reference identities (RFC 9525 6.1) other than the server name, as in tlsn_x509_verify(), at most 255
 * bytes in all; NULL: none is checked. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_conn_set_verify_name(tlsn_conn *conn, const char *name);
/* Whether server_name is sent (default true). */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_conn_set_send_server_name(tlsn_conn *conn, bool on);
/* Client, before the handshake: this is a second attempt with a lower version after a first one
 * failed. The ClientHello says so by TLS_FALLBACK_SCSV (RFC 7507 4), and a server that speaks a
 * higher version answers TLSN_ERR_ALERT (inappropriate_fallback): somebody broke the first one. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_conn_set_fallback(tlsn_conn *conn, bool on);
/* Client, before the handshake: the SRTP master key identifier to offer, at most 255 bytes, another one
 * each time (RFC 5764 4.1.3). */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_conn_set_srtp_mki(tlsn_conn *conn, const void *mki,
                                                          size_t len);
/* Client, before the handshake or before tlsn_renegotiate(): offer to resume. The session is copied. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_conn_set_session(tlsn_conn *conn,
                                                         const tlsn_session *session);

/* Client, before the handshake: a message that tlsn_conn_cacheable() gave for an earlier connection to
 * this server, copied. Its fingerprint is offered (cached_info, RFC 7924), and a server that still
 * sends the same leaves it out. Who sees the ClientHello can tell from the fingerprint who was here
 * before. Up to 16 messages. TLSN_ERR_ARGUMENT when it is none of these, TLSN_ERR_MISUSE. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_conn_add_cached(tlsn_conn *conn, const void *message,
                                                        size_t len);

/* ---- the six calls ---- */

/* Goes on with the handshake. TLSN_OK: complete, and all of its output written. TLSN_NEED_INPUT,
 * TLSN_NEED_OUTPUT, a TLSN_NEED_ question, TLSN_EARLY_DATA, TLSN_CLOSED (close_notify before completion), or an
 * error. Records behind the last handshake record are left unconsumed. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_handshake(tlsn_conn *conn, const void *in, size_t in_len,
                                                  size_t *consumed, void *out, size_t out_cap,
                                                  size_t *written);
/* Protects application data. Pending output goes out first. Records are cut at
 * tlsn_record_plain_max() bytes of plain text whatever out_cap is; without room for one whole record it is
 * made inside and handed out piece by piece (this allocates; tlsn_record_size() tells what avoids it). plain
 * may be out + tlsn_payload_offset(): one record is then sealed in place; TLSN_NEED_OUTPUT, with nothing done,
 * while output is pending (tlsn_drain() it elsewhere), TLSN_ERR_ARGUMENT for more than
 * tlsn_record_plain_max() bytes. TLSN_OK: all consumed and written. TLSN_NEED_OUTPUT: call again with what
 * was not consumed. TLSN_NEED_INPUT: a renegotiation is under way, tlsn_decrypt() has to get on
 * first. TLSN_ERR_MISUSE before the handshake is complete (unless tlsn_may_start_early()) or after
 * tlsn_shutdown(). */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_encrypt(tlsn_conn *conn, const void *plain, size_t len,
                                                size_t *consumed, void *out, size_t out_cap,
                                                size_t *written);
/* Opens at most one record of application data. Other records in front of it are dealt with on
 * the way. plain may overlap in: with plain == in + tlsn_payload_offset() nothing is moved; `in`
 * is then used as working space although it is const. A record that does not fit in cap is kept
 * inside and handed out by the next calls (this allocates); as long as some of it is there, plain
 * overlapping in is TLSN_ERR_ARGUMENT. TLSN_OK: *written bytes (possibly 0 for an empty record).
 * TLSN_NEED_INPUT, TLSN_CLOSED, a TLSN_NEED_ question of a renegotiation (see tlsn_renegotiate()),
 * or an error. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_decrypt(tlsn_conn *conn, const void *in, size_t in_len,
                                                size_t *consumed, void *plain, size_t cap,
                                                size_t *written);
/* Hands out pending output. TLSN_OK: nothing is left; TLSN_NEED_OUTPUT: more is; on a failed
 * connection its error, with *written all the same. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_drain(tlsn_conn *conn, void *out, size_t out_cap,
                                              size_t *written);
/* Sends close_notify (once) behind everything pending. Reading goes on until TLSN_CLOSED. A renegotiation
 * under way is given up, and nothing can be read behind the keys that the peer may take in it. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_shutdown(tlsn_conn *conn, void *out, size_t out_cap,
                                                 size_t *written);
/* TLS 1.3: new keys for what is sent from here on (KeyUpdate, RFC 8446 4.6.3); both: the peer is asked to
 * change its own as well, unless it has been asked already and its answer is not here yet. What the records of
 * a suite may protect is watched: when three quarters of it are used up this happens by itself. The message is
 * pending output. TLSN_ERR_MISUSE in other versions, before the handshake is complete and behind tlsn_shutdown();
 * TLSN_ERR_LIMIT when there were 2^48 - 1 (RFC 9846 4.7.3): the connection goes on. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_key_update(tlsn_conn *conn, bool both);

/* ---- client authentication behind a TLS 1.3 handshake, RFC 8446 4.6.2 ---- */

/* Server: the client can be asked now. It said that it may be, and so did the configuration
 * (TLSN_FEATURE_POST_HANDSHAKE_AUTH); at most 4 requests are open at a time. Never where a key from outside
 * stands for both sides, or did when the session began (RFC 9846 4.4.2). */
TLSN_API bool tlsn_may_request_client_auth(const tlsn_conn *conn);
/* Server: asks for a certificate, TLSN_CLIENT_AUTH_REQUEST or _REQUIRE (an empty answer ends the connection then,
 * by certificate_required). The message is pending output; signature schemes and authorities in it are the
 * configuration's. The answer comes in its own time through tlsn_decrypt(), which asks for a verdict as
 * tlsn_handshake() does in a handshake (TLSN_NEED_VERDICT, when the configuration says so: answer and call again);
 * data flow in both directions meanwhile. tlsn_conn_get_info() counts what is open, given and declined, and
 * tlsn_conn_peer_cert() shows the certificate that was accepted last. TLSN_ERR_MISUSE when
 * tlsn_may_request_client_auth() is false, TLSN_ERR_ARGUMENT.
 *
 * Clients answer by themselves: tlsn_decrypt() (or tlsn_handshake()) returns TLSN_NEED_CREDENTIAL and TLSN_NEED_KEY_OP
 * as in a handshake, and reads on once they are answered; tlsn_encrypt() works in between. A client that has
 * closed its side answers no more. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_request_client_auth(tlsn_conn *conn, enum tlsn_client_auth auth);

/* ---- early data (0-RTT), RFC 8446 2.3: see tlsn_config_set_early_data_max() for what they are worth ---- */

/* Client, before the handshake: early data may be sent, if the session that is offered, or without one the first
 * external key (struct tlsn_psk_early), allows it (default false). */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_conn_set_early_data(tlsn_conn *conn, bool on);
/* Client: bytes that tlsn_encrypt_early() takes at present. 0 before the first call of tlsn_handshake(), when the
 * session is not for early data, when the server has said no, and from the server's Finished on. */
TLSN_API size_t tlsn_early_data_left(const tlsn_conn *conn);
/* Client: as tlsn_encrypt(), for early data. TLSN_NEED_INPUT: the rest has to wait for the handshake.
 * TLSN_ERR_MISUSE when none may be sent. What has become of them says tlsn_conn_get_info() once the handshake is
 * complete: TLSN_EARLY_REJECTED, and the application sends them again by tlsn_encrypt(), or other ones if the
 * server chose another application protocol; nothing is sent again by itself. When the handshake fails nobody
 * knows what the server has made of them. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_encrypt_early(tlsn_conn *conn, const void *plain, size_t len,
                                                      size_t *consumed, void *out, size_t out_cap,
                                                      size_t *written);
/* Server, when tlsn_handshake() says TLSN_EARLY_DATA (it says so until they are at their end): as tlsn_decrypt(),
 * for early data. TLSN_EARLY_END: there are no more of them, tlsn_handshake() goes on. In between, and up to
 * completion, tlsn_encrypt() answers them; who reads the answer, or whether the question was asked now, is known
 * at completion only. TLSN_ERR_MISUSE when none are to be read. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_decrypt_early(tlsn_conn *conn, const void *in, size_t in_len,
                                                      size_t *consumed, void *plain, size_t cap,
                                                      size_t *written);

TLSN_API bool tlsn_output_pending(const tlsn_conn *conn);
/* Bytes of output that are pending. */
TLSN_API size_t tlsn_output_len(const tlsn_conn *conn);

/* How many bytes in all, counted from `in`, make the next call useful: 5 for a header, or the
 * record's size. */
TLSN_API size_t tlsn_input_hint(const tlsn_conn *conn, const void *in, size_t in_len);
/* The transport ended. TLSN_CLOSED when close_notify had come, TLSN_ERR_TRUNCATED otherwise (now
 * the connection's error; no alert). */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_transport_eof(tlsn_conn *conn);
/* Bytes of output that tlsn_encrypt() makes of len bytes. */
TLSN_API size_t tlsn_record_size(const tlsn_conn *conn, size_t len);
/* Bytes of plain text that go into one record: TLSN_PLAIN_MAX, or less by what the peer takes (RFC
 * 6066 4, RFC 8449). */
TLSN_API size_t tlsn_record_plain_max(const tlsn_conn *conn);
/* Where the payload lies in the records of each direction. */
TLSN_API size_t tlsn_payload_offset(const tlsn_conn *conn);
TLSN_API size_t tlsn_payload_offset_in(const tlsn_conn *conn);
/* True from the moment application data may flow. */
TLSN_API bool tlsn_handshake_done(const tlsn_conn *conn);
/* True for a client from its own Finished to completion, where TLSN_FEATURE_FALSE_START is on and the
 * handshake is a full one of TLS 1.2 with an AEAD and DHE or ECDHE in a strong group (RFC 7918 4): then
 * tlsn_encrypt() takes data already, while tlsn_handshake() waits for the server's Finished. Nothing can be
 * read before that; whether the handshake is complete tells tlsn_handshake_done(). An error in between may
 * mean that nobody has got the data. */
TLSN_API bool tlsn_may_start_early(const tlsn_conn *conn);
/* The open question, TLSN_OK when there is none. */
TLSN_API tlsn_status tlsn_question(const tlsn_conn *conn);

/* ---- renegotiation (RFC 5746, RFC 5246 7.4.1.1) ---- */

/* Asks for another handshake on a connection that is complete: as client by a ClientHello, as server
 * by a HelloRequest, which is pending output then. config may be NULL: the connection's own; another
 * one (frozen here, a reference is taken) serves the new handshake and the connection from then on,
 * so that a server can ask for a certificate when it needs one. A session that was set before is
 * offered, otherwise the handshake is a full one.
 *
 * tlsn_decrypt() carries the handshake on: it takes its messages between application data, which is
 * delivered all the while, and returns the TLSN_NEED_ questions like tlsn_handshake() does; once
 * answered, tlsn_decrypt() goes on, or tlsn_handshake(), which then takes no input. tlsn_encrypt()
 * waits (TLSN_NEED_INPUT) from our first message to the end, since many peers take no data in between.
 * The same holds when the peer begins. The old keys protect until ChangeCipherSpec. Version, server
 * name, extended_master_secret, the order of MAC and encryption and the peer's certificate, or the identity of
 * a client's pre-shared key or password, have to stay as they were (see
 * TLSN_FEATURE_CERTIFICATE_CHANGE), else TLSN_ERR_RENEGOTIATION_CHANGE.
 * tlsn_conn_get_info() tells the state before until the new one is complete. A peer that refuses
 * with no_renegotiation leaves everything as it was: see renegotiation_refused there.
 *
 * TLSN_ERR_MISUSE before completion, while a renegotiation is under way or asked for, after closing;
 * TLSN_ERR_NO_RENEGOTIATION when the peer does not have RFC 5746 (see
 * TLSN_RENEGOTIATION_INSECURE_LEGACY) or the session was resumed without extended_master_secret (RFC
 * 7627 5.4): nothing happened and the connection goes on. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_renegotiate(tlsn_conn *conn, tlsn_config *config);
/* True while a handshake on a complete connection is under way. */
TLSN_API bool tlsn_renegotiating(const tlsn_conn *conn);

/* ---- heartbeats, RFC 6520 ---- */

enum { TLSN_HEARTBEAT_PAYLOAD_MAX = 1024 }; /* of our requests; any payload is answered */

/* Asks the peer to send these bytes back; the request is pending output then. They should not be
 * guessable. One request is on its way at a time; send them after silence only, of a length the
 * application chooses. TLSN_ERR_MISUSE when the peer did not agree to answer, while another one is on
 * its way, and outside of the time in which data may be sent; TLSN_ERR_ARGUMENT for a payload above
 * TLSN_HEARTBEAT_PAYLOAD_MAX or what a record holds. Requests of the peer are answered inside
 * tlsn_decrypt(). */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_heartbeat_send(tlsn_conn *conn, const void *payload,
                                                       size_t len);
struct tlsn_heartbeat_info {
    enum tlsn_heartbeat peer, own; /* modes, TLSN_HEARTBEAT_OFF when not agreed on */
    bool in_flight;                /* our request waits for its answer */
    uint32_t requests_in, responses_in; /* answered by us, and answers to us */
};
TLSN_API void tlsn_heartbeat_get_info(const tlsn_conn *conn, struct tlsn_heartbeat_info *info);

/* ---- questions and answers; an answer that was not asked for is TLSN_ERR_MISUSE ---- */

/* The parsed ClientHello. Spans are valid until the next call of tlsn_handshake. */
struct tlsn_client_hello {
    uint16_t legacy_version;
    struct tlsn_span random, session_id;
    struct tlsn_span suites;      /* 2 bytes each */
    struct tlsn_span compressions;
    struct tlsn_span extensions;  /* type, length, data; one after the other */
    struct tlsn_span server_name; /* host_name, empty if not there */
    struct tlsn_span alpn;        /* length-prefixed names */
    struct tlsn_span groups, sigalgs; /* 2 bytes each */
    struct tlsn_span message;     /* the whole handshake message with its header */
};
/* NULL unless the question is TLSN_NEED_CONFIG (or its callback is running). */
TLSN_API const struct tlsn_client_hello *tlsn_client_hello(const tlsn_conn *conn);
/* Answers TLSN_NEED_CONFIG; freezes config and takes a reference. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_conn_set_config(tlsn_conn *conn, tlsn_config *config);

/* What the server accepts; spans valid until the next call of tlsn_handshake. */
struct tlsn_certificate_request {
    struct tlsn_span types;       /* ClientCertificateType, 1 byte each */
    struct tlsn_span sigalgs;     /* 2 bytes each */
    struct tlsn_span authorities; /* DER names, each behind a 2 byte length */
    struct tlsn_span oid_filters; /* TLS 1.3: for tlsn_oid_filter_text(); empty: none */
};
TLSN_API const struct tlsn_certificate_request *tlsn_certificate_request(const tlsn_conn *conn);
/* What of the configuration fits what the server accepts; borrowed, NULL: nothing. Allowed while the question is
 * TLSN_NEED_CREDENTIAL (or its callback is running). */
TLSN_API tlsn_credential *tlsn_credential_default(const tlsn_conn *conn);
/* Filter i of oid_filters in the form of tlsn_config_add_oid_filter_text(), cut to cap; false behind the last. */
TLSN_API bool tlsn_oid_filter_text(struct tlsn_span filters, size_t i, char *out, size_t cap);
/* Answers TLSN_NEED_CREDENTIAL; NULL: no certificate. Takes a reference. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_conn_set_credential(tlsn_conn *conn,
                                                            tlsn_credential *credential);

/* The library's own verdict on the peer's chain by configuration, name and time: TLSN_OK or the
 * weightiest finding. Allowed while the question is TLSN_NEED_VERDICT (or its callback is
 * running). report may be NULL. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_verify_default(tlsn_conn *conn, tlsn_verify_report *report);
/* Answers TLSN_NEED_VERDICT: TLSN_OK accepts; an error status ends the handshake with its alert. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_set_verdict(tlsn_conn *conn, tlsn_status verdict);

enum {
    TLSN_SCHEME_RSA_MD5_SHA1 = 0xff01,
    TLSN_SCHEME_RSA_DIGEST = 0xff02,
    TLSN_SCHEME_DSA_DIGEST = 0xff03,
};
enum tlsn_key_op_kind { TLSN_KEY_OP_SIGN = 1, TLSN_KEY_OP_DECRYPT, TLSN_KEY_OP_AGREE };
struct tlsn_key_op {
    enum tlsn_key_op_kind kind;
    const tlsn_credential *credential;
    /* SIGN: SignatureScheme. Versions before TLS 1.2 name none: ecdsa_sha1 and dsa_sha1 as they are;
     * TLSN_SCHEME_RSA_MD5_SHA1: PKCS#1 v1.5 around the 36 bytes of MD5 and SHA-1 of the message, without
     * DigestInfo (RFC 4346 4.7); the two others: `input` is that digest already, 36 bytes for RSA and
     * 20 for DSA (SSL 3.0) */
    uint16_t scheme;
    struct tlsn_span input; /* SIGN: the message, not hashed; DECRYPT: the PKCS#1 v1.5 ciphertext;
                             * AGREE: the peer's public value, 04 X Y or a big-endian number */
};
/* False unless the question is TLSN_NEED_KEY_OP. The span is valid until the answer. */
TLSN_API bool tlsn_key_op(const tlsn_conn *conn, struct tlsn_key_op *op);
/* Answers it: the signature, the 48 bytes of premaster secret, or what the two keys have in common
 * (fixed Diffie-Hellman; as long as the field, leading zeros kept). A failed decryption must be
 * answered with 48 random bytes, not with an error (RFC 5246 7.4.7.1). status < 0:
 * TLSN_ERR_KEY_OP ends the handshake. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_key_op_complete(tlsn_conn *conn, tlsn_status status,
                                                        const void *result, size_t len);
/* Server, while the question is TLSN_NEED_CERTIFICATES: URL i of what the client names, as it came; empty
 * behind the last. *pkipath (may be NULL): a PkiPath lies there instead of a certificate. Follow no
 * redirects (RFC 6066 5), and mind whom such a request may hurt (11.3). */
TLSN_API struct tlsn_span tlsn_certificate_url(const tlsn_conn *conn, size_t i, bool *pkipath);
/* Answers it with the objects in the order of the URLs, all of them; count 0: they cannot be had, which
 * is fatal (certificate_unobtainable) when a certificate is required. An object whose SHA-1 hash is
 * another than the client's is fatal (bad_certificate_hash_value). */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_certificates_answer(tlsn_conn *conn,
                                                            const struct tlsn_span *objects,
                                                            size_t count);
/* PSK: no session, but an external pre-shared key in the place of one (TLS 1.3). */
enum tlsn_resumed { TLSN_RESUMED_NO = 0, TLSN_RESUMED_ID, TLSN_RESUMED_TICKET, TLSN_RESUMED_PSK };

/* What became of a client's early data (RFC 8446 2.3). */
enum tlsn_early { TLSN_EARLY_NO = 0, TLSN_EARLY_OFFERED, TLSN_EARLY_ACCEPTED, TLSN_EARLY_REJECTED };
/* The session ID or ticket that is looked for, while the question is TLSN_NEED_SESSION (or its callback
 * is running). */
TLSN_API struct tlsn_span tlsn_session_wanted(const tlsn_conn *conn);
/* Which of both it is: TLSN_RESUMED_ID or TLSN_RESUMED_TICKET; TLSN_RESUMED_NO without the question. */
TLSN_API enum tlsn_resumed tlsn_session_wanted_by(const tlsn_conn *conn);
/* Answers TLSN_NEED_SESSION with a serialised session, or len 0 for none. Foreign bytes count as
 * none. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_session_answer(tlsn_conn *conn, const void *data,
                                                       size_t len);

/* While the question is TLSN_NEED_PSK (or its callback is running); spans valid until the answer. */
TLSN_API bool tlsn_psk_wanted(const tlsn_conn *conn, struct tlsn_psk_request *request);
/* Answers TLSN_NEED_PSK; copied. NULL or an empty key: there is none. A server ignores identity and context.
 * TLSN_ERR_ARGUMENT for more than 65535 bytes. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_psk_answer(tlsn_conn *conn, const struct tlsn_psk *psk);

/* The user that is looked for, while the question is TLSN_NEED_SRP (or its callback is running). */
TLSN_API struct tlsn_span tlsn_srp_wanted(const tlsn_conn *conn);
/* Answers TLSN_NEED_SRP; copied. NULL: there is no such user. TLSN_ERR_ARGUMENT when the parts do not fit. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_srp_answer(tlsn_conn *conn,
                                                   const struct tlsn_srp_verifier *verifier);

/* ---- what was negotiated ---- */

/* A delegated credential that signed in the place of a certificate's key (RFC 9345). */
struct tlsn_delegation {
    uint16_t scheme;         /* 0: there was none; else the scheme of the handshake's signature */
    const char *scheme_name; /* "" when none */
    int64_t not_after;       /* its last second, since 1970 */
};

struct tlsn_conn_info {
    /* 0: none. A resumption has no signature scheme, and a group in TLS 1.3 alone (RFC 8446 4.2.9). */
    uint16_t version, suite, group, signature_scheme;
    const char *version_name, *suite_name, *group_name, *signature_scheme_name; /* "" when none */
    enum tlsn_resumed resumed;
    enum tlsn_early early_data; /* REJECTED: the server has not read any, they may be sent again */
    bool ems, etm, secure_renegotiation;
    bool truncated_hmac;       /* MACs of 80 bits */
    bool client_authenticated; /* by certificate */
    const char *authentication; /* of the server: "RSA", "ECDSA", "EdDSA", "DSS", "PSK", "SRP"; "none": anonymous */
    struct tlsn_span psk_identity; /* of the pre-shared key or SRP user that both proved; may be empty */
    tlsn_status verdict;       /* on the peer's chain; TLSN_OK when accepted */
    bool verified;             /* false when there was no chain or verification was off */
    struct tlsn_span alpn;     /* the protocol, empty if none */
    const char *compression;   /* of records: "DEFLATE", "LZS"; "" when none */
    const char *cert_compression[2]; /* of Certificate messages, by sender; "" when none */
    struct tlsn_delegation delegated[2]; /* by whom it speaks for: the client, the server; known with the verdict */
    const char *server_name;   /* sent or received, "" when none */
    uint16_t srtp_profile;         /* RFC 5764, 0 when none was agreed on */
    const char *srtp_profile_name; /* "" when none */
    struct tlsn_span srtp_mki;     /* that SRTP packets carry, empty if none */
    bool server_name_acknowledged; /* client: in this handshake; never in a resumption */
    uint64_t records_in, records_out;
    size_t record_in_max, record_out_max; /* bytes of plain text in one record */
    unsigned max_fragment_length;         /* RFC 6066 4, 0 when not agreed on */
    unsigned renegotiations;   /* completed */
    bool renegotiation_due;    /* the keys we write with are used up by three quarters: tlsn_encrypt() will
                                * end with TLSN_ERR_LIMIT unless a renegotiation brings others */
    bool renegotiation_refused; /* the peer refused the last one that we wanted */
    unsigned client_auth_open; /* server: requests behind the handshake that are not answered yet */
    unsigned client_auth_given, client_auth_declined; /* and those that were, with a certificate or without */
};
/* Zeroed fields before they are known. Spans and strings live as long as the connection. */
TLSN_API void tlsn_conn_get_info(const tlsn_conn *conn, struct tlsn_conn_info *info);
/* The peer's certificates in DER, leaf first: the whole chain while a verdict is asked for;
 * afterwards what the TLSN_FEATURE_KEEP_ settings keep. Empty span behind the last. */
TLSN_API struct tlsn_span tlsn_conn_peer_cert(const tlsn_conn *conn, size_t i);
/* The peer's public key, a SubjectPublicKeyInfo in DER: of its leaf, or by itself when it showed a raw
 * public key (RFC 7250; there are no certificates then). Available as the leaf is; a raw key is not
 * part of a session. */
TLSN_API struct tlsn_span tlsn_conn_peer_key(const tlsn_conn *conn);
/* Client: the OCSP response (DER) that came with the server's certificate i; empty when none came, and
 * behind the last. While a verdict is asked for, afterwards with TLSN_FEATURE_KEEP_BESIDE. Its outer
 * structure was checked; whether it is authentic, fresh and good is for the verdict to find out, which
 * says TLSN_ERR_OCSP_RESPONSE (alert bad_certificate_status_response) if not. A resumption brings none. */
TLSN_API struct tlsn_span tlsn_conn_peer_ocsp(const tlsn_conn *conn, size_t i);
/* Server: the account that the client says it means (RFC 4681 6), false when it said nothing. A hint: who the
 * client is has to come from its certificate alone (RFC 4681 5). Available as the responses above. */
TLSN_API bool tlsn_conn_user_mapping(const tlsn_conn *conn, struct tlsn_span *principal,
                                     struct tlsn_span *domain);
/* The peer's authorization data i (RFC 5878), false behind the last. As it came: whether an attribute
 * certificate belongs to the peer's certificate, whether an assertion holds, and what a URL leads to (whose hash
 * the caller compares) is for the application to judge, which refuses by its verdict or by closing. Available
 * as the responses above. */
TLSN_API bool tlsn_conn_peer_authz(const tlsn_conn *conn, size_t i, struct tlsn_authz *authz);
/* Client: element i of the server's signed certificate timestamps (RFC 6962 3.2, not verified), available
 * as the responses above. */
TLSN_API struct tlsn_span tlsn_conn_peer_sct(const tlsn_conn *conn, size_t i);
/* Client, once the handshake is complete and the server's chain was accepted: message i that may be
 * cached for tlsn_conn_add_cached() (RFC 7924: Certificate, CertificateRequest); empty behind the last.
 * Needs TLSN_FEATURE_CACHED_INFO and TLSN_FEATURE_KEEP_BESIDE. A resumption brings none. */
TLSN_API struct tlsn_span tlsn_conn_cacheable(const tlsn_conn *conn, size_t i);
/* Client, once the handshake is complete: a session to resume from, owned by the caller.
 * TLSN_ERR_NOT_FOUND when the server gave none. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_conn_get_session(const tlsn_conn *conn, tlsn_session **out);
/* The same, and the connection has it no more: each TLS 1.3 ticket that has come so far is handed out once,
 * the newest first, up to as many as tlsn_config_set_tickets() says; then TLSN_ERR_NOT_FOUND. A ticket that is used
 * for one connection only does not tell observers which connections belong together, and early data go with each
 * but once (RFC 8446 C.4). When a server does not take one of them, the others are likely to be stale too (RFC 9149
 * 3). */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_conn_take_session(tlsn_conn *conn, tlsn_session **out);

/* Keying material for a protocol above, RFC 5705 4 and RFC 8446 7.5: len bytes that both ends can compute
 * and nobody else, for this label (ASCII, not one that TLS uses) and context (at most 65535 bytes). Up to TLS
 * 1.2 an empty context (has_context with length 0) differs from none, from TLS 1.3 on it does not, so that a
 * use of labels should always have a context; there a label has at most 249 bytes, and len is at most 255
 * times the length of the suite's hash. After a renegotiation the values are others. TLSN_ERR_MISUSE without
 * TLSN_FEATURE_EXPORTER or before completion, TLSN_ERR_ARGUMENT, TLSN_ERR_INSUFFICIENT_SECURITY without
 * extended_master_secret (RFC 7627 5.4), which TLS 1.3 does not need; none of them ends the connection. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_export(const tlsn_conn *conn, const char *label,
                                               const void *context, size_t context_len,
                                               bool has_context, void *out, size_t len);

/* The same for early data of TLS 1.3 (RFC 8446 7.5), of the early exporter: from the ClientHello on as long as
 * the server has not said no (client), from the acceptance on (server), and afterwards where they were taken.
 * Anybody who plays the ClientHello again gets the same values from a server that takes it: tlsn_export() is the
 * one for all else. Context as there, none is an empty one. TLSN_ERR_MISUSE without TLSN_FEATURE_EXPORTER or
 * early data, TLSN_ERR_ARGUMENT. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_export_early(const tlsn_conn *conn, const char *label,
                                                     const void *context, size_t context_len,
                                                     void *out, size_t len);

/* For a connection whose handshake is complete and that needs no more of that: the secrets of both calls above are
 * erased now, and not only with the connection (RFC 8446 E.1.4). The calls are TLSN_ERR_MISUSE from here on, and so
 * is what is made by them: TLSN_BINDING_TLS_EXPORTER below and authenticators. A renegotiation brings new secrets.
 * NULL allowed. */
TLSN_API void tlsn_forget_exporter(tlsn_conn *conn);

/* What ties an authentication above TLS to this connection. */
enum tlsn_binding {
    TLSN_BINDING_TLS_UNIQUE = 1,       /* RFC 5929 3; needs extended_master_secret, not in TLS 1.3 */
    TLSN_BINDING_TLS_SERVER_END_POINT, /* RFC 5929 4: hash of the server's certificate */
    TLSN_BINDING_TLS_EXPORTER,         /* RFC 9266: 32 bytes. As tlsn_export(); up to TLS 1.2 not where
                                        * renegotiation is allowed by the configuration or was done. The
                                        * one to use in TLS 1.3, for one authentication per connection and
                                        * for nothing else */
};
enum { TLSN_BINDING_MAX = 64 };
/* *len bytes into out. TLSN_ERR_MISUSE before completion; TLSN_ERR_INSUFFICIENT_SECURITY as above;
 * TLSN_ERR_NOT_FOUND when the version has none, or the certificate is not at hand (resumed server, or not kept);
 * TLSN_ERR_NOT_IMPLEMENTED when its signature has no hash function of its own (EdDSA). */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_channel_binding(const tlsn_conn *conn,
                                                        enum tlsn_binding type,
                                                        uint8_t out[TLSN_BINDING_MAX],
                                                        size_t *len);

/* The first error, in full. */
struct tlsn_conn_error {
    tlsn_status status;
    int alert_sent;     /* -1: none */
    int alert_received; /* -1: none */
    const char *layer;  /* "record", "handshake", "x509", "engine" */
    const char *text;   /* one English line with the values that matter */
};
/* NULL while the connection is sound. */
TLSN_API const struct tlsn_conn_error *tlsn_conn_error(const tlsn_conn *conn);

#ifdef __cplusplus
}
#endif
#endif
