/* wycheproof.c - runs Wycheproof vector files.
 *
 * usage: wycheproof [FILE...]     files in the format of the shared corpus; without arguments every
 * file of $TLSN_SHARED/vectors/wycheproof for which there is a row. One line a mismatch, one line a
 * file, and `N passed, N failed, N skipped` at the end. Exit status 77 when the corpus is not
 * there. */
#include "wycheproof.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct wyche_algorithm *const tables[] = {
    wyche_symmetric,
    wyche_kx,
    wyche_signatures,
    wyche_encryption,
    wyche_mlkem,
};

struct counts {
    unsigned passed, failed, known, not_applicable;
};

const char *wyche_text(const struct wyche_case *c, const char *key)
{
    const char *text = vec_text(c->test, key);

    return text ? text : vec_text(c->group, key);
}

struct tlsn_span wyche_bytes(const struct wyche_case *c, const char *key)
{
    return vec_bytes(vec_text(c->test, key) ? c->test : c->group, key);
}

long wyche_int(const struct wyche_case *c, const char *key)
{
    return vec_int(vec_text(c->test, key) ? c->test : c->group, key, -1);
}

bool wyche_flag(const struct wyche_case *c, const char *name)
{
    const char *at = vec_text(c->test, "flags");
    size_t len = strlen(name);

    for (; at && *at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, name, len) == 0 && (at[len] == ',' || at[len] == 0))
            return true;
    return false;
}

bool wyche_same(struct tlsn_span a, const void *data, size_t len)
{
    return a.len == len && (len == 0 || memcmp(a.data, data, len) == 0);
}

static bool fits(const char *pattern, const char *name)
{
    size_t len = strlen(pattern);

    if (len && pattern[len - 1] == '*')
        return strncmp(pattern, name, len - 1) == 0;
    return strcmp(pattern, name) == 0;
}

static const struct wyche_algorithm *find(const char *name)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (const struct wyche_algorithm *a = tables[i]; a && a->file; a++)
            if (fits(a->file, name))
                return a;
    return NULL;
}

static const char *known_reason(const struct wyche_algorithm *a, const char *name, long id)
{
    for (const struct wyche_known *k = a->known; k && k->id; k++)
        if (k->id == id && strcmp(k->file, name) == 0)
            return k->reason;
    return NULL;
}

static bool agrees(enum wyche_outcome outcome, const char *result)
{
    if (strcmp(result, "valid") == 0)
        return outcome == WYCHE_ACCEPTED;
    if (strcmp(result, "invalid") == 0)
        return outcome == WYCHE_REJECTED;
    return outcome != WYCHE_WRONG;
}

static const char *outcome_name(enum wyche_outcome outcome)
{
    static const char *const names[] = { "accepted", "rejected", "wrong value", "not applicable" };
    return names[outcome];
}

static void judge(const struct wyche_algorithm *a, const char *name, const struct wyche_case *c,
                  struct counts *n)
{
    enum wyche_outcome outcome = a->run(c);
    const char *result = vec_text(c->test, "result"), *reason = known_reason(a, name, c->id);
    const char *comment = vec_text(c->test, "comment");

    if (outcome == WYCHE_NOT_APPLICABLE) {
        n->not_applicable++;
        return;
    }
    if (agrees(outcome, result ? result : "") == !reason) {
        n->passed++;
        n->known += reason != NULL;
        return;
    }
    n->failed++;
    printf("%s case %ld: %s, expected %s%s (%s; flags %s)\n", name, c->id, outcome_name(outcome),
           result ? result : "a result", reason ? ", no longer differs as listed" : "",
           comment ? comment : "", vec_text(c->test, "flags") ? vec_text(c->test, "flags") : "");
}

/* "aes_gcm" from "aes_gcm_test.json" */
static void short_name(const struct vec_block *file, char *out, size_t cap)
{
    const char *source = vec_text(file, "source");
    char *end;

    (void)snprintf(out, cap, "%s", source ? source : "");
    end = strstr(out, "_test.json");
    if (end)
        *end = 0;
}

static void run_cases(struct vec_file *f, const struct wyche_algorithm *a, const char *name,
                      struct vec_block *file, struct counts *n)
{
    struct vec_block group = { 0 }, test = { 0 }, next = { 0 }, spare;
    struct wyche_case c = { file, &group, &test, 0 };

    while (vec_next(f, &next)) {
        struct vec_block *to = strcmp(vec_kind(&next), "group") == 0 ? &group : &test;

        spare = *to;
        *to = next;
        next = spare;
        if (to == &group)
            continue;
        c.id = strtol(vec_label(&test), NULL, 10);
        judge(a, name, &c, n);
    }
    vec_block_clear(&group);
    vec_block_clear(&test);
    vec_block_clear(&next);
}

/* named: the file was asked for, so it has to be there and to have a row. */
static void run_file(const char *path, bool named, struct counts *total)
{
    struct vec_file *f = vec_open(path);
    struct vec_block file = { 0 };
    const struct wyche_algorithm *a;
    struct counts n = { 0 };
    char name[128] = "";

    if (f && vec_next(f, &file) && strcmp(vec_kind(&file), "file") == 0)
        short_name(&file, name, sizeof name);
    a = *name ? find(name) : NULL;
    if (a) {
        run_cases(f, a, name, &file, &n);
        printf("%-36s %5u passed (%u of them known to differ), %u failed, %u not applicable\n",
               name, n.passed, n.known, n.failed, n.not_applicable);
    } else if (named) {
        printf("%s: %s\n", path, *name ? "no algorithm of ours" : "cannot be read");
        n.failed = !*name;
        n.not_applicable = *name != 0;
    }
    total->passed += n.passed;
    total->failed += n.failed;
    total->not_applicable += n.not_applicable;
    vec_block_clear(&file);
    vec_close(f);
}

static int is_vectors(const struct dirent *e)
{
    size_t len = strlen(e->d_name);

    return len > 4 && strcmp(e->d_name + len - 4, ".txt") == 0;
}

static bool run_corpus(const char *shared, struct counts *total)
{
    char dir[1024], path[2048];
    struct dirent **names;
    int count;

    (void)snprintf(dir, sizeof dir, "%s/vectors/wycheproof", shared);
    count = scandir(dir, &names, is_vectors, alphasort);
    for (int i = 0; i < count; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", dir, names[i]->d_name);
        run_file(path, false, total);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
    return count > 0;
}

int main(int argc, char **argv)
{
    const char *shared = vec_shared_dir();
    struct counts total = { 0 };

    for (int i = 1; i < argc; i++)
        run_file(argv[i], true, &total);
    if (argc < 2 && (!shared || !run_corpus(shared, &total))) {
        puts("skipped: the Wycheproof corpus is not there");
        return 77;
    }
    printf("%u passed, %u failed, %u skipped\n", total.passed, total.failed, total.not_applicable);
    return total.failed != 0;
}
