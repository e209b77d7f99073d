/* cert_maker.c - what is written into certificates, with which key, and where it goes. */
#include "cert_maker.h"

#include <string.h>
#include <time.h>

enum {
    KEY_MAX = 32768,
    DAY = 86400,
    DAYS_LIMIT = 2000000, /* GeneralizedTime ends with the year 9999 */
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
    const struct options *o = m->o;

    if (o->days.set)
        days = o->days.value;
    if (days < 1 || days > DAYS_LIMIT)
        return complain(STATUS_USAGE, "--days: %lld is not between 1 and %d", (long long)days,
                        DAYS_LIMIT);
    if (o->not_after.set && o->days.set)
        return complain(STATUS_USAGE, "--not-after: excludes --days");
    m->spec.not_before = o->not_before.set ? o->not_before.value : now_s(m);
    m->spec.not_after = o->not_after.set ? o->not_after.value : m->spec.not_before + days * DAY;
    if (!m->spec.not_before || !m->spec.not_after) /* 0 has another meaning */
        return complain(STATUS_USAGE, "--not-before, --not-after: 0 is not possible");
    return STATUS_OK;
}

/* "OID=HEX", or "OID!=HEX" for a critical one. */
static int add_extension(struct maker *m, size_t i, size_t *at)
{
    const char *text = m->o->extensions.v[i], *equals = strchr(text, '=');
    struct tlsn_extension *e = &m->extensions[i];
    size_t len = equals ? (size_t)(equals - text) : 0, n;

    e->critical = len && text[len - 1] == '!';
    len -= e->critical;
    if (!len || len >= MAKER_OID_MAX ||
        !setup_hex(m->extension_bytes + *at, sizeof m->extension_bytes - *at, &n, equals + 1,
                   strlen(equals + 1)))
        return complain(STATUS_USAGE, "--extension: '%s' is not OID=HEX", text);
    memcpy(m->oids[i], text, len);
    e->oid = m->oids[i];
    e->value = (struct tlsn_span){ m->extension_bytes + *at, n };
    *at += n;
    return STATUS_OK;
}

static int set_extensions(struct maker *m)
{
    const struct options *o = m->o;
    int status = STATUS_OK;
    size_t at = 0;

    m->spec.key_usage = o->key_usage;
    m->spec.ext_key_usage = o->eku;
    m->spec.policies = o->policies;
    m->spec.permitted = o->permit;
    m->spec.excluded = o->exclude;
    m->spec.crl_url = o->crl_url;
    m->spec.ocsp_url = o->ocsp_url;
    m->spec.issuer_url = o->issuer_url;
    m->spec.must_staple = o->must_staple;
    m->spec.delegation_usage = o->delegation_usage;
    m->spec.ocsp_signing = o->ocsp_signing;
    m->spec.extensions = m->extensions;
    m->spec.extension_count = o->extensions.n;
    for (size_t i = 0; status == STATUS_OK && i < o->extensions.n; i++)
        status = add_extension(m, i, &at);
    return status;
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
    else if (o->names.n && !o->csr)
        (void)snprintf(m->subject, sizeof m->subject, "CN=%s", bare(o->names.v[0]));
    else if (o->csr)
        return STATUS_OK; /* the request's own */
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
                        MAKER_SERIAL_MAX);
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
    if (status == STATUS_OK)
        status = set_extensions(m);
    m->spec.path_len = -1;
    m->spec.signature = o->signature;
    m->spec.key_agreement = o->key_agreement;
    if (o->client != o->server)
        m->spec.purpose = o->client ? TLSN_PURPOSE_CLIENT : TLSN_PURPOSE_SERVER;
    return status;
}

/* ---- keys ---- */

int maker_read_key(tlsn_key **out, const struct blob *file, const struct setup *setup,
                    const char *what, const char *path)
{
    tlsn_status st = tlsn_key_read_unlocked(out, file->data, file->len, &setup->unlock,
                                            &setup->hooks);

    if (st == TLSN_OK)
        return STATUS_OK;
    return complain(STATUS_USAGE, "%s %s: %s", what, path, tlsn_status_text(st));
}

static int read_own_key(struct maker *m)
{
    struct blob file;
    int status = io_read_file(&file, "--key", m->o->keys.v[0]);

    if (status != STATUS_OK)
        return status;
    status = maker_read_key(&m->key, &file, &m->setup, "--key", m->o->keys.v[0]);
    io_blob_free(&file);
    return status;
}

