/* path.h - certification paths, and what is found about one. search.h looks for a good one. */
#ifndef TLSNI_X509_PATH_H
#define TLSNI_X509_PATH_H

#include "x509/policies.h"
#include "x509/trust.h"

enum {
    TLSNI_PATH_MAX = 24,     /* certificates in a path, leaf and anchor included */
    TLSNI_FINDINGS_MAX = 48, /* kept of one path */
};

/* What can be wrong; the rows are in finding.c. */
enum tlsni_why {
    TLSNI_WHY_NONE = 0,
    TLSNI_WHY_LIMIT,
    TLSNI_WHY_DISTRUSTED,
    TLSNI_WHY_NO_ISSUER,
    TLSNI_WHY_SELF_SIGNED,
    TLSNI_WHY_SIGNATURE,
    TLSNI_WHY_ALGORITHM,
    TLSNI_WHY_ISSUER_KEY,
    TLSNI_WHY_NAMELESS,
    TLSNI_WHY_NOT_CA,
    TLSNI_WHY_NO_CERT_SIGN,
    TLSNI_WHY_PATH_LENGTH,
    TLSNI_WHY_CRITICAL,
    TLSNI_WHY_CONSTRAINT,
    TLSNI_WHY_POLICY,
    TLSNI_WHY_POLICY_DAMAGED,
    TLSNI_WHY_POLICY_LIMIT,
    TLSNI_WHY_CONSTRAINT_LIMIT,
    TLSNI_WHY_REVOKED,
    TLSNI_WHY_ON_HOLD,
    TLSNI_WHY_STATUS_LIMIT,
    TLSNI_WHY_STAPLE,
    TLSNI_WHY_NO_STAPLE,
    TLSNI_WHY_FEATURES,
    TLSNI_WHY_KEY_USAGE,
    TLSNI_WHY_PURPOSE,
    TLSNI_WHY_LEAF_KEY,
    TLSNI_WHY_WEAK_HASH,
    TLSNI_WHY_SUITE_B,
    TLSNI_WHY_DSA,
    TLSNI_WHY_WEAK_KEY,
    TLSNI_WHY_PIN,
    TLSNI_WHY_EXPIRED,
    TLSNI_WHY_NOT_YET_VALID,
    TLSNI_WHY_NAME,
    TLSNI_WHY_STATUS_UNKNOWN,
    TLSNI_WHY_LOGS,
    TLSNI_WHY_COUNT
};

struct tlsni_why_row {
    enum tlsni_why why; /* the order of the rows is their weight, the heaviest first */
    tlsn_status status;
    const char *text, *source;
};

const struct tlsni_why_row *tlsni_why_row(enum tlsni_why why);

struct tlsni_path_finding {
    uint8_t depth, why;
};

struct tlsni_path {
    const struct tlsni_cert *certs[TLSNI_PATH_MAX]; /* borrowed, leaf first */
    struct tlsni_path_finding findings[TLSNI_FINDINGS_MAX];
    uint8_t len, count;
    bool anchored; /* the last certificate is a trust anchor */
    uint32_t status_missing; /* by bits: nothing says whether it is revoked */
};

void tlsni_path_note(struct tlsni_path *path, unsigned depth, enum tlsni_why why);
/* The heaviest finding, or TLSNI_WHY_NONE. */
enum tlsni_why tlsni_path_worst(const struct tlsni_path *path);
/* One line about a finding: the certificate's subject and what is wrong, with the value that
 * matters. */
void tlsni_path_text(char *out, size_t cap, const struct tlsni_path *path,
                     const struct tlsni_path_finding *f);

/* What would help a verdict and is not there. Of very many only the first are kept. */
enum { TLSNI_LACKS_MAX = 16 };
struct tlsni_lack {
    const struct tlsni_cert *cert, *issuer; /* issuer: whose list or responder is wanted, or NULL */
    uint8_t kind;                           /* enum tlsn_missing_kind */
};
struct tlsni_lacks {
    struct tlsni_lack list[TLSNI_LACKS_MAX];
    unsigned count;
};

struct tlsni_pool;       /* x509/pool.h */
struct tlsni_revocation; /* x509/revoke.h */

/* The options with their defaults filled in, and what else a verdict depends on.
 * @rfc 5280:6.1.1/1 */
struct tlsni_judge {
    int64_t time;
    const char *name;
    const tlsn_trust *trust;
    const struct tlsni_buf *pins;
    enum tlsn_purpose purpose;
    unsigned max_depth, max_signatures, min_rsa_bits, min_ec_bits, min_dsa_bits, suite_b;
    bool allow_sha1, allow_md5, allow_partial, common_name, plain_anchors;
    bool exact_pss;
    struct tlsni_policy_settings policy; /* its span is borrowed */
    struct tlsn_span constraints;        /* NameConstraints of the caller, empty: none; borrowed */
    const struct tlsn_hooks *env;
    uint32_t name_budget, policy_budget; /* work left for name constraints and for policies */
    struct tlsni_lacks lacks;
    bool no_memory;                      /* the verdict is void */
    const struct tlsni_pool *pool;       /* borrowed; what the search chooses from */
    struct tlsni_revocation *revocation; /* borrowed; NULL: not looked at */
    bool leaf_asked, leaf_named;         /* whether the leaf has the name that is wanted */
    bool leaf_key_bad;
};

/* What is wrong with a certificate as an issuer, whatever the path: a cheap look before its
 * signature work. anchor: it is trusted by itself. */
bool tlsni_judge_issuer_sound(const struct tlsni_judge *j, const struct tlsni_cert *cert,
                              bool anchor);
/* Signatures with this hash are not accepted. */
bool tlsni_judge_weak_hash(const struct tlsni_judge *j, uint8_t hash);
/* What is wrong with a certificate's key: its size or its kind; or TLSNI_WHY_NONE. */
enum tlsni_why tlsni_judge_key(const struct tlsni_judge *j, const struct tlsni_cert *cert);
void tlsni_judge_lacks(struct tlsni_judge *j, enum tlsn_missing_kind kind,
                       const struct tlsni_cert *cert, const struct tlsni_cert *issuer);
/* Notes everything wrong with a path but signatures, which the search has checked. */
void tlsni_judge_path(struct tlsni_judge *j, struct tlsni_path *path);
/* The policies of an anchored path. The statuses of tlsni_policies_check. */
tlsn_status tlsni_judge_policies(struct tlsni_policy_result *result, const struct tlsni_judge *j,
                                 const struct tlsni_path *path, uint32_t *budget);

#endif
