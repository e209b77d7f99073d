/* ticket.c - session tickets: a session sealed so that only the holders of one secret can read or
 * make it.
 *
 *   ticket = key name, nonce (12 bytes), sealed session, tag (16 bytes)
 *   key name = epoch (4 bytes), tag of the key (12 bytes)
 *
 * RFC 5077 4 proposes AES-CBC with HMAC; it leaves the format to the server, and an AEAD does both
 * (RFC 5077 5.7). Keys follow from the secret and the epoch, the hour in which a ticket is made,
 * and serve nothing else: @rfc 5077:5.5/3 @rfc 5077:5.5/4. ChaCha20-Poly1305 since its key needs no
 * schedule and each ticket would pay for one. Nonces are random: 2^32 tickets an hour are allowed
 * under one key, far more than there is time for. */
#include "base/ct.h"
#include "base/env.h"
#include "cipher/aead.h"
#include "cipher/hmac.h"
#include "handshake/session.h"

#include <stdalign.h>

enum {
    EPOCH_MS = 3600 * 1000,
    CLOCK_SLACK_MS = 60000,
    NAME_TAG_LEN = 12,
    NAME_LEN = 4 + NAME_TAG_LEN,
    HEAD_LEN = NAME_LEN + TLSNI_AEAD_NONCE_LEN,
    KEY_LEN = 32,
    STATE_MAX = 256,
};

enum { FOR_KEY, FOR_NAME };

struct ticket_key {
    uint8_t name[NAME_LEN];
    alignas(16) uint8_t state[STATE_MAX];
};

/* @rfc 5077:5.2/1, 4507:5.2/1, 5077:5.5/2, 5077:5.7/1, 4507:5.7/1, 5077:5/1, 4507:5/1 */
static const struct tlsni_aead *aead(void)
{
    return tlsni_aead_find(TLSNI_AEAD_CHACHA20_POLY1305);
}

/* HMAC-SHA256(secret, label, format of sessions, epoch, purpose).
 * @rfc 5077:5.5/5 */
static void derive(const struct tlsni_hmac_key *secret, uint32_t epoch, uint8_t purpose,
                   uint8_t out[KEY_LEN])
{
    static const char label[] = "tls-native session ticket 2";
    uint8_t tail[6];
    struct tlsni_wr w = tlsni_wr_make(tail, sizeof tail);
    struct tlsni_hmac h;

    tlsni_wr_u8(&w, TLSNI_SESSION_FORMAT);
    tlsni_wr_u32(&w, epoch);
    tlsni_wr_u8(&w, purpose);
    tlsni_hmac_init(&h, secret);
    tlsni_hmac_update(&h, label, sizeof label);
    tlsni_hmac_update(&h, tail, w.len);
    tlsni_hmac_final(&h, out);
}

static tlsn_status make_key(struct ticket_key *key, const uint8_t secret[32], uint32_t epoch)
{
    struct tlsni_wr name = tlsni_wr_make(key->name, NAME_LEN);
    struct tlsni_hmac_key hmac;
    uint8_t bytes[KEY_LEN];

    if (aead()->state_len > STATE_MAX)
        return TLSN_ERR_INTERNAL;
    tlsni_hmac_set_key(&hmac, tlsni_hash_find(TLSNI_HASH_SHA256), secret, 32);
    derive(&hmac, epoch, FOR_NAME, bytes);
    tlsni_wr_u32(&name, epoch);
    tlsni_wr_put(&name, bytes, NAME_TAG_LEN);
    derive(&hmac, epoch, FOR_KEY, bytes);
    aead()->set_key(key->state, bytes);
    tlsni_wipe(bytes, sizeof bytes);
    tlsni_wipe(&hmac, sizeof hmac);
    return TLSN_OK;
}

/* Times before 1970 count as 1970. */
static uint32_t epoch_of(int64_t ms)
{
    int64_t epoch = ms < 0 ? 0 : ms / EPOCH_MS;

    return epoch > UINT32_MAX ? UINT32_MAX : (uint32_t)epoch;
}

/* @rfc 9257:6.1.2/1
 * Key name, nonce and the sealed bytes behind them. out has room for all.
 * @rfc 5077:4/2, 4507:4/2 */
static tlsn_status seal_bytes(const struct ticket_key *key, const struct tlsn_hooks *env,
                              struct tlsn_span plain, uint8_t *out)
{
    uint8_t *nonce = out + NAME_LEN, *sealed = out + HEAD_LEN;
    tlsn_status st = tlsni_random(env, nonce, TLSNI_AEAD_NONCE_LEN);

