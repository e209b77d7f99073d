/* fuzz_record.c - the record layer: a stream of records from the peer, decrypted texts of our
 * choosing, and round trips.
 *
 * The first byte says which of the three, the second which kind of protection; the rest is data. */
#include "base/bytes.h"
#include "record/cbc_check.h"
#include "record/record.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { KINDS = 17 };

#define AEAD(id, how)                                                                  \
    { { .kind = TLSNI_CIPHER_AEAD, .cipher = TLSNI_AEAD_##id, .nonce = TLSNI_NONCE_##how }, false }
#define CBC(id, hash, order) \
    { { .kind = TLSNI_CIPHER_CBC, .cipher = TLSNI_BLOCK_##id, .mac = TLSNI_HASH_##hash }, order }

static const struct {
    struct tlsni_suite suite;
    bool etm;
} kinds[KINDS] = {
    AEAD(AES_128_GCM, EXPLICIT8),   AEAD(AES_256_GCM, EXPLICIT8), AEAD(CHACHA20_POLY1305, XOR12),
    CBC(AES_128, SHA1, false),      CBC(AES_128, SHA1, true),     CBC(AES_256, SHA256, false),
    CBC(AES_256, SHA256, true),     CBC(AES_256, SHA384, false),  CBC(AES_256, SHA384, true),
    AEAD(AES_128_CCM, EXPLICIT8),   AEAD(AES_256_CCM_8, EXPLICIT8),
    AEAD(CAMELLIA_128_GCM, EXPLICIT8), CBC(3DES_EDE, SHA1, false), CBC(3DES_EDE, SHA1, true),
    AEAD(ARIA_128_GCM, EXPLICIT8),  CBC(ARIA_256, SHA384, true),
    { { .kind = TLSNI_CIPHER_NULL, .mac = TLSNI_HASH_SHA1 }, false },
};

static void must(bool holds)
{
    if (!holds)
        abort();
}

static tlsn_status zero_random(void *ctx, void *out, size_t len)
{
    (void)ctx;
    memset(out, 0, len);
    return TLSN_OK;
}

static const struct tlsn_hooks hooks = { .random = zero_random };

static struct tlsni_prot *make(size_t kind, bool writes)
{
    static const uint8_t bytes[128];
    struct tlsni_prot_keys keys = { .suite = &kinds[kind].suite,
                                    .profile = &tlsni_record_tls12,
                                    .encrypt_then_mac = kinds[kind].etm,
                                    .mac_key.data = bytes,
                                    .key.data = bytes,
                                    .iv.data = bytes };
    struct tlsni_prot *p;

    tlsni_prot_key_lens(keys.suite, keys.profile, &keys.mac_key.len, &keys.key.len, &keys.iv.len);
    must(tlsni_prot_new(&p, &hooks, &keys, writes) == TLSN_OK);
    return p;
}

/* Records from the peer, opened in place without and with protection. Nothing forged may open. */
static void run_stream(size_t kind, const uint8_t *data, size_t size)
{
    struct tlsni_prot *p = make(kind, false);
    uint8_t *copy = malloc(size + 1), type;
    size_t at = 0, hint = 0, len;
    struct tlsni_err err = { 0 };
    const uint8_t *payload;
    struct tlsni_record rec;

    must(copy != NULL);
    if (size)
        memcpy(copy, data, size);
    while (tlsni_record_parse(copy + at, size - at, kind & 1 ? 0x0303 : 0, TLSNI_RECORD_CIPHER_MAX,
                              &rec, &hint, &err) == TLSN_OK) {
        must(rec.size <= size - at && rec.len == rec.size - TLSNI_RECORD_HEADER);
        (void)tlsni_prot_open(NULL, &rec, NULL, 0, &type, &payload, &len);
        must(tlsni_prot_open(p, &rec, NULL, 0, &type, &payload, &len) != TLSN_OK);
        at += rec.size;
    }
    must(err.status != 0 || hint > size - at);
    free(copy);
    tlsni_prot_free(p);
}

/* The plain judgement that the constant-time one has to equal. */
static bool judge(const struct tlsni_hmac_key *mac, const uint8_t *pseudo, const uint8_t *text,
                  size_t len, size_t *content_len)
{
    size_t mac_len = mac->row->len, padding = (size_t)text[len - 1] + 1;
    uint8_t header[TLSNI_PSEUDO_HEADER], expected[TLSNI_HASH_LEN_MAX];
    struct tlsni_hmac h;

    if (padding + mac_len > len)
        return false;
    for (size_t i = len - padding; i < len; i++)
        if (text[i] != text[len - 1])
            return false;
    *content_len = len - padding - mac_len;
    memcpy(header, pseudo, sizeof header);
    header[11] = (uint8_t)(*content_len >> 8);
    header[12] = (uint8_t)*content_len;
    tlsni_hmac_init(&h, mac);
    tlsni_hmac_update(&h, header, sizeof header);
    tlsni_hmac_update(&h, text, *content_len);
    tlsni_hmac_final(&h, expected);
    return memcmp(expected, text + *content_len, mac_len) == 0;
}

/* The data as a decrypted text; with the first bit set, its MAC is put where the padding says. */
static void run_text(size_t kind, const uint8_t *data, size_t size)
{
    const struct tlsni_hash *row = tlsni_hash_find((enum tlsni_hash_id)kinds[kind].suite.mac);
    uint8_t pseudo[TLSNI_PSEUDO_HEADER] = { 0 }, *text;
    size_t content_len = 0;
    struct tlsni_hmac_key key;
    uint32_t got = 0;
    bool right;

    if (!row || size <= row->len + 1U || size > TLSNI_RECORD_CIPHER_MAX)
        return;
    tlsni_hmac_set_key(&key, row, "key", 3);
    text = malloc(size);
    must(text != NULL);
    memcpy(text, data, size);
    if (data[0] & 1 && text[size - 1] + 1U + row->len <= size) {
        size_t len = size - text[size - 1] - 1U - row->len;
        struct tlsni_hmac h;

        pseudo[11] = (uint8_t)(len >> 8);
        pseudo[12] = (uint8_t)len;
        tlsni_hmac_init(&h, &key);
        tlsni_hmac_update(&h, pseudo, sizeof pseudo);
        tlsni_hmac_update(&h, text, len);
        tlsni_hmac_final(&h, text + len);
    }
    right = judge(&key, pseudo, text, size, &content_len);
    must((tlsni_cbc_check(&key, key.row->len, pseudo, text, size, &got) != 0) == right);
    must(!right || got == content_len);
    free(text);
}

/* Seals the data, opens it again, and does not open it with one bit changed. */
static void run_round_trip(size_t kind, const uint8_t *data, size_t size)
{
    size_t len = size < TLSNI_RECORD_PLAIN_MAX ? size : TLSNI_RECORD_PLAIN_MAX, made, hint, got;
    struct tlsni_prot *writer = make(kind, true), *reader = make(kind, false);
    size_t need = tlsni_prot_sealed_size(writer, len);
    uint8_t *wire = malloc(need), *copy = malloc(need), type;
    size_t bit = size ? (data[size - 1] * 257U) % (8 * (need - TLSNI_RECORD_HEADER)) : 0;
    const uint8_t *payload;
    struct tlsni_record rec;

    must(wire && copy);
    must(tlsni_prot_seal(writer, TLSNI_CONTENT_APPLICATION, 0, data, len, wire, need, &made) ==
         TLSN_OK);
    must(made == need);
    memcpy(copy, wire, need);
    copy[TLSNI_RECORD_HEADER + bit / 8] ^= (uint8_t)(1 << bit % 8);
    must(tlsni_record_parse(copy, need, 0x0303, TLSNI_RECORD_CIPHER_MAX, &rec, &hint, NULL) ==
         TLSN_OK);
    must(tlsni_prot_open(reader, &rec, NULL, 0, &type, &payload, &got) == TLSN_ERR_BAD_RECORD_MAC);
    must(tlsni_record_parse(wire, need, 0x0303, TLSNI_RECORD_CIPHER_MAX, &rec, &hint, NULL) ==
         TLSN_OK);
    must(tlsni_prot_open(reader, &rec, NULL, 0, &type, &payload, &got) == TLSN_OK);
    must(got == len && (len == 0 || memcmp(payload, data, len) == 0));
    free(wire);
    free(copy);
    tlsni_prot_free(writer);
    tlsni_prot_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const runs[])(size_t kind, const uint8_t *data, size_t size) = {
        run_stream,
        run_text,
        run_round_trip,
    };

    if (size >= 2)
        runs[data[0] % 3](data[1] % KINDS, data + 2, size - 2);
    return 0;
}
