/* cert_make.c - tlsn cert ca, self-signed, issue and csr. */
#include "commands.h"
#include "cert_maker.h"

#include <stdlib.h>
#include <string.h>

static int say(const char *what, tlsn_status st)
{
    return complain(STATUS_USAGE, "%s: %s", what, tlsn_status_text(st));
}

static int sign(struct maker *m, struct tlsn_span issuer, const tlsn_key *issuer_key)
{
    size_t len = 0, chain_len = m->pem_len;
    tlsn_status st = tlsn_cert_issue(&m->spec, m->key, issuer, issuer_key, &m->setup.hooks, m->der,
                                     sizeof m->der, &len);

    if (st != TLSN_OK)
        return say("certificate", st);
    st = maker_add_pem(m, "CERTIFICATE", (struct tlsn_span){ m->der, len });
    if (st != TLSN_OK)
        return say("certificate", st);
    /* The chain was collected first and belongs behind the certificate. */
    if (chain_len) {
        char *chain = malloc(chain_len);

        if (!chain)
            return say("certificate", TLSN_ERR_NO_MEMORY);
        memcpy(chain, m->pem, chain_len);
        memmove(m->pem, m->pem + chain_len, m->pem_len - chain_len);
        memcpy(m->pem + m->pem_len - chain_len, chain, chain_len);
        free(chain);
    }
    return STATUS_OK;
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

int cert_ca_run(const struct options *options)
{
    int status = maker_begin(&maker, options, "CN=Test CA", DAYS_CA);

    maker.spec.ca = true;
    if (options->path_len.set)
        maker.spec.path_len = options->path_len.value < 255 ? (int)options->path_len.value : 255;
    if (status == STATUS_OK)
        status = maker_get_key(&maker);
    if (status == STATUS_OK)
        status = sign(&maker, (struct tlsn_span){ 0 }, maker.key);
    return maker_finish(&maker, status);
}

int cert_issue_run(const struct options *options)
{
    struct authority authority = { .maker = &maker };
    int status = maker_begin(&maker, options, NULL, DAYS_LEAF);

    if (status == STATUS_OK)
        status = authority_read(&authority);
    if (status == STATUS_OK)
        status = maker_get_key(&maker);
    if (status == STATUS_OK)
        status = sign(&maker, authority.cert, authority.key);
    authority_free(&authority);
    return maker_finish(&maker, status);
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
