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

static void found(struct authority *a, const char *subject, const char *kind)
{
    const struct tlsn_cert_spec spec = { .subject = subject, .ca = true, .path_len = -1 };

    OK(tlsn_key_generate(&a->key, kind, NULL));
    issue(&spec, a->key, a, a->der, &a->len);
}

static const struct authority *root(void)
{
    static struct authority a;

    if (!a.key)
        found(&a, "CN=root", "ec:secp256r1");
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

/* A DH key of 512 bits, as `openssl genpkey` writes it: for export suites. */
static const char dh512[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGcAgEAMFMGCSqGSIb3DQEDATBGAkEA2PvdwYwaR4i61kx2CzYuYEuevwHH8AdO\n"
    "fQh67ftszNbtTxfgAQ29ca8+5VCk/uhmpHM8ITOF47xZEx2RQsxy/wIBAgRCAkA2\n"
    "fwxHngk+FeXyy1XZIZH3WSxkK62m0HSCrMZkhbUV4OAPzhyGPwtB2d83K2N3MAtW\n"
    "taCt3eWpDnvjRUcTYqKd\n"
    "-----END PRIVATE KEY-----\n";

static void key_of(tlsn_key **key, const char *kind)
{
    if (strcmp(kind, "dh:512") == 0)
        OK(tlsn_key_read(key, dh512, sizeof dh512 - 1, NULL));
    else
        OK(tlsn_key_generate(key, kind, NULL));
}

static void make(struct made *m, const char *kind, const struct authority *by, bool agrees)
{
    static const char *const names[] = { "DNS:server.example" };
    const struct tlsn_cert_spec spec = { .subject = "CN=leaf", .names = names, .name_count = 1,
                                         .key_agreement = agrees };
    uint8_t der[2048];
    char pem[16384];
    size_t len, pem_len;
    tlsn_key *key;

    key_of(&key, kind);
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
        make(m, kind, root(), false);
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
        found(&other, "CN=other", "ec:secp256r1");
        make(&m, "ec:secp256r1", &other, false);
    }
    return m.credential;
}

tlsn_credential *wire_stranger_rsa(void)
{
    static struct authority other;
    static struct made m;

    if (!m.kind) {
        found(&other, "CN=another", "rsa:2048");
        make(&m, "rsa:2048", &other, false);
    }
    return m.credential;
}

tlsn_credential *wire_self_signed_rsa(void)
{
    static const struct tlsn_cert_spec spec = { .subject = "CN=alone" };
    static struct authority alone;
    static tlsn_credential *c;
    char pem[4096];
    size_t len;

    if (!c) {
        OK(tlsn_key_generate(&alone.key, "rsa:2048", NULL));
        issue(&spec, alone.key, &alone, alone.der, &alone.len);
        OK(tlsn_key_write(alone.key, pem, sizeof pem, &len));
        OK(tlsn_credential_new(&c, alone.der, alone.len, pem, len, NULL));
        tlsn_key_free(alone.key);
    }
    return c;
}

/* ---- fixed Diffie-Hellman: the suite says who signs the certificate ---- */

static const struct authority *signer(const char *kind)
{
    static struct authority rsa, dsa;
    struct authority *a = strncmp(kind, "rsa", 3) == 0 ? &rsa : &dsa;

    if (strncmp(kind, "ec", 2) == 0)
        return root();
    if (!a->key)
        found(a, strncmp(kind, "rsa", 3) == 0 ? "CN=rsa root" : "CN=dsa root", kind);
    return a;
}

tlsn_trust *wire_trust_fixed(void)
{
    static const char *const kinds[] = { "ec", "rsa:2048", "dsa:2048" };
    static tlsn_trust *trust;

    if (trust)
        return trust;
    OK(tlsn_trust_new(&trust, NULL));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        OK(tlsn_trust_add(trust, signer(kinds[i])->der, signer(kinds[i])->len, NULL, NULL));
    return trust;
}

static tlsn_credential *made_by(const char *kind, const char *by)
{
    static struct {
        const char *kind, *by;
        struct made made;
    } all[8];
    size_t i = 0;

    while (all[i].kind && (strcmp(all[i].kind, kind) != 0 || strcmp(all[i].by, by) != 0))
        i++;
    assert_true(i < sizeof all / sizeof *all - 1);
    if (!all[i].kind) {
        make(&all[i].made, kind, signer(by), true);
        all[i].kind = kind;
        all[i].by = by;
    }
    return all[i].made.credential;
}

tlsn_credential *wire_credential_fixed(const char *suite)
{
    const char *by = strstr(suite, "_ECDSA_") ? "ec"
                     : strstr(suite, "_DSS_") ? "dsa:2048"
                                              : "rsa:2048";
    const char *key = strstr(suite, "ECDH_")     ? "ec:secp256r1"
                      : strstr(suite, "EXPORT_") ? "dh:512"
                                                 : "dh:ffdhe2048";

    return made_by(key, by);
}

bool wire_is_fixed(const char *suite)
{
    return (strncmp(suite, "TLS_DH_", 7) == 0 || strncmp(suite, "TLS_ECDH_", 9) == 0) &&
           !strstr(suite, "_anon_");
}
