/* saslprep.c - user names and passwords in their one form, so that what people type compares equal (RFC 4013).
 *
 * Covered are Latin, Greek and Cyrillic letters, common punctuation and currency signs, Kana, Han and Hangul, and what
 * SASLprep maps into those. All other characters are refused and not guessed at: combining marks, which would have
 * to be composed, scripts that are written from right to left, and what the profile prohibits. A text of characters
 * of plain[] is its own normal form, since none of them combines with another. The tables are those of Unicode 3.2,
 * which RFC 3454 prescribes.
 *
 * Runs while a configuration is made, and indexes by the characters of passwords. */
#include "saslprep.h"

#include "x509/name.h"

enum { UTF8_STRING = 12, WIDE_FIRST = 0xff01, WIDE_LAST = 0xff5e, WIDE = 0xfee0 };

/* First and last of characters that stay as they are. */
static const uint16_t plain[][2] = {
    /* clang-format off */
    { 0x0020, 0x007e }, { 0x00a1, 0x00a7 }, { 0x00a9, 0x00a9 }, { 0x00ab, 0x00ac },
    { 0x00ae, 0x00ae }, { 0x00b0, 0x00b1 }, { 0x00b6, 0x00b7 }, { 0x00bb, 0x00bb },
    { 0x00bf, 0x0131 }, { 0x0134, 0x013e }, { 0x0141, 0x0148 }, { 0x014a, 0x017e },
    { 0x0180, 0x01c3 }, { 0x01cd, 0x01f0 }, { 0x01f4, 0x0220 }, { 0x0222, 0x0233 },
    { 0x0250, 0x02ad }, { 0x02b9, 0x02d7 }, { 0x02de, 0x02df }, { 0x02e5, 0x02ee },
    { 0x0375, 0x0375 }, { 0x0386, 0x0386 }, { 0x0388, 0x038a }, { 0x038c, 0x038c },
    { 0x038e, 0x03a1 }, { 0x03a3, 0x03ce }, { 0x03d7, 0x03ef }, { 0x03f3, 0x03f3 },
    { 0x03f6, 0x03f6 }, { 0x0400, 0x0482 }, { 0x0488, 0x04ce }, { 0x04d0, 0x04f5 },
    { 0x04f8, 0x04f9 }, { 0x0500, 0x050f }, { 0x1e00, 0x1e99 }, { 0x1ea0, 0x1ef9 },
    { 0x2010, 0x2010 }, { 0x2012, 0x2016 }, { 0x2018, 0x2023 }, { 0x2027, 0x2027 },
    { 0x2030, 0x2032 }, { 0x2035, 0x2035 }, { 0x2038, 0x203b }, { 0x203d, 0x203d },
    { 0x203f, 0x2046 }, { 0x204a, 0x2052 }, { 0x20a0, 0x20a7 }, { 0x20a9, 0x20b1 },
    { 0x3001, 0x3029 }, { 0x3030, 0x3035 }, { 0x3037, 0x3037 }, { 0x303b, 0x303f },
    { 0x3041, 0x3096 }, { 0x309d, 0x309e }, { 0x30a0, 0x30fe }, { 0x3400, 0x4db5 },
    { 0x4e00, 0x9fa5 }, { 0xac00, 0xd7a3 },
    /* clang-format on */
};

