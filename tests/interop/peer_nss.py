"""NSS's tstclnt and selfserv.

selfserv has no option for the address it listens on: it takes all of them while a row runs. It is a server of
pages, so that our client sends it a request. tstclnt does not end when its input does: it is killed once the
line has come back."""
import shutil
import subprocess
import threading
import time

from names import SUITES
from process import Proc, STEP_SECONDS, free_port, output_of
from want import GREETING, IDENTITY, PSK, Report, Unable

EXCHANGES = ('RSA', 'DHE_RSA', 'DHE_DSS', 'ECDHE_RSA', 'ECDHE_ECDSA', 'ECDH_RSA', 'ECDH_ECDSA', 'TLS13')
CIPHERS = ('NULL_MD5', 'NULL_SHA', 'NULL_SHA256', 'RC4_128_MD5', 'RC4_128_SHA', 'DES_CBC_SHA', '3DES_EDE_CBC_SHA',
           'AES_128_CBC_SHA', 'AES_256_CBC_SHA', 'AES_128_CBC_SHA256', 'AES_256_CBC_SHA256', 'AES_128_GCM_SHA256',
           'AES_256_GCM_SHA384', 'AES_256_CBC_SHA384', 'CAMELLIA_128_CBC_SHA', 'CAMELLIA_256_CBC_SHA',
           'SEED_CBC_SHA', 'CHACHA20_POLY1305_SHA256')
GROUPS = {'secp256r1': 'P256', 'secp384r1': 'P384', 'secp521r1': 'P521', 'x25519': 'x25519', 'ffdhe2048': 'FF2048',
          'ffdhe3072': 'FF3072', 'ffdhe4096': 'FF4096', 'ffdhe6144': 'FF6144', 'ffdhe8192': 'FF8192'}
FLAGS = {'rsa': '-n', 'p256': '-e', 'p384': '-e', 'p521': '-e', 'dsa': '-S'}  # kinds of keys, for selfserv
REQUEST = GREETING + b'\n'  # selfserv answers behind an empty line


