/* ClientHellos written by hand from RFC 5246 7.4.1.2 and the extensions' documents: what the
 * server takes, what it answers, and with which alert it refuses. */
#include "support_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "req.h"
#include "support_vectors.h"

/* Hexadecimal digits; NULL means the default. */
struct hello {
    const char *what;
    const char *version;      /* 0303 */
    const char *session_id;   /* with its length: 00 */
    const char *suites;       /* with their length: 0002 c02b */
    const char *compressions; /* with their length: 01 00 */
    const char *extensions;   /* with their length; "" for no field */
    const char *tail;         /* behind everything */
    tlsn_status status;       /* TLSN_NEED_INPUT: answered by a flight */
    int alert;
};

/* supported_groups: P-256; signature_algorithms: ecdsa_secp256r1_sha256 */
#define SIGALGS "000d000400020403"
#define BASE "000a000400020017" SIGALGS /* 16 bytes */

static size_t put(uint8_t *at, const char *hex, const char *otherwise)
{
    return vec_unhex(hex ? hex : otherwise, at, 2048);
}

static size_t make(const struct hello *h, uint8_t *r)
{
    uint8_t *p = r + 9;
    size_t len;

    p += put(p, h->version, "0303");
    memset(p, 0x5a, 32);
    p += 32;
    p += put(p, h->session_id, "00");
    p += put(p, h->suites, "0002c02b");
    p += put(p, h->compressions, "0100");
    p += put(p, h->extensions, "0010" BASE);
    p += put(p, h->tail, "");
    len = (size_t)(p - r);
    memcpy(r, "\x16\x03\x01", 3);
    r[3] = (uint8_t)((len - 5) >> 8);
    r[4] = (uint8_t)(len - 5);
    r[5] = 1;
    r[6] = 0;
    r[7] = (uint8_t)((len - 9) >> 8);
    r[8] = (uint8_t)(len - 9);
    return len;
}

static void check(struct wire *w, const struct hello *h)
{
    uint8_t record[4096];
    struct wire_outcome o = wire_replay(w, TLSN_SERVER, record, make(h, record));

    if (o.status != h->status || o.alert != h->alert)
        fail_msg("%s: %s, alert %d", h->what, tlsn_status_name(o.status), o.alert);
}

static struct wire *server_with(const char *alpn)
{
    struct wire *w = wire_new("ec:secp256r1");

    OK(tlsn_config_add_credential(w->end[TLSN_SERVER].config, wire_credential("rsa:2048")));
    /* SHA-1 for hellos without signature_algorithms, RFC 5246 7.4.1.4.1 */
    OK(tlsn_config_set_sigalgs(w->end[TLSN_SERVER].config,
                               "ecdsa_secp256r1_sha256,rsa_pkcs1_sha256,ecdsa_sha1"));
    if (alpn)
        OK(tlsn_config_set_alpn(w->end[TLSN_SERVER].config, alpn));
    return w;
}

#define GOOD TLSN_NEED_INPUT, -1
#define DECODE TLSN_ERR_DECODE, 50
#define ILLEGAL TLSN_ERR_ILLEGAL_PARAMETER, 47

