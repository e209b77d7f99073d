/* supplemental12.c - SupplementalData in a TLS 1.2 handshake, RFC 4680: carried, never acted upon.
 * User mappings come from clients only, authorization data from both sides. */
#include "handshake/supplemental12.h"

#include "base/alert.h"
#include "handshake/send.h"

/* Entries of the formats that the peer takes. */
static void write_authorization(const struct tlsni_hs *hs, struct tlsni_wr *w)
{
    struct tlsn_span rest = hs->cfg->authz;
    struct tlsn_authz entry;
    size_t data = tlsni_wr_open(w, 2), list = tlsni_wr_open(w, 2);

    while (tlsni_msg_authz_next(&rest, &entry))
        if (hs->authz_out >> entry.format & 1)
            tlsni_msg_authz_write(w, &entry);
    tlsni_wr_close(w, 2, list);
    tlsni_wr_close(w, 2, data);
}

/* @rfc 4680:2/1, 4680:3/1, 4680:2/6, 4681:4/2, 5878:3/1 */
tlsn_status tlsni_act_send_supplement(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsn_span mapping = hs->cfg->user_mapping;
    struct tlsni_sending s;
    tlsn_status st = tlsni_send_begin(hs, &s, TLSNI_MSG_SUPPLEMENTAL_DATA,
                                      13 + mapping.len + hs->cfg->authz.len);
    size_t list;

    (void)body;
    if (st != TLSN_OK)
        return st;
    list = tlsni_wr_open(&s.w, 3);
    if (hs->mapping_agreed && hs->role == TLSN_CLIENT) {
        tlsni_wr_u16(&s.w, TLSNI_SUPPLEMENT_USER_MAPPING);
        tlsni_wr_vec(&s.w, 2, mapping);
    }
    if (hs->authz_out) {
        tlsni_wr_u16(&s.w, TLSNI_SUPPLEMENT_AUTHZ_DATA);
        write_authorization(hs, &s.w);
    }
    tlsni_wr_close(&s.w, 3, list);
    return tlsni_send_end(hs, &s);
}

/* @rfc 5878:3.3/1, 5878:4/2, 5878:4/3 */
static tlsn_status check_authorization(struct tlsni_hs *hs, struct tlsn_span data)
{
    struct tlsn_authz entry;
    struct tlsn_span list;

    if (tlsni_msg_authorization_parse(data, &list) != TLSN_OK)
        return tlsni_fail_alert(hs->err, TLSN_ERR_DECODE, TLSNI_ALERT_CERTIFICATE_UNKNOWN,
                                "handshake", "authorization data of %zu bytes does not parse",
                                data.len);
    while (tlsni_msg_authz_next(&list, &entry))
        if (!(hs->authz_in >> entry.format & 1))
            return tlsni_fail(hs->err, TLSN_ERR_CERT_UNSUPPORTED, "handshake",
                              "authorization data of format %u was not agreed on", entry.format);
    return TLSN_OK;
}

static tlsn_status check_entry(struct tlsni_hs *hs, const struct tlsni_msg_supplement *entry,
                               uint8_t *seen)
{
    bool mapping = entry->type == TLSNI_SUPPLEMENT_USER_MAPPING && hs->mapping_agreed &&
                   hs->role == TLSN_SERVER;
    bool authz = entry->type == TLSNI_SUPPLEMENT_AUTHZ_DATA && hs->authz_in;
    uint8_t bit = mapping ? 1 : 2;
    struct tlsni_msg_user_mapping m;

    if ((!mapping && !authz) || (*seen & bit))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                          "supplemental data of type %u was not agreed on, or came twice",
                          entry->type);
    *seen |= bit;
    return mapping ? tlsni_msg_user_mapping_parse(entry->data, &m)
                   : check_authorization(hs, entry->data);
}

/* Only what was agreed on may be in it.
 * @rfc 4680:2/2, 4680:2/3, 4680:2/5, 4681:4/3 */
tlsn_status tlsni_act_receive_supplement(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_msg_supplement entry;
    struct tlsn_span list;
    uint8_t seen = 0;
    tlsn_status st = tlsni_msg_supplemental_data_parse(body, &list);

    for (struct tlsn_span rest = list; st == TLSN_OK && tlsni_msg_supplement_next(&rest, &entry);)
        st = check_entry(hs, &entry, &seen);
    if (st != TLSN_OK)
        return st;
    hs->authz_came = (seen & 2) != 0;
    /* there is no second one */
    hs->facts &= ~(uint32_t)(hs->role == TLSN_SERVER ? TLSNI_F_SUPPLEMENT
                                                     : TLSNI_F_SERVER_SUPPLEMENT);
    return tlsni_buf_append(hs->env, &hs->beside.supplement, list.data, list.len);
}

/* @rfc 5878:4/1 */
tlsn_status tlsni_supplement_check(struct tlsni_hs *hs)
{
    if (!hs->authz_in || hs->authz_came)
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_CERT_BAD, "handshake",
                      "authorization data was agreed on, but did not come");
}
