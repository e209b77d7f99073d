/* list.c - the tables of the library, as columns or JSON lines. */
#include "commands.h"
#include "table.h"

#include <string.h>

static void put(struct table_cells *cells, size_t column, const char *text)
{
    (void)snprintf(cells->text[column], sizeof cells->text[column], "%s", text);
}

static void put_hex(struct table_cells *cells, size_t column, unsigned value)
{
    (void)snprintf(cells->text[column], sizeof cells->text[column], "0x%04x", value);
}

static void put_number(struct table_cells *cells, size_t column, unsigned value)
{
    (void)snprintf(cells->text[column], sizeof cells->text[column], "%u", value);
}

static void put_bool(struct table_cells *cells, size_t column, bool value)
{
    put(cells, column, value ? "yes" : "no");
}

static void put_version(struct table_cells *cells, size_t column, uint16_t number)
{
    struct tlsn_version_info info;

    for (size_t i = 0; tlsn_version_info(i, &info); i++)
        if (info.number == number) {
            put(cells, column, info.name);
            return;
        }
    put(cells, column, "");
}

static const char *const suite_columns[] = { "id", "name", "openssl", "gnutls", "min", "max", "kx",
                                             "auth", "cipher", "mac", "prf", "policy",
                                             "recommended", "implemented", "source", "versions",
                                             "key_exchange", "authentication", "reason", NULL };

/* The versions of a row by name, oldest first. */
static void put_versions(struct table_cells *cells, size_t column, uint16_t min, uint16_t max)
{
    struct tlsn_version_info info;
    char *text = cells->text[column];
    size_t len = 0;

    text[0] = 0;
    for (size_t i = 0; tlsn_version_info(i, &info); i++) {
        if (info.number < min || info.number > max)
            continue;
        (void)snprintf(text + len, sizeof cells->text[column] - len, "%s%s", len ? " " : "",
                       info.name);
        len = strlen(text);
    }
}

static bool suite_row(size_t i, struct table_cells *cells)
{
    struct tlsn_suite_info s;

    if (!tlsn_suite_info(i, &s))
        return false;
    put_hex(cells, 0, s.id);
    put(cells, 1, s.name);
    put(cells, 2, s.openssl);
    put(cells, 3, s.gnutls);
    put_version(cells, 4, s.min_version);
    put_version(cells, 5, s.max_version);
    put(cells, 6, s.kx);
    put(cells, 7, s.auth);
    put(cells, 8, s.cipher);
    put(cells, 9, s.mac);
    put(cells, 10, s.prf);
    put(cells, 11, s.policy);
    put_bool(cells, 12, s.recommended);
    put_bool(cells, 13, s.implemented);
    put(cells, 14, s.source);
    put_versions(cells, 15, s.min_version, s.max_version);
    put(cells, 16, s.kx);
    put(cells, 17, s.auth);
    put(cells, 18, s.reason);
    return true;
}

static const char *const group_columns[] = { "id", "name", "openssl", "gnutls", "bits",
                                             "security_bits", "policy", "source", "versions",
                                             NULL };

static bool group_row(size_t i, struct table_cells *cells)
{
    struct tlsn_group_info g;

    if (!tlsn_group_info(i, &g))
        return false;
    put_hex(cells, 0, g.id);
    put(cells, 1, g.name);
    put(cells, 2, g.openssl);
    put(cells, 3, g.gnutls);
    put_number(cells, 4, g.bits);
    put_number(cells, 5, g.security_bits);
    put(cells, 6, g.policy);
    put(cells, 7, g.source);
    put_versions(cells, 8, g.min_version, g.max_version);
    return true;
}

static const char *const sigalg_columns[] = { "id", "name", "openssl", "gnutls", "key",
                                              "hash", "policy", "source", "versions", NULL };

static bool sigalg_row(size_t i, struct table_cells *cells)
{
    struct tlsn_sigalg_info s;

    if (!tlsn_sigalg_info(i, &s))
        return false;
    put_hex(cells, 0, s.id);
    put(cells, 1, s.name);
    put(cells, 2, s.openssl);
    put(cells, 3, s.gnutls);
    put(cells, 4, s.key);
    put(cells, 5, s.hash);
    put(cells, 6, s.policy);
    put(cells, 7, s.source);
    put_versions(cells, 8, s.min_version, s.max_version);
    return true;
}

static const char *const extension_columns[] = { "type", "name", "messages", "source", NULL };

static bool extension_row(size_t i, struct table_cells *cells)
{
    struct tlsn_extension_info e;

    if (!tlsn_extension_info(i, &e))
        return false;
    put_number(cells, 0, e.type);
    put(cells, 1, e.name);
    put(cells, 2, e.messages);
    put(cells, 3, e.source);
    return true;
}

static const char *const alert_columns[] = { "number", "name", "level", "source", NULL };

static bool alert_row(size_t i, struct table_cells *cells)
{
    struct tlsn_alert_info a;

    if (!tlsn_alert_info(i, &a))
        return false;
    put_number(cells, 0, a.number);
    put(cells, 1, a.name);
    put(cells, 2, a.level);
    put(cells, 3, a.source);
    return true;
}

static const char *const version_columns[] = { "number", "name", "title", "implemented", "source",
                                               NULL };

static bool version_row(size_t i, struct table_cells *cells)
{
    struct tlsn_version_info v;

    if (!tlsn_version_info(i, &v))
        return false;
    put_hex(cells, 0, v.number);
    put(cells, 1, v.name);
    put(cells, 2, v.title);
    put_bool(cells, 3, v.implemented);
    put(cells, 4, v.source);
    return true;
}

static const char *const policy_columns[] = { "name", "min_version", "max_version", "text", NULL };

static bool policy_row(size_t i, struct table_cells *cells)
{
    struct tlsn_policy_info p;

    if (!tlsn_policy_info(i, &p))
        return false;
    put(cells, 0, p.name);
    put(cells, 1, p.min_version);
    put(cells, 2, p.max_version);
    put(cells, 3, p.text);
    return true;
}

static const struct {
    const char *name;
    struct table table;
} kinds[] = {
    { "suites", { suite_columns, "ssssssssssssbbslsss", suite_row } },
    { "groups", { group_columns, "ssssnnss", group_row } },
    { "sigalgs", { sigalg_columns, "ssssssss", sigalg_row } },
    { "extensions", { extension_columns, "nsss", extension_row } },
    { "alerts", { alert_columns, "nsss", alert_row } },
    { "versions", { version_columns, "sssbs", version_row } },
    { "policies", { policy_columns, "ssss", policy_row } },
};

static const char *kind_name(size_t i, const void *ctx)
{
    (void)ctx;
    return i < COUNT(kinds) ? kinds[i].name : NULL;
}

int list_run(const struct options *options)
{
    const char *name = options->operands.v[0], *near;

    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (strcmp(kinds[i].name, name) != 0)
            continue;
        if (options->json)
            table_print_json(&kinds[i].table);
        else
            table_print(&kinds[i].table);
        return STATUS_OK;
    }
    near = options_nearest(name, kind_name, NULL);
    if (near)
        return complain(STATUS_USAGE, "list: '%s' is not known; did you mean %s?", name, near);
    return complain(STATUS_USAGE, "list: '%s' is not known (see tlsn list --help)", name);
}
