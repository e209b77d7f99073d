/* server.c - tlsn server: listening, signals, and how many connections there are to be. */
#include "commands.h"
#include "server.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum {
    HANDSHAKE_MS = 30000,
    IDLE_MS = 300000,
    WORKERS_MAX = 256,
};

/* Written to by the signal handler, watched by every poll: the only state a signal can reach. */
static int stop_pipe[2] = { -1, -1 };

void server_stop(void)
{
    int saved = errno;

    (void)!write(stop_pipe[1], "", 1);
    errno = saved;
}

static void on_signal(int number)
{
    (void)number;
    server_stop();
}

static int catch_signals(struct server *s)
{
    struct sigaction action = { .sa_handler = on_signal };

    if (pipe(stop_pipe) != 0)
        return complain(STATUS_TRANSPORT, "pipe: %s", strerror(errno));
    s->stop_fd = stop_pipe[0];
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    return STATUS_OK;
}

/* ---- how many connections ---- */

bool server_may_accept(struct server *s)
{
    bool yes;

    (void)pthread_mutex_lock(&s->lock);
    yes = s->left != 0;
    (void)pthread_mutex_unlock(&s->lock);
    return yes;
}

int server_take(struct server *s, char name[IO_NAME_MAX])
{
    int fd = -1;

    (void)pthread_mutex_lock(&s->lock);
    if (s->left != 0)
        fd = io_accept(s->listener, name);
    if (fd >= 0 && s->left > 0)
        s->left--;
    (void)pthread_mutex_unlock(&s->lock);
    return fd;
}

void server_account(struct server *s, bool counts, int status)
{
    (void)pthread_mutex_lock(&s->lock);
    if (!counts && s->left >= 0)
        s->left++;
    if (s->status == STATUS_OK)
        s->status = status;
    (void)pthread_mutex_unlock(&s->lock);
}

static int check(const struct options *o)
{
    if (!(o->rpk && o->keys.n) && !o->certs.n && !o->vhosts.n && !o->psks.n && !o->srp_verifier &&
        !o->suites)
        return complain(STATUS_USAGE, "server: needs --cert and --key (tlsn cert makes them)");
    if (o->oid_filters.n && !o->client_auth)
        return complain(STATUS_USAGE, "--oid-filter: needs --client-auth");
    if (o->client_auth_path && (!o->client_auth_after || !o->www))
        return complain(STATUS_USAGE, "--client-auth-path: needs --client-auth-after and --www");
    if (o->page && !o->www)
        return complain(STATUS_USAGE, "--page: needs --www");
    if (o->www && o->echo)
        return complain(STATUS_USAGE, "--www and --echo: choose one");
    if (o->workers.set && (o->workers.value < 1 || o->workers.value > WORKERS_MAX))
        return complain(STATUS_USAGE, "--workers: %lld is not between 1 and %d",
                        (long long)o->workers.value, WORKERS_MAX);
    if (o->workers.set && o->workers.value > 1 && !o->www && !o->echo)
        return complain(STATUS_USAGE, "--workers: needs --www or --echo");
    if (o->accepts.set && (o->once || o->accepts.value < 1))
        return complain(STATUS_USAGE, o->once ? "--once and --accepts: choose one"
                                              : "--accepts: at least 1");
    if (o->client_auth_after && !o->www && !o->echo)
        return complain(STATUS_USAGE, "--client-auth-after: needs --www or --echo");
    if (o->client_auth_after && (o->vhosts.n || !o->client_auth))
        return complain(STATUS_USAGE, "--client-auth-after: needs --client-auth, and no --vhost");
    return STATUS_OK;
}

static void server_free(struct server *s)
{
    tlsn_config_free(s->settings.config);
    tlsn_config_free(s->settings.config_after);
    for (size_t i = 0; i < s->vhost_count; i++)
        tlsn_config_free(s->vhosts[i].config);
    io_blob_free(&s->settings.page);
    setup_free(&s->setup);
    (void)pthread_mutex_destroy(&s->lock);
    if (s->listener >= 0)
        (void)close(s->listener);
}

static int read_page(struct blob *page, const char *path)
{
    int status = path ? io_read_file(page, "--page", path) : STATUS_OK;

    if (status == STATUS_OK && page->len > WWW_PAGE_MAX)
        return complain(STATUS_USAGE, "--page: %s has more than %d bytes", path, WWW_PAGE_MAX);
    return status;
}

static int prepare(struct server *s)
{
    const struct options *o = s->o;
    bool asks = o->client_auth && strcmp(o->client_auth, "none") != 0;
    int status = setup_init(&s->setup, o, asks || o->ca.n);

    if (status == STATUS_OK)
        status = server_configure(s);
    if (status == STATUS_OK)
        status = read_page(&s->settings.page, o->page);
    if (status == STATUS_OK)
        status = catch_signals(s);
    if (status == STATUS_OK && asks && o->no_verify)
        note("warning: client certificates are not verified (--no-verify)");
    s->settings.setup = &s->setup;
    s->settings.mode = o->echo ? PEER_ECHO : PEER_WWW;
    s->settings.auth_after = o->client_auth && strcmp(o->client_auth, "require") == 0
                                 ? TLSN_CLIENT_AUTH_REQUIRE
                                 : TLSN_CLIENT_AUTH_REQUEST;
    s->settings.secure_path = o->client_auth_path;
    s->settings.update_path = o->key_update_path;
    s->settings.json = o->json;
    s->settings.verbose = o->verbose;
    s->settings.handshake_ms = setup_timeout(&o->timeout, HANDSHAKE_MS);
    s->settings.idle_ms = setup_timeout(&o->timeout, IDLE_MS);
    return status;
}

int server_run(const struct options *options)
{
    static struct server s;
    struct address address;
    char name[IO_NAME_MAX];
    int status = check(options);

    s = (struct server){ .o = options, .setup.keylog_fd = -1, .listener = -1, .stop_fd = -1,
                         .left = -1 };
    if (pthread_mutex_init(&s.lock, NULL) != 0)
        return complain(STATUS_USAGE, "out of memory");
    if (options->once || options->accepts.set)
        s.left = options->once ? 1 : options->accepts.value;
    if (status == STATUS_OK)
        status = io_parse_address(&address, options->operands.v[0], true);
    if (status == STATUS_OK)
        status = prepare(&s);
    if (status == STATUS_OK)
        status = io_listen(&s.listener, &address, name);
    if (status == STATUS_OK) {
        (void)printf("listening on %s\n", name);
        (void)fflush(stdout);
        status = options->www || options->echo ? server_many(&s) : server_stdio(&s);
    }
    server_free(&s);
    return status;
}
