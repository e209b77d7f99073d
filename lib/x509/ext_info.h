/* ext_info.h - extensions that tell where more is to be found, or what else is known of a subject or
 * an issuer: readers for cert_ext.c. Except for what revocation needs they only check the form. */
#ifndef TLSNI_X509_EXT_INFO_H
#define TLSNI_X509_EXT_INFO_H

#include "x509/cert.h"

bool tlsni_ext_crl_points(struct tlsni_cert *cert, struct tlsn_span value);
bool tlsni_ext_freshest_crl(struct tlsni_cert *cert, struct tlsn_span value);
bool tlsni_ext_authority_info(struct tlsni_cert *cert, struct tlsn_span value);
bool tlsni_ext_subject_info(struct tlsni_cert *cert, struct tlsn_span value);
bool tlsni_ext_issuer_alt_name(struct tlsni_cert *cert, struct tlsn_span value);
bool tlsni_ext_subject_directory(struct tlsni_cert *cert, struct tlsn_span value);
bool tlsni_ext_tls_features(struct tlsni_cert *cert, struct tlsn_span value);
bool tlsni_ext_scts(struct tlsni_cert *cert, struct tlsn_span value);
bool tlsni_ext_ocsp_nocheck(struct tlsni_cert *cert, struct tlsn_span value);
bool tlsni_ext_no_revocation(struct tlsni_cert *cert, struct tlsn_span value);
bool tlsni_ext_delegation_usage(struct tlsni_cert *cert, struct tlsn_span value);

/* Says the certificate where its revocation is told, although it never is? For when all extensions were read. */
bool tlsni_ext_no_revocation_sound(const struct tlsni_cert *cert, struct tlsn_span extensions);

#endif
