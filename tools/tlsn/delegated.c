/* delegated.c - delegated credentials (RFC 9345) beside certificates: each goes with the one that signed it. */
#include "delegated.h"

#include "token.h"

static int say(const char *path, tlsn_status st)
{
    return complain(STATUS_USAGE, "--delegated-credential %s: %s", path,
                    st == TLSN_ERR_PEM || st == TLSN_ERR_DECODE ? "is no delegated credential"
                    : st == TLSN_ERR_KEY_MISMATCH ? "the private key does not belong to it"
                    : st == TLSN_ERR_CERT_KEY_USAGE ? "the certificate may not delegate (RFC 9345 4.2)"
                    : st == TLSN_ERR_ARGUMENT ? "does not end before its certificate"
                                              : tlsn_status_text(st));
}

/* Its key is in a file, which may be the same one. */
static tlsn_status with_key(tlsn_credential **out, const struct setup *setup, const struct blob *file,
                            const struct blob *key)
{
    const struct blob *secret = key->data ? key : file;

    return tlsn_credential_new_delegated(out, file->data, file->len, secret->data, secret->len,
                                         &setup->hooks);
}

static int read_one(tlsn_credential **out, const struct setup *setup, const struct options *o, size_t i)
{
    const char *path = o->delegated_credentials.v[i];
    const char *key = i < o->delegated_keys.n ? o->delegated_keys.v[i] : NULL;
    bool token = key && token_is_uri(key);
    struct blob file, secret = { 0 };
    int status = io_read_file(&file, "--delegated-credential", path);
    tlsn_status st;

    if (status == STATUS_OK && key && !token)
        status = io_read_file(&secret, "--delegated-key", key);
    if (status == STATUS_OK) {
        st = token ? tlsn_credential_new_delegated(out, file.data, file.len, NULL, 0, &setup->hooks)
                   : with_key(out, setup, &file, &secret);
        if (st != TLSN_OK)
            status = say(path, st);
    }
    if (status == STATUS_OK && token)
        status = token_attach(*out, setup, o, "--delegated-key", key);
    io_blob_free(&file);
    io_blob_free(&secret);
    return status;
}

int delegated_attach(tlsn_credential *credential, const struct setup *setup, const struct options *o,
                     bool placed[LIST_MAX])
{
    int status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < o->delegated_credentials.n; i++) {
        tlsn_credential *dc = NULL;
        tlsn_status st;

        status = read_one(&dc, setup, o, i);
        st = status == STATUS_OK ? tlsn_credential_add_delegated(credential, dc) : TLSN_OK;
        placed[i] |= status == STATUS_OK && st == TLSN_OK;
        /* another certificate may be the one */
        if (st != TLSN_OK && st != TLSN_ERR_CERT_SIGNATURE && o->certs.n <= 1)
            status = say(o->delegated_credentials.v[i], st);
        tlsn_credential_free(dc);
    }
    return status;
}

int delegated_check(const struct options *o, const bool placed[LIST_MAX])
{
    if (o->delegated_keys.n > o->delegated_credentials.n)
        return complain(STATUS_USAGE, "--delegated-key: there is no --delegated-credential for it");
    for (size_t i = 0; i < o->delegated_credentials.n; i++)
        if (!placed[i])
            return complain(STATUS_USAGE, "--delegated-credential %s: no --cert signed it",
                            o->delegated_credentials.v[i]);
    return STATUS_OK;
}
