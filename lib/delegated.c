/* delegated.c - delegated credentials as the application sees them (tls-native/delegated.h). */
#include <tls-native/delegated.h>

#include <tls-native/conn.h>
#include "base/env.h"
#include "handshake/credential.h"
#include "x509/key.h"
#include "x509/write.h"

enum { DEFAULT_S = 3 * 86400, SPKI_MAX = 4096 };

/* ---- reading ---- */

static bool is_text(struct tlsn_span data)
{
    static const char begin[] = "-----BEGIN ";
    size_t n = sizeof begin - 1;

    for (size_t i = 0; i + n <= data.len; i++)
        if (memcmp(data.data + i, begin, n) == 0)
            return true;
    return false;
}

/* The bytes themselves, to be freed; PEM gets shorter. */
static tlsn_status read_bytes(const struct tlsn_hooks *env, struct tlsn_span data, uint8_t **out,
                              size_t *len)
{
    tlsn_status st = TLSN_OK;

    *len = data.len;
    *out = data.len ? tlsni_memdup(env, data.data, data.len) : NULL;
    if (!*out)
        return data.len ? TLSN_ERR_NO_MEMORY : TLSN_ERR_DECODE;
    if (is_text(data))
        st = tlsn_pem_read(TLSN_DELEGATED_LABEL, data.data, data.len, *out, data.len, len);
    if (st != TLSN_OK) {
        tlsni_free(env, *out);
        *out = NULL;
    }
    return st;
}

/* Whom it authenticates, by who could verify it: TLSN_ERR_CERT_SIGNATURE when nobody can. */
static tlsn_status find_role(const struct tlsn_hooks *env, const struct tlsni_delegated *d,
                             const struct tlsni_cert *cert, const struct tlsni_pubkey *key,
                             enum tlsn_role *role)
{
    tlsn_status st = tlsni_delegated_verify(env, d, TLSN_SERVER, cert, key);

    *role = TLSN_SERVER;
    if (st != TLSN_ERR_CERT_SIGNATURE)
        return st;
    *role = TLSN_CLIENT;
    return tlsni_delegated_verify(env, d, TLSN_CLIENT, cert, key);
}

static tlsn_status describe_binding(const struct tlsni_delegated *d, struct tlsn_span der,
                                    struct tlsn_delegated_info *out)
{
    struct tlsni_pubkey *key;
    enum tlsn_role role;
    struct tlsni_cert cert;
    tlsn_status st = tlsni_cert_parse(&cert, der, NULL);

    if (st == TLSN_OK)
        st = tlsni_cert_pubkey(&key, NULL, &cert, NULL);
    if (st != TLSN_OK)
        return st;
    st = find_role(NULL, d, &cert, key, &role);
    tlsni_pubkey_free(key);
    out->not_after = tlsni_delegated_end(d, &cert);
    out->signed_by_it = st == TLSN_OK;
    out->client = st == TLSN_OK && role == TLSN_CLIENT;
    return st == TLSN_ERR_CERT_SIGNATURE ? TLSN_OK : st;
}

tlsn_status tlsn_delegated_describe(const void *data, size_t len, struct tlsn_span certificate,
                                    struct tlsn_delegated_info *out)
{
    struct tlsni_delegated d;
    uint8_t *bytes;
    size_t n;
    tlsn_status st = read_bytes(NULL, tlsni_span_make(data, data ? len : 0), &bytes, &n);

    memset(out, 0, sizeof *out);
    if (st != TLSN_OK)
        return st;
    st = tlsni_delegated_parse(tlsni_span_make(bytes, n), &d);
    if (st == TLSN_OK) {
        out->scheme = d.scheme;
        out->signature_scheme = d.signature_scheme;
        out->scheme_name = tlsni_sigalg_name(d.scheme);
        out->signature_scheme_name = tlsni_sigalg_name(d.signature_scheme);
        out->valid_time = d.valid_time;
        tlsni_spki_describe(out->key, sizeof out->key, d.spki);
        st = certificate.len ? describe_binding(&d, certificate, out) : TLSN_OK;
    }
    tlsni_free(NULL, bytes);
    return st;
}

/* ---- credentials ---- */

/* Without the key, which stays where access to it is controlled: in a token, or another process.
 * @rfc 9345:7.1/1 */
