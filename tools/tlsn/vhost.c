/* vhost.c - the server's configuration, and one for each virtual host. */
#include "server.h"

#include <string.h>
#include <strings.h>

/* "*.example" stands for one label more. */
static bool covers(const char *pattern, struct tlsn_span name)
{
    const char *dot = name.len ? memchr(name.data, '.', name.len) : NULL;
    size_t rest = dot ? (size_t)((const char *)name.data + name.len - dot) : 0;

    return pattern[0] == '*' && rest && dot != (const char *)name.data &&
           rest == strlen(pattern + 1) && strncasecmp(dot, pattern + 1, rest) == 0;
}

static bool equals(const char *pattern, struct tlsn_span name)
{
    return name.len == strlen(pattern) &&
           strncasecmp((const char *)name.data, pattern, name.len) == 0;
}

/* A name in full goes before a wildcard. */
static tlsn_status choose_vhost(void *ctx, tlsn_conn *conn, tlsn_config **config)
{
    const struct server *s = ctx;
    const struct tlsn_client_hello *hello = tlsn_client_hello(conn);

    for (int exact = 1; hello && !*config && exact >= 0; exact--)
        for (size_t i = 0; i < s->vhost_count; i++)
            if ((exact ? equals : covers)(s->vhosts[i].name, hello->server_name))
                *config = s->vhosts[i].config;
    return TLSN_OK;
}

/* NAME:CERT:KEY with a configuration of its own. */
static int add_vhost(struct server *s, const char *text)
{
    struct vhost *v = &s->vhosts[s->vhost_count];
    struct list certs = { .n = 1 }, keys = { .n = 1 };
    char parts[4096], *cert, *key;
    int status;

    (void)snprintf(parts, sizeof parts, "%s", text);
    cert = strchr(parts, ':');
    key = cert ? strchr(cert + 1, ':') : NULL;
    if (!key || cert == parts || (size_t)(cert - parts) >= sizeof v->name || !key[1] ||
        strlen(text) >= sizeof parts)
        return complain(STATUS_USAGE, "--vhost %s: is not NAME:CERT:KEY", text);
    *cert++ = *key++ = 0;
    certs.v[0] = cert;
    keys.v[0] = key;
    (void)snprintf(v->name, sizeof v->name, "%.255s", parts);
    status = setup_config(&v->config, &s->setup, s->o, &certs, &keys, NULL);
    if (status != STATUS_OK)
        return status;
    s->vhost_count++;
    if (tlsn_config_set_server_names(v->config, v->name) != TLSN_OK)
        return setup_complain(v->config, "--vhost", TLSN_ERR_ARGUMENT);
    if (tlsn_config_freeze(v->config) != TLSN_OK)
        return setup_complain(v->config, "--vhost", TLSN_ERR_ARGUMENT);
    return STATUS_OK;
}

/* The names that are served are those of --server-names and --vhost together. */
static int set_names(struct server *s, tlsn_config *config)
{
    char names[LIST_MAX * VHOST_NAME_MAX];
    int len = snprintf(names, sizeof names, "%s", s->o->server_names ? s->o->server_names : "");
    tlsn_status st;

    if (!s->o->server_names && !s->o->sni_fatal)
        return STATUS_OK;
    for (size_t i = 0; i < s->vhost_count && len >= 0 && (size_t)len < sizeof names; i++)
        len += snprintf(names + len, sizeof names - (size_t)len, "%s%s", len ? "," : "",
                        s->vhosts[i].name);
    if (!len)
        return complain(STATUS_USAGE, "--sni-fatal: needs --server-names or --vhost");
    st = tlsn_config_set_server_names(config, names);
    return st == TLSN_OK ? STATUS_OK : setup_complain(config, "--server-names", st);
}

int server_configure(struct server *s)
{
    struct tlsn_callbacks callbacks = { .client_hello = choose_vhost, .ctx = s };
    tlsn_config **config = &s->settings.config;
    struct options first = *s->o;
    tlsn_status st;
    int status = STATUS_OK;

    if (first.client_auth_after)
        first.client_auth = NULL;
    for (size_t i = 0; status == STATUS_OK && i < s->o->vhosts.n; i++)
        status = add_vhost(s, s->o->vhosts.v[i]);
    if (status == STATUS_OK)
        status = setup_config(config, &s->setup, &first, &first.certs, &first.keys,
                              s->vhost_count ? &callbacks : NULL);
    if (status == STATUS_OK && s->o->client_auth_after)
        status = setup_config(&s->settings.config_after, &s->setup, s->o, &s->o->certs,
                              &s->o->keys, NULL);
    if (status == STATUS_OK)
        status = set_names(s, *config);
    if (status != STATUS_OK)
        return status;
    st = tlsn_config_freeze(*config);
    return st == TLSN_OK ? STATUS_OK : setup_complain(*config, "server", st);
}

