/* ext.c - THE table of extensions, and the walk over a block that is the same for all of them.
 *
 * A block is read twice: first its framing, duplicates and answers nobody asked for; only then the
 * rows, in their order. So no row acts on a block that is refused as a whole, and the peer's order
 * has no influence. */
#include "ext/rows.h"

/* Order of writing and of processing. signature_algorithms stands last since some old servers
 * (BoringSSL names WebSphere 7) fail on a ClientHello whose last extension is empty; padding, which
 * is never empty, behind it since it has to know the length of all others; pre_shared_key is the last
 * of all by RFC 8446 4.2.11. What has no row is not offered, and passed over in a ClientHello.
 * @rfc 5746:3.6/11, 8672:2/1, 8672:3/1
 * @rfc 8446:9.2/5, 8446:9.2/6 */
static const struct tlsni_ext *const rows[] = {
    &tlsni_ext_server_name,
    &tlsni_ext_supported_versions,
    &tlsni_ext_cookie,
    &tlsni_ext_extended_master_secret,
    &tlsni_ext_encrypt_then_mac,
    &tlsni_ext_truncated_hmac,
    &tlsni_ext_renegotiation_info,
    &tlsni_ext_max_fragment_length,
    &tlsni_ext_record_size_limit,
    &tlsni_ext_heartbeat,
    &tlsni_ext_use_srtp,
    &tlsni_ext_supported_groups,
    &tlsni_ext_key_share,
    &tlsni_ext_psk_key_exchange_modes,
    &tlsni_ext_cert_with_extern_psk,
    &tlsni_ext_early_data,
    &tlsni_ext_ticket_request,
    &tlsni_ext_ec_point_formats,
    &tlsni_ext_session_ticket,
    &tlsni_ext_alpn,
    &tlsni_ext_next_protocol_negotiation,
    &tlsni_ext_status_request,
    &tlsni_ext_status_request_v2,
    &tlsni_ext_signed_certificate_timestamp,
    &tlsni_ext_signature_algorithms_cert,
    &tlsni_ext_client_certificate_type,
    &tlsni_ext_server_certificate_type,
    &tlsni_ext_cert_type,
    &tlsni_ext_client_certificate_url,
    &tlsni_ext_certificate_authorities,
    &tlsni_ext_oid_filters,
    &tlsni_ext_compress_certificate,
    &tlsni_ext_delegated_credential,
    &tlsni_ext_post_handshake_auth,
    &tlsni_ext_trusted_ca_keys,
    &tlsni_ext_user_mapping,
    &tlsni_ext_client_authz,
    &tlsni_ext_server_authz,
    &tlsni_ext_cached_info,
    &tlsni_ext_srp,
    &tlsni_ext_signature_algorithms,
    &tlsni_ext_padding,
    &tlsni_ext_pre_shared_key,
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static const char layer[] = "extension";

const struct tlsni_ext *const *tlsni_ext_rows(size_t *count)
{
    *count = ROWS;
    return rows;
}

/* The row's index, or ROWS. */
static size_t find_row(uint16_t type)
{
    size_t i = 0;

    while (i < ROWS && rows[i]->type != type)
        i++;
    return i;
}

static const char *row_name(size_t i)
{
    return i < ROWS ? rows[i]->name : "unknown extension";
}

static bool next(struct tlsni_rd *r, uint16_t *type, struct tlsn_span *data)
{
    if (tlsni_rd_left(r) == 0)
        return false;
    *type = tlsni_rd_u16(r);
    *data = tlsni_rd_vec_span(r, 2, 0, 65535);
    return !r->bad;
}

/* Those that ask; the others answer. */
static bool is_request(enum tlsni_ext_message message)
{
    return message == TLSNI_IN_CLIENT_HELLO || message == TLSNI_IN_CERTIFICATE_REQUEST ||
           message == TLSNI_IN_NEW_SESSION_TICKET;
}

/* SSL 3.0 has no extensions but the one that RFC 5746 4.5 gave it. A client's hello is for all
 * versions that it offers.
 * @rfc 7627:6.4/2, 5746:4.5/1, 5746:4.5/2 */
static bool in_version(const struct tlsni_hs *hs, enum tlsni_ext_message message, size_t i)
{
    bool offer = hs->role == TLSN_CLIENT && message == TLSNI_IN_CLIENT_HELLO;
    const struct tlsni_version *v = offer || !hs->version ? tlsni_version_find(hs->client_version)
                                                          : hs->version;
    uint8_t worlds = offer ? hs->worlds : v ? v->world : 0;

    if (rows[i]->worlds && !(rows[i]->worlds & (worlds ? worlds : TLSNI_WORLD_OLD)))
        return false;
    return rows[i]->always || !v || v->extensions;
}

/* @rfc 5246:7.4.1.4/1, 3546:2.3/1, 4366:2.3/1 an answer is written only to what was asked.
 * @rfc 8446:4.2/1 */
static bool may_send(const struct tlsni_hs *hs, enum tlsni_ext_message message, size_t i)
{
    const struct tlsni_ext_ops *ops = &rows[i]->in[message];

    if (!ops->wanted || !ops->wanted(hs) || !in_version(hs, message, i))
        return false;
    return is_request(message) || rows[i]->always || (hs->ext_seen >> i & 1);
}

/* @rfc 9846:4.3/1 */
static void write_row(struct tlsni_hs *hs, enum tlsni_ext_message message, size_t i,
                      struct tlsni_wr *w)
{
    const struct tlsni_ext_ops *ops = &rows[i]->in[message];
    size_t mark;

    tlsni_wr_u16(w, rows[i]->type);
    mark = tlsni_wr_open(w, 2);
    if (ops->write)
        ops->write(hs, w);
    tlsni_wr_close(w, 2, mark);
    if (is_request(message))
        hs->ext_sent |= (uint64_t)1 << i;
}

void tlsni_ext_write_one(struct tlsni_hs *hs, enum tlsni_ext_message message, uint16_t type,
                         struct tlsni_wr *w)
{
    size_t i = find_row(type);

    if (i < ROWS && may_send(hs, message, i))
        write_row(hs, message, i, w);
}

/* Hellos of old may end without a block. */
static bool may_lack_block(enum tlsni_ext_message message)
{
    return message == TLSNI_IN_CLIENT_HELLO || message == TLSNI_IN_SERVER_HELLO;
}

void tlsni_ext_write(struct tlsni_hs *hs, enum tlsni_ext_message message, struct tlsni_wr *w)
{
    bool grease = message == TLSNI_IN_CLIENT_HELLO;
    size_t before = w->len, mark = tlsni_wr_open(w, 2);

    if (is_request(message))
        hs->ext_sent = 0;
    if (grease)
        tlsni_grease_put_extension(hs, TLSNI_GREASE_EXTENSION, w);
    for (size_t i = 0; i < ROWS; i++) {
        if (grease && rows[i] == &tlsni_ext_padding)
            tlsni_grease_put_extension(hs, TLSNI_GREASE_LAST_EXTENSION, w);
        if (may_send(hs, message, i))
            write_row(hs, message, i, w);
    }
    if (w->len == mark && may_lack_block(message))
        w->len = before;
    else
        tlsni_wr_close(w, 2, mark);
}

/* What is known, but has no place in this message.
 * @rfc 8446:4.1.2/7, 8446:4.2/3 */
static bool is_misplaced(enum tlsni_ext_message message, size_t i)
{
    if (i == ROWS || rows[i]->in[message].parse || message == TLSNI_IN_SERVER_HELLO)
        return false;
    return message != TLSNI_IN_CLIENT_HELLO || rows[i]->worlds == TLSNI_WORLD_13;
}

/* @rfc 5246:7.4.1.4/2, 3546:2.3/2, 4366:2.3/2
 * @rfc 5246:7.2.2/29
 * @rfc 8446:4.2/2, 8446:4.3.1/2, 8701:3.1/12, 8701:4.1/2
 * @rfc 8446:4.4.2/9 */
static tlsn_status check_solicited(struct tlsni_hs *hs, enum tlsni_ext_message message, size_t i,
                                   uint16_t type)
{
    bool asked = i < ROWS && (rows[i]->always || (hs->ext_sent >> i & 1));

    if (is_misplaced(message, i) && (asked || is_request(message)))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                          "%s (%u) stands in a message that it is not for", row_name(i), type);
    if (is_request(message))
        return TLSN_OK;
    if (asked && rows[i]->in[message].parse && in_version(hs, message, i))
        return TLSN_OK;
    return tlsni_fail(hs->err,
                      i < ROWS && rows[i]->unasked ? rows[i]->unasked : TLSN_ERR_UNSUPPORTED_EXTENSION,
                      layer, "answer with %s (%u), which was not asked for", row_name(i), type);
}

