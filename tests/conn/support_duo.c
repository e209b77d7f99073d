#include "support_duo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alert.h"
#include "cipher/suite.h"
#include "support_vectors.h"

static const char host[] = "server.example";

/* ---- certificates ---- */

struct made {
    const char *kind;
    tlsn_credential *credential;
    uint8_t der[4096];
    size_t der_len;
    char pem[8192];
    size_t pem_len;
};

static tlsn_key *root_key;
static uint8_t root[2048];
static size_t root_len;
static tlsn_trust *trust;
static struct made made[12];

enum { NOT_BEFORE = 1000000000, NOT_AFTER = 2000000000 }; /* 2001 to 2033; test_env is in 2023 */

static void issue(const struct tlsn_cert_spec *spec, const tlsn_key *key, struct tlsn_span issuer,
                  const tlsn_key *issuer_key, uint8_t *out, size_t cap, size_t *len)
{
    struct tlsn_cert_spec s = *spec;

    s.not_before = NOT_BEFORE;
    s.not_after = NOT_AFTER;
    assert_int_equal(tlsn_cert_issue(&s, key, issuer, issuer_key, NULL, out, cap, len), TLSN_OK);
}

tlsn_trust *duo_trust(void)
{
    static const struct tlsn_cert_spec spec = { .subject = "CN=root", .ca = true, .path_len = -1 };

    if (trust)
        return trust;
    assert_int_equal(tlsn_key_generate(&root_key, "ec:secp256r1", NULL), TLSN_OK);
    issue(&spec, root_key, (struct tlsn_span){ 0 }, root_key, root, sizeof root, &root_len);
    assert_int_equal(tlsn_trust_new(&trust, NULL), TLSN_OK);
    assert_int_equal(tlsn_trust_add(trust, root, root_len, NULL, NULL), TLSN_OK);
    return trust;
}

struct tlsn_span duo_root(void)
{
    (void)duo_trust();
    return (struct tlsn_span){ root, root_len };
}

static const struct tlsn_cert_spec *leaf_spec(void)
{
    static const char *const names[] = { host };
    static const struct tlsn_cert_spec spec = { .subject = "CN=leaf", .names = names,
                                                .name_count = 1 };

    return &spec;
}

static struct made *make(const char *kind)
{
    struct made *m = made;
    tlsn_key *key;

    while (m->kind && strcmp(m->kind, kind) != 0)
        m++;
    if (m->kind)
        return m;
    (void)duo_trust();
    assert_true(m < made + sizeof made / sizeof *made - 1);
    assert_int_equal(tlsn_key_generate(&key, kind, NULL), TLSN_OK);
    issue(leaf_spec(), key, (struct tlsn_span){ root, root_len }, root_key, m->der, sizeof m->der,
          &m->der_len);
    assert_int_equal(tlsn_key_write(key, m->pem, sizeof m->pem, &m->pem_len), TLSN_OK);
    tlsn_key_free(key);
    assert_int_equal(tlsn_credential_new(&m->credential, m->der, m->der_len, m->pem, m->pem_len,
                                         NULL), TLSN_OK);
    m->kind = kind;
    return m;
}

/* SSL 3.0 has no curves. */
static const char *in_version(const char *kind)
{
    return duo_version() == TLSN_SSL3 && strncmp(kind, "ec:", 3) == 0 ? "rsa:2048" : kind;
}

tlsn_credential *duo_credential(const char *kind)
{
    return make(in_version(kind))->credential;
}

tlsn_credential *duo_credential_behind_intermediate(void)
{
    static const struct tlsn_cert_spec spec = { .subject = "CN=between", .ca = true,
                                                .path_len = -1 };
    static tlsn_credential *credentials[2];
    tlsn_credential **credential = &credentials[duo_version() == TLSN_SSL3];
    tlsn_key *ca, *key;
    uint8_t der[2][2048];
    size_t len[2], pem_len, at;
    char pem[8192], secret[2048];

    if (*credential)
        return *credential;
    (void)duo_trust();
    assert_int_equal(tlsn_key_generate(&ca, "ec:secp256r1", NULL), TLSN_OK);
    assert_int_equal(tlsn_key_generate(&key, in_version("ec:secp256r1"), NULL), TLSN_OK);
    issue(&spec, ca, (struct tlsn_span){ root, root_len }, root_key, der[1], sizeof der[1],
          &len[1]);
    issue(leaf_spec(), key, (struct tlsn_span){ der[1], len[1] }, ca, der[0], sizeof der[0],
          &len[0]);
    assert_int_equal(tlsn_pem_write("CERTIFICATE", der[0], len[0], pem, sizeof pem, &at), TLSN_OK);
    assert_int_equal(tlsn_pem_write("CERTIFICATE", der[1], len[1], pem + at, sizeof pem - at,
                                    &pem_len), TLSN_OK);
    at += pem_len;
    assert_int_equal(tlsn_key_write(key, secret, sizeof secret, &pem_len), TLSN_OK);
    assert_int_equal(tlsn_credential_new(credential, pem, at, secret, pem_len, NULL), TLSN_OK);
    tlsn_key_free(ca);
    tlsn_key_free(key);
    return *credential;
}

