#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

static tlsn_status note(struct tlsni_err *err, tlsn_status status, uint8_t alert,
                        const char *layer, const char *format, va_list args)
{
    if (!err || status >= 0 || err->status < 0)
        return status;
    err->status = status;
    err->alert = alert;
    err->layer = layer;
    (void)vsnprintf(err->text, sizeof err->text, format, args);
    return status;
}

tlsn_status tlsni_fail(struct tlsni_err *err, tlsn_status status, const char *layer,
                       const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)note(err, status, tlsn_status_alert(status), layer, format, args);
    va_end(args);
    return status;
}

tlsn_status tlsni_fail_alert(struct tlsni_err *err, tlsn_status status, uint8_t alert,
                             const char *layer, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)note(err, status, alert, layer, format, args);
    va_end(args);
    return status;
}

const char *tlsni_err_quote(char *out, size_t cap, const void *data, size_t len)
{
    static const char hex[] = "0123456789abcdef";
    const uint8_t *p = data;
    size_t at = 0;

    for (size_t i = 0; i < len && at + 5 < cap; i++) {
        if (p[i] >= 0x20 && p[i] < 0x7f && p[i] != '\\' && p[i] != '"') {
            out[at++] = (char)p[i];
            continue;
        }
        out[at++] = '\\';
        out[at++] = 'x';
        out[at++] = hex[p[i] >> 4];
        out[at++] = hex[p[i] & 15];
    }
    out[at] = 0;
    return out;
}
