#include "x509/dist_point.h"

#include "x509/der_write.h"
#include "x509/general_name.h"
#include "x509/name.h"

enum {
    NAMES_MAX = 32,   /* that are compared, of one point: hostile lists may have many thousands */
    NAME_ROOM = 2048, /* for a name in full from its relative form */
};

/* AttributeTypeAndValue at least once. */
static bool rdn_sound(struct tlsn_span contents)
{
    struct tlsni_rd r = tlsni_rd_span(contents);

    do
        (void)tlsni_attribute_next(&r);
    while (r.p != r.end);
    return tlsni_rd_done(&r);
}

struct tlsni_point_name tlsni_point_name_read(struct tlsni_rd *r)
{
    struct tlsni_point_name n = { { NULL, 0 }, { NULL, 0 } };
    struct tlsni_rd choice = tlsni_der_enter(r, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    bool full = tlsni_der_peek(&choice, TLSNI_DER_CONSTRUCTED_CONTEXT(0)), sound;

    if (full)
        n.full = tlsni_der_next(&choice).body;
    else
        n.relative = tlsni_der_get(&choice, TLSNI_DER_CONSTRUCTED_CONTEXT(1));
    sound = full ? tlsni_general_names_sound(n.full) : rdn_sound(n.relative);
    if (!tlsni_rd_done(&choice) || !sound)
        tlsni_rd_fail(r);
    return n;
}

/* A point that has reasons and nothing else is none.
 * @rfc 5280:4.2.1.13/3 */
struct tlsni_dist_point tlsni_dist_point_next(struct tlsni_rd *r)
{
    struct tlsni_dist_point p = { .reasons = TLSNI_REASONS_ALL };
    struct tlsni_rd point = tlsni_der_enter(r, TLSNI_DER_SEQUENCE);
    bool named = tlsni_der_peek(&point, TLSNI_DER_CONSTRUCTED_CONTEXT(0));

    if (named)
        p.name = tlsni_point_name_read(&point);
    if (tlsni_der_peek(&point, TLSNI_DER_CONTEXT(1)))
        p.reasons = tlsni_der_named_bits_as(&point, TLSNI_DER_CONTEXT(1)) & TLSNI_REASONS_ALL;
    if (tlsni_der_peek(&point, TLSNI_DER_CONSTRUCTED_CONTEXT(2))) {
        p.issuer = tlsni_der_next(&point).body;
        named = tlsni_general_names_sound(p.issuer);
    }
    if (!tlsni_rd_done(&point) || !named)
        tlsni_rd_fail(r);
    return p;
}

bool tlsni_dist_points_sound(struct tlsn_span value)
{
    struct tlsni_rd r = tlsni_der_open_span(value, TLSNI_DER_SEQUENCE);

    do
        (void)tlsni_dist_point_next(&r);
    while (r.p != r.end);
    return tlsni_rd_done(&r);
}

/* The name in full that a relative one stands for: base and one RDN more.
 * @rfc 5280:6.3.3/6 */
static struct tlsn_span in_full(struct tlsn_span base, struct tlsn_span relative,
                                uint8_t room[NAME_ROOM])
{
    struct tlsni_rd r = tlsni_der_open_span(base, TLSNI_DER_SEQUENCE);
    struct tlsni_wr w = tlsni_wr_make(room, NAME_ROOM);
    size_t mark = tlsni_dw_open(&w, TLSNI_DER_SEQUENCE);

    tlsni_wr_span(&w, tlsni_rd_rest(&r));
    tlsni_dw_put(&w, TLSNI_DER_SET, relative);
    tlsni_dw_close(&w, mark);
    return r.bad || w.bad ? tlsni_span_make(NULL, 0) : tlsni_span_make(room, w.len);
}

static bool same_name(const struct tlsni_general_name *a, const struct tlsni_general_name *b)
{
    if (a->kind != b->kind)
        return false;
    return a->kind == TLSNI_GN_DIRECTORY ? tlsni_name_equal(a->value, b->value)
                                         : tlsni_span_eq(a->value, b->value);
}

static bool among(struct tlsn_span names, const struct tlsni_general_name *wanted)
{
    struct tlsni_rd r = tlsni_rd_span(names);

    for (unsigned i = 0; i < NAMES_MAX && r.p != r.end; i++) {
        struct tlsni_general_name n = tlsni_general_name_next(&r, false);

        if (!r.bad && same_name(&n, wanted))
            return true;
    }
    return false;
}

bool tlsni_general_names_have(struct tlsn_span names, struct tlsn_span name)
{
    struct tlsni_general_name wanted = { TLSNI_GN_DIRECTORY, name };

    return name.len && among(names, &wanted);
}

struct tlsn_span tlsni_general_names_directory(struct tlsn_span names)
{
    struct tlsni_rd r = tlsni_rd_span(names);

    while (r.p != r.end) {
        struct tlsni_general_name n = tlsni_general_name_next(&r, false);

        if (!r.bad && n.kind == TLSNI_GN_DIRECTORY)
            return n.value;
    }
    return tlsni_span_make(NULL, 0);
}

static bool full_names_meet(struct tlsn_span a, struct tlsn_span b)
{
    struct tlsni_rd r = tlsni_rd_span(a);

    for (unsigned i = 0; i < NAMES_MAX && r.p != r.end; i++) {
        struct tlsni_general_name n = tlsni_general_name_next(&r, false);

        if (!r.bad && among(b, &n))
            return true;
    }
    return false;
}

bool tlsni_point_names_meet(const struct tlsni_point_name *a, struct tlsn_span base_a,
                            const struct tlsni_point_name *b, struct tlsn_span base_b)
{
    uint8_t room_a[NAME_ROOM], room_b[NAME_ROOM];

    if (a->full.len && b->full.len)
        return full_names_meet(a->full, b->full);
    if (a->full.len)
        return tlsni_general_names_have(a->full, in_full(base_b, b->relative, room_b));
    if (b->full.len)
        return tlsni_general_names_have(b->full, in_full(base_a, a->relative, room_a));
    return tlsni_name_equal(in_full(base_a, a->relative, room_a),
                            in_full(base_b, b->relative, room_b));
}
