/* fuzz_ext.c - the extension blocks of both hellos.
 *
 * The first byte of the input chooses role and features, the rest is a block. What a server makes
 * of a ClientHello's block it answers, and a client that had asked for it all has to understand
 * that. */
#include "ext/ext.h"
#include "handshake/machine.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const uint16_t suites[] = { 0xc02b, 0x009e, 0x003c };
static const uint16_t groups[] = { 29, 23, 256 };
static const uint16_t srtp[] = { 7, 1 };
static const uint16_t sigalgs[] = { 0x0403, 0x0804 };
static const uint8_t alpn[] = "\x02h2\x01x", names[] = "\x01""a\x09localhost";
static const uint8_t verify_data[24] = "client data.server data.";

static const uint8_t ca[] = { TLSN_CA_PRE_AGREED };
/* A Certificate and a CertificateRequest that the client kept. */
static const uint8_t messages[] = { 11, 0, 0, 3, 0, 0, 0, 13, 0, 0, 1, 0 };

enum { RENEGOTIATES = 1, NAMES = 2, PROTOCOLS = 4, SERVER = 8, STRICT = 16, RARE = 32 };

/* What is rarely spoken: raw keys, URLs, authorities, user mapping, authorization data, caches. */
static void fill_rare(struct tlsni_hs_config *cfg)
{
    static const struct tlsni_cert_types types = { { TLSN_CERT_RAW_KEY, TLSN_CERT_X509 }, 2 };

    cfg->own_types = cfg->peer_types = types;
    cfg->features |= 1U << TLSN_FEATURE_CERTIFICATE_URL | 1U << TLSN_FEATURE_USER_MAPPING |
                     1U << TLSN_FEATURE_CACHED_INFO;
    cfg->trusted_cas = tlsni_span_make(ca, sizeof ca);
    cfg->user_mapping = tlsni_span_make(alpn, sizeof alpn - 1);
    cfg->authz_formats = cfg->authz_taken = (1 << TLSN_AUTHZ_FORMATS) - 1;
}

static void fill_config(struct tlsni_hs_config *cfg, uint8_t choice)
{
    memset(cfg, 0, sizeof *cfg);
    cfg->version_min = cfg->version_max = TLSN_TLS1_2;
    cfg->suites = (struct tlsni_ids){ suites, sizeof suites / sizeof suites[0] };
    cfg->groups = (struct tlsni_ids){ groups, sizeof groups / sizeof groups[0] };
    cfg->sigalgs = (struct tlsni_ids){ sigalgs, sizeof sigalgs / sizeof sigalgs[0] };
    cfg->features = 1U << TLSN_FEATURE_EMS | 1U << TLSN_FEATURE_ETM | 1U << TLSN_FEATURE_TICKETS |
                    1U << TLSN_FEATURE_OCSP | 1U << TLSN_FEATURE_OCSP_MULTI | 1U << TLSN_FEATURE_SCT |
                    1U << TLSN_FEATURE_TRUNCATED_HMAC;
    cfg->record_size_limit = 1000;
    cfg->max_fragment_length = 512;
    cfg->srtp = (struct tlsni_ids){ srtp, sizeof srtp / sizeof srtp[0] };
    cfg->srtp_take_mki = true;
    cfg->heartbeat = TLSN_HEARTBEAT_ANSWER;
    if (choice & STRICT)
        cfg->features |= 1U << TLSN_FEATURE_SNI_FATAL | 1U << TLSN_FEATURE_REQUIRE_EMS;
    if (choice & NAMES)
        cfg->server_names = tlsni_span_make(names, sizeof names - 1);
    if (choice & RARE)
        fill_rare(cfg);
    if (choice & PROTOCOLS)
        cfg->alpn = tlsni_span_make(alpn, sizeof alpn - 1);
}

static void fill(struct tlsni_hs *hs, struct tlsni_hs_config *cfg, struct tlsni_err *err,
                 uint8_t choice, enum tlsn_role role)
{
    memset(hs, 0, sizeof *hs);
    memset(err, 0, sizeof *err);
    fill_config(cfg, choice);
    hs->role = role;
    hs->cfg = cfg;
    hs->err = err;
    hs->suite = tlsni_suite_find(suites[0]);
    hs->ext_sent = UINT64_MAX;
    if (role == TLSN_CLIENT && (choice & RARE))
        hs->cached = tlsni_span_make(messages, sizeof messages);
    if (choice & RENEGOTIATES) {
        hs->facts |= TLSNI_F_RENEGOTIATION;
        hs->client_verify_data = tlsni_span_make(verify_data, 12);
        hs->server_verify_data = tlsni_span_make(verify_data + 12, 12);
    }
}

/* A refusal has its line, and the alert of an error of the peer's. */
static void check_refusal(tlsn_status st, const struct tlsni_err *err)
{
    if (st >= 0 || err->status != st || !err->text[0] || err->alert == TLSN_ALERT_NONE)
        abort();
}

static void answer(struct tlsni_hs *server, uint8_t choice)
{
    static uint8_t out[1024];
    struct tlsni_wr w = tlsni_wr_make(out, sizeof out);
    struct tlsni_hs_config cfg;
    struct tlsni_hs client;
    struct tlsni_err err;

    server->ticket_due = server->ticket_offered;
    if (server->status_asked || server->status_asked_v2)
        server->facts |= TLSNI_F_STATUS;
    server->status_v2 = server->status_asked_v2 != 0;
    if (server->cached.len)
        server->cached_types = 1 << TLSNI_CACHED_CERT;
    if (choice & RARE) {
        server->facts |= TLSNI_F_CERT | TLSNI_F_REQUEST | TLSNI_F_URL;
        server->own_type = TLSN_CERT_RAW_KEY;
    }
    tlsni_ext_write(server, TLSNI_IN_SERVER_HELLO, &w);
    fill(&client, &cfg, &err, choice, TLSN_CLIENT);
    cfg.max_fragment_length = server->fragment_max;
    client.srtp_mki = server->srtp_mki;
    if (w.bad)
        abort();
    if (w.len && tlsni_ext_read(&client, TLSNI_IN_SERVER_HELLO,
                                tlsni_span_make(out + 2, w.len - 2)) != TLSN_OK)
        abort();
}

static void view(struct tlsn_span block)
{
    struct tlsn_span data;

    if (tlsni_ext_find(block, TLSNI_EXT_SERVER_NAME, &data))
        (void)tlsni_ext_view_host_name(data);
    if (tlsni_ext_find(block, TLSNI_EXT_ALPN, &data))
        (void)tlsni_ext_view_list(data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct tlsni_hs_config cfg;
    struct tlsni_hs hs;
    struct tlsni_err err;
    struct tlsn_span block;
    bool server;
    tlsn_status st;

    if (!len || len > 65536)
        return 0;
    block = tlsni_span_make(data + 1, len - 1);
    server = data[0] & SERVER;
    fill(&hs, &cfg, &err, data[0], server ? TLSN_SERVER : TLSN_CLIENT);
    st = tlsni_ext_read(&hs, server ? TLSNI_IN_CLIENT_HELLO : TLSNI_IN_SERVER_HELLO, block);
    if (st != TLSN_OK)
        check_refusal(st, &err);
    else if (server)
        answer(&hs, data[0]);
    tlsni_beside_free(&hs.beside, NULL);
    view(block);
    return 0;
}