tlsn_credential *duo_credential_with_usage(const char *kind, uint8_t usage)
{
    static const uint8_t oid[] = { 0x06, 0x03, 0x55, 0x1d, 0x0f, 0x01, 0x01, 0xff, 0x04, 0x04, 0x03,
                                   0x02 };
    struct made *m = make(in_version(kind));
    tlsn_credential *c;
    uint8_t der[sizeof m->der];
    size_t at = 0;

    memcpy(der, m->der, m->der_len);
    while (at + sizeof oid + 2 < m->der_len && memcmp(der + at, oid, sizeof oid) != 0)
        at++;
    assert_true(at + sizeof oid + 2 < m->der_len);
    der[at + sizeof oid] = 0; /* no unused bits; zeros at the end are taken */
    while (!(usage >> der[at + sizeof oid] & 1))
        der[at + sizeof oid]++;
    der[at + sizeof oid + 1] = usage;
    assert_int_equal(tlsn_credential_new(&c, der, m->der_len, m->pem, m->pem_len, NULL), TLSN_OK);
    return c;
}

/* ---- configurations and connections ---- */

static void key_log(void *ctx, const tlsn_conn *conn, const char *line)
{
    struct duo *d = ctx;

    (void)conn;
    if (strncmp(line, "CLIENT_RANDOM ", 14) != 0) /* a secret of TLS 1.3 */
        return;
    assert_true(d->masters < DUO_KEYS);
    assert_int_equal(vec_unhex(line + 14 + 65, d->master[d->masters++], 48), 48);
}

static uint16_t only_version;

void duo_set_version(uint16_t version)
{
    only_version = version;
}

uint16_t duo_version(void)
{
    return only_version ? only_version : TLSN_TLS1_2;
}

static const struct {
    uint16_t gcm, cbc, ssl3;
} siblings[] = { { 0xc02b, 0xc009, 0x0033 }, { 0xc02c, 0xc00a, 0x0039 }, { 0xc02f, 0xc013, 0x0033 },
                 { 0xc030, 0xc014, 0x0039 }, { 0x009c, 0x002f, 0x002f }, { 0x009d, 0x0035, 0x0035 },
                 { 0x009e, 0x0033, 0x0033 }, { 0x009f, 0x0039, 0x0039 } };

static uint16_t sibling(uint16_t suite, bool gcm)
{
    for (size_t i = 0; only_version && i < sizeof siblings / sizeof *siblings; i++) {
        uint16_t old = only_version == TLSN_SSL3 ? siblings[i].ssl3 : siblings[i].cbc;

        if ((gcm ? old : siblings[i].gcm) == suite)
            return gcm ? siblings[i].gcm : old;
    }
    return suite;
}

static const struct {
    const char *newer, *older;
    uint16_t last; /* version in which the older one stands for it */
} words[] = { { "GCM_SHA256", "CBC_SHA", TLSN_TLS1_1 },
              { "GCM_SHA384", "CBC_SHA", TLSN_TLS1_1 },
              { "ECDHE_ECDSA", "DHE_RSA", TLSN_SSL3 },
              { "ECDHE_RSA", "DHE_RSA", TLSN_SSL3 } };

static size_t word_at(const char *p)
{
    size_t i = 0;

    while (i < sizeof words / sizeof *words &&
           (only_version > words[i].last || strncmp(p, words[i].newer, strlen(words[i].newer)) != 0))
        i++;
    return i;
}

