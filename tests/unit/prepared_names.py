#!/usr/bin/env python3
"""Prepares strings as RFC 4518 says, by CPython's unicodedata and stringprep: the other reading of lib/x509/stringprep.c.

    prepared_names.py SEED COUNT [NormalizationTest.txt.bz2]

Prints lines "CODEPOINTS;CODEPOINTS", hexadecimal, a string and what it becomes; behind the semicolon "bad" where it is
prohibited. First each code point that becomes something else (of some kinds every 97th), beside marks and
spaces, then COUNT strings at random, made of what combines; or with a file the strings of its first five columns.
"""
import bz2
import random
import re
import stringprep
import sys
from unicodedata import ucd_3_2_0 as unicode

# RFC 4518 2.2, as its text lists them.
NOTHING = """00AD 1806 034F 180B-180D FE00-FE0F FFFC 0000-0008 000E-001F 007F-0084 0086-009F 06DD 070F 180E 200C-200F
202A-202E 2060-2063 206A-206F FEFF FFF9-FFFB 1D173-1D17A E0001 E0020-E007F 200B"""
SPACE = '0009-000D 0085 0020 00A0 1680 2000-200A 2028-2029 202F 205F 3000'


def listed(text):
    for part in text.split():
        first, _, last = part.partition('-')
        yield from map(chr, range(int(first, 16), int(last or first, 16) + 1))


MAP = {**dict.fromkeys(listed(NOTHING), ''), **dict.fromkeys(listed(SPACE), ' ')}


def fold(c):
    if c in MAP:
        return MAP[c]
    small = stringprep.map_table_b2(c)
    return c if any(map(stringprep.in_table_a1, c + small)) else small  # Python knows later letters


def prohibited(c):
    tables = (stringprep.in_table_a1, stringprep.in_table_c3, stringprep.in_table_c4, stringprep.in_table_c5,
              stringprep.in_table_c8)
    return any(table(c) for table in tables) or c == '\ufffd'


def prepared(text):
    """The six steps. Spaces that count are made one, those with a mark U+00A0, and the result is decomposed again."""
    text = unicode.normalize('NFKC', ''.join(map(fold, text)))
    if any(map(prohibited, text)):
        return None
    marked = ''.join('\uf8ff' if c == ' ' and unicode.category((text[i + 1:] + 'x')[0])[0] == 'M' else c
                     for i, c in enumerate(text))
    text = re.sub(' +', ' ', marked).strip(' ')
    return unicode.normalize('NFKD', text).replace('\uf8ff', '\xa0')


def show(text):
    became = prepared(text)
    points = lambda s: ' '.join(f'{ord(c):x}' for c in s)
    print(points(text) + ';' + ('bad' if became is None else points(became)))


def characters():
    """Those that preparation does something with."""
    for i in range(0x110000):
        c = chr(i)
        kind = unicode.category(c)
        if kind == 'Cs' or i % 97 and (kind in ('Cn', 'Co') or 0xac00 <= i <= 0xd7a3):
            continue
        if kind[0] == 'M' or fold(c) != c or unicode.normalize('NFKD', c) != c or prohibited(c):
            yield c


def main():
    if len(sys.argv) > 3:
        for line in bz2.open(sys.argv[3], 'rt', encoding='utf-8'):
            for column in line.split('#')[0].split(';')[:5]:
                if column and not column.startswith('@'):
                    show(''.join(chr(int(x, 16)) for x in column.split()))
        return
    dice = random.Random(int(sys.argv[1]))
    some = list(characters())
    marks = [c for c in some if unicode.category(c)[0] == 'M']
    others = [c for c in some if prepared(c) is not None] + [' ', 'A', '\uac00', '\u1100', '\u1161', '\u11a8']
    for c in some + ['\ue000', '\ufdd0', '\ufffd', '\U0001fffe', '\U0010ffff']:
        show('A ' + c + ' \u0301' + c)
    for _ in range(int(sys.argv[2])):
        show(''.join(dice.choice(dice.choice((marks, others, ' aZ'))) for _ in range(dice.randint(1, 12))))


if __name__ == '__main__':
    main()
