/* write_crl.c - certificate revocation lists (RFC 5280 5). */
#include "base/env.h"
#include "base/mem.h"
#include "x509/der.h"
#include "x509/write.h"

enum { DEFAULT_DAYS = 30, HEAD_ROOM = 8192, ENTRY_ROOM = 128, LEN_ROOM = 8 };

struct list {
    const struct tlsn_crl_spec *spec;
    const struct tlsni_privkey *key;
    const struct tlsn_hooks *env;
    struct tlsni_cert issuer;
    struct tlsni_sig_params scheme;
    int64_t this_update, next_update;
};

/* ---- entries ---- */

/* RFC 5280 5.3.1: an ENUMERATED; "unspecified" is better left out.
 * @rfc 5280:5.3.1/1, 5280:5.3.1/2 */
static void write_reason(struct tlsni_wr *w, enum tlsn_reason reason)
{
    const uint8_t value = (uint8_t)reason;
    struct tlsni_ext_mark m;

    if (reason == TLSN_REASON_UNSPECIFIED)
        return;
    m = tlsni_write_ext_open(w, TLSNI_OID_CRL_REASON, false);
    tlsni_dw_put(w, TLSNI_DER_ENUMERATED, tlsni_span_make(&value, 1));
    tlsni_write_ext_close(w, m);
}

/* @rfc 5280:5.3.2/1 */
static void write_invalid_since(struct tlsni_wr *w, int64_t t)
{
    struct tlsni_ext_mark m;

    if (!t)
        return;
    m = tlsni_write_ext_open(w, TLSNI_OID_INVALIDITY_DATE, false);
    tlsni_dw_generalized_time(w, t);
    tlsni_write_ext_close(w, m);
}

/* @rfc 5280:5.3.3/1 */
static tlsn_status write_entry_issuer(struct tlsni_wr *w, struct tlsn_span der)
{
    struct tlsni_ext_mark m;
    struct tlsni_cert cert;
    size_t list;
    tlsn_status st;

    if (!der.len)
        return TLSN_OK;
    st = tlsni_cert_parse(&cert, der, NULL);
    m = tlsni_write_ext_open(w, TLSNI_OID_CERTIFICATE_ISSUER, true);
    list = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_put(w, TLSNI_DER_CONSTRUCTED_CONTEXT(4), cert.subject);
    tlsni_dw_close(w, list);
    tlsni_write_ext_close(w, m);
    return st;
}

/* @rfc 5280:5.2.5/4 */
static bool entry_sound(const struct list *l, const struct tlsn_revoked *r)
{
    return r->serial.len && (unsigned)r->reason <= TLSN_REASON_AA_COMPROMISE && r->reason != 7 &&
           (r->reason != TLSN_REASON_REMOVE_FROM_CRL || l->spec->delta) &&
           (!r->issuer.len || l->spec->indirect);
}

/* @rfc 5280:5.1.2.6/1, 5280:5.3.1/3 */
static tlsn_status write_entry(struct tlsni_wr *w, const struct list *l,
                               const struct tlsn_revoked *r)
{
    size_t all, extensions;
    tlsn_status st = TLSN_OK;

    if (!entry_sound(l, r))
        return TLSN_ERR_ARGUMENT;
    all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_unsigned(w, r->serial);
    tlsni_dw_time(w, r->since ? r->since : l->this_update);
    if (r->reason || r->invalid_since || r->issuer.len) {
        extensions = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
        write_reason(w, r->reason);
        write_invalid_since(w, r->invalid_since);
        st = write_entry_issuer(w, r->issuer);
        tlsni_dw_close(w, extensions);
    }
    tlsni_dw_close(w, all);
    return st;
}

/* The list of entries is left out when there are none.
 * @rfc 5280:5.1.2.6/2 */
