/* name.h - distinguished names (RFC 5280 4.1.2.4): form and comparison (7.1).
 * Their text is in name_text.h. */
#ifndef TLSNI_X509_NAME_H
#define TLSNI_X509_NAME_H

#include "x509/der.h"
#include "x509/oid.h"

/* All spans called name are the whole RDNSequence with tag and length. */

/* SEQUENCE OF SET OF SEQUENCE { type OBJECT IDENTIFIER, value ANY }, no SET empty. */
bool tlsni_name_sound(struct tlsn_span name);
bool tlsni_name_empty(struct tlsn_span name);
/* RFC 5280 7.1: character strings compare without regard to their type, case, normal form, and
 * leading, trailing and repeated spaces (stringprep.h); other values by their bytes. Names that are not
 * sound equal only themselves. */
bool tlsni_name_equal(struct tlsn_span a, struct tlsn_span b);
/* Equal names have equal hashes. */
uint64_t tlsni_name_hash(struct tlsn_span name);
/* Is name in the subtree of base: does it begin with all of base's RDNs (RFC 5280 4.2.1.10)? */
bool tlsni_name_within(struct tlsn_span name, struct tlsn_span base);
/* The same for a subtree that shuts out: characters that are prohibited, with which strings have no relation
 * (RFC 4518 2.4), count as they are. */
bool tlsni_name_perhaps_within(struct tlsn_span name, struct tlsn_span base);
/* By how much more its comparison costs than its bytes, >= 1: attributes of the widest RDN, and a factor where
 * strings are not plain ASCII. */
size_t tlsni_name_weight(struct tlsn_span name);

/* One attribute of a name. */
struct tlsni_attribute {
    struct tlsn_span type; /* contents of the OBJECT IDENTIFIER */
    struct tlsni_der value;
};

/* One AttributeTypeAndValue from a reader inside a SET. */
struct tlsni_attribute tlsni_attribute_next(struct tlsni_rd *set);
/* The i-th attribute of this type; false when there is none. */
bool tlsni_name_attribute(struct tlsn_span name, enum tlsni_oid type, size_t i,
                          struct tlsni_attribute *out);

/* The next character of a string value as a code point; TLSNI_CHAR_END at its end, TLSNI_CHAR_BAD
 * for a value that is no character string or does not decode. */
enum { TLSNI_CHAR_END = -1, TLSNI_CHAR_BAD = -2 };
int32_t tlsni_attribute_char(uint8_t tag, struct tlsni_rd *r);
/* Is all of it UTF-8? */
bool tlsni_is_utf8(struct tlsn_span text);
/* A code point up to 10ffff in UTF-8; how many bytes. */
size_t tlsni_utf8_put(uint8_t out[4], uint32_t c);

#endif
