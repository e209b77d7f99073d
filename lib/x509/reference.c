/* reference.c - reference identities: what the caller wants to reach, in text (RFC 9525 6.1), and
 * whether a name of a certificate is it. */
#include <arpa/inet.h>
#include <strings.h>

#include "x509/match.h"
#include "x509/oid.h"

enum { ADDRESS_MAX = 64 };

static struct tlsn_span from(struct tlsn_span s, size_t n)
{
    return tlsni_span_make(s.data + n, s.len - n);
}

/* The bytes before the first one of `stops`. */
static struct tlsn_span until(struct tlsn_span s, const char *stops)
{
    size_t n = 0;

    while (n < s.len && s.data[n] && !strchr(stops, s.data[n]))
        n++;
    return tlsni_span_make(s.data, n);
}

/* An address in text form: its octets are what counts.
 * @rfc 9525:6.1.1/3, 9525:6.4/2 */
static bool read_address(struct tlsni_reference *ref, struct tlsn_span s)
{
    char text[ADDRESS_MAX];

    if (s.len >= sizeof text || !s.len)
        return false;
    memcpy(text, s.data, s.len);
    text[s.len] = 0;
    if (inet_pton(AF_INET, text, ref->ip) == 1)
        ref->ip_len = 4;
    else if (inet_pton(AF_INET6, text, ref->ip) == 1)
        ref->ip_len = 16;
    return ref->ip_len != 0;
}

/* @rfc 9525:6.1.1/4, 9525:6.2/2 */
static void read_dns(struct tlsni_reference *ref, struct tlsn_span s)
{
    if (s.len > 1 && s.data[s.len - 1] == '.')
        s.len--;
    ref->dns = s;
}

/* The host of an authority, or of what stands there in a URI without "//": user@host:port.
 * An address in brackets comes without them. */
static struct tlsn_span host_of(struct tlsn_span s)
{
    bool authority = s.len >= 2 && s.data[0] == '/' && s.data[1] == '/';

    s = until(authority ? from(s, 2) : s, authority ? "/?#" : "/?#;");
    for (size_t i = s.len; i-- > 0;)
        if (s.data[i] == '@') {
            s = from(s, i + 1);
            break;
        }
    return s.len && s.data[0] == '[' ? until(from(s, 1), "]") : until(s, ":");
}

static bool is_scheme(struct tlsn_span s)
{
    static const char others[] = "0123456789+-.";

    for (size_t i = 0; i < s.len; i++) {
        bool letter = (s.data[i] | 0x20) >= 'a' && (s.data[i] | 0x20) <= 'z';

        if (!letter && (i == 0 || !memchr(others, s.data[i], sizeof others - 1)))
            return false;
    }
    return s.len != 0;
}

/* Scheme and host of a URI. One without either is void.
 * @rfc 9525:7.2/1 */
static void read_uri(struct tlsni_reference *ref, struct tlsn_span s)
{
    struct tlsn_span scheme = until(s, ":"), host;

    if (scheme.len == s.len || !is_scheme(scheme))
        return;
    host = host_of(from(s, scheme.len + 1));
    if (!host.len)
        return;
    ref->kind = TLSNI_REF_URI;
    ref->service = scheme;
    if (!read_address(ref, host))
        read_dns(ref, host);
}

/* "_service.name" (RFC 4985 2) */
static void read_srv(struct tlsni_reference *ref, struct tlsn_span s)
{
    struct tlsn_span label = until(s, ".");

    if (label.len < 2 || label.data[0] != '_' || label.len + 1 >= s.len)
        return;
    ref->kind = TLSNI_REF_SRV;
    ref->service = from(label, 1);
    read_dns(ref, from(s, label.len + 1));
}

static bool has_prefix(struct tlsn_span *s, const char *prefix)
{
    size_t n = strlen(prefix);

    if (s->len < n || strncasecmp((const char *)s->data, prefix, n) != 0)
        return false;
    *s = from(*s, n);
    return true;
}

