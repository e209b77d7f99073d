#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "support_env.h"
#include "support_x509.h"

/* The public functions of <tls-native/x509.h> that allocate, with every allocation failing in turn: what comes back
 * is TLSN_ERR_NO_MEMORY, nothing is left, and without a failure the same steps succeed. */

enum { ROOM = 16384 };

/* What the steps below work on; made once, with memory that does not fail. */
static struct file {
    uint8_t data[ROOM];
    size_t len;
} root, leaf, request, list, response, chain, store, sealed, pem, root_key, log_key;

static const struct tlsn_unlock unlock = { .password = "secret", .password_len = 6 };
static const struct tlsn_seal seal = { .password = "secret", .password_len = 6, .iterations = 1000 };

static const struct tlsn_cert_spec root_spec = {
    .subject = "CN=Root", .ca = true, .path_len = -1, .not_before = X509_BEGIN, .not_after = X509_END,
};
static const char *const names[] = { "DNS:a.example", "IP:192.0.2.1" };
static const struct tlsn_cert_spec leaf_spec = {
    .subject = "CN=leaf", .names = names, .name_count = 2, .not_before = X509_BEGIN,
    .not_after = X509_END, .crl_url = "http://a.example/crl", .ocsp_url = "http://a.example/ocsp",
    .policies = "1.2.3", .permitted = "DNS:example", .excluded = "IP:10.0.0.0/8",
};

static struct tlsn_span span(const struct file *f)
{
    return tlsni_span_make(f->data, f->len);
}

/* A key in the environment's memory. */
static tlsn_status load(tlsn_key **key, const struct tlsn_hooks *env)
{
    return tlsn_key_read(key, root_key.data, root_key.len, env);
}

/* ---- steps ---- */

static tlsn_status generate_keys(const struct tlsn_hooks *env)
{
    static const char *const kinds[] = { "ec:secp256r1", "ed25519", "insecure-rsa:512", "dsa:512",
                                         "dh:ffdhe2048" };
    tlsn_status st = TLSN_OK;

    for (size_t i = 0; st == TLSN_OK && i < sizeof kinds / sizeof *kinds; i++) {
        tlsn_key *key;

        st = tlsn_key_generate(&key, kinds[i], env);
        tlsn_key_free(key);
    }
    return st;
}

static tlsn_status write_keys(const struct tlsn_hooks *env)
{
    char out[ROOM];
    tlsn_key *key, *again;
    size_t len;
    tlsn_status st = load(&key, env);

    if (st == TLSN_OK)
        st = tlsn_key_write(key, out, sizeof out, &len);
    if (st == TLSN_OK)
        st = tlsn_key_write_encrypted(key, &seal, out, sizeof out, &len);
    tlsn_key_free(key);
    if (st != TLSN_OK)
        return st;
    st = tlsn_key_read_unlocked(&again, out, len, &unlock, env);
    tlsn_key_free(again);
    return st;
}

static tlsn_status issue(const struct tlsn_hooks *env)
{
    struct file out;
    tlsn_key *key;
    tlsn_status st = load(&key, env);

    if (st == TLSN_OK)
        st = tlsn_cert_issue(&root_spec, key, tlsni_span_make(NULL, 0), key, env, out.data, ROOM, &out.len);
    if (st == TLSN_OK)
        st = tlsn_cert_issue(&leaf_spec, key, span(&root), key, env, out.data, ROOM, &out.len);
    if (st == TLSN_OK)
        st = tlsn_csr_write(&leaf_spec, key, env, out.data, ROOM, &out.len);
    if (st == TLSN_OK)
        st = tlsn_cert_issue_request(&(struct tlsn_cert_spec){ 0 }, span(&request), span(&root), key, env,
                                     out.data, ROOM, &out.len);
    tlsn_key_free(key);
    return st;
}

static tlsn_status revoke(const struct tlsn_hooks *env)
{
    static const uint8_t number = 7;
    const struct tlsn_revoked entry = { .serial = { &number, 1 }, .reason = TLSN_REASON_KEY_COMPROMISE };
    const struct tlsn_crl_spec crl = { .revoked = &entry, .revoked_count = 1, .this_update = X509_BEGIN,
                                       .next_update = X509_END };
    const struct tlsn_ocsp_single single = { .cert = span(&leaf), .this_update = X509_BEGIN,
                                             .next_update = X509_END };
    const struct tlsn_ocsp_spec ocsp = { .singles = &single, .single_count = 1, .issuer = span(&root),
                                         .produced_at = X509_BEGIN };
    struct file out;
    tlsn_key *key;
    tlsn_status st = load(&key, env);

    if (st == TLSN_OK)
        st = tlsn_crl_write(&crl, span(&root), key, env, out.data, ROOM, &out.len);
    if (st == TLSN_OK)
        st = tlsn_ocsp_write(&ocsp, key, env, out.data, ROOM, &out.len);
    tlsn_key_free(key);
    return st;
}

