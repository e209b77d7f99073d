/* config_lists.c - policies and lists of names in a configuration. */
#include <stdio.h>
#include <string.h>
#include "base/mem.h"
#include "cipher/sigalg.h"
#include "config.h"
#include "handshake/cert_comp.h"
#include "handshake/delegated.h"
#include "handshake/negotiate.h"
#include "policy.h"
#include "record/compress.h"
#include "x509/idna.h"

enum kind { SUITES, GROUPS, SIGALGS, SIGALGS_CERT, KEY_SHARES, CERT_COMPRESSIONS, DELEGATED };

static bool of_groups(enum kind kind)
{
    return kind == GROUPS || kind == KEY_SHARES;
}

/* The number of a name, -1 when it is not known. */
static int32_t number_of(enum kind kind, const char *name, size_t len)
{
    const struct tlsni_suite *suite;
    const struct tlsni_group *group;
    const struct tlsni_sigalg *sigalg;
    const struct tlsni_cert_comp *comp;

    switch (kind) {
    case CERT_COMPRESSIONS:
        comp = tlsni_cert_comp_by_name(name, len);
        return comp ? comp->id : -1;
    case SUITES:
        suite = tlsni_suite_by_name(name, len);
        return suite ? suite->id : -1;
    case GROUPS:
    case KEY_SHARES:
        group = tlsni_group_by_name(name, len);
        return group ? group->id : -1;
    default:
        sigalg = tlsni_sigalg_by_name(name, len);
        return sigalg ? sigalg->id : -1;
    }
}

static uint8_t class_of(enum kind kind, uint16_t id)
{
    return kind == SUITES    ? tlsni_suite_find(id)->policy
           : of_groups(kind) ? tlsni_group_find(id)->policy
                             : tlsni_sigalg_find(id)->policy;
}

/* @rfc 8446:9.3/1 */
static bool implemented(enum kind kind, uint16_t id)
{
    return kind == SUITES      ? tlsni_suite_implemented(tlsni_suite_find(id))
           : kind == DELEGATED ? tlsni_delegated_scheme(id) != NULL
                               : true;
}

static const uint16_t *preference(enum kind kind, size_t *count)
{
    return kind == SUITES    ? tlsni_suite_preference(count)
           : of_groups(kind) ? tlsni_group_preference(count)
                             : tlsni_sigalg_preference(count);
}

static void install(tlsn_config *c, enum kind kind, uint16_t *ids, size_t count)
{
    uint16_t **const owned[] = { [SUITES] = &c->suites, [GROUPS] = &c->groups,
                                 [SIGALGS] = &c->sigalgs, [SIGALGS_CERT] = &c->sigalgs_cert,
                                 [KEY_SHARES] = &c->key_shares,
                                 [CERT_COMPRESSIONS] = &c->cert_compressions,
                                 [DELEGATED] = &c->delegated_schemes };
    struct tlsni_ids *const view[] = { [SUITES] = &c->hs.suites, [GROUPS] = &c->hs.groups,
                                       [SIGALGS] = &c->hs.sigalgs,
                                       [SIGALGS_CERT] = &c->hs.sigalgs_cert,
                                       [KEY_SHARES] = &c->hs.key_shares,
                                       [CERT_COMPRESSIONS] = &c->hs.cert_compressions,
                                       [DELEGATED] = &c->hs.delegated_schemes };

    tlsni_free(&c->hooks, *owned[kind]);
    *owned[kind] = ids;
    *view[kind] = (struct tlsni_ids){ ids, count };
}

static tlsn_status by_class(tlsn_config *c, enum kind kind, uint8_t limit)
{
    size_t all, n = 0;
    const uint16_t *order = preference(kind, &all);
    uint16_t *ids = tlsni_alloc_array(&c->hooks, all, sizeof *ids);

    if (!ids)
        return TLSN_ERR_NO_MEMORY;
    for (size_t i = 0; i < all; i++)
        if (class_of(kind, order[i]) <= limit && implemented(kind, order[i]))
            ids[n++] = order[i];
    install(c, kind, ids, n);
    return TLSN_OK;
}

/* The next name of a comma separated list, without blanks around it; false at the end. */
static bool next_name(const char **at, const char **name, size_t *len)
{
    const char *p = *at, *end;

    if (!p)
        return false;
    end = strchr(p, ',');
    *at = end ? end + 1 : NULL;
    *len = end ? (size_t)(end - p) : strlen(p);
    while (*len && *p == ' ') {
        p++;
        --*len;
    }
    while (*len && p[*len - 1] == ' ')
        --*len;
    *name = p;
    return true;
}

