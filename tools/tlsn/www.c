/* www.c - requests read to their end, and the page that reports the connection. */
#include "www.h"

#include <stdlib.h>
#include <string.h>

/* RFC 1945 4.1: a Simple-Request has no version and no header. */
static bool is_simple(const struct www_request *r)
{
    if (r->first_len >= sizeof r->first)
        return false;
    return r->first_len > 4 && memcmp(r->first, "GET ", 4) == 0 &&
           (r->first_len < 8 || !strstr(r->first, " HTTP/"));
}

static void end_line(struct www_request *r)
{
    bool blank = r->line_len == 0;

    r->line_len = 0;
    if (blank) {
        r->complete = r->started; /* blank lines in front are skipped (RFC 9112 2.2) */
    } else if (!r->started) {
        r->started = true;
        r->complete = is_simple(r);
    }
}

static void add_byte(struct www_request *r, uint8_t byte)
{
    r->line_len++;
    if (r->started || r->first_len >= sizeof r->first)
        return;
    r->first[r->first_len++] = (char)byte;
    if (r->first_len < sizeof r->first)
        r->first[r->first_len] = 0;
}

bool www_request_feed(struct www_request *r, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len && !r->complete; i++) {
        if (data[i] == '\n')
            end_line(r);
        else if (data[i] != '\r')
            add_byte(r, data[i]);
    }
    return r->complete;
}

bool www_path_begins(const struct www_request *r, const char *prefix)
{
    const char *space = memchr(r->first, ' ', r->first_len);
    size_t len = prefix ? strlen(prefix) : 0, left;

    if (!space)
        return true; /* nobody knows */
    left = r->first_len - (size_t)(space + 1 - r->first);
    return memcmp(space + 1, prefix ? prefix : "", len < left ? len : left) == 0 &&
           (len <= left || r->first_len == sizeof r->first);
}

static char *page_body(const struct report *report, size_t *len)
{
    char *body = NULL;
    FILE *f = open_memstream(&body, len);

    if (!f)
        return NULL;
    (void)fprintf(f, "This is tlsn %s. This connection:\n\n", tlsn_version_string());
    report_page(report, f);
    if (fclose(f) == 0)
        return body;
    free(body);
    return NULL;
}

static char *with_header(const char *body, size_t body_len, size_t *len)
{
    static const char head[] = "HTTP/1.0 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
                               "Content-Length: %zu\r\nConnection: close\r\n\r\n";
    size_t cap = WWW_PAGE_MAX + sizeof head + 32;
    char *answer = malloc(cap);

    if (!answer)
        return NULL;
    if (body_len > WWW_PAGE_MAX)
        body_len = WWW_PAGE_MAX;
    *len = (size_t)snprintf(answer, cap, head, body_len);
    memcpy(answer + *len, body, body_len);
    *len += body_len;
    return answer;
}

char *www_page(const struct report *report, const struct blob *page, size_t *len)
{
    size_t body_len;
    char *body, *answer;

    if (page->data)
        return with_header((const char *)page->data, page->len, len);
    body = page_body(report, &body_len);
    answer = body ? with_header(body, body_len, len) : NULL;
    free(body);
    return answer;
}
