/* server.h - what the parts of `tlsn server` share. */
#ifndef TLSN_SERVER_H
#define TLSN_SERVER_H

#include "peer.h"

enum { VHOST_NAME_MAX = 256 };

struct vhost {
    char name[VHOST_NAME_MAX];
    tlsn_config *config; /* owned */
};

struct server {
    const struct options *o;
    struct setup setup;
    struct peer_settings settings;
    struct vhost vhosts[LIST_MAX];
    size_t vhost_count;
    int listener;
    int stop_fd; /* readable once a signal asked for the end */
    pthread_mutex_t lock; /* for left and status */
    int64_t left;         /* connections still to be accepted; -1: no bound */
    int status;           /* of the first connection that failed */
};

/* Whether more connections are wanted. */
bool server_may_accept(struct server *s);
/* The next waiting connection, or -1. */
int server_take(struct server *s, char name[IO_NAME_MAX]);
/* A connection is over. One that does not count gives its place back. */
void server_account(struct server *s, bool counts, int status);
/* What a signal does. */
void server_stop(void);

/* vhost.c: settings.config and those of the virtual hosts, frozen. */
int server_configure(struct server *s);
/* workers.c: --www and --echo. */
int server_many(struct server *s);
/* stdio.c: one connection after the other has stdin and stdout. */
int server_stdio(struct server *s);

#endif
