"""tlslite-ng behind the commands of tests/interop/driver.py. argv[1]: a file of lines NAME=CODE=..."""
import json
import socket
import sys

from cryptography.hazmat.primitives import serialization
from tlslite.api import (HandshakeSettings, SessionCache, TLSConnection, VerifierDB, X509, X509CertChain,
                         parsePEMKey)
from tlslite.constants import CipherSuite, KeyUpdateMessageType
from tlslite.handshakesettings import ALL_CURVE_NAMES, ALL_DH_GROUP_NAMES
from tlslite.utils.compression import compression_algo_impls

LIMIT_SECONDS = 10
GREETING = b'interop says hello\n'
VERSIONS = {'ssl3': (3, 0), 'tls1.0': (3, 1), 'tls1.1': (3, 2), 'tls1.2': (3, 3), 'tls1.3': (3, 4)}
EXCHANGES = {'RSA': 'rsa', 'DHE_RSA': 'dhe_rsa', 'ECDHE_RSA': 'ecdhe_rsa', 'ECDHE_ECDSA': 'ecdhe_ecdsa',
             'DH_anon': 'dh_anon', 'ECDH_anon': 'ecdh_anon', 'SRP_SHA': 'srp_sha', 'SRP_SHA_RSA': 'srp_sha_rsa'}
CIPHERS = {'AES_128_CBC': 'aes128', 'AES_256_CBC': 'aes256', 'RC4_128': 'rc4', 'NULL': 'null',
           '3DES_EDE_CBC': '3des', 'AES_128_GCM': 'aes128gcm', 'AES_256_GCM': 'aes256gcm',
           'AES_128_CCM': 'aes128ccm', 'AES_256_CCM': 'aes256ccm', 'AES_128_CCM_8': 'aes128ccm_8',
           'AES_256_CCM_8': 'aes256ccm_8', 'CHACHA20_POLY1305': 'chacha20-poly1305'}
MACS = {'MD5': 'md5', 'SHA': 'sha', 'SHA256': 'sha256', 'SHA384': 'sha384'}
GROUPS = {name.replace('mlkem', 'MLKEM').replace('x25519M', 'X25519M').replace('secp256r1M', 'SecP256r1M')
          .replace('secp384r1M', 'SecP384r1M'): name for name in ALL_CURVE_NAMES + ALL_DH_GROUP_NAMES}
PACKS = [name for name in ('zlib', 'brotli', 'zstd')
         if name == 'zlib' or compression_algo_impls[name + '_compress']]
CERTS = ['rsa', 'rsa-pss', 'p256', 'p384', 'p521', 'dsa', 'ed25519', 'ed448']
SUITES = {}  # code: (key exchange, cipher, MAC) in the words of the library


def words_of(name):
    """None for a suite that it does not have."""
    exchange, _, rest = name.removeprefix('TLS_').rpartition('_WITH_')
    if any(word in name for word in ('_CCM', 'FIPS')) and not rest.endswith(('_SHA256', '_SHA384')):
        cipher, mac = rest, 'aead'
    else:
        cipher, _, mac = rest.rpartition('_')
        mac = 'aead' if 'GCM' in cipher or 'POLY1305' in cipher or 'CCM' in cipher else MACS.get(mac)
    if exchange not in EXCHANGES and exchange or cipher not in CIPHERS or not mac:
        return None
    return EXCHANGES.get(exchange, ''), CIPHERS[cipher], mac


def failed(error):
    return {'ok': False, 'data': False, 'error': f'{type(error).__name__}: {error}'[:200]}


def read(path):
    with open(path, encoding='ascii') as file:
        return file.read()


def private_key(text):
    """Its parser wants EC keys without the parameters that RFC 5915 3 asks for."""
    try:
        return parsePEMKey(text, private=True, implementations=['python'])
    except SyntaxError:
        key = serialization.load_pem_private_key(text.encode(), None)
        plain = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                  serialization.NoEncryption())
        return parsePEMKey(plain.decode(), private=True, implementations=['python'])


def credentials(words):
    if 'cert' not in words:
        return None, None
    cert = X509()
    cert.parse(read(words['cert']))
    return X509CertChain([cert]), private_key(read(words['key']))


def settings_of(words, server):
    s = HandshakeSettings()
    s.minVersion = s.maxVersion = VERSIONS[words['version']]
    exchange, cipher, mac = SUITES[int(words['suite'], 16)]
    if exchange:
        s.keyExchangeNames = [exchange]
    s.cipherNames, s.macNames = [cipher], [mac]
    s.minKeySize = 512
    s.useEncryptThenMAC = words.get('etm') != '0'
    s.useExtendedMasterSecret = words.get('ems') != '0'
    s.rsaSigHashes = s.rsaSigHashes + ['sha224', 'sha1']
    if server and words.get('resume') == 'ticket':
        s.ticketKeys = [bytes(range(32))]
    # left alone, its client compresses although the server did not offer it
    if 'packed' in words or not server:
        packs = [words['packed']] if 'packed' in words else []
        s.certificate_compression_send = s.certificate_compression_receive = packs
    set_groups(s, words, server)
    if 'psk_hash' in words:
        s.pskConfigs = [(words['identity'].encode(), bytes.fromhex(words['psk']), words['psk_hash'])]
        s.psk_modes = ['psk_ke'] if 'psk_ke' in words else ['psk_dhe_ke']
    return s


