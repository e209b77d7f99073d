#include "handshake/delegated.h"

#include <tls-native/config.h>
#include "handshake/negotiate.h"

enum { SPACES = 64 };

/* ---- the form ---- */

/* @rfc 9345:4/1, 9345:4/4 */
tlsn_status tlsni_delegated_parse(struct tlsn_span bytes, struct tlsni_delegated *out)
{
    struct tlsni_rd r = tlsni_rd_span(bytes);

    out->valid_time = tlsni_rd_u32(&r);
    out->scheme = tlsni_rd_u16(&r);
    out->spki = tlsni_rd_vec_span(&r, 3, 1, 0xffffff);
    out->signature_scheme = tlsni_rd_u16(&r);
    out->body = tlsni_span_make(bytes.data, bytes.len - tlsni_rd_left(&r));
    out->signature = tlsni_rd_vec_span(&r, 2, 1, 65535);
    return tlsni_rd_end(&r);
}

void tlsni_delegated_write_body(struct tlsni_wr *w, const struct tlsni_delegated *d)
{
    tlsni_wr_u32(w, d->valid_time);
    tlsni_wr_u16(w, d->scheme);
    tlsni_wr_vec(w, 3, d->spki);
    tlsni_wr_u16(w, d->signature_scheme);
}

void tlsni_delegated_write_signature(struct tlsni_wr *w, struct tlsn_span signature)
{
    tlsni_wr_vec(w, 2, signature);
}

/* ---- the rules ---- */

/* @rfc 9345:4/2 */
int64_t tlsni_delegated_end(const struct tlsni_delegated *d, const struct tlsni_cert *cert)
{
    return cert->not_before + (int64_t)d->valid_time;
}

/* In versions that know them. */
static const struct tlsni_version *version(void)
{
    return tlsni_version_find(TLSN_TLS1_3);
}

static bool in_version(const struct tlsni_sigalg *s)
{
    return tlsni_version_overlap(s->min_version, s->max_version, version()->number, version()->number);
}

/* A key of the type rsaEncryption might decrypt as well: it delegates, but is not delegated to.
 * @rfc 9345:4/3, 9345:4.1.3/6 */
const struct tlsni_sigalg *tlsni_delegated_scheme(uint16_t id)
{
    const struct tlsni_sigalg *s = tlsni_sigalg_find(id);

    return s && in_version(s) && s->key != TLSNI_KEY_RSA ? s : NULL;
}

const struct tlsni_sigalg *tlsni_delegated_key_scheme(uint16_t id, const struct tlsni_pubkey *key)
{
    const struct tlsni_sigalg *s = tlsni_delegated_scheme(id);

    return s && tlsni_scheme_fits_key(s, key, version()) ? s : NULL;
}

/* A signature of the kind of TLS 1.3's, which PKCS#1 v1.5 is not. */
const struct tlsni_sigalg *tlsni_delegated_signature_scheme(uint16_t id, const struct tlsni_pubkey *key)
{
    const struct tlsni_sigalg *s = tlsni_sigalg_find(id);

    return s && !s->clients_only && tlsni_scheme_fits_key(s, key, version()) ? s : NULL;
}

/* @rfc 9345:4.2/2, 9345:4.2/3, 9345:4.1.3/7 */
const char *tlsni_delegated_obstacle(const struct tlsni_cert *cert)
{
    if (!(cert->has & TLSNI_HAS_DELEGATION_USAGE))
        return "it has no DelegationUsage";
    if (cert->has & TLSNI_HAS_DELEGATION_CRITICAL)
        return "its DelegationUsage is critical";
    if (!(cert->has & TLSNI_HAS_KEY_USAGE) || !(cert->key_usage & TLSNI_KU_DIGITAL_SIGNATURE))
        return "its key usage has no digitalSignature";
    return NULL;
}

/* ---- the signature ---- */

/* @rfc 9345:4/5, 9345:7.2/1 */
tlsn_status tlsni_delegated_input(const struct tlsn_hooks *env, struct tlsni_buf *out,
                                  enum tlsn_role role, const struct tlsni_cert *cert,
                                  struct tlsn_span body)
{
    static const char *const words[] = { "TLS, client delegated credentials",
                                         "TLS, server delegated credentials" };
    size_t len = strlen(words[role]) + 1;
    uint8_t spaces[SPACES];
    tlsn_status st = tlsni_buf_reserve(env, out, SPACES + len + cert->der.len + body.len);

    memset(spaces, ' ', SPACES);
    if (st == TLSN_OK)
        st = tlsni_buf_append(env, out, spaces, SPACES);
    if (st == TLSN_OK)
        st = tlsni_buf_append(env, out, words[role], len);
    if (st == TLSN_OK)
        st = tlsni_buf_append(env, out, cert->der.data, cert->der.len);
    return st == TLSN_OK ? tlsni_buf_append(env, out, body.data, body.len) : st;
}

/* @rfc 9345:4/6, 9345:4.1.3/8 */
tlsn_status tlsni_delegated_verify(const struct tlsn_hooks *env, const struct tlsni_delegated *d,
                                   enum tlsn_role role, const struct tlsni_cert *cert,
                                   const struct tlsni_pubkey *key)
{
    const struct tlsni_sigalg *scheme = tlsni_delegated_signature_scheme(d->signature_scheme, key);
    struct tlsni_buf input = { 0 };
    struct tlsni_sig_params params;
    tlsn_status st;

    if (!scheme)
        return TLSN_ERR_CERT_SIGNATURE;
    params = tlsni_sigalg_params(scheme);
    st = tlsni_delegated_input(env, &input, role, cert, d->body);
    if (st == TLSN_OK)
        st = tlsni_pubkey_verify(key, &params, tlsni_buf_span(&input), d->signature);
    tlsni_buf_free(env, &input);
    return st == TLSN_OK || st == TLSN_ERR_NO_MEMORY ? st : TLSN_ERR_CERT_SIGNATURE;
}

tlsn_status tlsni_delegated_key(const struct tlsn_hooks *env, const struct tlsni_delegated *d,
                                struct tlsni_pubkey **out)
{
    tlsn_status st = tlsni_spki_parse(out, env, d->spki, NULL);

    if (st != TLSN_OK)
        return st == TLSN_ERR_NO_MEMORY ? st : TLSN_ERR_KEY;
    if (tlsni_delegated_key_scheme(d->scheme, *out))
        return TLSN_OK;
    tlsni_pubkey_free(*out);
    *out = NULL;
    return TLSN_ERR_KEY;
}
