/* crl_index.c - the entry of a revocation list for a serial number.
 *
 * A large list gets a hash table of where its entries begin, four bytes a slot. The hash is keyed, and a
 * list whose numbers collide all the same is read from front to back: that is slower, but bounded. A
 * list whose entries name their issuers is read so, too, because an entry's issuer follows from those
 * before it. */
#include "base/env.h"
#include "base/mem.h"
#include "x509/evidence.h"
#include "x509/name.h"

enum { INDEX_FROM = 32, PROBES_MAX = 64 };

static uint64_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= UINT64_C(0xd6e8feb86659fd93);
    return h ^ h >> 32;
}

static size_t slot_of(const struct tlsni_known_crl *k, struct tlsn_span serial)
{
    uint64_t h = k->seed ^ serial.len;

    for (size_t i = 0; i < serial.len; i++)
        h = mix(h ^ serial.data[i]);
    return (size_t)h & (k->slot_count - 1);
}

/* The number of the entry that begins here, and what follows in the list. */
static struct tlsn_span serial_at(const struct tlsni_crl *crl, size_t at, size_t *next)
{
    struct tlsni_rd r = tlsni_rd_make(crl->revoked.data + at, crl->revoked.len - at);
    struct tlsni_rd one = tlsni_der_enter(&r, TLSNI_DER_SEQUENCE);

    *next = crl->revoked.len - tlsni_rd_left(&r);
    return tlsni_der_get(&one, TLSNI_DER_INTEGER);
}

static bool put(struct tlsni_known_crl *k, struct tlsn_span serial, size_t at)
{
    size_t slot = slot_of(k, serial);

    for (unsigned i = 0; i < PROBES_MAX; i++, slot = (slot + 1) & (k->slot_count - 1))
        if (!k->slots[slot]) {
            k->slots[slot] = (uint32_t)(at + 1);
            return true;
        }
    return false;
}

tlsn_status tlsni_known_crl_index(const struct tlsn_hooks *env, struct tlsni_known_crl *k)
{
    size_t slots = 1, at = 0, next;
    tlsn_status st;

    k->issuer_hash = tlsni_name_hash(k->crl.issuer);
    if (k->crl.count < INDEX_FROM || k->crl.issuers || k->crl.revoked.len >= UINT32_MAX)
        return TLSN_OK;
    st = tlsni_random(env, &k->seed, sizeof k->seed);
    while (slots < 2 * k->crl.count)
        slots *= 2;
    k->slot_count = slots;
    if (st == TLSN_OK)
        k->slots = tlsni_alloc_array(env, slots, sizeof *k->slots);
    if (!k->slots)
        return st == TLSN_OK ? TLSN_ERR_NO_MEMORY : st;
    for (; at < k->crl.revoked.len; at = next)
        if (!put(k, serial_at(&k->crl, at, &next), at)) {
            tlsni_free(env, k->slots);
            k->slots = NULL;
            break;
        }
    return TLSN_OK;
}

static bool find_indexed(const struct tlsni_known_crl *k, struct tlsn_span serial,
                         struct tlsni_crl_entry *out)
{
    size_t slot = slot_of(k, serial), next;

    for (unsigned i = 0; i < PROBES_MAX && k->slots[slot];
         i++, slot = (slot + 1) & (k->slot_count - 1)) {
        size_t at = k->slots[slot] - 1;
        struct tlsni_rd r = tlsni_rd_make(k->crl.revoked.data + at, k->crl.revoked.len - at);

        if (!tlsni_span_eq(serial_at(&k->crl, at, &next), serial))
            continue;
        *out = tlsni_crl_entry_next(&r, NULL);
        return true;
    }
    return false;
}

/* @rfc 5280:5.3.3/2, 5280:5.3.3/3, 5280:5.3.3/4 */
static bool find_in_order(const struct tlsni_known_crl *k, struct tlsn_span serial,
                          struct tlsn_span issuer, struct tlsni_crl_entry *out)
{
    struct tlsni_rd r = tlsni_rd_span(k->crl.revoked);
    bool mine = tlsni_name_equal(k->crl.issuer, issuer);

    while (r.p != r.end) {
        *out = tlsni_crl_entry_next(&r, NULL);
        if (out->issuer.len)
            mine = tlsni_general_names_have(out->issuer, issuer);
        if (mine && tlsni_span_eq(out->serial, serial))
            return true;
    }
    return false;
}

/* @rfc 5280:6.3.3/16 */
bool tlsni_known_crl_find(const struct tlsni_known_crl *k, struct tlsn_span serial,
                          struct tlsn_span issuer, struct tlsni_crl_entry *out)
{
    if (k->slots)
        return tlsni_name_equal(k->crl.issuer, issuer) && find_indexed(k, serial, out);
    return find_in_order(k, serial, issuer, out);
}

bool tlsni_known_crl_vouched(const struct tlsni_known_crl *k, struct tlsn_span spki)
{
    const struct tlsni_vouched *v = atomic_load_explicit(&k->vouched, memory_order_acquire);

    return v && tlsni_span_eq(tlsni_span_make(v->spki, v->len), spki);
}

void tlsni_known_crl_vouch(const struct tlsn_hooks *env, struct tlsni_known_crl *k,
                           struct tlsn_span spki)
{
    struct tlsni_vouched *v, *none = NULL;

    if (atomic_load_explicit(&k->vouched, memory_order_relaxed))
        return;
    v = tlsni_alloc(env, sizeof *v + spki.len);
    if (!v)
        return;
    v->len = spki.len;
    memcpy(v->spki, spki.data, spki.len);
    if (!atomic_compare_exchange_strong_explicit(&k->vouched, &none, v, memory_order_acq_rel,
                                                 memory_order_acquire))
        tlsni_free(env, v); /* another thread was faster */
}
