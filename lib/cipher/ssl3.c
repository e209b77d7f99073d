#include "cipher/ssl3.h"

#include "base/mem.h"

#include <string.h>

enum { PAD_1 = 0x36, PAD_2 = 0x5c, PAD_MD5 = 48, PAD_SHA1 = 40 };

static size_t pad_len(const struct tlsni_hash *row)
{
    return row->id == TLSNI_HASH_MD5 ? PAD_MD5 : PAD_SHA1;
}

static void feed_pad(union tlsni_hash_state *s, const struct tlsni_hash *row, uint8_t value)
{
    uint8_t pad[TLSNI_SSL3_PAD_MAX];

    memset(pad, value, sizeof pad);
    row->update(s, pad_len(row), pad);
}

static void key_state(union tlsni_hash_state *s, const struct tlsni_hash *row, const void *secret,
                      size_t secret_len, uint8_t value)
{
    row->init(s);
    if (secret_len)
        row->update(s, secret_len, secret);
    feed_pad(s, row, value);
}

void tlsni_ssl3_mac_set_key(struct tlsni_hmac_key *key, const struct tlsni_hash *row,
                            const void *secret, size_t secret_len)
{
    key->row = row;
    key_state(&key->inner, row, secret, secret_len, PAD_1);
    key_state(&key->outer, row, secret, secret_len, PAD_2);
}

size_t tlsni_ssl3_pad(const struct tlsni_hash *row, uint8_t *out)
{
    memset(out, PAD_1, TLSNI_SSL3_PAD_MAX);
    return pad_len(row);
}

/* One half: hash(master, pad_2, hash(messages, sender, master, pad_1)). */
static void nest(const struct tlsni_hash *row, union tlsni_hash_state *inner,
                 struct tlsn_span sender, struct tlsn_span master, uint8_t *out)
{
    uint8_t hash[TLSNI_HASH_LEN_MAX];
    union tlsni_hash_state outer;

    if (sender.len)
        row->update(inner, sender.len, sender.data);
    row->update(inner, master.len, master.data);
    feed_pad(inner, row, PAD_1);
    row->digest(inner, hash);
    key_state(&outer, row, master.data, master.len, PAD_2);
    row->update(&outer, row->len, hash);
    row->digest(&outer, out);
    tlsni_wipe(&outer, sizeof outer);
}

void tlsni_ssl3_digest(const struct tlsni_hash_ctx *messages, struct tlsn_span sender,
                       struct tlsn_span master, uint8_t out[TLSNI_SSL3_DIGEST_LEN])
{
    union tlsni_hash_state half;

    half.md5 = messages->state.md5_sha1.md5;
    nest(tlsni_hash_find(TLSNI_HASH_MD5), &half, sender, master, out);
    half.sha1 = messages->state.md5_sha1.sha1;
    nest(tlsni_hash_find(TLSNI_HASH_SHA1), &half, sender, master, out + 16);
    tlsni_wipe(&half, sizeof half);
}

/* MD5(secret, SHA1(letters, secret, seeds)) */
static void expand(size_t round, struct tlsn_span secret, struct tlsn_span seed1,
                   struct tlsn_span seed2, uint8_t out[16])
{
    uint8_t letters[26], sha1[20];
    struct tlsni_hash_ctx h;

    memset(letters, (int)('A' + round), round + 1);
    tlsni_hash_init(&h, tlsni_hash_find(TLSNI_HASH_SHA1));
    tlsni_hash_update(&h, letters, round + 1);
    tlsni_hash_update(&h, secret.data, secret.len);
    tlsni_hash_update(&h, seed1.data, seed1.len);
    tlsni_hash_update(&h, seed2.data, seed2.len);
    tlsni_hash_peek(&h, sha1);
    tlsni_hash_init(&h, tlsni_hash_find(TLSNI_HASH_MD5));
    tlsni_hash_update(&h, secret.data, secret.len);
    tlsni_hash_update(&h, sha1, sizeof sha1);
    tlsni_hash_peek(&h, out);
    tlsni_wipe(&h, sizeof h);
    tlsni_wipe(sha1, sizeof sha1);
}

/* 26 letters are enough for 416 bytes; no key block is longer. */
void tlsni_prf_ssl3(const struct tlsni_hash *hash, const void *secret, size_t secret_len,
                    const char *label, struct tlsn_span seed1, struct tlsn_span seed2, uint8_t *out,
                    size_t out_len)
{
    const struct tlsn_span key = { secret, secret_len };
    uint8_t block[16];

    (void)hash;
    (void)label;
    for (size_t round = 0; out_len && round < 26; round++) {
        size_t n = out_len < sizeof block ? out_len : sizeof block;

        expand(round, key, seed1, seed2, block);
        memcpy(out, block, n);
        out += n;
        out_len -= n;
    }
    tlsni_wipe(block, sizeof block);
}
