/* setup.c - hooks, trust and the key log. */
#include "setup.h"
#include "revocation.h"
#include "token.h"
#include "io.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEED_MAX = 64 };

bool setup_hex(uint8_t *out, size_t cap, size_t *len, const char *text, size_t text_len)
{
    size_t digits = 0;

    *len = 0;
    for (size_t i = 0; i < text_len; i++) {
        unsigned char c = (unsigned char)text[i];
        unsigned value;

        if (isspace(c))
            continue;
        if (!isxdigit(c) || digits / 2 >= cap)
            return false;
        value = isdigit(c) ? c - (unsigned)'0' : (unsigned)tolower(c) - 'a' + 10;
        if (digits % 2)
            out[digits / 2] = (uint8_t)(out[digits / 2] | value);
        else
            out[digits / 2] = (uint8_t)(value << 4);
        digits++;
    }
    *len = digits / 2;
    return digits > 0 && digits % 2 == 0;
}

/* ---- deterministic hooks ---- */

static uint64_t rotate(uint64_t x, int n)
{
    return (x << n) | (x >> (64 - n));
}

/* xoshiro256** (Blackman, Vigna: Scrambled linear pseudorandom number generators, 2018). */
static uint64_t next_random(uint64_t s[4])
{
    uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

static tlsn_status seeded_random(void *ctx, void *out, size_t len)
{
    struct setup *setup = ctx;
    uint8_t *p = out;

    (void)pthread_mutex_lock(&setup->random_lock);
    for (size_t i = 0; i < len; i++)
        p[i] = (uint8_t)(next_random(setup->random_state) >> 56);
    (void)pthread_mutex_unlock(&setup->random_lock);
    return TLSN_OK;
}

static int64_t fixed_time(void *ctx)
{
    return ((struct setup *)ctx)->time_ms;
}

static int seed(struct setup *setup, const char *hex)
{
    uint8_t bytes[SEED_MAX];
    size_t len;

    if (!setup_hex(bytes, sizeof bytes, &len, hex, strlen(hex)))
        return complain(STATUS_USAGE, "--seed: '%s' is not 1 to %d bytes in hexadecimal", hex,
                        SEED_MAX);
    if (pthread_mutex_init(&setup->random_lock, NULL) != 0)
        return complain(STATUS_USAGE, "out of memory");
    setup->lock_made = true;
    /* Any state but all zeros is good; each byte is mixed into all of it. */
    setup->random_state[0] = 0x9e3779b97f4a7c15u;
    for (size_t i = 0; i < len; i++) {
        setup->random_state[i % 4] += bytes[i] + 1u;
        for (int round = 0; round < 16; round++)
            (void)next_random(setup->random_state);
    }
    setup->hooks.random = seeded_random;
    setup->hooks.random_ctx = setup;
    note("warning: --seed makes all keys predictable");
    return STATUS_OK;
}

/* One newline at the end is no part of the password. */
static int read_password(struct setup *setup, const char *path)
{
    struct blob *file = &setup->password;
    int status = path ? io_read_file(file, "--password-file", path) : STATUS_OK;

    if (!path || status != STATUS_OK)
        return status;
    if (file->len && file->data[file->len - 1] == '\n')
        file->len--;
    setup->unlock.password = (const char *)file->data;
    setup->unlock.password_len = file->len;
    return STATUS_OK;
}

int setup_hooks(struct setup *setup, const struct options *options)
{
    int status = read_password(setup, options->password_file);

    setup->keylog_fd = -1;
    if (status != STATUS_OK)
        return status;
    if (options->time.set) {
        if (options->time.value > INT64_MAX / 1000)
            return complain(STATUS_USAGE, "--time: too far in the future");
        setup->time_ms = options->time.value * 1000;
        setup->hooks.now_ms = fixed_time;
        setup->hooks.clock_ctx = setup;
    }
    return options->seed ? seed(setup, options->seed) : STATUS_OK;
}

/* ---- trust ---- */

static int add_anchor(tlsn_trust *trust, const char *path)
{
    size_t added = 0, refused = 0;
    struct stat sb;
    tlsn_status st;

    if (stat(path, &sb) != 0 || access(path, R_OK) != 0)
        return complain(STATUS_USAGE, "--ca %s: %s", path, strerror(errno));
    st = tlsn_trust_add_path(trust, path, &added, &refused);
    if (st != TLSN_OK)
        return complain(STATUS_USAGE, "--ca %s: %s", path, tlsn_status_text(st));
    if (!added && !tlsn_trust_count(trust))
        return complain(STATUS_USAGE, "--ca %s: no usable certificate in it", path);
    if (refused)
        note("warning: --ca %s: %zu certificates left out, they do not parse", path, refused);
    return STATUS_OK;
}

static int distrust(tlsn_trust *trust, const char *text)
{
    enum tlsn_pin_of of;
    uint8_t sha256[32];
    tlsn_status st = tlsn_pin_read(text, &of, sha256);

    if (st == TLSN_OK)
        st = tlsn_trust_distrust(trust, of, sha256);
    return st == TLSN_OK ? STATUS_OK
                         : complain(STATUS_USAGE, "--distrust %s: is no hash (sha256:HEX, sha256//BASE64, "
                                    "cert-sha256:HEX)", text);
}

int setup_trust(struct setup *setup, const struct options *options)
{
    tlsn_status st = tlsn_trust_new(&setup->trust, &setup->hooks);
    int status = STATUS_OK;

    if (st != TLSN_OK)
        return complain(STATUS_USAGE, "%s", tlsn_status_text(st));
    status = revocation_read(&setup->evidence, options, &setup->hooks);
    for (size_t i = 0; status == STATUS_OK && i < options->ca.n; i++)
        status = token_is_uri(options->ca.v[i])
                     ? token_trust(setup->trust, setup, options, options->ca.v[i])
                     : add_anchor(setup->trust, options->ca.v[i]);
    for (size_t i = 0; status == STATUS_OK && i < options->distrust.n; i++)
        status = distrust(setup->trust, options->distrust.v[i]);
    if (options->ca.n || status != STATUS_OK || options->pin_only)
        return status;
    st = tlsn_trust_add_environment(setup->trust, NULL);
    if (st == TLSN_ERR_NOT_FOUND)
        st = tlsn_trust_add_system(setup->trust, NULL);
    if (st != TLSN_OK)
        return complain(STATUS_USAGE, "the system's trust store: %s (give --ca, or --no-verify)",
                        tlsn_status_text(st));
    return STATUS_OK;
}

struct tlsn_verify_options setup_verify_options(const struct setup *setup,
                                                const struct options *options)
{
    return (struct tlsn_verify_options){
        .evidence = setup->evidence,
        .revocation = revocation_mode(options->revocation),
        .revocation_leaf_only = revocation_leaf_only(options->revocation),
        .min_logs = (unsigned)options->min_logs.value,
        .allow_sha1 = options->allow_sha1,
        .allow_partial = options->partial_chain,
        .insecure_common_name = options->common_name,
        .plain_anchors = options->plain_anchors,
        .policies = options->accept_policies,
        .permitted = options->permit,
        .excluded = options->exclude,
        .require_policy = options->require_policy,
        .inhibit_mapping = options->no_policy_mapping,
        .inhibit_any_policy = options->no_any_policy,
    };
}

/* ---- the whole ---- */

static int open_keylog(struct setup *setup, const struct options *options)
{
    const char *path = options->keylog ? options->keylog : getenv("SSLKEYLOGFILE");

    if (!path || !*path)
        return STATUS_OK;
    setup->keylog_fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (setup->keylog_fd < 0)
        return complain(STATUS_USAGE, "%s %s: %s", options->keylog ? "--keylog" : "SSLKEYLOGFILE",
                        path, strerror(errno));
    (void)fcntl(setup->keylog_fd, F_SETFD, FD_CLOEXEC);
    return STATUS_OK;
}

int setup_init(struct setup *setup, const struct options *options, bool peer_verified)
{
    int status = setup_hooks(setup, options);

    setup->exporter = options->exporter;
    if (status == STATUS_OK)
        status = open_keylog(setup, options);
    if (status == STATUS_OK && peer_verified && !options->no_verify)
        status = setup_trust(setup, options);
    return status;
}

void setup_free(struct setup *setup)
{
    tlsn_trust_free(setup->trust);
    setup->trust = NULL;
    tlsn_evidence_free(setup->evidence);
    setup->evidence = NULL;
    if (setup->keylog_fd >= 0)
        (void)close(setup->keylog_fd);
    setup->keylog_fd = -1;
    if (setup->lock_made)
        (void)pthread_mutex_destroy(&setup->random_lock);
    setup->lock_made = false;
    io_blob_free(&setup->password);
}
