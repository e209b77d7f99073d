"""Keys and certificates of a run: one CA, one of another name, and a leaf of every kind.

Made by `tlsn cert`, so that peers judge what our writer makes; by openssl when tlsn cannot. The kinds of
the old world (DSA, fixed Diffie-Hellman) are made by openssl when a row first asks for them."""
import base64
import itertools
import pathlib
import struct
import subprocess
import threading

from names import CERTS
from want import Unable

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
# kind: (who signs it, how its key is made, keyUsage). 1024 bits of DSA: what SHA-1 signatures go with.
DSA_KEY = ['DSA', '-pkeyopt', 'dsa_paramgen_bits:1024', '-pkeyopt', 'dsa_paramgen_q_bits:160']
DH_EXPORT_KEY = ['DH', '-pkeyopt', 'dh_paramgen_prime_len:512']
FIXED = {
    'ca-rsa': (None, OPENSSL_KEY['rsa'], ''),
    'ca-dsa': (None, DSA_KEY, ''),
    'dsa': ('ca', DSA_KEY, 'digitalSignature'),
    'dh-rsa': ('ca-rsa', ['DH', '-pkeyopt', 'group:ffdhe2048'], 'keyAgreement'),
    'dh-dsa': ('ca-dsa', ['DH', '-pkeyopt', 'group:ffdhe2048'], 'keyAgreement'),
    'dh-rsa-512': ('ca-rsa', DH_EXPORT_KEY, 'keyAgreement'),
    'dh-dsa-512': ('ca-dsa', DH_EXPORT_KEY, 'keyAgreement'),
    'ecdh-rsa': ('ca-rsa', OPENSSL_KEY['p256'], 'keyAgreement'),
    'ecdh-ecdsa': ('ca', OPENSSL_KEY['p256'], 'keyAgreement'),
}
SCT_LIST = bytes.fromhex('000700026162000163')
LEAF_EXTENSIONS = '''subjectAltName=DNS:localhost,IP:127.0.0.1
basicConstraints=critical,CA:FALSE
keyUsage=critical,{usage}
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
        self._lock = threading.Lock()
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
        if kind in FIXED:
            self._make_fixed(kind)
        return str(self.folder / f'{kind}.pem')

    def key(self, kind):
        return str(self.folder / f'{kind}.key')

    def ca_of(self, want):
        """The file of trusted certificates for a client of this row."""
        issuer = FIXED.get(want.row.cert, ('ca',))[0]
        return self.cert(want.ca if want.ca != 'ca' else issuer)

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

    def ocsp(self, kind, revoked=False):
        """The authority's word on a leaf, for peers to judge."""
        path = self.folder / f'{kind}{"-revoked" if revoked else ""}.ocsp'
        if not path.exists():
            part = self.scratch(kind + '-resp')
            _run([self.tlsn, 'cert', 'ocsp', '--ca', self.cert('ca'), '--ca-key', self.key('ca'),
                  '--status', 'revoked' if revoked else 'good', '--days', '5', '--out', part, self.cert(kind)])
            pathlib.Path(part).rename(path)
        return str(path)

    def public_key(self, kind):
        path = self.folder / f'{kind}.pub'
        if not path.exists():
            if not self.openssl:
                raise Unable('openssl is needed to write a public key')
            part = self.scratch(kind + '-pub')
            _run([self.openssl, 'pkey', '-in', self.key(kind), '-pubout', '-out', part])
            pathlib.Path(part).rename(path)
        return str(path)

    def sct(self):
        """A SignedCertificateTimestampList (RFC 6962 3.3) of two elements, as a file."""
        path = self.folder / 'two.sct'
        path.write_bytes(SCT_LIST)
        return str(path)

    def serverinfo(self):
        """The same as extension 18 in the form that openssl reads."""
        path = self.folder / 'sct.serverinfo'
        data = base64.b64encode(struct.pack('>HH', 18, len(SCT_LIST)) + SCT_LIST).decode()
        path.write_text(f'-----BEGIN SERVERINFO FOR SCT-----\n{data}\n'
                        '-----END SERVERINFO FOR SCT-----\n')
        return str(path)

    # ---- openssl

    def _openssl_key(self, name, how):
        if how[0] not in ('DSA', 'DH'):
            _run([self.openssl, 'genpkey', '-out', self.key(name), '-algorithm', *how])
            return
        params = self.scratch(name)
        _run([self.openssl, 'genpkey', '-genparam', '-out', params, '-algorithm', *how])
        _run([self.openssl, 'genpkey', '-out', self.key(name), '-paramfile', params])

    def _make_fixed(self, name):
        with self._lock:
            if (self.folder / f'{name}.pem').exists():
                return
            issuer, how, usage = FIXED[name]
            if issuer and not (self.folder / f'{issuer}.pem').exists():
                self._openssl_ca(issuer, FIXED[issuer][1])
            if issuer:
                self._openssl_leaf(name, how, usage, issuer)
            else:
                self._openssl_ca(name, how)

    def _openssl_ca(self, name, how=tuple(OPENSSL_KEY['p256'])):
        self._openssl_key(name, how)
        _run([self.openssl, 'req', '-x509', '-new', '-key', self.key(name), '-out', str(self.folder / f'{name}.pem'),
              '-days', '30', '-subj', f'/CN=interop {name}', '-addext',
              'keyUsage=critical,keyCertSign'])

    def _openssl_leaf(self, kind, how=None, usage=None, issuer='ca'):
        how = how or OPENSSL_KEY[kind]
        usage = usage or 'digitalSignature' + (',keyEncipherment' if kind == 'rsa' else '')
        self._openssl_key(kind, how)
        extensions = self.folder / f'{kind}.ext'
        extensions.write_text(LEAF_EXTENSIONS.format(usage=usage))
        # a key that cannot sign cannot ask for a certificate either: another's request, this public key
        public, asker, request = (self.scratch(kind) for _ in range(3))
        _run([self.openssl, 'pkey', '-in', self.key(kind), '-pubout', '-out', public])
        _run([self.openssl, 'genpkey', '-out', asker, '-algorithm', *OPENSSL_KEY['p256']])
        _run([self.openssl, 'req', '-new', '-key', asker, '-out', request, '-subj', f'/CN=interop {kind}'])
        part = self.scratch(kind)
        _run([self.openssl, 'x509', '-req', '-in', request, '-CA', str(self.folder / f'{issuer}.pem'),
              '-CAkey', self.key(issuer), '-days', '10', '-out', part, '-extfile', extensions,
              '-force_pubkey', public])
        pathlib.Path(part).rename(self.folder / f'{kind}.pem')

    # ---- tlsn

    def _tlsn_ca(self, name):
        _run([self.tlsn, 'cert', 'ca', '--subject', f'CN=interop {name}', '--key-type', 'ec:P-256',
              '--out', self.cert(name), '--key-out', self.key(name), '--force'])

    def _tlsn_leaf(self, kind):
        _run([self.tlsn, 'cert', 'issue', '--ca', self.cert('ca'), '--ca-key', self.key('ca'),
              '--subject', f'CN=interop {kind}', '--name', 'localhost', '--name', '127.0.0.1',
              '--key-type', TLSN_KEY[kind], '--out', self.cert(kind), '--key-out', self.key(kind),
              '--force'])
