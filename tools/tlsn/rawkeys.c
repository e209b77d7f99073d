#include "rawkeys.h"

#include "io.h"

#include <stdlib.h>

static int add_peer_key(tlsn_config *config, const char *path)
{
    struct blob file;
    tlsn_status st;
    int status = io_read_file(&file, "--peer-key", path);

    if (status != STATUS_OK)
        return status;
    st = tlsn_config_add_peer_key(config, file.data, file.len);
    io_blob_free(&file);
    return st == TLSN_OK ? STATUS_OK
                         : complain(STATUS_USAGE, "--peer-key %s: %s", path, tlsn_config_error(config));
}

int rawkeys_set(tlsn_config *config, const struct options *o)
{
    static const uint8_t types[] = { TLSN_CERT_RAW_KEY, TLSN_CERT_X509 };
    tlsn_status st = TLSN_OK;
    int status = STATUS_OK;

    if (o->rpk)
        st = tlsn_config_set_own_cert_types(config, types, COUNT(types));
    if (st == TLSN_OK && o->peer_keys.n)
        st = tlsn_config_set_peer_cert_types(config, types, COUNT(types));
    if (st != TLSN_OK)
        return setup_complain(config, "--rpk", st);
    for (size_t i = 0; status == STATUS_OK && i < o->peer_keys.n; i++)
        status = add_peer_key(config, o->peer_keys.v[i]);
    return status;
}

/* Whatever form the file has, as PKCS#8. */
static tlsn_status read_plain(struct blob *out, const struct setup *setup, const struct blob *file)
{
    enum { PEM_MAX = 32768 };
    tlsn_key *key = NULL;
    tlsn_status st = tlsn_key_read_unlocked(&key, file->data, file->len, &setup->unlock,
                                            &setup->hooks);

    if (st == TLSN_OK) {
        out->data = malloc(PEM_MAX);
        st = out->data ? tlsn_key_write(key, (char *)out->data, PEM_MAX, &out->len)
                       : TLSN_ERR_NO_MEMORY;
    }
    tlsn_key_free(key);
    return st;
}

int rawkeys_add(tlsn_config *config, struct setup *setup, const char *path)
{
    tlsn_credential *credential = NULL;
    struct blob file, plain = { 0 };
    tlsn_status st;
    int status = io_read_file(&file, "--key", path);

    if (status != STATUS_OK)
        return status;
    st = read_plain(&plain, setup, &file);
    if (st == TLSN_OK)
        st = tlsn_credential_new_raw(&credential, plain.data, plain.len, &setup->hooks);
    io_blob_free(&file);
    io_blob_free(&plain);
    if (st == TLSN_OK)
        st = tlsn_config_add_credential(config, credential);
    tlsn_credential_free(credential);
    return st == TLSN_OK ? STATUS_OK
                         : complain(STATUS_USAGE, "--key %s: %s", path, tlsn_status_text(st));
}
