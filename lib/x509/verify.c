/* verify.c - the verdict on a chain: options, search, report. */
#include "x509/verify.h"

#include "base/bytes.h"
#include "base/env.h"
#include "base/mem.h"
#include "x509/idna.h"
#include "x509/path.h"
#include "x509/report.h"
#include "x509/revoke.h"

enum {
    DEFAULT_DEPTH = 10,
    DEFAULT_SIGNATURES = 100,
    DEFAULT_RSA_BITS = 2048,  /* RFC 9325 4.5 */
    DEFAULT_EC_BITS = 224,    /* 112 bits of strength, as RSA with 2048 */
    NAME_WORK = 12000000,     /* 600 names under 600 constraints; 12 to 40 ms at most */
    POLICY_WORK = 100000,     /* policies and mappings: the same */
    SIGNATURES_MAX = 10000,
};

/* @rfc 9618:6.1/1 */
static struct tlsni_judge judge_of(const struct tlsni_verify_in *in)
{
    static const struct tlsn_verify_options defaults;
    const struct tlsn_verify_options *o = in->options ? in->options : &defaults;
    struct tlsni_judge j = {
        .time = in->time,
        .name = in->name,
        .trust = in->trust,
        .pins = in->pins,
        .purpose = in->purpose,
        .max_depth = o->max_depth ? o->max_depth : DEFAULT_DEPTH,
        .max_signatures = o->max_signatures ? o->max_signatures : DEFAULT_SIGNATURES,
        .min_rsa_bits = o->min_rsa_bits ? o->min_rsa_bits : DEFAULT_RSA_BITS,
        .min_ec_bits = o->min_ec_bits ? o->min_ec_bits : DEFAULT_EC_BITS,
        .min_dsa_bits = o->min_dsa_bits,
        .suite_b = o->suite_b,
        .allow_sha1 = o->allow_sha1,
        .allow_md5 = o->allow_md5,
        .allow_partial = o->allow_partial,
        .common_name = o->insecure_common_name,
        .plain_anchors = o->plain_anchors,
        .policy = { .require_explicit = o->require_policy,
                    .inhibit_mapping = o->inhibit_mapping,
                    .inhibit_any = o->inhibit_any_policy },
        .env = in->env,
        .name_budget = NAME_WORK,
        .policy_budget = POLICY_WORK,
    };

    if (o->no_intermediates)
        j.max_depth = 0;
    if (j.max_depth > TLSNI_PATH_MAX - 2)
        j.max_depth = TLSNI_PATH_MAX - 2;
    if (j.max_signatures > SIGNATURES_MAX)
        j.max_signatures = SIGNATURES_MAX;
    return j;
}

/* The line for the heaviest finding, of the certificate nearest to the leaf. */
static tlsn_status verdict(const struct tlsni_path *path, struct tlsni_err *err)
{
    enum tlsni_why worst = tlsni_path_worst(path);
    char text[TLSNI_ERROR_TEXT - 24];

    if (worst == TLSNI_WHY_NONE)
        return TLSN_OK;
    for (unsigned i = 0; i < path->count; i++)
        if (path->findings[i].why == worst) {
            tlsni_path_text(text, sizeof text, path, &path->findings[i]);
            return tlsni_fail(err, tlsni_why_row(worst)->status, "x509", "certificate %u: %s",
                              path->findings[i].depth, text);
        }
    return TLSN_ERR_INTERNAL;
}

/* The policies are computed once more: of paths that were given up nobody wants to know them. */
static tlsn_status fill(tlsn_verify_report *report, const struct tlsni_judge *j,
                        const struct tlsni_path *path)
{
    uint32_t budget = POLICY_WORK;
    struct tlsni_policy_result policies;
    tlsn_status st = tlsni_report_fill(report, path);

    if (st != TLSN_OK || !path->anchored)
        return st;
    st = tlsni_judge_policies(&policies, j, path, &budget);
    if (st == TLSN_OK)
        st = tlsni_report_policies(report, &policies);
    tlsni_buf_free(j->env, &policies.valid);
    return st;
}

