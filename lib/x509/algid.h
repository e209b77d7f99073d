/* algid.h - AlgorithmIdentifier (RFC 5280 4.1.1.2) of signatures and of keys, with the rules that
 * each algorithm has for its parameters. */
#ifndef TLSNI_X509_ALGID_H
#define TLSNI_X509_ALGID_H

#include "base/error.h"
#include "cipher/pk.h"
#include "x509/der.h"
#include "x509/oid.h"

/* What a signature's AlgorithmIdentifier (whole TLV) says; key is 0 when the algorithm is not known
 * or its parameters are not what its standard prescribes. */
struct tlsni_sig_params tlsni_algid_signature(struct tlsn_span whole);

/* What a key's AlgorithmIdentifier says. */
struct tlsni_key_algid {
    uint8_t type;   /* enum tlsni_key_type */
    uint16_t group; /* EC: the named curve */
    bool restricted;             /* RSASSA-PSS key with parameters (RFC 4055 3.3) */
    struct tlsni_sig_params pss; /* then: the least that its signatures have to meet */
    struct tlsni_dl_params dl;   /* DSA and DH */
};

/* TLSN_OK; TLSN_ERR_CERT_UNSUPPORTED for an algorithm or curve that is not known, TLSN_ERR_CERT_BAD
 * for parameters that are not allowed. */
tlsn_status tlsni_algid_key(struct tlsni_key_algid *out, struct tlsn_span whole,
                            struct tlsni_err *err);
/* Of a SubjectPublicKeyInfo (whole TLV). */
tlsn_status tlsni_spki_algorithm(struct tlsni_key_algid *out, struct tlsn_span spki,
                                 struct tlsni_err *err);
/* RFC 4055 3.3: does a signature with these parameters respect the key's own? */
bool tlsni_algid_pss_allowed(const struct tlsni_key_algid *key, const struct tlsni_sig_params *sig);

/* The named curve's group id, or 0. */
uint16_t tlsni_algid_curve(enum tlsni_oid oid);
enum tlsni_oid tlsni_algid_curve_oid(uint16_t group);
enum tlsni_oid tlsni_algid_hash_oid(uint8_t hash);
/* The signature algorithm's identifier for these parameters, or TLSNI_OID_UNKNOWN. */
enum tlsni_oid tlsni_algid_signature_oid(const struct tlsni_sig_params *params);

#endif
