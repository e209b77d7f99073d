/* <tls-native/info.h> - the tables, for people and programs: what `tlsn list` and `tlsn flows`
 * print. Rows are static and immutable. Index from 0; false (or NULL) behind the last. */
#ifndef TLS_NATIVE_INFO_H
#define TLS_NATIVE_INFO_H

#include <tls-native/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Every code point of the registry up to TLS 1.2 and some that were in use without one. Of those
 * that will not be implemented only id, name, source and reason are filled; the rest is "" or 0. */
struct tlsn_suite_info {
    uint16_t id, min_version, max_version;
    const char *name, *openssl, *gnutls, *kx, *auth, *cipher, *mac, *prf, *policy, *source;
    const char *reason; /* why it is not implemented; "" when it is */
    bool implemented, recommended;
};
struct tlsn_group_info {
    uint16_t id, bits, security_bits, min_version, max_version;
    const char *name, *openssl, *gnutls, *policy, *source;
};
struct tlsn_sigalg_info {
    uint16_t id, min_version, max_version; /* where handshakes may be signed with it */
    const char *name, *openssl, *gnutls, *key, *hash, *policy, *source;
};
struct tlsn_extension_info {
    uint16_t type;
    const char *name, *messages, *source; /* messages: "CH SH" */
};
struct tlsn_alert_info {
    uint8_t number;
    const char *name, *level, *source; /* "fatal", "warning", "either" */
};
struct tlsn_version_info {
    uint16_t number;
    const char *name, *title, *source; /* "tls1.2", "TLS 1.2" */
    bool implemented;
};
struct tlsn_policy_info {
    const char *name, *text, *min_version, *max_version;
};
struct tlsn_flow_info {
    const char *flow; /* "tls1.2 client" */
    const char *state, *event, *next, *action;
    const char *when, *unless, *needs, *proves; /* names joined by "+", "" for none */
    const char *source;
};

TLSN_API bool tlsn_suite_info(size_t i, struct tlsn_suite_info *out);
TLSN_API bool tlsn_group_info(size_t i, struct tlsn_group_info *out);
TLSN_API bool tlsn_sigalg_info(size_t i, struct tlsn_sigalg_info *out);
/* Algorithm i for Certificate messages (RFC 8879) that the library was built with, best first; "" behind
 * the last. */
TLSN_API const char *tlsn_cert_compression_name(size_t i);
TLSN_API bool tlsn_extension_info(size_t i, struct tlsn_extension_info *out);
TLSN_API bool tlsn_alert_info(size_t i, struct tlsn_alert_info *out);
TLSN_API bool tlsn_version_info(size_t i, struct tlsn_version_info *out);
TLSN_API bool tlsn_policy_info(size_t i, struct tlsn_policy_info *out);
/* scratch (at least 256 bytes) holds the joined names of this row. */
TLSN_API bool tlsn_flow_info(size_t i, struct tlsn_flow_info *out, char *scratch, size_t cap);
/* "tls1.2" -> TLSN_TLS1_2 and so on; 0 when unknown. */
TLSN_API uint16_t tlsn_version_number(const char *name);

#ifdef __cplusplus
}
#endif
#endif
