/* run_bulk.c - records of 16384, 1400 and 64 bytes from client to server: a batch is sealed into
 * the stream, then opened from it, each timed by itself. Bare Nettle does the same work without a
 * library around it. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_BYTES = 1 << 17, BATCH_MAX = 256, PAYLOAD_MAX = 16384 };

static const struct bench_case cases[] = {
    { .name = "AES-128-GCM", .cipher = AES_128_GCM },
    { .name = "AES-256-GCM", .cipher = AES_256_GCM },
    { .name = "ChaCha20-Poly1305", .cipher = CHACHA20_POLY1305 },
    { .name = "AES-128-CBC-SHA256", .cipher = AES_128_CBC_SHA256 },
    { .name = "AES-128-CBC-SHA256 EtM", .cipher = AES_128_CBC_SHA256, .etm = true },
    { .name = "1.3 AES-128-GCM", .cipher = AES_128_GCM, .version = TLS_1_3, .group = X_25519 },
};
static const size_t sizes[] = { 16384, 1400, 64 };

static uint8_t payload[PAYLOAD_MAX], sink[PAYLOAD_MAX + 1024];

/* What is measured: a pair of a library, or Nettle. */
struct subject {
    size_t column;
    void *ctx, *nettle;
    struct bench_pair pair;
    struct stream to[2];
};

static bool batch_of_pair(struct subject *s, size_t size, unsigned count, double seconds[2])
{
    const struct bench_lib *lib = s->pair.lib;
    double start = bench_now(), between;
    bool ok = true;

    for (unsigned i = 0; i < count; i++)
        ok &= lib->send(s->pair.side[0], payload, size) == size;
    between = bench_now();
    for (unsigned i = 0; i < count; i++)
        ok &= lib->receive(s->pair.side[1], sink, sizeof sink) == size;
    seconds[1] += bench_now() - between;
    seconds[0] += between - start;
    return ok;
}

static bool batch_of_nettle(struct subject *s, size_t size, unsigned count, double seconds[2])
{
    size_t step = size + 128;
    double start = bench_now(), between;

    for (unsigned i = 0; i < count; i++)
        bench_nettle_seal(s->nettle, s->to[0].bytes + i * step, payload, size);
    between = bench_now();
    for (unsigned i = 0; i < count; i++)
        bench_nettle_open(s->nettle, sink, s->to[0].bytes + i * step, size);
    seconds[1] += bench_now() - between;
    seconds[0] += between - start;
    return true;
}

static void measure(struct subject *s, const struct bench_case *c, size_t size, double slice)
{
    unsigned count = size * BATCH_MAX <= BATCH_BYTES ? BATCH_MAX : (unsigned)(BATCH_BYTES / size);
    double seconds[2] = { 0, 0 }, bytes = 0;
    char line[48];

    while (seconds[0] + seconds[1] < slice) {
        if (!(s->nettle ? batch_of_nettle : batch_of_pair)(s, size, count, seconds)) {
            (void)printf("note: column %zu failed in %s\n", s->column, c->name);
            return;
        }
        bytes += (double)size * count;
    }
    for (int i = 0; i < 2; i++) {
        (void)snprintf(line, sizeof line, "%s %zu %s", c->name, size, i ? "open" : "seal");
        figure_add(figure_line("bulk", line, "MB/s", true), s->column, bytes / seconds[i] / 1e6);
    }
}

static bool subject_open(struct subject *s, size_t column, const struct bench_case *c,
                         const struct bench_identities *ids)
{
    memset(s, 0, sizeof *s);
    s->column = column;
    if (!bench_streams_new(s->to))
        return false;
    if (column == NETTLE_COLUMN)
        return (s->nettle = bench_nettle_new(c)) != NULL;
    s->ctx = bench_prepare(bench_libs[column], c, ids, s->to);
    return s->ctx && bench_pair_open(&s->pair, bench_libs[column], s->ctx, s->to);
}

static void subject_close(struct subject *s)
{
    if (s->pair.lib)
        bench_pair_close(&s->pair);
    if (s->ctx)
        bench_libs[s->column]->teardown(s->ctx);
    bench_nettle_free(s->nettle);
    free(s->to[0].bytes);
    free(s->to[1].bytes);
}

static void run_case(const struct bench_options *o, const struct bench_case *c,
                     const struct bench_identities *ids)
{
    struct subject s[LIBS_MAX];
    bool there[LIBS_MAX] = { false };

    for (size_t i = 0; i < LIBS_MAX; i++)
        if (i < bench_lib_count || i == NETTLE_COLUMN)
            there[i] = subject_open(&s[i], i, c, ids);
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++)
        for (unsigned round = 0; round < o->rounds; round++)
            for (size_t i = 0; i < LIBS_MAX; i++)
                if (there[i])
                    measure(&s[i], c, sizes[k], o->slice / 2);
    for (size_t i = 0; i < LIBS_MAX; i++)
        if (i < bench_lib_count || i == NETTLE_COLUMN)
            subject_close(&s[i]);
}

void bench_bulk(const struct bench_options *o, const struct bench_identities *ids)
{
    for (size_t i = 0; i < sizeof payload; i++)
        payload[i] = (uint8_t)(i * 31 + (i >> 8));
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++)
        run_case(o, &cases[k], ids);
}
