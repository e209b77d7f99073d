/* write_cert.c - certificates and certification requests (RFC 5280 4, RFC 2986). */
#include <arpa/inet.h>
#include <tls-native/x509.h>
#include "base/env.h"
#include "base/mem.h"
#include "x509/cert.h"
#include "x509/csr.h"
#include "x509/der.h"
#include "x509/match.h"
#include "x509/name_text.h"
#include "x509/write.h"

enum { TBS_MAX = 65536, SERIAL_LEN = 16, DEFAULT_DAYS = 90 };

/* ---- extensions ---- */

/* @rfc 5280:4.2.1.9/4, 5280:4.2.1.9/5 */
static void write_basic_constraints(struct tlsni_wr *w, const struct tlsn_cert_spec *spec)
{
    static const uint8_t yes = 0xff;
    struct tlsni_ext_mark m = tlsni_write_ext_open(w, TLSNI_OID_BASIC_CONSTRAINTS, true);
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);

    if (spec->ca) {
        tlsni_dw_put(w, TLSNI_DER_BOOLEAN, tlsni_span_make(&yes, 1));
        if (spec->path_len >= 0)
            tlsni_dw_small(w, (unsigned)spec->path_len);
    }
    tlsni_dw_close(w, mark);
    tlsni_write_ext_close(w, m);
}

/* The bits as they lie in the BIT STRING: bit 0 is the top bit of the first byte. */
enum { DIGITAL_SIGNATURE = 0x80, KEY_ENCIPHERMENT = 0x20, KEY_AGREEMENT = 0x08, CA_BITS = 0x06 };

/* keyCertSign and cRLSign for an authority; else what the key is good for in TLS. One that signs delegations
 * does not decrypt as well (RFC 9345 7.6).
 * @rfc 5280:4.2.1.3/1, 5280:4.2.1.3/2, 5280:4.2.1.3/3, 8410:5/2, 8410:5/3 */
static uint8_t usage_of(const struct tlsn_cert_spec *spec, enum tlsni_key_type type)
{
    if (spec->ca)
        return CA_BITS;
    if (spec->ocsp_signing || spec->delegation_usage)
        return DIGITAL_SIGNATURE;
    switch (type) {
    case TLSNI_KEY_RSA:
        return DIGITAL_SIGNATURE | KEY_ENCIPHERMENT;
    case TLSNI_KEY_DH:
        return KEY_AGREEMENT;
    case TLSNI_KEY_EC:
        return spec->key_agreement ? DIGITAL_SIGNATURE | KEY_AGREEMENT : DIGITAL_SIGNATURE;
    default:
        return DIGITAL_SIGNATURE;
    }
}

/* @rfc 4055:1.2/4, 4055:1.2/5 */
static void write_key_usage(struct tlsni_wr *w, const struct tlsn_cert_spec *spec,
                            enum tlsni_key_type type)
{
    uint8_t contents[2] = { 0, usage_of(spec, type) };
    struct tlsni_ext_mark m = tlsni_write_ext_open(w, TLSNI_OID_KEY_USAGE, true);

    while (!(contents[1] >> contents[0] & 1)) /* unused bits */
        contents[0]++;
    tlsni_dw_put(w, TLSNI_DER_BIT_STRING, tlsni_span_make(contents, sizeof contents));
    tlsni_write_ext_close(w, m);
}

static void write_purpose(struct tlsni_wr *w, const struct tlsn_cert_spec *spec)
{
    struct tlsni_ext_mark m = tlsni_write_ext_open(w, TLSNI_OID_EXT_KEY_USAGE, false);
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);

    if (spec->ocsp_signing) /* @rfc 6960:2.6/1, 6960:4.2.2.2/1 */
        tlsni_dw_oid(w, TLSNI_OID_EKU_OCSP_SIGNING);
    if (!spec->ocsp_signing && spec->purpose != TLSN_PURPOSE_CLIENT)
        tlsni_dw_oid(w, TLSNI_OID_EKU_SERVER_AUTH);
    if (!spec->ocsp_signing && spec->purpose != TLSN_PURPOSE_SERVER)
        tlsni_dw_oid(w, TLSNI_OID_EKU_CLIENT_AUTH);
    tlsni_dw_close(w, mark);
    tlsni_write_ext_close(w, m);
}

