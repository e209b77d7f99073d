/* remark.c - THE table of what a certificate does not keep of the rules for those who issue (RFC 5280 4), or
 * does in a way that is weak. A path does not depend on it: that is judge.c's. */
#include <tls-native/x509.h>

#include "x509/algid.h"
#include "x509/cert.h"
#include "x509/name.h"
#include "x509/spki.h"

enum { SERIAL_MAX = 20, RSA_BITS_MIN = 2048, EC_BITS_MIN = 224 };

static bool has(const struct tlsni_cert *c, uint32_t bit)
{
    return c->has & bit;
}

static bool signs_certificates(const struct tlsni_cert *c)
{
    return has(c, TLSNI_HAS_KEY_USAGE) && c->key_usage & TLSNI_KU_KEY_CERT_SIGN;
}

static bool is_version_3(const struct tlsni_cert *c)
{
    return c->version == 3;
}

static bool old_version(const struct tlsni_cert *c)
{
    return !is_version_3(c);
}

static bool serial_not_positive(const struct tlsni_cert *c)
{
    return c->serial.data[0] >= 0x80 || (c->serial.len == 1 && !c->serial.data[0]);
}

static bool serial_long(const struct tlsni_cert *c)
{
    return c->serial.len > SERIAL_MAX;
}

static bool issuer_nameless(const struct tlsni_cert *c)
{
    return tlsni_name_empty(c->issuer);
}

static bool authority_nameless(const struct tlsni_cert *c)
{
    return c->ca && tlsni_name_empty(c->subject);
}

static bool names_not_critical(const struct tlsni_cert *c)
{
    return tlsni_name_empty(c->subject) && !has(c, TLSNI_HAS_SAN_CRITICAL);
}

static bool names_critical(const struct tlsni_cert *c)
{
    return !tlsni_name_empty(c->subject) && has(c, TLSNI_HAS_SAN_CRITICAL);
}

static bool never_valid(const struct tlsni_cert *c)
{
    return c->not_after < c->not_before;
}

static bool no_issuer_key_id(const struct tlsni_cert *c)
{
    return is_version_3(c) && !c->aki.len && !c->self_issued;
}

static bool no_key_id(const struct tlsni_cert *c)
{
    return c->ca && !c->ski.len;
}

static bool key_id_critical(const struct tlsni_cert *c)
{
    return has(c, TLSNI_HAS_KEY_ID_CRITICAL);
}

static bool authority_without_usage(const struct tlsni_cert *c)
{
    return c->ca && !signs_certificates(c);
}

static bool leaf_signs_certificates(const struct tlsni_cert *c)
{
    return !c->ca && signs_certificates(c);
}

static bool length_without_authority(const struct tlsni_cert *c)
{
    return c->path_len >= 0 && !(c->ca && signs_certificates(c));
}

static bool constraints_in_leaf(const struct tlsni_cert *c)
{
    return has(c, TLSNI_HAS_NAME_CONSTRAINTS) && !c->ca;
}

static bool constraints_not_critical(const struct tlsni_cert *c)
{
    return has(c, TLSNI_HAS_NAME_CONSTRAINTS) && !has(c, TLSNI_HAS_NC_CRITICAL);
}

static bool unknown_critical(const struct tlsni_cert *c)
{
    return has(c, TLSNI_HAS_UNKNOWN_CRITICAL);
}

static bool delegation_critical(const struct tlsni_cert *c)
{
    return has(c, TLSNI_HAS_DELEGATION_CRITICAL);
}

static bool delegates_without_signing(const struct tlsni_cert *c)
{
    return has(c, TLSNI_HAS_DELEGATION_USAGE) &&
           !(has(c, TLSNI_HAS_KEY_USAGE) && c->key_usage & TLSNI_KU_DIGITAL_SIGNATURE);
}

/* Who can make the server decrypt for him may get a signature out of it.
 * @rfc 9345:7.6/1 */
static bool delegates_and_decrypts(const struct tlsni_cert *c)
{
    return has(c, TLSNI_HAS_DELEGATION_USAGE) && has(c, TLSNI_HAS_KEY_USAGE) &&
           c->key_usage & TLSNI_KU_KEY_ENCIPHERMENT;
}

static bool weak_hash(const struct tlsni_cert *c)
{
    return !c->self_issued && c->sig.key && tlsni_hash_is_weak(c->sig.hash);
}

static bool weak_key(const struct tlsni_cert *c)
{
    struct tlsni_spki_size key = tlsni_spki_size(c->spki);

    switch (key.type) {
    case TLSNI_KEY_RSA:
    case TLSNI_KEY_RSA_PSS: return key.bits < RSA_BITS_MIN;
    case TLSNI_KEY_EC: return key.bits < EC_BITS_MIN;
    default: return key.type == TLSNI_KEY_DSA;
    }
}

static const struct {
    bool (*broken)(const struct tlsni_cert *c);
    struct tlsn_remark remark;
} rules[] = {
    { old_version, { "not of version 3", "RFC 5280 4.1.2.1" } },
    { serial_not_positive, { "its serial number is not positive", "RFC 5280 4.1.2.2" } },
    { serial_long, { "its serial number has more than 20 octets", "RFC 5280 4.1.2.2" } },
    { issuer_nameless, { "its issuer has no name", "RFC 5280 4.1.2.4" } },
    { never_valid, { "it ends before it begins", "RFC 5280 4.1.2.5" } },
    { authority_nameless, { "an authority without a name", "RFC 5280 4.1.2.6" } },
    { names_not_critical, { "without subject, and no critical subjectAltName", "RFC 5280 4.2.1.6" } },
    { names_critical, { "subjectAltName is critical beside a subject", "RFC 5280 4.2.1.6" } },
    { no_issuer_key_id, { "no authority key identifier", "RFC 5280 4.2.1.1" } },
    { no_key_id, { "an authority without subject key identifier", "RFC 5280 4.2.1.2" } },
    { key_id_critical, { "a key identifier is critical", "RFC 5280 4.2.1.1, 4.2.1.2" } },
    { authority_without_usage, { "an authority whose key usage lacks keyCertSign", "RFC 5280 4.2.1.3" } },
    { leaf_signs_certificates, { "keyCertSign without cA", "RFC 5280 4.2.1.3" } },
    { length_without_authority, { "a path length without cA and keyCertSign", "RFC 5280 4.2.1.9" } },
    { constraints_in_leaf, { "name constraints without cA", "RFC 5280 4.2.1.10" } },
    { constraints_not_critical, { "name constraints are not critical", "RFC 5280 4.2.1.10" } },
    { unknown_critical, { "a critical extension is unknown: nobody will accept it", "RFC 5280 4.2" } },
    { delegation_critical, { "delegationUsage is critical", "RFC 9345 4.2" } },
    { delegates_without_signing, { "delegationUsage without digitalSignature", "RFC 9345 4.2" } },
    { delegates_and_decrypts, { "delegationUsage beside keyEncipherment", "RFC 9345 7.6" } },
    { weak_hash, { "signed with a weak hash", "RFC 9155" } },
    { weak_key, { "its key is weak", "RFC 9325 4.5" } },
};

size_t tlsn_cert_remarks(struct tlsn_span der, struct tlsn_remark *out, size_t cap)
{
    struct tlsni_cert cert;
    size_t n = 0;

    if (tlsni_cert_parse(&cert, der, NULL) != TLSN_OK)
        return 0;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (!rules[i].broken(&cert))
            continue;
        if (n < cap)
            out[n] = rules[i].remark;
        n++;
    }
    return n;
}
