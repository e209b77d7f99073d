/* SRP between the two halves of the key exchange, against RFC 5054 2.1 and 2.5: which numbers go onto the wire and
 * into the premaster secret, and with how many bytes. The arithmetic is held against appendix B elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "cipher/srp.h"
#include "handshake/kx.h"
#include "handshake/machine.h"
#include "req.h"
#include "support_env.h"

enum { N = 128, A = 1, B = 2, SECRET = 4 };

struct side {
    struct test_env env;
    struct tlsni_hs_config cfg;
    struct tlsni_err err;
    struct tlsni_hs hs;
};

static const struct tlsni_srp_group *group;
static uint8_t salt[16], verifier[N];

static struct tlsn_span text(const char *s)
{
    return tlsni_span_make((const uint8_t *)s, strlen(s));
}

static void begin(struct side *s, enum tlsn_role role, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    test_env_init(&s->env, seed);
    s->cfg.limits.dh_bits_min = 1024;
    s->cfg.srp_user = text("joe");
    s->cfg.srp_password = text("secret");
    s->hs.env = &s->env.hooks;
    s->hs.cfg = &s->cfg;
    s->hs.err = &s->err;
    s->hs.role = role;
    s->hs.version = tlsni_version_find(TLSN_TLS1_2);
}

static void end(struct side *s)
{
    tlsni_hs_clear(&s->hs);
    assert_int_equal(s->env.live, 0);
}

/* Of a number as long as N; whether the wire has it without them is checked. */
static size_t zeros_of(const uint8_t *number)
{
    size_t zeros = 0;

    while (zeros + 1 < N && !number[zeros])
        zeros++;
    return zeros;
}

static void check_wire(struct tlsn_span wire, const uint8_t *number)
{
    size_t zeros = zeros_of(number);

    assert_int_equal(wire.len, N - zeros);
    assert_memory_equal(wire.data, number + zeros, N - zeros);
}

static struct tlsn_span prepare(struct side *s, uint8_t *params, size_t cap, uint8_t *private_key)
{
    struct tlsni_srp_entry entry = { .group = group, .user = (uint8_t *)"joe", .user_len = 3, .salt = salt,
                                     .salt_len = sizeof salt, .verifier = verifier };
    struct tlsni_wr w = tlsni_wr_make(params, cap);

    s->cfg.srp_entries = &entry;
    s->cfg.srp_entry_count = 1;
    s->hs.srp_user = text("joe");
    assert_int_equal(tlsni_kx_srp.keep_hello(&s->hs), TLSN_OK);
    assert_int_equal(tlsni_kx_srp.prepare(&s->hs), TLSN_OK);
    tlsni_kx_srp.write_params(&s->hs, &w);
    assert_false(w.bad);
    memcpy(private_key, s->hs.private_key, TLSNI_SRP_PRIVATE);
    s->cfg.srp_entry_count = 0;
    return tlsni_span_make(params, w.len);
}

static struct tlsn_span last_of(struct tlsn_span params)
{
    struct tlsni_rd r = tlsni_rd_span(params);

    for (int i = 0; i < 2; i++)
        (void)tlsni_rd_vec_span(&r, 2, 1, 65535);
    (void)tlsni_rd_vec_span(&r, 1, 1, 255);
    return tlsni_rd_vec_span(&r, 2, 1, 65535);
}

/* One exchange; says which of the three numbers began with zeros. */
static int exchange(uint64_t seed)
{
    static uint8_t params[1024], message[1024], b[TLSNI_SRP_PRIVATE], b_public[N], secret[N];
    static struct side client, server;
    struct tlsni_wr w = tlsni_wr_make(message, sizeof message);
    struct tlsn_span all;
    struct tlsni_rd r;
    size_t cut;

    begin(&client, TLSN_CLIENT, seed);
    begin(&server, TLSN_SERVER, ~seed);
    all = prepare(&server, params, sizeof params, b);
    assert_int_equal(tlsni_srp_server_public(group, NULL, b, verifier, b_public), TLSN_OK);
    check_wire(last_of(all), b_public);
    r = tlsni_rd_span(all);
    assert_int_equal(tlsni_kx_srp.read_params(&client.hs, &r), TLSN_OK);
    assert_int_equal(tlsni_kx_srp.write_exchange(&client.hs, &w), TLSN_OK);
    check_wire(tlsni_span_make(message + 2, w.len - 2), client.hs.public_key);
    assert_int_equal(tlsni_kx_srp.read_exchange(&server.hs, tlsni_span_make(message, w.len)), TLSN_OK);
    assert_int_equal(tlsni_srp_server_secret(group, NULL, verifier, b, b_public, server.hs.peer_public, secret),
                     TLSN_OK);
    assert_int_equal(tlsni_kx_srp.finish_exchange(&server.hs), TLSN_OK);
    cut = zeros_of(secret);
    assert_int_equal(server.hs.premaster_len, N - cut);
    assert_memory_equal(server.hs.premaster, secret + cut, N - cut);
    assert_int_equal(client.hs.premaster_len, N - cut);
    assert_memory_equal(client.hs.premaster, secret + cut, N - cut);
    int found = (zeros_of(client.hs.public_key) ? A : 0) | (zeros_of(b_public) ? B : 0) | (cut ? SECRET : 0);
    end(&client);
    end(&server);
    return found;
}

static void make_verifier(void)
{
    struct tlsni_srp_login login = { text("joe"), text("secret"), { salt, sizeof salt } };

    group = tlsni_srp_group_find(1024);
    assert_int_equal(tlsni_srp_verifier(group, NULL, &login, verifier), TLSN_OK);
}

/* One in 256 begins with a zero. */
static void srp_numbers_have_no_leading_zeros(void **state)
{
    int seen = 0;

    (void)state;
    make_verifier();
    for (uint64_t seed = 1; seen != (A | B | SECRET); seed++) {
        seen |= exchange(seed);
        assert_true(seed < 5000);
    }
    REQ("5054:2.1/1");
}

/* The servers' 32 octets come from the source of randomness, each of them. */
static void srp_private_values_have_256_random_bits(void **state)
{
    static uint8_t params[1024];
    uint8_t key[2][TLSNI_SRP_PRIVATE], or_of_differences[TLSNI_SRP_PRIVATE] = { 0 };

    (void)state;
    make_verifier();
    for (uint64_t seed = 1; seed < 64; seed++) {
        static struct side server;

        begin(&server, TLSN_SERVER, seed);
        (void)prepare(&server, params, sizeof params, key[seed % 2]);
        end(&server);
        for (size_t i = 0; seed > 1 && i < TLSNI_SRP_PRIVATE; i++)
            or_of_differences[i] |= key[0][i] ^ key[1][i];
    }
    for (size_t i = 0; i < TLSNI_SRP_PRIVATE; i++)
        assert_int_equal(or_of_differences[i], 0xff);
    assert_int_equal(TLSNI_SRP_PRIVATE, 32);
    REQ("5054:2.5.3/3");
    REQ("5054:3.1/2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(srp_numbers_have_no_leading_zeros),
        cmocka_unit_test(srp_private_values_have_256_random_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
