/* alert.h - the registry of alerts, one row each. */
#ifndef TLSNI_BASE_ALERT_H
#define TLSNI_BASE_ALERT_H

#include <tls-native/types.h>

enum { TLSNI_ALERT_WARNING = 1, TLSNI_ALERT_FATAL = 2 };
enum {
    TLSNI_ALERT_CLOSE_NOTIFY = 0,
    TLSNI_ALERT_UNEXPECTED_MESSAGE = 10,
    TLSNI_ALERT_HANDSHAKE_FAILURE = 40,
    TLSNI_ALERT_NO_CERTIFICATE = 41,
    TLSNI_ALERT_CERTIFICATE_UNKNOWN = 46,
    TLSNI_ALERT_ILLEGAL_PARAMETER = 47,
    TLSNI_ALERT_EXPORT_RESTRICTION = 60, /* TLS 1.0 only (RFC 2246 7.2.2) */
    TLSNI_ALERT_PROTOCOL_VERSION = 70,
    TLSNI_ALERT_INTERNAL_ERROR = 80,
    TLSNI_ALERT_USER_CANCELED = 90,
    TLSNI_ALERT_NO_RENEGOTIATION = 100,
    TLSNI_ALERT_UNRECOGNIZED_NAME = 112,
    TLSNI_ALERT_CERTIFICATE_REQUIRED = 116,
};

struct tlsni_alert {
    uint8_t number;
    uint8_t level; /* the level it is sent with: WARNING, FATAL, or 0 where the sender chooses */
    uint16_t first, last; /* the versions that have it */
    uint8_t instead; /* what is sent in others */
    const char *name, *source;
};

/* All rows, sorted by number. */
const struct tlsni_alert *tlsni_alert_rows(size_t *count);
const struct tlsni_alert *tlsni_alert_find(uint8_t alert);

#endif
