/* unlock.h - the password of a file while it is read, and what may be spent on it (struct tlsn_unlock).
 *
 * A password is asked for once a file, when something encrypted is met. The work of all derivations of
 * a file counts together: a file cannot buy more by repeating itself. */
#ifndef TLSNI_X509_UNLOCK_H
#define TLSNI_X509_UNLOCK_H

#include <tls-native/x509.h>

#include "base/error.h"
#include "base/mem.h"

enum { TLSNI_PASSWORD_MAX = 1024, TLSNI_ITERATIONS_MAX = 10000000 };
#define TLSNI_SCRYPT_MEMORY_MAX ((size_t)256 << 20)

struct tlsni_unlock {
    const struct tlsn_hooks *env;    /* borrowed */
    const struct tlsn_unlock *how;   /* borrowed; NULL: there is no password */
    uint64_t rounds_left;            /* of hashing */
    uint64_t mixing_left;            /* bytes that scrypt may write */
    size_t memory_max;
    char *asked;                     /* owned; secret: what the callback said, TLSNI_PASSWORD_MAX */
    size_t asked_len;
};

void tlsni_unlock_begin(struct tlsni_unlock *u, const struct tlsn_hooks *env,
                        const struct tlsn_unlock *how);
void tlsni_unlock_end(struct tlsni_unlock *u); /* wipes */
/* The password, borrowed until tlsni_unlock_end. TLSN_ERR_KEY_ENCRYPTED when there is none, or what
 * the callback returned. what: "private key", for the error and for who is asked. */
TLSN_MUST_USE tlsn_status tlsni_unlock_password(struct tlsni_unlock *u, const char *what,
                                                struct tlsn_span *password,
                                                struct tlsni_err *err);
/* Takes this work off what may be spent: rounds of hashing; bytes of memory, filled `lanes` times.
 * TLSN_ERR_KEY_COST. */
TLSN_MUST_USE tlsn_status tlsni_unlock_spend(struct tlsni_unlock *u, uint64_t rounds,
                                             struct tlsni_err *err);
TLSN_MUST_USE tlsn_status tlsni_unlock_spend_memory(struct tlsni_unlock *u, uint64_t memory,
                                                    uint32_t lanes, struct tlsni_err *err);
/* "the password of the private key is wrong", TLSN_ERR_PASSWORD. */
tlsn_status tlsni_unlock_wrong(struct tlsni_err *err, const char *what);

#endif