/* RFC 5280 4.2.1.2, method 1: SHA-1 of the public key bits. An identifier, not a protection.
 * @rfc 5280:4.2.1.2/1, 5280:4.2.1.2/2, 5280:4.2.1.2/3 */
static void write_subject_key_id(struct tlsni_wr *w, const struct tlsni_pubkey *key)
{
    uint8_t bits[TLSNI_RSA_BITS_MAX / 8 + 64], id[20];
    struct tlsni_wr b = tlsni_wr_make(bits, sizeof bits);
    struct tlsni_ext_mark m;

    tlsni_write_public_bits(&b, key);
    if (b.bad)
        w->bad = true;
    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA1), bits, b.len, id);
    m = tlsni_write_ext_open(w, TLSNI_OID_SUBJECT_KEY_ID, false);
    tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, tlsni_span_make(id, sizeof id));
    tlsni_write_ext_close(w, m);
}

static bool write_address(struct tlsni_wr *w, const char *text)
{
    uint8_t bytes[16];
    size_t len = 0;

    if (inet_pton(AF_INET, text, bytes) == 1)
        len = 4;
    else if (inet_pton(AF_INET6, text, bytes) == 1)
        len = 16;
    if (len)
        tlsni_dw_put(w, TLSNI_DER_CONTEXT(7), tlsni_span_make(bytes, len));
    return len != 0;
}

/* Is this the prefix of a name's kind? Then *text moves behind it. */
static bool prefix(const char **text, const char *kind)
{
    size_t len = strlen(kind);

    if (strncmp(*text, kind, len))
        return false;
    *text += len;
    return true;
}

/* What goes into an IA5String as a name is visible ASCII: host names in other scripts come as A-labels.
 * @rfc 5280:7.2/1, 9549:2.3/1, 9549:2.5/1, 9549:2.5/2 */
static bool visible(const char *text)
{
    for (const char *p = text; *p; p++)
        if (*p <= 0x20 || *p >= 0x7f)
            return false;
    return *text != 0;
}

/* RFC 1034 3.5 and RFC 1123 2.1: labels of letters, digits and inner hyphens; and a wildcard in front
 * (RFC 9525 6.3).
 * @rfc 5280:4.2.1.6/2 */
static bool is_host(const char *text)
{
    size_t label = 0;

    text += strncmp(text, "*.", 2) == 0 ? 2 : 0;
    if (strlen(text) > TLSNI_DNS_NAME_MAX)
        return false;
    for (const char *p = text; *p; p++) {
        char lower = (char)(*p | 0x20);
        bool inner = label && p[1] && p[1] != '.';

        if (*p == '.' ? !label : !(lower >= 'a' && lower <= 'z') && !(*p >= '0' && *p <= '9') &&
                                     !(*p == '-' && inner))
            return false;
        label = *p == '.' ? 0 : label + 1;
        if (label > 63)
            return false;
    }
    return label != 0;
}

static bool write_name(struct tlsni_wr *w, const char *text)
{
    bool dns, email;

    if (prefix(&text, "IP:"))
        return write_address(w, text);
    dns = prefix(&text, "DNS:");
    email = !dns && prefix(&text, "EMAIL:");
    if (!dns && !email && write_address(w, text))
        return true;
    email |= !dns && strchr(text, '@');
    if (email ? !visible(text) : !is_host(text))
        return false;
    tlsni_dw_put(w, TLSNI_DER_CONTEXT(email ? 1 : 2), tlsni_span_make(text, strlen(text)));
    return true;
}

/* What is written, of whom, by whom. */
struct issue {
    const struct tlsn_cert_spec *spec;
    const struct tlsni_pubkey *subject;
    struct tlsn_span subject_name; /* Name in DER; empty: spec->subject */
    struct tlsn_span names;        /* subjectAltName's value; empty: spec->names */
    struct tlsn_span issuer_name;  /* Name in DER; empty: self-signed */
    struct tlsn_span issuer_id;    /* its key identifier; empty: self-signed */
    uint8_t id[20];                /* room for one that the issuer's certificate does not tell */
    const struct tlsni_privkey *issuer;
    const struct tlsn_hooks *env;
    struct tlsni_sig_params scheme;
};

