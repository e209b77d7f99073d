/* constraints.c - the walk over names and subtrees. What cannot be judged - a kind of name that is
 * not known, a base that is malformed, minimum or maximum - refuses every name of that kind, as RFC
 * 5280 4.2.1.10 has it. */
#include "x509/constraints.h"

#include "x509/general_name.h"
#include "x509/match.h"
#include "x509/name.h"

enum relation { OUTSIDE, INSIDE, VOID /* refuses in both lists */ };

struct subtree {
    struct tlsni_general_name base;
    bool bounded; /* minimum other than 0 or a maximum: not allowed in this profile */
};

static struct subtree next_subtree(struct tlsni_rd *list)
{
    struct tlsni_rd r = tlsni_der_enter(list, TLSNI_DER_SEQUENCE);
    struct subtree s;

    s.base = tlsni_general_name_next(&r, true);
    s.bounded = r.p != r.end;
    if (r.bad)
        tlsni_rd_fail(list);
    return s;
}

static struct tlsn_span from(struct tlsn_span s, size_t at)
{
    return tlsni_span_make(s.data + at, s.len - at);
}

/* Labels without blanks; a "*" only as the first of a name, never in a constraint. */
static bool dns_sound(struct tlsn_span s, bool name)
{
    for (size_t i = 0; i < s.len; i++) {
        bool dot = s.data[i] == '.';

        if (s.data[i] <= ' ' || s.data[i] >= 0x7f || (dot && i && s.data[i - 1] == '.'))
            return false;
        if (s.data[i] == '*' && !(name && i == 0 && s.len > 2 && s.data[1] == '.'))
            return false;
        if (dot && i == 0 && name)
            return false;
    }
    return !name || (s.len && s.data[s.len - 1] != '.');
}

/* Is host equal to base, or below it? A leading dot leaves only what is below. */
static bool host_within(struct tlsn_span host, struct tlsn_span base)
{
    if (!base.len)
        return true;
    if (base.data[0] == '.')
        return host.len > base.len && tlsni_ascii_equal(from(host, host.len - base.len), base);
    if (host.len == base.len)
        return tlsni_ascii_equal(host, base);
    return host.len > base.len && host.data[host.len - base.len - 1] == '.' &&
           tlsni_ascii_equal(from(host, host.len - base.len), base);
}

/* A wildcard name stands for names of one label more: it is inside where all of them are, and for
 * excluded subtrees already where one of them is. */
static enum relation dns_relation(struct tlsn_span name, struct tlsn_span base, bool excluded)
{
    const uint8_t *dot;

    if (!dns_sound(name, true) || !dns_sound(base, false))
        return VOID;
    if (host_within(name, base))
        return INSIDE;
    if (!excluded || name.data[0] != '*' || !base.len || base.data[0] == '.')
        return OUTSIDE;
    dot = memchr(base.data, '.', base.len);
    return dot && tlsni_ascii_equal(from(name, 1), from(base, (size_t)(dot - base.data)))
               ? INSIDE
               : OUTSIDE;
}

static enum relation ip_relation(struct tlsn_span address, struct tlsn_span base)
{
    if (base.len != 2 * address.len)
        return OUTSIDE;
    for (size_t i = 0; i < address.len; i++)
        if ((address.data[i] ^ base.data[i]) & base.data[address.len + i])
            return OUTSIDE;
    return INSIDE;
}

/* Where the "@" of a mailbox stands: the only one outside of a quoted local part; 0 when there is
 * none. */
static size_t mailbox_at(struct tlsn_span s)
{
    size_t i = 0;

    if (s.len && s.data[0] == '"')
        for (i = 1; i < s.len && s.data[i] != '"'; i++)
            i += s.data[i] == '\\';
    while (i < s.len && s.data[i] != '@')
        i++;
    if (i == 0 || i + 1 >= s.len || memchr(s.data + i + 1, '@', s.len - i - 1))
        return 0;
    return i;
}

/* RFC 5280 4.2.1.10: a mailbox, a host, or with a leading dot all hosts below. The local part is
 * compared exactly (4.2.1.6). */
static enum relation email_relation(struct tlsn_span name, struct tlsn_span base)
{
    size_t at = mailbox_at(name), base_at = mailbox_at(base);
    struct tlsn_span host;

    if (!at)
        return VOID;
    host = from(name, at + 1);
    if (base_at)
        return tlsni_ascii_equal(host, from(base, base_at + 1)) &&
                       tlsni_span_eq(tlsni_span_make(name.data, at),
                                     tlsni_span_make(base.data, base_at))
                   ? INSIDE
                   : OUTSIDE;
    if (base.len && memchr(base.data, '@', base.len))
        return VOID;
    if (base.len && base.data[0] != '.')
        return tlsni_ascii_equal(host, base) ? INSIDE : OUTSIDE;
    return host_within(host, base) ? INSIDE : OUTSIDE;
}

/* The host of scheme://user@host:port/path; empty when there is none or it is an address. */
static struct tlsn_span uri_host(struct tlsn_span uri)
{
    static const struct tlsn_span none = { NULL, 0 };
    size_t at = 0, end;

