#!/usr/bin/env python3
"""Makes tests/vectors/rsa.txt: RSA keys of unusual shapes with signatures and ciphertexts by the Python
package `cryptography`, which is OpenSSL, and one raw power by Python itself. No code of ours.

usage: make_rsa.py >rsa.txt          (another run makes other keys)
"""
import math
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

HASHES = {'SHA1': hashes.SHA1(), 'SHA224': hashes.SHA224(), 'SHA256': hashes.SHA256(),
          'SHA384': hashes.SHA384(), 'SHA512': hashes.SHA512()}


def is_prime(n):
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for _ in range(24):
        x = pow(secrets.randbelow(n - 3) + 2, d, n)
        if x in (1, n - 1):
            continue
        if not any((x := x * x % n) == n - 1 for _ in range(s - 1)):
            return False
    return True


def prime(bits, e):
    while True:
        p = secrets.randbits(bits) | 1 << bits - 1 | 1
        if math.gcd(p - 1, e) == 1 and is_prime(p):
            return p


def key(bits, p_bits, e):
    while True:
        p, q = prime(p_bits, e), prime(bits - p_bits, e)
        if p != q and (p * q).bit_length() == bits:
            break
    d = pow(e, -1, math.lcm(p - 1, q - 1))
    public = rsa.RSAPublicNumbers(e, p * q)
    return rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)


def line(name, value):
    text = value.hex() if isinstance(value, bytes) else f'{value:x}'
    print(name, '0' * (len(text) % 2) + text)


def pss(hash_name, salt):
    return padding.PSS(padding.MGF1(HASHES[hash_name]), salt)


def block(bits, p_bits, e, signatures):
    numbers = key(bits, p_bits, e)
    public = numbers.public_numbers
    print(f'key {bits}')
    for name, value in (('n', public.n), ('e', public.e), ('d', numbers.d), ('p', numbers.p),
                        ('q', numbers.q), ('dp', numbers.dmp1), ('dq', numbers.dmq1),
                        ('qinv', numbers.iqmp)):
        line(name, value)
    size, base = (bits + 7) // 8, secrets.randbelow(public.n)
    line('base', base.to_bytes(size, 'big'))
    line('power_d', pow(base, numbers.d, public.n).to_bytes(size, 'big'))
    premaster = b'\x03\x03' + secrets.token_bytes(46)
    try:
        private = numbers.private_key(unsafe_skip_rsa_key_validation=True)
    except ValueError as error:
        print(f'# not by OpenSSL: {error}')
        signatures, private = [], None
    if private and size >= 59:
        line('premaster', premaster)
        line('ciphertext', private.public_key().encrypt(premaster, padding.PKCS1v15()))
    print()
    for kind, hash_name, salt in signatures:
        message = secrets.token_bytes(20)
        how = padding.PKCS1v15() if kind == 'PKCS1' else pss(hash_name, salt)
        print(f'signature {kind}')
        print(f'hash {hash_name}')
        print(f'salt {salt}')
        line('msg', message)
        line('sig', private.sign(message, how, HASHES[hash_name]))
        print()


def main():
    print('# RSA keys of unusual shapes; made by make_rsa.py with OpenSSL behind Python.')
    print('# A `key` block is followed by its signatures. power_d = base^d mod n.\n')
    block(512, 256, 65537, [('PKCS1', 'SHA256', 0)])
    block(1024, 512, 3, [('PKCS1', 'SHA1', 0), ('PSS', 'SHA512', 62), ('PSS', 'SHA256', 0)])
    block(1025, 513, 65537, [('PKCS1', 'SHA224', 0), ('PSS', 'SHA256', 32)])
    block(1536, 1024, 65537, [('PKCS1', 'SHA384', 0), ('PSS', 'SHA384', 48)])
    block(1536, 500, 2 ** 64 + 13, [('PKCS1', 'SHA512', 0)])
    block(2048, 1024, 65537, [('PKCS1', h, 0) for h in HASHES] +
          [('PSS', 'SHA256', 32), ('PSS', 'SHA384', 48), ('PSS', 'SHA512', 64)])
    block(2049, 1025, 2 ** 130 + 1, [('PKCS1', 'SHA256', 0), ('PSS', 'SHA384', 48)])
    block(2055, 1030, 17, [('PKCS1', 'SHA256', 0), ('PSS', 'SHA512', 64)])
    block(4096, 2048, 65537, [('PKCS1', 'SHA512', 0), ('PSS', 'SHA512', 64)])


main()
