/* token.c - keys and anchors in PKCS#11 tokens. Everything that can go wrong there is said with the
 * module's own words. */
#include "token.h"

#include "io.h"

#include <string.h>
#include <sys/stat.h>

bool token_is_uri(const char *text)
{
    return strncmp(text, "pkcs11:", 7) == 0;
}

static int say(const char *option, tlsn_status st, const struct tlsn_pkcs11_error *error)
{
    return complain(STATUS_USAGE, "%s: %s%s%s", option, tlsn_status_text(st),
                    *error->text ? ": " : "", error->text);
}

static bool is_directory(const char *path)
{
    struct stat s;

    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* --pkcs11-module, else module-path of the URI, else what p11-kit has configured; a directory in the URI chooses
 * among those. */
static int open_module(tlsn_pkcs11 **out, const struct setup *setup, const struct options *o,
                       const char *option, const char *uri)
{
    struct tlsn_pkcs11_error error = { 0 };
    struct tlsn_pkcs11_uri parsed;
    const char *path = o->pkcs11_module;
    tlsn_status st = tlsn_pkcs11_uri_parse(&parsed, uri);

    if (st != TLSN_OK)
        return complain(STATUS_USAGE, "%s: this PKCS#11 URI does not parse (RFC 7512)", option);
    if (!path && *parsed.module_path && !is_directory(parsed.module_path))
        path = parsed.module_path;
    st = tlsn_pkcs11_open(out, path, TLSN_PKCS11_DEFAULT, &setup->hooks, &error);
    memset(&parsed, 0, sizeof parsed);
    return st == TLSN_OK ? STATUS_OK : say(option, st, &error);
}

static int open_key(tlsn_pkcs11_key **out, const struct setup *setup, const struct options *o,
                    const char *option, const char *uri)
{
    struct tlsn_pkcs11_query query = { .uri = uri, .pin = setup->unlock.password,
                                       .pin_len = setup->unlock.password_len };
    struct tlsn_pkcs11_error error = { 0 };
    tlsn_pkcs11 *module = NULL;
    int status = open_module(&module, setup, o, option, uri);
    tlsn_status st;

    if (status != STATUS_OK)
        return status;
    st = tlsn_pkcs11_key_open(out, module, &query, &error);
    tlsn_pkcs11_free(module);
    return st == TLSN_OK ? STATUS_OK : say(option, st, &error);
}

int token_attach(tlsn_credential *credential, const struct setup *setup, const struct options *o,
                 const char *option, const char *uri)
{
    tlsn_pkcs11_key *key = NULL;
    int status = open_key(&key, setup, o, option, uri);
    tlsn_status st = status == STATUS_OK ? tlsn_credential_set_pkcs11_key(credential, key) : TLSN_OK;

    tlsn_pkcs11_key_free(key);
    return st == TLSN_OK ? status : complain(STATUS_USAGE, "%s: %s", option, tlsn_status_text(st));
}

int token_credential(tlsn_credential **out, const struct setup *setup, const struct options *o,
                     const char *cert, const char *option, const char *uri)
{
    struct blob chain = { 0 };
    tlsn_pkcs11_key *key = NULL;
    int status = STATUS_OK;
    tlsn_status st;

    if (token_is_uri(cert))
        cert = NULL;
    if (cert)
        status = io_read_file(&chain, "--cert", cert);
    if (status == STATUS_OK)
        status = open_key(&key, setup, o, option, uri);
    if (status == STATUS_OK) {
        st = tlsn_credential_new_pkcs11(out, chain.data, chain.len, key, &setup->hooks);
        if (st == TLSN_ERR_KEY_MISMATCH)
            status = complain(STATUS_USAGE, "%s: the token's key does not belong to the certificate in %s",
                              option, cert ? cert : "the token");
        else if (st != TLSN_OK)
            status = complain(STATUS_USAGE, "--cert %s: %s", cert ? cert : "in the token",
                              tlsn_status_text(st));
    }
    tlsn_pkcs11_key_free(key);
    io_blob_free(&chain);
    return status;
}

int token_trust(tlsn_trust *trust, const struct setup *setup, const struct options *o,
                const char *uri)
{
    struct tlsn_pkcs11_error error = { 0 };
    tlsn_pkcs11 *module = NULL;
    size_t added = 0;
    int status = open_module(&module, setup, o, "--ca", uri);
    tlsn_status st;

    if (status != STATUS_OK)
        return status;
    st = tlsn_trust_add_pkcs11(trust, module, uri, true, &added, &error);
    tlsn_pkcs11_free(module);
    if (st != TLSN_OK)
        return say("--ca", st, &error);
    return added || tlsn_trust_count(trust) ? STATUS_OK
                                            : complain(STATUS_USAGE, "--ca: no certificate in "
                                                                     "the tokens that fit");
}
