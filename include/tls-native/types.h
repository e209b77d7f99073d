/* <tls-native/types.h> - handles, hooks and small types shared by all public headers. */
#ifndef TLS_NATIVE_TYPES_H
#define TLS_NATIVE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tls-native/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TLSN_API __attribute__((visibility("default")))
#define TLSN_MUST_USE __attribute__((warn_unused_result))
#else
#define TLSN_API
#define TLSN_MUST_USE
#endif

typedef struct tlsn_config tlsn_config;         /* what a connection may do; shared once frozen */
typedef struct tlsn_conn tlsn_conn;             /* one connection; one thread at a time */
typedef struct tlsn_credential tlsn_credential; /* certificate chain and private key */
typedef struct tlsn_session tlsn_session;       /* what is needed to resume */
typedef struct tlsn_session_cache tlsn_session_cache; /* bounded, thread safe server cache */
typedef struct tlsn_replay_guard tlsn_replay_guard;   /* bounded, thread safe memory of a server for early data */
typedef struct tlsn_trust tlsn_trust;           /* trust anchors, indexed */
typedef struct tlsn_socket tlsn_socket;         /* a connection bound to a file descriptor */

enum tlsn_role { TLSN_CLIENT = 0, TLSN_SERVER = 1 };

/* Bytes that belong to somebody else. */
struct tlsn_span {
    const uint8_t *data;
    size_t len;
};

/* Authorization data (RFC 5878 2.3): an attribute certificate in DER, an assertion in XML, or a URL where
 * it can be fetched and the hash of what lies there. */
enum tlsn_authz_format { TLSN_AUTHZ_X509_ATTR_CERT = 0, TLSN_AUTHZ_SAML_ASSERTION,
                         TLSN_AUTHZ_X509_ATTR_CERT_URL, TLSN_AUTHZ_SAML_ASSERTION_URL,
                         TLSN_AUTHZ_FORMATS };
struct tlsn_authz {
    uint8_t format;         /* enum tlsn_authz_format */
    uint8_t hash_algorithm; /* of a URL: HashAlgorithm of RFC 5246 7.4.1.4.1 (2: SHA-1, 4: SHA-256), else 0 */
    struct tlsn_span data;  /* or the URL; 1 to 65535 bytes */
    struct tlsn_span hash;  /* of a URL, else empty */
};

/* Everything the library takes from its environment. A NULL function means the default: malloc and
 * free, getrandom(2), and the system's real-time clock. The functions may be called from every
 * thread that uses an object made with these hooks. With a seeded `random` and a fixed `now_ms` the
 * engine is a function of its input bytes alone (replay). */
struct tlsn_hooks {
    /* len > 0; NULL on failure. The memory is for any object type. */
    void *(*alloc)(void *mem_ctx, size_t len);
    void (*release)(void *mem_ctx, void *block); /* block may be NULL */
    void *mem_ctx;
    /* Fills all of out with unpredictable bytes; TLSN_OK or an error, never partly. */
    tlsn_status (*random)(void *random_ctx, void *out, size_t len);
    void *random_ctx;
    /* Milliseconds since 1970-01-01 00:00:00 UTC. */
    int64_t (*now_ms)(void *clock_ctx);
    void *clock_ctx;
};

/* The enumerator's name ("TLSN_ERR_DECODE"), never NULL. */
TLSN_API const char *tlsn_status_name(tlsn_status status);
/* One English sentence without full stop, never NULL. */
TLSN_API const char *tlsn_status_text(tlsn_status status);
/* The alert sent for this status, or TLSN_ALERT_NONE. */
TLSN_API uint8_t tlsn_status_alert(tlsn_status status);
TLSN_API enum tlsn_blame tlsn_status_blame(tlsn_status status);
/* The document and section that defines the error, possibly "". */
TLSN_API const char *tlsn_status_source(tlsn_status status);
/* The alert's name as in the registry ("handshake_failure"), or "unknown". */
TLSN_API const char *tlsn_alert_name(uint8_t alert);
/* The library's version, "0.1.0". */
TLSN_API const char *tlsn_version_string(void);

#ifdef __cplusplus
}
#endif
#endif
