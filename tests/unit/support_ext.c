#include "support_ext.h"

#include "cipher/sigalg.h"
#include "support_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void init(struct ext_fixture *f, enum tlsn_role role)
{
    static const uint16_t suites[] = { 0xc02b, 0x009e, 0x003c };
    static const uint16_t groups[] = { 29, 23, 256 };
    static const uint16_t sigalgs[] = { 0x0403, 0x0804, 0x0807 };

    memset(f, 0, sizeof *f);
    memcpy(f->suites, suites, sizeof suites);
    memcpy(f->groups, groups, sizeof groups);
    memcpy(f->sigalgs, sigalgs, sizeof sigalgs);
    f->cfg.version_min = f->cfg.version_max = TLSN_TLS1_2;
    f->cfg.suites = (struct tlsni_ids){ f->suites, 3 };
    f->cfg.groups = (struct tlsni_ids){ f->groups, 3 };
    f->cfg.sigalgs = (struct tlsni_ids){ f->sigalgs, 3 };
    f->cfg.features = 1U << TLSN_FEATURE_EMS | 1U << TLSN_FEATURE_ETM | 1U << TLSN_FEATURE_TICKETS |
                      1U << TLSN_FEATURE_SESSION_IDS;
    f->hs.role = role;
    f->hs.cfg = &f->cfg;
    f->hs.err = &f->err;
    f->hs.version = tlsni_version_find(TLSN_TLS1_2);
    f->hs.peer_uncompressed = true;
}

void ext_client(struct ext_fixture *f)
{
    init(f, TLSN_CLIENT);
}

void ext_server(struct ext_fixture *f)
{
    init(f, TLSN_SERVER);
    f->hs.suite = tlsni_suite_find(f->suites[0]);
}

void ext_client13(struct ext_fixture *f)
{
    ext_client(f);
    f->hs.worlds = TLSNI_WORLD_13;
}

void ext_server13(struct ext_fixture *f)
{
    ext_server(f);
    f->hs.version = tlsni_version_find(TLSN_TLS1_3);
}

void ext_set_suites(struct ext_fixture *f, uint16_t a, uint16_t b)
{
    f->suites[0] = a;
    f->suites[1] = b;
    f->cfg.suites.count = 2;
}

void ext_set_feature(struct ext_fixture *f, enum tlsn_feature feature, bool on)
{
    f->cfg.features = (f->cfg.features & ~(1U << feature)) | (uint32_t)on << feature;
}

static uint64_t bit_of(uint16_t type)
{
    size_t count;
    const struct tlsni_ext *const *rows = tlsni_ext_rows(&count);

    for (size_t i = 0; i < count; i++)
        if (rows[i]->type == type)
            return (uint64_t)1 << i;
    fail();
    return 0;
}

void ext_mark_sent(struct ext_fixture *f, uint16_t type)
{
    f->hs.ext_sent |= bit_of(type);
}

/* In a block of its own, so that sanitizers see a read behind it. What stays behind are spans
 * into f->block. */
static tlsn_status read_bytes(struct ext_fixture *f, const uint8_t *bytes, size_t len)
{
    enum tlsni_ext_message m = f->hs.role == TLSN_SERVER ? TLSNI_IN_CLIENT_HELLO
                                                         : TLSNI_IN_SERVER_HELLO;
    uint8_t *end = f->block + sizeof f->block;

    assert_true(len <= sizeof f->block);
    if (len)
        memmove(end - len, bytes, len);
    return tlsni_ext_read(&f->hs, m, tlsni_span_make(end - len, len));
}

tlsn_status ext_read_block(struct ext_fixture *f, const char *hex)
{
    uint8_t bytes[1024];

    return read_bytes(f, bytes, vec_unhex(hex, bytes, sizeof bytes));
}

static tlsn_status read_data(struct ext_fixture *f, uint16_t type, const uint8_t *data, size_t len)
{
    uint8_t block[1024];
    struct tlsni_wr w = tlsni_wr_make(block, sizeof block);

    ext_mark_sent(f, type);
    tlsni_wr_u16(&w, type);
    tlsni_wr_vec(&w, 2, tlsni_span_make(data, len));
    assert_false(w.bad);
    return read_bytes(f, block, w.len);
}

tlsn_status ext_read_one(struct ext_fixture *f, uint16_t type, const char *hex)
{
    uint8_t data[1024];

    return read_data(f, type, data, vec_unhex(hex, data, sizeof data));
}

bool ext_write_one(struct ext_fixture *f, uint16_t type, struct tlsn_span *data)
{
    enum tlsni_ext_message m = f->hs.role == TLSN_CLIENT ? TLSNI_IN_CLIENT_HELLO
                                                         : TLSNI_IN_SERVER_HELLO;
    struct tlsni_wr w = tlsni_wr_make(f->block, sizeof f->block);

    tlsni_ext_write(&f->hs, m, &w);
    assert_false(w.bad);
    if (!w.len)
        return false;
    assert_int_equal(f->block[0] << 8 | f->block[1], w.len - 2);
    return tlsni_ext_find(tlsni_span_make(f->block + 2, w.len - 2), type, data);
}

void ext_check_written(struct ext_fixture *f, uint16_t type, const char *hex)
{
    uint8_t want[1024];
    size_t len = vec_unhex(hex, want, sizeof want);
    struct tlsn_span data;

    assert_true(ext_write_one(f, type, &data));
    assert_int_equal(data.len, len);
    if (len)
        assert_memory_equal(data.data, want, len);
}

void ext_check_exact(ext_init *init_fixture, uint16_t type, const char *hex)
{
    uint8_t data[1024] = { 0 };
    size_t len = vec_unhex(hex, data, sizeof data - 1);

    for (size_t cut = 0; cut <= len + 1; cut++) {
        struct ext_fixture *f = malloc(sizeof *f);

        assert_non_null(f);
        init_fixture(f);
        assert_int_equal(read_data(f, type, data, cut), cut == len ? TLSN_OK : TLSN_ERR_DECODE);
        assert_int_equal(f->err.status, cut == len ? 0 : TLSN_ERR_DECODE);
        free(f);
    }
}

void ext_check_length(ext_init *init_fixture, uint16_t type, const char *hex, size_t offset)
{
    uint8_t data[1024];
    size_t len = vec_unhex(hex, data, sizeof data);

    for (int change = -1; change <= 1; change += 2) {
        struct ext_fixture f;

        init_fixture(&f);
        data[offset] = (uint8_t)(data[offset] + change);
        assert_int_equal(read_data(&f, type, data, len), TLSN_ERR_DECODE);
        data[offset] = (uint8_t)(data[offset] - change);
    }
}
