/* prot_cbc.c - block ciphers in CBC mode with an HMAC (RFC 5246 6.2.3.2, RFC 2246 6.2.3.2).
 *
 *     MAC-then-encrypt            header | IV | enc(content, MAC, padding)
 *     Encrypt-then-MAC, RFC 7366  header | IV | enc(content, padding) | MAC
 *
 * From TLS 1.1 on the IV is in the record. A sender must not let anybody predict it
 * (5246:6.2.3.2/3): IVs are drawn from the RNG a batch at a time, so that most records cost no system
 * call. Before, there is none on the wire: the first comes from the key block, each later one is the
 * last block of the record before. Everybody can predict those (Rogaway 2002, Bard 2004, "BEAST"),
 * hence p->split. */
#include "base/ct.h"
#include "base/env.h"
#include "base/mem.h"
#include "cipher/ssl3.h"
#include "record/cbc_check.h"
#include "record/mac.h"
#include "record/prot.h"

#include <string.h>

enum { IV_BATCH = 16, TAIL_MAX = TLSNI_HASH_LEN_MAX + 2 * TLSNI_BLOCK_LEN_MAX };

struct cbc_prot {
    struct tlsni_prot prot;
    const struct tlsni_block *block;
    struct tlsni_record_mac mac;
    size_t block_len;
    uint8_t head[TLSNI_HASH_LEN_MAX + TLSNI_SSL3_PAD_MAX]; /* SSL 3.0: MAC secret and pad */
    size_t head_len;
    size_t iv_len; /* of it on the wire: block_len or 0 */
    uint8_t chain[TLSNI_BLOCK_LEN_MAX]; /* implicit: the IV of the next record */
    uint8_t *ivs; /* writing side, explicit: IV_BATCH of them behind the state */
    size_t ivs_left; /* of them not yet used: the first ones */
    _Alignas(16) uint8_t state[];
};

static struct cbc_prot *cbc_of(struct tlsni_prot *p)
{
    return (struct cbc_prot *)p;
}

static const struct tlsni_block *block_of(const struct tlsni_prot_keys *keys)
{
    return tlsni_block_find((enum tlsni_block_id)keys->suite->cipher);
}

static bool fits_cbc(const struct tlsni_prot_keys *keys)
{
    return keys->suite->kind == TLSNI_CIPHER_CBC && block_of(keys) &&
           tlsni_record_mac_fits(keys);
}

static bool fits_mac_then_encrypt(const struct tlsni_prot_keys *keys)
{
    return fits_cbc(keys) && !keys->encrypt_then_mac;
}

static bool fits_encrypt_then_mac(const struct tlsni_prot_keys *keys)
{
    return fits_cbc(keys) && keys->encrypt_then_mac;
}

static size_t state_size(const struct tlsni_prot_keys *keys, bool writes)
{
    const struct tlsni_block *block = block_of(keys);
    bool draws = writes && keys->profile->explicit_iv;

    return sizeof(struct cbc_prot) + block->state_len + (draws ? IV_BATCH * block->block_len : 0U);
}

/* @rfc 6101:5.2.3.1/3 */
/* @rfc 2246:6.2.3.2/1, 6101:5.2.3.2/1, 2246:6.2.3.2/2, 6101:5.2.3.2/4, 6101:5.1/5 */
static void set_iv(struct cbc_prot *c, const struct tlsni_prot_keys *keys)
{
    if (keys->profile->explicit_iv) {
        c->iv_len = c->block_len;
        c->ivs = c->state + c->block->state_len;
        return;
    }
    memcpy(c->chain, keys->iv.data, c->block_len);
    c->prot.split = c->prot.writes;
}

static void init(struct tlsni_prot *p, const struct tlsni_prot_keys *keys)
{
    struct cbc_prot *c = cbc_of(p);

    c->block = block_of(keys);
    c->block_len = c->block->block_len;
    set_iv(c, keys);
    tlsni_record_mac_init(&c->mac, keys);
    if (p->ssl3) {
        memcpy(c->head, keys->mac_key.data, keys->mac_key.len);
        c->head_len = keys->mac_key.len +
                      tlsni_ssl3_pad(c->mac.key.row, c->head + keys->mac_key.len);
    }
    if (p->writes) {
        c->block->set_encrypt_key(c->state, keys->key.data);
        p->budget = c->block->block_limit;
    } else {
        c->block->set_decrypt_key(c->state, keys->key.data);
    }
    p->lead = (uint8_t)(TLSNI_RECORD_HEADER + c->iv_len);
    p->tail = (uint8_t)(c->mac.len + 1);
    p->outer = keys->encrypt_then_mac ? c->mac.len : 0;
    p->block_len = c->block->block_len;
}

