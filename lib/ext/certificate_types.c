/* certificate_types.c - client_certificate_type and server_certificate_type: a side shows its bare
 * public key instead of a chain, RFC 7250. Both extensions look alike and differ in whose
 * certificate they are about. Without them, and by default, certificates are X.509. */
#include "ext/rows.h"

static const char layer[] = "extension";

/* @rfc 8446:4.4.2.2/2, 8446:4.4.2.3/1 */
const struct tlsni_cert_types *tlsni_cert_types_in_force(const struct tlsni_cert_types *types)
{
    static const struct tlsni_cert_types x509 = { { TLSN_CERT_X509 }, 1 };

    return types->count ? types : &x509;
}

bool tlsni_cert_types_have(const struct tlsni_cert_types *types, uint8_t type)
{
    types = tlsni_cert_types_in_force(types);
    for (size_t i = 0; i < types->count; i++)
        if (types->type[i] == type)
            return true;
    return false;
}

bool tlsni_cert_type_listed(struct tlsn_span list, uint8_t type)
{
    return list.len ? memchr(list.data, type, list.len) != NULL : type == TLSN_CERT_X509;
}

/* @rfc 7250:3/2, 7250:4.1/3 */
static bool is_special(const struct tlsni_cert_types *types)
{
    return types->count > 1 || !tlsni_cert_types_have(types, TLSN_CERT_X509);
}

/* @rfc 7250:3/1, 7250:4.1/1 */
static void write_list(struct tlsni_wr *w, const struct tlsni_cert_types *types)
{
    tlsni_wr_vec(w, 1, tlsni_span_make(types->type, types->count));
}

/* @rfc 7250:4.2/5 */
static tlsn_status read_choice(struct tlsni_hs *hs, struct tlsni_rd *data,
                               const struct tlsni_cert_types *offered, const char *whose,
                               uint8_t *type)
{
    *type = tlsni_rd_u8(data);
    if (data->bad || tlsni_cert_types_have(offered, *type))
        return tlsni_rd_end(data);
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                      "server chose type %u for the %s's certificate, which was not offered", *type,
                      whose);
}

/* ---- client_certificate_type ---- */

static bool client_sends_own(const struct tlsni_hs *hs)
{
    return is_special(&hs->cfg->own_types);
}

static void write_own(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    write_list(w, &hs->cfg->own_types);
}

static tlsn_status read_clients(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    hs->peer_types = tlsni_rd_vec_span(data, 1, 1, 255);
    return TLSN_OK;
}

/* Only when a certificate will be asked for.
 * @rfc 7250:4.2/3, 7250:4.2/6 */
static bool server_answers_clients(const struct tlsni_hs *hs)
{
    return (hs->facts & TLSNI_F_REQUEST) && !(hs->facts & TLSNI_F_RESUMED);
}

static void write_clients_choice(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_u8(w, hs->peer_type);
}

static tlsn_status read_own_choice(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    return read_choice(hs, data, &hs->cfg->own_types, "client", &hs->own_type);
}

const struct tlsni_ext tlsni_ext_client_certificate_type = {
    .type = TLSNI_EXT_CLIENT_CERTIFICATE_TYPE,
    .name = "client_certificate_type",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_sends_own, write_own, read_clients, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_answers_clients, write_clients_choice, read_own_choice,
                                    NULL },
        [TLSNI_IN_ENCRYPTED_EXTENSIONS] = { server_answers_clients, write_clients_choice,
                                            read_own_choice, NULL },
    },
    .source = "RFC 7250 3",
};

/* ---- server_certificate_type ---- */

static bool client_sends_peers(const struct tlsni_hs *hs)
{
    return is_special(&hs->cfg->peer_types);
}

static void write_peers(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    write_list(w, &hs->cfg->peer_types);
}

static tlsn_status read_servers(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    hs->own_types = tlsni_rd_vec_span(data, 1, 1, 255);
    return TLSN_OK;
}

static bool server_answers_servers(const struct tlsni_hs *hs)
{
    return (hs->facts & TLSNI_F_CERT) && !(hs->facts & TLSNI_F_RESUMED);
}

/* @rfc 7250:4.2/7 */
static void write_servers_choice(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_u8(w, hs->own_type);
}

static tlsn_status read_peers_choice(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    return read_choice(hs, data, &hs->cfg->peer_types, "server", &hs->peer_type);
}

const struct tlsni_ext tlsni_ext_server_certificate_type = {
    .type = TLSNI_EXT_SERVER_CERTIFICATE_TYPE,
    .name = "server_certificate_type",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_sends_peers, write_peers, read_servers, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_answers_servers, write_servers_choice, read_peers_choice,
                                    NULL },
        [TLSNI_IN_ENCRYPTED_EXTENSIONS] = { server_answers_servers, write_servers_choice,
                                            read_peers_choice, NULL },
    },
    .source = "RFC 7250 3",
};
