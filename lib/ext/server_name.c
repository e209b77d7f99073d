/* server_name.c - the name of the server that the client wants, RFC 6066 3.
 *
 * Names are compared as ASCII without regard to case. A name that is not served here is ignored
 * unless the configuration makes it fatal, or wants a warning (RFC 6066 advises against that, since
 * clients disagree on what it means).
 *
 * A certificate for several services lets an attacker lead a client of one to the server of another
 * (ALPACA): where names are required, a hello without one is refused, and so is a server that does
 * not say that it took it. */
#include "ext/rows.h"
#include "x509/match.h"

enum { HOST_NAME = 0, NAME_TYPES = 256 };

static const char layer[] = "extension";

/* @rfc 6066:3/1, 3546:3.1/1, 4366:3.1/1, 6066:3/14, 3546:3.1/6, 4366:3.1/6
 * @rfc 7924:4/7
 * @rfc 8446:4.4.2.2/5, 8446:9.2/8 */
static bool client_wanted(const struct tlsni_hs *hs)
{
    return hs->server_name != NULL;
}

/* @rfc 6066:3/2, 3546:3.1/2, 4366:3.1/2
 * @rfc 6066:3/4, 6066:3/11 */
static void client_write(struct tlsni_hs *hs, struct tlsni_wr *w)
{
    size_t list = tlsni_wr_open(w, 2);

    tlsni_wr_u8(w, HOST_NAME);
    tlsni_wr_vec(w, 2, tlsni_span_make(hs->server_name, strlen(hs->server_name)));
    tlsni_wr_close(w, 2, list);
}

/* Reads the list; host gets the host_name or stays empty. Names of other types are passed over:
 * they too start with a 16-bit length.
 * @rfc 6066:3/3, 6066:3/10 */
static tlsn_status read_list(struct tlsni_rd *data, struct tlsn_span *host, struct tlsni_err *err)
{
    struct tlsni_rd list = tlsni_rd_vec(data, 2, 1, 65535);
    bool seen[NAME_TYPES] = { false };

    while (tlsni_rd_left(&list)) {
        uint8_t type = tlsni_rd_u8(&list);
        struct tlsn_span name = tlsni_rd_vec_span(&list, 2, 1, 65535);

        /* @rfc 6066:3/5 */
        if (!list.bad && seen[type])
            return tlsni_fail(err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                              "server_name has two names of type %u", type);
        seen[type] = true;
        if (type == HOST_NAME)
            *host = name;
    }
    return data->bad ? TLSN_ERR_DECODE : tlsni_rd_end(&list);
}

/* Host names are visible ASCII; anything else would also be a danger to whoever prints or looks it
 * up. */
static bool is_visible(struct tlsn_span name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.data[i] <= 0x20 || name.data[i] >= 0x7f)
            return false;
    return true;
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

/* @rfc 6066:3/12, 3546:3.1/3, 4366:3.1/3 */
static bool same_name(struct tlsn_span served, struct tlsn_span name)
{
    if (served.len != name.len)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (lower(served.data[i]) != lower(name.data[i]))
            return false;
    return true;
}

static bool is_served(const struct tlsni_hs_config *cfg, struct tlsn_span name)
{
    struct tlsni_rd r = tlsni_rd_span(cfg->server_names);

    if (cfg->server_names.len == 0)
        return true;
    while (tlsni_rd_left(&r)) {
        struct tlsn_span served = tlsni_rd_vec_span(&r, 1, 1, 255);

        if (same_name(served, name) ||
            (served.data[0] == '*' && tlsni_dns_matches(served, name)))
            return true;
    }
    return false;
}

/* @rfc 6066:3/7, 6066:3/9 */
static tlsn_status server_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    struct tlsn_span host = { 0 };
    tlsn_status st = read_list(data, &host, hs->err);
    char text[64];
    bool served;

    if (st == TLSN_OK)
        st = tlsni_rd_end(data);
    if (st != TLSN_OK || host.len == 0)
        return st;
    (void)tlsni_err_quote(text, sizeof text, host.data, host.len);
    if (!is_visible(host))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "server_name \"%s\" has characters that no host name has", text);
    served = is_served(hs->cfg, host);
    /* A name that decides nothing here is not acknowledged. */
    hs->name_acknowledged = served && hs->cfg->server_names.len;
    /* @rfc 6066:3/6, 3546:3.1/10, 4366:3.1/10 */
    if (!served && tlsni_hs_feature(hs->cfg, TLSN_FEATURE_SNI_FATAL))
        return tlsni_fail(hs->err, TLSN_ERR_UNRECOGNIZED_NAME, layer,
                          "server_name \"%s\" is not served here", text);
    hs->name_unknown = !served && tlsni_hs_feature(hs->cfg, TLSN_FEATURE_SNI_WARNING);
    hs->peer_name = host;
    return TLSN_OK;
}

/* @rfc 8446:9.2/9 */
static tlsn_status server_absent(struct tlsni_hs *hs)
{
    bool missing = hs->version && hs->version->missing_extension;

    if (!tlsni_hs_feature(hs->cfg, TLSN_FEATURE_REQUIRE_NAMES))
        return TLSN_OK;
    return tlsni_fail(hs->err, missing ? TLSN_ERR_MISSING_EXTENSION : TLSN_ERR_UNRECOGNIZED_NAME, layer,
                      "client sends no server_name, which is required");
}

/* @rfc 6066:3/16 @rfc 6066:3/22
 * @rfc 6066:1.1/4 */
static bool server_wanted(const struct tlsni_hs *hs)
{
    return hs->name_acknowledged && !(hs->facts & TLSNI_F_RESUMED);
}

/* @rfc 6066:3/17, 3546:3.1/9, 4366:3.1/9 the answer is empty. */
static tlsn_status client_parse(struct tlsni_hs *hs, struct tlsni_rd *data)
{
    (void)data;
    hs->name_acknowledged = true;
    return TLSN_OK;
}

const struct tlsni_ext tlsni_ext_server_name = {
    .type = TLSNI_EXT_SERVER_NAME,
    .name = "server_name",
    .in = {
        [TLSNI_IN_CLIENT_HELLO] = { client_wanted, client_write, server_parse, server_absent },
        [TLSNI_IN_SERVER_HELLO] = { server_wanted, NULL, client_parse, NULL },
        [TLSNI_IN_ENCRYPTED_EXTENSIONS] = { server_wanted, NULL, client_parse, NULL },
    },
    .source = "RFC 6066 3",
};

struct tlsn_span tlsni_ext_view_host_name(struct tlsn_span data)
{
    struct tlsni_rd r = tlsni_rd_span(data);
    struct tlsn_span host = { 0 };

    if (read_list(&r, &host, NULL) != TLSN_OK || !tlsni_rd_done(&r) || !is_visible(host))
        return tlsni_span_make(NULL, 0);
    return host;
}
