/* harness.h - the benchmark: what a library offers to it, and what the measurements share.
 *
 * All libraries run in one process and one thread, client and server in turns, over two byte
 * streams in memory. Within a round the libraries take turns, every figure is the median over the
 * rounds, and time is the thread's CPU time: so a slow moment of the machine hits all of them. */
#ifndef TLSN_BENCH_HARNESS_H
#define TLSN_BENCH_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_NAME "bench.example"

/* ---- streams ---- */

enum { STREAM_CAP = 1 << 20 };

/* One way; never more than STREAM_CAP bytes at a time are in it. */
struct stream {
    uint8_t *bytes;
    size_t at, end; /* read from `at`, written to `end` */
};

static inline size_t stream_len(const struct stream *s)
{
    return s->end - s->at;
}

static inline void stream_skip(struct stream *s, size_t n)
{
    s->at += n;
    if (s->at == s->end)
        s->at = s->end = 0;
}

/* ---- cases ---- */

enum bench_kx { ECDHE_ECDSA, ECDHE_RSA, STATIC_RSA, DHE_RSA };
enum bench_cipher { AES_128_GCM, AES_256_GCM, CHACHA20_POLY1305, AES_128_CBC_SHA256 };
enum bench_resume { NOT_RESUMED, BY_TICKET, BY_ID };
enum bench_version { TLS_1_2, TLS_1_3 };
enum bench_group { P_256, X_25519 };

struct bench_case {
    const char *name;
    enum bench_kx kx;
    enum bench_cipher cipher;
    enum bench_resume resume;
    bool mutual, etm;
    enum bench_version version;
    enum bench_group group; /* of ECDHE */
};

/* A chain of leaf and intermediate as PEM and DER, its key as PEM, its root. NUL-terminated
 * texts. */
struct bench_identity {
    char chain[8192], key[4096], root[4096];
    uint8_t der[3][2048]; /* leaf, intermediate, root */
    size_t der_len[3];
};

/* Made by our own library; the same for all. */
struct bench_identities {
    struct bench_identity server[2]; /* ECDSA P-256, RSA 2048 */
    struct bench_identity client;    /* P-256 */
};

static inline const struct bench_identity *bench_server(const struct bench_identities *ids,
                                                        enum bench_kx kx)
{
    return &ids->server[kx != ECDHE_ECDSA];
}

bool bench_make_identities(struct bench_identities *out);

/* ---- libraries ---- */

enum bench_step { STEP_FAILED, STEP_BLOCKED, STEP_DONE };

struct bench_lib {
    const char *name;
    const char *(*version)(void);
    /* Both sides' contexts for a case; NULL when it cannot be done. */
    void *(*setup)(const struct bench_case *c, const struct bench_identities *ids);
    void (*teardown)(void *ctx);
    /* A client with a kept session offers it. */
    void *(*open)(void *ctx, bool server, struct stream *in, struct stream *out);
    void (*close)(void *conn);
    enum bench_step (*handshake)(void *conn);
    /* With TLS 1.3 takes in the ticket that is waiting. */
    bool (*keep)(void *ctx, void *client);
    bool (*resumed)(void *conn);
    /* One record of n bytes; at most cap bytes of payload. The number of bytes, 0 on failure. */
    size_t (*send)(void *conn, const uint8_t *data, size_t n);
    size_t (*receive)(void *conn, uint8_t *out, size_t cap);
    /* Loads a bundle as trust anchors and frees it; how many there were. */
    size_t (*load)(const char *file);
    /* Parses leaf and intermediate and verifies them up to the root, with the name. */
    void *(*judge_new)(const struct bench_identity *id);
    bool (*judge)(void *judge);
    void (*judge_free)(void *judge);
};

extern const struct bench_lib bench_tlsn, bench_openssl, bench_gnutls;

/* Those that were built in, ours first. */
extern const struct bench_lib *const bench_libs[];
extern const size_t bench_lib_count;

/* Nettle by itself: one record sealed or opened as TLS 1.2 does it. */
void *bench_nettle_new(const struct bench_case *c);
void bench_nettle_free(void *n);
void bench_nettle_seal(void *n, uint8_t *out, const uint8_t *data, size_t len);
void bench_nettle_open(void *n, uint8_t *out, const uint8_t *record, size_t len);

/* ---- a connection of both sides ---- */

struct bench_pair {
    const struct bench_lib *lib;
    void *side[2];                /* client, server */
    struct stream to[2];          /* borrowed buffers */
    double seconds[2];
};

/* The buffers of one pair. */
bool bench_streams_new(struct stream to[2]);
/* Both sides up to a complete handshake. Adds to seconds. */
bool bench_pair_open(struct bench_pair *p, const struct bench_lib *lib, void *ctx,
                     struct stream to[2]);
void bench_pair_close(struct bench_pair *p);
/* Context of a case, proved by a connection (two when it resumes); NULL and a note when it
 * fails. */
void *bench_prepare(const struct bench_lib *lib, const struct bench_case *c,
                    const struct bench_identities *ids, struct stream to[2]);

/* ---- heap: what malloc handed out while counting for a side ---- */

struct heap_count {
    long live, peak, calls; /* bytes with their header, bytes, calls of malloc and its like */
};
/* Counts from now on for this one, or for none. */
void heap_count_for(struct heap_count *count);

/* ---- figures ---- */

enum { LIBS_MAX = 4, ROUNDS_MAX = 31, NETTLE_COLUMN = 3 };

struct figure; /* one line of a table, one column a library */
struct figure *figure_line(const char *table, const char *line, const char *unit,
                           bool more_is_better);
void figure_add(struct figure *f, size_t column, double value);
/* The median; negative when there is none. */
double figure_median(const char *table, const char *line, size_t column);
void figures_print(void);

double bench_now(void); /* seconds of CPU time */

struct bench_options {
    unsigned rounds;
    double slice; /* seconds per library, line and round */
    const char *bundle;
};

void bench_handshakes(const struct bench_options *o, const struct bench_identities *ids);
void bench_bulk(const struct bench_options *o, const struct bench_identities *ids);
void bench_memory(const struct bench_identities *ids);
void bench_certificates(const struct bench_options *o, const struct bench_identities *ids);
/* The bars this library has set itself, reached or not. */
void bench_bars(void);

#endif
