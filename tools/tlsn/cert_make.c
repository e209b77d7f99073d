/* cert_make.c - tlsn cert ca, self-signed, issue, csr: keys, certificates and requests. */
#include "commands.h"
#include "io.h"
#include "setup.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    DER_MAX = 65536,
    PEM_MAX = 98304,
    KEY_MAX = 32768,
    SERIAL_MAX = 20,      /* RFC 5280 4.1.2.2 */
    DAY = 86400,
    DAYS_LEAF = 90,
    DAYS_CA = 3650,
    DAYS_LIMIT = 2000000, /* GeneralizedTime ends with the year 9999 */
};

struct maker {
    const struct options *o;
    struct setup setup;
    struct tlsn_cert_spec spec;
    char subject[512];
    uint8_t serial[SERIAL_MAX];
    tlsn_key *key;
    bool made;                /* the key is new and has to be written */
    char pem[PEM_MAX];        /* what --out gets */
    size_t pem_len;
    uint8_t der[DER_MAX];
};

static int say(const char *what, tlsn_status st)
{
    return complain(STATUS_USAGE, "%s: %s", what, tlsn_status_text(st));
}

/* ---- what to write ---- */

static int64_t now_s(const struct maker *m)
{
    return m->o->time.set ? m->o->time.value : (int64_t)time(NULL);
}

static int set_life(struct maker *m, int64_t days)
{
    if (m->o->days.set)
        days = m->o->days.value;
    if (days < 1 || days > DAYS_LIMIT)
        return complain(STATUS_USAGE, "--days: %lld is not between 1 and %d", (long long)days,
                        DAYS_LIMIT);
    m->spec.not_before = now_s(m);
    m->spec.not_after = m->spec.not_before + days * DAY;
    return STATUS_OK;
}

/* A name may carry its kind: "DNS:a.example". It is the value that becomes the common name. */
static const char *bare(const char *name)
{
    static const char *const kinds[] = { "DNS:", "IP:", "EMAIL:" };

    for (size_t i = 0; i < COUNT(kinds); i++)
        if (strncmp(name, kinds[i], strlen(kinds[i])) == 0)
            return name + strlen(kinds[i]);
    return name;
}

static int set_subject(struct maker *m, const char *otherwise)
{
    const struct options *o = m->o;

    m->spec.names = o->names.n ? o->names.v : NULL;
    m->spec.name_count = o->names.n;
    if (o->subject)
        m->spec.subject = o->subject;
    else if (o->names.n)
        (void)snprintf(m->subject, sizeof m->subject, "CN=%s", bare(o->names.v[0]));
    else if (otherwise)
        (void)snprintf(m->subject, sizeof m->subject, "%s", otherwise);
    else
        return complain(STATUS_USAGE, "needs --subject or --name");
    if (!m->spec.subject)
        m->spec.subject = m->subject;
    return STATUS_OK;
}

static int set_serial(struct maker *m)
{
    const char *hex = m->o->serial;

    if (!hex)
        return STATUS_OK;
    if (!setup_hex(m->serial, sizeof m->serial, &m->spec.serial_len, hex, strlen(hex)))
        return complain(STATUS_USAGE, "--serial: '%s' is not 1 to %d bytes in hexadecimal", hex,
                        SERIAL_MAX);
    m->spec.serial = m->serial;
    return STATUS_OK;
}

static int set_spec(struct maker *m, const char *subject, int64_t days)
{
    const struct options *o = m->o;
    int status = set_subject(m, subject);

    if (status == STATUS_OK)
        status = set_life(m, days);
    if (status == STATUS_OK)
        status = set_serial(m);
    m->spec.path_len = -1;
    m->spec.signature = o->signature;
    if (o->client != o->server)
        m->spec.purpose = o->client ? TLSN_PURPOSE_CLIENT : TLSN_PURPOSE_SERVER;
    return status;
}

/* ---- keys ---- */

static int read_key(tlsn_key **out, const struct setup *setup, const char *what, const char *path)
{
    struct blob file;
    tlsn_status st;
    int status = io_read_file(&file, what, path);

    if (status != STATUS_OK)
        return status;
    st = tlsn_key_read(out, file.data, file.len, &setup->hooks);
    io_blob_free(&file);
    if (st == TLSN_OK)
        return STATUS_OK;
    return complain(STATUS_USAGE, "%s %s: %s", what, path, tlsn_status_text(st));
}

