/* report.c - connections described for programs and people. */
#include "report.h"
#include "beside.h"
#include "json.h"
#include "setup.h"

#include <stdlib.h>
#include <string.h>

enum { EXPORT_LEN = 32 };

/* ---- facts ---- */

static const char *version_name(const struct tlsn_conn_info *info)
{
    struct tlsn_version_info row;

    for (size_t i = 0; tlsn_version_info(i, &row); i++)
        if (row.number == info->version)
            return row.name;
    return info->version_name ? info->version_name : "";
}

static const char *resumed_name(enum tlsn_resumed resumed)
{
    switch (resumed) {
    case TLSN_RESUMED_ID: return "id";
    case TLSN_RESUMED_TICKET: return "ticket";
    case TLSN_RESUMED_PSK: return "psk";
    case TLSN_RESUMED_NO: break;
    }
    return NULL;
}

static const char *early_name(enum tlsn_early early)
{
    static const char *const names[] = { "no", "offered", "accepted", "rejected" };

    return names[early];
}

/* A resumed session presents no chain: the verdict was given when it began. */
static const char *verdict_name(const struct tlsn_conn_info *info)
{
    if (info->verdict != TLSN_OK)
        return tlsn_status_name(info->verdict);
    if (info->verified)
        return "ok";
    return info->resumed && info->resumed != TLSN_RESUMED_PSK ? "resumed" : "unverified";
}

static bool describe_peer(const tlsn_conn *conn, struct tlsn_cert_info *cert)
{
    struct tlsn_span der = tlsn_conn_peer_cert(conn, 0);

    return der.len && tlsn_cert_describe(der, cert) == TLSN_OK;
}

/* ---- JSON ---- */

static void json_peer(struct json *j, const struct report *r, const struct tlsn_conn_info *info)
{
    struct tlsn_cert_info cert;

    if (!describe_peer(r->conn, &cert)) {
        json_null(j, "peer");
        return;
    }
    json_open(j, "peer", '{');
    json_string(j, "subject", cert.subject);
    json_string(j, "issuer", cert.issuer);
    json_hex(j, "sha256", cert.sha256, sizeof cert.sha256);
    json_string(j, "key", cert.key);
    json_string(j, "verdict", verdict_name(info));
    json_close(j, '}');
}

static void json_traffic(struct json *j, const struct report *r)
{
    struct tlsn_socket_stats stats;

    tlsn_socket_get_stats(r->sock, &stats);
    json_open(j, "bytes", '{');
    json_int(j, "in", (int64_t)stats.bytes_in);
    json_int(j, "out", (int64_t)stats.bytes_out);
    json_close(j, '}');
    json_open(j, "timing", '{');
    if (r->connect_us)
        json_int(j, "connect_us", r->connect_us);
    json_int(j, "handshake_us", stats.handshake_us);
    json_close(j, '}');
}

/* A name, or null where there is none. */
static void json_name(struct json *j, const char *key, const char *name)
{
    if (*name)
        json_string(j, key, name);
    else
        json_null(j, key);
}

/* The delegated credential of one side (RFC 9345), or null. */
static void json_delegated(struct json *j, const char *key, const struct tlsn_delegation *d)
{
    if (!d->scheme) {
        json_null(j, key);
        return;
    }
    json_open(j, key, '{');
    json_string(j, "scheme", d->scheme_name);
    json_int(j, "not_after", d->not_after);
    json_close(j, '}');
}

