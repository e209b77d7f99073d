#!/usr/bin/env python3
"""Tests of tools/layers.py with the project's own doc/LAYERS.txt: a small tree that keeps the rules, and
each breach seeded into it.

Ends with `N passed, N failed`.
"""
import pathlib
import subprocess
import sys
import tempfile

PROJECT = pathlib.Path(__file__).resolve().parents[2]
LAYERS = PROJECT / 'tools/layers.py'

FILES = {
    'lib/base/mem.c': '#include "base/mem.h"\n#include <stdlib.h>\n'
                      'void *f(void) { void *p = malloc(1); free(p); return p; }\n',
    'lib/base/mem.h': '#include <tls-native/types.h>\n#include <stdint.h>\n',
    'lib/base/ct.h': '#include "config.h"\n#include <valgrind/memcheck.h>\n',
    'lib/cipher/hash.c': '#include "base/mem.h"\n#include <nettle/sha2.h>\n#include <gmp.h>\n'
                         'mpz_t z; void g(void) { nettle_sha256_init(0); }\n',
    'lib/record/record.h': '#include "cipher/hash.h"\n',
    'lib/ext/alpn.c': '#include "handshake/hs.h"\n#include "x509/cert.h"\n',
    'lib/handshake/hs.h': '#include "record/record.h"\n#include "ext/ext.h"\n',
    'lib/handshake/version.c': 'int h(int version) { return version >= 0x0303; }\n',
    'lib/handshake/kx.c': 'int k(int v, int version) { return v == version; }\n'
                          '/* free() and mpz_t in words, version < TLSN_TLS1_2 */\n'
                          'const char *t = "free(x) nettle_x version < 3";\n'
                          'void m(struct x *x) { x->ops.free(x); x->version->prf(x->version >> 8); }\n',
    'lib/x509/cert.c': 'int c(int version) { return version < 3; }\n',
    'lib/conn.c': '#include "conn.h"\n#include "handshake/hs.h"\n',
    'lib/conn.h': '#include <tls-native/conn.h>\n',
    'include/tls-native/types.h': '#include <stdint.h>\n',
    'tools/tlsn/main.c': '#include "tool.h"\n#include <tls-native.h>\nvoid n(void) { free(0); }\n',
    'tools/tlsn/tool.h': '#include <stdio.h>\n',
}


