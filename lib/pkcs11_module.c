/* pkcs11_module.c - PKCS#11 modules through p11-kit: loading, lifecycle, errors. */
#include "pkcs11.h"

#ifdef TLSNI_HAVE_P11KIT

#include <stdio.h>
#include <string.h>

/* ---- errors ---- */

static const char *rv_name(CK_RV rv)
{
    static const struct {
        CK_RV rv;
        const char *name;
    } rows[] = {
#define ROW(rv) { rv, #rv }
        ROW(CKR_HOST_MEMORY), ROW(CKR_SLOT_ID_INVALID), ROW(CKR_GENERAL_ERROR),
        ROW(CKR_FUNCTION_FAILED), ROW(CKR_ARGUMENTS_BAD), ROW(CKR_DEVICE_ERROR),
        ROW(CKR_DEVICE_REMOVED), ROW(CKR_KEY_FUNCTION_NOT_PERMITTED),
        ROW(CKR_MECHANISM_INVALID), ROW(CKR_MECHANISM_PARAM_INVALID),
        ROW(CKR_OBJECT_HANDLE_INVALID), ROW(CKR_OPERATION_ACTIVE), ROW(CKR_PIN_INCORRECT),
        ROW(CKR_PIN_INVALID), ROW(CKR_PIN_LEN_RANGE), ROW(CKR_PIN_EXPIRED), ROW(CKR_PIN_LOCKED),
        ROW(CKR_SESSION_CLOSED), ROW(CKR_SESSION_COUNT), ROW(CKR_SESSION_HANDLE_INVALID),
        ROW(CKR_TOKEN_NOT_PRESENT), ROW(CKR_TOKEN_NOT_RECOGNIZED),
        ROW(CKR_USER_ALREADY_LOGGED_IN), ROW(CKR_USER_NOT_LOGGED_IN),
        ROW(CKR_USER_PIN_NOT_INITIALIZED), ROW(CKR_BUFFER_TOO_SMALL),
        ROW(CKR_CRYPTOKI_NOT_INITIALIZED), ROW(CKR_CRYPTOKI_ALREADY_INITIALIZED),
#undef ROW
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].rv == rv)
            return rows[i].name;
    return "CKR";
}

tlsn_status tlsni_pkcs11_fail(struct tlsn_pkcs11_error *error, tlsn_status status, CK_RV rv,
                              const char *call)
{
    if (!error)
        return status;
    error->rv = rv;
    (void)snprintf(error->name, sizeof error->name, "%s", rv_name(rv));
    (void)snprintf(error->text, sizeof error->text, "%s: %s (0x%lx)", call, error->name, rv);
    return status;
}

tlsn_status tlsni_pkcs11_say(struct tlsn_pkcs11_error *error, tlsn_status status, const char *text)
{
    if (!error)
        return status;
    memset(error, 0, sizeof *error);
    (void)snprintf(error->text, sizeof error->text, "%s", text);
    return status;
}

/* ---- modules ---- */

/* Everybody's modules: p11-kit initialises them, and counts who uses them. */
static tlsn_status open_configured(struct tlsn_pkcs11 *m, struct tlsn_pkcs11_error *error)
{
    m->modules = p11_kit_modules_load_and_initialize(0);
    return m->modules ? TLSN_OK
                      : tlsni_pkcs11_say(error, TLSN_ERR_PKCS11,
                                         "p11-kit cannot load its configured modules");
}

static tlsn_status initialise(struct tlsn_pkcs11 *m, struct tlsn_pkcs11_error *error)
{
    CK_C_INITIALIZE_ARGS arguments = { .flags = CKF_OS_LOCKING_OK };
    CK_RV rv;

    if (m->lifecycle == TLSN_PKCS11_OMIT)
        return TLSN_OK;
    rv = m->one[0]->C_Initialize(&arguments);
    if (rv == CKR_OK || (rv == CKR_CRYPTOKI_ALREADY_INITIALIZED &&
                         m->lifecycle == TLSN_PKCS11_DEFAULT))
        return TLSN_OK;
    return tlsni_pkcs11_fail(error, TLSN_ERR_PKCS11, rv, "C_Initialize");
}

static tlsn_status open_path(struct tlsn_pkcs11 *m, const char *path,
                             struct tlsn_pkcs11_error *error)
{
    tlsn_status st;

    m->one[0] = p11_kit_module_load(path, P11_KIT_MODULE_UNMANAGED);
    if (!m->one[0])
        return tlsni_pkcs11_say(error, TLSN_ERR_PKCS11, "the module cannot be loaded");
    m->modules = m->one;
    st = initialise(m, error);
    if (st != TLSN_OK)
        p11_kit_module_release(m->one[0]);
    return st;
}

tlsn_status tlsn_pkcs11_open(tlsn_pkcs11 **out, const char *path,
                             enum tlsn_pkcs11_lifecycle lifecycle, const struct tlsn_hooks *hooks,
                             struct tlsn_pkcs11_error *error)
{
    struct tlsn_pkcs11 *m = tlsni_alloc(hooks, sizeof *m);
    tlsn_status st;

    *out = NULL;
    if (!m)
        return TLSN_ERR_NO_MEMORY;
    if (hooks)
        m->env = *hooks;
    atomic_init(&m->references, 1);
    m->lifecycle = lifecycle;
    st = path ? open_path(m, path, error) : open_configured(m, error);
    if (st == TLSN_OK)
        *out = m;
    else
        tlsni_free(hooks, m);
    return st;
}

tlsn_pkcs11 *tlsni_pkcs11_ref(tlsn_pkcs11 *module)
{
    atomic_fetch_add(&module->references, 1);
    return module;
}

/* By default the module stays: others in the process may have come to use it. */
void tlsn_pkcs11_free(tlsn_pkcs11 *m)
{
    struct tlsn_hooks env;

    if (!m || atomic_fetch_sub(&m->references, 1) != 1)
        return;
    env = m->env;
    if (m->modules != m->one) {
        p11_kit_modules_finalize_and_release(m->modules);
    } else if (m->lifecycle != TLSN_PKCS11_DEFAULT) {
        if (m->lifecycle == TLSN_PKCS11_STRICT)
            (void)m->one[0]->C_Finalize(NULL);
        p11_kit_module_release(m->one[0]);
    }
    tlsni_free(&env, m);
}

#endif
