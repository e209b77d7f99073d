/* cert_make.c - tlsn cert ca, self-signed, issue and csr. */
#include "commands.h"
#include "cert_maker.h"

#include <stdlib.h>
#include <string.h>

static int say(const char *what, tlsn_status st)
{
    return complain(STATUS_USAGE, "%s: %s", what, tlsn_status_text(st));
}

/* The new certificate goes to the front: the chain was collected first, and belongs behind it. */
static int put_first(struct maker *m, size_t der_len)
{
    size_t chain_len = m->pem_len;
    tlsn_status st = maker_add_pem(m, "CERTIFICATE", (struct tlsn_span){ m->der, der_len });
    char *chain;

    if (st != TLSN_OK || !chain_len)
        return st == TLSN_OK ? STATUS_OK : say("certificate", st);
    chain = malloc(chain_len);
    if (!chain)
        return say("certificate", TLSN_ERR_NO_MEMORY);
    memcpy(chain, m->pem, chain_len);
    memmove(m->pem, m->pem + chain_len, m->pem_len - chain_len);
    memcpy(m->pem + m->pem_len - chain_len, chain, chain_len);
    free(chain);
    return STATUS_OK;
}

static int sign(struct maker *m, struct tlsn_span issuer, const tlsn_key *issuer_key)
{
    size_t len = 0;
    tlsn_status st = tlsn_cert_issue(&m->spec, m->key, issuer, issuer_key, &m->setup.hooks, m->der,
                                     sizeof m->der, &len);

    return st == TLSN_OK ? put_first(m, len) : say("certificate", st);
}

struct first {
    struct maker *m;
    struct tlsn_span issuer;
    const tlsn_key *issuer_key;
    size_t len;
};

/* A request in PEM; DER goes the same way. */
static tlsn_status answer(struct first *f, const struct blob *file)
{
    struct blob der = { 0 };
    tlsn_status st = tlsn_pem_read("CERTIFICATE REQUEST", file->data, file->len, NULL, 0, &der.len);

    if (st == TLSN_ERR_BUFFER) {
        der.data = malloc(der.len);
        st = der.data ? tlsn_pem_read("CERTIFICATE REQUEST", file->data, file->len, der.data,
                                      der.len, &der.len)
                      : TLSN_ERR_NO_MEMORY;
    }
    if (st == TLSN_OK)
        st = tlsn_cert_issue_request(&f->m->spec, (struct tlsn_span){ der.data, der.len },
                                     f->issuer, f->issuer_key, &f->m->setup.hooks, f->m->der,
                                     sizeof f->m->der, &f->len);
    io_blob_free(&der);
    return st;
}

static int sign_request(struct maker *m, struct tlsn_span issuer, const tlsn_key *issuer_key)
{
    struct first f = { .m = m, .issuer = issuer, .issuer_key = issuer_key };
    struct blob file;
    int status = io_read_file(&file, "--csr", m->o->csr);
    tlsn_status st;

    if (status != STATUS_OK)
        return status;
    st = answer(&f, &file);
    io_blob_free(&file);
    if (st != TLSN_OK)
        return complain(STATUS_USAGE, "--csr %s: %s", m->o->csr, tlsn_status_text(st));
    return put_first(m, f.len);
}

static struct maker maker; /* large; there is one */

int cert_self_signed_run(const struct options *options)
{
    int status = maker_begin(&maker, options, NULL, DAYS_LEAF);

    if (status == STATUS_OK)
        status = maker_get_key(&maker);
    if (status == STATUS_OK)
        status = sign(&maker, (struct tlsn_span){ 0 }, maker.key);
    return maker_finish(&maker, status);
}

/* With a key that is there, or that is made; by an authority, or by itself. */
static int make(const struct options *o)
{
    struct authority authority = { .maker = &maker };
    int status = o->ca.n || o->ca_key ? authority_read(&authority) : STATUS_OK;

    if (status == STATUS_OK && !o->csr)
        status = maker_get_key(&maker);
    if (status == STATUS_OK && o->csr)
        status = sign_request(&maker, authority.cert, authority.key);
    else if (status == STATUS_OK)
        status = sign(&maker, authority.cert, authority.key ? authority.key : maker.key);
    authority_free(&authority);
    return status;
}

int cert_ca_run(const struct options *options)
{
    int status = maker_begin(&maker, options, "CN=Test CA", DAYS_CA);

    maker.spec.ca = true;
    if (options->path_len.set)
        maker.spec.path_len = options->path_len.value < 255 ? (int)options->path_len.value : 255;
    return maker_finish(&maker, status == STATUS_OK ? make(options) : status);
}

int cert_issue_run(const struct options *options)
{
    int status = maker_begin(&maker, options, NULL, DAYS_LEAF);

    if (status == STATUS_OK && (options->ca.n != 1 || !options->ca_key))
        status = complain(STATUS_USAGE, "needs one --ca and its --ca-key");
    if (status == STATUS_OK && options->csr &&
        (options->keys.n || options->key_out || options->key_type))
        status = complain(STATUS_USAGE, "--csr: the key is the request's own");
    return maker_finish(&maker, status == STATUS_OK ? make(options) : status);
}

int cert_csr_run(const struct options *options)
{
    size_t len = 0;
    tlsn_status st = TLSN_OK;
    int status = maker_begin(&maker, options, NULL, DAYS_LEAF);

    if (status == STATUS_OK)
        status = maker_get_key(&maker);
    if (status != STATUS_OK)
        return maker_finish(&maker, status);
    st = tlsn_csr_write(&maker.spec, maker.key, &maker.setup.hooks, maker.der, sizeof maker.der,
                        &len);
    if (st == TLSN_OK)
        st = maker_add_pem(&maker, "CERTIFICATE REQUEST", (struct tlsn_span){ maker.der, len });
    return maker_finish(&maker, st == TLSN_OK ? STATUS_OK : say("request", st));
}
