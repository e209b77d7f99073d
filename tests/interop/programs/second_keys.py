"""Public keys as second_reading.py wants them: numbers, out of PEM and DER, and what is done with them."""
import base64
import hashlib
import re
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, utils

OID_RSA, OID_DSA = '2a864886f70d010101', '2a8648ce380401'
OID_DH = ('2a864886f70d010301', '2a8648ce3e0201')  # PKCS #3, X9.42


def pem(path):
    """The first object of a PEM file."""
    with open(path, encoding='ascii') as f:
        body = re.search(r'-----BEGIN [^-]*-----(.*?)-----END', f.read(), re.S)[1]
    return base64.b64decode(''.join(body.split()))


def der(data):
    """Values of DER as nested lists; primitive ones as (tag, bytes)."""
    out = []
    while data:
        tag, size, at = data[0], data[1], 2
        if size & 0x80:
            at += size & 0x7f
            size = int.from_bytes(data[2:at], 'big')
        body, data = data[at:at + size], data[at + size:]
        out.append(der(body) if tag & 0x20 else (tag, body))
    return out


def number(value):
    return int.from_bytes(value[1], 'big')


def octets(value, length=None):
    return value.to_bytes(length or max(1, (value.bit_length() + 7) // 8), 'big')


class Key:
    """kind: RSA, DSS or DH; numbers by their usual letters."""

    def __init__(self, **numbers):
        self.__dict__.update(numbers)


def from_spki(algorithm, bits):
    oid = algorithm[0][1].hex()
    public = der(bits[1][1:])
    if oid == OID_RSA:
        return Key(kind='RSA', n=number(public[0][0]), e=number(public[0][1]))
    parameters = [number(v) for v in algorithm[1][:3] if v[0] == 2]
    kind = 'DSS' if oid == OID_DSA else 'DH' if oid in OID_DH else oid
    second, third = (parameters[1], parameters[2]) if oid in (OID_DSA, OID_DH[1]) and kind == 'DSS' else \
        (None, parameters[1])
    return Key(kind=kind, p=parameters[0], q=second, g=third, y=number(public[0]))


def of_certificate(certificate):
    """RFC 5280: the subjectPublicKeyInfo is the first pair of a sequence and a bit string in the body."""
    for field in der(certificate)[0][0]:
        if isinstance(field, list) and len(field) == 2 and isinstance(field[0], list) \
                and isinstance(field[1], tuple) and field[1][0] == 3:
            return from_spki(*field)
    raise ValueError('no public key in the certificate')


def private(path):
    """PKCS #8."""
    _, algorithm, key = der(pem(path))[0][:3]
    oid = algorithm[0][1].hex()
    inner = der(key[1])[0]
    if oid == OID_RSA:
        n, e, d = (number(v) for v in inner[1:4])
        return Key(kind='RSA', n=n, e=e, d=d)
    parameters = [number(v) for v in algorithm[1]]
    if oid == OID_DSA:
        return Key(kind='DSS', p=parameters[0], q=parameters[1], g=parameters[2], x=number(inner))
    return Key(kind='DH', p=parameters[0], g=parameters[1], x=number(inner))


def dh_group(path):
    """(p, g) of PKCS #3 parameters."""
    return tuple(number(v) for v in der(pem(path))[0][:2])


# ---- RSA: PKCS #1 block types by hand

def _size(key):
    return (key.n.bit_length() + 7) // 8


def rsa_encrypt(key, data):
    fill = bytes(secrets.randbelow(255) + 1 for _ in range(_size(key) - 3 - len(data)))
    return octets(pow(int.from_bytes(b'\0\2' + fill + b'\0' + data, 'big'), key.e, key.n), _size(key))


def rsa_decrypt(key, data):
    block = octets(pow(int.from_bytes(data, 'big'), key.d, key.n), _size(key))
    if block[:2] != b'\0\2':
        raise ValueError('not a block of type 2')
    return block[block.index(0, 2) + 1:]


def new_rsa(bits):
    """An ephemeral key; as short as exports were."""
    def prime():
        while True:
            p = secrets.randbits(bits // 2) | 3 << bits // 2 - 2 | 1
            if p % 65537 != 1 and all(pow(a, p - 1, p) == 1 for a in (2, 3, 5, 7, 11, 13)):
                return p
    p, q = prime(), prime()
    return Key(kind='RSA', n=p * q, e=65537, d=pow(65537, -1, (p - 1) * (q - 1)))


# ---- signatures below TLS 1.2: RSA over MD5 and SHA-1 without DigestInfo, DSS over SHA-1

def sign(key, data):
    if key.kind == 'RSA':
        both = hashlib.md5(data).digest() + hashlib.sha1(data).digest()
        block = b'\0\1' + b'\xff' * (_size(key) - 3 - len(both)) + b'\0' + both
        return octets(pow(int.from_bytes(block, 'big'), key.d, key.n), _size(key))
    numbers = dsa.DSAPrivateNumbers(key.x, dsa.DSAPublicNumbers(
        pow(key.g, key.x, key.p), dsa.DSAParameterNumbers(key.p, key.q, key.g)))
    return numbers.private_key().sign(data, hashes.SHA1())


def verify(key, data, signature):
    if key.kind == 'RSA':
        both = hashlib.md5(data).digest() + hashlib.sha1(data).digest()
        block = octets(pow(int.from_bytes(signature, 'big'), key.e, key.n), _size(key))
        return block == b'\0\1' + b'\xff' * (_size(key) - 3 - len(both)) + b'\0' + both
    r, s = utils.decode_dss_signature(signature)
    w = pow(s, -1, key.q)
    digest = int.from_bytes(hashlib.sha1(data).digest(), 'big')
    v = pow(key.g, digest * w % key.q, key.p) * pow(key.y, r * w % key.q, key.p) % key.p % key.q
    return 0 < r < key.q and 0 < s < key.q and v == r
