#include "support_session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

void test_session_fill(struct tlsn_session *s, const struct test_env *t, bool with_bytes)
{
    static const uint8_t leaf[] = "this stands for a certificate";

    memset(s, 0, sizeof *s);
    s->env = t->hooks;
    s->version = 0x0303;
    s->suite = 0xc02b;
    for (size_t i = 0; i < TLSNI_MASTER_LEN; i++)
        tlsni_secret_room(&s->master, TLSNI_MASTER_LEN)[i] = (uint8_t)(i + 1);
    s->ems = s->client_authenticated = s->verified = true;
    s->created_ms = t->now_ms;
    s->lifetime_s = 3600;
    memcpy(s->id, "0123456789abcdef0123456789abcdef", 32);
    s->id_len = 32;
    memcpy(s->server_name, "a.example", 10);
    memcpy(s->verify_name, "b.example", 10);
    memcpy(s->alpn, "h2", 2);
    s->alpn_len = 2;
    s->group = 29;
    s->scheme = 0x0403;
    if (!with_bytes)
        return;
    assert_int_equal(tlsni_buf_append(&s->env, &s->ticket, "ticket", 6), TLSN_OK);
    assert_int_equal(tlsni_buf_append(&s->env, &s->peer_leaf, leaf, sizeof leaf), TLSN_OK);
}

static struct tlsn_span content(const struct tlsni_buf *b)
{
    return tlsni_span_make(tlsni_buf_data(b), tlsni_buf_len(b));
}

void test_session_check_equal(const struct tlsn_session *a, const struct tlsn_session *b)
{
    assert_int_equal(a->version, b->version);
    assert_int_equal(a->suite, b->suite);
    assert_true(tlsni_secret_equal(&a->master, &b->master));
    assert_true(a->ems == b->ems && a->etm == b->etm);
    assert_int_equal(a->client_authenticated, b->client_authenticated);
    assert_int_equal(a->verified, b->verified);
    assert_true(a->created_ms == b->created_ms);
    assert_int_equal(a->lifetime_s, b->lifetime_s);
    assert_int_equal(a->id_len, b->id_len);
    assert_memory_equal(a->id, b->id, sizeof a->id);
    assert_string_equal(a->server_name, b->server_name);
    assert_string_equal(a->verify_name, b->verify_name);
    assert_int_equal(a->alpn_len, b->alpn_len);
    assert_memory_equal(a->alpn, b->alpn, sizeof a->alpn);
    assert_int_equal(a->group, b->group);
    assert_int_equal(a->scheme, b->scheme);
    assert_true(tlsni_span_eq(content(&a->ticket), content(&b->ticket)));
    assert_true(tlsni_span_eq(content(&a->peer_leaf), content(&b->peer_leaf)));
}
