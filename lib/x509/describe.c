/* describe.c - a certificate for people (tls-native/x509.h). */
#include <arpa/inet.h>
#include <stdio.h>
#include <tls-native/x509.h>
#include "base/bytes.h"
#include "base/mem.h"
#include "cipher/group.h"
#include "x509/algid.h"
#include "x509/cert.h"
#include "x509/der.h"
#include "x509/name_text.h"
#include "x509/pem.h"

/* Keys and signatures that nobody uses any more, or not here, have names still. */
static void describe_oid(char *out, size_t cap, struct tlsn_span algorithm)
{
    struct tlsni_rd r = tlsni_der_open_span(algorithm, TLSNI_DER_SEQUENCE);
    struct tlsn_span oid = tlsni_der_oid(&r);
    enum tlsni_oid id = tlsni_oid_find(oid);

    if (id != TLSNI_OID_UNKNOWN)
        snprintf(out, cap, "%s", tlsni_oid_row(id)->name);
    else
        (void)tlsni_oid_text(out, cap, oid);
}

static void describe_unknown_key(char *out, size_t cap, struct tlsn_span spki)
{
    struct tlsni_rd r = tlsni_der_open_span(spki, TLSNI_DER_SEQUENCE);
    char name[48];

    describe_oid(name, sizeof name, tlsni_der_get_whole(&r, TLSNI_DER_SEQUENCE));
    snprintf(out, cap, "unknown (%.20s)", name);
}

void tlsni_spki_describe(char *out, size_t cap, struct tlsn_span spki)
{
    struct tlsni_pubkey *key;
    enum tlsni_key_type type;

    if (tlsni_spki_parse(&key, NULL, spki, NULL) != TLSN_OK) {
        describe_unknown_key(out, cap, spki);
        return;
    }
    type = tlsni_pubkey_type(key);
    if (type == TLSNI_KEY_EC)
        snprintf(out, cap, "EC %s", tlsni_group_find(tlsni_pubkey_group(key))->name);
    else if (type == TLSNI_KEY_RSA || type == TLSNI_KEY_RSA_PSS)
        snprintf(out, cap, "%s %u", tlsni_key_type_name((uint8_t)type), tlsni_pubkey_bits(key));
    else
        snprintf(out, cap, "%s", tlsni_key_type_name((uint8_t)type));
    tlsni_pubkey_free(key);
}

static void describe_signature(const struct tlsni_cert *c, struct tlsn_cert_info *out)
{
    const struct tlsni_hash *hash = tlsni_hash_find(c->sig.hash);
    const char *padding = c->sig.padding == TLSNI_PAD_PSS ? "PSS-" : "PKCS1-";

    if (c->sig.key == TLSNI_KEY_NONE)
        describe_oid(out->signature, sizeof out->signature, c->sig_algorithm);
    else if (c->sig.padding)
        snprintf(out->signature, sizeof out->signature, "RSA-%s%s", padding, hash->name);
    else if (hash)
        snprintf(out->signature, sizeof out->signature, "%s-%s",
                 c->sig.key == TLSNI_KEY_DSA ? "DSA" : "ECDSA", hash->name);
    else
        snprintf(out->signature, sizeof out->signature, "%s", tlsni_key_type_name(c->sig.key));
}

static void print_name(char *out, size_t cap, const struct tlsni_der *e)
{
    char text[300];

    switch (e->tag) {
    case TLSNI_DER_CONTEXT(1):
        snprintf(out, cap, "EMAIL:%s",
                 tlsni_err_quote(text, sizeof text, e->body.data, e->body.len));
        break;
    case TLSNI_DER_CONTEXT(2):
        snprintf(out, cap, "DNS:%s", tlsni_err_quote(text, sizeof text, e->body.data, e->body.len));
        break;
    case TLSNI_DER_CONTEXT(6):
        snprintf(out, cap, "URI:%s", tlsni_err_quote(text, sizeof text, e->body.data, e->body.len));
        break;
    case TLSNI_DER_CONTEXT(7):
        snprintf(out, cap, "IP:%s", inet_ntop(e->body.len == 4 ? AF_INET : AF_INET6, e->body.data,
                                              text, sizeof text));
        break;
    default:
        snprintf(out, cap, "other");
        break;
    }
}

static void describe_names(const struct tlsni_cert *c, struct tlsn_cert_info *out)
{
    struct tlsni_rd r = tlsni_rd_span(c->san);
    size_t at = 0;

    while (tlsni_rd_left(&r)) {
        struct tlsni_der e = tlsni_der_next(&r);
        char name[320];
        int n;

        print_name(name, sizeof name, &e);
        n = snprintf(out->names + at, sizeof out->names - at, "%s%s", at ? ", " : "", name);
        if (n < 0 || (size_t)n >= sizeof out->names - at)
            return;
        at += (size_t)n;
    }
}

static void describe_serial(const struct tlsni_cert *c, struct tlsn_cert_info *out)
{
    for (size_t i = 0; i < c->serial.len && 2 * i + 3 <= sizeof out->serial; i++)
        snprintf(out->serial + 2 * i, 3, "%02x", c->serial.data[i]);
}

tlsn_status tlsn_cert_describe(struct tlsn_span der, struct tlsn_cert_info *out)
{
    struct tlsni_cert c;
    tlsn_status st = tlsni_cert_parse(&c, der, NULL);

    memset(out, 0, sizeof *out);
    if (st != TLSN_OK)
        return st;
    tlsni_name_print(out->subject, sizeof out->subject, c.subject);
    tlsni_name_print(out->issuer, sizeof out->issuer, c.issuer);
    describe_serial(&c, out);
    tlsni_spki_describe(out->key, sizeof out->key, c.spki);
    describe_signature(&c, out);
    describe_names(&c, out);
    out->not_before = c.not_before;
    out->not_after = c.not_after;
    out->ca = c.ca;
    out->path_len = c.path_len;
    out->version = c.version;
    /* @rfc 9345:B/1 */
    out->delegation_usage = (c.has & TLSNI_HAS_DELEGATION_USAGE) != 0;
    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA256), der.data, der.len, out->sha256);
    return TLSN_OK;
}

tlsn_status tlsn_pem_each(const void *data, size_t len,
                          tlsn_status (*each)(void *ctx, struct tlsn_span der), void *ctx)
{
    struct tlsni_buf der = { 0 };
    size_t *lens = NULL, count, at = 0;
    tlsn_status st = tlsni_pem_certificates(NULL, tlsni_span_make(data, len), &der, &lens, &count,
                                            NULL);

    for (size_t i = 0; st == TLSN_OK && i < count; i++) {
        st = each(ctx, tlsni_span_make(der.data + der.start + at, lens[i]));
        at += lens[i];
    }
    tlsni_buf_free(NULL, &der);
    tlsni_free(NULL, lens);
    return st;
}
