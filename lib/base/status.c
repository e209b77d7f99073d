/* status.c - lookups in the status table and the registry of alerts. */
#include <tls-native/types.h>

struct status_row {
    tlsn_status number;
    uint8_t alert;
    enum tlsn_blame blame;
    const char *name, *text, *source;
};

#define ROW(name, number, alert, blame, text, source) \
    { TLSN_##name, alert, TLSN_BLAME_##blame, "TLSN_" #name, text, source },
static const struct status_row rows[] = { TLSN_STATUS_TABLE(ROW) };
#undef ROW

static const struct status_row unknown = { TLSN_STATUS_LAST, 80, TLSN_BLAME_RESOURCE,
                                           "TLSN_UNKNOWN", "unknown status", "" };

static const struct status_row *find(tlsn_status status)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].number == status)
            return &rows[i];
    return &unknown;
}

const char *tlsn_status_name(tlsn_status status) { return find(status)->name; }
const char *tlsn_status_text(tlsn_status status) { return find(status)->text; }
uint8_t tlsn_status_alert(tlsn_status status) { return find(status)->alert; }
enum tlsn_blame tlsn_status_blame(tlsn_status status) { return find(status)->blame; }
const char *tlsn_status_source(tlsn_status status) { return find(status)->source; }
const char *tlsn_version_string(void) { return "0.1.0"; }
