#include "base/alert.h"

enum { NEWEST = 0xffff };

/* @rfc 5246:7.2/1, 5246:7.2.2/9, 5246:7.2.2/13, 5246:7.2.2/23, 6101:5.4/4, 6101:5.4.2/12 */
/* clang-format off */
static const struct tlsni_alert rows[] = {
    /* number, level, first and last version, what stands for it before and behind, name, source */
    {   0, 1, 0x0300, NEWEST,   0, "close_notify",                        "RFC 5246 7.2.1" },
    {  10, 2, 0x0300, NEWEST,  10, "unexpected_message",                  "RFC 5246 7.2.2" },
    {  20, 2, 0x0300, NEWEST,  20, "bad_record_mac",                      "RFC 5246 7.2.2" },
    {  21, 2, 0x0301, 0x0301,  20, "decryption_failed_RESERVED",          "RFC 5246 7.2.2" },
    {  22, 2, 0x0301, NEWEST,  20, "record_overflow",                     "RFC 5246 7.2.2" },
    {  30, 2, 0x0300, 0x0303,  40, "decompression_failure_RESERVED",      "RFC 5246 7.2.2" },
    {  40, 2, 0x0300, NEWEST,  40, "handshake_failure",                   "RFC 5246 7.2.2" },
    {  41, 1, 0x0300, 0x0300,  40, "no_certificate_RESERVED",             "RFC 6101 5.4.2" },
    {  42, 0, 0x0300, NEWEST,  42, "bad_certificate",                     "RFC 5246 7.2.2" },
    {  43, 0, 0x0300, NEWEST,  43, "unsupported_certificate",             "RFC 5246 7.2.2" },
    {  44, 0, 0x0300, NEWEST,  44, "certificate_revoked",                 "RFC 5246 7.2.2" },
    {  45, 0, 0x0300, NEWEST,  45, "certificate_expired",                 "RFC 5246 7.2.2" },
    {  46, 0, 0x0300, NEWEST,  46, "certificate_unknown",                 "RFC 5246 7.2.2" },
    {  47, 2, 0x0300, NEWEST,  47, "illegal_parameter",                   "RFC 5246 7.2.2" },
    {  48, 2, 0x0301, NEWEST,  42, "unknown_ca",                          "RFC 5246 7.2.2" },
    {  49, 2, 0x0301, NEWEST,  40, "access_denied",                       "RFC 5246 7.2.2" },
    {  50, 2, 0x0301, NEWEST,  40, "decode_error",                        "RFC 5246 7.2.2" },
    {  51, 2, 0x0301, NEWEST,  40, "decrypt_error",                       "RFC 5246 7.2.2" },
    {  52, 2, 0x0301, NEWEST,  40, "too_many_cids_requested",             "RFC 9147 10" },
    {  60, 2, 0x0301, 0x0301,  40, "export_restriction_RESERVED",         "RFC 5246 7.2.2" },
    {  70, 2, 0x0301, NEWEST,  40, "protocol_version",                    "RFC 5246 7.2.2" },
    {  71, 2, 0x0301, NEWEST,  40, "insufficient_security",               "RFC 5246 7.2.2" },
    {  80, 2, 0x0301, NEWEST,  40, "internal_error",                      "RFC 5246 7.2.2" },
    {  86, 2, 0x0300, NEWEST,  86, "inappropriate_fallback",              "RFC 7507 2" },
    {  90, 1, 0x0301, NEWEST,  40, "user_canceled",                       "RFC 5246 7.2.2" },
    { 100, 1, 0x0301, 0x0303,  40, "no_renegotiation_RESERVED",           "RFC 5246 7.2.2" },
    { 109, 2, 0x0301, NEWEST,  40, "missing_extension",                   "RFC 8446 6.2" },
    { 110, 2, 0x0301, NEWEST,  40, "unsupported_extension",               "RFC 5246 7.2.2" },
    { 111, 2, 0x0301, 0x0303,  40, "certificate_unobtainable_RESERVED",   "RFC 6066 9" },
    { 112, 0, 0x0301, NEWEST,  40, "unrecognized_name",                   "RFC 6066 9" },
    { 113, 2, 0x0301, NEWEST,  40, "bad_certificate_status_response",     "RFC 6066 9" },
    { 114, 2, 0x0301, 0x0303,  40, "bad_certificate_hash_value_RESERVED", "RFC 6066 9" },
    { 115, 2, 0x0301, NEWEST,  40, "unknown_psk_identity",                "RFC 4279 2" },
    { 116, 2, 0x0301, NEWEST,  40, "certificate_required",                "RFC 8446 6.2" },
    { 117, 2, 0x0301, NEWEST,  40, "general_error",                       "RFC 9846 6.2" },
    { 120, 2, 0x0301, NEWEST,  40, "no_application_protocol",             "RFC 7301 3.2" },
    { 121, 2, 0x0301, NEWEST,  40, "ech_required",                        "RFC 9849 5" },
};
/* clang-format on */

const struct tlsni_alert *tlsni_alert_rows(size_t *count)
{
    *count = sizeof rows / sizeof *rows;
    return rows;
}

/* @rfc 9846:6.2/1 */
const struct tlsni_alert *tlsni_alert_find(uint8_t alert)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].number == alert)
            return &rows[i];
    return NULL;
}

const char *tlsn_alert_name(uint8_t alert)
{
    const struct tlsni_alert *row = tlsni_alert_find(alert);

    return row ? row->name : "unknown";
}
