"""The rows of the matrix, section by section."""
from names import CERTS, ELLIPTIC, GROUPS, GROUPS13, SIGALGS, SPOKEN, SUITES
from want import Want

GCM = 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'
ECDSA_GCM = 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'
AES13 = 'TLS_AES_128_GCM_SHA256'
DHE_GCM = 'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256'


def certs_of(suite):
    """The certificates of a server: two for most suites, so that many rows share one."""
    if suite.cert in ('rsa', 'p256') or suite.exchange == 'TLS13':
        return ('rsa', 'p256')
    return (suite.cert,) if suite.cert else ()


def suites_in(version):
    return [(s.name, Want(s.name, version=version, certs=certs_of(s)))
            for s in SUITES if version in s.versions]


def suites():
    """Each suite in the newest version that has it."""
    rows = []
    for s in SUITES:
        if s.exchange == 'TLS13':  # has a section of its own
            continue
        newest = [v for v in SPOKEN if v in s.versions][-1]
        rows.append((s.name, Want(s.name, version=newest, certs=certs_of(s))))
    return rows


def older(version):
    """Suites in a version that is not their newest."""
    def rows():
        if version not in SPOKEN or version == SPOKEN[-1]:
            return []
        return [r for r in suites_in(version) if r not in suites()]
    return rows


def groups():
    rows = [(g.name, Want(GCM, group=g.name)) for g in ELLIPTIC]
    return rows + [(g.name, Want(DHE_GCM, group=g.name)) for g in GROUPS if g.finite]


def certificates():
    return [(kind, Want(suite, certs=(kind,))) for kind, suite in CERTS.items()]


def client_certificates():
    rows = [(kind, Want(GCM, client_cert=kind)) for kind in CERTS]
    return rows + [('none, and refused', Want(GCM, client_cert='', refused=3))]


def signatures():
    return [(s.name, Want(CERTS[s.cert], sigalg=s.name, certs=(s.cert,))) for s in SIGALGS]


