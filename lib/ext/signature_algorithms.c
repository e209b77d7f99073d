/* signature_algorithms.c - what the client can verify, RFC 5246 7.4.1.4.1; code points for EdDSA by
 * RFC 8422 5.1.3 and for PSS by RFC 8446 4.2.3. A server never sends it. */
#include "cipher/sigalg.h"
#include "ext/rows.h"

/* Whether a version in [min, max] can use scheme i of the configuration, in the peer's handshake signature
 * or in its certificates.
 * @rfc 9963:3/3, 9963:3/5 */
static bool usable(const struct tlsni_hs *hs, size_t i, uint16_t min, uint16_t max)
{
    const struct tlsni_sigalg *s = tlsni_sigalg_find(hs->cfg->sigalgs.id[i]);

    return s && tlsni_version_runs(s->min_version, tlsni_sigalg_last(s, tlsni_other_role(hs->role)), min,
                                   max);
}

static void write_some(const struct tlsni_hs *hs, struct tlsni_wr *w, uint16_t min, uint16_t max, bool weak)
{
    for (size_t i = 0; i < hs->cfg->sigalgs.count; i++)
        if (usable(hs, i, min, max) && tlsni_sigalg_weak(hs->cfg->sigalgs.id[i]) == weak)
            tlsni_wr_u16(w, hs->cfg->sigalgs.id[i]);
}

/* In the order of the configuration, but for weak hashes, which come last.
 * @rfc 8446:4.2.3/16 */
static void write_usable(const struct tlsni_hs *hs, struct tlsni_wr *w, uint16_t min, uint16_t max)
{
    write_some(hs, w, min, max, false);
    write_some(hs, w, min, max, true);
}

/* @rfc 5246:7.4.1.4.1/8 */
static bool version_names_schemes(const struct tlsni_hs_config *cfg)
{
    size_t count;
    const struct tlsni_version *v = tlsni_version_rows(&count);

    for (size_t i = 0; i < count; i++)
        if (v[i].record && v[i].sigalgs &&
            tlsni_version_overlap(v[i].number, v[i].number, cfg->version_min, cfg->version_max))
            return true;
    return false;
}

/* @rfc 5246:7.4.1.4.1/4, 9155:2/1
 * @rfc 8446:4.2.3/9 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    if (!version_names_schemes(hs->cfg))
        return false;
    for (size_t i = 0; i < hs->cfg->sigalgs.count; i++)
        if (usable(hs, i, hs->cfg->version_min, hs->cfg->version_max))
            return true;
    return false;
}

/* @rfc 5246:7.4.1.4.1/1, 5246:7.4.1.4.1/2 */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    size_t list = tlsni_wr_open(w, 2);

    tlsni_grease_put(hs, TLSNI_GREASE_SIGALG, w);
    write_usable(hs, w, hs->cfg->version_min, hs->cfg->version_max);
    tlsni_wr_close(w, 2, list);
}

/* @rfc 5246:7.4.1.4.1/10 */
static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span list = tlsni_rd_list_span(data, 2, 2, 2, 65534);

    if (!tlsni_rd_done(data))
        return TLSN_ERR_DECODE;
    hs->peer_sigalgs = list;
    hs->peer_sigalgs_seen = true;
    if (!tlsni_hs_feature(hs->cfg, TLSN_FEATURE_EXPORTER))
        return TLSN_OK;
    hs->kept_sigalgs.start = hs->kept_sigalgs.end = 0;
    return tlsni_buf_append(hs->env, &hs->kept_sigalgs, list.data, list.len);
}

/* ---- CertificateRequest ---- */

static bool request_wanted(const struct tlsni_hs *hs)
{
    (void)hs;
    return true;
}

/* The version is settled.
 * @rfc 8446:4.2.3/7 */
static void request_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    size_t list = tlsni_wr_open(w, 2);

    tlsni_grease_put(hs, TLSNI_GREASE_SIGALG, w);
    write_usable(hs, w, hs->version->number, hs->version->number);
    tlsni_wr_close(w, 2, list);
}

static tlsn_status request_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    hs->certificate_request.sigalgs = tlsni_rd_list_span(data, 2, 2, 2, 65534);
    return TLSN_OK;
}

/* @rfc 8446:4.3.2/5 */
static tlsn_status request_absent(struct tlsni_hs *hs)
{
    return tlsni_fail(hs->err, TLSN_ERR_MISSING_EXTENSION, "extension",
                      "CertificateRequest has no signature_algorithms");
}

/* @rfc 5246:7.4.1.4.1/9 */
const struct tlsni_ext tlsni_ext_signature_algorithms = {
    .type = TLSNI_EXT_SIGNATURE_ALGORITHMS,
    .name = "signature_algorithms",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, NULL },
        [TLSNI_IN_CERTIFICATE_REQUEST] = { request_wanted, request_write, request_parse,
                                           request_absent },
    },
    .source = "RFC 5246 7.4.1.4.1",
};