static tlsn_status fill(tlsn_credential *c, struct tlsn_span data, const struct tlsn_span *key)
{
    tlsn_status st = read_bytes(&c->env, data, &c->delegated_bytes, &c->delegated_len);

    if (st == TLSN_OK)
        st = tlsni_delegated_parse(tlsni_span_make(c->delegated_bytes, c->delegated_len),
                                   &c->delegation);
    if (st == TLSN_OK)
        st = tlsni_delegated_key(&c->env, &c->delegation, &c->public_key);
    if (st != TLSN_OK)
        return st;
    c->spki = c->delegation.spki;
    if (!key)
        return TLSN_OK;
    st = tlsni_key_parse(&c->key, &c->env, *key, NULL);
    return st == TLSN_OK ? tlsni_credential_match(c) : st;
}

tlsn_status tlsn_credential_new_delegated(tlsn_credential **out, const void *data, size_t len,
                                          const void *key, size_t key_len,
                                          const struct tlsn_hooks *hooks)
{
    const struct tlsn_span k = tlsni_span_make(key, key_len);
    tlsn_credential *c;
    tlsn_status st;

    *out = NULL;
    if (!data)
        return TLSN_ERR_ARGUMENT;
    c = tlsni_credential_begin(hooks);
    if (!c)
        return TLSN_ERR_NO_MEMORY;
    st = fill(c, tlsni_span_make(data, len), key ? &k : NULL);
    if (st != TLSN_OK) {
        tlsn_credential_free(c);
        return st;
    }
    *out = c;
    return TLSN_OK;
}

static tlsn_status append(tlsn_credential *c, const struct tlsni_own_delegated *own)
{
    struct tlsni_own_delegated *grown =
        tlsni_alloc_array(&c->env, c->delegated_count + 1, sizeof *grown);

    if (!grown)
        return TLSN_ERR_NO_MEMORY;
    if (c->delegated_count)
        memcpy(grown, c->delegated, c->delegated_count * sizeof *grown);
    tlsni_free(&c->env, c->delegated);
    grown[c->delegated_count++] = *own;
    c->delegated = grown;
    (void)tlsn_credential_ref(own->credential);
    return TLSN_OK;
}

tlsn_status tlsn_credential_add_delegated(tlsn_credential *c, tlsn_credential *delegated)
{
    struct tlsni_own_delegated own = { .credential = delegated };
    enum tlsn_role role;
    tlsn_status st;

    if (!c || !delegated || !c->list_len || !delegated->delegated_bytes)
        return TLSN_ERR_ARGUMENT;
    if (atomic_load(&c->references) != 1)
        return TLSN_ERR_FROZEN;
    if (tlsni_delegated_obstacle(&c->leaf))
        return TLSN_ERR_CERT_KEY_USAGE;
    own.end = tlsni_delegated_end(&delegated->delegation, &c->leaf);
    if (own.end >= c->leaf.not_after)
        return TLSN_ERR_ARGUMENT;
    st = find_role(&c->env, &delegated->delegation, &c->leaf, c->public_key, &role);
    own.role = (uint8_t)role;
    return st == TLSN_OK ? append(c, &own) : st;
}

/* ---- issuing ---- */

struct issue {
    const struct tlsn_delegated_spec *spec;
    const tlsn_credential *by;
    const struct tlsn_hooks *env;
    const struct tlsni_sigalg *signature;
    struct tlsni_delegated d;
};

/* The first that there is, or the one of that name.
 * @rfc 9345:4/3 */
static tlsn_status find_scheme(const char *name, const struct tlsni_pubkey *key, bool delegated,
                               const struct tlsni_sigalg **out)
{
    size_t count;
    const uint16_t *order = tlsni_sigalg_preference(&count);
    bool known = !name;

    for (size_t i = 0; i < count; i++) {
        const struct tlsni_sigalg *s = tlsni_sigalg_find(order[i]);

        if (name && strcmp(s->name, name) != 0)
            continue;
        known = true;
        *out = delegated ? tlsni_delegated_key_scheme(s->id, key)
                         : tlsni_delegated_signature_scheme(s->id, key);
        if (*out)
            return TLSN_OK;
    }
    return known ? TLSN_ERR_KEY : TLSN_ERR_UNKNOWN_KEYWORD;
}

