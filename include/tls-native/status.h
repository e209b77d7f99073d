/* <tls-native/status.h> - every result a function of this library can have.
 *
 * One row per status: name, number, alert sent for it, who is to blame, text, source. The enum, the
 * descriptions and the one place that sends alerts are all made from this table. Numbers are part of
 * the ABI. Values >= 0: the connection lives. Values < 0: an error; on a connection the first one
 * sticks, and tlsn_conn_error() tells the details. */
#ifndef TLS_NATIVE_STATUS_H
#define TLS_NATIVE_STATUS_H

/* Alert column value of rows that send nothing.
 * @rfc 5246:7.2.2/12, 5246:7.2.2/14, 5246:7.2.2/15, 5246:7.2.2/17, 5246:7.2.2/18
 * @rfc 5246:7.2.2/19, 5246:7.2.2/20, 5246:7.2.2/21, 5246:7.2.2/22, 5246:7.2.2/24
 * @rfc 5246:7.2.2/25, 5246:7.2.2/26, 9846:6.2/2 */
#define TLSN_ALERT_NONE 255

/* clang-format off */
#define TLSN_STATUS_TABLE(E) \
/*E(name,                    number, alert, blame,     text, source) */ \
  E(OK,                           0, 255, NONE,        "done", "") \
  E(NEED_INPUT,                   1, 255, NONE,        "more bytes from the peer are needed", "") \
  E(NEED_OUTPUT,                  2, 255, NONE,        "output is pending: drain and send it", "") \
  E(CLOSED,                       3, 255, NONE,        "the peer closed the connection properly", "RFC 5246 7.2.1") \
  E(NEED_CONFIG,                  4, 255, NONE,        "a configuration for this ClientHello is needed", "") \
  E(NEED_CREDENTIAL,              5, 255, NONE,        "the server asks for a client certificate", "RFC 5246 7.4.4") \
  E(NEED_VERDICT,                 6, 255, NONE,        "a verdict on the peer's certificate chain is needed", "") \
  E(NEED_KEY_OP,                  7, 255, NONE,        "a private-key operation is waiting outside", "") \
  E(NEED_PSK,                     8, 255, NONE,        "a pre-shared key has to be looked up", "") \
  E(NEED_SESSION,                 9, 255, NONE,        "a cached session has to be looked up", "") \
  E(NEED_SRP,                    13, 255, NONE,        "an SRP verifier has to be looked up", "") \
  E(WANT_READ,                   10, 255, NONE,        "the socket has to become readable", "") \
  E(WANT_WRITE,                  11, 255, NONE,        "the socket has to become writable", "") \
  E(NEED_CERTIFICATES,           12, 255, NONE,        "the client's certificates have to be fetched", "RFC 6066 5") \
  E(EARLY_DATA,                  20, 255, NONE,        "early data are to be read before the handshake goes on", "RFC 8446 2.3") \
  E(EARLY_END,                   21, 255, NONE,        "the client's early data are at their end", "RFC 8446 4.5") \
  E(NEED_TURN,                   16, 255, NONE,        "work for one call is used up, call again", "") \
  /* the peer broke the protocol */ \
  E(ERR_DECODE,                -101,  50, PEER,        "message does not parse", "RFC 5246 7.2.2") \
  E(ERR_UNEXPECTED_MESSAGE,    -102,  10, PEER,        "message is not allowed here", "RFC 5246 7.2.2") \
  E(ERR_BAD_RECORD_MAC,        -103,  20, PEER,        "record does not authenticate", "RFC 5246 7.2.2") \
  E(ERR_RECORD_OVERFLOW,       -104,  22, PEER,        "record is longer than allowed", "RFC 5246 7.2.2") \
  E(ERR_ILLEGAL_PARAMETER,     -105,  47, PEER,        "message carries a value that is not allowed", "RFC 5246 7.2.2") \
  E(ERR_DECRYPT_ERROR,         -106,  51, PEER,        "signature or Finished does not verify", "RFC 5246 7.2.2") \
  E(ERR_UNSUPPORTED_EXTENSION, -107, 110, PEER,        "extension was not asked for", "RFC 5246 7.2.2") \
  E(ERR_MISSING_EXTENSION,     -108, 109, PEER,        "required extension is missing", "RFC 8446 6.2") \
  E(ERR_RECORD_VERSION,        -109,  70, PEER,        "record carries a wrong protocol version", "RFC 5246 6.2.1") \
  E(ERR_NOT_TLS,               -110,  10, PEER,        "the peer does not speak TLS", "RFC 5246 6.2.1") \
  E(ERR_MESSAGE_TOO_LONG,      -111,  50, PEER,        "handshake message is longer than allowed", "RFC 5246 7.4") \
  E(ERR_TOO_MANY,              -112,  10, PEER,        "too many empty records, warnings or requests", "") \
  E(ERR_TRUNCATED,             -113, 255, PEER,        "transport ended without close_notify", "RFC 5246 7.2.1") \
  E(ERR_ALERT,                 -114, 255, PEER,        "the peer sent a fatal alert", "RFC 5246 7.2.2") \
  E(ERR_RENEGOTIATION_INFO,    -115,  40, PEER,        "renegotiation_info does not match", "RFC 5746 3.4") \
  E(ERR_EXTENDED_MASTER,       -116,  40, PEER,        "extended_master_secret changed on resumption", "RFC 7627 5.3") \
  E(ERR_SESSION_CHANGED,       -117,  47, PEER,        "resumed session was answered with other parameters", "RFC 5246 7.4.1.3") \
  E(ERR_DECOMPRESSION,         -118,  30, PEER,        "record does not decompress", "RFC 5246 6.2.2") \
  E(ERR_RENEGOTIATION_CHANGE,  -120,  40, PEER,        "renegotiation changes what has to stay", "RFC 7366 3.1") \
  E(ERR_DOWNGRADE,             -122,  47, PEER,        "somebody lowered the version that was offered", "RFC 8446 4.1.3") \
  /* the peer is incompatible */ \
  E(ERR_VERSION,               -201,  70, INCOMPATIBLE, "no common protocol version", "RFC 5246 E.1") \
  E(ERR_NO_SHARED_SUITE,       -202,  40, INCOMPATIBLE, "no common cipher suite", "RFC 5246 7.4.1.3") \
  E(ERR_NO_SHARED_GROUP,       -203,  40, INCOMPATIBLE, "no common group", "RFC 8422 5.1") \
  E(ERR_NO_SHARED_SIGALG,      -204,  40, INCOMPATIBLE, "no common signature algorithm", "RFC 5246 7.4.1.4.1") \
  E(ERR_NO_SHARED_ALPN,        -205, 120, INCOMPATIBLE, "no common application protocol", "RFC 7301 3.2") \
  E(ERR_UNRECOGNIZED_NAME,     -206, 112, INCOMPATIBLE, "server name is not served here", "RFC 6066 3") \
  E(ERR_INSUFFICIENT_SECURITY, -207,  71, INCOMPATIBLE, "peer's parameters are too weak", "RFC 5246 7.2.2") \
  E(ERR_NO_PEER_CERTIFICATE,   -208,  40, INCOMPATIBLE, "peer sent no certificate", "RFC 5246 7.4.6") \
  E(ERR_INAPPROPRIATE_FALLBACK,-209,  86, INCOMPATIBLE, "client fell back without need", "RFC 7507 3") \
  E(ERR_NO_CREDENTIAL,         -210,  40, INCOMPATIBLE, "no certificate fits what the peer accepts", "RFC 5246 7.4.2") \
  E(ERR_UNKNOWN_PSK,           -211, 115, INCOMPATIBLE, "pre-shared key identity is unknown", "RFC 4279 2") \
  E(ERR_NO_RENEGOTIATION,      -212, 100, INCOMPATIBLE, "renegotiation refused", "RFC 5246 7.2.2") \
  /* the peer's certificates, our policy */ \
  E(ERR_CERT_BAD,              -301,  42, POLICY,      "certificate is malformed", "RFC 5246 7.2.2") \
  E(ERR_CERT_UNSUPPORTED,      -302,  43, POLICY,      "certificate's type or key is not supported", "RFC 5246 7.2.2") \
  E(ERR_CERT_REVOKED,          -303,  44, POLICY,      "certificate is revoked", "RFC 5246 7.2.2") \
  E(ERR_CERT_EXPIRED,          -304,  45, POLICY,      "certificate has expired", "RFC 5280 6.1.3") \
  E(ERR_CERT_NOT_YET_VALID,    -305,  45, POLICY,      "certificate is not yet valid", "RFC 5280 6.1.3") \
  E(ERR_CERT_UNKNOWN,          -306,  46, POLICY,      "certificate was not accepted", "RFC 5246 7.2.2") \
  E(ERR_CERT_UNKNOWN_CA,       -307,  48, POLICY,      "no path to a trusted authority", "RFC 5246 7.2.2") \
  E(ERR_CERT_NAME,             -308,  42, POLICY,      "certificate is for another name", "RFC 9525 6") \
  E(ERR_CERT_SIGNATURE,        -309,  42, POLICY,      "certificate's signature does not verify", "RFC 5280 6.1.3") \
  E(ERR_CERT_NOT_CA,           -310,  48, POLICY,      "issuer is not a certification authority", "RFC 5280 6.1.4") \
  E(ERR_CERT_PATH_LENGTH,      -311,  48, POLICY,      "certification path is longer than allowed", "RFC 5280 6.1.4") \
  E(ERR_CERT_KEY_USAGE,        -312,  43, POLICY,      "key usage does not allow this", "RFC 5280 4.2.1.3") \
  E(ERR_CERT_PURPOSE,          -313,  43, POLICY,      "extended key usage does not allow this", "RFC 5280 4.2.1.12") \
  E(ERR_CERT_CRITICAL,         -314,  43, POLICY,      "unknown critical extension", "RFC 5280 4.2") \
  E(ERR_CERT_NAME_CONSTRAINT,  -315,  42, POLICY,      "name is outside the issuer's constraints", "RFC 5280 4.2.1.10") \
  E(ERR_CERT_WEAK,             -316,  42, POLICY,      "certificate's key or signature algorithm is too weak", "") \
  E(ERR_CERT_POLICY,           -317,  42, POLICY,      "certificate policies are not acceptable", "RFC 5280 6.1.5") \
  E(ERR_CERT_LIMIT,            -318,  46, POLICY,      "path search gave up at its limit", "") \
  E(ERR_ACCESS_DENIED,         -319,  49, POLICY,      "valid certificate, access denied", "RFC 5246 7.2.2") \
  E(ERR_OCSP_RESPONSE,         -320, 113, POLICY,      "certificate status is not acceptable", "RFC 6066 8") \
  E(ERR_CERT_UNOBTAINABLE,     -321, 111, POLICY,      "client's certificates could not be fetched", "RFC 6066 5") \
  E(ERR_CERT_HASH,             -322, 114, PEER,        "fetched certificate does not have the hash given", "RFC 6066 5") \
  E(ERR_CERT_DISTRUSTED,       -330,  46, POLICY,      "certificate or its key is on the list of what is not trusted", "") \
  E(ERR_CERT_PIN,              -331,  46, POLICY,      "neither certificate nor key is one that is pinned", "RFC 7469 2.6") \
  E(ERR_CERT_STATUS_UNKNOWN,   -323,  46, POLICY,      "whether the certificate is revoked cannot be told", "RFC 5280 6.3.3") \
  E(ERR_CERT_TRANSPARENCY,     -324,  46, POLICY,      "too few certificate logs know the certificate", "RFC 6962 5.2") \
  E(ERR_CERT_COMPRESSION,      -325,  42, PEER,        "compressed certificates do not unpack to what they should", "RFC 8879 4") \
  /* the caller */ \
  E(ERR_MISUSE,                -401, 255, CALLER,      "call not allowed in this state", "") \
  E(ERR_ARGUMENT,              -402, 255, CALLER,      "argument out of range", "") \
  E(ERR_UNKNOWN_KEYWORD,       -403, 255, CALLER,      "name is not known", "") \
  E(ERR_FROZEN,                -404, 255, CALLER,      "configuration is frozen", "") \
  E(ERR_KEY_MISMATCH,          -405, 255, CALLER,      "private key does not belong to the certificate", "") \
  E(ERR_PEM,                   -406, 255, CALLER,      "PEM or DER text does not parse", "RFC 7468") \
  E(ERR_KEY,                   -407, 255, CALLER,      "private key does not parse or is not sound", "") \
  E(ERR_KEY_ENCRYPTED,         -408, 255, CALLER,      "private key is encrypted", "RFC 5958") \
  E(ERR_FILE,                  -409, 255, CALLER,      "file cannot be read", "") \
  E(ERR_NOT_IMPLEMENTED,       -410, 255, CALLER,      "not implemented", "") \
  E(ERR_NO_TRUST,              -411,  80, CALLER,      "verification is on but no trust anchors are set", "") \
  E(ERR_SESSION_FORMAT,        -412, 255, CALLER,      "saved session does not parse", "") \
  E(ERR_CRL,                   -440, 255, CALLER,      "revocation list does not parse", "RFC 5280 5") \
  E(ERR_BUFFER,                -413, 255, CALLER,      "buffer is too small", "") \
  E(ERR_NOT_FOUND,             -414, 255, CALLER,      "not there", "") \
  E(ERR_IDNA,                  -415, 255, CALLER,      "international name is not one that can be converted: give it in lower case, or as A-labels (xn--...)", "RFC 5891 4") \
  E(ERR_PASSWORD,              -420, 255, CALLER,      "password is wrong", "RFC 8018") \
  E(ERR_KEY_COST,              -421, 255, CALLER,      "deriving the key from the password costs more than the limit", "") \
  E(ERR_AMBIGUOUS,             -422, 255, CALLER,      "more than one fits", "") \
  E(ERR_PKCS11,                -423, 255, CALLER,      "PKCS#11 module or token failed", "") \
  /* resources and our own faults */ \
  E(ERR_NO_MEMORY,             -501,  80, RESOURCE,    "out of memory", "") \
  E(ERR_RANDOM,                -502,  80, RESOURCE,    "random source failed", "") \
  E(ERR_INTERNAL,              -503,  80, RESOURCE,    "internal error", "") \
  E(ERR_LIMIT,                 -504,  80, RESOURCE,    "record or data limit of this key reached", "RFC 5246 6.1") \
  E(ERR_PENDING,               -505,  80, RESOURCE,    "peer makes us answer without reading", "") \
  E(ERR_IO,                    -506, 255, RESOURCE,    "socket failed", "") \
  E(ERR_TIMEOUT,               -507, 255, RESOURCE,    "deadline passed", "") \
  E(ERR_KEY_OP,                -508,  80, RESOURCE,    "private-key operation failed", "")
/* clang-format on */

#define TLSN_STATUS_ENUM(name, number, alert, blame, text, source) TLSN_##name = number,
typedef enum { TLSN_STATUS_TABLE(TLSN_STATUS_ENUM) TLSN_STATUS_LAST = -9999 } tlsn_status;
#undef TLSN_STATUS_ENUM

/* Who has to change something for this error to go away. */
enum tlsn_blame {
    TLSN_BLAME_NONE,         /* not an error */
    TLSN_BLAME_PEER,         /* the peer broke the protocol */
    TLSN_BLAME_INCOMPATIBLE, /* the peer is sound, but shares too little with our configuration */
    TLSN_BLAME_POLICY,       /* our policy refuses what the peer presented */
    TLSN_BLAME_CALLER,       /* the application misused the library or gave unusable data */
    TLSN_BLAME_RESOURCE,     /* memory, randomness, limits, or a fault of our own */
};

#endif
