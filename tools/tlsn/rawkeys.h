/* rawkeys.h - raw public keys in place of certificates (RFC 7250). */
#ifndef TLSN_TOOL_RAWKEYS_H
#define TLSN_TOOL_RAWKEYS_H

#include "setup.h"

/* --rpk and --peer-key. */
int rawkeys_set(tlsn_config *config, const struct options *o);
/* A --key without --cert. */
int rawkeys_add(tlsn_config *config, struct setup *setup, const char *path);

#endif
