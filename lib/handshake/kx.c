#include "handshake/kx.h"

#include "base/alert.h"
#include "base/ct.h"
#include "handshake/kx_rsa.h"

static const struct tlsni_kx_ops *const rows[] = {
    &tlsni_kx_rsa,     &tlsni_kx_rsa_export, &tlsni_kx_dhe,       &tlsni_kx_ecdhe,   &tlsni_kx_psk,
    &tlsni_kx_dhe_psk, &tlsni_kx_ecdhe_psk,  &tlsni_kx_rsa_psk, &tlsni_kx_srp,
    &tlsni_kx_dh,      &tlsni_kx_ecdh,       &tlsni_kx_tls13,
};

const struct tlsni_kx_ops *tlsni_kx_find(uint8_t kx)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i]->kx == kx)
            return rows[i];
    return NULL;
}

bool tlsni_kx_no_group(struct tlsni_hs *hs)
{
    hs->group = NULL;
    return true;
}

tlsn_status tlsni_kx_reserve(struct tlsni_hs *hs, size_t private_len, size_t public_len,
                             size_t premaster_len)
{
    tlsni_kx_release(hs);
    hs->kx_block_len = private_len + public_len + premaster_len;
    hs->kx_block = tlsni_alloc(hs->env, hs->kx_block_len);
    if (!hs->kx_block)
        return TLSN_ERR_NO_MEMORY;
    hs->private_key = hs->kx_block;
    hs->public_key = hs->private_key + private_len;
    hs->premaster = hs->public_key + public_len;
    return TLSN_OK;
}

void tlsni_kx_release(struct tlsni_hs *hs)
{
    tlsni_free_secret(hs->env, hs->kx_block, hs->kx_block_len);
    hs->kx_block = hs->private_key = hs->public_key = hs->premaster = NULL;
    hs->kx_block_len = hs->premaster_len = 0;
}

/* @rfc 5246:8.1.2/1 */
void tlsni_kx_strip_zeros(struct tlsni_hs *hs)
{
    uint32_t zeros = tlsni_ct_leading_zeros(hs->premaster, hs->premaster_len - 1);

    TLSNI_CT_PUBLIC(&zeros, sizeof zeros);
    hs->premaster_len -= zeros;
    memmove(hs->premaster, hs->premaster + zeros, hs->premaster_len);
}

tlsn_status tlsni_kx_keep_public(struct tlsni_hs *hs, struct tlsn_span value)
{
    size_t at = tlsni_buf_len(&hs->kx_params);
    tlsn_status st = tlsni_buf_append(hs->env, &hs->kx_params, value.data, value.len);

    if (st == TLSN_OK)
        hs->peer_public = tlsni_span_make(hs->kx_params.data + hs->kx_params.start + at, value.len);
    return st;
}

static tlsn_status derive(struct tlsni_hs *hs)
{
    const struct tlsn_span *y = &hs->peer_public;

    if (hs->group) {
        hs->premaster_len = hs->group->shared_len;
        return hs->group->derive(hs->group, hs->env, hs->private_key, y->data, y->len,
                                 hs->premaster);
    }
    hs->premaster_len = (tlsni_dh_bits(&hs->dh) + 7) / 8;
    return tlsni_dh_derive(&hs->dh, hs->env, hs->private_key, y->data, y->len, hs->premaster);
}

/* @rfc 8422:2/2, 8422:2.1/4, 8422:5.7/3, 7919:8.8/1, 3268:3/2 */
tlsn_status tlsni_kx_derive(struct tlsni_hs *hs)
{
    bool negotiated = hs->ff_negotiated && hs->group && hs->group->kind == TLSNI_GROUP_FF;
    tlsn_status st = derive(hs);

    tlsni_wipe(hs->private_key, (size_t)(hs->public_key - hs->private_key));
    if (st != TLSN_ERR_ILLEGAL_PARAMETER)
        return st;
    /* @rfc 7919:3/10, 7919:4/10 */
    return tlsni_fail_alert(hs->err, st,
                            negotiated ? TLSNI_ALERT_HANDSHAKE_FAILURE
                                       : TLSNI_ALERT_ILLEGAL_PARAMETER,
                            "handshake", "the peer's public value (%zu bytes) is not valid in %s",
                            hs->peer_public.len, hs->group ? hs->group->name : "its DH group");
}

void tlsni_key_op_begin(struct tlsni_hs *hs, enum tlsni_op kind, const struct tlsni_sigalg *scheme,
                        struct tlsn_span input)
{
    struct tlsni_key_op *op = &hs->key_op;

    tlsni_free_secret(hs->env, op->result, op->result_len);
    *op = (struct tlsni_key_op){
        .kind = kind,
        .credential = hs->tls13.delegated ? hs->tls13.delegated : hs->credential,
        .scheme = scheme,
        .input = input,
    };
}

tlsn_status tlsni_key_op_set_result(struct tlsni_hs *hs, const void *result, size_t len)
{
    struct tlsni_key_op *op = &hs->key_op;

    op->result = tlsni_memdup(hs->env, result, len);
    if (!op->result)
        return TLSN_ERR_NO_MEMORY;
    op->result_len = len;
    op->done = true;
    return TLSN_OK;
}

static tlsn_status sign_here(const struct tlsni_hs *hs, uint8_t *result, size_t *len)
{
    const struct tlsni_key_op *op = &hs->key_op;
    struct tlsni_sig_params params = tlsni_sigalg_params(op->scheme);

    return tlsni_privkey_sign(op->credential->key, hs->env, &params, op->input, result, len);
}

static tlsn_status decrypt_here(const struct tlsni_hs *hs, uint8_t *result, size_t *len)
{
    const struct tlsni_key_op *op = &hs->key_op;

    *len = TLSNI_MASTER_LEN;
    return tlsni_kx_rsa_decrypt(hs, op->credential->key, op->input, result);
}

static tlsn_status agree_here(const struct tlsni_hs *hs, uint8_t *result, size_t *len)
{
    const struct tlsni_key_op *op = &hs->key_op;

    return tlsni_privkey_agree(op->credential->key, hs->env, op->input, result, len);
}

static tlsn_status run_here(const struct tlsni_hs *hs, uint8_t *result, size_t *len)
{
    switch (hs->key_op.kind) {
    case TLSNI_OP_SIGN: return sign_here(hs, result, len);
    case TLSNI_OP_AGREE: return agree_here(hs, result, len);
    default: return decrypt_here(hs, result, len);
    }
}

tlsn_status tlsni_key_op_run(struct tlsni_hs *hs)
{
    const struct tlsni_key_op *op = &hs->key_op;
    uint8_t result[TLSNI_SIGNATURE_MAX];
    size_t len = 0;
    tlsn_status st;

    if (op->done)
        return TLSN_OK;
    if (!op->credential->key)
        return hs->host->ask_key_op(hs->host_ctx);
    st = run_here(hs, result, &len);
    if (st == TLSN_OK)
        st = tlsni_key_op_set_result(hs, result, len);
    tlsni_wipe(result, len);
    return st;
}
