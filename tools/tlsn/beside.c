/* beside.c - what goes along with certificates, and what came along with those of the peer. */
#include "beside.h"

#include "io.h"

typedef tlsn_status setter(tlsn_credential *credential, const void *data, size_t len);

static tlsn_status set_ocsp(tlsn_credential *credential, const void *data, size_t len)
{
    return tlsn_credential_set_ocsp(credential, 0, data, len);
}

static int attach(tlsn_credential *credential, const char *option, const struct list *paths, size_t i,
                  setter *set)
{
    const char *path = i < paths->n ? paths->v[i] : NULL;
    struct blob file;
    tlsn_status st;
    int status = path ? io_read_file(&file, option, path) : STATUS_OK;

    if (!path || status != STATUS_OK)
        return status;
    st = set(credential, file.data, file.len);
    io_blob_free(&file);
    if (st == TLSN_OK)
        return STATUS_OK;
    return complain(STATUS_USAGE, "%s %s: %s", option, path,
                    st == TLSN_ERR_OCSP_RESPONSE ? "is no OCSP response in DER"
                    : st == TLSN_ERR_DECODE ? "is no SignedCertificateTimestampList (RFC 6962 3.3)"
                                            : tlsn_status_text(st));
}

static int attach_url(tlsn_credential *credential, const char *url)
{
    tlsn_status st = tlsn_credential_set_urls(credential, &url, 1, false);

    return st == TLSN_OK ? STATUS_OK
                         : complain(STATUS_USAGE, "--cert-url %s: %s", url, tlsn_status_text(st));
}

int beside_attach(tlsn_credential *credential, const struct options *o, size_t i)
{
    int status = attach(credential, "--ocsp-response", &o->ocsp_responses, i, set_ocsp);

    if (status == STATUS_OK)
        status = attach(credential, "--sct", &o->scts, i, tlsn_credential_set_scts);
    if (status == STATUS_OK && i < o->cert_urls.n)
        status = attach_url(credential, o->cert_urls.v[i]);
    return status;
}

tlsn_status beside_ask(tlsn_config *config, const struct options *o)
{
    tlsn_status st = tlsn_config_set_feature(config, TLSN_FEATURE_KEEP_BESIDE, true);

    if (st == TLSN_OK && o->ocsp)
        st = tlsn_config_set_feature(config, TLSN_FEATURE_OCSP, true);
    if (st == TLSN_OK && o->ocsp_multi)
        st = tlsn_config_set_feature(config, TLSN_FEATURE_OCSP_MULTI, true);
    if (st == TLSN_OK && o->ct)
        st = tlsn_config_set_feature(config, TLSN_FEATURE_SCT, true);
    if (st == TLSN_OK && o->cert_urls.n)
        st = tlsn_config_set_feature(config, TLSN_FEATURE_CERTIFICATE_URL, true);
    if (st == TLSN_OK && o->user_mapping)
        st = tlsn_config_set_user_mapping(config, o->user_mapping, NULL);
    return st;
}

tlsn_status beside_take(tlsn_config *config)
{
    tlsn_status st = tlsn_config_set_feature(config, TLSN_FEATURE_KEEP_BESIDE, true);

    return st == TLSN_OK ? tlsn_config_set_feature(config, TLSN_FEATURE_USER_MAPPING, true) : st;
}

/* The responseStatus of RFC 6960 4.2.1: the first value in the sequence; the engine has seen to it. */
static const char *response_status(struct tlsn_span der)
{
    static const char *const names[] = { "successful", "malformedRequest", "internalError",
                                         "tryLater", "?", "sigRequired", "unauthorized" };
    size_t head = der.data[1] < 0x80 ? 2 : 2 + (der.data[1] & 0x7fU);

    return head + 3 <= der.len && der.data[head + 2] < COUNT(names) ? names[der.data[head + 2]]
                                                                    : "?";
}

static size_t count_scts(const tlsn_conn *conn)
{
    size_t n = 0;

    while (tlsn_conn_peer_sct(conn, n).len)
        n++;
    return n;
}

void beside_note(const tlsn_conn *conn, const struct options *o)
{
    struct tlsn_span der;
    bool any = false;

    for (size_t i = 0; i < BESIDE_CERTS_MAX; i++) {
        der = tlsn_conn_peer_ocsp(conn, i);
        if (!der.len)
            continue;
        any = true;
        note("ocsp: certificate %zu: %s, %zu bytes%s", i, response_status(der), der.len,
             o->no_verify ? " (not verified)" : "");
    }
    if (!any && (o->ocsp || o->ocsp_multi))
        note("ocsp: no response sent");
    if (o->ct)
        note("ct: %zu signed certificate timestamps%s", count_scts(conn),
             o->min_logs.value && !o->no_verify ? "" : " (not verified)");
}

void beside_json(struct json *j, const tlsn_conn *conn)
{
    struct tlsn_span principal, domain;

    json_open(j, "ocsp", '[');
    for (size_t i = 0; i < BESIDE_CERTS_MAX; i++) {
        struct tlsn_span der = tlsn_conn_peer_ocsp(conn, i);

        if (der.len)
            json_string(j, NULL, response_status(der));
    }
    json_close(j, ']');
    json_int(j, "scts", (int64_t)count_scts(conn));
    if (tlsn_conn_user_mapping(conn, &principal, &domain))
        json_bytes(j, "user_mapping", principal.data, principal.len);
}
