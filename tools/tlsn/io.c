/* io.c - files and the clock. */
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILE_MAX = 16 << 20, FILE_STEP = 16384 };

int64_t io_now_us(void)
{
    struct timespec t = { 0, 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t io_now_ms(void)
{
    return io_now_us() / 1000;
}

int io_poll_ms(int64_t until)
{
    int64_t left = until - io_now_ms();

    if (until < 0)
        return -1;
    if (left < 0)
        return 0;
    return left < INT_MAX ? (int)left : INT_MAX;
}

static void wipe(void *data, size_t len)
{
    volatile uint8_t *p = data;

    while (len--)
        *p++ = 0;
}

void io_blob_free(struct blob *blob)
{
    if (blob->data)
        wipe(blob->data, blob->len);
    free(blob->data);
    *blob = (struct blob){ 0 };
}

/* The files are keys as often as not: no stdio buffer, and the old block is wiped when it grows. */
static bool grow(struct blob *blob, size_t *cap)
{
    uint8_t *p = malloc(*cap * 2 + FILE_STEP);

    if (!p)
        return false;
    *cap = *cap * 2 + FILE_STEP;
    if (blob->len)
        memcpy(p, blob->data, blob->len);
    if (blob->data)
        wipe(blob->data, blob->len);
    free(blob->data);
    blob->data = p;
    return true;
}

static const char *read_all(int fd, struct blob *out)
{
    size_t cap = 0;

    for (;;) {
        ssize_t n;

        if (out->len + 1 >= cap && !grow(out, &cap))
            return "out of memory";
        n = read(fd, out->data + out->len, cap - out->len - 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return strerror(errno);
        out->len += (size_t)n;
        out->data[out->len] = 0;
        if (!n)
            return NULL;
        if (out->len > FILE_MAX)
            return "file is too large";
    }
}

int io_read_file(struct blob *out, const char *what, const char *path)
{
    int fd = open(path, O_RDONLY);
    const char *error;

    *out = (struct blob){ 0 };
    if (fd < 0)
        return complain(STATUS_USAGE, "%s %s: %s", what, path, strerror(errno));
    error = read_all(fd, out);
    (void)close(fd);
    if (!error)
        return STATUS_OK;
    io_blob_free(out);
    return complain(STATUS_USAGE, "%s %s: %s", what, path, error);
}

int io_write_all(int fd, const void *data, size_t len)
{
    const uint8_t *p = data;

    while (len) {
        ssize_t n = write(fd, p, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return STATUS_TRANSPORT;
        p += n;
        len -= (size_t)n;
    }
    return STATUS_OK;
}

int io_check_absent(const char *what, const char *path)
{
    struct stat st;

    if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return STATUS_OK;
    return complain(STATUS_USAGE, "%s %s: exists already (--force replaces it)", what, path);
}

/* Devices and pipes are written to, never replaced. */
static bool is_special(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static int write_open(int fd, const char *what, const char *path, const void *data, size_t len)
{
    int status = io_write_all(fd, data, len), error = errno;

    if (close(fd) != 0 && status == STATUS_OK) {
        error = errno;
        status = STATUS_TRANSPORT;
    }
    if (status == STATUS_OK)
        return STATUS_OK;
    return complain(STATUS_USAGE, "%s %s: %s", what, path, strerror(error));
}

/* A new file beside the old one takes its place, so that a reader never sees half of it. */
static int write_replacing(const char *what, const char *path, const void *data, size_t len,
                           unsigned mode)
{
    char temp[PATH_MAX];
    int fd, status;

    (void)snprintf(temp, sizeof temp, "%s.%ld.new", path, (long)getpid());
    fd = open(temp, O_WRONLY | O_CREAT | O_EXCL, (mode_t)mode);
    if (fd < 0)
        return complain(STATUS_USAGE, "%s %s: %s", what, path, strerror(errno));
    status = write_open(fd, what, path, data, len);
    if (status == STATUS_OK && rename(temp, path) != 0)
        status = complain(STATUS_USAGE, "%s %s: %s", what, path, strerror(errno));
    if (status != STATUS_OK)
        (void)unlink(temp);
    return status;
}

int io_write_file(const char *what, const char *path, const void *data, size_t len, unsigned mode,
                  bool replace)
{
    bool special = is_special(path);
    int fd, status;

    if (strcmp(path, "-") == 0)
        return fwrite(data, 1, len, stdout) == len
                   ? STATUS_OK
                   : complain(STATUS_TRANSPORT, "stdout: cannot be written");
    if (replace && !special)
        return write_replacing(what, path, data, len, mode);
    fd = open(path, special ? O_WRONLY : O_WRONLY | O_CREAT | O_EXCL, (mode_t)mode);
    if (fd < 0)
        return complain(STATUS_USAGE, "%s %s: %s", what, path, strerror(errno));
    status = write_open(fd, what, path, data, len);
    if (status != STATUS_OK && !special)
        (void)unlink(path);
    return status;
}
