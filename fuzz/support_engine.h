/* support_engine.h - a connection under a fuzzer's input, through the public API alone.
 *
 * Randomness is seeded and the clock stands still, so an input always does the same. Each run ends:
 * the number of calls is bounded, and a call that makes no progress ends it. What must hold
 * whatever comes in (counts within bounds, errors that stick and say what they are) is checked with
 * abort(). */
#ifndef TLSN_FUZZ_SUPPORT_ENGINE_H
#define TLSN_FUZZ_SUPPORT_ENGINE_H

#include <tls-native.h>

/* Bits of the first byte of an input. */
enum engine_choice {
    ENGINE_BENT = 1,        /* a real peer whose bytes are bent, instead of the input as they are */
    ENGINE_CLIENT_AUTH = 2, /* the server asks for a certificate */
    ENGINE_SUSPEND = 4,     /* questions suspend and are answered by the driver */
    ENGINE_SMALL_OUT = 8,   /* output in small pieces */
    ENGINE_REFUSE = 16,     /* with ENGINE_SUSPEND: answers are refusals */
    ENGINE_RSA = 32,        /* suites with RSA key exchange and CBC */
    ENGINE_ONE_BYTE = 64,   /* input byte by byte */
    ENGINE_RESUME = 128,    /* bent: the second of two connections */
};

/* Runs one connection of this role: the first byte chooses, the rest is input or, with ENGINE_BENT,
 * a list of changes to the peer's bytes. */
void engine_run(enum tlsn_role role, const uint8_t *data, size_t len);

#endif