/* @rfc 9345:3/1, 9345:3/2 */
static tlsn_status set_time(struct issue *is)
{
    const struct tlsni_cert *leaf = &is->by->leaf;
    uint32_t max = is->spec->seconds_max ? is->spec->seconds_max : TLSNI_DELEGATED_SECONDS;
    int64_t now = tlsni_now_s(is->env), end = is->spec->not_after;

    if (!end) {
        end = now + (max < DEFAULT_S ? max : DEFAULT_S);
        end = end < leaf->not_after ? end : leaf->not_after - 1;
    }
    if (end < now || end - now > max || end >= leaf->not_after || end < leaf->not_before ||
        end - leaf->not_before > UINT32_MAX)
        return TLSN_ERR_ARGUMENT;
    is->d.valid_time = (uint32_t)(end - leaf->not_before);
    return TLSN_OK;
}

static tlsn_status set_key(struct issue *is, struct tlsn_span spki)
{
    const struct tlsni_sigalg *scheme = NULL;
    struct tlsni_pubkey *key;
    tlsn_status st = tlsni_spki_parse(&key, is->env, spki, NULL);

    if (st != TLSN_OK)
        return st == TLSN_ERR_NO_MEMORY ? st : TLSN_ERR_KEY;
    st = find_scheme(is->spec->scheme, key, true, &scheme);
    tlsni_pubkey_free(key);
    if (st == TLSN_OK)
        st = find_scheme(is->spec->signature, is->by->public_key, false, &is->signature);
    if (st != TLSN_OK)
        return st;
    is->d.spki = spki;
    is->d.scheme = scheme->id;
    is->d.signature_scheme = is->signature->id;
    return TLSN_OK;
}

/* By the key itself, or by who holds it. */
static tlsn_status sign(const struct issue *is, struct tlsn_span input, uint8_t *signature, size_t *len)
{
    const struct tlsni_key_holder *holder = &is->by->holder;
    const struct tlsn_key_op op = { TLSN_KEY_OP_SIGN, is->by, is->signature->id, input };
    struct tlsni_sig_params params = tlsni_sigalg_params(is->signature);

    if (is->by->key)
        return tlsni_privkey_sign(is->by->key, is->env, &params, input, signature, len);
    if (!holder->run || holder->run(holder->ctx, &op, signature, TLSNI_SIGNATURE_MAX, len) != TLSN_OK)
        return TLSN_ERR_KEY_OP;
    return *len && *len <= TLSNI_SIGNATURE_MAX ? TLSN_OK : TLSN_ERR_KEY_OP;
}

static tlsn_status write(const struct issue *is, struct tlsni_wr *w)
{
    uint8_t signature[TLSNI_SIGNATURE_MAX];
    struct tlsni_buf input = { 0 };
    size_t len = 0;
    tlsn_status st;

    tlsni_delegated_write_body(w, &is->d);
    if (w->bad)
        return TLSN_ERR_KEY;
    st = tlsni_delegated_input(is->env, &input, is->spec->client ? TLSN_CLIENT : TLSN_SERVER,
                               &is->by->leaf, tlsni_span_make(w->buf, w->len));
    if (st == TLSN_OK)
        st = sign(is, tlsni_buf_span(&input), signature, &len);
    tlsni_buf_free(is->env, &input);
    if (st == TLSN_OK)
        tlsni_delegated_write_signature(w, tlsni_span_make(signature, len));
    return st == TLSN_OK && w->bad ? TLSN_ERR_KEY : st;
}

tlsn_status tlsn_delegated_issue(const struct tlsn_delegated_spec *spec, const tlsn_credential *by,
                                 const tlsn_key *key, const struct tlsn_hooks *hooks, uint8_t *out,
                                 size_t cap, size_t *len)
{
    struct issue is = { .spec = spec, .by = by, .env = hooks };
    uint8_t spki[SPKI_MAX], bytes[TLSN_DELEGATED_MAX];
    struct tlsni_wr k = tlsni_wr_make(spki, sizeof spki), w = tlsni_wr_make(bytes, sizeof bytes);
    tlsn_status st;

    *len = 0;
    if (!spec || !by || !by->list_len || (!key && !spec->public_key.len) || (!out && cap))
        return TLSN_ERR_ARGUMENT;
    if (tlsni_delegated_obstacle(&by->leaf))
        return TLSN_ERR_CERT_KEY_USAGE;
    if (key)
        tlsni_write_spki(&k, tlsni_privkey_public(key->key));
    st = k.bad ? TLSN_ERR_KEY : set_time(&is);
    if (st == TLSN_OK)
        st = set_key(&is, key ? tlsni_span_make(spki, k.len) : spec->public_key);
    if (st == TLSN_OK)
        st = write(&is, &w);
    return st == TLSN_OK ? tlsni_write_out(bytes, w.len, out, cap, len) : st;
}
