/* delegated.h - delegated credentials (RFC 9345) beside certificates. */
#ifndef TLSN_TOOL_DELEGATED_H
#define TLSN_TOOL_DELEGATED_H

#include "setup.h"

/* Every --delegated-credential that this certificate signed goes beside it; placed[i] becomes true. */
int delegated_attach(tlsn_credential *credential, const struct setup *setup, const struct options *o,
                     bool placed[LIST_MAX]);
/* Complains about one that no certificate signed. */
int delegated_check(const struct options *o, const bool placed[LIST_MAX]);

#endif
