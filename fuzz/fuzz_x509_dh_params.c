/* fuzz_x509_dh_params.c - a group of finite-field Diffie-Hellman from a file, and a pin as text. What is taken is
 * no larger than what it was read from; a group is one that the check of its numbers lets pass. */
#include <stdlib.h>
#include <string.h>
#include <tls-native/x509.h>

#include "base/bytes.h"
#include "x509/dh_params.h"

enum { LEN_MAX = 2048 }; /* primes take their time */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void group(struct tlsn_span data)
{
    struct tlsni_dh_params params;
    struct tlsni_buf keep = { 0 };
    struct tlsni_err err = { 0 };

    if (tlsni_dh_params_read(&params, &keep, NULL, data, &err) == TLSN_OK &&
        (tlsni_buf_len(&keep) > data.len || tlsni_dh_check(&params) != TLSN_OK))
        abort();
    tlsni_buf_free(NULL, &keep);
}

static void pin(struct tlsn_span data)
{
    char text[200];
    uint8_t hash[32];
    enum tlsn_pin_of of;

    if (data.len >= sizeof text)
        return;
    memcpy(text, data.data, data.len);
    text[data.len] = '\0';
    if (tlsn_pin_read(text, &of, hash) == TLSN_OK && of != TLSN_PIN_KEY &&
        of != TLSN_PIN_CERTIFICATE)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct tlsn_span s = { data, len };

    if (len == 0 || len > LEN_MAX)
        return 0;
    group(s);
    pin(s);
    return 0;
}
