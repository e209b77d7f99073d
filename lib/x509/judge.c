/* judge.c - everything about a path that can be read off its certificates (RFC 5280 6.1.3 to
 * 6.1.5). */
#include "cipher/suite_b.h"
#include "x509/constraints.h"
#include "x509/match.h"
#include "x509/path.h"
#include "x509/revoke.h"
#include "x509/verify.h"
#include "x509/spki.h"

/* RFC 5280 6.1.4 k. Certificates of version 1 and 2 cannot say that they are an authority; as trust
 * anchors they are taken at the word of whoever trusts them, and so is one of version 3 whose key
 * usage says it.
 * @rfc 5280:4.2.1.9/1, 5280:6.1.4/2, 5280:6.1.4/3 */
static bool is_authority(const struct tlsni_cert *cert, bool anchor)
{
    if (cert->has & TLSNI_HAS_BASIC_CONSTRAINTS)
        return cert->ca;
    return anchor && (cert->version < 3 || (cert->has & TLSNI_HAS_KEY_USAGE &&
                                            tlsni_cert_allows(cert, TLSNI_KU_KEY_CERT_SIGN)));
}

/* An intermediate's extended key usage limits what is below it: not in RFC 5280, but what every TLS
 * library does.
 * @rfc 5280:4.2.1.12/1 */
static bool purpose_fits(const struct tlsni_judge *j, const struct tlsni_cert *cert)
{
    unsigned need = j->purpose == TLSN_PURPOSE_SERVER ? TLSNI_EKU_SERVER_AUTH
                                                      : TLSNI_EKU_CLIENT_AUTH;

    return j->purpose == TLSN_PURPOSE_ANY || !(cert->has & TLSNI_HAS_EKU) ||
           cert->eku & (need | TLSNI_EKU_ANY);
}

bool tlsni_judge_issuer_sound(const struct tlsni_judge *j, const struct tlsni_cert *cert,
                              bool anchor)
{
    if (anchor && j->plain_anchors)
        return true;
    return j->time >= cert->not_before && j->time <= cert->not_after &&
           is_authority(cert, anchor) && tlsni_cert_allows(cert, TLSNI_KU_KEY_CERT_SIGN) &&
           !(cert->has & TLSNI_HAS_UNKNOWN_CRITICAL) && purpose_fits(j, cert);
}

/* @rfc 8446:4.4.2.4/3, 8446:4.4.2.4/4 */
bool tlsni_judge_weak_hash(const struct tlsni_judge *j, uint8_t hash)
{
    return (hash == TLSNI_HASH_MD5 && !j->allow_md5) ||
           (hash == TLSNI_HASH_SHA1 && !j->allow_sha1);
}

/* @rfc 5246:D.3/1 */
enum tlsni_why tlsni_judge_key(const struct tlsni_judge *j, const struct tlsni_cert *cert)
{
    struct tlsni_spki_size key = tlsni_cert_key_size(cert);
    unsigned least = 0;

    if (!tlsni_suite_b_curve(j->suite_b, key.group))
        return TLSNI_WHY_SUITE_B;
    if (key.type == TLSNI_KEY_RSA || key.type == TLSNI_KEY_RSA_PSS)
        least = j->min_rsa_bits;
    else if (key.type == TLSNI_KEY_EC)
        least = j->min_ec_bits;
    else if (key.type == TLSNI_KEY_DSA && !j->min_dsa_bits)
        return TLSNI_WHY_DSA;
    else if (key.type == TLSNI_KEY_DSA)
        least = j->min_dsa_bits;
    return key.bits && key.bits < least ? TLSNI_WHY_WEAK_KEY : TLSNI_WHY_NONE;
}

/* In the Suite B profile keys become no smaller towards the root.
 * @rfc 6460:B/1 */
static bool weaker_than_below(const struct tlsni_judge *j, const struct tlsni_path *path, unsigned i)
{
    return j->suite_b && i &&
           tlsni_cert_key_size(path->certs[i]).bits < tlsni_cert_key_size(path->certs[i - 1]).bits;
}

/* An anchor that is no more than a name and a key. @rfc 6818:4/1 */
static void judge_plain_anchor(const struct tlsni_judge *j, struct tlsni_path *path, unsigned i)
{
    enum tlsni_why key = tlsni_judge_key(j, path->certs[i]);

    if (key != TLSNI_WHY_NONE)
        tlsni_path_note(path, i, key);
}

/* What holds for every certificate; an anchor's own signature proves nothing and is not looked
 * at.
 * @rfc 5280:4.1.2.5/3, 5280:4.2/1, 5280:6.1.3/2, 5280:6.1.4/6, 5280:6.1.5/1 */