/* An IV for a record, which may be put straight to its place on the wire.
 * @rfc 5246:6.2.3.2/2, 5246:6.2.3.2/3 */
static tlsn_status next_iv(struct cbc_prot *c, uint8_t *iv, uint8_t *wire)
{
    size_t len = c->block_len;

    if (!c->iv_len) {
        memcpy(iv, c->chain, len);
        return TLSN_OK;
    }
    if (!c->ivs_left) {
        tlsn_status st = tlsni_random(c->prot.env, c->ivs, IV_BATCH * len);

        if (st != TLSN_OK)
            return st;
        c->ivs_left = IV_BATCH;
    }
    memcpy(iv, c->ivs + --c->ivs_left * len, len);
    memcpy(wire, iv, len);
    return TLSN_OK;
}

/* Encrypts content, mac_len bytes of MAC and the shortest padding to dst: the whole blocks of
 * content straight from where they are, the rest from a small buffer. Bytes written.
 * @rfc 5246:6.2.3.2/6, 5246:6.2.3.2/9, 6101:5.2.3.2/3, 5246:4.7/7 */
static size_t encrypt(const struct cbc_prot *c, uint8_t *iv, const uint8_t *plain,
                      size_t len, const uint8_t *mac, size_t mac_len, uint8_t *dst)
{
    size_t block_len = c->block_len, rest = len % block_len, whole = len - rest;
    size_t padding = block_len - (rest + mac_len) % block_len;
    uint8_t tail[TAIL_MAX];

    if (rest)
        memcpy(tail, plain + whole, rest);
    if (mac_len)
        memcpy(tail + rest, mac, mac_len);
    memset(tail + rest + mac_len, (int)(padding - 1), padding);
    if (whole)
        c->block->cbc_encrypt(c->state, iv, dst, plain, whole);
    c->block->cbc_encrypt(c->state, iv, dst + whole, tail, rest + mac_len + padding);
    tlsni_wipe(tail, sizeof tail);
    return len + mac_len + padding;
}

/* @rfc 5246:6.2.3.1/2, 5246:6.2.3.2/1, 5246:6.2.3.2/4, 5246:6.2.3.2/11 */
static tlsn_status seal_mac_then_encrypt(struct tlsni_prot *p, uint8_t type, const uint8_t *plain,
                                         size_t len, uint8_t *out)
{
    struct cbc_prot *c = cbc_of(p);
    uint8_t mac[TLSNI_HASH_LEN_MAX], iv[TLSNI_BLOCK_LEN_MAX];
    tlsn_status st = next_iv(c, iv, out + TLSNI_RECORD_HEADER);
    size_t size;

    if (st != TLSN_OK)
        return st;
    tlsni_record_mac_write(&c->mac, p, type, plain, len, mac);
    size = encrypt(c, iv, plain, len, mac, c->mac.len, out + p->lead);
    memcpy(c->chain, iv, c->block_len);
    tlsni_wipe(mac, sizeof mac);
    tlsni_record_header(type, p->version, c->iv_len + size, out);
    return TLSN_OK;
}

/* The MAC covers IV and ciphertext, and their length (7366:3/2).
 * @rfc 7366:3/1, 7366:3/2, 7366:3/3 */
static tlsn_status seal_encrypt_then_mac(struct tlsni_prot *p, uint8_t type, const uint8_t *plain,
                                         size_t len, uint8_t *out)
{
    struct cbc_prot *c = cbc_of(p);
    uint8_t *body = out + TLSNI_RECORD_HEADER, iv[TLSNI_BLOCK_LEN_MAX];
    tlsn_status st = next_iv(c, iv, body);
    size_t covered;

    if (st != TLSN_OK)
        return st;
    covered = c->iv_len + encrypt(c, iv, plain, len, NULL, 0, out + p->lead);
    memcpy(c->chain, iv, c->block_len);
    tlsni_record_mac_write(&c->mac, p, type, body, covered, body + covered);
    tlsni_record_header(type, p->version, covered + c->mac.len, out);
    return TLSN_OK;
}

/* What is encrypted has to be whole blocks; lengths are public.
 * @rfc 5246:7.2.2/8 */
static bool length_fits(const struct tlsni_prot *p, size_t fragment_len)
{
    return (fragment_len - p->outer) % p->block_len == 0;
}

