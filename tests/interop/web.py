"""Pages and larger transfers: curl, a browser, s_server -www and -WWW, gnutls-serv --http, a megabyte."""
import base64
import hashlib
import pathlib
import random
import re
import shlex
import shutil
import tempfile
import time

from names import SUITE
from peer_gnutls import GnuTLS, GnuTLSServer, words
from peer_openssl import LEVEL, OpenSSL, OpenSSLServer
from peer_tlsn import Tlsn
from process import STEP_SECONDS, output_of, talk
from want import Unable, Want

TITLE = 'pages and bulk'
BROWSERS = ('chromium', 'chromium-browser', 'google-chrome', 'chrome')
GET = b'GET / HTTP/1.0\r\nHost: localhost\r\n\r\n'
GCM, CBC = 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_RSA_WITH_AES_256_CBC_SHA'


def _megabyte(certs):
    """Lines of digits, the same every time."""
    source = random.Random(2)
    data = ''.join(f'{source.getrandbits(252):063x}\n' for _ in range(16384)).encode()
    path = certs.folder / 'megabyte.txt'
    path.write_bytes(data)
    return path, data


def _tlsn_client(tlsn, certs, port, suite=GCM):
    return [tlsn, 'client', '--linger', 0, '--timeout', STEP_SECONDS, '--ca', certs.cert('ca'),
            '--suites', suite, f'localhost:{port}']


def _fetch(argv, request, expect, seconds=STEP_SECONDS):
    """(result, detail) of a client that sends a request and has to see what is expected."""
    status, got, text = talk(argv, request, expect, seconds=seconds)
    if got and status == 0:
        return 'ok', ''
    tail = ' | '.join(line for line in text.splitlines()[-3:])
    return 'FAIL', f'{"it came" if got else "it did not come"}, exit status {status}: {tail[-200:]}'


def _curl(tlsn, certs):
    server = Tlsn(certs, tlsn).web_server('rsa')
    try:
        argv = [shutil.which('curl'), '-sS', '-i', '--max-time', STEP_SECONDS,
                '--cacert', certs.cert('ca'), f'https://localhost:{server.port}/']
        text = output_of([str(a) for a in argv])
        if ' 200 ' in text.split('\n')[0] and 'TLS_AES' in text:
            return 'ok', '', argv
        return 'FAIL', 'no page: ' + text[-200:], argv
    finally:
        server.close()


def _browser():
    """A Chromium of any name, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def _chromium(tlsn, certs):
    """Without a window it prints the page. It trusts the one key, since our authority is not in its store."""
    server = Tlsn(certs, tlsn).web_server('p256', '--cert-compression', 'brotli,zlib')
    der = base64.b64decode(''.join(pathlib.Path(certs.public_key('p256')).read_text().split('-----')[2].split()))
    pin = base64.b64encode(hashlib.sha256(der).digest()).decode()
    home = tempfile.mkdtemp(prefix='tlsn-browser-')
    argv = [_browser(), '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
            '--disable-background-networking', '--disable-component-update', '--disable-sync', '--virtual-time-budget=3000',
            f'--user-data-dir={home}', f'--ignore-certificate-errors-spki-list={pin}', '--dump-dom',
            f'https://localhost:{server.port}/']
    try:
        text = output_of(argv, 4 * STEP_SECONDS)
        said = server.report(1)
        packed = said.packed if said else None
        if re.search(r'version +tls1\.3', text) and packed in ('brotli', ''):
            return 'ok', '', argv
        return 'FAIL', f'no page by TLS 1.3 ({packed}): ' + text[-200:], argv
    finally:
        server.close()
        shutil.rmtree(home, ignore_errors=True)


def _from_server(make, tlsn, certs, request, expect):
    server = make()
    try:
        argv = _tlsn_client(tlsn, certs, server.port)
        return *_fetch(argv, request, expect), argv
    finally:
        server.close()


def _to_echo(tlsn, certs, client, data, suite):
    """A peer sends a megabyte to our echo server and wants all of it back."""
    server = Tlsn(certs, tlsn).server(Want(suite))
    try:
        argv = client(server.port, suite)
        return *_fetch(argv, data, data, 2 * STEP_SECONDS), argv
    finally:
        server.close()


def _rows(tlsn, certs):
    """(row, lane, function or the reason why not)"""
    openssl = OpenSSL('openssl', certs, shutil.which('openssl'))
    gnutls = GnuTLS(certs)
    path, data = _megabyte(certs)

    def s_client(port, suite):
        return [openssl.program, 's_client', '-quiet', '-no_ign_eof', '-connect', f'127.0.0.1:{port}',
                '-CAfile', certs.cert('ca'), '-tls1_2', '-cipher', openssl.suites[SUITE[suite].code] + ':' + LEVEL]

    def gnutls_cli(port, suite):
        return [gnutls.program, '-p', port, '127.0.0.1', '--x509cafile', certs.cert('ca'),
                '--priority', gnutls.priority('tls1.2', ':'.join('+' + w for w in words(SUITE[suite]))),
                '--verify-hostname=localhost']

    def s_server():
        # -WWW serves files of the working directory
        return OpenSSLServer(['sh', '-c', f'cd {shlex.quote(str(certs.folder))} && exec "$@"', 'sh',
                              openssl.program, 's_server', '-accept', '127.0.0.1:0', '-WWW',
                              '-tls1_2', '-cert', certs.cert('rsa'), '-key', certs.key('rsa')])

    def gnutls_serv():
        plain = gnutls.web_server('rsa')
        argv = plain.proc.argv[:-2] + ['--httpdata', path]
        plain.close()
        return GnuTLSServer(argv)

    yield ('curl fetches from --www', 'curl>tlsn',
           (lambda: _curl(tlsn, certs)) if shutil.which('curl') else 'curl is not installed')
    yield ('Chromium fetches from --www', 'chromium>tlsn',
           (lambda: _chromium(tlsn, certs)) if _browser() else 'no Chromium is installed')
    if openssl.program:
        yield ('page of s_server -www', 'tlsn>openssl', lambda: _from_server(
            lambda: openssl.web_server('rsa'), tlsn, certs, GET, b'Ciphers supported'))
        yield ('1 MB', 'tlsn>openssl', lambda: _from_server(
            s_server, tlsn, certs, b'GET /megabyte.txt HTTP/1.0\r\n\r\n', data))
        for suite in (GCM, CBC):
            yield (f'1 MB {suite}', 'openssl>tlsn',
                   lambda suite=suite: _to_echo(tlsn, certs, s_client, data, suite))
    if gnutls.program:
        yield ('page of gnutls-serv --http', 'tlsn>gnutls', lambda: _from_server(
            lambda: gnutls.web_server('rsa'), tlsn, certs, GET, b'</HTML>'))
        yield ('1 MB', 'tlsn>gnutls', lambda: _from_server(gnutls_serv, tlsn, certs, GET, data))
        for suite in (GCM, CBC):
            yield (f'1 MB {suite}', 'gnutls>tlsn',
                   lambda suite=suite: _to_echo(tlsn, certs, gnutls_cli, data, suite))


def run(tlsn, certs):
    """(row, lane, result, detail, seconds, client command) of every cell."""
    for row, lane, act in _rows(tlsn, certs):
        start, argv = time.monotonic(), []
        if isinstance(act, str):
            result, detail = '-', act
        else:
            try:
                result, detail, argv = act()
            except Unable as reason:
                result, detail = '-', str(reason)
            except (RuntimeError, OSError) as error:
                result, detail = 'FAIL', str(error)
        yield row, lane, result, detail, time.monotonic() - start, shlex.join(str(a) for a in argv)
