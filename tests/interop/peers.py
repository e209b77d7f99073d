"""All peers, and which of them are here."""
import os
import pathlib
import shutil
import subprocess

from names import SUITES
from peer_gnutls import GnuTLS
from peer_nss import NSS
from peer_openssl import OpenSSL
from driver import Driver

HERE = pathlib.Path(__file__).resolve().parent / 'programs'
CACHE = pathlib.Path(os.environ.get('XDG_CACHE_HOME') or pathlib.Path.home() / '.cache') / 'libtls-native'


JARS = pathlib.Path('/usr/share/java')
JAVA_OPTIONS = ('-XX:TieredStopAtLevel=1', '-Xmx256m')


class Absent(Exception):
    """The peer is not on this machine; the text says what is missing."""


def _program(name):
    path = shutil.which(name)
    if not path:
        raise Absent(f'{name} is not installed')
    return path


def _openssl(certs, _build):
    return OpenSSL('openssl', certs, _program('openssl'))


def _openssl_111(certs, _build):
    program = CACHE / 'openssl-1.1.1' / 'openssl'
    if not program.exists():
        raise Absent('tools/interop-peers.sh has not built it')
    return OpenSSL('openssl-1.1.1', certs, str(program))


def _openssl_36(certs, _build):
    program = CACHE / 'openssl-3.6' / 'openssl'
    if not program.exists():
        raise Absent('tools/interop-peers.sh has not built it')
    return OpenSSL('openssl-3.6', certs, str(program))


def _gnutls(certs, _build):
    _program('gnutls-cli')
    return GnuTLS(certs)


def _nss(certs, _build):
    for name in 'tstclnt', 'selfserv', 'certutil', 'pk12util', 'openssl':
        _program(name)
    return NSS(certs)


def _driver(name, certs, argv, env=None):
    peer = Driver(name, certs, [str(a) for a in argv], {**os.environ, **env} if env else None)
    if not peer.can:
        raise Absent('its program does not run: ' + peer.last_words)
    return peer


def _compile(argv, **env):
    done = subprocess.run([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=300, check=False,
                          env={**os.environ, **env})
    if done.returncode:
        raise Absent('its program does not compile here: ' + next((line for line in done.stdout.splitlines() if 'rror' in line), '')[:200])


def _built(build, source, argv, **env):
    """The path of a program that argv and -o PATH compile when its source is newer."""
    path = build / 'peers' / source.replace('.', '-')
    if not path.exists() or path.stat().st_mtime < (HERE / source).stat().st_mtime:
        path.parent.mkdir(parents=True, exist_ok=True)
        _compile([argv[0], *argv[1:], '-o', path, HERE / source], **env)
    return path


def _go(certs, build):
    program = _built(build, 'peer.go', [_program('go'), 'build'], GO111MODULE='off')
    return _driver('go', certs, [program], {'GODEBUG': 'tlsmlkem=1,tlssecpmlkem=1'})


def _java(name, program, *jars):
    def make(certs, build):
        java, javac = _program('java'), _program('javac')
        for jar in jars:
            if not (JARS / jar).exists():
                raise Absent(f'{jar} is not installed')
        classes = build / 'peers' / name
        path = ':'.join(str(p) for p in [classes, *(JARS / jar for jar in jars)])
        sources = [HERE / 'Commands.java', HERE / f'{program}.java']
        made = classes / f'{program}.class'
        if not made.exists() or made.stat().st_mtime < max(s.stat().st_mtime for s in sources):
            classes.mkdir(parents=True, exist_ok=True)
            _compile([javac, '-nowarn', '-d', classes, '-cp', path, *sources])
        return _driver(name, certs, [java, *JAVA_OPTIONS, '-cp', path, program, _suite_list(build)])
    return make


def _c_peer(name, *libraries):
    def make(certs, build):
        flags = ['-std=gnu11', '-O1', '-I', HERE]
        path = build / 'peers' / name
        newest = max((HERE / file).stat().st_mtime for file in (f'peer_{name}.c', 'peer.h'))
        if not path.exists() or path.stat().st_mtime < newest:
            path.parent.mkdir(parents=True, exist_ok=True)
            _compile([os.environ.get('CC', 'cc').split()[-1], *flags, HERE / f'peer_{name}.c', '-o', path,
                      *(f'-l{lib}' for lib in libraries)])
        return _driver(name, certs, [path, _suite_list(build)])
    return make


def _node(name, version=None):
    def make(certs, build):
        program = CACHE / f'node-{version}' / 'bin' / 'node' if version else _program('node')
        if version and not program.exists():
            raise Absent('tools/interop-peers.sh has not brought it')
        return _driver(name, certs, [program, HERE / 'peer.js', _suite_list(build)])
    return make


def _python(name, program):
    def make(certs, build):
        python = CACHE / 'python' / 'bin' / 'python'
        if not python.exists():
            raise Absent('tools/interop-peers.sh has not made its Python')
        return _driver(name, certs, [python, '-W', 'ignore', HERE / program, _suite_list(build)])
    return make


def _suite_list(build):
    """A file of lines NAME=CODE=OPENSSL-NAME for programs whose libraries know suites by name only."""
    path = build / 'peers' / 'suites.txt'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(''.join(f'{s.name}={s.code}={s.alias}\n' for s in SUITES))
    return path


PEERS = {
    'openssl': _openssl,
    'openssl-1.1.1': _openssl_111,
    'openssl-3.6': _openssl_36,
    'gnutls': _gnutls,
    'go': _go,
    'jsse': _java('jsse', 'Jsse'),
    'bouncycastle': _java('bouncycastle', 'BouncyCastle', 'bctls.jar', 'bcprov.jar', 'bcutil.jar'),
    'mbedtls': _c_peer('mbedtls', 'mbedtls', 'mbedx509', 'mbedcrypto'),
    'wolfssl': _c_peer('wolfssl', 'wolfssl'),
    'node': _node('node'),
    'node-26': _node('node-26', '26.12.1'),
    'node-4': _node('node-4', '4.2.2'),
    'node-0.10': _node('node-0.10', '0.10.28'),
    'second-reading': _python('second-reading', 'second_reading.py'),
    'tlslite-ng': _python('tlslite-ng', 'peer_tlslite.py'),
    'nss': _nss,
    'bearssl': _c_peer('bearssl', 'bearssl'),
}


def find(certs, build, only=None):
    """(peers that are here, a note for each that is not)"""
    found, notes = [], []
    for name, make in PEERS.items():
        if only and name not in only:
            continue
        try:
            found.append(make(certs, build))
        except Absent as reason:
            notes.append(f'{name}: {reason}')
    return found, notes
