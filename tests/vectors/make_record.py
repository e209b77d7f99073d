#!/usr/bin/env python3
"""Makes tests/vectors/record.txt: records of TLS 1.2 built with the Python package `cryptography` and
hashlib straight from RFC 5246 6.2.3, RFC 5288 3, RFC 6655 3, RFC 7366 3 and RFC 7905 2, without any code of ours. GCM with ciphers that the package has without that mode is NIST SP 800-38D
in a few lines below. ARIA, which it does not have, is that of the program `openssl`.

usage: make_record.py >record.txt
"""
import hashlib
import hmac
import struct
import subprocess

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.decrepit.ciphers.algorithms import Camellia, TripleDES
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305


def stream(label, count):
    """Bytes that look random and are the same in every run."""
    out = b''
    while len(out) < count:
        out += hashlib.sha256(label.encode() + struct.pack('>I', len(out))).digest()
    return out[:count]


def pseudo(seq, kind, length):
    return struct.pack('>QBHH', seq, kind, 0x0303, length)


def record(kind, fragment):
    return struct.pack('>BHH', kind, 0x0303, len(fragment)) + fragment


def encrypt(cipher, key, mode, data):
    if cipher == 'ARIA':
        argv = ['openssl', 'enc', f'-aria-{8 * len(key)}-{mode.name}', '-nopad', '-K', key.hex()]
        if mode.name == 'CBC':
            argv += ['-iv', mode.initialization_vector.hex()]
        return subprocess.run(argv, input=data, capture_output=True, check=True).stdout
    encryptor = Cipher(cipher(key), mode).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def one_block(cipher, key, block):
    return encrypt(cipher, key, modes.ECB(), block)


def gf128(x, y):
    """Product in GF(2^128), SP 800-38D 6.3."""
    z = 0
    for i in range(127, -1, -1):
        if x >> i & 1:
            z ^= y
        y = y >> 1 ^ (0xe1 << 120 if y & 1 else 0)
    return z


