"""Our own `tlsn client` and `tlsn server`, which report a connection as one line of JSON."""
import json
import re

from names import ELLIPTIC, SIGALG, SUITES
from process import Proc, STEP_SECONDS, output_of, talk
from want import GREETING, IDENTITY, PSK, SRP_PASSWORD, SRP_USER, Report, Unable


def reports(text):
    """The JSON lines in mixed output, as dictionaries."""
    found = []
    for line in text.splitlines():
        if line.startswith('{') and '"version"' in line:
            try:
                found.append(json.loads(line))
            except ValueError:
                pass
    return found


def fill(report, said):
    report.version, report.suite = said.get('version'), said.get('suite')
    report.group = said.get('group') or None
    report.sigalg = said.get('signature_scheme') or None
    report.alpn = said.get('alpn') or None
    report.packed = said.get('server_cert_compression') or ''
    report.fragment = said.get('max_fragment_length')
    report.out_max, report.in_max = said.get('record_out_max'), said.get('record_in_max')
    report.etm, report.ems = said.get('etm'), said.get('ems')
    report.truncated = said.get('truncated_hmac')
    report.resumed = said.get('resumed') or ''
    report.client_cert = said.get('client_authenticated')
    report.ocsp, report.sct = said.get('ocsp') == ['successful'], said.get('scts') == 2
    return report


