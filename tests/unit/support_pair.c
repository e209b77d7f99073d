#include "support_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static tlsn_credential *credential(const char *kind, const tlsn_key *ca_key, struct tlsn_span ca)
{
    static const char *const names[] = { "DNS:a.example", "DNS:b.example" };
    const struct tlsn_cert_spec spec = { .subject = "CN=leaf", .names = names, .name_count = 2 };
    uint8_t der[2048];
    char pem[4096];
    size_t len, pem_len;
    tlsn_credential *out;
    tlsn_key *key;

    assert_int_equal(tlsn_key_generate(&key, kind, NULL), TLSN_OK);
    assert_int_equal(tlsn_cert_issue(&spec, key, ca, ca_key, NULL, der, sizeof der, &len), TLSN_OK);
    assert_int_equal(tlsn_key_write(key, pem, sizeof pem, &pem_len), TLSN_OK);
    assert_int_equal(tlsn_credential_new(&out, der, len, pem, pem_len, NULL), TLSN_OK);
    tlsn_key_free(key);
    return out;
}

void pair_pki_make(struct pair_pki *pki)
{
    const struct tlsn_cert_spec spec = { .subject = "CN=ca", .ca = true, .path_len = -1 };
    const struct tlsn_span none = { NULL, 0 };
    uint8_t der[2048];
    struct tlsn_span ca = { der, 0 };
    tlsn_key *key;

    assert_int_equal(tlsn_key_generate(&key, "ec:secp256r1", NULL), TLSN_OK);
    assert_int_equal(tlsn_cert_issue(&spec, key, none, key, NULL, der, sizeof der, &ca.len),
                     TLSN_OK);
    assert_int_equal(tlsn_trust_new(&pki->trust, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(pki->trust, der, ca.len, NULL, NULL), TLSN_OK);
    pki->ec = credential("ec:secp256r1", key, ca);
    pki->rsa = credential("rsa:2048", key, ca);
    tlsn_key_free(key);
}

void pair_pki_free(struct pair_pki *pki)
{
    tlsn_trust_free(pki->trust);
    tlsn_credential_free(pki->ec);
    tlsn_credential_free(pki->rsa);
}

tlsn_config *pair_config(const struct pair_pki *pki, enum tlsn_role role)
{
    tlsn_config *c;

    assert_int_equal(tlsn_config_new(&c, NULL), TLSN_OK);
    assert_int_equal(tlsn_config_set_versions(c, TLSN_TLS1_2, TLSN_TLS1_2), TLSN_OK);
    if (role == TLSN_CLIENT) {
        assert_int_equal(tlsn_config_set_trust(c, pki->trust), TLSN_OK);
    } else {
        assert_int_equal(tlsn_config_add_credential(c, pki->ec), TLSN_OK);
        assert_int_equal(tlsn_config_add_credential(c, pki->rsa), TLSN_OK);
    }
    return c;
}

void pair_open(struct pair *p, tlsn_config *client, tlsn_config *server, const char *name)
{
    memset(p, 0, sizeof *p);
    assert_int_equal(tlsn_conn_new(&p->end[TLSN_CLIENT].conn, TLSN_CLIENT, client), TLSN_OK);
    assert_int_equal(tlsn_conn_new(&p->end[TLSN_SERVER].conn, TLSN_SERVER, server), TLSN_OK);
    if (name)
        assert_int_equal(tlsn_conn_set_server_name(p->end[TLSN_CLIENT].conn, name), TLSN_OK);
    p->end[0].status = p->end[1].status = TLSN_NEED_INPUT;
}

void pair_close(struct pair *p)
{
    tlsn_conn_free(p->end[0].conn);
    tlsn_conn_free(p->end[1].conn);
}

void pair_inject(struct pair *p, enum tlsn_role to, const void *data, size_t len)
{
    struct pair_end *e = &p->end[to];

    assert_true(len <= sizeof e->in - e->in_len);
    memcpy(e->in + e->in_len, data, len);
    e->in_len += len;
}

static void take(struct pair_end *e, size_t consumed)
{
    memmove(e->in, e->in + consumed, e->in_len - consumed);
    e->in_len -= consumed;
}

static enum tlsn_role other(enum tlsn_role role)
{
    return role == TLSN_CLIENT ? TLSN_SERVER : TLSN_CLIENT;
}

static size_t drain(struct pair *p, enum tlsn_role role)
{
    uint8_t out[4096];
    size_t written, sum = 0;

    do {
        (void)!tlsn_drain(p->end[role].conn, out, sizeof out, &written);
        pair_inject(p, other(role), out, written);
        sum += written;
    } while (written);
    return sum;
}

void pair_turn(struct pair *p, enum tlsn_role role)
{
    struct pair_end *e = &p->end[role];
    uint8_t out[16384];
    size_t consumed, written;

    e->status = tlsn_handshake(e->conn, e->in, e->in_len, &consumed, out, sizeof out, &written);
    take(e, consumed);
    pair_inject(p, other(role), out, written);
    (void)drain(p, role);
}

void pair_run(struct pair *p)
{
    for (unsigned still = 0; still < 2;) {
        for (unsigned r = 0; r < 2; r++) {
            struct pair_end *me = &p->end[r], *peer = &p->end[!r];
            size_t in = me->in_len, out = peer->in_len;
            tlsn_status before = me->status;

            pair_turn(p, (enum tlsn_role)r);
            still = in == me->in_len && out == peer->in_len && before == me->status ? still + 1 : 0;
        }
    }
}

bool pair_done(const struct pair *p)
{
    return tlsn_handshake_done(p->end[0].conn) && tlsn_handshake_done(p->end[1].conn);
}

tlsn_status pair_say(struct pair *p, enum tlsn_role from, const char *text)
{
    struct pair_end *to = &p->end[other(from)];
    size_t len = strlen(text), consumed, written;
    uint8_t out[4096], got[4096];
    tlsn_status st;

    assert_int_equal(tlsn_encrypt(p->end[from].conn, text, len, &consumed, out, sizeof out,
                                  &written), TLSN_OK);
    assert_int_equal(consumed, len);
    pair_inject(p, other(from), out, written);
    st = tlsn_decrypt(to->conn, to->in, to->in_len, &consumed, got, sizeof got, &written);
    take(to, consumed);
    if (st == TLSN_OK) {
        assert_int_equal(written, len);
        assert_memory_equal(got, text, len);
    }
    return st;
}
