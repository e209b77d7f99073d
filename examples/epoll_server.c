/* epoll_server.c - an echo server for many clients in one thread: non-blocking descriptors and epoll.
 *
 *     cc epoll_server.c $(pkg-config --cflags --libs tls-native) -o epoll_server
 *     ./epoll_server 4433 cert.pem key.pem
 *
 * Each call goes as far as it can and says what it waits for: TLSN_WANT_READ or TLSN_WANT_WRITE. With
 * edge-triggered events a client is driven until it waits. An idle client has no buffers. */
#include <tls-native.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FILE_MAX = 65536, EVENTS_MAX = 64, BACKLOG = 128 };

struct client {
    int fd;
    tlsn_conn *conn;
    tlsn_socket *socket;
};

static size_t read_file(const char *path, char *out)
{
    FILE *f = fopen(path, "rb");
    size_t len = f ? fread(out, 1, FILE_MAX, f) : 0;

    if (f)
        (void)fclose(f);
    return len;
}

static tlsn_status make_config(tlsn_config **config, const char *cert, const char *key)
{
    static char chain[FILE_MAX], secret[FILE_MAX];
    tlsn_credential *credential = NULL;
    tlsn_status st = tlsn_config_new(config, NULL);

    if (st == TLSN_OK)
        st = tlsn_credential_new(&credential, chain, read_file(cert, chain), secret,
                                 read_file(key, secret), NULL);
    if (st == TLSN_OK)
        st = tlsn_config_add_credential(*config, credential);
    tlsn_credential_free(credential);
    return st;
}

static void drop_client(struct client *c)
{
    tlsn_socket_free(c->socket);
    tlsn_conn_free(c->conn);
    (void)close(c->fd); /* leaves the epoll set, too */
    free(c);
}

/* Echoes until the client waits or is gone. What is left unsent goes out before more is read, so a
 * client that does not read costs one record of memory. */
static tlsn_status drive(struct client *c)
{
    char data[TLSN_PLAIN_MAX];
    size_t len, taken;
    tlsn_status st = tlsn_socket_handshake(c->socket);

    while (st == TLSN_OK) {
        st = tlsn_socket_flush(c->socket);
        if (st == TLSN_OK)
            st = tlsn_socket_read(c->socket, data, sizeof data, &len);
        if (st == TLSN_OK)
            st = tlsn_socket_write(c->socket, data, len, &taken); /* one record: all is taken */
    }
    if (st == TLSN_CLOSED)
        (void)!tlsn_socket_close(c->socket, false);
    return st;
}

static void on_event(struct client *c)
{
    tlsn_status st = drive(c);

    if (st == TLSN_WANT_READ || st == TLSN_WANT_WRITE)
        return;
    if (st < 0)
        (void)fprintf(stderr, "connection failed: %s\n",
                      tlsn_conn_error(c->conn) ? tlsn_conn_error(c->conn)->text
                                               : tlsn_status_text(st));
    drop_client(c);
}

static void accept_client(int epoll, int listener, tlsn_config *config)
{
    struct client *c = calloc(1, sizeof *c);
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET };
    int fd = accept(listener, NULL, NULL);

    if (!c || fd < 0) {
        free(c);
        if (fd >= 0)
            (void)close(fd);
        return;
    }
    c->fd = fd;
    event.data.ptr = c;
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    if (tlsn_conn_new(&c->conn, TLSN_SERVER, config) != TLSN_OK ||
        tlsn_socket_new(&c->socket, c->conn, fd, NULL) != TLSN_OK ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        drop_client(c);
}

static int listen_on(const char *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    address.sin_port = htons((uint16_t)atoi(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    perror("listen");
    exit(1);
}

int main(int argc, char **argv)
{
    struct epoll_event events[EVENTS_MAX], event = { .events = EPOLLIN };
    tlsn_config *config = NULL;
    int listener, epoll;
    tlsn_status st;

    if (argc != 4) {
        (void)fprintf(stderr, "usage: epoll_server PORT CERT-FILE KEY-FILE\n");
        return 1;
    }
    st = make_config(&config, argv[2], argv[3]);
    if (st != TLSN_OK) {
        (void)fprintf(stderr, "%s, %s: %s\n", argv[2], argv[3], tlsn_status_text(st));
        return 1;
    }
    listener = listen_on(argv[1]);
    epoll = epoll_create1(0);
    (void)epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event); /* data.ptr NULL: the listener */
    for (;;) {
        int n = epoll_wait(epoll, events, EVENTS_MAX, -1);

        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr)
                on_event(events[i].data.ptr);
            else
                accept_client(epoll, listener, config);
        }
    }
}
