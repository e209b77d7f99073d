/* fuzz_msg.c - every parser of handshake messages: what parses is written again byte by byte.
 *
 * The first byte of the input chooses the message, the rest is its body. */
#include "handshake/early13.h"
#include "handshake/authenticator.h"
#include "handshake/msg.h"
#include "handshake/psk_key.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { OUT_MAX = 1 << 17 };

typedef bool codec(struct tlsn_span body, struct tlsni_wr *w);

static bool client_hello(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsni_msg_client_hello m;

    if (tlsni_msg_client_hello_parse(body, &m) != TLSN_OK)
        return false;
    tlsni_msg_client_hello_write(w, &m);
    return true;
}

static bool server_hello(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsni_msg_server_hello m;

    if (tlsni_msg_server_hello_parse(body, &m) != TLSN_OK)
        return false;
    tlsni_msg_server_hello_write(w, &m);
    return true;
}

static bool certificate(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsn_span list, rest, der;
    size_t total = 0;

    if (tlsni_msg_certificate_parse(body, &list) != TLSN_OK)
        return false;
    for (rest = list; tlsni_msg_certificate_next(&rest, &der);)
        total += 3 + der.len;
    if (total != list.len)
        abort();
    tlsni_msg_certificate_write(w, list);
    return true;
}

static bool request(struct tlsn_span body, struct tlsni_wr *w, bool with_sigalgs)
{
    struct tlsni_msg_certificate_request m;

    if (tlsni_msg_certificate_request_parse(body, with_sigalgs, &m) != TLSN_OK)
        return false;
    tlsni_msg_certificate_request_write(w, with_sigalgs, &m);
    return true;
}

static bool request_tls12(struct tlsn_span body, struct tlsni_wr *w)
{
    return request(body, w, true);
}

static bool request_tls10(struct tlsn_span body, struct tlsni_wr *w)
{
    return request(body, w, false);
}

static bool signed_part(struct tlsni_rd *r, bool with_scheme, struct tlsni_wr *w)
{
    struct tlsni_msg_signed sig;

    if (tlsni_msg_signed_parse(r, with_scheme, &sig) != TLSN_OK)
        return false;
    tlsni_msg_signed_write(w, with_scheme, &sig);
    return true;
}

static bool dhe(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    struct tlsni_msg_dh_params m;

    tlsni_msg_dh_params_read(&r, &m);
    tlsni_msg_dh_params_write(w, &m);
    return signed_part(&r, true, w);
}

static bool ecdhe(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsni_rd r = tlsni_rd_span(body);
    struct tlsni_msg_ecdh_params m;
    bool named;

    tlsni_msg_ecdh_params_read(&r, &m, &named);
    tlsni_msg_ecdh_params_write(w, &m);
    return signed_part(&r, true, w) && named;
}

static bool verify_tls12(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsni_rd r = tlsni_rd_span(body);

    return signed_part(&r, true, w);
}

static bool verify_tls10(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsni_rd r = tlsni_rd_span(body);

    return signed_part(&r, false, w);
}

static bool exchange(struct tlsn_span body, struct tlsni_wr *w, unsigned length_bytes)
{
    struct tlsn_span value;

    if (tlsni_msg_exchange_parse(body, length_bytes, &value) != TLSN_OK)
        return false;
    tlsni_msg_exchange_write(w, length_bytes, value);
    return true;
}

static bool exchange_point(struct tlsn_span body, struct tlsni_wr *w)
{
    return exchange(body, w, 1);
}

static bool exchange_long(struct tlsn_span body, struct tlsni_wr *w)
{
    return exchange(body, w, 2);
}

static bool ticket(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsni_msg_new_session_ticket m;

    if (tlsni_msg_new_session_ticket_parse(body, &m) != TLSN_OK)
        return false;
    tlsni_msg_new_session_ticket_write(w, &m);
    return true;
}

static bool ticket13(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsni_msg_ticket13 m;
    uint32_t early;

    if (tlsni_msg_ticket13_parse(body, &m) != TLSN_OK)
        return false;
    if (tlsni_early13_read_limit(m.extensions, &early) != TLSN_OK && early && !m.extensions.len)
        abort(); /* a limit comes from somewhere */
    tlsni_msg_ticket13_write(w, &m);
    tlsni_wr_vec(w, 2, m.extensions);
    return true;
}

static bool certificate13(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsni_msg_certificate13 m;
    struct tlsn_span rest, der, extensions;
    size_t total = 0;

    if (tlsni_msg_certificate13_parse(body, &m) != TLSN_OK)
        return false;
    for (rest = m.list; tlsni_msg_certificate13_next(&rest, &der, &extensions);)
        total += 3 + der.len + 2 + extensions.len;
    if (total != m.list.len)
        abort();
    tlsni_wr_vec(w, 1, m.context);
    tlsni_wr_vec(w, 3, m.list);
    return true;
}

static bool request13(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsn_span context, extensions;

    if (tlsni_msg_certificate_request13_parse(body, &context, &extensions) != TLSN_OK)
        return false;
    tlsni_wr_vec(w, 1, context);
    tlsni_wr_vec(w, 2, extensions);
    return true;
}

