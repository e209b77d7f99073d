"""Renegotiation: both sides begin, with OpenSSL and GnuTLS in both roles; a client certificate by it.
New keys of TLS 1.3: OpenSSL asks for them in both roles.
Exports: keying material as OpenSSL prints it."""
import re
import shlex
import shutil
import time

from peer_gnutls import GnuTLS
from peer_openssl import LEVEL, OPTION, OpenSSL, OpenSSLServer
from peer_tlsn import TlsnServer, reports
from process import STEP_SECONDS, Proc, talk

TITLE = 'renegotiation, new keys, exports'
GET = b'GET / HTTP/1.0\r\n\r\n'


def www(tlsn, certs, *extra):
    return TlsnServer([tlsn, 'server', '--json', '--www', '--cert', certs.cert('rsa'), '--key',
                       certs.key('rsa'), '--timeout', STEP_SECONDS, *extra, '127.0.0.1:0'])


def judge(good, text):
    return ('ok', '') if good else ('FAIL', ' | '.join(text.splitlines()[-4:])[-300:])


def fetch(server, argv, first, renegotiated, want):
    """A peer that renegotiates by a line of input, or by itself, then fetches our page."""
    client = Proc(argv)
    try:
        client.wait_for(lambda out: b'Cipher' in out or b'Handshake was completed' in out)
        if first:
            client.send(first)
            client.wait_for(lambda out: renegotiated in out)
        client.send(GET)
        got = client.wait_for(lambda out: b'200 OK' in out)
        client.close_input()
        client.finish()
        said = server.proc.wait_for(lambda out: want(reports(out.decode('utf-8', 'replace'))), 3)
        return *judge(got and renegotiated in client.output and said,
                       client.text() + server.proc.text()), argv
    finally:
        client.kill()
        server.close()


def _s_client(openssl, certs, port, *extra):
    return [openssl.program, 's_client', '-connect', f'127.0.0.1:{port}', '-servername', 'localhost',
            '-CAfile', certs.cert('ca'), '-tls1_2', '-cipher', 'ALL:' + LEVEL, *extra]


def _openssl_begins(tlsn, certs, openssl):
    server = www(tlsn, certs, '--renegotiation', 'secure')
    return fetch(server, _s_client(openssl, certs, server.port), b'R\n', b'RENEGOTIATING',
                  lambda said: len(said) == 2)


def _openssl_renews(tlsn, certs, openssl):
    argv = [openssl.program, 's_client', '-connect', '', '-servername', 'localhost', '-CAfile', certs.cert('ca'), '-tls1_3']
    server = www(tlsn, certs)
    argv[3] = f'127.0.0.1:{server.port}'
    return fetch(server, argv, b'K\n', b'KEYUPDATE', lambda said: len(said) == 1)


def _openssl_authenticates(tlsn, certs, openssl):
    server = www(tlsn, certs, '--client-auth', 'require', '--client-auth-after', '--ca', certs.cert('ca'))
    argv = _s_client(openssl, certs, server.port, '-cert', certs.cert('rsa'), '-key', certs.key('rsa'))
    return fetch(server, argv, b'', b'200 OK',
                  lambda said: [s['client_authenticated'] for s in said] == [False, True])


def _gnutls_begins(tlsn, certs, gnutls):
    server = www(tlsn, certs, '--renegotiation', 'secure')
    argv = [gnutls.program, '--rehandshake', '-p', server.port, '127.0.0.1', '--x509cafile', certs.cert('ca'),
            '--verify-hostname=localhost', '--sni-hostname=localhost', '--priority',
            'NORMAL:-VERS-ALL:+VERS-TLS1.2']
    return fetch(server, argv, b'', b'ReHandshake was completed', lambda said: len(said) == 2)


def client_of_ours(tlsn, certs, port, *extra):
    return [tlsn, 'client', '--json', '--ca', certs.cert('ca'), '--sni', 'localhost', '--timeout', STEP_SECONDS,
            *extra, f'127.0.0.1:{port}']


def _we_begin(tlsn, certs, server, line, expect):
    try:
        argv = client_of_ours(tlsn, certs, server.port, '--renegotiate')
        status, got, text = talk(argv, line, expect)
        return *judge(got and status == 0, text), argv
    finally:
        server.close()


def _s_server(openssl, certs, *extra, version='tls1.2'):
    return OpenSSLServer([openssl.program, 's_server', '-accept', '127.0.0.1:0', OPTION[version], '-cert',
                          certs.cert('rsa'), '-key', certs.key('rsa'), *extra])


def _openssl_asks(tlsn, certs, openssl, key, version='tls1.2'):
    """s_server renegotiates by a key, R with a request for a certificate, or wants new keys for both sides by K;
    then data in both directions."""
    server = _s_server(openssl, certs, '-CAfile', certs.cert('ca'), version=version)
    argv = client_of_ours(tlsn, certs, server.port, '--renegotiation', 'secure', '--cert', certs.cert('rsa'),
                   '--key', certs.key('rsa'))
    client = Proc(argv)
    try:
        server.proc.wait_for(lambda out: b'CIPHER' in out)
        server.proc.send(key)
        server.proc.wait_for(lambda out: b'SSL_do_handshake -> 1' in out)
        client.send(b'from the client\n')
        got = server.proc.wait_for(lambda out: b'from the client' in out)
        server.proc.send(b'from the server\n')
        got = client.wait_for(lambda out: b'from the server' in out) and got
        seen = key != b'R\n' or 'depth=0' in server.proc.text()
        client.close_input()
        client.finish()
        return *judge(got and seen, client.text() + server.proc.text()), argv
    finally:
        client.kill()
        server.close()


