#!/usr/bin/env python3
"""The shared library exports exactly the functions that include/ declares with TLSN_API.

usage: symbols.py NM BUILD      run from the top of the tree; exit 0 = the same set
"""
import pathlib
import re
import subprocess
import sys

COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*', re.S)
DECLARED = re.compile(r'^\s*(?:TLSN_\w+\s+)*TLSN_API\b[^;(]*?\b(tlsn_\w+)\s*\(', re.M)


def declared():
    names = set()
    for header in sorted(pathlib.Path('include').glob('**/*.h')):
        names.update(DECLARED.findall(COMMENT.sub('', header.read_text())))
    return names


def exported(nm, library):
    out = subprocess.run([nm, '-D', '--defined-only', library], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    names = {line.split()[-1] for line in out.splitlines() if line.split()[1] != 'A'}
    return {name.split('@')[0] for name in names}, {n for n in names if '@@TLSN_' not in n}


def main(nm, build):
    library = pathlib.Path(build) / 'libtls-native.so'
    if not library.exists():
        print(f'symbols: {library} was not built, nothing to compare')
        return 0
    want = declared()
    have, unversioned = exported(nm, library)
    for text, names in (('declared, but not exported', want - have),
                        ('exported, but not declared with TLSN_API', have - want),
                        ('exported without a symbol version', unversioned)):
        for name in sorted(names):
            print(f'symbols: {name}: {text}')
    if want != have or unversioned:
        return 1
    print(f'symbols: {len(have)} functions declared and exported')
    return 0


sys.exit(main(*sys.argv[1:]))