tlsn_status duo_set_suites(tlsn_config *config, const char *list)
{
    char out[1024];
    size_t len = 0;

    for (const char *p = list; *p && len + 16 < sizeof out;) {
        size_t i = word_at(p);

        if (i < sizeof words / sizeof *words) {
            len += (size_t)snprintf(out + len, 16, "%s", words[i].older);
            p += strlen(words[i].newer);
        } else {
            out[len++] = *p++;
        }
    }
    out[len] = 0;
    return tlsn_config_set_suites(config, only_version ? out : list);
}

static void set_old_version(tlsn_config *c)
{
    static const char list[] = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,"
                               "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,"
                               "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,"
                               "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,"
                               "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,"
                               "TLS_RSA_WITH_AES_128_GCM_SHA256";
    static const char ssl3[] = "TLS_DHE_RSA_WITH_AES_128_CBC_SHA,TLS_DHE_RSA_WITH_AES_256_CBC_SHA,"
                               "TLS_RSA_WITH_AES_128_CBC_SHA";

    assert_int_equal(tlsn_config_set_versions(c, only_version, only_version), TLSN_OK);
    assert_int_equal(duo_set_suites(c, only_version == TLSN_SSL3 ? ssl3 : list), TLSN_OK);
}

static bool offers_tls13;

void duo_offer_tls13(void)
{
    offers_tls13 = true;
}

static void new_config(struct duo *d, enum tlsn_role role)
{
    uint16_t max = offers_tls13 && role == TLSN_CLIENT ? TLSN_TLS1_3 : TLSN_TLS1_2;
    const struct tlsn_callbacks cb = { .key_log = key_log, .ctx = d };
    tlsn_config *c;

    tlsn_config_free(d->config[role]);
    assert_int_equal(tlsn_config_new(&c, &d->env.hooks), TLSN_OK);
    assert_int_equal(tlsn_config_set_callbacks(c, &cb), TLSN_OK);
    assert_int_equal(tlsn_config_set_trust(c, duo_trust()), TLSN_OK);
    if (only_version)
        set_old_version(c);
    else
        assert_int_equal(tlsn_config_set_versions(c, TLSN_TLS1_2, max), TLSN_OK);
    d->config[role] = c;
}

void duo_reset_server(struct duo *d, tlsn_credential *credential)
{
    new_config(d, TLSN_SERVER);
    if (credential)
        assert_int_equal(tlsn_config_add_credential(d->config[TLSN_SERVER], credential), TLSN_OK);
}

void duo_reset_client(struct duo *d)
{
    new_config(d, TLSN_CLIENT);
}

bool duo_certificate_suffices(uint16_t id)
{
    const struct tlsni_suite *suite = tlsni_suite_find(id);

    return tlsni_auth_by_certificate(suite->auth) && suite->kx != TLSNI_KX_RSA_PSK &&
           suite->kx != TLSNI_KX_SRP && !tlsni_kx_is_fixed(suite->kx);
}

struct duo *duo_new(void)
{
    struct duo *d = calloc(1, sizeof *d);

    assert_non_null(d);
    test_env_init(&d->env, 1);
    duo_reset_client(d);
    duo_reset_server(d, duo_credential("ec:secp256r1"));
    return d;
}

static void drop_connections(struct duo *d)
{
    for (int i = 0; i < 2; i++) {
        tlsn_conn_free(d->conn[i]);
        d->conn[i] = NULL;
    }
}

void duo_free(struct duo *d)
{
    drop_connections(d);
    tlsn_config_free(d->config[0]);
    tlsn_config_free(d->config[1]);
    assert_int_equal(d->env.live, 0);
    free(d);
}

void duo_connect(struct duo *d)
{
    drop_connections(d);
    d->records = d->taped = d->masters = 0;
    d->changed = 0;
    for (int i = 0; i < 2; i++) {
        d->in_len[i] = d->data_len[i] = 0;
        d->ccs[i] = d->absent[i] = false;
        d->status[i] = d->read_status[i] = TLSN_OK;
        assert_int_equal(tlsn_conn_new(&d->conn[i], (enum tlsn_role)i, d->config[i]), TLSN_OK);
    }
    assert_int_equal(tlsn_conn_set_server_name(d->conn[TLSN_CLIENT], host), TLSN_OK);
}

/* ---- records on their way ---- */