/* RFC 5280 4.2.1.6: critical when there is no subject to stand in for it.
 * @rfc 5280:4.1.2.6/2, 5280:4.2.1.6/5, 9525:4.1/3 */
static tlsn_status write_names(struct tlsni_wr *w, const struct tlsn_cert_spec *spec)
{
    struct tlsni_ext_mark m;
    size_t mark;

    if (!spec->name_count)
        return TLSN_OK;
    m = tlsni_write_ext_open(w, TLSNI_OID_SUBJECT_ALT_NAME, spec->subject && !*spec->subject);
    mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    for (size_t i = 0; i < spec->name_count; i++)
        if (!write_name(w, spec->names[i]))
            return TLSN_ERR_ARGUMENT;
    tlsni_dw_close(w, mark);
    tlsni_write_ext_close(w, m);
    return TLSN_OK;
}

/* The names of a request as they are. A Name without anything in it has two bytes. */
static void write_given_names(struct tlsni_wr *w, const struct issue *is)
{
    struct tlsni_ext_mark m = tlsni_write_ext_open(w, TLSNI_OID_SUBJECT_ALT_NAME,
                                                   is->subject_name.len == 2);

    tlsni_wr_span(w, is->names);
    tlsni_write_ext_close(w, m);
}

/* What a key may be used for. */
static tlsn_status write_usages(struct tlsni_wr *w, const struct issue *is)
{
    const struct tlsn_cert_spec *spec = is->spec;
    tlsn_status st = TLSN_OK;

    if (!spec->key_usage)
        write_key_usage(w, spec, tlsni_pubkey_type(is->subject));
    else if (!tlsni_write_none(spec->key_usage))
        st = tlsni_write_usage_list(w, spec->key_usage);
    if (st != TLSN_OK || tlsni_write_none(spec->ext_key_usage))
        return st;
    if (spec->ext_key_usage)
        return tlsni_write_purpose_list(w, spec->ext_key_usage);
    if (!spec->ca)
        write_purpose(w, spec);
    return TLSN_OK;
}

static tlsn_status write_extensions(struct tlsni_wr *w, const struct issue *is)
{
    size_t wrapper = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(3));
    size_t list = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsn_status st;

    write_basic_constraints(w, is->spec);
    st = write_usages(w, is);
    write_subject_key_id(w, is->subject);
    tlsni_write_authority_key_id(w, is->issuer_id);
    if (is->names.len)
        write_given_names(w, is);
    else if (st == TLSN_OK)
        st = write_names(w, is->spec);
    tlsni_write_revocation_extensions(w, is->spec);
    if (st == TLSN_OK)
        st = tlsni_write_named_extensions(w, is->spec);
    tlsni_dw_close(w, list);
    tlsni_dw_close(w, wrapper);
    return st;
}

/* ---- TBSCertificate ---- */

/* Positive, and at most 20 octets with the sign. @rfc 5280:4.1.2.2/1, 5280:4.1.2.2/3 */
static bool serial_sound(struct tlsn_span serial)
{
    while (serial.len && serial.data[0] == 0) {
        serial.data++;
        serial.len--;
    }
    return serial.len && serial.len + (serial.data[0] >> 7) <= 20;
}

static tlsn_status write_serial(struct tlsni_wr *w, const struct tlsn_cert_spec *spec,
                                const struct tlsn_hooks *env)
{
    uint8_t serial[SERIAL_LEN];
    tlsn_status st;

    if (spec->serial) {
        struct tlsn_span given = tlsni_span_make(spec->serial, spec->serial_len);

        tlsni_dw_unsigned(w, given);
        return serial_sound(given) ? TLSN_OK : TLSN_ERR_ARGUMENT;
    }
    st = tlsni_random(env, serial, sizeof serial);
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40); /* positive, and always of the same length */
    tlsni_dw_unsigned(w, tlsni_span_make(serial, sizeof serial));
    return st;
}

static void write_validity(struct tlsni_wr *w, const struct tlsn_cert_spec *spec,
                           const struct tlsn_hooks *env)
{
    int64_t begin = spec->not_before ? spec->not_before : tlsni_now_s(env);
    int64_t end = spec->not_after ? spec->not_after : begin + (int64_t)DEFAULT_DAYS * 86400;
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);

    tlsni_dw_time(w, begin);
    tlsni_dw_time(w, end);
    tlsni_dw_close(w, mark);
}

