/* options.c - parsing by the option table. */
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 40 };

static size_t least(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;

    return m < c ? m : c;
}

/* Edit distance; words longer than WORD_MAX are far from everything. */
static size_t distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1], la = strlen(a), lb = strlen(b);

    if (la > WORD_MAX || lb > WORD_MAX)
        return WORD_MAX;
    for (size_t j = 0; j <= lb; j++)
        row[j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t above = row[j];

            row[j] = least(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[lb];
}

const char *options_nearest(const char *word, const char *(*next)(size_t i, const void *ctx),
                            const void *ctx)
{
    const char *best = NULL, *name;
    size_t best_distance = strlen(word) > 6 ? 4 : 3;

    for (size_t i = 0; (name = next(i, ctx)) != NULL; i++) {
        size_t d = *name ? distance(word, name) : WORD_MAX;

        if (d < best_distance) {
            best = name;
            best_distance = d;
        }
    }
    return best;
}

static const char *option_name(size_t i, const void *ctx)
{
    const struct command *command = ctx;

    if (i >= option_row_count)
        return NULL;
    return option_rows[i].commands & command->bit ? option_rows[i].name : "";
}

/* The row of this command, else the row of another one, else NULL. */
static const struct option_row *find_row(const char *name, size_t len, unsigned command)
{
    const struct option_row *other = NULL;

    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];

        if (strlen(row->name) != len || strncmp(row->name, name, len) != 0)
            continue;
        if (row->commands & command)
            return row;
        other = row;
    }
    return other;
}

static int unknown_option(const char *name, size_t len, const struct command *command)
{
    char word[WORD_MAX + 1];
    const char *near;

    (void)snprintf(word, sizeof word, "%.*s", (int)(len < WORD_MAX ? len : WORD_MAX), name);
    near = options_nearest(word, option_name, command);
    if (near)
        return complain(STATUS_USAGE, "%s: unknown option of %s; did you mean %s?", word,
                        command->name, near);
    return complain(STATUS_USAGE, "%s: unknown option of %s (see tlsn %s --help)", word,
                    command->name, command->name);
}

static int set_list(const struct option_row *row, void *field, const char *value)
{
    struct list *list = field;

    if (list->n == LIST_MAX)
        return complain(STATUS_USAGE, "%s: more than %d of them", row->name, LIST_MAX);
    list->v[list->n++] = value;
    return STATUS_OK;
}

static int set_whole(const struct option_row *row, void *field, const char *value)
{
    struct number *number = field;
    char *end;

    errno = 0;
    number->value = strtoll(value, &end, 10);
    number->set = true;
    if (errno || end == value || *end || number->value < 0)
        return complain(STATUS_USAGE, "%s: '%s' is not a whole number", row->name, value);
    return STATUS_OK;
}

static int set_seconds(const struct option_row *row, void *field, const char *value)
{
    struct number *number = field;
    char *end;
    double seconds = strtod(value, &end);

    if (end == value || *end || !(seconds >= 0 && seconds <= 1e6))
        return complain(STATUS_USAGE, "%s: '%s' is not a number of seconds", row->name, value);
    number->value = (int64_t)(seconds * 1000);
    number->set = true;
    return STATUS_OK;
}

static int set_choice(const struct option_row *row, void *field, const char *value)
{
    size_t len = strlen(value);

    for (const char *word = row->arg; len && word; word = strchr(word, '|')) {
        word += *word == '|';
        if (strncmp(word, value, len) == 0 && (word[len] == '|' || !word[len])) {
            *(const char **)field = value;
            return STATUS_OK;
        }
    }
    return complain(STATUS_USAGE, "%s: '%s' is not one of %s", row->name, value, row->arg);
}

static int set_option(const struct option_row *row, struct options *out, const char *value)
{
    void *field = (char *)out + row->offset;

    switch (row->kind) {
    case FLAG:
        *(bool *)field = true;
        return STATUS_OK;
    case TEXT:
        *(const char **)field = value;
        return STATUS_OK;
    case LIST:
        return set_list(row, field, value);
    case WHOLE:
        return set_whole(row, field, value);
    case SECONDS:
        return set_seconds(row, field, value);
    case CHOICE:
        return set_choice(row, field, value);
    case LATER:
    case LATER_OPTIONAL:
        break;
    }
    return complain(STATUS_USAGE, "%s: not implemented yet", row->name);
}

/* One option at argv[*i], with its value behind '=' or in the next word. */
static int parse_option(struct options *out, const struct command *command, int argc, char **argv,
                        int *i)
{
    const char *word = argv[*i], *value = strchr(word, '=');
    size_t len = value ? (size_t)(value - word) : strlen(word);
    const struct option_row *row = find_row(word, len, command->bit);

    if (!row)
        return unknown_option(word, len, command);
    if (!(row->commands & command->bit))
        return complain(STATUS_USAGE, "%s: not an option of %s", row->name, command->name);
    if (row->kind == LATER || row->kind == LATER_OPTIONAL)
        return set_option(row, out, NULL);
    if (value && !row->arg)
        return complain(STATUS_USAGE, "%s: takes no value", row->name);
    if (value) {
        value++;
    } else if (row->arg) {
        if (*i + 1 >= argc)
            return complain(STATUS_USAGE, "%s: needs %s", row->name, row->arg);
        value = argv[++*i];
    }
    return set_option(row, out, value);
}

static int check_operands(const struct options *out, const struct command *command)
{
    if (out->operands.n < command->operands_min)
        return complain(STATUS_USAGE, "%s: needs %s (see tlsn %s --help)", command->name,
                        command->operands, command->name);
    if (out->operands.n > command->operands_max)
        return complain(STATUS_USAGE, "%s: unexpected argument '%s'", command->name,
                        out->operands.v[command->operands_max]);
    return STATUS_OK;
}

int options_parse(struct options *out, bool *help, const struct command *command, int argc,
                  char **argv)
{
    static const struct option_row operand = { .name = "arguments" };
    bool literal = false;

    *help = false;
    memset(out, 0, sizeof *out);
    for (int i = 0; i < argc; i++) {
        int status;

        if (!literal && strcmp(argv[i], "--") == 0) {
            literal = true;
            continue;
        }
        if (!literal && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)) {
            *help = true;
            return STATUS_OK;
        }
        if (literal || argv[i][0] != '-' || !argv[i][1])
            status = set_list(&operand, &out->operands, argv[i]);
        else
            status = parse_option(out, command, argc, argv, &i);
        if (status != STATUS_OK)
            return status;
    }
    return check_operands(out, command);
}
