"""An independent second reading of SSL 3.0, TLS 1.0 and 1.1, for what no living peer speaks any more: export suites
with 512 and 1024 bits, fixed Diffie-Hellman, Netscape's FIPS and MD5 suites, renegotiation without RFC 5746. Behind the commands of
tests/interop/driver.py.

Written from RFC 6101, RFC 2246, RFC 4346, RFC 5746 and draft-ietf-tls-56-bit-ciphersuites-01, without a look at the
library that it tests. It is a test: it verifies signatures of key exchanges, not chains, and hides no timing.
argv[1]: a file of NAME=CODE=..."""
import json
import secrets
import socket
import struct
import sys

import second_keys as keys
from second_crypto import CIPHERS, SSL3, TLS10, TLS11, Secrets, check

GREETING = b'interop says hello\n'
LIMIT_SECONDS = 10
VERSIONS = {'ssl3': SSL3, 'tls1.0': TLS10, 'tls1.1': TLS11}
CCS, ALERT, HANDSHAKE, DATA = 20, 21, 22, 23
HELLO_REQUEST = 0
CLIENT_HELLO, SERVER_HELLO, CERTIFICATE, SERVER_KEY, DONE, CLIENT_KEY, FINISHED = 1, 2, 11, 12, 14, 16, 20
RENEGOTIATION_SCSV = 0x00FF
RENEGOTIATION_INFO = b'\xff\1\0\1\0'  # RFC 5746 3.6; every client that the server meets here asks for it
# 512 bits: made by `openssl dhparam 512`. 1024 bits: RFC 2409 section 6.2.
P512 = int('b09981abc63f3ebb4470fad8350f35a27f3da07fd80e5fa7ed9d610d270efbc5ea981aa587a749cc55197f6a338d0fa2'
           '39b3bb87e1eb64889caafc19239e0e37', 16)
P1024 = int('ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd'
            'ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed'
            'ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff', 16)


class Suite:
    """What the name of a suite says."""

    def __init__(self, name, code):
        self.code = code
        exchange, _, rest = name.split('_', 1)[1].partition('_WITH_')
        self.tls_derivation = 'FIPS' in exchange
        self.limit = 1024 if 'EXPORT1024' in exchange else 512 if 'EXPORT' in exchange else 0
        for word in ('_EXPORT1024', '_EXPORT', '_OLDFIPS', '_FIPS'):
            exchange = exchange.removesuffix(word)
        self.exchange = exchange
        self.cipher, _, self.mac = rest.rpartition('_')
        if self.limit == 1024 and self.cipher == 'DES_CBC':
            self.cipher = 'EXPORT1024_DES_CBC'

    @property
    def known(self):
        return self.exchange in ('RSA', 'DHE_RSA', 'DHE_DSS', 'DH_RSA', 'DH_DSS', 'DH_anon') and \
            self.cipher in CIPHERS and self.mac in ('MD5', 'SHA')


SUITES = {}


def vector(data, size):
    return len(data).to_bytes(size, 'big') + data


class Reader:
    def __init__(self, data):
        self.data = data

    def take(self, count):
        if count > len(self.data):
            raise ValueError('a message is too short')
        out, self.data = self.data[:count], self.data[count:]
        return out

    def number(self, size):
        return int.from_bytes(self.take(size), 'big')

    def vector(self, size):
        return self.take(self.number(size))


