/* crl.h - one certificate revocation list, parsed once to spans into its DER (RFC 5280 5).
 *
 * A list may have a million entries: each is read once when the list is parsed, which says whether all
 * of them are sound, and nothing is kept of them. */
#ifndef TLSNI_X509_CRL_H
#define TLSNI_X509_CRL_H

#include "base/error.h"
#include "cipher/pk.h"
#include "x509/dist_point.h"

/* issuingDistributionPoint (RFC 5280 5.2.5). */
struct tlsni_issuing_point {
    struct tlsn_span value; /* the whole extension's, empty when it is not there */
    struct tlsni_point_name name;
    bool only_user, only_ca, only_attribute, indirect;
    uint16_t reasons; /* TLSNI_REASONS_ALL when there is no limit */
};

/* All spans point into `der`, which has to outlive the struct. */
struct tlsni_crl {
    struct tlsn_span der, tbs, sig_algorithm, signature, issuer;
    struct tlsni_sig_params sig; /* key 0: not one that we verify */
    int64_t this_update, next_update; /* the latter INT64_MAX when it is not there */
    bool has_next;
    struct tlsn_span revoked; /* contents of the list of entries, possibly empty */
    size_t count;             /* of entries */
    struct tlsn_span aki;     /* key identifier, empty if not there */
    struct tlsn_span number;  /* cRLNumber, big-endian, empty if not there */
    struct tlsn_span base;    /* of a delta: BaseCRLNumber */
    struct tlsni_issuing_point point;
    struct tlsn_span freshest; /* value of freshestCRL, empty if not there */
    bool issuers;  /* some entries name their issuer */
    bool unusable; /* an unknown critical extension, of the list or of an entry */
};

struct tlsni_crl_entry {
    struct tlsn_span serial; /* contents of the INTEGER */
    int64_t since;
    uint8_t reason;          /* enum tlsn_reason */
    struct tlsn_span issuer; /* contents of certificateIssuer, empty if not there */
    bool extended;           /* it has extensions */
};

/* Strict DER. TLSN_ERR_CRL with a line in err that names the field. Allocates nothing. */
tlsn_status tlsni_crl_parse(struct tlsni_crl *crl, struct tlsn_span der, struct tlsni_err *err);
/* The next entry. The reader turns bad when it is none; *unknown_critical (may be NULL) turns true
 * when the entry has a critical extension that is not known. */
struct tlsni_crl_entry tlsni_crl_entry_next(struct tlsni_rd *r, bool *unknown_critical);
/* Compares two big-endian numbers without leading zeros. */
int tlsni_crl_number_compare(struct tlsn_span a, struct tlsn_span b);

#endif
