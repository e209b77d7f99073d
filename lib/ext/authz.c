/* authz.c - client_authz and server_authz (RFC 5878): which kinds of authorization data the client,
 * and the server, will show in SupplementalData. What they say is the application's to judge: off
 * unless it has some to send, or wants some. */
#include "ext/rows.h"

/* The formats that a list has in common with those of a mask. Others, as the two of KeyNote, are passed over.
 * @rfc 6042:2/1, 6042:3/1 */
static uint8_t in_common(struct tlsn_span formats, uint8_t mask)
{
    uint8_t found = 0;

    for (size_t i = 0; i < formats.len; i++)
        if (formats.data[i] < TLSN_AUTHZ_FORMATS)
            found |= (uint8_t)(1U << formats.data[i] & mask);
    return found;
}

static void write_formats(struct tlsni_wr *w, uint8_t mask)
{
    size_t list = tlsni_wr_open(w, 1);

    for (uint8_t format = 0; format < TLSN_AUTHZ_FORMATS; format++)
        if (mask >> format & 1)
            tlsni_wr_u8(w, format);
    tlsni_wr_close(w, 1, list);
}

/* Each format of an answer is one that was asked for.
 * @rfc 5878:2.1/3, 5878:2.2/3 */
static tlsn_status read_answer(struct tlsni_hs *hs, struct tlsni_rd *data, uint8_t asked,
                               uint8_t *agreed)
{
    struct tlsn_span formats = tlsni_rd_vec_span(data, 1, 1, 255);

    for (size_t i = 0; i < formats.len; i++)
        if (!in_common(tlsni_span_make(formats.data + i, 1), asked))
            return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "extension",
                              "server agrees on authorization data of format %u, not offered",
                              formats.data[i]);
    *agreed = in_common(formats, asked);
    return TLSN_OK;
}

/* ---- client_authz: from the client ---- */

/* @rfc 5878:2.1/1, 5878:2/1 */
static bool sends(const struct tlsni_hs *hs)
{
    return hs->cfg->authz_formats != 0;
}

static void write_sent(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    write_formats(w, hs->cfg->authz_formats);
}

/* @rfc 5878:2.3/1 */
static tlsn_status server_reads_client(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    hs->authz_in = in_common(tlsni_rd_vec_span(data, 1, 1, 255), hs->cfg->authz_taken);
    return TLSN_OK;
}

/* @rfc 5878:2.1/2, 5878:2.1/4 */
static bool server_takes(const struct tlsni_hs *hs)
{
    return hs->authz_in && !(hs->facts & TLSNI_F_RESUMED);
}

static void write_in(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    write_formats(w, hs->authz_in);
}

static tlsn_status client_reads_client(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    hs->facts |= TLSNI_F_SUPPLEMENT;
    return read_answer(hs, data, hs->cfg->authz_formats, &hs->authz_out);
}

const struct tlsni_ext tlsni_ext_client_authz = {
    .type = TLSNI_EXT_CLIENT_AUTHZ,
    .name = "client_authz",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { sends, write_sent, server_reads_client, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_takes, write_in, client_reads_client, NULL },
    },
    .worlds = TLSNI_WORLD_OLD,
    .source = "RFC 5878 2.1",
};

/* ---- server_authz: from the server ---- */

/* @rfc 5878:2.2/1 */
static bool takes(const struct tlsni_hs *hs)
{
    return hs->cfg->authz_taken != 0;
}

static void write_taken(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    write_formats(w, hs->cfg->authz_taken);
}

static tlsn_status server_reads_server(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    hs->authz_out = in_common(tlsni_rd_vec_span(data, 1, 1, 255), hs->cfg->authz_formats);
    return TLSN_OK;
}

/* @rfc 5878:2.2/2, 5878:2.2/4 */
static bool server_sends(const struct tlsni_hs *hs)
{
    return hs->authz_out && !(hs->facts & TLSNI_F_RESUMED);
}

static void write_out(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    write_formats(w, hs->authz_out);
}

static tlsn_status client_reads_server(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    hs->facts |= TLSNI_F_SERVER_SUPPLEMENT;
    return read_answer(hs, data, hs->cfg->authz_taken, &hs->authz_in);
}

const struct tlsni_ext tlsni_ext_server_authz = {
    .type = TLSNI_EXT_SERVER_AUTHZ,
    .name = "server_authz",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { takes, write_taken, server_reads_server, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_sends, write_out, client_reads_server, NULL },
    },
    .worlds = TLSNI_WORLD_OLD,
    .source = "RFC 5878 2.2",
};
