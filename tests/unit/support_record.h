/* support_record.h - every kind of record protection by name, with keys, for tests. */
#ifndef TLSNI_TESTS_SUPPORT_RECORD_H
#define TLSNI_TESTS_SUPPORT_RECORD_H

#include "record/record.h"
#include "support_env.h"

struct test_kind {
    const char *cipher, *mac; /* names of rows; mac "" for an AEAD */
    bool etm;
    struct tlsni_suite suite; /* only the columns that record protection reads */
};

/* All kinds of TLS 1.2; the AEADs and CBCs of AES, and ChaCha20, first. */
extern const struct test_kind test_kinds[];
enum { TEST_3DES = 3 + 2 * 6 + 4 + (2 + 2 * 5) }; /* with MAC-then-encrypt */
enum { TEST_KINDS = 3 + 2 * 6 + 4 + (2 + 2 * 5) + 2 + (2 + 2 * 2) };

/* The row with these names, NULL when there is none. */
const struct test_kind *test_kind_find(const char *cipher, const char *mac, bool etm);

/* Both ends of one direction, with keys made from `label`. Ends the test on failure. */
struct test_pair {
    struct tlsni_prot *writer, *reader;
};
struct test_pair test_pair_new(struct test_env *env, const struct test_kind *kind, uint8_t label);
void test_pair_free(struct test_pair *pair);

/* The keys behind test_pair_new: lengths as the suite wants them, bytes counting up from label. */
struct tlsni_prot_keys test_keys(const struct test_kind *kind, uint8_t label, uint8_t bytes[256]);

/* Parses `size` bytes that are one record of TLS 1.2. */
struct tlsni_record test_parse(const uint8_t *bytes, size_t size);

#endif