static void judge_any(const struct tlsni_judge *j, struct tlsni_path *path, unsigned i, bool anchor)
{
    const struct tlsni_cert *cert = path->certs[i];
    enum tlsni_why key = tlsni_judge_key(j, cert);

    if (j->time > cert->not_after)
        tlsni_path_note(path, i, TLSNI_WHY_EXPIRED);
    if (j->time < cert->not_before)
        tlsni_path_note(path, i, TLSNI_WHY_NOT_YET_VALID);
    if (cert->has & TLSNI_HAS_UNKNOWN_CRITICAL)
        tlsni_path_note(path, i, TLSNI_WHY_CRITICAL);
    if (!purpose_fits(j, cert))
        tlsni_path_note(path, i, TLSNI_WHY_PURPOSE);
    if (key != TLSNI_WHY_NONE)
        tlsni_path_note(path, i, key);
    if (!anchor && !tlsni_suite_b_signature(j->suite_b, &cert->sig))
        tlsni_path_note(path, i, TLSNI_WHY_SUITE_B);
    if (!anchor && tlsni_name_empty(cert->issuer)) /* @rfc 5280:4.1.2.4/1 */
        tlsni_path_note(path, i, TLSNI_WHY_NAMELESS);
    if (!anchor && cert->sig.key && tlsni_judge_weak_hash(j, cert->sig.hash))
        tlsni_path_note(path, i, TLSNI_WHY_WEAK_HASH);
}

/* RFC 5280 6.1.4 k to n. below: intermediates under this one that are not self-issued.
 * @rfc 5280:4.2.1.3/4, 5280:4.2.1.9/3, 5280:6.1.4/4, 5280:6.1.4/5, 5480:3/1 */
static void judge_issuer(struct tlsni_path *path, unsigned i, bool anchor, int below)
{
    const struct tlsni_cert *cert = path->certs[i];

    if (!is_authority(cert, anchor))
        tlsni_path_note(path, i, TLSNI_WHY_NOT_CA);
    if (!tlsni_cert_allows(cert, TLSNI_KU_KEY_CERT_SIGN))
        tlsni_path_note(path, i, TLSNI_WHY_NO_CERT_SIGN);
    if (cert->path_len >= 0 && below > cert->path_len)
        tlsni_path_note(path, i, TLSNI_WHY_PATH_LENGTH);
}

/* RFC 5280 6.1.3 b and c, for the certificates in front of place `end`: self-issued ones are exempt unless
 * they are the last of the path.
 * @rfc 5280:4.2.1.10/1, 5280:6.1.3/5 */
static void hold_to(struct tlsni_judge *j, struct tlsni_path *path, unsigned end, struct tlsn_span value,
                    bool critical)
{
    for (unsigned i = 0; i < end; i++) {
        enum tlsni_constraint_result result;

        if (i && path->certs[i]->self_issued)
            continue;
        result = tlsni_constraints_check(value, critical, path->certs[i], i == 0 && j->common_name,
                                         &j->name_budget);
        if (result != TLSNI_CONSTRAINT_OK)
            tlsni_path_note(path, i, result == TLSNI_CONSTRAINT_LIMIT ? TLSNI_WHY_CONSTRAINT_LIMIT
                                                                     : TLSNI_WHY_CONSTRAINT);
    }
}

static void judge_constraints(struct tlsni_judge *j, struct tlsni_path *path, unsigned issuer)
{
    const struct tlsni_cert *cert = path->certs[issuer];

    if (cert->has & TLSNI_HAS_NAME_CONSTRAINTS)
        hold_to(j, path, issuer, cert->name_constraints, cert->has & TLSNI_HAS_NC_CRITICAL);
}

/* What the caller permits and excludes, for all below the anchor.
 * @rfc 5280:6.1.1/2, 5280:6.1.1/3 */
static void judge_initial_constraints(struct tlsni_judge *j, struct tlsni_path *path)
{
    bool apart = path->anchored && path->len > 1;

    if (j->constraints.len)
        hold_to(j, path, path->len - (unsigned)apart, j->constraints, true);
}

/* RFC 5246 7.4.2: what the peer's key does in TLS is one of these; the handshake itself asks for
 * the one that its key exchange needs.
 * @rfc 5280:4.2.1.12/2 */
static bool key_usage_fits(const struct tlsni_judge *j, const struct tlsni_cert *leaf)
{
    uint16_t any = TLSNI_KU_DIGITAL_SIGNATURE | TLSNI_KU_KEY_AGREEMENT;

    if (j->purpose == TLSN_PURPOSE_ANY || !(leaf->has & TLSNI_HAS_KEY_USAGE))
        return true;
    if (j->purpose == TLSN_PURPOSE_SERVER)
        any |= TLSNI_KU_KEY_ENCIPHERMENT;
    return leaf->key_usage & any;
}

static bool name_fits(const struct tlsni_judge *j, const struct tlsni_cert *leaf)
{
    return !j->name || tlsni_cert_matches(leaf, j->name) == TLSN_OK ||
           (j->common_name && tlsni_cert_matches_common_name(leaf, j->name));
}

