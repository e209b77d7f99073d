/* signed_certificate_timestamp.c - what certificate logs promised about the server's certificate,
 * RFC 6962 3.3. The list is carried and cut into its elements; judging them is the application's
 * part. */
#include "ext/rows.h"

/* @rfc 6962:3.3.1/1, 6962:3.3.1/3, 6962:6/1 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return tlsni_hs_feature(hs->cfg, TLSN_FEATURE_SCT);
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)hs;
    (void)data; /* empty: anything left over is refused */
    return TLSN_OK;
}

/* @rfc 6962:3.3.1/2, 6962:3.3.1/4 */
static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->credential && hs->own_type == TLSN_CERT_X509 && (hs->facts & TLSNI_F_CERT) &&
           !(hs->facts & TLSNI_F_RESUMED) && tlsni_buf_len(&hs->credential->scts);
}

/* @rfc 6962:3.3/1, 6962:3.3/8 */
static void server_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    const struct tlsni_buf *b = &hs->credential->scts;

    tlsni_wr_vec(w, 2, tlsni_buf_span(b));
}

bool tlsni_ext_sct_list(struct tlsni_rd *r, struct tlsn_span *list)
{
    struct tlsni_rd items = tlsni_rd_vec(r, 2, 1, 65535);

    *list = tlsni_span_make(items.p, tlsni_rd_left(&items));
    while (tlsni_rd_left(&items))
        (void)tlsni_rd_vec_span(&items, 2, 1, 65535);
    return tlsni_rd_done(r) && tlsni_rd_done(&items);
}

/* @rfc 6962:3.3/2 */
static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span list;

    if (!tlsni_ext_sct_list(data, &list))
        return TLSN_ERR_DECODE;
    return tlsni_buf_append(hs->env, &hs->beside.scts, list.data, list.len);
}

/* ---- TLS 1.3: in the entry of the leaf, RFC 8446 4.4.2.1 ---- */

/* @rfc 8446:4.4.2/10 */
static bool entry_wanted(const struct tlsni_hs *hs)
{
    return hs->tls13.entry == 0 && hs->credential && hs->own_type == TLSN_CERT_X509 &&
           tlsni_buf_len(&hs->credential->scts);
}

static tlsn_status entry_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span list;

    if (hs->tls13.entry == 0)
        return client_parse(hs, data);
    return tlsni_ext_sct_list(data, &list) ? TLSN_OK : TLSN_ERR_DECODE;
}

const struct tlsni_ext tlsni_ext_signed_certificate_timestamp = {
    .type = TLSNI_EXT_SIGNED_CERTIFICATE_TIMESTAMP,
    .name = "signed_certificate_timestamp",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, NULL, server_parse, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, server_write, client_parse, NULL },
        [TLSNI_IN_CERTIFICATE] = { entry_wanted, server_write, entry_parse, NULL },
        [TLSNI_IN_CERTIFICATE_REQUEST] = { client_wanted, NULL, server_parse, NULL },
    },
    .source = "RFC 6962 3.3.1",
};
