#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
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

static void trust_environment_names_files_and_directories(void **state)
{
    tlsn_trust *t = new_trust();
    char text[4096], path[128];
    size_t added;

    (void)state;
    peer_write("one.pem", text, pem_of(&one, text, sizeof text));
    (void)snprintf(path, sizeof path, "%s/one.pem", peer_dir());
    assert_int_equal(unsetenv("SSL_CERT_DIR"), 0);
    assert_int_equal(unsetenv("SSL_CERT_FILE"), 0);
    assert_int_equal(tlsn_trust_add_environment(t, &added), TLSN_ERR_NOT_FOUND);
    assert_int_equal(setenv("SSL_CERT_FILE", path, 1), 0);
    assert_int_equal(tlsn_trust_add_environment(t, &added), TLSN_OK);
    assert_int_equal(added, 1);
    assert_int_equal(setenv("SSL_CERT_FILE", "/nonexistent", 1), 0);
    assert_int_equal(tlsn_trust_add_environment(t, &added), TLSN_ERR_FILE);
    assert_int_equal(unsetenv("SSL_CERT_FILE"), 0);
    (void)snprintf(path, sizeof path, "/nonexistent:%s", peer_dir());
    assert_int_equal(setenv("SSL_CERT_DIR", path, 1), 0);
    assert_int_equal(tlsn_trust_add_environment(t, &added), TLSN_OK);
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

    if (tlsni_anchor_key(&job->key, job->trust, job->trust->anchors[0]) != TLSN_OK)
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

/* ---- what was left out ---- */

static void trust_tells_what_was_skipped_and_why(void **state)
{
    tlsn_trust *t = new_trust();
    struct tlsn_trust_skipped skipped;
    char text[8192], path[256];
    size_t len;

    (void)state;
    len = pem_of(&one, text, sizeof text);
    len += (size_t)snprintf(text + len, sizeof text - len,
                            "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"
                            "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
    peer_write("bundle.pem", text, len);
    peer_write("README", "no certificate", 14);
    assert_int_equal(tlsn_trust_add_path(t, peer_dir(), NULL, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_skipped_count(t), 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(tlsn_trust_skipped(t, i, &skipped));
        (void)snprintf(path, sizeof path, "%s/%s", peer_dir(),
                       skipped.status == TLSN_ERR_PEM && !skipped.place ? "README" : "bundle.pem");
        assert_string_equal(skipped.source, path);
        assert_true(skipped.reason[0]);
        assert_true(skipped.status == TLSN_ERR_PEM || skipped.status == TLSN_ERR_CERT_BAD);
    }
    assert_false(tlsn_trust_skipped(t, 3, &skipped));
    assert_false(tlsn_trust_skipped(NULL, 0, &skipped));
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(tlsn_trust_add(t, "0\0", 2, NULL, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_skipped_count(t), 103);
    assert_true(tlsn_trust_skipped(t, 63, &skipped));
    assert_false(tlsn_trust_skipped(t, 64, &skipped));
    tlsn_trust_free(t);
    peer_clean();
}

/* ---- both indexes, removal ---- */

static struct tlsn_span none = { NULL, 0 };

static bool is(struct tlsn_span der, const struct x509_made *made)
{
    return tlsni_span_eq(der, x509_span(made));
}

static void trust_finds_by_subject_and_key_id(void **state)
{
    const struct x509_spec same[3] = {
        { .subject = "CN=same", .seed = 11, .extensions = { "00 551d0e 04020a0b" } },
        { .subject = "CN=same", .seed = 12, .extensions = { "00 551d0e 04020a0c" } },
        { .subject = "CN=other", .seed = 13, .extensions = { "00 551d0e 04020a0b" } },
    };
    const uint8_t id_b[] = { 0x0a, 0x0b }, id_c[] = { 0x0a, 0x0c }, id_d[] = { 0x0a, 0x0d };
    struct tlsn_span b = { id_b, 2 }, c = { id_c, 2 }, d = { id_d, 2 };
    tlsn_trust *t = new_trust();
    struct x509_made made[3];

    (void)state;
    assert_null(tlsn_trust_find(t, none, b).data);
    for (size_t i = 0; i < 3; i++) {
        x509_make(&made[i], &same[i], NULL);
        assert_int_equal(tlsn_trust_add(t, made[i].der, made[i].len, NULL, NULL), TLSN_OK);
    }
    assert_true(is(tlsn_trust_find(t, made[0].cert.subject, b), &made[0]));
    assert_true(is(tlsn_trust_find(t, made[0].cert.subject, c), &made[1]));
    assert_true(is(tlsn_trust_find(t, made[2].cert.subject, b), &made[2]));
    assert_true(is(tlsn_trust_find(t, made[2].cert.subject, none), &made[2]));
    assert_true(is(tlsn_trust_find(t, none, c), &made[1]));
    assert_null(tlsn_trust_find(t, none, d).data);
    assert_null(tlsn_trust_find(t, made[2].cert.subject, c).data);
    assert_int_equal(tlsn_trust_remove(t, made[1].der, made[1].len), TLSN_OK);
    assert_null(tlsn_trust_find(t, none, c).data);
    assert_true(is(tlsn_trust_find(t, made[0].cert.subject, none), &made[0]));
    tlsn_trust_free(t);
}

static void trust_anchors_can_be_taken_away_and_come_back(void **state)
{
    tlsn_trust *t = new_trust();
    struct tlsn_span kept;
    size_t added;

    (void)state;
    assert_int_equal(tlsn_trust_add(t, one.der, one.len, NULL, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(t, two.der, two.len, NULL, NULL), TLSN_OK);
    kept = tlsn_trust_cert(t, 0);
    assert_true(is(kept, &one));
    assert_int_equal(tlsn_trust_remove(t, one.der, one.len), TLSN_OK);
    assert_int_equal(tlsn_trust_remove(t, one.der, one.len), TLSN_ERR_NOT_FOUND);
    assert_int_equal(tlsn_trust_count(t), 1);
    assert_true(is(kept, &one)); /* still readable */
    assert_true(is(tlsn_trust_cert(t, 0), &two));
    assert_null(tlsn_trust_cert(t, 1).data);
    assert_int_equal(tlsn_trust_add(t, one.der, one.len, &added, NULL), TLSN_OK);
    assert_int_equal(added, 1);
    tlsn_trust_clear(t);
    assert_int_equal(tlsn_trust_count(t), 0);
    assert_null(tlsn_trust_find(t, two.cert.subject, none).data);
    assert_int_equal(tlsn_trust_add(t, two.der, two.len, &added, NULL), TLSN_OK);
    assert_int_equal(added, 1);
    tlsn_trust_free(t);
}

/* ---- read when first needed ---- */

static void trust_deferred_sources_are_read_when_first_needed(void **state)
{
    tlsn_trust *t = new_trust();
    struct tlsn_trust_skipped skipped;
    char text[4096], path[128];

    (void)state;
    (void)snprintf(path, sizeof path, "%s/later.pem", peer_dir());
    assert_int_equal(tlsn_trust_defer(t, path), TLSN_OK); /* not there yet */
    assert_int_equal(tlsn_trust_defer(t, "/nonexistent"), TLSN_OK);
    assert_int_equal(tlsn_trust_defer(t, ""), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_trust_skipped_count(t), 0);
    peer_write("later.pem", text, pem_of(&one, text, sizeof text));
    assert_non_null(tlsni_trust_find(t, one.cert.subject, tlsni_name_hash(one.cert.subject), NULL));
    assert_int_equal(tlsn_trust_count(t), 1);
    assert_int_equal(tlsn_trust_skipped_count(t), 1);
    assert_true(tlsn_trust_skipped(t, 0, &skipped));
    assert_string_equal(skipped.source, "/nonexistent");
    assert_int_equal(skipped.status, TLSN_ERR_FILE);
    peer_write("later.pem", text, pem_of(&two, text, sizeof text));
    assert_int_equal(tlsn_trust_count(t), 1); /* once */
    tlsn_trust_free(t);
    t = new_trust();
    assert_int_equal(tlsn_trust_defer(t, path), TLSN_OK);
    tlsn_trust_clear(t);
    assert_int_equal(tlsn_trust_count(t), 0);
    tlsn_trust_free(t);
    peer_clean();
}

/* ---- threads ---- */

enum { THREADS = 4, PER_THREAD = 40 };

static struct x509_made many_made[PER_THREAD];

struct worker {
    tlsn_trust *trust;
    size_t added, missing;
};

/* All add the same certificates, each looking for what it has just added while others make room. */
static void *add_and_look(void *arg)
{
    struct worker *w = arg;

    for (size_t i = 0; i < PER_THREAD; i++) {
        const struct x509_made *made = &many_made[i];
        size_t added = 0;

        w->missing += tlsn_trust_add(w->trust, made->der, made->len, &added, NULL) != TLSN_OK;
        w->added += added;
        w->missing += !tlsni_trust_holds(w->trust, &made->cert,
                                         tlsni_name_hash(made->cert.subject));
    }
    return NULL;
}

static void trust_threads_may_add_the_same_at_once(void **state)
{
    tlsn_trust *t = new_trust();
    struct worker workers[THREADS];
    pthread_t threads[THREADS];
    size_t added = 0;

    (void)state;
    for (unsigned i = 0; i < PER_THREAD; i++) {
        const struct x509_spec spec = { .subject = i % 2 ? "CN=odd" : "CN=even", .seed = 500 + i };

        x509_make(&many_made[i], &spec, NULL);
    }
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){ t, 0, 0 };
        assert_int_equal(pthread_create(&threads[i], NULL, add_and_look, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(workers[i].missing, 0);
        added += workers[i].added;
    }
    assert_int_equal(added, PER_THREAD);
    assert_int_equal(tlsn_trust_count(t), PER_THREAD);
    tlsn_trust_free(t);
}

/* ---- distrust ---- */

static void trust_distrust_is_by_certificate_or_by_key(void **state)
{
    const struct x509_spec renewed = { .subject = "CN=One", .seed = 1, .not_after = X509_END + 1,
                                       .extensions = { X509_CA } };
    tlsn_trust *t = new_trust();
    struct x509_made again;
    uint8_t sha256[32];

    (void)state;
    x509_make(&again, &renewed, NULL);
    assert_false(tlsni_trust_distrusts(t, &one.cert));
    assert_int_equal(tlsn_cert_fingerprint(x509_span(&one), TLSN_PIN_CERTIFICATE, sha256), TLSN_OK);
    assert_int_equal(tlsn_trust_distrust(t, TLSN_PIN_CERTIFICATE, sha256), TLSN_OK);
    assert_true(tlsni_trust_distrusts(t, &one.cert));
    assert_false(tlsni_trust_distrusts(t, &again.cert));
    assert_int_equal(tlsn_cert_fingerprint(x509_span(&one), TLSN_PIN_KEY, sha256), TLSN_OK);
    assert_int_equal(tlsn_trust_distrust(t, TLSN_PIN_KEY, sha256), TLSN_OK);
    assert_int_equal(tlsn_trust_distrust(t, TLSN_PIN_KEY, sha256), TLSN_OK);
    assert_true(tlsni_trust_distrusts(t, &again.cert));
    assert_false(tlsni_trust_distrusts(t, &two.cert));
    assert_int_equal(tlsn_trust_distrust(t, 0, sha256), TLSN_ERR_ARGUMENT);
    assert_int_equal(tlsn_cert_fingerprint(none, TLSN_PIN_KEY, sha256), TLSN_ERR_CERT_BAD);
    tlsn_trust_free(t);
}

/* The fingerprints are those that the openssl command makes. */
static void trust_fingerprints_agree_with_openssl(void **state)
{
    char text[256], wanted[65];
    uint8_t sha256[32];

    (void)state;
    if (!peer_there())
        skip();
    peer_write("one.der", one.der, one.len);
    for (int key = 0; key < 2; key++) {
        assert_true(peer_openssl(key ? "x509 -inform DER -in one.der -noout -pubkey -out one.pub"
                                     : "dgst -sha256 -r one.der"));
        if (key) {
            assert_true(peer_openssl("pkey -pubin -in one.pub -outform DER -out one.spki"));
            assert_true(peer_openssl("dgst -sha256 -r one.spki"));
        }
        assert_true(peer_read("out", text, sizeof text) >= 64);
        assert_int_equal(tlsn_cert_fingerprint(x509_span(&one), key ? TLSN_PIN_KEY
                                                                    : TLSN_PIN_CERTIFICATE,
                                               sha256), TLSN_OK);
        for (size_t i = 0; i < 32; i++)
            (void)snprintf(wanted + 2 * i, 3, "%02x", sha256[i]);
        assert_memory_equal(text, wanted, 64);
    }
    peer_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trust_counts_duplicates_once),
        cmocka_unit_test(trust_text_with_damaged_parts_gives_the_sound_ones),
        cmocka_unit_test(trust_finds_by_subject),
        cmocka_unit_test(trust_of_many_finds_all),
        cmocka_unit_test(trust_paths_files_and_directories_are_read),
        cmocka_unit_test(trust_environment_names_files_and_directories),
        cmocka_unit_test(trust_key_is_made_once_for_all_threads),
        cmocka_unit_test(trust_tells_what_was_skipped_and_why),
        cmocka_unit_test(trust_finds_by_subject_and_key_id),
        cmocka_unit_test(trust_anchors_can_be_taken_away_and_come_back),
        cmocka_unit_test(trust_deferred_sources_are_read_when_first_needed),
        cmocka_unit_test(trust_threads_may_add_the_same_at_once),
        cmocka_unit_test(trust_distrust_is_by_certificate_or_by_key),
        cmocka_unit_test(trust_fingerprints_agree_with_openssl),
        cmocka_unit_test(trust_memory_running_out_leaves_the_store_as_it_was),
    };

    return cmocka_run_group_tests(tests, make, NULL);
}
