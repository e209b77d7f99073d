/* psk.c - pre-shared keys: the --psk options in a configuration. */
#include "setup.h"

#include <string.h>
#include <time.h>

enum { PSK_MAX = 1024, EARLY_MAX = 16384, GUARD_ENTRIES = 16384 };

static tlsn_status set_hint(tlsn_config *config, const char *text)
{
    return tlsn_config_set_psk_hint(config, text, strlen(text));
}

static struct tlsn_span text_span(const char *text)
{
    const struct tlsn_span s = { (const uint8_t *)text, text ? strlen(text) : 0 };

    return s;
}

/* ---- early data ---- */

static uint16_t suite_code(const char *name)
{
    struct tlsn_suite_info suite;

    for (size_t i = 0; tlsn_suite_info(i, &suite); i++)
        if (strcmp(suite.name, name) == 0)
            return suite.id;
    return 0;
}

static int64_t now_ms(const struct setup *setup)
{
    struct timespec t;

    if (setup->hooks.now_ms)
        return setup->hooks.now_ms(setup->hooks.clock_ctx);
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The memory of early data begins before the keys do. */
static tlsn_status remember_from_now(tlsn_config *config, const struct setup *setup)
{
    tlsn_replay_guard *guard;
    tlsn_status st = tlsn_replay_guard_new(&guard, GUARD_ENTRIES, &setup->hooks);

    if (st != TLSN_OK)
        return st;
    st = tlsn_config_set_replay_guard(config, guard);
    tlsn_replay_guard_free(guard);
    return st;
}

static struct tlsn_psk_early early_terms(const struct setup *setup, const struct options *o)
{
    const int64_t max = o->psk_early_max.set ? o->psk_early_max.value : EARLY_MAX;
    const struct tlsn_psk_early terms = {
        .max = (uint32_t)(max < UINT32_MAX ? max : UINT32_MAX),
        .suite = suite_code(o->psk_early),
        .alpn = text_span(o->psk_early_alpn),
        .made_ms = o->psk_new ? now_ms(setup) : 0,
    };

    return terms;
}

/* ---- keys ---- */

static tlsn_status add_external(tlsn_config *config, const struct setup *setup,
                                const struct options *o, const char *identity, struct tlsn_span key)
{
    struct tlsn_external_psk psk = {
        .identity = text_span(identity),
        .key = key,
        .hash_bits = o->psk_hash && strcmp(o->psk_hash, "sha384") == 0 ? 384 : 256,
        .import = o->psk_import,
        .context = text_span(o->psk_context),
    };

    if (o->psk_early)
        psk.early = early_terms(setup, o);
    return tlsn_config_add_external_psk(config, &psk);
}

static int add_psk(tlsn_config *config, const struct setup *setup, const struct options *o,
                   const char *identity, const char *text)
{
    uint8_t key[PSK_MAX];
    size_t len = strlen(text);
    tlsn_status st;

    if (strncmp(text, "text:", 5) == 0 && len - 5 <= sizeof key) {
        len -= 5;
        memcpy(key, text + 5, len);
    } else if (!setup_hex(key, sizeof key, &len, text, len)) {
        return complain(STATUS_USAGE, "--psk: neither 1 to %d bytes in hexadecimal nor text:...", PSK_MAX);
    }
    st = o->psk_hash || o->psk_import || o->psk_context || o->psk_early
             ? add_external(config, setup, o, identity, (struct tlsn_span){ key, len })
             : tlsn_config_add_psk(config, identity, strlen(identity), key, len);
    memset(key, 0, sizeof key);
    return st == TLSN_OK ? STATUS_OK : setup_complain(config, "--psk", st);
}

/* @rfc 4279:5.1/1, 4279:5.4/1, 4279:5.4/2 */
int setup_psks(tlsn_config *config, const struct setup *setup, const struct options *o)
{
    tlsn_status st = o->psk_hint ? set_hint(config, o->psk_hint) : TLSN_OK;
    int status = STATUS_OK;

    if (o->psks.n != o->psk_identities.n)
        return complain(STATUS_USAGE, "--psk-identity and --psk go in pairs");
    if (!o->psk_early && (o->psk_early_max.set || o->psk_early_alpn || o->psk_new))
        return complain(STATUS_USAGE, "--psk-early names the suite of early data, without which there are none");
    if (st == TLSN_OK && o->psk_new)
        st = remember_from_now(config, setup);
    if (st == TLSN_OK && o->psk_tell_unknown)
        st = tlsn_config_set_feature(config, TLSN_FEATURE_HIDE_UNKNOWN_PSK, false);
    if (st != TLSN_OK)
        return setup_complain(config, "--psk options", st);
    for (size_t i = 0; status == STATUS_OK && i < o->psks.n; i++)
        status = add_psk(config, setup, o, o->psk_identities.v[i], o->psks.v[i]);
    return status;
}
