#include "x509/stringprep.h"

#include "x509/name.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

enum { MARKED_SPACE = 0xa0 }; /* a space with marks is a character like others; free, since it was mapped */

/* RFC 4518 2.2, mapped to nothing: controls, joiners, marks of direction, variation selectors, the soft hyphen. */
static const struct tlsni_unicode_range hidden[] = {
    { 0x0000, 0x0008 }, { 0x000e, 0x001f }, { 0x007f, 0x0084 }, { 0x0086, 0x009f }, { 0x00ad, 0x00ad },
    { 0x034f, 0x034f }, { 0x06dd, 0x06dd }, { 0x070f, 0x070f }, { 0x1806, 0x1806 }, { 0x180b, 0x180e },
    { 0x200b, 0x200f }, { 0x202a, 0x202e }, { 0x2060, 0x2063 }, { 0x206a, 0x206f }, { 0xfe00, 0xfe0f },
    { 0xfeff, 0xfeff }, { 0xfff9, 0xfffc }, { 0x1d173, 0x1d17a }, { 0xe0001, 0xe0001 },
    { 0xe0020, 0xe007f },
};

/* RFC 4518 2.2 */
static const struct tlsni_unicode_range spaces[] = {
    { 0x0009, 0x000d }, { 0x0020, 0x0020 }, { 0x0085, 0x0085 }, { 0x00a0, 0x00a0 }, { 0x1680, 0x1680 },
    { 0x2000, 0x200a }, { 0x2028, 0x2029 }, { 0x202f, 0x202f }, { 0x205f, 0x205f }, { 0x3000, 0x3000 },
};

static bool is_in(const struct tlsni_unicode_range *ranges, size_t count, int32_t c)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

