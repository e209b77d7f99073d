#include "handshake/version.h"

#include "base/alert.h"
#include "cipher/ssl3.h"
#include "handshake/client12.h"
#include "handshake/client13.h"
#include "handshake/machine.h"
#include "handshake/schedule.h"

#include <string.h>

#define MARK "DOWNGRD" /* and the terminating zero */
#define MARK12 "DOWNGRD\1"

/* What the TLS versions share. */
#define TLS                                                                                     \
    .flow = { &tlsni_flow_tls12_client, &tlsni_flow_tls12_server },                             \
    .server_hello = tlsni_client12_server_hello, .verify_data = tlsni_schedule_verify_data_tls, \
    .verify_data_len = 12, .extensions = true, .sealed_length = 2, .exports = true,               \
    .renegotiates = true, .world = TLSNI_WORLD_OLD

/* @rfc 5246:7.4.9/8, 7627:6.4/1, 5246:E.2/4 */
/* clang-format off */
static const struct tlsni_version rows[] = {
    /* A row without a record profile is known by name only. */
    { .number = TLSN_SSL3,   .old_number = TLSN_SSL3, .world = TLSNI_WORLD_OLD,
      .name = "ssl3",   .title = "SSL 3.0", .mark = MARK,
      .record = &tlsni_record_ssl3, .prf = tlsni_prf_ssl3, .hash = TLSNI_HASH_MD5_SHA1,
      .flow = { &tlsni_flow_tls12_client, &tlsni_flow_tls12_server },
      .server_hello = tlsni_client12_server_hello, .verify_data = tlsni_schedule_verify_data_ssl3,
      .verify_data_len = 36, .verify_digest = tlsni_schedule_verify_digest_ssl3,
      .certificate_alert = true, .export_key = tlsni_schedule_export_ssl3, .unclosed_ends = true,
      .renegotiates = true, .source = "RFC 6101" },
    { .number = TLSN_TLS1_0, .old_number = TLSN_TLS1_0, .name = "tls1.0", .title = "TLS 1.0", TLS, .mark = MARK,
      .record = &tlsni_record_tls10, .prf = tlsni_prf_tls10, .hash = TLSNI_HASH_MD5_SHA1,
      .export_key = tlsni_schedule_export_tls, .unclosed_ends = true, .source = "RFC 2246" },
    { .number = TLSN_TLS1_1, .old_number = TLSN_TLS1_1, .name = "tls1.1", .title = "TLS 1.1", TLS, .mark = MARK,
      .record = &tlsni_record_tls11, .prf = tlsni_prf_tls10, .hash = TLSNI_HASH_MD5_SHA1,
      .source = "RFC 4346" },
    { .number = TLSN_TLS1_2, .old_number = TLSN_TLS1_2, .name = "tls1.2", .title = "TLS 1.2", TLS,
      .mark = MARK12,
      .record = &tlsni_record_tls12, .prf = tlsni_prf_tls12, .sigalgs = true, .marks = true,
      .false_start = true, .source = "RFC 5246" },
    { .number = TLSN_TLS1_3, .old_number = TLSN_TLS1_2, .name = "tls1.3", .title = "TLS 1.3",
      .world = TLSNI_WORLD_13, .record = &tlsni_record_tls13,
      .flow = { &tlsni_flow_tls13_client, &tlsni_flow_tls13_server },
      .server_hello = tlsni_client13_server_hello, .extensions = true, .sigalgs = true,
      .binds_curves = true, .exact_pss = true, .strict_chains = true, .group_apart = true,
      .psk_extension = true, .early_data = true, .binds_messages = true, .keeps_secrets = true,
      .missing_extension = true, .listed = true, .alerts_end = true, .drops_ccs = true, .marks = true,
      .source = "RFC 8446" },
};
/* clang-format on */

const struct tlsni_version *tlsni_version_rows(size_t *count)
{
    *count = sizeof rows / sizeof *rows;
    return rows;
}

const struct tlsni_version *tlsni_version_find(uint16_t number)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].number == number)
            return &rows[i];
    return NULL;
}

/* @rfc 5246:E.1/2, 9325:3.1.1/6, 5746:3.6/9 */
const struct tlsni_version *tlsni_version_select(uint16_t min, uint16_t max, uint16_t offered)
{
    for (size_t i = sizeof rows / sizeof *rows; i-- > 0;) {
        const struct tlsni_version *v = &rows[i];

        if (v->record && v->number >= min && v->number <= max && v->number <= offered)
            return v;
    }
    return NULL;
}

/* @rfc 8446:4.2.1/2
 * @rfc 8446:D.2/2 */
const struct tlsni_version *tlsni_version_select_unlisted(uint16_t min, uint16_t max,
                                                          uint16_t offered)
{
    const struct tlsni_version *v = tlsni_version_select(min, max, offered);

    while (v && v->listed)
        v = tlsni_version_select(min, max, (uint16_t)(v->number - 1));
    return v;
}

/* A server that has not chosen answers in the client's version, if there is such a version; old
 * servers take no first record above TLS 1.0 (RFC 5246 E.1), new clients any of an alert.
 * @rfc 5246:E.1/6 */
uint16_t tlsni_version_first_record(enum tlsn_role role, uint16_t client_version)
{
    uint16_t highest = role == TLSN_CLIENT ? TLSN_TLS1_0 : TLSN_TLS1_2;
    const struct tlsni_version *v = tlsni_version_select(TLSN_SSL3, highest, client_version);

    return v ? v->record->wire_version : TLSN_TLS1_0;
}

const struct tlsni_hash *tlsni_version_hash(const struct tlsni_version *version,
                                            const struct tlsni_suite *suite)
{
    uint8_t id = version->hash ? version->hash : suite->prf;

    return tlsni_hash_find((enum tlsni_hash_id)id);
}

/* @rfc 8446:B/1 */
uint8_t tlsni_version_alert(const struct tlsni_version *version, uint8_t alert)
{
    const struct tlsni_alert *row = tlsni_alert_find(alert);
    bool there = !row || (version->number >= row->first && version->number <= row->last);

    return there ? alert : row->instead;
}

/* @rfc 8446:4.1.3/7 */
const char *tlsni_version_mark(const struct tlsni_version *chosen,
                               const struct tlsni_version *newest)
{
    return newest && newest->marks && newest->number > chosen->number ? chosen->mark : NULL;
}

/* Any mark of a version below the newest one counts.
 * @rfc 8446:4.1.3/3
 * @rfc 8446:4.1.3/8 */
bool tlsni_version_is_marked(const struct tlsni_version *chosen,
                             const struct tlsni_version *newest, const uint8_t *end)
{
    if (!tlsni_version_mark(chosen, newest))
        return false;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].mark && rows[i].number < newest->number &&
            memcmp(end, rows[i].mark, TLSNI_MARK_LEN) == 0)
            return true;
    return false;
}

bool tlsni_version_below(const struct tlsni_version *v, const struct tlsni_version *other)
{
    return v->number < other->number;
}

bool tlsni_version_overlap(uint16_t min_a, uint16_t max_a, uint16_t min_b, uint16_t max_b)
{
    return min_a <= max_b && min_b <= max_a;
}

bool tlsni_version_runs(uint16_t min_a, uint16_t max_a, uint16_t min_b, uint16_t max_b)
{
    const struct tlsni_version *v = tlsni_version_select(min_a, max_a, max_b);

    return v && v->number >= min_b;
}
