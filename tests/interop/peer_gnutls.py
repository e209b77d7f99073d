"""GnuTLS's gnutls-cli and gnutls-serv.

gnutls-serv has no option for the address it listens on: it takes all of them while a row runs."""
import re
import shutil
import time

from names import GROUP, SIGALG, SUITE, SUITES
from process import Proc, STEP_SECONDS, free_port, output_of, talk
from want import GREETING, Report, Unable



def every_suite(listed):
    """Priority words for all suites made of ciphers and MACs in what `gnutls-cli -l` lists.

    One word that GnuTLS does not know would make it refuse the whole priority."""
    known = set(re.findall(r'[^\s,]+', ' '.join(re.findall(r'^(?:Ciphers|MACs): (.*)$', listed, re.M))))
    able = [s for s in SUITES if {s.gnutls_cipher, s.gnutls_mac} <= known]
    words = [w for s in able for w in (s.gnutls_kx, s.gnutls_cipher, s.gnutls_mac)]
    return ':'.join('+' + word for word in dict.fromkeys(words))


def described(suite, parts):
    """Whether the parenthesised parts of a description line can be this suite."""
    kx = suite.gnutls_kx.split('-')[0]
    ending = [suite.gnutls_cipher] + ([] if suite.gnutls_mac == 'AEAD' else [suite.gnutls_mac])
    if parts[-len(ending):] != ending or parts[1].split('-')[0] != kx:
        return False
    middle = parts[2:-len(ending)]  # the signature; a resumed session has none
    rsa = suite.gnutls_kx.endswith('RSA')
    return not middle or kx == 'RSA' or rsa == middle[0].startswith('RSA')


class GnuTLS:
    name = 'gnutls'
    omits_ems = True

    def __init__(self, certs):
        self.certs = certs
        self.program = shutil.which('gnutls-cli')
        self.serv = shutil.which('gnutls-serv')
        if self.program:
            banner = output_of([self.program, '--version']).split('\n')[0]
            self.version = 'GnuTLS ' + banner.split()[-1]
            self.all_suites = every_suite(output_of([self.program, '-l']))
            listed = output_of([self.program, '-l', '--priority', self._priority(self.all_suites)])
            self.suites = {int(a, 16) << 8 | int(b, 16)
                           for a, b in re.findall(r'0x(\w\w), 0x(\w\w)', listed)}
            self.groups = set(re.findall(r'GROUP-(\w+)', listed))
            if not self.suites:
                raise RuntimeError('gnutls-cli lists no suite: ' + listed[-200:])

    def check(self, want, who='server'):
        if want.grease and who == 'client':
            raise Unable(f'{self.version} sends no GREASE')
        if want.suite and SUITE[want.suite].code not in self.suites:
            raise Unable(f'{self.version} does not have this suite')
        if want.fragment and who == 'client':
            raise Unable(f'{self.version} asks for no fragment length without a size limit')
        if want.group and GROUP[want.group].gnutls not in self.groups:
            raise Unable(f'{self.version} does not have this group')

    @staticmethod
    def _priority(suites, group='+GROUP-ALL', sigalg='+SIGN-ALL', flags=''):
        return f'NONE:+VERS-TLS1.2:{suites}:+COMP-NULL:+CTYPE-X509:{group}:{sigalg}{flags}'

    @staticmethod
    def _flags(want):
        return ('' if want.etm else ':%NO_ETM') + ('' if want.ems else ':%NO_SESSION_HASH')

    def client(self, want, port, expect):
        s = SUITE[want.suite]
        priority = self._priority(
            f'+{s.gnutls_kx}:+{s.gnutls_cipher}:+{s.gnutls_mac}',
            '+GROUP-' + GROUP[want.group].gnutls if want.group else '+GROUP-ALL',
            '+SIGN-' + SIGALG[want.sigalg].gnutls if want.sigalg else '+SIGN-ALL',
            self._flags(want))
        argv = [self.program, '-p', port, '127.0.0.1', '--priority', priority,
                '--sni-hostname=localhost', '--verify-hostname=' + want.verify_name,
                '--x509cafile', self.certs.ca(want.ca)]
        if want.alpn:
            argv.append('--alpn=' + want.alpn)
        if want.size_limit:
            argv.append(f'--recordsize={want.size_limit}')
        if want.client_cert:
            argv += ['--x509certfile', self.certs.cert(want.client_cert),
                     '--x509keyfile', self.certs.key(want.client_cert)]
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
        fitting = [suite.name for suite in SUITES if described(suite, parts)]
        if fitting:
            report.suite = want.suite if want.suite in fitting else fitting[0]
        for group in GROUP.values():
            if parts[1].endswith('-' + group.gnutls):
                report.group = group.name
        # "- Options: extended master secret, safe renegotiation, EtM,"
        options = re.search(r'^- Options: (.*)$', last, re.M)
        report.ems = bool(options and 'extended master secret' in options[1])
        report.etm = bool(options and 'EtM' in options[1])
        report.resumed = 'yes' if 'This is a resumed session' in text else ''
        if m := re.search(r'^- Application protocol: (\S+)', last, re.M):
            report.alpn = m[1]
        return report

    def server(self, want):
        argv = [self.serv, '--echo', '--priority',
                self._priority(self.all_suites, flags=self._flags(want))]
        for kind in want.certs:
            argv += ['--x509certfile', self.certs.cert(kind), '--x509keyfile', self.certs.key(kind)]
        if want.client_cert is not None:
            argv += ['--require-client-cert', '--verify-client-cert',
                     '--x509cafile', self.certs.ca('ca')]
        else:
            argv.append('--disable-client-cert')
        if want.server_alpn:
            argv += ['--alpn=' + p for p in want.server_alpn.split(',')]
        if want.resume == 'id':
            argv.append('--noticket')
        if want.group.startswith('ffdhe'):
            argv += ['--dhparams', self.certs.dh_params(want.group)]
        return GnuTLSServer(argv)

    def web_server(self, kind):
        return GnuTLSServer([self.serv, '--http', '--disable-client-cert',
                             '--priority', self._priority(self.all_suites),
                             '--x509certfile', self.certs.cert(kind),
                             '--x509keyfile', self.certs.key(kind)])


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