static void hello_by_hand_is_answered_or_refused(void **state)
{
    /* clang-format off */
    static const struct hello table[] = {
        { .what = "plain", .status = GOOD },
        /* versions: RFC 5246 E.1 */
        { .what = "SSL 2", .version = "0002", .status = TLSN_ERR_VERSION, 70 },
        { .what = "SSL 3", .version = "0300", .status = TLSN_ERR_VERSION, 70 },
        { .what = "TLS 1.0", .version = "0301", .status = TLSN_ERR_VERSION, 70 },
        { .what = "TLS 1.1", .version = "0302", .status = TLSN_ERR_VERSION, 70 },
        { .what = "TLS 1.3", .version = "0304", .status = GOOD },
        { .what = "3.255", .version = "03ff", .status = GOOD },
        { .what = "4.0", .version = "0400", .status = GOOD },
        { .what = "255.255", .version = "ffff", .status = GOOD },
        /* session ID: 0..32 bytes */
        { .what = "ID of 32",
          .session_id = "200102030405060708091011121314151617181920212223242526272829303132",
          .status = GOOD },
        { .what = "ID of 33",
          .session_id = "21010203040506070809101112131415161718192021222324252627282930313233",
          .status = DECODE },
        /* suites: 2..2^16-2 bytes, even */
        { .what = "no suites", .suites = "0000", .status = DECODE },
        { .what = "half a suite", .suites = "0003c02bc0", .status = DECODE },
        { .what = "suites beyond the end", .suites = "fffec02b", .status = DECODE },
        { .what = "unknown suites and GREASE", .suites = "000a0a0a13011302c02bfafa",
          .status = GOOD },
        { .what = "only unknown suites", .suites = "00041301caca",
          .status = TLSN_ERR_NO_SHARED_SUITE, 40 },
        { .what = "only NULL", .suites = "00020000", .status = TLSN_ERR_NO_SHARED_SUITE, 40 },
        { .what = "only SCSVs", .suites = "000200ff", .status = TLSN_ERR_NO_SHARED_SUITE, 40 },
        { .what = "SCSV", .suites = "0004c02b00ff", .status = GOOD },
        { .what = "fallback to our highest", .suites = "0004c02b5600", .status = GOOD },
        { .what = "same suite often", .suites = "0008c02bc02bc02bc02b", .status = GOOD },
        /* compressions: 1..255 bytes, null among them */
        { .what = "no compressions", .compressions = "00", .status = DECODE },
        { .what = "no null compression", .compressions = "0101", .status = ILLEGAL },
        { .what = "DEFLATE and null", .compressions = "020100", .status = GOOD },
        { .what = "unknown ones and null", .compressions = "03fe00ff", .status = GOOD },
        /* the extensions field as a whole */
        { .what = "no field", .extensions = "", .status = GOOD },
        { .what = "empty field", .extensions = "0000", .status = GOOD },
        { .what = "half a length", .extensions = "00", .status = DECODE },
        { .what = "field too short", .extensions = "000f" BASE, .status = DECODE },
        { .what = "field too long", .extensions = "0011" BASE, .status = DECODE },
        { .what = "byte behind", .tail = "00", .status = DECODE },
        { .what = "half an extension", .extensions = "0013" BASE "001700", .status = DECODE },
        { .what = "unknown extension", .extensions = "0016" BASE "fafa00020000", .status = GOOD },
        { .what = "unknown extension twice", .extensions = "0018" BASE "fafa0000fafa0000",
          .status = ILLEGAL },
        { .what = "known extension twice", .extensions = "0018" BASE "0017000000170000",
          .status = ILLEGAL },
        { .what = "other order", .extensions = "0010" SIGALGS "000a000400020017", .status = GOOD },
        /* supported_groups: RFC 8422 5.1.1 */
        { .what = "no groups in the list", .extensions = "000e" "000a00020000" SIGALGS,
          .status = DECODE },
        { .what = "half a group", .extensions = "000f" "000a0003000100" SIGALGS, .status = DECODE },
        { .what = "unknown groups", .extensions = "0010" "000a00040002fafa" SIGALGS,
          .status = TLSN_ERR_NO_SHARED_GROUP, 40 },
        { .what = "unknown group and ours", .extensions = "0012" "000a00060004fafa0017" SIGALGS,
          .status = GOOD },
        { .what = "curve of the certificate missing",
          .extensions = "0010" "000a00040002001d" SIGALGS, .status = TLSN_ERR_NO_CREDENTIAL, 40 },
        /* signature_algorithms: RFC 5246 7.4.1.4.1 */
        { .what = "no pairs", .extensions = "000e" "000a000400020017" "000d00020000",
          .status = DECODE },
        { .what = "half a pair", .extensions = "000f" "000a000400020017" "000d0003000104",
          .status = DECODE },
        { .what = "unknown pair", .extensions = "0010" "000a000400020017" "000d00040002fafa",
          .status = TLSN_ERR_NO_CREDENTIAL, 40 },
        /* ec_point_formats: RFC 8422 5.1.2 */
        { .what = "formats", .extensions = "0016" BASE "000b00020100", .status = GOOD },
        { .what = "no formats", .extensions = "0015" BASE "000b000100", .status = DECODE },
        { .what = "compressed only", .extensions = "0016" BASE "000b00020101", .status = ILLEGAL },
        { .what = "compressed and not", .extensions = "0018" BASE "000b000403010200",
          .status = GOOD },
        /* extended_master_secret, encrypt_then_mac: empty */
        { .what = "EMS", .extensions = "0014" BASE "00170000", .status = GOOD },
        { .what = "EMS with data", .extensions = "0015" BASE "0017000100", .status = DECODE },
        { .what = "EtM with data", .extensions = "0015" BASE "0016000100", .status = DECODE },
        /* renegotiation_info: RFC 5746 3.6 */
        { .what = "renegotiation_info", .extensions = "0015" BASE "ff01000100", .status = GOOD },
        { .what = "renegotiation_info empty", .extensions = "0014" BASE "ff010000",
          .status = DECODE },
        { .what = "renegotiation_info with data", .extensions = "0016" BASE "ff0100020100",
          .status = TLSN_ERR_RENEGOTIATION_INFO, 40 },
        /* server_name: RFC 6066 3 */
        { .what = "byte behind the names", .extensions = "001b" BASE "0000000700040000016100",
          .status = DECODE },
        { .what = "name a", .extensions = "001a" BASE "00000006000400000161", .status = GOOD },
        { .what = "no name", .extensions = "0016" BASE "000000020000", .status = DECODE },
        { .what = "empty name", .extensions = "0019" BASE "000000050003000000", .status = DECODE },
        { .what = "two names of one type",
          .extensions = "001e" BASE "0000000a0008" "00000161" "00000162", .status = ILLEGAL },
        { .what = "name of another type", .extensions = "001a" BASE "00000006000407000161",
          .status = GOOD },
        { .what = "name with a zero", .extensions = "001b" BASE "0000000700050000026100",
          .status = ILLEGAL },
        /* session_ticket: any bytes */
        { .what = "foreign ticket", .extensions = "0018" BASE "0023000401020304", .status = GOOD },
        /* ALPN: RFC 7301 3.1 */
        { .what = "h2", .extensions = "0019" BASE "001000050003026832", .status = GOOD },
        { .what = "no protocols", .extensions = "0016" BASE "001000020000", .status = DECODE },
        { .what = "empty protocol", .extensions = "001a" BASE "00100006000400026832",
          .status = DECODE },
        { .what = "protocol beyond the end", .extensions = "0019" BASE "001000050003036832",
          .status = DECODE },
        { .what = "foreign protocol", .extensions = "0019" BASE "001000050003026833",
          .status = TLSN_ERR_NO_SHARED_ALPN, 120 },
    };
    /* clang-format on */
    struct wire *w = server_with("h2");

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        check(w, &table[i]);
    wire_free(w);
    REQ("5246:7.4.1.2/9");
    REQ("5246:7.4.1.2/17");
    REQ("3546:2.1/2");
    REQ("4366:2.1/2");
    REQ("5246:7.4.1.2/18");
    REQ("3546:2.1/3");
    REQ("4366:2.1/3");
    REQ("5246:7.4.1.2/19");
    REQ("3546:2.1/4");
    REQ("4366:2.1/4");
    REQ("5246:7.4.1.4/3");
    REQ("3546:2.3/3");
    REQ("4366:2.3/3");
    REQ("5246:7.4.1.4/4");
    REQ("3546:2.3/4");
    REQ("4366:2.3/4");
    REQ("5246:E.1/2");
    REQ("5246:E.1/3");
    REQ("5746:3.6/4");
    REQ("5746:3.6/8");
    REQ("5746:3.6/9");
    REQ("6066:3/5");
    REQ("6066:3/10");
    REQ("8422:5.1.2/5");
}

