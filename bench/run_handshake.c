/* run_handshake.c - connections a second: two objects made, the handshake, both freed. The client
 * verifies leaf and intermediate up to a root, and the name. Client's and server's time are told
 * apart. */
#include "harness.h"

#include <stdio.h>

enum { AT_LEAST = 3 };

/* TLS 1.2 with AES-128-GCM and P-256 where nothing else is said. */
static const struct bench_case cases[] = {
    { .name = "ECDHE-ECDSA P-256", .kx = ECDHE_ECDSA },
    { .name = "ECDHE-RSA 2048", .kx = ECDHE_RSA },
    { .name = "RSA 2048", .kx = STATIC_RSA },
    { .name = "DHE-RSA 2048", .kx = DHE_RSA },
    { .name = "ECDHE-ECDSA mutual", .kx = ECDHE_ECDSA, .mutual = true },
    { .name = "resumed by ticket", .kx = ECDHE_ECDSA, .resume = BY_TICKET },
    { .name = "resumed by session ID", .kx = ECDHE_ECDSA, .resume = BY_ID },
    { .name = "1.3 X25519 ECDSA", .kx = ECDHE_ECDSA, .version = TLS_1_3, .group = X_25519 },
    { .name = "1.3 P-256 RSA-PSS 2048", .kx = ECDHE_RSA, .version = TLS_1_3 },
    { .name = "1.3 PSK-DHE X25519", .resume = BY_TICKET, .version = TLS_1_3, .group = X_25519 },
};

static bool once(const struct bench_lib *lib, const struct bench_case *c, void *ctx,
                 struct stream to[2], double seconds[2])
{
    struct bench_pair p;
    bool ok = bench_pair_open(&p, lib, ctx, to);

    if (ok && c->resume != NOT_RESUMED)
        ok = lib->resumed(p.side[1]);
    bench_pair_close(&p);
    seconds[0] += p.seconds[0];
    seconds[1] += p.seconds[1];
    return ok;
}

static void measure(size_t column, const struct bench_case *c, void *ctx, struct stream to[2],
                    double slice)
{
    char line[48];
    double seconds[2] = { 0, 0 };
    unsigned count = 0;

    while (seconds[0] + seconds[1] < slice || count < AT_LEAST) {
        if (!once(bench_libs[column], c, ctx, to, seconds)) {
            (void)printf("note: %s failed in %s\n", bench_libs[column]->name, c->name);
            return;
        }
        count++;
    }
    figure_add(figure_line("handshakes", c->name, "1/s", true), column,
               count / (seconds[0] + seconds[1]));
    (void)snprintf(line, sizeof line, "%s, client", c->name);
    figure_add(figure_line("handshakes", line, "us", false), column, 1e6 * seconds[0] / count);
    (void)snprintf(line, sizeof line, "%s, server", c->name);
    figure_add(figure_line("handshakes", line, "us", false), column, 1e6 * seconds[1] / count);
}

void bench_handshakes(const struct bench_options *o, const struct bench_identities *ids)
{
    struct stream to[2];

    if (!bench_streams_new(to))
        return;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        void *ctx[LIBS_MAX];

        for (size_t i = 0; i < bench_lib_count; i++)
            ctx[i] = bench_prepare(bench_libs[i], &cases[k], ids, to);
        for (unsigned round = 0; round < o->rounds; round++)
            for (size_t i = 0; i < bench_lib_count; i++)
                if (ctx[i])
                    measure(i, &cases[k], ctx[i], to, o->slice);
        for (size_t i = 0; i < bench_lib_count; i++)
            if (ctx[i])
                bench_libs[i]->teardown(ctx[i]);
    }
}