static tlsn_status write_containers(const struct tlsn_hooks *env)
{
    const struct tlsn_seal pbmac1 = { .password = "secret", .password_len = 6, .iterations = 1000,
                                      .mac = "pbmac1" };
    const struct tlsn_span certs[] = { span(&root) };
    struct file out;
    tlsn_key *key;
    tlsn_status st = load(&key, env);

    if (st == TLSN_OK)
        st = tlsn_pkcs7_write(certs, 1, env, out.data, ROOM, &out.len);
    if (st == TLSN_OK)
        st = tlsn_pkcs12_write(key, certs, 1, "name", &seal, env, out.data, ROOM, &out.len);
    if (st == TLSN_OK)
        st = tlsn_pkcs12_write(key, certs, 1, "name", &pbmac1, env, out.data, ROOM, &out.len);
    tlsn_key_free(key);
    return st;
}

static tlsn_status read_containers(const struct tlsn_hooks *env)
{
    const struct file *const files[] = { &chain, &store, &sealed, &pem };
    tlsn_status st = TLSN_OK;

    for (size_t i = 0; st == TLSN_OK && i < sizeof files / sizeof *files; i++) {
        tlsn_bundle *bundle;

        st = tlsn_bundle_read(&bundle, files[i]->data, files[i]->len, &unlock, env);
        tlsn_bundle_free(bundle);
    }
    return st;
}

static tlsn_status make_trust(tlsn_trust **trust, const struct tlsn_hooks *env)
{
    tlsn_status st = tlsn_trust_new(trust, env);

    return st == TLSN_OK ? tlsn_trust_add(*trust, root.data, root.len, NULL, NULL) : st;
}

static tlsn_status keep_trust(const struct tlsn_hooks *env)
{
    uint8_t hash[32] = { 1 };
    tlsn_trust *trust;
    tlsn_status st = make_trust(&trust, env);

    if (st == TLSN_OK)
        st = tlsn_trust_add(trust, leaf.data, leaf.len, NULL, NULL);
    if (st == TLSN_OK)
        st = tlsn_trust_distrust(trust, TLSN_PIN_KEY, hash);
    if (st == TLSN_OK)
        st = tlsn_trust_defer(trust, "/nowhere");
    if (st == TLSN_OK)
        st = tlsn_trust_remove(trust, leaf.data, leaf.len);
    tlsn_trust_free(trust);
    return st;
}

static tlsn_status read_path(const struct tlsn_hooks *env)
{
    char path[256];
    tlsn_trust *trust;
    tlsn_status st = tlsn_trust_new(&trust, env);

    (void)snprintf(path, sizeof path, "%s/root.pem", peer_dir());
    if (st == TLSN_OK)
        st = tlsn_trust_add_path(trust, path, NULL, NULL);
    if (st == TLSN_OK)
        st = tlsn_trust_add_path(trust, peer_dir(), NULL, NULL);
    tlsn_trust_free(trust);
    return st;
}

static tlsn_status gather(tlsn_evidence **evidence, const struct tlsn_hooks *env)
{
    tlsn_status st = tlsn_evidence_new(evidence, env);

    if (st == TLSN_OK)
        st = tlsn_evidence_add_crl(*evidence, list.data, list.len, NULL);
    if (st == TLSN_OK)
        st = tlsn_evidence_add_cert(*evidence, root.data, root.len, NULL);
    if (st == TLSN_OK)
        st = tlsn_evidence_add_responder(*evidence, root.data, root.len, NULL);
    if (st == TLSN_OK)
        st = tlsn_evidence_add_ocsp(*evidence, response.data, response.len);
    if (st == TLSN_OK)
        st = tlsn_evidence_add_log(*evidence, log_key.data, log_key.len, "operator");
    return st;
}

static struct tlsn_verify_options strict(tlsn_evidence *evidence)
{
    return (struct tlsn_verify_options){
        .revocation = TLSN_REVOCATION_HARD, .evidence = evidence, .policies = "1.2.3, 1.2.4",
        .require_policy = true, .permitted = "DNS:example", .excluded = "DNS:b.example",
    };
}

static tlsn_status verify(const struct tlsn_hooks *env)
{
    const struct tlsn_span certs[] = { span(&leaf), span(&root) };
    struct tlsn_verify_options options;
    tlsn_verify_report *report = NULL;
    tlsn_evidence *evidence = NULL;
    tlsn_trust *trust;
    tlsn_status st = make_trust(&trust, env);

    if (st == TLSN_OK)
        st = gather(&evidence, env);
    if (st == TLSN_OK)
        st = tlsn_verify_report_new(&report, env);
    options = strict(evidence);
    if (st == TLSN_OK)
        st = tlsn_x509_verify(trust, certs, 2, TLSN_PURPOSE_SERVER, "a.example,\xc3\xbc.example", X509_NOW,
                              &options, report);
    tlsn_verify_report_free(report);
    tlsn_evidence_free(evidence);
    tlsn_trust_free(trust);
    return st;
}

