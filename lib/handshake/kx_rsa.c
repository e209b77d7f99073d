/* kx_rsa.c - RSA key transport (RFC 5246 7.4.7.1). */
#include "base/ct.h"
#include "base/env.h"
#include "handshake/kx.h"
#include "handshake/kx_rsa.h"

/* @rfc 5246:7.4.7.1/1, 5246:7.4.7.1/11, 5246:8.1.1/1, 6101:6.1.1/1, 6101:5.6.7.1/1, 5246:7.3/2 */
tlsn_status tlsni_kx_rsa_write(struct tlsni_hs *hs, struct tlsni_wr *w,
                               const struct tlsni_pubkey *key)
{
    uint8_t sealed[TLSNI_RSA_BITS_MAX / 8];
    tlsn_status st = tlsni_kx_reserve(hs, 0, 0, TLSNI_MASTER_LEN);

    if (st == TLSN_OK)
        st = tlsni_random(hs->env, hs->premaster, TLSNI_MASTER_LEN);
    if (st != TLSN_OK)
        return st;
    /* @rfc 5246:7.4.7.1/2, 6101:5.6.7.1/2 the version offered, not the one negotiated */
    hs->premaster[0] = (uint8_t)(hs->client_version >> 8);
    hs->premaster[1] = (uint8_t)hs->client_version;
    hs->premaster_len = TLSNI_MASTER_LEN;
    st = tlsni_pubkey_rsa_encrypt(key, hs->env,
                                  tlsni_span_make(hs->premaster, TLSNI_MASTER_LEN), sealed);
    if (st == TLSN_OK)
        tlsni_msg_exchange_write(w, hs->version->sealed_length,
                                 tlsni_span_make(sealed, tlsni_pubkey_modulus_len(key)));
    return st;
}

static tlsn_status write_exchange(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    return tlsni_kx_rsa_write(hs, w, hs->peer.key);
}

tlsn_status tlsni_kx_rsa_read(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsn_span sealed;
    tlsn_status st = tlsni_msg_exchange_parse(body, hs->version->sealed_length, &sealed);

    return st == TLSN_OK ? tlsni_kx_keep_public(hs, sealed) : st;
}

/* The random premaster secret comes first (@rfc 5246:7.4.7.1/6); decryption may or may not replace
 * it. */
tlsn_status tlsni_kx_rsa_decrypt(const struct tlsni_hs *hs, const struct tlsni_privkey *key,
                                 struct tlsn_span sealed, uint8_t premaster[TLSNI_MASTER_LEN])
{
    tlsn_status st = tlsni_random(hs->env, premaster, TLSNI_MASTER_LEN);

    if (st != TLSN_OK)
        return st;
    return tlsni_privkey_rsa_premaster(key, hs->env, sealed, hs->client_version, premaster);
}

/* The two version bytes once more for premaster secrets that were decrypted outside; in constant
 * time.
 * @rfc 5246:7.4.7.1/3, 5246:7.4.7.1/4, 5246:7.4.7.1/5 */
static void check_version(struct tlsni_hs *hs, const uint8_t random[TLSNI_MASTER_LEN])
{
    const uint8_t *p = hs->key_op.result;
    uint32_t good = tlsni_ct_eq(p[0], hs->client_version >> 8) &
                    tlsni_ct_eq(p[1], hs->client_version & 0xff);

    tlsni_ct_cond_copy(~good, hs->key_op.result, random, TLSNI_MASTER_LEN);
}

static tlsn_status take_external(struct tlsni_hs *hs)
{
    uint8_t random[TLSNI_MASTER_LEN];
    tlsn_status st = tlsni_random(hs->env, random, sizeof random);

    if (st != TLSN_OK)
        return st;
    check_version(hs, random);
    tlsni_wipe(random, sizeof random);
    return TLSN_OK;
}

/* @rfc 5246:7.4.7.1/8, 5246:7.4.7.1/9, 5246:7.4.7.1/10 */
tlsn_status tlsni_kx_rsa_finish(struct tlsni_hs *hs)
{
    struct tlsni_key_op *op = &hs->key_op;
    tlsn_status st;

    if (op->kind != TLSNI_OP_DECRYPT)
        tlsni_key_op_begin(hs, TLSNI_OP_DECRYPT, NULL, hs->peer_public);
    st = tlsni_key_op_run(hs);
    if (st == TLSN_OK && !op->credential->key)
        st = take_external(hs);
    if (st == TLSN_OK)
        st = tlsni_kx_reserve(hs, 0, 0, TLSNI_MASTER_LEN);
    if (st != TLSN_OK)
        return st;
    memcpy(hs->premaster, op->result, TLSNI_MASTER_LEN);
    hs->premaster_len = TLSNI_MASTER_LEN;
    tlsni_wipe(op->result, TLSNI_MASTER_LEN);
    return TLSN_OK;
}

const struct tlsni_kx_ops tlsni_kx_rsa = {
    .kx = TLSNI_KX_RSA,
    .feasible = tlsni_kx_no_group,
    .write_exchange = write_exchange,
    .read_exchange = tlsni_kx_rsa_read,
    .finish_exchange = tlsni_kx_rsa_finish,
};
