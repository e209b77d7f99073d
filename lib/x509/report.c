#include "x509/report.h"

#include <string.h>

#include "base/bytes.h"
#include "x509/der.h"
#include "x509/oid.h"

tlsn_status tlsn_verify_report_new(tlsn_verify_report **out, const struct tlsn_hooks *hooks)
{
    *out = tlsni_alloc(hooks, sizeof **out);
    if (!*out)
        return TLSN_ERR_NO_MEMORY;
    if (hooks)
        (*out)->env = *hooks;
    return TLSN_OK;
}

void tlsn_verify_report_free(tlsn_verify_report *report)
{
    struct tlsn_hooks env;

    if (!report)
        return;
    env = report->env;
    tlsni_report_clear(report);
    tlsni_free(&env, report);
}

size_t tlsn_verify_report_depth(const tlsn_verify_report *report)
{
    return report->depth;
}

struct tlsn_span tlsn_verify_report_cert(const tlsn_verify_report *report, size_t i)
{
    size_t at = report->der.start;

    if (i >= report->depth)
        return tlsni_span_make(NULL, 0);
    for (size_t k = 0; k < i; k++)
        at += report->lens[k];
    return tlsni_span_make(report->der.data + at, report->lens[i]);
}

size_t tlsn_verify_report_count(const tlsn_verify_report *report)
{
    return report->count;
}

const struct tlsn_finding *tlsn_verify_report_finding(const tlsn_verify_report *report, size_t i)
{
    return i < report->count ? &report->findings[i] : NULL;
}

static void add_finding(tlsn_verify_report *r, const struct tlsni_path *path,
                        const struct tlsni_path_finding *f)
{
    struct tlsn_finding *out = &r->findings[r->count++];

    out->depth = f->depth;
    out->status = tlsni_why_row(f->why)->status;
    tlsni_path_text(out->text, sizeof out->text, path, f);
}

void tlsni_report_clear(tlsn_verify_report *report)
{
    tlsni_buf_free(&report->env, &report->der);
    tlsni_buf_free(&report->env, &report->policies);
    report->policy_any = report->policy_required = false;
    report->depth = report->count = 0;
    report->status_missing = 0;
}

tlsn_status tlsni_report_policies(tlsn_verify_report *report,
                                  const struct tlsni_policy_result *result)
{
    report->policy_any = result->any;
    report->policy_required = result->required;
    return tlsni_buf_append(&report->env, &report->policies, tlsni_buf_data(&result->valid),
                            tlsni_buf_len(&result->valid));
}

static struct tlsni_rd policies_of(const tlsn_verify_report *report)
{
    return tlsni_rd_make(tlsni_buf_data(&report->policies), tlsni_buf_len(&report->policies));
}

size_t tlsn_verify_report_policy_count(const tlsn_verify_report *report, bool *any)
{
    struct tlsni_rd r = policies_of(report);
    size_t n = 0;

    for (; r.p != r.end; n++)
        (void)tlsni_der_next(&r);
    if (any)
        *any = report->policy_any;
    return n;
}

void tlsn_verify_report_policy(const tlsn_verify_report *report, size_t i, char *out, size_t cap)
{
    struct tlsni_rd r = policies_of(report);

    while (r.p != r.end && i--)
        (void)tlsni_der_next(&r);
    (void)tlsni_oid_text(out, cap, tlsni_der_next(&r).body);
}

bool tlsn_verify_report_policy_required(const tlsn_verify_report *report)
{
    return report->policy_required;
}

bool tlsn_verify_report_status_missing(const tlsn_verify_report *report, size_t i)
{
    return i < report->depth && report->status_missing >> i & 1;
}

tlsn_status tlsni_report_fill(tlsn_verify_report *report, const struct tlsni_path *path)
{
    tlsn_status st = TLSN_OK;

    tlsni_report_clear(report);
    for (size_t i = 0; st == TLSN_OK && i < path->len; i++) {
        struct tlsn_span der = path->certs[i]->der;

        st = tlsni_buf_append(&report->env, &report->der, der.data, der.len);
        if (st != TLSN_OK)
            return st;
        report->lens[report->depth++] = der.len;
    }
    report->status_missing = path->status_missing;
    for (unsigned why = TLSNI_WHY_NONE + 1; why < TLSNI_WHY_COUNT; why++)
        for (unsigned i = 0; i < path->count; i++)
            if (path->findings[i].why == why)
                add_finding(report, path, &path->findings[i]);
    return st;
}