/* @rfc 8446:4.2.11/4 */
static tlsn_status check_last(struct tlsni_hs *hs, const struct tlsni_rd *rest, size_t i)
{
    if (!rows[i]->last || !tlsni_rd_left(rest))
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer,
                      "%s is not the last extension of the ClientHello", rows[i]->name);
}

/* A bit for each type; a page of 256 types is zeroed when the first of them comes, since few do. */
struct seen {
    uint8_t pages[256 / 8];
    uint8_t types[256][256 / 8];
};

static bool test_and_set(uint8_t bits[256 / 8], uint8_t i)
{
    uint8_t bit = (uint8_t)(1U << (i & 7));
    bool was = (bits[i >> 3] & bit) != 0;

    bits[i >> 3] |= bit;
    return was;
}

static bool is_repeated(struct seen *seen, uint16_t type)
{
    uint8_t *page = seen->types[type >> 8];

    if (!test_and_set(seen->pages, (uint8_t)(type >> 8)))
        memset(page, 0, sizeof seen->types[0]);
    return test_and_set(page, (uint8_t)type);
}

bool tlsni_ext_block_sound(struct tlsn_span block)
{
    struct tlsni_rd r = tlsni_rd_span(block);
    struct tlsn_span data;
    struct seen seen;
    uint16_t type;

    memset(seen.pages, 0, sizeof seen.pages);
    while (next(&r, &type, &data))
        if (is_repeated(&seen, type))
            return false;
    return tlsni_rd_done(&r);
}

