#include "revocation.h"

#include <string.h>

#include "io.h"

typedef tlsn_status adder(tlsn_evidence *evidence, const void *data, size_t len);

static tlsn_status add_crl(tlsn_evidence *evidence, const void *data, size_t len)
{
    return tlsn_evidence_add_crl(evidence, data, len, NULL);
}

static tlsn_status add_signer(tlsn_evidence *evidence, const void *data, size_t len)
{
    return tlsn_evidence_add_cert(evidence, data, len, NULL);
}

static tlsn_status add_responder(tlsn_evidence *evidence, const void *data, size_t len)
{
    return tlsn_evidence_add_responder(evidence, data, len, NULL);
}

static tlsn_status add_log(tlsn_evidence *evidence, const void *data, size_t len)
{
    return tlsn_evidence_add_log(evidence, data, len, NULL);
}

static int add_files(tlsn_evidence *evidence, const char *option, const struct list *paths,
                     adder *add)
{
    struct blob file;
    tlsn_status st;

    for (size_t i = 0; i < paths->n; i++) {
        if (io_read_file(&file, option, paths->v[i]) != STATUS_OK)
            return STATUS_USAGE;
        st = add(evidence, file.data, file.len);
        io_blob_free(&file);
        if (st != TLSN_OK)
            return complain(STATUS_USAGE, "%s %s: %s", option, paths->v[i], tlsn_status_text(st));
    }
    return STATUS_OK;
}

int revocation_read(tlsn_evidence **out, const struct options *options,
                    const struct tlsn_hooks *hooks)
{
    const struct {
        const char *option;
        const struct list *paths;
        adder *add;
    } kinds[] = { { "--crl", &options->crls, add_crl },
                  { "--crl-signer", &options->crl_signers, add_signer },
                  { "--ocsp-responder", &options->ocsp_responders, add_responder },
                  { "--ocsp-answer", &options->ocsp_answers, tlsn_evidence_add_ocsp },
                  { "--ct-log", &options->ct_logs, add_log } };
    int status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < COUNT(kinds); i++) {
        if (kinds[i].paths->n && !*out && tlsn_evidence_new(out, hooks) != TLSN_OK)
            return complain(STATUS_USAGE, "%s", tlsn_status_text(TLSN_ERR_NO_MEMORY));
        status = add_files(*out, kinds[i].option, kinds[i].paths, kinds[i].add);
    }
    return status;
}

enum tlsn_revocation revocation_mode(const char *text)
{
    if (text && strcmp(text, "off") == 0)
        return TLSN_REVOCATION_OFF;
    return text && strncmp(text, "hard", 4) == 0 ? TLSN_REVOCATION_HARD : TLSN_REVOCATION_SOFT;
}

bool revocation_leaf_only(const char *text)
{
    return text && strcmp(text, "hard-leaf") == 0;
}
