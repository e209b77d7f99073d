/* report.h - what a verification leaves behind for its caller: copies, nothing borrowed. */
#ifndef TLSNI_X509_REPORT_H
#define TLSNI_X509_REPORT_H

#include "base/mem.h"
#include "x509/path.h"

struct tlsn_verify_report {
    struct tlsn_hooks env;
    struct tlsni_buf der;               /* the path's certificates one after the other */
    size_t lens[TLSNI_PATH_MAX], depth;
    struct tlsn_finding findings[TLSNI_FINDINGS_MAX];
    size_t count;
    struct tlsni_buf policies; /* OBJECT IDENTIFIER TLVs */
    bool policy_any, policy_required;
    uint32_t status_missing; /* as in struct tlsni_path */
};

void tlsni_report_clear(tlsn_verify_report *report);
/* Replaces the report's contents by the path and all its findings, the heaviest first. */
tlsn_status tlsni_report_fill(tlsn_verify_report *report, const struct tlsni_path *path);
/* Adds a copy of what is valid. */
tlsn_status tlsni_report_policies(tlsn_verify_report *report,
                                  const struct tlsni_policy_result *result);

#endif