def features():
    rows = [
        ('ALPN h2', Want(GCM, alpn='h2', server_alpn='h2,http/1.1')),
        ('ALPN http/1.1', Want(GCM, alpn='http/1.1', server_alpn='h2,http/1.1')),
        ('ALPN, server without', Want(GCM, alpn='h2')),
        ('fragments of 512 bytes', Want(GCM, fragment=512)),
        ('fragments of 512 bytes, resumed', Want(GCM, fragment=512, resume='ticket')),
        ('fragments of 4096 bytes, CBC', Want('TLS_RSA_WITH_AES_128_CBC_SHA', fragment=4096)),
        ('heartbeat', Want(GCM, heartbeat=True)),
        ('GREASE and padding', Want(GCM, alpn='h2', server_alpn='h2', grease=True)),
        ('records of 600 bytes', Want(GCM, size_limit=600)),
        ('records of 512 bytes, resumed', Want(GCM, size_limit=512, resume='ticket')),
    ]
    for etm in (True, False):
        for suite in ('TLS_RSA_WITH_AES_128_CBC_SHA', 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256',
                      'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384'):
            name = suite.removeprefix('TLS_').replace('_WITH_', ' ')
            rows.append((f'{"EtM" if etm else "no EtM"} {name}', Want(suite, etm=etm)))
    for suite in ('TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 'TLS_RSA_WITH_AES_256_CBC_SHA256'):
        for kind in ('', 'ticket'):
            name = suite.removeprefix('TLS_').replace('_WITH_', ' ') + (', resumed' if kind else '')
            rows.append((f'truncated MAC {name}', Want(suite, etm=False, truncated=True, resume=kind)))
    for suite in (GCM, DHE_GCM, 'TLS_RSA_WITH_AES_128_GCM_SHA256'):
        name = suite.removeprefix('TLS_').split('_WITH_')[0]
        rows.append((f'no EMS {name}', Want(suite, ems=False)))
    for who in ('client', 'server'):
        rows.append((f'renegotiation, the {who} asks', Want(GCM, renegotiate=who)))
        for version, name in (('tls1.1', 'TLS 1.1'), ('tls1.0', 'TLS 1.0'), ('ssl3', 'SSL 3.0')):
            if version in SPOKEN:
                rows.append((f'renegotiation without RFC 5746, the {who} asks, {name}',
                             Want('TLS_RSA_WITH_AES_128_CBC_SHA', version=version, ems=False, etm=False,
                                  renegotiate=who, legacy=True)))
    for version, name in (('tls1.0', 'TLS 1.0'), ('ssl3', 'SSL 3.0')):
        if version in SPOKEN:
            rows.append((f'SSL 2.0 compatible hello, {name}',
                         Want('TLS_RSA_WITH_AES_128_CBC_SHA', version=version, ems=False, etm=False,
                              ssl2_hello=True)))
    for kind, text in (('id', 'session ID'), ('ticket', 'ticket')):
        for suite in (GCM, ECDSA_GCM, 'TLS_RSA_WITH_AES_256_CBC_SHA'):
            name = suite.removeprefix('TLS_').replace('_WITH_', ' ')
            rows.append((f'{text} {name}', Want(suite, resume=kind)))
        rows.append((f'{text}, no EMS', Want(GCM, resume=kind, ems=False)))
        rows.append((f'{text}, client certificate', Want(GCM, resume=kind, client_cert='p256')))
    for suite in (GCM, ECDSA_GCM):
        name = suite.removeprefix('TLS_').replace('_WITH_', ' ')
        rows.append((f'ticket as a handle {name}', Want(suite, resume='ticket', handle=True)))
    rows.append(('Suite B', Want(ECDSA_GCM, group='secp256r1', certs=('p256',), client_cert='p256',
                                 policy='suiteb128')))
    for kind, suite in (('rsa', GCM), ('p256', ECDSA_GCM)):
        rows.append((f'OCSP stapling, {kind}', Want(suite, certs=(kind,), ocsp=True)))
        rows.append((f'certificate timestamps, {kind}', Want(suite, certs=(kind,), sct=True)))
        rows.append((f'raw public key, {kind}', Want(suite, certs=(kind,), raw_key=True)))
    return rows


def tls13():
    """Suites, groups (the last one costs a HelloRetryRequest), tickets, client certificates."""
    def want(suite=AES13, **more):
        return Want(suite, version='tls1.3', **more)
    rows = [(s.name, want(s.name)) for s in SUITES if s.least == 'tls1.3']
    rows += [(g.name, want(group=g.name)) for g in GROUPS13]
    rows += [(f'retry with {name}', want(group=name, retry=True)) for name in ('secp384r1', 'secp256r1')]
    rows.append(('retry, SHA-384', want('TLS_AES_256_GCM_SHA384', group='secp384r1', retry=True)))
    rows.append(('retry, client certificate', want(group='secp384r1', retry=True, client_cert='p256')))
    rows += [(f'certificate {kind}', want(certs=(kind,))) for kind in CERTS]
    rows += [(s.name, want(sigalg=s.name, certs=(s.cert,))) for s in SIGALGS if 'pkcs1' not in s.name]
    rows += [(f'new keys {s}', want('TLS_' + s, key_update=True))
             for s in ('AES_128_GCM_SHA256', 'AES_256_GCM_SHA384', 'CHACHA20_POLY1305_SHA256')]
    rows += [(f'certificate packed with {name}', want(packed=name)) for name in ('zlib', 'brotli', 'zstd')]
    for suite in (AES13, 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'):
        rows.append((f'ticket {suite.removeprefix("TLS_")}', want(suite, resume='ticket')))
    rows += [(f'client certificate {kind}', want(client_cert=kind)) for kind in CERTS]
    rows.append(('ticket, client certificate', want(client_cert='p256', resume='ticket')))
    rows.append(('no client certificate, and refused', want(client_cert='', refused=3)))
    rows.append(('ALPN', want(alpn='h2', server_alpn='h2,http/1.1')))
    rows.append(('OCSP stapling', want(certs=('p256',), ocsp=True)))
    return rows + external_keys()


def external_keys():
    """TLS 1.3 by a key of both sides, of each hash."""
    def want(suite=AES13, psk='sha256', **more):
        return Want(suite, version='tls1.3', certs=(), psk=psk, **more)
    rows = []
    for suite, psk in ((AES13, 'sha256'), ('TLS_AES_256_GCM_SHA384', 'sha384')):
        name = psk.upper().replace('SHA', 'SHA-')
        rows += [(f'external PSK {name}', want(suite, psk)),
                 (f'external PSK {name}, retry', want(suite, psk, group='secp384r1', retry=True)),
                 (f'external PSK {name}, ticket', want(suite, psk, resume='ticket'))]
    rows.append(('external PSK, ChaCha20-Poly1305', want('TLS_CHACHA20_POLY1305_SHA256')))
    rows.append(('external PSK without Diffie-Hellman', want(psk_ke=True)))
    return rows


def refusals():
    return [('unknown CA', Want(GCM, ca='other-ca', refused=4)),
            ('another name', Want(GCM, verify_name='wrong.example', refused=4)),
            ('revoked, says the staple', Want(GCM, certs=('rsa',), ocsp=True, revoked=True, refused=4))]


SECTIONS = [
    ('cipher suites', suites),
    ('cipher suites in TLS 1.1', older('tls1.1')),
    ('cipher suites in TLS 1.0', older('tls1.0')),
    ('cipher suites in SSL 3.0', older('ssl3')),
    ('TLS 1.3', tls13),
    ('groups', groups),
    ('server certificates', certificates),
    ('client certificates', client_certificates),
    ('signature schemes', signatures),
    ('features', features),
    ('what the client refuses', refusals),
]


def quick(rows):
    """Every third row: for a first look."""
    return rows[::3]
