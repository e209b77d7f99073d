#include "x509/pin.h"

#include <string.h>

#include "base/bytes.h"
#include "cipher/hash.h"
#include "x509/base64.h"

static void hash(uint8_t out[TLSNI_PIN_HASH], struct tlsn_span bytes)
{
    uint8_t digest[TLSNI_HASH_LEN_MAX];

    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA256), bytes.data, bytes.len, digest);
    memcpy(out, digest, TLSNI_PIN_HASH);
}

static bool listed(const struct tlsni_buf *pins, const struct tlsni_pin *pin)
{
    const uint8_t *p = tlsni_buf_data(pins);

    for (size_t n = tlsni_pin_count(pins); n > 0; n--, p += sizeof *pin)
        if (memcmp(p, pin, sizeof *pin) == 0)
            return true;
    return false;
}

tlsn_status tlsni_pin_add(const struct tlsn_hooks *env, struct tlsni_buf *pins, enum tlsn_pin_of of,
                          const uint8_t *sha256)
{
    struct tlsni_pin pin = { (uint8_t)of, { 0 } };

    if (!sha256 || (of != TLSN_PIN_KEY && of != TLSN_PIN_CERTIFICATE))
        return TLSN_ERR_ARGUMENT;
    memcpy(pin.sha256, sha256, sizeof pin.sha256);
    return listed(pins, &pin) ? TLSN_OK : tlsni_buf_append(env, pins, &pin, sizeof pin);
}

bool tlsni_pins_name_key(const struct tlsni_buf *pins, struct tlsn_span spki)
{
    struct tlsni_pin pin = { TLSN_PIN_KEY, { 0 } };

    if (!tlsni_pin_count(pins))
        return false;
    hash(pin.sha256, spki);
    return listed(pins, &pin);
}

bool tlsni_pins_name(const struct tlsni_buf *pins, const struct tlsni_cert *cert)
{
    struct tlsni_pin pin = { TLSN_PIN_CERTIFICATE, { 0 } };

    if (!tlsni_pin_count(pins))
        return false;
    hash(pin.sha256, cert->der);
    return listed(pins, &pin) || tlsni_pins_name_key(pins, cert->spki);
}

tlsn_status tlsn_cert_fingerprint(struct tlsn_span der, enum tlsn_pin_of of, uint8_t sha256[32])
{
    struct tlsni_cert cert;
    tlsn_status st = tlsni_cert_parse(&cert, der, NULL);

    if (st != TLSN_OK)
        return st;
    hash(sha256, of == TLSN_PIN_KEY ? cert.spki : cert.der);
    return TLSN_OK;
}

/* ---- as text ---- */

static bool has_prefix(const char **text, const char *prefix)
{
    size_t n = strlen(prefix);

    if (strncmp(*text, prefix, n) != 0)
        return false;
    *text += n;
    return true;
}

/* 64 digits, perhaps with colons between bytes. */
static bool read_hex(uint8_t out[TLSNI_PIN_HASH], const char *text)
{
    for (size_t i = 0; i < TLSNI_PIN_HASH; i++) {
        int octet;

        text += i && *text == ':';
        octet = tlsni_hex_pair(text);
        if (octet < 0)
            return false;
        out[i] = (uint8_t)octet;
        text += 2;
    }
    return *text == 0;
}

static bool read_base64(uint8_t out[TLSNI_PIN_HASH], const char *text)
{
    uint8_t bytes[TLSNI_PIN_HASH + 16];
    size_t len = strlen(text), got;

    if (len != tlsni_base64_encoded_len(TLSNI_PIN_HASH) ||
        tlsni_base64_decode(bytes, &got, (const uint8_t *)text, len) != TLSN_OK ||
        got != TLSNI_PIN_HASH)
        return false;
    memcpy(out, bytes, TLSNI_PIN_HASH);
    return true;
}

tlsn_status tlsn_pin_read(const char *text, enum tlsn_pin_of *of, uint8_t sha256[32])
{
    *of = has_prefix(&text, "cert-") ? TLSN_PIN_CERTIFICATE : TLSN_PIN_KEY;
    if (has_prefix(&text, "sha256//") ? read_base64(sha256, text)
                                      : has_prefix(&text, "sha256:") && read_hex(sha256, text))
        return TLSN_OK;
    return TLSN_ERR_ARGUMENT;
}
