/* unlock.c - the password of a file, and the bound on the work that its numbers ask for. */
#include "x509/unlock.h"

#include "base/bytes.h"

/* scrypt may write its memory's bound this many times: each lane of p fills the memory once. */
enum { MIXING = 4 };

void tlsni_unlock_begin(struct tlsni_unlock *u, const struct tlsn_hooks *env,
                        const struct tlsn_unlock *how)
{
    memset(u, 0, sizeof *u);
    u->env = env;
    u->how = how;
    u->rounds_left = how && how->max_iterations ? how->max_iterations : TLSNI_ITERATIONS_MAX;
    u->memory_max = how && how->max_memory ? how->max_memory : TLSNI_SCRYPT_MEMORY_MAX;
    u->mixing_left = u->memory_max > UINT64_MAX / MIXING ? UINT64_MAX
                                                         : MIXING * (uint64_t)u->memory_max;
}

void tlsni_unlock_end(struct tlsni_unlock *u)
{
    tlsni_free_secret(u->env, u->asked, TLSNI_PASSWORD_MAX);
    u->asked = NULL;
}

static tlsn_status ask(struct tlsni_unlock *u, const char *what)
{
    tlsn_status st;

    u->asked = tlsni_alloc(u->env, TLSNI_PASSWORD_MAX);
    if (!u->asked)
        return TLSN_ERR_NO_MEMORY;
    st = u->how->ask(u->how->ctx, what, u->asked, TLSNI_PASSWORD_MAX, &u->asked_len);
    if (st == TLSN_OK && u->asked_len <= TLSNI_PASSWORD_MAX)
        return TLSN_OK;
    tlsni_unlock_end(u);
    return st == TLSN_OK ? TLSN_ERR_ARGUMENT : st;
}

tlsn_status tlsni_unlock_password(struct tlsni_unlock *u, const char *what,
                                  struct tlsn_span *password, struct tlsni_err *err)
{
    tlsn_status st;

    if (u->how && u->how->password) {
        *password = tlsni_span_make(u->how->password, u->how->password_len);
        return TLSN_OK;
    }
    if (!u->how || !u->how->ask)
        return tlsni_fail(err, TLSN_ERR_KEY_ENCRYPTED, "x509",
                          "the %s is encrypted and no password is given", what);
    if (!u->asked) {
        st = ask(u, what);
        if (st != TLSN_OK)
            return tlsni_fail(err, st, "x509", "the %s is encrypted and no password came", what);
    }
    *password = tlsni_span_make(u->asked, u->asked_len);
    return TLSN_OK;
}

tlsn_status tlsni_unlock_spend(struct tlsni_unlock *u, uint64_t rounds, struct tlsni_err *err)
{
    if (rounds > u->rounds_left)
        return tlsni_fail(err, TLSN_ERR_KEY_COST, "x509",
                          "%llu rounds of hashing for a password, %llu are left",
                          (unsigned long long)rounds, (unsigned long long)u->rounds_left);
    u->rounds_left -= rounds;
    return TLSN_OK;
}

tlsn_status tlsni_unlock_spend_memory(struct tlsni_unlock *u, uint64_t memory, uint32_t lanes,
                                      struct tlsni_err *err)
{
    if (memory > u->memory_max)
        return tlsni_fail(err, TLSN_ERR_KEY_COST, "x509",
                          "%llu bytes of memory for a password, the limit is %llu",
                          (unsigned long long)memory, (unsigned long long)u->memory_max);
    if (lanes > u->mixing_left / memory)
        return tlsni_fail(err, TLSN_ERR_KEY_COST, "x509",
                          "scrypt with %llu bytes of memory %lu times", (unsigned long long)memory,
                          (unsigned long)lanes);
    u->mixing_left -= memory * lanes;
    return TLSN_OK;
}

tlsn_status tlsni_unlock_wrong(struct tlsni_err *err, const char *what)
{
    return tlsni_fail(err, TLSN_ERR_PASSWORD, "x509", "the password of the %s is wrong", what);
}
