/* finding.c - THE table of what can be wrong with a path, the heaviest first, and how it is
 * told. */
#include <stdio.h>
#include <time.h>

#include "x509/name_text.h"
#include "x509/oid.h"
#include "x509/path.h"
#include "x509/spki.h"

/* What says that there is no chain at all comes before what is wrong with one; then what no clock
 * or reference name could mend; dates and the name last, where people look first for a mistake.
 * @rfc 9525:6.6/2 */
static const struct tlsni_why_row rows[] = {
    { TLSNI_WHY_NONE, TLSN_OK, "in order", "" },
    { TLSNI_WHY_LIMIT, TLSN_ERR_CERT_LIMIT, "the search for a path gave up at its limit", "" },
    { TLSNI_WHY_DISTRUSTED, TLSN_ERR_CERT_DISTRUSTED, "on the list of what is not trusted", "" },
    { TLSNI_WHY_NO_ISSUER, TLSN_ERR_CERT_UNKNOWN_CA, "no trusted issuer is known", "RFC 5280 6.1" },
    { TLSNI_WHY_SELF_SIGNED, TLSN_ERR_CERT_UNKNOWN_CA, "self-signed, and not a trust anchor",
      "RFC 5280 6.1" },
    { TLSNI_WHY_SIGNATURE, TLSN_ERR_CERT_SIGNATURE, "the signature does not verify",
      "RFC 5280 6.1.3 a 1" },
    { TLSNI_WHY_ALGORITHM, TLSN_ERR_CERT_UNSUPPORTED, "signed with an unsupported algorithm",
      "RFC 5280 6.1.3 a 1" },
    { TLSNI_WHY_ISSUER_KEY, TLSN_ERR_CERT_UNSUPPORTED, "the issuer's public key is unusable",
      "RFC 5280 6.1.4 d" },
    { TLSNI_WHY_NAMELESS, TLSN_ERR_CERT_BAD, "its issuer has no name", "RFC 5280 4.1.2.4" },
    { TLSNI_WHY_NOT_CA, TLSN_ERR_CERT_NOT_CA, "not a certification authority",
      "RFC 5280 6.1.4 k" },
    { TLSNI_WHY_NO_CERT_SIGN, TLSN_ERR_CERT_KEY_USAGE, "key usage without keyCertSign",
      "RFC 5280 6.1.4 n" },
    { TLSNI_WHY_PATH_LENGTH, TLSN_ERR_CERT_PATH_LENGTH, "more authorities below than allowed",
      "RFC 5280 6.1.4 l" },
    { TLSNI_WHY_CRITICAL, TLSN_ERR_CERT_CRITICAL, "unknown critical extension",
      "RFC 5280 6.1.4 o" },
    { TLSNI_WHY_CONSTRAINT, TLSN_ERR_CERT_NAME_CONSTRAINT, "a name its issuer may not vouch for",
      "RFC 5280 6.1.3 b" },
    { TLSNI_WHY_POLICY, TLSN_ERR_CERT_POLICY, "no acceptable policy is valid for the path",
      "RFC 5280 6.1.5 g" },
    { TLSNI_WHY_POLICY_DAMAGED, TLSN_ERR_CERT_POLICY, "a policy comes twice, or anyPolicy is mapped",
      "RFC 5280 4.2.1.4, 6.1.4 a" },
    { TLSNI_WHY_POLICY_LIMIT, TLSN_ERR_CERT_LIMIT, "too many policies", "RFC 9618 4" },
    { TLSNI_WHY_CONSTRAINT_LIMIT, TLSN_ERR_CERT_LIMIT, "too many names and name constraints", "" },
    { TLSNI_WHY_REVOKED, TLSN_ERR_CERT_REVOKED, "revoked", "RFC 5280 6.1.3 a 3" },
    { TLSNI_WHY_ON_HOLD, TLSN_ERR_CERT_REVOKED, "revoked for a while (on hold)",
      "RFC 5280 5.3.1" },
    { TLSNI_WHY_STATUS_LIMIT, TLSN_ERR_CERT_LIMIT, "too much evidence about revocation", "" },
    { TLSNI_WHY_STAPLE, TLSN_ERR_OCSP_RESPONSE, "the OCSP response that came along settles nothing",
      "RFC 6066 8" },
    { TLSNI_WHY_NO_STAPLE, TLSN_ERR_OCSP_RESPONSE, "the OCSP response that it promises did not come",
      "RFC 7633 4.2.2" },
    { TLSNI_WHY_FEATURES, TLSN_ERR_CERT_BAD, "without the TLS features of its issuer",
      "RFC 7633 4.2.2" },
    { TLSNI_WHY_KEY_USAGE, TLSN_ERR_CERT_KEY_USAGE, "key usage does not allow TLS",
      "RFC 5280 4.2.1.3" },
    { TLSNI_WHY_PURPOSE, TLSN_ERR_CERT_PURPOSE, "extended key usage does not allow this purpose",
      "RFC 5280 4.2.1.12" },
    { TLSNI_WHY_LEAF_KEY, TLSN_ERR_CERT_UNSUPPORTED, "its public key is unusable",
      "RFC 5280 6.1.5 c" },
    { TLSNI_WHY_WEAK_HASH, TLSN_ERR_CERT_WEAK, "signed with a weak hash", "RFC 9155" },
    { TLSNI_WHY_SUITE_B, TLSN_ERR_CERT_WEAK, "not of the Suite B profile", "RFC 6460 4.2" },
    { TLSNI_WHY_DSA, TLSN_ERR_CERT_WEAK, "a DSA key, which is not accepted", "RFC 9325 4.5" },
    { TLSNI_WHY_WEAK_KEY, TLSN_ERR_CERT_WEAK, "the key is too short", "RFC 9325 4.5" },
    { TLSNI_WHY_PIN, TLSN_ERR_CERT_PIN, "no certificate of its path is pinned", "RFC 7469 2.6" },
    { TLSNI_WHY_EXPIRED, TLSN_ERR_CERT_EXPIRED, "expired", "RFC 5280 6.1.3 a 2" },
    { TLSNI_WHY_NOT_YET_VALID, TLSN_ERR_CERT_NOT_YET_VALID, "not yet valid", "RFC 5280 6.1.3 a 2" },
    { TLSNI_WHY_NAME, TLSN_ERR_CERT_NAME, "issued for another name", "RFC 9525 6" },
    { TLSNI_WHY_STATUS_UNKNOWN, TLSN_ERR_CERT_STATUS_UNKNOWN, "nothing says whether it is revoked",
      "RFC 5280 6.3.3" },
    { TLSNI_WHY_LOGS, TLSN_ERR_CERT_TRANSPARENCY, "too few certificate logs know it",
      "RFC 6962 5.2" },
};

