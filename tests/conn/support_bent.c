#include "support_bent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "conn.h"
#include "handshake/transcript.h"

enum { ROOM = 1 << 16 };

static struct {
    struct tlsni_hs_host host;
    struct tlsni_hash_ctx before; /* the transcript behind the message before */
    uint8_t type, types[64];
    size_t sent, bytes[256];
    duo_change *change;
    unsigned count;
    const struct duo *duo;
    enum tlsn_role from;
} bent;

/* The transcript in front of the message that is being sent. A client's second flight follows messages of the
 * server, which has them in its own. */
static struct tlsni_hash_ctx transcript_before(void)
{
    const struct tlsn_conn *server = bent.duo->conn[TLSN_SERVER];

    return bent.from == TLSN_CLIENT && bent.sent == 1 && server->scratch
               ? server->scratch->hs.transcript.hash
               : bent.before;
}

static tlsn_status send_changed(struct tlsn_conn *c, const uint8_t *message, size_t len)
{
    static uint8_t copy[ROOM];
    struct tlsni_hs *hs = &c->scratch->hs;
    struct tlsni_hash_ctx before;
    size_t body = len - 4;
    tlsn_status st;

    memcpy(copy, message, len);
    bent.change(copy + 4, &body);
    copy[1] = (uint8_t)(body >> 16);
    copy[2] = (uint8_t)(body >> 8);
    copy[3] = (uint8_t)body;
    bent.count++;
    if (body == len - 4 && memcmp(copy, message, len) == 0)
        return tlsni_conn_host.send_message(c, message, len);
    before = message[0] == TLSNI_MSG_CLIENT_HELLO ? bent.before : transcript_before();
    if (before.row || !hs->transcript.hash.row) {
        if (before.row)
            hs->transcript.hash = before;
        else /* a ClientHello, which is kept as it is */
            hs->transcript.raw.end -= len;
        st = tlsni_transcript_add(&hs->transcript, c->env, copy, 4 + body);
        assert_int_equal(st, TLSN_OK);
    }
    return tlsni_conn_host.send_message(c, copy, 4 + body);
}

static tlsn_status send_message(void *ctx, const uint8_t *message, size_t len)
{
    struct tlsn_conn *c = ctx;
    bool changes = bent.change && message[0] == bent.type;
    tlsn_status st = changes ? send_changed(c, message, len) : tlsni_conn_host.send_message(c, message, len);

    bent.types[bent.sent++ % sizeof bent.types] = message[0];
    bent.bytes[message[0]] += len;
    bent.before = c->scratch->hs.transcript.hash;
    return st;
}

void bent_connect(struct duo *d, enum tlsn_role from, uint8_t type, duo_change *change)
{
    duo_connect(d);
    bent.host = tlsni_conn_host;
    bent.host.send_message = send_message;
    bent.duo = d;
    bent.from = from;
    bent.type = type;
    bent.change = change;
    bent.count = 0;
    bent.sent = 0;
    memset(bent.bytes, 0, sizeof bent.bytes);
    memset(&bent.before, 0, sizeof bent.before);
    assert_int_equal(tlsni_conn_start(d->conn[from]), TLSN_OK);
    d->conn[from]->scratch->hs.host = &bent.host;
}

void bent_refused(struct duo *d, enum tlsn_role from, uint8_t type, duo_change *change,
                  tlsn_status status, int alert)
{
    enum tlsn_role victim = from == TLSN_CLIENT ? TLSN_SERVER : TLSN_CLIENT;
    const struct tlsn_conn_error *error;

    bent_connect(d, from, type, change);
    duo_run(d);
    assert_int_equal(bent.count, 1);
    error = tlsn_conn_error(d->conn[victim]);
    if (!error || error->status != status)
        fail_msg("message %u: %s", type, error ? error->text : "no error");
    assert_int_equal(error->alert_sent, alert);
    error = tlsn_conn_error(d->conn[from]);
    assert_true(error && error->alert_received == alert);
}

unsigned bent_count(void)
{
    return bent.count;
}

size_t bent_bytes(uint8_t type)
{
    return bent.bytes[type];
}

struct tlsn_span bent_types(void)
{
    return (struct tlsn_span){ bent.types, bent.sent };
}