static size_t bend_message(struct duo *d, enum tlsn_role from, uint8_t *r, size_t len)
{
    size_t body = len - 9;

    if (from != d->change_from || d->ccs[from] || r[0] != 22 || len < 9 || r[5] != d->change_type)
        return len;
    d->change(r + 9, &body);
    d->changed++;
    r[6] = (uint8_t)(body >> 16);
    r[7] = (uint8_t)(body >> 8);
    r[8] = (uint8_t)body;
    r[3] = (uint8_t)((body + 4) >> 8);
    r[4] = (uint8_t)(body + 4);
    return body + 9;
}

void duo_change_message(struct duo *d, enum tlsn_role from, uint8_t type, duo_change *change)
{
    d->bend = bend_message;
    d->change = change;
    d->change_from = (uint8_t)from;
    d->change_type = type;
}

void duo_inject(struct duo *d, enum tlsn_role from, const void *bytes, size_t len)
{
    assert_true(d->in_len[!from] + len <= DUO_BYTES);
    memcpy(d->in[!from] + d->in_len[!from], bytes, len);
    if (len > 2 && d->in[!from][d->in_len[!from] + 1] == 3 && d->in[!from][d->in_len[!from] + 2] == 3)
        d->in[!from][d->in_len[!from] + 2] = (uint8_t)duo_version();
    d->in_len[!from] += len;
}

static void carry(struct duo *d, enum tlsn_role from, const uint8_t *r, size_t len)
{
    struct duo_record *rec = &d->record[d->records++];
    uint8_t *copy = d->tape + d->taped;
    static uint8_t bent[1 << 16];

    assert_true(d->records <= DUO_RECORDS && d->taped + len <= DUO_BYTES);
    memcpy(copy, r, len);
    d->taped += len;
    *rec = (struct duo_record){ (uint8_t)from, r[0], d->ccs[from], (uint16_t)(r[1] << 8 | r[2]),
                                copy, copy + 5, len - 5 };
    memcpy(bent, r, len);
    if (d->bend)
        len = d->bend(d, from, bent, len);
    if (r[0] == 20)
        d->ccs[from] = true;
    duo_inject(d, from, bent, len);
}

static void emit(struct duo *d, enum tlsn_role from, const uint8_t *out, size_t len)
{
    while (len) {
        size_t size = len >= 5 ? 5 + ((size_t)out[3] << 8 | out[4]) : 0;

        assert_true(len >= 5 && size <= len);
        carry(d, from, out, size);
        out += size;
        len -= size;
    }
}

static size_t consume(struct duo *d, enum tlsn_role role, size_t n)
{
    memmove(d->in[role], d->in[role] + n, d->in_len[role] - n);
    d->in_len[role] -= n;
    return n;
}

static size_t gather(struct duo *d, enum tlsn_role role, size_t written, uint8_t *out)
{
    size_t more;

    do {
        tlsn_status st = tlsn_drain(d->conn[role], out + written, DUO_BYTES - written, &more);

        (void)st;
        written += more;
    } while (more);
    emit(d, role, out, written);
    return written;
}

static size_t read_some(struct duo *d, enum tlsn_role role, uint8_t *out)
{
    size_t n, len;

    if ((!d->in_len[role] && !tlsn_renegotiating(d->conn[role])) || d->read_status[role] < 0)
        return 0;
    d->read_status[role] = tlsn_decrypt(d->conn[role], d->in[role], d->in_len[role], &n,
                                        d->data[role] + d->data_len[role],
                                        DUO_BYTES - d->data_len[role], &len);
    d->data_len[role] += len;
    return consume(d, role, n) + gather(d, role, 0, out);
}

static size_t step(struct duo *d, enum tlsn_role role)
{
    static uint8_t out[DUO_BYTES];
    size_t n, written;

    if (d->absent[role])
        return 0;
    if (tlsn_handshake_done(d->conn[role]))
        return read_some(d, role, out);
    if (d->status[role] < 0)
        return 0;
    d->status[role] = tlsn_handshake(d->conn[role], d->in[role], d->in_len[role], &n, out,
                                     sizeof out, &written);
    return consume(d, role, n) + gather(d, role, written, out);
}

void duo_run(struct duo *d)
{
    while (step(d, TLSN_CLIENT) + step(d, TLSN_SERVER))
        ;
}

