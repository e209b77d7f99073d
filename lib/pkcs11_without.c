/* pkcs11_without.c - PKCS#11 in a library that was built without p11-kit: the functions are there, and
 * say that they cannot. */
#include <config.h>
#include <tls-native/pkcs11.h>

#ifndef TLSNI_HAVE_P11KIT

#include <stdio.h>
#include <string.h>

static tlsn_status without(struct tlsn_pkcs11_error *error)
{
    if (error) {
        memset(error, 0, sizeof *error);
        (void)snprintf(error->text, sizeof error->text, "built without p11-kit");
    }
    return TLSN_ERR_NOT_IMPLEMENTED;
}

tlsn_status tlsn_pkcs11_open(tlsn_pkcs11 **out, const char *path,
                             enum tlsn_pkcs11_lifecycle lifecycle, const struct tlsn_hooks *hooks,
                             struct tlsn_pkcs11_error *error)
{
    (void)path;
    (void)lifecycle;
    (void)hooks;
    *out = NULL;
    return without(error);
}

void tlsn_pkcs11_free(tlsn_pkcs11 *module) { (void)module; }

tlsn_status tlsn_pkcs11_token(tlsn_pkcs11 *module, size_t i, struct tlsn_pkcs11_token *out,
                              struct tlsn_pkcs11_error *error)
{
    (void)module;
    (void)i;
    memset(out, 0, sizeof *out);
    return without(error);
}

tlsn_status tlsn_pkcs11_key_open(tlsn_pkcs11_key **out, tlsn_pkcs11 *module,
                                 const struct tlsn_pkcs11_query *query,
                                 struct tlsn_pkcs11_error *error)
{
    (void)module;
    (void)query;
    *out = NULL;
    return without(error);
}

tlsn_pkcs11_key *tlsn_pkcs11_key_ref(tlsn_pkcs11_key *key) { return key; }
void tlsn_pkcs11_key_free(tlsn_pkcs11_key *key) { (void)key; }

tlsn_status tlsn_pkcs11_key_op(tlsn_pkcs11_key *key, const struct tlsn_key_op *op, void *result,
                               size_t cap, size_t *len, struct tlsn_pkcs11_error *error)
{
    (void)key;
    (void)op;
    (void)result;
    (void)cap;
    *len = 0;
    return without(error);
}

tlsn_status tlsn_credential_set_pkcs11_key(tlsn_credential *credential, tlsn_pkcs11_key *key)
{
    (void)credential;
    (void)key;
    return without(NULL);
}

tlsn_status tlsn_credential_new_pkcs11(tlsn_credential **out, const void *chain, size_t chain_len,
                                       tlsn_pkcs11_key *key, const struct tlsn_hooks *hooks)
{
    (void)chain;
    (void)chain_len;
    (void)key;
    (void)hooks;
    *out = NULL;
    return without(NULL);
}

tlsn_status tlsn_trust_add_pkcs11(tlsn_trust *trust, tlsn_pkcs11 *module, const char *uri, bool all,
                                  size_t *added, struct tlsn_pkcs11_error *error)
{
    (void)trust;
    (void)module;
    (void)uri;
    (void)all;
    if (added)
        *added = 0;
    return without(error);
}

#endif
