/* cert_maker.h - what the commands that make certificates share. */
#ifndef TLSN_CERT_MAKER_H
#define TLSN_CERT_MAKER_H

#include "io.h"
#include "setup.h"

enum {
    MAKER_DER_MAX = 65536,
    MAKER_PEM_MAX = 98304,
    MAKER_SERIAL_MAX = 20, /* RFC 5280 4.1.2.2 */
    MAKER_OID_MAX = 80,
    DAYS_LEAF = 90,
    DAYS_CA = 3650,
};

struct maker {
    const struct options *o;
    struct setup setup;
    struct tlsn_cert_spec spec;
    char subject[512];
    uint8_t serial[MAKER_SERIAL_MAX];
    struct tlsn_extension extensions[LIST_MAX]; /* --extension; into extension_bytes */
    char oids[LIST_MAX][MAKER_OID_MAX];
    uint8_t extension_bytes[MAKER_DER_MAX];
    tlsn_key *key;
    bool made;               /* the key is new and has to be written */
    char pem[MAKER_PEM_MAX]; /* what --out gets */
    size_t pem_len;
    uint8_t der[MAKER_DER_MAX];
};

/* An authority from --ca and --ca-key. */
struct authority {
    struct blob file;
    struct tlsn_span cert; /* the first of the file; owned */
    size_t seen;
    struct maker *maker;
    tlsn_key *key;
};

/* Hooks and what to write, by the options; subject is the default, NULL: one has to be given. */
int maker_begin(struct maker *m, const struct options *options, const char *subject, int64_t days);
/* The given key, or a new one. Files that are in the way are found before anything is made. */
int maker_get_key(struct maker *m);
tlsn_status maker_add_pem(struct maker *m, const char *label, struct tlsn_span der);
/* Writes key and result when status is STATUS_OK, and cleans up; returns the status. */
int maker_finish(struct maker *m, int status);
int maker_read_key(tlsn_key **out, const struct blob *file, const struct setup *setup,
                   const char *what, const char *path);

/* Reads both files, checks that they belong together, and adds the chain behind the new
 * certificate to the maker's output. authority_free also after a failure. */
int authority_read(struct authority *a);
void authority_free(struct authority *a);

#endif
