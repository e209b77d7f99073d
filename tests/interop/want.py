"""What one row asks of both sides, and what came of it."""
from dataclasses import dataclass, field
from typing import Optional

from names import SUITE

GREETING = b'interop says hello\n'  # what every client sends
# What both sides know beforehand where a suite wants it.
IDENTITY, PSK = 'interop', '0f1e2d3c4b5a69788796a5b4c3d2e1f0'
SRP_USER, SRP_PASSWORD = 'interop', 'nobody-guesses-this'


@dataclass(frozen=True)
class Want:
    """Both sides restrict themselves to the version, the client to the suite and what else is named."""
    suite: str
    version: str = 'tls1.2'
    group: str = ''
    sigalg: str = ''
    certs: tuple = ('rsa', 'p256')
    client_cert: Optional[str] = None  # kind; '' = the server requires one, the client has none
    alpn: str = ''  # what the client offers
    server_alpn: str = ''
    etm: Optional[bool] = None  # None: as both sides can; the others are what the row is about
    ems: Optional[bool] = None
    truncated: bool = False  # MACs of 80 bits (RFC 6066 7)
    resume: str = ''  # 'id' or 'ticket'
    handle: bool = False  # tickets are handles and good for one time
    renegotiate: str = ''  # 'client' or 'server': who asks for it
    legacy: bool = False  # the peer does not know RFC 5746, and we are told to go on all the same
    ocsp: bool = False  # the first of `certs` comes with an OCSP response, the client asks for it
    revoked: bool = False  # which says that it is revoked
    raw_key: bool = False  # the server shows its public key instead of a certificate (RFC 7250)
    sct: bool = False  # and with two certificate timestamps
    ca: str = 'ca'  # what the client trusts
    verify_name: str = 'localhost'
    fragment: int = 0  # max_fragment_length the client asks for
    heartbeat: bool = False  # one goes from tlsn to the peer and has to come back
    grease: bool = False  # values without meaning, and padding to 512 bytes
    size_limit: int = 0  # record_size_limit the client names
    ssl2_hello: bool = False  # the client's first message is an SSL 2.0 compatible one
    retry: bool = False  # TLS 1.3: the client has no share of `group` in its first hello, the server wants it
    key_update: bool = False  # TLS 1.3: the client changes the keys of both sides before it sends
    psk: str = ''  # TLS 1.3: hash of an external key in the place of certificates: 'sha256' or 'sha384'
    psk_ke: bool = False  # and without fresh Diffie-Hellman keys: one side has X448 alone, the other X25519
    packed: str = ''  # TLS 1.3: how the server's certificate is compressed: 'zlib' ...
    policy: str = ''  # of tlsn; the peer restricts itself to what the row names
    refused: int = 0  # the handshake has to fail: exit status of `tlsn client` (CLI)

    @property
    def row(self):
        """The row of the suite."""
        return SUITE[self.suite]

    @property
    def secret(self):
        """'psk', 'srp' or '': what both sides share beforehand."""
        return 'psk' if self.psk else self.row.secret

    @property
    def auth(self):
        """What the server's certificate is for; None: there is none."""
        return None if self.psk else self.row.auth

    @property
    def cert(self):
        return None if self.psk else self.row.cert

    def needs(self, role):
        """Words for what a side has to be able to do beyond the suite, the version and the groups."""
        words = {'alpn': self.alpn, 'client-cert': self.client_cert is not None, 'ems': self.ems,
                 # our server is told its scheme when the client is not
                 'etm': self.etm, 'sigalg': self.sigalg and self.version != 'tls1.3', 'resume-' + self.resume: self.resume,
                 'legacy-resume': self.resume and self.ems is False,
                 ('legacy-' if self.legacy else '') + 'renegotiate-' + self.renegotiate: self.renegotiate,
                 'truncated-hmac': self.truncated, 'max_fragment_length': self.fragment, 'record_size_limit': self.size_limit,
                 'heartbeat': self.heartbeat,
                 'key-update': self.key_update and role == 'client', 'retry': self.retry,
                 'packed-' + self.packed: self.packed,
                 'psk-' + self.psk: self.psk, 'psk-ke': self.psk_ke,
                 'psk-retry': self.psk and self.retry, 'psk-ticket': self.psk and self.resume,
                 'ssl2-hello': self.ssl2_hello, 'OCSP': self.ocsp, 'SCT': self.sct, 'raw-key': self.raw_key,
                 'ticket-handle': self.handle and role == 'server',
                 'GREASE': self.grease and role == 'client',
                 'OCSP-judged': self.revoked and role == 'client',
                 'OCSP-revoked': self.revoked and role == 'server',
                 'verify': self.refused == 4 and role == 'client'}
        return {word for word, wanted in words.items() if wanted}

    def server_key(self):
        """Rows with the same key share one server process."""
        group = self.group if self.group.startswith('ffdhe') else ''
        only = (self.suite, self.group, self.sigalg, self.retry, self.packed, self.psk, self.psk_ke, bool(self.psk and self.resume)) if self.version == 'tls1.3' else ()
        return (only, self.certs, self.client_cert is not None, self.server_alpn,
                self.etm is not False, self.ems is not False, self.truncated,
                self.resume == 'id', self.handle, group, self.version, self.row.secret, self.row.export, self.renegotiate, self.legacy,
                self.policy, self.heartbeat, self.ocsp, self.revoked, self.sct,
                self.raw_key, self.ssl2_hello)


