/* pkcs11_key.c - looking for one private key, and logging in for it.
 *
 * A PIN is shown to one token only: tokens count wrong ones, and lock. */
#include "pkcs11.h"

#ifdef TLSNI_HAVE_P11KIT

#include "pkcs11_uri.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct pin {
    bool there;
    char text[TLSNI_PKCS11_PIN_MAX]; /* secret */
    size_t len;
};

struct search {
    struct tlsn_pkcs11_key *key; /* being filled */
    const struct tlsn_pkcs11_uri *uri;
    CK_KEY_TYPE type;
    bool by_type;
    struct pin pin;
    struct tlsn_pkcs11_error *error;
    struct tlsni_pkcs11_place found; /* the token of the key, or the one to log into */
    CK_OBJECT_HANDLE object;
    size_t places, objects;
};

/* ---- what is asked for ---- */

static bool put(struct tlsn_pkcs11_uri *uri, enum tlsn_pkcs11_attribute attribute, char *field,
                const char *text)
{
    if (!text)
        return true;
    if (strlen(text) >= TLSN_PKCS11_TEXT_MAX ||
        (tlsn_pkcs11_uri_has(uri, attribute) && strcmp(field, text) != 0))
        return false;
    (void)snprintf(field, TLSN_PKCS11_TEXT_MAX, "%s", text);
    uri->present |= UINT32_C(1) << attribute;
    return true;
}

/* The query's own words and those of its URI; they may not contradict each other. */
static tlsn_status merge(struct tlsn_pkcs11_uri *uri, const struct tlsn_pkcs11_query *q)
{
    tlsn_status st = tlsn_pkcs11_uri_parse(uri, q->uri ? q->uri : "pkcs11:");

    if (st != TLSN_OK)
        return st;
    if (q->by_slot && q->slot_id <= INT64_MAX && uri->slot_id < 0)
        uri->slot_id = (int64_t)q->slot_id;
    return put(uri, TLSN_PKCS11_TOKEN, uri->token, q->token) &&
                   put(uri, TLSN_PKCS11_OBJECT, uri->object, q->object) &&
                   (!q->by_slot || (uint64_t)uri->slot_id == q->slot_id) &&
                   (!*uri->type || strcmp(uri->type, "private") == 0)
               ? TLSN_OK
               : TLSN_ERR_ARGUMENT;
}

static tlsn_status set_type(struct search *s, const char *type)
{
    static const struct {
        const char *name;
        CK_KEY_TYPE type;
    } types[] = { { "rsa", CKK_RSA }, { "ec", CKK_EC }, { "eddsa", CKK_EC_EDWARDS },
                  { "dh", CKK_DH } };

    if (!type)
        return TLSN_OK;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(type, types[i].name) == 0) {
            s->by_type = true;
            s->type = types[i].type;
            return TLSN_OK;
        }
    return TLSN_ERR_UNKNOWN_KEYWORD;
}

/* The path of pin-source: "file:/path", "file:///path" or "file://localhost/path" (RFC 8089), which is percent-encoded
 * once more, or a bare path. NULL: something else.
 * @rfc 7512:2.4/1, 7512:2.4/3 */
static const char *pin_path(const char *source, char path[TLSN_PKCS11_TEXT_MAX])
{
    static const char scheme[] = "file:", here[] = "//localhost/";

    if (strncasecmp(source, scheme, sizeof scheme - 1) != 0)
        return *source == '/' ? source : NULL;
    source += sizeof scheme - 1;
    if (strncasecmp(source, here, sizeof here - 1) == 0)
        source += sizeof here - 2;
    else if (strncmp(source, "///", 3) == 0)
        source += 2;
    return *source == '/' && source[1] != '/' && tlsni_uri_decode_path(path, source) ? path : NULL;
}

/* One newline at the end of the file is no part of the PIN. */
static tlsn_status read_pin(struct pin *pin, const char *source)
{
    char buffer[TLSN_PKCS11_TEXT_MAX];
    const char *path = pin_path(source, buffer);
    FILE *f = path ? fopen(path, "rb") : NULL;

    if (!f)
        return TLSN_ERR_FILE;
    setvbuf(f, NULL, _IONBF, 0); /* no copy in a buffer that is not wiped */
    pin->len = fread(pin->text, 1, sizeof pin->text, f);
    (void)fclose(f);
    if (pin->len == sizeof pin->text)
        return TLSN_ERR_FILE;
    if (pin->len && pin->text[pin->len - 1] == '\n')
        pin->len--;
    pin->there = true;
    return TLSN_OK;
}

