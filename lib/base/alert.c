#include "base/alert.h"

/* @rfc 5246:7.2/1, 5246:7.2.2/9, 5246:7.2.2/13, 5246:7.2.2/23 */
/* clang-format off */
static const struct tlsni_alert rows[] = {
    /* number, level, name, source */
    {   0, 1, "close_notify",                        "RFC 5246 7.2.1" },
    {  10, 2, "unexpected_message",                  "RFC 5246 7.2.2" },
    {  20, 2, "bad_record_mac",                      "RFC 5246 7.2.2" },
    {  21, 2, "decryption_failed_RESERVED",          "RFC 5246 7.2.2" },
    {  22, 2, "record_overflow",                     "RFC 5246 7.2.2" },
    {  30, 2, "decompression_failure_RESERVED",      "RFC 5246 7.2.2" },
    {  40, 2, "handshake_failure",                   "RFC 5246 7.2.2" },
    {  41, 1, "no_certificate_RESERVED",             "RFC 6101 5.4.2" },
    {  42, 0, "bad_certificate",                     "RFC 5246 7.2.2" },
    {  43, 0, "unsupported_certificate",             "RFC 5246 7.2.2" },
    {  44, 0, "certificate_revoked",                 "RFC 5246 7.2.2" },
    {  45, 0, "certificate_expired",                 "RFC 5246 7.2.2" },
    {  46, 0, "certificate_unknown",                 "RFC 5246 7.2.2" },
    {  47, 2, "illegal_parameter",                   "RFC 5246 7.2.2" },
    {  48, 2, "unknown_ca",                          "RFC 5246 7.2.2" },
    {  49, 2, "access_denied",                       "RFC 5246 7.2.2" },
    {  50, 2, "decode_error",                        "RFC 5246 7.2.2" },
    {  51, 2, "decrypt_error",                       "RFC 5246 7.2.2" },
    {  52, 2, "too_many_cids_requested",             "RFC 9147 10" },
    {  60, 2, "export_restriction_RESERVED",         "RFC 5246 7.2.2" },
    {  70, 2, "protocol_version",                    "RFC 5246 7.2.2" },
    {  71, 2, "insufficient_security",               "RFC 5246 7.2.2" },
    {  80, 2, "internal_error",                      "RFC 5246 7.2.2" },
    {  86, 2, "inappropriate_fallback",              "RFC 7507 2" },
    {  90, 1, "user_canceled",                       "RFC 5246 7.2.2" },
    { 100, 1, "no_renegotiation_RESERVED",           "RFC 5246 7.2.2" },
    { 109, 2, "missing_extension",                   "RFC 8446 6.2" },
    { 110, 2, "unsupported_extension",               "RFC 5246 7.2.2" },
    { 111, 2, "certificate_unobtainable_RESERVED",   "RFC 6066 9" },
    { 112, 0, "unrecognized_name",                   "RFC 6066 9" },
    { 113, 2, "bad_certificate_status_response",     "RFC 6066 9" },
    { 114, 2, "bad_certificate_hash_value_RESERVED", "RFC 6066 9" },
    { 115, 2, "unknown_psk_identity",                "RFC 4279 2" },
    { 116, 2, "certificate_required",                "RFC 8446 6.2" },
    { 117, 2, "general_error",                       "RFC 9846 6.2" },
    { 120, 2, "no_application_protocol",             "RFC 7301 3.2" },
    { 121, 2, "ech_required",                        "RFC 9849 5" },
};
/* clang-format on */

const struct tlsni_alert *tlsni_alert_rows(size_t *count)
{
    *count = sizeof rows / sizeof *rows;
    return rows;
}

const char *tlsn_alert_name(uint8_t alert)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].number == alert)
            return rows[i].name;
    return "unknown";
}
