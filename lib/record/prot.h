/* prot.h - what the kinds of record protection share. Inside lib/record only.
 *
 * A kind is a row of the table in prot.c and one file: how it seals and opens, how large its state
 * is, how that is filled. A kind fits a combination of cipher, nonce, MAC order and version
 * profile; implicit IVs, inner content types, other MACs and datagram headers are further kinds. */
#ifndef TLSNI_RECORD_PROT_H
#define TLSNI_RECORD_PROT_H

#include "record/record.h"

struct tlsni_prot_kind {
    struct tlsni_prot_ops ops;
    bool (*fits)(const struct tlsni_prot_keys *keys);
    size_t (*state_size)(const struct tlsni_prot_keys *keys, bool writes);
    /* Fills everything behind the common fields, and lead, tail, outer and block_len. */
    void (*init)(struct tlsni_prot *p, const struct tlsni_prot_keys *keys);
};

extern const struct tlsni_prot_kind tlsni_prot_aead_explicit; /* prot_aead.c */
extern const struct tlsni_prot_kind tlsni_prot_aead_xor;
extern const struct tlsni_prot_kind tlsni_prot_aead13; /* prot_aead13.c */
extern const struct tlsni_prot_kind tlsni_prot_mac_then_encrypt; /* prot_cbc.c */
extern const struct tlsni_prot_kind tlsni_prot_encrypt_then_mac;
extern const struct tlsni_prot_kind tlsni_prot_null; /* prot_null.c */
extern const struct tlsni_prot_kind tlsni_prot_null13; /* prot_null13.c */
extern const struct tlsni_prot_kind tlsni_prot_stream; /* prot_stream.c */

/* What the MAC covers in front of the fragment, and the additional data of an AEAD: sequence
 * number, type, version, length (RFC 5246 6.2.3.1, 6.2.3.3). */
enum { TLSNI_PSEUDO_HEADER = 13 };

bool tlsni_prot_overlap(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len);

/* What sealing len bytes takes from the budget: the blocks of the text and the one of the tag. */
static inline uint64_t tlsni_prot_blocks(size_t len)
{
    return (len + 15) / 16 + 1;
}

/* The bytes that a payload becomes with padding in front of its type: length and type make a multiple
 * of p->pad, as far as the record holds it. */
static inline size_t tlsni_prot_padded(const struct tlsni_prot *p, size_t len)
{
    size_t rest = p->pad ? (len + 1) % p->pad : 0, padded = rest ? len + p->pad - rest : len;

    return padded > p->plain_max && len <= p->plain_max ? p->plain_max : padded;
}

/* inner.c. Content, type and padding to body, where the content may lie already; their length. And back,
 * once a record is open. */
size_t tlsni_prot_inner_put(const struct tlsni_prot *p, uint8_t type, const uint8_t *plain,
                            size_t len, uint8_t *body);
TLSN_MUST_USE tlsn_status tlsni_prot_inner_take(const struct tlsni_prot *p, const uint8_t *inner,
                                                size_t len, uint8_t *type, size_t *content);

static inline void tlsni_put_be16(uint8_t *out, size_t v)
{
    out[0] = (uint8_t)(v >> 8);
    out[1] = (uint8_t)v;
}

static inline void tlsni_put_be64(uint8_t *out, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(v >> (56 - 8 * i));
}

/* Its bytes: without the version in SSL 3.0 (RFC 6101 5.2.3.1). The length is at the end. */
static inline size_t tlsni_prot_pseudo(const struct tlsni_prot *p, uint8_t type, size_t len,
                                       uint8_t out[TLSNI_PSEUDO_HEADER])
{
    size_t at = 9;

    tlsni_put_be64(out, p->sequence);
    out[8] = type;
    if (!p->ssl3) {
        tlsni_put_be16(out + at, p->version);
        at += 2;
    }
    tlsni_put_be16(out + at, len);
    return at + 2;
}

static inline void tlsni_record_header(uint8_t type, uint16_t version, size_t len, uint8_t *out)
{
    out[0] = type;
    tlsni_put_be16(out + 1, version);
    tlsni_put_be16(out + 3, len);
}

#endif
