"""Delegated credentials (RFC 9345) with NSS: tstclnt takes ours, and a program over NSS shows its own."""
import os
import shutil
import subprocess
import time

from again import client_of_ours, judge, timed
from peer_tlsn import TlsnServer, reports
from peers import HERE
from process import STEP_SECONDS, Proc

TITLE = 'delegated credentials'
OWNERS = {'p256': 'ec:P-256', 'p384': 'ec:P-384', 'rsa': 'rsa:2048'}
KEYS = {'p256': 'ec:P-256', 'p384': 'ec:P-384', 'p521': 'ec:P-521'}  # what NSS takes
LINE = b'a line\n'


def _run(*argv):
    done = subprocess.run([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(f'{argv[0]}: {done.stdout[-200:]}')


class Owners:
    """Certificates that may delegate, and a database of NSS with them."""

    def __init__(self, tlsn, certs):
        self.tlsn, self.certs = tlsn, certs
        self.store = f"sql:{certs.scratch('nss-delegated')}"
        os.mkdir(self.store[4:])
        _run('certutil', '-N', '-d', self.store, '--empty-password')
        _run('certutil', '-A', '-d', self.store, '-n', 'ca', '-t', 'CT,C,', '-i', certs.cert('ca'))
        for kind, key_type in OWNERS.items():
            _run(tlsn, 'cert', 'issue', '--ca', certs.cert('ca'), '--ca-key', certs.key('ca'), '--name', 'localhost',
                 '--subject', f'CN=delegating {kind}', '--key-type', key_type, '--delegation-usage', '--not-before',
                 int(time.time()) - 86400, '--out', self.path(kind, 'pem'), '--key-out', self.path(kind, 'key'))
            packed = certs.scratch('p12')
            _run('openssl', 'pkcs12', '-export', '-in', self.path(kind, 'pem'), '-inkey', self.path(kind, 'key'),
                 '-name', kind, '-passout', 'pass:', '-out', packed)
            _run('pk12util', '-i', packed, '-d', self.store, '-W', '')

    def path(self, kind, what):
        return self.certs.folder / f'delegating-{kind}.{what}'

    def delegate(self, owner, key, *args):
        """Files of a delegated credential and its key."""
        paths = [self.certs.scratch('dc'), self.certs.scratch('dc-key')]
        _run(self.tlsn, 'cert', 'delegate', '--cert', self.path(owner, 'pem'), '--cert-key', self.path(owner, 'key'),
             '--key-type', KEYS[key], '--out', paths[0], '--key-out', paths[1], *args)
        return paths


def _nss_takes(owners, owner, key, asks=True):
    dc, dc_key = owners.delegate(owner, key)
    server = TlsnServer([owners.tlsn, 'server', '--json', '--echo', '--cert', owners.path(owner, 'pem'), '--key',
                         owners.path(owner, 'key'), '--delegated-credential', dc, '--delegated-key', dc_key,
                         '--timeout', STEP_SECONDS, '127.0.0.1:0'])
    argv = ['tstclnt', '-4', '-h', '127.0.0.1', '-a', 'localhost', '-p', server.port, '-d', owners.store, '-V',
            'tls1.3:tls1.3', *(['-B'] if asks else [])]
    client = Proc(argv)
    try:
        client.send(LINE)
        got = client.wait_for(lambda out: LINE in out)
        took = client.wait_for(lambda out: b'Received a Delegated Credential' in out, STEP_SECONDS if asks else 0)
        said = server.proc.wait_for(lambda out: [bool(r['server_delegated']) for r in
                                                 reports(out.decode('utf-8', 'replace'))] == [asks])
        return *judge(got and took == asks and said, client.text() + server.proc.text()), argv
    finally:
        client.kill()
        server.close()


def _nss_shows(owners, program, owner, key, seconds=3600, refused=None):
    server = Proc([program, owners.store, owner, key, seconds])
    try:
        server.wait_for(lambda out: out.endswith(b'\n'))
        port = server.text().split()[-1]
        argv = client_of_ours(owners.tlsn, owners.certs, port, '--delegated', 'default', '--linger', '0.3')
        client = Proc(argv)
        try:
            client.send(LINE)
            client.close_input()
            client.finish()
            text = client.text()
        finally:
            client.kill()
        if refused:
            good = refused in text and 'illegal_parameter' in text
        else:
            said = [r['server_delegated']['scheme'] for r in reports(text) if r['server_delegated']]
            good = LINE.decode() in text and len(said) == 1 and key[1:] in said[0]
        return *judge(good, text + server.text()), argv
    finally:
        server.kill()


def _program(certs):
    """Compiled with NSS's headers, where they are."""
    flags = subprocess.run(['pkg-config', '--cflags', '--libs', 'nss'], stdout=subprocess.PIPE, text=True,
                           check=False).stdout.split() if shutil.which('pkg-config') else []
    if not flags:
        return None
    path = certs.folder / 'nss-delegated'
    _run(os.environ.get('CC', 'cc').split()[-1], '-std=gnu11', HERE / 'nss_delegated.c', '-o', path, *flags)
    return path


def _rows(tlsn, certs):
    if not all(shutil.which(name) for name in ('tstclnt', 'certutil', 'pk12util', 'openssl')):
        return
    owners, program = Owners(tlsn, certs), _program(certs)
    for owner in 'p256', 'p384':  # tstclnt takes none that an RSA key signed
        for key in KEYS:
            yield (f'{key}, signed by {owner}', 'nss>tlsn',
                   lambda owner=owner, key=key: _nss_takes(owners, owner, key))
    yield 'the client does not ask', 'nss>tlsn', lambda: _nss_takes(owners, 'p256', 'p256', False)
    if not program:
        return
    for owner in OWNERS:
        for key in KEYS:
            yield (f'{key}, signed by {owner}', 'tlsn>nss',
                   lambda owner=owner, key=key: _nss_shows(owners, program, owner, key))
    yield ('one that has expired', 'tlsn>nss',
           lambda: _nss_shows(owners, program, 'p256', 'p256', -60, 'has expired'))
    yield ('one for more than seven days', 'tlsn>nss',
           lambda: _nss_shows(owners, program, 'p256', 'p256', 700000, 'at most 604800 are taken'))


def run(tlsn, certs):
    return timed(_rows(tlsn, certs))
