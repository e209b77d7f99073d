"""Early data of TLS 1.3 (0-RTT) with OpenSSL and GnuTLS in both roles: taken, and refused and sent again; with
tickets, and with OpenSSL with external keys."""
import shutil
import time

import psk_session
from again import client_of_ours, judge, timed
from peer_gnutls import GnuTLS, GnuTLSServer
from peer_openssl import OpenSSL, OpenSSLServer
from peer_tlsn import TlsnServer, reports
from process import STEP_SECONDS, Proc, talk
from want import IDENTITY, PSK

TITLE = 'early data'
WORDS = b'early words\n'
LIMIT = '1000'


def _file(certs):
    path = certs.folder / 'early-words'
    path.write_bytes(WORDS)
    return path


def _ours(tlsn, certs):
    key = certs.folder / 'early-ticket-key'
    key.write_bytes(b'k' * 32)
    return TlsnServer([tlsn, 'server', '--json', '--echo', '--early-data-max', LIMIT, '--ticket-key', key,
                       '--min-version', 'tls1.3', '--cert', certs.cert('rsa'), '--key', certs.key('rsa'),
                       '127.0.0.1:0'])


def _reports(server, count):
    """What our server says of its connections, which it may do once the client has ended."""
    server.proc.wait_for(lambda out: len(reports(out.decode('utf-8', 'replace'))) >= count)
    return reports(server.proc.text())


def _s_client(openssl, certs, port, *extra):
    return [openssl.program, 's_client', '-connect', f'127.0.0.1:{port}', '-servername', 'localhost', '-CAfile',
            certs.cert('ca'), '-tls1_3', *extra]


def _openssl_sends(tlsn, certs, openssl, refused):
    """A server that was started anew does not know what the one before has taken, so it takes nothing."""
    saved = certs.folder / f'early-openssl-{openssl.name}-{refused}'
    server = _ours(tlsn, certs)
    try:
        first = _s_client(openssl, certs, server.port, '-sess_out', saved)
        text = talk(first, b'hello\n', b'hello')[2]
        if refused:
            server.close()
            server = _ours(tlsn, certs)
        argv = _s_client(openssl, certs, server.port, '-sess_in', saved, '-early_data', _file(certs))
        echo = b'more words' if refused else WORDS.strip()
        status, got, more = talk(argv, b'more words\n', echo)
        said = [r['early_data'] for r in _reports(server, 1 if refused else 2)]
        good = got and status == 0 and said[-1:] == ['rejected' if refused else 'accepted']
        return *judge(good, text + more + server.proc.text()), argv
    finally:
        server.close()


def _gnutls_sends(tlsn, certs, gnutls):
    server = _ours(tlsn, certs)
    argv = [gnutls.program, '--resume', '--waitresumption', '--earlydata', _file(certs), '-p', server.port,
            '127.0.0.1', '--x509cafile', certs.cert('ca'), '--verify-hostname=localhost',
            '--sni-hostname=localhost', '--priority', 'NORMAL:-VERS-ALL:+VERS-TLS1.3']
    client = Proc(argv)
    try:
        got = client.wait_for(lambda out: WORDS.strip() in out)
        client.close_input()
        client.finish()
        said = [r['early_data'] for r in _reports(server, 2)]
        return *judge(got and said == ['no', 'accepted'], client.text() + server.proc.text()), argv
    finally:
        client.kill()
        server.close()


def _we_send(tlsn, certs, server, saved, becomes):
    """The same ticket once or twice."""
    saved = certs.folder / saved
    try:
        argv = client_of_ours(tlsn, certs, server.port, '--min-version', 'tls1.3', '--linger', '0.3')
        text = talk([*argv[:2], '--session-out', saved, *argv[2:]], b'hello\n', b'nothing', seconds=0.5)[2]
        argv[2:2] = ['--session-in', saved, '--early-data', _file(certs)]
        for want in becomes:
            before = len(server.proc.output)
            status, _, more = talk(argv, b'', b'"version"', seconds=STEP_SECONDS)
            text += more
            got = not isinstance(server, OpenSSLServer) or server.proc.wait_for(
                lambda out, before=before: WORDS.strip() in out[before:])
            said = [r['early_data'] for r in reports(more)]
            if not got or status != 0 or said != [want]:
                return *judge(False, text + server.proc.text()), argv
        return *judge(True, ''), argv
    finally:
        server.close()


def _openssl_takes(tlsn, certs, openssl, becomes):
    server = OpenSSLServer([openssl.program, 's_server', '-accept', '127.0.0.1:0', '-tls1_3', '-early_data', '-cert',
                            certs.cert('rsa'), '-key', certs.key('rsa')])
    return _we_send(tlsn, certs, server, f'early-to-openssl-{len(becomes)}', becomes)


