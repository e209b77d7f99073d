/* conn.c - making, setting up and looking at connections (tls-native/conn.h). */
#include "conn.h"
#include "record/compress.h"

#include <arpa/inet.h>
#include "base/bytes.h"
#include "base/mem.h"
#include "ext/ext.h"
#include "handshake/cert_comp.h"
#include "x509/idna.h"

tlsn_status tlsn_conn_new(tlsn_conn **out, enum tlsn_role role, tlsn_config *config)
{
    tlsn_conn *c;
    tlsn_status st = config ? tlsn_config_freeze(config) : TLSN_OK;

    *out = NULL;
    if ((role != TLSN_CLIENT && role != TLSN_SERVER) || (!config && role == TLSN_CLIENT))
        return TLSN_ERR_ARGUMENT;
    if (st != TLSN_OK)
        return st;
    c = tlsni_alloc(config ? &config->hooks : NULL, sizeof *c);
    if (!c)
        return TLSN_ERR_NO_MEMORY;
    c->env = config ? &config->hooks : NULL;
    c->base = c->config = tlsn_config_ref(config);
    c->role = (uint8_t)role;
    c->send_name = true;
    c->error.alert_sent = c->error.alert_received = -1;
    *out = c;
    return TLSN_OK;
}

const struct tlsni_rare *tlsni_conn_rare(const tlsn_conn *c)
{
    static const struct tlsni_rare none;

    return c->rare ? c->rare : &none;
}

struct tlsni_rare *tlsni_conn_need_rare(tlsn_conn *c)
{
    if (!c->rare)
        c->rare = tlsni_alloc(c->env, sizeof *c->rare);
    return c->rare;
}

static void drop_rare(tlsn_conn *c)
{
    struct tlsni_rare *r = c->rare;

    if (!r)
        return;
    tlsni_buf_free(c->env, &r->plain);
    tlsni_buf_free(c->env, &r->heartbeat.payload);
    tlsni_buf_free(c->env, &r->cached);
    tlsni_bytes_free(c->env, &r->srtp_mki);
    tlsni_buf_free(c->env, &r->authenticators);
    tlsni_bytes_free(c->env, &r->peer_sigalgs);
    tlsni_bytes_free(c->env, &r->identity);
    tlsni_free(c->env, r->alpn_kept);
    tlsn_config_free(r->next);
    tlsni_free(c->env, r);
    c->rare = NULL;
}

void tlsni_conn_drop_offer(tlsn_conn *c)
{
    if (!c->offer)
        return;
    tlsni_session_clear(c->offer);
    tlsni_free_secret(c->env, c->offer, sizeof *c->offer);
    c->offer = NULL;
}

void tlsn_conn_free(tlsn_conn *c)
{
    tlsn_config *base;
    const struct tlsn_hooks *env;

    if (!c)
        return;
    base = c->base;
    env = c->env;
    tlsni_conn_drop_scratch(c);
    tlsni_prot_free(c->rx);
    tlsni_prot_free(c->tx);
    tlsni_buf_free(env, &c->out);
    tlsni_buf_free(env, &c->post);
    tlsni_bytes_free(env, &c->session);
    tlsni_bytes_free(env, &c->peer);
    drop_rare(c);
    tlsni_conn_drop_offer(c);
    if (c->beside)
        tlsni_beside_free(c->beside, env);
    tlsni_free(env, c->beside);
    tlsni_conn_drop_exporter(c);
    tlsni_conn_drop_secrets13(c);
    tlsn_credential_free(c->own);
    tlsni_free(env, c->server_name);
    tlsni_free(env, c->verify_name);
    tlsni_free(env, c->error_text);
    if (c->config != base)
        tlsn_config_free(c->config);
    tlsni_free_secret(env, c, sizeof *c);
    tlsn_config_free(base);
}

void tlsn_conn_set_user(tlsn_conn *conn, void *user)
{
    conn->user = user;
}

void *tlsn_conn_user(const tlsn_conn *conn)
{
    return conn->user;
}

/* A client offers a session in a renegotiation too. */
static bool may_offer(const tlsn_conn *c)
{
    return c->role == TLSN_CLIENT && !c->scratch && !tlsni_conn_failed(c);
}

