/* pair.c - client and server of one library, talking to each other. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TURNS_MAX = 20 };

bool bench_streams_new(struct stream to[2])
{
    for (int i = 0; i < 2; i++) {
        memset(&to[i], 0, sizeof to[i]);
        to[i].bytes = malloc(STREAM_CAP);
        if (!to[i].bytes)
            return false;
        memset(to[i].bytes, 1, STREAM_CAP); /* its pages are there from the start */
    }
    return true;
}

static enum bench_step turn(struct bench_pair *p, int side)
{
    double start = bench_now();
    enum bench_step step = p->lib->handshake(p->side[side]);

    p->seconds[side] += bench_now() - start;
    return step;
}

static bool shake_hands(struct bench_pair *p)
{
    enum bench_step step[2] = { STEP_BLOCKED, STEP_BLOCKED };

    for (int n = 0; n < TURNS_MAX; n++) {
        for (int side = 0; side < 2; side++) {
            if (step[side] == STEP_BLOCKED)
                step[side] = turn(p, side);
            if (step[side] == STEP_FAILED)
                return false;
        }
        if (step[0] == STEP_DONE && step[1] == STEP_DONE)
            return true;
    }
    return false;
}

bool bench_pair_open(struct bench_pair *p, const struct bench_lib *lib, void *ctx,
                     struct stream to[2])
{
    memset(p, 0, sizeof *p);
    p->lib = lib;
    for (int side = 0; side < 2; side++) {
        double start = bench_now();

        to[side].at = to[side].end = 0;
        p->side[side] = lib->open(ctx, side == 1, &to[side], &to[!side]);
        p->seconds[side] += bench_now() - start;
        if (!p->side[side])
            return false;
    }
    return shake_hands(p);
}

void bench_pair_close(struct bench_pair *p)
{
    for (int side = 0; side < 2; side++) {
        double start = bench_now();

        if (p->side[side])
            p->lib->close(p->side[side]);
        p->side[side] = NULL;
        p->seconds[side] += bench_now() - start;
    }
}

/* One full connection, and with a resuming case a second one that has to resume. */
static bool prove(const struct bench_lib *lib, const struct bench_case *c, void *ctx,
                  struct stream to[2])
{
    struct bench_pair p;
    bool ok = bench_pair_open(&p, lib, ctx, to);

    if (ok && c->resume != NOT_RESUMED)
        ok = lib->keep(ctx, p.side[0]);
    bench_pair_close(&p);
    if (!ok || c->resume == NOT_RESUMED)
        return ok;
    ok = bench_pair_open(&p, lib, ctx, to) && lib->resumed(p.side[0]) && lib->resumed(p.side[1]);
    bench_pair_close(&p);
    return ok;
}

void *bench_prepare(const struct bench_lib *lib, const struct bench_case *c,
                    const struct bench_identities *ids, struct stream to[2])
{
    void *ctx = lib->setup(c, ids);

    if (ctx && prove(lib, c, ctx, to))
        return ctx;
    (void)printf("note: %s cannot do %s here\n", lib->name, c->name);
    if (ctx)
        lib->teardown(ctx);
    return NULL;
}
