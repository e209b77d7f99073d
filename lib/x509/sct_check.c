/* sct_check.c - do enough certificate logs know a certificate? Timestamps may come inside of it, in a TLS
 * extension, or in an OCSP response (RFC 6962 3.3); all count alike, each log once. */
#include <string.h>

#include "x509/revoke.h"
#include "x509/verify.h"
#include "x509/sct.h"

enum { LOGS_MAX = 16, SCTS_MAX = 64 };

struct tally {
    struct tlsni_judge *judge;
    const struct tlsni_path *path;
    const struct tlsni_known_log *logs[LOGS_MAX]; /* that know the leaf */
    unsigned count, seen;
};

static const struct tlsni_known_log *log_of(const struct tlsn_evidence *e, struct tlsn_span id)
{
    for (size_t i = 0; i < e->log_count; i++)
        if (tlsni_span_eq(tlsni_span_make(e->logs[i].id, sizeof e->logs[i].id), id))
            return &e->logs[i];
    return NULL;
}

static bool counted(const struct tally *t, const struct tlsni_known_log *log)
{
    for (unsigned i = 0; i < t->count; i++)
        if (t->logs[i] == log)
            return true;
    return false;
}

/* A timestamp of the future is no promise.
 * @rfc 6962:3.3/7, 6962:5.2/1, 6962:5.2/2 */
static void count_one(struct tally *t, struct tlsn_span bytes, bool embedded)
{
    struct tlsni_judge *j = t->judge;
    const struct tlsni_revocation *v = j->revocation;
    const struct tlsni_known_log *log;
    struct tlsni_sct sct;
    tlsn_status st;

    if (!tlsni_sct_parse(&sct, bytes))
        return;
    log = log_of(v->evidence, sct.log_id);
    if (!log || counted(t, log) || t->count == LOGS_MAX ||
        sct.timestamp_ms / 1000 > (uint64_t)(j->time + v->skew))
        return;
    st = tlsni_sct_verify(j->env, &sct, tlsni_span_make(log->spki, log->spki_len),
                          t->path->certs[0], t->path->certs[1], embedded);
    j->no_memory |= st == TLSN_ERR_NO_MEMORY;
    if (st == TLSN_OK)
        t->logs[t->count++] = log;
}

/* Elements, each behind two bytes.
 * @rfc 6962:3.3/6 */
static void count_list(struct tally *t, struct tlsni_rd items, bool embedded)
{
    while (tlsni_rd_left(&items) && t->seen++ < SCTS_MAX) {
        struct tlsn_span bytes = tlsni_rd_vec_span(&items, 2, 1, 65535);

        if (!items.bad)
            count_one(t, bytes, embedded);
    }
}

/* SignedCertificateTimestampList inside of an OCTET STRING: both extensions of X.509 have it so.
 * @rfc 6962:3.3/4, 6962:3.3/5 */
static void count_extension(struct tally *t, struct tlsn_span value, bool embedded)
{
    struct tlsni_rd r = tlsni_rd_span(value), list, items;

    if (!value.len)
        return;
    list = tlsni_rd_span(tlsni_der_get(&r, TLSNI_DER_OCTET_STRING));
    items = tlsni_rd_vec(&list, 2, 1, 65535);
    if (tlsni_rd_done(&r) && tlsni_rd_done(&list))
        count_list(t, items, embedded);
}

/* Those of the staple that is about the leaf. Each signature is over the leaf itself, so that it does
 * not matter who put it there. */
static void count_staple(struct tally *t, struct tlsn_span der)
{
    const struct tlsni_path *path = t->path;
    struct tlsni_ocsp_response response;
    struct tlsni_rd list;

    if (!der.len || tlsni_ocsp_parse(&response, der, NULL) != TLSN_OK)
        return;
    list = tlsni_rd_span(response.singles);
    while (list.p != list.end) {
        struct tlsni_ocsp_single s = tlsni_ocsp_single_next(&list);

        if (!list.bad && s.scts.len &&
            tlsni_cert_id_matches(&s.id, path->certs[0]->serial, path->certs[1]))
            count_extension(t, s.scts, false);
    }
}

/* Logs whose operator was not told are those of a single one. */
static unsigned count_operators(const struct tally *t)
{
    unsigned n = 0;

    for (unsigned i = 0; i < t->count; i++) {
        bool again = false;

        for (unsigned k = 0; k < i; k++)
            again |= strcmp(t->logs[k]->operator, t->logs[i]->operator) == 0;
        n += !again;
    }
    return n;
}

void tlsni_sct_judge(struct tlsni_judge *j, struct tlsni_path *path)
{
    const struct tlsni_verify_in *in = j->revocation->in;
    struct tally t = { .judge = j, .path = path };

    if (!in->options || !in->options->min_logs)
        return;
    count_extension(&t, path->certs[0]->scts, true);
    count_list(&t, tlsni_rd_span(in->scts), false);
    count_staple(&t, tlsni_revocation_staple(in));
    if (t.count < in->options->min_logs || count_operators(&t) < in->options->min_log_operators)
        tlsni_path_note(path, 0, TLSNI_WHY_LOGS); /* @rfc 6962:7.1/1 */
}
