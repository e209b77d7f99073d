/* io.h - files, addresses, TCP. `what` names the option or role in complaints ("--cert"). */
#ifndef TLSN_IO_H
#define TLSN_IO_H

#include "tool.h"

struct blob {
    uint8_t *data; /* owned; NUL behind the last byte */
    size_t len;
};

enum { IO_HOST_MAX = 256, IO_PORT_MAX = 8, IO_NAME_MAX = 320 };

struct address {
    char host[IO_HOST_MAX]; /* "" when it was left out */
    char port[IO_PORT_MAX];
};

/* Milliseconds, microseconds of the monotonic clock. */
int64_t io_now_ms(void);
int64_t io_now_us(void);

int io_read_file(struct blob *out, const char *what, const char *path);
/* Whole or not at all. A regular file that exists is replaced only with `replace`; "-" is
 * stdout. */
int io_write_file(const char *what, const char *path, const void *data, size_t len, unsigned mode,
                  bool replace);
/* Complains when io_write_file without `replace` would. */
int io_check_absent(const char *what, const char *path);
void io_blob_free(struct blob *blob); /* wipes */
/* STATUS_TRANSPORT without a line when fd does not take everything. */
int io_write_all(int fd, const void *data, size_t len);

/* "host:port", "[::1]:port"; with host_optional also "port". */
int io_parse_address(struct address *out, const char *text, bool host_optional);
/* A connected, non-blocking descriptor. timeout_ms < 0: none. */
int io_connect(int *fd, const struct address *address, int64_t timeout_ms);
/* A listening, non-blocking descriptor; name gets "ADDR:PORT" as bound. */
int io_listen(int *fd, const struct address *address, char name[IO_NAME_MAX]);
/* The next waiting connection, non-blocking; -1 when there is none (any more). name: its peer. */
int io_accept(int listener, char name[IO_NAME_MAX]);
/* Milliseconds until `until` (of io_now_ms) for poll(2): at least 0; -1 for until < 0. */
int io_poll_ms(int64_t until);

#endif