static const char *error_text(const struct duo *d, enum tlsn_role role)
{
    return d->status[role] < 0 ? tlsn_conn_error(d->conn[role])->text : "no error";
}

void duo_shake(struct duo *d)
{
    duo_connect(d);
    duo_run(d);
    if (!tlsn_handshake_done(d->conn[0]) || !tlsn_handshake_done(d->conn[1]))
        fail_msg("client: %s; server: %s", error_text(d, TLSN_CLIENT), error_text(d, TLSN_SERVER));
}

int duo_alert_in_version(int alert)
{
    const struct tlsni_alert *row = tlsni_alert_find((uint8_t)alert);

    return row->first <= duo_version() ? alert : row->instead;
}

void duo_refused(struct duo *d, enum tlsn_role victim, tlsn_status status, int alert)
{
    alert = duo_alert_in_version(alert);
    duo_connect(d);
    duo_run(d);
    if (d->status[victim] != status)
        fail_msg("status %d, %s", d->status[victim], error_text(d, victim));
    assert_int_equal(tlsn_conn_error(d->conn[victim])->alert_sent, alert);
    assert_int_equal(tlsn_conn_error(d->conn[!victim])->status, TLSN_ERR_ALERT);
    assert_int_equal(tlsn_conn_error(d->conn[!victim])->alert_received, alert);
    assert_true(!d->change || d->changed);
}

void duo_write(struct duo *d, enum tlsn_role from, const void *data, size_t len)
{
    static uint8_t out[DUO_BYTES];
    size_t n, written;

    assert_int_equal(tlsn_encrypt(d->conn[from], data, len, &n, out, sizeof out, &written),
                     TLSN_OK);
    emit(d, from, out, written);
}

void duo_close(struct duo *d, enum tlsn_role from)
{
    uint8_t out[256];
    size_t written;

    assert_int_equal(tlsn_shutdown(d->conn[from], out, sizeof out, &written), TLSN_OK);
    emit(d, from, out, written);
}

void duo_flush(struct duo *d, enum tlsn_role from)
{
    static uint8_t out[DUO_BYTES];

    (void)gather(d, from, 0, out);
}

void duo_renegotiate(struct duo *d, enum tlsn_role from, tlsn_config *config)
{
    assert_int_equal(tlsn_renegotiate(d->conn[from], config), TLSN_OK);
    duo_flush(d, from);
    duo_run(d);
}

/* ---- looking at the tape ---- */

static const char *message_name(uint8_t type)
{
    switch (type) {
    case 0: return "HelloRequest";
    case 1: return "ClientHello";
    case 2: return "ServerHello";
    case 4: return "NewSessionTicket";
    case 11: return "Certificate";
    case 12: return "ServerKeyExchange";
    case 21: return "CertificateURL";
    case 22: return "CertificateStatus";
    case 23: return "SupplementalData";
    case 13: return "CertificateRequest";
    case 14: return "ServerHelloDone";
    case 15: return "CertificateVerify";
    case 16: return "ClientKeyExchange";
    case 20: return "Finished";
    default: return "?";
    }
}

static void describe(const struct duo_record *r, char *out, size_t cap)
{
    static const char *const types[] = { "{ccs}", "{alert}", "{handshake}", "{data}" };

    if (r->sealed)
        snprintf(out, cap, "%s", types[r->type - 20]);
    else if (r->type == 20)
        snprintf(out, cap, "CCS");
    else if (r->type == 21)
        snprintf(out, cap, "alert:%u/%u", r->body[0], r->body[1]);
    else
        snprintf(out, cap, "%s", message_name(r->body[0]));
}

const char *duo_order(struct duo *d)
{
    size_t at = 0;

    d->text[0] = 0;
    for (size_t i = 0; i < d->records; i++) {
        char one[64];

        describe(&d->record[i], one, sizeof one);
        at += (size_t)snprintf(d->text + at, sizeof d->text - at, "%s%s%s", i ? " " : "",
                               d->record[i].from == TLSN_SERVER ? "<" : "", one);
    }
    return d->text;
}

struct tlsn_span duo_message(const struct duo *d, enum tlsn_role from, uint8_t type)
{
    for (size_t i = 0; i < d->records; i++) {
        const struct duo_record *r = &d->record[i];

        if (r->from == from && r->type == 22 && !r->sealed && r->body[0] == type)
            return (struct tlsn_span){ r->body + 4, r->len - 4 };
    }
    return (struct tlsn_span){ 0 };
}

