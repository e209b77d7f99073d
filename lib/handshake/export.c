/* export.c - the keys of export suites: few bytes of the key block, spread to a whole key together
 * with the public randoms (RFC 2246 6.3.1, RFC 6101 6.2.2). For research; they protect nothing. */
#include "base/mem.h"
#include "handshake/schedule.h"

/* Both IVs come from one block without any secret. */
static void tls_iv(const struct tlsni_hs *hs, enum tlsn_role writer, struct tlsn_span seed1,
                   struct tlsn_span seed2, uint8_t *out, size_t len)
{
    uint8_t both[2 * TLSNI_BLOCK_LEN_MAX];

    hs->version->prf(NULL, "", 0, "IV block", seed1, seed2, both, 2 * len);
    memcpy(out, both + (writer == TLSN_SERVER ? len : 0), len);
}

void tlsni_schedule_export_tls(const struct tlsni_hs *hs, enum tlsn_role writer,
                               struct tlsn_span secret, uint8_t *out, size_t len)
{
    const char *label = writer == TLSN_CLIENT ? "client write key" : "server write key";
    struct tlsn_span client = tlsni_span_make(hs->client_random, TLSNI_RANDOM_LEN);
    struct tlsn_span server = tlsni_span_make(hs->server_random, TLSNI_RANDOM_LEN);

    if (secret.len)
        hs->version->prf(NULL, secret.data, secret.len, label, client, server, out, len);
    else
        tls_iv(hs, writer, client, server, out, len);
}

/* @rfc 6101:6.2.2/3, 6101:6.2.2/4, 6101:6.2.2/5 */
void tlsni_schedule_export_ssl3(const struct tlsni_hs *hs, enum tlsn_role writer,
                                struct tlsn_span secret, uint8_t *out, size_t len)
{
    const uint8_t *own = writer == TLSN_CLIENT ? hs->client_random : hs->server_random;
    const uint8_t *other = writer == TLSN_CLIENT ? hs->server_random : hs->client_random;
    uint8_t hash[TLSNI_HASH_LEN_MAX];
    struct tlsni_hash_ctx h;

    tlsni_hash_init(&h, tlsni_hash_find(TLSNI_HASH_MD5));
    tlsni_hash_update(&h, secret.data, secret.len);
    tlsni_hash_update(&h, own, TLSNI_RANDOM_LEN);
    tlsni_hash_update(&h, other, TLSNI_RANDOM_LEN);
    tlsni_hash_peek(&h, hash);
    memcpy(out, hash, len < h.row->len ? len : h.row->len);
    tlsni_wipe(hash, sizeof hash);
    tlsni_wipe(&h, sizeof h);
}
