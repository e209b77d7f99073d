/* support_trace.h - the traces of RFC 8448 (tests/vectors/rfc8448.txt), and one side of ours that takes the place of
 * the one in a trace. */
#ifndef TLSNI_TESTS_CONN_SUPPORT_TRACE_H
#define TLSNI_TESTS_CONN_SUPPORT_TRACE_H

#include "support_vectors.h"
#include "support_wire.h"

struct trace {
    struct vec_file *file;
    struct vec_block block;
    struct wire_env env;
    tlsn_config *config;
    tlsn_conn *conn;
    uint8_t out[4096]; /* what it said and nobody has looked at */
    size_t out_len;
    unsigned hellos; /* of the trace that came in the place of ours, or went to us */
    unsigned logged; /* secrets */
};

/* The block of a trace, without a side of ours. */
void trace_load(struct trace *t, const char *name);
void trace_unload(struct trace *t);
/* Values of a key are decoded; the nth of them. */
struct tlsn_span trace_field(struct trace *t, const char *key, size_t nth);
/* The value of line i, which is the nth of its key. */
struct tlsn_span trace_value(struct trace *t, size_t i);

/* Configuration and connection of a side, with what all traces have in common: TLS 1.3, x25519 and P-256, nobody
 * judges certificates, private-key operations by `sign` with the trace as its ctx; secrets that are logged behind
 * the first hello have to be those of the trace. random: a source of the caller's; NULL: seeded. The caller changes
 * the configuration, then makes the connection. */
typedef tlsn_status trace_sign(void *ctx, tlsn_conn *conn, const struct tlsn_key_op *op, uint8_t *result, size_t cap,
                               size_t *len);
void trace_begin(struct trace *t, const char *name, trace_sign *sign,
                 tlsn_status (*random)(void *ctx, void *out, size_t len));
/* A credential with this certificate, whose key is elsewhere. */
void trace_add_certificate(struct trace *t, struct tlsn_span der);
void trace_end(struct trace *t);

/* Pending output to t->out. */
void trace_collect(struct trace *t);
/* tlsn_handshake() with this input, all of which it takes. Returns the last status. */
tlsn_status trace_shake(struct trace *t, struct tlsn_span in);
/* t->out begins with this record, which is taken away. */
void trace_expect(struct trace *t, struct tlsn_span record);

#endif
