/* run_memory.c - heap: of an idle connection (sixteen are held), at the peak of a handshake, and
 * allocations of a handshake and of a record. Each side by itself. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HELD = 16, RECORDS = 64 };

static const struct bench_case fulls[] = {
    { .name = "ECDHE-ECDSA P-256", .kx = ECDHE_ECDSA },
    { .name = "1.3 X25519 ECDSA", .kx = ECDHE_ECDSA, .version = TLS_1_3, .group = X_25519 },
};
static const char *const sides[] = { "client", "server" };

/* A handshake, with each side's allocations counted for it. */
static bool counted_open(struct bench_pair *p, const struct bench_lib *lib, void *ctx,
                         struct stream to[2], struct heap_count heap[2])
{
    enum bench_step step[2] = { STEP_BLOCKED, STEP_BLOCKED };

    memset(p, 0, sizeof *p);
    p->lib = lib;
    for (int side = 0; side < 2; side++) {
        to[side].at = to[side].end = 0;
        heap_count_for(&heap[side]);
        p->side[side] = lib->open(ctx, side == 1, &to[side], &to[!side]);
        heap_count_for(NULL);
    }
    for (int n = 0; n < 40 && (step[0] != STEP_DONE || step[1] != STEP_DONE); n++) {
        int side = n % 2;

        if (step[side] != STEP_BLOCKED)
            continue;
        heap_count_for(&heap[side]);
        step[side] = lib->handshake(p->side[side]);
        heap_count_for(NULL);
    }
    return step[0] == STEP_DONE && step[1] == STEP_DONE;
}

/* Lines of TLS 1.2 have no prefix. */
static const char *prefix(const struct bench_case *c)
{
    return c->version == TLS_1_3 ? "1.3 " : "";
}

static void report(const struct bench_case *c, const char *what, const char *unit, int side,
                   size_t column, double value)
{
    char line[48];

    (void)snprintf(line, sizeof line, "%s%s, %s", prefix(c), what, sides[side]);
    figure_add(figure_line("memory", line, unit, false), column, value);
}

static void handshake(const struct bench_case *c, size_t column, void *ctx, struct stream to[2])
{
    struct heap_count heap[2] = { 0 };
    struct bench_pair p;

    if (counted_open(&p, bench_libs[column], ctx, to, heap))
        for (int side = 0; side < 2; side++) {
            report(c, "peak in a handshake", "KB", side, column, (double)heap[side].peak / 1000);
            report(c, "allocations per handshake", "", side, column, (double)heap[side].calls);
        }
    bench_pair_close(&p);
}

static void idle(const struct bench_case *c, size_t column, void *ctx, struct stream to[2])
{
    struct heap_count heap[2] = { 0 };
    struct bench_pair held[HELD];
    bool ok = true;

    for (int i = 0; i < HELD; i++)
        ok &= counted_open(&held[i], bench_libs[column], ctx, to, heap);
    for (int side = 0; side < 2 && ok; side++)
        report(c, "idle connection", "KB", side, column, (double)heap[side].live / 1000 / HELD);
    for (int i = 0; i < HELD; i++)
        bench_pair_close(&held[i]);
}

static void records(const struct bench_case *c, size_t column, void *ctx, struct stream to[2])
{
    static uint8_t payload[1400], sink[17408];
    struct heap_count heap[2] = { 0 };
    struct bench_pair p;
    bool ok = bench_pair_open(&p, bench_libs[column], ctx, to);

    for (int i = 0; i < RECORDS + 1 && ok; i++) {
        if (i == 1) /* the first may set something up */
            memset(heap, 0, sizeof heap);
        heap_count_for(&heap[0]);
        ok = p.lib->send(p.side[0], payload, sizeof payload) == sizeof payload;
        heap_count_for(&heap[1]);
        ok = ok && p.lib->receive(p.side[1], sink, sizeof sink) == sizeof payload;
        heap_count_for(NULL);
    }
    if (ok) {
        report(c, "allocations per record", "", 0, column, (double)heap[0].calls / RECORDS);
        report(c, "allocations per record", "", 1, column, (double)heap[1].calls / RECORDS);
    }
    bench_pair_close(&p);
}

static void measure(const struct bench_case *c, size_t column, const struct bench_identities *ids,
                    struct stream to[2])
{
    void *ctx = bench_prepare(bench_libs[column], c, ids, to);

    if (!ctx)
        return;
    idle(c, column, ctx, to);
    handshake(c, column, ctx, to);
    records(c, column, ctx, to);
    bench_libs[column]->teardown(ctx);
}

void bench_memory(const struct bench_identities *ids)
{
    struct stream to[2];

    if (!bench_streams_new(to))
        return;
    for (size_t k = 0; k < sizeof fulls / sizeof fulls[0]; k++)
        for (size_t i = 0; i < bench_lib_count; i++)
            measure(&fulls[k], i, ids, to);
}
