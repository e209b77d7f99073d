/* hello_server.c - the server's side before a version is chosen: the ClientHello is read, the
 * application may choose a configuration for it, and the version's flow takes over. */
#include "ext/ext.h"
#include "handshake/bound.h"
#include "handshake/hello_server.h"
#include "handshake/machine.h"
#include "handshake/negotiate.h"
#include "handshake/transcript.h"

enum { WAIT_CLIENT_HELLO, READ, CONFIG, VERSION, STATES };
static const char *const state_names[STATES] = { "wait_client_hello", "read", "config", "version" };

/* The message is read from the transcript's copy, which stays while questions are open. */
static tlsn_status receive_client_hello(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)hs;
    (void)body;
    return TLSN_OK;
}

/* @rfc 8446:4.1.2/13 */
static tlsn_status check_compressions(struct tlsni_hs *hs)
{
    struct tlsn_span list = hs->hello.compressions;

    /* @rfc 5246:7.4.1.2/14 */
    if (memchr(list.data, 0, list.len))
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                      "client does not offer null compression");
}

/* @rfc 5746:3.3/1, 5746:3.6/1
 * @rfc 8446:4.1.2/14 */
tlsn_status tlsni_hello_read(struct tlsni_hs *hs)
{
    tlsn_status st;

    hs->hello_message = tlsni_buf_len(&hs->converted)
                            ? tlsni_span_make(hs->converted.data, hs->converted.end)
                            : tlsni_transcript_raw(&hs->transcript);
    st = tlsni_msg_client_hello_parse(tlsni_span_make(hs->hello_message.data + TLSNI_MSG_HEADER,
                                                      hs->hello_message.len - TLSNI_MSG_HEADER),
                                      &hs->hello);
    if (st != TLSN_OK)
        return st;
    hs->client_version = hs->hello.version;
    memcpy(hs->client_random, hs->hello.random.data, TLSNI_RANDOM_LEN);
    /* @rfc 5746:3.3/3, 5746:4.5/2 an SSL 2.0 compatible hello was rewritten before */
    hs->renegotiation_scsv = tlsni_wire_has(hs->hello.suites, TLSNI_SCSV_RENEGOTIATION);
    hs->fallback_scsv = tlsni_wire_has(hs->hello.suites, TLSNI_SCSV_FALLBACK);
    return check_compressions(hs);
}

void tlsni_hello_forget(struct tlsni_hs *hs)
{
    static const struct tlsn_span none;

    memset(&hs->hello, 0, sizeof hs->hello);
    hs->srp_user = hs->hello_message = hs->peer_name = hs->peer_groups = hs->ticket = none;
    hs->peer_sigalgs = hs->peer_sigalgs_cert = hs->peer_authorities = none;
    hs->own_types = hs->peer_types = hs->cert_types = hs->trusted_cas = hs->cached = none;
    hs->tls13.peer_shares = hs->tls13.peer_cookie = hs->tls13.peer_delegated = none;
    memset(&hs->tls13.peer_psks, 0, sizeof hs->tls13.peer_psks);
}

static tlsn_status read_client_hello(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)body;
    return tlsni_hello_read(hs);
}

static tlsn_status choose_config(struct tlsni_hs *hs, struct tlsn_span body)
{
    (void)body;
    return hs->host->ask_config(hs->host_ctx);
}

/* The newest version of a client's list that is spoken here. A renegotiation keeps to what a hello
 * of old can have.
 * @rfc 8446:4.1.2/8 */
static const struct tlsni_version *select_listed(const struct tlsni_hs *hs, struct tlsn_span list)
{
    const struct tlsni_hs_config *cfg = hs->cfg;
    const struct tlsni_version *v = tlsni_version_select(cfg->version_min, cfg->version_max,
                                                         UINT16_MAX);

    while (v && (!tlsni_wire_has(list, v->number) ||
                 (hs->bound.version && !v->renegotiates) ||
                 (v->listed && !tlsni_version_spoken(cfg, v))))
        v = tlsni_version_select(cfg->version_min, cfg->version_max, (uint16_t)(v->number - 1));
    return v;
}

