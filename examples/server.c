/* server.c - the least that is needed to serve over TLS: an echo server, one client after the other.
 *
 *     cc server.c $(pkg-config --cflags --libs tls-native) -o server
 *     ./server 4433 cert.pem key.pem
 *
 * It listens on the loopback address. See epoll_server.c for many clients at a time. */
#include <tls-native.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FILE_MAX = 65536, HANDSHAKE_MS = 10000, IDLE_MS = 60000 };

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

static tlsn_status echo(tlsn_socket *s)
{
    char data[TLSN_PLAIN_MAX];
    size_t len, taken;
    tlsn_status st = tlsn_socket_handshake(s);

    while (st == TLSN_OK) {
        st = tlsn_socket_read(s, data, sizeof data, &len);
        if (st == TLSN_OK)
            st = tlsn_socket_write(s, data, len, &taken);
    }
    return st == TLSN_CLOSED ? tlsn_socket_close(s, false) : st;
}

static void serve(tlsn_config *config, int fd)
{
    tlsn_conn *conn = NULL;
    tlsn_socket *s = NULL;
    tlsn_status st = tlsn_conn_new(&conn, TLSN_SERVER, config);

    if (st == TLSN_OK)
        st = tlsn_socket_new(&s, conn, fd, NULL);
    if (st == TLSN_OK) {
        tlsn_socket_set_deadlines(s, HANDSHAKE_MS, IDLE_MS);
        st = echo(s);
    }
    if (st != TLSN_OK)
        (void)fprintf(stderr, "connection failed: %s\n",
                      conn && tlsn_conn_error(conn) ? tlsn_conn_error(conn)->text
                                                    : tlsn_status_text(st));
    tlsn_socket_free(s);
    tlsn_conn_free(conn);
    (void)close(fd);
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    tlsn_config *config = NULL;
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    tlsn_status st;

    if (argc != 4) {
        (void)fprintf(stderr, "usage: server PORT CERT-FILE KEY-FILE\n");
        return 1;
    }
    st = make_config(&config, argv[2], argv[3]);
    if (st != TLSN_OK) {
        (void)fprintf(stderr, "%s, %s: %s\n", argv[2], argv[3], tlsn_status_text(st));
        tlsn_config_free(config);
        return 1;
    }
    address.sin_port = htons((uint16_t)atoi(argv[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 16) != 0) {
        perror("listen");
        return 1;
    }
    for (;;) {
        int fd = accept(listener, NULL, NULL);

        if (fd >= 0)
            serve(config, fd);
    }
}