/* @rfc 5246:7.4.1.4/4, 3546:2.3/4, 4366:2.3/4
 * @rfc 8446:4.2/4, 9345:4.1.1/10, 9345:4.1.2/10 */
static tlsn_status check_once(struct tlsni_hs *hs, struct seen *seen, uint16_t type)
{
    if (is_repeated(seen, type))
        return tlsni_fail(hs->err, TLSN_ERR_ILLEGAL_PARAMETER, layer, "%s (%u) is there twice",
                          row_name(find_row(type)), type);
    return TLSN_OK;
}

struct block {
    uint64_t seen; /* bit i: row i is there */
    struct tlsn_span data[ROWS];
};

/* Notes what is there.
 * @rfc 6066:11.1/2
 * @rfc 8446:9.3/2, 8446:9.3/3, 8446:4.3.2/7 */
static tlsn_status walk(struct tlsni_hs *hs, enum tlsni_ext_message message,
                        struct tlsn_span block, struct block *out)
{
    struct tlsni_rd r = tlsni_rd_span(block);
    struct seen seen;
    struct tlsn_span data;
    uint16_t type;

    memset(seen.pages, 0, sizeof seen.pages);
    while (next(&r, &type, &data)) {
        size_t i = find_row(type);
        tlsn_status st = check_once(hs, &seen, type);

        if (st == TLSN_OK)
            st = check_solicited(hs, message, i, type);
        if (st != TLSN_OK)
            return st;
        if (i == ROWS || !in_version(hs, message, i))
            continue;
        if (message == TLSNI_IN_CLIENT_HELLO)
            st = check_last(hs, &r, i);
        if (st != TLSN_OK)
            return st;
        out->data[i] = data;
        out->seen |= (uint64_t)1 << i;
    }
    if (tlsni_rd_done(&r))
        return TLSN_OK;
    return tlsni_fail(hs->err, TLSN_ERR_DECODE, layer,
                      "extensions do not fill their block of %zu bytes", block.len);
}

