/* error.h - the first error of a connection, with its details. */
#ifndef TLSNI_BASE_ERROR_H
#define TLSNI_BASE_ERROR_H

#include <tls-native/types.h>

enum { TLSNI_ERROR_TEXT = 152 };

/* Where a failure is noted as it happens. The first one sticks; later ones are dropped. */
struct tlsni_err {
    tlsn_status status;
    uint8_t alert;     /* to send for it, TLSN_ALERT_NONE for none */
    const char *layer; /* "record", "handshake", "x509", ...; static */
    char text[TLSNI_ERROR_TEXT];
};

/* Notes status with a printf line (values that matter, no secrets, peer text only through
 * tlsni_err_quote) and returns it, so that one can write `return tlsni_fail(err, ...)`. A NULL err is
 * allowed. The alert is the table's. A status >= 0 is returned as it is. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
tlsn_status tlsni_fail(struct tlsni_err *err, tlsn_status status, const char *layer,
                       const char *format, ...);

/* The same with an alert other than the table's. */
#if defined(__GNUC__)
__attribute__((format(printf, 5, 6)))
#endif
tlsn_status tlsni_fail_alert(struct tlsni_err *err, tlsn_status status, uint8_t alert,
                             const char *layer, const char *format, ...);

/* Peer-controlled bytes as printable text: others become \xNN, at most cap - 1 characters. */
const char *tlsni_err_quote(char *out, size_t cap, const void *data, size_t len);

#endif
