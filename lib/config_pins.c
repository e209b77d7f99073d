/* config_pins.c - certificates and keys that peers have to have. */
#include "config.h"

tlsn_status tlsn_config_add_pin(tlsn_config *c, enum tlsn_pin_of of, const uint8_t sha256[32])
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    st = tlsni_pin_add(&c->hooks, &c->pins, of, sha256);
    return st == TLSN_ERR_ARGUMENT ? tlsni_config_fail(c, st, "a pin is of a key or a certificate")
                                   : st;
}

tlsn_status tlsn_config_set_pin_mode(tlsn_config *c, enum tlsn_pin_mode mode)
{
    tlsn_status st = tlsni_config_open(c);

    if (st != TLSN_OK)
        return st;
    if (mode != TLSN_PIN_ALSO && mode != TLSN_PIN_INSTEAD)
        return tlsni_config_fail(c, TLSN_ERR_ARGUMENT, "%d is no way to use pins", (int)mode);
    c->pin_mode = (uint8_t)mode;
    return TLSN_OK;
}