class Connection:
    """Records, handshake messages and what both roles do."""

    def __init__(self, sock, words):
        self.sock, self.words = sock, words
        self.suite = SUITES[int(words['suite'], 16)]
        self.version = VERSIONS[words['version']]
        self.reading = self.writing = None
        self.messages, self.plain = b'', b''
        self.secrets = None
        self.renewed = False

    # ---- records

    def _exactly(self, count):
        data = b''
        while len(data) < count:
            more = self.sock.recv(count - len(data))
            if not more:
                raise EOFError('the connection ended')
            data += more
        return data

    def record(self):
        kind, version, length = struct.unpack('>BHH', self._exactly(5))
        data = self._exactly(length)
        if version != self.version and (self.reading or kind != HANDSHAKE or version >> 8 != 3):
            raise ValueError(f'a record of version {version:04x}')
        return kind, self.reading.open(kind, data) if self.reading else data

    def send(self, kind, data):
        for at in range(0, len(data), 16384):
            part = data[at:at + 16384]
            sealed = self.writing.seal(kind, part) if self.writing else part
            self.sock.sendall(struct.pack('>BHH', kind, self.version, len(sealed)) + sealed)

    # ---- handshake messages

    @property
    def legacy(self):
        return 'legacy' in self.words

    def again(self):
        """One more handshake, under the keys there are, with nothing that binds it to the one before."""
        self.messages = b''
        self.handshake()

    def ask(self):
        """A HelloRequest, which no hash covers (RFC 2246 7.4.1.1)."""
        self.send(HANDSHAKE, bytes([HELLO_REQUEST, 0, 0, 0]))

    def say(self, kind, body):
        message = bytes([kind]) + vector(body, 3)
        self.messages += message
        self.send(HANDSHAKE, message)

    def hear(self, *kinds):
        while len(self.plain) < 4 or len(self.plain) < 4 + int.from_bytes(self.plain[1:4], 'big'):
            kind, data = self.record()
            if kind == ALERT:
                raise ValueError(f'alert {data[1]}')
            if kind != HANDSHAKE:
                raise ValueError(f'a record of type {kind}')
            self.plain += data
        size = 4 + int.from_bytes(self.plain[1:4], 'big')
        message, self.plain = self.plain[:size], self.plain[size:]
        if message[0] not in kinds:
            raise ValueError(f'message {message[0]}, not one of {kinds}')
        self.messages += message
        return message[0], Reader(message[4:])

    def derive(self, pre_master, client_random, server_random):
        self.secrets = Secrets(self.version, self.suite, pre_master, client_random, server_random)
        return self.secrets.halves()

    def send_finished(self, half, is_client):
        self.send(CCS, b'\1')
        self.writing = half
        self.say(FINISHED, self.secrets.finished(self.messages, is_client))

    def hear_finished(self, half, from_client):
        kind, data = self.record()
        if (kind, data) != (CCS, b'\1'):
            raise ValueError('no ChangeCipherSpec')
        self.reading = half
        expected = self.secrets.finished(self.messages, from_client)
        _, body = self.hear(FINISHED)
        if body.data != expected:
            raise ValueError('Finished does not agree')

    # ---- application data

    def line(self):
        """Data up to a line's end; b'' when the peer closed."""
        text = b''
        while not text.endswith(b'\n'):
            kind, data = self.record()
            if kind == ALERT and data[1] == 0:
                return b''
            if kind == ALERT and data[0] == 2:
                raise ValueError(f'alert {data[1]}')
            if kind == HANDSHAKE and self.legacy:
                self.plain += data if data[0] != HELLO_REQUEST else b''
                self.again()
                self.renewed = True
            text += data if kind == DATA else b''
        return text

    def close(self):
        try:
            self.send(ALERT, b'\1\0')
        except OSError:
            pass

    def describe(self):
        return {'version': self.words['version'], 'suite': self.suite.code}

    # ---- Diffie-Hellman

    def shared(self, group, public, exponent):
        """RFC 2246 8.1.2: leading zeros are stripped; the same holds for SSL 3.0 implementations."""
        if not 1 < public < group.p - 1:
            raise ValueError('a public value out of range')
        return keys.octets(pow(public, exponent, group.p))


