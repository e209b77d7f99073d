/* peer.h - what the C programs around other libraries share: the commands of tests/interop/driver.py.
 *
 * A program defines peer_can, peer_open, peer_read, peer_write, peer_close and peer_describe; main is here.
 * Included by one file each. */
#ifndef TLSN_INTEROP_PEER_H
#define TLSN_INTEROP_PEER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define GREETING "interop says hello\n"
#define LIMIT_SECONDS 10

/* Where objects go: stdout, or nowhere for a connection that only prepares another. */
static FILE *out;
#define say(...) fprintf(out, __VA_ARGS__)

/* One command: its words by name, and what the program has to say about a connection. */
struct command {
    char line[4096];
    char *names[32], *values[32];
    int count;
    bool server, again; /* again: the second connection of a row that resumes */
    const char *error;
    char error_text[200];
};

static const char *word(const struct command *c, const char *name)
{
    for (int i = 0; i < c->count; i++)
        if (!strcmp(c->names[i], name))
            return c->values[i];
    return NULL;
}

static inline bool word_is(const struct command *c, const char *name, const char *value)
{
    const char *said = word(c, name);
    return said && !strcmp(said, value);
}

static inline bool fail(struct command *c, const char *what, long code)
{
    snprintf(c->error_text, sizeof c->error_text, "%s: %ld", what, code);
    c->error = c->error_text;
    return false;
}

/* The library's side. peer_setup makes what the connections of one command share, peer_open a handshake on fd.
 * peer_read returns 0 at close_notify. peer_describe says the members of the object, each with ", " in front. */
static void peer_can(void);
static bool peer_setup(struct command *c);
static bool peer_open(struct command *c, int fd);
static int peer_read(struct command *c, char *to, int cap);
static bool peer_write(struct command *c, const char *from, int len);
static void peer_describe(struct command *c);
static void peer_close(struct command *c);
static void peer_done(struct command *c);

static void limit(int fd)
{
    struct timeval t = { LIMIT_SECONDS, 0 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
}

static struct sockaddr_in loopback(const char *port)
{
    struct sockaddr_in a = { .sin_family = AF_INET };
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    a.sin_port = htons((unsigned short)(port ? atoi(port) : 0));
    return a;
}

/* One line into text; false when the peer closed before. */
static bool read_line(struct command *c, char *text, int cap)
{
    int have = 0;
    while (have < cap - 1) {
        int got = peer_read(c, text + have, cap - 1 - have);
        if (got <= 0)
            return false;
        have += got;
        text[have] = 0;
        if (text[have - 1] == '\n')
            return true;
    }
    return false;
}

static bool talk_as_client(struct command *c)
{
    char text[256] = "";
    return peer_write(c, GREETING, (int)strlen(GREETING)) && read_line(c, text, sizeof text) &&
           !strcmp(text, GREETING);
}

static bool talk_as_server(struct command *c)
{
    char text[256] = "";
    bool same = false;
    while (read_line(c, text, sizeof text)) {
        same = !strcmp(text, GREETING);
        if (!peer_write(c, text, (int)strlen(text)))
            return false;
    }
    return same;
}

/* Unread bytes at close would make the kernel reset the connection, and take our alert from the peer. */
static void hang_up(int fd)
{
    char rest[512];
    shutdown(fd, SHUT_WR);
    while (read(fd, rest, sizeof rest) > 0)
        continue;
    close(fd);
}

static bool converse(struct command *c, int fd)
{
    bool data = false;
    c->error = NULL;
    limit(fd);
    if (peer_open(c, fd)) {
        data = c->server ? talk_as_server(c) : talk_as_client(c);
        say("{\"ok\": %s, \"data\": %s", data && !c->error ? "true" : "false", data ? "true" : "false");
        peer_describe(c);
    } else {
        say("{\"ok\": false, \"data\": false");
    }
    if (c->error)
        say(", \"error\": \"%s\"", c->error);
    peer_close(c);
    hang_up(fd);
    return data;
}

static int dial(struct command *c)
{
    struct sockaddr_in a = loopback(word(c, "port"));
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
        return fd;
    close(fd);
    return -1;
}

static void run_client(struct command *c)
{
    int rounds = word(c, "resume") ? 2 : 1;
    for (int i = 0; i < rounds; i++) {
        int fd = dial(c);
        c->again = i > 0;
        if (fd < 0) {
            printf("{\"ok\": false, \"data\": false, \"error\": \"no connection\"}\n");
            return;
        }
        FILE *scrap = i + 1 < rounds ? tmpfile() : NULL;
        out = scrap ? scrap : stdout;
        bool well = converse(c, fd);
        out = stdout;
        if (scrap)
            fclose(scrap);
        if (scrap && well)
            continue;
        if (scrap)
            printf("{\"ok\": false, \"data\": false, \"error\": \"first connection: %s\"",
                   c->error ? c->error : "no data");
        printf("}\n");
        return;
    }
}

static void run_server(struct command *c)
{
    struct sockaddr_in a = loopback(NULL);
    socklen_t len = sizeof a;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    bind(listener, (struct sockaddr *)&a, sizeof a);
    listen(listener, 5);
    getsockname(listener, (struct sockaddr *)&a, &len);
    limit(listener);
    printf("{\"port\": %d}\n", ntohs(a.sin_port));
    fflush(stdout);
    for (int left = atoi(word(c, "accepts")); left > 0; left--) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            printf("{\"ok\": false, \"data\": false, \"error\": \"nobody came\"");
        else
            converse(c, fd);
        printf("}\n");
        fflush(stdout);
    }
    close(listener);
}

static void run(struct command *c)
{
    char *mark, *text = strtok_r(c->line, " \n", &mark);
    const char *what = text ? text : "";
    while ((text = strtok_r(NULL, " \n", &mark)) && c->count < 32) {
        char *equals = strchr(text, '=');
        if (!equals)
            continue;
        *equals = 0;
        c->names[c->count] = text;
        c->values[c->count++] = equals + 1;
    }
    c->server = !strcmp(what, "server");
    if (!strcmp(what, "can")) {
        peer_can();
    } else if (!peer_setup(c)) {
        printf("{\"ok\": false, \"data\": false, \"error\": \"%s\"}\n", c->error ? c->error : "setup");
    } else {
        if (c->server)
            run_server(c);
        else
            run_client(c);
        peer_done(c);
    }
    fflush(stdout);
}

int main(void)
{
    static struct command c;
    signal(SIGPIPE, SIG_IGN);
    out = stdout;
    for (;;) {
        memset(&c, 0, sizeof c);
        if (!fgets(c.line, sizeof c.line, stdin))
            return 0;
        run(&c);
    }
}

#endif
