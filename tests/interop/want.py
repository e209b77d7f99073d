"""What one row asks of both sides, and what came of it."""
from dataclasses import dataclass, field
from typing import Optional

GREETING = b'interop says hello\n'  # what every client sends


@dataclass(frozen=True)
class Want:
    """The client restricts itself to what is named; the server takes everything."""
    suite: str
    group: str = ''
    sigalg: str = ''
    certs: tuple = ('rsa', 'p256')
    client_cert: Optional[str] = None  # kind; '' = the server requires one, the client has none
    alpn: str = ''  # what the client offers
    server_alpn: str = ''
    etm: bool = True
    ems: bool = True
    resume: str = ''  # 'id' or 'ticket'
    ca: str = 'ca'  # what the client trusts
    verify_name: str = 'localhost'
    fragment: int = 0  # max_fragment_length the client asks for
    grease: bool = False  # values without meaning, and padding to 512 bytes
    size_limit: int = 0  # record_size_limit the client names
    refused: int = 0  # the handshake has to fail: exit status of `tlsn client` (CLI)

    def server_key(self):
        """Rows with the same key share one server process."""
        group = self.group if self.group.startswith('ffdhe') else ''
        return (self.certs, self.client_cert is not None, self.server_alpn, self.etm, self.ems,
                self.resume == 'id', group)


@dataclass
class Report:
    """What a client or server says about a connection; None: it does not say."""
    data: bool = False
    status: Optional[int] = None
    suite: Optional[str] = None
    group: Optional[str] = None
    sigalg: Optional[str] = None
    alpn: Optional[str] = None
    fragment: Optional[int] = None
    out_max: Optional[int] = None  # plain text in a record that it sends
    in_max: Optional[int] = None
    etm: Optional[bool] = None
    ems: Optional[bool] = None
    resumed: Optional[str] = None  # '', 'id', 'ticket' or 'yes'
    client_cert: Optional[bool] = None
    text: str = ''
    argv: list = field(default_factory=list)


class Unable(Exception):
    """A side does not speak what the row wants; the text is the reason that is printed."""


def complaints(want, report, who):
    """What in the report is not as the row wants it."""
    expected = {
        'suite': want.suite or None,
        'group': want.group or None,
        'sigalg': want.sigalg or None,
        'alpn': want.alpn if want.alpn and want.server_alpn else None,
        'ems': want.ems,
        'client_cert': True if want.client_cert else None,
    }
    if '_CBC_' in want.suite:
        expected['etm'] = want.etm
    if want.fragment:
        expected['fragment'] = expected['out_max'] = want.fragment
    wrong = []
    for name, value in expected.items():
        said = getattr(report, name)
        if value is not None and said is not None and said != value:
            wrong.append(f'{who}: {name} is {said}, not {value}')
    if want.resume and report.resumed is not None and report.resumed not in (want.resume, 'yes'):
        wrong.append(f'{who}: resumed is {report.resumed or "no"}, not {want.resume}')
    return wrong
