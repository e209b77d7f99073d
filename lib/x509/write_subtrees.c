/* write_subtrees.c - NameConstraints (RFC 5280 4.2.1.10) from two lists of names. */
#include <arpa/inet.h>

#include "x509/der.h"
#include "x509/name_text.h"
#include "x509/write.h"

enum { DIRECTORY_MAX = 512 };

/* "192.0.2.0/24", "2001:db8::/32": address and mask. */
static bool write_network(struct tlsni_wr *w, uint8_t tag, struct tlsn_span word)
{
    char text[64], *slash;
    uint8_t bytes[32] = { 0 };
    unsigned bits = 0;
    size_t len;

    if (word.len >= sizeof text)
        return false;
    memcpy(text, word.data, word.len);
    text[word.len] = 0;
    slash = strchr(text, '/');
    if (!slash || !slash[1] || strlen(slash + 1) > 3)
        return false;
    *slash = 0;
    for (const char *p = slash + 1; *p; p++) {
        if (*p < '0' || *p > '9')
            return false;
        bits = bits * 10 + (unsigned)(*p - '0');
    }
    len = inet_pton(AF_INET, text, bytes) == 1 ? 4 : inet_pton(AF_INET6, text, bytes) == 1 ? 16 : 0;
    if (!len || bits > 8 * len)
        return false;
    for (unsigned i = 0; i < bits; i++)
        bytes[len + i / 8] |= (uint8_t)(0x80 >> i % 8);
    tlsni_dw_put(w, tag, tlsni_span_make(bytes, 2 * len));
    return true;
}

/* @rfc 9598:6/6 */
static bool write_text(struct tlsni_wr *w, uint8_t tag, struct tlsn_span word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.data[i] <= ' ' || word.data[i] >= 0x7f)
            return false;
    tlsni_dw_put(w, tag, word);
    return true;
}

/* The tag is explicit, as a Name is a CHOICE. */
static bool write_directory(struct tlsni_wr *w, uint8_t tag, struct tlsn_span word)
{
    char text[DIRECTORY_MAX];
    size_t mark;
    tlsn_status st;

    if (word.len >= sizeof text)
        return false;
    memcpy(text, word.data, word.len);
    text[word.len] = 0;
    mark = tlsni_dw_open(w, tag);
    st = tlsni_name_write(w, text);
    tlsni_dw_close(w, mark);
    return st == TLSN_OK;
}

/* Kinds of names by their prefix, with the tag of GeneralName. */
static const struct kind {
    const char *prefix;
    uint8_t tag;
    bool (*write)(struct tlsni_wr *w, uint8_t tag, struct tlsn_span word);
} kinds[] = {
    { "IP:", TLSNI_DER_CONTEXT(7), write_network },
    { "DNS:", TLSNI_DER_CONTEXT(2), write_text },
    { "EMAIL:", TLSNI_DER_CONTEXT(1), write_text },
    { "URI:", TLSNI_DER_CONTEXT(6), write_text },
    { "DIR:", TLSNI_DER_CONSTRUCTED_CONTEXT(4), write_directory },
};

static const struct kind *kind_at(const char *text)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(text, kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
            return &kinds[i];
    return NULL;
}

/* How long an item is: a comma ends it, in directory names one with a kind behind it. */
static size_t item_len(const char *text, const struct kind *kind)
{
    size_t len = strcspn(text, ",");

    while (kind->write == write_directory && text[len] && !kind_at(text + len + 1))
        len += 1 + strcspn(text + len + 1, ",");
    return len;
}

static tlsn_status write_list(struct tlsni_wr *w, uint8_t n, const char *list)
{
    size_t all, one;

    if (!list || !*list)
        return TLSN_OK;
    all = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(n));
    while (*list) {
        const struct kind *kind = kind_at(list);
        size_t len;

        if (!kind)
            return TLSN_ERR_ARGUMENT;
        list += strlen(kind->prefix);
        len = item_len(list, kind);
        one = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
        if (!kind->write(w, kind->tag, tlsni_span_make(list, len)))
            return TLSN_ERR_ARGUMENT;
        tlsni_dw_close(w, one);
        list += len + (list[len] == ',');
    }
    tlsni_dw_close(w, all);
    return TLSN_OK;
}

tlsn_status tlsni_write_subtrees(struct tlsni_wr *w, const char *permitted, const char *excluded)
{
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsn_status st = write_list(w, 0, permitted);

    if (st == TLSN_OK)
        st = write_list(w, 1, excluded);
    tlsni_dw_close(w, mark);
    return st;
}
