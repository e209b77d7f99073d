"""Keys, ciphers and records of SSL 3.0 to TLS 1.1, written from RFC 6101, RFC 2246, RFC 4346 and the 56-bit draft.

Part of second_reading.py; nothing here was taken from the library that it tests. The block ciphers are those
of the `cryptography` package, which answers for them; check() compares two published vectors."""
import hashlib
import hmac
import os
import warnings

warnings.simplefilter('ignore')  # about ciphers that are old, which is why they are here
from cryptography.hazmat.decrepit.ciphers import algorithms as old
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms as new, modes

try:
    TripleDES = old.TripleDES
except AttributeError:
    TripleDES = new.TripleDES

SSL3, TLS10, TLS11 = 0x0300, 0x0301, 0x0302


def des(key):
    return TripleDES(key * 3)


# name: (algorithm, key material, expanded key, block; 0: stream, exportable)
CIPHERS = {
    'NULL': (None, 0, 0, 0, False),
    'RC4_40': (old.ARC4, 5, 16, 0, True),
    'RC4_56': (old.ARC4, 7, 16, 0, True),
    'RC4_128': (old.ARC4, 16, 16, 0, False),
    'RC2_CBC_40': (old.RC2, 5, 16, 8, True),
    'RC2_CBC_56': (old.RC2, 7, 16, 8, True),
    'RC2_CBC': (old.RC2, 16, 16, 8, False),
    'DES40_CBC': (des, 5, 8, 8, True),
    'DES_CBC': (des, 8, 8, 8, False),
    'EXPORT1024_DES_CBC': (des, 8, 8, 8, True),
    '3DES_EDE_CBC': (TripleDES, 24, 24, 8, False),
    'IDEA_CBC': (old.IDEA, 16, 16, 8, False),
    'SEED_CBC': (old.SEED, 16, 16, 16, False),
    'AES_128_CBC': (new.AES, 16, 16, 16, False),
    'AES_256_CBC': (new.AES, 32, 32, 16, False),
    'CAMELLIA_128_CBC': (getattr(old, 'Camellia', None) or new.Camellia, 16, 16, 16, False),
    'CAMELLIA_256_CBC': (getattr(old, 'Camellia', None) or new.Camellia, 32, 32, 16, False),
}
HASHES = {'MD5': (hashlib.md5, 48), 'SHA': (hashlib.sha1, 40)}


def check():
    """RFC 2268 section 5 (128-bit key) and RFC 6229 (128-bit key): ciphers few programs use any more."""
    key = bytes.fromhex('88bca90e90875a7f0f79c384627bafb2')
    one = Cipher(old.RC2(key), modes.CBC(bytes(8))).encryptor().update(bytes(8))
    if one.hex() != '2269552ab0f85ca6':
        raise SystemExit('RC2 is not the one of RFC 2268')
    stream = Cipher(old.ARC4(bytes(range(1, 17))), None).encryptor().update(bytes(16))
    if stream.hex() != '9ac7cc9a609d1ef7b2932899cde41b97':
        raise SystemExit('RC4 is not the one of RFC 6229')


# ---- secrets

def _p_hash(hash_, secret, seed, length):
    out, a = b'', seed
    while len(out) < length:
        a = hmac.new(secret, a, hash_).digest()
        out += hmac.new(secret, a + seed, hash_).digest()
    return out[:length]


def prf(secret, label, seed, length):
    """RFC 2246 section 5: two halves, which share a byte when the length is odd."""
    half = (len(secret) + 1) // 2
    left = _p_hash(hashlib.md5, secret[:half], label + seed, length)
    right = _p_hash(hashlib.sha1, secret[len(secret) - half:], label + seed, length)
    return bytes(a ^ b for a, b in zip(left, right))


def ssl3_expand(secret, seed, length):
    """RFC 6101 section 6.2: A, BB, CCC ..."""
    out, n = b'', 1
    while len(out) < length:
        label = bytes([64 + n]) * n
        out += hashlib.md5(secret + hashlib.sha1(label + secret + seed).digest()).digest()
        n += 1
    return out[:length]