/* @rfc 9846:4.3/2, 8446:6/9 */
static tlsn_status read_row(struct tlsni_hs *hs, const struct tlsni_ext *row,
                            const struct tlsni_ext_ops *ops, struct tlsn_span data)
{
    struct tlsni_rd r = tlsni_rd_span(data);
    tlsn_status st = ops->parse(hs, &r);

    if (st == TLSN_OK)
        st = tlsni_rd_end(&r);
    if (st == TLSN_ERR_DECODE)
        return tlsni_fail(hs->err, st, layer, "%s of %zu bytes does not parse", row->name,
                          data.len);
    return st;
}

/* A row of another world of versions does not miss anything. */
static bool absence_counts(const struct tlsni_hs *hs, enum tlsni_ext_message message, size_t i)
{
    return !rows[i]->worlds || in_version(hs, message, i);
}

/* What came in a request is what may be answered.
 * @rfc 5246:7.4.1.4/3, 3546:2.3/3, 4366:2.3/3, 5746:3.6/8 */
tlsn_status tlsni_ext_read(struct tlsni_hs *hs, enum tlsni_ext_message message,
                           struct tlsn_span block)
{
    struct block found;
    tlsn_status st;

    found.seen = 0;
    st = walk(hs, message, block, &found);
    if (is_request(message) || message == TLSNI_IN_SERVER_HELLO)
        hs->ext_seen = found.seen;
    for (size_t i = 0; i < ROWS && st == TLSN_OK; i++) {
        const struct tlsni_ext_ops *ops = &rows[i]->in[message];

        if (found.seen >> i & 1)
            st = ops->parse ? read_row(hs, rows[i], ops, found.data[i]) : TLSN_OK;
        else if (ops->absent && absence_counts(hs, message, i))
            st = ops->absent(hs);
    }
    return st;
}

bool tlsni_ext_find(struct tlsn_span block, uint16_t type, struct tlsn_span *data)
{
    struct tlsni_rd r = tlsni_rd_span(block);
    uint16_t t;

    while (next(&r, &t, data))
        if (t == type)
            return true;
    *data = tlsni_span_make(NULL, 0);
    return false;
}

tlsn_status tlsni_ext_read_one(struct tlsni_hs *hs, enum tlsni_ext_message message, uint16_t type,
                               struct tlsn_span block)
{
    size_t i = find_row(type);
    struct tlsn_span data;

    if (i == ROWS || !rows[i]->in[message].parse || !tlsni_ext_find(block, type, &data))
        return TLSN_OK;
    hs->ext_seen |= (uint64_t)1 << i;
    return read_row(hs, rows[i], &rows[i]->in[message], data);
}

void tlsni_ext_note_sent(struct tlsni_hs *hs, struct tlsn_span block)
{
    struct tlsni_rd r = tlsni_rd_span(block);
    struct tlsn_span data;
    uint16_t type;

    while (next(&r, &type, &data))
        if (find_row(type) < ROWS)
            hs->ext_sent |= (uint64_t)1 << find_row(type);
}

struct tlsn_span tlsni_ext_view_list(struct tlsn_span data)
{
    struct tlsni_rd r = tlsni_rd_span(data);
    struct tlsn_span list = tlsni_rd_vec_span(&r, 2, 0, 65535);

    return tlsni_rd_done(&r) ? list : tlsni_span_make(NULL, 0);
}
