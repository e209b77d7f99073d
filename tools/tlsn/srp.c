/* srp.c - names, passwords and verifiers of SRP: files, options, and tlsn srp-verifier. */
#include "commands.h"
#include "io.h"
#include "setup.h"

#include <stdlib.h>
#include <string.h>

enum { SALT = 16, SALT_MAX = 255, VERIFIER_MAX = 1024 };

/* The password of the options into *blob, to be freed. */
static int get_password(struct blob *blob, const struct options *o)
{
    int status = STATUS_OK;

    memset(blob, 0, sizeof *blob);
    if (!o->srp_user || !o->srp_password == !o->srp_password_file)
        return complain(STATUS_USAGE,
                        "--srp-user goes with one of --srp-password and --srp-password-file");
    if (o->srp_password_file)
        status = io_read_file(blob, "--srp-password-file", o->srp_password_file);
    if (status == STATUS_OK && blob->len && blob->data[blob->len - 1] == '\n')
        blob->len--;
    return status;
}

static int set_login(tlsn_config *config, const struct options *o)
{
    struct blob file;
    int status = get_password(&file, o);
    tlsn_status st;

    if (status != STATUS_OK)
        return status;
    st = o->srp_password ? tlsn_config_set_srp_login(config, o->srp_user, strlen(o->srp_user),
                                                     o->srp_password, strlen(o->srp_password))
                         : tlsn_config_set_srp_login(config, o->srp_user, strlen(o->srp_user),
                                                     file.data, file.len);
    io_blob_free(&file);
    return st == TLSN_OK ? STATUS_OK : setup_complain(config, "--srp-user", st);
}

/* ---- verifiers ---- */

/* The text in front of the next end mark; false when nothing is left. */
static bool cut(char **at, char mark, char **field)
{
    char *end;

    *field = *at;
    if (!*at)
        return false;
    end = strchr(*at, mark);
    if (end)
        *end++ = 0;
    *at = end;
    return true;
}

static tlsn_status add_line(tlsn_config *config, char *line)
{
    uint8_t salt[SALT_MAX], verifier[VERIFIER_MAX];
    struct tlsn_srp_verifier v = { 0, { salt, 0 }, { verifier, 0 } };
    char *user, *bits, *salt_hex, *verifier_hex;

    if (!cut(&line, ':', &user) || !cut(&line, ':', &bits) || !cut(&line, ':', &salt_hex) ||
        !cut(&line, ':', &verifier_hex) || line)
        return TLSN_ERR_ARGUMENT;
    v.group_bits = (unsigned)strtoul(bits, NULL, 10);
    if (!setup_hex(salt, sizeof salt, &v.salt.len, salt_hex, strlen(salt_hex)) ||
        !setup_hex(verifier, sizeof verifier, &v.verifier.len, verifier_hex, strlen(verifier_hex)))
        return TLSN_ERR_ARGUMENT;
    return tlsn_config_add_srp_user(config, user, strlen(user), &v);
}

static int add_users(tlsn_config *config, const char *path)
{
    struct blob file;
    char *text, *at, *line;
    tlsn_status st = TLSN_OK;
    size_t number = 0;
    int status = io_read_file(&file, "--srp-verifier", path);

    if (status != STATUS_OK)
        return status;
    text = at = strndup((const char *)file.data, file.len);
    io_blob_free(&file);
    if (!text)
        return complain(STATUS_USAGE, "out of memory");
    while (st == TLSN_OK && cut(&at, '\n', &line)) {
        number++;
        if (*line && *line != '#')
            st = add_line(config, line);
    }
    free(text);
    if (st == TLSN_OK)
        return STATUS_OK;
    return complain(STATUS_USAGE, "--srp-verifier %s: line %zu: %s", path, number,
                    *tlsn_config_error(config) ? tlsn_config_error(config)
                                               : "it is not name:bits:salt:verifier");
}

int setup_srp(tlsn_config *config, const struct options *o)
{
    int status = STATUS_OK;

    if (o->srp_user || o->srp_password || o->srp_password_file)
        status = set_login(config, o);
    if (status == STATUS_OK && o->srp_verifier)
        status = add_users(config, o->srp_verifier);
    return status;
}

/* ---- tlsn srp-verifier ---- */

static void print_hex(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        (void)printf("%02x", data[i]);
}

int srp_verifier_run(const struct options *o)
{
    unsigned bits = o->srp_bits.set ? (unsigned)o->srp_bits.value : 2048;
    uint8_t salt[SALT], verifier[VERIFIER_MAX];
    struct blob file;
    size_t len = 0;
    tlsn_status st;
    int status = get_password(&file, o);

    if (status != STATUS_OK)
        return status;
    if (strchr(o->srp_user, ':'))
        status = complain(STATUS_USAGE, "--srp-user: a name with a colon in it has no line");
    st = o->srp_password
             ? tlsn_srp_make_verifier(o->srp_user, strlen(o->srp_user), o->srp_password,
                                      strlen(o->srp_password), bits, NULL, salt, verifier,
                                      sizeof verifier, &len)
             : tlsn_srp_make_verifier(o->srp_user, strlen(o->srp_user), file.data, file.len, bits,
                                      NULL, salt, verifier, sizeof verifier, &len);
    io_blob_free(&file);
    if (status != STATUS_OK)
        return status;
    if (st != TLSN_OK)
        return complain(STATUS_USAGE, "--srp-user, --srp-password, --srp-bits: %s",
                        tlsn_status_text(st));
    (void)printf("%s:%u:", o->srp_user, bits);
    print_hex(salt, sizeof salt);
    (void)printf(":");
    print_hex(verifier, len);
    (void)printf("\n");
    return STATUS_OK;
}