class Secrets:
    """Everything that follows from the pre-master secret, the randoms, the version and the suite.

    tls_derivation: Netscape's FIPS suites derive keys as TLS 1.0 does, in SSL 3.0 too; their MAC and Finished
    stay those of the version."""

    def __init__(self, version, suite, pre_master, client_random, server_random):
        self.version, self.suite = version, suite
        self.old = version == SSL3 and not suite.tls_derivation
        self.client, self.server = client_random, server_random
        seed = client_random + server_random
        self.master = ssl3_expand(pre_master, seed, 48) if self.old else \
            prf(pre_master, b'master secret', seed, 48)

    def halves(self):
        """(what the client writes with, what the server writes with)"""
        _, material, _, block, _ = CIPHERS[self.suite.cipher]
        mac_len = HASHES[self.suite.mac][0]().digest_size
        seed = self.server + self.client
        need = 2 * (mac_len + material + block)
        keys = ssl3_expand(self.master, seed, need) if self.old else \
            prf(self.master, b'key expansion', seed, need)

        def take(count):
            nonlocal keys
            part, keys = keys[:count], keys[count:]
            return part

        macs = [take(mac_len), take(mac_len)]
        ciphers = [take(material), take(material)]
        ivs = [take(block), take(block)]
        if CIPHERS[self.suite.cipher][4]:
            ciphers, ivs = self._export(ciphers)
        return [Half(self.version, self.suite, *parts) for parts in zip(macs, ciphers, ivs)]

    def _export(self, ciphers):
        """RFC 6101 section 6.2.2.1 and RFC 2246 section 6.3.1: final keys, IVs from public values."""
        _, _, final, block, _ = CIPHERS[self.suite.cipher]
        seed = self.client + self.server
        if self.old:
            back = self.server + self.client
            return ([hashlib.md5(ciphers[0] + seed).digest()[:final],
                     hashlib.md5(ciphers[1] + back).digest()[:final]],
                    [hashlib.md5(seed).digest()[:block], hashlib.md5(back).digest()[:block]])
        ivs = prf(b'', b'IV block', seed, 2 * block)
        return ([prf(ciphers[0], b'client write key', seed, final),
                 prf(ciphers[1], b'server write key', seed, final)], [ivs[:block], ivs[block:]])

    def finished(self, messages, from_client):
        if self.version != SSL3:
            label = b'client finished' if from_client else b'server finished'
            both = hashlib.md5(messages).digest() + hashlib.sha1(messages).digest()
            return prf(self.master, label, both, 12)
        sender = b'CLNT' if from_client else b'SRVR'
        out = b''
        for hash_, pad in HASHES.values():
            inner = hash_(messages + sender + self.master + b'\x36' * pad).digest()
            out += hash_(self.master + b'\x5c' * pad + inner).digest()
        return out


# ---- records

class Half:
    """One direction: MAC, then encryption; keeps the sequence number and the chained state."""

    def __init__(self, version, suite, mac_key, key, iv):
        self.version, self.mac_key, self.number = version, mac_key, 0
        self.hash, self.pad = HASHES[suite.mac]
        make, _, _, self.block, _ = CIPHERS[suite.cipher]
        self.make, self.key, self.iv = make, key, iv
        self.stream = Cipher(make(key), None).encryptor() if make and not self.block else None

    def _mac(self, kind, data):
        head = self.number.to_bytes(8, 'big') + bytes([kind])
        length = len(data).to_bytes(2, 'big')
        self.number += 1
        if self.version != SSL3:
            head += self.version.to_bytes(2, 'big')
            return hmac.new(self.mac_key, head + length + data, self.hash).digest()
        inner = self.hash(self.mac_key + b'\x36' * self.pad + head + length + data).digest()
        return self.hash(self.mac_key + b'\x5c' * self.pad + inner).digest()

    def seal(self, kind, data):
        text = data + self._mac(kind, data)
        if self.stream:
            return self.stream.update(text)
        if not self.block:
            return text
        fill = -(len(text) + 1) % self.block
        text += bytes([fill]) * (fill + 1) if self.version != SSL3 else os.urandom(fill) + bytes([fill])
        iv = os.urandom(self.block) if self.version >= TLS11 else self.iv
        out = Cipher(self.make(self.key), modes.CBC(iv)).encryptor().update(text)
        self.iv = out[-self.block:]
        return iv + out if self.version >= TLS11 else out

    def open(self, kind, data):
        if self.stream:
            data = self.stream.update(data)
        elif self.block:
            data = self._decrypt(data)
        size = self.hash().digest_size
        text, mac = data[:-size], data[-size:]
        if len(data) < size or mac != self._mac(kind, text):
            raise ValueError('bad record MAC')
        return text

    def _decrypt(self, data):
        iv = self.iv
        if self.version >= TLS11:
            iv, data = data[:self.block], data[self.block:]
        if not data or len(data) % self.block:
            raise ValueError('not whole blocks')
        self.iv = data[-self.block:]
        text = Cipher(self.make(self.key), modes.CBC(iv)).decryptor().update(data)
        fill = text[-1]
        if self.version == SSL3 and fill >= self.block:
            raise ValueError('SSL 3.0 pads by less than a block')
        if self.version != SSL3 and text[-fill - 1:] != bytes([fill]) * (fill + 1):
            raise ValueError('bad padding')
        return text[:-fill - 1]
