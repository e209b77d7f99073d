/* tool.h - what every file of the command shares: exit statuses and the one-line complaint. */
#ifndef TLSN_TOOL_H
#define TLSN_TOOL_H

#include <tls-native.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The contract with scripts. Functions that can fail return one of these. */
enum {
    STATUS_OK = 0,
    STATUS_USAGE = 1,     /* options, files, what the user gave us */
    STATUS_TRANSPORT = 2, /* connect, end without close_notify, timeout */
    STATUS_PROTOCOL = 3,  /* handshake or protocol failure */
    STATUS_CERT = 4,      /* the peer's certificate was not accepted */
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

#if defined(__GNUC__)
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#else
#define PRINTF_LIKE(text, first)
#endif

/* Prints "tlsn: ..." as one line on stderr, with control characters replaced, and returns
 * status. */
int complain(int status, const char *format, ...) PRINTF_LIKE(2, 3);
/* The same without "tlsn: " and status: warnings and progress. */
void note(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
