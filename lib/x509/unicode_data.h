/* unicode_data.h - the tables of unicode_data.c: table B.2 of RFC 3454 and compatibility decomposition
 * (NFKD) in one, the combining marks, and what is prohibited. All are sorted; ASCII and Hangul syllables
 * are in none. */
#ifndef TLSNI_X509_UNICODE_DATA_H
#define TLSNI_X509_UNICODE_DATA_H

#include <stddef.h>
#include <stdint.h>

/* count code points from first on, every step-th, become the one that is so far away. */
struct tlsni_unicode_run {
    int32_t first;
    uint16_t count, step;
    int32_t distance;
};

/* count neighbours, whose strings are tlsni_unicode_index[index] and behind it. */
struct tlsni_unicode_block {
    int32_t first;
    uint16_t count, index;
};

/* count neighbours that are combining marks, and their canonical combining class (0: keep places). */
struct tlsni_unicode_marks {
    int32_t first;
    uint8_t count, order;
};

/* RFC 4518 2.4: unassigned in Unicode 3.2, private use, no characters. */
struct tlsni_unicode_range {
    int32_t first, last;
};

extern const struct tlsni_unicode_run tlsni_unicode_runs[];
extern const struct tlsni_unicode_block tlsni_unicode_blocks[];
extern const struct tlsni_unicode_marks tlsni_unicode_marks[];
extern const struct tlsni_unicode_range tlsni_unicode_prohibited[];
extern const size_t tlsni_unicode_runs_count, tlsni_unicode_blocks_count, tlsni_unicode_marks_count,
    tlsni_unicode_prohibited_count;

/* Strings in UTF-8 behind a byte with their length, and where they are. */
extern const uint16_t tlsni_unicode_index[];
extern const uint8_t tlsni_unicode_pool[];

enum { TLSNI_UNICODE_LONGEST = 18 }; /* characters of the longest one */

#endif
