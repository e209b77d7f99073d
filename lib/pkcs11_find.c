/* pkcs11_find.c - tokens and objects that fit a URI (RFC 7512 2.5: what it says has to be the same, and an empty text
 * is said to be empty; what it leaves out may be anything). */
#include "pkcs11.h"

#ifdef TLSNI_HAVE_P11KIT

#include <string.h>
#include <strings.h>

void tlsni_pkcs11_text(char *out, size_t cap, const CK_UTF8CHAR *text, size_t len)
{
    while (len && text[len - 1] == ' ')
        len--;
    if (len >= cap)
        len = cap - 1;
    memcpy(out, text, len);
    out[len] = 0;
}

/* The module pads its texts with spaces, so that spaces at the end say nothing.
 * @rfc 7512:2.3/4, 7512:2.3/17, 7512:2.5/4 */
static bool fits(const struct tlsn_pkcs11_uri *uri, enum tlsn_pkcs11_attribute attribute,
                 const char *wanted, const CK_UTF8CHAR *text, size_t len)
{
    char have[80], want[80];

    tlsni_pkcs11_text(have, sizeof have, text, len);
    tlsni_pkcs11_text(want, sizeof want, (const CK_UTF8CHAR *)wanted, strlen(wanted));
    return !tlsn_pkcs11_uri_has(uri, attribute) || strcmp(want, have) == 0;
}

#define FITS(attribute, wanted, field)                                                             \
    fits(uri, TLSN_PKCS11_##attribute, uri->wanted, field, sizeof(field))

/* "softhsm2" of "/usr/lib/softhsm/libsofthsm2.so.1": what stands between "lib" and the first dot. */
static bool is_name_of(const char *wanted, const char *file)
{
    const char *base = strrchr(file, '/');
    size_t n;

    base = base ? base + 1 : file;
    if (strncmp(base, "lib", 3) == 0)
        base += 3;
    n = strcspn(base, ".");
    return strlen(wanted) == n && strncasecmp(wanted, base, n) == 0;
}

/* The one that p11-kit has for the module, or that its file gives. Without a file nothing is known.
 * @rfc 7512:2.4/6, 7512:2.4/7 */
static bool name_fits(const char *wanted, const char *name, const char *file)
{
    return (name && strcasecmp(wanted, name) == 0) || (file && is_name_of(wanted, file));
}

/* The module's file, or a directory that it is in.
 * @rfc 7512:2.4/8 */
static bool path_fits(const char *wanted, const char *file)
{
    size_t n = strlen(wanted);

    if (!file || strncmp(wanted, file, n) != 0)
        return false;
    return !file[n] || file[n] == '/' || (n && wanted[n - 1] == '/');
}

/* @rfc 7512:2.4/11, 7512:2.4/12, 7512:2.5/1 */
static bool module_chosen(CK_FUNCTION_LIST *module, const struct tlsn_pkcs11_uri *uri)
{
    bool by_name = tlsn_pkcs11_uri_has(uri, TLSN_PKCS11_MODULE_NAME);
    bool by_path = tlsn_pkcs11_uri_has(uri, TLSN_PKCS11_MODULE_PATH);
    char *name = by_name ? p11_kit_module_get_name(module) : NULL;
    char *file = by_name || by_path ? p11_kit_module_get_filename(module) : NULL;
    bool fit = (!by_name || name_fits(uri->module_name, name, file)) &&
               (!by_path || path_fits(uri->module_path, file));

    tlsni_free(NULL, name); /* from malloc, as p11-kit says */
    tlsni_free(NULL, file);
    return fit;
}

static bool module_fits(CK_FUNCTION_LIST *module, const struct tlsn_pkcs11_uri *uri)
{
    CK_INFO info;

    return module_chosen(module, uri) && module->C_GetInfo(&info) == CKR_OK &&
           FITS(LIBRARY_MANUFACTURER, library_manufacturer, info.manufacturerID) &&
           FITS(LIBRARY_DESCRIPTION, library_description, info.libraryDescription) &&
           (uri->library_major < 0 || (uri->library_major == info.libraryVersion.major &&
                                       uri->library_minor == info.libraryVersion.minor));
}

static bool slot_fits(CK_FUNCTION_LIST *module, CK_SLOT_ID slot, const struct tlsn_pkcs11_uri *uri)
{
    CK_SLOT_INFO info;

    return (uri->slot_id < 0 || (CK_SLOT_ID)uri->slot_id == slot) &&
           module->C_GetSlotInfo(slot, &info) == CKR_OK &&
           FITS(SLOT_MANUFACTURER, slot_manufacturer, info.manufacturerID) &&
           FITS(SLOT_DESCRIPTION, slot_description, info.slotDescription);
}

static bool token_fits(const CK_TOKEN_INFO *info, const struct tlsn_pkcs11_uri *uri)
{
    return FITS(TOKEN, token, info->label) && FITS(MANUFACTURER, manufacturer, info->manufacturerID) &&
           FITS(MODEL, model, info->model) && FITS(SERIAL, serial, info->serialNumber);
}

enum { SLOTS_MAX = 256 };

typedef tlsn_status take_token(void *ctx, const struct tlsni_pkcs11_place *place,
                               const CK_TOKEN_INFO *info);

static tlsn_status each_slot(CK_FUNCTION_LIST *module, const struct tlsn_pkcs11_uri *uri,
                             take_token *take, void *ctx, struct tlsn_pkcs11_error *error)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG count = SLOTS_MAX;
    CK_RV rv = module->C_GetSlotList(CK_TRUE, slots, &count);
    tlsn_status st = TLSN_OK;

    if (rv != CKR_OK)
        return tlsni_pkcs11_fail(error, TLSN_ERR_PKCS11, rv, "C_GetSlotList");
    for (CK_ULONG i = 0; st == TLSN_OK && i < count; i++) {
        struct tlsni_pkcs11_place place = { .module = module, .slot = slots[i] };
        CK_TOKEN_INFO info;

        if (!slot_fits(module, slots[i], uri) ||
            module->C_GetTokenInfo(slots[i], &info) != CKR_OK || !token_fits(&info, uri))
            continue;
        place.login_required = (info.flags & CKF_LOGIN_REQUIRED) != 0;
        st = take(ctx, &place, &info);
    }
    return st;
}

