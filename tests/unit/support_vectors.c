#include "support_vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct vec_file {
    char *path, *text, *at;
    unsigned line;
};

static void die(const char *what, const char *detail)
{
    fprintf(stderr, "vectors: %s: %s\n", what, detail);
    exit(2);
}

static void *must(void *p)
{
    if (!p)
        die("out of memory", "");
    return p;
}

static char *slurp(FILE *f)
{
    size_t cap = 1 << 16, len = 0, n;
    char *text = must(malloc(cap));

    while ((n = fread(text + len, 1, cap - len - 1, f)) > 0) {
        len += n;
        if (cap - len < 2)
            text = must(realloc(text, cap *= 2));
    }
    text[len] = 0;
    return text;
}

struct vec_file *vec_open(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct vec_file *v;

    if (!f)
        return NULL;
    v = must(calloc(1, sizeof *v));
    v->text = v->at = slurp(f);
    v->path = must(malloc(strlen(path) + 1));
    strcpy(v->path, path);
    (void)fclose(f);
    return v;
}

void vec_close(struct vec_file *f)
{
    if (!f)
        return;
    free(f->path);
    free(f->text);
    free(f);
}

const char *vec_path(const struct vec_file *f)
{
    return f->path;
}

static void drop_decoded(struct vec_block *b)
{
    while (b->decoded_count)
        free(b->decoded[--b->decoded_count]);
    free(b->decoded);
    b->decoded = NULL;
}

void vec_block_clear(struct vec_block *b)
{
    drop_decoded(b);
    free(b->lines);
    memset(b, 0, sizeof *b);
}

static void add_line(struct vec_block *b, char *line)
{
    char *space = strchr(line, ' ');

    if (b->count == b->cap) {
        b->cap = b->cap ? 2 * b->cap : 16;
        b->lines = must(realloc(b->lines, b->cap * sizeof *b->lines));
    }
    if (space)
        *space = 0;
    b->lines[b->count].key = line;
    b->lines[b->count++].value = space ? space + 1 : "";
}

bool vec_next(struct vec_file *f, struct vec_block *b)
{
    drop_decoded(b);
    b->count = 0;
    while (*f->at) {
        char *line = f->at, *end = strchr(line, '\n');

        if (end)
            *end = 0;
        f->at = end ? end + 1 : line + strlen(line);
        f->line++;
        if (*line == '#')
            continue;
        if (*line == 0 && b->count)
            return true;
        if (*line == 0)
            continue;
        if (!b->count)
            b->line = f->line;
        add_line(b, line);
    }
    return b->count != 0;
}

const char *vec_kind(const struct vec_block *b)
{
    return b->count ? b->lines[0].key : "";
}

const char *vec_label(const struct vec_block *b)
{
    return b->count ? b->lines[0].value : "";
}

static const char *nth_text(const struct vec_block *b, const char *key, size_t nth)
{
    for (size_t i = 0; i < b->count; i++)
        if (strcmp(b->lines[i].key, key) == 0 && nth-- == 0)
            return b->lines[i].value;
    return NULL;
}

const char *vec_text(const struct vec_block *b, const char *key)
{
    return nth_text(b, key, 0);
}

static unsigned digit(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    return 16;
}

size_t vec_unhex(const char *hex, uint8_t *out, size_t cap)
{
    size_t len = strlen(hex) / 2;

    if (strlen(hex) % 2 || len > cap)
        die("hex of a wrong length", hex);
    for (size_t i = 0; i < len; i++) {
        unsigned high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);

        if (high > 15 || low > 15)
            die("not hex", hex);
        out[i] = (uint8_t)(high << 4 | low);
    }
    return len;
}

struct tlsn_span vec_bytes_nth(struct vec_block *b, const char *key, size_t nth)
{
    const char *hex = nth_text(b, key, nth);
    struct tlsn_span s = { NULL, 0 };
    uint8_t *data;

    if (!hex)
        return s;
    /* Exactly as long as the value, so that a checker sees reads past its end. */
    data = must(malloc(strlen(hex) / 2 ? strlen(hex) / 2 : 1));
    b->decoded = must(realloc(b->decoded, (b->decoded_count + 1) * sizeof *b->decoded));
    b->decoded[b->decoded_count++] = data;
    s.len = vec_unhex(hex, data, strlen(hex) / 2);
    s.data = data;
    return s;
}

struct tlsn_span vec_bytes(struct vec_block *b, const char *key)
{
    return vec_bytes_nth(b, key, 0);
}

long vec_int(const struct vec_block *b, const char *key, long fallback)
{
    const char *text = vec_text(b, key);

    return text ? strtol(text, NULL, 10) : fallback;
}

const char *vec_shared_dir(void)
{
    const char *dir = getenv("TLSN_SHARED");
    struct stat st;

    if (!dir)
        dir = "../shared";
    return stat(dir, &st) == 0 && S_ISDIR(st.st_mode) ? dir : NULL;
}
