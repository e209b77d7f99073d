/* split.c - application data in one record, or in two where IVs can be predicted (1/n-1 splitting).
 *
 * In CBC with implicit IVs whoever sees the last record knows the IV of the next, and whoever also
 * chooses what is in that record can test guesses at an earlier block ("BEAST", Duong and Rizzo
 * 2011). A first record of one byte of content has the MAC in its first block, which nobody can
 * predict, and its last block is the IV of the record with the rest. An empty first record would do
 * the same (RFC 4346 F.3), but peers are known to take one for the end of the data.
 * @rfc 7457:2.3/1 */
#include "record/prot.h"

#include <string.h>

enum { FIRST = 1 };

unsigned tlsni_prot_data_records(const struct tlsni_prot *p, size_t len)
{
    return p && p->split && len > FIRST ? 2 : 1;
}

size_t tlsni_prot_data_size(const struct tlsni_prot *p, size_t len)
{
    if (tlsni_prot_data_records(p, len) == 1)
        return tlsni_prot_sealed_size(p, len);
    return tlsni_prot_sealed_size(p, FIRST) + tlsni_prot_sealed_size(p, len - FIRST);
}

/* The first byte then lies on the last one of the second header, which is written when it is no
 * longer needed. A single byte is moved from there to its own place. */
size_t tlsni_prot_data_lead(const struct tlsni_prot *p)
{
    if (!p || !p->split)
        return tlsni_prot_lead(p);
    return tlsni_prot_sealed_size(p, FIRST) + p->lead - FIRST;
}

static bool room_and_keys(const struct tlsni_prot *p, size_t need, size_t cap, tlsn_status *st)
{
    *st = need > cap ? TLSN_ERR_BUFFER : p->sequence + 1 >= p->limit ? TLSN_ERR_LIMIT : TLSN_OK;
    return *st == TLSN_OK;
}

tlsn_status tlsni_prot_seal_data(struct tlsni_prot *p, uint16_t version, const uint8_t *plain,
                                 size_t len, uint8_t *out, size_t cap, size_t *size)
{
    size_t need = tlsni_prot_data_size(p, len), first, second;
    uint8_t *place = out + tlsni_prot_data_lead(p);
    tlsn_status st;

    if (tlsni_prot_data_records(p, len) == 1)
        return tlsni_prot_seal(p, TLSNI_CONTENT_APPLICATION, version, plain, len, out, cap, size);
    if (len > p->plain_max)
        return TLSN_ERR_ARGUMENT;
    if (!room_and_keys(p, need, cap, &st))
        return st;
    if (plain != place && tlsni_prot_overlap(plain, len, out, need)) {
        memmove(place, plain, len);
        plain = place;
    }
    st = tlsni_prot_seal(p, TLSNI_CONTENT_APPLICATION, version, plain, FIRST, out, cap, &first);
    if (st == TLSN_OK)
        st = tlsni_prot_seal(p, TLSNI_CONTENT_APPLICATION, version, plain + FIRST, len - FIRST,
                             out + first, cap - first, &second);
    if (st == TLSN_OK)
        *size = first + second;
    return st;
}
