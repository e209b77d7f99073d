/* authenticator.h - the messages of exported authenticators (RFC 9261), over the state of one exchange. They
 * have the forms of TLS 1.3 whatever the connection's version is. */
#ifndef TLSNI_HANDSHAKE_AUTHENTICATOR_H
#define TLSNI_HANDSHAKE_AUTHENTICATOR_H

#include "base/bytes.h"
#include "handshake/hs.h"

enum { TLSNI_MSG_CLIENT_CERTIFICATE_REQUEST = 17, TLSNI_AUTHENTICATOR_CONTEXT = 32 };

/* Of one sender, exported from the connection. Secret. */
struct tlsni_authenticator_keys {
    const struct tlsni_hash *hash;
    uint8_t context[TLSNI_HASH_LEN_MAX];  /* Handshake Context */
    uint8_t finished[TLSNI_HASH_LEN_MAX]; /* Finished MAC Key */
};

/* A request that was read: spans into it. */
struct tlsni_authenticator_request {
    struct tlsn_span message; /* empty: there is none */
    struct tlsn_span context, extensions, sigalgs;
};

/* An authenticator: spans into it. */
struct tlsni_authenticator {
    struct tlsn_span certificate, verify; /* messages; empty in an empty one */
    struct tlsn_span context, list;       /* of Certificate */
    struct tlsn_span mac;
};

void tlsni_authenticator_write_request(struct tlsni_hs *hs, struct tlsni_wr *w,
                                       struct tlsn_span context, const char *server_name);
/* maker: who made the request. */
TLSN_MUST_USE tlsn_status tlsni_authenticator_read_request(struct tlsn_span message,
                                                           enum tlsn_role maker,
                                                           struct tlsni_authenticator_request *out);
TLSN_MUST_USE tlsn_status tlsni_authenticator_read(struct tlsn_span message,
                                                   struct tlsni_authenticator *out);
/* What the peer asks for into hs->certificate_request and what goes with it. */
TLSN_MUST_USE tlsn_status tlsni_authenticator_take_request(struct tlsni_hs *hs,
                                                           const struct tlsni_authenticator_request *r);

/* One is made in an empty writer: Certificate of hs->credential, NULL: of nobody; what is signed, into
 * hs->sign_input; then the rest. All of them may be TLSN_ERR_BUFFER. */
TLSN_MUST_USE tlsn_status tlsni_authenticator_begin(struct tlsni_hs *hs, struct tlsni_wr *w,
                                                    struct tlsn_span context);
TLSN_MUST_USE tlsn_status tlsni_authenticator_sign_input(struct tlsni_hs *hs,
                                                         const struct tlsni_authenticator_keys *keys,
                                                         struct tlsn_span request,
                                                         struct tlsn_span certificate);
TLSN_MUST_USE tlsn_status tlsni_authenticator_end(struct tlsni_wr *w,
                                                  const struct tlsni_authenticator_keys *keys,
                                                  struct tlsn_span request,
                                                  const struct tlsni_msg_signed *sig);
TLSN_MUST_USE tlsn_status tlsni_authenticator_end_empty(struct tlsni_wr *w,
                                                        const struct tlsni_authenticator_keys *keys,
                                                        struct tlsn_span request);
/* MAC, certificate and signature; hs->peer holds the chain then, which is still to be judged.
 * TLSN_ERR_NO_PEER_CERTIFICATE for an empty one that is right. */
TLSN_MUST_USE tlsn_status tlsni_authenticator_check(struct tlsni_hs *hs,
                                                    const struct tlsni_authenticator_keys *keys,
                                                    const struct tlsni_authenticator_request *r,
                                                    const struct tlsni_authenticator *a);

#endif