class Tree:
    def __init__(self, folder):
        self.root = pathlib.Path(folder)
        for name, text in FILES.items():
            self.put(name, text)
        self.put('doc/LAYERS.txt', (PROJECT / 'doc/LAYERS.txt').read_text())

    def put(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def add(self, name, text):
        path = self.root / name
        self.put(name, (path.read_text() if path.exists() else '') + text + '\n')

    def run(self):
        done = subprocess.run([sys.executable, str(LAYERS), str(self.root)], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        return done.returncode, done.stdout


# name of the case, file, line added to it, what has to be said
BREACHES = [
    ('base_including_cipher', 'lib/base/mem.c', '#include "cipher/hash.h"',
     'base may not include cipher/hash.h'),
    ('cipher_including_record', 'lib/cipher/hash.c', '#include "record/record.h"',
     'cipher may not include record/record.h'),
    ('record_including_x509', 'lib/record/record.h', '#include "x509/cert.h"',
     'record may not include x509/cert.h'),
    ('ext_including_handshake_beyond_hs', 'lib/ext/alpn.c', '#include "handshake/machine.h"',
     'ext may not include handshake/machine.h'),
    ('ext_including_record', 'lib/ext/alpn.c', '#include "record/record.h"',
     'ext may not include record/record.h'),
    ('handshake_including_engine', 'lib/handshake/kx.c', '#include "conn.h"',
     'handshake may not include conn.h'),
    ('finished_compared_in_variable_time', 'lib/handshake/kx.c',
     'int f(void) { return memcmp(got.data, hs->verify_data[peer], len); }', 'in variable time'),
    ('mac_compared_in_variable_time', 'lib/record/record.h',
     'int f(void) { return !tlsni_span_eq(got, tlsni_span_make(mac, len)); }', 'in variable time'),
    ('relative_include', 'lib/handshake/kx.c', '#include "../cipher/hash.h"', 'not by a relative path'),
    ('missing_header', 'lib/handshake/kx.c', '#include "nothing.h"', 'nothing.h is not there'),
    ('unknown_layer', 'lib/quic/quic.c', '', 'quic is no layer'),
    ('nettle_header_in_record', 'lib/record/record.h', '#include <nettle/aes.h>',
     'may include nettle/aes.h'),
    ('gmp_header_in_engine', 'lib/conn.c', '# include <gmp.h>', 'may include gmp.h'),
    ('nettle_symbol_in_handshake', 'lib/handshake/kx.c', 'int a = nettle_aes128;', 'nettle_aes128 outside'),
    ('gmp_symbol_in_x509', 'lib/x509/cert.c', 'mpz_t number;', 'mpz_t outside'),
    ('gmp_limb_function_in_x509', 'lib/x509/cert.c', 'x = mpn_add_n(a, b, c, 2);', 'mpn_add_n outside'),
    ('nettle_header_in_tool', 'tools/tlsn/main.c', '#include <nettle/aes.h>', 'may include nettle/aes.h'),
    ('nettle_header_in_public_header', 'include/tls-native/types.h', '#include <nettle/aes.h>',
     'may include nettle/aes.h'),
    ('foreign_library', 'lib/conn.c', '#include <openssl/ssl.h>', 'openssl/ssl.h is no header of libc'),
    ('valgrind_outside_base', 'lib/cipher/hash.c', '#include <valgrind/memcheck.h>',
     'may include valgrind/memcheck.h'),
    ('internal_header_in_tool', 'tools/tlsn/main.c', '#include "base/mem.h"',
     'tools may include public headers only'),
    ('internal_header_in_example', 'examples/client.c', '#include "conn.h"',
     'examples may include public headers only'),
    ('internal_header_in_public_header', 'include/tls-native/types.h', '#include "base/mem.h"',
     'public headers are included with <>'),
    ('malloc_in_handshake', 'lib/handshake/kx.c', 'void *p = malloc(3);', 'malloc() outside'),
    ('calloc_in_engine', 'lib/conn.c', 'void *p = calloc (3, 1);', 'calloc () outside'),
    ('realloc_in_base', 'lib/base/ct.h', 'p = realloc(p, 3);', 'realloc() outside'),
    ('free_in_x509', 'lib/x509/cert.c', 'void z(void *p) { free(p); }', 'free() outside'),
    ('strdup_in_engine', 'lib/conn.c', 'char *s = strdup(t);', 'strdup() outside'),
    ('version_ordered', 'lib/handshake/kx.c', 'if (hs->version < x) y();', 'compares protocol versions'),
    ('version_number_ordered', 'lib/handshake/kx.c', 'if (x <= hs->version->number) y();',
     'compares protocol versions'),
    ('version_minimum_ordered', 'lib/conn.c', 'if (a.min_version > 4) y();', 'compares protocol versions'),
    ('version_named', 'lib/ext/alpn.c', 'if (hs->number == TLSN_TLS1_2) y();',
     'compares protocol versions'),
    ('version_by_number', 'lib/record/record.h', 'static int q(int v) { return v != 0x0303; }',
     'compares protocol versions'),
]


def check_breach(folder, name, line, wanted):
    tree = Tree(folder)
    tree.add(name, line)
    status, output = tree.run()
    assert 'Traceback' not in output, output
    assert status == 1 and wanted in output, f'does not say {wanted!r}:\n{output}'
    where = next(text for text in output.splitlines() if wanted in text)
    assert where.startswith(name + ':'), where
    assert output.splitlines()[-1].endswith(' 1 findings'), output


def check_clean(folder):
    status, output = Tree(folder).run()
    assert status == 0, output


def check_broken_rules(folder):
    tree = Tree(folder)
    tree.put('doc/LAYERS.txt', 'base cipher\n')
    status, output = tree.run()
    assert status == 1 and 'unreadable line' in output, output


def check_missing_rules(folder):
    tree = Tree(folder)
    (tree.root / 'doc/LAYERS.txt').unlink()
    status, output = tree.run()
    assert status == 1 and 'LAYERS.txt' in output and 'Traceback' not in output, output


def main():
    cases = [('clean_tree_is_accepted', check_clean, ()),
             ('broken_rules_fail', check_broken_rules, ()),
             ('missing_rules_fail', check_missing_rules, ())]
    cases += [(name + '_fails', check_breach, rest) for name, *rest in BREACHES]
    passed = failed = 0
    for name, check, rest in cases:
        with tempfile.TemporaryDirectory() as folder:
            try:
                check(folder, *rest)
                passed += 1
            except AssertionError as problem:
                failed += 1
                print(f'FAILED {name}: {problem}')
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
