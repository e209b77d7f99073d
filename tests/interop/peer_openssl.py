"""OpenSSL's s_client and s_server; any release from 1.0 on by its program."""
import re
import time

import psk_session
from names import GROUP, GROUPS, SIGALG, SUITE_BY_CODE
from process import Proc, STEP_SECONDS, output_of, talk
from want import GREETING, IDENTITY, PSK, SRP_PASSWORD, SRP_USER, Report, Unable

LEVEL = '@SECLEVEL=0'  # the matrix wants every suite, old ones too
EVERY = 'ALL:COMPLEMENTOFALL:' + LEVEL
OPTION = {'ssl3': '-ssl3', 'tls1.0': '-tls1', 'tls1.1': '-tls1_1', 'tls1.2': '-tls1_2',
          'tls1.3': '-tls1_3'}
VERSION = {'SSLv3': 'ssl3', 'TLSv1': 'tls1.0', 'TLSv1.0': 'tls1.0', 'TLSv1.1': 'tls1.1', 'TLSv1.2': 'tls1.2',
           'TLSv1.3': 'tls1.3'}
ALL13 = ':'.join(f'TLS_{s}' for s in ('AES_128_GCM_SHA256', 'AES_256_GCM_SHA384', 'CHACHA20_POLY1305_SHA256',
                                      'AES_128_CCM_SHA256', 'AES_128_CCM_8_SHA256'))


