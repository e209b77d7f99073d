/* cert_revoke.c - tlsn cert crl and ocsp: what an authority says about certificates that it issued. */
#include "commands.h"
#include "cert_maker.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY = 86400, DAYS_STATUS = 30, HEX_MAX = 64 };

static int say(const char *what, tlsn_status st)
{
    return complain(STATUS_USAGE, "%s: %s", what, tlsn_status_text(st));
}

static struct maker maker; /* large; there is one */

/* The authority, and nothing in the output yet. */
static int begin(struct authority *a, const struct options *o)
{
    int status;

    memset(&maker, 0, sizeof maker);
    maker.o = o;
    status = setup_hooks(&maker.setup, o);
    if (status == STATUS_OK)
        status = authority_read(a);
    maker.pem_len = 0;
    return status;
}

static int64_t now_s(const struct options *o)
{
    return o->time.set ? o->time.value : (int64_t)time(NULL);
}

static int64_t next_update(const struct options *o)
{
    return now_s(o) + (o->days.set ? o->days.value : DAYS_STATUS) * DAY;
}

static int find_reason(const char *name, enum tlsn_reason *out)
{
    static const struct {
        const char *name;
        enum tlsn_reason reason;
    } rows[] = {
        { "unspecified", TLSN_REASON_UNSPECIFIED },
        { "keyCompromise", TLSN_REASON_KEY_COMPROMISE },
        { "cACompromise", TLSN_REASON_CA_COMPROMISE },
        { "affiliationChanged", TLSN_REASON_AFFILIATION_CHANGED },
        { "superseded", TLSN_REASON_SUPERSEDED },
        { "cessationOfOperation", TLSN_REASON_CESSATION },
        { "certificateHold", TLSN_REASON_HOLD },
        { "removeFromCRL", TLSN_REASON_REMOVE_FROM_CRL },
        { "privilegeWithdrawn", TLSN_REASON_PRIVILEGE_WITHDRAWN },
        { "aACompromise", TLSN_REASON_AA_COMPROMISE },
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        if (strcmp(rows[i].name, name) == 0) {
            *out = rows[i].reason;
            return STATUS_OK;
        }
    return complain(STATUS_USAGE, "'%s' is no reason of RFC 5280 5.3.1", name);
}

/* ---- crl ---- */

struct list_made {
    struct tlsn_revoked entries[LIST_MAX];
    uint8_t serials[LIST_MAX][MAKER_SERIAL_MAX];
};

static tlsn_status take_info(void *ctx, struct tlsn_span der)
{
    struct tlsn_cert_info *info = ctx;

    return *info->serial ? TLSN_OK : tlsn_cert_describe(der, info);
}

/* The serial number of the first certificate in a file, in hexadecimal. */
static int serial_of_file(char hex[HEX_MAX], const char *path)
{
    struct tlsn_cert_info info = { 0 };
    struct blob file;
    int status = io_read_file(&file, "--revoke", path);
    tlsn_status st;

    if (status != STATUS_OK)
        return status;
    st = tlsn_pem_each(file.data, file.len, take_info, &info);
    io_blob_free(&file);
    (void)snprintf(hex, HEX_MAX, "%s", info.serial);
    return st == TLSN_OK ? STATUS_OK
                         : complain(STATUS_USAGE, "--revoke %s: %s", path, tlsn_status_text(st));
}

/* "HEX" or "FILE", "=REASON" behind it. */
static int add_revoked(struct list_made *made, size_t i, const char *text)
{
    const char *equals = strrchr(text, '=');
    size_t len = equals ? (size_t)(equals - text) : strlen(text), serial_len;
    char word[1024], hex[HEX_MAX];
    int status = STATUS_OK;

    if (len >= sizeof word)
        return complain(STATUS_USAGE, "--revoke: too long");
    memcpy(word, text, len);
    word[len] = 0;
    if (equals)
        status = find_reason(equals + 1, &made->entries[i].reason);
    if (status != STATUS_OK)
        return status;
    if (!setup_hex(made->serials[i], MAKER_SERIAL_MAX, &serial_len, word, len)) {
        status = serial_of_file(hex, word);
        if (status == STATUS_OK &&
            !setup_hex(made->serials[i], MAKER_SERIAL_MAX, &serial_len, hex, strlen(hex)))
            status = complain(STATUS_USAGE, "--revoke %s: its serial number is too long", word);
    }
    made->entries[i].serial = (struct tlsn_span){ made->serials[i], serial_len };
    return status;
}

static int write_crl(const struct authority *a, struct tlsn_crl_spec *spec)
{
    size_t len = 0;
    tlsn_status st = tlsn_crl_write(spec, a->cert, a->key, &maker.setup.hooks, maker.der,
                                    sizeof maker.der, &len);

    if (st == TLSN_OK)
        st = maker_add_pem(&maker, "X509 CRL", (struct tlsn_span){ maker.der, len });
    return st == TLSN_OK ? STATUS_OK : say("revocation list", st);
}

int cert_crl_run(const struct options *o)
{
    static struct list_made made;
    struct authority authority = { .maker = &maker };
    int status = begin(&authority, o);
    struct tlsn_crl_spec spec = { .revoked = made.entries, .revoked_count = o->revoke.n,
                                  .this_update = now_s(o), .next_update = next_update(o),
                                  .number = o->number.set ? (uint64_t)o->number.value : 1,
                                  .delta = o->delta_of.set,
                                  .base_number = (uint64_t)o->delta_of.value,
                                  .point_url = o->crl_url, .signature = o->signature };

    for (size_t i = 0; status == STATUS_OK && i < o->revoke.n; i++)
        status = add_revoked(&made, i, o->revoke.v[i]);
    if (status == STATUS_OK)
        status = write_crl(&authority, &spec);
    authority_free(&authority);
    return maker_finish(&maker, status);
}

/* ---- ocsp ---- */

struct answer {
    struct blob file, responder;
    struct tlsn_span cert, signer; /* spans into copies */
    uint8_t *copies[2];
    tlsn_key *key; /* the responder's own */
};

struct first {
    uint8_t **copy;
    struct tlsn_span *out;
};

static tlsn_status take_first(void *ctx, struct tlsn_span der)
{
    struct first *f = ctx;

    if (*f->copy)
        return TLSN_OK;
    *f->copy = malloc(der.len);
    if (!*f->copy)
        return TLSN_ERR_NO_MEMORY;
    memcpy(*f->copy, der.data, der.len);
    *f->out = (struct tlsn_span){ *f->copy, der.len };
    return TLSN_OK;
}

static int read_first(struct blob *file, struct first first, const char *what, const char *path)
{
    int status = io_read_file(file, what, path);
    tlsn_status st;

    if (status != STATUS_OK)
        return status;
    st = tlsn_pem_each(file->data, file->len, take_first, &first);
    return st == TLSN_OK ? STATUS_OK
                         : complain(STATUS_USAGE, "%s %s: %s", what, path, tlsn_status_text(st));
}

/* A responder that the authority has delegated to, with its key. */
static int read_responder(struct answer *a, const struct options *o)
{
    struct blob file;
    int status;

    if (!o->responder)
        return o->keys.n ? complain(STATUS_USAGE, "--key: goes with --responder") : STATUS_OK;
    if (o->keys.n != 1)
        return complain(STATUS_USAGE, "--responder: needs its --key");
    status = read_first(&a->responder, (struct first){ &a->copies[1], &a->signer }, "--responder",
                        o->responder);
    if (status == STATUS_OK)
        status = io_read_file(&file, "--key", o->keys.v[0]);
    if (status != STATUS_OK)
        return status;
    status = maker_read_key(&a->key, &file, &maker.setup, "--key", o->keys.v[0]);
    io_blob_free(&file);
    return status;
}

static int set_single(struct tlsn_ocsp_single *single, const struct options *o)
{
    const char *status = o->cert_status ? o->cert_status : "good";

    single->status = strcmp(status, "good") == 0      ? TLSN_CERT_GOOD
                     : strcmp(status, "revoked") == 0 ? TLSN_CERT_REVOKED
                                                      : TLSN_CERT_UNKNOWN;
    single->this_update = now_s(o);
    single->next_update = next_update(o);
    return o->reason ? find_reason(o->reason, &single->reason) : STATUS_OK;
}

static int write_answer(const struct authority *authority, const struct answer *a,
                        const struct tlsn_ocsp_single *single, const struct options *o)
{
    struct tlsn_ocsp_spec spec = { .singles = single, .single_count = 1,
                                   .issuer = authority->cert, .responder = a->signer,
                                   .produced_at = now_s(o), .signature = o->signature };
    size_t len = 0;
    tlsn_status st = tlsn_ocsp_write(&spec, a->key ? a->key : authority->key, &maker.setup.hooks,
                                     maker.der, sizeof maker.der, &len);

    if (st != TLSN_OK)
        return say("OCSP response", st);
    return io_write_file("--out", o->out ? o->out : "-", maker.der, len, 0644, o->force);
}

int cert_ocsp_run(const struct options *o)
{
    struct authority authority = { .maker = &maker };
    struct tlsn_ocsp_single single = { 0 };
    struct answer a = { 0 };
    int status = begin(&authority, o);

    if (status == STATUS_OK)
        status = read_first(&a.file, (struct first){ &a.copies[0], &a.cert }, "certificate",
                            o->operands.v[0]);
    if (status == STATUS_OK)
        status = read_responder(&a, o);
    if (status == STATUS_OK)
        status = set_single(&single, o);
    single.cert = a.cert;
    if (status == STATUS_OK)
        status = write_answer(&authority, &a, &single, o);
    tlsn_key_free(a.key);
    free(a.copies[0]);
    free(a.copies[1]);
    io_blob_free(&a.file);
    io_blob_free(&a.responder);
    authority_free(&authority);
    setup_free(&maker.setup);
    return status;
}
