#include "handshake/early13.h"

#include "base/env.h"
#include "ext/ext.h"
#include "handshake/negotiate.h"
#include "handshake/send.h"
#include "handshake/tickets.h"
#include "handshake/transcript.h"

static const char layer[] = "handshake";

enum { AROUND = 16 + 1 }; /* tag and type, which do not count (RFC 8446 4.6.1) */
enum { BINDER_LEN = 32 }; /* what is remembered of one */

struct tlsni_early_terms tlsni_early13_of_session(const struct tlsn_session *s)
{
    const struct tlsni_early_terms terms = {
        .max = s->early_data_max,
        .suite = s->suite,
        .version = s->version,
        .plain_max = s->fragment_max,
        .alpn = tlsni_span_make(s->alpn, s->alpn_len),
        .made_ms = s->issued_ms,
    };

    return terms;
}

/* ---- client ---- */

/* The protocol is among those that are offered. */
static bool alpn_offered(const struct tlsni_hs *hs, struct tlsn_span alpn)
{
    struct tlsni_rd r = tlsni_rd_span(hs->cfg->alpn);

    if (!alpn.len)
        return true;
    while (tlsni_rd_left(&r))
        if (tlsni_span_eq(tlsni_rd_vec_span(&r, 1, 1, 255), alpn))
            return true;
    return false;
}

/* A session that they go with is of TLS 1.3, so the server has it; of a key with terms who gave them knows. A suite of
 * a key's terms may not be on offer; that of a ticket is, or the ticket would not be.
 * @rfc 8446:4.2.10/1, 8446:4.2.10/3, 8446:D.1/2, 8773:4/2 */
void tlsni_early13_offer(struct tlsni_hs *hs)
{
    struct tlsni_psk13 first;

    if (!hs->early_wanted || !hs->tls13.offers || !tlsni_psk13_offer(hs, 0, &first) ||
        !first.early.max || !alpn_offered(hs, first.early.alpn) ||
        !tlsni_ids_has(&hs->cfg->suites, first.early.suite) ||
        (!first.ticket && tlsni_hs_feature(hs->cfg, TLSN_FEATURE_CERT_WITH_PSK)))
        return;
    hs->tls13.terms = first.early;
    hs->tls13.early = TLSN_EARLY_OFFERED;
    hs->tls13.early_left = first.early.max;
}

/* In compatibility mode our ChangeCipherSpec comes first.
 * @rfc 8446:D.4/2 */
tlsn_status tlsni_early13_start(struct tlsni_hs *hs)
{
    struct tlsn_span hello = tlsni_transcript_raw(&hs->transcript);
    uint8_t hash[TLSNI_HASH_LEN_MAX];
    tlsn_status st = TLSN_OK;

    if (hs->tls13.early != TLSN_EARLY_OFFERED)
        return TLSN_OK;
    if (hs->tls13.compat)
        st = hs->host->send_ccs(hs->host_ctx);
    hs->tls13.ccs_sent = true;
    if (st != TLSN_OK)
        return st;
    tlsni_hash_once(hs->tls13.keys.hash, hello.data, hello.len, hash);
    tlsni_schedule13_early_traffic(hs, hash);
    return tlsni_schedule13_install_early(hs, true, &hs->tls13.terms);
}

bool tlsni_early13_open(const struct tlsni_hs *hs)
{
    return hs->tls13.early == TLSN_EARLY_OFFERED && (hs->facts & TLSNI_F_PSK) &&
           hs->tls13.selected == 0;
}

/* @rfc 8446:4.2.10/2, 8446:4.2.10/11, 8470:4/2 */
tlsn_status tlsni_early13_reject(struct tlsni_hs *hs)
{
    struct tlsni_schedule13 *s = &hs->tls13.keys;

    if (hs->tls13.early != TLSN_EARLY_OFFERED)
        return TLSN_OK;
    hs->tls13.early = TLSN_EARLY_REJECTED;
    hs->tls13.early_left = 0;
    tlsni_secret_wipe(&s->early);
    tlsni_secret_wipe(&s->early_exporter);
    if (!s->handshake[TLSN_CLIENT].len)
        return hs->host->install(hs->host_ctx, true, NULL);
    return tlsni_schedule13_install(hs, true, &s->handshake[TLSN_CLIENT]);
}

