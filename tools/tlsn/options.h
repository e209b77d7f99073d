/* options.h - the options of every command: one table drives parsing, --help, man page,
 * completion. */
#ifndef TLSN_OPTIONS_H
#define TLSN_OPTIONS_H

#include "tool.h"

enum { LIST_MAX = 64 };

struct list {
    const char *v[LIST_MAX];
    size_t n;
};

struct number {
    bool set;
    int64_t value; /* SECONDS are kept in milliseconds */
};

/* Everything that can be given; a command reads what its rows fill. Strings are borrowed from
 * argv. */
struct options {
    /* connecting */
    const char *min_version, *max_version, *policy, *suites, *groups, *sigalgs, *sigalgs_cert, *alpn;
    const char *keylog, *seed, *password_file, *pkcs11_module;
    const char *cert_compression, *key_shares;
    struct number tickets, record_padding, early_data_max, ticket_request;
    bool retry_cookie, no_compat_mode, psk_ke;
    struct list certs, keys, ca;
    struct list delegated_credentials, delegated_keys;
    const char *delegated;
    struct list peer_keys, pins, distrust;
    struct list crls, crl_signers, ocsp_responders, ocsp_answers, ct_logs;
    const char *revocation;
    struct number min_logs;
    bool pin_only, common_name, partial_chain, allow_sha1;
    const char *accept_policies;
    bool require_policy, no_policy_mapping, no_any_policy, plain_anchors;
    bool rpk;
    struct number time, timeout, linger, record_size_limit, max_fragment_length;
    const char *compress_methods;
    bool compress;
    struct list psk_identities, psks;
    const char *psk_hash, *psk_context, *psk_early, *psk_early_alpn;
    struct number psk_early_max;
    bool psk_import, psk_with_cert, psk_new;
    const char *psk_hint, *srp_user, *srp_password, *srp_password_file, *srp_verifier;
    struct number srp_bits;
    bool psk_tell_unknown;
    const char *renegotiation, *exporter;
    bool ssl2_hello;
    bool no_verify, json, no_etm, no_ems, no_tickets, quiet, verbose;
    /* client */
    const char *sni, *verify_name, *session_out, *session_in;
    bool renegotiate, key_update, no_sni, grease, fallback, post_handshake_auth;
    struct number padding;
    bool heartbeat, truncated_hmac, sni_warning, require_names;
    bool insecure_dh_primes, strict_chains, answer_close;
    struct list trusted_cas;
    bool ocsp, ocsp_multi, ct;
    const char *user_mapping;
    struct list cert_urls;
    struct number reconnect;
    /* server */
    bool www, echo, once, client_auth_after, no_session_cache, sni_fatal, client_preference;
    bool take_user_mapping, stateful_tickets, renew_tickets;
    const char *early_data;
    const char *client_auth, *server_names, *page, *client_auth_path, *key_update_path;
    struct list vhosts, ocsp_responses, scts, ticket_keys, oid_filters;
    const char *dh_group;
    struct number accepts, workers, rsa_export_bits;
    /* cert */
    const char *subject, *key_type, *out, *key_out, *ca_key, *serial, *signature, *purpose, *cert_key, *scheme;
    struct list names;
    struct number days, path_len, not_before, not_after, number, delta_of;
    const char *key_usage, *eku, *policies, *permit, *exclude, *crl_url, *ocsp_url, *issuer_url;
    const char *csr, *encrypt, *pkcs12, *cert_status, *reason, *responder;
    struct list extensions, revoke;
    bool must_staple, ocsp_signing, delegation_usage;
    bool client, server, force, key_agreement;
    /* flows */
    bool dot;
    struct list operands;
};

enum option_kind {
    FLAG,    /* bool */
    TEXT,    /* const char *, the last one counts */
    LIST,    /* struct list, every one counts */
    WHOLE,   /* struct number: a whole number >= 0 */
    SECONDS, /* struct number: decimal seconds, kept in ms */
    CHOICE,  /* const char *, one of the words of `arg` */
    LATER,   /* known by contract, refused: not implemented yet */
    LATER_OPTIONAL, /* the same; its argument may be left out: --trace[=json] */
};

struct option_row {
    const char *name; /* "--suites" */
    const char *arg;  /* "LIST"; NULL for a flag; CHOICE: "none|request|require" */
    enum option_kind kind;
    unsigned commands; /* bits of the commands that know it */
    size_t offset;     /* of its field in struct options */
    const char *help;
};

enum {
    CMD_CLIENT = 1,
    CMD_SERVER = 2,
    CMD_SELF_SIGNED = 4,
    CMD_CA = 8,
    CMD_ISSUE = 16,
    CMD_CSR = 32,
    CMD_SHOW = 64,
    CMD_VERIFY = 128,
    CMD_LIST = 256,
    CMD_FLOWS = 512,
    CMD_SRP = 1024,
    CMD_CRL = 2048,
    CMD_OCSP = 4096,
    CMD_DELEGATE = 8192,
    CMD_CONNECT = CMD_CLIENT | CMD_SERVER,
    CMD_MAKE = CMD_SELF_SIGNED | CMD_CA | CMD_ISSUE | CMD_CSR,
    CMD_CERT = CMD_SELF_SIGNED | CMD_CA | CMD_ISSUE,
    CMD_STATUS = CMD_CRL | CMD_OCSP,
};

struct command {
    const char *name;     /* "client", "cert issue" */
    unsigned bit;         /* 0: not implemented yet */
    const char *operands; /* "HOST:PORT", "" */
    size_t operands_min, operands_max;
    int (*run)(const struct options *options);
    const char *summary; /* one line */
    const char *text;    /* paragraphs for --help and the man page, "" for none */
};

extern const struct option_row option_rows[];
extern const size_t option_row_count;
extern const struct command command_rows[];
extern const size_t command_row_count;

/* Parses argv[0 .. argc) for the command; STATUS_OK or STATUS_USAGE with its line printed. Sets
 * *help and stops when --help is met. */
int options_parse(struct options *out, bool *help, const struct command *command, int argc,
                  char **argv);
/* The name among candidates closest to word, NULL when none is close. next(i) gives candidate i
 * or NULL. */
const char *options_nearest(const char *word, const char *(*next)(size_t i, const void *ctx),
                            const void *ctx);

/* help.c */
void help_command(const struct command *command);
void help_overview(void);
void help_group(const char *group); /* "cert" */
void help_man(void);
int help_completion(const char *shell);

#endif
