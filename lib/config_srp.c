/* config_srp.c - logins and verifiers of SRP in a configuration (tls-native/config.h). */
#include "base/bytes.h"
#include "base/env.h"
#include "config.h"
#include "saslprep.h"

static void drop(tlsn_config *c, struct tlsni_srp_entry *e)
{
    tlsni_free(&c->hooks, e->user);
    tlsni_free(&c->hooks, e->salt);
    tlsni_free_secret(&c->hooks, e->verifier, e->group->n.len);
}

void tlsni_config_drop_srp(tlsn_config *c)
{
    for (size_t i = 0; i < c->hs.srp_entry_count; i++)
        drop(c, &c->srp_entries[i]);
    tlsni_free(&c->hooks, c->srp_entries);
    tlsni_free(&c->hooks, c->srp_user);
    tlsni_free_secret(&c->hooks, c->srp_password, c->hs.srp_password.len);
}

static tlsn_status prepare(tlsn_config *c, const char *what, const void *text, size_t len,
                           struct tlsni_prepared *out)
{
    if (!text || !tlsni_saslprep(tlsni_span_make(text, len), out))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT,
                                 "an SRP %s is UTF-8 of 1 to %d bytes in characters that SASLprep "
                                 "takes and that are known here", what, TLSNI_PREPARED_MAX);
    return TLSN_OK;
}

static tlsn_status keep_login(tlsn_config *c, const struct tlsni_prepared *user,
                              const struct tlsni_prepared *password)
{
    uint8_t *name = tlsni_memdup(&c->hooks, user->data, user->len);
    uint8_t *secret = tlsni_memdup(&c->hooks, password->data, password->len);

    if (!name || !secret) {
        tlsni_free(&c->hooks, name);
        tlsni_free_secret(&c->hooks, secret, password->len);
        return TLSN_ERR_NO_MEMORY;
    }
    tlsni_free(&c->hooks, c->srp_user);
    tlsni_free_secret(&c->hooks, c->srp_password, c->hs.srp_password.len);
    c->srp_user = name;
    c->srp_password = secret;
    c->hs.srp_user = tlsni_span_make(name, user->len);
    c->hs.srp_password = tlsni_span_make(secret, password->len);
    return TLSN_OK;
}

tlsn_status tlsn_config_set_srp_login(tlsn_config *c, const void *user, size_t user_len,
                                      const void *password, size_t password_len)
{
    tlsn_status st = tlsni_config_open(c);
    struct tlsni_prepared name, secret;

    if (st == TLSN_OK)
        st = prepare(c, "user name", user, user_len, &name);
    if (st == TLSN_OK)
        st = prepare(c, "password", password, password_len, &secret);
    if (st == TLSN_OK)
        st = keep_login(c, &name, &secret);
    tlsni_wipe(&secret, sizeof secret);
    return st;
}

static bool is_known(const tlsn_config *c, struct tlsn_span user)
{
    for (size_t i = 0; i < c->hs.srp_entry_count; i++)
        if (tlsni_span_eq(user, tlsni_span_make(c->srp_entries[i].user, c->srp_entries[i].user_len)))
            return true;
    return false;
}

static tlsn_status grow(tlsn_config *c)
{
    size_t n = c->hs.srp_entry_count;
    struct tlsni_srp_entry *grown = tlsni_alloc_array(&c->hooks, n + 1, sizeof *grown);

    if (!grown)
        return TLSN_ERR_NO_MEMORY;
    if (n)
        memcpy(grown, c->srp_entries, n * sizeof *grown);
    tlsni_free(&c->hooks, c->srp_entries);
    c->srp_entries = grown;
    c->hs.srp_entries = grown;
    return TLSN_OK;
}

/* Above 1: with 0 or 1 the secret does not depend on it, and anybody gets in. */
static bool verifier_in_range(struct tlsn_span v, struct tlsn_span n)
{
    uint8_t high = 0;

    for (size_t i = 0; i + 1 < v.len; i++)
        high |= v.data[i];
    return (high || v.data[v.len - 1] > 1) && memcmp(v.data, n.data, n.len) < 0;
}

bool tlsni_srp_entry_sound(const struct tlsn_srp_verifier *v, struct tlsni_srp_entry *e)
{
    e->group = tlsni_srp_group_find(v->group_bits);
    return e->group && v->salt.len && v->salt.len <= TLSNI_SALT_MAX && v->salt.data &&
           v->verifier.len == e->group->n.len && v->verifier.data &&
           verifier_in_range(v->verifier, e->group->n);
}

tlsn_status tlsn_config_add_srp_user(tlsn_config *c, const void *user, size_t user_len,
                                     const struct tlsn_srp_verifier *v)
{
    tlsn_status st = tlsni_config_open(c);
    struct tlsni_srp_entry e = { 0 };
    struct tlsni_prepared name;

    if (st == TLSN_OK)
        st = prepare(c, "user name", user, user_len, &name);
    if (st != TLSN_OK)
        return st;
    if (!tlsni_srp_entry_sound(v, &e))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "group, salt and verifier do not fit");
    if (is_known(c, tlsni_span_make(name.data, name.len)))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "there is a verifier of this user already");
    e.salt_len = v->salt.len;
    e.user_len = name.len;
    e.user = tlsni_memdup(&c->hooks, name.data, name.len);
    e.salt = tlsni_memdup(&c->hooks, v->salt.data, v->salt.len);
    e.verifier = tlsni_memdup(&c->hooks, v->verifier.data, v->verifier.len);
    st = e.user && e.salt && e.verifier ? grow(c) : TLSN_ERR_NO_MEMORY;
    if (st != TLSN_OK) {
        drop(c, &e);
        return st;
    }
    c->srp_entries[c->hs.srp_entry_count++] = e;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_srp_suspend(tlsn_config *c, bool on)
{
    tlsn_status st = tlsni_config_open(c);

    if (st == TLSN_OK)
        c->srp_suspend = on;
    return st;
}

tlsn_status tlsn_config_set_srp_seed(tlsn_config *c, const uint8_t seed[32])
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    memcpy(c->hs.srp_seed, seed, sizeof c->hs.srp_seed);
    c->srp_seed_set = true;
    return TLSN_OK;
}

tlsn_status tlsn_srp_make_verifier(const void *user, size_t user_len, const void *password,
                                   size_t password_len, unsigned group_bits,
                                   const struct tlsn_hooks *hooks, uint8_t salt[16],
                                   uint8_t *verifier, size_t cap, size_t *len)
{
    const struct tlsni_srp_group *group = tlsni_srp_group_find(group_bits);
    struct tlsni_prepared name, secret;
    struct tlsni_srp_login login = { .salt = { salt, 16 } };
    tlsn_status st;

    *len = group ? group->n.len : 0;
    if (!group || !user || !password || !tlsni_saslprep(tlsni_span_make(user, user_len), &name))
        return TLSN_ERR_ARGUMENT;
    if (cap < group->n.len)
        return TLSN_ERR_BUFFER;
    st = tlsni_saslprep(tlsni_span_make(password, password_len), &secret) ? tlsni_random(hooks, salt, 16)
                                                                          : TLSN_ERR_ARGUMENT;
    login.user = tlsni_span_make(name.data, name.len);
    login.password = tlsni_span_make(secret.data, secret.len);
    if (st == TLSN_OK)
        st = tlsni_srp_verifier(group, hooks, &login, verifier);
    tlsni_wipe(&secret, sizeof secret);
    return st;
}
