/* idna.c - U-labels to A-labels (RFC 5890 to 5892, Punycode of RFC 3492).
 *
 * What people type is taken in the form that IDNA 2008 registers: lower case, composed. Known are the
 * letters of the scripts in letters[], none of which combines with another, joins or runs from right
 * to left, so that no normal form and no rule of context or direction has to be checked. Everything
 * else is refused and not guessed at: its A-label can be given instead. */
#include "x509/idna.h"

#include <string.h>

#include "x509/name.h"

enum { LABEL_MAX = 63, UTF8_STRING = 12 };

/* Code points that RFC 5892 calls PVALID, as Unicode 17 has them: Latin, Greek, Cyrillic, Armenian,
 * Georgian, Kana, Bopomofo, Han and Hangul letters. First, last, step. */
static const struct {
    uint16_t first, last, step;
} letters[] = {
    /* clang-format off */
    { 0x00df, 0x00f6, 1 }, { 0x00f8, 0x00ff, 1 }, { 0x0101, 0x0131, 2 }, { 0x0135, 0x0137, 2 },
    { 0x0138, 0x013e, 2 }, { 0x0142, 0x0148, 2 }, { 0x014b, 0x0177, 2 }, { 0x017a, 0x0180, 2 },
    { 0x0183, 0x0185, 2 }, { 0x0188, 0x0188, 1 }, { 0x018c, 0x018d, 1 }, { 0x0192, 0x0192, 1 },
    { 0x0195, 0x0195, 1 }, { 0x0199, 0x019b, 1 }, { 0x019e, 0x019e, 1 }, { 0x01a1, 0x01a5, 2 },
    { 0x01a8, 0x01aa, 2 }, { 0x01ab, 0x01ad, 2 }, { 0x01b0, 0x01b0, 1 }, { 0x01b4, 0x01b6, 2 },
    { 0x01b9, 0x01bb, 1 }, { 0x01bd, 0x01c3, 1 }, { 0x01ce, 0x01dc, 2 }, { 0x01dd, 0x01ef, 2 },
    { 0x01f0, 0x01f0, 1 }, { 0x01f5, 0x01f5, 1 }, { 0x01f9, 0x0233, 2 }, { 0x0234, 0x0239, 1 },
    { 0x023c, 0x023c, 1 }, { 0x023f, 0x0240, 1 }, { 0x0242, 0x0242, 1 }, { 0x0247, 0x024f, 2 },
    { 0x0250, 0x02af, 1 }, { 0x0371, 0x0373, 2 }, { 0x0377, 0x0377, 1 }, { 0x037b, 0x037d, 1 },
    { 0x0390, 0x0390, 1 }, { 0x03ac, 0x03ce, 1 }, { 0x03d7, 0x03ef, 2 }, { 0x03f3, 0x03f3, 1 },
    { 0x03f8, 0x03f8, 1 }, { 0x03fb, 0x03fc, 1 }, { 0x0430, 0x045f, 1 }, { 0x0461, 0x0481, 2 },
    { 0x048b, 0x04bf, 2 }, { 0x04c2, 0x04ce, 2 }, { 0x04cf, 0x052f, 2 }, { 0x0561, 0x0586, 1 },
    { 0x10d0, 0x10fa, 1 }, { 0x1e01, 0x1e95, 2 }, { 0x1e96, 0x1e99, 1 }, { 0x1e9c, 0x1e9d, 1 },
    { 0x1e9f, 0x1eff, 2 }, { 0x3005, 0x3006, 1 }, { 0x3041, 0x3096, 1 }, { 0x309d, 0x309e, 1 },
    { 0x30a1, 0x30fa, 1 }, { 0x30fc, 0x30fe, 1 }, { 0x3105, 0x312f, 1 }, { 0x3400, 0x4dbf, 1 },
    { 0x4e00, 0x9fff, 1 }, { 0xac00, 0xd7a3, 1 },
    /* clang-format on */
};

static bool is_letter(int32_t c)
{
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (c >= letters[i].first && c <= letters[i].last)
            return (c - letters[i].first) % letters[i].step == 0;
    return false;
}

/* Letters, digits and hyphens of host names.
 * @rfc 9525:2/3 */
static bool is_ldh(int32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool tlsni_is_ascii(struct tlsn_span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] >= 0x80)
            return false;
    return true;
}

bool tlsni_is_printable(struct tlsn_span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] < ' ' || text.data[i] > '~')
            return false;
    return true;
}

