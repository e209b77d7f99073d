/* run_certificates.c - loading the system's bundle, and parsing and verifying a chain of three. */
#include "harness.h"

#include <stdio.h>

static const char *const kinds[] = { "verify chain, P-256", "verify chain, RSA 2048" };

static void load(const struct bench_options *o, size_t column)
{
    double start = bench_now();
    size_t count = bench_libs[column]->load(o->bundle);
    double end = bench_now();

    if (count)
        figure_add(figure_line("certificates", "load and free the bundle", "ms", false), column,
                   1e3 * (end - start));
}

static void verify(const struct bench_options *o, size_t column,
                   const struct bench_identity *id, const char *kind)
{
    const struct bench_lib *lib = bench_libs[column];
    void *judge = lib->judge_new(id);
    unsigned count = 0;
    double start, end;

    if (!judge || !lib->judge(judge)) {
        (void)printf("note: %s cannot verify: %s\n", lib->name, kind);
        if (judge)
            lib->judge_free(judge);
        return;
    }
    start = end = bench_now();
    while (end - start < o->slice) {
        (void)lib->judge(judge);
        count++;
        end = bench_now();
    }
    figure_add(figure_line("certificates", kind, "us", false), column, 1e6 * (end - start) / count);
    lib->judge_free(judge);
}

void bench_certificates(const struct bench_options *o, const struct bench_identities *ids)
{
    for (unsigned round = 0; round < o->rounds; round++)
        for (size_t i = 0; i < bench_lib_count; i++) {
            load(o, i);
            for (size_t k = 0; k < 2; k++)
                verify(o, i, &ids->server[k], kinds[k]);
        }
}
