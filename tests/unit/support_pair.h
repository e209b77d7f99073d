/* support_pair.h - a client and a server of the engine back to back in memory, for tests of what
 * one of them does when the other, or the application, misbehaves. */
#ifndef TLSNI_TESTS_SUPPORT_PAIR_H
#define TLSNI_TESTS_SUPPORT_PAIR_H

#include <tls-native.h>

enum { PAIR_WIRE = 1 << 18 };

/* A certification authority with one EC and one RSA credential for a.example and b.example. */
struct pair_pki {
    tlsn_trust *trust;
    tlsn_credential *ec, *rsa;
};

void pair_pki_make(struct pair_pki *pki);
void pair_pki_free(struct pair_pki *pki);
/* Policy default, not frozen; a server has both credentials, a client the trust. */
tlsn_config *pair_config(const struct pair_pki *pki, enum tlsn_role role);

struct pair_end {
    tlsn_conn *conn;
    tlsn_status status; /* of the latest tlsn_handshake */
    uint8_t in[PAIR_WIRE];
    size_t in_len;
};

struct pair {
    struct pair_end end[2]; /* by role */
};

/* name may be NULL. Takes a reference to the configurations. */
void pair_open(struct pair *p, tlsn_config *client, tlsn_config *server, const char *name);
void pair_close(struct pair *p);
/* Lets both ends call tlsn_handshake until neither gets any further: complete, failed, or with a
 * question open. */
void pair_run(struct pair *p);
/* True when both are complete. */
bool pair_done(const struct pair *p);
/* One call of the handshake at this end; its output goes to the other one. */
void pair_turn(struct pair *p, enum tlsn_role role);
/* Bytes onto the wire towards this end. */
void pair_inject(struct pair *p, enum tlsn_role to, const void *data, size_t len);
/* Application data from one end to the other; what the receiver's tlsn_decrypt says. */
tlsn_status pair_say(struct pair *p, enum tlsn_role from, const char *text);

#endif