/* ---- Punycode ---- */

/* RFC 3492 5 */
enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, BIAS = 72, FIRST = 128 };

static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
    uint32_t k = 0;

    delta = first ? delta / DAMP : delta / 2;
    delta += delta / points;
    for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
        delta /= BASE - T_MIN;
    return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static void put_digit(struct tlsni_wr *w, uint32_t digit)
{
    tlsni_wr_u8(w, digit < 26 ? 'a' + digit : '0' + digit - 26);
}

/* A number of variable length, least significant digit first. */
static void put_delta(struct tlsni_wr *w, uint32_t delta, uint32_t bias)
{
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t t = k <= bias + T_MIN ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;

        if (delta < t)
            break;
        put_digit(w, t + (delta - t) % (BASE - t));
        delta = (delta - t) / (BASE - t);
    }
    put_digit(w, delta);
}

struct label {
    int32_t c[LABEL_MAX];
    uint32_t len;
};

/* The least code point of the label that is n or more. */
static int32_t next_point(const struct label *l, int32_t n)
{
    int32_t best = INT32_MAX;

    for (uint32_t i = 0; i < l->len; i++)
        if (l->c[i] >= n && l->c[i] < best)
            best = l->c[i];
    return best;
}

/* RFC 3492 6.3. A label has 63 code points below 2^16 at most: nothing can overflow. */
static void put_punycode(struct tlsni_wr *w, const struct label *l)
{
    uint32_t delta = 0, bias = BIAS, basic = 0, done;
    int32_t n = FIRST;

    for (uint32_t i = 0; i < l->len; i++)
        if (l->c[i] < FIRST) {
            tlsni_wr_u8(w, (uint32_t)l->c[i]);
            basic++;
        }
    if (basic)
        tlsni_wr_u8(w, '-');
    for (done = basic; done < l->len; n++, delta++) {
        int32_t m = next_point(l, n);

        delta += (uint32_t)(m - n) * (done + 1);
        n = m;
        for (uint32_t i = 0; i < l->len; i++) {
            delta += l->c[i] < n;
            if (l->c[i] != n)
                continue;
            put_delta(w, delta, bias);
            bias = adapt(delta, done + 1, done == basic);
            delta = 0;
            done++;
        }
    }
}

/* ---- labels ---- */

/* A label with something beyond ASCII. RFC 5891 4.2.3.1: no hyphens at its ends, nor at places three
 * and four, which are for prefixes. */
static bool read_label(struct label *l, struct tlsn_span text)
{
    struct tlsni_rd r = tlsni_rd_span(text);

    l->len = 0;
    while (r.p != r.end) {
        int32_t c = tlsni_attribute_char(UTF8_STRING, &r);

        if (c >= 'A' && c <= 'Z')
            c += 'a' - 'A';
        if (r.bad || l->len == LABEL_MAX || !(is_ldh(c) || is_letter(c)))
            return false;
        l->c[l->len++] = c;
    }
    return l->len && l->c[0] != '-' && l->c[l->len - 1] != '-' &&
           !(l->len > 3 && l->c[2] == '-' && l->c[3] == '-');
}

/* @rfc 9525:6.3/3 */
static tlsn_status put_label(const struct tlsn_hooks *env, struct tlsni_buf *out,
                             struct tlsn_span text)
{
    uint8_t bytes[LABEL_MAX];
    struct tlsni_wr w = tlsni_wr_make(bytes, sizeof bytes);
    struct label l;

    if (tlsni_is_ascii(text))
        return tlsni_buf_append(env, out, text.data, text.len);
    if (!read_label(&l, text))
        return TLSN_ERR_IDNA;
    tlsni_wr_put(&w, "xn--", 4);
    put_punycode(&w, &l);
    return w.bad ? TLSN_ERR_IDNA : tlsni_buf_append(env, out, bytes, w.len);
}

tlsn_status tlsni_idna_to_ascii(const struct tlsn_hooks *env, struct tlsni_buf *out,
                                struct tlsn_span text)
{
    tlsn_status st = TLSN_OK;
    size_t start = 0;

    for (size_t i = 0; text.len && st == TLSN_OK && i <= text.len; i++) {
        if (i < text.len && !strchr(".,:/@", text.data[i]))
            continue;
        st = put_label(env, out, tlsni_span_make(text.data + start, i - start));
        if (st == TLSN_OK && i < text.len)
            st = tlsni_buf_append(env, out, text.data + i, 1);
        start = i + 1;
    }
    return st;
}
