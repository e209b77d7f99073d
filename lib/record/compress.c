/* compress.c - the rows of the compression methods, and their states. */
#include "record/compress.h"

#include "base/mem.h"
#include "cipher/names.h"
#include "record/compress_rows.h"

/* @rfc 3749:2/2, 3943:2.1/1 */
static const struct tlsni_compression *const rows[] = {
#ifdef TLSNI_HAVE_ZLIB
    &tlsni_compression_deflate,
#endif
    &tlsni_compression_lzs,
};

const struct tlsni_compression *const *tlsni_compression_rows(size_t *count)
{
    *count = sizeof rows / sizeof rows[0];
    return rows;
}

const struct tlsni_compression *tlsni_compression_find(uint8_t id)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i]->id == id)
            return rows[i];
    return NULL;
}

const struct tlsni_compression *tlsni_compression_by_name(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (tlsni_name_eq(rows[i]->name, name, len))
            return rows[i];
    return NULL;
}

/* @rfc 3749:3/2, 3943:2.2/1, 3943:3.2/1, 3943:3.2/2 */
tlsn_status tlsni_comp_new(struct tlsni_comp **out, const struct tlsn_hooks *env, uint8_t id,
                           bool packs)
{
    const struct tlsni_compression *method = tlsni_compression_find(id);
    size_t room = packs ? (size_t)TLSNI_COMPRESSED_MAX : (size_t)TLSNI_RECORD_CIPHER_MAX;
    size_t head = (sizeof **out + 15) & ~(size_t)15;
    struct tlsni_comp *c;
    tlsn_status st;

    *out = NULL;
    if (!method)
        return TLSN_ERR_NOT_IMPLEMENTED;
    c = tlsni_alloc(env, head + method->state_len + room);
    if (!c)
        return TLSN_ERR_NO_MEMORY;
    *c = (struct tlsni_comp){ .method = method, .env = env, .packs = packs,
                              .size = head + method->state_len + room };
    c->state = (uint8_t *)c + head;
    c->buffer = (uint8_t *)c->state + method->state_len;
    st = method->begin(c);
    if (st == TLSN_OK)
        *out = c;
    else
        tlsni_free_secret(env, c, c->size);
    return st;
}

/* @rfc 3943:2.2/2, 3943:3.2/6, 3943:7/2 */
void tlsni_comp_free(struct tlsni_comp *c)
{
    if (!c)
        return;
    if (c->method->end)
        c->method->end(c);
    tlsni_free_secret(c->env, c, c->size);
}