static bool finished(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsn_span verify_data;

    if (tlsni_msg_finished_parse(body, 12, &verify_data) != TLSN_OK)
        return false;
    tlsni_wr_span(w, verify_data);
    return true;
}

static bool status(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsni_msg_certificate_status m;
    struct tlsn_span rest, response;
    size_t total = 0;

    if (tlsni_msg_certificate_status_parse(body, &m) != TLSN_OK)
        return false;
    for (rest = m.responses; tlsni_msg_status_next(&rest, &response);)
        total += 3 + response.len;
    if (total != m.responses.len)
        abort();
    tlsni_msg_certificate_status_write(w, &m);
    return true;
}

static bool urls(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsni_msg_certificate_url m;

    if (tlsni_msg_certificate_url_parse(body, &m) != TLSN_OK)
        return false;
    tlsni_msg_certificate_url_write(w, &m);
    return true;
}

static bool raw_key(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsn_span spki;

    if (tlsni_msg_raw_key_parse(body, &spki) != TLSN_OK)
        return false;
    tlsni_msg_certificate_write(w, spki);
    return true;
}

static bool supplement(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsni_msg_supplement entry;
    struct tlsni_msg_user_mapping mapping;
    struct tlsn_span list, rest;

    if (tlsni_msg_supplemental_data_parse(body, &list) != TLSN_OK)
        return false;
    for (rest = list; tlsni_msg_supplement_next(&rest, &entry);)
        (void)!tlsni_msg_user_mapping_parse(entry.data, &mapping);
    tlsni_msg_supplemental_data_write(w, list);
    return true;
}

static bool authorization(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsn_authz entry;
    struct tlsn_span list;
    size_t mark = tlsni_wr_open(w, 2);

    if (tlsni_msg_authorization_parse(body, &list) != TLSN_OK)
        return false;
    while (tlsni_msg_authz_next(&list, &entry))
        tlsni_msg_authz_write(w, &entry);
    tlsni_wr_close(w, 2, mark);
    return true;
}

static bool fingerprint(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsni_msg_cached object;
    struct tlsn_span value, rest = body;

    while (tlsni_msg_next(&rest, &value))
        ;
    for (rest = body; tlsni_msg_cached_next(&rest, &object);)
        ;
    if (tlsni_msg_fingerprint_parse(body, &value) != TLSN_OK)
        return false;
    tlsni_msg_fingerprint_write(w, value);
    return true;
}

static bool packed(struct tlsn_span body, struct tlsni_wr *w)
{
    struct tlsni_msg_packed m;

    if (tlsni_msg_packed_parse(body, &m) != TLSN_OK)
        return false;
    tlsni_msg_packed_write(w, &m);
    return true;
}

/* Not a body but whole messages, for these two. */
static bool authenticator(struct tlsn_span message, struct tlsni_wr *w)
{
    struct tlsni_authenticator a;
    size_t mark;

    if (tlsni_authenticator_read(message, &a) != TLSN_OK)
        return false;
    tlsni_wr_put(w, a.certificate.data, a.certificate.len);
    tlsni_wr_put(w, a.verify.data, a.verify.len);
    mark = tlsni_msg_begin(w, TLSNI_MSG_FINISHED);
    tlsni_wr_put(w, a.mac.data, a.mac.len);
    tlsni_msg_end(w, mark);
    return true;
}

static bool authenticator_request(struct tlsn_span message, struct tlsni_wr *w)
{
    struct tlsni_authenticator_request r;
    size_t mark;

    if (tlsni_authenticator_read_request(message, TLSN_CLIENT, &r) != TLSN_OK)
        return false;
    mark = tlsni_msg_begin(w, TLSNI_MSG_CLIENT_CERTIFICATE_REQUEST);
    tlsni_wr_vec(w, 1, r.context);
    tlsni_wr_vec(w, 2, r.extensions);
    tlsni_msg_end(w, mark);
    return true;
}

/* No message, but an identity (RFC 9258 5.1). */
static bool imported_identity(struct tlsn_span identity, struct tlsni_wr *w)
{
    struct tlsni_imported m;

    if (!tlsni_psk_read_imported(identity, &m))
        return false;
    tlsni_wr_vec(w, 2, m.identity);
    tlsni_wr_vec(w, 2, m.context);
    tlsni_wr_u16(w, TLSN_TLS1_3);
    tlsni_wr_u16(w, m.kdf);
    return true;
}

static codec *const codecs[] = {
    client_hello, server_hello, certificate,    request_tls12, request_tls10, dhe,      ecdhe,
    verify_tls12, verify_tls10, exchange_point, exchange_long, ticket,        finished,
    status,       urls,         raw_key,        supplement,    fingerprint,
    authorization, packed,       ticket13,       certificate13, request13,
    authenticator, authenticator_request, imported_identity,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t out[OUT_MAX];
    struct tlsni_wr w = tlsni_wr_make(out, sizeof out);
    codec *c;

    if (!len || len > OUT_MAX)
        return 0;
    c = codecs[data[0] % (sizeof codecs / sizeof codecs[0])];
    if (c(tlsni_span_make(data + 1, len - 1), &w) &&
        (w.bad || w.len != len - 1 || memcmp(out, data + 1, w.len) != 0))
        abort();
    return 0;
}
