/* bars.c - what this library wants to reach, and whether it did in this run. */
#include "harness.h"

#include <stdio.h>
#include <string.h>

static unsigned reached, missed;

static size_t column_of(const char *name)
{
    for (size_t i = 0; i < bench_lib_count; i++)
        if (strcmp(bench_libs[i]->name, name) == 0)
            return i;
    return LIBS_MAX;
}

static void verdict(const char *what, double got, const char *unit, double bar, bool at_least)
{
    bool ok = at_least ? got >= bar : got <= bar;

    (void)printf("  %-58s %9.2f %-5s %s %7.2f  %s\n", what, got, unit,
                 at_least ? "at least" : "at most ", bar, ok ? "reached" : "NOT REACHED");
    *(ok ? &reached : &missed) += 1;
}

static void absent(const char *what)
{
    (void)printf("  %-58s not measured\n", what);
}

/* Handshakes a second against another library. */
static void times(const char *line, const char *other, double bar)
{
    size_t column = column_of(other);
    double ours = figure_median("handshakes", line, 0);
    double theirs = column < LIBS_MAX ? figure_median("handshakes", line, column) : -1;
    char what[80];

    (void)snprintf(what, sizeof what, "%s, against %s", line, other);
    if (ours <= 0 || theirs <= 0)
        absent(what);
    else
        verdict(what, ours / theirs, "x", bar, true);
}

/* Time for certificates as a part of another library's. */
static void part_of(const char *line, const char *other, double bar)
{
    size_t column = column_of(other);
    double ours = figure_median("certificates", line, 0);
    double theirs = column < LIBS_MAX ? figure_median("certificates", line, column) : -1;
    char what[80];

    (void)snprintf(what, sizeof what, "%s, part of %s's time", line, other);
    if (ours <= 0 || theirs <= 0)
        absent(what);
    else
        verdict(what, ours / theirs, "x", bar, false);
}

/* Nanoseconds of a record in one direction. */
static double record_ns(const char *line, double size, size_t column)
{
    double mb = figure_median("bulk", line, column);

    return mb > 0 ? size * 1000 / mb : -1;
}

static void over_nettle(const char *way, double size, const char *unit, double bar)
{
    char line[48], what[80];
    double ours, nettle;

    (void)snprintf(line, sizeof line, "AES-128-GCM %.0f %s", size, way);
    (void)snprintf(what, sizeof what, "AES-128-GCM, record of %.0f, %s, over bare Nettle", size,
                   way);
    ours = record_ns(line, size, 0);
    nettle = record_ns(line, size, NETTLE_COLUMN);
    if (ours <= 0 || nettle <= 0)
        absent(what);
    else if (unit[0] == '%')
        verdict(what, 100 * (ours - nettle) / nettle, unit, bar, false);
    else
        verdict(what, ours - nettle, unit, bar, false);
}

static void at_most(const char *line, const char *unit, double bar)
{
    double ours = figure_median("memory", line, 0);

    if (ours < 0)
        absent(line);
    else
        verdict(line, ours, unit, bar, false);
}

void bench_bars(void)
{
    (void)printf("\nbars\n");
    over_nettle("seal", 16384, "%", 3);
    over_nettle("open", 16384, "%", 3);
    over_nettle("seal", 64, "ns", 100);
    over_nettle("open", 64, "ns", 100);
    times("ECDHE-ECDSA P-256", "openssl", 1.2);
    times("ECDHE-ECDSA P-256", "gnutls", 1.3);
    times("ECDHE-RSA 2048", "openssl", 1.0);
    times("resumed by ticket", "openssl", 2.5);
    times("1.3 X25519 ECDSA", "openssl", 1.3);
    times("1.3 P-256 RSA-PSS 2048", "openssl", 1.0);
    times("1.3 PSK-DHE X25519", "openssl", 1.6);
    part_of("load and free the bundle", "openssl", 0.15);
    part_of("verify chain, RSA 2048", "openssl", 0.2);
    part_of("verify chain, P-256", "openssl", 0.65);
    at_most("idle connection, client", "KB", 10);
    at_most("idle connection, server", "KB", 10);
    at_most("allocations per handshake, client", "", 150);
    at_most("allocations per handshake, server", "", 150);
    at_most("allocations per record, client", "", 0);
    at_most("allocations per record, server", "", 0);
    at_most("1.3 idle connection, client", "KB", 10.5);
    at_most("1.3 idle connection, server", "KB", 10);
    at_most("1.3 allocations per record, client", "", 0);
    at_most("1.3 allocations per record, server", "", 0);
    (void)printf("%u reached, %u not reached\n", reached, missed);
}
