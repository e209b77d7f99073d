/* cert_show.c - tlsn cert show and verify. */
#include "commands.h"
#include "io.h"
#include "json.h"
#include "setup.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- show ---- */

static void print_time(const char *key, int64_t seconds)
{
    time_t t = (time_t)seconds;
    struct tm tm;
    char text[64] = "?";

    if (gmtime_r(&t, &tm))
        (void)strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &tm);
    (void)printf("  %-12s%s\n", key, text);
}

enum { REMARKS_MAX = 24 };

static void show_remarks(struct tlsn_span der)
{
    struct tlsn_remark remarks[REMARKS_MAX];
    size_t n = tlsn_cert_remarks(der, remarks, REMARKS_MAX);

    for (size_t i = 0; i < n && i < REMARKS_MAX; i++)
        (void)printf("  %-12s%s (%s)\n", "remark", remarks[i].text, remarks[i].source);
}

static void show_remarks_json(struct json *j, struct tlsn_span der)
{
    struct tlsn_remark remarks[REMARKS_MAX];
    size_t n = tlsn_cert_remarks(der, remarks, REMARKS_MAX);

    json_open(j, "remarks", '[');
    for (size_t i = 0; i < n && i < REMARKS_MAX; i++)
        json_string(j, NULL, remarks[i].text);
    json_close(j, ']');
}

static void show_text(const char *file, const struct tlsn_cert_info *c, struct tlsn_span der)
{
    (void)printf("%s\n  %-12s%s\n  %-12s%s\n  %-12s%s\n  %-12s%s\n  %-12s%s\n", file, "subject",
                 c->subject, "issuer", c->issuer, "serial", c->serial, "key", c->key, "signature",
                 c->signature);
    if (*c->names)
        (void)printf("  %-12s%s\n", "names", c->names);
    print_time("not before", c->not_before);
    print_time("not after", c->not_after);
    if (c->ca && c->path_len >= 0)
        (void)printf("  %-12syes, path length %d\n", "ca", c->path_len);
    else
        (void)printf("  %-12s%s\n", "ca", c->ca ? "yes" : "no");
    if (c->delegation_usage)
        (void)printf("  %-12s%s\n", "delegation", "may sign delegated credentials (RFC 9345)");
    (void)printf("  %-12s%u\n  %-12s", "version", c->version, "sha256");
    for (size_t i = 0; i < sizeof c->sha256; i++)
        (void)printf("%02x", c->sha256[i]);
    (void)putchar('\n');
    show_remarks(der);
}

static void show_json(const char *file, const struct tlsn_cert_info *c, struct tlsn_span der)
{
    struct json j = { .f = stdout };

    json_open(&j, NULL, '{');
    json_string(&j, "file", file);
    json_string(&j, "subject", c->subject);
    json_string(&j, "issuer", c->issuer);
    json_string(&j, "serial", c->serial);
    json_string(&j, "key", c->key);
    json_string(&j, "signature", c->signature);
    json_string(&j, "names", c->names);
    json_int(&j, "not_before", c->not_before);
    json_int(&j, "not_after", c->not_after);
    json_bool(&j, "ca", c->ca);
    if (c->ca && c->path_len >= 0)
        json_int(&j, "path_len", c->path_len);
    else
        json_null(&j, "path_len");
    json_bool(&j, "delegation_usage", c->delegation_usage);
    json_int(&j, "version", c->version);
    json_hex(&j, "sha256", c->sha256, sizeof c->sha256);
    show_remarks_json(&j, der);
    json_close(&j, '}');
    (void)putchar('\n');
}

struct shower {
    const char *file;
    bool json;
    struct blob certificate; /* DER of the first one */
};

/* ---- delegated credentials ---- */

static void show_delegated(const char *file, const struct tlsn_delegated_info *d)
{
    (void)printf("%s\n  %-12s%s\n  %-12s%s\n  %-12s%s\n  %-12s%u seconds from the certificate's notBefore on\n", file,
                 "key", d->key, "scheme", d->scheme_name, "delegation", d->signature_scheme_name, "valid",
                 (unsigned)d->valid_time);
    if (d->not_after)
        print_time("not after", d->not_after);
    if (d->not_after)
        (void)printf("  %-12s%s\n", "for", !d->signed_by_it ? "nobody: the certificate did not sign it"
                                           : d->client     ? "clients"
                                                           : "servers");
}