def _gnutls_takes(tlsn, certs, gnutls):
    server = GnuTLSServer([gnutls.serv, '--echo', '--earlydata', '--maxearlydata', LIMIT, '--disable-client-cert',
                           '--x509certfile', certs.cert('rsa'), '--x509keyfile', certs.key('rsa')])
    return _we_send(tlsn, certs, server, 'early-to-gnutls', ['accepted'])


# name of the row, suite, its code point, hash, application protocol
KEYS = [('SHA-256', 'TLS_AES_128_GCM_SHA256', 0x1301, 'sha256', ''),
        ('ChaCha20-Poly1305', 'TLS_CHACHA20_POLY1305_SHA256', 0x1303, 'sha256', ''),
        ('SHA-384, ALPN', 'TLS_AES_256_GCM_SHA384', 0x1302, 'sha384', 'h2')]


def _key(certs, openssl, key):
    """The key as OpenSSL takes it."""
    name, suite, code, _, alpn = key
    path = certs.folder / f'early-psk-{openssl.name}-{code}'
    path.write_text(psk_session.pem(code, PSK, int(time.time()), int(LIMIT), alpn.encode()))
    argv = ['-tls1_3', '-ciphersuites', suite, '-psk_session', path, '-psk_identity', IDENTITY]
    return argv + (['-alpn', alpn] if alpn else [])


def _our_key(key):
    _, suite, _, digest, alpn = key
    argv = ['--psk-identity', IDENTITY, '--psk', PSK, '--psk-hash', digest, '--psk-early', suite, '--psk-early-max',
            LIMIT, '--suites', suite]
    return argv + (['--alpn', alpn, '--psk-early-alpn', alpn] if alpn else [])


def _openssl_sends_by_key(tlsn, certs, openssl, key, refused):
    """A server that does not know whether the key is new takes nothing."""
    server = TlsnServer([tlsn, 'server', '--json', '--echo', '--early-data-max', LIMIT, *_our_key(key),
                         *([] if refused else ['--psk-new']), '127.0.0.1:0'])
    argv = [openssl.program, 's_client', '-connect', f'127.0.0.1:{server.port}', *_key(certs, openssl, key),
            '-early_data', _file(certs)]
    try:
        status, got, text = talk(argv, b'more words\n', b'more words' if refused else WORDS.strip())
        said = [(r['early_data'], r['resumed']) for r in _reports(server, 1)]
        good = got and status == 0 and said == [('rejected' if refused else 'accepted', 'psk')]
        return *judge(good, text + server.proc.text()), argv
    finally:
        server.close()


def _openssl_takes_by_key(tlsn, certs, openssl, key, refused):
    server = OpenSSLServer([openssl.program, 's_server', '-accept', '127.0.0.1:0', '-nocert',
                            *([] if refused else ['-early_data']), *_key(certs, openssl, key)])
    argv = [tlsn, 'client', '--json', '--linger', '0.3', '--timeout', STEP_SECONDS, '--min-version', 'tls1.3', *_our_key(key),
            '--early-data', _file(certs), f'127.0.0.1:{server.port}']
    try:
        status, _, text = talk(argv, b'', b'"version"')
        got = server.proc.wait_for(lambda out: WORDS.strip() in out)
        said = [(r['early_data'], r['resumed']) for r in reports(text)]
        good = got and status == 0 and said == [('rejected' if refused else 'accepted', 'psk')]
        return *judge(good, text + server.proc.text()), argv
    finally:
        server.close()


def _by_key(tlsn, certs, openssl):
    for key in KEYS:
        for refused in (False, True):
            row = f'{"refused" if refused else "taken"}, external key, {key[0]}'
            yield row, f'{openssl.name}>tlsn', lambda k=key, r=refused: _openssl_sends_by_key(tlsn, certs, openssl, k, r)
            yield row, f'tlsn>{openssl.name}', lambda k=key, r=refused: _openssl_takes_by_key(tlsn, certs, openssl, k, r)


def _rows(tlsn, certs):
    openssl, gnutls = OpenSSL('openssl', certs, shutil.which('openssl')), GnuTLS(certs)

    if openssl.program:
        yield 'taken', 'openssl>tlsn', lambda: _openssl_sends(tlsn, certs, openssl, False)
        yield 'refused', 'openssl>tlsn', lambda: _openssl_sends(tlsn, certs, openssl, True)
        yield 'taken', 'tlsn>openssl', lambda: _openssl_takes(tlsn, certs, openssl, ['accepted'])
        yield ('taken once, then refused and sent again', 'tlsn>openssl',
               lambda: _openssl_takes(tlsn, certs, openssl, ['accepted', 'rejected']))
        yield from _by_key(tlsn, certs, openssl)
    if gnutls.program:
        yield 'taken', 'gnutls>tlsn', lambda: _gnutls_sends(tlsn, certs, gnutls)
        yield 'taken', 'tlsn>gnutls', lambda: _gnutls_takes(tlsn, certs, gnutls)


def run(tlsn, certs):
    return timed(_rows(tlsn, certs))