/* What others become: spaces, nothing, their compatible form. */
static const struct {
    uint16_t from;
    const char *to;
} mapped[] = {
    /* clang-format off */
    { 0x00a0, " " }, { 0x00aa, "a" }, { 0x00ad, "" }, { 0x00b2, "2" }, { 0x00b3, "3" },
    { 0x00b5, "\xce\xbc" }, { 0x00b9, "1" }, { 0x00ba, "o" }, { 0x00bc, "1\xe2\x81\x84" "4" },
    { 0x00bd, "1\xe2\x81\x84" "2" }, { 0x00be, "3\xe2\x81\x84" "4" }, { 0x0132, "IJ" },
    { 0x0133, "ij" }, { 0x013f, "L\xc2\xb7" }, { 0x0140, "l\xc2\xb7" }, { 0x0149, "\xca\xbcn" },
    { 0x017f, "s" }, { 0x01c4, "D\xc5\xbd" }, { 0x01c5, "D\xc5\xbe" }, { 0x01c6, "d\xc5\xbe" },
    { 0x01c7, "LJ" }, { 0x01c8, "Lj" }, { 0x01c9, "lj" }, { 0x01ca, "NJ" }, { 0x01cb, "Nj" },
    { 0x01cc, "nj" }, { 0x01f1, "DZ" }, { 0x01f2, "Dz" }, { 0x01f3, "dz" }, { 0x2000, " " },
    { 0x2001, " " }, { 0x2002, " " }, { 0x2003, " " }, { 0x2004, " " }, { 0x2005, " " },
    { 0x2006, " " }, { 0x2007, " " }, { 0x2008, " " }, { 0x2009, " " }, { 0x200a, " " },
    { 0x200c, "" }, { 0x200d, "" }, { 0x2011, "\xe2\x80\x90" }, { 0x2024, "." },
    { 0x2025, ".." }, { 0x2026, "..." }, { 0x202f, " " }, { 0x2033, "\xe2\x80\xb2\xe2\x80\xb2" },
    { 0x2034, "\xe2\x80\xb2\xe2\x80\xb2\xe2\x80\xb2" }, { 0x2036, "\xe2\x80\xb5\xe2\x80\xb5" },
    { 0x2037, "\xe2\x80\xb5\xe2\x80\xb5\xe2\x80\xb5" }, { 0x203c, "!!" }, { 0x2047, "??" },
    { 0x2048, "?!" }, { 0x2049, "!?" },
    { 0x2057, "\xe2\x80\xb2\xe2\x80\xb2\xe2\x80\xb2\xe2\x80\xb2" }, { 0x205f, " " },
    { 0x2060, "" }, { 0x2160, "I" }, { 0x2161, "II" }, { 0x2162, "III" }, { 0x2163, "IV" },
    { 0x2164, "V" }, { 0x2165, "VI" }, { 0x2166, "VII" }, { 0x2167, "VIII" }, { 0x2168, "IX" },
    { 0x2169, "X" }, { 0x216a, "XI" }, { 0x216b, "XII" }, { 0x216c, "L" }, { 0x216d, "C" },
    { 0x216e, "D" }, { 0x216f, "M" }, { 0x2170, "i" }, { 0x2171, "ii" }, { 0x2172, "iii" },
    { 0x2173, "iv" }, { 0x2174, "v" }, { 0x2175, "vi" }, { 0x2176, "vii" }, { 0x2177, "viii" },
    { 0x2178, "ix" }, { 0x2179, "x" }, { 0x217a, "xi" }, { 0x217b, "xii" }, { 0x217c, "l" },
    { 0x217d, "c" }, { 0x217e, "d" }, { 0x217f, "m" }, { 0x3000, " " },
    /* clang-format on */
};

static bool is_plain(int32_t c)
{
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (c >= plain[i][0] && c <= plain[i][1])
            return true;
    return false;
}

static bool put_mapped(struct tlsni_wr *w, int32_t c)
{
    if (c >= WIDE_FIRST && c <= WIDE_LAST) {
        tlsni_wr_u8(w, (uint32_t)(c - WIDE));
        return true;
    }
    for (size_t i = 0; i < sizeof mapped / sizeof *mapped; i++)
        if (mapped[i].from == c) {
            tlsni_wr_put(w, mapped[i].to, strlen(mapped[i].to));
            return true;
        }
    return false;
}

/* @rfc 5054:2.3/1 */
bool tlsni_saslprep(struct tlsn_span text, struct tlsni_prepared *out)
{
    struct tlsni_rd r = tlsni_rd_span(text);
    struct tlsni_wr w = tlsni_wr_make(out->data, sizeof out->data);

    while (r.p != r.end) {
        const uint8_t *start = r.p;
        int32_t c = tlsni_attribute_char(UTF8_STRING, &r);

        if (c < 0 || r.bad)
            return false;
        if (is_plain(c))
            tlsni_wr_put(&w, start, (size_t)(r.p - start));
        else if (!put_mapped(&w, c))
            return false;
    }
    out->len = w.len;
    return !w.bad && w.len != 0;
}
