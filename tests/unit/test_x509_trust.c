#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support_env.h"
#include "support_x509.h"
#include "x509/name.h"
#include "x509/trust.h"

static struct x509_made one, two;

static int make(void **state)
{
    const struct x509_spec a = { .subject = "CN=One", .seed = 1, .extensions = { X509_CA } };
    const struct x509_spec b = { .subject = "CN=Two", .seed = 2, .extensions = { X509_CA } };

    (void)state;
    x509_make(&one, &a, NULL);
    x509_make(&two, &b, NULL);
    return 0;
}

static tlsn_trust *new_trust(void)
{
    tlsn_trust *t;

    assert_int_equal(tlsn_trust_new(&t, NULL), TLSN_OK);
    return t;
}

static size_t pem_of(const struct x509_made *made, char *out, size_t cap)
{
    size_t len;

    assert_int_equal(tlsn_pem_write("CERTIFICATE", made->der, made->len, out, cap, &len), TLSN_OK);
    return len;
}

static void trust_counts_duplicates_once(void **state)
{
    tlsn_trust *t = new_trust();
    size_t added, refused;

    (void)state;
    assert_int_equal(tlsn_trust_add(t, one.der, one.len, &added, &refused), TLSN_OK);
    assert_int_equal(added, 1);
    assert_int_equal(tlsn_trust_add(t, one.der, one.len, &added, &refused), TLSN_OK);
    assert_int_equal(added, 0);
    assert_int_equal(refused, 0);
    assert_int_equal(tlsn_trust_count(t), 1);
    tlsn_trust_free(t);
    assert_int_equal(tlsn_trust_count(NULL), 0);
}

