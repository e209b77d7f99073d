"""NSS by its tstclnt, as a client; its selfserv answers requests of HTTP only and is not used.

tstclnt has no list of suites: it is asked about each one, and refuses those that it does not know before it
connects. Which suite a connection had is what our server says."""
import re
import shutil

from process import STEP_SECONDS, Proc, output_of
from want import GREETING, Report, Unable

NUMBER = {'3.0': 'ssl3', '3.1': 'tls1.0', '3.2': 'tls1.1', '3.3': 'tls1.2'}
GROUPS = {'secp256r1': 'P256', 'secp384r1': 'P384', 'secp521r1': 'P521', 'x25519': 'x25519'}
GROUPS.update({f'ffdhe{bits}': f'FF{bits}' for bits in (2048, 3072, 4096, 6144, 8192)})
KINDS = {'rsa', 'rsa-pss', 'p256', 'p384', 'p521', 'dsa', 'ecdh-rsa', 'ecdh-ecdsa'}


class NSS:
    name, version = 'nss', 'NSS'
    per_row = False
    features = {'ems'}

    def __init__(self, certs):
        self.certs = certs
        self.program = shutil.which('tstclnt')
        self._known = {}

    def _knows(self, code):
        if code not in self._known:
            # port 1: nobody is there, and nobody is asked when the suite is unknown
            said = output_of([self.program, '-D', '-4', '-h', '127.0.0.1', '-p', '1', '-c', f':{code:04X}'])
            self._known[code] = 'UNKNOWN_CIPHER' not in said
        return self._known[code]

    def check(self, want, role):
        if role == 'server':
            raise Unable('selfserv of NSS answers requests of HTTP only')
        for word in sorted(want.needs(role) - self.features):
            raise Unable(f'this harness does not do {word} with NSS')
        if want.row.cert and not set(want.certs) & KINDS:
            raise Unable('NSS does not take such a certificate')
        if want.group and want.group not in GROUPS:
            raise Unable('NSS does not have this group')
        if want.row.secret or not self._knows(want.row.code):
            raise Unable('NSS does not have this suite')

    def client(self, want, port, expect):
        # -o: there is no database with our authority, so any certificate will do
        argv = [self.program, '-D', '-o', '-v', '-f', '-4', '-h', '127.0.0.1', '-a', 'localhost', '-p', port,
                '-V', f'{want.version}:{want.version}', '-c', f':{want.row.code:04X}']
        argv += ['-G'] if want.ems is not False else []
        argv += ['-I', GROUPS[want.group]] if want.group else []
        proc = Proc(argv)
        try:
            proc.send(GREETING)
            data = proc.wait_for(lambda out: expect in out, STEP_SECONDS)
        finally:
            proc.kill()  # it waits for the server to close, which waits for it
        text = proc.text()
        report = Report(status=0 if data else 3, data=data, text=text, argv=argv)
        if m := re.search(r'SSL version (\d\.\d)', text):
            report.version = NUMBER.get(m[1])
            report.ems = 'Extended Master Secret: Yes' in text
        return report

    def close(self):
        pass
