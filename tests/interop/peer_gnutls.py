"""GnuTLS's gnutls-cli and gnutls-serv.

gnutls-serv has no option for the address it listens on: it takes all of them while a row runs."""
import re
import shutil
import subprocess
import time

from names import GROUP, SIGALG, SUITE_BY_CODE
from process import Proc, STEP_SECONDS, free_port, output_of, talk
from want import GREETING, IDENTITY, PSK, SRP_PASSWORD, SRP_USER, Report, Unable

VERSION = {'ssl3': 'VERS-SSL3.0', 'tls1.0': 'VERS-TLS1.0', 'tls1.1': 'VERS-TLS1.1', 'tls1.2': 'VERS-TLS1.2',
           'tls1.3': 'VERS-TLS1.3'}
EXCHANGE = {'DH_anon': 'ANON-DH', 'ECDH_anon': 'ANON-ECDH', 'SRP_SHA': 'SRP', 'SRP_SHA_RSA': 'SRP-RSA',
            'SRP_SHA_DSS': 'SRP-DSS'}
CIPHER = {'3DES_EDE_CBC': '3DES-CBC', 'RC4_128': 'ARCFOUR-128'}
DSA = ''.join(f':+SIGN-DSA-SHA{n}' for n in (1, 224, 256))


def words(suite):
    """(key exchange, cipher, MAC) in the words of a priority string."""
    kx = EXCHANGE.get(suite.exchange, suite.exchange.replace('_', '-'))
    if suite.exchange == 'TLS13':
        return '', suite.cipher.rsplit('_', 1)[0].replace('_', '-'), 'AEAD'
    if '_CCM' in suite.cipher:
        return kx, suite.cipher.replace('_', '-'), 'AEAD'
    cipher, digest = suite.cipher.rsplit('_', 1)
    mac = {'SHA': 'SHA1'}.get(digest, digest)
    aead = cipher.endswith('GCM') or 'POLY1305' in cipher
    return kx, CIPHER.get(cipher, cipher.replace('_', '-')), 'AEAD' if aead else mac


def described(suite, parts):
    """Whether the parenthesised parts of a description line can be this suite."""
    kx, cipher, mac = words(suite)
    if suite.exchange == 'TLS13':
        return parts[-1] == cipher
    ending = [cipher] + ([] if mac == 'AEAD' else [mac])
    if parts[-len(ending):] != ending or parts[1].split('-')[0] != kx.split('-')[0]:
        return False
    middle = parts[2:-len(ending)]  # the signature; a resumed session has none
    return not middle or kx == 'RSA' or kx.endswith('RSA') == middle[0].startswith('RSA')


