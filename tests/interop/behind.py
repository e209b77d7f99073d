"""Client certificates behind a TLS 1.3 handshake, with OpenSSL and GnuTLS in both roles."""
import shutil

from again import GET, client_of_ours, fetch, judge, timed, www
from peer_gnutls import GnuTLS, GnuTLSServer
from peer_openssl import OpenSSL, OpenSSLServer
from process import Proc

TITLE = 'client certificates behind the handshake'
LATER = ('--post-handshake-auth', '--min-version', 'tls1.3')


def _ours(tlsn, certs, auth):
    return www(tlsn, certs, '--client-auth', auth, '--client-auth-after', '--ca', certs.cert('ca'))


def _judged(declines):
    return lambda said: [s['client_authenticated'] for s in said] == [False, not declines]


def _openssl_answers(tlsn, certs, openssl, declines=False):
    server = _ours(tlsn, certs, 'request' if declines else 'require')
    own = [] if declines else ['-cert', certs.cert('rsa'), '-key', certs.key('rsa')]
    argv = [openssl.program, 's_client', '-connect', f'127.0.0.1:{server.port}', '-servername', 'localhost',
            '-CAfile', certs.cert('ca'), '-tls1_3', '-enable_pha', *own]
    return fetch(server, argv, b'', b'200 OK', _judged(declines))


def _gnutls_answers(tlsn, certs, gnutls, declines=False):
    server = _ours(tlsn, certs, 'request' if declines else 'require')
    own = [] if declines else ['--x509certfile', certs.cert('rsa'), '--x509keyfile', certs.key('rsa')]
    argv = [gnutls.program, '--post-handshake-auth', '-p', server.port, '127.0.0.1', '--x509cafile', certs.cert('ca'),
            '--verify-hostname=localhost', '--sni-hostname=localhost', '--priority',
            'NORMAL:-VERS-ALL:+VERS-TLS1.3', *own]
    return fetch(server, argv, b'', b'200 OK', _judged(declines))


def _ask(server, argv, ask, shown):
    """A server asks by `ask`, a function of both processes, and shows what came; then data in both directions."""
    client = Proc(argv)
    try:
        client.send(b'from the client\n')
        got = server.proc.wait_for(lambda out: b'from the client' in out)
        ask(server.proc, client)
        got = server.proc.wait_for(lambda out: shown in out) and got
        client.send(b'and once more\n')
        got = server.proc.wait_for(lambda out: b'and once more' in out) and got
        client.close_input()
        client.finish()
        return *judge(got, client.text() + server.proc.text()), argv
    finally:
        client.kill()
        server.close()


def _openssl_asks(tlsn, certs, openssl):
    server = OpenSSLServer([openssl.program, 's_server', '-accept', '127.0.0.1:0', '-tls1_3', '-cert',
                            certs.cert('rsa'), '-key', certs.key('rsa'), '-CAfile', certs.cert('ca')])
    argv = client_of_ours(tlsn, certs, server.port, *LATER, '--cert', certs.cert('rsa'), '--key', certs.key('rsa'))
    return _ask(server, argv, lambda theirs, _: theirs.send(b'c\n'), b'verify return:1')


def _gnutls_asks(tlsn, certs, gnutls):
    """The echo mode of gnutls-serv asks when it hears a certain line."""
    server = GnuTLSServer([gnutls.serv, '--echo', '--priority', 'NORMAL:-VERS-ALL:+VERS-TLS1.3', '--x509certfile',
                           certs.cert('rsa'), '--x509keyfile', certs.key('rsa'), '--x509cafile', certs.cert('ca'),
                           '--disable-client-cert'])
    argv = client_of_ours(tlsn, certs, server.port, *LATER, '--cert', certs.cert('rsa'), '--key', certs.key('rsa'))

    def ask(_, ours):
        ours.send(b'**REAUTH**\n')
        ours.wait_for(lambda out: b'Successfully executed' in out)

    return _ask(server, argv, ask, b'Sending re-auth request')


def _rows(tlsn, certs):
    openssl, gnutls = OpenSSL('openssl', certs, shutil.which('openssl')), GnuTLS(certs)

    if openssl.program:
        yield 'a certificate', 'openssl>tlsn', lambda: _openssl_answers(tlsn, certs, openssl)
        yield 'none', 'openssl>tlsn', lambda: _openssl_answers(tlsn, certs, openssl, True)
        yield 'a certificate', 'tlsn>openssl', lambda: _openssl_asks(tlsn, certs, openssl)
    if gnutls.program:
        yield 'a certificate', 'gnutls>tlsn', lambda: _gnutls_answers(tlsn, certs, gnutls)
        yield 'none', 'gnutls>tlsn', lambda: _gnutls_answers(tlsn, certs, gnutls, True)
        yield 'a certificate', 'tlsn>gnutls', lambda: _gnutls_asks(tlsn, certs, gnutls)


def run(tlsn, certs):
    return timed(_rows(tlsn, certs))