/* The last of count rows (which begin with a code point) that does not begin behind c; NULL: none. */
static const void *row_of(const void *rows, size_t count, size_t size, int32_t c)
{
    const uint8_t *low = rows;
    int32_t first;

    while (count > 0) {
        size_t half = count / 2;

        memcpy(&first, low + half * size, sizeof first);
        if (first <= c) {
            low += (half + 1) * size;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low == rows ? NULL : low - size;
}

#define ROW_OF(table, c) row_of(table, table##_count, sizeof *(table), c)

/* @rfc 5280:7.1/7 */
static bool is_prohibited(int32_t c)
{
    const struct tlsni_unicode_range *r = c < 0x80 ? NULL : ROW_OF(tlsni_unicode_prohibited, c);

    return r && c <= r->last;
}

/* The combining class of a mark, or -1. */
static int mark_order(int32_t c)
{
    const struct tlsni_unicode_marks *m = c < 0x300 ? NULL : ROW_OF(tlsni_unicode_marks, c);

    return m && c - m->first < m->count ? m->order : -1;
}

static void put(struct tlsni_stringprep *p, int32_t c)
{
    int order = mark_order(c);

    p->order[p->count] = order > 0 ? (uint8_t)order : 0;
    p->queue[p->count++] = c;
}

/* A syllable is two or three letters, by arithmetic (Unicode 3.12). */
static void put_hangul(struct tlsni_stringprep *p, int32_t syllable)
{
    enum { LEADING = 0x1100, VOWEL = 0x1161, TRAILING = 0x11a7, VOWELS = 21, TRAILINGS = 28 };
    int32_t trailing = syllable % TRAILINGS;

    put(p, LEADING + syllable / (VOWELS * TRAILINGS));
    put(p, VOWEL + syllable / TRAILINGS % VOWELS);
    if (trailing)
        put(p, TRAILING + trailing);
}

static void put_string(struct tlsni_stringprep *p, const uint8_t *string)
{
    struct tlsni_rd r = tlsni_rd_make(string + 1, *string);
    int32_t c;

    while ((c = tlsni_attribute_char(TLSNI_DER_UTF8, &r)) >= 0)
        put(p, c);
}

/* Steps 2 and 3 of RFC 4518 for one character that is not plain ASCII. */
static void put_mapped(struct tlsni_stringprep *p, int32_t c)
{
    enum { HANGUL = 0xac00, SYLLABLES = 11172 };
    const struct tlsni_unicode_run *run = ROW_OF(tlsni_unicode_runs, c);
    const struct tlsni_unicode_block *block = ROW_OF(tlsni_unicode_blocks, c);
    int32_t past = run ? c - run->first : 0;

    if (is_in(spaces, COUNT(spaces), c))
        put(p, ' ');
    else if (is_in(hidden, COUNT(hidden), c))
        return;
    else if (c >= HANGUL && c < HANGUL + SYLLABLES)
        put_hangul(p, c - HANGUL);
    else if (run && past % run->step == 0 && past / run->step < run->count)
        put(p, c + run->distance);
    else if (block && c - block->first < block->count)
        put_string(p, tlsni_unicode_pool + tlsni_unicode_index[block->index + c - block->first]);
    else
        put(p, c);
}

/* Marks by their class; those of one class, and other characters, keep their places. */
static void put_in_order(struct tlsni_stringprep *p)
{
    for (unsigned i = 1; i < p->count; i++) {
        int32_t c = p->queue[i];
        uint8_t order = p->order[i];
        unsigned at = i;

        for (; order && at > 0 && p->order[at - 1] > order; at--) {
            p->queue[at] = p->queue[at - 1];
            p->order[at] = p->order[at - 1];
        }
        p->queue[at] = c;
        p->order[at] = order;
    }
}

/* What is handed out is gone; marks, behind which further ones may belong, come to the front. */
static void drop_used(struct tlsni_stringprep *p)
{
    p->count -= p->ready;
    for (unsigned i = 0; i < p->count; i++) {
        p->queue[i] = p->queue[p->ready + i];
        p->order[i] = p->order[p->ready + i];
    }
    p->next = p->ready = 0;
}

/* No mark can be put in front of a character that is none: up to the last one all have their places. */
static unsigned settled(const struct tlsni_stringprep *p)
{
    unsigned n = p->count;

    while (n > 0 && p->order[n - 1] > 0)
        n--;
    return n;
}

static void put_prepared(struct tlsni_stringprep *p, int32_t c)
{
    if (c >= ' ' && c < 0x7f)
        put(p, c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    else
        put_mapped(p, c);
}

/* Reads until something is ready. 0, or what ends the string. */
static int32_t fill(struct tlsni_stringprep *p)
{
    drop_used(p);
    while (p->ready == 0) {
        int32_t c = tlsni_attribute_char(p->tag, &p->text);

        if (c == TLSNI_CHAR_END && p->count > 0) {
            p->ready = p->count;
            break;
        }
        if (c < 0 || (!p->lax && is_prohibited(c)))
            return c < 0 ? c : TLSNI_CHAR_BAD;
        put_prepared(p, c);
        p->ready = settled(p);
        if (p->ready > 0 || p->count <= TLSNI_STRINGPREP_MARKS)
            continue;
        if (!p->lax)
            return TLSNI_CHAR_BAD;
        p->ready = p->count;
    }
    put_in_order(p);
    return 0;
}

static int32_t ordered_char(struct tlsni_stringprep *p)
{
    int32_t end = p->next < p->ready ? 0 : fill(p);

    return end < 0 ? end : p->queue[p->next++];
}

/* RFC 4518 2.6.1: a space is one that no mark follows.
 * @rfc 5280:7.1/8 */
static int32_t marked_char(struct tlsni_stringprep *p)
{
    int32_t c = p->ahead ? p->ahead : ordered_char(p);

    p->ahead = 0;
    if (c != ' ')
        return c;
    p->ahead = ordered_char(p);
    return p->ahead > 0 && mark_order(p->ahead) >= 0 ? MARKED_SPACE : ' ';
}

void tlsni_stringprep_begin(struct tlsni_stringprep *p, uint8_t tag, struct tlsn_span text)
{
    p->text = tlsni_rd_span(text);
    p->tag = tag;
    p->begun = p->lax = false;
    p->ahead = p->behind = 0;
    p->next = p->ready = p->count = 0;
}

/* @rfc 5280:7.1/3, 5280:7.1/4, 5280:7.1/6 */
int32_t tlsni_stringprep_next(struct tlsni_stringprep *p)
{
    int32_t c = p->behind ? p->behind : marked_char(p);
    bool gap = false;

    p->behind = 0;
    for (; c == ' '; c = marked_char(p))
        gap = true;
    if (gap && p->begun && c > 0) {
        p->behind = c;
        return ' ';
    }
    p->begun = true;
    return c;
}
