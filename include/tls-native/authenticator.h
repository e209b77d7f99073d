/* authenticator.h - exported authenticators, RFC 9261: proof of an identity, bound to a connection of TLS 1.3 or
 * 1.2, that the application carries to the other end by itself.
 *
 * One side makes a request, the other answers with an authenticator, the first checks it; a server may also make
 * one without a request. They change nothing of the connection, and no failure here ends it. All calls need a
 * complete handshake and TLSN_FEATURE_EXPORTER on this side: TLSN_ERR_MISUSE otherwise, before TLS 1.2, and where
 * TLS 1.2 came without extended_master_secret. A context names a request; it serves once in a connection, and the
 * hashes of at most 256 are kept (32 bytes each, then TLSN_ERR_TOO_MANY).
 *
 * Carry them over the connection itself or one as good. Nothing says when an authenticator was made. Delegated
 * credentials (RFC 9345) are neither asked for nor shown in them: that document is about handshakes, and an
 * authenticator outlives its moment. */
#ifndef TLS_NATIVE_AUTHENTICATOR_H
#define TLS_NATIVE_AUTHENTICATOR_H

#include <tls-native/conn.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A request into out, *len bytes (TLSN_ERR_BUFFER when cap is less, 4096 are enough without authorities): the
 * configuration's signature schemes; OCSP responses and certificate timestamps where it asks for those
 * (TLSN_FEATURE_OCSP, TLSN_FEATURE_SCT); of a server its authorities and filters too. context: at most 255 bytes, new
 * in this connection; empty: 32 random bytes, which is best. server_name: client, whose certificate is wanted, or
 * NULL. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_authenticator_request(tlsn_conn *conn,
                                                              struct tlsn_span context,
                                                              const char *server_name, void *out,
                                                              size_t cap, size_t *len);
/* The context of a request, or of an authenticator with a certificate: span into message. TLSN_ERR_DECODE,
 * TLSN_ERR_NOT_FOUND for an empty authenticator, which has none. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_authenticator_context(struct tlsn_span message,
                                                              struct tlsn_span *context);
/* An authenticator for the peer's request into out. credential NULL: one of the configuration's that fits, as in
 * a handshake, for the server name in the request if there is one; when there is none an empty authenticator, which
 * tells the peer so. Responses and timestamps of the credential go along when they are asked for. Server: an empty
 * request stands for none, and all of it fits what the client said in its ClientHello; the context is random.
 * TLSN_ERR_BUFFER (cap: the chain with what goes along and 2048 bytes are enough), TLSN_ERR_NO_CREDENTIAL when the
 * credential is not what is asked for, TLSN_ERR_KEY_OP, and what a request that is not sound has.
 *
 * Whose key is elsewhere signs by its holder or the configuration's callback. Without both it is TLSN_NEED_KEY_OP, and
 * what is in out has begun: keep it, sign, and complete it. A second call for the same request is refused. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_authenticator_make(tlsn_conn *conn, struct tlsn_span request,
                                                           tlsn_credential *credential, void *out,
                                                           size_t cap, size_t *len);
/* What is to be signed for one that has begun, for the same request: op->scheme and op->input (span into room);
 * op->credential is NULL, who began knows. TLSN_ERR_MISUSE for what has not begun here. */
enum { TLSN_AUTHENTICATOR_INPUT_MAX = 160 };
TLSN_API TLSN_MUST_USE tlsn_status tlsn_authenticator_key_op(
    tlsn_conn *conn, struct tlsn_span request, struct tlsn_span begun,
    uint8_t room[TLSN_AUTHENTICATOR_INPUT_MAX], struct tlsn_key_op *op);
/* The signature completes what is in out, *len bytes, to *len more; once. Nobody looks whether it is right before the
 * peer does. TLSN_ERR_BUFFER leaves it begun. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_authenticator_complete(tlsn_conn *conn, struct tlsn_span request,
                                                               const void *signature,
                                                               size_t signature_len, void *out,
                                                               size_t cap, size_t *len);
/* The empty authenticator for a request. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_authenticator_refuse(tlsn_conn *conn,
                                                             struct tlsn_span request, void *out,
                                                             size_t cap, size_t *len);
/* Checks the peer's authenticator for this request of ours; client: an empty request stands for none. The chain is
 * judged by the configuration's verdict callback, or else by tlsn_verify_default(), with `name` as the server name
 * (client; NULL: the one in the request, or else the connection's own). Once it is TLSN_OK the certificates are
 * the peer's. An empty authenticator is TLSN_ERR_NO_PEER_CERTIFICATE, one that is not of this connection, or
 * changed, TLSN_ERR_DECRYPT_ERROR; also TLSN_ERR_DECODE, TLSN_ERR_ILLEGAL_PARAMETER (context or scheme),
 * TLSN_ERR_UNSUPPORTED_EXTENSION and the verdicts. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_authenticator_check(tlsn_conn *conn,
                                                            struct tlsn_span request,
                                                            struct tlsn_span authenticator,
                                                            const char *name);
/* Certificate i of an authenticator in DER, leaf first, span into it; empty behind the last. */
TLSN_API struct tlsn_span tlsn_authenticator_cert(struct tlsn_span authenticator, size_t i);
/* What stands beside it under this ExtensionType: 5, an OCSP response behind a byte 1 and three of length; 18, a list
 * of certificate timestamps (RFC 6962 3.3). Empty: nothing. */
TLSN_API struct tlsn_span tlsn_authenticator_extension(struct tlsn_span authenticator, size_t i,
                                                       uint16_t type);

#ifdef __cplusplus
}
#endif

#endif
