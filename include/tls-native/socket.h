/* <tls-native/socket.h> - a connection bound to a file descriptor.
 *
 * A client of the public engine API and of nothing else. The descriptor may be blocking or not;
 * with a non-blocking one calls return TLSN_WANT_READ or TLSN_WANT_WRITE. Buffers exist only
 * while they hold bytes. Deadlines hold for blocking and non-blocking descriptors (poll(2) is
 * used on blocking ones). */
#ifndef TLS_NATIVE_SOCKET_H
#define TLS_NATIVE_SOCKET_H

#include <tls-native/conn.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tlsn_socket_stats {
    uint64_t bytes_in, bytes_out; /* on the wire */
    uint64_t plain_in, plain_out; /* application data */
    uint64_t reads, writes;       /* system calls */
    int64_t handshake_us;         /* time from the first call to completion, 0 before */
    int os_error;                 /* errno behind the last TLSN_ERR_IO, 0 before */
};

/* Borrows conn and fd: both outlive the socket and are neither freed nor closed by it. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_socket_new(tlsn_socket **out, tlsn_conn *conn, int fd,
                                                   const struct tlsn_hooks *hooks);
TLSN_API void tlsn_socket_free(tlsn_socket *s);
/* Milliseconds for the whole handshake, and for each read, write or close that has to wait; 0:
 * none. When one passes: TLSN_ERR_TIMEOUT (after an attempt to send what is pending). */
TLSN_API void tlsn_socket_set_deadlines(tlsn_socket *s, uint32_t handshake_ms, uint32_t idle_ms);

/* TLSN_OK: complete. TLSN_WANT_READ, TLSN_WANT_WRITE, a TLSN_NEED_ question (answer it on the
 * connection and call again), TLSN_EARLY_DATA, or an error; its alert has been sent if the socket took it. Behind
 * tlsn_renegotiate(), and when the peer renegotiates, it waits for the end of that in the same way;
 * TLSN_WANT_READ with tlsn_socket_readable(): data have come that are to be read first. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_socket_handshake(tlsn_socket *s);
/* At least one byte with TLSN_OK. TLSN_CLOSED after close_notify, TLSN_ERR_TRUNCATED when the
 * transport just ended. Completes the handshake first if need be. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_socket_read(tlsn_socket *s, void *buf, size_t cap,
                                                    size_t *len);
/* TLSN_OK: everything was taken and handed to the socket. Otherwise *taken bytes were taken
 * over; the call is repeated with the rest. A renegotiation is completed first, see
 * tlsn_socket_handshake(); its questions are returned by all three calls. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_socket_write(tlsn_socket *s, const void *buf, size_t len,
                                                     size_t *taken);
/* Client, before the handshake is complete: early data (tlsn_conn_set_early_data()) right behind the ClientHello,
 * which this call sends if it is the first one. TLSN_NEED_INPUT: the rest has to wait for the handshake. See
 * tlsn_encrypt_early() for what may become of them. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_socket_write_early(tlsn_socket *s, const void *buf,
                                                           size_t len, size_t *taken);
/* Server, when tlsn_socket_handshake() says TLSN_EARLY_DATA: at least one byte of early data with TLSN_OK.
 * TLSN_EARLY_END: there are no more of them, tlsn_socket_handshake() goes on. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_socket_read_early(tlsn_socket *s, void *buf, size_t cap,
                                                          size_t *len);
/* Sends what is pending. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_socket_flush(tlsn_socket *s);
/* Sends close_notify; with wait also reads (and drops) until the peer's has come. Idempotent. */
TLSN_API TLSN_MUST_USE tlsn_status tlsn_socket_close(tlsn_socket *s, bool wait);
/* True when a read can give data without the descriptor being readable. */
TLSN_API bool tlsn_socket_readable(const tlsn_socket *s);
/* Bytes that wait for a non-blocking descriptor to become writable; tlsn_socket_flush() sends
 * them. Reading can leave some too (answers of the protocol), so look here before waiting for
 * input alone. */
TLSN_API size_t tlsn_socket_unsent(const tlsn_socket *s);
TLSN_API void tlsn_socket_get_stats(const tlsn_socket *s, struct tlsn_socket_stats *stats);

#ifdef __cplusplus
}
#endif
#endif
