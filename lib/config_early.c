/* config_early.c - early data of TLS 1.3: how much is taken, and who remembers what has come. */
#include "config.h"

enum { GUARD_ENTRIES = 16384, WINDOW_MAX_MS = 600000 };

tlsn_status tlsn_config_set_early_data_max(tlsn_config *c, uint32_t bytes)
{
    tlsn_status st = tlsni_config_open(c);

    if (st == TLSN_OK)
        c->hs.early_data_max = bytes;
    return st;
}

tlsn_status tlsn_config_set_early_data_window(tlsn_config *c, uint32_t ms)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (!ms || ms > WINDOW_MAX_MS)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "a window of 1 to %d ms, not %u",
                                 WINDOW_MAX_MS, ms);
    c->hs.early_window_ms = ms;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_replay_check(tlsn_config *c, const struct tlsn_replay_check *check)
{
    static const struct tlsn_replay_check none;
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (check && !check->first)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "a replay check has a function");
    c->hs.replay = check ? *check : none;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_replay_guard(tlsn_config *c, tlsn_replay_guard *guard)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    tlsn_replay_guard_free(c->replay_guard);
    c->replay_guard = tlsn_replay_guard_ref(guard);
    return TLSN_OK;
}

static tlsn_status ask_guard(void *ctx, const struct tlsn_early_hello *hello)
{
    return tlsn_replay_guard_first(ctx, hello);
}

tlsn_status tlsni_config_guard_replays(tlsn_config *c)
{
    tlsn_status st = TLSN_OK;

    if (!c->hs.early_data_max || c->hs.replay.first)
        return TLSN_OK;
    if (!c->replay_guard)
        st = tlsn_replay_guard_new(&c->replay_guard, GUARD_ENTRIES, &c->hooks);
    if (st == TLSN_OK)
        c->hs.replay = (struct tlsn_replay_check){ ask_guard, c->replay_guard };
    return st;
}