/* A leaf may have thousands of names, and a hostile bag thousands of paths: it is asked once. */
static void judge_leaf(struct tlsni_judge *j, struct tlsni_path *path)
{
    const struct tlsni_cert *leaf = path->certs[0];

    if (!j->leaf_asked)
        j->leaf_named = name_fits(j, leaf);
    j->leaf_asked = true;
    if (!key_usage_fits(j, leaf))
        tlsni_path_note(path, 0, TLSNI_WHY_KEY_USAGE);
    if (j->leaf_key_bad)
        tlsni_path_note(path, 0, TLSNI_WHY_LEAF_KEY);
    if (!j->leaf_named)
        tlsni_path_note(path, 0, TLSNI_WHY_NAME);
}

static const enum tlsni_why policy_whys[] = {
    [TLSNI_POLICY_OK] = TLSNI_WHY_NONE,
    [TLSNI_POLICY_MISSING] = TLSNI_WHY_POLICY,
    [TLSNI_POLICY_MALFORMED] = TLSNI_WHY_POLICY_DAMAGED,
    [TLSNI_POLICY_LIMIT] = TLSNI_WHY_POLICY_LIMIT,
};

tlsn_status tlsni_judge_policies(struct tlsni_policy_result *result, const struct tlsni_judge *j,
                                 const struct tlsni_path *path, uint32_t *budget)
{
    const struct tlsni_cert *anchor = path->certs[path->len - 1];
    bool apart = path->len > 1; /* a leaf that is an anchor itself is judged as a leaf */

    return tlsni_policies_check(result, j->env, path->certs, path->len - (unsigned)apart,
                                apart && !j->plain_anchors ? anchor : NULL, &j->policy, budget);
}

/* Without any policy in the path and none required there is nothing to compute. */
static bool speaks_of_policies(const struct tlsni_judge *j, const struct tlsni_path *path)
{
    bool speaks = j->policy.require_explicit;

    for (unsigned i = 0; i < path->len; i++)
        speaks |= path->certs[i]->policies.len || path->certs[i]->policy_mappings.len ||
                  path->certs[i]->require_explicit >= 0;
    return speaks;
}

static void judge_policies(struct tlsni_judge *j, struct tlsni_path *path)
{
    struct tlsni_policy_result result;

    if (!path->anchored || !speaks_of_policies(j, path))
        return;
    if (tlsni_judge_policies(&result, j, path, &j->policy_budget) != TLSN_OK) {
        j->no_memory = true;
        return;
    }
    if (result.verdict != TLSNI_POLICY_OK)
        tlsni_path_note(path, result.depth, policy_whys[result.verdict]);
    tlsni_buf_free(j->env, &result.valid);
}

void tlsni_judge_lacks(struct tlsni_judge *j, enum tlsn_missing_kind kind,
                       const struct tlsni_cert *cert, const struct tlsni_cert *issuer)
{
    struct tlsni_lacks *l = &j->lacks;

    for (unsigned i = 0; i < l->count; i++)
        if (l->list[i].kind == kind && l->list[i].cert == cert && l->list[i].issuer == issuer)
            return;
    if (l->count < TLSNI_LACKS_MAX)
        l->list[l->count++] = (struct tlsni_lack){ cert, issuer, (uint8_t)kind };
}

static bool pinned(const struct tlsni_judge *j, const struct tlsni_path *path)
{
    if (!j->pins || !tlsni_pin_count(j->pins))
        return true;
    for (unsigned i = 0; i < path->len; i++)
        if (tlsni_pins_name(j->pins, path->certs[i]))
            return true;
    return false;
}

void tlsni_judge_path(struct tlsni_judge *j, struct tlsni_path *path)
{
    int below = 0;

    judge_leaf(j, path);
    for (unsigned i = 0; i < path->len; i++) {
        bool anchor = path->anchored && i + 1 == path->len;

        if (tlsni_trust_distrusts(j->trust, path->certs[i]))
            tlsni_path_note(path, i, TLSNI_WHY_DISTRUSTED);
        if (weaker_than_below(j, path, i))
            tlsni_path_note(path, i, TLSNI_WHY_SUITE_B);
        if (anchor && i && j->plain_anchors) {
            judge_plain_anchor(j, path, i);
            break;
        }
        judge_any(j, path, i, anchor);
        if (i == 0)
            continue;
        judge_issuer(path, i, anchor, below);
        judge_constraints(j, path, i);
        below += !path->certs[i]->self_issued;
    }
    judge_initial_constraints(j, path);
    if (!pinned(j, path))
        tlsni_path_note(path, 0, TLSNI_WHY_PIN);
    judge_policies(j, path);
    tlsni_revocation_judge(j, path);
}