class OpenSSL:
    per_row = False
    features_as = {'client': [], 'server': ['ssl2-hello']}
    features = {'OCSP', 'OCSP-revoked', 'SCT', 'alpn', 'client-cert', 'ems', 'etm', 'sigalg', 'resume-id', 'resume-ticket', 'legacy-resume', 'verify',
                'max_fragment_length', 'retry', 'psk-sha256', 'psk-sha384', 'psk-ke', 'psk-retry',
                'psk-ticket'}

    def __init__(self, name, certs, program):
        self.name, self.certs, self.program = name, certs, program
        if not program:
            return
        self.version = output_of([program, 'version']).split(' (')[0].strip()
        self.version = ' '.join(self.version.split()[:2])
        listed = output_of([program, 'ciphers', '-V', EVERY])
        listed += output_of([program, 'ciphers', '-V', '-ciphersuites', ALL13, EVERY])
        rows = re.findall(r'0x(\w\w),0x(\w\w) - (\S+)', listed)
        self.suites = {int(a, 16) << 8 | int(b, 16): name for a, b, name in rows}
        self.codes = {name: code for code, name in self.suites.items()}
        self.help = output_of([program, 's_client', '-help'])
        self.groups = {g.openssl for g in GROUPS} | set(
            re.split(r'[:\s]+', output_of([program, 'list', '-tls-groups'])))
        if '-no_rx_cert_comp' in self.help:
            built = output_of([program, 'version', '-f'])
            self.features = self.features | {'packed-' + name for name in ('zlib', 'brotli', 'zstd')
                                             if f'-D{name.upper()}' in built.split()}

    def check(self, want, role):
        for word in sorted(want.needs(role) - self.features - set(self.features_as[role])):
            raise Unable(f'this harness does not do {word} with {self.version}')
        if want.psk == 'sha384' and want.retry and role == 'client' and self.version.startswith('OpenSSL 3'):
            raise Unable(f'{self.version} leaves the key of -psk_session out of its second ClientHello')
        if want.row.code not in self.suites:
            raise Unable(f'{self.version} does not have this suite')
        if not re.search(OPTION[want.version] + r'\b(?!_)', self.help):
            raise Unable(f'{self.version} does not have {want.version}')
        if want.version == 'tls1.3' and want.group.startswith('ffdhe') and self.version.startswith('OpenSSL 1.'):
            raise Unable(f'{self.version} has no finite-field groups in TLS 1.3')
        if want.group and GROUP[want.group].openssl not in self.groups:
            raise Unable(f'{self.version} does not have this group')
        if want.row.secret == 'srp' and '-srpuser' not in self.help:
            raise Unable(f'{self.version} does not have SRP')
        if want.row.secret == 'srp' and self.version.startswith('OpenSSL 3'):
            raise Unable(f"{self.version} does not finish SRP, between its own s_client and s_server either")

    def _common(self, want):
        if want.version == 'tls1.3':
            return [OPTION[want.version], '-ciphersuites', want.suite, '-cipher', 'ALL:' + LEVEL, *self._psk13(want)]
        options = [OPTION[want.version], '-cipher', self.suites[want.row.code] + ':' + LEVEL]
        if want.etm is False and '-no_etm' in self.help:
            options.append('-no_etm')
        if want.resume == 'id':
            options.append('-no_ticket')
        return options

    def _psk13(self, want):
        """-psk is of SHA-256 alone."""
        options = ['-allow_no_dhe_kex'] if want.psk_ke else []
        if want.psk == 'sha256':
            options += ['-psk', PSK, '-psk_identity', IDENTITY]
        if want.psk == 'sha384':
            path = self.certs.scratch('openssl-psk')
            with open(path, 'w', encoding='ascii') as file:
                file.write(psk_session.pem(want.row.code, PSK, int(time.time())))
            options += ['-psk_session', path, '-psk_identity', IDENTITY]
        return options

    def client(self, want, port, expect):
        argv = [self.program, 's_client', '-connect', f'127.0.0.1:{port}',
                '-servername', 'localhost'] + self._common(want)
        if want.auth:
            argv += ['-CAfile', self.certs.ca_of(want), '-verify_return_error',
                     '-verify_hostname', want.verify_name]
        if want.group and (want.version == 'tls1.3' or not GROUP[want.group].finite):
            argv += ['-groups', ('X25519:' if want.retry else '') + GROUP[want.group].openssl]
        argv += ['-groups', 'X448'] if want.psk_ke else []
        if want.sigalg:
            argv += ['-sigalgs', SIGALG[want.sigalg].openssl]
        if want.alpn:
            argv += ['-alpn', want.alpn]
        if want.fragment:
            argv += ['-maxfraglen', str(want.fragment)]
        if want.client_cert:
            argv += ['-cert', self.certs.cert(want.client_cert),
                     '-key', self.certs.key(want.client_cert)]
        if want.row.secret == 'psk':
            argv += ['-psk', PSK, '-psk_identity', IDENTITY]
        if want.row.secret == 'srp':
            argv += ['-srpuser', SRP_USER, '-srppass', 'pass:' + SRP_PASSWORD]
        argv += ['-status'] if want.ocsp else []
        argv += ['-serverinfo', '18'] if want.sct else []
        if want.resume:
            store = self.certs.scratch('openssl-session')
            status, _, text = talk(argv + ['-sess_out', store], GREETING, expect)
            if status != 0:
                return Report(status=status, text=text, argv=argv)
            argv += ['-sess_in', store]
        status, data, text = talk(argv, GREETING, expect)
        return self._report(status, data, text, argv)

    def _report(self, status, data, text, argv):
        report = Report(status=status, data=data, text=text, argv=argv)
        if m := re.search(r'^(New|Reused), .*Cipher is (\S+)', text, re.M):
            known = SUITE_BY_CODE.get(self.codes.get(m[2]))
            report.suite = known.name if known else m[2]
            report.resumed = 'yes' if m[1] == 'Reused' else ''
        if m := re.search(r'^(?:New|Reused), (TLSv1\.3),', text, re.M):
            report.version = VERSION[m[1]]
        elif m := re.search(r'^ +Protocol +: (\S+)', text, re.M):
            report.version = VERSION.get(m[1], m[1])
        if m := re.search(r'^Server Temp Key: (.+)$', text, re.M):
            kind, _, bits = m[1].partition(', ')
            bits = bits.split(', ')[-1]
            names = [g.name for g in GROUP.values()
                     if m[1] in (g.temp_key, f'{kind}, {g.openssl}, {bits}')]
            report.group = names[0] if names else m[1]
        if m := re.search(r'^Negotiated TLS1\.3 group: (\S+)$', text, re.M):
            names = [g.name for g in GROUP.values() if m[1] in (g.name, g.openssl)]
            report.group = names[0] if names else None
        if m := re.search(r'^ALPN protocol: (.+)$', text, re.M):
            report.alpn = m[1]
        report.ocsp = 'OCSP Response Status: successful' in text
        report.sct = 'SERVERINFO FOR EXTENSION 18' in text
        m = re.search(r'Extended master secret: (yes|no)', text)
        if m and report.version != 'tls1.3':  # whose schedule is always like that
            report.ems = m[1] == 'yes'
        return report

    def server(self, want):
        argv = [self.program, 's_server', '-accept', '127.0.0.1:0', '-rev', OPTION[want.version],
                '-cipher', EVERY]
        argv += ['-ciphersuites', ALL13, *self._psk13(want)] if want.version == 'tls1.3' else []
        for flags, kind in zip((('-cert', '-key'), ('-dcert', '-dkey')), want.certs):
            argv += [flags[0], self.certs.cert(kind), flags[1], self.certs.key(kind)]
        if not want.certs:
            argv.append('-nocert')
        if want.client_cert is not None:
            argv += ['-Verify', '1', '-verify_return_error', '-CAfile', self.certs.cert('ca')]
        if want.server_alpn:
            argv += ['-alpn', want.server_alpn]
        argv += ['-status_file', self.certs.ocsp(want.certs[0], want.revoked)] if want.ocsp else []
        argv += ['-serverinfo', self.certs.serverinfo()] if want.sct else []
        if want.resume == 'id':
            argv.append('-no_ticket')
        if want.row.secret == 'psk':
            argv += ['-psk', PSK, '-psk_identity', IDENTITY]
        if want.row.secret == 'srp':
            argv += ['-srpvfile', self._verifiers(), '-srpuserseed', 'seed']
        finite = want.group if want.group.startswith('ffdhe') else 'ffdhe2048'
        argv += ['-dhparam', self.certs.dh_params(finite)]
        if '-groups' in self.help:
            only = want.version == 'tls1.3' and want.group
            groups = 'X25519' if want.psk_ke else 'X25519:P-256:P-384:P-521:X448'
            argv += ['-groups', GROUP[want.group].openssl if only else groups]
        argv += ['-cert_comp'] if want.packed else []
        return OpenSSLServer(argv)

    def _verifiers(self):
        """A file that `openssl srp` makes, without the configuration file that it asks for."""
        path = self.certs.folder / f'{self.name}.srpv'
        if not path.exists():
            conf = self.certs.folder / f'{self.name}-srp.cnf'
            conf.write_text(f'[srp]\ndefault_srp=it\n[it]\nsrpvfile={path}\n')
            path.write_text('')
            said = output_of([self.program, 'srp', '-config', conf, '-add', '-gn', '2048',
                              '-passout', 'pass:' + SRP_PASSWORD, SRP_USER])
            if SRP_USER not in path.read_text():
                raise RuntimeError('openssl srp: ' + said[-300:])
        return path

    def server_help(self):
        return output_of([self.program, 's_server', '-help'])

    def web_server(self, kind):
        return OpenSSLServer([self.program, 's_server', '-accept', '127.0.0.1:0', '-www', '-tls1_2',
                              '-cert', self.certs.cert(kind), '-key', self.certs.key(kind)])

    def close(self):
        pass


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
