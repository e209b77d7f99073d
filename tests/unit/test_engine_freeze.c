/* A configuration that nobody froze is frozen by its first connection, whichever thread makes it
 * (tls-native/config.h). */
#include <tls-native.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

enum { THREADS = 4, PATIENCE = 2000 };

static atomic_uint entered, draws;

/* Drawn once while freezing, for the ticket secret: stays there until all threads have come and had
 * the time to get in too. */
static tlsn_status slow_random(void *ctx, void *out, size_t len)
{
    (void)ctx;
    atomic_fetch_add(&draws, 1);
    for (unsigned i = 0; entered < THREADS || i < PATIENCE; i++)
        (void)sched_yield();
    memset(out, 1, len);
    return TLSN_OK;
}

static void *connect(void *config)
{
    tlsn_conn *conn = NULL;

    atomic_fetch_add(&entered, 1);
    if (tlsn_conn_new(&conn, TLSN_SERVER, config) != TLSN_OK)
        return NULL;
    tlsn_conn_free(conn);
    return config;
}

static void config_of_several_threads_is_frozen_once(void **state)
{
    const struct tlsn_hooks hooks = { .random = slow_random };
    pthread_t threads[THREADS];
    tlsn_config *config;
    void *result;

    (void)state;
    assert_int_equal(tlsn_config_new(&config, &hooks), TLSN_OK);
    assert_int_equal(tlsn_config_set_versions(config, TLSN_TLS1_2, TLSN_TLS1_2), TLSN_OK);
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, connect, config), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, config);
    }
    assert_int_equal(draws, 1);
    assert_int_equal(tlsn_config_set_alpn(config, "h2"), TLSN_ERR_FROZEN);
    tlsn_config_free(config);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(config_of_several_threads_is_frozen_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
