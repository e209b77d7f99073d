#!/usr/bin/env python3
"""Servers with one thing wrong about their certificate each, after the list of badssl.

usage: test_wrong_certs.py [--tlsn PROGRAM] [NAME...]

Each certificate of tests/unit/test_wrong_certificates.c stands behind `tlsn server` and behind
`openssl s_server` (left out, and said so, where there is no openssl command). `tlsn client` has to end
with status 4 and a line that says why, to connect with --no-verify, to connect when exactly this
certificate is pinned instead, and to connect by what mends the fault. Loopback only, deadlines
everywhere. Ends with `N passed, N failed, N skipped`.
"""
import argparse
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

OK, PROTOCOL, CERT = 0, 3, 4
WAIT = 30

# name: status and part of the line without any help, then the options that mend it (None: nothing can)
CASES = {
    'good': (OK, '', []),
    'expired': (CERT, 'expired since', ['--time', '-15']),
    'future': (CERT, 'not yet valid before', ['--time', '+15']),
    'wrong-host': (CERT, 'issued for another name', ['--verify-name', 'b.test']),
    'self-signed': (CERT, 'self-signed, and not a trust anchor', ['--ca', 'self-signed.pem']),
    'untrusted-root': (CERT, 'no trusted issuer is known', ['--ca', 'other.pem']),
    'incomplete': (CERT, 'no trusted issuer is known', ['--ca', 'middle.pem', '--partial-chain']),
    'no-subject': (OK, '', []),
    'no-common-name': (OK, '', []),
    'common-name-only': (CERT, 'issued for another name', ['--insecure-common-name']),
    '1000-names': (OK, '', []),
    '10000-names': (OK, '', []),
    'sha1': (CERT, 'signed with a weak hash', ['--allow-sha1']),
    'md5': (CERT, 'signed with a weak hash', None),
    'rsa512': (CERT, 'too short (512 bits)', None),
    'rsa1024': (CERT, 'too short (1024 bits)', None),
    'rsa8192': (OK, '', []),
    'critical': (CERT, 'unknown critical extension 1.2.3.4', None),
    'client-only': (CERT, 'extended key usage does not allow this purpose', None),
}
# What a case needs besides: no signature scheme of TLS 1.3 fits into 512 bits.
ALWAYS = {'rsa512': ['--max-version', 'tls1.2']}
# More than a client takes from anybody: a limit, not a verdict.
TOO_LONG = '10000-long-names'
DAY = 86400