def set_groups(s, words, server):
    if 'group' not in words:
        s.eccCurves = [name for name in s.eccCurves if not name.startswith('brainpool')]
        return
    group = GROUPS[words['group']]
    finite = group.startswith('ffdhe')
    first = ['x25519'] if 'retry' in words and not server else []
    s.eccCurves = first + ([] if finite else [group])
    s.dhGroups = [group] if finite else []
    s.keyShares = first or [group]
    if not finite:
        s.defaultCurve = group if group in ALL_CURVE_NAMES else s.defaultCurve


def describe(conn, server=False):
    """Of a resumed session its server does not know all."""
    name = next((n for n, v in VERSIONS.items() if v == tuple(conn.version)), '')
    o = {'version': name, 'suite': conn.session.cipherSuite, 'resumed': 'yes' if conn.resumed else '',
         'alpn': conn.session.appProto.decode() if conn.session.appProto else ''}
    if server and name == 'tls1.3':
        del o['resumed']
    if name != 'tls1.3' and not conn.resumed:
        o['ems'], o['etm'] = bool(conn.extendedMasterSecret), bool(conn.encryptThenMAC)
    return o


def line(conn):
    text = bytearray()
    while not text.endswith(b'\n'):
        more = conn.read(max=256, min=1)
        if not more:
            break
        text += more
    return bytes(text)


def new_keys(conn):
    """A request for new keys; the answer is taken by the next read."""
    for _ in conn.send_keyupdate_request(KeyUpdateMessageType.update_requested):
        pass


def connect(words, session=None):
    sock = socket.create_connection(('127.0.0.1', int(words['port'])), LIMIT_SECONDS)
    conn = TLSConnection(sock)
    conn.ignoreAbruptClose = False
    settings = settings_of(words, False)
    chain, key = credentials(words)
    alpn = [name.encode() for name in words['alpn'].split(',')] if 'alpn' in words else None
    if 'srp_user' in words:
        conn.handshakeClientSRP(bytearray(words['srp_user'].encode()),
                                bytearray(words['srp_password'].encode()), session=session, settings=settings)
    elif any('anon' in name for name in settings.keyExchangeNames[:1]):
        conn.handshakeClientAnonymous(session=session, settings=settings)
    else:
        conn.handshakeClientCert(chain, key, session=session, settings=settings, serverName=words['name'],
                                 alpn=alpn)
    if 'key_update' in words:
        new_keys(conn)
    o = describe(conn)
    conn.write(GREETING)
    data = line(conn) == GREETING
    conn.close()
    return {'ok': data, 'data': data, **o}, conn.session


def client(words):
    o, session = connect(words)
    if 'resume' in words and o['ok']:
        o, _ = connect(words, session)
    return o


def serve(listener, words, cache, verifiers):
    sock, _ = listener.accept()
    sock.settimeout(LIMIT_SECONDS)
    conn = TLSConnection(sock)
    settings = settings_of(words, True)
    chain, key = credentials(words)
    require = words.get('auth') == 'require'
    conn.handshakeServer(verifierDB=verifiers, certChain=chain, privateKey=key, reqCert=require,
                         sessionCache=cache, settings=settings,
                         anon='anon' in settings.keyExchangeNames[0],
                         alpn=[n.encode() for n in words['alpn'].split(',')] if 'alpn' in words else None)
    o = describe(conn, True)
    if require:
        o['client_cert'] = bool(conn.session.clientCertChain)
    if require and not o['client_cert'] and not conn.resumed:
        sock.close()
        raise ValueError('no certificate')
    data = False
    while text := line(conn):
        data = text == GREETING
        conn.write(text)
    conn.close()
    return {'ok': data, 'data': data, **o}


def verifiers_of(words):
    if 'srp_user' not in words:
        return None
    table = VerifierDB()
    table.create()
    name = words['srp_user'].encode()
    table[name] = VerifierDB.makeVerifier(name, words['srp_password'].encode(), 2048)
    return table


def attempt(act, *args):
    try:
        return act(*args)
    except Exception as error:  # whatever a library throws is what there is to say about the connection
        return failed(error)


def server(words):
    cache = SessionCache() if words.get('resume') == 'id' else None
    verifiers = verifiers_of(words)
    with socket.create_server(('127.0.0.1', 0)) as listener:
        listener.settimeout(LIMIT_SECONDS)
        say({'port': listener.getsockname()[1]})
        for _ in range(int(words['accepts'])):
            say(attempt(serve, listener, words, cache, verifiers))


def say(what):
    print(json.dumps(what), flush=True)


def can():
    import importlib.metadata
    return {'title': 'tlslite-ng ' + importlib.metadata.version('tlslite-ng'), 'versions': list(VERSIONS),
            'groups': list(GROUPS), 'suites': [code for code in SUITES if SUITES[code]], 'certs': CERTS,
            'client': ['key-update', 'retry'], 'server': ['retry', 'ssl2-hello'],
            'broken': {'policy': 'does not bind ECDSA hashes to curves'},
            'features': ['alpn', 'hangs-up', 'ems', 'etm', 'client-cert', 'resume-id', 'resume-ticket', 'legacy-resume',
                         'psk-sha256', 'psk-sha384', 'psk-ke', 'psk-retry', 'psk-ticket',
                         *(f'packed-{name}' for name in PACKS)]}


def main():
    with open(sys.argv[1], encoding='ascii') as table:
        for row in table:
            name, code = row.split('=')[:2]
            SUITES[int(code)] = words_of(name) if int(code) in CipherSuite.ietfNames else None
    for text in sys.stdin:
        what, *rest = text.split()
        words = dict(word.split('=', 1) for word in rest)
        if what == 'can':
            say(can())
        elif what == 'client':
            say(attempt(client, words))
        else:
            attempt(server, words)


if __name__ == '__main__':
    main()
