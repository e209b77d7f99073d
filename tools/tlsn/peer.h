/* peer.h - one connection of a server, as a state machine on a non-blocking descriptor.
 *
 * The worker polls for peer_events() until peer_deadline() and then calls peer_step(). */
#ifndef TLSN_PEER_H
#define TLSN_PEER_H

#include "io.h"
#include "report.h"
#include "setup.h"
#include "www.h"

enum peer_mode { PEER_WWW, PEER_ECHO };

/* What all connections of a server have in common; read-only while it runs. */
struct peer_settings {
    struct setup *setup;
    tlsn_config *config;
    tlsn_config *config_after; /* asks for a client certificate on the first request; NULL: nobody does */
    enum tlsn_client_auth auth_after; /* what config_after says about it */
    enum peer_mode mode;
    const char *update_path; /* of requests that are answered under new keys; NULL: none are */
    const char *secure_path; /* of requests that ask for a client certificate; NULL: all do */
    struct blob page; /* of PEER_WWW instead of the report; owned, no data for none */
    bool json, verbose;
    int64_t handshake_ms, idle_ms; /* -1: none */
};

enum peer_state {
    PEER_HANDSHAKE,
    PEER_OPEN,
    PEER_CLOSING, /* our close_notify is on its way, the peer's is awaited */
    PEER_HANG_UP, /* the connection is over: unread input must not turn into a reset */
    PEER_DONE,
};

struct peer {
    const struct peer_settings *settings;
    enum peer_state state;
    int fd;
    char name[IO_NAME_MAX];
    tlsn_conn *conn;
    tlsn_socket *sock;
    struct www_request request;
    unsigned renegotiations; /* that were reported, and authentications behind the handshake */
    bool answered;           /* the page is on its way */
    bool asked;              /* config_after was put to use */
    uint8_t *rest; /* what was not yet taken of the answer; malloc */
    size_t rest_start, rest_end;
    int64_t deadline_ms; /* -1: none */
    int status;          /* exit status of this connection */
    bool counts;         /* false: it ended before its first byte */
};

/* Takes over fd. NULL when out of memory (fd is closed). */
struct peer *peer_new(const struct peer_settings *settings, int fd, const char *name);
void peer_free(struct peer *peer);
/* Goes on as far as it can without waiting. */
void peer_step(struct peer *peer);
/* What to poll for; 0 when peer_step() should be called at once. */
short peer_events(const struct peer *peer);
/* Says goodbye if it can be said at once. */
void peer_stop(struct peer *peer);

#endif
