/* beside.h - OCSP responses and whatever else goes along with certificates. */
#ifndef TLSN_TOOL_BESIDE_H
#define TLSN_TOOL_BESIDE_H

#include <tls-native.h>
#include "json.h"
#include "options.h"

enum { BESIDE_CERTS_MAX = 64 };

/* --ocsp-response ... number i to the credential of the --cert in the same place. */
int beside_attach(tlsn_credential *credential, const struct options *o, size_t i);
/* Client: asks for what the options want. */
tlsn_status beside_ask(tlsn_config *config, const struct options *o);
/* Server: takes what clients say of themselves. */
tlsn_status beside_take(tlsn_config *config);
/* Lines on stderr. */
void beside_note(const tlsn_conn *conn, const struct options *o);
/* Members of the object about a connection. */
void beside_json(struct json *j, const tlsn_conn *conn);

#endif
