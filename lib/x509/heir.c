#include "x509/heir.h"

#include "base/mem.h"
#include "x509/spki.h"

struct tlsni_heir {
    struct tlsni_cert cert; /* the original's but for `heritage` */
    struct tlsni_heir *next;
};

static const struct tlsni_cert *add(struct tlsni_heir **list, const struct tlsn_hooks *env,
                                    const struct tlsni_cert *cert, struct tlsn_span heritage)
{
    struct tlsni_heir *h = tlsni_alloc(env, sizeof *h);

    if (!h)
        return NULL;
    h->cert = *cert;
    h->cert.heritage = heritage;
    h->next = *list;
    *list = h;
    return &h->cert;
}

/* child NULL: is the key sound? */
static tlsn_status signed_by(const struct tlsn_hooks *env, const struct tlsni_cert *heir,
                             const struct tlsni_cert *child)
{
    struct tlsni_pubkey *key = NULL;
    tlsn_status st = tlsni_cert_pubkey(&key, env, heir, NULL);

    if (st == TLSN_OK && child)
        st = tlsni_spki_verify(key, heir->spki, &child->sig, child->tbs, child->signature);
    tlsni_pubkey_free(key);
    return st;
}

static enum tlsni_why settle(struct tlsni_heir **list, struct tlsni_judge *judge,
                             struct tlsni_path *path, unsigned i, struct tlsn_span heritage)
{
    const struct tlsni_cert *heir = add(list, judge->env, path->certs[i], heritage);
    tlsn_status st = TLSN_ERR_NO_MEMORY;

    if (heir) {
        path->certs[i] = heir;
        st = signed_by(judge->env, heir, i ? path->certs[i - 1] : NULL);
    }
    judge->no_memory |= st == TLSN_ERR_NO_MEMORY;
    return st == TLSN_OK ? TLSNI_WHY_NONE : TLSNI_WHY_SIGNATURE;
}

/* From the anchor down. The parameters are this path's: a copy of the certificate in another path has its own.
 * @rfc 5280:6.1.4/9 */
bool tlsni_heirs_settle(struct tlsni_heir **list, struct tlsni_judge *judge, struct tlsni_path *path,
                        unsigned *work)
{
    struct tlsn_span heritage = { NULL, 0 };
    bool enough = true;

    for (unsigned i = path->len; i-- > 0;) {
        enum tlsni_why why = TLSNI_WHY_ISSUER_KEY;

        if (!tlsni_spki_inherits(path->certs[i]->spki)) {
            heritage = tlsni_spki_bequeaths(path->certs[i]->spki);
            continue;
        }
        enough = enough && *work < judge->max_signatures;
        if (!enough)
            why = TLSNI_WHY_LIMIT;
        else if (heritage.len)
            why = settle(list, judge, path, i, heritage);
        *work += enough;
        if (i == 0)
            judge->leaf_key_bad = why != TLSNI_WHY_NONE;
        else if (why != TLSNI_WHY_NONE)
            tlsni_path_note(path, i - 1, why);
    }
    return enough;
}

void tlsni_heirs_free(const struct tlsn_hooks *env, struct tlsni_heir *list)
{
    while (list) {
        struct tlsni_heir *h = list;

        list = h->next;
        tlsni_free(env, h);
    }
}
