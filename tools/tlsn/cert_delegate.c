/* cert_delegate.c - tlsn cert delegate: a delegated credential (RFC 9345) from a certificate and its key. */
#include "commands.h"
#include "cert_maker.h"
#include "token.h"

static int say(const struct maker *m, tlsn_status st)
{
    const char *cert = m->o->certs.v[0];

    switch (st) {
    case TLSN_ERR_CERT_KEY_USAGE:
        return complain(STATUS_USAGE, "--cert %s: may not delegate: it needs DelegationUsage and the key usage "
                        "digitalSignature (RFC 9345 4.2)", cert);
    case TLSN_ERR_ARGUMENT:
        return complain(STATUS_USAGE, "--days, --not-after: a delegated credential lasts for 7 days at most, and ends "
                        "before its certificate (RFC 9345 3)");
    case TLSN_ERR_KEY:
        return complain(STATUS_USAGE, "--key: cannot be delegated to, or not with this --scheme; RSA keys are of the "
                        "type rsa-pss (RFC 9345 4)");
    case TLSN_ERR_UNKNOWN_KEYWORD:
        return complain(STATUS_USAGE, "--scheme, --signature: unknown signature scheme");
    default:
        return complain(STATUS_USAGE, "delegated credential: %s", tlsn_status_text(st));
    }
}

static int read_certificate(tlsn_credential **out, struct maker *m)
{
    const struct options *o = m->o;
    const char *cert = o->certs.v[0];
    struct blob chain, key = { 0 };
    int status;
    tlsn_status st;

    if (token_is_uri(o->cert_key))
        return token_credential(out, &m->setup, o, cert, "--cert-key", o->cert_key);
    status = io_read_file(&chain, "--cert", cert);
    if (status == STATUS_OK)
        status = io_read_file(&key, "--cert-key", o->cert_key);
    if (status == STATUS_OK) {
        st = tlsn_credential_new_unlocked(out, chain.data, chain.len, key.data, key.len,
                                          &m->setup.unlock, &m->setup.hooks);
        if (st != TLSN_OK)
            status = complain(STATUS_USAGE, "--cert %s, --cert-key %s: %s", cert, o->cert_key,
                              tlsn_status_text(st));
    }
    io_blob_free(&chain);
    io_blob_free(&key);
    return status;
}

static int issue(struct maker *m, const tlsn_credential *by)
{
    const struct options *o = m->o;
    struct tlsn_delegated_spec spec = { .client = o->client, .scheme = o->scheme,
                                        .signature = o->signature };
    size_t len = 0;
    tlsn_status st;

    if (o->days.set || o->not_after.set)
        spec.not_after = m->spec.not_after;
    st = tlsn_delegated_issue(&spec, by, m->key, &m->setup.hooks, m->der, sizeof m->der, &len);
    if (st == TLSN_OK)
        st = maker_add_pem(m, TLSN_DELEGATED_LABEL, (struct tlsn_span){ m->der, len });
    return st == TLSN_OK ? STATUS_OK : say(m, st);
}

int cert_delegate_run(const struct options *options)
{
    static struct maker maker; /* large; there is one */
    tlsn_credential *by = NULL;
    int status = maker_begin(&maker, options, "CN=none", 3);

    if (status == STATUS_OK && (options->certs.n != 1 || !options->cert_key))
        status = complain(STATUS_USAGE, "needs one --cert and its --cert-key");
    if (status == STATUS_OK)
        status = read_certificate(&by, &maker);
    if (status == STATUS_OK)
        status = maker_get_key(&maker);
    if (status == STATUS_OK)
        status = issue(&maker, by);
    tlsn_credential_free(by);
    return maker_finish(&maker, status);
}