def _export(tlsn, certs, openssl, version):
    server = _s_server(openssl, certs, '-keymatexport', 'EXPORTER-test', '-keymatexportlen', '32', version=version)
    argv = client_of_ours(tlsn, certs, server.port, '--export', 'EXPORTER-test', '--min-version', version,
                   '--max-version', version)
    client = Proc(argv)
    try:
        client.send(b'hello\n')
        got = server.proc.wait_for(lambda out: b'hello' in out)
        client.close_input()
        client.finish()
        ours = reports(client.text())[-1]['export']
        theirs = re.search(r'Keying material: (\w+)', server.proc.text())
        return *judge(got and theirs and theirs[1].lower() == ours, client.text() + server.proc.text()), argv
    finally:
        client.kill()
        server.close()


def _export_to(tlsn, certs, openssl, version):
    server = www(tlsn, certs, '--export', 'EXPORTER-test')
    argv = [openssl.program, 's_client', '-connect', f'127.0.0.1:{server.port}', '-servername', 'localhost', '-CAfile',
            certs.cert('ca'), OPTION[version], '-keymatexport', 'EXPORTER-test', '-keymatexportlen', '32']
    return _fetch_export(server, argv, 'Keying material: ')


def _export_to_gnutls(tlsn, certs, gnutls, version):
    server = www(tlsn, certs, '--export', 'EXPORTER-test')
    argv = [gnutls.program, '--keymatexport=EXPORTER-test', '--keymatexportsize=32', '-p', server.port, '127.0.0.1',
            '--x509cafile', certs.cert('ca'), '--verify-hostname=localhost', '--sni-hostname=localhost', '--priority',
            f'NORMAL:-VERS-ALL:+VERS-TLS{version[3:]}']
    return _fetch_export(server, argv, '- Key material: ')


def _fetch_export(server, argv, title):
    client = Proc(argv)
    try:
        client.wait_for(lambda out: title.encode() in out)
        client.send(GET)
        got = client.wait_for(lambda out: b'200 OK' in out)
        client.close_input()
        client.finish()
        server.proc.wait_for(lambda out: b'"export"' in out)
        ours = reports(server.proc.text())[-1]['export']
        theirs = re.search(title + r'(\w+)', client.text())
        return *judge(got and theirs and theirs[1].lower() == ours, client.text() + server.proc.text()), argv
    finally:
        client.kill()
        server.close()


def _rows(tlsn, certs):
    openssl, gnutls = OpenSSL('openssl', certs, shutil.which('openssl')), GnuTLS(certs)

    if openssl.program:
        yield 'the client begins', 'openssl>tlsn', lambda: _openssl_begins(tlsn, certs, openssl)
        yield ('the server asks for a certificate', 'openssl>tlsn',
               lambda: _openssl_authenticates(tlsn, certs, openssl))
        allowed = ['-client_renegotiation'] if '-client_renegotiation' in openssl.server_help() else []
        yield 'the client begins', 'tlsn>openssl', lambda: _we_begin(
            tlsn, certs, _s_server(openssl, certs, '-www', *allowed), GET, b'1 server renegotiates')
        yield 'new keys', 'openssl>tlsn', lambda: _openssl_renews(tlsn, certs, openssl)
        yield 'new keys', 'tlsn>openssl', lambda: _openssl_asks(tlsn, certs, openssl, b'K\n', 'tls1.3')
        yield 'the server begins', 'tlsn>openssl', lambda: _openssl_asks(tlsn, certs, openssl, b'r\n')
        yield ('the server asks for a certificate', 'tlsn>openssl',
               lambda: _openssl_asks(tlsn, certs, openssl, b'R\n'))
        for version in ('tls1.2', 'tls1.3'):
            yield (f'exported keying material, {version}', 'tlsn>openssl',
                   lambda version=version: _export(tlsn, certs, openssl, version))
            yield (f'exported keying material, {version}', 'openssl>tlsn',
                   lambda version=version: _export_to(tlsn, certs, openssl, version))
    if gnutls.program:
        for version in ('tls1.2', 'tls1.3'):
            yield (f'exported keying material, {version}', 'gnutls>tlsn',
                   lambda version=version: _export_to_gnutls(tlsn, certs, gnutls, version))
        yield 'the client begins', 'gnutls>tlsn', lambda: _gnutls_begins(tlsn, certs, gnutls)
        yield 'the client begins', 'tlsn>gnutls', lambda: _we_begin(
            tlsn, certs, gnutls.web_server('rsa'), GET, b'</HTML>')
    if shutil.which('curl'):
        yield 'the server asks for a certificate', 'curl>tlsn', lambda: _curl(tlsn, certs)


def _curl(tlsn, certs):
    server = www(tlsn, certs, '--client-auth', 'require', '--client-auth-after', '--ca', certs.cert('ca'))
    argv = [shutil.which('curl'), '-sS', '--tls-max', '1.2', '--max-time', STEP_SECONDS, '--cacert',
            certs.cert('ca'), '--cert', certs.cert('rsa'), '--key', certs.key('rsa'),
            f'https://localhost:{server.port}/']
    try:
        status, got, text = talk(argv, b'', b'client authenticated  yes')
        return *judge(got and status == 0, text), argv
    finally:
        server.close()


def run(tlsn, certs):
    return timed(_rows(tlsn, certs))


def timed(rows):
    """(row, lane, result, detail, seconds, client command) of every cell."""
    for row, lane, act in rows:
        start, argv = time.monotonic(), []
        try:
            result, detail, argv = act()
        except (RuntimeError, OSError) as error:
            result, detail = 'FAIL', str(error)
        yield row, lane, result, detail, time.monotonic() - start, shlex.join(str(a) for a in argv)
