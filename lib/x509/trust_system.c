/* trust_system.c - the system's own store, places named by the environment, and sources that are read
 * when a certificate is first looked for. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "cipher/hash.h"
#include "x509/trust.h"

enum { PATH_TEXT_MAX = 4096 };

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

tlsn_status tlsni_trust_take_system(tlsn_trust *trust, bool later, size_t *added)
{
    tlsn_status st = TLSN_ERR_FILE;

    *added = 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        st = tlsni_trust_take_path(trust, places[i].path, later, added, NULL);
        if (st == TLSN_OK || st == TLSN_ERR_NO_MEMORY)
            return st;
    }
    return TLSN_ERR_FILE;
}

tlsn_status tlsn_trust_add_system(tlsn_trust *trust, size_t *added)
{
    size_t new;
    tlsn_status st = tlsni_trust_take_system(trust, false, &new);

    if (added)
        *added = new;
    return st;
}

/* ---- the environment ---- */

/* A list of directories, separated by ':' as OpenSSL has it. One that can be read is enough. */
static tlsn_status add_list(tlsn_trust *t, const char *list, size_t *added)
{
    tlsn_status st = TLSN_ERR_FILE;
    char path[PATH_TEXT_MAX];

    while (*list) {
        size_t n = strcspn(list, ":"), new = 0;
        tlsn_status one = TLSN_ERR_FILE;

        if (n && n < sizeof path) {
            memcpy(path, list, n);
            path[n] = 0;
            one = tlsn_trust_add_path(t, path, &new, NULL);
            *added += new;
            if (one != TLSN_OK)
                tlsni_trust_skip(t, path, 0, one, tlsn_status_text(one));
        }
        if (st != TLSN_OK)
            st = one;
        list += n + (list[n] == ':');
    }
    return st;
}

tlsn_status tlsn_trust_add_environment(tlsn_trust *trust, size_t *added)
{
    const char *file = getenv("SSL_CERT_FILE"), *dirs = getenv("SSL_CERT_DIR");
    tlsn_status st = TLSN_ERR_NOT_FOUND, other;
    size_t from_file = 0, from_dirs = 0;

    if (file && *file)
        st = tlsn_trust_add_path(trust, file, &from_file, NULL);
    if (dirs && *dirs) {
        other = add_list(trust, dirs, &from_dirs);
        if (st != TLSN_OK)
            st = other;
    }
    if (added)
        *added = from_file + from_dirs;
    return st;
}

/* ---- sources that wait ---- */

tlsn_status tlsn_trust_defer(tlsn_trust *trust, const char *path)
{
    size_t len = path ? strlen(path) : 0;
    struct tlsni_trust_source *s;

    if (len >= PATH_TEXT_MAX || (path && !len))
        return TLSN_ERR_ARGUMENT;
    s = tlsni_alloc(&trust->env, sizeof *s + len + 1);
    if (!s)
        return TLSN_ERR_NO_MEMORY;
    if (len)
        memcpy(s->path, path, len);
    (void)pthread_mutex_lock(&trust->loading);
    s->next = trust->sources;
    trust->sources = s;
    (void)atomic_fetch_add(&trust->waiting, 1);
    (void)pthread_mutex_unlock(&trust->loading);
    return TLSN_OK;
}

static void read_source(tlsn_trust *t, struct tlsni_trust_source *s)
{
    size_t added;
    tlsn_status st = *s->path ? tlsni_trust_take_path(t, s->path, true, &added, NULL)
                              : tlsni_trust_take_system(t, true, &added);

    if (st == TLSN_ERR_NO_MEMORY)
        return; /* tried again the next time */
    s->read = true;
    (void)atomic_fetch_sub(&t->waiting, 1);
    if (st != TLSN_OK)
        tlsni_trust_skip(t, *s->path ? s->path : "the system's store", 0, st, tlsn_status_text(st));
}

void tlsni_trust_load(const tlsn_trust *trust)
{
    tlsn_trust *t = tlsni_trust_inside(trust);

    if (!t || !atomic_load_explicit(&t->waiting, memory_order_acquire))
        return;
    (void)pthread_mutex_lock(&t->loading);
    for (struct tlsni_trust_source *s = t->sources; s; s = s->next)
        if (!s->read)
            read_source(t, s);
    (void)pthread_mutex_unlock(&t->loading);
}

/* ---- what makes one store another ---- */

static void add_to_sum(uint64_t sum[4], const void *data, size_t len)
{
    uint8_t digest[TLSNI_HASH_LEN_MAX];
    struct tlsni_rd r = tlsni_rd_make(digest, TLSNI_PIN_HASH);

    tlsni_hash_once(tlsni_hash_find(TLSNI_HASH_SHA256), data, len, digest);
    for (int i = 0; i < 4; i++)
        sum[i] += tlsni_rd_u64(&r);
}

/* A file that was replaced has another age or size. */
static void describe_file(uint64_t sum[4], const char *path)
{
    uint8_t bytes[PATH_TEXT_MAX + 16];
    struct tlsni_wr w = tlsni_wr_make(bytes, sizeof bytes);
    struct stat s;

    if (stat(path, &s) != 0)
        memset(&s, 0, sizeof s);
    tlsni_wr_u64(&w, (uint64_t)s.st_mtime);
    tlsni_wr_u64(&w, (uint64_t)s.st_size);
    tlsni_wr_put(&w, path, strlen(path));
    add_to_sum(sum, bytes, w.len);
}

void tlsni_trust_describe_sources(const tlsn_trust *trust, uint64_t sum[4])
{
    (void)pthread_mutex_lock(&tlsni_trust_inside(trust)->loading);
    for (const struct tlsni_trust_source *s = trust->sources; s; s = s->next) {
        if (*s->path)
            describe_file(sum, s->path);
        for (size_t i = 0; !*s->path && i < sizeof places / sizeof *places; i++)
            describe_file(sum, places[i].path);
    }
    (void)pthread_mutex_unlock(&tlsni_trust_inside(trust)->loading);
}

void tlsni_trust_describe_distrust(const tlsn_trust *trust, uint64_t sum[4])
{
    (void)pthread_mutex_lock(&tlsni_trust_inside(trust)->lock);
    for (size_t i = 0; i < tlsni_pin_count(&trust->distrusted); i++)
        add_to_sum(sum, tlsni_buf_data(&trust->distrusted) + i * sizeof(struct tlsni_pin),
                   sizeof(struct tlsni_pin));
    (void)pthread_mutex_unlock(&tlsni_trust_inside(trust)->lock);
}
