/* version.h - protocol versions as rows of capabilities. Only version.c compares version numbers. */
#ifndef TLSNI_HANDSHAKE_VERSION_H
#define TLSNI_HANDSHAKE_VERSION_H

#include "cipher/prf.h"
#include "record/record.h"

struct tlsni_flow;
struct tlsni_hs;

struct tlsni_version {
    uint16_t number;
    const char *name, *title; /* "tls1.2", "TLS 1.2" */
    const struct tlsni_record_profile *record; /* NULL: the version is not implemented */
    tlsni_prf_fn *prf;
    const struct tlsni_flow *flow[2]; /* by enum tlsn_role, entered after the hellos are parsed */
    /* What the version's ServerHello means, once its version field has chosen this row. */
    tlsn_status (*server_hello)(struct tlsni_hs *hs, struct tlsn_span body);
    uint8_t verify_data_len; /* RFC 5246 7.4.9 */
    bool sigalgs;            /* signature algorithms are negotiated and named on the wire */
    const char *source;
};

/* All rows, oldest first. */
const struct tlsni_version *tlsni_version_rows(size_t *count);
/* NULL when not known. */
const struct tlsni_version *tlsni_version_find(uint16_t number);
/* The newest implemented version within [min, max] that is not above `offered`; NULL when none is. */
const struct tlsni_version *tlsni_version_select(uint16_t min, uint16_t max, uint16_t offered);
/* True when the two ranges share a version. */
bool tlsni_version_overlap(uint16_t min_a, uint16_t max_a, uint16_t min_b, uint16_t max_b);

#endif
