#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/ct.h"
#include "cipher/mlkem.h"
#include "cipher/share.h"
#include "req.h"
#include "support_env.h"

#include <string.h>

/* Without the marks nothing is shown. */
#ifdef TLSN_VALGRIND_CT
#define CLAIM(id) REQ(id)
#else
#define CLAIM(id) ((void)0)
#endif

/* Seeds and messages are marked as undefined, and with them everything that is made of them but what is
 * published: valgrind reports every branch and index on them. Without TLSN_VALGRIND_CT the
 * marks vanish and only the results are compared. */

static void exchange(const struct tlsni_mlkem *p, bool change)
{
    uint8_t seed[TLSNI_MLKEM_SEED_LEN] = { 1 }, random[TLSNI_MLKEM_RANDOM_LEN] = { 2 };
    uint8_t private_key[TLSNI_MLKEM_PRIVATE_MAX], public_key[TLSNI_MLKEM_PUBLIC_MAX];
    uint8_t ciphertext[TLSNI_MLKEM_CIPHERTEXT_MAX];
    uint8_t sent[TLSNI_MLKEM_SHARED_LEN], got[TLSNI_MLKEM_SHARED_LEN];

    TLSNI_CT_SECRET(seed, sizeof seed);
    TLSNI_CT_SECRET(random, sizeof random);
    tlsni_mlkem_keygen(p, seed, private_key, public_key);
    assert_int_equal(tlsni_mlkem_encapsulate(p, random, tlsni_span_make(public_key, p->public_len),
                                             ciphertext, sent), TLSN_OK);
    if (change)
        ciphertext[7] ^= 1;
    assert_int_equal(tlsni_mlkem_decapsulate(p, private_key,
                                             tlsni_span_make(ciphertext, p->ciphertext_len), got),
                     TLSN_OK);
    TLSNI_CT_PUBLIC(sent, sizeof sent);
    TLSNI_CT_PUBLIC(got, sizeof got);
    assert_int_equal(memcmp(sent, got, sizeof sent) != 0, change);
}

static void mlkem_512_is_silent(void **state)
{
    (void)state;
    exchange(&tlsni_mlkem_512, false);
    exchange(&tlsni_mlkem_512, true);
}

static void mlkem_768_is_silent(void **state)
{
    (void)state;
    exchange(&tlsni_mlkem_768, false);
    exchange(&tlsni_mlkem_768, true);
}

static void mlkem_1024_is_silent(void **state)
{
    (void)state;
    exchange(&tlsni_mlkem_1024, false);
    exchange(&tlsni_mlkem_1024, true);
}

/* The group's functions mark what they draw. */
static void hybrid_share_is_silent(void **state)
{
    const struct tlsni_group *g = tlsni_group_find(TLSNI_GROUP_X25519_MLKEM768);
    uint8_t key[TLSNI_GROUP_PRIVATE_MAX], share[TLSNI_GROUP_PUBLIC_MAX];
    uint8_t response[TLSNI_GROUP_PUBLIC_MAX], client[64], server[64];
    struct test_env env;

    (void)state;
    test_env_init(&env, 1);
    assert_int_equal(g->keygen(g, &env.hooks, key, share), TLSN_OK);
    assert_int_equal(tlsni_share_respond(g, &env.hooks, tlsni_span_make(share, g->public_len),
                                         response, server), TLSN_OK);
    assert_int_equal(tlsni_share_finish(g, &env.hooks, key,
                                        tlsni_span_make(response, g->response_len), client),
                     TLSN_OK);
    TLSNI_CT_PUBLIC(client, sizeof client);
    TLSNI_CT_PUBLIC(server, sizeof server);
    assert_memory_equal(client, server, sizeof client);
    CLAIM("10024:6/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mlkem_512_is_silent),
        cmocka_unit_test(mlkem_768_is_silent),
        cmocka_unit_test(mlkem_1024_is_silent),
        cmocka_unit_test(hybrid_share_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
