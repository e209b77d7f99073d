#include "support_trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

void trace_load(struct trace *t, const char *name)
{
    memset(t, 0, sizeof *t);
    t->file = vec_open("tests/vectors/rfc8448.txt");
    assert_non_null(t->file);
    while (vec_next(t->file, &t->block))
        if (strcmp(vec_label(&t->block), name) == 0)
            return;
    fail_msg("no trace %s", name);
}

void trace_unload(struct trace *t)
{
    vec_block_clear(&t->block);
    vec_close(t->file);
}

struct tlsn_span trace_field(struct trace *t, const char *key, size_t nth)
{
    struct tlsn_span s = vec_bytes_nth(&t->block, key, nth);

    if (!s.data)
        fail_msg("no %s %zu in %s", key, nth, vec_label(&t->block));
    return s;
}

struct tlsn_span trace_value(struct trace *t, size_t i)
{
    const char *key = t->block.lines[i].key;
    size_t nth = 0;

    for (size_t k = 0; k < i; k++)
        nth += strcmp(t->block.lines[k].key, key) == 0;
    return trace_field(t, key, nth);
}

/* ---- a side of ours ---- */

static void key_log(void *ctx, const tlsn_conn *conn, const char *line)
{
    static const char *const labels[][2] = {
        { "CLIENT_EARLY_TRAFFIC_SECRET ", "c_e_traffic" },
        { "EARLY_EXPORTER_SECRET ", "e_exp_master" },
        { "CLIENT_HANDSHAKE_TRAFFIC_SECRET ", "c_hs_traffic" },
        { "SERVER_HANDSHAKE_TRAFFIC_SECRET ", "s_hs_traffic" },
        { "CLIENT_TRAFFIC_SECRET_0 ", "c_ap_traffic" },
        { "SERVER_TRAFFIC_SECRET_0 ", "s_ap_traffic" },
        { "EXPORTER_SECRET ", "exp_master" },
    };
    struct trace *t = ctx;

    (void)conn;
    if (!t->hellos) /* of a hello of our own */
        return;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (strncmp(line, labels[i][0], strlen(labels[i][0])) == 0) {
            assert_string_equal(strrchr(line, ' ') + 1, vec_text(&t->block, labels[i][1]));
            t->logged++;
            return;
        }
    fail_msg("%s", line);
}

void trace_begin(struct trace *t, const char *name, trace_sign *sign,
                 tlsn_status (*random)(void *ctx, void *out, size_t len))
{
    const struct tlsn_callbacks cb = { .key_log = key_log, .key_op = sign, .ctx = t };

    trace_load(t, name);
    wire_env_init(&t->env, 1);
    if (random)
        t->env.hooks.random = random;
    OK(tlsn_config_new(&t->config, &t->env.hooks));
    OK(tlsn_config_set_versions(t->config, TLSN_TLS1_3, TLSN_TLS1_3));
    OK(tlsn_config_set_groups(t->config, "x25519,secp256r1"));
    OK(tlsn_config_set_verify_mode(t->config, TLSN_VERIFY_INSECURE_NONE));
    OK(tlsn_config_set_callbacks(t->config, &cb));
}

void trace_add_certificate(struct trace *t, struct tlsn_span der)
{
    tlsn_credential *c;

    OK(tlsn_credential_new_external(&c, der.data, der.len, NULL));
    OK(tlsn_config_add_credential(t->config, c));
    tlsn_credential_free(c);
}

void trace_end(struct trace *t)
{
    trace_unload(t);
    tlsn_conn_free(t->conn);
    tlsn_config_free(t->config);
}

/* ---- records ---- */

void trace_collect(struct trace *t)
{
    size_t n;

    while (tlsn_output_pending(t->conn)) {
        tlsn_status st = tlsn_drain(t->conn, t->out + t->out_len, sizeof t->out - t->out_len, &n);

        assert_true(st == TLSN_OK || st == TLSN_NEED_OUTPUT);
        t->out_len += n;
    }
}

tlsn_status trace_shake(struct trace *t, struct tlsn_span in)
{
    uint8_t copy[2048];
    size_t consumed, n;
    tlsn_status st;

    assert_true(in.len <= sizeof copy);
    memcpy(copy, in.data, in.len);
    do {
        st = tlsn_handshake(t->conn, copy, in.len, &consumed, t->out + t->out_len,
                            sizeof t->out - t->out_len, &n);
        t->out_len += n;
        memmove(copy, copy + consumed, in.len - consumed);
        in.len -= consumed;
    } while (st == TLSN_NEED_OUTPUT || (st == TLSN_NEED_INPUT && consumed));
    if (st < 0)
        fail_msg("%s", tlsn_conn_error(t->conn)->text);
    assert_int_equal(in.len, 0);
    return st;
}

void trace_expect(struct trace *t, struct tlsn_span record)
{
    assert_true(t->out_len >= record.len);
    assert_memory_equal(t->out, record.data, record.len);
    memmove(t->out, t->out + record.len, t->out_len - record.len);
    t->out_len -= record.len;
}