static size_t count_names(const char *list)
{
    size_t n = 1;

    for (; *list; list++)
        n += *list == ',';
    return n;
}

/* The number of a name that can be used. */
static tlsn_status known_number(tlsn_config *c, enum kind kind, const char *what, const char *name,
                                size_t len, uint16_t *out)
{
    int32_t id = number_of(kind, name, len);
    int shown = (int)(len > 80 ? 80 : len);

    if (id < 0)
        return tlsni_config_fail(c, TLSN_ERR_UNKNOWN_KEYWORD, "unknown %s \"%.*s\"", what, shown,
                                 name);
    if (kind == DELEGATED && !implemented(kind, (uint16_t)id))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "%s %.*s signs for no delegated credential", what,
                                 shown, name);
    if (!implemented(kind, (uint16_t)id))
        return tlsni_config_fail(c, TLSN_ERR_NOT_IMPLEMENTED, "%s %.*s is not implemented", what,
                                 shown, name);
    *out = (uint16_t)id;
    return TLSN_OK;
}

/* Nothing stands in it twice. @rfc 9846:4.3.7/1 */
static tlsn_status set_list(tlsn_config *c, enum kind kind, const char *list, const char *what)
{
    tlsn_status st = tlsni_config_open(c);
    const char *at = list, *name;
    size_t len, n = 0;
    uint16_t *ids;

    if (st != TLSN_OK)
        return st;
    if (!list)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "no list of %ss given", what);
    ids = tlsni_alloc_array(&c->hooks, count_names(list), sizeof *ids);
    if (!ids)
        return TLSN_ERR_NO_MEMORY;
    while (next_name(&at, &name, &len)) {
        struct tlsni_ids sofar = { ids, n };
        uint16_t id = 0;

        st = known_number(c, kind, what, name, len, &id);
        if (st != TLSN_OK) {
            tlsni_free(&c->hooks, ids);
            return st;
        }
        if (!tlsni_ids_has(&sofar, id))
            ids[n++] = id;
    }
    install(c, kind, ids, n);
    return TLSN_OK;
}

static tlsn_status by_policy(tlsn_config *c, enum kind kind, const char *list, uint8_t limit)
{
    return list ? set_list(c, kind, list, "name") : by_class(c, kind, limit);
}

tlsn_status tlsn_config_set_policy(tlsn_config *c, const char *name)
{
    const struct tlsni_policy *p;
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    p = name ? tlsni_policy_find(name) : NULL;
    if (!p)
        return tlsni_config_fail(c, TLSN_ERR_UNKNOWN_KEYWORD, "unknown policy \"%.40s\"",
                                 name ? name : "");
    st = by_policy(c, SUITES, p->suites, p->limit);
    if (st == TLSN_OK)
        st = by_policy(c, GROUPS, p->groups, p->limit);
    if (st == TLSN_OK)
        st = by_policy(c, SIGALGS, p->sigalgs, p->limit);
    if (st != TLSN_OK)
        return st;
    c->hs.suite_b = (uint8_t)p->verify.suite_b;
    c->hs.suites_named = false;
    c->policy = p;
    c->hs.version_min = p->min_version;
    c->hs.version_max = p->max_version;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_suites(tlsn_config *c, const char *list)
{
    tlsn_status st = set_list(c, SUITES, list, "cipher suite");

    if (st == TLSN_OK)
        c->hs.suites_named = true;
    return st;
}

tlsn_status tlsn_config_set_groups(tlsn_config *c, const char *list)
{
    return set_list(c, GROUPS, list, "group");
}

tlsn_status tlsn_config_set_key_shares(tlsn_config *c, const char *list)
{
    tlsn_status st = tlsni_config_open(c);

    if (st == TLSN_OK && (!list || !*list))
        install(c, KEY_SHARES, NULL, 0);
    else if (st == TLSN_OK)
        st = set_list(c, KEY_SHARES, list, "group");
    return st;
}

tlsn_status tlsn_config_set_sigalgs(tlsn_config *c, const char *list)
{
    return set_list(c, SIGALGS, list, "signature algorithm");
}

tlsn_status tlsn_config_set_sigalgs_cert(tlsn_config *c, const char *list)
{
    return set_list(c, SIGALGS_CERT, list, "signature algorithm");
}

tlsn_status tlsn_config_set_cert_compression(tlsn_config *c, const char *list)
{
    tlsn_status st = tlsni_config_open(c);

    if (st == TLSN_OK && (!list || !*list))
        install(c, CERT_COMPRESSIONS, NULL, 0);
    else if (st == TLSN_OK)
        st = set_list(c, CERT_COMPRESSIONS, list, "certificate compression");
    return st;
}

/* Key and scheme of such a credential are the peer's choice: what the default policy has is wide enough. */
tlsn_status tlsn_config_set_delegated(tlsn_config *c, const char *list)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (list && strcmp(list, "default") == 0)
        return by_class(c, DELEGATED, TLSNI_CLASS_DEFAULT);
    if (list && *list)
        return set_list(c, DELEGATED, list, "signature algorithm");
    install(c, DELEGATED, NULL, 0);
    return TLSN_OK;
}

