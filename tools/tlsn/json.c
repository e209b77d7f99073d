/* json.c - a JSON writer (RFC 8259). Text that is not UTF-8 is taken for ISO 8859-1. */
#include "json.h"

#include <string.h>

/* Length of the well-formed UTF-8 sequence at s, 0 when there is none (RFC 3629 4, without the
 * finer bounds on the second byte: a reader replaces what is out of range). */
static size_t utf8_len(const unsigned char *s, size_t left)
{
    size_t n = s[0] >= 0xc2 && s[0] <= 0xdf ? 2 : (s[0] & 0xf0) == 0xe0 ? 3
             : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4 : 0;

    if (!n || n > left)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return n;
}

static void quoted(FILE *f, const unsigned char *s, size_t len)
{
    (void)fputc('"', f);
    for (size_t i = 0; i < len; i++) {
        size_t n;

        if (s[i] == '"' || s[i] == '\\') {
            (void)fprintf(f, "\\%c", s[i]);
        } else if (s[i] >= 0x20 && s[i] < 0x7f) {
            (void)fputc(s[i], f);
        } else if ((n = utf8_len(s + i, len - i)) != 0) {
            (void)fwrite(s + i, 1, n, f);
            i += n - 1;
        } else {
            (void)fprintf(f, "\\u%04x", s[i]);
        }
    }
    (void)fputc('"', f);
}

static void begin(struct json *j, const char *key)
{
    if (j->comma)
        (void)fputs(", ", j->f);
    j->comma = true;
    if (key) {
        quoted(j->f, (const unsigned char *)key, strlen(key));
        (void)fputs(": ", j->f);
    }
}

void json_open(struct json *j, const char *key, char bracket)
{
    begin(j, key);
    (void)fputc(bracket, j->f);
    j->comma = false;
}

void json_close(struct json *j, char bracket)
{
    (void)fputc(bracket, j->f);
    j->comma = true;
}

void json_string(struct json *j, const char *key, const char *s)
{
    if (s && *s)
        json_bytes(j, key, s, strlen(s));
    else
        json_null(j, key);
}

void json_bytes(struct json *j, const char *key, const void *data, size_t len)
{
    begin(j, key);
    quoted(j->f, data, len);
}

void json_hex(struct json *j, const char *key, const uint8_t *data, size_t len)
{
    begin(j, key);
    (void)fputc('"', j->f);
    for (size_t i = 0; i < len; i++)
        (void)fprintf(j->f, "%02x", data[i]);
    (void)fputc('"', j->f);
}

void json_int(struct json *j, const char *key, int64_t value)
{
    begin(j, key);
    (void)fprintf(j->f, "%lld", (long long)value);
}

void json_bool(struct json *j, const char *key, bool value)
{
    begin(j, key);
    (void)fputs(value ? "true" : "false", j->f);
}

void json_null(struct json *j, const char *key)
{
    begin(j, key);
    (void)fputs("null", j->f);
}
