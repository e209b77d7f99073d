/* support_flight.h - handshake messages of TLS 1.2 as OpenSSL 3.0.22 wrote them (s_client -msg
 * against s_server, RSA 2048 and P-256 certificates; suites ECDHE-ECDSA-AES128-GCM-SHA256 with a
 * client certificate, DHE-RSA-AES128-GCM-SHA256, AES128-SHA256), and RFC 8448's ClientHello. */
#ifndef TLSNI_TESTS_SUPPORT_FLIGHT_H
#define TLSNI_TESTS_SUPPORT_FLIGHT_H

#include "base/bytes.h"

enum flight_message {
    FLIGHT_CLIENT_HELLO,
    FLIGHT_SERVER_HELLO,
    FLIGHT_CERTIFICATE,
    FLIGHT_ECDHE_SERVER_KEY_EXCHANGE,
    FLIGHT_CERTIFICATE_REQUEST,
    FLIGHT_SERVER_HELLO_DONE,
    FLIGHT_ECDHE_CLIENT_KEY_EXCHANGE,
    FLIGHT_CERTIFICATE_VERIFY,
    FLIGHT_FINISHED,
    FLIGHT_NEW_SESSION_TICKET,
    FLIGHT_DHE_SERVER_KEY_EXCHANGE,
    FLIGHT_DHE_CLIENT_KEY_EXCHANGE,
    FLIGHT_RSA_CLIENT_KEY_EXCHANGE,
    FLIGHT_RFC8448_CLIENT_HELLO,
    FLIGHT_MESSAGES
};

/* A message with its header in a block of exactly its length, so that sanitizers see a read behind
 * it; to be freed. */
uint8_t *flight_message(enum flight_message which, size_t *len);

#endif