static tlsn_status write_entries(struct tlsni_wr *w, const struct list *l)
{
    size_t mark;
    tlsn_status st = TLSN_OK;

    if (!l->spec->revoked_count)
        return TLSN_OK;
    mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    for (size_t i = 0; st == TLSN_OK && i < l->spec->revoked_count; i++)
        st = write_entry(w, l, &l->spec->revoked[i]);
    tlsni_dw_close(w, mark);
    return st;
}

/* ---- extensions ---- */

/* Eight octets of number are enough for anybody.
 * @rfc 5280:5.2.3/1, 5280:5.2.3/3, 5280:5.2.4/1 */
static void write_number(struct tlsni_wr *w, enum tlsni_oid oid, bool critical, uint64_t number)
{
    struct tlsni_ext_mark m = tlsni_write_ext_open(w, oid, critical);
    uint8_t bytes[8];
    struct tlsni_wr n = tlsni_wr_make(bytes, sizeof bytes);

    tlsni_wr_u64(&n, number);
    tlsni_dw_unsigned(w, tlsni_span_make(bytes, n.len));
    tlsni_write_ext_close(w, m);
}

static void write_flag(struct tlsni_wr *w, uint8_t tag, bool on)
{
    static const uint8_t yes = 0xff;

    if (on)
        tlsni_dw_put(w, tag, tlsni_span_make(&yes, 1));
}

/* ReasonFlags (RFC 5280 4.2.1.13) have other numbers than reasons: bit 0 is not used, and the two
 * last reasons stand behind hold. */
static void write_reason_flags(struct tlsni_wr *w, unsigned reasons)
{
    uint8_t contents[3] = { 0, 0, 0 };
    unsigned flags = (reasons & 0x7e) | (reasons >> 2 & 0x180);

    for (unsigned i = 0; i < 9; i++)
        if (flags >> i & 1)
            contents[1 + i / 8] = (uint8_t)(contents[1 + i / 8] | 0x80 >> i % 8);
    contents[0] = contents[2] ? 7 : 0;
    while (!contents[2] && contents[1] && !(contents[1] >> contents[0] & 1))
        contents[0]++;
    tlsni_dw_put(w, TLSNI_DER_CONTEXT(3), tlsni_span_make(contents, contents[2] ? 3 : 2));
}

/* @rfc 5280:5.2.5/1 */
static void write_issuing_point(struct tlsni_wr *w, const struct tlsn_crl_spec *spec)
{
    struct tlsni_ext_mark m = tlsni_write_ext_open(w, TLSNI_OID_ISSUING_POINT, true);
    size_t all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), name, full;

    if (spec->point_url) {
        name = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
        full = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
        if (!tlsni_write_url(w, spec->point_url))
            w->bad = true;
        tlsni_dw_close(w, full);
        tlsni_dw_close(w, name);
    }
    write_flag(w, TLSNI_DER_CONTEXT(1), spec->only_user_certs);
    write_flag(w, TLSNI_DER_CONTEXT(2), spec->only_ca_certs);
    if (spec->only_reasons)
        write_reason_flags(w, spec->only_reasons);
    write_flag(w, TLSNI_DER_CONTEXT(4), spec->indirect);
    tlsni_dw_close(w, all);
    tlsni_write_ext_close(w, m);
}

/* @rfc 5280:5.1.2/1, 5280:5.2/3, 5280:5.2.1/1 */
static void write_extensions(struct tlsni_wr *w, const struct list *l)
{
    const struct tlsn_crl_spec *spec = l->spec;
    size_t outer = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    size_t inner = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    uint8_t id[20];

    tlsni_write_authority_key_id(w, tlsni_write_issuer_id(id, &l->issuer));
    write_number(w, TLSNI_OID_CRL_NUMBER, false, spec->number);
    if (spec->delta)
        write_number(w, TLSNI_OID_DELTA_CRL, true, spec->base_number);
    if (spec->point_url || spec->only_user_certs || spec->only_ca_certs || spec->indirect ||
        spec->only_reasons)
        write_issuing_point(w, spec);
    if (spec->freshest_url)
        tlsni_write_points(w, TLSNI_OID_FRESHEST_CRL, spec->freshest_url);
    tlsni_dw_close(w, inner);
    tlsni_dw_close(w, outer);
}