/* All its truncations with lengths that fit: parsed as shorter messages, never as the same. */
static void hello_shortened_is_refused(void **state)
{
    static const struct hello h = { .what = "plain" };
    struct wire *w = server_with(NULL);
    uint8_t record[4096];
    size_t len = make(&h, record);

    (void)state;
    for (size_t n = len - 1; n >= 9; n--) {
        struct wire_outcome o;

        record[4] = (uint8_t)(n - 5);
        record[8] = (uint8_t)(n - 9);
        o = wire_replay(w, TLSN_SERVER, record, n);
        /* without its extensions field it is a hello again */
        if (n == len - 18)
            assert_int_equal(o.status, TLSN_NEED_INPUT);
        else
            assert_int_equal(o.status, TLSN_ERR_DECODE);
    }
    wire_free(w);
    REQ("5246:7.4.1.2/10");
    REQ("3546:2.1/1");
    REQ("4366:2.1/1");
}

static const uint8_t *answer(struct wire *w, const struct hello *h)
{
    check(w, h);
    return w->end[TLSN_SERVER].sent + 9;
}

/* The extensions of the ServerHello in hexadecimal, without the field's length. */
static void extensions_of(const uint8_t *body, const uint8_t *end, char *out)
{
    const uint8_t *p = body + 35 + body[34] + 3;

    *out = 0;
    for (p += 2; p < end; p++, out += 2)
        (void)snprintf(out, 3, "%02x", *p);
}

