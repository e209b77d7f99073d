"""Peers that are small programs of ours around a library: Go, Java, Mbed TLS and others.

Such a program (tests/interop/programs/) is started once for each role and reads commands from stdin, one
a line, words separated by blanks, values after '='; it answers with JSON objects, one a line.

    can                        {"title": ..., "versions": [..], "suites": [code points], "groups": [..],
                                "certs": [kinds of keys], "features": [words of Want.needs], "client": [], "server": [more of them in that role],
                                "server_lacks": [code points that only its clients have],
                                "broken": {"0xHHHH", "policy" or "client WORD": what is wrong there}}
    client port=N ...          one object about the connection (the last one when resume= makes it two)
    server accepts=N ...       {"port": N}, then one object for each of the N connections

Words of client and server: version= ssl2_hello=1 suite= (0xHHHH) group= sigalg= cert= key= ca= name= (server name and
name to verify) alpn= resume=id|ticket dh= (parameters) ems=0 etm=0 truncated=1 auth=require psk= identity= srp_user= srp_password=
renegotiate=client|server legacy=1 (without RFC 5746) retry=1 (TLS 1.3: a client offers group= without a share of it)
psk_hash=sha256|sha384 (psk= and identity= are those of TLS 1.3) psk_ke=1 (without Diffie-Hellman)
key_update=1 (a client asks for new keys of both sides) packed=zlib|brotli|zstd. A client sends one line and wants it back; a server sends back what it gets until
the peer closes. Objects about a connection: ok, data (the line came back), error, and what is known of
version, suite, group, sigalg, alpn, ems, etm, resumed, client_cert. Words of features besides
Want.needs: any-group cannot be told which group to use, hangs-up refuses a peer without an alert."""
import json
import socket
import time

from names import SUITE_BY_CODE
from process import Proc, STEP_SECONDS
from want import IDENTITY, PSK, SRP_PASSWORD, SRP_USER, Report, Unable

START_SECONDS = 60  # a compiler or a virtual machine may have to start on a busy machine


class Talk:
    """One running program; lines out, objects in."""

    def __init__(self, argv, env):
        self.proc = Proc(argv, env)
        self.read = 0

    def ask(self, line):
        self.read = len(self.lines())
        self.proc.send(line.encode() + b'\n')

    def lines(self):
        return [line for line in self.proc.output.split(b'\n')[:-1] if line.startswith(b'{')]

    def next(self, seconds):
        """The next object, or None when none comes."""
        if not self.proc.wait_for(lambda _: len(self.lines()) > self.read, seconds):
            return None
        self.read += 1
        try:
            return json.loads(self.lines()[self.read - 1])
        except ValueError:
            return None


