/* ocsp_response.h - an OCSP response, parsed to spans (RFC 6960 4.2). */
#ifndef TLSNI_X509_OCSP_RESPONSE_H
#define TLSNI_X509_OCSP_RESPONSE_H

#include "base/error.h"
#include "cipher/pk.h"
#include "x509/cert_id.h"

/* All spans point into the response's DER, which has to outlive the struct. */
struct tlsni_ocsp_response {
    struct tlsn_span data, signature; /* what is signed (whole TLV), and by what */
    struct tlsni_sig_params sig;      /* key 0: not one that we verify */
    struct tlsn_span certs;           /* contents of the list of certificates, possibly empty */
    struct tlsn_span name, key_hash;  /* of the responder: one of them is empty */
    int64_t produced_at;
    struct tlsn_span singles; /* contents of the list of single responses */
    struct tlsn_span nonce;   /* contents of its OCTET STRING, empty if not there */
    bool unusable;            /* an unknown critical extension */
};

struct tlsni_ocsp_single {
    struct tlsni_cert_id id;
    uint8_t status; /* enum tlsn_cert_status */
    uint8_t reason; /* enum tlsn_reason */
    int64_t since;  /* of a revocation */
    int64_t this_update, next_update; /* the latter INT64_MAX when it is not there */
    bool has_next;
    struct tlsn_span scts; /* value of the extension (RFC 6962 3.3), empty if not there */
    bool unusable;         /* an unknown critical extension */
};

/* Strict DER. TLSN_ERR_OCSP_RESPONSE with a line in err: damaged, of another type than basic, or with
 * another status than `successful` (the line says which). Every single response is read once. */
tlsn_status tlsni_ocsp_parse(struct tlsni_ocsp_response *out, struct tlsn_span der,
                             struct tlsni_err *err);
/* The next single response; the reader turns bad when it is none. */
struct tlsni_ocsp_single tlsni_ocsp_single_next(struct tlsni_rd *r);

#endif
