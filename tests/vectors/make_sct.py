#!/usr/bin/env python3
"""Writes sct.txt: signed certificate timestamps (RFC 6962) made with the Python package cryptography, which
takes the timestamps out of a certificate by itself (tbs_precertificate_bytes). With --check SCRATCH-DIRECTORY
the openssl command says for each log what it thinks of them (s_client -ct)."""
import base64
import datetime
import hashlib
import pathlib
import struct
import subprocess
import sys
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

BEGIN = datetime.datetime(2020, 1, 1)
END = datetime.datetime(2030, 1, 1)
STAMP_MS = 1600000000000
SCT_LIST = x509.ObjectIdentifier('1.3.6.1.4.1.11129.2.4.2')
DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM
SPKI = serialization.PublicFormat.SubjectPublicKeyInfo


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def spki(key):
    return key.public_key().public_bytes(DER, SPKI)


def sct(log, entry_type, entry):
    fixed = struct.pack('>QH', STAMP_MS, entry_type) + entry + b'\0\0'
    signed = b'\0\0' + fixed
    if isinstance(log, rsa.RSAPrivateKey):
        algorithm, signature = 1, log.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    else:
        algorithm, signature = 3, log.sign(signed, ec.ECDSA(hashes.SHA256()))
    return (b'\0' + hashlib.sha256(spki(log)).digest() + struct.pack('>Q', STAMP_MS) + b'\0\0' +
            bytes([4, algorithm]) + struct.pack('>H', len(signature)) + signature)


def vector(n, data):
    return len(data).to_bytes(n, 'big') + data


def octets(data):
    head = bytes([len(data)]) if len(data) < 128 else b'\x82' + len(data).to_bytes(2, 'big')
    return b'\x04' + head + data


def issue(subject, key, issuer, issuer_key, extensions):
    b = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer))
    b = b.public_key(key.public_key()).serial_number(0x1234)
    b = b.not_valid_before(BEGIN).not_valid_after(END)
    for value, critical in extensions:
        b = b.add_extension(value, critical)
    return b.sign(issuer_key, hashes.SHA256())


def main():
    ca_key, leaf_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    logs = [ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)]
    ca = issue('CA', ca_key, 'CA', ca_key, [(x509.BasicConstraints(True, None), True)])
    first = [(x509.SubjectAlternativeName([x509.DNSName('localhost')]), False)]
    last = [(x509.BasicConstraints(False, None), True)]
    before = issue('leaf', leaf_key, 'CA', ca_key, first + last)
    entry = hashlib.sha256(spki(ca_key)).digest() + vector(3, before.tbs_certificate_bytes)
    embedded = vector(2, b''.join(vector(2, sct(log, 1, entry)) for log in logs))
    inside = x509.UnrecognizedExtension(SCT_LIST, octets(embedded))
    leaf = issue('leaf', leaf_key, 'CA', ca_key, first + [(inside, False)] + last)
    assert leaf.tbs_precertificate_bytes == before.tbs_certificate_bytes
    beside = [sct(log, 0, vector(3, leaf.public_bytes(DER))) for log in logs]
    out = pathlib.Path(__file__).with_name('sct.txt')
    lines = ['# Signed certificate timestamps, made by make_sct.py; openssl s_client -ct calls all four valid', '', 'timestamps']
    lines += [f'issuer {ca.public_bytes(DER).hex()}', f'leaf {leaf.public_bytes(DER).hex()}']
    lines += [f'log {spki(log).hex()}' for log in logs] + [f'sct {s.hex()}' for s in beside]
    lines += [f'precert {before.tbs_certificate_bytes.hex()}']
    out.write_text('\n'.join(lines) + '\n')
    if sys.argv[1:2] == ['--check']:
        check(pathlib.Path(sys.argv[2]), ca, leaf, leaf_key, logs, beside)


def check(where, ca, leaf, leaf_key, logs, beside):
    (where / 'ca.pem').write_bytes(ca.public_bytes(PEM))
    (where / 'leaf.pem').write_bytes(leaf.public_bytes(PEM) + leaf_key.private_bytes(
        PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    listed = vector(2, b''.join(vector(2, s) for s in beside))
    info = b'\0\x12' + struct.pack('>H', len(listed)) + listed
    (where / 'info.pem').write_text('-----BEGIN SERVERINFO FOR SCT-----\n' +
                                    base64.encodebytes(info).decode() +
                                    '-----END SERVERINFO FOR SCT-----\n')
    text = 'enabled_logs = ' + ','.join(f'log{i}' for i in range(len(logs))) + '\n'
    for i, log in enumerate(logs):
        key = base64.b64encode(spki(log)).decode()
        text += f'[log{i}]\ndescription = Log {i}\nkey = {key}\n'
    (where / 'logs.cnf').write_text(text)
    server = subprocess.Popen(['openssl', 's_server', '-accept', '127.0.0.1:45999', '-naccept', '1', '-quiet',
                               '-cert', 'leaf.pem', '-serverinfo', 'info.pem', '-tls1_2'], cwd=where,
                              stdout=subprocess.DEVNULL)
    time.sleep(1)
    done = subprocess.run(['openssl', 's_client', '-connect', '127.0.0.1:45999', '-ct', '-ctlogfile', 'logs.cnf',
                           '-CAfile', 'ca.pem', '-verify_return_error', '-tls1_2'], cwd=where, input='',
                          capture_output=True, text=True)
    server.wait(5)
    print('\n'.join(line for line in done.stdout.splitlines() if 'SCT' in line or 'Log' in line or
                    'Source' in line or 'alidation' in line))


main()
