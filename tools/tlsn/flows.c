/* flows.c - the handshake flow tables as columns, JSON lines or a Graphviz graph. */
#include "commands.h"
#include "table.h"

#include <string.h>

enum { SCRATCH = 512 };

static const char *const flow_columns[] = { "flow", "state", "event", "next", "action", "when",
                                            "unless", "needs", "proves", "source", NULL };

static bool flow_row(size_t i, struct table_cells *cells)
{
    struct tlsn_flow_info f;
    char scratch[SCRATCH];
    const char *texts[COUNT(flow_columns) - 1];

    if (!tlsn_flow_info(i, &f, scratch, sizeof scratch))
        return false;
    texts[0] = f.flow;
    texts[1] = f.state;
    texts[2] = f.event;
    texts[3] = f.next;
    texts[4] = f.action;
    texts[5] = f.when;
    texts[6] = f.unless;
    texts[7] = f.needs;
    texts[8] = f.proves;
    texts[9] = f.source;
    for (size_t c = 0; c < COUNT(texts); c++)
        (void)snprintf(cells->text[c], sizeof cells->text[c], "%s", texts[c]);
    return true;
}

static void dot_edge(const struct tlsn_flow_info *f)
{
    (void)printf("    \"%s/%s\" -> \"%s/%s\" [label=\"%s", f->flow, f->state, f->flow, f->next,
                 f->event);
    if (*f->when)
        (void)printf("\\nif %s", f->when);
    if (*f->unless)
        (void)printf("\\nunless %s", f->unless);
    if (*f->proves)
        (void)printf("\\nproves %s", f->proves);
    (void)printf("\"];\n    \"%s/%s\" [label=\"%s\"];\n    \"%s/%s\" [label=\"%s\"];\n", f->flow,
                 f->state, f->state, f->flow, f->next, f->next);
}

static void print_dot(void)
{
    struct tlsn_flow_info f;
    char scratch[SCRATCH], flow[64] = "";

    (void)printf("digraph flows {\n  node [shape=box];\n");
    for (size_t i = 0; tlsn_flow_info(i, &f, scratch, sizeof scratch); i++) {
        if (strcmp(f.flow, flow) != 0) {
            (void)printf("%s  subgraph \"cluster_%s\" {\n    label=\"%s\";\n", *flow ? "  }\n" : "",
                         f.flow, f.flow);
            (void)snprintf(flow, sizeof flow, "%s", f.flow);
        }
        dot_edge(&f);
    }
    (void)printf("%s}\n", *flow ? "  }\n" : "");
}

int flows_run(const struct options *options)
{
    static const struct table table = { flow_columns, "ssssssssss", flow_row };

    if (options->dot)
        print_dot();
    else if (options->json)
        table_print_json(&table);
    else
        table_print(&table);
    return STATUS_OK;
}
