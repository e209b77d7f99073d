/* trust_file.c - trust anchors from files and directories. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "x509/trust.h"

enum { FILE_MAX = 64 << 20, PATH_TEXT_MAX = 4096 };

static tlsn_status read_all(const struct tlsn_hooks *env, FILE *f, struct tlsni_buf *out)
{
    for (;;) {
        tlsn_status st = tlsni_buf_reserve(env, out, 65536);
        size_t n;

        if (st != TLSN_OK)
            return st;
        n = fread(out->data + out->end, 1, out->cap - out->end, f);
        out->end += n;
        if (tlsni_buf_len(out) > FILE_MAX || ferror(f))
            return TLSN_ERR_FILE;
        if (!n)
            return TLSN_OK;
    }
}

static tlsn_status take_file(tlsn_trust *t, const char *path, size_t size, bool later,
                             size_t *added, size_t *refused)
{
    struct tlsni_buf text = { NULL, 0, 0, 0 };
    FILE *f = fopen(path, "rb");
    tlsn_status st;

    if (!f)
        return TLSN_ERR_FILE;
    st = size < FILE_MAX ? tlsni_buf_reserve(&t->env, &text, size + 65536) : TLSN_ERR_FILE;
    if (st == TLSN_OK)
        st = read_all(&t->env, f, &text);
    (void)fclose(f);
    if (st == TLSN_OK)
        st = tlsni_trust_take(t, tlsni_buf_span(&text), path,
                              later, added, refused);
    tlsni_buf_free(&t->env, &text);
    return st;
}

/* ---- directories ---- */

/* Which files of a directory were read: it often has two or three links to each: c_rehash makes one
 * by hash beside the one by name. */
struct seen {
    struct {
        dev_t dev;
        ino_t ino;
    } *file; /* owned */
    size_t count, cap;
};

static bool seen_before(const struct seen *seen, const struct stat *s)
{
    for (size_t i = seen->count; i-- > 0;)
        if (seen->file[i].ino == s->st_ino && seen->file[i].dev == s->st_dev)
            return true;
    return false;
}

static tlsn_status remember(const struct tlsn_hooks *env, struct seen *seen, const struct stat *s)
{
    if (seen->count == seen->cap) {
        size_t cap = seen->cap ? 2 * seen->cap : 64;
        void *grown = tlsni_alloc_array(env, cap, sizeof *seen->file);

        if (!grown)
            return TLSN_ERR_NO_MEMORY;
        if (seen->count)
            memcpy(grown, seen->file, seen->count * sizeof *seen->file);
        tlsni_free(env, seen->file);
        seen->file = grown;
        seen->cap = cap;
    }
    seen->file[seen->count].dev = s->st_dev;
    seen->file[seen->count++].ino = s->st_ino;
    return TLSN_OK;
}

/* c_rehash's names of revocation lists, 01234567.r0: no certificates. */
static bool is_crl_name(const char *name)
{
    return strspn(name, "0123456789abcdef") == 8 && name[8] == '.' && name[9] == 'r' &&
           name[10] && strspn(name + 10, "0123456789") == strlen(name + 10);
}

struct walk {
    tlsn_trust *trust;
    const char *dir;
    bool later, found;
    size_t added, refused;
    struct seen seen;
};

/* Files without certificates, and files that may not be read, are noted and passed over. */
static tlsn_status take_entry(struct walk *w, const char *name)
{
    char path[PATH_TEXT_MAX];
    size_t new = 0, bad = 0;
    struct stat s;
    tlsn_status st;

    if (name[0] == '.' || is_crl_name(name) ||
        snprintf(path, sizeof path, "%s/%s", w->dir, name) >= (int)sizeof path ||
        stat(path, &s) != 0 || !S_ISREG(s.st_mode) || seen_before(&w->seen, &s))
        return TLSN_OK;
    st = remember(&w->trust->env, &w->seen, &s);
    if (st == TLSN_OK)
        st = take_file(w->trust, path, (size_t)s.st_size, w->later, &new, &bad);
    w->found |= st == TLSN_OK;
    w->added += new;
    w->refused += bad;
    if (st == TLSN_ERR_NO_MEMORY)
        return st;
    if (st != TLSN_OK)
        tlsni_trust_skip(w->trust, path, 0, st, tlsn_status_text(st));
    return TLSN_OK;
}

static tlsn_status take_dir(struct walk *w)
{
    DIR *d = opendir(w->dir);
    tlsn_status st = TLSN_OK;
    struct dirent *e;

    if (!d)
        return TLSN_ERR_FILE;
    while (st == TLSN_OK && (e = readdir(d)) != NULL)
        st = take_entry(w, e->d_name);
    (void)closedir(d);
    tlsni_free(&w->trust->env, w->seen.file);
    return st == TLSN_OK && !w->found ? TLSN_ERR_PEM : st;
}

tlsn_status tlsni_trust_take_path(tlsn_trust *trust, const char *path, bool later, size_t *added,
                                  size_t *refused)
{
    struct walk w = { .trust = trust, .dir = path, .later = later };
    struct stat s;
    tlsn_status st;

    if (stat(path, &s) != 0)
        st = TLSN_ERR_FILE;
    else if (S_ISDIR(s.st_mode))
        st = take_dir(&w);
    else
        st = take_file(trust, path, S_ISREG(s.st_mode) ? (size_t)s.st_size : 0, later, &w.added,
                       &w.refused);
    if (added)
        *added = w.added;
    if (refused)
        *refused = w.refused;
    return st;
}

tlsn_status tlsn_trust_add_path(tlsn_trust *trust, const char *path, size_t *added,
                                size_t *refused)
{
    return tlsni_trust_take_path(trust, path, false, added, refused);
}
