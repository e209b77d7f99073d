#include "support_revocation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void need(tlsn_status st, const char *what)
{
    if (st == TLSN_OK)
        return;
    (void)fprintf(stderr, "support_revocation: %s: %s\n", what, tlsn_status_name(st));
    abort();
}

struct tlsn_span issued_span(const struct issued *cert)
{
    return tlsni_span_make(cert->der, cert->len);
}

struct tlsn_span made_span(const struct made *made)
{
    return tlsni_span_make(made->der, made->len);
}

void issue(struct issued *out, const char *kind, struct tlsn_cert_spec spec, const struct issued *by)
{
    struct tlsn_span issuer = { NULL, 0 };

    if (by)
        issuer = issued_span(by);
    if (!spec.not_before)
        spec.not_before = X509_NOW - 30 * DAY;
    if (!spec.not_after)
        spec.not_after = X509_NOW + 30 * DAY;
    if (spec.ca && !spec.path_len)
        spec.path_len = -1;
    need(tlsn_key_generate(&out->key, kind ? kind : "ec:P-256", NULL), "key");
    need(tlsn_cert_issue(&spec, out->key, issuer, by ? by->key : out->key, NULL, out->der,
                         sizeof out->der, &out->len), spec.subject);
}

void issued_free(struct issued *cert)
{
    tlsn_key_free(cert->key);
}

void make_crl(struct made *out, struct tlsn_crl_spec spec, const struct issued *by)
{
    if (!spec.this_update)
        spec.this_update = X509_NOW - DAY;
    if (!spec.next_update)
        spec.next_update = X509_NOW + 6 * DAY;
    need(tlsn_crl_write(&spec, issued_span(by), by->key, NULL, out->der, sizeof out->der,
                        &out->len), "revocation list");
}

void make_ocsp(struct made *out, struct tlsn_ocsp_spec spec, struct tlsn_ocsp_single single,
               const struct issued *cert, const struct issued *issuer, const struct issued *by)
{
    single.cert = issued_span(cert);
    spec.singles = &single;
    spec.single_count = 1;
    spec.issuer = issued_span(issuer);
    if (by != issuer)
        spec.responder = issued_span(by);
    if (!spec.produced_at)
        spec.produced_at = X509_NOW - 3600;
    need(tlsn_ocsp_write(&spec, by->key, NULL, out->der, sizeof out->der, &out->len), "response");
}

void peer_write_pem(const char *file, const char *label, struct tlsn_span der)
{
    char text[32768];
    size_t len;

    need(tlsn_pem_write(label, der.data, der.len, text, sizeof text, &len), file);
    peer_write(file, text, len);
}

const char *peer_output(void)
{
    static char text[65536];
    size_t len = peer_read("out", text, sizeof text - 1);

    text[len] = 0;
    return text;
}

bool peer_run(const char *command)
{
    char line[1024];

    if (snprintf(line, sizeof line, "cd '%s' && %s >out 2>&1", peer_dir(), command) >=
        (int)sizeof line)
        abort();
    return system(line) == 0;
}