class Server:
    """`tlsn server` or `openssl s_server` with one certificate."""

    def __init__(self, peer, tlsn, work, name, staple=None):
        cert, key = work / f'{name}.pem', work / f'{name}.key'
        if peer == 'tlsn':
            argv = [tlsn, 'server', '--www', '--policy', 'compat', '--cert', cert, '--key', key,
                    *(['--ocsp-response', work / staple] if staple else []), '127.0.0.1:0']
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                            stderr=subprocess.DEVNULL)
            self.port = int(self.process.stdout.readline().decode().rsplit(':', 1)[1])
            return
        with socket.socket() as s:
            s.bind(('127.0.0.1', 0))
            self.port = s.getsockname()[1]
        behind = cert.read_text().partition('END CERTIFICATE-----\n')[2]
        (work / 'behind.pem').write_text(behind)
        argv = ['openssl', 's_server', '-quiet', '-www', '-accept', f'127.0.0.1:{self.port}', '-cert',
                cert, '-key', key, '-cipher', 'DEFAULT:@SECLEVEL=0',
                *(['-cert_chain', work / 'behind.pem'] if behind else []),
                *(['-status_file', work / staple] if staple else [])]
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        end = time.monotonic() + WAIT
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(('127.0.0.1', self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)

    def stop(self):
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


class Matrix:
    def __init__(self, tlsn, work):
        self.tlsn, self.work = tlsn, work
        self.passed = self.failed = self.skipped = 0

    def client(self, port, *options):
        argv = [self.tlsn, 'client', '--linger', '0', '--sni', 'a.test', '--timeout', str(WAIT), *options,
                f'127.0.0.1:{port}']
        done = subprocess.run([str(a) for a in argv], stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=2 * WAIT, check=False, cwd=self.work)
        return done.returncode, done.stderr.decode()

    def expect(self, what, port, options, status, text=''):
        got, err = self.client(port, *options)
        if got == status and text in err:
            self.passed += 1
            return
        self.failed += 1
        print(f'FAILED {what}: status {got}, not {status}, with {text!r} in {err.strip()!r}')

    def case(self, peer, name):
        status, text, mend = CASES[name]
        pin = 'cert-sha256:' + (self.work / f'{name}.sha256').read_text()
        what = f'{name} at {peer}'
        server = Server(peer, self.tlsn, self.work, name)
        try:
            always = ALWAYS.get(name, [])
            trust = ['--ca', 'root.pem', *always]
            self.expect(what, server.port, trust, status, text)
            self.expect(what + ', --no-verify', server.port, ['--no-verify', *always], OK)
            self.expect(what + ', pinned', server.port, ['--pin', pin, '--pin-only', *always], OK)
            self.expect(what + ', another pinned', server.port,
                        [*always, '--pin', 'cert-sha256:' + 64 * '0', '--pin-only'], CERT,
                        'none of the 1 that are pinned')
            if mend:
                self.expect(what + ', mended', server.port, trust + self.dated(mend), OK)
            if status == OK:
                self.expect(what + ', distrusted', server.port, trust + ['--distrust', pin], CERT,
                            'on the list of what is not trusted')
        finally:
            server.stop()

    def revoked(self, peer):
        trust, what = ['--ca', 'root.pem'], f'revoked at {peer}'
        for staple, options in ((None, ['--crl', 'revoked.crl']), (None, ['--ocsp-answer', 'revoked.ocsp']),
                                ('revoked.ocsp', ['--ocsp'])):
            server = Server(peer, self.tlsn, self.work, 'good', staple)
            try:
                self.expect(f'{what}, {options}', server.port, trust + options, CERT, 'CN=leaf: revoked')
                asks = ['--ocsp'] if staple else []
                self.expect(f'{what}, {options}, --no-verify', server.port, ['--no-verify', *asks], OK)
                if not staple:
                    self.expect(f'{what}, mended', server.port, trust, OK)
            finally:
                server.stop()

    @staticmethod
    def dated(options):
        return [str(int(time.time()) + int(o) * DAY) if o[1:].isdigit() else o for o in options]

    def too_long(self, peer):
        server = Server(peer, self.tlsn, self.work, TOO_LONG)
        try:
            self.expect(f'{TOO_LONG} at {peer}', server.port, ['--ca', 'root.pem'], PROTOCOL, 'at most')
        finally:
            server.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--tlsn', default='build/tlsn')
    parser.add_argument('names', nargs='*')
    args = parser.parse_args()
    tlsn = pathlib.Path(args.tlsn).resolve()
    maker = tlsn.parent / 'tests/unit/test_wrong_certificates'
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        subprocess.run([maker, directory], check=True, timeout=120)
        matrix = Matrix(tlsn, work)
        for peer in ('tlsn', 'openssl'):
            if not shutil.which(peer) and peer != 'tlsn':
                print(f'skipped: {peer} is not installed')
                matrix.skipped += len(CASES)
                continue
            for name in CASES:
                if not args.names or name in args.names:
                    matrix.case(peer, name)
            if not args.names or TOO_LONG in args.names:
                matrix.too_long(peer)
            if not args.names or 'revoked' in args.names:
                matrix.revoked(peer)
    print(f'{matrix.passed} passed, {matrix.failed} failed, {matrix.skipped} skipped')
    return 1 if matrix.failed else 0


if __name__ == '__main__':
    sys.exit(main())
