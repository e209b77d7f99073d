/* setup.h - options made into hooks, trust, credentials and configurations. */
#ifndef TLSN_SETUP_H
#define TLSN_SETUP_H

#include "io.h"
#include "options.h"

#include <pthread.h>

/* What all configurations of one run share. Zeroed before setup_init. */
struct setup {
    const char *exporter; /* --export */
    struct tlsn_hooks hooks;
    tlsn_trust *trust; /* NULL with --no-verify */
    tlsn_evidence *evidence; /* about revocation; NULL: none was given */
    int keylog_fd;     /* -1: none */
    bool lock_made;
    pthread_mutex_t random_lock;
    uint64_t random_state[4]; /* --seed */
    int64_t time_ms;          /* --time */
    struct blob password;     /* --password-file */
    struct tlsn_unlock unlock;
};

/* --seed, --time and --password-file: for commands that need nothing else. */
int setup_hooks(struct setup *setup, const struct options *options);
/* The anchors of --ca, or the system's. */
/* By what certificates are judged. */
struct tlsn_verify_options setup_verify_options(const struct setup *setup,
                                                const struct options *options);
int setup_trust(struct setup *setup, const struct options *options);
/* Hooks, trust (when `peer_verified`), key log. setup_free also after a failure. */
int setup_init(struct setup *setup, const struct options *options, bool peer_verified);
void setup_free(struct setup *setup);
/* A configuration by the options, with the pairs of certs and keys; not frozen. The key log is
 * added to callbacks (may be NULL); it expects the setup as user pointer of each connection. */
int setup_config(tlsn_config **out, struct setup *setup, const struct options *options,
                 const struct list *certs, const struct list *keys,
                 const struct tlsn_callbacks *callbacks);
/* --timeout or its default, in ms; -1 for none, which is what 0 asks for. */
int64_t setup_timeout(const struct number *timeout, int64_t otherwise);
/* Complains with what the configuration says about the failure of `what`. */
int setup_complain(const tlsn_config *config, const char *what, tlsn_status st);
/* Pre-shared keys by the --psk options. */
int setup_psks(tlsn_config *config, const struct setup *setup, const struct options *options);
/* A user for the client, users for the server, by the --srp options. */
int setup_srp(tlsn_config *config, const struct options *options);
/* Bytes of a string of hexadecimal digits, white space ignored; false when it is not one or too
 * long. */
bool setup_hex(uint8_t *out, size_t cap, size_t *len, const char *text, size_t text_len);

#endif
