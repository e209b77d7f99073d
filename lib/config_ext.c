/* config_ext.c - settings of single extensions. */
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
