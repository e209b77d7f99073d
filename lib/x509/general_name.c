#include "x509/general_name.h"

#include "x509/name.h"

static bool is_ia5(struct tlsn_span s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.data[i] >= 0x80)
            return false;
    return true;
}

/* Address and mask: the mask is a run of ones and then zeros (RFC 5280 4.2.1.10, RFC 4632 3.1). */
static bool is_subnet(struct tlsn_span s)
{
    bool ended = false;

    if (s.len != 8 && s.len != 32)
        return false;
    for (size_t i = s.len / 2; i < s.len; i++)
        for (int b = 7; b >= 0; b--) {
            bool one = s.data[i] >> b & 1;

            if (one && ended)
                return false;
            ended |= !one;
        }
    return true;
}

/* The explicit tag around a Name, which is a CHOICE (X.680 31.2.7). */
static struct tlsn_span directory_name(struct tlsn_span body)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    struct tlsn_span name = tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE);

    return tlsni_rd_done(&r) ? name : tlsni_span_make(NULL, 0);
}

/* @rfc 5280:4.2.1.6/1 */
static bool sound(const struct tlsni_general_name *n, bool constraint)
{
    switch (n->kind) {
    case TLSNI_GN_EMAIL:
    case TLSNI_GN_DNS:
    case TLSNI_GN_URI:
        return is_ia5(n->value);
    case TLSNI_GN_DIRECTORY:
        return tlsni_name_sound(n->value);
    case TLSNI_GN_IP:
        return constraint ? is_subnet(n->value) : n->value.len == 4 || n->value.len == 16;
    case TLSNI_GN_REGISTERED_ID:
        return tlsni_der_oid_sound(n->value);
    default:
        return true;
    }
}

struct tlsni_general_name tlsni_general_name_next(struct tlsni_rd *r, bool constraint)
{
    struct tlsni_der e = tlsni_der_next(r);
    struct tlsni_general_name n = { e.tag & 0x1f, e.body };
    bool constructed = n.kind == TLSNI_GN_OTHER || n.kind == TLSNI_GN_X400 ||
                       n.kind == TLSNI_GN_DIRECTORY || n.kind == TLSNI_GN_EDI;

    if (n.kind == TLSNI_GN_DIRECTORY)
        n.value = directory_name(e.body);
    if (n.kind > TLSNI_GN_REGISTERED_ID || (e.tag & 0xe0) != (constructed ? 0xa0 : 0x80) ||
        !sound(&n, constraint))
        tlsni_rd_fail(r);
    return n;
}

bool tlsni_general_names_sound(struct tlsn_span contents)
{
    struct tlsni_rd r = tlsni_rd_span(contents);

    do
        (void)tlsni_general_name_next(&r, false);
    while (r.p != r.end);
    return tlsni_rd_done(&r);
}