struct expected {
    struct hello hello;
    const char *extensions;
};

/* Only what was asked for is answered, RFC 5246 7.4.1.4; the SCSV counts as an empty
 * renegotiation_info. */
static void hello_gets_the_answers_it_asked_for(void **state)
{
    static const struct expected table[] = {
        { { .what = "nothing", .extensions = "", .status = GOOD }, "" },
        { { .what = "groups", .status = GOOD }, "" },
        { { .what = "SCSV", .suites = "0004c02b00ff", .extensions = "", .status = GOOD },
          "ff01000100" },
        { { .what = "info", .extensions = "0015" BASE "ff01000100", .status = GOOD },
          "ff01000100" },
        { { .what = "EMS", .extensions = "0014" BASE "00170000", .status = GOOD }, "00170000" },
        { { .what = "EtM", .extensions = "0014" BASE "00160000", .status = GOOD }, "" },
        { { .what = "EtM and CBC", .suites = "0002c023", .extensions = "0014" BASE "00160000",
            .status = GOOD }, "00160000" },
        { { .what = "formats", .extensions = "0016" BASE "000b00020100", .status = GOOD },
          "000b00020100" },
        { { .what = "formats and RSA", .suites = "0002002f",
            .extensions = "0006000b00020100", .status = GOOD }, "" },
        { { .what = "tickets", .extensions = "0014" BASE "00230000", .status = GOOD }, "00230000" },
        { { .what = "ALPN", .extensions = "001c" BASE "001000080006027878026832", .status = GOOD },
          "001000050003026832" },
    };
    struct wire *w = server_with("h2");

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const uint8_t *body = answer(w, &table[i].hello);
        char got[512];

        assert_int_equal(body[0] << 8 | body[1], 0x0303);
        extensions_of(body, body + (body[-2] << 8 | body[-1]), got);
        if (strcmp(got, table[i].extensions) != 0)
            fail_msg("%s: %s", table[i].hello.what, got);
    }
    wire_free(w);
    REQ("5246:7.4.1.4/1");
    REQ("3546:2.3/1");
    REQ("4366:2.3/1");
    REQ("5746:3.6/1");
    REQ("5746:3.6/2");
    REQ("5746:3.6/6");
    REQ("5746:3.6/10");
    REQ("5746:3.6/11");
    REQ("7366:3/4");
    REQ("7301:3.1/10");
    REQ("5077:3.2/4");
    REQ("4507:3.2/4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_by_hand_is_answered_or_refused),
        cmocka_unit_test(hello_shortened_is_refused),
        cmocka_unit_test(hello_gets_the_answers_it_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
