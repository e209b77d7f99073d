#include "handshake/cert_comp_rows.h"

#include "cipher/names.h"

/* The NULL stands for a library without any. */
static const struct tlsni_cert_comp *const rows[] = {
#ifdef TLSNI_HAVE_BROTLI
    &tlsni_cert_comp_brotli,
#endif
#ifdef TLSNI_HAVE_ZSTD
    &tlsni_cert_comp_zstd,
#endif
#ifdef TLSNI_HAVE_ZLIB
    &tlsni_cert_comp_zlib,
#endif
    NULL,
};

enum { COUNT = sizeof rows / sizeof *rows - 1 };

const struct tlsni_cert_comp *const *tlsni_cert_comp_rows(size_t *count)
{
    *count = COUNT;
    return rows;
}

const struct tlsni_cert_comp *tlsni_cert_comp_find(uint16_t id)
{
    const struct tlsni_cert_comp *const *row = rows;

    while (*row && (*row)->id != id)
        row++;
    return *row;
}

const struct tlsni_cert_comp *tlsni_cert_comp_by_name(const char *name, size_t len)
{
    const struct tlsni_cert_comp *const *row = rows;

    while (*row && !tlsni_name_eq((*row)->name, name, len))
        row++;
    return *row;
}