static void json_negotiated(struct json *j, const struct report *r,
                            const struct tlsn_conn_info *info)
{
    struct tlsn_heartbeat_info heartbeat;
    const char *resumed = resumed_name(info->resumed);

    tlsn_heartbeat_get_info(r->conn, &heartbeat);
    json_string(j, "version", version_name(info));
    json_string(j, "suite", info->suite_name);
    json_string(j, "group", info->group_name);
    json_string(j, "signature_scheme", info->signature_scheme_name);
    if (info->alpn.len)
        json_bytes(j, "alpn", info->alpn.data, info->alpn.len);
    else
        json_null(j, "alpn");
    json_string(j, "sni", info->server_name);
    json_bool(j, "sni_acknowledged", info->server_name_acknowledged);
    if (resumed)
        json_string(j, "resumed", resumed);
    else
        json_bool(j, "resumed", false);
    json_string(j, "early_data", early_name(info->early_data));
    json_bool(j, "ems", info->ems);
    json_bool(j, "etm", info->etm);
    json_bool(j, "truncated_hmac", info->truncated_hmac);
    json_bool(j, "secure_renegotiation", info->secure_renegotiation);
    json_name(j, "compression", info->compression);
    json_name(j, "client_cert_compression", info->cert_compression[TLSN_CLIENT]);
    json_name(j, "server_cert_compression", info->cert_compression[TLSN_SERVER]);
    json_delegated(j, "client_delegated", &info->delegated[TLSN_CLIENT]);
    json_delegated(j, "server_delegated", &info->delegated[TLSN_SERVER]);
    json_bool(j, "client_authenticated", info->client_authenticated);
    json_int(j, "heartbeat", heartbeat.peer);
    json_int(j, "max_fragment_length", info->max_fragment_length);
    json_int(j, "record_in_max", (int64_t)info->record_in_max);
    json_int(j, "record_out_max", (int64_t)info->record_out_max);
    json_string(j, "authentication", info->authentication);
    if (info->psk_identity.len)
        json_bytes(j, "psk_identity", info->psk_identity.data, info->psk_identity.len);
    else
        json_null(j, "psk_identity");
}

static void json_binding(struct json *j, const char *key, const tlsn_conn *conn,
                         enum tlsn_binding type)
{
    uint8_t data[TLSN_BINDING_MAX];
    size_t len;

    if (tlsn_channel_binding(conn, type, data, &len) == TLSN_OK)
        json_hex(j, key, data, len);
    else
        json_null(j, key);
}

static void json_exports(struct json *j, const struct report *r)
{
    const struct setup *setup = tlsn_conn_user(r->conn);
    uint8_t data[EXPORT_LEN];

    json_binding(j, "tls_unique", r->conn, TLSN_BINDING_TLS_UNIQUE);
    json_binding(j, "tls_server_end_point", r->conn, TLSN_BINDING_TLS_SERVER_END_POINT);
    if (!setup || !setup->exporter)
        return;
    json_binding(j, "tls_exporter", r->conn, TLSN_BINDING_TLS_EXPORTER);
    if (tlsn_export(r->conn, setup->exporter, NULL, 0, false, data, sizeof data) == TLSN_OK)
        json_hex(j, "export", data, sizeof data);
    else
        json_null(j, "export");
}

void report_json(const struct report *r)
{
    struct tlsn_conn_info info;
    char *line = NULL;
    size_t len = 0;
    struct json j = { .f = open_memstream(&line, &len) };

    if (!j.f)
        return;
    tlsn_conn_get_info(r->conn, &info);
    json_open(&j, NULL, '{');
    json_string(&j, "address", r->name);
    json_negotiated(&j, r, &info);
    json_peer(&j, r, &info);
    beside_json(&j, r->conn);
    json_exports(&j, r);
    json_traffic(&j, r);
    json_close(&j, '}');
    (void)fputc('\n', j.f);
    if (fclose(j.f) == 0) {
        (void)fwrite(line, 1, len, stdout); /* one call: other threads print too */
        (void)fflush(stdout);
    }
    free(line);
}

/* ---- people ---- */

/* A peer's bytes, printable. */
static void page_bytes(FILE *f, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        (void)fputc(data[i] >= 0x20 && data[i] < 0x7f ? data[i] : '?', f);
}

static void page_line(FILE *f, const char *key, const char *value)
{
    (void)fprintf(f, "%-22s", key);
    if (value && *value)
        page_bytes(f, (const uint8_t *)value, strlen(value));
    else
        (void)fputs("none", f);
    (void)fputc('\n', f);
}

static void page_peer(const struct report *r, const struct tlsn_conn_info *info, FILE *f)
{
    struct tlsn_cert_info cert;

    if (!describe_peer(r->conn, &cert)) {
        page_line(f, "peer certificate", NULL);
        return;
    }
    page_line(f, "peer subject", cert.subject);
    page_line(f, "peer issuer", cert.issuer);
    page_line(f, "peer verdict", verdict_name(info));
}

