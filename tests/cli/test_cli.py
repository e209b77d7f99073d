#!/usr/bin/env python3
"""Tests of the command `tlsn`: options, exit statuses, error lines, data both ways.

usage: test_cli.py [--tlsn PROGRAM] [NAME...]

Expected values come from the command's contract (names, exit statuses) and from Python's own TLS
(OpenSSL) as a living peer. Everything runs on the loopback address with deadlines. Ends with
`N passed, N failed, N skipped`.
"""
import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import unittest.mock

TLSN = 'build/tlsn'
WORK = None  # pathlib.Path of this run's files
WAIT = 20
OK, USAGE, TRANSPORT, PROTOCOL, CERT = range(5)


def tlsn(*args, stdin=b'', env=None):
    """Runs tlsn to its end: status, stdout, stderr (texts)."""
    if args[:1] == ('client',) and not stdin and '--linger' not in args:
        args = ('client', '--linger', '0.05', *args[1:])  # nothing is sent, nothing comes
    environ = dict(os.environ, **(env or {}))
    if not env:
        environ.pop('SSLKEYLOGFILE', None)
    done = subprocess.run([TLSN, *map(str, args)], input=stdin, capture_output=True, timeout=WAIT,
                          env=environ, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Server:
    """A running `tlsn server` on a port of its own choice."""

    def __init__(self, *args, stdin=subprocess.DEVNULL):
        self.process = subprocess.Popen([TLSN, 'server', *map(str, args), '127.0.0.1:0'],
                                        stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = self.process.stdout.readline().decode()
        if not line.startswith('listening on 127.0.0.1:'):
            raise AssertionError(f'{line!r} {self.process.stderr.read()!r}')
        self.port = int(line.rsplit(':', 1)[1])
        self.address = f'localhost:{self.port}'

    def finish(self, sig=None):
        """Its status, further stdout, stderr; sig is sent first."""
        if sig:
            self.process.send_signal(sig)
        out, err = self.process.communicate(timeout=WAIT)
        return self.process.returncode, out.decode(), err.decode()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
        for stream in (self.process.stdout, self.process.stderr):
            stream.close()


@contextlib.contextmanager
def tcp_server(behave):
    """A TCP listener whose one connection is handed to `behave`."""
    with socket.create_server(('127.0.0.1', 0)) as listener:
        def serve():
            with contextlib.suppress(OSError):
                conn = listener.accept()[0]
                with conn:
                    behave(conn)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f'127.0.0.1:{listener.getsockname()[1]}'
    thread.join(WAIT)


def make_certs():
    """ca.pem signs rsa, ec (localhost, 127.0.0.1), alpha and client; other.pem is a stranger."""
    def run(*args):
        status, _, err = tlsn('cert', *args)
        if status != OK:
            raise SystemExit(f'tlsn cert {args}: {err}')
    run('ca', '--subject', 'CN=Test CA', '--out', WORK / 'ca.pem', '--key-out', WORK / 'ca.key')
    run('ca', '--subject', 'CN=Other CA', '--out', WORK / 'other.pem',
        '--key-out', WORK / 'other.key')
    for name, kind, names in (('ec', 'ec:P-256', ['localhost', '127.0.0.1']),
                              ('rsa', 'rsa:2048', ['localhost', '127.0.0.1']),
                              ('alpha', 'ec:P-256', ['alpha.example']),
                              ('client', 'ec:P-256', ['somebody'])):
        run('issue', '--ca', WORK / 'ca.pem', '--ca-key', WORK / 'ca.key', '--key-type', kind,
            *(word for n in names for word in ('--name', n)),
            '--out', WORK / f'{name}.pem', '--key-out', WORK / f'{name}.key')


def pair(name):
    return ['--cert', WORK / f'{name}.pem', '--key', WORK / f'{name}.key']


def trust():
    return ['--ca', WORK / 'ca.pem']


class Case(unittest.TestCase):
    def check(self, result, status, *texts):
        """Compares the status and looks for texts in the one line on stderr."""
        self.assertEqual(result[0], status, result)
        if status != OK:
            last = result[2].splitlines()[-1:] or ['']
            self.assertTrue(last[0].startswith('tlsn: '), result[2])
        for text in texts:
            self.assertIn(text, result[2])
        return result

    def python_client(self, server, **settings):
        context = ssl.create_default_context(cafile=WORK / 'ca.pem')
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        for name, value in settings.items():
            setattr(context, name, value)
        sock = socket.create_connection(('127.0.0.1', server.port), timeout=WAIT)
        return context.wrap_socket(sock, server_hostname='localhost')


class Usage(Case):
    def test_no_command(self):
        self.check(tlsn(), USAGE, 'which command')

    def test_unknown_command_suggests(self):
        self.check(tlsn('clinet'), USAGE, 'clinet', 'did you mean client?')

    def test_unknown_option_suggests(self):
        self.check(tlsn('client', '--alnp', 'h2', 'a:1'), USAGE, '--alnp', 'unknown option',
                   '--alpn')

    def test_unknown_option_without_neighbour(self):
        result = self.check(tlsn('client', '--quite-different', 'a:1'), USAGE, 'unknown option')
        self.assertNotIn('did you mean', result[2])

    def test_option_of_another_command(self):
        self.check(tlsn('client', '--www', 'a:1'), USAGE, '--www: not an option of client')

    def test_keys_without_their_names_are_refused(self):
        self.check(tlsn('client', '--psk', '00', 'a:1'), USAGE, '--psk', 'go in pairs')
        self.check(tlsn('client', '--psk-identity', 'joe', '--psk', 'xyz', 'a:1'), USAGE,
                   'neither', 'hexadecimal')
        self.check(tlsn('client', '--srp-user', 'joe', 'a:1'), USAGE, '--srp-password')

    def test_srp_verifier_is_a_line_for_a_server(self):
        status, out, _ = tlsn('srp-verifier', '--srp-user', 'joe', '--srp-password', 'secret',
                              '--srp-bits', '1024')
        self.assertEqual(status, 0)
        text = out.decode() if isinstance(out, bytes) else out
        name, bits, salt, verifier = text.strip().split(':')
        self.assertEqual((name, bits, len(salt), len(verifier)), ('joe', '1024', 32, 256))

    def test_options_of_later_features_are_refused(self):
        for words in (['--trace'], ['--trace=json'], ['--dtls'], ['--starttls', 'smtp']):
            self.check(tlsn('client', *words, 'a:1'), USAGE, words[0].split('=')[0],
                       'not implemented yet')

    def test_commands_of_later_features_are_refused(self):
        for words in (['scan', 'a:1'], ['probe', 's', 'a:1'], ['decode', 'f'], ['bench']):
            self.check(tlsn(*words), USAGE, 'not implemented yet')

    def test_values(self):
        for words, text in ((['--timeout', 'soon'], '--timeout'), (['--reconnect', '-1'], '-1'),
                            (['--policy', 'strange'], 'strange'), (['--timeout'], 'needs'),
                            (['--no-sni=1'], 'takes no value'), (['--seed', 'xyz'], '--seed'),
                            (['--min-version', 'tls9'], 'tls9')):
            self.check(tlsn('client', '--no-verify', *words, '127.0.0.1:1')
                       if words != ['--timeout'] else tlsn('client', *words), USAGE, text)

    def test_addresses(self):
        for address in ('localhost', 'localhost:', ':1', 'a:b', '[::1]', '[]:1', 'a:70000'):
            self.check(tlsn('client', '--no-verify', address), USAGE, address)
        self.check(tlsn('client', '--no-verify', '::1:443'), USAGE, 'brackets')

    def test_names_in_lists(self):
        for option in ('--suites', '--groups', '--sigalgs'):
            self.check(tlsn('client', '--no-verify', option, 'NO_SUCH_NAME', 'a:1'), USAGE, option,
                       'NO_SUCH_NAME')

    def test_versions_out_of_order(self):
        self.check(tlsn('client', '--no-verify', '--min-version', 'tls1.2', '--max-version',
                        'tls1.0', 'a:1'), USAGE, 'version')

    def test_files(self):
        nowhere = WORK / 'nowhere.pem'
        self.check(tlsn('client', '--ca', nowhere, 'a:1'), USAGE, '--ca', 'nowhere.pem', 'No such')
        self.check(tlsn('client', '--no-verify', '--session-in', nowhere, 'a:1'), USAGE,
                   '--session-in', 'nowhere.pem')
        self.check(tlsn('server', '--cert', nowhere, '0'), USAGE, '--cert', 'nowhere.pem')
        self.check(tlsn('server', '--cert', WORK / 'ec.pem', '--key', nowhere, '0'), USAGE,
                   '--key', 'nowhere.pem')
        self.check(tlsn('server', *pair('ec'), '--ticket-key', WORK / 'ca.pem', '0'), USAGE,
                   '--ticket-key', '32 bytes')
        junk = WORK / 'junk'
        junk.write_bytes(b'no certificate')
        self.check(tlsn('server', '--cert', junk, '--key', WORK / 'ec.key', '0'), USAGE, 'junk')
        self.check(tlsn('server', '--cert', WORK / 'ec.pem', '--key', junk, '0'), USAGE, 'junk')
        self.check(tlsn('client', '--ca', junk, 'a:1'), USAGE, 'junk')
        self.check(tlsn('client', '--no-verify', '--session-in', junk, 'a:1'), USAGE, 'junk')

    def test_key_of_another_certificate(self):
        self.check(tlsn('server', '--cert', WORK / 'ec.pem', '--key', WORK / 'alpha.key', '0'),
                   USAGE, 'alpha.key', 'does not belong', 'ec.pem')

    def test_encrypted_keys_and_containers(self):
        password, wrong = WORK / 'password', WORK / 'wrong-password'
        password.write_text('secret\n')
        wrong.write_text('secre')
        subprocess.run(['openssl', 'pkcs8', '-topk8', '-in', WORK / 'ec.key', '-out',
                        WORK / 'sealed.key', '-passout', 'pass:secret'], check=True)
        subprocess.run(['openssl', 'pkcs12', '-export', '-in', WORK / 'ec.pem', '-inkey',
                        WORK / 'ec.key', '-certfile', WORK / 'ca.pem', '-out', WORK / 'ec.p12',
                        '-passout', 'pass:secret'], check=True)
        for files in (['--cert', WORK / 'ec.pem', '--key', WORK / 'sealed.key'],
                      ['--cert', WORK / 'ec.p12']):
            with Server('--once', '--www', *files, '--password-file', password) as server:
                self.check(tlsn('client', *trust(), server.address), OK)
            name = files[-1].name
            self.check(tlsn('server', *files, '0'), USAGE, name, 'encrypted', '--password-file')
            self.check(tlsn('server', *files, '--password-file', wrong, '0'), USAGE, name,
                       'password is wrong')

    def test_key_in_a_token(self):
        module = next((path for path in ('/usr/lib/softhsm/libsofthsm2.so',
                                         '/usr/lib64/pkcs11/libsofthsm2.so')
                       if pathlib.Path(path).exists()), None)
        out = tlsn('server', '--cert', WORK / 'ec.pem', '--key', 'pkcs11:object=none', '0')
        if module is None or 'without p11-kit' in out[2] or not shutil.which('softhsm2-util'):
            self.skipTest('no p11-kit or no SoftHSM')
        conf = WORK / 'softhsm2.conf'
        (WORK / 'tokens').mkdir()
        conf.write_text(f'directories.tokendir = {WORK / "tokens"}\n')
        env = dict(os.environ, SOFTHSM2_CONF=str(conf))
        subprocess.run(['openssl', 'pkcs8', '-topk8', '-nocrypt', '-in', WORK / 'ec.key', '-out',
                        WORK / 'ec.p8'], check=True)
        for words in (['--init-token', '--free', '--label', 'cli', '--so-pin', '5678'],
                      ['--import', WORK / 'ec.p8', '--token', 'cli', '--label', 'a key', '--id',
                       '01']):
            subprocess.run(['softhsm2-util', *words, '--pin', '1234'], check=True, env=env,
                           capture_output=True)
        uri = f'pkcs11:token=cli;object=a%20key?module-path={module}'
        cert = ['--cert', WORK / 'ec.pem']
        with unittest.mock.patch.dict(os.environ, SOFTHSM2_CONF=str(conf)):
            for pin in (['--key', uri + '&pin-value=1234'],
                        ['--key', 'pkcs11:object=a%20key?pin-value=1234', '--pkcs11-module',
                         module]):
                with Server('--once', '--www', *cert, *pin) as server:
                    self.check(tlsn('client', *trust(), server.address), OK)
            self.check(tlsn('server', *cert, '--key', uri + '&pin-value=4321', '0'), USAGE,
                       '--key', 'password is wrong', 'CKR_PIN_INCORRECT')
            self.check(tlsn('server', *cert, '--key', uri, '0'), USAGE, '--key', 'not there')
            self.check(tlsn('server', '--cert', WORK / 'rsa.pem', '--key',
                            uri + '&pin-value=1234', '0'), USAGE, 'does not belong')
            self.check(tlsn('server', *cert, '--key', 'pkcs11:object', '0'), USAGE, 'RFC 7512')

    def test_server_options(self):
        self.check(tlsn('server', '0'), USAGE, '--cert')
        self.check(tlsn('server', *pair('ec'), '--www', '--echo', '0'), USAGE, '--www', '--echo')
        self.check(tlsn('server', *pair('ec'), '--workers', '0', '--www', '0'), USAGE, '--workers')
        self.check(tlsn('server', *pair('ec'), '--accepts', '0', '0'), USAGE, '--accepts')
        self.check(tlsn('server', *pair('ec'), '--vhost', 'a', '0'), USAGE, 'NAME:CERT:KEY')
        self.check(tlsn('server', *pair('ec'), '--sni-fatal', '0'), USAGE, '--sni-fatal')
        self.check(tlsn('server', *pair('ec'), '--renegotiation', 'often', '0'), USAGE, 'often')
        self.check(tlsn('server', *pair('ec'), '--client-auth-after', '0'), USAGE, '--www')
        self.check(tlsn('server', *pair('ec'), '--www', '--client-auth-after', '0'), USAGE,
                   '--client-auth')

    def test_help_of_every_command(self):
        status, out, _ = tlsn('--help')
        self.assertEqual(status, OK)
        for command in ('client', 'server', 'list', 'flows', 'scan', 'cert ca', 'cert verify'):
            self.assertIn(command, out)
            status, text, err = tlsn(*command.split(), '--help')
            self.assertEqual((status, err), (OK, ''))
            self.assertTrue(text.startswith(f'usage: tlsn {command}'), text)
        self.assertIn('cert issue', tlsn('cert', '--help')[1])
        for option in ('--sni', '--session-out', '--reconnect', '--keylog', '--early-data'):
            self.assertIn(option, tlsn('client', '--help')[1])

    def test_version(self):
        self.assertRegex(tlsn('--version')[1], r'^tlsn \d+\.\d+\.\d+\n$')

    def test_manual_page(self):
        status, out, _ = tlsn('--man')
        self.assertEqual(status, OK)
        self.assertTrue(out.startswith('.TH TLSN 1'))
        self.assertIn('\\-\\-session\\-out', out)

    def test_completion(self):
        status, out, _ = tlsn('--completion', 'bash')
        self.assertEqual(status, OK)
        script = out + '\nCOMP_WORDS=(tlsn client --session-o); COMP_CWORD=2; _tlsn\n' \
                       'echo "${COMPREPLY[*]}"\n'
        done = subprocess.run(['bash', '-c', script], capture_output=True, check=True, timeout=WAIT)
        self.assertEqual(done.stdout, b'--session-out\n')
        self.check(tlsn('--completion', 'fish'), USAGE, 'fish')


class Tables(Case):
    def test_every_kind_as_text_and_json(self):
        for kind, key in (('suites', 'name'), ('groups', 'name'), ('sigalgs', 'name'),
                          ('extensions', 'type'), ('alerts', 'number'), ('versions', 'name'),
                          ('policies', 'name')):
            status, out, _ = tlsn('list', kind)
            self.assertEqual(status, OK)
            rows = [json.loads(line) for line in tlsn('list', kind, '--json')[1].splitlines()]
            self.assertEqual(len(rows) + 1, len(out.splitlines()), kind)
            self.assertTrue(all(key in row for row in rows), kind)

    def test_known_rows(self):
        suites = {row['name']: row for row in
                  map(json.loads, tlsn('list', 'suites', '--json')[1].splitlines())}
        row = suites['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256']
        self.assertEqual(int(row['id'], 16), 0xc02f)  # RFC 5289
        self.assertEqual(row['openssl'], 'ECDHE-RSA-AES128-GCM-SHA256')
        self.assertEqual(row['versions'], ['tls1.2'])
        self.assertEqual((row['key_exchange'], row['authentication']), ('ECDHE', 'RSA'))
        self.assertEqual((row['cipher'], row['mac'], row['prf']), ('AES_128_GCM', 'AEAD', 'SHA256'))
        self.assertEqual((row['policy'], row['recommended'], row['implemented'], row['reason']),
                         ('modern', True, True, None))
        row = suites['TLS_KRB5_WITH_DES_CBC_SHA']  # RFC 2712
        self.assertEqual((row['implemented'], row['source']), (False, 'RFC 2712'))
        self.assertIn('Kerberos', row['reason'])
        alerts = {row['number']: row['name'] for row in
                  map(json.loads, tlsn('list', 'alerts', '--json')[1].splitlines())}
        self.assertEqual(alerts[48], 'unknown_ca')  # RFC 5246 7.2

    def test_unknown_kind(self):
        self.check(tlsn('list', 'suits'), USAGE, 'suits', 'suites?')

    def test_flows(self):
        rows = [json.loads(line) for line in tlsn('flows', '--json')[1].splitlines()]
        self.assertTrue(any('client' in row['flow'] for row in rows))
        self.assertTrue(any('server' in row['flow'] for row in rows))
        self.assertEqual(len(tlsn('flows')[1].splitlines()), len(rows) + 1)
        dot = tlsn('flows', '--dot')[1]
        self.assertTrue(dot.startswith('digraph'))
        self.assertEqual(dot.count('{'), dot.count('}'))


class Certificates(Case):
    def test_private_keys_are_private(self):
        mode = stat.S_IMODE((WORK / 'ec.key').stat().st_mode)
        self.assertEqual(mode, 0o600)

    def test_existing_files_stay(self):
        before = (WORK / 'ca.pem').read_bytes()
        out = WORK / 'fresh.key'
        self.check(tlsn('cert', 'ca', '--out', WORK / 'ca.pem', '--key-out', out), USAGE, 'ca.pem',
                   'exists already')
        self.assertEqual((WORK / 'ca.pem').read_bytes(), before)
        self.assertFalse(out.exists())

    def test_force_replaces(self):
        paths = ['--out', WORK / 'f.pem', '--key-out', WORK / 'f.key']
        self.check(tlsn('cert', 'self-signed', '--name', 'a', *paths), OK)
        before = (WORK / 'f.pem').read_bytes()
        (WORK / 'f.key').chmod(0o644)
        self.check(tlsn('cert', 'self-signed', '--name', 'a', '--force', *paths), OK)
        self.assertNotEqual((WORK / 'f.pem').read_bytes(), before)
        self.assertEqual(stat.S_IMODE((WORK / 'f.key').stat().st_mode), 0o600)

    def test_seed_and_time_repeat(self):
        args = ['cert', 'self-signed', '--name', 'a', '--key-type', 'ed25519', '--seed', '0102',
                '--time', '1700000000', '--key-out', '/dev/null']
        first = self.check(tlsn(*args), OK, 'warning')
        self.assertEqual(first[1], tlsn(*args)[1])
        self.assertIn('BEGIN CERTIFICATE', first[1])

    def test_show(self):
        row = json.loads(tlsn('cert', 'show', '--json', WORK / 'ec.pem')[1].splitlines()[0])
        self.assertEqual(row['subject'], 'CN=localhost')
        self.assertEqual(row['issuer'], 'CN=Test CA')
        self.assertIn('127.0.0.1', row['names'])
        self.assertIn('CN=Test CA', tlsn('cert', 'show', WORK / 'ca.pem')[1])
        self.check(tlsn('cert', 'show', WORK / 'ca.key'), USAGE, 'ca.key')

    def test_delegation_usage(self):
        made = tlsn('cert', 'self-signed', '--name', 'a', '--key-type', 'rsa:2048', '--delegation-usage',
                    '--key-out', WORK / 'delegating.key', '--out', WORK / 'delegating.pem')
        self.check(made, OK)
        row = json.loads(tlsn('cert', 'show', '--json', WORK / 'delegating.pem')[1])
        self.assertTrue(row['delegation_usage'])
        self.assertIn('RFC 9345', tlsn('cert', 'show', WORK / 'delegating.pem')[1])
        row = json.loads(tlsn('cert', 'show', '--json', WORK / 'ec.pem')[1].splitlines()[0])
        self.assertFalse(row['delegation_usage'])

    @staticmethod
    def delegating():
        """A certificate of the authority that may delegate, made once."""
        cert, key = WORK / 'owner.pem', WORK / 'owner.key'
        if not cert.exists():
            tlsn('cert', 'issue', *trust(), '--ca-key', WORK / 'ca.key', '--name', 'localhost',
                 '--delegation-usage', '--out', cert, '--key-out', key)
        return cert, key

    def delegate(self, name, *args):
        cert, key = self.delegating()
        return tlsn('cert', 'delegate', '--cert', cert, '--cert-key', key, '--key-type', 'ed25519', '--out',
                    WORK / f'{name}.pem', '--key-out', WORK / f'{name}.key', '--force', *args)

    def test_delegate_shows_what_it_is(self):
        self.check(self.delegate('dc'), OK)
        self.assertEqual(stat.S_IMODE((WORK / 'dc.key').stat().st_mode), 0o600)
        rows = [json.loads(line) for line in
                tlsn('cert', 'show', '--json', self.delegating()[0], WORK / 'dc.pem')[1].splitlines()]
        self.assertEqual((rows[-1]['scheme'], rows[-1]['key']), ('ed25519', 'Ed25519'))
        self.assertTrue(rows[-1]['signed'])
        self.assertFalse(rows[-1]['client'])
        self.assertAlmostEqual(rows[-1]['not_after'] - time.time(), 3 * 86400, delta=60)
        self.check(self.delegate('dc-client', '--client', '--days', '7'), OK)
        text = tlsn('cert', 'show', self.delegating()[0], WORK / 'dc-client.pem')[1]
        self.assertIn('clients', text)
        text = tlsn('cert', 'show', WORK / 'ec.pem', WORK / 'dc-client.pem')[1]
        self.assertIn('nobody', text)

    def test_delegate_refuses(self):
        self.check(self.delegate('no', '--days', '8'), USAGE, '7 days')
        self.check(self.delegate('no', '--not-after', '1000000000'), USAGE, '7 days')
        self.check(self.delegate('no', '--scheme', 'ed448'), USAGE, '--key')
        self.check(self.delegate('no', '--scheme', 'rot13'), USAGE, 'unknown signature scheme')
        self.check(tlsn('cert', 'delegate', '--cert', WORK / 'ec.pem', '--cert-key', WORK / 'ec.key', '--key-out',
                        WORK / 'no.key'), USAGE, 'DelegationUsage')
        self.check(tlsn('cert', 'delegate', '--key-out', WORK / 'no.key'), USAGE, 'needs one --cert')
        self.assertFalse((WORK / 'no.key').exists())

    def test_delegated_credentials_of_both_sides(self):
        cert, key = self.delegating()
        own = ['--cert', cert, '--key', key, '--delegated', 'default', *trust()]
        self.check(self.delegate('dcs'), OK)
        self.check(self.delegate('dcc', '--client'), OK)
        both = WORK / 'dcc-both.pem'
        both.write_bytes((WORK / 'dcc.pem').read_bytes() + (WORK / 'dcc.key').read_bytes())
        with Server('--once', '--json', '--echo', '--client-auth', 'require', *own, '--delegated-credential',
                    WORK / 'dcs.pem', '--delegated-key', WORK / 'dcs.key') as server:
            result = tlsn('client', '--json', *own, '--delegated-credential', both, server.address, stdin=b'x')
            self.check(result, OK)
            row = json.loads(result[1].splitlines()[0])
            theirs = json.loads(server.finish()[1].splitlines()[0])
        for said in row, theirs:
            self.assertEqual(said['server_delegated']['scheme'], 'ed25519')
            self.assertEqual(said['client_delegated']['scheme'], 'ed25519')
            self.assertTrue(said['client_authenticated'])

    def test_delegated_credential_needs_its_certificate_and_key(self):
        cert, key = self.delegating()
        self.check(self.delegate('dcs'), OK)
        dc = ['--delegated-credential', WORK / 'dcs.pem', '--delegated-key']
        own = ['--cert', cert, '--key', key]
        tlsn('cert', 'self-signed', '--name', 'x', '--delegation-usage', '--out',
             WORK / 'x.pem', '--key-out', WORK / 'x.key')
        tlsn('cert', 'delegate', '--cert', WORK / 'x.pem', '--cert-key', WORK / 'x.key', '--out', WORK / 'foreign.pem',
             '--key-out', WORK / 'foreign.key')
        for args, text in ((['server', *pair('ec'), *dc, WORK / 'dcs.key', '0'], 'may not delegate'),
                           (['server', *own, *pair('ec'), *dc[:1], WORK / 'foreign.pem', *dc[2:], WORK / 'foreign.key', '0'],
                            'no --cert signed it'),
                           (['server', *own, *dc, key, '0'], 'does not belong'),
                           (['server', *own, '--delegated-credential', cert, '--delegated-key', key, '0'],
                            'is no delegated credential'),
                           (['client', '--delegated', 'rsa_pss_rsae_sha256', 'a:1'],
                            'rsa_pss_rsae_sha256 signs for no delegated credential'),
                           (['client', '--delegated', 'rot13', 'a:1'], 'rot13')):
            self.check(tlsn(*args), USAGE, text)

    def test_verify(self):
        self.check(tlsn('cert', 'verify', *trust(), '--name', 'localhost', WORK / 'ec.pem'), OK)
        self.check(tlsn('cert', 'verify', *trust(), '--name', 'b.example', WORK / 'ec.pem'), CERT,
                   'name')
        self.check(tlsn('cert', 'verify', '--ca', WORK / 'other.pem', WORK / 'ec.pem'), CERT)
        self.check(tlsn('cert', 'verify', *trust(), '--require-policy', WORK / 'ec.pem'), CERT,
                   'policies are not acceptable')
        self.check(tlsn('cert', 'verify', *trust(), '--accept-policies', 'x', WORK / 'ec.pem'), CERT)
        self.check(tlsn('cert', 'verify', *trust(), '--time', 4000000000, WORK / 'ec.pem'), CERT,
                   'expired')
        row = json.loads(tlsn('cert', 'verify', *trust(), '--json', WORK / 'ec.pem')[1])
        self.assertEqual((row['verdict'], row['path']), ('ok', ['CN=localhost', 'CN=Test CA']))

    def test_purpose(self):
        paths = ['--out', WORK / 'c.pem', '--key-out', WORK / 'c.key']
        self.check(tlsn('cert', 'issue', *trust(), '--ca-key', WORK / 'ca.key', '--name', 'c',
                        '--client', *paths), OK)
        self.check(tlsn('cert', 'verify', *trust(), '--purpose', 'client', WORK / 'c.pem'), OK)
        self.check(tlsn('cert', 'verify', *trust(), '--purpose', 'server', WORK / 'c.pem'), CERT)

    def test_request(self):
        status, out, _ = tlsn('cert', 'csr', '--name', 'a.example', '--key', WORK / 'ec.key')
        self.assertEqual(status, OK)
        self.assertIn('BEGIN CERTIFICATE REQUEST', out)

    def openssl(self, *args):
        done = subprocess.run(['openssl', *map(str, args)], capture_output=True, check=False,
                              timeout=WAIT)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.decode()

    def test_authority_with_an_intermediate_answers_a_request(self):
        root = ['--ca', WORK / 'ca.pem', '--ca-key', WORK / 'ca.key']
        inter = ['--ca', WORK / 'inter.pem', '--ca-key', WORK / 'inter.key']
        self.check(tlsn('cert', 'ca', *root, '--subject', 'CN=Inter', '--path-len', 0, '--permit',
                        'DNS:example', '--policies', '1.2.3.4', '--out', WORK / 'inter.pem',
                        '--key-out', WORK / 'inter.key'), OK)
        self.check(tlsn('cert', 'csr', '--name', 'a.example', '--key-out', WORK / 'q.key', '--out',
                        WORK / 'q.csr'), OK)
        self.check(tlsn('cert', 'issue', *inter, '--csr', WORK / 'q.csr', '--must-staple',
                        '--crl-url', 'http://a.example/crl', '--out', WORK / 'q.pem'), OK)
        self.assertIn('OK', self.openssl('verify', '-CAfile', WORK / 'ca.pem', '-untrusted',
                                         WORK / 'inter.pem', WORK / 'q.pem'))
        text = self.openssl('x509', '-in', WORK / 'q.pem', '-noout', '-text')
        for part in ('Subject: CN = a.example', 'DNS:a.example', 'status_request',
                     'URI:http://a.example/crl'):
            self.assertIn(part, text)
        self.check(tlsn('cert', 'issue', *inter, '--csr', WORK / 'q.csr', '--key-out', 'x'), USAGE,
                   '--csr')
        self.check(tlsn('cert', 'issue', *inter, '--csr', WORK / 'ec.key'), USAGE, '--csr')

    def test_revocation_list_and_response(self):
        root = ['--ca', WORK / 'ca.pem', '--ca-key', WORK / 'ca.key']
        self.check(tlsn('cert', 'crl', *root, '--revoke', '01ab=keyCompromise', '--revoke',
                        WORK / 'alpha.pem', '--number', 7, '--out', WORK / 'x.crl'), OK)
        text = self.openssl('crl', '-in', WORK / 'x.crl', '-noout', '-text', '-CAfile',
                            WORK / 'ca.pem')
        for part in ('Serial Number: 01AB', 'Key Compromise', '7'):
            self.assertIn(part, text)
        self.check(tlsn('cert', 'verify', *trust(), '--crl', WORK / 'x.crl', WORK / 'alpha.pem'),
                   CERT, 'revoked')
        for status in ('good', 'revoked', 'unknown'):
            self.check(tlsn('cert', 'ocsp', *root, '--status', status, '--force', '--out',
                            WORK / 'x.ocsp', WORK / 'ec.pem'), OK)
            text = self.openssl('ocsp', '-respin', WORK / 'x.ocsp', '-CAfile', WORK / 'ca.pem',
                                '-issuer', WORK / 'ca.pem', '-cert', WORK / 'ec.pem', '-no_nonce')
            self.assertIn(f'ec.pem: {status}', text)
        self.check(tlsn('cert', 'crl', *root, '--revoke', '01=because'), USAGE, 'because')

    def test_weak_and_odd_certificates_by_name(self):
        self.check(tlsn('cert', 'self-signed', '--name', 'a', '--key-type', 'insecure-rsa:512',
                        '--signature', 'rsa_pkcs1_md5', '--not-before', 1000000000, '--not-after',
                        1000086400, '--key-out', WORK / 'w.key', '--extension', '1.2.3.4!=0500',
                        '--eku', 'none', '--out', WORK / 'w.pem'), OK)
        text = self.openssl('x509', '-in', WORK / 'w.pem', '-noout', '-text')
        for part in ('md5WithRSA', '512 bit', '2001', '1.2.3.4: critical'):
            self.assertIn(part, text)
        self.assertNotIn('Extended Key Usage', text)

    def test_new_key_is_encrypted(self):
        (WORK / 'secret').write_text('secret')
        for scheme in ('aes-256', 'scrypt', 'pkcs12-3des'):
            self.check(tlsn('cert', 'self-signed', '--name', 'a', '--encrypt', scheme,
                            '--password-file', WORK / 'secret', '--force', '--key-out',
                            WORK / 's.key', '--out', WORK / 's.pem'), OK)
            self.assertIn('BEGIN ENCRYPTED', (WORK / 's.key').read_text())
            self.openssl('pkey', '-in', WORK / 's.key', '-passin', 'pass:secret', '-noout')
        self.check(tlsn('cert', 'self-signed', '--name', 'a', '--encrypt', 'aes-256', '--force',
                        '--key-out', WORK / 's.key'), USAGE, '--password-file')

    def test_pkcs12_holds_key_and_chain(self):
        (WORK / 'secret').write_text('secret')
        self.check(tlsn('cert', 'issue', *trust(), '--ca-key', WORK / 'ca.key', '--name',
                        'localhost', '--pkcs12', WORK / 'made.p12', '--password-file',
                        WORK / 'secret', '--out', WORK / 'made.pem'), OK)
        text = self.openssl('pkcs12', '-in', WORK / 'made.p12', '-passin', 'pass:secret', '-nodes')
        self.assertIn('BEGIN PRIVATE KEY', text)
        self.assertIn('CN = localhost', text)
        with Server('--once', '--www', '--cert', WORK / 'made.p12', '--password-file',
                    WORK / 'secret') as server:
            self.check(tlsn('client', *trust(), server.address), OK)

    def test_mistakes(self):
        issue = ['cert', 'issue', *trust(), '--name', 'a', '--key-out', WORK / 'm.key']
        self.check(tlsn('cert', 'ca'), USAGE, '--key-out')
        self.check(tlsn(*issue), USAGE, '--ca-key')
        self.check(tlsn(*issue, '--ca-key', WORK / 'other.key'), USAGE, 'does not belong')
        self.check(tlsn('cert', 'self-signed', '--key-out', WORK / 'm.key'), USAGE, '--name')
        self.check(tlsn('cert', 'ca', '--key-type', 'rot13', '--key-out', WORK / 'm.key'), USAGE,
                   'rot13')
        self.check(tlsn('cert', 'ca', '--out', WORK / 'm', '--key-out', WORK / 'm'), USAGE, 'same')
        self.assertFalse((WORK / 'm.key').exists())


class Transport(Case):
    def test_refused(self):
        with socket.create_server(('127.0.0.1', 0)) as unused:
            port = unused.getsockname()[1]
        self.check(tlsn('client', '--no-verify', f'127.0.0.1:{port}'), TRANSPORT, 'refused')

    def test_silent_server(self):
        with tcp_server(lambda conn: conn.recv(65536) and time.sleep(1)) as address:
            started = time.monotonic()
            self.check(tlsn('client', '--no-verify', '--timeout', '0.3', address), TRANSPORT,
                       'deadline')
            self.assertLess(time.monotonic() - started, 5)

    def test_server_hangs_up(self):
        with tcp_server(lambda conn: conn.recv(65536)) as address:
            self.check(tlsn('client', '--no-verify', address), TRANSPORT)

    def test_server_that_speaks_something_else(self):
        with tcp_server(lambda conn: conn.recv(65536) and conn.sendall(b'HTTP/1.0 400 no\r\n\r\n')
                        ) as address:
            self.check(tlsn('client', '--no-verify', address), PROTOCOL, 'handshake')

    def test_alert_of_the_server_is_named(self):
        alert = bytes.fromhex('15030300020228')  # fatal handshake_failure, RFC 5246 7.2
        with tcp_server(lambda conn: conn.recv(65536) and conn.sendall(alert)) as address:
            self.check(tlsn('client', '--no-verify', address), PROTOCOL, 'handshake_failure')

    def test_data_cut_off(self):
        def behave(conn):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.load_cert_chain(WORK / 'ec.pem', WORK / 'ec.key')
            tls = context.wrap_socket(conn, server_side=True)
            tls.sendall(b'half of the st')
            os.close(tls.detach())
        with tcp_server(behave) as address:
            result = self.check(tlsn('client', *trust(), address), TRANSPORT, 'close_notify')
            self.assertEqual(result[1], 'half of the st')


class Client(Case):
    """Against our own server and Python's."""

    def test_page_and_json(self):
        with Server('--www', *pair('ec')) as server:
            status, out, err = tlsn('client', *trust(), '--json', server.address,
                                    stdin=b'GET / HTTP/1.0\r\n\r\n')
            self.assertEqual(status, OK, err)
            line, page = out.split('\n', 1)
            row = json.loads(line)
            for key in ('version', 'suite', 'group', 'signature_scheme', 'alpn', 'sni', 'resumed',
                        'ems', 'etm', 'secure_renegotiation', 'client_authenticated', 'peer',
                        'bytes', 'timing'):
                self.assertIn(key, row)
            self.assertEqual(row['version'], 'tls1.3')
            self.assertEqual(row['sni'], 'localhost')
            self.assertIs(row['resumed'], False)
            self.assertIs(row['ems'], True)
            self.assertEqual(row['peer']['subject'], 'CN=localhost')
            self.assertEqual(row['peer']['verdict'], 'ok')
            self.assertTrue(page.startswith('HTTP/1.0 200 OK\r\n'))
            self.assertIn(row['suite'], page)

    def test_page_of_a_file(self):
        page = WORK / 'page.txt'
        page.write_bytes(b'sixteen letters\n' * 4)
        with Server('--www', '--page', page, *pair('ec')) as server:
            status, out, err = tlsn('client', *trust(), server.address,
                                    stdin=b'GET / HTTP/1.0\r\n\r\n')
            self.assertEqual(status, OK, err)
            header, body = out.split('\r\n\r\n', 1)
            self.assertIn('Content-Length: 64', header)
            self.assertEqual(body, 'sixteen letters\n' * 4)
        page.write_bytes(b'x' * 15001)
        self.check(tlsn('server', '--www', '--page', page, *pair('ec'), '0'), USAGE, '15000')
        self.check(tlsn('server', '--page', page, *pair('ec'), '0'), USAGE, '--www')

    def test_stapled_ocsp_response(self):
        (WORK / 'later.ocsp').write_bytes(bytes.fromhex('30030a0103'))  # RFC 6960: tryLater
        with Server('--www', *pair('ec'), '--ocsp-response', WORK / 'later.ocsp') as server:
            for asked, said in ((['--ocsp'], ['tryLater']), (['--ocsp-multi'], ['tryLater']), ([], [])):
                result = self.check(tlsn('client', *trust(), '--json', *asked, server.address), OK)
                self.assertEqual(json.loads(result[1].split('\n')[0])['ocsp'], said)
                self.assertEqual('tryLater, 5 bytes' in result[2], bool(asked))
        with Server('--www', *pair('ec')) as server:
            self.check(tlsn('client', *trust(), '--ocsp', server.address), OK, 'ocsp: no response')
        self.check(tlsn('server', *pair('ec'), '--ocsp-response', WORK / 'ec.pem', '127.0.0.1:0'),
                   USAGE, 'no OCSP response')
        must = ['--cert', WORK / 'must.pem', '--key', WORK / 'must.key']
        self.check(tlsn('cert', 'self-signed', '--name', 'a.example', '--must-staple', '--out', must[1],
                        '--key-out', must[3]), OK)
        for staple in ([], ['--ocsp-response', WORK / 'later.ocsp']):
            with Server('--www', '--once', *must, *staple) as server:
                self.check(tlsn('client', '--no-verify', server.address, stdin=b'GET /\n'), OK)
                self.assertEqual('promises a stapled OCSP response' in server.finish()[2], not staple)

    def test_user_mapping(self):
        for said in ('joe@example.org', None):
            asked = ['--user-mapping', said] if said else []
            with Server('--www', '--once', '--json', '--max-version', 'tls1.2', *pair('ec'),
                        '--take-user-mapping') as server:
                self.check(tlsn('client', *trust(), *asked, server.address, stdin=b'GET /\n'), OK)
                row = json.loads(server.finish()[1].split('\n')[0])
            self.assertEqual(row.get('user_mapping'), said)

    def test_certificate_url(self):
        with Server('--www', '--client-auth', 'require', '--ca', WORK / 'ca.pem', *pair('ec')) as server:
            self.check(tlsn('client', *trust(), *pair('ec'), '--cert-url', 'http://a.example/ec',
                            server.address, stdin=b'GET /\n'), OK)  # the server fetches nothing
        self.check(tlsn('client', *trust(), *pair('ec'), '--cert-url', '', 'localhost:1'), USAGE,
                   '--cert-url')

    def test_certificate_timestamps(self):
        (WORK / 'two.sct').write_bytes(bytes.fromhex('0007000261620001' '63'))
        with Server('--www', *pair('ec'), '--sct', WORK / 'two.sct') as server:
            result = self.check(tlsn('client', *trust(), '--json', '--ct', server.address), OK,
                                'ct: 2 signed')
            self.assertEqual(json.loads(result[1].split('\n')[0])['scts'], 2)
            result = self.check(tlsn('client', *trust(), '--json', server.address), OK)
            self.assertEqual(json.loads(result[1].split('\n')[0])['scts'], 0)
        self.check(tlsn('server', *pair('ec'), '--sct', WORK / 'ec.pem', '127.0.0.1:0'), USAGE,
                   'SignedCertificateTimestampList')

    def test_raw_public_keys(self):
        for who in ('s', 'c', 'x'):
            self.check(tlsn('cert', 'self-signed', '--name', who, '--key-out', WORK / f'raw-{who}.key',
                            '--out', '/dev/null', '--force'), OK)
            subprocess.run(['openssl', 'pkey', '-in', WORK / f'raw-{who}.key', '-pubout', '-out',
                            WORK / f'raw-{who}.pub'], check=True)
        with Server('--echo', '--rpk', '--key', WORK / 'raw-s.key', '--client-auth', 'require',
                    '--peer-key', WORK / 'raw-c.pub') as server:
            ours = ['client', '--rpk', '--key', WORK / 'raw-c.key']
            self.check(tlsn(*ours, '--peer-key', WORK / 'raw-s.pub', server.address, stdin=b'hi'), OK)
            self.check(tlsn(*ours, '--peer-key', WORK / 'raw-x.pub', server.address), CERT,
                       'raw public key')
            self.check(tlsn('client', *trust(), server.address), PROTOCOL)
        self.check(tlsn('client', '--peer-key', WORK / 'raw-s.key', 'a:1'), USAGE, 'public key')

    def test_simple_request(self):
        with Server('--www', *pair('ec')) as server:
            result = self.check(tlsn('client', *trust(), server.address, stdin=b'GET /\n'), OK)
            self.assertIn('200 OK', result[1])

    def test_unknown_authority(self):
        with Server('--www', *pair('ec')) as server:
            self.check(tlsn('client', '--ca', WORK / 'other.pem', server.address), CERT,
                       'unknown_ca')
            status, _, err = server.finish(signal.SIGTERM)
            self.assertEqual(status, OK)
            self.assertIn('unknown_ca', err)
            self.assertEqual(len(err.splitlines()), 1, err)

    def test_wrong_name(self):
        with Server('--www', *pair('ec')) as server:
            self.check(tlsn('client', *trust(), '--verify-name', 'b.example', server.address), CERT)
            self.check(tlsn('client', *trust(), '--sni', 'b.example', server.address), CERT)
            self.check(tlsn('client', *trust(), '--sni', 'b.example', '--verify-name', 'localhost',
                            server.address), OK)
            self.check(tlsn('client', *trust(), f'127.0.0.1:{server.port}'), OK)

    def test_expired(self):
        with Server('--www', *pair('ec')) as server:
            self.check(tlsn('client', *trust(), '--time', '4000000000', server.address), CERT,
                       'certificate_expired')

    def test_no_verify_warns(self):
        with Server('--www', *pair('ec')) as server:
            result = tlsn('client', '--no-verify', '--json', server.address)
            self.check(result, OK, 'warning')
            self.assertEqual(json.loads(result[1])['peer']['verdict'], 'unverified')

    def test_no_common_suite(self):
        with Server('--www', '--suites', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
                    *pair('ec')) as server:
            self.check(tlsn('client', *trust(), '--suites',
                            'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', server.address), PROTOCOL,
                       'handshake_failure')

    def test_suite_by_other_spellings(self):
        with Server('--www', *pair('ec')) as server:
            for name in ('ECDHE-ECDSA-AES256-GCM-SHA384', 'TLS_ECDHE_ECDSA_AES_256_GCM_SHA384'):
                out = tlsn('client', *trust(), '--json', '--suites', name, server.address)[1]
                self.assertEqual(json.loads(out)['suite'],
                                 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384')

    def test_features_off(self):
        with Server('--www', *pair('rsa')) as server:
            row = json.loads(tlsn('client', *trust(), '--json', '--no-ems', '--no-etm', '--no-sni',
                                  '--groups', 'secp384r1', '--max-version', 'tls1.2',
                                  server.address)[1])
            self.assertEqual((row['ems'], row['etm'], row['group']), (False, False, 'secp384r1'))
            self.assertIsNone(row['sni'])

    def test_alpn(self):
        with Server('--www', '--alpn', 'h2,http/1.1', *pair('ec')) as server:
            out = tlsn('client', *trust(), '--json', '--alpn', 'http/1.1,h2', server.address)[1]
            self.assertEqual(json.loads(out)['alpn'], 'h2')
            self.check(tlsn('client', *trust(), '--alpn', 'smtp', server.address), PROTOCOL,
                       'no_application_protocol')

    def test_resumption_by_ticket_and_id(self):
        old = ['--max-version', 'tls1.2']
        for extra, how in (([], 'ticket'), (old, 'ticket'), ([*old, '--no-tickets'], 'id')):
            saved = WORK / f'session-{how}'
            with Server('--www', *pair('ec')) as server:
                first = tlsn('client', *trust(), '--json', *extra, '--session-out', saved,
                             server.address)
                self.check(first, OK)
                self.assertIs(json.loads(first[1])['resumed'], False)
                self.assertEqual(stat.S_IMODE(saved.stat().st_mode), 0o600)
                again = tlsn('client', *trust(), '--json', *extra, '--session-in', saved,
                             server.address)
                self.assertEqual(json.loads(again[1])['resumed'], how)

    def test_stateful_tickets_are_good_for_one_time_when_renewed(self):
        with Server('--www', '--stateful-tickets', '--renew-tickets', *pair('ec')) as server:
            def run(*args):
                result = self.check(tlsn('client', *trust(), '--json', *args, server.address), OK)
                return json.loads(result[1])['resumed']
            first, second = WORK / 'handle-1', WORK / 'handle-2'
            self.assertIs(run('--session-out', first), False)
            self.assertEqual(run('--session-in', first, '--session-out', second), 'ticket')
            self.assertIs(run('--session-in', first), False)
            self.assertEqual(run('--session-in', second), 'ticket')

    def test_early_data_are_taken_or_sent_again(self):
        saved, first, key = WORK / 'early-session', WORK / 'early-data', WORK / 'early-key'
        first.write_bytes(b'first words\n')
        key.write_bytes(b'k' * 32)
        options = ['--echo', '--early-data-max', '1000', '--ticket-key', key, *pair('ec')]

        def run(server, *args):
            result = self.check(tlsn('client', *trust(), '--json', '--linger', '0.2', '--early-data', first,
                                     *args, server.address,
                                     stdin=b'second\n'), OK)
            lines = result[1].splitlines()
            self.assertEqual(lines[-2:], ['first words', 'second'])
            return json.loads(lines[-3])['early_data']
        with Server(*options) as server:
            self.assertEqual(run(server, '--session-out', saved), 'no')
            self.assertEqual(run(server, '--session-in', saved), 'accepted')
            self.assertEqual(run(server, '--reconnect', '1'), 'accepted')
        with Server(*options) as server: # it does not know what the one before has taken
            self.assertEqual(run(server, '--session-in', saved), 'rejected')

    def test_trusted_ca_is_named_to_the_server(self):
        with Server('--www', *pair('ec')) as server:
            self.check(tlsn('client', *trust(), '--trusted-ca', trust()[1], server.address), OK)
            wrong = tlsn('client', *trust(), '--trusted-ca', pair('ec')[3], server.address)
            self.check(wrong, USAGE)
            self.assertIn('--trusted-ca', wrong[2])

    def test_close_is_answered_at_once_on_demand(self):
        with Server('--once', '--answer-close', *pair('ec'), stdin=subprocess.PIPE) as server:
            with self.python_client(server) as tls:
                tls.unwrap()

    def test_reconnect(self):
        with Server('--www', '--accepts', '3', *pair('ec')) as server:
            status, out, err = tlsn('client', *trust(), '--json', '--reconnect', '2',
                                    server.address, stdin=b'GET / HTTP/1.0\n\n')
            self.assertEqual(status, OK, err)
            rows = [json.loads(line) for line in out.splitlines()[:3]]
            self.assertEqual([row['resumed'] for row in rows], [False, 'ticket', 'ticket'])
            self.assertEqual([row['peer']['verdict'] for row in rows], ['ok', 'resumed', 'resumed'])
            self.assertIn('200 OK', out)
            self.assertEqual(server.finish()[0], OK)

    def test_keylog(self):
        for how in ('option', 'environment'):
            log = WORK / f'keylog-{how}'
            with Server('--www', *pair('ec')) as server:
                old = ['--max-version', 'tls1.2', server.address]
                if how == 'option':
                    self.check(tlsn('client', *trust(), '--keylog', log, *old), OK)
                else:
                    self.check(tlsn('client', *trust(), *old, env={'SSLKEYLOGFILE': str(log)}), OK)
            self.assertRegex(log.read_text(), r'^CLIENT_RANDOM [0-9a-fA-F]{64} [0-9a-fA-F]{96}\n$')

    def test_options_of_tls13(self):
        with Server('--www', '--tickets', '0', '--groups', 'secp384r1', '--retry-cookie',
                    '--record-padding', '256', *pair('ec')) as server:
            saved = WORK / 'no-ticket'
            for options in ((), ('--no-compat-mode',), ('--key-shares', 'secp384r1,x25519'),
                            ('--record-padding', '1000')):
                status, out, err = tlsn('client', *trust(), '--json', '--session-out', saved, *options,
                                        server.address, stdin=b'GET / HTTP/1.0\n\n')
                self.assertEqual(status, OK, err)
                self.assertEqual(json.loads(out.split('\n')[0])['group'], 'secp384r1')
                self.assertIn('200 OK', out)
                self.assertFalse(saved.exists())
        self.check(tlsn('server', '--tickets', '17', *pair('ec'), '127.0.0.1:0'), USAGE, '16')
        self.check(tlsn('client', '--key-shares', 'nonsense', 'localhost:1'), USAGE, 'nonsense')
        with Server('--www', '--psk-ke', *pair('ec')) as server:
            saved = WORK / 'psk-ke'
            for resumed, more in ((False, ['--session-out', saved]), ('ticket', ['--session-in', saved])):
                row = json.loads(tlsn('client', *trust(), '--json', '--psk-ke', *more, server.address)[1]
                                 .split('\n')[0])
                self.assertEqual(row['resumed'], resumed)

    def test_keylog_of_tls13(self):
        log = WORK / 'keylog-13'
        with Server('--www', *pair('ec')) as server:
            self.check(tlsn('client', *trust(), '--keylog', log, server.address), OK)
        rows = [line.split(' ') for line in log.read_text().splitlines()]
        self.assertEqual([row[0] for row in rows],
                         ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_HANDSHAKE_TRAFFIC_SECRET',
                          'CLIENT_TRAFFIC_SECRET_0', 'SERVER_TRAFFIC_SECRET_0', 'EXPORTER_SECRET'])
        self.assertEqual({len(row[1]) for row in rows}, {64})
        self.assertEqual(len({row[1] for row in rows}), 1)
        self.assertEqual(len({row[2] for row in rows}), 5)

    def test_peer_that_waits_for_us(self):
        def behave(conn):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.load_cert_chain(WORK / 'ec.pem', WORK / 'ec.key')
            tls = context.wrap_socket(conn, server_side=True)
            received.append(tls.recv(100))
            received.append(tls.recv(100))  # returns b'' at our close_notify
            tls.close()
        received = []
        with tcp_server(behave) as address:
            self.check(tlsn('client', *trust(), '--linger', '0.2', address, stdin=b'hello'), OK)
        self.assertEqual(received, [b'hello', b''])

    def test_idle_deadline(self):
        with Server('--echo', *pair('ec')) as server:
            self.check(tlsn('client', *trust(), '--timeout', '0.2', server.address, stdin=b'x'), OK)
            with subprocess.Popen([TLSN, 'client', *trust(), '--timeout', '0.2', server.address],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE) as client:  # stdin stays open
                self.assertEqual(client.wait(WAIT), TRANSPORT)
                self.assertIn(b'deadline', client.stderr.read())
            self.assertEqual(server.finish(signal.SIGTERM), (OK, '', ''))

    def test_large_data_both_ways(self):
        data = os.urandom(3_000_000)
        with Server('--echo', *pair('ec')) as server:
            done = subprocess.run([TLSN, 'client', *trust(), '--linger', '0.5', server.address],
                                  input=data, capture_output=True, timeout=WAIT, check=False)
            self.assertEqual(done.returncode, OK, done.stderr)
            self.assertTrue(done.stdout == data, len(done.stdout))


class ServerSide(Case):
    def test_answer_is_one_record(self):
        with Server('--www', *pair('ec')) as server:
            with self.python_client(server) as tls:
                tls.sendall(b'GET / HTTP/1.1\r\n')
                tls.sendall(b'Host: a\r\n\r\n')
                page = tls.recv(16384)  # at most one record
                head, body = page.split(b'\r\n\r\n', 1)
                self.assertIn(b'Content-Length: %d' % len(body), head)
                self.assertEqual(tls.recv(16384), b'')  # close_notify

    def test_echo_keeps_record_sizes(self):
        with Server('--echo', *pair('ec')) as server:
            with self.python_client(server) as tls:
                for size in (1, 100, 16384):
                    tls.sendall(b'x' * size)
                    self.assertEqual(len(tls.recv(20000)), size)

    def test_pre_shared_keys_of_people(self):
        """RFC 4279 5.4: 128 characters of identity, 64 octets of key as characters and in hexadecimal."""
        identity, key = '\u00fc\u65e5' * 64, 'k' * 64
        suites = ['--suites', 'TLS_PSK_WITH_AES_128_GCM_SHA256']
        with Server('--www', *suites, '--psk-identity', identity, '--psk', 'text:' + key) as server:
            for text, expected in ((key.encode().hex(), OK), ('text:' + key, OK), ('text:' + key[1:], None)):
                status, _, err = tlsn('client', *suites, '--psk-identity', identity, '--psk', text,
                                      server.address, stdin=b'GET /\n')
                self.assertEqual(status == OK, expected == OK, err)

    def test_early_data_with_an_external_key(self):
        """The server is told that the key is new, or takes none."""
        early = WORK / 'psk-early'
        early.write_bytes(b'GET /early HTTP/1.0\r\n\r\n')
        key = ['--psk-identity', 'joe', '--psk', '0f' * 16, '--psk-early', 'TLS_CHACHA20_POLY1305_SHA256',
               '--psk-early-max', '100', '--psk-early-alpn', 'http/1.1', '--alpn', 'http/1.1']
        for new in (['--psk-new'], []):
            with Server('--www', *key, '--early-data-max', '100', *new) as server:
                status, out, err = tlsn('client', '--json', *key, '--early-data', early, server.address)
                self.assertEqual(status, OK, err)
                row = json.loads(out.split('\n')[0])
                self.assertEqual((row['early_data'], row['resumed'], row['suite']),
                                 ('accepted' if new else 'rejected', 'psk', 'TLS_CHACHA20_POLY1305_SHA256'))
                self.assertIn('200 OK', out)
        self.check(tlsn('client', *key[:4], '--psk-early', 'nonsense', 'a:1'), USAGE, '--psk', 'early data')
        self.check(tlsn('server', *key[:4], '--psk-new', '127.0.0.1:0'), USAGE, '--psk-early')

    def test_srp_password_in_another_spelling(self):
        """The verifier is made of composed and wide letters in their one form (RFC 4013)."""
        _, line, _ = tlsn('srp-verifier', '--srp-user', 'J\u00fcrgen', '--srp-password', '\uff41\u00aa1')
        verifier = WORK / 'srp-verifier'
        verifier.write_text(line, encoding='utf-8')
        suites = ['--suites', 'TLS_SRP_SHA_WITH_AES_128_CBC_SHA']
        with Server('--www', *suites, '--srp-verifier', verifier) as server:
            for password, expected in (('aa1', OK), ('aa2', None)):
                status, _, err = tlsn('client', *suites, '--srp-user', 'J\u00fcrgen', '--srp-password', password,
                                      server.address, stdin=b'GET /\n')
                self.assertEqual(status == OK, expected == OK, err)

    def test_silent_client_does_not_block(self):
        with Server('--www', *pair('ec')) as server:
            with socket.create_connection(('127.0.0.1', server.port)) as silent:
                silent.sendall(b'\x16')
                self.check(tlsn('client', *trust(), server.address, stdin=b'GET /\n'), OK)

    def test_silent_client_is_cut_off(self):
        with Server('--www', '--timeout', '0.3', *pair('ec')) as server:
            with socket.create_connection(('127.0.0.1', server.port), timeout=WAIT) as silent:
                self.assertEqual(silent.recv(100), b'')
            self.assertIn('deadline', server.finish(signal.SIGTERM)[2])

    def test_broken_client_leaves_the_server_running(self):
        with Server('--www', *pair('ec')) as server:
            with socket.create_connection(('127.0.0.1', server.port), timeout=WAIT) as broken:
                broken.sendall(b'GET / HTTP/1.0\r\n\r\n')
                alert = broken.recv(100)
                self.assertEqual((alert[0], len(alert)), (21, 7))
                self.assertEqual(broken.recv(100), b'')  # and the end, not a reset
            self.check(tlsn('client', *trust(), server.address, stdin=b'GET /\n'), OK)
            status, _, err = server.finish(signal.SIGTERM)
            self.assertEqual((status, len(err.splitlines())), (OK, 1), err)

    def test_look_at_the_port_does_not_count(self):
        with Server('--www', '--once', *pair('ec')) as server:
            socket.create_connection(('127.0.0.1', server.port)).close()
            self.check(tlsn('client', *trust(), server.address, stdin=b'GET /\n'), OK)
            self.assertEqual(server.finish(), (OK, '', ''))

    def test_once_reports_the_failure(self):
        with Server('--www', '--once', *pair('ec')) as server:
            self.check(tlsn('client', '--ca', WORK / 'other.pem', server.address), CERT)
            self.check(server.finish(), PROTOCOL, 'unknown_ca')

    def test_signals_end_cleanly(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            for mode in (['--www'], ['--echo', '--workers', '3'], []):
                with Server(*mode, *pair('ec')) as server:
                    with self.python_client(server):
                        self.assertEqual(server.finish(number)[0], OK)

    def test_workers(self):
        with Server('--www', '--workers', '4', '--accepts', '12', *pair('ec')) as server:
            results = []
            threads = [threading.Thread(target=lambda: results.append(
                tlsn('client', *trust(), server.address, stdin=b'GET /\n')[0])) for _ in range(12)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(results, [OK] * 12)
            self.assertEqual(server.finish()[0], OK)

    def test_client_authentication(self):
        with Server('--www', '--client-auth', 'require', *trust(), '--json', *pair('ec')) as server:
            self.check(tlsn('client', *trust(), server.address), PROTOCOL, 'certificate_required')
            self.check(tlsn('client', *trust(), '--max-version', 'tls1.2', server.address), PROTOCOL,
                       'handshake_failure')
            self.check(tlsn('client', *trust(), *pair('client'), server.address,
                            stdin=b'GET /\n'), OK)
            row = json.loads(server.finish(signal.SIGTERM)[1])
            self.assertIs(row['client_authenticated'], True)
            self.assertEqual(row['peer']['subject'], 'CN=somebody')

    def test_client_certificates_with_what_the_server_wants(self):
        """oid_filters: the client says what they are, and shows what fits."""
        with Server('--www', '--client-auth', 'request', *trust(), '--json', '--oid-filter',
                    'keyUsage=digitalSignature', '--oid-filter', '1.2.3.4=0500', *pair('ec')) as server:
            result = tlsn('client', *trust(), *pair('client'), server.address, stdin=b'GET /\n')
            self.check(result, OK, 'wants certificates with keyUsage=digitalSignature', '1.2.3.4=0500')
            self.assertIs(json.loads(server.finish(signal.SIGTERM)[1])['client_authenticated'], True)
        with Server('--www', '--client-auth', 'request', *trust(), '--json', '--oid-filter',
                    'keyUsage=keyCertSign', *pair('ec')) as server:
            self.check(tlsn('client', *trust(), *pair('client'), server.address, stdin=b'GET /\n'), OK, 'keyCertSign')
            self.assertIs(json.loads(server.finish(signal.SIGTERM)[1])['client_authenticated'], False)
        self.check(tlsn('server', '--client-auth', 'request', '--oid-filter', 'nonsense', *pair('ec'), '127.0.0.1:0'),
                   USAGE, '--oid-filter', 'nonsense')
        self.check(tlsn('server', '--oid-filter', 'keyUsage', *pair('ec'), '127.0.0.1:0'), USAGE, '--client-auth')

    def test_client_authentication_by_renegotiation(self):
        for mode in ('--www', '--echo'):
            with Server(mode, '--client-auth', 'require', '--client-auth-after', *trust(), '--json',
                        '--max-version', 'tls1.2', *pair('ec')) as server:
                status, out, _ = tlsn('client', *trust(), '--renegotiation', 'secure',
                                      *pair('client'), server.address, stdin=b'GET /\n')
                self.assertEqual(status, OK)
                self.assertIn('client authenticated  yes' if mode == '--www' else 'GET /', out)
                # who has no certificate, and who does not renegotiate, gets no answer
                self.check(tlsn('client', *trust(), '--renegotiation', 'secure', server.address,
                                stdin=b'GET /\n'), PROTOCOL, 'handshake_failure')
                self.assertEqual(tlsn('client', *trust(), *pair('client'), server.address,
                                      stdin=b'GET /\n')[:2], (OK, ''))
                rows = [json.loads(line) for line in server.finish(signal.SIGTERM)[1].splitlines()]
                self.assertEqual([row['client_authenticated'] for row in rows],
                                 [False, True, False, False])

    def test_client_authentication_by_renegotiation_for_some_paths(self):
        with Server('--www', '--client-auth', 'require', '--client-auth-after', *trust(),
                    '--client-auth-path', '/secret', '--max-version', 'tls1.2',
                    *pair('ec')) as server:
            client = ('client', *trust(), '--renegotiation', 'secure')
            for path in ('/', '/secre', '/open/secret'):
                status, out, err = tlsn(*client, server.address,
                                        stdin=b'GET %s HTTP/1.0\n\n' % path.encode())
                self.assertEqual(status, OK, err)
                self.assertIn('client authenticated  no', out)
            for path in ('/secret', '/secret/one', '/secret' + 500 * 'x'):
                request = b'GET %s HTTP/1.0\n\n' % path.encode()
                self.check(tlsn(*client, server.address, stdin=request), PROTOCOL,
                           'handshake_failure')
                self.assertIn('client authenticated  yes',
                              tlsn(*client, *pair('client'), server.address, stdin=request)[1])

    def test_renegotiation(self):
        with Server('--echo', '--renegotiation', 'secure', '--json', '--max-version', 'tls1.2',
                    *pair('ec')) as server:
            status, out, err = tlsn('client', *trust(), '--renegotiate', server.address, stdin=b'hello')
            self.assertEqual((status, out), (OK, 'hello'), err)
            self.assertEqual(len(server.finish(signal.SIGTERM)[1].splitlines()), 2)
        with Server('--echo', *pair('ec')) as server:
            self.check(tlsn('client', *trust(), '--renegotiate', server.address, stdin=b'hello'),
                       PROTOCOL, 'renegotiation refused')

    def test_client_certificate_of_a_stranger(self):
        with Server('--www', '--once', '--client-auth', 'require', '--ca', WORK / 'other.pem',
                    *pair('ec')) as server:
            self.check(tlsn('client', *trust(), *pair('client'), server.address), PROTOCOL,
                       'unknown_ca')
            self.check(server.finish(), CERT)

    def test_client_authentication_requested_only(self):
        with Server('--www', '--client-auth', 'request', '--no-verify', *pair('ec')) as server:
            row = json.loads(tlsn('client', *trust(), '--json', server.address)[1])
            self.assertIs(row['client_authenticated'], False)

    def test_virtual_hosts(self):
        host = f'Alpha.example:{WORK}/alpha.pem:{WORK}/alpha.key'
        with Server('--www', *pair('ec'), '--vhost', host) as server:
            for name, subject in (('alpha.example', 'CN=alpha.example'),
                                  ('localhost', 'CN=localhost')):
                out = tlsn('client', *trust(), '--json', '--sni', name, server.address)[1]
                self.assertEqual(json.loads(out)['peer']['subject'], subject)

    def test_virtual_hosts_by_wildcard_come_second(self):
        wild = f'*.example:{WORK}/ec.pem:{WORK}/ec.key'
        host = f'alpha.example:{WORK}/alpha.pem:{WORK}/alpha.key'
        with Server('--www', *pair('rsa'), '--vhost', wild, '--vhost', host) as server:
            for name, key, known in (('alpha.example', 'CN=alpha.example', True),
                                     ('beta.example', 'CN=localhost', True),
                                     ('x.beta.example', 'CN=localhost', False)):
                row = json.loads(tlsn('client', '--no-verify', '--json', '--sni', name,
                                      server.address)[1])
                self.assertEqual(row['peer']['subject'], key)
                self.assertIs(row['sni_acknowledged'], known)

    def test_names_that_are_not_served(self):
        with Server('--www', '--sni-fatal', '--server-names', 'localhost', *pair('ec')) as server:
            self.check(tlsn('client', *trust(), server.address), OK)
            self.check(tlsn('client', *trust(), '--sni', 'b.example', server.address), PROTOCOL,
                       'unrecognized_name')

    def test_two_credentials(self):
        with Server('--www', *pair('rsa'), *pair('ec')) as server:
            for suite in ('TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
                          'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'):
                out = tlsn('client', *trust(), '--json', '--suites', suite, server.address)[1]
                self.assertEqual(json.loads(out)['suite'], suite)

    def test_ticket_key_survives_a_restart(self):
        secret, saved = WORK / 'ticket.key', WORK / 'ticket.session'
        secret.write_text('00112233' * 8 + '\n')
        args = ['--www', '--ticket-key', secret, '--no-session-cache', *pair('ec')]
        with Server(*args) as server:
            self.check(tlsn('client', *trust(), '--session-out', saved, server.address), OK)
        with Server(*args) as server:
            out = tlsn('client', *trust(), '--json', '--session-in', saved, server.address)[1]
            self.assertEqual(json.loads(out)['resumed'], 'ticket')

    def test_stdin_and_stdout(self):
        with Server('--once', *pair('ec'), stdin=subprocess.PIPE) as server:
            server.process.stdin.write(b'from the server\n')
            server.process.stdin.flush()
            result = self.check(tlsn('client', *trust(), server.address,
                                     stdin=b'from the client\n'), OK)
            self.assertEqual(result[1], 'from the server\n')
            self.assertEqual(server.finish()[:2], (OK, 'from the client\n'))

    def test_end_of_server_stdin_closes(self):
        with Server('--once', '--linger', '0.1', *pair('ec'), stdin=subprocess.PIPE) as server:
            server.process.stdin.write(b'all of it')
            server.process.stdin.close()
            server.process.stdin = None
            with self.python_client(server) as tls:
                self.assertEqual(tls.recv(100), b'all of it')
                self.assertEqual(tls.recv(100), b'')
            self.assertEqual(server.finish()[0], OK)

    def test_port_in_use(self):
        with Server('--www', *pair('ec')) as server:
            self.check(tlsn('server', '--www', *pair('ec'), f'127.0.0.1:{server.port}'), TRANSPORT,
                       'in use')


def main():
    global TLSN, WORK
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--tlsn', default=TLSN)
    parser.add_argument('names', nargs='*', help='only tests whose name contains one of these')
    args = parser.parse_args()
    TLSN = os.path.abspath(args.tlsn)
    if not os.access(TLSN, os.X_OK):
        print(f'{args.tlsn}: not there')
        return 77
    suite = unittest.TestSuite(
        test for case in (Usage, Tables, Certificates, Transport, Client, ServerSide)
        for test in unittest.defaultTestLoader.loadTestsFromTestCase(case)
        if not args.names or any(name in test.id() for name in args.names))
    with tempfile.TemporaryDirectory() as folder:
        WORK = pathlib.Path(folder)
        make_certs()
        result = unittest.TextTestRunner(stream=sys.stdout, verbosity=1).run(suite)
    failed = len(result.failures) + len(result.errors)
    skipped = len(result.skipped)
    print(f'{result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
