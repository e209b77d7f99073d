#include "x509/ocsp.h"

#include "x509/der.h"

enum { NOT_USED = 4 };

/* [0] EXPLICIT SEQUENCE { OBJECT IDENTIFIER, OCTET STRING } */
static void skip_response_bytes(struct tlsni_rd *response)
{
    struct tlsni_rd tagged = tlsni_der_enter(response, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
    struct tlsni_rd bytes = tlsni_der_enter(&tagged, TLSNI_DER_SEQUENCE);

    (void)tlsni_der_oid(&bytes);
    (void)tlsni_der_get(&bytes, TLSNI_DER_OCTET_STRING);
    if (!tlsni_rd_done(&tagged) || !tlsni_rd_done(&bytes))
        tlsni_rd_fail(response);
}

bool tlsni_ocsp_sound(struct tlsn_span der)
{
    struct tlsni_rd response = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE);
    struct tlsn_span status = tlsni_der_get(&response, TLSNI_DER_ENUMERATED);

    if (status.len != 1 || status.data[0] > TLSNI_OCSP_STATUS_MAX || status.data[0] == NOT_USED)
        return false;
    if (status.data[0] == TLSNI_OCSP_SUCCESSFUL || tlsni_rd_left(&response))
        skip_response_bytes(&response);
    return tlsni_rd_done(&response);
}

bool tlsni_ocsp_answers(struct tlsn_span der)
{
    struct tlsni_rd response = tlsni_der_open_span(der, TLSNI_DER_SEQUENCE);
    struct tlsn_span status = tlsni_der_get(&response, TLSNI_DER_ENUMERATED);

    return status.len == 1 && status.data[0] == TLSNI_OCSP_SUCCESSFUL;
}