class Driver:
    """A peer by its program; the same interface as OpenSSL and GnuTLS."""

    per_row = True  # a server serves the connections of one row

    def __init__(self, name, certs, argv, env=None):
        self.name, self.certs, self.argv, self.env = name, certs, argv, env
        self._talks = {}
        self.can = self._ask('client', 'can', START_SECONDS) or {}
        self.program = argv[0] if self.can else None
        self.version = self.can.get('title', name)
        self.features = set(self.can.get('features', ()))

    def _talk(self, role):
        talk = self._talks.get(role)
        if not talk or not talk.proc.alive():
            talk = self._talks[role] = Talk(self.argv, self.env)
        return talk

    def _ask(self, role, line, seconds):
        talk = self._talk(role)
        talk.ask(line)
        said = talk.next(seconds)
        if said is None:
            self.last_words = talk.proc.text()[-300:]
            talk.proc.kill()
        return said

    def check(self, want, role):
        suite = want.row
        abilities = self.features | set(self.can.get(role, ()))
        if want.version not in self.can['versions']:
            raise Unable(f'{self.version} does not have {want.version}')
        if why := self.can.get('broken', {}).get(f'0x{suite.code:04x}'):
            raise Unable(f'{self.version} {why}')
        if want.policy and (why := self.can.get('broken', {}).get('policy')):
            raise Unable(f'{self.version} {why}')
        if suite.code not in self.can['suites'] or suite.code in self.can.get(role + '_lacks', ()):
            raise Unable(f'{self.version} does not have this suite')
        free = 'any-group' in abilities and want.version != 'tls1.3'
        if want.group and (free or want.group not in self.can['groups']):
            raise Unable(f'{self.version} does not have this group')
        kinds = set(self.can['certs'])
        if want.cert and not set(want.certs) & kinds:
            raise Unable(f'{self.version} does not take such a certificate')
        if want.client_cert and want.client_cert not in kinds:
            raise Unable(f'{self.version} does not take such a certificate')
        for word in sorted(want.needs(role) - abilities):
            if why := self.can.get('broken', {}).get(f'{role} {word}'):
                raise Unable(f'{self.version} {why}')
            raise Unable(f'{self.version} or our program for it does not do: {word}')
        if want.sigalg and want.sigalg not in self.can.get('sigalgs', [want.sigalg]):
            raise Unable(f'{self.version} does not have this signature scheme')

    def _words(self, want):
        words = [f'version={want.version}', f'suite=0x{want.row.code:04x}', f'name={want.verify_name}']
        for key, value in (('group', want.group), ('sigalg', want.sigalg), ('resume', want.resume),
                           ('renegotiate', want.renegotiate), ('packed', want.packed)):
            words += [f'{key}={value}'] if value else []
        words += ['ems=0'] if want.ems is False else []
        words += ['ssl2_hello=1'] if want.ssl2_hello else []
        words += ['etm=0'] if want.etm is False else []
        words += ['truncated=1'] if want.truncated else []
        words += ['legacy=1'] if want.legacy else []
        words += ['retry=1'] if want.retry else []
        words += ['key_update=1'] if want.key_update else []
        words += [f'psk_hash={want.psk}'] if want.psk else []
        words += ['psk_ke=1'] if want.psk_ke else []
        if want.secret == 'psk':
            words += [f'psk={PSK}', f'identity={IDENTITY}']
        if want.secret == 'srp':
            words += [f'srp_user={SRP_USER}', f'srp_password={SRP_PASSWORD}']
        return words

    def _own(self, kind):
        return [f'cert={self.certs.cert(kind)}', f'key={self.certs.key(kind)}']

    def client(self, want, port, expect):
        words = ['client', f'port={port}', f'ca={self.certs.ca_of(want)}'] + self._words(want)
        words += [f'alpn={want.alpn}'] if want.alpn else []
        words += self._own(want.client_cert) if want.client_cert else []
        line = ' '.join(words)
        said = self._ask('client', line, 2 * STEP_SECONDS)
        report = Report(argv=self.argv + [line])
        if said is None:
            report.text = f'{self.name} did not answer: ' + self.last_words
            return report
        report.status = 0 if said.get('ok') else 3
        return fill(report, said)

    def server(self, want):
        accepts = 2 if want.resume else 1
        words = ['server', f'accepts={accepts}', 'ca=' + self.certs.cert('ca')] + self._words(want)
        words += [f'alpn={want.server_alpn}'] if want.server_alpn else []
        kind = next((k for k in want.certs if k == want.cert), want.certs[0] if want.certs else None)
        words += self._own(kind) if want.cert else []
        words += ['dh=' + self.certs.dh_params('ffdhe2048')] if 'DH' in want.row.exchange else []
        words += ['auth=require'] if want.client_cert is not None else []
        said = self._ask('server', ' '.join(words), STEP_SECONDS)
        if not said or 'port' not in said:
            raise RuntimeError(f'{self.name} did not listen: '
                               + (str(said.get('error')) if said else self.last_words))
        return DriverServer(self._talk('server'), said['port'], accepts)

    def close(self):
        for talk in self._talks.values():
            talk.proc.close_input()
            talk.proc.kill()


def fill(report, said):
    code = said.get('suite')
    if code is not None:
        known = SUITE_BY_CODE.get(code)
        report.suite = known.name if known else f'0x{code:04x}'
    for key in ('version', 'group', 'sigalg', 'alpn', 'ems', 'etm', 'resumed', 'client_cert', 'packed'):
        setattr(report, key, said.get(key))
    report.data = bool(said.get('data'))
    report.text = said.get('error', '')
    return report


class DriverServer:
    answer = staticmethod(lambda line: line)

    def __init__(self, talk, port, left):
        self.talk, self.port, self.left = talk, port, left
        self.proc = talk.proc

    def report(self, connections):
        """The object about the last connection; whoever did not come is replaced by a caller that hangs up."""
        said = None
        while self.left:
            last = self.talk.next(3 if connections else 0.2)
            if last is None:
                self._hang_up()
                last = self.talk.next(STEP_SECONDS)
            if last is None:
                self.talk.proc.kill()
                self.left = 0
                return None
            said, self.left = last, self.left - 1
        return fill(Report(), said) if said else None

    def _hang_up(self):
        try:
            socket.create_connection(('127.0.0.1', self.port), 1).close()
        except OSError:
            time.sleep(0.1)

    def close(self):
        self.report(0)
        return ''