/* The given key, or a new one. Files that are in the way are found before anything is made. */
static int get_key(struct maker *m)
{
    const struct options *o = m->o;
    const char *type = o->key_type ? o->key_type : "ec:P-256";
    tlsn_status st;

    if (o->keys.n > 1 || (o->keys.n && (o->key_type || o->key_out)))
        return complain(STATUS_USAGE, o->keys.n > 1 ? "--key: only one"
                                                    : "--key: excludes --key-type and --key-out");
    if (!o->keys.n && !o->key_out)
        return complain(STATUS_USAGE, "needs --key-out for the new key, or --key");
    if (o->key_out && o->out && strcmp(o->key_out, o->out) == 0 && strcmp(o->out, "-") != 0)
        return complain(STATUS_USAGE, "--out and --key-out: the same file '%s'", o->out);
    if (!o->force && ((o->out && io_check_absent("--out", o->out) != STATUS_OK) ||
                      (o->key_out && io_check_absent("--key-out", o->key_out) != STATUS_OK)))
        return STATUS_USAGE;
    if (o->keys.n)
        return read_key(&m->key, &m->setup, "--key", o->keys.v[0]);
    m->made = true;
    st = tlsn_key_generate(&m->key, type, &m->setup.hooks);
    if (st == TLSN_OK)
        return STATUS_OK;
    return complain(STATUS_USAGE, "--key-type %s: %s", type, tlsn_status_text(st));
}

static int write_key(const struct maker *m)
{
    static char pem[KEY_MAX];
    size_t len = 0;
    tlsn_status st;
    int status;

    if (!m->made)
        return STATUS_OK;
    st = tlsn_key_write(m->key, pem, sizeof pem, &len);
    if (st != TLSN_OK)
        return say("--key-out", st);
    status = io_write_file("--key-out", m->o->key_out, pem, len, 0600, m->o->force);
    memset(pem, 0, sizeof pem);
    return status;
}

/* ---- output ---- */

static tlsn_status add_pem(struct maker *m, const char *label, struct tlsn_span der)
{
    size_t len = 0;
    tlsn_status st = tlsn_pem_write(label, der.data, der.len, m->pem + m->pem_len,
                                    sizeof m->pem - m->pem_len, &len);

    if (st == TLSN_OK)
        m->pem_len += len;
    return st;
}

static int write_out(struct maker *m)
{
    int status = write_key(m);

    if (status != STATUS_OK)
        return status;
    return io_write_file("--out", m->o->out ? m->o->out : "-", m->pem, m->pem_len, 0644,
                         m->o->force);
}

/* ---- the authority ---- */

struct authority {
    struct blob file;
    struct tlsn_span cert; /* the first of the file */
    size_t seen;
    struct maker *maker;
    tlsn_key *key;
};

/* The chain behind the new certificate: all of the file but self-signed ones, which peers must
 * have. */
static tlsn_status take_authority(void *ctx, struct tlsn_span der)
{
    struct authority *a = ctx;
    struct tlsn_cert_info info;
    tlsn_status st = tlsn_cert_describe(der, &info);

    if (st != TLSN_OK)
        return st;
    if (!a->seen++) {
        uint8_t *copy = malloc(der.len);

        if (!copy)
            return TLSN_ERR_NO_MEMORY;
        memcpy(copy, der.data, der.len);
        a->cert = (struct tlsn_span){ copy, der.len };
        if (!info.ca)
            note("warning: --ca: %s is not a certification authority", info.subject);
    }
    return strcmp(info.subject, info.issuer) == 0 ? TLSN_OK
                                                  : add_pem(a->maker, "CERTIFICATE", der);
}

static int read_authority(struct authority *a)
{
    const struct options *o = a->maker->o;
    tlsn_status st;
    int status;

    if (o->ca.n != 1 || !o->ca_key)
        return complain(STATUS_USAGE, "needs one --ca and its --ca-key");
    status = read_key(&a->key, &a->maker->setup, "--ca-key", o->ca_key);
    if (status == STATUS_OK)
        status = io_read_file(&a->file, "--ca", o->ca.v[0]);
    if (status != STATUS_OK)
        return status;
    st = tlsn_pem_each(a->file.data, a->file.len, take_authority, a);
    if (st == TLSN_OK && !a->seen)
        st = TLSN_ERR_PEM;
    if (st == TLSN_OK)
        return STATUS_OK;
    return complain(STATUS_USAGE, "--ca %s: %s", o->ca.v[0], tlsn_status_text(st));
}