/* @rfc 7512:2.5/2, 7512:2.5/5 */
tlsn_status tlsni_pkcs11_each_token(const struct tlsn_pkcs11 *module,
                                    const struct tlsn_pkcs11_uri *uri, take_token *take, void *ctx,
                                    struct tlsn_pkcs11_error *error)
{
    tlsn_status st = TLSN_OK;

    for (CK_FUNCTION_LIST **m = module->modules; st == TLSN_OK && *m; m++)
        if (!uri->unknown && module_fits(*m, uri))
            st = each_slot(*m, uri, take, ctx, error);
    return st;
}

/* ---- the public list ---- */

struct nth {
    size_t left;
    bool found;
    struct tlsn_pkcs11_token *out;
};

static tlsn_status take_nth(void *ctx, const struct tlsni_pkcs11_place *place,
                            const CK_TOKEN_INFO *info)
{
    struct nth *n = ctx;
    struct tlsn_pkcs11_token *t = n->out;

    if (n->found || n->left--)
        return TLSN_OK;
    n->found = true;
    t->slot_id = place->slot;
    tlsni_pkcs11_text(t->label, sizeof t->label, info->label, sizeof info->label);
    tlsni_pkcs11_text(t->manufacturer, sizeof t->manufacturer, info->manufacturerID,
                      sizeof info->manufacturerID);
    tlsni_pkcs11_text(t->model, sizeof t->model, info->model, sizeof info->model);
    tlsni_pkcs11_text(t->serial, sizeof t->serial, info->serialNumber, sizeof info->serialNumber);
    t->login_required = place->login_required;
    t->initialised = (info->flags & CKF_TOKEN_INITIALIZED) != 0;
    return TLSN_OK;
}

tlsn_status tlsn_pkcs11_token(tlsn_pkcs11 *module, size_t i, struct tlsn_pkcs11_token *out,
                              struct tlsn_pkcs11_error *error)
{
    struct nth n = { .left = i, .out = out };
    struct tlsn_pkcs11_uri any;
    tlsn_status st = tlsn_pkcs11_uri_parse(&any, "pkcs11:");

    memset(out, 0, sizeof *out);
    if (st == TLSN_OK)
        st = tlsni_pkcs11_each_token(module, &any, take_nth, &n, error);
    return st == TLSN_OK && !n.found ? TLSN_ERR_NOT_FOUND : st;
}

/* ---- objects ---- */

/* @rfc 7512:2.3/13, 7512:2.3/17 */
CK_ULONG tlsni_pkcs11_template(CK_ATTRIBUTE *wanted, CK_ULONG n, const struct tlsn_pkcs11_uri *uri)
{
    if (tlsn_pkcs11_uri_has(uri, TLSN_PKCS11_OBJECT))
        wanted[n++] = (CK_ATTRIBUTE){ CKA_LABEL, (void *)(uintptr_t)uri->object, strlen(uri->object) };
    if (tlsn_pkcs11_uri_has(uri, TLSN_PKCS11_ID))
        wanted[n++] = (CK_ATTRIBUTE){ CKA_ID, (void *)(uintptr_t)uri->id, uri->id_len };
    return n;
}

tlsn_status tlsni_pkcs11_objects(const struct tlsni_pkcs11_place *place, CK_SESSION_HANDLE session,
                                 CK_ATTRIBUTE *attributes, CK_ULONG attribute_count,
                                 CK_OBJECT_HANDLE *out, CK_ULONG max, CK_ULONG *count,
                                 struct tlsn_pkcs11_error *error)
{
    CK_RV rv = place->module->C_FindObjectsInit(session, attributes, attribute_count);

    *count = 0;
    if (rv != CKR_OK)
        return tlsni_pkcs11_fail(error, TLSN_ERR_PKCS11, rv, "C_FindObjectsInit");
    rv = place->module->C_FindObjects(session, out, max, count);
    (void)place->module->C_FindObjectsFinal(session);
    return rv == CKR_OK ? TLSN_OK : tlsni_pkcs11_fail(error, TLSN_ERR_PKCS11, rv, "C_FindObjects");
}

tlsn_status tlsni_pkcs11_attribute(const struct tlsn_hooks *env,
                                   const struct tlsni_pkcs11_place *place,
                                   CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                                   CK_ATTRIBUTE_TYPE type, uint8_t **out, size_t *len)
{
    enum { VALUE_MAX = 1 << 20 };
    CK_ATTRIBUTE a = { type, NULL, 0 };

    *out = NULL;
    *len = 0;
    if (place->module->C_GetAttributeValue(session, object, &a, 1) != CKR_OK || !a.ulValueLen ||
        a.ulValueLen > VALUE_MAX)
        return TLSN_OK;
    a.pValue = *out = tlsni_alloc(env, a.ulValueLen);
    if (!*out)
        return TLSN_ERR_NO_MEMORY;
    if (place->module->C_GetAttributeValue(session, object, &a, 1) == CKR_OK)
        *len = a.ulValueLen;
    return TLSN_OK;
}

#endif
