/* support_tls13.h - a TLS 1.3 connection of two engines, one of whose messages are changed before they are sealed:
 * what a peer says that has all the keys. Its transcript, binders, signatures and Finished follow the changes.
 *
 * Randomness is seeded and the clock stands still. Each run ends. What must hold whatever comes in is checked
 * with abort(): errors stick and name themselves, nobody completes behind a changed signature or Finished, or when a
 * message is missing or there twice, and who has to be known is. */
#ifndef TLSN_FUZZ_SUPPORT_TLS13_H
#define TLSN_FUZZ_SUPPORT_TLS13_H

#include <tls-native.h>

/* Bits of the first byte of an input. */
enum tls13_choice {
    TLS13_RETRY = 1,       /* the server asks for another share, with a cookie */
    TLS13_RESUME = 2,      /* the second of two connections */
    TLS13_EARLY = 4,       /* early data, where the session allows them */
    TLS13_KEY = 8,         /* an external pre-shared key besides */
    TLS13_CLIENT_AUTH = 16, /* the server requires a certificate */
    TLS13_BEHIND = 32,     /* client authentication and new keys behind the handshake, then records of the input */
    TLS13_AUTHENTICATOR = 64, /* exported authenticators behind it */
    TLS13_CERT_WITH_KEY = 128, /* certificates and a pre-shared key in one handshake */
};

/* Runs one connection; the peer of this role is the one that is bent. Behind the first byte stands a list of
 * changes, 5 bytes each (message, offset, kind, value), up to one for message 255; the rest is for what comes
 * behind the handshake. */
void tls13_run(enum tlsn_role target, const uint8_t *data, size_t len);

#endif
