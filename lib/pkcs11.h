/* pkcs11.h - what the files of PKCS#11 share. Only with p11-kit.
 *
 * A module is thread safe by itself (C_Initialize with CKF_OS_LOCKING_OK), and each operation has a
 * session of its own. A login holds for the whole process and ends with the token's last session:
 * a key keeps one open. */
#ifndef TLSNI_PKCS11_H
#define TLSNI_PKCS11_H

#include <config.h>

#ifdef TLSNI_HAVE_P11KIT

#include <p11-kit/p11-kit.h>
#include <stdatomic.h>
#include <tls-native/pkcs11.h>

#include "base/mem.h"

struct tlsn_pkcs11 {
    struct tlsn_hooks env;
    atomic_uint references;
    enum tlsn_pkcs11_lifecycle lifecycle;
    CK_FUNCTION_LIST **modules; /* NULL behind the last; owned by p11-kit, or `one` */
    CK_FUNCTION_LIST *one[2];   /* a module by its path */
};

enum { TLSNI_PKCS11_PIN_MAX = 256 };

/* A token that fits. */
struct tlsni_pkcs11_place {
    CK_FUNCTION_LIST *module;
    CK_SLOT_ID slot;
    bool login_required;
};

struct tlsn_pkcs11_key {
    struct tlsn_pkcs11 *module; /* holds a reference */
    atomic_uint references;
    struct tlsni_pkcs11_place place;
    CK_SESSION_HANDLE session;  /* keeps the login */
    CK_OBJECT_HANDLE object;
    CK_KEY_TYPE type;
    uint8_t id[TLSN_PKCS11_ID_MAX];
    size_t id_len;
    bool confirms;              /* CKA_ALWAYS_AUTHENTICATE: each operation takes the PIN again */
    uint8_t pin[TLSNI_PKCS11_PIN_MAX]; /* secret; only then */
    size_t pin_len;
};

/* ---- pkcs11_module.c ---- */

tlsn_pkcs11 *tlsni_pkcs11_ref(tlsn_pkcs11 *module);
/* Notes what the module answered to `call` and returns status. */
tlsn_status tlsni_pkcs11_fail(struct tlsn_pkcs11_error *error, tlsn_status status, CK_RV rv,
                              const char *call);
/* The same without an answer of the module. */
tlsn_status tlsni_pkcs11_say(struct tlsn_pkcs11_error *error, tlsn_status status, const char *text);

/* ---- pkcs11_find.c ---- */

/* Calls `take` for each token that fits the URI, until it returns something other than TLSN_OK. */
TLSN_MUST_USE tlsn_status tlsni_pkcs11_each_token(const struct tlsn_pkcs11 *module,
                                                  const struct tlsn_pkcs11_uri *uri,
                                                  tlsn_status (*take)(
                                                      void *ctx,
                                                      const struct tlsni_pkcs11_place *place,
                                                      const CK_TOKEN_INFO *info),
                                                  void *ctx, struct tlsn_pkcs11_error *error);
/* A text of PKCS#11, padded with spaces, as C string. cap > len. */
void tlsni_pkcs11_text(char *out, size_t cap, const CK_UTF8CHAR *text, size_t len);
/* The objects of a template, up to max; *count may say max and there are more. */
TLSN_MUST_USE tlsn_status tlsni_pkcs11_objects(const struct tlsni_pkcs11_place *place,
                                               CK_SESSION_HANDLE session, CK_ATTRIBUTE *attributes,
                                               CK_ULONG attribute_count, CK_OBJECT_HANDLE *out,
                                               CK_ULONG max, CK_ULONG *count,
                                               struct tlsn_pkcs11_error *error);
/* Puts what the URI says of an object behind the n attributes that are there; how many there are now. */
CK_ULONG tlsni_pkcs11_template(CK_ATTRIBUTE *wanted, CK_ULONG n, const struct tlsn_pkcs11_uri *uri);
/* One attribute, allocated; empty when the object does not have it or does not show it. To be freed. */
TLSN_MUST_USE tlsn_status tlsni_pkcs11_attribute(const struct tlsn_hooks *env,
                                                 const struct tlsni_pkcs11_place *place,
                                                 CK_SESSION_HANDLE session,
                                                 CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                                                 uint8_t **out, size_t *len);

#endif
#endif
