/* fuzz_x509_evidence.c - a verdict with evidence. The first byte says what is asked; then come items of a byte
 * for their kind, two for their length, and so many bytes: certificates of the chain (the leaf first), anchors,
 * revocation lists, OCSP responses, certificates of signers and responders, keys of logs, and what came along
 * in TLS. Whatever they say, it is an answer of the validator, the same for a second time of asking, and
 * evidence of a revocation never makes a verdict better. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "x509/report.h"
#include "x509/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { CERTS_MAX = 12, STAPLES_MAX = 4096, NOW = 1735689600 };

enum item { LEAF_OR_OTHER, ANCHOR, CRL, OCSP, SIGNER, RESPONDER, LOG, STAPLE, SCT, KINDS };

struct scene {
    struct tlsni_cert certs[CERTS_MAX];
    const struct tlsni_cert *pool[CERTS_MAX];
    size_t count;
    tlsn_trust *trust;
    tlsn_evidence *evidence;
    uint8_t staples[STAPLES_MAX], scts[STAPLES_MAX];
    struct tlsni_wr staple_list, sct_list;
    bool status; /* there is evidence of revocation */
};

static void add_cert(struct scene *s, struct tlsn_span der)
{
    if (s->count == CERTS_MAX || tlsni_cert_parse(&s->certs[s->count], der, NULL) != TLSN_OK)
        return;
    s->pool[s->count] = &s->certs[s->count];
    s->count++;
}

static void add(struct scene *s, enum item kind, struct tlsn_span d)
{
    tlsn_status st = TLSN_OK;

    switch (kind) {
    case LEAF_OR_OTHER: add_cert(s, d); break;
    case ANCHOR: st = tlsn_trust_add(s->trust, d.data, d.len, NULL, NULL); break;
    case CRL: st = tlsn_evidence_add_crl(s->evidence, d.data, d.len, NULL); break;
    case OCSP: st = tlsn_evidence_add_ocsp(s->evidence, d.data, d.len); break;
    case SIGNER: st = tlsn_evidence_add_cert(s->evidence, d.data, d.len, NULL); break;
    case RESPONDER: st = tlsn_evidence_add_responder(s->evidence, d.data, d.len, NULL); break;
    case LOG: st = tlsn_evidence_add_log(s->evidence, d.data, d.len, "log"); break;
    case STAPLE: tlsni_wr_vec(&s->staple_list, 3, d); break;
    case SCT: tlsni_wr_vec(&s->sct_list, 2, d); break;
    default: break;
    }
    s->status |= st == TLSN_OK && (kind == CRL || kind == OCSP || kind == STAPLE);
}

static void read_items(struct scene *s, struct tlsni_rd *r)
{
    while (tlsni_rd_left(r) > 2) {
        enum item kind = (enum item)(tlsni_rd_u8(r) % KINDS);
        size_t len = tlsni_rd_u16(r), left = tlsni_rd_left(r);

        add(s, kind, tlsni_rd_bytes(r, len < left ? len : left));
    }
}

static struct tlsn_span list_of(const struct tlsni_wr *w)
{
    return w->bad ? tlsni_span_make(NULL, 0) : tlsni_span_make(w->buf, w->len);
}

static tlsn_status ask(const struct scene *s, uint8_t flags, enum tlsn_revocation mode, bool evidence)
{
    const struct tlsn_verify_options options = {
        .revocation = mode, .evidence = evidence ? s->evidence : NULL,
        .allow_sha1 = flags & 1, .revocation_leaf_only = flags & 2, .allow_partial = flags & 4,
        .revocation_age_s = flags & 8 ? 86400 * 400 : 0,
    };
    const struct tlsni_verify_in in = {
        .leaf = &s->certs[0], .pool = s->pool + 1, .pool_count = s->count - 1, .trust = s->trust,
        .options = &options, .time = NOW, .purpose = TLSN_PURPOSE_ANY, .staple_asked = flags & 16,
        .staples = evidence ? list_of(&s->staple_list) : tlsni_span_make(NULL, 0),
        .scts = evidence ? list_of(&s->sct_list) : tlsni_span_make(NULL, 0),
    };
    struct tlsni_err err = { 0 };
    tlsn_status st = tlsni_verify(&in, NULL, &err);

    if (st != err.status)
        abort();
    return st;
}

static void judge(const struct scene *s, uint8_t flags)
{
    tlsn_status bare = ask(s, flags & ~16, TLSN_REVOCATION_SOFT, false);
    tlsn_status soft = ask(s, flags, TLSN_REVOCATION_SOFT, true);

    if (ask(s, flags, TLSN_REVOCATION_SOFT, true) != soft || (soft == TLSN_OK && bare != TLSN_OK &&
                                                              bare != TLSN_ERR_CERT_STATUS_UNKNOWN))
        abort();
    if (ask(s, flags, TLSN_REVOCATION_HARD, true) == TLSN_OK && soft != TLSN_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct scene s;
    struct tlsni_rd r = tlsni_rd_make(data, len);
    uint8_t flags = tlsni_rd_u8(&r);

    memset(&s, 0, sizeof s);
    s.staple_list = tlsni_wr_make(s.staples, sizeof s.staples);
    s.sct_list = tlsni_wr_make(s.scts, sizeof s.scts);
    if (tlsn_trust_new(&s.trust, NULL) != TLSN_OK || tlsn_evidence_new(&s.evidence, NULL) != TLSN_OK)
        abort();
    read_items(&s, &r);
    if (s.count)
        judge(&s, flags);
    tlsn_evidence_free(s.evidence);
    tlsn_trust_free(s.trust);
    return 0;
}
