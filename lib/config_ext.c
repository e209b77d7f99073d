/* config_ext.c - settings of single extensions. */
#include "base/mem.h"
#include "config.h"
#include "ext/ext.h"

/* @rfc 8449:4/8, 8449:4/5 */
tlsn_status tlsn_config_set_record_size_limit(tlsn_config *c, size_t bytes)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (bytes && (bytes < TLSNI_EXT_SIZE_LIMIT_MIN || bytes > TLSNI_RECORD_PLAIN_MAX))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "record size limit of %zu bytes, %d to %d "
                                 "are possible", bytes, TLSNI_EXT_SIZE_LIMIT_MIN,
                                 TLSNI_RECORD_PLAIN_MAX);
    c->hs.record_size_limit = (uint16_t)bytes;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_max_fragment_length(tlsn_config *c, size_t bytes)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (bytes && !tlsni_ext_is_fragment_length(bytes))
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "fragments of %zu bytes cannot be asked "
                                 "for, only of 512, 1024, 2048 or 4096", bytes);
    c->hs.max_fragment_length = (uint16_t)bytes;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_hello_padding(tlsn_config *c, size_t bytes)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (bytes > UINT16_MAX)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "a ClientHello of %zu bytes is too long",
                                 bytes);
    c->hs.hello_pad = (uint16_t)bytes;
    return TLSN_OK;
}

tlsn_status tlsn_config_set_heartbeat(tlsn_config *c, enum tlsn_heartbeat mode)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (mode > TLSN_HEARTBEAT_SEND_ONLY)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "no such heartbeat mode");
    c->hs.heartbeat = (uint8_t)mode;
    return TLSN_OK;
}

enum { SRTP_MAX = 16 };

/* ids has room for SRTP_MAX; *list stops at a name that is not known. */
static void read_profiles(const char **list, uint16_t *ids, size_t *n)
{
    for (*n = 0; **list && *n < SRTP_MAX; ++*n) {
        size_t len = strcspn(*list, ",");

        ids[*n] = tlsni_srtp_find(*list, len);
        if (!ids[*n])
            return;
        *list += len + ((*list)[len] == ',');
    }
}

tlsn_status tlsn_config_set_srtp(tlsn_config *c, const char *list, bool take_mki)
{
    tlsn_status st = tlsni_config_open(c);
    const char *at = list ? list : "";
    uint16_t *ids;
    size_t n;

    if (st != TLSN_OK)
        return st;
    ids = tlsni_alloc_array(&c->hooks, SRTP_MAX, sizeof *ids);
    if (!ids)
        return TLSN_ERR_NO_MEMORY;
    read_profiles(&at, ids, &n);
    if (*at) {
        tlsni_free(&c->hooks, ids);
        return tlsni_config_fail(c, TLSN_ERR_UNKNOWN_KEYWORD, "unknown SRTP profile \"%.80s\"", at);
    }
    tlsni_free(&c->hooks, c->srtp);
    c->srtp = ids;
    c->hs.srtp = (struct tlsni_ids){ ids, n };
    c->hs.srtp_take_mki = take_mki;
    return TLSN_OK;
}
