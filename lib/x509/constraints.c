/* constraints.c - the walk over names and subtrees. A name that is malformed, or a base that is, refuses; so
 * do minimum and maximum. Kinds of names that nobody has given a meaning to, and what is no host in a
 * subtree of URIs, refuse where the extension is critical, and say nothing where it is not, as RFC 5280
 * 4.2.1.10 has it.
 *
 * @rfc 5280:4.2.1.10/3 */
#include "x509/constraints.h"

#include "x509/cert_ext.h"
#include "x509/general_name.h"
#include "x509/match.h"
#include "x509/name.h"
#include "x509/write.h"

enum relation {
    OUTSIDE,
    INSIDE,
    APART,  /* the subtree is not about names of this kind */
    VOID,   /* refuses in both lists */
    OBSCURE /* cannot be judged: the same if critical, otherwise as APART */
};

struct subtree {
    struct tlsni_general_name base;
    bool bounded; /* minimum other than 0 or a maximum: not allowed in this profile */
};

static struct subtree read_subtree(struct tlsni_rd *r)
{
    struct subtree s;

    s.base = tlsni_general_name_next(r, true);
    s.bounded = r->p != r->end;
    return s;
}

/* A unit of work is one to three nanoseconds: bytes are looked at a few times, and those of RDNs
 * with several attributes that many times more. */
enum { WORK_LOOK = 4, WORK_COMPARE = 16 };

