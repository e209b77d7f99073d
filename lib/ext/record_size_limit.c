/* record_size_limit.c - how much plain text each side takes in one protected record, RFC 8449.
 *
 * Each side names its own bound. It holds for the keys of the handshake that named it, so a
 * resumption or renegotiation names it again. */
#include "ext/rows.h"

static const char layer[] = "extension";

/* Who asks for short fragments and has no bound of its own to name would lose them to this one.
 * @rfc 8449:4/10, 8449:5/4 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    const struct tlsni_hs_config *cfg = hs->cfg;

    return cfg->record_size_limit &&
           !(cfg->record_size_limit == TLSNI_RECORD_PLAIN_MAX && cfg->max_fragment_length);
}

/* The most that a version's records hold, by what this extension counts: with TLS 1.3 the type too. A
 * client that offers it cannot know what will be. */
static uint16_t most(const struct tlsni_hs *hs)
{
    bool inner = hs->version ? hs->version->record->inner_type
                             : (hs->worlds & TLSNI_WORLD_13) != 0;

    return TLSNI_RECORD_PLAIN_MAX + inner;
}

/* @rfc 8449:4/1, 8449:4/5, 8449:4/8 */
static void write_limit(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    uint16_t limit = hs->cfg->record_size_limit;

    hs->size_limit_in = limit == TLSNI_RECORD_PLAIN_MAX ? most(hs) : limit;
    tlsni_wr_u16(w, hs->size_limit_in);
}

static tlsn_status read_limit(struct tlsni_hs *hs, struct tlsni_rd *data, uint16_t *limit)
{
    *limit = tlsni_rd_u16(data);
    if (!tlsni_rd_done(data))
        return TLSN_ERR_DECODE;
    /* @rfc 8449:4/9 */
    if (*limit < TLSNI_EXT_SIZE_LIMIT_MIN)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "record_size_limit of %u bytes, at least %d have to be taken", *limit,
                          TLSNI_EXT_SIZE_LIMIT_MIN);
    return TLSN_OK;
}

/* What is above our own bound is as good as none.
 * @rfc 8449:4/6, 8449:4/14 */
static void take_limit(struct tlsni_hs *hs, uint16_t limit)
{
    hs->size_limit_out = limit < most(hs) ? limit : most(hs);
}

/* @rfc 8449:5/1, 8449:5/2 of the two this one counts. */
static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    uint16_t limit;
    tlsn_status st = read_limit(hs, data, &limit);

    if (st != TLSN_OK)
        return st;
    if (!hs->cfg->record_size_limit)
        return TLSN_OK;
    take_limit(hs, limit);
    hs->fragment_max = 0;
    return TLSN_OK;
}

/* @rfc 8449:4/11 */
static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->size_limit_out != 0;
}

static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    uint16_t limit;
    tlsn_status st = read_limit(hs, data, &limit);

    if (st != TLSN_OK)
        return st;
    /* @rfc 8449:4/7 */
    if (limit > most(hs))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "record_size_limit of %u bytes, no record holds more than %u", limit,
                          most(hs));
    /* @rfc 8449:5/3 */
    if (hs->fragment_max)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "server answered max_fragment_length and record_size_limit");
    take_limit(hs, limit);
    return TLSN_OK;
}

/* What we wrote holds only if the server understood it. */
static tlsn_status client_absent(struct tlsni_hs *hs)
{
    hs->size_limit_in = 0;
    return TLSN_OK;
}

const struct tlsni_ext tlsni_ext_record_size_limit = {
    .type = TLSNI_EXT_RECORD_SIZE_LIMIT,
    .name = "record_size_limit",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, write_limit, server_parse, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, write_limit, client_parse, client_absent },
        [TLSNI_IN_ENCRYPTED_EXTENSIONS] = { server_wanted, write_limit, client_parse,
                                            client_absent },
    },
    .source = "RFC 8449",
};