def gcm(cipher, key, nonce, plain, extra):
    """SP 800-38D 7.1 with a nonce of 96 bits."""
    text = b''
    for i in range(0, len(plain), 16):
        pad = one_block(cipher, key, nonce + struct.pack('>I', 2 + i // 16))
        text += bytes(a ^ b for a, b in zip(plain[i:i + 16], pad))
    data = b''.join(part + bytes(-len(part) % 16) for part in (extra, text))
    data += struct.pack('>QQ', 8 * len(extra), 8 * len(text))
    h, s = int.from_bytes(one_block(cipher, key, bytes(16)), 'big'), 0
    for i in range(0, len(data), 16):
        s = gf128(s ^ int.from_bytes(data[i:i + 16], 'big'), h)
    pad = one_block(cipher, key, nonce + struct.pack('>I', 1))
    return text + bytes(a ^ b for a, b in zip(s.to_bytes(16, 'big'), pad))


def aead(name, key, iv, seq, kind, plain):
    extra = pseudo(seq, kind, len(plain))
    wire_nonce = struct.pack('>Q', seq)
    if name == 'CHACHA20_POLY1305':
        nonce = bytes(a ^ b for a, b in zip(iv, bytes(4) + wire_nonce))
        return record(kind, ChaCha20Poly1305(key).encrypt(nonce, plain, extra))
    if name.startswith('CAMELLIA'):
        return record(kind, wire_nonce + gcm(Camellia, key, iv + wire_nonce, plain, extra))
    if name.startswith('ARIA'):
        return record(kind, wire_nonce + gcm('ARIA', key, iv + wire_nonce, plain, extra))
    if 'CCM' in name:
        algorithm = AESCCM(key, 8 if name.endswith('_8') else 16)
    else:
        algorithm = AESGCM(key)
    return record(kind, wire_nonce + algorithm.encrypt(iv + wire_nonce, plain, extra))


def cbc(cipher, key, mac_name, mac_key, etm, random, seq, kind, plain, padding):
    def mac(data):
        return hmac.new(mac_key, pseudo(seq, kind, len(data)) + data, mac_name).digest()

    text = plain if etm else plain + mac(plain)
    text += bytes([padding]) * (padding + 1)
    body = random + encrypt(cipher, key, modes.CBC(random), text)
    return record(kind, body + (mac(body) if etm else b''))


def least_padding(block_len, etm, mac_len, length):
    return block_len - 1 - (length + (0 if etm else mac_len)) % block_len


def show(fields):
    for key, value in fields:
        value = value.hex() if isinstance(value, bytes) else str(value)
        print(f'{key} {value}'.rstrip())
    print()


def aead_cases(number, rows):
    for name, key_len, iv_len in rows:
        for length, seq, kind in ((0, 0, 23), (1, 1, 21), (16, 2, 22), (77, 0x0102030405060708, 23)):
            number += 1
            key, iv = stream(name + 'key', key_len), stream(name + 'iv', iv_len)
            plain = stream(f'plain{number}', length)
            show((('case', number), ('cipher', name), ('etm', 0), ('seal', 1), ('mac_key', b''),
                  ('key', key), ('iv', iv), ('random', b''), ('seq', seq), ('type', kind),
                  ('plain', plain), ('record', aead(name, key, iv, seq, kind, plain))))
    return number


CBC_CIPHERS = {'AES': algorithms.AES, 'CAMELLIA': Camellia, '3DES': TripleDES, 'ARIA': 'ARIA'}


def cbc_cases(number, rows):
    for name, bits, mac_name in rows:
        cipher = CBC_CIPHERS[name]
        label, block_len = f'{name}_{bits}_CBC', 16
        if name == '3DES':
            label, block_len = '3DES_EDE_CBC', 8
        mac_len = hashlib.new(mac_name).digest_size
        for etm in (0, 1):
            for length, seq, extra in ((0, 0, 0), (1, 1, 0), (11, 2, 16), (16, 3, 0), (31, 4, 224),
                                       (77, 0x0102030405060708, 0)):
                number += 1
                key = stream(f'{bits}key', bits // 8)
                mac_key, random = stream(mac_name, mac_len), stream(f'iv{number}', block_len)
                plain = stream(f'plain{number}', length)
                padding = least_padding(block_len, etm, mac_len, length) + extra
                made = cbc(cipher, key, mac_name, mac_key, etm, random, seq, 23, plain, padding)
                show((('case', number), ('cipher', label), ('mac', mac_name),
                      ('etm', etm), ('seal', int(extra == 0)), ('mac_key', mac_key), ('key', key),
                      ('iv', b''), ('random', random), ('seq', seq), ('type', 23),
                      ('plain', plain), ('record', made)))
    return number


def main():
    print('# Made by make_record.py; not by code of this library.')
    print('# case N: cipher, mac (CBC), etm, seal (1: sealing gives exactly this record), mac_key, key, iv')
    print('# (fixed part), random (explicit IV of CBC), seq, type, plain, record.')
    print()
    number = aead_cases(0, (('AES_128_GCM', 16, 4), ('AES_256_GCM', 32, 4),
                            ('CHACHA20_POLY1305', 32, 12)))
    number = cbc_cases(number, (('AES', 128, 'SHA1'), ('AES', 256, 'SHA1'), ('AES', 128, 'SHA256'),
                                ('AES', 256, 'SHA384')))
    number = aead_cases(number, (('AES_128_CCM', 16, 4), ('AES_256_CCM', 32, 4), ('AES_128_CCM_8', 16, 4),
                        ('AES_256_CCM_8', 32, 4)))
    number = aead_cases(number, (('CAMELLIA_128_GCM', 16, 4), ('CAMELLIA_256_GCM', 32, 4)))
    number = cbc_cases(number, (('CAMELLIA', 128, 'SHA1'), ('CAMELLIA', 256, 'SHA256'),
                                ('CAMELLIA', 256, 'SHA384'), ('3DES', 192, 'SHA1')))
    number = aead_cases(number, (('ARIA_128_GCM', 16, 4), ('ARIA_256_GCM', 32, 4)))
    cbc_cases(number, (('ARIA', 128, 'SHA256'), ('ARIA', 256, 'SHA384')))


main()