struct tlsn_span duo_session_id(const struct duo *d, enum tlsn_role from)
{
    struct tlsn_span m = duo_message(d, from, from == TLSN_CLIENT ? 1 : 2);

    assert_non_null(m.data);
    return (struct tlsn_span){ m.data + 35, m.data[34] };
}

/* Where the suites of a hello begin. */
static const uint8_t *behind_id(const struct duo *d, enum tlsn_role from)
{
    struct tlsn_span id = duo_session_id(d, from);

    return id.data + id.len;
}

uint16_t duo_suite_sent(const struct duo *d)
{
    const uint8_t *p = behind_id(d, TLSN_SERVER);

    return (uint16_t)(p[0] << 8 | p[1]);
}

uint16_t duo_suite(const struct duo *d)
{
    return sibling(duo_suite_sent(d), true);
}

struct tlsn_span duo_extension(const struct duo *d, enum tlsn_role from, uint16_t type)
{
    struct tlsn_span m = duo_message(d, from, from == TLSN_CLIENT ? 1 : 2);
    const uint8_t *p = behind_id(d, from), *end = m.data + m.len;

    p += from == TLSN_CLIENT ? 2 + (p[0] << 8 | p[1]) : 2;
    p += from == TLSN_CLIENT ? 1 + p[0] : 1;
    for (p += 2; p + 4 <= end; p += 4 + (p[2] << 8 | p[3]))
        if ((p[0] << 8 | p[1]) == type)
            return (struct tlsn_span){ p + 4, (size_t)(p[2] << 8 | p[3]) };
    return (struct tlsn_span){ 0 };
}

int duo_alert(const struct duo *d, enum tlsn_role from)
{
    for (size_t i = 0; i < d->records; i++)
        if (d->record[i].from == from && d->record[i].type == 21 && !d->record[i].sealed)
            return d->record[i].body[0] << 8 | d->record[i].body[1];
    return -1;
}

/* ---- hellos by hand ---- */

static uint8_t *put(uint8_t *at, int width, const char *hex)
{
    size_t len = hex ? vec_unhex(hex, at + width, 2048) : 0;

    for (int i = 0; i < width; i++)
        at[i] = (uint8_t)(len >> 8 * (width - 1 - i));
    return at + width + len;
}

void duo_hello(struct duo *d, const struct duo_hello *h)
{
    uint16_t outer = h->record_version ? h->record_version : 0x0301;
    uint16_t version = h->version ? h->version : duo_version();
    uint8_t r[4096] = { 22, (uint8_t)(outer >> 8), (uint8_t)outer, 0, 0, 1, 0, 0, 0,
                        (uint8_t)(version >> 8), (uint8_t)version };
    uint8_t *p = r + 11 + 32, *list;
    size_t len;

    memset(r + 11, 0x5a, 32);
    p = put(p, 1, h->session_id);
    list = p;
    p = put(p, 2, h->suites ? h->suites : "c02b");
    for (uint8_t *s = list + 2; s + 1 < p; s += 2) {
        uint16_t suite = sibling((uint16_t)(s[0] << 8 | s[1]), false);

        s[0] = (uint8_t)(suite >> 8);
        s[1] = (uint8_t)suite;
    }
    p = put(p, 1, h->compressions ? h->compressions : "00");
    if (h->extensions)
        p = put(p, 2, h->extensions);
    len = (size_t)(p - r);
    r[3] = (uint8_t)((len - 5) >> 8);
    r[4] = (uint8_t)(len - 5);
    r[7] = (uint8_t)((len - 9) >> 8);
    r[8] = (uint8_t)(len - 9);
    d->absent[TLSN_CLIENT] = true;
    carry(d, TLSN_CLIENT, r, len);
    duo_run(d);
}

/* ---- sessions ---- */

tlsn_session *duo_session(struct duo *d)
{
    tlsn_session *s;

    assert_int_equal(tlsn_conn_get_session(d->conn[TLSN_CLIENT], &s), TLSN_OK);
    return s;
}

void duo_reconnect(struct duo *d, const tlsn_session *session)
{
    duo_connect(d);
    assert_int_equal(tlsn_conn_set_session(d->conn[TLSN_CLIENT], session), TLSN_OK);
    duo_run(d);
}