/* ---- TBSCertList ---- */

/* @rfc 5280:5.1.2.1/1, 5280:5.1.2.2/1, 5280:5.1.2.3/1, 5280:5.1.2.4/1, 5280:5.1.2.5/1 */
static tlsn_status write_tbs(struct tlsni_wr *w, const struct list *l)
{
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsn_status st;

    tlsni_dw_small(w, 1);
    tlsni_write_signature_algorithm(w, &l->scheme);
    tlsni_wr_span(w, l->issuer.subject);
    tlsni_dw_time(w, l->this_update);
    tlsni_dw_time(w, l->next_update);
    st = write_entries(w, l);
    write_extensions(w, l);
    tlsni_dw_close(w, mark);
    return st == TLSN_OK && w->bad ? TLSN_ERR_ARGUMENT : st;
}

static size_t room_for(const struct list *l)
{
    const struct tlsn_crl_spec *spec = l->spec;
    size_t room = HEAD_ROOM + l->issuer.subject.len;

    room += spec->point_url ? strlen(spec->point_url) + LEN_ROOM : 0;
    room += spec->freshest_url ? strlen(spec->freshest_url) + LEN_ROOM : 0;
    for (size_t i = 0; i < spec->revoked_count; i++)
        room += ENTRY_ROOM + spec->revoked[i].serial.len + spec->revoked[i].issuer.len;
    return room;
}

/* An authority without subject cannot name itself as the list's issuer, and only a single part of the
 * certificates may be left out.
 * @rfc 5280:5.1.2.3/2, 5280:5.2.5/2, 5280:5.2.6/2 */
static bool spec_sound(const struct list *l)
{
    return l->issuer.subject.len > 2 && l->next_update >= l->this_update &&
           !(l->spec->only_user_certs && l->spec->only_ca_certs) &&
           (!l->spec->delta || l->spec->base_number <= l->spec->number) &&
           !(l->spec->delta && l->spec->freshest_url) && !(l->spec->only_reasons & ~0x67eU);
}

static tlsn_status write_list(const struct list *l, uint8_t *out, size_t cap, size_t *len)
{
    size_t room = room_for(l);
    uint8_t *work = tlsni_alloc(l->env, room);
    struct tlsni_wr tbs = tlsni_wr_make(work, work ? room : 0);
    tlsn_status st;

    if (!work)
        return TLSN_ERR_NO_MEMORY;
    st = write_tbs(&tbs, l);
    if (st == TLSN_OK)
        st = tlsni_write_signed_out(tlsni_span_make(work, tbs.len), l->key, l->env, &l->scheme, out,
                                    cap, len);
    tlsni_free(l->env, work);
    return st;
}

tlsn_status tlsn_crl_write(const struct tlsn_crl_spec *spec, struct tlsn_span issuer_cert,
                           const tlsn_key *issuer_key, const struct tlsn_hooks *hooks, uint8_t *out,
                           size_t cap, size_t *len)
{
    struct list l = { .spec = spec, .env = hooks };
    tlsn_status st;

    *len = 0;
    if (!spec || !issuer_key || (!out && cap) || (spec->revoked_count && !spec->revoked))
        return TLSN_ERR_ARGUMENT;
    l.key = issuer_key->key;
    l.this_update = spec->this_update ? spec->this_update : tlsni_now_s(hooks);
    l.next_update = spec->next_update ? spec->next_update
                                      : l.this_update + (int64_t)DEFAULT_DAYS * 86400;
    st = tlsni_write_parse_issuer(&l.issuer, issuer_cert, l.key, hooks);
    if (st == TLSN_OK)
        st = tlsni_write_scheme(tlsni_privkey_public(l.key), spec->signature, &l.scheme);
    if (st == TLSN_OK && !spec_sound(&l))
        st = TLSN_ERR_ARGUMENT;
    return st == TLSN_OK ? write_list(&l, out, cap, len) : st;
}
