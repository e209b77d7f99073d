#!/usr/bin/env python3
"""Checks that no layer of lib/ reaches up, as doc/LAYERS.txt says, and a few rules of the same kind.

usage: layers.py ROOT

  - an include goes to the own layer, to one that doc/LAYERS.txt allows, or to a public header
  - Nettle and GMP (headers and symbols) stay inside their layer
  - public headers, tools and examples include public headers, libc and their own folder only
  - memory is allocated in one file
  - protocol versions are compared in one file
  - what proves something (verify_data, MACs, tags) and secrets are compared by the constant-time helper

Comments and strings do not count. Exit status 0: nothing found; each finding is a line with its place.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
CRYPTO_HEADER = re.compile(r'(nettle|hogweed)/|gmp(-\w+)?\.h$')
# Headers of optional libraries, and the rule that says where they may be included.
OPTIONAL = {'zlib.h': 'zlib', 'brotli/encode.h': 'brotli', 'brotli/decode.h': 'brotli', 'zstd.h': 'zstd',
            'p11-kit/p11-kit.h': 'p11kit'}
CRYPTO_NAME = re.compile(r'\b(?:nettle_\w+|mp[znqf]_\w+|mp_limb_t|mp_size_t|mp_bitcnt_t)\b')
ALLOC = re.compile(r'(?<![\w.>*])(?:malloc|calloc|realloc|reallocarray|free|strn?dup|alloca|v?asprintf|'
                   r'posix_memalign|aligned_alloc)\s*\(')
# A version compared by order with anything, or in any way with the number of a version.
VERSION = r'(?:\w+(?:->|\.))*(?:\w*version(?:_min|_max)?|(?:min|max)_version|version(?:->|\.)number)\b'
ORDER = r'(?:<=|>=|(?<![<])<(?![<])|(?<![->])>(?![>]))'
NUMBER = r'(?:TLSN_(?:SSL|TLS|DTLS)\d\w*|0x0[23]0[0-4]\b|0xfe[fF]\w\b)'
VERSIONS = [re.compile(p) for p in (
    rf'{VERSION}\s*{ORDER}', rf'{ORDER}\s*\(?{VERSION}',
    rf'(?:==|!=|{ORDER})\s*{NUMBER}', rf'{NUMBER}\s*(?:==|!=|{ORDER})')]
# A comparison that stops at the first difference, of what nobody may find out byte by byte.
VARIABLE = re.compile(r'\b(?:memcmp|strn?cmp|tlsni_span_eq)\s*\([^;]*'
                      r'(?:verify_data|finished|\bmac\b|\btag\b|master|secret|password|\bkey_bytes\b)', re.I)
# An X.509 certificate has a version too; Nettle's is a matter of its own layer.
NOT_PROTOCOL = ('lib/x509', 'lib/cipher', 'lib/base')


def code_only(text):
    """text with comments, strings and characters blanked out; lines keep their numbers."""
    token = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return token.sub(lambda m: re.sub(r'[^\n]', ' ', m[0]), text)


def without_comments(text):
    comment = re.compile(r'/\*.*?\*/|//[^\n]*', re.S)
    return comment.sub(lambda m: re.sub(r'[^\n]', ' ', m[0]), text)


class Rules:
    def __init__(self, path):
        self.layers, self.places = {}, {}
        for n, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
            if not line.strip() or line.startswith('#'):
                continue
            row = re.fullmatch(r'(@?)(\w+):\s*(.*)', line)
            if not row:
                raise ValueError(f'{path}:{n}: unreadable line')
            if row[1]:
                self.places.setdefault(row[2], []).extend(row[3].split())
            elif row[2] in self.layers:
                raise ValueError(f'{path}:{n}: {row[2]} is there twice')
            else:
                self.layers[row[2]] = set(row[3].split())

    def allowed_here(self, rule, name):
        return any(name == p or name.startswith(p + '/') for p in self.places.get(rule, ()))


class Check:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.rules = Rules(self.root / 'doc/LAYERS.txt')
        self.findings = []

    def found(self, name, n, text):
        self.findings.append(f'{name}:{n}: {text}')

    def files(self, folder):
        for path in sorted((self.root / folder).rglob('*.[ch]')):
            yield path, path.relative_to(self.root).as_posix()

    def includes(self, path):
        for n, line in enumerate(without_comments(path.read_text(encoding='utf-8')).splitlines(), 1):
            row = INCLUDE.match(line)
            if row:
                yield n, row[1] == '"', row[2]

    # ---- lib

    def layer_of(self, path):
        parts = path.relative_to(self.root / 'lib').parts
        return parts[0] if len(parts) > 1 else 'engine'

    def target_layer(self, path, header):
        """The layer a quoted header belongs to, '' for config.h, None when there is no such header."""
        if header == 'config.h':
            return ''
        if '/' in header:
            return header.split('/')[0]
        if (path.parent / header).exists():
            return self.layer_of(path)
        return 'engine' if (self.root / 'lib' / header).exists() else None

    def check_lib(self):
        for path, name in self.files('lib'):
            layer = self.layer_of(path)
            if layer not in self.rules.layers:
                self.found(name, 1, f'{layer} is no layer of doc/LAYERS.txt')
                continue
            allowed = self.rules.layers[layer]
            for n, quoted, header in self.includes(path):
                if not quoted:
                    self.check_system(name, n, header)
                elif '..' in header.split('/'):
                    self.found(name, n, f'{header}: include from lib/, not by a relative path')
                else:
                    target = self.target_layer(path, header)
                    if target is None:
                        self.found(name, n, f'{header} is not there')
                    elif target not in (layer, '') and target not in allowed and header not in allowed:
                        self.found(name, n, f'{layer} may not include {header}')
            self.check_names(path, name)

    def check_system(self, name, n, header):
        if header == 'config.h' or re.match(r'tls-native(/|\.h$)', header):
            return  # <config.h> is the generated one, where "config.h" would be lib's own
        if CRYPTO_HEADER.match(header):
            if not self.rules.allowed_here('crypto', name):
                self.found(name, n, f'only {self.places("crypto")} may include {header}')
        elif header.startswith('valgrind/'):
            if not self.rules.allowed_here('valgrind', name):
                self.found(name, n, f'only {self.places("valgrind")} may include {header}')
        elif header in OPTIONAL:
            if not self.rules.allowed_here(OPTIONAL[header], name):
                self.found(name, n, f'only {self.places(OPTIONAL[header])} may include {header}')
        elif header not in self.rules.places.get('system', ()):
            self.found(name, n, f'{header} is no header of libc that doc/LAYERS.txt knows')

    def places(self, rule):
        return ', '.join(self.rules.places.get(rule, ()))

    def check_names(self, path, name):
        text = code_only(path.read_text(encoding='utf-8'))
        for n, line in enumerate(text.splitlines(), 1):
            symbol = CRYPTO_NAME.search(line)
            if symbol and not self.rules.allowed_here('crypto', name):
                self.found(name, n, f'{symbol[0]} outside of {self.places("crypto")}')
            call = ALLOC.search(line)
            if call and name.startswith('lib/') and not self.rules.allowed_here('alloc', name):
                self.found(name, n, f'{call[0]}) outside of {self.places("alloc")}')
            if name.startswith('lib/') and VARIABLE.search(line):
                self.found(name, n, 'compares a secret in variable time: tlsni_ct_memeq')
            if self.compares_versions(name, line):
                self.found(name, n, f'compares protocol versions outside of {self.places("versions")}')

    def compares_versions(self, name, line):
        return (name.startswith('lib/') and not line.lstrip().startswith('#')
                and not name.startswith(NOT_PROTOCOL) and not self.rules.allowed_here('versions', name)
                and any(p.search(line) for p in VERSIONS))

    # ---- what may see public headers only

    def check_public(self):
        for folder in ['include', *self.rules.places.get('public', ())]:
            for path, name in self.files(folder):
                for n, quoted, header in self.includes(path):
                    if not quoted:
                        self.check_system(name, n, header)
                    elif folder == 'include':
                        self.found(name, n, f'public headers are included with <>: {header}')
                    elif '/' in header or not (path.parent / header).exists():
                        self.found(name, n, f'{folder} may include public headers only, not {header}')
                self.check_names(path, name)

    def run(self):
        self.check_lib()
        self.check_public()
        for finding in self.findings:
            print(finding)
        count = sum(1 for folder in ('lib', 'include') for _ in self.files(folder))
        print(f'layers: {count} files of lib and include, {len(self.findings)} findings')
        return 1 if self.findings else 0


def main():
    if len(sys.argv) != 2:
        print('usage: layers.py ROOT')
        return 2
    try:
        return Check(sys.argv[1]).run()
    except (OSError, UnicodeDecodeError, ValueError) as problem:
        print(f'layers: {problem}')
        return 1


if __name__ == '__main__':
    sys.exit(main())
