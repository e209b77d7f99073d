/* support_env.c - what support_env.h says. */
#include "support_env.h"

#include <stdlib.h>

enum { NOW_S = 1700000000, DAYS_S = 10 * 86400 };

static uint64_t seed;

void fuzz_seed(uint64_t value)
{
    seed = value;
}

static tlsn_status seeded(void *ctx, void *out, size_t len)
{
    uint8_t *p = out;

    (void)ctx;
    while (len--) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        *p++ = (uint8_t)(seed >> 56);
    }
    return TLSN_OK;
}

static int64_t standing(void *ctx)
{
    (void)ctx;
    return (int64_t)NOW_S * 1000;
}

const struct tlsn_hooks fuzz_hooks = { .random = seeded, .now_ms = standing };

void fuzz_need(bool holds)
{
    if (!holds)
        abort();
}

void fuzz_ok(tlsn_status st)
{
    fuzz_need(st == TLSN_OK);
}

static tlsn_credential *make_credential(const tlsn_key *ca_key, struct tlsn_span ca,
                                        const char *kind, const char *subject)
{
    static const char *const names[] = { "DNS:a.example" };
    const struct tlsn_cert_spec spec = { .subject = subject, .names = names, .name_count = 1,
                                         .not_before = NOW_S - 1000, .not_after = NOW_S + DAYS_S,
                                         .key_usage = "digitalSignature,keyEncipherment",
                                         .delegation_usage = true };
    uint8_t der[2048];
    char pem[4096];
    size_t der_len, pem_len;
    tlsn_credential *credential;
    tlsn_key *key;

    fuzz_ok(tlsn_key_generate(&key, kind, &fuzz_hooks));
    fuzz_ok(tlsn_cert_issue(&spec, key, ca, ca_key, &fuzz_hooks, der, sizeof der, &der_len));
    fuzz_ok(tlsn_key_write(key, pem, sizeof pem, &pem_len));
    fuzz_ok(tlsn_credential_new(&credential, der, der_len, pem, pem_len, &fuzz_hooks));
    tlsn_key_free(key);
    return credential;
}

/* A delegated credential for one role. */
static void delegate(tlsn_credential *owner, bool client)
{
    const struct tlsn_delegated_spec spec = { .client = client };
    uint8_t bytes[TLSN_DELEGATED_MAX];
    char pem[4096];
    size_t len, pem_len;
    tlsn_credential *delegated;
    tlsn_key *key;

    fuzz_ok(tlsn_key_generate(&key, "ec:secp256r1", &fuzz_hooks));
    fuzz_ok(tlsn_delegated_issue(&spec, owner, key, &fuzz_hooks, bytes, sizeof bytes, &len));
    fuzz_ok(tlsn_key_write(key, pem, sizeof pem, &pem_len));
    fuzz_ok(tlsn_credential_new_delegated(&delegated, bytes, len, pem, pem_len, &fuzz_hooks));
    fuzz_ok(tlsn_credential_add_delegated(owner, delegated));
    tlsn_credential_free(delegated);
    tlsn_key_free(key);
}

static struct fuzz_made once;

static void make_once(void)
{
    static const char *const url = "http://a.example/ec";
    const struct tlsn_cert_spec spec = { .subject = "CN=ca", .ca = true, .path_len = -1,
                                         .not_before = NOW_S - 1000, .not_after = NOW_S + DAYS_S };
    const struct tlsn_span none = { NULL, 0 };
    uint8_t der[2048];
    struct tlsn_span ca = { der, 0 };
    tlsn_key *key;

    fuzz_ok(tlsn_key_generate(&key, "ec:secp256r1", &fuzz_hooks));
    fuzz_ok(tlsn_cert_issue(&spec, key, none, key, &fuzz_hooks, der, sizeof der, &ca.len));
    fuzz_ok(tlsn_trust_new(&once.trust, &fuzz_hooks));
    fuzz_ok(tlsn_trust_add(once.trust, der, ca.len, NULL, NULL));
    once.ec = make_credential(key, ca, "ec:secp256r1", "CN=ec");
    fuzz_ok(tlsn_credential_set_urls(once.ec, &url, 1, false));
    delegate(once.ec, false);
    delegate(once.ec, true);
    once.rsa = make_credential(key, ca, "rsa:2048", "CN=rsa");
    tlsn_key_free(key);
}

const struct fuzz_made *fuzz_made(void)
{
    if (!once.trust) {
        fuzz_seed(1);
        make_once();
    }
    return &once;
}
