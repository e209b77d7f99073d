/* pkcs11_find.c - tokens and objects that fit a URI (RFC 7512 2.5 and 2.6: what it says has to be the
 * same, what it leaves out may be anything). */
#include "pkcs11.h"

#ifdef TLSNI_HAVE_P11KIT

#include <string.h>

void tlsni_pkcs11_text(char *out, size_t cap, const CK_UTF8CHAR *text, size_t len)
{
    while (len && text[len - 1] == ' ')
        len--;
    if (len >= cap)
        len = cap - 1;
    memcpy(out, text, len);
    out[len] = 0;
}

static bool fits(const char *wanted, const CK_UTF8CHAR *text, size_t len)
{
    char have[80];

    tlsni_pkcs11_text(have, sizeof have, text, len);
    return !*wanted || strcmp(wanted, have) == 0;
}

#define FITS(wanted, field) fits(wanted, field, sizeof(field))

/* A string of p11-kit, which is freed with it. */
static bool text_fits(const char *wanted, char *have)
{
    bool same = !*wanted || (have && strcmp(wanted, have) == 0);

    tlsni_free(NULL, have); /* from malloc, as p11-kit says */
    return same;
}

static bool module_fits(CK_FUNCTION_LIST *module, const struct tlsn_pkcs11_uri *uri)
{
    CK_INFO info;

    return text_fits(uri->module_name, p11_kit_module_get_name(module)) &&
           text_fits(uri->module_path, p11_kit_module_get_filename(module)) &&
           module->C_GetInfo(&info) == CKR_OK &&
           FITS(uri->library_manufacturer, info.manufacturerID) &&
           FITS(uri->library_description, info.libraryDescription) &&
           (uri->library_major < 0 || (uri->library_major == info.libraryVersion.major &&
                                       uri->library_minor == info.libraryVersion.minor));
}

static bool slot_fits(CK_FUNCTION_LIST *module, CK_SLOT_ID slot, const struct tlsn_pkcs11_uri *uri)
{
    CK_SLOT_INFO info;

    return (uri->slot_id < 0 || (CK_SLOT_ID)uri->slot_id == slot) &&
           module->C_GetSlotInfo(slot, &info) == CKR_OK &&
           FITS(uri->slot_manufacturer, info.manufacturerID) &&
           FITS(uri->slot_description, info.slotDescription);
}

static bool token_fits(const CK_TOKEN_INFO *info, const struct tlsn_pkcs11_uri *uri)
{
    return FITS(uri->token, info->label) && FITS(uri->manufacturer, info->manufacturerID) &&
           FITS(uri->model, info->model) && FITS(uri->serial, info->serialNumber);
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

tlsn_status tlsni_pkcs11_each_token(const struct tlsn_pkcs11 *module,
                                    const struct tlsn_pkcs11_uri *uri, take_token *take, void *ctx,
                                    struct tlsn_pkcs11_error *error)
{
    tlsn_status st = TLSN_OK;

    for (CK_FUNCTION_LIST **m = module->modules; st == TLSN_OK && *m; m++)
        if (module_fits(*m, uri))
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
