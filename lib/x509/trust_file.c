/* trust_file.c - trust anchors from files, directories and the system's own store. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

static tlsn_status add_file(tlsn_trust *t, const char *path, size_t size, size_t *added,
                            size_t *refused)
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
        st = tlsn_trust_add(t, text.data + text.start, tlsni_buf_len(&text), added, refused);
    tlsni_buf_free(&t->env, &text);
    return st;
}

/* Files without certificates, and files that may not be read, are none of a directory's. */
static tlsn_status add_entry(tlsn_trust *t, const char *dir, const char *name, size_t *added,
                             size_t *refused, bool *found)
{
    char path[PATH_TEXT_MAX];
    size_t new = 0, bad = 0;
    struct stat s;
    tlsn_status st;

    if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path ||
        stat(path, &s) != 0 || !S_ISREG(s.st_mode))
        return TLSN_OK;
    st = add_file(t, path, (size_t)s.st_size, &new, &bad);
    *found |= st == TLSN_OK;
    *added += new;
    *refused += bad;
    return st == TLSN_ERR_NO_MEMORY ? st : TLSN_OK;
}

static tlsn_status add_dir(tlsn_trust *t, const char *path, size_t *added, size_t *refused)
{
    DIR *d = opendir(path);
    tlsn_status st = TLSN_OK;
    bool found = false;
    struct dirent *e;

    if (!d)
        return TLSN_ERR_FILE;
    while (st == TLSN_OK && (e = readdir(d)) != NULL)
        st = add_entry(t, path, e->d_name, added, refused, &found);
    (void)closedir(d);
    return st == TLSN_OK && !found ? TLSN_ERR_PEM : st;
}

tlsn_status tlsn_trust_add_path(tlsn_trust *trust, const char *path, size_t *added,
                                size_t *refused)
{
    size_t new = 0, bad = 0;
    struct stat s;
    tlsn_status st;

    if (stat(path, &s) != 0)
        st = TLSN_ERR_FILE;
    else if (S_ISDIR(s.st_mode))
        st = add_dir(trust, path, &new, &bad);
    else
        st = add_file(trust, path, S_ISREG(s.st_mode) ? (size_t)s.st_size : 0, &new, &bad);
    if (added)
        *added = new;
    if (refused)
        *refused = bad;
    return st;
}

/* Where systems keep the certificates that they trust; the first place that has some is taken. */
static const struct {
    const char *path, *source;
} places[] = {
    { "/etc/ssl/certs/ca-certificates.crt", "Debian, Ubuntu, Arch, Gentoo" },
    { "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "Fedora, RHEL" },
    { "/etc/pki/tls/certs/ca-bundle.crt", "older Fedora, RHEL" },
    { "/etc/ssl/ca-bundle.pem", "openSUSE" },
    { "/etc/ssl/cert.pem", "Alpine, OpenBSD, FreeBSD, macOS" },
    { "/usr/local/etc/ssl/cert.pem", "FreeBSD ports" },
    { "/usr/local/share/certs/ca-root-nss.crt", "FreeBSD ca_root_nss" },
    { "/etc/ssl/certs", "directories without bundle" },
    { "/etc/openssl/certs", "NetBSD" },
    { "/system/etc/security/cacerts", "Android" },
};

/* A list of directories, separated by ':' as OpenSSL has it. */
static tlsn_status add_list(tlsn_trust *t, const char *list, size_t *added)
{
    tlsn_status st = TLSN_ERR_FILE, one;
    char path[PATH_TEXT_MAX];

    while (*list) {
        size_t n = strcspn(list, ":"), new = 0;

        if (n && n < sizeof path) {
            memcpy(path, list, n);
            path[n] = 0;
            one = tlsn_trust_add_path(t, path, &new, NULL);
            *added += new;
            if (st != TLSN_OK)
                st = one;
        }
        list += n + (list[n] == ':');
    }
    return st;
}

/* The environment decides alone when it says something. */
static tlsn_status add_environment(tlsn_trust *t, const char *file, const char *dirs, size_t *added)
{
    tlsn_status st = TLSN_ERR_FILE, other;

    if (file)
        st = tlsn_trust_add_path(t, file, added, NULL);
    if (!dirs)
        return st;
    other = add_list(t, dirs, added);
    return st == TLSN_OK ? st : other;
}

tlsn_status tlsn_trust_add_system(tlsn_trust *trust, size_t *added)
{
    const char *file = getenv("SSL_CERT_FILE"), *dirs = getenv("SSL_CERT_DIR");
    tlsn_status st = TLSN_ERR_FILE;
    size_t new = 0;

    if ((file && *file) || (dirs && *dirs))
        st = add_environment(trust, file && *file ? file : NULL, dirs && *dirs ? dirs : NULL, &new);
    else
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            st = tlsn_trust_add_path(trust, places[i].path, &new, NULL);
            if (st == TLSN_OK || st == TLSN_ERR_NO_MEMORY)
                break;
            st = TLSN_ERR_FILE;
        }
    if (added)
        *added = new;
    return st;
}