static tlsn_status set_pin(struct pin *pin, const struct tlsn_pkcs11_query *q,
                           const struct tlsn_pkcs11_uri *uri)
{
    bool said = tlsn_pkcs11_uri_has(uri, TLSN_PKCS11_PIN_VALUE);
    const char *text = q->pin ? q->pin : said ? uri->pin_value : NULL;

    if (!text)
        return *uri->pin_source ? read_pin(pin, uri->pin_source) : TLSN_OK;
    pin->len = q->pin ? q->pin_len : strlen(text);
    if (pin->len > sizeof pin->text)
        return TLSN_ERR_ARGUMENT;
    memcpy(pin->text, text, pin->len);
    pin->there = true;
    return TLSN_OK;
}

/* ---- looking ---- */

static tlsn_status open_session(const struct tlsni_pkcs11_place *place, CK_SESSION_HANDLE *session,
                                struct tlsn_pkcs11_error *error)
{
    CK_RV rv = place->module->C_OpenSession(place->slot, CKF_SERIAL_SESSION, NULL, NULL, session);

    return rv == CKR_OK ? TLSN_OK
                        : tlsni_pkcs11_fail(error, TLSN_ERR_PKCS11, rv, "C_OpenSession");
}

static tlsn_status look(struct search *s, const struct tlsni_pkcs11_place *place,
                        CK_SESSION_HANDLE session)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE wanted[4] = { { CKA_CLASS, &class, sizeof class } };
    CK_OBJECT_HANDLE objects[2];
    CK_ULONG n = 1, count;
    tlsn_status st;

    n = tlsni_pkcs11_template(wanted, n, s->uri);
    if (s->by_type)
        wanted[n++] = (CK_ATTRIBUTE){ CKA_KEY_TYPE, &s->type, sizeof s->type };
    st = tlsni_pkcs11_objects(place, session, wanted, n, objects, 2, &count, s->error);
    if (st == TLSN_OK && count) {
        s->found = *place;
        s->object = objects[0];
        s->objects += count;
    }
    return st;
}

static tlsn_status look_without_login(void *ctx, const struct tlsni_pkcs11_place *place,
                                      const CK_TOKEN_INFO *info)
{
    struct search *s = ctx;
    CK_SESSION_HANDLE session;
    tlsn_status st;

    if (!(info->flags & CKF_TOKEN_INITIALIZED))
        return TLSN_OK;
    st = open_session(place, &session, s->error);
    if (st != TLSN_OK)
        return st;
    st = look(s, place, session);
    (void)place->module->C_CloseSession(session);
    return st;
}

/* Tokens that a PIN can be for. */
static tlsn_status count_place(void *ctx, const struct tlsni_pkcs11_place *place,
                               const CK_TOKEN_INFO *info)
{
    struct search *s = ctx;

    if (!(info->flags & CKF_TOKEN_INITIALIZED) || !place->login_required)
        return TLSN_OK;
    s->found = *place;
    s->places++;
    return TLSN_OK;
}

static tlsn_status log_in(struct search *s)
{
    struct tlsn_pkcs11_key *key = s->key;
    CK_RV rv = s->found.module->C_Login(key->session, CKU_USER, (CK_UTF8CHAR *)s->pin.text,
                                        s->pin.len);

    if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN)
        return TLSN_OK;
    return tlsni_pkcs11_fail(s->error,
                             rv == CKR_PIN_INCORRECT || rv == CKR_PIN_INVALID ||
                                     rv == CKR_PIN_LEN_RANGE
                                 ? TLSN_ERR_PASSWORD
                                 : TLSN_ERR_PKCS11,
                             rv, "C_Login");
}

static tlsn_status find_place(struct search *s)
{
    tlsn_status st = tlsni_pkcs11_each_token(s->key->module, s->uri,
                                             s->pin.there ? count_place : look_without_login, s,
                                             s->error);

    if (st != TLSN_OK)
        return st;
    if (s->pin.there && s->places != 1)
        return s->places ? tlsni_pkcs11_say(s->error, TLSN_ERR_AMBIGUOUS,
                                            "more than one token fits, and the PIN is for one")
                         : tlsni_pkcs11_say(s->error, TLSN_ERR_NOT_FOUND, "no token fits");
    return TLSN_OK;
}

static tlsn_status judge(const struct search *s)
{
    if (!s->objects)
        return tlsni_pkcs11_say(s->error, TLSN_ERR_NOT_FOUND,
                                s->pin.there ? "no private key fits"
                                             : "no private key fits that can be seen without a PIN");
    return s->objects == 1 ? TLSN_OK
                           : tlsni_pkcs11_say(s->error, TLSN_ERR_AMBIGUOUS,
                                              "more than one private key fits");
}

