/* conn_early.c - early data of TLS 1.3 as records (RFC 8446 4.2.10). */
#include "conn.h"
#include "handshake/early13.h"

/* ---- those that are not taken ---- */

static uint8_t skip_of(const tlsn_conn *c)
{
    return c->scratch ? c->scratch->hs.tls13.early_skip : TLSNI_SKIP_NONE;
}

bool tlsni_conn_skips(const tlsn_conn *c)
{
    return skip_of(c) != TLSNI_SKIP_NONE;
}

bool tlsni_conn_sift_early(tlsn_conn *c, const struct tlsni_record *rec, tlsn_status *status)
{
    bool by_type = skip_of(c) == TLSNI_SKIP_BY_TYPE, by_trial = skip_of(c) == TLSNI_SKIP_BY_TRIAL;
    struct tlsni_scratch *s = c->scratch;

    if (by_trial && *status == TLSN_OK)
        s->hs.tls13.early_skip = TLSNI_SKIP_NONE;
    if (rec->type != TLSNI_CONTENT_APPLICATION ||
        !(by_type || (by_trial && *status == TLSN_ERR_BAD_RECORD_MAC)))
        return false;
    s->err.status = TLSN_OK; /* what was noted when it did not open */
    *status = tlsni_early13_skip(&s->hs, rec->len);
    return true;
}
