/* figures.c - samples by line and library, their medians, and the tables. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINES_MAX = 128 };

struct figure {
    const char *table, *unit;
    char line[48];
    bool more_is_better;
    unsigned count[LIBS_MAX];
    double sample[LIBS_MAX][ROUNDS_MAX];
};

static struct figure lines[LINES_MAX];
static size_t line_count;

double bench_now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static struct figure *find(const char *table, const char *line)
{
    for (size_t i = 0; i < line_count; i++)
        if (strcmp(lines[i].table, table) == 0 && strcmp(lines[i].line, line) == 0)
            return &lines[i];
    return NULL;
}

struct figure *figure_line(const char *table, const char *line, const char *unit,
                           bool more_is_better)
{
    struct figure *f = find(table, line);

    if (f)
        return f;
    if (line_count == LINES_MAX)
        abort();
    f = &lines[line_count++];
    f->table = table;
    f->unit = unit;
    f->more_is_better = more_is_better;
    (void)snprintf(f->line, sizeof f->line, "%s", line);
    return f;
}

void figure_add(struct figure *f, size_t column, double value)
{
    if (f->count[column] < ROUNDS_MAX)
        f->sample[column][f->count[column]++] = value;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(const struct figure *f, size_t column)
{
    double sorted[ROUNDS_MAX];
    unsigned n = f->count[column];

    if (!n)
        return -1;
    memcpy(sorted, f->sample[column], n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_value);
    return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

double figure_median(const char *table, const char *line, size_t column)
{
    const struct figure *f = find(table, line);

    return f ? median(f, column) : -1;
}

static bool has_column(const char *table, size_t column)
{
    for (size_t i = 0; i < line_count; i++)
        if (strcmp(lines[i].table, table) == 0 && lines[i].count[column])
            return true;
    return false;
}

static const char *column_name(size_t column)
{
    return column < bench_lib_count ? bench_libs[column]->name : "nettle";
}

static void print_head(const char *table)
{
    (void)printf("\n%-38s %-6s", table, "unit");
    for (size_t c = 0; c < LIBS_MAX; c++)
        if (has_column(table, c))
            (void)printf(" %12s", column_name(c));
    for (size_t c = 1; c < LIBS_MAX; c++)
        if (has_column(table, c))
            (void)printf("  x %-8s", column_name(c));
    (void)putchar('\n');
}

/* Ratios say how much better ours is: above 1 is better, whatever the unit. */
static void print_line(const struct figure *f)
{
    double ours = median(f, 0);

    (void)printf("  %-36s %-6s", f->line, f->unit);
    for (size_t c = 0; c < LIBS_MAX; c++) {
        double m = median(f, c);

        if (!has_column(f->table, c))
            continue;
        if (m < 0)
            (void)printf(" %12s", "-");
        else
            (void)printf(" %12.*f", m < 100 ? 2 : 0, m);
    }
    for (size_t c = 1; c < LIBS_MAX; c++) {
        double m = median(f, c);

        if (!has_column(f->table, c))
            continue;
        if (m <= 0 || ours <= 0)
            (void)printf("  %-10s", "-");
        else
            (void)printf("  %-10.2f", f->more_is_better ? ours / m : m / ours);
    }
    (void)putchar('\n');
}

void figures_print(void)
{
    const char *table = "";

    for (size_t i = 0; i < line_count; i++) {
        if (strcmp(table, lines[i].table) != 0)
            print_head(table = lines[i].table);
        print_line(&lines[i]);
    }
}
