"""What the matrix covers: suites, versions, groups, certificates, schemes, and what their names say.

Which suites and versions there are is what `tlsn list` says of itself (load); a unit test compares that
table with the registry. How a peer spells a suite is the peer's own listing, found by code point."""
import json
from dataclasses import dataclass

VERSIONS = ('ssl3', 'tls1.0', 'tls1.1', 'tls1.2', 'tls1.3')
# kinds of certificate that suites of an authentication need; None: the server shows none
CERT_OF_AUTH = {'RSA': 'rsa', 'ECDSA': 'p256', 'DSS': 'dsa', 'DH_RSA': 'dh-rsa', 'DH_DSS': 'dh-dsa',
                'ECDH_RSA': 'ecdh-rsa', 'ECDH_ECDSA': 'ecdh-ecdsa', None: None}
EXPORTED = ('_EXPORT1024', '_EXPORT')


@dataclass(frozen=True)
class Suite:
    name: str  # IANA
    code: int
    least: str  # version
    greatest: str
    alias: str  # OpenSSL's name, for its releases inside other programs that list none

    @property
    def exchange(self):
        """RSA, DHE_RSA, DH_anon, RSA_PSK, SRP_SHA_DSS ...; TLS13"""
        if self.least == 'tls1.3':
            return 'TLS13'
        text = self.name.split('_', 1)[1].split('_WITH_')[0].replace('_OLDFIPS', '').replace('_FIPS', '')
        for word in EXPORTED:
            text = text.removesuffix(word)
        return {'PSK_DHE': 'DHE_PSK'}.get(text, text)

    @property
    def export(self):
        return any(word in self.name for word in EXPORTED)

    @property
    def cipher(self):
        return self.name.split('_WITH_')[-1].removeprefix('TLS_')

    @property
    def auth(self):
        exchange = self.exchange
        if exchange in ('DH_RSA', 'DH_DSS', 'ECDH_RSA', 'ECDH_ECDSA'):
            return exchange
        if exchange in ('RSA_PSK', 'TLS13'):
            return 'RSA'
        last = exchange.split('_')[-1]
        return last if last in ('RSA', 'DSS', 'ECDSA') else None

    @property
    def cert(self):
        kind = CERT_OF_AUTH[self.auth]
        return kind + '-512' if self.export and kind in ('dh-rsa', 'dh-dsa') else kind

    @property
    def secret(self):
        """'psk', 'srp' or '': what both sides share beforehand."""
        return 'psk' if 'PSK' in self.exchange else 'srp' if 'SRP' in self.exchange else ''

    @property
    def cbc(self):
        return '_CBC' in self.name

    @property
    def versions(self):
        if self.least not in VERSIONS:
            return ()
        return VERSIONS[VERSIONS.index(self.least):VERSIONS.index(self.greatest) + 1]


SUITES = []  # all that tlsn implements; load() fills these
SUITE = {}
SUITE_BY_CODE = {}
SPOKEN = []  # versions that tlsn implements, oldest first


def load(suites, versions, everything):
    """Takes the lines of `tlsn list suites --json` and `tlsn list versions --json`; everything: also those
    that it does not implement, for peers among themselves."""
    rows = [json.loads(line) for line in versions.splitlines()]
    SPOKEN[:] = [r['name'] for r in rows if (r['implemented'] or everything) and r['name'] in VERSIONS]
    SUITES.clear()
    for row in (json.loads(line) for line in suites.splitlines()):
        suite = Suite(row['name'], int(row['id'], 16), row['min'], row['max'],
                      row['openssl'] or '')
        if (row['implemented'] or everything and row['min']) and set(suite.versions) & set(SPOKEN):
            SUITES.append(suite)
    SUITES.sort(key=lambda s: (s.exchange, s.code))
    SUITE.update({s.name: s for s in SUITES})
    SUITE_BY_CODE.update({s.code: s for s in SUITES})


@dataclass(frozen=True)
class Group:
    name: str  # IANA
    openssl: str
    gnutls: str
    temp_key: str  # how s_client names the server's ephemeral key

    @property
    def finite(self):
        return self.name.startswith('ffdhe')


GROUPS = [
    Group('secp256r1', 'P-256', 'SECP256R1', 'ECDH, prime256v1, 256 bits'),
    Group('secp384r1', 'P-384', 'SECP384R1', 'ECDH, secp384r1, 384 bits'),
    Group('secp521r1', 'P-521', 'SECP521R1', 'ECDH, secp521r1, 521 bits'),
    Group('x25519', 'X25519', 'X25519', 'X25519, 253 bits'),
    Group('x448', 'X448', 'X448', 'X448, 448 bits'),
] + [Group(f'ffdhe{n}', f'ffdhe{n}', f'FFDHE{n}', f'DH, {n} bits')
     for n in (2048, 3072, 4096, 6144, 8192)]
# of TLS 1.3 alone
GROUPS13 = GROUPS + [Group(f'brainpoolP{n}r1tls13', f'brainpoolP{n}r1tls13', f'BRAINPOOLP{n}R1TLS13',
                           f'ECDH, brainpoolP{n}r1tls13, {n} bits') for n in (256, 384, 512)]
GROUPS13 += [Group(name, name, gnutls, name) for name, gnutls in (
    ('X25519MLKEM768', 'X25519-MLKEM768'), ('SecP256r1MLKEM768', 'SECP256R1-MLKEM768'),
    ('SecP384r1MLKEM1024', 'SECP384R1-MLKEM1024'), ('MLKEM512', 'MLKEM512'), ('MLKEM768', 'MLKEM768'),
    ('MLKEM1024', 'MLKEM1024'))]
GROUP = {g.name: g for g in GROUPS13}
ELLIPTIC = [g for g in GROUPS if not g.finite]

# certificate kind: suite that goes with it
CERTS = {
    'rsa': 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
    'rsa-pss': 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
    'p256': 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    'p384': 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    'p521': 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    'ed25519': 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    'ed448': 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
}


@dataclass(frozen=True)
class Sigalg:
    name: str  # IANA
    openssl: str
    gnutls: str
    cert: str


SIGALGS = [Sigalg(f'rsa_pkcs1_sha{n}', f'RSA+SHA{n}', f'RSA-SHA{n}', 'rsa')
           for n in (256, 384, 512)]
SIGALGS += [Sigalg(f'rsa_pss_rsae_sha{n}', f'rsa_pss_rsae_sha{n}', f'RSA-PSS-RSAE-SHA{n}', 'rsa')
            for n in (256, 384, 512)]
SIGALGS += [Sigalg(f'rsa_pss_pss_sha{n}', f'rsa_pss_pss_sha{n}', f'RSA-PSS-SHA{n}', 'rsa-pss')
            for n in (256, 384, 512)]
SIGALGS += [
    Sigalg('ecdsa_secp256r1_sha256', 'ECDSA+SHA256', 'ECDSA-SHA256', 'p256'),
    Sigalg('ecdsa_secp384r1_sha384', 'ECDSA+SHA384', 'ECDSA-SHA384', 'p384'),
    Sigalg('ecdsa_secp521r1_sha512', 'ECDSA+SHA512', 'ECDSA-SHA512', 'p521'),
    Sigalg('ed25519', 'ed25519', 'EDDSA-ED25519', 'ed25519'),
    Sigalg('ed448', 'ed448', 'EDDSA-ED448', 'ed448'),
]
SIGALG = {s.name: s for s in SIGALGS}
