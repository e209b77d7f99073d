#include "handshake/kx.h"

#include "base/env.h"

static const struct tlsni_kx_ops *const rows[] = { &tlsni_kx_rsa, &tlsni_kx_dhe, &tlsni_kx_ecdhe };

const struct tlsni_kx_ops *tlsni_kx_find(uint8_t kx)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i]->kx == kx)
            return rows[i];
    return NULL;
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

tlsn_status tlsni_kx_derive(struct tlsni_hs *hs)
{
    tlsn_status st = derive(hs);

    tlsni_wipe(hs->private_key, sizeof hs->private_key);
    if (st == TLSN_ERR_ILLEGAL_PARAMETER)
        return tlsni_fail(hs->err, st, "handshake",
                          "the peer's public value (%zu bytes) is not valid in %s",
                          hs->peer_public.len, hs->group ? hs->group->name : "its DH group");
    return st;
}

static tlsn_status run_here(struct tlsni_key_op *op, const struct tlsni_hs *hs)
{
    if (op->kind == TLSNI_OP_SIGN) {
        struct tlsni_sig_params params = tlsni_sigalg_params(op->scheme);

        return tlsni_privkey_sign(op->credential->key, hs->env, &params, op->input, op->result,
                                  &op->result_len);
    }
    /* The random premaster secret comes first; decryption may or may not replace it. */
    tlsn_status st = tlsni_random(hs->env, op->result, TLSNI_MASTER_LEN);

    if (st != TLSN_OK)
        return st;
    op->result_len = TLSNI_MASTER_LEN;
    return tlsni_privkey_rsa_premaster(op->credential->key, hs->env, op->input,
                                       hs->client_version, op->result);
}

tlsn_status tlsni_key_op_run(struct tlsni_hs *hs)
{
    struct tlsni_key_op *op = &hs->key_op;
    tlsn_status st;

    if (op->done)
        return TLSN_OK;
    if (!op->credential->key)
        return hs->host->ask_key_op(hs->host_ctx);
    st = run_here(op, hs);
    op->done = st == TLSN_OK;
    return st;
}