class GnuTLS:
    name = 'gnutls'
    per_row = False
    features_as = {'client': [], 'server': ['max_fragment_length', 'ssl2-hello']}
    features = {'OCSP', 'raw-key', 'alpn', 'client-cert', 'ems', 'etm', 'sigalg', 'resume-id', 'resume-ticket', 'legacy-resume', 'verify',
                'record_size_limit', 'heartbeat', 'retry', 'psk-sha256', 'psk-ke', 'psk-retry', 'psk-ticket'}

    def __init__(self, certs):
        self.certs = certs
        self.program = shutil.which('gnutls-cli')
        self.serv = shutil.which('gnutls-serv')
        if self.program:
            banner = output_of([self.program, '--version']).split('\n')[0]
            self.version = 'GnuTLS ' + banner.split()[-1]
            listed = output_of([self.program, '-l'])
            # code point: the oldest version that it takes the suite in
            self.suites = {int(a, 16) << 8 | int(b, 16): version.lower().replace('ssl3.0', 'ssl3')
                           for a, b, version in re.findall(r'0x(\w\w), 0x(\w\w)\s+(\S+)', listed)}
            self.groups = set(re.findall(r'GROUP-(\w+)', listed))
            # a word that GnuTLS does not know would make it refuse the whole priority
            self.words = set(re.findall(r'[^\s,]+', ' '.join(re.findall(
                r'^(?:Ciphers|MACs|Protocols|Key exchange algorithms): (.*)$', listed, re.M))))

    def check(self, want, role):
        for word in sorted(want.needs(role) - self.features - set(self.features_as[role])):
            raise Unable(f'this harness does not do {word} with {self.version}')
        if VERSION[want.version] not in self.words:
            raise Unable(f'{self.version} does not have {want.version}')
        if want.row.code not in self.suites:
            raise Unable(f'{self.version} does not have this suite')
        if self.suites[want.row.code] > want.version:
            raise Unable(f'{self.version} does not have this suite in {want.version}')
        if role == 'client' and want.row.exchange in ('DHE_PSK', 'ECDHE_PSK'):
            raise Unable(f'gnutls-cli of {self.version} crashes over (EC)DHE_PSK, with gnutls-serv too')
        if want.group and GROUP[want.group].gnutls not in self.groups:
            raise Unable(f'{self.version} does not have this group')

    @staticmethod
    def priority(version, suites, group='+GROUP-ALL', sigalg='+SIGN-ALL' + DSA, flags=''):
        return (f'NONE:+{VERSION[version]}:{suites}:+COMP-NULL:+CTYPE-X509:{group}:{sigalg}{flags}'
                ':%VERIFY_ALLOW_SIGN_WITH_SHA1')

    def every_suite(self, version):
        """Priority words for all suites that both sides have, those of TLS 1.3 or the others."""
        able = [words(s) for c, s in SUITE_BY_CODE.items()
                if c in self.suites and (s.exchange == 'TLS13') == (version == 'tls1.3')]
        return ':'.join('+' + w for w in dict.fromkeys(sum(able, ())) if w)

    @staticmethod
    def _flags(want):
        return ((':%NO_ETM' if want.etm is False else '')
                + (':%NO_SESSION_HASH' if want.ems is False else '')
                + (':+PSK' if want.psk_ke else ':+ECDHE-PSK:+DHE-PSK' if want.psk else '')
                + (':-CTYPE-ALL:+CTYPE-SRV-RAWPK:+CTYPE-CLI-X509' if want.raw_key else ''))

    def client(self, want, port, expect):
        priority = self.priority(
            want.version, ':'.join('+' + w for w in words(want.row) if w),
            ('+GROUP-X25519:' if want.retry else '')
            + ('+GROUP-' + GROUP[want.group].gnutls if want.group else '+GROUP-ALL'),
            # for TLS 1.3 it has other names, and our server is told
            '+SIGN-' + SIGALG[want.sigalg].gnutls if want.sigalg and want.version != 'tls1.3' else '+SIGN-ALL' + DSA,
            self._flags(want))
        argv = [self.program, '-p', port, '127.0.0.1', '--priority', priority,
                '--sni-hostname=localhost', '--verify-hostname=' + want.verify_name,
                '--x509cafile', self.certs.ca_of(want)]
        if want.alpn:
            argv.append('--alpn=' + want.alpn)
        if want.raw_key:
            argv.append('--insecure')  # it would look for the key in a file of known hosts
        if want.heartbeat:
            argv.append('--heartbeat')
        if want.size_limit:
            argv.append(f'--recordsize={want.size_limit}')
        argv += ['--single-key-share'] if want.retry else []
        if want.client_cert:
            argv += ['--x509certfile', self.certs.cert(want.client_cert),
                     '--x509keyfile', self.certs.key(want.client_cert)]
        if want.secret == 'psk':
            argv += ['--pskusername', IDENTITY, '--pskkey', PSK]
        if want.secret == 'srp':
            argv += ['--srpusername', SRP_USER, '--srppasswd', SRP_PASSWORD]
        if want.resume:
            argv.append('--resume')
        if want.resume == 'id':
            argv.append('--noticket')
        status, data, text = talk(argv, GREETING, expect)
        return self._report(want, status, data, text, argv)

    @staticmethod
    def _report(want, status, data, text, argv):
        report = Report(status=status, data=data, text=text, argv=argv)
        descriptions = list(re.finditer(r'^- Description: (.+)$', text, re.M))
        if not descriptions:
            return report
        last = text[descriptions[-1].start():]
        parts = re.findall(r'\(([^()]+)\)', descriptions[-1][1])
        fitting = [s.name for s in SUITE_BY_CODE.values() if described(s, parts)]
        if fitting:
            report.suite = want.suite if want.suite in fitting else fitting[0]
        if m := re.match(r'\(?(TLS1\.[0123]|SSL3\.0)', descriptions[-1][1]):
            report.version = {'SSL3.0': 'ssl3'}.get(m[1], m[1].lower())
        for group in GROUP.values():
            if parts[1].endswith('-' + group.gnutls):
                report.group = group.name
        # "- Options: extended master secret, safe renegotiation, EtM,"
        options = re.search(r'^- Options: (.*)$', last, re.M)
        if report.version != 'tls1.3':  # whose schedule is always like that
            report.ems = bool(options and 'extended master secret' in options[1])
        report.etm = bool(options and 'EtM' in options[1])
        report.ocsp = bool(options and 'OCSP status request' in options[1])
        report.resumed = 'yes' if 'This is a resumed session' in text else ''
        if m := re.search(r'^- Application protocol: (\S+)', last, re.M):
            report.alpn = m[1]
        return report

    def server(self, want):
        argv = [self.serv, '--echo', '--priority',
                self.priority(want.version, self.every_suite(want.version), flags=self._flags(want),
                              group='+GROUP-' + GROUP[want.group].gnutls if want.retry else '+GROUP-ALL')]
        for kind in want.certs:
            if want.raw_key:
                argv += ['--rawpkkeyfile', self.certs.key(kind), '--rawpkfile', self.certs.public_key(kind)]
            else:
                argv += ['--x509certfile', self.certs.cert(kind), '--x509keyfile', self.certs.key(kind)]
        argv += ['--ocsp-response', self.certs.ocsp(want.certs[0], want.revoked)] if want.ocsp else []
        if want.client_cert is not None:
            argv += ['--require-client-cert', '--verify-client-cert',
                     '--x509cafile', self.certs.cert('ca')]
        else:
            argv.append('--disable-client-cert')
        if want.server_alpn:
            argv += ['--alpn=' + p for p in want.server_alpn.split(',')]
        if want.heartbeat:
            argv.append('--heartbeat')
        if want.resume == 'id':
            argv.append('--noticket')
        if want.secret == 'psk':
            path = self.certs.folder / 'gnutls.psk'
            path.write_text(f'{IDENTITY}:{PSK}\n')
            argv += ['--pskpasswd', path]
        if want.secret == 'srp':
            argv += self._verifiers()
        if want.group.startswith('ffdhe'):
            argv += ['--dhparams', self.certs.dh_params(want.group)]
        return GnuTLSServer(argv)

    def _verifiers(self):
        """Files that srptool makes."""
        path, conf = self.certs.folder / 'gnutls.srp', self.certs.folder / 'gnutls.srp.conf'
        if not path.exists():
            tool = shutil.which('srptool')
            said = output_of([tool, '--create-conf', conf]) + subprocess.run(
                [tool, '--passwd', path, '--passwd-conf', conf, '-u', SRP_USER],
                input=f'{SRP_PASSWORD}\n', stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                timeout=STEP_SECONDS, check=False).stdout
            if not path.exists():
                raise RuntimeError('srptool: ' + said[-300:])
        return ['--srppasswd', path, '--srppasswdconf', conf]

    def web_server(self, kind):
        return GnuTLSServer([self.serv, '--http', '--disable-client-cert',
                             '--priority', self.priority('tls1.2', self.every_suite('tls1.2')),
                             '--x509certfile', self.certs.cert(kind),
                             '--x509keyfile', self.certs.key(kind)])


    def close(self):
        pass


class GnuTLSServer:
    answer = staticmethod(lambda line: line)

    def __init__(self, argv):
        for _ in range(5):
            self.port = free_port()
            self.proc = Proc(argv + ['--port', self.port])
            ready = re.compile(rb'listening on IPv4 .*done')
            if self.proc.wait_for(ready.search, STEP_SECONDS):
                return
            text = self.proc.text()
            self.proc.kill()
            time.sleep(0.1)
        raise RuntimeError('gnutls-serv did not start: ' + text[-300:])

    def report(self, _connections):
        return None

    def close(self):
        self.proc.kill()
        return ''
