/* support_x509.h - certificates for tests, bent as a test wants them: every extension is given as
 * bytes.
 *
 * Keys are Ed25519 from a seed, so that the same test makes the same certificates. Failures end the
 * program: these are tools, not what is tested. */
#ifndef TLSN_TESTS_SUPPORT_X509_H
#define TLSN_TESTS_SUPPORT_X509_H

#include "base/bytes.h"
#include <tls-native/x509.h>

#include "x509/cert.h"

enum { X509_DER_MAX = 4096, X509_EXTENSIONS_MAX = 12 };

/* 2020-01-01 and 2030-01-01: what certificates are valid for when a test says nothing else. */
#define X509_BEGIN 1577836800
#define X509_END 1893456000
#define X509_NOW 1735689600 /* 2025-01-01 */

/* Extensions often wanted, as "critical oid value" in hex. */
#define X509_CA "ff 551d13 30030101ff"
#define X509_CA_PATH_0 "ff 551d13 30060101ff020100"
#define X509_CA_PATH_1 "ff 551d13 30060101ff020101"
#define X509_KU_CERT_SIGN "ff 551d0f 03020106"
#define X509_KU_SIGNATURE "ff 551d0f 03020780"
#define X509_EKU_SERVER "00 551d25 300a06082b06010505070301"
#define X509_EKU_CLIENT "00 551d25 300a06082b06010505070302"
#define X509_SAN_A_EXAMPLE "00 551d11 300b8209612e6578616d706c65" /* DNS:a.example */

struct x509_spec {
    const char *subject, *issuer; /* RFC 4514 text; issuer NULL: the signer's subject */
    int64_t not_before, not_after; /* 0: X509_BEGIN, X509_END */
    unsigned version;              /* 0: 3 */
    unsigned seed;                 /* of the subject's key */
    const char *extensions[X509_EXTENSIONS_MAX]; /* until the first NULL */
};

struct x509_made {
    uint8_t der[X509_DER_MAX];
    size_t len;
    unsigned seed;
    char subject[128];
    struct tlsni_cert cert; /* spans into der; zeroed when it does not parse */
};

/* signer NULL: self-signed. */
void x509_make(struct x509_made *out, const struct x509_spec *spec, const struct x509_made *signer);
/* The key with this seed, for the public writers. To be freed. */
tlsn_key *x509_key(unsigned seed);
struct tlsn_span x509_span(const struct x509_made *made);

/* ---- files, and the openssl command as a peer ---- */

/* True when there is an openssl command. */
bool peer_there(void);
/* A directory of the test's own, made on first use and removed with all its files by peer_clean. */
const char *peer_dir(void);
void peer_clean(void);
void peer_write(const char *name, const void *data, size_t len);
/* Its length; ends the program when there is no such file or cap is too small. */
size_t peer_read(const char *name, void *data, size_t cap);
/* Runs `openssl ARGUMENTS` inside the directory; its output goes to the file "out". True on
 * success. */
bool peer_openssl(const char *arguments);

#endif
