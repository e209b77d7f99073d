/* pem.h - textual encodings (RFC 7468): blocks found one after the other in any text. */
#ifndef TLSNI_X509_PEM_H
#define TLSNI_X509_PEM_H

#include "base/error.h"
#include "base/mem.h"

/* Finds the next block from *text on, decodes it behind the contents of `der` and moves *text
 * behind it. *label is a span of the text between BEGIN and the dashes. *first and *len tell
 * where in `der` it lies. TLSN_OK; TLSN_ERR_NOT_FOUND when no further block begins; TLSN_ERR_PEM
 * when one is damaged. */
tlsn_status tlsni_pem_next(const struct tlsn_hooks *env, struct tlsn_span *text,
                           struct tlsn_span *label, struct tlsni_buf *der, size_t *first,
                           size_t *len, struct tlsni_err *err);

/* A block as it stands in the text; spans into it. */
struct tlsni_pem_block {
    struct tlsn_span label;
    bool encrypted;            /* by its header lines (RFC 1421 4.6.1.1) */
    struct tlsn_span dek_info; /* cipher and vector */
    size_t first, len;         /* where in the buffer its bytes are */
};

/* The same, of blocks that may be encrypted: their bytes are what is still to be decrypted.
 * tlsni_pem_next says TLSN_ERR_KEY_ENCRYPTED to them. */
tlsn_status tlsni_pem_next_sealed(const struct tlsn_hooks *env, struct tlsn_span *text,
                                  struct tlsni_pem_block *block, struct tlsni_buf *der,
                                  struct tlsni_err *err);

/* "PKCS7", "CMS", or Netscape's word for it. */
bool tlsni_pem_is_pkcs7(struct tlsn_span label);

/* Every certificate in data: PEM (labels CERTIFICATE, X509 CERTIFICATE, PKCS7, CMS; TRUSTED CERTIFICATE
 * is refused), one certificate in DER, or a PKCS#7 in DER or BER: their DER one after the other in `der`, with
 * `count` lengths in an array that the caller frees. Not parsed further. TLSN_ERR_PEM when there is none. */
tlsn_status tlsni_pem_certificates(const struct tlsn_hooks *env, struct tlsn_span data,
                                   struct tlsni_buf *der, size_t **lens, size_t *count,
                                   struct tlsni_err *err);

/* Told of a block that is passed over: its number among the certificates of the text, from 1, and why. */
struct tlsni_pem_watch {
    void (*refused)(void *ctx, size_t place, const struct tlsni_err *err);
    void *ctx;
};

/* The same, but blocks that are damaged or of a refused kind are passed over. */
tlsn_status tlsni_pem_certificates_sound(const struct tlsn_hooks *env, struct tlsn_span data,
                                         struct tlsni_buf *der, size_t **lens, size_t *count,
                                         const struct tlsni_pem_watch *watch,
                                         struct tlsni_err *err);

#endif