/* @rfc 8446:4.2.10/5, 8446:4.2.11/6 */
tlsn_status tlsni_early13_check(struct tlsni_hs *hs)
{
    const struct tlsni_early_terms *terms = &hs->tls13.terms;
    const char *what = NULL;

    if (hs->tls13.early != TLSN_EARLY_ACCEPTED)
        return tlsni_early13_reject(hs);
    if (!(hs->facts & TLSNI_F_PSK) || hs->tls13.selected)
        what = "a pre-shared key other than the first";
    else if (hs->suite->id != terms->suite)
        what = "another suite than that of the key";
    else if (!tlsni_span_eq(hs->alpn, terms->alpn))
        what = "another application protocol than that of the key";
    if (what)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "server accepts early data with %s", what);
    hs->facts |= TLSNI_F_EARLY;
    return TLSN_OK;
}

/* @rfc 8446:4.5/1, 8446:4.5/2 */
tlsn_status tlsni_early13_finish(struct tlsni_hs *hs)
{
    struct tlsni_schedule13 *s = &hs->tls13.keys;
    tlsn_status st = tlsni_send_empty(hs, TLSNI_MSG_END_OF_EARLY_DATA);

    hs->tls13.early_left = 0;
    tlsni_secret_wipe(&s->early);
    return st == TLSN_OK ? tlsni_schedule13_install(hs, true, &s->handshake[TLSN_CLIENT]) : st;
}

tlsn_status tlsni_early13_read_limit(struct tlsn_span extensions, uint32_t *max)
{
    struct tlsni_rd r = tlsni_rd_span(extensions);
    bool seen = false;

    *max = 0;
    while (tlsni_rd_left(&r)) {
        uint16_t type = tlsni_rd_u16(&r);
        struct tlsni_rd data = tlsni_rd_span(tlsni_rd_vec_span(&r, 2, 0, 65535));

        if (type != TLSNI_EXT_EARLY_DATA)
            continue;
        if (seen)
            return TLSN_ERR_ILLEGAL_PARAMETER;
        seen = true;
        *max = tlsni_rd_u32(&data);
        if (!tlsni_rd_done(&data))
            return TLSN_ERR_DECODE;
    }
    return tlsni_rd_end(&r);
}

/* ---- server: may they be taken? ---- */

/* By how much the ticket is older than the client, who has had it a bit shorter, says; negative: younger. Other
 * keys have no age.
 * @rfc 8446:4.2.10/6, 8446:8.3/1 */
static bool age_fits(const struct tlsni_hs *hs, int64_t now_ms)
{
    int64_t late_ms = now_ms - hs->session.issued_ms - hs->tls13.ticket_age_ms;
    int64_t window_ms = hs->cfg->early_window_ms;

    if (!hs->resumed)
        return true;
    return late_ms <= window_ms && late_ms >= -window_ms;
}

/* The binder was found right: nobody but a holder of the key can have anything remembered here. The application's
 * check may ask all its servers.
 * @rfc 8446:8/1, 8446:8/3, 8446:8.2/1 */
static bool is_new(const struct tlsni_hs *hs, int64_t now_ms)
{
    const struct tlsn_replay_check *check = &hs->cfg->replay;
    struct tlsn_span rest = hs->tls13.peer_psks.binders, binder;
    struct tlsn_early_hello hello = {
        .issued_ms = hs->tls13.terms.made_ms,
        .sent_ms = hs->resumed ? hs->session.issued_ms + hs->tls13.ticket_age_ms : 0,
        .now_ms = now_ms,
        .window_ms = hs->cfg->early_window_ms,
        .external = !hs->resumed,
    };

    if (!check->first || !tlsni_ext_binder_next(&rest, &binder))
        return false;
    hello.id = tlsni_span_make(binder.data, BINDER_LEN);
    return check->first(check->ctx, &hello) == TLSN_OK;
}

