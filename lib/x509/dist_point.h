/* dist_point.h - distribution points (RFC 5280 4.2.1.13): in certificates, which say where lists are,
 * and in lists, which say what they are for. */
#ifndef TLSNI_X509_DIST_POINT_H
#define TLSNI_X509_DIST_POINT_H

#include "x509/der.h"

/* ReasonFlags as bits: bit 0 is not used. */
enum { TLSNI_REASONS_ALL = 0x1fe };

/* DistributionPointName: names in full, or one RDN behind a name that is known from elsewhere. */
struct tlsni_point_name {
    struct tlsn_span full;     /* contents of GeneralNames, or empty */
    struct tlsn_span relative; /* contents of the RDN, or empty */
};

struct tlsni_dist_point {
    struct tlsni_point_name name; /* both empty: left out */
    uint16_t reasons;             /* TLSNI_REASONS_ALL when left out */
    struct tlsn_span issuer;      /* contents of GeneralNames, empty when left out */
};

/* The contents of `distributionPoint`, a CHOICE inside an explicit tag; the reader turns bad unless it
 * is sound. */
struct tlsni_point_name tlsni_point_name_read(struct tlsni_rd *r);
/* The next point of a CRLDistributionPoints; the reader turns bad when it is none. */
struct tlsni_dist_point tlsni_dist_point_next(struct tlsni_rd *r);
/* CRLDistributionPoints: one point at least. */
bool tlsni_dist_points_sound(struct tlsn_span value);
/* Is one of the names of a among those of b? A relative one counts behind its base (a whole Name). */
bool tlsni_point_names_meet(const struct tlsni_point_name *a, struct tlsn_span base_a,
                            const struct tlsni_point_name *b, struct tlsn_span base_b);
/* Is this Name among the names (contents of GeneralNames)? */
bool tlsni_general_names_have(struct tlsn_span names, struct tlsn_span name);
/* The first directory name among them (whole Name), or empty. */
struct tlsn_span tlsni_general_names_directory(struct tlsn_span names);

#endif
