/* main.c - bench: this library beside OpenSSL and GnuTLS, in one run.
 *
 *   bench [-r ROUNDS] [-s SECONDS] [-g hbmx] [-c BUNDLE]
 *
 * -s is the time per library, line and round; -g chooses handshakes, bulk, memory, certificates. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct bench_lib *const bench_libs[] = {
    &bench_tlsn,
#ifdef BENCH_OPENSSL
    &bench_openssl,
#endif
#ifdef BENCH_GNUTLS
    &bench_gnutls,
#endif
};
const size_t bench_lib_count = sizeof bench_libs / sizeof bench_libs[0];

static int usage(void)
{
    (void)fprintf(stderr, "usage: bench [-r ROUNDS] [-s SECONDS] [-g hbmx] [-c BUNDLE]\n");
    return 1;
}

static void name_libraries(void)
{
    for (size_t i = 0; i < bench_lib_count; i++)
        (void)printf("%-8s %s\n", bench_libs[i]->name, bench_libs[i]->version());
#ifndef BENCH_OPENSSL
    (void)printf("openssl  skipped: its development package was not there when this was built\n");
#endif
#ifndef BENCH_GNUTLS
    (void)printf("gnutls   skipped: its development package was not there when this was built\n");
#endif
}

static void run(const char *groups, const struct bench_options *o,
                const struct bench_identities *ids)
{
    if (strchr(groups, 'h'))
        bench_handshakes(o, ids);
    if (strchr(groups, 'b'))
        bench_bulk(o, ids);
    if (strchr(groups, 'm'))
        bench_memory(ids);
    if (strchr(groups, 'x'))
        bench_certificates(o, ids);
    figures_print();
    bench_bars();
}

int main(int argc, char **argv)
{
    static struct bench_identities ids;
    struct bench_options o = { 7, 0.06, "/etc/ssl/certs/ca-certificates.crt" };
    const char *groups = "hbmx";
    int option;

    while ((option = getopt(argc, argv, "r:s:g:c:")) != -1) {
        switch (option) {
        case 'r': o.rounds = (unsigned)strtoul(optarg, NULL, 10); break;
        case 's': o.slice = strtod(optarg, NULL); break;
        case 'g': groups = optarg; break;
        case 'c': o.bundle = optarg; break;
        default: return usage();
        }
    }
    if (optind != argc || o.rounds < 1 || o.rounds > ROUNDS_MAX || !(o.slice > 0))
        return usage();
    name_libraries();
    if (!bench_make_identities(&ids)) {
        (void)fprintf(stderr, "bench: certificates could not be made\n");
        return 3;
    }
    run(groups, &o, &ids);
    return 0;
}
