/* verify_options.c - options that outlive the call they came with. */
#include <string.h>

#include "base/mem.h"
#include "x509/verify.h"

static bool keep(const char **text, const struct tlsn_hooks *env)
{
    if (!*text)
        return true;
    *text = tlsni_strndup(env, *text, strlen(*text));
    return *text != NULL;
}

void tlsni_verify_options_drop(struct tlsn_verify_options *o, const struct tlsn_hooks *env)
{
    tlsni_free(env, (void *)o->policies);
    tlsni_free(env, (void *)o->permitted);
    tlsni_free(env, (void *)o->excluded);
    tlsn_evidence_free(o->evidence);
    memset(o, 0, sizeof *o);
}

tlsn_status tlsni_verify_options_keep(struct tlsn_verify_options *o,
                                      const struct tlsn_verify_options *from,
                                      const struct tlsn_hooks *env)
{
    struct tlsn_verify_options kept = *from;
    bool policies = keep(&kept.policies, env), permitted = keep(&kept.permitted, env);
    bool excluded = keep(&kept.excluded, env);

    (void)tlsn_evidence_ref(kept.evidence);
    if (policies && permitted && excluded) {
        tlsni_verify_options_drop(o, env);
        *o = kept;
        return TLSN_OK;
    }
    tlsni_verify_options_drop(&kept, env);
    return TLSN_ERR_NO_MEMORY;
}
