/* revocation.h - what the options give to judge revocation by. */
#ifndef TLSN_REVOCATION_H
#define TLSN_REVOCATION_H

#include "options.h"

/* Reads the files of --crl, --crl-signer, --ocsp-answer and --ct-log; *out stays NULL without any. */
int revocation_read(tlsn_evidence **out, const struct options *options,
                    const struct tlsn_hooks *hooks);
/* Of --revocation; NULL for the default. */
enum tlsn_revocation revocation_mode(const char *text);
bool revocation_leaf_only(const char *text);

#endif