class Tlsn:
    name = 'tlsn'
    per_row = False
    features = {'OCSP', 'OCSP-judged', 'OCSP-revoked', 'SCT', 'ssl2-hello', 'raw-key', 'alpn', 'client-cert', 'ems', 'etm', 'sigalg', 'renegotiate-client', 'renegotiate-server', 'legacy-renegotiate-client',
                'legacy-renegotiate-server', 'resume-id', 'resume-ticket', 'retry', 'key-update', 'psk-sha256', 'psk-sha384', 'psk-ke', 'psk-retry', 'psk-ticket', 'truncated-hmac',
                'packed-zlib', 'packed-brotli', 'packed-zstd', 'ticket-handle', 'legacy-resume', 'verify'}

    def __init__(self, certs, program):
        self.certs, self.program = certs, program
        self.version = 'tlsn'
        self.help = output_of([program, 'client', '--help']) + output_of([program, 'server', '--help'])
        self.suites = ','.join(s.name for s in SUITES)

    def check(self, want, role):
        if role == 'server' and want.renegotiate == 'server':
            raise Unable('tlsn server asks for it together with a client certificate, see the last section')

    @staticmethod
    def _common(want):
        options = ['--min-version', want.version, '--max-version', want.version]
        options += ['--no-etm'] if want.etm is False else []
        options += ['--no-ems'] if want.ems is False else []
        options += ['--truncated-hmac'] if want.truncated else []
        options += ['--no-tickets'] if want.resume == 'id' else []
        options += ['--ssl2-hello'] if want.ssl2_hello else []
        options += ['--renegotiation', 'legacy' if want.legacy else 'secure'] if want.renegotiate else []
        options += ['--policy', want.policy] if want.policy else []
        if want.row.auth in ('DSS', 'DH_DSS'):
            options += ['--policy', 'legacy', '--sigalgs', 'dsa_sha1,dsa_sha256,ecdsa_secp256r1_sha256']
        if want.secret == 'psk':
            options += ['--psk-identity', IDENTITY, '--psk', PSK]
        options += ['--psk-hash', want.psk] if want.psk else []
        options += ['--psk-ke'] if want.psk_ke else []
        return options

    def client(self, want, port, expect, line=GREETING):
        linger = 1 if want.resume and line != GREETING else 0  # a ticket may come behind the answer
        argv = [self.program, 'client', '--json', '--linger', linger, '--timeout', STEP_SECONDS,
                '--sni', 'localhost', '--verify-name', want.verify_name,
                '--ca', self.certs.ca_of(want), '--suites', want.suite] + self._common(want)
        # JSSE prefers a group with a name to the 512 bits that an export suite allows.
        group = want.group or ('secp256r1' if want.row.export else '')
        group = 'x448' if want.psk_ke else group
        if want.retry:
            group, share = f'x25519,{group}', 'x25519'
            argv += ['--key-shares', share]
        if want.sigalg and want.version == 'tls1.3':  # which is not meant for certificates
            argv += ['--sigalgs-cert', ','.join(SIGALG)]
        argv += ['--key-update'] if want.key_update else []
        argv += ['--cert-compression', want.packed] if want.packed else []
        for option, value in (('--groups', group), ('--sigalgs', want.sigalg),
                              ('--alpn', want.alpn)):
            argv += [option, value] if value else []
        argv += ['--max-fragment-length', want.fragment] if want.fragment else []
        argv += ['--heartbeat'] if want.heartbeat else []
        argv += ['--renegotiate'] if want.renegotiate == 'client' else []
        argv += ['--grease', '--padding', 512] if want.grease else []
        argv += ['--record-size-limit', want.size_limit] if want.size_limit else []
        if want.client_cert:
            argv += ['--cert', self.certs.cert(want.client_cert),
                     '--key', self.certs.key(want.client_cert)]
        argv += ['--ocsp'] if want.ocsp else []
        argv += ['--ct'] if want.sct else []
        argv += ['--peer-key', self.certs.public_key(want.certs[0])] if want.raw_key else []
        if want.secret == 'srp':
            argv += ['--srp-user', SRP_USER, '--srp-password', SRP_PASSWORD]
        address = f'127.0.0.1:{port}'
        if want.resume:
            store = self.certs.scratch('tlsn-session')
            status, data, text = talk(argv + ['--session-out', store, address], line, expect)
            if status != 0:
                return Report(status=status, data=data, text=text, argv=argv)
            argv += ['--session-in', store]
        argv.append(address)
        status, data, text = talk(argv, line, expect)
        report = Report(status=status, data=data, text=text, argv=argv)
        if m := re.search(r'heartbeat: (.+)', text):
            report.heartbeat = m[1].strip()
        said = reports(text)
        return fill(report, said[-1]) if said else report

    def server(self, want):
        # A client that names no finite-field group gets the only one there is.
        finite = want.group if want.group.startswith('ffdhe') else 'ffdhe2048'
        groups = ','.join([g.name for g in ELLIPTIC] + [finite])
        suites = self.suites
        if want.version == 'tls1.3':  # whose clients cannot all be told what to use
            suites, groups = want.suite, want.group or ('x25519' if want.psk_ke else groups)
        argv = [self.program, 'server', '--json', '--echo', '--suites', suites,
                '--groups', groups, '--timeout', STEP_SECONDS] + self._common(want)
        for kind in want.certs:
            argv += ['--cert', self.certs.cert(kind), '--key', self.certs.key(kind)]
        argv += ['--no-tickets'] if want.psk and not want.resume else []  # tstclnt of NSS ends over one
        argv += ['--stateful-tickets', '--renew-tickets'] if want.handle else []
        if want.client_cert is not None:
            argv += ['--client-auth', 'require', '--ca', self.certs.cert('ca')]
        argv += ['--ocsp-response', self.certs.ocsp(want.certs[0], want.revoked)] if want.ocsp else []
        argv += ['--sct', self.certs.sct()] if want.sct else []
        argv += ['--rpk'] if want.raw_key else []
        argv += ['--sigalgs', want.sigalg] if want.sigalg and want.version == 'tls1.3' else []
        argv += ['--cert-compression', want.packed] if want.packed else []
        argv += ['--alpn', want.server_alpn] if want.server_alpn else []
        argv += ['--srp-verifier', self._verifiers()] if want.secret == 'srp' else []
        argv += ['--heartbeat'] if want.heartbeat else []
        return TlsnServer(argv + ['127.0.0.1:0'])

    def _verifiers(self):
        path = self.certs.folder / 'tlsn.srp'
        if not path.exists():
            path.write_text(output_of([self.program, 'srp-verifier', '--srp-user', SRP_USER,
                                       '--srp-password', SRP_PASSWORD]))
        return path

    def web_server(self, kind, *extra):
        return TlsnServer([self.program, 'server', '--json', '--www',
                           '--cert', self.certs.cert(kind), '--key', self.certs.key(kind), *extra,
                           '127.0.0.1:0'])


    def close(self):
        pass


class TlsnServer:
    answer = staticmethod(lambda line: line)

    def __init__(self, argv):
        self.proc = Proc(argv)
        self.read = 0
        pattern = re.compile(rb'listening on \S+:(\d+)')
        if not self.proc.wait_for(pattern.search, STEP_SECONDS):
            text = self.proc.text()
            self.proc.kill()
            raise RuntimeError('tlsn server did not start: ' + text[-300:])
        self.port = int(pattern.search(self.proc.output)[1])

    def report(self, connections):
        """The last JSON line since the previous call, once there is one for each connection."""
        def enough(output):
            return len(reports(output.decode('utf-8', 'replace'))) >= self.read + connections
        self.proc.wait_for(enough, 3)
        said = reports(self.proc.text())
        fresh, self.read = said[self.read:], len(said)
        report = fill(Report(), fresh[-1]) if fresh else None
        if report:
            report.ocsp = report.sct = None  # what a client received
        return report

    def close(self):
        """'' if the server ends as it should; sanitizers and leaks show here."""
        status = self.proc.terminate()
        self.proc.close_input()
        return '' if status == 0 else f'exit status {status}: ' + self.proc.text()[-300:]
