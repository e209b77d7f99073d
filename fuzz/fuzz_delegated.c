/* fuzz_delegated.c - a DelegatedCredential (RFC 9345) as bytes or PEM, by itself, beside a certificate that never
 * signed it, and as a credential without its key. What parses is written as it was. */
#include <stdlib.h>
#include <string.h>

#include <tls-native.h>
#include "base/bytes.h"
#include "handshake/delegated.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A certificate of our own for the other half. */
static struct tlsn_span certificate(void)
{
    static const struct tlsn_cert_spec spec = { .subject = "CN=x", .delegation_usage = true };
    static uint8_t der[2048];
    static size_t der_len;
    tlsn_key *key;

    if (der_len)
        return tlsni_span_make(der, der_len);
    if (tlsn_key_generate(&key, "ed25519", NULL) != TLSN_OK ||
        tlsn_cert_issue(&spec, key, tlsni_span_make(NULL, 0), key, NULL, der, sizeof der, &der_len) != TLSN_OK)
        abort();
    tlsn_key_free(key);
    return tlsni_span_make(der, der_len);
}

static void write_again(const struct tlsni_delegated *d, struct tlsn_span bytes)
{
    uint8_t *again = malloc(bytes.len);
    struct tlsni_wr w = tlsni_wr_make(again, bytes.len);

    tlsni_delegated_write_body(&w, d);
    tlsni_delegated_write_signature(&w, d->signature);
    if (w.bad || w.len != bytes.len || memcmp(again, bytes.data, bytes.len) != 0)
        abort();
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct tlsn_span bytes = tlsni_span_make(data, len);
    struct tlsn_delegated_info info;
    struct tlsni_delegated d;
    tlsn_credential *c;

    if (len && tlsni_delegated_parse(bytes, &d) == TLSN_OK)
        write_again(&d, bytes);
    if (tlsn_delegated_describe(data, len, certificate(), &info) == TLSN_OK && info.signed_by_it)
        abort();
    if (tlsn_credential_new_delegated(&c, data, len, NULL, 0, NULL) == TLSN_OK)
        tlsn_credential_free(c);
    return 0;
}
