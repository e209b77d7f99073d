"""What the matrix covers, and how each side spells it. Code points: IANA registry of TLS parameters."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Suite:
    name: str  # IANA
    code: int
    openssl: str
    gnutls_kx: str
    gnutls_cipher: str
    gnutls_mac: str

    @property
    def cbc(self):
        return '_CBC_' in self.name

    @property
    def cert(self):
        return 'p256' if '_ECDSA_' in self.name else 'rsa'


# OpenSSL spells CCM_8 without the underscore, GnuTLS with a hyphen.
# cipher part: (code point for RSA, DHE_RSA, ECDHE_RSA, ECDHE_ECDSA; None: not defined)
CIPHERS = {
    'AES_128_CBC_SHA': (0x002F, 0x0033, 0xC013, 0xC009),
    'AES_256_CBC_SHA': (0x0035, 0x0039, 0xC014, 0xC00A),
    'AES_128_CBC_SHA256': (0x003C, 0x0067, 0xC027, 0xC023),
    'AES_256_CBC_SHA256': (0x003D, 0x006B, None, None),
    'AES_256_CBC_SHA384': (None, None, 0xC028, 0xC024),
    'AES_128_GCM_SHA256': (0x009C, 0x009E, 0xC02F, 0xC02B),
    'AES_256_GCM_SHA384': (0x009D, 0x009F, 0xC030, 0xC02C),
    'CHACHA20_POLY1305_SHA256': (None, 0xCCAA, 0xCCA8, 0xCCA9),
    'AES_128_CCM': (0xC09C, 0xC09E, None, 0xC0AC),
    'AES_256_CCM': (0xC09D, 0xC09F, None, 0xC0AD),
    'AES_128_CCM_8': (0xC0A0, 0xC0A2, None, 0xC0AE),
    'AES_256_CCM_8': (0xC0A1, 0xC0A3, None, 0xC0AF),
    'CAMELLIA_128_CBC_SHA': (0x0041, 0x0045, None, None),
    'CAMELLIA_256_CBC_SHA': (0x0084, 0x0088, None, None),
    'CAMELLIA_128_CBC_SHA256': (0x00BA, 0x00BE, 0xC076, 0xC072),
    'CAMELLIA_256_CBC_SHA256': (0x00C0, 0x00C4, None, None),
    'CAMELLIA_256_CBC_SHA384': (None, None, 0xC077, 0xC073),
    'CAMELLIA_128_GCM_SHA256': (0xC07A, 0xC07C, 0xC08A, 0xC086),
    'CAMELLIA_256_GCM_SHA384': (0xC07B, 0xC07D, 0xC08B, 0xC087),
    '3DES_EDE_CBC_SHA': (0x000A, 0x0016, 0xC012, 0xC008),
    'NULL_SHA': (0x0002, None, 0xC010, 0xC006),
    'NULL_SHA256': (0x003B, None, None, None),
    'ARIA_128_CBC_SHA256': (0xC03C, 0xC044, 0xC04C, 0xC048),
    'ARIA_256_CBC_SHA384': (0xC03D, 0xC045, 0xC04D, 0xC049),
    'ARIA_128_GCM_SHA256': (0xC050, 0xC052, 0xC060, 0xC05C),
    'ARIA_256_GCM_SHA384': (0xC051, 0xC053, 0xC061, 0xC05D),
}
EXCHANGES = ('RSA', 'DHE_RSA', 'ECDHE_RSA', 'ECDHE_ECDSA')


def _suite(exchange, cipher, code):
    parts = cipher.split('_')
    if cipher.startswith('CHACHA20'):
        openssl, gnutls, mac = 'CHACHA20-POLY1305', 'CHACHA20-POLY1305', 'AEAD'
    elif '_CCM' in cipher:
        openssl = f'AES{parts[1]}-{"".join(parts[2:])}'
        gnutls, mac = cipher.replace('_', '-'), 'AEAD'
    elif cipher.startswith('NULL'):
        openssl, gnutls = cipher.replace('_', '-'), 'NULL'
        mac = {'SHA': 'SHA1'}.get(parts[1], parts[1])
    elif cipher.startswith('3DES'):
        openssl, gnutls, mac = 'DES-CBC3-SHA', '3DES-CBC', 'SHA1'
    else:
        name, bits, mode, digest = parts
        openssl = f'{name}{bits}-{"GCM-" if mode == "GCM" else ""}{digest}'
        gnutls = f'{name}-{bits}-{mode}'
        mac = 'AEAD' if mode == 'GCM' else {'SHA': 'SHA1'}.get(digest, digest)
    prefix = '' if exchange == 'RSA' else exchange.replace('_', '-') + '-'
    if exchange == 'ECDHE_RSA' and 'ARIA' in cipher:
        prefix = 'ECDHE-'
    return Suite(f'TLS_{exchange}_WITH_{cipher}', code, prefix + openssl,
                 exchange.replace('_', '-'), gnutls, mac)


SUITES = [_suite(exchange, cipher, codes[i])
          for i, exchange in enumerate(EXCHANGES)
          for cipher, codes in CIPHERS.items() if codes[i] is not None]
SUITE = {s.name: s for s in SUITES}
SUITE_BY_CODE = {s.code: s for s in SUITES}
SUITE_BY_OPENSSL = {s.openssl: s for s in SUITES}


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
GROUP = {g.name: g for g in GROUPS}
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