/* The cipher leaves the last block of the ciphertext in the IV: the next one, if that is implicit. */
static void decrypt(struct cbc_prot *c, const uint8_t *fragment, size_t len, uint8_t *dst)
{
    if (c->iv_len)
        memcpy(c->chain, fragment, c->iv_len);
    c->block->cbc_decrypt(c->state, c->chain, dst, fragment + c->iv_len, len);
    TLSNI_CT_SECRET(dst, len);
}

/* The MAC's header with the length open, behind secret and pad where the version wants them; padding
 * and MAC in constant time. */
static uint32_t check_text(struct cbc_prot *c, uint8_t type, const uint8_t *text, size_t len,
                           uint32_t *content_len)
{
    uint8_t head[sizeof c->head + TLSNI_PSEUDO_HEADER];
    size_t head_len = c->head_len;
    uint32_t ok;

    memcpy(head, c->head, head_len);
    head_len += tlsni_prot_pseudo(&c->prot, type, 0, head + head_len);
    ok = c->prot.ssl3 ? tlsni_cbc_check_ssl3(&c->mac.key, head, head_len, c->block_len, text, len,
                                             content_len)
                      : tlsni_cbc_check(&c->mac.key, c->mac.len, head, text, len,
                                        content_len);
    tlsni_wipe(head, sizeof head);
    return ok;
}

/* @rfc 5246:6.2.3.2/8, 5246:7.2.2/9 */
static tlsn_status open_mac_then_encrypt(struct tlsni_prot *p, const struct tlsni_record *rec,
                                         uint8_t *dst, uint8_t *type, size_t *plain_len)
{
    struct cbc_prot *c = cbc_of(p);
    uint32_t ok, content_len;
    size_t len;

    if (!length_fits(p, rec->len))
        return TLSN_ERR_BAD_RECORD_MAC;
    len = rec->len - c->iv_len;
    decrypt(c, rec->fragment, len, dst);
    ok = check_text(c, rec->type, dst, len, &content_len);
    TLSNI_CT_PUBLIC(&ok, sizeof ok);
    if (!ok) {
        tlsni_wipe(dst, len);
        return TLSN_ERR_BAD_RECORD_MAC;
    }
    TLSNI_CT_PUBLIC(&content_len, sizeof content_len);
    TLSNI_CT_PUBLIC(dst, content_len);
    *plain_len = content_len;
    *type = rec->type;
    return TLSN_OK;
}

/* Padding that came with a right MAC is the peer's own; a fault in it is still fatal. */
static tlsn_status strip_padding(uint8_t *text, size_t len, size_t *plain_len)
{
    size_t padding = (size_t)text[len - 1] + 1;
    uint8_t wrong = 0;

    if (padding > len) {
        tlsni_wipe(text, len);
        return TLSN_ERR_BAD_RECORD_MAC;
    }
    for (size_t i = len - padding; i < len; i++)
        wrong |= (uint8_t)(text[i] ^ text[len - 1]);
    if (wrong) {
        tlsni_wipe(text, len);
        return TLSN_ERR_BAD_RECORD_MAC;
    }
    *plain_len = len - padding;
    return TLSN_OK;
}

/* Nothing is decrypted before the MAC is known to be right (7366:3/5).
 * @rfc 7366:3/5, 7366:3/6, 7366:3/7 */
static tlsn_status open_encrypt_then_mac(struct tlsni_prot *p, const struct tlsni_record *rec,
                                         uint8_t *dst, uint8_t *type, size_t *plain_len)
{
    struct cbc_prot *c = cbc_of(p);
    size_t covered, len;

    if (!length_fits(p, rec->len))
        return TLSN_ERR_BAD_RECORD_MAC;
    covered = rec->len - c->mac.len;
    len = covered - c->iv_len;
    if (!tlsni_record_mac_check(&c->mac, p, rec->type, rec->fragment, covered,
                                rec->fragment + covered))
        return TLSN_ERR_BAD_RECORD_MAC;
    decrypt(c, rec->fragment, len, dst);
    TLSNI_CT_PUBLIC(dst, len);
    *type = rec->type;
    return strip_padding(dst, len, plain_len);
}

const struct tlsni_prot_kind tlsni_prot_mac_then_encrypt = {
    { "CBC, MAC-then-encrypt", seal_mac_then_encrypt, open_mac_then_encrypt },
    fits_mac_then_encrypt,
    state_size,
    init,
};

const struct tlsni_prot_kind tlsni_prot_encrypt_then_mac = {
    { "CBC, encrypt-then-MAC", seal_encrypt_then_mac, open_encrypt_then_mac },
    fits_encrypt_then_mac,
    state_size,
    init,
};
