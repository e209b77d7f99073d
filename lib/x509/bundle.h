/* bundle.h - what a file holds: keys, certificates, CRLs, whichever container they are in. */
#ifndef TLSNI_X509_BUNDLE_H
#define TLSNI_X509_BUNDLE_H

#include "cipher/pk.h"
#include "x509/unlock.h"

enum { TLSNI_BUNDLE_NAME_MAX = 128, TLSNI_BUNDLE_ID_MAX = 64 };

struct tlsni_bundle_item {
    enum tlsn_bundle_kind kind;
    struct tlsn_key *key; /* owned; keys only */
    size_t at, len;       /* certificates and CRLs: where in der */
    char name[TLSNI_BUNDLE_NAME_MAX]; /* friendlyName, or empty */
    uint8_t id[TLSNI_BUNDLE_ID_MAX];  /* localKeyId, cut to fit */
    size_t id_len;
};

struct tlsn_bundle {
    struct tlsn_hooks env;
    struct tlsni_buf der;            /* owned */
    struct tlsni_bundle_item *items; /* owned */
    size_t count, room;
    bool authenticated;
};

/* Appends one item; name and id are empty. A key is owned by the bundle from then on, or freed. */
TLSN_MUST_USE tlsn_status tlsni_bundle_add_der(struct tlsn_bundle *b, enum tlsn_bundle_kind kind,
                                               struct tlsn_span der);
TLSN_MUST_USE tlsn_status tlsni_bundle_add_key(struct tlsn_bundle *b, struct tlsni_privkey *key);
/* The item added last. */
struct tlsni_bundle_item *tlsni_bundle_last(struct tlsn_bundle *b);

/* The first key, which the caller owns then; NULL when there is none. */
TLSN_MUST_USE struct tlsn_key *tlsni_bundle_take_key(struct tlsn_bundle *b);

#endif