static tlsn_status write_subject(struct tlsni_wr *w, const struct issue *is)
{
    if (!is->subject_name.len)
        return tlsni_name_write(w, is->spec->subject);
    tlsni_wr_span(w, is->subject_name);
    return TLSN_OK;
}

/* @rfc 5280:4.1.2.1/1 */
static tlsn_status write_tbs(struct tlsni_wr *w, const struct issue *is)
{
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    size_t version = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    tlsn_status st;

    tlsni_dw_small(w, 2);
    tlsni_dw_close(w, version);
    st = write_serial(w, is->spec, is->env);
    if (st != TLSN_OK)
        return st;
    tlsni_write_signature_algorithm(w, &is->scheme);
    if (is->issuer_name.len)
        tlsni_wr_span(w, is->issuer_name);
    else
        st = write_subject(w, is);
    write_validity(w, is->spec, is->env);
    if (st == TLSN_OK)
        st = write_subject(w, is);
    if (st != TLSN_OK)
        return st;
    tlsni_write_spki(w, is->subject);
    st = write_extensions(w, is);
    tlsni_dw_close(w, mark);
    return st == TLSN_OK && w->bad ? TLSN_ERR_ARGUMENT : st;
}

static tlsn_status issue(const struct issue *is, uint8_t *work, uint8_t *out, size_t cap,
                         size_t *len)
{
    struct tlsni_wr tbs = tlsni_wr_make(work, TBS_MAX);
    struct tlsni_wr all = tlsni_wr_make(work + TBS_MAX, TBS_MAX + TLSNI_SIGNATURE_MAX);
    tlsn_status st = write_tbs(&tbs, is);

    if (st == TLSN_OK)
        st = tlsni_write_signed(&all, tlsni_span_make(work, tbs.len), is->issuer, is->env,
                                &is->scheme);
    return st == TLSN_OK ? tlsni_write_out(all.buf, all.len, out, cap, len) : st;
}

static tlsn_status use_issuer(struct issue *is, struct tlsn_span der)
{
    struct tlsni_cert issuer;
    tlsn_status st = tlsni_write_parse_issuer(&issuer, der, is->issuer, is->env);

    if (st != TLSN_OK)
        return st;
    is->issuer_name = issuer.subject;
    is->issuer_id = tlsni_write_issuer_id(is->id, &issuer);
    return is->issuer_id.len ? TLSN_OK : TLSN_ERR_ARGUMENT;
}

/* is has all but scheme and the issuer's name. */
static tlsn_status finish(struct issue *is, struct tlsn_span issuer_cert, uint8_t *out, size_t cap,
                          size_t *len)
{
    tlsn_status st = issuer_cert.len ? use_issuer(is, issuer_cert) : TLSN_OK;
    uint8_t *work;

    if (st == TLSN_OK)
        st = tlsni_write_scheme(tlsni_privkey_public(is->issuer), is->spec->signature,
                                &is->scheme);
    if (st != TLSN_OK)
        return st;
    work = tlsni_alloc(is->env, 2 * TBS_MAX + TLSNI_SIGNATURE_MAX);
    if (!work)
        return TLSN_ERR_NO_MEMORY;
    st = issue(is, work, out, cap, len);
    tlsni_free(is->env, work);
    return st;
}

tlsn_status tlsn_cert_issue(const struct tlsn_cert_spec *spec, const tlsn_key *subject_key,
                            struct tlsn_span issuer_cert, const tlsn_key *issuer_key,
                            const struct tlsn_hooks *hooks, uint8_t *out, size_t cap, size_t *len)
{
    struct issue is = { .spec = spec, .env = hooks };

    *len = 0;
    /* @rfc 5280:4.1.2.6/1 an authority has a name */
    if (!spec || !spec->subject || !subject_key || !issuer_key || (!out && cap) ||
        (spec->ca && !*spec->subject))
        return TLSN_ERR_ARGUMENT;
    is.subject = tlsni_privkey_public(subject_key->key);
    is.issuer = issuer_key->key;
    return finish(&is, issuer_cert, out, cap, len);
}