static void show_delegated_json(const char *file, const struct tlsn_delegated_info *d)
{
    struct json j = { .f = stdout };

    json_open(&j, NULL, '{');
    json_string(&j, "file", file);
    json_string(&j, "key", d->key);
    json_string(&j, "scheme", d->scheme_name);
    json_string(&j, "signature_scheme", d->signature_scheme_name);
    json_int(&j, "valid_time", d->valid_time);
    if (d->not_after) {
        json_int(&j, "not_after", d->not_after);
        json_bool(&j, "signed", d->signed_by_it);
        json_bool(&j, "client", d->client);
    }
    json_close(&j, '}');
    (void)putchar('\n');
}

/* The first certificate that is shown: delegated credentials behind it are said to be its own. */
static tlsn_status keep_first(struct blob *out, struct tlsn_span der)
{
    if (out->data)
        return TLSN_OK;
    out->data = malloc(der.len + 1);
    if (!out->data)
        return TLSN_ERR_NO_MEMORY;
    memcpy(out->data, der.data, der.len);
    out->len = der.len;
    return TLSN_OK;
}

static tlsn_status show_one(void *ctx, struct tlsn_span der)
{
    struct shower *shower = ctx;
    struct tlsn_cert_info info;
    tlsn_status st = tlsn_cert_describe(der, &info);

    if (st != TLSN_OK)
        return st;
    if (shower->json)
        show_json(shower->file, &info, der);
    else
        show_text(shower->file, &info, der);
    return keep_first(&shower->certificate, der);
}

/* False: it is none. */
static bool show_if_delegated(const struct shower *shower, const struct blob *file)
{
    const struct tlsn_span certificate = { shower->certificate.data, shower->certificate.len };
    struct tlsn_delegated_info info;
    size_t len;

    if (tlsn_pem_read(TLSN_DELEGATED_LABEL, file->data, file->len, NULL, 0, &len) != TLSN_ERR_BUFFER ||
        tlsn_delegated_describe(file->data, file->len, certificate, &info) != TLSN_OK)
        return false;
    if (shower->json)
        show_delegated_json(shower->file, &info);
    else
        show_delegated(shower->file, &info);
    return true;
}

static int show_file(struct shower *shower)
{
    struct blob file;
    tlsn_status st = TLSN_OK;
    int status = io_read_file(&file, "cert", shower->file);

    if (status != STATUS_OK)
        return status;
    if (!show_if_delegated(shower, &file))
        st = tlsn_pem_each(file.data, file.len, show_one, shower);
    io_blob_free(&file);
    return st == TLSN_OK ? STATUS_OK
                         : complain(STATUS_USAGE, "%s: %s", shower->file, tlsn_status_text(st));
}

int cert_show_run(const struct options *options)
{
    struct shower shower = { .json = options->json };
    int status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < options->operands.n; i++) {
        shower.file = options->operands.v[i];
        status = show_file(&shower);
    }
    io_blob_free(&shower.certificate);
    return status;
}

/* ---- verify ---- */

/* Calls each for the certificates of a file. */
static int each_cert(const char *path, tlsn_status (*each)(void *ctx, struct tlsn_span der),
                     void *ctx)
{
    struct blob file;
    tlsn_status st;
    int status = io_read_file(&file, "cert", path);

    if (status != STATUS_OK)
        return status;
    st = tlsn_pem_each(file.data, file.len, each, ctx);
    io_blob_free(&file);
    if (st == TLSN_OK)
        return STATUS_OK;
    return complain(STATUS_USAGE, "%s: %s", path, tlsn_status_text(st));
}

enum { CERTS_MAX = 128 };

struct bag {
    struct tlsn_span certs[CERTS_MAX]; /* owned */
    size_t count;
};

static tlsn_status add_cert(void *ctx, struct tlsn_span der)
{
    struct bag *bag = ctx;
    uint8_t *copy;

    if (bag->count == CERTS_MAX)
        return TLSN_ERR_CERT_LIMIT;
    copy = malloc(der.len + 1);
    if (!copy)
        return TLSN_ERR_NO_MEMORY;
    memcpy(copy, der.data, der.len);
    bag->certs[bag->count++] = (struct tlsn_span){ copy, der.len };
    return TLSN_OK;
}

static const char *subject_of(struct tlsn_span der, struct tlsn_cert_info *info)
{
    return tlsn_cert_describe(der, info) == TLSN_OK ? info->subject : "?";
}