int maker_get_key(struct maker *m)
{
    const struct options *o = m->o;
    const char *type = o->key_type ? o->key_type : "ec:P-256";
    tlsn_status st;

    if ((o->encrypt || o->pkcs12) && !o->password_file)
        return complain(STATUS_USAGE, "%s: needs --password-file",
                        o->pkcs12 ? "--pkcs12" : "--encrypt");
    if (o->keys.n > 1 || (o->keys.n && (o->key_type || o->key_out)))
        return complain(STATUS_USAGE, o->keys.n > 1 ? "--key: only one"
                                                    : "--key: excludes --key-type and --key-out");
    if (!o->keys.n && !o->key_out && !o->pkcs12)
        return complain(STATUS_USAGE, "needs --key-out for the new key, or --key");
    if (o->key_out && o->out && strcmp(o->key_out, o->out) == 0 && strcmp(o->out, "-") != 0)
        return complain(STATUS_USAGE, "--out and --key-out: the same file '%s'", o->out);
    if (!o->force && ((o->out && io_check_absent("--out", o->out) != STATUS_OK) ||
                      (o->key_out && io_check_absent("--key-out", o->key_out) != STATUS_OK)))
        return STATUS_USAGE;
    if (o->keys.n)
        return read_own_key(m);
    m->made = true;
    st = tlsn_key_generate(&m->key, type, &m->setup.hooks);
    if (st == TLSN_OK)
        return STATUS_OK;
    return complain(STATUS_USAGE, "--key-type %s: %s", type, tlsn_status_text(st));
}

static tlsn_status encode_key(const struct maker *m, char *pem, size_t cap, size_t *len)
{
    struct tlsn_seal seal = { .password = m->setup.unlock.password,
                              .password_len = m->setup.unlock.password_len,
                              .scheme = m->o->encrypt };

    return m->o->encrypt ? tlsn_key_write_encrypted(m->key, &seal, pem, cap, len)
                         : tlsn_key_write(m->key, pem, cap, len);
}

static int write_key(const struct maker *m)
{
    static char pem[KEY_MAX];
    size_t len = 0;
    tlsn_status st;
    int status;

    if (!m->made || !m->o->key_out)
        return STATUS_OK;
    st = encode_key(m, pem, sizeof pem, &len);
    if (st != TLSN_OK)
        return say("--key-out", st);
    status = io_write_file("--key-out", m->o->key_out, pem, len, 0600, m->o->force);
    memset(pem, 0, sizeof pem);
    return status;
}

/* ---- output ---- */

tlsn_status maker_add_pem(struct maker *m, const char *label, struct tlsn_span der)
{
    size_t len = 0;
    tlsn_status st = tlsn_pem_write(label, der.data, der.len, m->pem + m->pem_len,
                                    sizeof m->pem - m->pem_len, &len);

    if (st == TLSN_OK)
        m->pem_len += len;
    return st;
}

/* --pkcs12: the key with all that --out gets. */
static int write_pkcs12(struct maker *m)
{
    struct tlsn_seal seal = { .password = m->setup.unlock.password,
                              .password_len = m->setup.unlock.password_len,
                              .scheme = m->o->encrypt };
    struct tlsn_span certs[LIST_MAX];
    struct tlsn_bundle_item item;
    tlsn_bundle *chain = NULL;
    size_t n = 0, len = 0;
    tlsn_status st;

    if (!m->o->pkcs12)
        return STATUS_OK;
    st = tlsn_bundle_read(&chain, m->pem, m->pem_len, NULL, &m->setup.hooks);
    for (; st == TLSN_OK && n < LIST_MAX &&
           tlsn_bundle_get(chain, TLSN_BUNDLE_CERTIFICATE, n, &item);
         n++)
        certs[n] = item.der;
    if (st == TLSN_OK)
        st = tlsn_pkcs12_write(m->key, certs, n, NULL, &seal, &m->setup.hooks, m->der,
                               sizeof m->der, &len);
    tlsn_bundle_free(chain);
    if (st != TLSN_OK)
        return say("--pkcs12", st);
    return io_write_file("--pkcs12", m->o->pkcs12, m->der, len, 0600, m->o->force);
}

static int write_out(struct maker *m)
{
    int status = write_key(m);

    if (status == STATUS_OK)
        status = write_pkcs12(m);
    if (status != STATUS_OK)
        return status;
    return io_write_file("--out", m->o->out ? m->o->out : "-", m->pem, m->pem_len, 0644,
                         m->o->force);
}

int maker_finish(struct maker *m, int status)
{
    if (status == STATUS_OK)
        status = write_out(m);
    tlsn_key_free(m->key);
    setup_free(&m->setup);
    return status;
}

int maker_begin(struct maker *m, const struct options *options, const char *subject, int64_t days)
{
    int status;

    memset(m, 0, sizeof *m);
    m->o = options;
    status = setup_hooks(&m->setup, options);
    if (status == STATUS_OK)
        status = set_spec(m, subject, days);
    return status;
}
