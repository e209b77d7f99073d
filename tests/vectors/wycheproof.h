/* wycheproof.h - how an algorithm joins the program that runs the Wycheproof corpus.
 *
 * A tests/vectors/wyche_AREA.c defines a table of rows, ended by a row of NULLs, and wycheproof.c
 * names the table. The frame reads the files, judges what a row's `run` says against the case's
 * `result`, and prints mismatches and one summary line a file. */
#ifndef TLSNI_TESTS_VECTORS_WYCHEPROOF_H
#define TLSNI_TESTS_VECTORS_WYCHEPROOF_H

#include "support_vectors.h"

/* One case and what it inherits; a field is looked up in `test`, then in `group`. */
struct wyche_case {
    struct vec_block *file, *group, *test;
    long id; /* tcId */
};

/* What our code did with a case. */
enum wyche_outcome {
    WYCHE_ACCEPTED,       /* verified, or computed the expected value */
    WYCHE_REJECTED,       /* refused the input */
    WYCHE_WRONG,          /* computed another value, or a check of its own failed */
    WYCHE_NOT_APPLICABLE, /* outside what the interface takes (a nonce size, a curve) */
};

/* A case where we differ from the corpus and know why. It is counted as known; if it no longer
 * differs, that is a mismatch too. */
struct wyche_known {
    const char *file; /* as wyche_algorithm.file */
    long id;
    const char *reason;
};

struct wyche_algorithm {
    /* The file's `source` without "_test.json": "aes_gcm", "ecdsa_secp256r1_sha256". A '*' at the
     * end takes every file that begins like this. The first row that fits is used. */
    const char *file;
    enum wyche_outcome (*run)(const struct wyche_case *c);
    const struct wyche_known *known; /* NULL, or ended by an id of 0 */
};

const char *wyche_text(const struct wyche_case *c, const char *key); /* NULL when absent */
struct tlsn_span wyche_bytes(const struct wyche_case *c, const char *key); /* or data NULL */
long wyche_int(const struct wyche_case *c, const char *key); /* -1 when absent */
bool wyche_flag(const struct wyche_case *c, const char *name);
bool wyche_same(struct tlsn_span a, const void *data, size_t len);

/* The tables. */
extern const struct wyche_algorithm wyche_symmetric[];
extern const struct wyche_algorithm wyche_kx[];         /* ecdh, xdh */
extern const struct wyche_algorithm wyche_signatures[]; /* ecdsa, rsa, ... */
extern const struct wyche_algorithm wyche_encryption[]; /* rsa decryption */
extern const struct wyche_algorithm wyche_mlkem[];      /* key encapsulation */

#endif
