/* stringprep.h - character strings of names as they are compared (RFC 4518 2, by RFC 5280 7.1).
 *
 * Every string type becomes code points; those that do not show vanish, spaces of every kind become one
 * kind, letters lose their case (RFC 3454 B.2), compatible forms become one form, marks stand in canonical
 * order, spaces at the ends vanish and others count as one. Strings are left decomposed where RFC 4518
 * 2.3 composes them (NFKC): composing is a function of the decomposed string that can be undone, so that
 * the same strings are equal. */
#ifndef TLSNI_X509_STRINGPREP_H
#define TLSNI_X509_STRINGPREP_H

#include "x509/der.h"
#include "x509/unicode_data.h"

enum {
    TLSNI_STRINGPREP_MARKS = 32, /* on one character; with more it is no text. UAX 15 thinks of 30 */
    TLSNI_STRINGPREP_QUEUE = TLSNI_STRINGPREP_MARKS + TLSNI_UNICODE_LONGEST,
};

/* A string on its way through preparation. */
struct tlsni_stringprep {
    struct tlsni_rd text; /* what is not read yet */
    uint8_t tag;
    bool begun;               /* something other than spaces was handed out */
    bool lax;                 /* set behind the beginning: nothing is prohibited, or too many marks */
    int32_t ahead, behind;    /* read behind a space, and behind a run of spaces; 0: nothing */
    unsigned next, ready, count; /* of the queue: what comes next, what may be handed out, what there is */
    int32_t queue[TLSNI_STRINGPREP_QUEUE]; /* characters with their marks */
    uint8_t order[TLSNI_STRINGPREP_QUEUE]; /* their combining classes */
};

void tlsni_stringprep_begin(struct tlsni_stringprep *p, uint8_t tag, struct tlsn_span text);
/* The next prepared character, TLSNI_CHAR_END, or TLSNI_CHAR_BAD where the string is none or has a
 * character that is prohibited (RFC 4518 2.4): private use, or not in Unicode 3.2. */
int32_t tlsni_stringprep_next(struct tlsni_stringprep *p);

#endif
