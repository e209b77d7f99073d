/* www.h - just enough HTTP to be asked and to answer. */
#ifndef TLSN_WWW_H
#define TLSN_WWW_H

#include "report.h"

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
/* Header and body in one block of malloc, shorter than a record; NULL when out of memory. */
char *www_page(const struct report *report, size_t *len);

#endif
