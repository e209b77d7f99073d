/* config_srp.c - logins and verifiers of SRP in a configuration (tls-native/config.h). */
#include "base/bytes.h"
#include "base/env.h"
#include "config.h"

enum { NAME_MAX_BYTES = 255 }; /* RFC 5054 2.8 */

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

/* UTF-8 without control characters: what SASLprep (RFC 4013) leaves as it is when all of it is ASCII. Other
 * characters are taken as they come.
 * @rfc 5054:2.3/1 */
static bool is_prepared(const uint8_t *p, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        size_t more = p[i] < 0x80 ? 0 : p[i] >> 5 == 6 ? 1 : p[i] >> 4 == 14 ? 2 : p[i] >> 3 == 30 ? 3 : 9;

        if (p[i] < 0x20 || p[i] == 0x7f || more > len - i - 1)
            return false;
        for (; more; more--)
            if (p[++i] >> 6 != 2)
                return false;
    }
    return true;
}

static tlsn_status check_text(tlsn_config *c, const char *what, const void *text, size_t len)
{
    if (!text || !len || len > NAME_MAX_BYTES || !is_prepared(text, len))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT,
                                 "an SRP %s is UTF-8 of 1 to %d bytes without control characters",
                                 what, NAME_MAX_BYTES);
    return TLSN_OK;
}

tlsn_status tlsn_config_set_srp_login(tlsn_config *c, const void *user, size_t user_len,
                                      const void *password, size_t password_len)
{
    tlsn_status st = tlsni_config_open(c);
    uint8_t *name, *secret;

    if (st == TLSN_OK)
        st = check_text(c, "user name", user, user_len);
    if (st == TLSN_OK)
        st = check_text(c, "password", password, password_len);
    if (st != TLSN_OK)
        return st;
    name = tlsni_memdup(&c->hooks, user, user_len);
    secret = tlsni_memdup(&c->hooks, password, password_len);
    if (!name || !secret) {
        tlsni_free(&c->hooks, name);
        tlsni_free_secret(&c->hooks, secret, password_len);
        return TLSN_ERR_NO_MEMORY;
    }
    tlsni_free(&c->hooks, c->srp_user);
    tlsni_free_secret(&c->hooks, c->srp_password, c->hs.srp_password.len);
    c->srp_user = name;
    c->srp_password = secret;
    c->hs.srp_user = tlsni_span_make(name, user_len);
    c->hs.srp_password = tlsni_span_make(secret, password_len);
    return TLSN_OK;
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

bool tlsni_srp_entry_sound(const struct tlsn_srp_verifier *v, struct tlsni_srp_entry *e)
{
    e->group = tlsni_srp_group_find(v->group_bits);
    return e->group && v->salt.len && v->salt.len <= TLSNI_SALT_MAX && v->salt.data &&
           v->verifier.len == e->group->n.len && v->verifier.data &&
           memcmp(v->verifier.data, e->group->n.data, e->group->n.len) < 0;
}

tlsn_status tlsn_config_add_srp_user(tlsn_config *c, const void *user, size_t user_len,
                                     const struct tlsn_srp_verifier *v)
{
    tlsn_status st = tlsni_config_open(c);
    struct tlsni_srp_entry e = { .user_len = user_len };

    if (st == TLSN_OK)
        st = check_text(c, "user name", user, user_len);
    if (st != TLSN_OK)
        return st;
    if (!tlsni_srp_entry_sound(v, &e))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "group, salt and verifier do not fit");
    if (is_known(c, tlsni_span_make(user, user_len)))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "there is a verifier of this user already");
    e.salt_len = v->salt.len;
    e.user = tlsni_memdup(&c->hooks, user, user_len);
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
    const struct tlsni_srp_login login = { { user, user_len }, { password, password_len },
                                           { salt, 16 } };
    tlsn_status st;

    *len = group ? group->n.len : 0;
    if (!group || !user || !user_len || user_len > NAME_MAX_BYTES || !password || !password_len ||
        !is_prepared(user, user_len) || !is_prepared(password, password_len))
        return TLSN_ERR_ARGUMENT;
    if (cap < group->n.len)
        return TLSN_ERR_BUFFER;
    st = tlsni_random(hooks, salt, 16);
    return st == TLSN_OK ? tlsni_srp_verifier(group, hooks, &login, verifier) : st;
}
