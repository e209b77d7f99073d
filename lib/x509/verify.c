/* verify.c - the verdict on a chain: options, search, report. */
#include "x509/verify.h"

#include "base/bytes.h"
#include "base/env.h"
#include "base/mem.h"
#include "x509/constraints.h"
#include "x509/idna.h"
#include "x509/path.h"
#include "x509/report.h"
#include "x509/revoke.h"

enum {
    DEFAULT_DEPTH = 10,
    DEFAULT_SIGNATURES = 100,
    DEFAULT_EC_BITS = 224,    /* 112 bits of strength, as RSA with 2048 */
    NAME_WORK = 12000000,     /* 600 names under 600 constraints; 12 to 40 ms at most */
    POLICY_WORK = 100000,     /* policies and mappings: the same */
    SIGNATURES_MAX = 10000,
};

/* @rfc 9618:6.2/1 */
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
        .min_rsa_bits = o->min_rsa_bits ? o->min_rsa_bits : TLSNI_VERIFY_RSA_BITS,
        .min_ec_bits = o->min_ec_bits ? o->min_ec_bits : DEFAULT_EC_BITS,
        .min_dsa_bits = o->min_dsa_bits,
        .suite_b = o->suite_b,
        .exact_pss = in->exact_pss,
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

static tlsn_status add_all(struct tlsni_pool *pool, const struct tlsni_verify_in *in)
{
    tlsn_status st = tlsni_pool_reserve(pool, in->pool_count);

    for (size_t i = 0; st == TLSN_OK && i < in->pool_count; i++)
        st = tlsni_pool_add(pool, in->pool[i]);
    return st;
}

static tlsn_status read_policies(struct tlsni_verification *v, struct tlsni_err *err)
{
    const struct tlsn_verify_options *o = v->in->options;
    tlsn_status st = TLSN_OK;

    if (o && o->policies)
        st = tlsni_policies_read(&v->policies, v->in->env, o->policies);
    v->judge.policy.initial = tlsni_buf_span(&v->policies);
    return st == TLSN_ERR_ARGUMENT ? tlsni_fail(err, st, "x509", "policies: %s cannot be read",
                                                o->policies)
                                   : st;
}

static tlsn_status read_constraints(struct tlsni_verification *v, struct tlsni_err *err)
{
    const struct tlsn_verify_options *o = v->in->options;
    tlsn_status st = TLSN_OK;

    if (o)
        st = tlsni_constraints_read(&v->constraints, v->in->env, o->permitted, o->excluded);
    v->judge.constraints = tlsni_buf_span(&v->constraints);
    return st == TLSN_ERR_ARGUMENT
               ? tlsni_fail(err, st, "x509", "names that are permitted or excluded: %s %s cannot be read",
                            o->permitted ? o->permitted : "", o->excluded ? o->excluded : "")
               : st;
}

tlsn_status tlsni_verification_open(struct tlsni_verification *v, const struct tlsni_verify_in *in,
                                    struct tlsni_err *err)
{
    tlsn_status st;

    memset(v, 0, sizeof *v);
    v->in = in;
    v->pool.env = in->env;
    st = tlsni_revocation_sound(in, err);
    if (st != TLSN_OK)
        return st;
    v->judge = judge_of(in);
    v->revocation = tlsni_revocation_of(in);
    v->judge.revocation = &v->revocation;
    v->judge.pool = &v->pool;
    st = read_policies(v, err);
    if (st == TLSN_OK)
        st = read_constraints(v, err);
    if (st == TLSN_OK)
        st = add_all(&v->pool, in);
    return st == TLSN_OK ? tlsni_search_new(&v->search, in->leaf, in->trust, &v->judge, &v->pool)
                         : st;
}

void tlsni_verification_restart(struct tlsni_verification *v)
{
    v->judge.name_budget = NAME_WORK;
    v->judge.policy_budget = POLICY_WORK;
    v->judge.no_memory = false;
    v->revocation = tlsni_revocation_of(v->in);
    tlsni_search_restart(v->search);
}

/* Whether these are revoked, nothing has told; their issuers are known. */
static void note_status(struct tlsni_judge *j, const struct tlsni_path *path)
{
    for (unsigned i = 0; i + 1 < path->len; i++) {
        const struct tlsni_cert *cert = path->certs[i], *issuer = path->certs[i + 1];

        if (!(path->status_missing >> i & 1))
            continue;
        if (cert->crl_points.len || !cert->authority_info.len)
            tlsni_judge_lacks(j, TLSN_MISSING_CRL, cert, issuer);
        if (cert->authority_info.len)
            tlsni_judge_lacks(j, TLSN_MISSING_OCSP, cert, issuer);
    }
}

tlsn_status tlsni_verification_run(struct tlsni_verification *v, unsigned signatures, bool *done,
                                   tlsn_verify_report *report, struct tlsni_err *err)
{
    const struct tlsni_path *best = tlsni_search_best(v->search);
    tlsn_status st = tlsni_search_run(v->search, signatures, done);

    if (st != TLSN_OK || !*done)
        return st;
    note_status(&v->judge, best);
    if (report)
        st = fill(report, &v->judge, best);
    return st == TLSN_OK ? verdict(best, err) : st;
}

void tlsni_verification_close(struct tlsni_verification *v)
{
    tlsni_search_free(v->search);
    tlsni_pool_free(&v->pool);
    tlsni_buf_free(v->in->env, &v->policies);
    tlsni_buf_free(v->in->env, &v->constraints);
    v->search = NULL;
}

tlsn_status tlsni_path_search(const struct tlsni_verify_in *in, struct tlsni_judge *judge,
                              struct tlsni_path *best)
{
    struct tlsni_pool pool = { .env = in->env };
    struct tlsni_search *search = NULL;
    tlsn_status st = add_all(&pool, in);
    bool done;

    memset(best, 0, sizeof *best);
    if (st == TLSN_OK)
        st = tlsni_search_new(&search, in->leaf, in->trust, judge, &pool);
    if (st == TLSN_OK)
        st = tlsni_search_run(search, 0, &done);
    if (st == TLSN_OK)
        *best = *tlsni_search_best(search);
    tlsni_search_free(search);
    tlsni_pool_free(&pool);
    return st;
}

tlsn_status tlsni_verify(const struct tlsni_verify_in *in, tlsn_verify_report *report,
                         struct tlsni_err *err)
{
    struct tlsni_verification v;
    tlsn_status st = tlsni_verification_open(&v, in, err);
    bool done;

    if (st == TLSN_OK)
        st = tlsni_verification_run(&v, 0, &done, report, err);
    tlsni_verification_close(&v);
    return tlsni_fail(err, st, "x509", "%s", tlsn_status_text(st)); /* a cause that is noted stays */
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

tlsn_status tlsni_verify_name(struct tlsni_buf *ascii, const struct tlsn_hooks *env,
                              const char *name)
{
    tlsn_status st = tlsni_idna_to_ascii(env, ascii, tlsni_span_make(name, strlen(name)));

    return st == TLSN_OK ? tlsni_buf_append(env, ascii, "", 1) : st;
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
        st = tlsni_verify_name(&ascii, env, name);
    in.name = (const char *)tlsni_buf_data(&ascii);
    if (st == TLSN_OK)
        st = tlsni_verify(&in, report, NULL);
    tlsni_buf_free(env, &ascii);
    tlsni_free(env, parsed);
    tlsni_free(env, (void *)pool);
    return st;
}