static tlsn_status search(const struct tlsni_verify_in *in, struct tlsn_span policies,
                          tlsn_verify_report *report, struct tlsni_err *err)
{
    struct tlsni_revocation revocation = tlsni_revocation_of(in);
    struct tlsni_judge judge = judge_of(in);
    struct tlsni_path best;
    tlsn_status st;

    judge.policy.initial = policies;
    judge.revocation = &revocation;
    st = tlsni_path_search(in, &judge, &best);
    if (st == TLSN_OK && report)
        st = fill(report, &judge, &best);
    return st == TLSN_OK ? verdict(&best, err)
                         : tlsni_fail(err, st, "x509", "%s", tlsn_status_text(st));
}

tlsn_status tlsni_verify(const struct tlsni_verify_in *in, tlsn_verify_report *report,
                         struct tlsni_err *err)
{
    struct tlsni_buf policies = { NULL, 0, 0, 0 };
    tlsn_status st = tlsni_revocation_sound(in, err);

    if (st != TLSN_OK)
        return st;
    if (in->options && in->options->policies)
        st = tlsni_policies_read(&policies, in->env, in->options->policies);
    if (st == TLSN_OK)
        st = search(in, tlsni_span_make(tlsni_buf_data(&policies), tlsni_buf_len(&policies)),
                    report, err);
    else
        st = tlsni_fail(err, st, "x509", "policies: %s", tlsn_status_text(st));
    tlsni_buf_free(in->env, &policies);
    return st;
}

/* Certificates of the bag that do not parse are of no use to anybody and left out. */
static tlsn_status parse_all(struct tlsni_verify_in *in, struct tlsni_cert *certs,
                             const struct tlsni_cert **pool, const struct tlsn_span *spans,
                             size_t count)
{
    tlsn_status st = tlsni_cert_parse(&certs[0], spans[0], NULL);

    in->leaf = &certs[0];
    in->pool = pool;
    for (size_t i = 1; i < count; i++)
        if (tlsni_cert_parse(&certs[i], spans[i], NULL) == TLSN_OK)
            pool[in->pool_count++] = &certs[i];
    return st;
}

/* The reference identity with A-labels, NUL behind it. */
static tlsn_status prepare_name(struct tlsni_verify_in *in, struct tlsni_buf *ascii, const char *name)
{
    tlsn_status st = tlsni_idna_to_ascii(in->env, ascii, tlsni_span_make(name, strlen(name)));

    if (st == TLSN_OK)
        st = tlsni_buf_append(in->env, ascii, "", 1);
    in->name = (const char *)tlsni_buf_data(ascii);
    return st;
}

tlsn_status tlsn_x509_verify(const tlsn_trust *trust, const struct tlsn_span *certs, size_t count,
                             enum tlsn_purpose purpose, const char *name, int64_t time_s,
                             const struct tlsn_verify_options *options,
                             tlsn_verify_report *report)
{
    const struct tlsn_hooks *env = trust ? &trust->env : NULL;
    struct tlsni_verify_in in = { .env = env, .trust = trust, .options = options, .time = time_s,
                                  .purpose = purpose };
    struct tlsni_buf ascii = { 0 };
    struct tlsni_cert *parsed;
    const struct tlsni_cert **pool;
    tlsn_status st = TLSN_ERR_NO_MEMORY;

    if (report)
        tlsni_report_clear(report);
    if (!count)
        return TLSN_ERR_ARGUMENT;
    if (time_s == INT64_MIN)
        in.time = tlsni_now_s(env);
    parsed = tlsni_alloc_array(env, count, sizeof *parsed);
    pool = tlsni_alloc_array(env, count, sizeof *pool);
    if (parsed && pool)
        st = parse_all(&in, parsed, pool, certs, count);
    if (st == TLSN_OK && name)
        st = prepare_name(&in, &ascii, name);
    if (st == TLSN_OK)
        st = tlsni_verify(&in, report, NULL);
    tlsni_buf_free(env, &ascii);
    tlsni_free(env, parsed);
    tlsni_free(env, (void *)pool);
    return st;
}
