/* www.h - just enough HTTP to be asked and to answer. */
#ifndef TLSN_WWW_H
#define TLSN_WWW_H

#include "io.h"
#include "report.h"

enum { WWW_PAGE_MAX = 15000 }; /* bytes of a body: it goes into one record with its header */

/* A request being read, in any number of pieces. Zeroed at first. */
struct www_request {
    char first[128];   /* the request line, cut to fit */
    size_t first_len;
    size_t line_len;   /* of the line being read, without CR and LF */
    bool started;      /* a line that is not blank has been seen */
    bool complete;
};

/* Takes the next bytes; true once the request is complete: at its blank line, or after the only
 * line of an HTTP/0.9 request ("GET /"). What follows is ignored. */
bool www_request_feed(struct www_request *request, const uint8_t *data, size_t len);
/* Whether the path of the request that has come begins with this; NULL: any path does. */
bool www_path_begins(const struct www_request *request, const char *prefix);
/* Header and body in one block of malloc, shorter than a record; NULL when out of memory. The body is that
 * of `page` if it has data, else a report on the connection. */
char *www_page(const struct report *report, const struct blob *page, size_t *len);

#endif
