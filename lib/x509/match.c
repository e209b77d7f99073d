#include "x509/match.h"

#include "x509/general_name.h"

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

/* @rfc 9549:2.3/2, 9525:6.3/1, 9525:6.3/4 */
bool tlsni_ascii_equal(struct tlsn_span a, struct tlsn_span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    return true;
}

/* Labels of 1 to 63 bytes, none of them a blank, a control character or beyond ASCII.
 * @rfc 9525:2/3, 5280:4.2.1.6/3 */
static bool labels_sound(struct tlsn_span s)
{
    size_t label = 0;

    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] <= ' ' || s.data[i] >= 0x7f)
            return false;
        label = s.data[i] == '.' ? 0 : label + 1;
        if (label > 63 || (s.data[i] == '.' && (i == 0 || s.data[i - 1] == '.')))
            return false;
    }
    return label && s.len <= TLSNI_DNS_NAME_MAX;
}

static struct tlsn_span behind_first_label(struct tlsn_span s)
{
    const uint8_t *dot = s.len ? memchr(s.data, '.', s.len) : NULL;

    return dot ? tlsni_span_make(dot, (size_t)(s.data + s.len - dot)) : tlsni_span_make(NULL, 0);
}

/* A "*" anywhere but as the whole leftmost label is no wildcard and makes the name void
 * (@rfc 9525:6.3/8).
 * @rfc 9525:6.3/2, 9525:6.3/5, 9525:6.3/6, 9525:6.3/7, 9525:6.3/9 */
bool tlsni_dns_matches(struct tlsn_span presented, struct tlsn_span reference)
{
    struct tlsn_span tail = presented;
    bool wildcard = presented.len > 2 && presented.data[0] == '*' && presented.data[1] == '.';

    if (!labels_sound(presented) || !labels_sound(reference))
        return false;
    if (wildcard)
        tail = tlsni_span_make(presented.data + 1, presented.len - 1);
    if (memchr(tail.data, '*', tail.len))
        return false;
    if (!wildcard)
        return tlsni_ascii_equal(presented, reference);
    return tlsni_ascii_equal(tail, behind_first_label(reference));
}

/* @rfc 9525:6.2/1: the first identifier that matches decides.
 * @rfc 9525:2/1, 9525:2/2, 9525:6.6/1 */
tlsn_status tlsni_cert_matches(const struct tlsni_cert *cert, const char *name)
{
    struct tlsn_span text = tlsni_span_make(name, strlen(name));
    struct tlsni_reference ref;

    while (tlsni_reference_next(&text, &ref)) {
        struct tlsni_rd r = tlsni_rd_span(cert->san);

        while (r.p != r.end) {
            struct tlsni_general_name n = tlsni_general_name_next(&r, false);

            if (!r.bad && tlsni_reference_matches(&ref, &n))
                return TLSN_OK;
        }
    }
    return TLSN_ERR_CERT_NAME;
}

struct tlsn_span tlsni_attribute_dns(const struct tlsni_attribute *a, char *text)
{
    struct tlsni_rd r = tlsni_rd_span(a->value.body);
    size_t len = 0;

    for (;;) {
        int32_t c = tlsni_attribute_char(a->value.tag, &r);

        if (c == TLSNI_CHAR_END)
            return tlsni_span_make(text, len);
        if (c <= ' ' || c >= 0x7f || len == TLSNI_DNS_NAME_MAX)
            return tlsni_span_make(NULL, 0);
        text[len++] = (char)c;
    }
}

/* @rfc 6125:6.2.1/7, 6125:6.3/2, 6125:6.4.4/1, 6125:6.4.4/2 */
bool tlsni_cert_matches_common_name(const struct tlsni_cert *cert, const char *name)
{
    struct tlsn_span text = tlsni_span_make(name, strlen(name));
    char value[TLSNI_DNS_NAME_MAX];
    struct tlsni_reference ref;
    struct tlsni_attribute a;
    struct tlsn_span cn;

    if (cert->has & TLSNI_HAS_SAN || !tlsni_name_attribute(cert->subject, TLSNI_OID_CN, 0, &a))
        return false;
    cn = tlsni_attribute_dns(&a, value);
    while (tlsni_reference_next(&text, &ref))
        if (ref.kind == TLSNI_REF_DNS && tlsni_dns_matches(cn, ref.dns))
            return true;
    return false;
}
