/* token.h - keys and anchors in PKCS#11 tokens. */
#ifndef TLSN_TOKEN_H
#define TLSN_TOKEN_H

#include "setup.h"

/* Is this a URI of RFC 7512 instead of a file's name? */
bool token_is_uri(const char *text);
/* The key of uri, which option gave, with the chain in the file cert; when that is a URI too, the certificate
 * beside the key. The PIN comes from the URI or --password-file. */
int token_credential(tlsn_credential **out, const struct setup *setup, const struct options *o,
                     const char *cert, const char *option, const char *uri);
/* The key of uri for a credential that was made without; option names it in complaints. */
int token_attach(tlsn_credential *credential, const struct setup *setup, const struct options *o,
                 const char *option, const char *uri);
/* Certificates of tokens as anchors. */
int token_trust(tlsn_trust *trust, const struct setup *setup, const struct options *o,
                const char *uri);

#endif
