#include "support_delegated.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "handshake/credential.h"
#include "handshake/negotiate.h"
#include "support_wire.h"
#include "x509/write.h"

enum { DAY = 86400 };

/* ---- certificates ---- */

static struct {
    tlsn_key *key;
    uint8_t der[2048];
    size_t len;
    tlsn_trust *trust;
} root;

static int64_t now_ms(void *ctx)
{
    (void)ctx;
    return 1000 * DC_NOW;
}

static const struct tlsn_hooks then = { .now_ms = now_ms };

static void make_root(void)
{
    const struct tlsn_cert_spec spec = { .subject = "CN=root of delegations", .ca = true, .path_len = -1,
                                         .not_before = DC_BEGIN, .not_after = DC_END };

    if (root.key)
        return;
    OK(tlsn_key_generate(&root.key, "ec:secp256r1", NULL));
    OK(tlsn_cert_issue(&spec, root.key, (struct tlsn_span){ NULL, 0 }, root.key, NULL, root.der,
                       sizeof root.der, &root.len));
    OK(tlsn_trust_new(&root.trust, NULL));
    OK(tlsn_trust_add(root.trust, root.der, root.len, NULL, NULL));
}

tlsn_trust *dc_trust(void)
{
    make_root();
    return root.trust;
}

static const uint8_t null[] = { 5, 0 };

tlsn_credential *dc_owner(const char *kind, enum dc_flaw flaw)
{
    static const char *const names[] = { "server.example" };
    static const struct tlsn_extension critical = { "1.3.6.1.4.1.44363.44", true, { null, 2 } };
    const struct tlsn_cert_spec spec = {
        .subject = "CN=owner", .names = names, .name_count = 1, .not_before = DC_BEGIN,
        .not_after = flaw == DC_SHORT ? DC_NOW + DAY : DC_END,
        .delegation_usage = flaw != DC_NO_DELEGATION && flaw != DC_CRITICAL,
        .extensions = &critical, .extension_count = flaw == DC_CRITICAL,
        .key_usage = flaw == DC_NO_USAGE ? "none" : "digitalSignature",
    };
    uint8_t der[4096];
    char pem[8192], chain[16384];
    size_t len, pem_len, chain_len, more;
    tlsn_credential *c;
    tlsn_key *key;

    make_root();
    OK(tlsn_key_generate(&key, kind, NULL));
    OK(tlsn_cert_issue(&spec, key, (struct tlsn_span){ root.der, root.len }, root.key, NULL, der,
                       sizeof der, &len));
    OK(tlsn_key_write(key, pem, sizeof pem, &pem_len));
    tlsn_key_free(key);
    OK(tlsn_pem_write("CERTIFICATE", der, len, chain, sizeof chain, &chain_len));
    OK(tlsn_pem_write("CERTIFICATE", root.der, root.len, chain + chain_len, sizeof chain - chain_len, &more));
    OK(tlsn_credential_new(&c, chain, chain_len + more, pem, pem_len, NULL));
    return c;
}

/* ---- sound ones ---- */

tlsn_credential *dc_add(tlsn_credential *owner, const struct dc_spec *spec)
{
    const struct tlsn_delegated_spec issue = { .client = spec->role == TLSN_CLIENT,
                                               .not_after = spec->end ? spec->end : DC_NOW + DAY,
                                               .signature = spec->signature };
    struct dc_bytes bytes;
    tlsn_credential *dc;
    tlsn_key *key;
    char pem[8192];
    size_t len;

    OK(tlsn_key_generate(&key, spec->key ? spec->key : "ed25519", NULL));
    OK(tlsn_key_write(key, pem, sizeof pem, &len));
    OK(tlsn_delegated_issue(&issue, owner, key, &then, bytes.data, sizeof bytes.data, &bytes.len));
    tlsn_key_free(key);
    OK(tlsn_credential_new_delegated(&dc, bytes.data, bytes.len, pem, len, NULL));
    OK(tlsn_credential_add_delegated(owner, dc));
    tlsn_credential_free(dc);
    return dc;
}