    if (st != TLSN_OK)
        return st;
    memcpy(out, key->name, NAME_LEN);
    aead()->seal(key->state, nonce, key->name, NAME_LEN, sealed, plain.data, plain.len,
                 sealed + plain.len);
    return TLSN_OK;
}

tlsn_status tlsni_ticket_seal(const struct tlsn_session *s, const uint8_t secret[32],
                              const struct tlsn_hooks *env, struct tlsni_buf *out)
{
    struct tlsni_buf plain = { 0 };
    struct ticket_key key;
    size_t len = 0;
    tlsn_status st = tlsni_session_pack(s, env, &plain);

    if (st == TLSN_OK)
        len = HEAD_LEN + tlsni_buf_len(&plain) + TLSNI_AEAD_TAG_LEN;
    /* A client certificate can be too long for a ticket: then there is none. */
    if (st != TLSN_OK || len > TLSNI_TICKET_MAX)
        goto done;
    st = tlsni_buf_reserve(env, out, len);
    if (st == TLSN_OK)
        st = make_key(&key, secret, epoch_of(tlsni_now_ms(env)));
    if (st == TLSN_OK)
        st = seal_bytes(&key, env, tlsni_span_make(plain.data + plain.start, tlsni_buf_len(&plain)),
                        out->data + out->end);
    tlsni_wipe(&key, sizeof key);
    if (st == TLSN_OK)
        out->end += len;
done:
    tlsni_buf_free(env, &plain);
    return st;
}

/* The epoch is in the clear, so that one key is derived and not one for each epoch that is still
 * good. */
static bool find_key(struct ticket_key *key, const uint8_t secret[32], uint32_t lifetime_s,
                     int64_t now_ms, const uint8_t *name)
{
    struct tlsni_rd r = tlsni_rd_make(name, NAME_LEN);
    uint32_t epoch = tlsni_rd_u32(&r);

    if (epoch < epoch_of(now_ms - 1000 * (int64_t)lifetime_s) ||
        epoch > epoch_of(now_ms + CLOCK_SLACK_MS) || make_key(key, secret, epoch) != TLSN_OK)
        return false;
    return tlsni_ct_memeq(key->name, name, NAME_LEN);
}

/* Opens what is behind the head into plain, which has room for it. */
static tlsn_status open_bytes(const struct ticket_key *key, struct tlsn_span ticket,
                              struct tlsni_buf *plain)
{
    const uint8_t *sealed = ticket.data + HEAD_LEN;
    size_t len = ticket.len - HEAD_LEN - TLSNI_AEAD_TAG_LEN;

    if (aead()->open(key->state, ticket.data + NAME_LEN, key->name, NAME_LEN, plain->data, sealed,
                     len, sealed + len) != TLSN_OK)
        return TLSN_ERR_NOT_FOUND;
    plain->end = len;
    return TLSN_OK;
}

static tlsn_status read_session(struct tlsn_session *s, const struct tlsni_buf *plain,
                                uint32_t lifetime_s, int64_t now_ms, const struct tlsn_hooks *env)
{
    tlsn_status st = tlsni_session_unpack(s, tlsni_span_make(plain->data, plain->end), env);

    if (st == TLSN_ERR_SESSION_FORMAT)
        return TLSN_ERR_NOT_FOUND;
    if (st != TLSN_OK)
        return st;
    if (s->lifetime_s > lifetime_s)
        s->lifetime_s = lifetime_s;
    if (tlsni_session_fresh(s, now_ms))
        return TLSN_OK;
    tlsni_session_clear(s);
    return TLSN_ERR_NOT_FOUND;
}

tlsn_status tlsni_ticket_open(struct tlsn_session *s, const uint8_t secret[32],
                              uint32_t lifetime_s, struct tlsn_span ticket,
                              const struct tlsn_hooks *env)
{
    int64_t now_ms = tlsni_now_ms(env);
    struct tlsni_buf plain = { 0 };
    struct ticket_key key;
    tlsn_status st = TLSN_ERR_NOT_FOUND;

    if (ticket.len < HEAD_LEN + TLSNI_AEAD_TAG_LEN ||
        !find_key(&key, secret, lifetime_s, now_ms, ticket.data))
        goto done;
    st = tlsni_buf_reserve(env, &plain, ticket.len);
    if (st == TLSN_OK)
        st = open_bytes(&key, ticket, &plain);
    if (st == TLSN_OK)
        st = read_session(s, &plain, lifetime_s, now_ms, env);
done:
    tlsni_wipe(&key, sizeof key);
    tlsni_buf_free(env, &plain);
    return st;
}
