/* match.h - does a certificate speak for a reference identity (RFC 9525 6)? */
#ifndef TLSNI_X509_MATCH_H
#define TLSNI_X509_MATCH_H

#include "x509/cert.h"
#include "x509/general_name.h"
#include "x509/name.h"

enum { TLSNI_DNS_NAME_MAX = 253 }; /* RFC 1034 3.1, without the trailing dot */

/* Kinds of identifiers (RFC 9525 2). */
enum tlsni_reference_kind {
    TLSNI_REF_VOID, /* no sound identifier: matches nothing */
    TLSNI_REF_DNS,
    TLSNI_REF_IP,
    TLSNI_REF_SRV,
    TLSNI_REF_URI,
};

/* A reference identity, taken apart once. */
struct tlsni_reference {
    enum tlsni_reference_kind kind;
    struct tlsn_span service; /* of SRV without its "_", or the URI's scheme; else empty */
    struct tlsn_span dns;     /* without the trailing dot; empty for an address */
    uint8_t ip[16];
    uint8_t ip_len; /* 4, 16, or 0 for a DNS name */
};

/* The next of a comma separated list of identities, any of which will do; false behind the last.
 * "DNS:name", "IP:address", "SRV:_service.name", "URI:scheme:host" or what a URI has there; without
 * such a prefix an address in text form, or else a DNS name. ASCII; the spans point into the text. */
bool tlsni_reference_next(struct tlsn_span *text, struct tlsni_reference *ref);
/* The first one of a text. */
struct tlsni_reference tlsni_reference_make(const char *name);
/* Whether one name of a subjectAltName is this identity. */
bool tlsni_reference_matches(const struct tlsni_reference *ref,
                             const struct tlsni_general_name *presented);
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