struct tlsn_span dc_bytes_of(const tlsn_credential *dc)
{
    return tlsni_span_make(dc->delegated_bytes, dc->delegated_len);
}

/* ---- any ---- */

/* The scheme that this key signs with. */
static const struct tlsni_sigalg *scheme_of(const struct tlsni_pubkey *key)
{
    size_t count;
    const uint16_t *order = tlsni_sigalg_preference(&count);

    while (!tlsni_scheme_fits_key(tlsni_sigalg_find(*order), key, tlsni_version_find(TLSN_TLS1_3)))
        order++;
    return tlsni_sigalg_find(*order);
}

static void sign(const tlsn_credential *owner, const struct dc_spec *spec, enum tlsn_role role,
                 struct tlsni_wr *w)
{
    struct tlsni_sig_params params = tlsni_sigalg_params(scheme_of(owner->public_key));
    uint8_t signature[TLSNI_SIGNATURE_MAX];
    struct tlsni_buf input = { 0 };
    size_t len;

    OK(tlsni_delegated_input(NULL, &input, role, &owner->leaf, tlsni_span_make(w->buf, w->len)));
    OK(tlsni_privkey_sign(owner->key, NULL, &params, tlsni_buf_span(&input), signature, &len));
    tlsni_buf_free(NULL, &input);
    if (spec->spoiled)
        signature[len / 2] ^= 1;
    tlsni_delegated_write_signature(w, tlsni_span_make(signature, len));
}

static void put(tlsn_credential *owner, tlsn_credential *dc, enum tlsn_role role)
{
    owner->delegated = realloc(owner->delegated, (owner->delegated_count + 1) * sizeof *owner->delegated);
    owner->delegated[owner->delegated_count++] =
        (struct tlsni_own_delegated){ dc, DC_NOW + DAY, (uint8_t)role };
}

/* What it says of itself is what the owner's side goes by; what stands in its bytes goes over the wire. */
void dc_force(tlsn_credential *owner, const struct dc_spec *spec, enum tlsn_role role)
{
    tlsn_credential *dc = tlsni_credential_begin(NULL);
    struct dc_bytes bytes;
    struct tlsni_wr w = tlsni_wr_make(bytes.data, sizeof bytes.data);
    uint8_t spki[4096];
    struct tlsni_wr k = tlsni_wr_make(spki, sizeof spki);
    const char *kind = spec->key ? spec->key : "ed25519";
    struct tlsni_delegated d;
    tlsn_key *key, *shown;

    OK(tlsn_key_generate(&key, kind, NULL));
    OK(tlsn_key_generate(&shown, spec->shown ? spec->shown : kind, NULL));
    tlsni_write_spki(&k, tlsni_privkey_public((spec->shown ? shown : key)->key));
    tlsn_key_free(shown);
    dc->key = key->key;
    free(key);
    OK(tlsni_spki_parse(&dc->public_key, NULL, tlsni_span_make(spki, k.len), NULL));
    d.scheme = scheme_of(tlsni_privkey_public(dc->key))->id;
    d.signature_scheme = scheme_of(owner->public_key)->id;
    d.valid_time = (uint32_t)((spec->end ? spec->end : DC_NOW + DAY) - DC_BEGIN);
    d.spki = tlsni_span_make(spki, k.len);
    dc->delegation = d;
    d.scheme = spec->scheme ? spec->scheme : d.scheme;
    d.signature_scheme = spec->signature_scheme ? spec->signature_scheme : d.signature_scheme;
    tlsni_delegated_write_body(&w, &d);
    sign(owner, spec, spec->role, &w);
    dc->delegated_bytes = malloc(w.len);
    memcpy(dc->delegated_bytes, bytes.data, w.len);
    dc->delegated_len = w.len;
    put(owner, dc, role);
}
