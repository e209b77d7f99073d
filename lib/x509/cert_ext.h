/* cert_ext.h - the extensions of a certificate (RFC 5280 4.2). */
#ifndef TLSNI_X509_CERT_EXT_H
#define TLSNI_X509_CERT_EXT_H

#include "x509/cert.h"
#include "x509/der.h"

/* Reads the contents of the Extensions SEQUENCE into cert. */
tlsn_status tlsni_cert_extensions(struct tlsni_cert *cert, struct tlsn_span contents,
                                  struct tlsni_err *err);

/* Single values, for tests: true when sound. */
bool tlsni_ext_name_constraints_sound(struct tlsn_span value);
bool tlsni_ext_authority_key_id(struct tlsni_cert *cert, struct tlsn_span value);
bool tlsni_ext_subject_alt_name(struct tlsni_cert *cert, struct tlsn_span value);

#endif
