/* pkcs11_uri.h - what parsing and comparing PKCS#11 URIs (RFC 7512) share: the parts, the pairs in them and the
 * table of the attributes that have a name. */
#ifndef TLSNI_PKCS11_URI_H
#define TLSNI_PKCS11_URI_H

#include <tls-native/pkcs11.h>

#include <stddef.h>

enum tlsni_uri_part { TLSNI_URI_PATH, TLSNI_URI_QUERY, TLSNI_URI_PARTS };

enum tlsni_uri_kind {
    TLSNI_URI_TEXT,    /* UTF-8 */
    TLSNI_URI_BINARY,
    TLSNI_URI_VERSION, /* M or M.N */
    TLSNI_URI_NUMBER,
    TLSNI_URI_FILE,    /* a text that is an absolute path, or that may be a URI of one */
};

struct tlsni_uri_attribute {
    const char *name;
    enum tlsn_pkcs11_attribute number; /* its place in the table */
    enum tlsni_uri_part part;
    enum tlsni_uri_kind kind;
    size_t offset; /* of the field in struct tlsn_pkcs11_uri */
    size_t max;    /* octets of the value; PKCS#11's fields have fixed lengths */
};

/* NULL: none of this name in this part. */
const struct tlsni_uri_attribute *tlsni_uri_attribute(struct tlsn_span name,
                                                      enum tlsni_uri_part part);
/* Behind the scheme; an absent query is empty. False: another scheme. */
bool tlsni_uri_split(struct tlsn_span part[TLSNI_URI_PARTS], const char *text);

struct tlsni_uri_pair {
    struct tlsn_span name, value; /* as they stand there */
};

/* The next pair of a part; false behind the last. Without '=' the name's data is NULL. */
bool tlsni_uri_next(struct tlsn_span *rest, enum tlsni_uri_part part, struct tlsni_uri_pair *out);
/* Percent-decodes the path of a URI, with nothing that a path does not have; false: it is none. */
bool tlsni_uri_decode_path(char out[TLSN_PKCS11_TEXT_MAX], const char *path);
/* A number of decimal digits alone, up to max; -1 for anything else. */
int64_t tlsni_uri_number(struct tlsn_span s, int64_t max);
/* "M" or "M.N", each in one octet; N is 0 when it is not there. */
bool tlsni_uri_version(struct tlsn_span s, int *major, int *minor);

#endif
