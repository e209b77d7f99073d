/* match.h - does a certificate speak for a reference identity (RFC 9525 6)? */
#ifndef TLSNI_X509_MATCH_H
#define TLSNI_X509_MATCH_H

#include "x509/cert.h"
#include "x509/name.h"

enum { TLSNI_DNS_NAME_MAX = 253 }; /* RFC 1034 3.1, without the trailing dot */

/* A reference identity, taken apart once. */
struct tlsni_reference {
    struct tlsn_span dns; /* without the trailing dot; empty for an address */
    uint8_t ip[16];
    uint8_t ip_len; /* 4, 16, or 0 for a DNS name */
};

/* An address in text form, or else a DNS name. The spans point into name. */
struct tlsni_reference tlsni_reference_make(const char *name);
/* One presented DNS-ID: a whole label "*" at the left stands for exactly one label (RFC 9525
 * 6.3). */
bool tlsni_dns_matches(struct tlsn_span presented, struct tlsn_span reference);
/* The subject's common name as a DNS-ID: insecure, and only for certificates without
 * subjectAltName. */
bool tlsni_cert_matches_common_name(const struct tlsni_cert *cert, const char *name);

/* An attribute's value, of whatever string type, as printable ASCII in `text` (room for
 * TLSNI_DNS_NAME_MAX); empty when it is none or too long for a DNS name. */
struct tlsn_span tlsni_attribute_dns(const struct tlsni_attribute *a, char *text);

/* ASCII without regard to case. */
bool tlsni_ascii_equal(struct tlsn_span a, struct tlsn_span b);

#endif