static tlsn_status verify_in_turns(const struct tlsn_hooks *env)
{
    struct tlsn_verify_options options;
    tlsn_verification *v = NULL;
    tlsn_evidence *evidence = NULL;
    tlsn_trust *trust;
    tlsn_status st = make_trust(&trust, env);

    if (st == TLSN_OK)
        st = gather(&evidence, env);
    options = strict(evidence);
    if (st == TLSN_OK)
        st = tlsn_verification_new(&v, trust, env);
    if (st == TLSN_OK)
        st = tlsn_verification_ask(v, TLSN_PURPOSE_SERVER, "a.example", X509_NOW, &options);
    if (st == TLSN_OK)
        st = tlsn_verification_add(v, leaf.data, leaf.len, NULL);
    if (st == TLSN_OK)
        st = tlsn_verification_run(v, 0);
    tlsn_verification_free(v);
    tlsn_evidence_free(evidence);
    tlsn_trust_free(trust);
    return st;
}

/* ---- the walk ---- */

static void fail_each(tlsn_status (*step)(const struct tlsn_hooks *env))
{
    tlsn_status st = TLSN_ERR_NO_MEMORY;

    for (size_t n = 1; st == TLSN_ERR_NO_MEMORY; n++) {
        struct test_env env;

        test_env_init(&env, 1);
        env.now_ms = (int64_t)X509_NOW * 1000;
        env.fail_at = n;
        st = step(&env.hooks);
        assert_int_equal(env.live, 0);
        assert_true(n < 3000);
        if (st == TLSN_OK)
            assert_true(env.allocs < n); /* none had failed */
    }
    assert_int_equal(st, TLSN_OK);
}

#define STEP(f)                                                       \
    static void f##_without_memory_is_an_error(void **state)          \
    {                                                                 \
        (void)state;                                                  \
        fail_each(f);                                                 \
    }

STEP(generate_keys)
STEP(write_keys)
STEP(issue)
STEP(revoke)
STEP(write_containers)
STEP(read_containers)
STEP(keep_trust)
STEP(read_path)
STEP(verify)
STEP(verify_in_turns)

/* ---- what they work on ---- */

static void make_lists(tlsn_key *key)
{
    const struct tlsn_ocsp_single single = { .cert = span(&leaf), .this_update = X509_BEGIN,
                                             .next_update = X509_END };
    const struct tlsn_ocsp_spec ocsp = { .singles = &single, .single_count = 1, .issuer = span(&root),
                                         .produced_at = X509_BEGIN };
    const struct tlsn_crl_spec crl = { .this_update = X509_BEGIN, .next_update = X509_END };

    assert_int_equal(tlsn_crl_write(&crl, span(&root), key, NULL, list.data, ROOM, &list.len), TLSN_OK);
    assert_int_equal(tlsn_ocsp_write(&ocsp, key, NULL, response.data, ROOM, &response.len), TLSN_OK);
}

static void make_files(tlsn_key *key)
{
    const struct tlsn_span certs[] = { span(&root), span(&leaf) };

    assert_int_equal(tlsn_pkcs7_write(certs, 2, NULL, chain.data, ROOM, &chain.len), TLSN_OK);
    assert_int_equal(tlsn_pkcs12_write(key, certs, 1, "n", &seal, NULL, store.data, ROOM, &store.len),
                     TLSN_OK);
    assert_int_equal(tlsn_key_write_encrypted(key, &seal, (char *)sealed.data, ROOM, &sealed.len), TLSN_OK);
    assert_int_equal(tlsn_pem_write("CERTIFICATE", root.data, root.len, (char *)pem.data, ROOM, &pem.len),
                     TLSN_OK);
    peer_write("root.pem", pem.data, pem.len);
}

static int setup(void **state)
{
    struct tlsni_cert cert;
    tlsn_key *key;

    (void)state;
    assert_int_equal(tlsn_key_generate(&key, "ec:secp256r1", NULL), TLSN_OK);
    assert_int_equal(tlsn_key_write(key, (char *)root_key.data, ROOM, &root_key.len), TLSN_OK);
    assert_int_equal(tlsn_cert_issue(&root_spec, key, tlsni_span_make(NULL, 0), key, NULL, root.data, ROOM,
                                     &root.len), TLSN_OK);
    assert_int_equal(tlsn_cert_issue(&leaf_spec, key, span(&root), key, NULL, leaf.data, ROOM, &leaf.len),
                     TLSN_OK);
    assert_int_equal(tlsn_csr_write(&leaf_spec, key, NULL, request.data, ROOM, &request.len), TLSN_OK);
    assert_int_equal(tlsni_cert_parse(&cert, span(&root), NULL), TLSN_OK);
    memcpy(log_key.data, cert.spki.data, cert.spki.len);
    log_key.len = cert.spki.len;
    make_lists(key);
    make_files(key);
    tlsn_key_free(key);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    peer_clean();
    return 0;
}

#define TEST(f) cmocka_unit_test(f##_without_memory_is_an_error)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(generate_keys), TEST(write_keys), TEST(issue), TEST(revoke), TEST(write_containers),
        TEST(read_containers), TEST(keep_trust), TEST(read_path), TEST(verify), TEST(verify_in_turns),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