class Client(Connection):
    def handshake(self):
        mine = secrets.token_bytes(32)
        suites = struct.pack('>H', self.suite.code)
        suites += b'' if self.legacy else struct.pack('>H', RENEGOTIATION_SCSV)
        self.say(CLIENT_HELLO, struct.pack('>H', self.version) + mine + b'\0' + vector(suites, 2) + b'\1\0')
        _, hello = self.hear(SERVER_HELLO)
        if hello.number(2) != self.version:
            raise ValueError('the server chose another version')
        theirs = hello.take(32)
        hello.vector(1)
        if hello.number(2) != self.suite.code or hello.number(1) != 0:
            raise ValueError('the server chose another suite or compression')
        certificate = None
        if self.suite.exchange != 'DH_anon':
            _, body = self.hear(CERTIFICATE)
            certificate = keys.of_certificate(Reader(body.vector(3)).vector(3))
        kind, body = self.hear(SERVER_KEY, DONE)
        temporary = self._parameters(body, mine + theirs, certificate) if kind == SERVER_KEY else None
        if kind == SERVER_KEY:
            self.hear(DONE)
        exchange, pre_master = self._key_exchange(certificate, temporary)
        self.say(CLIENT_KEY, exchange)
        client, server = self.derive(pre_master, mine, theirs)
        self.send_finished(client, True)
        self.hear_finished(server, False)

    def _parameters(self, body, randoms, certificate):
        whole = body.data
        first, second = (int.from_bytes(body.vector(2), 'big') for _ in range(2))
        if self.suite.exchange == 'RSA':
            temporary = keys.Key(kind='RSA', n=first, e=second)
            size = first.bit_length()
            if not self.suite.limit:
                raise ValueError('a temporary RSA key in a suite that is not exportable')
        else:
            temporary = keys.Key(kind='DH', p=first, g=second, y=int.from_bytes(body.vector(2), 'big'))
            size = first.bit_length()
        if self.suite.limit and size > self.suite.limit:
            raise ValueError(f'a temporary key of {size} bits')
        signed = whole[:len(whole) - len(body.data)]
        if certificate and not keys.verify(certificate, randoms + signed, body.vector(2)):
            raise ValueError('the signature of ServerKeyExchange is wrong')
        return temporary

    def _key_exchange(self, certificate, temporary):
        """(body of ClientKeyExchange, pre-master secret)"""
        key = temporary or certificate
        if self.suite.exchange == 'RSA':
            if self.suite.limit and key.n.bit_length() > self.suite.limit:
                raise ValueError('the server sent no temporary key')
            pre_master = struct.pack('>H', self.version) + secrets.token_bytes(46)
            sealed = keys.rsa_encrypt(key, pre_master)
            # SSL 3.0 implementations leave the length out (RFC 5246 7.4.7.1)
            return sealed if self.version == SSL3 else vector(sealed, 2), pre_master
        exponent = secrets.randbelow(key.p - 2) + 1
        public = keys.octets(pow(key.g, exponent, key.p))
        return vector(public, 2), self.shared(key, key.y, exponent)


