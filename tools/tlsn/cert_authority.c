/* cert_authority.c - the authority that signs. */
#include "cert_maker.h"

#include <stdlib.h>
#include <string.h>

/* The chain behind the new certificate: all of the file but self-signed ones, which peers must
 * have. */
static tlsn_status take_authority(void *ctx, struct tlsn_span der)
{
    struct authority *a = ctx;
    struct tlsn_cert_info info;
    tlsn_status st = tlsn_cert_describe(der, &info);

    if (st != TLSN_OK)
        return st;
    if (!a->seen++) {
        uint8_t *copy = malloc(der.len);

        if (!copy)
            return TLSN_ERR_NO_MEMORY;
        memcpy(copy, der.data, der.len);
        a->cert = (struct tlsn_span){ copy, der.len };
        if (!info.ca)
            note("warning: --ca: %s is not a certification authority", info.subject);
    }
    return strcmp(info.subject, info.issuer) == 0 ? TLSN_OK
                                                  : maker_add_pem(a->maker, "CERTIFICATE", der);
}

/* A credential is made of the two for the check alone. */
static int check_authority(const struct authority *a, const struct blob *key)
{
    const struct options *o = a->maker->o;
    tlsn_credential *both = NULL;
    tlsn_status st = tlsn_credential_new_unlocked(&both, a->cert.data, a->cert.len, key->data,
                                                  key->len, &a->maker->setup.unlock,
                                                  &a->maker->setup.hooks);

    tlsn_credential_free(both);
    if (st == TLSN_ERR_KEY_MISMATCH)
        return complain(STATUS_USAGE, "--ca-key %s: does not belong to --ca %s", o->ca_key,
                        o->ca.v[0]);
    return STATUS_OK;
}

static int read_authority_key(struct authority *a)
{
    const char *path = a->maker->o->ca_key;
    struct blob file;
    int status = io_read_file(&file, "--ca-key", path);

    if (status != STATUS_OK)
        return status;
    status = maker_read_key(&a->key, &file, &a->maker->setup, "--ca-key", path);
    if (status == STATUS_OK)
        status = check_authority(a, &file);
    io_blob_free(&file);
    return status;
}

int authority_read(struct authority *a)
{
    const struct options *o = a->maker->o;
    tlsn_status st;
    int status;

    if (o->ca.n != 1 || !o->ca_key)
        return complain(STATUS_USAGE, "needs one --ca and its --ca-key");
    status = io_read_file(&a->file, "--ca", o->ca.v[0]);
    if (status != STATUS_OK)
        return status;
    st = tlsn_pem_each(a->file.data, a->file.len, take_authority, a);
    if (st == TLSN_OK && !a->seen)
        st = TLSN_ERR_PEM;
    if (st != TLSN_OK)
        return complain(STATUS_USAGE, "--ca %s: %s", o->ca.v[0], tlsn_status_text(st));
    return read_authority_key(a);
}

void authority_free(struct authority *a)
{
    tlsn_key_free(a->key);
    free((void *)(uintptr_t)a->cert.data);
    io_blob_free(&a->file);
}
