/* max_fragment_length.c - a client that cannot take records of 2^14 bytes, RFC 6066 4.
 *
 * The length holds for both directions and for every record behind the ServerHello, protected or
 * not, and goes along with the session. record_size_limit (RFC 8449) replaces it: a server that is
 * asked for both answers that one. */
#include "ext/rows.h"

enum { SMALLEST = 512, CODES = 4 };

/* 1 is 2^9 bytes, 4 is 2^12; 0 for a number that stands for nothing. */
static uint16_t length_of(uint8_t code)
{
    return code >= 1 && code <= CODES ? (uint16_t)(SMALLEST << (code - 1)) : 0;
}

static uint8_t code_of(uint16_t length)
{
    uint8_t code = 1;

    while (length_of(code) != length)
        code++;
    return code;
}

bool tlsni_ext_is_fragment_length(size_t length)
{
    for (uint8_t code = 1; code <= CODES; code++)
        if (length_of(code) == length)
            return true;
    return false;
}

/* @rfc 6066:4/1, 3546:3.2/1, 4366:3.2/1 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return hs->cfg->max_fragment_length != 0;
}

/* @rfc 6066:4/2, 3546:3.2/2, 4366:3.2/2 */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_u8(w, code_of(hs->cfg->max_fragment_length));
}

static tlsn_status read_length(struct tlsni_hs *hs, struct tlsni_rd *data, uint16_t *length)
{
    uint8_t code = tlsni_rd_u8(data);

    if (!tlsni_rd_done(data))
        return TLSN_ERR_DECODE;
    *length = length_of(code);
    /* @rfc 6066:4/4, 3546:3.2/4, 4366:3.2/4 */
    if (*length)
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "extension",
                      "max_fragment_length has the value %u, 1 to %d are possible", code, CODES);
}

static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    return read_length(hs, data, &hs->fragment_max);
}

/* A resumed session keeps its own without a word.
 * @rfc 6066:4/3, 6066:1.1/4, 3546:2.3/6, 4366:2.3/6, 3546:3.2/3, 4366:3.2/3 */
static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->fragment_max && !(hs->facts & TLSNI_F_RESUMED);
}

static void server_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    tlsni_wr_u8(w, code_of(hs->fragment_max));
}

/* @rfc 6066:4/5, 3546:3.2/5, 4366:3.2/5 */
static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    uint16_t length;
    tlsn_status st = read_length(hs, data, &length);

    if (st != TLSN_OK)
        return st;
    if (length != hs->cfg->max_fragment_length)
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "extension",
                          "server answered max_fragment_length %u, %u was asked for", length,
                          hs->cfg->max_fragment_length);
    hs->fragment_max = length;
    return TLSN_OK;
}

const struct tlsni_ext tlsni_ext_max_fragment_length = {
    .type = TLSNI_EXT_MAX_FRAGMENT_LENGTH,
    .name = "max_fragment_length",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, NULL },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, server_write, client_parse, NULL },
        [TLSNI_IN_ENCRYPTED_EXTENSIONS] = { server_wanted, server_write, client_parse, NULL },
    },
    .source = "RFC 6066 4",
};
