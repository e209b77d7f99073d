#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* 2001 to 2033: the tests' clock stands in 2023, threads use the real one. */
enum { NOT_BEFORE = 1000000000, NOT_AFTER = 2000000000 };

struct made {
    const char *kind;
    tlsn_credential *credential, *external;
};

struct authority {
    tlsn_key *key;
    uint8_t der[2048];
    size_t len;
};

static void issue(const struct tlsn_cert_spec *spec, const tlsn_key *key,
                  const struct authority *by, uint8_t *out, size_t *len)
{
    struct tlsn_cert_spec s = *spec;
    struct tlsn_span issuer = { by->der, by->len };

    s.not_before = NOT_BEFORE;
    s.not_after = NOT_AFTER;
    OK(tlsn_cert_issue(&s, key, issuer, by->key, NULL, out, 2048, len));
}

static void found(struct authority *a, const char *subject)
{
    const struct tlsn_cert_spec spec = { .subject = subject, .ca = true, .path_len = -1 };

    OK(tlsn_key_generate(&a->key, "ec:secp256r1", NULL));
    issue(&spec, a->key, a, a->der, &a->len);
}

static const struct authority *root(void)
{
    static struct authority a;

    if (!a.key)
        found(&a, "CN=root");
    return &a;
}

tlsn_trust *wire_trust(void)
{
    static tlsn_trust *trust;

    if (!trust) {
        OK(tlsn_trust_new(&trust, NULL));
        OK(tlsn_trust_add(trust, root()->der, root()->len, NULL, NULL));
    }
    return trust;
}

static void make(struct made *m, const char *kind, const struct authority *by)
{
    static const char *const names[] = { "DNS:server.example" };
    const struct tlsn_cert_spec spec = { .subject = "CN=leaf", .names = names, .name_count = 1 };
    uint8_t der[2048];
    char pem[16384];
    size_t len, pem_len;
    tlsn_key *key;

    OK(tlsn_key_generate(&key, kind, NULL));
    issue(&spec, key, by, der, &len);
    OK(tlsn_key_write(key, pem, sizeof pem, &pem_len));
    tlsn_key_free(key);
    OK(tlsn_credential_new(&m->credential, der, len, pem, pem_len, NULL));
    OK(tlsn_credential_new_external(&m->external, der, len, NULL));
    m->kind = kind;
}

static const struct made *find(const char *kind)
{
    static struct made made[24];
    struct made *m = made;

    while (m->kind && strcmp(m->kind, kind) != 0)
        m++;
    assert_true(m < made + sizeof made / sizeof *made - 1);
    if (!m->kind)
        make(m, kind, root());
    return m;
}

tlsn_credential *wire_credential(const char *kind)
{
    return find(kind)->credential;
}

tlsn_credential *wire_external(const char *kind)
{
    return find(kind)->external;
}

tlsn_credential *wire_stranger(void)
{
    static struct authority other;
    static struct made m;

    if (!m.kind) {
        found(&other, "CN=other");
        make(&m, "ec:secp256r1", &other);
    }
    return m.credential;
}
