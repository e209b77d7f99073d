/* names.h - comparing the names that people type with the names in a table. */
#ifndef TLSNI_CIPHER_NAMES_H
#define TLSNI_CIPHER_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* ASCII letters without regard to case, whatever the locale. The empty row name matches nothing. */
static inline bool tlsni_name_eq(const char *row, const char *name, size_t len)
{
    size_t i;

    for (i = 0; i < len && row[i]; i++) {
        unsigned a = (unsigned char)row[i], b = (unsigned char)name[i];
        if (a - 'A' < 26U)
            a += 'a' - 'A';
        if (b - 'A' < 26U)
            b += 'a' - 'A';
        if (a != b)
            return false;
    }
    return len && i == len && !row[i];
}

#endif