static void print_policies(const tlsn_verify_report *report, bool any)
{
    char text[128];

    (void)printf("  policies:%s", any ? " any" : "");
    for (size_t i = 0; i < tlsn_verify_report_policy_count(report, NULL); i++) {
        tlsn_verify_report_policy(report, i, text, sizeof text);
        (void)printf(" %s", text);
    }
    (void)putchar('\n');
}

static void print_report(const struct options *o, tlsn_status st, const tlsn_verify_report *report)
{
    struct tlsn_cert_info info;
    bool any = false;
    const struct tlsn_finding *finding;

    (void)printf("%s: %s\n", o->operands.v[0], st == TLSN_OK ? "ok" : tlsn_status_text(st));
    for (size_t i = 0; i < tlsn_verify_report_depth(report); i++)
        (void)printf("  %zu  %s\n", i, subject_of(tlsn_verify_report_cert(report, i), &info));
    for (size_t i = 0; (finding = tlsn_verify_report_finding(report, i)) != NULL; i++)
        (void)printf("  at %u: %s\n", finding->depth,
                     *finding->text ? finding->text : tlsn_status_text(finding->status));
    if (tlsn_verify_report_policy_count(report, &any) || any)
        print_policies(report, any);
}

static void print_report_json(const struct options *o, tlsn_status st,
                              const tlsn_verify_report *report)
{
    struct json j = { .f = stdout };
    struct tlsn_cert_info info;
    const struct tlsn_finding *finding;

    json_open(&j, NULL, '{');
    json_string(&j, "file", o->operands.v[0]);
    json_string(&j, "verdict", st == TLSN_OK ? "ok" : tlsn_status_name(st));
    json_open(&j, "path", '[');
    for (size_t i = 0; i < tlsn_verify_report_depth(report); i++)
        json_string(&j, NULL, subject_of(tlsn_verify_report_cert(report, i), &info));
    json_close(&j, ']');
    json_open(&j, "findings", '[');
    for (size_t i = 0; (finding = tlsn_verify_report_finding(report, i)) != NULL; i++) {
        json_open(&j, NULL, '{');
        json_int(&j, "depth", finding->depth);
        json_string(&j, "status", tlsn_status_name(finding->status));
        json_string(&j, "text", finding->text);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
    (void)putchar('\n');
}

static int judge(const struct options *o, const struct setup *setup, const struct bag *bag)
{
    enum tlsn_purpose purpose = !o->purpose || strcmp(o->purpose, "any") == 0 ? TLSN_PURPOSE_ANY
                                : strcmp(o->purpose, "server") == 0 ? TLSN_PURPOSE_SERVER
                                                                    : TLSN_PURPOSE_CLIENT;
    const struct tlsn_verify_options judging = setup_verify_options(setup, o);
    tlsn_verify_report *report;
    tlsn_status st = tlsn_verify_report_new(&report, &setup->hooks);

    if (st != TLSN_OK)
        return complain(STATUS_USAGE, "%s", tlsn_status_text(st));
    st = tlsn_x509_verify(setup->trust, bag->certs, bag->count, purpose,
                          o->names.n ? o->names.v[0] : NULL,
                          o->time.set ? o->time.value : INT64_MIN, &judging, report);
    if (o->json)
        print_report_json(o, st, report);
    else
        print_report(o, st, report);
    tlsn_verify_report_free(report);
    if (st == TLSN_OK)
        return STATUS_OK;
    return complain(STATUS_CERT, "%s: %s", o->operands.v[0], tlsn_status_text(st));
}

int cert_verify_run(const struct options *options)
{
    static struct setup setup;
    struct bag bag = { .count = 0 };
    int status = setup_hooks(&setup, options);

    if (status == STATUS_OK)
        status = setup_trust(&setup, options);
    if (status == STATUS_OK && options->names.n > 1)
        status = complain(STATUS_USAGE, "--name: only one");
    for (size_t i = 0; status == STATUS_OK && i < options->operands.n; i++)
        status = each_cert(options->operands.v[i], add_cert, &bag);
    if (status == STATUS_OK && !bag.count)
        status = complain(STATUS_USAGE, "%s: no certificate in it", options->operands.v[0]);
    if (status == STATUS_OK)
        status = judge(options, &setup, &bag);
    for (size_t i = 0; i < bag.count; i++)
        free((void *)(uintptr_t)bag.certs[i].data);
    setup_free(&setup);
    return status;
}