/* @rfc 8446:4.2.1/3
 * @rfc 8446:4.2.1/7, 8446:4.2.1/8, 8446:D.2/1, 8446:D.5/9 */
static const struct tlsni_version *select_version(const struct tlsni_hs *hs)
{
    struct tlsn_span data;
    struct tlsni_rd r;

    if (!tlsni_ext_find(hs->hello.extensions, TLSNI_EXT_SUPPORTED_VERSIONS, &data))
        return tlsni_version_select_unlisted(hs->cfg->version_min, hs->cfg->version_max,
                                             hs->client_version);
    r = tlsni_rd_span(data);
    return select_listed(hs, tlsni_rd_list_span(&r, 1, 2, 2, 254));
}

/* @rfc 5246:7.4.1.3/2, 5246:E.1/2, 5246:E.1/3, 5746:3.6/9, 6176:3/5, 6176:3/6, 7568:3/1
 * @rfc 6101:5.6.1.3/2
 * @rfc 7568:3/2, 7568:3/4, 8996:4/1, 8996:4/2, 8996:4/4, 8996:5/1, 8996:5/2, 8996:5/4
 * @rfc 8446:D.2/3, 8446:D.5/6, 8446:D.5/7, 9846:E.5/1 */
static tlsn_status choose_version(struct tlsni_hs *hs, struct tlsn_span body)
{
    const struct tlsni_version *v = select_version(hs);
    tlsn_status st;

    (void)body;
    hs->newest = tlsni_newest_version(hs->cfg, UINT16_MAX);
    if (!hs->newest)
        hs->newest = v;
    if (!v)
        return tlsni_fail(hs->err, TLSN_ERR_VERSION, "handshake",
                          "client offers version 0x%04x at most, which is not enabled",
                          hs->client_version);
    /* RFC 7507 3: a client that fell back although we speak more. An unsupported version comes
     * first.
     * @rfc 7507:2/1, 7507:3/1, 7507:3/2, 7507:3/3, 7507:3/4 */
    if (hs->fallback_scsv && tlsni_version_below(v, hs->newest))
        return tlsni_fail(hs->err, TLSN_ERR_INAPPROPRIATE_FALLBACK, "handshake",
                          "client fell back to 0x%04x, %s is spoken here", hs->client_version,
                          hs->newest->title);
    hs->version = v;
    hs->flow = v->flow[TLSN_SERVER];
    st = tlsni_ext_read(hs, TLSNI_IN_CLIENT_HELLO, hs->hello.extensions);
    return st == TLSN_OK ? tlsni_bound_check_hello(hs) : st;
}

/* clang-format off */
static const struct tlsni_hs_row rows[] = {
/*            state              event                   next            when unless needs proves  action  source */
    TLSNI_ROW(WAIT_CLIENT_HELLO, TLSNI_MSG_CLIENT_HELLO, READ,           0, 0, 0, 0, receive_client_hello, "RFC 5246 7.4.1.2"),
    TLSNI_ROW(READ,              TLSNI_EV_STEP,          CONFIG,         0, 0, 0, 0, read_client_hello,    "RFC 5246 7.4.1.2"),
    TLSNI_ROW(CONFIG,            TLSNI_EV_STEP,          VERSION,        0, 0, 0, 0, choose_config,        "engine contract"),
    TLSNI_ROW(VERSION,           TLSNI_EV_STEP,          TLSNI_ST_ENTRY, 0, 0, 0, 0, choose_version,       "RFC 5246 E.1"),
};
/* clang-format on */

const struct tlsni_flow tlsni_flow_hello_server = {
    "hello server", WAIT_CLIENT_HELLO, rows, sizeof rows / sizeof *rows, state_names, STATES, 0,
};
