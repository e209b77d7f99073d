#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "pkcs11.h"
#include "req.h"

/* A module of the test's own with two slots: a token with a label in the first, one whose texts are empty in the
 * second. What fits a URI is asked of the functions that every search goes through. */

#ifdef TLSNI_HAVE_P11KIT

static void pad(CK_UTF8CHAR *field, size_t len, const char *text)
{
    memset(field, ' ', len);
    memcpy(field, text, strlen(text));
}

#define PAD(field, text) pad(field, sizeof(field), text)

static CK_RV get_info(CK_INFO *info)
{
    memset(info, 0, sizeof *info);
    PAD(info->manufacturerID, "Snake Oil");
    PAD(info->libraryDescription, "Soft Library");
    info->libraryVersion.major = 3;
    info->libraryVersion.minor = 0;
    return CKR_OK;
}

static CK_RV get_slot_list(CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *count)
{
    (void)present;
    assert_true(*count >= 2);
    slots[0] = 7;
    slots[1] = 70;
    *count = 2;
    return CKR_OK;
}

static CK_RV get_slot_info(CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
    memset(info, 0, sizeof *info);
    PAD(info->manufacturerID, slot == 7 ? "Reader Makers" : "");
    PAD(info->slotDescription, slot == 7 ? "left" : "right");
    return CKR_OK;
}

static CK_RV get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
    memset(info, 0, sizeof *info);
    PAD(info->label, slot == 7 ? "My token" : "");
    PAD(info->manufacturerID, slot == 7 ? "Token Makers" : "");
    PAD(info->model, slot == 7 ? "1.0" : "");
    PAD(info->serialNumber, slot == 7 ? "0042" : "");
    return CKR_OK;
}

static CK_FUNCTION_LIST functions = {
    .C_GetInfo = get_info,
    .C_GetSlotList = get_slot_list,
    .C_GetSlotInfo = get_slot_info,
    .C_GetTokenInfo = get_token_info,
};

static tlsn_status note(void *ctx, const struct tlsni_pkcs11_place *place, const CK_TOKEN_INFO *info)
{
    unsigned *slots = ctx;

    (void)info;
    *slots |= place->slot == 7 ? 1U : 2U;
    return TLSN_OK;
}

/* Which of the two tokens fit, as bits. */
static unsigned fitting(const char *text)
{
    static CK_FUNCTION_LIST *list[] = { &functions, NULL };
    const struct tlsn_pkcs11 module = { .modules = list };
    struct tlsn_pkcs11_uri uri;
    unsigned slots = 0;

    if (tlsn_pkcs11_uri_parse(&uri, text) != TLSN_OK)
        fail_msg("%s", text);
    assert_int_equal(tlsni_pkcs11_each_token(&module, &uri, note, &slots, NULL), TLSN_OK);
    return slots;
}

enum { NONE, FIRST, SECOND, BOTH };