/* A key whose use has to be confirmed each time keeps the PIN that opened it. */
static void keep_pin(struct search *s)
{
    struct tlsn_pkcs11_key *key = s->key;
    CK_BBOOL always = CK_FALSE;
    CK_ATTRIBUTE wanted = { CKA_ALWAYS_AUTHENTICATE, &always, sizeof always };

    if (key->place.module->C_GetAttributeValue(key->session, s->object, &wanted, 1) != CKR_OK ||
        always != CK_TRUE)
        return;
    key->confirms = true;
    memcpy(key->pin, s->pin.text, s->pin.len);
    key->pin_len = s->pin.len;
}

/* Type and id of the key that was found. */
static tlsn_status describe(struct search *s)
{
    struct tlsn_pkcs11_key *key = s->key;
    CK_ATTRIBUTE type = { CKA_KEY_TYPE, &key->type, sizeof key->type };
    CK_RV rv = key->place.module->C_GetAttributeValue(key->session, s->object, &type, 1);
    uint8_t *id;
    size_t len;
    tlsn_status st;

    if (rv != CKR_OK)
        return tlsni_pkcs11_fail(s->error, TLSN_ERR_PKCS11, rv, "C_GetAttributeValue");
    st = tlsni_pkcs11_attribute(&key->module->env, &key->place, key->session, s->object, CKA_ID,
                                &id, &len);
    if (st != TLSN_OK)
        return st;
    if (len <= sizeof key->id) {
        memcpy(key->id, id ? id : key->id, len);
        key->id_len = len;
    }
    tlsni_free(&key->module->env, id);
    key->object = s->object;
    keep_pin(s);
    return TLSN_OK;
}

static tlsn_status find(struct search *s)
{
    tlsn_status st = find_place(s);

    if (st == TLSN_OK && !s->pin.there)
        st = judge(s);
    if (st != TLSN_OK)
        return st;
    s->key->place = s->found;
    st = open_session(&s->found, &s->key->session, s->error);
    if (st != TLSN_OK || !s->pin.there)
        return st == TLSN_OK ? describe(s) : st;
    st = log_in(s);
    if (st == TLSN_OK)
        st = look(s, &s->key->place, s->key->session);
    if (st == TLSN_OK)
        st = judge(s);
    return st == TLSN_OK ? describe(s) : st;
}

tlsn_status tlsn_pkcs11_key_open(tlsn_pkcs11_key **out, tlsn_pkcs11 *module,
                                 const struct tlsn_pkcs11_query *query,
                                 struct tlsn_pkcs11_error *error)
{
    struct search s = { .error = error };
    struct tlsn_pkcs11_uri uri;
    tlsn_status st;

    *out = NULL;
    if (!module || !query)
        return TLSN_ERR_ARGUMENT;
    s.uri = &uri;
    st = merge(&uri, query);
    if (st == TLSN_OK)
        st = set_type(&s, query->type);
    if (st == TLSN_OK)
        st = set_pin(&s.pin, query, &uri);
    s.key = st == TLSN_OK ? tlsni_alloc(&module->env, sizeof *s.key) : NULL;
    if (st == TLSN_OK && !s.key)
        st = TLSN_ERR_NO_MEMORY;
    if (st == TLSN_OK) {
        atomic_init(&s.key->references, 1);
        s.key->module = tlsni_pkcs11_ref(module);
        s.key->session = CK_INVALID_HANDLE;
        st = find(&s);
    }
    if (st == TLSN_OK)
        *out = s.key;
    else
        tlsn_pkcs11_key_free(s.key);
    tlsni_wipe(&s.pin, sizeof s.pin);
    tlsni_wipe(&uri, sizeof uri);
    return st;
}

tlsn_pkcs11_key *tlsn_pkcs11_key_ref(tlsn_pkcs11_key *key)
{
    if (key)
        atomic_fetch_add(&key->references, 1);
    return key;
}

void tlsn_pkcs11_key_free(tlsn_pkcs11_key *key)
{
    struct tlsn_hooks env;

    if (!key || atomic_fetch_sub(&key->references, 1) != 1)
        return;
    env = key->module->env;
    if (key->session != CK_INVALID_HANDLE)
        (void)key->place.module->C_CloseSession(key->session);
    tlsn_pkcs11_free(key->module);
    tlsni_free_secret(&env, key, sizeof *key);
}

#endif
