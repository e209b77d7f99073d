#!/usr/bin/env python3
"""Writes authenticator.txt: exported authenticators of RFC 9261 by a second reading of it, with Python's hmac and, for
certificates and Ed25519, the package cryptography. Ed25519 signs without randomness, so that every byte is settled:

  exporter secret (TLS 1.3): 00 01 02 ...; master secret (TLS 1.2) the same, randoms of client and server 40 41 ...
  key: seed 00 01 ... 1f"""
import datetime
import hashlib
import hmac
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509.oid import NameOID

DER = serialization.Encoding.DER
SUITES = {'TLS_AES_128_GCM_SHA256': ('tls1.3', 'sha256'), 'TLS_AES_256_GCM_SHA384': ('tls1.3', 'sha384'),
          'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256': ('tls1.2', 'sha256'),
          'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384': ('tls1.2', 'sha384')}
CERTIFICATE_REQUEST, CLIENT_CERTIFICATE_REQUEST, CERTIFICATE, VERIFY, FINISHED = 13, 17, 11, 15, 20
SERVER_NAME, STATUS_REQUEST, SIGNATURE_ALGORITHMS, SCT, SIGNATURE_ALGORITHMS_CERT = 0, 5, 13, 18, 50
ED25519 = 0x0807
RESPONSE = bytes.fromhex('30030a0106')  # unauthorized
SCTS = bytes.fromhex('00070002616200' '0163')


def vector(size, data):
    return len(data).to_bytes(size, 'big') + data


def message(kind, body):
    return bytes([kind]) + vector(3, body)


def expand(name, key, info, length):
    """HKDF-Expand, RFC 5869 2.3."""
    out, block = b'', b''
    for i in range(1, 256):
        if len(out) >= length:
            break
        block = hmac.new(key, block + info + bytes([i]), name).digest()
        out += block
    return out[:length]


def expand_label(name, key, label, context, length):
    """RFC 8446 7.1"""
    return expand(name, key, length.to_bytes(2, 'big') + vector(1, b'tls13 ' + label) + vector(1, context), length)


def prf(name, secret, label, seed, length):
    """RFC 5246 5"""
    seed = label + seed
    out, a = b'', seed
    while len(out) < length:
        a = hmac.new(secret, a, name).digest()
        out += hmac.new(secret, a + seed, name).digest()
    return out[:length]


def export(version, name, label):
    """With an empty context that is there, as long as the hash."""
    length = hashlib.new(name).digest_size
    if version == 'tls1.3':
        empty = hashlib.new(name).digest()
        secret = expand_label(name, bytes(range(length)), label, empty, length)
        return expand_label(name, secret, b'exporter', empty, length)
    return prf(name, bytes(range(48)), label, bytes(range(64, 128)) + b'\0\0', length)


def certificate(key):
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, 'authenticator')])
    b = x509.CertificateBuilder().subject_name(issuer).issuer_name(issuer).public_key(key.public_key())
    b = b.serial_number(0x9261).not_valid_before(datetime.datetime(2020, 1, 1))
    b = b.not_valid_after(datetime.datetime(2040, 1, 1))
    b = b.add_extension(x509.SubjectAlternativeName([x509.DNSName('a.example')]), False)
    return b.sign(key, None).public_bytes(DER)


def extension(kind, data):
    return kind.to_bytes(2, 'big') + vector(2, data)


def request(maker, beside):
    """What the other side asks `maker` for."""
    block = b''
    if maker == 'server':
        block += extension(SERVER_NAME, vector(2, b'\0' + vector(2, b'a.example')))
    block += extension(SIGNATURE_ALGORITHMS, vector(2, ED25519.to_bytes(2, 'big')))
    if beside:
        block += extension(STATUS_REQUEST, b'\1\0\0\0\0' if maker == 'server' else b'') + extension(SCT, b'')
    kind = CLIENT_CERTIFICATE_REQUEST if maker == 'server' else CERTIFICATE_REQUEST
    return message(kind, vector(1, b'a context of it') + vector(2, block))


def authenticator(version, name, maker, key, asked, beside):
    """RFC 9261 5.2"""
    context = export(version, name, f'EXPORTER-{maker} authenticator handshake context'.encode())
    mac_key = export(version, name, f'EXPORTER-{maker} authenticator finished key'.encode())
    block = extension(STATUS_REQUEST, b'\1' + vector(3, RESPONSE)) + extension(SCT, SCTS) if beside else b''
    entry = vector(3, certificate(key)) + vector(2, block)
    shown = message(CERTIFICATE, vector(1, b'a context of it') + vector(3, entry))
    digest = hashlib.new(name, context + asked + shown).digest()
    signature = key.sign(b' ' * 64 + b'Exported Authenticator\0' + digest)
    verify = message(VERIFY, ED25519.to_bytes(2, 'big') + vector(2, signature))
    digest = hashlib.new(name, context + asked + shown + verify).digest()
    return shown + verify + message(FINISHED, hmac.new(mac_key, digest, name).digest())


def main():
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    pkcs8 = key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    lines = ['# Exported authenticators (RFC 9261), made by make_authenticator.py: a second reading in Python', '']
    for suite, (version, name) in SUITES.items():
        for maker in 'client', 'server':
            for beside in False, True:
                asked = request(maker, beside)
                lines += [f'authenticator {maker}', f'version {version}', f'suite {suite}', f'key {pkcs8.hex()}',
                          f'cert {certificate(key).hex()}', f'request {asked.hex()}']
                lines += [f'response {RESPONSE.hex()}', f'scts {SCTS.hex()}'] if beside else []
                lines += [f'value {authenticator(version, name, maker, key, asked, beside).hex()}', '']
    pathlib.Path(__file__).with_name('authenticator.txt').write_text('\n'.join(lines))


if __name__ == '__main__':
    main()
