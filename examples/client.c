/* client.c - the least that is needed to fetch something over TLS.
 *
 *     cc client.c $(pkg-config --cflags --libs tls-native) -o client
 *     ./client www.example.org 443 [CA-FILE]
 *
 * A configuration is made once and shared by all connections; a connection does no I/O of its own, the
 * tlsn_socket around it does. The descriptor here is blocking, so each call returns when it is done. */
#include <tls-native.h>

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HANDSHAKE_MS = 10000, IDLE_MS = 10000 };

static int tcp_connect(const char *host, const char *port)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list;
    int fd = -1;

    if (getaddrinfo(host, port, &hints, &list) != 0)
        return -1;
    for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
            (void)close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    return fd;
}

/* Safe defaults; the peer is verified against the file or the system's store. */
static tlsn_status make_config(tlsn_config **config, const char *ca_file)
{
    tlsn_trust *trust = NULL;
    tlsn_status st = tlsn_config_new(config, NULL);

    if (st == TLSN_OK)
        st = tlsn_trust_new(&trust, NULL);
    if (st == TLSN_OK)
        st = ca_file ? tlsn_trust_add_path(trust, ca_file, NULL, NULL)
                     : tlsn_trust_add_system(trust, NULL);
    if (st == TLSN_OK)
        st = tlsn_config_set_trust(*config, trust);
    tlsn_trust_free(trust); /* the configuration has its own reference */
    return st;
}

/* Sends the request and prints the answer up to the peer's close_notify. */
static tlsn_status fetch(tlsn_socket *s, const char *host)
{
    char request[512], answer[4096];
    size_t taken, got;
    int len = snprintf(request, sizeof request, "GET / HTTP/1.0\r\nHost: %.255s\r\n\r\n", host);
    tlsn_status st = tlsn_socket_handshake(s);

    if (st == TLSN_OK)
        st = tlsn_socket_write(s, request, (size_t)len, &taken);
    while (st == TLSN_OK) {
        st = tlsn_socket_read(s, answer, sizeof answer, &got);
        if (st == TLSN_OK)
            (void)fwrite(answer, 1, got, stdout);
    }
    if (st == TLSN_CLOSED)
        st = tlsn_socket_close(s, false);
    return st;
}

int main(int argc, char **argv)
{
    const struct tlsn_conn_error *error = NULL;
    tlsn_config *config = NULL;
    tlsn_conn *conn = NULL;
    tlsn_socket *s = NULL;
    tlsn_status st;
    int fd = -1;

    if (argc < 3) {
        (void)fprintf(stderr, "usage: client HOST PORT [CA-FILE]\n");
        return 1;
    }
    st = make_config(&config, argc > 3 ? argv[3] : NULL);
    if (st == TLSN_OK)
        st = tlsn_conn_new(&conn, TLSN_CLIENT, config);
    if (st == TLSN_OK)
        st = tlsn_conn_set_server_name(conn, argv[1]); /* sent, and checked in the certificate */
    if (st == TLSN_OK) {
        fd = tcp_connect(argv[1], argv[2]);
        st = fd < 0 ? TLSN_ERR_IO : tlsn_socket_new(&s, conn, fd, NULL);
    }
    if (st == TLSN_OK) {
        tlsn_socket_set_deadlines(s, HANDSHAKE_MS, IDLE_MS);
        st = fetch(s, argv[1]);
    }
    if (st != TLSN_OK) {
        error = conn ? tlsn_conn_error(conn) : NULL;
        (void)fprintf(stderr, "%s: %s\n", argv[1], error ? error->text : tlsn_status_text(st));
    }
    tlsn_socket_free(s);
    tlsn_conn_free(conn);
    tlsn_config_free(config);
    if (fd >= 0)
        (void)close(fd);
    return st == TLSN_OK ? 0 : 1;
}
