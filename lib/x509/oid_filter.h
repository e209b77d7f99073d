/* oid_filter.h - what a server wants of a client's certificate beyond its issuer (RFC 8446 4.2.5): values of
 * certificate extensions. Known are key usage and extended key usage, others are passed over. */
#ifndef TLSNI_X509_OID_FILTER_H
#define TLSNI_X509_OID_FILTER_H

#include "base/bytes.h"
#include "x509/cert.h"

struct tlsni_oid_filter {
    struct tlsn_span oid;    /* whole TLV */
    struct tlsn_span values; /* DER of the extension's value; may be empty */
};

/* Takes one off the front of a list of them; false at its end, and for one that is cut off. */
bool tlsni_oid_filter_next(struct tlsn_span *rest, struct tlsni_oid_filter *out);
/* The list parses, names nothing twice, and what is known in it is sound: no anyExtendedKeyUsage. */
bool tlsni_oid_filters_sound(struct tlsn_span list);
/* A certificate has all that a sound list asks for. */
bool tlsni_oid_filters_match(struct tlsn_span list, const struct tlsni_cert *cert);

/* A filter as people write it (oid_filter_text.c) behind the others. TLSN_ERR_UNKNOWN_KEYWORD, TLSN_ERR_ARGUMENT for
 * what is too long. */
TLSN_MUST_USE tlsn_status tlsni_oid_filter_write_text(struct tlsni_wr *w, const char *text);
/* The way back, cut to fit; cap >= 1. */
void tlsni_oid_filter_text(char *out, size_t cap, const struct tlsni_oid_filter *filter);

#endif