@dataclass
class Report:
    """What a client or server says about a connection; None: it does not say."""
    data: bool = False
    status: Optional[int] = None
    version: Optional[str] = None
    suite: Optional[str] = None
    group: Optional[str] = None
    sigalg: Optional[str] = None
    alpn: Optional[str] = None
    packed: Optional[str] = None
    fragment: Optional[int] = None
    heartbeat: Optional[str] = None  # 'answered' and so on, for the client that sent one
    out_max: Optional[int] = None  # plain text in a record that it sends
    in_max: Optional[int] = None
    etm: Optional[bool] = None
    ems: Optional[bool] = None
    truncated: Optional[bool] = None
    resumed: Optional[str] = None  # '', 'id', 'ticket' or 'yes'
    client_cert: Optional[bool] = None
    ocsp: Optional[bool] = None
    sct: Optional[bool] = None
    text: str = ''
    argv: list = field(default_factory=list)


class Unable(Exception):
    """A side does not speak what the row wants; the text is the reason that is printed."""


def complaints(want, report, who, both):
    """What in the report is not as the row wants it; both: what both sides can do."""
    tls = want.version != 'ssl3'
    expected = {
        'version': want.version,
        'suite': want.suite or None,
        'group': want.group or None,
        'sigalg': want.sigalg or None,
        'alpn': want.alpn if want.alpn and want.server_alpn else None,
        'ems': want.ems is not False and tls and 'ems' in both,
        'client_cert': True if want.client_cert else None,
        'packed': want.packed or None,
        'truncated': True if want.truncated else None,
        'ocsp': True if want.ocsp else None,
        'sct': True if want.sct else None,
    }
    if want.row.cbc:
        expected['etm'] = want.etm is not False and tls and 'etm' in both
    if want.fragment:
        expected['fragment'] = expected['out_max'] = want.fragment
    if want.psk and not want.resume and who == 'tlsn':
        expected['resumed'] = 'psk'
    if want.heartbeat:
        expected['heartbeat'] = 'answered'
    wrong = []
    for name, value in expected.items():
        said = getattr(report, name)
        if value is not None and said is not None and said != value:
            wrong.append(f'{who}: {name} is {said}, not {value}')
    if want.psk_ke and report.group:
        wrong.append(f'{who}: a key share of {report.group}')
    if want.resume and report.resumed is not None and report.resumed not in (want.resume, 'yes'):
        wrong.append(f'{who}: resumed is {report.resumed or "no"}, not {want.resume}')
    return wrong