/* Adds a method unless it is there; false without room. */
static bool add_method(uint8_t *methods, size_t room, size_t *count, uint8_t id)
{
    if (*count && memchr(methods, id, *count))
        return true;
    if (*count == room)
        return false;
    methods[(*count)++] = id;
    return true;
}

/* @rfc 3749:6/1, 3943:7/1, 7457:2.6/1 */
tlsn_status tlsn_config_set_insecure_compression(tlsn_config *c, const char *list)
{
    tlsn_status st = tlsni_config_open(c);
    const char *at = list && *list ? list : NULL, *name;
    uint8_t methods[sizeof c->compressions];
    size_t len, n = 0;

    if (st != TLSN_OK)
        return st;
    while (next_name(&at, &name, &len)) {
        const struct tlsni_compression *row = tlsni_compression_by_name(name, len);

        if (!row || !add_method(methods, sizeof methods, &n, row->id))
            return tlsni_config_fail(c, TLSN_ERR_UNKNOWN_KEYWORD,
                                     "unknown compression method \"%.*s\"",
                                     (int)(len > 80 ? 80 : len), name);
    }
    if (n)
        memcpy(c->compressions, methods, n);
    c->hs.compressions = tlsni_span_make(c->compressions, n);
    return TLSN_OK;
}

/* Comma separated names as 1 byte length and name each. */
static tlsn_status pack(tlsn_config *c, const char *list, bool lower, uint8_t **owned,
                        struct tlsn_span *view)
{
    const char *at = list && *list ? list : NULL, *name;
    struct tlsni_wr w;
    size_t len;
    uint8_t *bytes = tlsni_alloc(&c->hooks, list ? strlen(list) + 1 : 1);

    if (!bytes)
        return TLSN_ERR_NO_MEMORY;
    w = tlsni_wr_make(bytes, list ? strlen(list) + 1 : 1);
    while (next_name(&at, &name, &len)) {
        if (len < 1 || len > 255 || w.len + 1 + len > 65535) {
            tlsni_free(&c->hooks, bytes);
            return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "a name has %zu bytes, 1 to 255 are "
                                     "possible", len);
        }
        tlsni_wr_u8(&w, (uint32_t)len);
        for (size_t i = 0; i < len; i++)
            tlsni_wr_u8(&w, (uint8_t)(lower && name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32
                                                                                 : name[i]));
    }
    tlsni_free(&c->hooks, *owned);
    *owned = bytes;
    *view = tlsni_span_make(bytes, w.len);
    return TLSN_OK;
}

tlsn_status tlsn_config_set_alpn(tlsn_config *c, const char *list)
{
    tlsn_status st = tlsni_config_open(c);

    return st == TLSN_OK ? pack(c, list, false, &c->alpn, &c->hs.alpn) : st;
}

tlsn_status tlsn_config_set_server_names(tlsn_config *c, const char *list)
{
    struct tlsni_buf ascii = { 0 };
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    st = tlsni_idna_to_ascii(&c->hooks, &ascii, tlsni_span_make(list, list ? strlen(list) : 0));
    if (st == TLSN_OK)
        st = tlsni_buf_append(&c->hooks, &ascii, "", 1);
    if (st == TLSN_ERR_IDNA)
        st = tlsni_config_fail(c, st, "%s", tlsn_status_text(st));
    if (st == TLSN_OK)
        st = pack(c, (const char *)tlsni_buf_data(&ascii), true, &c->server_names,
                  &c->hs.server_names);
    tlsni_buf_free(&c->hooks, &ascii);
    return st;
}