static void tokens_fit_what_a_uri_says_of_them(void **state)
{
    static const struct {
        const char *uri;
        unsigned fit;
    } rows[] = {
        { "pkcs11:", BOTH },
        { "pkcs11:token=My%20token", FIRST },
        { "pkcs11:token=My%20token%20%20", FIRST }, /* as padded as the field is */
        { "pkcs11:token=my%20token", NONE },
        { "pkcs11:token=My", NONE },
        { "pkcs11:manufacturer=Token%20Makers", FIRST },
        { "pkcs11:model=1.0", FIRST },
        { "pkcs11:model=1", NONE },
        { "pkcs11:serial=0042", FIRST },
        { "pkcs11:serial=42", NONE },
        { "pkcs11:slot-id=7", FIRST },
        { "pkcs11:slot-id=70", SECOND },
        { "pkcs11:slot-id=8", NONE },
        { "pkcs11:slot-description=right", SECOND },
        { "pkcs11:slot-manufacturer=Reader%20Makers", FIRST },
        { "pkcs11:library-manufacturer=Snake%20Oil", BOTH },
        { "pkcs11:library-manufacturer=Snake", NONE },
        { "pkcs11:library-description=Soft%20Library;slot-id=70", SECOND },
        { "pkcs11:library-version=3", BOTH },
        { "pkcs11:library-version=3.0", BOTH },
        { "pkcs11:library-version=3.1", NONE },
        { "pkcs11:library-version=2.0", NONE },
        { "pkcs11:token=My%20token;slot-id=70", NONE }, /* each narrows it */
        { "pkcs11:object=x;id=%01;type=cert", BOTH },   /* not about tokens */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (fitting(rows[i].uri) != rows[i].fit)
            fail_msg("%s: %u", rows[i].uri, fitting(rows[i].uri));
    REQ("7512:2.3/4");
    REQ("7512:2.3/21");
    REQ("7512:2.5/4");
    REQ("7512:2.5/5");
}

static void tokens_fit_an_empty_value_with_an_empty_field(void **state)
{
    (void)state;
    assert_int_equal(fitting("pkcs11:token="), SECOND);
    assert_int_equal(fitting("pkcs11:manufacturer="), SECOND);
    assert_int_equal(fitting("pkcs11:model="), SECOND);
    assert_int_equal(fitting("pkcs11:serial="), SECOND);
    assert_int_equal(fitting("pkcs11:slot-manufacturer="), SECOND);
    assert_int_equal(fitting("pkcs11:slot-description="), NONE);
    assert_int_equal(fitting("pkcs11:library-manufacturer="), NONE);
    REQ("7512:2.3/17");
}

static void tokens_do_not_fit_what_is_not_known(void **state)
{
    (void)state;
    assert_int_equal(fitting("pkcs11:vendor-aaa=1"), NONE);
    assert_int_equal(fitting("pkcs11:token=My%20token;x-aaa="), NONE);
    assert_int_equal(fitting("pkcs11:token=My%20token?vendor-aaa=1"), FIRST);
    REQ("7512:2.5/2");
    REQ("7512:2.5/3");
}

/* p11-kit knows nothing of this module: no name and no file, so that it is none that was asked for. */
static void tokens_of_a_module_that_was_not_asked_for_do_not_fit(void **state)
{
    (void)state;
    assert_int_equal(fitting("pkcs11:?module-name=softhsm2"), NONE);
    assert_int_equal(fitting("pkcs11:?module-path=/usr/lib/libsofthsm2.so"), NONE);
    assert_int_equal(fitting("pkcs11:?pin-value=1"), BOTH);
    REQ("7512:2.4/11");
    REQ("7512:2.5/1");
}

static void objects_are_looked_for_by_what_the_uri_says(void **state)
{
    struct tlsn_pkcs11_uri uri;
    CK_ATTRIBUTE wanted[3];

    (void)state;
    assert_int_equal(tlsn_pkcs11_uri_parse(&uri, "pkcs11:token=a"), TLSN_OK);
    assert_int_equal(tlsni_pkcs11_template(wanted, 1, &uri), 1);
    assert_int_equal(tlsn_pkcs11_uri_parse(&uri, "pkcs11:object=my%20key;id=%00%ff"), TLSN_OK);
    assert_int_equal(tlsni_pkcs11_template(wanted, 1, &uri), 3);
    assert_int_equal(wanted[1].type, CKA_LABEL);
    assert_int_equal(wanted[1].ulValueLen, 6);
    assert_memory_equal(wanted[1].pValue, "my key", 6);
    assert_int_equal(wanted[2].type, CKA_ID);
    assert_int_equal(wanted[2].ulValueLen, 2);
    assert_memory_equal(wanted[2].pValue, "\0\xff", 2);
    assert_int_equal(tlsn_pkcs11_uri_parse(&uri, "pkcs11:object=;id="), TLSN_OK);
    assert_int_equal(tlsni_pkcs11_template(wanted, 0, &uri), 2);
    assert_int_equal(wanted[0].ulValueLen, 0);
    assert_int_equal(wanted[1].ulValueLen, 0);
    REQ("7512:2.3/13");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_fit_what_a_uri_says_of_them),
        cmocka_unit_test(tokens_fit_an_empty_value_with_an_empty_field),
        cmocka_unit_test(tokens_do_not_fit_what_is_not_known),
        cmocka_unit_test(tokens_of_a_module_that_was_not_asked_for_do_not_fit),
        cmocka_unit_test(objects_are_looked_for_by_what_the_uri_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    (void)printf("1..0 # SKIP built without p11-kit\n");
    return 0;
}

#endif
