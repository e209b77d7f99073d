/* report.h - what is said about a connection: JSON line, page, summary, failure, exit status. */
#ifndef TLSN_REPORT_H
#define TLSN_REPORT_H

#include "tool.h"

struct report {
    const tlsn_conn *conn;
    const tlsn_socket *sock;
    const char *name;   /* the peer's address */
    int64_t connect_us; /* TCP connect; 0 for a server */
};

/* One JSON line on stdout, flushed. */
void report_json(const struct report *report);
/* Lines "name: value" for people into f. */
void report_page(const struct report *report, FILE *f);
/* One line on stderr. */
void report_summary(const struct report *report);
/* The exit status for a failed connection. */
int report_status(const tlsn_conn *conn, tlsn_status st);
/* One line on stderr with the error, the alert and what it happened to; returns the exit status. */
int report_failure(const struct report *report, tlsn_status st);

#endif
