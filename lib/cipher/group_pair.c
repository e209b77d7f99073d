/* group_pair.c - the answering side of Diffie-Hellman: a key pair that lives for one call. */
#include "base/mem.h"
#include "cipher/group_kinds.h"

#include <assert.h>

enum { PRIVATE_MAX = 66 }; /* secp521r1; exponents of finite fields have 50 at most */

tlsn_status tlsni_group_pair_respond(const struct tlsni_group *g, const struct tlsn_hooks *env,
                                     const uint8_t *peer, size_t peer_len, uint8_t *response,
                                     uint8_t *shared)
{
    uint8_t key[PRIVATE_MAX];
    tlsn_status st;

    assert(g->private_len <= sizeof key);
    st = g->keygen(g, env, key, response);
    if (st == TLSN_OK)
        st = g->derive(g, env, key, peer, peer_len, shared);
    tlsni_wipe(key, sizeof key);
    return st;
}
