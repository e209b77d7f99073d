#!/usr/bin/env python3
"""Writes lib/x509/unicode_data.c: what characters of names become before they are compared.

    tools/unicode.py > lib/x509/unicode_data.c

From CPython's data of Unicode 3.2, the version that RFC 3454 and RFC 4518 prescribe, and its tables of RFC 3454: each
code point beyond ASCII is folded by table B.2 and decomposed (NFKD). Hangul syllables are left out, they are decomposed
by arithmetic.
"""
import stringprep
import sys
from unicodedata import ucd_3_2_0 as unicode

ASCII, HANGUL = range(0x80), range(0xac00, 0xd7a4)
LEAST_RUN = 3  # a shorter one takes more room than its code points
LONGEST = 18   # TLSNI_UNICODE_LONGEST


def fold(c):
    """RFC 3454 B.2. CPython also knows small letters that came later, which the table does not have."""
    small = stringprep.map_table_b2(c)
    return c if any(map(stringprep.in_table_a1, small)) else small


def prohibited(c):
    """RFC 4518 2.4. What changes display (C.8) is mapped to nothing before."""
    return (stringprep.in_table_a1(c) or stringprep.in_table_c3(c) or stringprep.in_table_c4(c) or
            stringprep.in_table_c5(c) or c == '\ufffd')


def changed():
    """Code point -> what it becomes, where that is something else."""
    for i in range(len(ASCII), 0x110000):
        if i not in HANGUL and not prohibited(chr(i)):
            to = unicode.normalize('NFKD', fold(chr(i)))
            if to != chr(i):
                yield i, to


def runs(table):
    """(first, step, count, distance): every step-th code point moves by the same distance. Takes them from table."""
    behind = 0
    for first in sorted(i for i, to in table.items() if len(to) == 1):
        if first < behind or first not in table:
            continue
        by = ord(table[first]) - first
        moves = lambda i: len(table.get(i, '')) == 1 and ord(table[i]) - i == by
        best = (0, 1)
        for step in (1, 2):
            count = 1
            while moves(first + count * step):
                count += 1
            best = max(best, (count, -step))
        count, step = best[0], -best[1]
        if count >= LEAST_RUN:
            for i in range(count):
                del table[first + i * step]
            behind = first + (count - 1) * step + 1
            yield first, step, count, by


def blocks(table):
    """(first, count, index): code points without a gap, and where the first one's string is."""
    keys = sorted(table)
    begin = 0
    for i in range(1, len(keys) + 1):
        if i == len(keys) or keys[i] != keys[i - 1] + 1:
            yield keys[begin], i - begin, begin
            begin = i


def pool(table):
    """All strings, each once, as UTF-8 with a byte in front that has the length; where each is."""
    data, places, index = bytearray(), {}, []
    for _, text in sorted(table.items()):
        if text not in places:
            coded = text.encode()
            places[text] = len(data)
            data += bytes([len(coded)]) + coded
        index.append(places[text])
    return data, index


def neighbours(kind, most):
    """(first, count, kind): runs of code points of one kind (None: left out)."""
    found = []
    for i in range(len(ASCII), 0x110000):
        is_now = kind(chr(i))
        if found and found[-1][0] + found[-1][1] == i and found[-1][2] == is_now and found[-1][1] < most:
            found[-1][1] += 1
        elif is_now is not None:
            found.append([i, 1, is_now])
    return found


def mark(c):
    return unicode.combining(c) if unicode.category(c)[0] == 'M' else None


def lines(items, width=98):
    line = '   '
    for item in items:
        if len(line) + 1 + len(item) > width:
            yield line
            line = '   '
        line += ' ' + item
    yield line


def table_text(head, rows):
    return [head + ' = {', '    /* clang-format off */', *lines(rows), '    /* clang-format on */', '};', '']


def main():
    table = dict(changed())
    moved = list(runs(table))
    placed = list(blocks(table))
    data, index = pool(table)
    assert max(len(text) for text in table.values()) <= LONGEST and max(index) < 1 << 16
    out = [
        '/* unicode_data.c - what characters become before they are compared: written by tools/unicode.py from',
        f' * Unicode {unicode.unidata_version} (www.unicode.org/Public) and the tables of RFC 3454. Not to be edited. */',
        '#include "x509/unicode_data.h"', '']
    out += table_text('const struct tlsni_unicode_run tlsni_unicode_runs[]',
                      [f'{{ {a:#x}, {c}, {s}, {d} }},' for a, s, c, d in moved])
    out += table_text('const struct tlsni_unicode_block tlsni_unicode_blocks[]',
                      [f'{{ {a:#x}, {c}, {i} }},' for a, c, i in placed])
    out += table_text('const struct tlsni_unicode_marks tlsni_unicode_marks[]',
                      [f'{{ {a:#x}, {c}, {o} }},' for a, c, o in neighbours(mark, 255)])
    out += table_text('const struct tlsni_unicode_range tlsni_unicode_prohibited[]',
                      [f'{{ {a:#x}, {a + c - 1:#x} }},'
                       for a, c, _ in neighbours(lambda c: prohibited(c) or None, 1 << 21)])
    out += table_text('const uint16_t tlsni_unicode_index[]', [f'{i},' for i in index])
    out += table_text('const uint8_t tlsni_unicode_pool[]', [f'{i},' for i in data])
    out += [f'const size_t tlsni_unicode_{n}_count = sizeof tlsni_unicode_{n} / sizeof *tlsni_unicode_{n};'
            for n in ('runs', 'blocks', 'marks', 'prohibited')]
    sys.stdout.write('\n'.join(out) + '\n')


if __name__ == '__main__':
    main()