class NSS:
    name = 'nss'
    per_row = False
    features = {'client-cert', 'ems', 'sigalg', 'hangs-up'}
    features_as = {'client': {'verify', 'retry', 'psk-sha256', 'psk-retry'}, 'server': {'retry', 'resume-id', 'resume-ticket'}}

    def __init__(self, certs):
        self.certs, self.program = certs, shutil.which('tstclnt')
        self.version = 'NSS'
        self._lock, self._stores, self._known = threading.Lock(), {}, {}
        if self.program:
            package = output_of(['dpkg-query', '-W', '-f', '${Version}', 'libnss3-tools'])
            self.version += ' ' + package.split(':')[-1].split('-')[0] if package[:1].isdigit() else ''

    def check(self, want, role):
        if want.psk and role == 'server':
            raise Unable('selfserv takes no external key, of OpenSSL neither')
        for word in sorted(want.needs(role) - self.features - self.features_as[role]):
            raise Unable(f'this harness does not do {word} with {self.version}')
        if not self._has(want.row):
            raise Unable(f'{self.version} does not have this suite')
        if want.group and want.group not in GROUPS:
            raise Unable(f'{self.version} does not have this group')
        if any(kind not in FLAGS for kind in (*want.certs, want.client_cert) if kind) and \
                not (role == 'client' and want.row.auth.startswith('ECDH_')):
            raise Unable(f'{self.version} does not show or take such a certificate')
        if want.row.exchange == 'DHE_DSS' and want.version == 'ssl3' and role == 'server':
            raise Unable(f'{self.version} signs by DSA without DER in SSL 3.0')
        if want.resume == 'ticket' and want.client_cert:
            raise Unable('selfserv gives no ticket to clients with a certificate')
        if want.policy:
            raise Unable(f'{self.version} does not bind ECDSA hashes to curves')

    def _has(self, suite):
        """Whether both programs take its number after -c; an unknown one would end them."""
        if suite.code not in self._known:
            known = suite.exchange in EXCHANGES and suite.cipher in CIPHERS and not suite.export
            if known:
                said = output_of([self.program, '-D', '-h', '127.0.0.1', '-p', '1', '-c', f':{suite.code:04X}'])
                known = 'UNKNOWN_CIPHER' not in said
            self._known[suite.code] = known
        return self._known[suite.code]

    def _store(self, ca, kinds):
        """A database with this authority and these keys, each under the name of its kind."""
        key = (ca, kinds)
        with self._lock:
            if key not in self._stores:
                folder = self.certs.scratch('nss')
                self._stores[key] = f'sql:{folder}'
                subprocess.run(['mkdir', folder], check=True)
                _quietly('certutil', '-N', '-d', self._stores[key], '--empty-password')
                _quietly('certutil', '-A', '-d', self._stores[key], '-n', 'ca', '-t', 'CT,C,', '-i', ca)
                for kind in kinds:
                    self._add(self._stores[key], kind)
            return self._stores[key]

    def _add(self, store, kind):
        packed = self.certs.scratch('p12')
        _quietly('openssl', 'pkcs12', '-export', '-in', self.certs.cert(kind), '-inkey', self.certs.key(kind),
                 '-name', kind, '-passout', 'pass:', '-out', packed)
        _quietly('pk12util', '-i', packed, '-d', store, '-W', '')

    @staticmethod
    def _common(want, suites):
        argv = ['-V', f'{want.version}:{want.version}', '-c', ''.join(f':{s.code:04X}' for s in suites)]
        argv += ['-G'] if want.ems is not False else []
        argv += ['-z', f'0x{PSK}:{IDENTITY}'] if want.psk else []
        return argv

    def client(self, want, port, expect):
        groups = [GROUPS[want.group]] if want.group else []
        kinds = (want.client_cert,) if want.client_cert else ()
        argv = [self.program, '-4', '-h', '127.0.0.1', '-a', want.verify_name, '-p', port, '-d',
                self._store(self.certs.ca_of(want), kinds), *self._common(want, [want.row])]
        argv += ['-n', kinds[0]] if kinds else []
        argv += ['-J', want.sigalg] if want.sigalg and want.version != 'tls1.3' else []
        if groups:
            argv += ['-I', ','.join((['x25519'] if want.retry else []) + groups)]
        proc = Proc(argv)
        try:
            proc.send(GREETING)
            data = proc.wait_for(lambda out: expect in out)
            status = 0 if data else proc.finish(1)
            return Report(status=status, data=data, text=proc.text(), argv=argv)
        finally:
            proc.kill()

    def server(self, want):
        argv = [shutil.which('selfserv'), '-d', self._store(self.certs.cert('ca'), want.certs), '-v', '-H', '1',
                *self._common(want, [s for s in SUITES if self._has(s)])]
        for kind in want.certs:
            argv += [FLAGS[kind], kind]
        argv += ['-I', GROUPS[want.group]] if want.group and want.version == 'tls1.3' else []
        argv += ['-u'] if want.resume != 'id' else []
        argv += ['-rr'] if want.client_cert is not None else []
        return NSSServer(argv)

    def close(self):
        pass


def _quietly(*argv):
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=STEP_SECONDS, check=False)
    if done.returncode:
        raise RuntimeError(f'{argv[0]}: {done.stdout[-200:]}')


class NSSServer:
    request = REQUEST
    answer = staticmethod(lambda _line: b'HTTP/1.0 200 OK')

    def __init__(self, argv):
        for _ in range(5):
            self.port = free_port()
            self.proc = Proc(argv + ['-p', self.port])
            if self.proc.wait_for(lambda out: b'About to call accept' in out):
                return
            text = self.proc.text()
            self.proc.kill()
            time.sleep(0.1)
        raise RuntimeError('selfserv did not start: ' + text[-300:])

    def report(self, _connections):
        return None

    def close(self):
        self.proc.kill()
        return ''