static void authority_free(struct authority *a)
{
    tlsn_key_free(a->key);
    free((void *)(uintptr_t)a->cert.data);
    io_blob_free(&a->file);
}

/* ---- certificates ---- */

static int sign(struct maker *m, struct tlsn_span issuer, const tlsn_key *issuer_key)
{
    size_t len = 0, chain_len = m->pem_len;
    tlsn_status st = tlsn_cert_issue(&m->spec, m->key, issuer, issuer_key, &m->setup.hooks, m->der,
                                     sizeof m->der, &len);

    if (st == TLSN_ERR_KEY_MISMATCH)
        return complain(STATUS_USAGE, "--ca-key %s: does not belong to --ca %s", m->o->ca_key,
                        m->o->ca.v[0]);
    if (st != TLSN_OK)
        return say("certificate", st);
    st = add_pem(m, "CERTIFICATE", (struct tlsn_span){ m->der, len });
    if (st != TLSN_OK)
        return say("certificate", st);
    /* The chain was collected first and belongs behind the certificate. */
    if (chain_len) {
        char *chain = malloc(chain_len);

        if (!chain)
            return say("certificate", TLSN_ERR_NO_MEMORY);
        memcpy(chain, m->pem, chain_len);
        memmove(m->pem, m->pem + chain_len, m->pem_len - chain_len);
        memcpy(m->pem + m->pem_len - chain_len, chain, chain_len);
        free(chain);
    }
    return STATUS_OK;
}

static int finish(struct maker *m, int status)
{
    if (status == STATUS_OK)
        status = write_out(m);
    tlsn_key_free(m->key);
    setup_free(&m->setup);
    return status;
}

static int begin(struct maker *m, const struct options *options, const char *subject, int64_t days)
{
    int status;

    memset(m, 0, sizeof *m);
    m->o = options;
    status = setup_hooks(&m->setup, options);
    if (status == STATUS_OK)
        status = set_spec(m, subject, days);
    return status;
}

static struct maker maker; /* large; there is one */

int cert_self_signed_run(const struct options *options)
{
    int status = begin(&maker, options, NULL, DAYS_LEAF);

    if (status == STATUS_OK)
        status = get_key(&maker);
    if (status == STATUS_OK)
        status = sign(&maker, (struct tlsn_span){ 0 }, maker.key);
    return finish(&maker, status);
}

int cert_ca_run(const struct options *options)
{
    int status = begin(&maker, options, "CN=Test CA", DAYS_CA);

    maker.spec.ca = true;
    if (options->path_len.set)
        maker.spec.path_len = options->path_len.value < 255 ? (int)options->path_len.value : 255;
    if (status == STATUS_OK)
        status = get_key(&maker);
    if (status == STATUS_OK)
        status = sign(&maker, (struct tlsn_span){ 0 }, maker.key);
    return finish(&maker, status);
}

int cert_issue_run(const struct options *options)
{
    struct authority authority = { .maker = &maker };
    int status = begin(&maker, options, NULL, DAYS_LEAF);

    if (status == STATUS_OK)
        status = read_authority(&authority);
    if (status == STATUS_OK)
        status = get_key(&maker);
    if (status == STATUS_OK)
        status = sign(&maker, authority.cert, authority.key);
    authority_free(&authority);
    return finish(&maker, status);
}

int cert_csr_run(const struct options *options)
{
    size_t len = 0;
    tlsn_status st = TLSN_OK;
    int status = begin(&maker, options, NULL, DAYS_LEAF);

    if (status == STATUS_OK)
        status = get_key(&maker);
    if (status != STATUS_OK)
        return finish(&maker, status);
    st = tlsn_csr_write(&maker.spec, maker.key, &maker.setup.hooks, maker.der, sizeof maker.der,
                        &len);
    if (st == TLSN_OK)
        st = add_pem(&maker, "CERTIFICATE REQUEST", (struct tlsn_span){ maker.der, len });
    return finish(&maker, st == TLSN_OK ? STATUS_OK : say("request", st));
}
