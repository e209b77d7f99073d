/* write_ext.c - extensions that a certificate gets by name: key usages, purposes, policies, name
 * constraints, delegation, and any others as bytes. */
#include <tls-native/x509.h>

#include "x509/der.h"
#include "x509/write.h"

/* The next word of a comma separated list; false behind the last. */
static bool next_word(const char **list, struct tlsn_span *word)
{
    size_t len = strcspn(*list, ",");

    *word = tlsni_span_make(*list, len);
    *list += len + ((*list)[len] == ',');
    return len != 0;
}

static bool word_is(struct tlsn_span word, const char *text)
{
    return word.len == strlen(text) && memcmp(word.data, text, word.len) == 0;
}

bool tlsni_write_none(const char *list)
{
    return list && strcmp(list, "none") == 0;
}

/* Bit i of the BIT STRING, counted from the left. @rfc 5280:4.2.1.3/1 */
const char *tlsni_usage_name(unsigned bit)
{
    static const char *const names[] = {
        "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment",
        "keyAgreement", "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly",
    };

    return bit < sizeof names / sizeof *names ? names[bit] : NULL;
}

tlsn_status tlsni_write_usage_list(struct tlsni_wr *w, const char *list)
{
    uint8_t contents[3] = { 0 };
    struct tlsni_ext_mark m;
    struct tlsn_span word;
    unsigned last = 0;

    while (next_word(&list, &word)) {
        unsigned i = 0;

        while (tlsni_usage_name(i) && !word_is(word, tlsni_usage_name(i)))
            i++;
        if (!tlsni_usage_name(i))
            return TLSN_ERR_UNKNOWN_KEYWORD;
        contents[1 + i / 8] |= (uint8_t)(0x80 >> i % 8);
        last = i > last ? i : last;
    }
    contents[0] = (uint8_t)(7 - last % 8); /* unused bits */
    m = tlsni_write_ext_open(w, TLSNI_OID_KEY_USAGE, true);
    tlsni_dw_put(w, TLSNI_DER_BIT_STRING, tlsni_span_make(contents, 2 + last / 8));
    tlsni_write_ext_close(w, m);
    return TLSN_OK;
}

/* A number like 1.2.3, or the name of a row between first and last. */
static tlsn_status write_oid(struct tlsni_wr *w, struct tlsn_span word, enum tlsni_oid first,
                             enum tlsni_oid last)
{
    uint8_t oid[64];
    size_t len;

    for (int id = (int)first; id <= (int)last; id++)
        if (word_is(word, tlsni_oid_row((enum tlsni_oid)id)->name)) {
            tlsni_dw_oid(w, (enum tlsni_oid)id);
            return TLSN_OK;
        }
    len = tlsni_oid_encode(oid, sizeof oid, (const char *)word.data, word.len);
    if (!len)
        return TLSN_ERR_UNKNOWN_KEYWORD;
    tlsni_dw_put(w, TLSNI_DER_OID, tlsni_span_make(oid, len));
    return TLSN_OK;
}

tlsn_status tlsni_write_purpose_list(struct tlsni_wr *w, const char *list)
{
    struct tlsni_ext_mark m = tlsni_write_ext_open(w, TLSNI_OID_EXT_KEY_USAGE, false);
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsn_status st = TLSN_OK;
    struct tlsn_span word;

    while (st == TLSN_OK && next_word(&list, &word))
        st = write_oid(w, word, TLSNI_OID_EKU_SERVER_AUTH, TLSNI_OID_EKU_ANY);
    tlsni_dw_close(w, mark);
    tlsni_write_ext_close(w, m);
    return st;
}

static tlsn_status write_policies(struct tlsni_wr *w, const char *list)
{
    struct tlsni_ext_mark m = tlsni_write_ext_open(w, TLSNI_OID_POLICIES, false);
    size_t all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), one;
    tlsn_status st = TLSN_OK;
    struct tlsn_span word;

    while (st == TLSN_OK && next_word(&list, &word)) {
        if (word_is(word, "anyPolicy"))
            word = tlsni_span_make("2.5.29.32.0", 11);
        one = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
        st = write_oid(w, word, TLSNI_OID_UNKNOWN, TLSNI_OID_UNKNOWN);
        tlsni_dw_close(w, one);
    }
    tlsni_dw_close(w, all);
    tlsni_write_ext_close(w, m);
    return st;
}

static tlsn_status write_constraints(struct tlsni_wr *w, const struct tlsn_cert_spec *spec)
{
    struct tlsni_ext_mark m = tlsni_write_ext_open(w, TLSNI_OID_NAME_CONSTRAINTS, true);
    tlsn_status st = tlsni_write_subtrees(w, spec->permitted, spec->excluded);

    tlsni_write_ext_close(w, m);
    return st;
}

/* ---- any other ---- */

static tlsn_status write_raw(struct tlsni_wr *w, const struct tlsn_extension *e)
{
    static const uint8_t yes = 0xff;
    size_t all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    uint8_t oid[64];
    size_t len = tlsni_oid_encode(oid, sizeof oid, e->oid, strlen(e->oid));

    if (!len)
        return TLSN_ERR_ARGUMENT;
    tlsni_dw_put(w, TLSNI_DER_OID, tlsni_span_make(oid, len));
    if (e->critical)
        tlsni_dw_put(w, TLSNI_DER_BOOLEAN, tlsni_span_make(&yes, 1));
    tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, e->value);
    tlsni_dw_close(w, all);
    return TLSN_OK;
}

/* @rfc 9345:4.2/1 */
void tlsni_write_delegation_usage(struct tlsni_wr *w)
{
    struct tlsni_ext_mark m = tlsni_write_ext_open(w, TLSNI_OID_DELEGATION_USAGE, false);

    tlsni_dw_put(w, TLSNI_DER_NULL, tlsni_span_make(NULL, 0));
    tlsni_write_ext_close(w, m);
}

tlsn_status tlsni_write_named_extensions(struct tlsni_wr *w, const struct tlsn_cert_spec *spec)
{
    tlsn_status st = TLSN_OK;

    if (spec->policies)
        st = write_policies(w, spec->policies);
    if (st == TLSN_OK && (spec->permitted || spec->excluded))
        st = write_constraints(w, spec);
    if (spec->delegation_usage && !spec->ca)
        tlsni_write_delegation_usage(w);
    for (size_t i = 0; st == TLSN_OK && i < spec->extension_count; i++)
        st = write_raw(w, &spec->extensions[i]);
    return st;
}
