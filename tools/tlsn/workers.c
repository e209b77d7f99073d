/* workers.c - many connections at a time, for --www and --echo.
 *
 * Each worker runs a poll loop over its own connections and the shared listener, so that a silent
 * client delays nobody. */
#include "server.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

enum {
    PEERS_MAX = 1000, /* of one worker; further ones wait in the backlog */
    GLANCE_MS = 250,  /* how late a worker learns that another one took the last connection */
    BREATH_MS = 100,  /* without accepting, when the system has no descriptor left */
};

struct worker {
    struct server *server;
    pthread_t thread;
    struct peer *peers[PEERS_MAX];
    struct pollfd fds[PEERS_MAX + 2];
    size_t count;
    int64_t accept_from_ms; /* not before */
    bool stopped;
};

static void accept_peers(struct worker *w)
{
    char name[IO_NAME_MAX];
    int fd = 0;

    errno = 0;
    while (w->count < PEERS_MAX && (fd = server_take(w->server, name)) >= 0) {
        struct peer *peer = peer_new(&w->server->settings, fd, name);

        if (!peer) {
            server_account(w->server, true, complain(STATUS_PROTOCOL, "%s: out of memory", name));
            continue;
        }
        peer_step(peer);
        w->peers[w->count++] = peer;
    }
    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM))
        w->accept_from_ms = io_now_ms() + BREATH_MS;
}

static void reap(struct worker *w)
{
    size_t kept = 0;

    for (size_t i = 0; i < w->count; i++) {
        struct peer *peer = w->peers[i];

        if (peer->state != PEER_DONE) {
            w->peers[kept++] = peer;
            continue;
        }
        server_account(w->server, peer->counts, peer->status);
        peer_free(peer);
    }
    w->count = kept;
}

/* Fills the poll set; *timeout is how long it may sleep. */
static void arm(struct worker *w, int *timeout)
{
    const struct options *o = w->server->o;
    bool room = w->count < PEERS_MAX && server_may_accept(w->server);

    *timeout = o->workers.set && o->workers.value > 1 ? GLANCE_MS : -1;
    if (room && io_now_ms() < w->accept_from_ms) {
        room = false;
        *timeout = BREATH_MS;
    }
    w->fds[0] = (struct pollfd){ .fd = w->server->stop_fd, .events = POLLIN };
    w->fds[1] = (struct pollfd){ .fd = room ? w->server->listener : -1, .events = POLLIN };
    for (size_t i = 0; i < w->count; i++) {
        struct peer *peer = w->peers[i];
        int left = io_poll_ms(peer->deadline_ms);

        w->fds[i + 2] = (struct pollfd){ .fd = peer->fd, .events = peer_events(peer) };
        if (!w->fds[i + 2].events)
            left = 0;
        if (left >= 0 && (*timeout < 0 || left < *timeout))
            *timeout = left;
    }
}

static void turn(struct worker *w)
{
    size_t count = w->count;
    int timeout;

    arm(w, &timeout);
    if (poll(w->fds, (nfds_t)count + 2, timeout) < 0)
        return;
    for (size_t i = 0; i < count; i++) {
        bool late = w->peers[i]->deadline_ms >= 0 && io_now_ms() >= w->peers[i]->deadline_ms;

        if (w->fds[i + 2].revents || !w->fds[i + 2].events || late)
            peer_step(w->peers[i]);
    }
    if (w->fds[0].revents)
        w->stopped = true;
    else if (w->fds[1].revents)
        accept_peers(w);
    reap(w);
}

static void *work(void *arg)
{
    struct worker *w = arg;

    while (!w->stopped && (w->count || server_may_accept(w->server)))
        turn(w);
    for (size_t i = 0; i < w->count; i++) {
        peer_stop(w->peers[i]);
        peer_free(w->peers[i]);
    }
    w->count = 0;
    return NULL;
}

int server_many(struct server *s)
{
    size_t count = s->o->workers.set ? (size_t)s->o->workers.value : 1, started = 0;
    struct worker *workers = calloc(count, sizeof *workers);
    int status = STATUS_OK;

    if (!workers)
        return complain(STATUS_USAGE, "out of memory");
    for (size_t i = 0; i < count; i++)
        workers[i].server = s;
    for (size_t i = 1; i < count && status == STATUS_OK; i++) {
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0)
            started = i;
        else
            status = complain(STATUS_USAGE, "--workers: cannot start %zu threads", count);
    }
    if (status != STATUS_OK)
        server_stop();
    (void)work(&workers[0]);
    for (size_t i = 1; i <= started; i++)
        (void)pthread_join(workers[i].thread, NULL);
    if (status == STATUS_OK && !workers[0].stopped)
        status = s->status;
    free(workers);
    return status;
}