class Server(Connection):
    def handshake(self):
        _, hello = self.hear(CLIENT_HELLO)
        offered = hello.number(2)
        theirs, _ = hello.take(32), hello.vector(1)
        if offered < self.version or struct.pack('>H', self.suite.code) not in chunks(hello.vector(2), 2):
            raise ValueError('the client does not offer it')
        mine = secrets.token_bytes(32)
        self.say(SERVER_HELLO, struct.pack('>H', self.version) + mine + b'\0'
                 + struct.pack('>HB', self.suite.code, 0)
                 + (b'' if self.legacy else vector(RENEGOTIATION_INFO, 2)))
        own = keys.private(self.words['key']) if 'key' in self.words else None
        if own:
            self.say(CERTIFICATE, vector(vector(keys.pem(self.words['cert']), 3), 3))
        temporary = self._temporary(own)
        if temporary:
            self._send_parameters(temporary, own, theirs + mine)
        self.say(DONE, b'')
        _, body = self.hear(CLIENT_KEY)
        client, server = self.derive(self._pre_master(body, temporary or own, offered), theirs, mine)
        self.hear_finished(client, True)
        self.send_finished(server, False)

    def _temporary(self, own):
        """The temporary key that the suite wants, if any."""
        if self.suite.exchange == 'RSA':
            limit = self.suite.limit
            return keys.new_rsa(limit) if limit and own.n.bit_length() > limit else None
        if self.suite.exchange in ('DH_RSA', 'DH_DSS'):
            return None
        p, g = {512: (P512, 2), 1024: (P1024, 2)}.get(self.suite.limit) or keys.dh_group(self.words['dh'])
        exponent = secrets.randbelow(p - 2) + 1
        return keys.Key(kind='DH', p=p, g=g, x=exponent, y=pow(g, exponent, p))

    def _send_parameters(self, key, own, randoms):
        numbers = (key.n, key.e) if key.kind == 'RSA' else (key.p, key.g, key.y)
        body = b''.join(vector(keys.octets(n), 2) for n in numbers)
        if own:
            body += vector(keys.sign(own, randoms + body), 2)
        self.say(SERVER_KEY, body)

    def _pre_master(self, body, key, offered):
        if self.suite.exchange != 'RSA':
            return self.shared(key, int.from_bytes(body.vector(2), 'big'), key.x)
        sealed = body.data if self.version == SSL3 else body.vector(2)
        pre_master = keys.rsa_decrypt(key, sealed)
        if len(pre_master) != 48 or pre_master[:2] != struct.pack('>H', offered):
            raise ValueError('not a pre-master secret')
        return pre_master


def chunks(data, size):
    return [data[i:i + size] for i in range(0, len(data), size)]


# ---- commands

def failed(error):
    return {'ok': False, 'data': False, 'error': f'{type(error).__name__}: {error}'}


def connect(words):
    with socket.create_connection(('127.0.0.1', int(words['port'])), LIMIT_SECONDS) as sock:
        conn = Client(sock, words)
        conn.handshake()
        if words.get('renegotiate') == 'client':
            conn.again()
            conn.renewed = True
        conn.send(DATA, GREETING)
        said = {'data': conn.line() == GREETING and conn.renewed == ('renegotiate' in words), **conn.describe()}
        conn.close()
        return {'ok': said['data'], **said}


def serve(listener, words):
    sock, _ = listener.accept()
    with sock:
        sock.settimeout(LIMIT_SECONDS)
        conn = Server(sock, words)
        conn.handshake()
        if words.get('renegotiate') == 'server':
            conn.ask()
        data = False
        while text := conn.line():
            data = text == GREETING and conn.renewed == ('renegotiate' in words)
            conn.send(DATA, text)
        conn.close()
        return {'ok': data, 'data': data, **conn.describe()}


def attempt(act, *args):
    try:
        return act(*args)
    except (OSError, EOFError, ValueError, ArithmeticError, IndexError) as error:
        return failed(error)


def server(words):
    with socket.create_server(('127.0.0.1', 0)) as listener:
        listener.settimeout(LIMIT_SECONDS)
        say({'port': listener.getsockname()[1]})
        for _ in range(int(words['accepts'])):
            say(attempt(serve, listener, words))


def say(what):
    print(json.dumps(what), flush=True)


def can():
    return {'title': 'second reading', 'versions': list(VERSIONS), 'groups': [],
            'suites': [code for code, suite in SUITES.items() if suite.known],
            'certs': ['rsa', 'dsa', 'dh-rsa', 'dh-dsa', 'dh-rsa-512', 'dh-dsa-512'],
            'client': ['any-group'],
            'features': ['legacy-renegotiate-client', 'legacy-renegotiate-server']}


def main():
    check()
    with open(sys.argv[1], encoding='ascii') as table:
        for row in table:
            name, code = row.split('=')[:2]
            SUITES[int(code)] = Suite(name, int(code))
    for line in sys.stdin:
        what, *rest = line.split()
        words = dict(word.split('=', 1) for word in rest)
        if what == 'can':
            say(can())
        elif what == 'client':
            say(attempt(connect, words))
        else:
            server(words)


if __name__ == '__main__':
    main()