    while (at + 3 <= uri.len && memcmp(uri.data + at, "://", 3) != 0)
        at++;
    if (at + 3 > uri.len)
        return none;
    uri = from(uri, at + 3);
    for (end = 0; end < uri.len && !memchr("/?#", uri.data[end], 3); end++)
        if (uri.data[end] == '@') {
            uri = from(uri, end + 1);
            end = (size_t)-1;
        }
    uri.len = end;
    if (uri.len && uri.data[0] == '[')
        return none;
    for (end = 0; end < uri.len && uri.data[end] != ':'; end++)
        ;
    uri.len = end;
    for (end = 0; end < uri.len; end++)
        if (uri.data[end] != '.' && (uri.data[end] < '0' || uri.data[end] > '9'))
            return uri;
    return none;
}

/* A host by itself means that host and none below it. */
static enum relation uri_relation(struct tlsn_span name, struct tlsn_span base)
{
    struct tlsn_span host = uri_host(name);

    if (!host.len)
        return VOID;
    if (base.len && base.data[0] != '.')
        return tlsni_ascii_equal(host, base) ? INSIDE : OUTSIDE;
    return host_within(host, base) ? INSIDE : OUTSIDE;
}

static enum relation relation_of(const struct tlsni_general_name *name, const struct subtree *s,
                                 bool excluded)
{
    if (s->bounded)
        return VOID;
    switch (name->kind) {
    case TLSNI_GN_DNS: return dns_relation(name->value, s->base.value, excluded);
    case TLSNI_GN_IP: return ip_relation(name->value, s->base.value);
    case TLSNI_GN_EMAIL: return email_relation(name->value, s->base.value);
    case TLSNI_GN_URI: return uri_relation(name->value, s->base.value);
    case TLSNI_GN_DIRECTORY:
        return tlsni_name_within(name->value, s->base.value) ? INSIDE : OUTSIDE;
    default: return VOID;
    }
}

/* One name against one list. Of the permitted subtrees of its kind, if there are any, one has to
 * hold it; of the excluded ones none may. */
static enum tlsni_constraint_result check_list(struct tlsni_rd list,
                                               const struct tlsni_general_name *name, bool excluded,
                                               uint32_t *budget)
{
    bool of_kind = false, inside = false;

    while (list.p != list.end) {
        struct subtree s = next_subtree(&list);
        enum relation rel;

        if (*budget == 0)
            return TLSNI_CONSTRAINT_LIMIT;
        --*budget;
        if (s.base.kind != name->kind)
            continue;
        rel = relation_of(name, &s, excluded);
        if (rel == VOID || (rel == INSIDE && excluded))
            return TLSNI_CONSTRAINT_VIOLATED;
        of_kind = true;
        inside |= rel == INSIDE;
        if (inside && !excluded)
            break;
    }
    return of_kind && !inside && !excluded ? TLSNI_CONSTRAINT_VIOLATED : TLSNI_CONSTRAINT_OK;
}

struct lists {
    struct tlsni_rd permitted, excluded;
    uint32_t *budget;
};

static enum tlsni_constraint_result check_name(const struct lists *l, uint8_t kind,
                                               struct tlsn_span value)
{
    struct tlsni_general_name name = { kind, value };
    enum tlsni_constraint_result result = check_list(l->excluded, &name, true, l->budget);

    return result == TLSNI_CONSTRAINT_OK ? check_list(l->permitted, &name, false, l->budget)
                                         : result;
}

static enum tlsni_constraint_result check_attributes(const struct lists *l,
                                                     struct tlsn_span subject,
                                                     enum tlsni_oid type, uint8_t kind)
{
    enum tlsni_constraint_result result = TLSNI_CONSTRAINT_OK;
    struct tlsni_attribute a;

    for (size_t i = 0; !result && tlsni_name_attribute(subject, type, i, &a); i++)
        if (kind != TLSNI_GN_DNS || dns_sound(a.value.body, true))
            result = check_name(l, kind, a.value.body);
    return result;
}

static struct tlsni_rd list_of(struct tlsni_rd *r, uint8_t n)
{
    if (tlsni_der_peek(r, TLSNI_DER_CONSTRUCTED_CONTEXT(n)))
        return tlsni_der_enter(r, TLSNI_DER_CONSTRUCTED_CONTEXT(n));
    return tlsni_rd_make(NULL, 0);
}

enum tlsni_constraint_result tlsni_constraints_check(struct tlsn_span constraints,
                                                     const struct tlsni_cert *cert,
                                                     bool common_name, uint32_t *budget)
{
    struct tlsni_rd r = tlsni_der_open_span(constraints, TLSNI_DER_SEQUENCE);
    struct lists l = { list_of(&r, 0), list_of(&r, 1), budget };
    struct tlsni_rd san = tlsni_rd_span(cert->san);
    enum tlsni_constraint_result result = TLSNI_CONSTRAINT_OK;

    if (!tlsni_name_empty(cert->subject))
        result = check_name(&l, TLSNI_GN_DIRECTORY, cert->subject);
    while (!result && san.p != san.end) {
        struct tlsni_general_name n = tlsni_general_name_next(&san, false);

        result = check_name(&l, n.kind, n.value);
    }
    if (!result && !(cert->has & TLSNI_HAS_SAN))
        result = check_attributes(&l, cert->subject, TLSNI_OID_EMAIL, TLSNI_GN_EMAIL);
    if (!result && common_name && !(cert->has & TLSNI_HAS_SAN))
        result = check_attributes(&l, cert->subject, TLSNI_OID_CN, TLSNI_GN_DNS);
    return result;
}
