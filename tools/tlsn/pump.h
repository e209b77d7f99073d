/* pump.h - drives a connection on a non-blocking descriptor: handshake, then stdin and stdout. */
#ifndef TLSN_PUMP_H
#define TLSN_PUMP_H

#include "tool.h"

struct pump {
    tlsn_socket *sock;
    int fd;
    int stop_fd;         /* readable: give up; -1: none */
    int64_t idle_ms;     /* without traffic: TLSN_ERR_TIMEOUT; -1: none */
    int64_t linger_ms;   /* silence after the end of stdin; -1: the default rule */
    bool wait_for_peer;  /* while nothing was sent, the end of stdin does not end the connection */
    const uint8_t *first; /* goes out in front of stdin; borrowed */
    size_t first_len;
    bool *stdin_open;    /* shared by the connections of a server */
    bool stdout_failed;  /* result: stdout took no more */
    bool stopped;        /* result: stop_fd became readable */
};

/* TLSN_OK, or why it failed. deadline_ms: for the whole handshake, -1: none. */
tlsn_status pump_handshake(struct pump *pump, int64_t deadline_ms);
/* Until the peer or we have closed. TLSN_OK when that was proper. */
tlsn_status pump_run(struct pump *pump);
/* Ends the TCP connection so that what was sent last, an alert perhaps, is not lost in a reset:
 * no more output, a little patience for unread input, then close(2). */
void pump_hang_up(int fd);

#endif