static void read_host(struct tlsni_reference *ref, struct tlsn_span s, bool name_only)
{
    ref->kind = !name_only && read_address(ref, s) ? TLSNI_REF_IP : TLSNI_REF_DNS;
    if (ref->kind == TLSNI_REF_DNS)
        read_dns(ref, s);
}

/* @rfc 9525:6.1.1/1, 9525:6.1.1/5, 9525:6.1.1/6 */
bool tlsni_reference_next(struct tlsn_span *text, struct tlsni_reference *ref)
{
    struct tlsn_span s;

    memset(ref, 0, sizeof *ref);
    if (!text->len)
        return false;
    s = until(*text, ",");
    *text = from(*text, s.len + (s.len < text->len));
    if (has_prefix(&s, "URI:"))
        read_uri(ref, s);
    else if (has_prefix(&s, "SRV:"))
        read_srv(ref, s);
    else if (has_prefix(&s, "IP:"))
        ref->kind = read_address(ref, s) ? TLSNI_REF_IP : TLSNI_REF_VOID;
    else
        read_host(ref, s, has_prefix(&s, "DNS:"));
    return true;
}

struct tlsni_reference tlsni_reference_make(const char *name)
{
    struct tlsn_span text = tlsni_span_make(name, strlen(name));
    struct tlsni_reference ref;

    (void)tlsni_reference_next(&text, &ref);
    return ref;
}

/* ---- comparison ---- */

/* Domain and service are those of one identifier, never taken from two.
 * @rfc 9525:6.2/6, 9525:6.5/1, 9525:6.5/2, 9525:6.5/3 */
static bool same_service(const struct tlsni_reference *ref, const struct tlsni_reference *other)
{
    return other->kind == ref->kind && tlsni_ascii_equal(ref->service, other->service) &&
           (ref->ip_len ? tlsni_span_eq(tlsni_span_make(ref->ip, ref->ip_len),
                                        tlsni_span_make(other->ip, other->ip_len))
                        : !other->ip_len && tlsni_dns_matches(other->dns, ref->dns));
}

/* SRVName of RFC 4985 2: an IA5String in an otherName. */
static bool srv_matches(const struct tlsni_reference *ref, struct tlsn_span other_name)
{
    struct tlsni_rd r = tlsni_rd_span(other_name), value;
    struct tlsni_reference presented = { .kind = TLSNI_REF_VOID };
    struct tlsni_der oid = tlsni_der_next(&r), text;

    if (oid.tag != TLSNI_DER_OID || tlsni_oid_find(oid.body) != TLSNI_OID_ON_DNS_SRV)
        return false;
    value = tlsni_der_enter(&r, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    text = tlsni_der_next(&value);
    if (!tlsni_rd_done(&r) || !tlsni_rd_done(&value) || text.tag != TLSNI_DER_IA5)
        return false;
    read_srv(&presented, text.body);
    return same_service(ref, &presented);
}

static bool uri_matches(const struct tlsni_reference *ref, struct tlsn_span uri)
{
    struct tlsni_reference presented = { .kind = TLSNI_REF_VOID };

    read_uri(&presented, uri);
    return same_service(ref, &presented);
}

/* Names and addresses never stand in for each other, nor do identifiers with and without service.
 * @rfc 9525:6.2/3, 9525:6.2/4, 9525:6.2/5, 9525:6.4/1 */
bool tlsni_reference_matches(const struct tlsni_reference *ref,
                             const struct tlsni_general_name *presented)
{
    switch (ref->kind) {
    case TLSNI_REF_DNS:
        return presented->kind == TLSNI_GN_DNS && tlsni_dns_matches(presented->value, ref->dns);
    case TLSNI_REF_IP:
        return presented->kind == TLSNI_GN_IP &&
               tlsni_span_eq(presented->value, tlsni_span_make(ref->ip, ref->ip_len));
    case TLSNI_REF_SRV:
        return presented->kind == TLSNI_GN_OTHER && srv_matches(ref, presented->value);
    case TLSNI_REF_URI:
        return presented->kind == TLSNI_GN_URI && uri_matches(ref, presented->value);
    default:
        return false;
    }
}