static void trust_text_with_damaged_parts_gives_the_sound_ones(void **state)
{
    tlsn_trust *t = new_trust();
    size_t added, refused, len;
    char text[8192];

    (void)state;
    len = pem_of(&one, text, sizeof text);
    len += (size_t)snprintf(text + len, sizeof text - len,
                            "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"
                            "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
    len += pem_of(&two, text + len, sizeof text - len);
    assert_int_equal(tlsn_trust_add(t, text, len, &added, &refused), TLSN_OK);
    assert_int_equal(added, 2);
    assert_int_equal(refused, 2);
    assert_int_equal(tlsn_trust_add(t, "text", 4, NULL, NULL), TLSN_ERR_PEM);
    assert_int_equal(tlsn_trust_count(t), 2);
    tlsn_trust_free(t);
}

static void trust_finds_by_subject(void **state)
{
    tlsn_trust *t = new_trust();
    struct tlsn_span name;
    uint64_t hash = tlsni_name_hash(two.cert.subject);

    (void)state;
    assert_null(tlsni_trust_find(t, two.cert.subject, hash, NULL));
    assert_int_equal(tlsn_trust_add(t, one.der, one.len, NULL, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(t, two.der, two.len, NULL, NULL), TLSN_OK);
    assert_non_null(tlsni_trust_find(t, two.cert.subject, hash, NULL));
    assert_non_null(tlsni_trust_holds(t, &two.cert, hash));
    assert_true(tlsni_trust_subject(t, 1, &name));
    assert_true(tlsni_name_equal(name, two.cert.subject));
    assert_false(tlsni_trust_subject(t, 2, &name));
    tlsn_trust_free(t);
}

/* Many names and many of one name: all are found again after growing. */
static void trust_of_many_finds_all(void **state)
{
    static struct x509_made many[120];
    tlsn_trust *t = new_trust();
    struct tlsni_anchor *a = NULL;
    char subjects[60][16];
    unsigned same = 0;

    (void)state;
    for (unsigned i = 0; i < 120; i++) {
        struct x509_spec spec = { .seed = 100 + i };

        (void)snprintf(subjects[i % 60], sizeof subjects[0], "CN=%u", i);
        spec.subject = i < 60 ? subjects[i] : "CN=same";
        x509_make(&many[i], &spec, NULL);
        assert_int_equal(tlsn_trust_add(t, many[i].der, many[i].len, NULL, NULL), TLSN_OK);
    }
    assert_int_equal(tlsn_trust_count(t), 120);
    for (unsigned i = 0; i < 120; i++)
        assert_non_null(tlsni_trust_holds(t, &many[i].cert,
                                          tlsni_name_hash(many[i].cert.subject)));
    while ((a = tlsni_trust_find(t, many[60].cert.subject,
                                 tlsni_name_hash(many[60].cert.subject), a)) != NULL)
        same++;
    assert_int_equal(same, 60);
    tlsn_trust_free(t);
}

static void trust_paths_files_and_directories_are_read(void **state)
{
    tlsn_trust *t = new_trust();
    char text[4096], path[128];
    size_t added, refused;

    (void)state;
    peer_write("one.pem", text, pem_of(&one, text, sizeof text));
    peer_write("12345678.0", text, pem_of(&one, text, sizeof text));
    peer_write("two.der", two.der, two.len);
    peer_write("README", "no certificate", 14);
    (void)snprintf(path, sizeof path, "%s/two.der", peer_dir());
    assert_int_equal(tlsn_trust_add_path(t, path, &added, &refused), TLSN_OK);
    assert_int_equal(added, 1);
    assert_int_equal(tlsn_trust_add_path(t, peer_dir(), &added, &refused), TLSN_OK);
    assert_int_equal(added, 1);
    assert_int_equal(tlsn_trust_count(t), 2);
    (void)snprintf(path, sizeof path, "%s/README", peer_dir());
    assert_int_equal(tlsn_trust_add_path(t, path, NULL, NULL), TLSN_ERR_PEM);
    (void)snprintf(path, sizeof path, "%s/nothing", peer_dir());
    assert_int_equal(tlsn_trust_add_path(t, path, NULL, NULL), TLSN_ERR_FILE);
    tlsn_trust_free(t);
    peer_clean();
}

static void trust_system_follows_the_environment(void **state)
{
    tlsn_trust *t = new_trust();
    char text[4096], path[128];
    size_t added;

    (void)state;
    peer_write("one.pem", text, pem_of(&one, text, sizeof text));
    (void)snprintf(path, sizeof path, "%s/one.pem", peer_dir());
    assert_int_equal(unsetenv("SSL_CERT_DIR"), 0);
    assert_int_equal(unsetenv("SSL_CERT_DIR"), 0);
    assert_int_equal(setenv("SSL_CERT_FILE", path, 1), 0);
    assert_int_equal(tlsn_trust_add_system(t, &added), TLSN_OK);
    assert_int_equal(added, 1);
    assert_int_equal(setenv("SSL_CERT_FILE", "/nonexistent", 1), 0);
    assert_int_equal(tlsn_trust_add_system(t, &added), TLSN_ERR_FILE);
    assert_int_equal(unsetenv("SSL_CERT_FILE"), 0);
    (void)snprintf(path, sizeof path, "/nonexistent:%s", peer_dir());
    assert_int_equal(setenv("SSL_CERT_DIR", path, 1), 0);
    assert_int_equal(tlsn_trust_add_system(t, &added), TLSN_OK);
    assert_int_equal(added, 0);
    assert_int_equal(unsetenv("SSL_CERT_DIR"), 0);
    tlsn_trust_free(t);
    peer_clean();
}

struct job {
    tlsn_trust *trust;
    const struct tlsni_pubkey *key;
};

static void *ask_key(void *arg)
{
    struct job *job = arg;

    if (tlsni_anchor_key(&job->key, job->trust, &job->trust->anchors[0]) != TLSN_OK)
        job->key = NULL;
    tlsn_trust_free(job->trust);
    return NULL;
}

static void trust_key_is_made_once_for_all_threads(void **state)
{
    tlsn_trust *t = new_trust();
    struct job jobs[4];
    pthread_t threads[4];

    (void)state;
    assert_int_equal(tlsn_trust_add(t, one.der, one.len, NULL, NULL), TLSN_OK);
    for (size_t i = 0; i < 4; i++) {
        jobs[i].trust = tlsn_trust_ref(t);
        assert_int_equal(pthread_create(&threads[i], NULL, ask_key, &jobs[i]), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_non_null(jobs[i].key);
        assert_ptr_equal(jobs[i].key, jobs[0].key);
    }
    tlsn_trust_free(t);
}

static void trust_memory_running_out_leaves_the_store_as_it_was(void **state)
{
    tlsn_status st = TLSN_ERR_NO_MEMORY;
    size_t before = 0, added;
    struct test_env env;

    (void)state;
    for (size_t n = 1; st == TLSN_ERR_NO_MEMORY; n++) {
        tlsn_trust *t;

        test_env_init(&env, 1);
        env.fail_at = n;
        st = tlsn_trust_new(&t, &env.hooks);
        if (st == TLSN_OK) {
            st = tlsn_trust_add(t, one.der, one.len, &added, NULL);
            before = tlsn_trust_count(t);
            assert_int_equal(before, st == TLSN_OK);
            tlsn_trust_free(t);
        }
        assert_int_equal(env.live, 0);
    }
    assert_int_equal(st, TLSN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trust_counts_duplicates_once),
        cmocka_unit_test(trust_text_with_damaged_parts_gives_the_sound_ones),
        cmocka_unit_test(trust_finds_by_subject),
        cmocka_unit_test(trust_of_many_finds_all),
        cmocka_unit_test(trust_paths_files_and_directories_are_read),
        cmocka_unit_test(trust_system_follows_the_environment),
        cmocka_unit_test(trust_key_is_made_once_for_all_threads),
        cmocka_unit_test(trust_memory_running_out_leaves_the_store_as_it_was),
    };

    return cmocka_run_group_tests(tests, make, NULL);
}
