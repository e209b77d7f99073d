/* auth13.h - client authentication behind a TLS 1.3 handshake (RFC 8446 4.6.2): what a connection keeps for
 * it, and the two flows. Each answer is a small handshake of its own, with a struct tlsni_hs that begins
 * where the first one ended. */
#ifndef TLSNI_HANDSHAKE_AUTH13_H
#define TLSNI_HANDSHAKE_AUTH13_H

#include "handshake/hs.h"

enum {
    TLSNI_AUTH13_OPEN_MAX = 4, /* requests without answer; answers that wait for their way out */
    TLSNI_AUTH13_CONTEXT = 32, /* bytes of a request's context, drawn at random */
};

/* Server: a request that is not answered yet. */
struct tlsni_auth13_request {
    uint8_t context[TLSNI_AUTH13_CONTEXT];
    struct tlsni_hash_ctx transcript; /* from ClientHello to this CertificateRequest */
    uint64_t asked;                   /* bit i: row i of the extension table was in it */
    bool required;                    /* an empty answer ends the connection */
};

/* Of a connection whose client said that it may be asked. */
struct tlsni_auth13 {
    struct tlsni_hash_ctx transcript; /* up to the client's Finished */
    struct tlsni_auth13_request *open[TLSNI_AUTH13_OPEN_MAX]; /* server: owned, oldest first */
    uint8_t open_count;
    uint8_t unsent;                   /* client: answers that were given while output was pending */
    uint8_t own_type, peer_type;      /* enum tlsn_cert_type, as the handshake agreed */
    unsigned given, declined;         /* answers with and without a certificate */
};

/* What the end of a handshake leaves for it in `auth`. */
void tlsni_auth13_keep(struct tlsni_auth13 *auth, const struct tlsni_hs *hs);
/* A fresh exchange over it: env, cfg, host, host_ctx, err, role, version and suite are set by the caller.
 * traffic: the client's present traffic secret, borrowed for as long as the exchange lives. */
void tlsni_auth13_begin(struct tlsni_hs *hs, struct tlsni_auth13 *auth,
                        const struct tlsni_secret *traffic);
/* Server: sends a request and notes it; there has to be room for it. */
TLSN_MUST_USE tlsn_status tlsni_auth13_ask(struct tlsni_hs *hs, bool required);
/* Server: the request that was answered is none any more. */
void tlsni_auth13_settle(struct tlsni_hs *hs);
void tlsni_auth13_free(struct tlsni_auth13 *auth, const struct tlsn_hooks *env);

extern const struct tlsni_flow tlsni_flow_auth13_client, tlsni_flow_auth13_server;

#endif
