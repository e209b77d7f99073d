/* supplemental12.c - SupplementalData in a TLS 1.2 handshake, RFC 4680: carried, never acted upon. */
#include "handshake/supplemental12.h"

#include "handshake/send.h"

/* @rfc 4680:2/1, 4680:3/1, 4681:4/2 */
tlsn_status tlsni_act_send_supplement(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsn_span mapping = hs->cfg->user_mapping;
    struct tlsni_sending s;
    tlsn_status st = tlsni_send_begin(hs, &s, TLSNI_MSG_SUPPLEMENTAL_DATA, 7 + mapping.len);
    size_t list;

    (void)body;
    if (st != TLSN_OK)
        return st;
    list = tlsni_wr_open(&s.w, 3);
    tlsni_wr_u16(&s.w, TLSNI_SUPPLEMENT_USER_MAPPING);
    tlsni_wr_vec(&s.w, 2, mapping);
    tlsni_wr_close(&s.w, 3, list);
    return tlsni_send_end(hs, &s);
}

/* Only what was agreed on may be in it.
 * @rfc 4680:2/2, 4680:2/3, 4680:2/5, 4681:4/3 */
tlsn_status tlsni_act_receive_supplement(struct tlsni_hs *hs, struct tlsn_span body)
{
    struct tlsni_msg_supplement entry;
    struct tlsni_msg_user_mapping mapping;
    struct tlsn_span list;
    tlsn_status st = tlsni_msg_supplemental_data_parse(body, &list);

    if (st != TLSN_OK)
        return st;
    for (struct tlsn_span rest = list; tlsni_msg_supplement_next(&rest, &entry);) {
        if (entry.type != TLSNI_SUPPLEMENT_USER_MAPPING)
            return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, "handshake",
                              "supplemental data of type %u was not agreed on", entry.type);
        st = tlsni_msg_user_mapping_parse(entry.data, &mapping);
        if (st != TLSN_OK)
            return st;
    }
    hs->facts &= ~(uint32_t)TLSNI_F_SUPPLEMENT; /* there is no second one */
    return tlsni_buf_append(hs->env, &hs->beside.supplement, list.data, list.len);
}
