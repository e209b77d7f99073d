/* trust_add.c - certificates into a trust store, and the list of what was left out. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "x509/name.h"
#include "x509/pem.h"
#include "x509/trust_block.h"

void tlsni_trust_skip(tlsn_trust *t, const char *source, size_t place, tlsn_status status,
                      const char *reason)
{
    struct tlsn_trust_skipped *s;

    (void)pthread_mutex_lock(&t->lock);
    if (!t->skipped)
        t->skipped = tlsni_alloc_array(&t->env, TLSNI_TRUST_SKIPPED_MAX, sizeof *t->skipped);
    if (t->skipped && t->skipped_count < TLSNI_TRUST_SKIPPED_MAX) {
        s = &t->skipped[t->skipped_count];
        (void)snprintf(s->source, sizeof s->source, "%s", source);
        (void)snprintf(s->reason, sizeof s->reason, "%s", reason);
        s->place = place;
        s->status = status;
    }
    t->skipped_count++;
    (void)pthread_mutex_unlock(&t->lock);
}

size_t tlsn_trust_skipped_count(const tlsn_trust *trust)
{
    size_t n;

    if (!trust)
        return 0;
    (void)pthread_mutex_lock(&tlsni_trust_inside(trust)->lock);
    n = trust->skipped_count;
    (void)pthread_mutex_unlock(&tlsni_trust_inside(trust)->lock);
    return n;
}

bool tlsn_trust_skipped(const tlsn_trust *trust, size_t i, struct tlsn_trust_skipped *out)
{
    bool there;

    if (!trust)
        return false;
    (void)pthread_mutex_lock(&tlsni_trust_inside(trust)->lock);
    there = trust->skipped && i < trust->skipped_count && i < TLSNI_TRUST_SKIPPED_MAX;
    if (there)
        *out = trust->skipped[i];
    (void)pthread_mutex_unlock(&tlsni_trust_inside(trust)->lock);
    return there;
}

/* One call's worth of certificates on its way into the store. */
struct taking {
    tlsn_trust *trust;
    const char *source;
    size_t refused;
};

/* A block of the text that is no certificate, or a damaged one. */
static void refuse(void *ctx, size_t place, const struct tlsni_err *err)
{
    struct taking *t = ctx;

    t->refused++;
    tlsni_trust_skip(t->trust, t->source, place, err->status, err->text);
}

static struct tlsni_trust_block *new_block(const struct tlsn_hooks *env, struct tlsni_buf *der,
                                           size_t count)
{
    struct tlsni_trust_block *b = NULL;

    if (count <= (SIZE_MAX - sizeof *b) / sizeof *b->anchors)
        b = tlsni_alloc(env, sizeof *b + count * sizeof *b->anchors);
    if (!b)
        return NULL;
    b->der = der->data;
    memset(der, 0, sizeof *der);
    return b;
}

/* The anchors of a block. Nothing else sees it yet. */
static void fill_block(struct taking *t, struct tlsni_trust_block *b, const uint8_t *p,
                       const size_t *lens, size_t count, bool later)
{
    for (size_t i = 0; i < count; p += lens[i++]) {
        struct tlsni_anchor *a = &b->anchors[b->count];
        struct tlsni_err err = { .status = TLSN_OK };

        if (tlsni_cert_parse(&a->cert, tlsni_span_make(p, lens[i]), &err) != TLSN_OK) {
            refuse(t, i + 1, &err);
            continue;
        }
        a->subject_hash = tlsni_name_hash(a->cert.subject);
        a->later = later;
        atomic_init(&a->key, NULL);
        b->count++;
    }
}

static tlsn_status add_all(struct taking *t, struct tlsni_buf *der, const size_t *lens,
                           size_t count, bool later, size_t *added)
{
    const struct tlsn_hooks *env = &t->trust->env;
    const uint8_t *p = der->data + der->start;
    struct tlsni_trust_block *b = new_block(env, der, count);
    tlsn_status st;

    if (!b)
        return TLSN_ERR_NO_MEMORY;
    fill_block(t, b, p, lens, count, later);
    st = tlsni_trust_join(t->trust, b, added);
    if (*added)
        return st;
    tlsni_free(env, b->der); /* all of it was there already, or unusable */
    tlsni_free(env, b);
    return st;
}

tlsn_status tlsni_trust_take(tlsn_trust *trust, struct tlsn_span data, const char *source,
                             bool later, size_t *added, size_t *refused)
{
    struct taking t = { trust, source, 0 };
    const struct tlsni_pem_watch watch = { refuse, &t };
    struct tlsni_buf der = { NULL, 0, 0, 0 };
    size_t *lens = NULL, count, new = 0;
    tlsn_status st = tlsni_pem_certificates_sound(&trust->env, data, &der, &lens, &count, &watch,
                                                  NULL);

    if (st == TLSN_OK)
        st = add_all(&t, &der, lens, count, later, &new);
    tlsni_free(&trust->env, lens);
    tlsni_buf_free(&trust->env, &der);
    if (added)
        *added = new;
    if (refused)
        *refused = t.refused;
    return st;
}

tlsn_status tlsn_trust_add(tlsn_trust *trust, const void *data, size_t len, size_t *added,
                           size_t *refused)
{
    return tlsni_trust_take(trust, tlsni_span_make(data, len), "", false, added, refused);
}