void report_page(const struct report *r, FILE *f)
{
    struct tlsn_conn_info info;
    const char *resumed;

    tlsn_conn_get_info(r->conn, &info);
    resumed = resumed_name(info.resumed);
    page_line(f, "address", r->name);
    page_line(f, "version", version_name(&info));
    page_line(f, "suite", info.suite_name);
    page_line(f, "group", info.group_name);
    page_line(f, "signature scheme", info.signature_scheme_name);
    page_line(f, "delegated credential", info.delegated[TLSN_SERVER].scheme_name);
    (void)fprintf(f, "%-22s", "alpn");
    page_bytes(f, info.alpn.data, info.alpn.len);
    (void)fprintf(f, "%s\n", info.alpn.len ? "" : "none");
    page_line(f, "sni", info.server_name);
    page_line(f, "resumed", resumed ? resumed : "no");
    page_line(f, "early data", early_name(info.early_data));
    page_line(f, "ems", info.ems ? "yes" : "no");
    page_line(f, "etm", info.etm ? "yes" : "no");
    page_line(f, "compression", *info.compression ? info.compression : "none");
    page_line(f, "secure renegotiation", info.secure_renegotiation ? "yes" : "no");
    page_line(f, "client authenticated", info.client_authenticated ? "yes" : "no");
    page_line(f, "server authentication", info.authentication);
    (void)fprintf(f, "%-22s", "psk identity");
    page_bytes(f, info.psk_identity.data, info.psk_identity.len);
    (void)fprintf(f, "%s\n", info.psk_identity.len ? "" : "none");
    page_peer(r, &info, f);
}

void report_summary(const struct report *r)
{
    struct tlsn_conn_info info;
    struct tlsn_cert_info cert;
    const char *resumed;
    bool peer = describe_peer(r->conn, &cert), external;

    tlsn_conn_get_info(r->conn, &info);
    resumed = resumed_name(info.resumed);
    external = info.resumed == TLSN_RESUMED_PSK;
    note("%s: %s %s%s%s%s%s, %s%s%s%s%s%s%s%s", r->name, version_name(&info), info.suite_name,
         *info.group_name ? " " : "", info.group_name, *info.signature_scheme_name ? " " : "",
         info.signature_scheme_name, external ? "pre-shared key" : resumed ? "resumed by " : "full handshake",
         resumed && !external ? resumed : "", info.early_data ? ", early data " : "",
         info.early_data ? early_name(info.early_data) : "", peer ? ", peer " : "", peer ? cert.subject : "",
         peer ? " " : "", peer ? verdict_name(&info) : "");
}

/* ---- failures ---- */

int report_status(const tlsn_conn *conn, tlsn_status st)
{
    const struct tlsn_conn_error *error = tlsn_conn_error(conn);

    if (st == TLSN_ERR_IO || st == TLSN_ERR_TIMEOUT || st == TLSN_ERR_TRUNCATED)
        return STATUS_TRANSPORT;
    if (error && error->alert_received >= 0)
        return STATUS_PROTOCOL;
    if (tlsn_status_blame(st) == TLSN_BLAME_POLICY || st == TLSN_ERR_NO_TRUST)
        return STATUS_CERT;
    if (tlsn_status_blame(st) == TLSN_BLAME_CALLER)
        return STATUS_USAGE;
    return STATUS_PROTOCOL;
}

static void describe_alert(char *out, size_t cap, const struct tlsn_conn_error *error)
{
    *out = 0;
    if (error && error->alert_received >= 0)
        (void)snprintf(out, cap, " (alert received: %s)",
                       tlsn_alert_name((uint8_t)error->alert_received));
    else if (error && error->alert_sent >= 0)
        (void)snprintf(out, cap, " (alert sent: %s)", tlsn_alert_name((uint8_t)error->alert_sent));
}

int report_failure(const struct report *r, tlsn_status st)
{
    const struct tlsn_conn_error *error = tlsn_conn_error(r->conn);
    const char *phase, *text;
    struct tlsn_socket_stats stats;
    char alert[64];

    tlsn_socket_get_stats(r->sock, &stats);
    phase = stats.handshake_us ? "" : "handshake: ";
    if (st == TLSN_ERR_IO)
        return complain(STATUS_TRANSPORT, "%s: %s%s", r->name, phase, strerror(stats.os_error));
    if (st == TLSN_CLOSED)
        return complain(STATUS_PROTOCOL, "%s: %sthe peer closed the connection (alert received: "
                        "close_notify)", r->name, phase);
    describe_alert(alert, sizeof alert, error && error->status == st ? error : NULL);
    text = error && error->status == st && *error->text ? error->text : tlsn_status_text(st);
    return complain(report_status(r->conn, st), "%s: %s%s%s", r->name, phase, text, alert);
}
