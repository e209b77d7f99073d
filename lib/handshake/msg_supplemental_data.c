/* msg_supplemental_data.c - SupplementalData (RFC 4680 2) and the one kind of it that is known, the
 * UserMappingDataList (RFC 4681 3 and 6). */
#include "handshake/msg.h"

enum { LIST_MAX = 0xffffff };

bool tlsni_msg_supplement_next(struct tlsn_span *list, struct tlsni_msg_supplement *out)
{
    struct tlsni_rd r = tlsni_rd_span(*list);

    if (!list->len)
        return false;
    out->type = tlsni_rd_u16(&r);
    out->data = tlsni_rd_vec_span(&r, 2, 0, 65535);
    *list = tlsni_rd_rest(&r);
    return !r.bad;
}

/* @rfc 4680:2/4 */
tlsn_status tlsni_msg_supplemental_data_parse(struct tlsn_span body, struct tlsn_span *list)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    struct tlsni_msg_supplement entry;
    struct tlsn_span rest;

    *list = tlsni_rd_vec_span(&r, 3, 1, LIST_MAX);
    if (!tlsni_rd_done(&r))
        return TLSN_ERR_DECODE;
    for (rest = *list; rest.len;)
        if (!tlsni_msg_supplement_next(&rest, &entry))
            return TLSN_ERR_DECODE;
    return TLSN_OK;
}

void tlsni_msg_supplemental_data_write(struct tlsni_wr *w, struct tlsn_span list)
{
    tlsni_wr_vec(w, 3, list);
}

/* @rfc 4681:3/1, 4681:6/1 */
tlsn_status tlsni_msg_user_mapping_parse(struct tlsn_span data, struct tlsni_msg_user_mapping *out)
{
    struct tlsni_rd r = tlsni_rd_span(data), list = tlsni_rd_vec(&r, 2, 1, 65535);

    memset(out, 0, sizeof *out);
    while (tlsni_rd_left(&list)) {
        uint8_t type = tlsni_rd_u8(&list);
        struct tlsni_rd hint = tlsni_rd_vec(&list, 2, 0, 65535);

        if (type != TLSNI_USER_MAPPING_UPN || list.bad)
            continue;
        out->principal = tlsni_rd_vec_span(&hint, 2, 0, 65535);
        out->domain = tlsni_rd_vec_span(&hint, 2, 0, 65535);
        if (!tlsni_rd_done(&hint) || (!out->principal.len && !out->domain.len))
            return TLSN_ERR_DECODE;
    }
    return tlsni_rd_done(&r) && tlsni_rd_done(&list) ? TLSN_OK : TLSN_ERR_DECODE;
}

void tlsni_msg_user_mapping_write(struct tlsni_wr *w, const struct tlsni_msg_user_mapping *m)
{
    size_t list = tlsni_wr_open(w, 2), hint;

    tlsni_wr_u8(w, TLSNI_USER_MAPPING_UPN);
    hint = tlsni_wr_open(w, 2);
    tlsni_wr_vec(w, 2, m->principal);
    tlsni_wr_vec(w, 2, m->domain);
    tlsni_wr_close(w, 2, hint);
    tlsni_wr_close(w, 2, list);
}
