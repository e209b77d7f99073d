/* table.h - rows of text cells, printed in aligned columns or as JSON objects. */
#ifndef TLSN_TABLE_H
#define TLSN_TABLE_H

#include "tool.h"

enum { TABLE_COLUMNS_MAX = 20, TABLE_CELL_MAX = 256 };

struct table_cells {
    char text[TABLE_COLUMNS_MAX][TABLE_CELL_MAX];
};

struct table {
    const char *const *columns; /* names, also the keys in JSON; NULL behind the last */
    const char *types;          /* a letter a column: s text, n number, b "yes" or "no", l words */
    /* Fills the cells of row i; false behind the last. */
    bool (*row)(size_t i, struct table_cells *cells);
};

void table_print(const struct table *table);
void table_print_json(const struct table *table);

#endif