/* Setters of a client's wishes: before the first call of tlsn_handshake. */
static bool settable(const tlsn_conn *c)
{
    return c->role == TLSN_CLIENT && !c->scratch && !c->done && !tlsni_conn_failed(c);
}

/* RFC 6066 3: literal addresses are not sent.
 * @rfc 6066:3/13, 3546:3.1/5, 4366:3.1/5 */
static bool is_address(const char *name)
{
    uint8_t bytes[16];

    return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

/* A copy with A-labels in place of U-labels, as names go over the wire and into comparisons. */
static tlsn_status copy_name(const tlsn_conn *c, char **copy, const char *name)
{
    struct tlsni_buf ascii = { 0 };
    tlsn_status st = tlsni_idna_to_ascii(c->env, &ascii, tlsni_span_make(name, strlen(name)));
    size_t len = tlsni_buf_len(&ascii);

    if (st == TLSN_OK && (len < 1 || len > TLSNI_SESSION_NAME_MAX))
        st = TLSN_ERR_ARGUMENT;
    if (st == TLSN_OK)
        *copy = tlsni_strndup(c->env, (const char *)tlsni_buf_data(&ascii), len);
    tlsni_buf_free(c->env, &ascii);
    return st == TLSN_OK && !*copy ? TLSN_ERR_NO_MEMORY : st;
}

static tlsn_status replace(tlsn_conn *c, char **slot, const char *name)
{
    char *copy = NULL;
    tlsn_status st = name ? copy_name(c, &copy, name) : TLSN_OK;

    if (st != TLSN_OK)
        return st;
    tlsni_free(c->env, *slot);
    *slot = copy;
    return TLSN_OK;
}

/* RFC 6066 3: host names are sent without one. */
static void drop_trailing_dot(char *name)
{
    size_t len = strlen(name);

    if (len > 1 && name[len - 1] == '.')
        name[len - 1] = 0;
}

tlsn_status tlsn_conn_set_server_name(tlsn_conn *conn, const char *name)
{
    tlsn_status st;

    if (!settable(conn))
        return TLSN_ERR_MISUSE;
    if (name && strpbrk(name, ",:/@") && !is_address(name)) /* those have a meaning to verify_name */
        return TLSN_ERR_ARGUMENT;
    st = replace(conn, &conn->server_name, name);
    if (st != TLSN_OK)
        return st;
    if (name)
        drop_trailing_dot(conn->server_name);
    conn->name_is_address = name && is_address(conn->server_name);
    return TLSN_OK;
}

tlsn_status tlsn_conn_set_verify_name(tlsn_conn *conn, const char *name)
{
    tlsn_status st;

    if (!settable(conn))
        return TLSN_ERR_MISUSE;
    st = replace(conn, &conn->verify_name, name);
    if (st == TLSN_OK)
        conn->verify_name_set = true;
    return st;
}

tlsn_status tlsn_conn_set_send_server_name(tlsn_conn *conn, bool on)
{
    if (!settable(conn))
        return TLSN_ERR_MISUSE;
    conn->send_name = on;
    return TLSN_OK;
}

tlsn_status tlsn_conn_set_fallback(tlsn_conn *conn, bool on)
{
    if (!settable(conn))
        return TLSN_ERR_MISUSE;
    conn->fallback = on;
    return TLSN_OK;
}

tlsn_status tlsni_conn_keep_mki(tlsn_conn *c, const void *mki, size_t len)
{
    struct tlsni_rare *rare;

    if (!len && !c->rare)
        return TLSN_OK;
    rare = tlsni_conn_need_rare(c);
    return rare ? tlsni_bytes_set(c->env, &rare->srtp_mki, mki, len) : TLSN_ERR_NO_MEMORY;
}

tlsn_status tlsn_conn_set_srtp_mki(tlsn_conn *conn, const void *mki, size_t len)
{
    if (!conn || len > 255 || (!mki && len))
        return TLSN_ERR_ARGUMENT;
    return settable(conn) ? tlsni_conn_keep_mki(conn, mki, len) : TLSN_ERR_MISUSE;
}

enum { CACHED_MAX = 16 };

/* Whether it is one message, of a kind that can be left out, with room for it among the others. */
static bool cacheable(const tlsn_conn *c, struct tlsn_span message)
{
    const struct tlsni_buf *have = &tlsni_conn_rare(c)->cached;
    struct tlsn_span rest = message, one;
    size_t count = 0;

    if (!tlsni_ext_cached_type(message) || !tlsni_msg_next(&rest, &one) || rest.len)
        return false;
    rest = tlsni_buf_span(have);
    while (tlsni_msg_next(&rest, &one))
        count++;
    return count < CACHED_MAX;
}

tlsn_status tlsn_conn_add_cached(tlsn_conn *conn, const void *message, size_t len)
{
    struct tlsni_rare *rare;

    if (!conn || !message || !cacheable(conn, tlsni_span_make(message, len)))
        return TLSN_ERR_ARGUMENT;
    if (!settable(conn))
        return TLSN_ERR_MISUSE;
    rare = tlsni_conn_need_rare(conn);
    return rare ? tlsni_buf_append(conn->env, &rare->cached, message, len) : TLSN_ERR_NO_MEMORY;
}

tlsn_status tlsn_conn_set_session(tlsn_conn *conn, const tlsn_session *session)
{
    tlsn_session *copy;
    tlsn_status st;

    if (!may_offer(conn))
        return TLSN_ERR_MISUSE;
    if (!session) {
        tlsni_conn_drop_offer(conn);
        return TLSN_OK;
    }
    copy = tlsni_alloc(conn->env, sizeof *copy);
    if (!copy)
        return TLSN_ERR_NO_MEMORY;
    st = tlsni_session_copy(copy, session, conn->env);
    if (st != TLSN_OK) {
        tlsni_free_secret(conn->env, copy, sizeof *copy);
        return st;
    }
    tlsni_conn_drop_offer(conn);
    conn->offer = copy;
    return TLSN_OK;
}

/* @rfc 8446:E.5/2 */
bool tlsn_handshake_done(const tlsn_conn *conn)
{
    return conn->done && !tlsni_conn_failed(conn);
}

static const char *name_on_wire(const tlsn_conn *c)
{
    bool known = !c->version || c->version->extensions;
    bool there = c->role == TLSN_SERVER ? c->server_name != NULL
                                        : known && tlsni_conn_sends_name(c);

    return there ? c->server_name : "";
}

static const char *cert_comp_name(uint8_t id)
{
    const struct tlsni_cert_comp *comp = tlsni_cert_comp_find(id);

    return comp ? comp->name : "";
}

static const char *compression_name(uint8_t method)
{
    const struct tlsni_compression *row = tlsni_compression_find(method);

    return row ? row->name : "";
}

/* Of a handshake that is under way, or of the last one. */
static struct tlsn_delegation delegation_by(const tlsn_conn *c, enum tlsn_role role)
{
    const struct tlsni_delegation *d = c->scratch && !c->done
                                           ? &c->scratch->hs.tls13.delegation[role]
                                           : &tlsni_conn_rare(c)->delegation[role];

    return (struct tlsn_delegation){ d->scheme, tlsni_sigalg_name(d->scheme), d->end };
}

static const char *authentication_name(const tlsn_conn *c)
{
    if (!c->suite)
        return "";
    if (c->by_psk)
        return tlsni_auth_name(TLSNI_AUTH_PSK);
    if (c->suite->auth == TLSNI_AUTH_TLS13)
        return tlsni_signer_name(c->signer);
    return tlsni_suite_is_anonymous(c->suite) ? "none" : tlsni_auth_name(c->suite->auth);
}

void tlsn_conn_get_info(const tlsn_conn *c, struct tlsn_conn_info *info)
{
    const struct tlsni_rare *rare = tlsni_conn_rare(c);

    memset(info, 0, sizeof *info);
    info->version = c->version ? c->version->number : 0;
    info->version_name = c->version ? c->version->name : "";
    info->suite = c->suite ? c->suite->id : 0;
    info->suite_name = c->suite ? c->suite->name : "";
    info->group = c->group ? c->group->id : 0;
    info->group_name = c->group ? c->group->name : "";
    info->signature_scheme = c->scheme ? c->scheme->id : 0;
    info->signature_scheme_name = c->scheme ? c->scheme->name : "";
    info->resumed = c->by_psk && !c->resumed ? TLSN_RESUMED_PSK : (enum tlsn_resumed)c->resumed;
    info->early_data = (enum tlsn_early)(c->scratch && !c->done ? c->scratch->hs.tls13.early : c->early);
    info->ems = c->ems;
    info->etm = c->etm;
    info->truncated_hmac = c->truncated_mac;
    info->compression = compression_name(c->compression);
    for (int role = 0; role < 2; role++)
        info->cert_compression[role] = cert_comp_name(c->cert_comp[role]);
    info->delegated[TLSN_CLIENT] = delegation_by(c, TLSN_CLIENT);
    info->delegated[TLSN_SERVER] = delegation_by(c, TLSN_SERVER);
    info->secure_renegotiation = c->secure_renegotiation;
    info->client_authenticated = c->client_authenticated;
    info->verdict = c->verdict;
    info->verified = c->verified;
    info->authentication = authentication_name(c);
    info->psk_identity = tlsni_bytes_span(&rare->identity);
    info->alpn = c->alpn;
    info->server_name = name_on_wire(c);
    info->srtp_profile = rare->srtp_profile;
    info->srtp_profile_name = tlsni_srtp_name(rare->srtp_profile);
    if (rare->srtp_profile)
        info->srtp_mki = tlsni_bytes_span(&rare->srtp_mki);
    info->server_name_acknowledged = c->name_acknowledged;
    info->records_in = c->records_in;
    info->records_out = c->records_out;
    info->record_in_max = tlsni_conn_plain_max(c, false);
    info->record_out_max = tlsni_conn_plain_max(c, true);
    info->max_fragment_length = c->fragment_max;
    info->renegotiations = c->renegotiations;
    info->renegotiation_due = tlsni_prot_due(c->tx);
    info->renegotiation_refused = c->renegotiation_refused;
    tlsni_conn_info_auth13(c, info);
}

/* The peer of a handshake that is being judged, or the one that was accepted before. */
static bool judged(const tlsn_conn *c)
{
    return c->scratch && (!c->done || c->scratch->question == TLSN_NEED_VERDICT);
}

static bool shows_raw_key(const tlsn_conn *c)
{
    return judged(c) ? c->scratch->hs.peer.raw_key.len != 0 : c->peer_raw;
}

static struct tlsn_span peer_list(const tlsn_conn *c)
{
    const struct tlsni_buf *list;

    if (!judged(c))
        return c->leaf_hashed ? tlsni_span_make(NULL, 0) : tlsni_bytes_span(&c->peer);
    list = &c->scratch->hs.peer.list;
    return tlsni_span_make(list->data, tlsni_buf_len(list));
}

static struct tlsn_span peer_item(const tlsn_conn *c, size_t i)
{
    struct tlsn_span list = peer_list(c), der;

    while (tlsni_msg_certificate_next(&list, &der))
        if (i-- == 0)
            return der;
    return tlsni_span_make(NULL, 0);
}

static const struct tlsni_beside *beside(const tlsn_conn *c)
{
    static const struct tlsni_beside none;

    return judged(c) ? &c->scratch->hs.beside : c->beside ? c->beside : &none;
}

struct tlsn_span tlsn_conn_peer_ocsp(const tlsn_conn *c, size_t i)
{
    const struct tlsni_buf *b = &beside(c)->ocsp;
    struct tlsn_span list = tlsni_buf_span(b), response;

    while (tlsni_msg_status_next(&list, &response))
        if (i-- == 0)
            return response;
    return tlsni_span_make(NULL, 0);
}

struct tlsn_span tlsn_conn_peer_sct(const tlsn_conn *c, size_t i)
{
    const struct tlsni_buf *b = &beside(c)->scts;
    struct tlsni_rd r = tlsni_rd_make(tlsni_buf_data(b), tlsni_buf_len(b));

    while (tlsni_rd_left(&r)) {
        struct tlsn_span sct = tlsni_rd_vec_span(&r, 2, 1, 65535);

        if (i-- == 0)
            return sct;
    }
    return tlsni_span_make(NULL, 0);
}

/* The entry of this type in the peer's SupplementalData. */
static bool find_supplement(const tlsn_conn *c, uint16_t type, struct tlsni_msg_supplement *entry)
{
    const struct tlsni_buf *b = &beside(c)->supplement;
    struct tlsn_span list = tlsni_buf_span(b);

    while (tlsni_msg_supplement_next(&list, entry))
        if (entry->type == type)
            return true;
    return false;
}

/* @rfc 4681:5/1 */
bool tlsn_conn_user_mapping(const tlsn_conn *c, struct tlsn_span *principal, struct tlsn_span *domain)
{
    struct tlsni_msg_supplement entry;
    struct tlsni_msg_user_mapping m;

    *principal = *domain = tlsni_span_make(NULL, 0);
    if (!find_supplement(c, TLSNI_SUPPLEMENT_USER_MAPPING, &entry) ||
        tlsni_msg_user_mapping_parse(entry.data, &m) != TLSN_OK)
        return false;
    *principal = m.principal;
    *domain = m.domain;
    return m.principal.len || m.domain.len;
}

bool tlsn_conn_peer_authz(const tlsn_conn *c, size_t i, struct tlsn_authz *authz)
{
    struct tlsni_msg_supplement entry;
    struct tlsn_span list;

    if (find_supplement(c, TLSNI_SUPPLEMENT_AUTHZ_DATA, &entry) &&
        tlsni_msg_authorization_parse(entry.data, &list) == TLSN_OK)
        while (tlsni_msg_authz_next(&list, authz))
            if (i-- == 0)
                return true;
    memset(authz, 0, sizeof *authz);
    return false;
}

/* @rfc 7924:7/2 */
struct tlsn_span tlsn_conn_cacheable(const tlsn_conn *c, size_t i)
{
    bool legitimate = c->done && c->verified && c->verdict == TLSN_OK && c->beside;
    struct tlsn_span rest = { NULL, 0 }, message;

    if (legitimate)
        rest = tlsni_buf_span(&c->beside->cacheable);
    while (tlsni_msg_next(&rest, &message))
        if (i-- == 0)
            return message;
    return tlsni_span_make(NULL, 0);
}

struct tlsn_span tlsn_conn_peer_cert(const tlsn_conn *c, size_t i)
{
    return shows_raw_key(c) ? tlsni_span_make(NULL, 0) : peer_item(c, i);
}

struct tlsn_span tlsn_conn_peer_key(const tlsn_conn *c)
{
    struct tlsn_span first = peer_item(c, 0);
    struct tlsni_cert cert;

    if (!first.len || shows_raw_key(c))
        return first;
    return tlsni_cert_parse(&cert, first, NULL) == TLSN_OK ? cert.spki : tlsni_span_make(NULL, 0);
}

static tlsn_status read_session(const tlsn_conn *c, tlsn_session *s)
{
    struct tlsn_span leaf = peer_item(c, 0);
    tlsn_status st = tlsni_session_unpack(s, tlsni_bytes_span(&c->session), c->env);

    if (st == TLSN_OK)
        st = tlsni_buf_append(c->env, &s->peer_leaf, leaf.data, leaf.len);
    return st;
}

/* @rfc 5077:3.3/6, 4507:3.3/6 */
tlsn_status tlsn_conn_get_session(const tlsn_conn *c, tlsn_session **out)
{
    tlsn_session *s;
    tlsn_status st;

    *out = NULL;
    if (!c->done)
        return TLSN_ERR_MISUSE;
    if (c->role != TLSN_CLIENT || !c->session.len)
        return TLSN_ERR_NOT_FOUND;
    s = tlsni_alloc(c->env, sizeof *s);
    if (!s)
        return TLSN_ERR_NO_MEMORY;
    if (c->env)
        s->env = *c->env;
    st = read_session(c, s);
    if (st != TLSN_OK) { /* its own hooks may be gone */
        tlsni_session_clear(s);
        tlsni_free_secret(c->env, s, sizeof *s);
        return st;
    }
    *out = s;
    return TLSN_OK;
}

const struct tlsn_conn_error *tlsn_conn_error(const tlsn_conn *c)
{
    return tlsni_conn_failed(c) ? &c->error : NULL;
}
