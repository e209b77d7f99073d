"""A session of OpenSSL for an external key of TLS 1.3, as its -psk_session takes it: unlike -psk it can have a
suite of SHA-384, and early data. The DER is what `openssl sess_id` prints of one."""
import base64
import textwrap

TIME, TIMEOUT = 1, 2  # tags of SSL_SESSION
MAX_EARLY_DATA, ALPN = 15, 16


def _tlv(tag, data):
    size = bytes([len(data)]) if len(data) < 128 else bytes([0x81, len(data)])
    return bytes([tag]) + size + data


def _integer(n):
    return _tlv(2, n.to_bytes(n.bit_length() // 8 + 1, 'big'))


def _octets(data):
    return _tlv(4, data)


def pem(suite, key, now, early_data=0, alpn=b''):
    """suite: code point; key: hexadecimal."""
    body = _integer(1) + _integer(0x0304) + _octets(suite.to_bytes(2, 'big')) + _octets(b'')
    body += _octets(bytes.fromhex(key))
    body += _tlv(0xa0 + TIME, _integer(now)) + _tlv(0xa0 + TIMEOUT, _integer(86400))
    body += _tlv(0xa0 + MAX_EARLY_DATA, _integer(early_data)) if early_data else b''
    body += _tlv(0xa0 + ALPN, _octets(alpn)) if alpn else b''
    lines = textwrap.wrap(base64.b64encode(_tlv(0x30, body)).decode(), 64)
    return '\n'.join(['-----BEGIN SSL SESSION PARAMETERS-----', *lines, '-----END SSL SESSION PARAMETERS-----', ''])
