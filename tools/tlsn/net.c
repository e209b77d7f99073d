/* net.c - addresses and TCP. */
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 128 };

static int bad_address(const char *text, bool host_optional)
{
    return complain(STATUS_USAGE, "'%s' is not %s", text,
                    host_optional ? "[ADDR:]PORT" : "HOST:PORT");
}

static bool is_port(const char *text)
{
    size_t len = strspn(text, "0123456789");
    unsigned long value = 0;

    if (!len || len >= IO_PORT_MAX || text[len])
        return false;
    for (; *text; text++)
        value = value * 10 + (unsigned long)(*text - '0');
    return value <= 65535;
}

int io_parse_address(struct address *out, const char *text, bool host_optional)
{
    const char *colon = strrchr(text, ':'), *host = text;
    size_t len = colon ? (size_t)(colon - text) : 0;

    memset(out, 0, sizeof *out);
    if (!is_port(colon ? colon + 1 : text) || (!colon && !host_optional) || (colon && !len))
        return bad_address(text, host_optional);
    if (*host == '[') {
        if (len < 3 || host[len - 1] != ']')
            return bad_address(text, host_optional);
        host++;
        len -= 2;
    } else if (memchr(host, ':', len)) {
        return complain(STATUS_USAGE, "'%s': an IPv6 address is written in brackets, [::1]:443",
                        text);
    }
    if (len >= sizeof out->host)
        return bad_address(text, host_optional);
    memcpy(out->host, host, len);
    (void)snprintf(out->port, sizeof out->port, "%s", colon ? colon + 1 : text);
    return STATUS_OK;
}

static void name_of(char name[IO_NAME_MAX], const struct sockaddr *address, socklen_t len)
{
    char host[IO_HOST_MAX] = "?", port[IO_PORT_MAX] = "?";

    (void)getnameinfo(address, len, host, sizeof host, port, sizeof port,
                      NI_NUMERICHOST | NI_NUMERICSERV);
    (void)snprintf(name, IO_NAME_MAX, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
}

/* Not inherited, not blocking; records leave when they are ready. */
static void prepare(int fd)
{
    int on = 1;

    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static int resolve(struct addrinfo **out, const struct address *address, int flags)
{
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM,
                              .ai_flags = flags };
    int error = getaddrinfo(address->host, address->port, &hints, out);

    if (!error)
        return STATUS_OK;
    return complain(STATUS_TRANSPORT, "%s: %s", address->host, gai_strerror(error));
}

/* 0, or the errno of the failure. */
static int connect_one(int fd, const struct addrinfo *to, int64_t until)
{
    struct pollfd p = { .fd = fd, .events = POLLOUT };
    int error = 0, ready;
    socklen_t len = sizeof error;

    if (connect(fd, to->ai_addr, to->ai_addrlen) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    do
        ready = poll(&p, 1, io_poll_ms(until));
    while (ready < 0 && errno == EINTR);
    if (ready == 0)
        return ETIMEDOUT;
    if (ready < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
        return errno;
    return error;
}

int io_connect(int *fd, const struct address *address, int64_t timeout_ms)
{
    int64_t until = timeout_ms < 0 ? -1 : io_now_ms() + timeout_ms;
    struct addrinfo *list;
    int error = 0, status = resolve(&list, address, 0);

    if (status != STATUS_OK)
        return status;
    for (struct addrinfo *a = list; a; a = a->ai_next) {
        *fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (*fd < 0) {
            error = errno;
            continue;
        }
        prepare(*fd);
        error = connect_one(*fd, a, until);
        if (!error)
            break;
        (void)close(*fd);
    }
    freeaddrinfo(list);
    if (!error)
        return STATUS_OK;
    return complain(STATUS_TRANSPORT, "cannot connect to %s port %s: %s", address->host,
                    address->port, strerror(error));
}

static int listen_one(int *fd, const struct addrinfo *a)
{
    int on = 1, off = 0;

    *fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
    if (*fd < 0)
        return errno;
    prepare(*fd);
    (void)setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (a->ai_family == AF_INET6)
        (void)setsockopt(*fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(*fd, a->ai_addr, a->ai_addrlen) == 0 && listen(*fd, BACKLOG) == 0)
        return 0;
    on = errno;
    (void)close(*fd);
    return on;
}

int io_listen(int *fd, const struct address *address, char name[IO_NAME_MAX])
{
    struct address bound = *address;
    struct sockaddr_storage storage;
    socklen_t len = sizeof storage;
    struct addrinfo *list;
    int error, status;

    if (!*bound.host)
        (void)snprintf(bound.host, sizeof bound.host, "0.0.0.0");
    status = resolve(&list, &bound, AI_PASSIVE);
    if (status != STATUS_OK)
        return status;
    error = listen_one(fd, list);
    freeaddrinfo(list);
    if (error)
        return complain(STATUS_TRANSPORT, "cannot listen on %s port %s: %s", bound.host, bound.port,
                        strerror(error));
    memset(&storage, 0, sizeof storage);
    (void)getsockname(*fd, (struct sockaddr *)&storage, &len);
    name_of(name, (struct sockaddr *)&storage, len);
    return STATUS_OK;
}

int io_accept(int listener, char name[IO_NAME_MAX])
{
    struct sockaddr_storage storage;
    socklen_t len = sizeof storage;
    int fd;

    memset(&storage, 0, sizeof storage);
    fd = accept(listener, (struct sockaddr *)&storage, &len);
    if (fd < 0)
        return -1;
    prepare(fd);
    name_of(name, (struct sockaddr *)&storage, len);
    return fd;
}
