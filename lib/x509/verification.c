/* verification.c - verification as an object of its own (tls-native/x509.h): owns copies of what it was asked
 * and given, and hands them to the same core as the calls that do all at once. */
#include <string.h>

#include "base/bytes.h"
#include "base/env.h"
#include "base/mem.h"
#include "x509/constraints.h"
#include "x509/evidence.h"
#include "x509/pem.h"
#include "x509/report.h"
#include "x509/verify.h"

struct tlsn_verification {
    struct tlsn_hooks hooks;
    const struct tlsn_hooks *env; /* hooks, or NULL for the defaults */
    tlsn_trust *trust;            /* a reference */
    struct tlsn_verify_options options; /* its pointers are owned */
    struct tlsni_buf name;        /* A-labels, NUL behind them */
    struct tlsni_cert *leaf;      /* owned */
    struct tlsni_pool others;     /* its place is the core's while that is open */
    struct tlsni_verify_in in;
    struct tlsni_verification core;
    tlsn_verify_report *report;   /* owned */
    bool open, stale;             /* the core is; it has to begin again */
};

tlsn_status tlsn_verification_new(tlsn_verification **out, tlsn_trust *trust,
                                  const struct tlsn_hooks *hooks)
{
    tlsn_verification *v = tlsni_alloc(hooks, sizeof *v);
    tlsn_status st;

    *out = NULL;
    if (!v)
        return TLSN_ERR_NO_MEMORY;
    if (hooks) {
        v->hooks = *hooks;
        v->env = &v->hooks;
    }
    v->trust = trust ? tlsn_trust_ref(trust) : NULL;
    v->in.env = v->others.env = v->env;
    v->in.trust = v->trust;
    v->in.options = &v->options;
    v->in.time = tlsni_now_s(v->env);
    st = tlsn_verify_report_new(&v->report, v->env);
    if (st == TLSN_OK)
        *out = v;
    else
        tlsn_verification_free(v);
    return st;
}

/* The core ends, but the certificates stay. */
static void shut(tlsn_verification *v)
{
    if (!v->open)
        return;
    v->others = v->core.pool;
    memset(&v->core.pool, 0, sizeof v->core.pool);
    tlsni_verification_close(&v->core);
    v->open = false;
}

void tlsn_verification_free(tlsn_verification *v)
{
    struct tlsn_hooks hooks;
    bool own;

    if (!v)
        return;
    shut(v);
    hooks = v->hooks;
    own = v->env != NULL;
    tlsn_verify_report_free(v->report);
    tlsni_pool_free(&v->others);
    tlsni_free(v->env, v->leaf);
    tlsni_verify_options_drop(&v->options, v->env);
    tlsni_buf_free(v->env, &v->name);
    tlsn_trust_free(v->trust);
    tlsni_free(own ? &hooks : NULL, v);
}

/* What cannot be read is found out here, not when it is run. */
static tlsn_status check_options(const tlsn_verification *v, const struct tlsn_verify_options *o)
{
    struct tlsni_buf policies = { NULL, 0, 0, 0 }, names = { NULL, 0, 0, 0 };
    tlsn_status st = TLSN_OK;

    if (o->policies)
        st = tlsni_policies_read(&policies, v->env, o->policies);
    if (st == TLSN_OK)
        st = tlsni_constraints_read(&names, v->env, o->permitted, o->excluded);
    tlsni_buf_free(v->env, &policies);
    tlsni_buf_free(v->env, &names);
    return st;
}

tlsn_status tlsn_verification_ask(tlsn_verification *v, enum tlsn_purpose purpose, const char *name,
                                  int64_t time_s, const struct tlsn_verify_options *options)
{
    static const struct tlsn_verify_options defaults;
    struct tlsni_buf ascii = { NULL, 0, 0, 0 };
    tlsn_status st = check_options(v, options ? options : &defaults);

    if (st == TLSN_OK && name)
        st = tlsni_verify_name(&ascii, v->env, name);
    shut(v);
    if (st == TLSN_OK)
        st = tlsni_verify_options_keep(&v->options, options ? options : &defaults, v->env);
    if (st != TLSN_OK) {
        tlsni_buf_free(v->env, &ascii);
        return st;
    }
    tlsni_buf_free(v->env, &v->name);
    v->name = ascii;
    v->in.name = (const char *)tlsni_buf_data(&v->name);
    v->in.purpose = purpose;
    v->in.time = time_s == INT64_MIN ? tlsni_now_s(v->env) : time_s;
    return TLSN_OK;
}

static tlsn_status add_one(tlsn_verification *v, struct tlsn_span der, size_t *added)
{
    tlsn_status st;

    if (v->leaf) {
        st = tlsni_pool_add_copy(v->open ? &v->core.pool : &v->others, der);
        *added += st == TLSN_OK;
        return st == TLSN_ERR_NO_MEMORY ? st : TLSN_OK;
    }
    st = tlsni_cert_copy(&v->leaf, v->env, der);
    *added += st == TLSN_OK;
    return st;
}

tlsn_status tlsn_verification_add(tlsn_verification *v, const void *data, size_t len, size_t *added)
{
    struct tlsni_buf der = { NULL, 0, 0, 0 };
    size_t *lens = NULL, count = 0, at = 0, new = 0;
    tlsn_status st = tlsni_pem_certificates(v->env, tlsni_span_make(data, len), &der, &lens, &count,
                                            NULL);

    for (size_t i = 0; st == TLSN_OK && i < count; at += lens[i++])
        st = add_one(v, tlsni_span_make(tlsni_buf_data(&der) + at, lens[i]), &new);
    tlsni_buf_free(v->env, &der);
    tlsni_free(v->env, lens);
    v->stale |= new > 0;
    if (added)
        *added = new;
    return st;
}

static tlsn_status open_core(tlsn_verification *v)
{
    tlsn_status st;

    v->in.leaf = v->leaf;
    st = tlsni_verification_open(&v->core, &v->in, NULL);
    if (st != TLSN_OK) {
        tlsni_verification_close(&v->core);
        return st;
    }
    v->core.pool = v->others;
    memset(&v->others, 0, sizeof v->others);
    v->open = true;
    return TLSN_OK;
}

tlsn_status tlsn_verification_run(tlsn_verification *v, unsigned signatures)
{
    tlsn_status st = TLSN_OK;
    bool done;

    if (!v->leaf)
        return TLSN_ERR_MISUSE;
    if (!v->open)
        st = open_core(v);
    else if (v->stale)
        tlsni_verification_restart(&v->core);
    if (st != TLSN_OK)
        return st;
    st = tlsni_verification_run(&v->core, signatures, &done, v->report, NULL);
    v->stale = done || st != TLSN_OK;
    return v->stale ? st : TLSN_NEED_TURN;
}

const tlsn_verify_report *tlsn_verification_report(const tlsn_verification *v)
{
    return v->report;
}

bool tlsn_verification_missing(const tlsn_verification *v, size_t i, struct tlsn_missing *out)
{
    const struct tlsni_lacks *lacks = &v->core.judge.lacks;
    const struct tlsni_lack *lack = &lacks->list[i < TLSNI_LACKS_MAX ? i : 0];

    memset(out, 0, sizeof *out);
    if (!v->open || i >= lacks->count)
        return false;
    out->kind = (enum tlsn_missing_kind)lack->kind;
    out->cert = lack->cert->der;
    out->issuer = lack->cert->issuer;
    out->key_id = lack->cert->aki;
    if (lack->issuer)
        out->issuer_cert = lack->issuer->der;
    return true;
}