static bool spend(uint32_t *budget, size_t work)
{
    bool enough = *budget >= work;

    *budget = enough ? *budget - (uint32_t)work : 0;
    return enough;
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

/* The dot of the root at the end of a constraint says nothing. */
static struct tlsn_span without_root(struct tlsn_span base)
{
    if (base.len > 1 && base.data[base.len - 1] == '.')
        base.len--;
    return base;
}

/* Is host equal to base, or below it? A leading dot leaves only what is below; RFC 5280 has it for URIs
 * and mail alone, but authorities in use write it for DNS names too, and mean that.
 * @rfc 9549:2.3/3 */
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

    base = without_root(base);
    if (!dns_sound(name, true) || !dns_sound(base, false) || (base.len == 1 && *base.data == '.'))
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
 * compared exactly (4.2.1.6).
 * @rfc 9549:2.2/1, 9549:2.5/5 */
static enum relation email_relation(struct tlsn_span name, struct tlsn_span base)
{
    size_t at = mailbox_at(name), base_at = mailbox_at(base);
    struct tlsn_span host;

    if (!at)
        return VOID;
    host = from(name, at + 1);
    if (!dns_sound(host, true))
        return VOID;
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

/* Only these in a host, so that nobody has to think about escapes. */
static bool host_sound(struct tlsn_span s)
{
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = s.data[i], lower = c | 0x20;

        if (!(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') && !memchr("-._", c, 3))
            return false;
    }
    return true;
}

/* Behind scheme://; empty when there is no authority. */
static struct tlsn_span uri_authority(struct tlsn_span uri)
{
    size_t at = 0;

    while (at < uri.len && uri.data[at] != '_' &&
           (uri.data[at] == '+' || host_sound(tlsni_span_make(uri.data + at, 1))))
        at++;
    if (at == 0 || uri.len - at < 3 || memcmp(uri.data + at, "://", 3) != 0)
        return tlsni_span_make(NULL, 0);
    return from(uri, at + 3);
}

/* The host of scheme://user@host:port/path; empty when there is none or it is an address. */
static struct tlsn_span uri_host(struct tlsn_span uri)
{
    static const struct tlsn_span none = { NULL, 0 };
    size_t end;

    uri = uri_authority(uri);
    for (end = 0; end < uri.len && !memchr("/?#", uri.data[end], 3); end++)
        if (uri.data[end] == '@') {
            uri = from(uri, end + 1);
            end = (size_t)-1;
        }
    uri.len = end;
    for (end = 0; end < uri.len && uri.data[end] != ':'; end++)
        ;
    uri.len = end;
    for (end = 0; end < uri.len; end++)
        if (uri.data[end] != '.' && (uri.data[end] < '0' || uri.data[end] > '9'))
            return host_sound(uri) ? uri : none;
    return none;
}

/* A host by itself means that host and none below it.
 * @rfc 5280:4.2.1.10/4 */
static enum relation uri_relation(struct tlsn_span name, struct tlsn_span base)
{
    struct tlsn_span host = uri_host(name);

    if (!host_sound(base))
        return OBSCURE;
    if (!dns_sound(host, true))
        return VOID;
    if (base.len && base.data[0] != '.')
        return tlsni_ascii_equal(host, base) ? INSIDE : OUTSIDE;
    return host_within(host, base) ? INSIDE : OUTSIDE;
}

/* What is registered below an identifier begins with it. */
static enum relation registered_relation(struct tlsn_span name, struct tlsn_span base)
{
    return name.len >= base.len && memcmp(name.data, base.data, base.len) == 0 ? INSIDE : OUTSIDE;
}

/* ---- otherName ---- */

struct other_name {
    struct tlsn_span type, value; /* of the identifier; the whole value behind its explicit tag */
};

static struct other_name read_other(struct tlsn_span contents)
{
    struct tlsni_rd r = tlsni_rd_span(contents), in;
    struct other_name n;

    n.type = tlsni_der_oid(&r);
    in = tlsni_der_enter(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    n.value = tlsni_der_next(&in).whole;
    if (!tlsni_rd_done(&r) || !tlsni_rd_done(&in))
        n.value.len = 0;
    return n;
}

static struct tlsn_span string_of(const struct other_name *n, uint8_t tag)
{
    struct tlsni_rd r = tlsni_rd_span(n->value);
    struct tlsn_span s = tlsni_der_get(&r, tag);

    return tlsni_rd_done(&r) ? s : tlsni_span_make(NULL, 0);
}

/* _service.host in two; either may be missing. */
static void split_srv(struct tlsn_span s, struct tlsn_span *service, struct tlsn_span *host)
{
    bool named = s.len && s.data[0] == '_';
    const uint8_t *dot = named ? memchr(s.data, '.', s.len) : NULL;
    size_t n = dot ? (size_t)(dot - s.data) : named ? s.len : 0;

    *service = tlsni_span_make(s.data, n);
    *host = s.len ? from(s, dot ? n + 1 : n) : s;
}

/* RFC 4985 4: service and host are judged apart, and what the base leaves out does not matter. */
static enum relation srv_relation(const struct other_name *name, const struct other_name *base)
{
    struct tlsn_span service, host, base_service, base_host;
    enum relation rel = INSIDE;

    split_srv(string_of(name, TLSNI_DER_IA5), &service, &host);
    split_srv(string_of(base, TLSNI_DER_IA5), &base_service, &base_host);
    if (!service.len || !host.len || (!base_service.len && !base_host.len))
        return VOID;
    if (base_host.len)
        rel = dns_relation(host, base_host, false);
    if (base_service.len && !tlsni_ascii_equal(service, base_service))
        rel = rel == VOID ? VOID : OUTSIDE;
    return rel;
}

static enum relation other_relation(struct tlsn_span name, struct tlsn_span base)
{
    struct other_name n = read_other(name), b = read_other(base);

    if (!tlsni_span_eq(n.type, b.type))
        return APART;
    return tlsni_oid_find(n.type) == TLSNI_OID_ON_DNS_SRV ? srv_relation(&n, &b) : OBSCURE;
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
        return (excluded ? tlsni_name_perhaps_within : tlsni_name_within)(name->value, s->base.value)
                   ? INSIDE
                   : OUTSIDE;
    case TLSNI_GN_REGISTERED_ID: return registered_relation(name->value, s->base.value);
    case TLSNI_GN_OTHER: return other_relation(name->value, s->base.value);
    default: return OBSCURE;
    }
}

/* A name with the factor that its comparison costs: 1, or the weight of a directory name. */
struct subject {
    struct tlsni_general_name name;
    size_t weight;
};

struct lists {
    struct tlsni_rd permitted, excluded;
    bool critical;
    uint32_t *budget;
};

/* What a comparison takes with a subtree of the same kind, of which this is the rest. */
static size_t work_of(const struct subject *subject, struct tlsni_rd one)
{
    size_t len = subject->name.value.len + tlsni_rd_left(&one), weight = subject->weight;

    if (subject->name.kind == TLSNI_GN_DIRECTORY) {
        size_t other = tlsni_name_weight(read_subtree(&one).base.value);

        weight = other > weight ? other : weight;
    }
    return WORK_COMPARE + weight * len;
}

/* One name against one list. Of the permitted subtrees of its kind, if there are any, one has to
 * hold it; of the excluded ones none may. */
static enum tlsni_constraint_result check_list(struct tlsni_rd list, const struct subject *subject,
                                               bool excluded, const struct lists *l)
{
    bool of_kind = false, inside = false;

    while (list.p != list.end && (excluded || !inside)) {
        struct tlsni_rd one = tlsni_der_enter(&list, TLSNI_DER_SEQUENCE);
        bool same = one.p != one.end && (*one.p & 0x1f) == subject->name.kind;
        struct subtree s;
        enum relation rel;

        if (!spend(l->budget, same ? work_of(subject, one) : WORK_LOOK))
            return TLSNI_CONSTRAINT_LIMIT;
        if (!same)
            continue;
        s = read_subtree(&one);
        rel = relation_of(&subject->name, &s, excluded);
        if (rel == VOID || (rel == OBSCURE && l->critical) || (rel == INSIDE && excluded))
            return TLSNI_CONSTRAINT_VIOLATED;
        of_kind |= rel != APART && rel != OBSCURE;
        inside |= rel == INSIDE;
    }
    return of_kind && !inside && !excluded ? TLSNI_CONSTRAINT_VIOLATED : TLSNI_CONSTRAINT_OK;
}

static enum tlsni_constraint_result check_name(const struct lists *l, uint8_t kind,
                                               struct tlsn_span value)
{
    struct subject subject = { { kind, value }, 1 };
    enum tlsni_constraint_result result;

    if (!spend(l->budget, WORK_LOOK + value.len))
        return TLSNI_CONSTRAINT_LIMIT;
    if (kind == TLSNI_GN_DIRECTORY)
        subject.weight = tlsni_name_weight(value);
    result = check_list(l->excluded, &subject, true, l);
    return result == TLSNI_CONSTRAINT_OK ? check_list(l->permitted, &subject, false, l) : result;
}

/* An attribute of the subject as a name of this kind; a CN that is none is no DNS name. */
static enum tlsni_constraint_result check_attribute(const struct lists *l,
                                                    const struct tlsni_attribute *a, uint8_t kind)
{
    char text[TLSNI_DNS_NAME_MAX];
    struct tlsn_span name;

    if (kind != TLSNI_GN_DNS)
        return check_name(l, kind, a->value.body);
    name = tlsni_attribute_dns(a, text);
    return dns_sound(name, true) ? check_name(l, kind, name) : TLSNI_CONSTRAINT_OK;
}

static enum tlsni_constraint_result check_attributes(const struct lists *l,
                                                     struct tlsn_span subject,
                                                     enum tlsni_oid type, uint8_t kind)
{
    struct tlsni_rd r = tlsni_der_open_span(subject, TLSNI_DER_SEQUENCE), set;
    enum tlsni_constraint_result result = TLSNI_CONSTRAINT_OK;

    while (!result && r.p != r.end) {
        set = tlsni_der_enter(&r, TLSNI_DER_SET);
        while (!result && set.p != set.end) {
            struct tlsni_attribute a = tlsni_attribute_next(&set);

            if (!set.bad && tlsni_oid_find(a.type) == type)
                result = check_attribute(l, &a, kind);
        }
    }
    return result;
}

static struct tlsni_rd list_of(struct tlsni_rd *r, uint8_t n)
{
    if (tlsni_der_peek(r, TLSNI_DER_CONSTRUCTED_CONTEXT(n)))
        return tlsni_der_enter(r, TLSNI_DER_CONSTRUCTED_CONTEXT(n));
    return tlsni_rd_make(NULL, 0);
}

/* An address with a local part beyond ASCII and without a byte-order mark; the form that others have is
 * rfc822Name's.
 * @rfc 9598:3/1, 9598:3/2 */
static bool is_international(struct tlsn_span mailbox)
{
    size_t at = mailbox_at(mailbox);
    bool beyond = false;

    for (size_t i = 0; i < at; i++)
        beyond |= mailbox.data[i] >= 0x80;
    return beyond && memcmp(mailbox.data, "\xef\xbb\xbf", mailbox.len < 3 ? 0 : 3) != 0;
}

/* RFC 9598 6: subtrees of mailboxes bind the addresses beyond ASCII too, by their host; a whole mailbox in a
 * subtree is none of them. A value that is no such address is no name, which those subtrees refuse.
 * @rfc 9598:6/1, 9598:6/2, 9598:3/3, 9549:2.5/4, 9598:6/3, 9598:6/4, 9598:5/4 */
static enum tlsni_constraint_result check_smtp_utf8(const struct lists *l, struct tlsn_span contents)
{
    static const struct tlsn_span none = { NULL, 0 };
    struct other_name n = read_other(contents);
    struct tlsn_span mailbox;

    if (tlsni_oid_find(n.type) != TLSNI_OID_ON_SMTP_UTF8)
        return TLSNI_CONSTRAINT_OK;
    mailbox = string_of(&n, TLSNI_DER_UTF8);
    return check_name(l, TLSNI_GN_EMAIL, is_international(mailbox) ? mailbox : none);
}

static enum tlsni_constraint_result check_general_name(const struct lists *l,
                                                       const struct tlsni_general_name *n)
{
    enum tlsni_constraint_result result = check_name(l, n->kind, n->value);

    if (!result && n->kind == TLSNI_GN_OTHER)
        result = check_smtp_utf8(l, n->value);
    return result;
}

/* The shortest text of a subtree that takes the most is "IP:::/0,", 36 bytes. */
tlsn_status tlsni_constraints_read(struct tlsni_buf *out, const struct tlsn_hooks *env,
                                   const char *permitted, const char *excluded)
{
    size_t len = (permitted ? strlen(permitted) : 0) + (excluded ? strlen(excluded) : 0);
    tlsn_status st = len ? tlsni_buf_reserve(env, out, 64 + 16 * len) : TLSN_OK;
    struct tlsni_wr w;

    if (!len || st != TLSN_OK)
        return st;
    w = tlsni_wr_make(out->data, 64 + 16 * len);
    st = tlsni_write_subtrees(&w, permitted, excluded);
    out->start = 0;
    out->end = w.len;
    return st == TLSN_OK && (w.bad || !tlsni_ext_name_constraints_sound(tlsni_span_make(w.buf, w.len)))
               ? TLSN_ERR_ARGUMENT
               : st;
}

/* @rfc 5280:4.2.1.10/2 */
enum tlsni_constraint_result tlsni_constraints_check(struct tlsn_span constraints, bool critical,
                                                     const struct tlsni_cert *cert,
                                                     bool common_name, uint32_t *budget)
{
    struct tlsni_rd r = tlsni_der_open_span(constraints, TLSNI_DER_SEQUENCE);
    struct lists l = { list_of(&r, 0), list_of(&r, 1), critical, budget };
    struct tlsni_rd san = tlsni_rd_span(cert->san);
    enum tlsni_constraint_result result = TLSNI_CONSTRAINT_OK;

    if (!tlsni_name_empty(cert->subject))
        result = check_name(&l, TLSNI_GN_DIRECTORY, cert->subject);
    while (!result && san.p != san.end) {
        struct tlsni_general_name n = tlsni_general_name_next(&san, false);

        result = check_general_name(&l, &n);
    }
    if (!result && !(cert->has & TLSNI_HAS_SAN))
        result = check_attributes(&l, cert->subject, TLSNI_OID_EMAIL, TLSNI_GN_EMAIL);
    if (!result && common_name && !(cert->has & TLSNI_HAS_SAN))
        result = check_attributes(&l, cert->subject, TLSNI_OID_CN, TLSNI_GN_DNS);
    return result;
}
