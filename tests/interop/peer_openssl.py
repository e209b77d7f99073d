"""OpenSSL's s_client and s_server."""
import re
import shutil

from names import GROUP, SIGALG, SUITE, SUITE_BY_OPENSSL
from process import Proc, STEP_SECONDS, output_of, talk
from want import GREETING, Report, Unable

LEVEL = '@SECLEVEL=0'  # the matrix wants every suite, old ones too
class OpenSSL:
    name = 'openssl'
    omits_ems = False  # no option for it

    def __init__(self, certs):
        self.certs = certs
        self.program = shutil.which('openssl')
        if self.program:
            self.version = output_of([self.program, 'version']).split(' (')[0].strip()
            listed = output_of([self.program, 'ciphers', '-s', '-tls1_2', '-V', 'ALL:eNULL:' + LEVEL])
            self.suites = {int(a, 16) << 8 | int(b, 16)
                           for a, b in re.findall(r'0x(\w\w),0x(\w\w)', listed)}
            self.help = output_of([self.program, 's_client', '-help'])

    def check(self, want, who='server'):
        if want.grease and who == 'client':
            raise Unable(f'{self.version} sends no GREASE')
        if want.size_limit:
            raise Unable(f'{self.version} does not have record_size_limit')
        if want.suite and SUITE[want.suite].code not in self.suites:
            raise Unable(f'{self.version} does not have this suite')

    def _common(self, want):
        options = ['-tls1_2', '-cipher', SUITE[want.suite].openssl + ':' + LEVEL]
        if not want.etm and '-no_etm' in self.help:
            options.append('-no_etm')
        if want.resume == 'id':
            options.append('-no_ticket')
        return options

    def client(self, want, port, expect):
        argv = [self.program, 's_client', '-connect', f'127.0.0.1:{port}',
                '-servername', 'localhost', '-CAfile', self.certs.ca(want.ca), '-verify_return_error',
                '-verify_hostname', want.verify_name] + self._common(want)
        if want.group and not GROUP[want.group].finite:
            argv += ['-groups', GROUP[want.group].openssl]
        if want.sigalg:
            argv += ['-sigalgs', SIGALG[want.sigalg].openssl]
        if want.alpn:
            argv += ['-alpn', want.alpn]
        if want.fragment:
            argv += ['-maxfraglen', str(want.fragment)]
        if want.client_cert:
            argv += ['-cert', self.certs.cert(want.client_cert),
                     '-key', self.certs.key(want.client_cert)]
        if want.resume:
            store = self.certs.scratch('openssl-session')
            status, _, text = talk(argv + ['-sess_out', store], GREETING, expect)
            if status != 0:
                return Report(status=status, text=text, argv=argv)
            argv += ['-sess_in', store]
        status, data, text = talk(argv, GREETING, expect)
        return self._report(want, status, data, text, argv)

    def _report(self, want, status, data, text, argv):
        report = Report(status=status, data=data, text=text, argv=argv)
        if m := re.search(r'^(New|Reused), .*Cipher is (\S+)', text, re.M):
            known = SUITE_BY_OPENSSL.get(m[2])
            report.suite = known.name if known else m[2]
            report.resumed = 'yes' if m[1] == 'Reused' else ''
        if m := re.search(r'^Server Temp Key: (.+)$', text, re.M):
            names = [g.name for g in GROUP.values() if g.temp_key == m[1]]
            report.group = names[0] if names else m[1]
        if m := re.search(r'^ALPN protocol: (.+)$', text, re.M):
            report.alpn = m[1]
        if m := re.search(r'Extended master secret: (yes|no)', text):
            report.ems = m[1] == 'yes'
        return report

    def server(self, want):
        argv = [self.program, 's_server', '-accept', '127.0.0.1:0', '-rev', '-tls1_2',
                '-cipher', 'ALL:eNULL:' + LEVEL]
        for flags, kind in zip((('-cert', '-key'), ('-dcert', '-dkey')), want.certs):
            argv += [flags[0], self.certs.cert(kind), flags[1], self.certs.key(kind)]
        if want.client_cert is not None:
            argv += ['-Verify', '1', '-verify_return_error', '-CAfile', self.certs.ca('ca')]
        if want.server_alpn:
            argv += ['-alpn', want.server_alpn]
        if want.resume == 'id':
            argv.append('-no_ticket')
        finite = want.group if want.group.startswith('ffdhe') else 'ffdhe2048'
        argv += ['-dhparam', self.certs.dh_params(finite),
                 '-groups', 'X25519:P-256:P-384:P-521:X448']
        return OpenSSLServer(argv)

    def web_server(self, kind):
        return OpenSSLServer([self.program, 's_server', '-accept', '127.0.0.1:0', '-www', '-tls1_2',
                              '-cert', self.certs.cert(kind), '-key', self.certs.key(kind)])


class OpenSSLServer:
    answer = staticmethod(lambda line: line.strip()[::-1] + b'\n')

    def __init__(self, argv):
        self.proc = Proc(argv)
        pattern = re.compile(rb'^ACCEPT \S+:(\d+)', re.M)
        if not self.proc.wait_for(pattern.search, STEP_SECONDS):
            text = self.proc.text()
            self.proc.kill()
            raise RuntimeError('openssl s_server did not start: ' + text[-300:])
        self.port = int(pattern.search(self.proc.output)[1])

    def report(self, _connections):
        return None

    def close(self):
        self.proc.kill()
        return ''