tlsn_status tlsn_cert_issue_request(const struct tlsn_cert_spec *spec, struct tlsn_span request,
                                    struct tlsn_span issuer_cert, const tlsn_key *issuer_key,
                                    const struct tlsn_hooks *hooks, uint8_t *out, size_t cap,
                                    size_t *len)
{
    struct issue is = { .spec = spec, .env = hooks };
    struct tlsni_pubkey *subject;
    struct tlsni_csr csr;
    tlsn_status st;

    *len = 0;
    if (!spec || !request.data || !issuer_cert.len || !issuer_key || (!out && cap))
        return TLSN_ERR_ARGUMENT;
    st = tlsni_csr_parse(&csr, &subject, hooks, request, NULL);
    if (st != TLSN_OK)
        return st;
    is.subject = subject;
    is.issuer = issuer_key->key;
    if (!spec->subject)
        is.subject_name = csr.subject;
    if (!spec->name_count)
        is.names = csr.san;
    st = finish(&is, issuer_cert, out, cap, len);
    tlsni_pubkey_free(subject);
    return st;
}

/* ---- CertificationRequest ---- */

/* RFC 2985 5.4.2: the extensions that are asked for, as an attribute. */
static tlsn_status write_attributes(struct tlsni_wr *w, const struct tlsn_cert_spec *spec)
{
    size_t all = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0)), pair, set, list;
    tlsn_status st = TLSN_OK;

    if (spec->name_count || spec->must_staple || spec->delegation_usage) {
        pair = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
        tlsni_dw_oid(w, TLSNI_OID_EXTENSION_REQUEST);
        set = tlsni_dw_open(w, TLSNI_DER_SET);
        list = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
        st = write_names(w, spec);
        if (spec->must_staple)
            tlsni_write_tls_features(w);
        if (spec->delegation_usage)
            tlsni_write_delegation_usage(w);
        tlsni_dw_close(w, list);
        tlsni_dw_close(w, set);
        tlsni_dw_close(w, pair);
    }
    tlsni_dw_close(w, all);
    return st;
}

static tlsn_status write_request(struct tlsni_wr *w, const struct tlsn_cert_spec *spec,
                                 const struct tlsni_pubkey *key)
{
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsn_status st;

    tlsni_dw_small(w, 0);
    st = tlsni_name_write(w, spec->subject);
    if (st != TLSN_OK)
        return st;
    tlsni_write_spki(w, key);
    st = write_attributes(w, spec);
    tlsni_dw_close(w, mark);
    return st == TLSN_OK && w->bad ? TLSN_ERR_ARGUMENT : st;
}

static tlsn_status request(const struct tlsn_cert_spec *spec, const tlsn_key *key,
                           const struct tlsn_hooks *hooks, uint8_t *work, uint8_t *out, size_t cap,
                           size_t *len)
{
    const struct tlsni_pubkey *public_key = tlsni_privkey_public(key->key);
    struct tlsni_wr info = tlsni_wr_make(work, TBS_MAX);
    struct tlsni_wr all = tlsni_wr_make(work + TBS_MAX, TBS_MAX + TLSNI_SIGNATURE_MAX);
    struct tlsni_sig_params scheme;
    tlsn_status st = tlsni_write_scheme(public_key, spec->signature, &scheme);

    if (st == TLSN_OK)
        st = write_request(&info, spec, public_key);
    if (st == TLSN_OK)
        st = tlsni_write_signed(&all, tlsni_span_make(work, info.len), key->key, hooks, &scheme);
    return st == TLSN_OK ? tlsni_write_out(all.buf, all.len, out, cap, len) : st;
}

tlsn_status tlsn_csr_write(const struct tlsn_cert_spec *spec, const tlsn_key *key,
                           const struct tlsn_hooks *hooks, uint8_t *out, size_t cap, size_t *len)
{
    uint8_t *work;
    tlsn_status st;

    *len = 0;
    if (!spec || !spec->subject || !key || (!out && cap))
        return TLSN_ERR_ARGUMENT;
    work = tlsni_alloc(hooks, 2 * TBS_MAX + TLSNI_SIGNATURE_MAX);
    if (!work)
        return TLSN_ERR_NO_MEMORY;
    st = request(spec, key, hooks, work, out, cap, len);
    tlsni_free(hooks, work);
    return st;
}
