/* identities.c - root, intermediate and leaves, made by our own writer. */
#include "harness.h"

#include <string.h>
#include <tls-native.h>

struct issuer {
    const tlsn_key *key;
    struct tlsn_span cert;
};

static bool issue(uint8_t *out, size_t *len, const char *subject, bool ca, const char *name,
                  const tlsn_key *key, struct issuer by)
{
    const char *const names[] = { name };
    const struct tlsn_cert_spec spec = {
        .subject = subject,
        .names = name ? names : NULL,
        .name_count = name ? 1 : 0,
        .ca = ca,
        .path_len = -1,
    };

    return tlsn_cert_issue(&spec, key, by.cert, by.key, NULL, out, 2048, len) == TLSN_OK;
}

static bool pem(char *out, size_t cap, const uint8_t *der, size_t der_len)
{
    size_t at = strlen(out), len;

    return tlsn_pem_write("CERTIFICATE", der, der_len, out + at, cap - at, &len) == TLSN_OK;
}

static bool make(struct bench_identity *id, const char *kind, const char *name)
{
    tlsn_key *root = NULL, *middle = NULL, *leaf = NULL;
    uint8_t (*der)[2048] = id->der;
    size_t *len = id->der_len, key_len;
    struct issuer self, by_root, by_middle;
    bool ok = tlsn_key_generate(&root, kind, NULL) == TLSN_OK &&
              tlsn_key_generate(&middle, kind, NULL) == TLSN_OK &&
              tlsn_key_generate(&leaf, kind, NULL) == TLSN_OK;

    memset(id, 0, sizeof *id);
    self = (struct issuer){ root, { NULL, 0 } };
    ok = ok && issue(der[2], &len[2], "O=Bench,CN=root", true, NULL, root, self);
    by_root = (struct issuer){ root, { der[2], len[2] } };
    ok = ok && issue(der[1], &len[1], "O=Bench,CN=intermediate", true, NULL, middle, by_root);
    by_middle = (struct issuer){ middle, { der[1], len[1] } };
    ok = ok && issue(der[0], &len[0], "O=Bench,CN=leaf", false, name, leaf, by_middle);
    ok = ok && pem(id->chain, sizeof id->chain, der[0], len[0]) &&
         pem(id->chain, sizeof id->chain, der[1], len[1]) &&
         pem(id->root, sizeof id->root, der[2], len[2]) &&
         tlsn_key_write(leaf, id->key, sizeof id->key, &key_len) == TLSN_OK;
    tlsn_key_free(root);
    tlsn_key_free(middle);
    tlsn_key_free(leaf);
    return ok;
}

bool bench_make_identities(struct bench_identities *out)
{
    return make(&out->server[0], "ec:secp256r1", "DNS:" BENCH_NAME) &&
           make(&out->server[1], "rsa:2048", "DNS:" BENCH_NAME) &&
           make(&out->client, "ec:secp256r1", "DNS:client.example");
}
