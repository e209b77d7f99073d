/* table.c - aligned columns and JSON lines from the same cells. */
#include "table.h"
#include "json.h"

#include <stdlib.h>
#include <string.h>

static size_t column_count(const struct table *table)
{
    size_t n = 0;

    while (table->columns[n])
        n++;
    return n;
}

static void print_row(const struct table *table, const struct table_cells *cells,
                      const size_t *width, size_t columns)
{
    for (size_t c = 0; c < columns; c++) {
        int pad = c + 1 < columns ? (int)width[c] : 0;

        if (table->types[c] == 'n')
            (void)printf("%*s", (int)width[c], cells->text[c]);
        else
            (void)printf("%-*s", pad, cells->text[c]);
        (void)fputs(c + 1 < columns ? "  " : "\n", stdout);
    }
}

void table_print(const struct table *table)
{
    struct table_cells cells;
    size_t width[TABLE_COLUMNS_MAX], columns = column_count(table);

    for (size_t c = 0; c < columns; c++)
        width[c] = strlen(table->columns[c]);
    for (size_t i = 0; table->row(i, &cells); i++)
        for (size_t c = 0; c < columns; c++) {
            size_t len = strlen(cells.text[c]);

            width[c] = len > width[c] ? len : width[c];
        }
    for (size_t c = 0; c < columns; c++)
        (void)snprintf(cells.text[c], sizeof cells.text[c], "%s", table->columns[c]);
    print_row(table, &cells, width, columns);
    for (size_t i = 0; table->row(i, &cells); i++)
        print_row(table, &cells, width, columns);
}

/* Words with blanks between them as an array. */
static void print_words(struct json *j, const char *key, char *text)
{
    json_open(j, key, '[');
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        json_string(j, NULL, word);
    json_close(j, ']');
}

void table_print_json(const struct table *table)
{
    struct table_cells cells;
    size_t columns = column_count(table);

    for (size_t i = 0; table->row(i, &cells); i++) {
        struct json j = { .f = stdout };

        json_open(&j, NULL, '{');
        for (size_t c = 0; c < columns; c++) {
            char *text = cells.text[c];

            if (table->types[c] == 'n')
                json_int(&j, table->columns[c], strtoll(text, NULL, 10));
            else if (table->types[c] == 'b')
                json_bool(&j, table->columns[c], strcmp(text, "yes") == 0);
            else if (table->types[c] == 'l')
                print_words(&j, table->columns[c], text);
            else
                json_string(&j, table->columns[c], text);
        }
        json_close(&j, '}');
        (void)putchar('\n');
    }
}