/* @rfc 8446:4.2.10/4, 8446:4.2.10/7, 8470:3/1, 8470:6.3/1 */
static bool key_fits(const struct tlsni_hs *hs)
{
    const struct tlsni_early_terms *terms = &hs->tls13.terms;

    return hs->cfg->early_data_max && (hs->facts & TLSNI_F_PSK) && hs->tls13.selected == 0 &&
           terms->max && terms->max <= hs->cfg->early_data_max && terms->suite == hs->suite->id &&
           tlsni_span_eq(hs->alpn, terms->alpn);
}

/* ---- server: what becomes of them ---- */

/* A ticket that is a handle is good for nothing any more.
 * @rfc 8446:8.1/1 */
static void take(struct tlsni_hs *hs)
{
    hs->tls13.early = TLSN_EARLY_ACCEPTED;
    hs->tls13.early_left = hs->tls13.terms.max;
    hs->facts |= TLSNI_F_EARLY;
    if (hs->resumed && hs->cfg->tickets->drop)
        hs->cfg->tickets->drop(hs->cfg, hs->ticket);
}

/* Behind a HelloRetryRequest they are known by their type, up to the second ClientHello; else they are what
 * the handshake's keys do not open, up to the first record that they do.
 * @rfc 8446:4.2.10/9 */
static void pass_over(struct tlsni_hs *hs)
{
    struct tlsni_hs13 *t = &hs->tls13;

    t->early_skip = t->retry_group ? TLSNI_SKIP_BY_TYPE : TLSNI_SKIP_BY_TRIAL;
    t->early_left = hs->cfg->early_data_max > TLSNI_EARLY_SKIP_MIN ? hs->cfg->early_data_max
                                                                   : TLSNI_EARLY_SKIP_MIN;
}

void tlsni_early13_settle(struct tlsni_hs *hs)
{
    int64_t now_ms;

    if (hs->tls13.early != TLSN_EARLY_REJECTED)
        return;
    now_ms = tlsni_now_ms(hs->env);
    if (!hs->tls13.retry_group && key_fits(hs) && age_fits(hs, now_ms) && is_new(hs, now_ms))
        take(hs);
    else
        pass_over(hs);
}

tlsn_status tlsni_early13_listen(struct tlsni_hs *hs)
{
    hs->tls13.early_reads = true;
    return tlsni_schedule13_install_early(hs, false, &hs->tls13.terms);
}

tlsn_status tlsni_early13_end(struct tlsni_hs *hs)
{
    struct tlsni_schedule13 *s = &hs->tls13.keys;

    hs->tls13.early_reads = false;
    tlsni_secret_wipe(&s->early);
    return tlsni_schedule13_install(hs, false, &s->handshake[TLSN_CLIENT]);
}

static tlsn_status spend(struct tlsni_hs *hs, size_t len)
{
    if (len > hs->tls13.early_left)
        return tlsni_fail(hs->err, TLSN_ERR_UNEXPECTED_MESSAGE, "record",
                          "more early data than the client may send");
    hs->tls13.early_left -= (uint32_t)len;
    return TLSN_OK;
}

/* @rfc 8446:4.6.1/6, 8470:3/4 */
tlsn_status tlsni_early13_count(struct tlsni_hs *hs, size_t len)
{
    return spend(hs, len);
}

/* Padding cannot be told from content. A record without content costs as much as one byte of it.
 * @rfc 8446:4.2.10/10 */
tlsn_status tlsni_early13_skip(struct tlsni_hs *hs, size_t len)
{
    return spend(hs, len > AROUND ? len - AROUND : 1);
}
