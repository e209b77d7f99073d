"""Keys and certificates of a run: one CA, one of another name, and a leaf of every kind.

Made by `tlsn cert`, so that peers judge what our writer makes; by openssl when tlsn cannot."""
import itertools
import pathlib
import subprocess

from names import CERTS

OPENSSL_KEY = {
    'rsa': ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
    'rsa-pss': ['RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048'],
    'p256': ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
    'p384': ['EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
    'p521': ['EC', '-pkeyopt', 'ec_paramgen_curve:P-521'],
    'ed25519': ['ED25519'],
    'ed448': ['ED448'],
}
TLSN_KEY = {'rsa': 'rsa:2048', 'rsa-pss': 'rsa-pss:2048', 'p256': 'ec:P-256', 'p384': 'ec:P-384',
            'p521': 'ec:P-521', 'ed25519': 'ed25519', 'ed448': 'ed448'}
LEAF_EXTENSIONS = '''subjectAltName=DNS:localhost,IP:127.0.0.1
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature{encipherment}
extendedKeyUsage=serverAuth,clientAuth
'''


def _run(argv):
    done = subprocess.run([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(' '.join(str(a) for a in argv) + '\n' + done.stdout[-400:])


class Certs:
    def __init__(self, folder, tlsn, openssl):
        self.folder = pathlib.Path(folder)
        self.tlsn, self.openssl = tlsn, openssl
        self.makers = {}
        self._count = itertools.count()
        for authority in ('ca', 'other-ca'):
            self._make(authority, self._tlsn_ca, self._openssl_ca, authority)
        for kind in CERTS:
            self._make(kind, self._tlsn_leaf, self._openssl_leaf, kind)

    def _make(self, what, ours, theirs, *args):
        try:
            ours(*args)
            self.makers[what] = 'tlsn'
        except (RuntimeError, OSError) as error:
            (self.folder / f'{what}.tlsn-error').write_text(str(error))
            if not self.openssl:
                raise
            theirs(*args)
            self.makers[what] = 'openssl'

    def made_by(self):
        by = {}
        for what, maker in self.makers.items():
            by.setdefault(maker, []).append(what)
        return '; '.join(f'{maker}: {", ".join(whats)}' for maker, whats in by.items())

    def cert(self, kind):
        return str(self.folder / f'{kind}.pem')

    def key(self, kind):
        return str(self.folder / f'{kind}.key')

    ca = cert

    def scratch(self, name):
        return str(self.folder / f'{name}-{next(self._count)}')

    def dh_params(self, group):
        path = self.folder / f'{group}.dh'
        if not path.exists():
            part = self.scratch(group)
            _run([self.openssl, 'genpkey', '-genparam', '-algorithm', 'DH', '-pkeyopt',
                  f'group:{group}', '-out', part])
            pathlib.Path(part).rename(path)
        return str(path)

    # ---- openssl

    def _openssl_key(self, name, kind):
        _run([self.openssl, 'genpkey', '-out', self.key(name), '-algorithm', *OPENSSL_KEY[kind]])

    def _openssl_ca(self, name):
        self._openssl_key(name, 'p256')
        _run([self.openssl, 'req', '-x509', '-new', '-key', self.key(name), '-out', self.cert(name),
              '-days', '30', '-subj', f'/CN=interop {name}', '-addext',
              'keyUsage=critical,keyCertSign'])

    def _openssl_leaf(self, kind):
        self._openssl_key(kind, kind)
        extensions = self.folder / f'{kind}.ext'
        extensions.write_text(LEAF_EXTENSIONS.format(
            encipherment=',keyEncipherment' if kind == 'rsa' else ''))
        request = self.scratch(kind + '-csr')
        _run([self.openssl, 'req', '-new', '-key', self.key(kind), '-out', request,
              '-subj', f'/CN=interop {kind}'])
        _run([self.openssl, 'x509', '-req', '-in', request, '-CA', self.cert('ca'),
              '-CAkey', self.key('ca'), '-days', '10', '-out', self.cert(kind),
              '-extfile', extensions])

    # ---- tlsn

    def _tlsn_ca(self, name):
        _run([self.tlsn, 'cert', 'ca', '--subject', f'CN=interop {name}', '--key-type', 'ec:P-256',
              '--out', self.cert(name), '--key-out', self.key(name), '--force'])

    def _tlsn_leaf(self, kind):
        _run([self.tlsn, 'cert', 'issue', '--ca', self.cert('ca'), '--ca-key', self.key('ca'),
              '--subject', f'CN=interop {kind}', '--name', 'localhost', '--name', '127.0.0.1',
              '--key-type', TLSN_KEY[kind], '--out', self.cert(kind), '--key-out', self.key(kind),
              '--force'])