const struct tlsni_why_row *tlsni_why_row(enum tlsni_why why)
{
    return &rows[why];
}

/* Where the next finding goes; when there is no room, in the place of the lightest one. */
static struct tlsni_path_finding *place_for(struct tlsni_path *path, enum tlsni_why why)
{
    struct tlsni_path_finding *lightest = path->findings;

    if (path->count < TLSNI_FINDINGS_MAX)
        return &path->findings[path->count++];
    for (unsigned i = 1; i < path->count; i++)
        if (path->findings[i].why > lightest->why)
            lightest = &path->findings[i];
    return lightest->why > why ? lightest : NULL;
}

void tlsni_path_note(struct tlsni_path *path, unsigned depth, enum tlsni_why why)
{
    struct tlsni_path_finding *f = place_for(path, why);

    if (!f)
        return;
    f->depth = (uint8_t)depth;
    f->why = (uint8_t)why;
}

enum tlsni_why tlsni_path_worst(const struct tlsni_path *path)
{
    unsigned worst = TLSNI_WHY_NONE;

    for (unsigned i = 0; i < path->count; i++)
        if (!worst || path->findings[i].why < worst)
            worst = path->findings[i].why;
    return (enum tlsni_why)worst;
}

/* The value that matters, with a blank before it, or nothing. */
static void detail(char *out, size_t cap, const struct tlsni_cert *cert, unsigned why)
{
    bool late = why == TLSNI_WHY_EXPIRED;
    time_t t = (time_t)(late ? cert->not_after : cert->not_before);
    char oid[48];
    struct tm tm;

    out[0] = 0;
    if (late || why == TLSNI_WHY_NOT_YET_VALID) {
        if (gmtime_r(&t, &tm))
            (void)strftime(out, cap, late ? " since %Y-%m-%d" : " before %Y-%m-%d", &tm);
    } else if (why == TLSNI_WHY_CRITICAL) {
        (void)snprintf(out, cap, " %s", tlsni_oid_text(oid, sizeof oid, cert->unknown_critical));
    } else if (why == TLSNI_WHY_WEAK_KEY) {
        (void)snprintf(out, cap, " (%u bits)", tlsni_cert_key_size(cert).bits);
    }
}

void tlsni_path_text(char *out, size_t cap, const struct tlsni_path *path,
                     const struct tlsni_path_finding *f)
{
    const struct tlsni_cert *cert = path->certs[f->depth];
    char subject[64], value[56];

    tlsni_name_print(subject, sizeof subject, cert->subject);
    detail(value, sizeof value, cert, f->why);
    (void)snprintf(out, cap, "%s: %s%s", *subject ? subject : "(empty subject)",
                   tlsni_why_row(f->why)->text, value);
}
