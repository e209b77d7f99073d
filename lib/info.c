/* info.c - the tables for people and programs (tls-native/info.h). */
#include <tls-native/info.h>

#include <stdio.h>
#include <string.h>
#include "base/alert.h"
#include "cipher/group.h"
#include "cipher/sigalg.h"
#include "ext/ext.h"
#include "handshake/cert_comp.h"
#include "handshake/machine.h"
#include "handshake/negotiate.h"
#include "policy.h"
#include "record/compress.h"

static const char *hash_name(uint8_t id)
{
    const struct tlsni_hash *hash = tlsni_hash_find(id);

    return hash ? hash->name : "";
}

static bool constant_info(size_t i, struct tlsn_suite_info *out)
{
    size_t count;
    const struct tlsni_suite_constant *c = tlsni_suite_constants(&count) + i;

    if (i >= count)
        return false;
    *out = (struct tlsn_suite_info){
        .id = c->id, .name = c->name, .openssl = "", .gnutls = "", .kx = "", .auth = "",
        .cipher = "", .mac = "", .prf = "", .policy = "", .source = c->source, .reason = c->reason,
    };
    return true;
}

bool tlsn_suite_info(size_t i, struct tlsn_suite_info *out)
{
    size_t count;
    const struct tlsni_suite *s = tlsni_suite_rows(&count) + i;
    bool implemented;

    if (i >= count)
        return constant_info(i - count, out);
    implemented = tlsni_suite_implemented(s);
    *out = (struct tlsn_suite_info){
        .id = s->id, .min_version = s->min_version, .max_version = s->max_version,
        .name = s->name, .openssl = s->openssl, .gnutls = tlsni_suite_gnutls_name(s),
        .kx = tlsni_kx_name(s->kx), .auth = tlsni_auth_name(s->auth),
        .cipher = tlsni_suite_cipher_name(s), .mac = tlsni_suite_mac_name(s),
        .prf = hash_name(s->prf), .policy = tlsni_class_name(s->policy), .source = s->source,
        .implemented = implemented, .recommended = s->recommended,
        .reason = implemented ? "" : "not yet",
    };
    return true;
}

bool tlsn_group_info(size_t i, struct tlsn_group_info *out)
{
    size_t count;
    const struct tlsni_group *g = tlsni_group_rows(&count) + i;

    if (i >= count)
        return false;
    *out = (struct tlsn_group_info){
        .id = g->id, .bits = g->bits, .security_bits = g->security_bits, .name = g->name,
        .openssl = g->openssl, .gnutls = g->gnutls, .policy = tlsni_class_name(g->policy),
        .min_version = g->min_version, .max_version = g->max_version, .source = g->source,
    };
    return true;
}

bool tlsn_sigalg_info(size_t i, struct tlsn_sigalg_info *out)
{
    size_t count;
    const struct tlsni_sigalg *s = tlsni_sigalg_rows(&count) + i;

    if (i >= count)
        return false;
    *out = (struct tlsn_sigalg_info){
        .id = s->id, .name = s->name, .openssl = s->openssl, .gnutls = s->gnutls,
        .key = tlsni_key_type_name(s->key), .hash = hash_name(s->hash),
        .policy = tlsni_class_name(s->policy), .source = s->source,
        .min_version = s->min_version, .max_version = s->max_version,
    };
    return true;
}

bool tlsn_extension_info(size_t i, struct tlsn_extension_info *out)
{
    static const char *const messages[] = { "", "CH", "SH", "CH SH" };
    size_t count;
    const struct tlsni_ext *const *rows = tlsni_ext_rows(&count);
    const struct tlsni_ext *e;
    unsigned where;

    if (i >= count)
        return false;
    e = rows[i];
    where = (e->in[TLSNI_IN_CLIENT_HELLO].parse ? 1U : 0) |
            (e->in[TLSNI_IN_SERVER_HELLO].parse ? 2U : 0);
    *out = (struct tlsn_extension_info){ e->type, e->name, messages[where], e->source };
    return true;
}

const char *tlsn_compression_name(size_t i)
{
    size_t count;
    const struct tlsni_compression *const *rows = tlsni_compression_rows(&count);

    return i < count ? rows[i]->name : "";
}

const char *tlsn_cert_compression_name(size_t i)
{
    size_t count;
    const struct tlsni_cert_comp *const *rows = tlsni_cert_comp_rows(&count);

    return i < count ? rows[i]->name : "";
}

bool tlsn_alert_info(size_t i, struct tlsn_alert_info *out)
{
    static const char *const levels[] = { "either", "warning", "fatal" };
    size_t count;
    const struct tlsni_alert *a = tlsni_alert_rows(&count) + i;

    if (i >= count)
        return false;
    *out = (struct tlsn_alert_info){ a->number, a->name, levels[a->level], a->source };
    return true;
}

bool tlsn_version_info(size_t i, struct tlsn_version_info *out)
{
    size_t count;
    const struct tlsni_version *v = tlsni_version_rows(&count) + i;

    if (i >= count)
        return false;
    *out = (struct tlsn_version_info){ v->number, v->name, v->title, v->source, v->record != NULL };
    return true;
}

uint16_t tlsn_version_number(const char *name)
{
    size_t count;
    const struct tlsni_version *v = tlsni_version_rows(&count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(v[i].name, name) == 0)
            return v[i].number;
    return 0;
}

bool tlsn_policy_info(size_t i, struct tlsn_policy_info *out)
{
    size_t count;
    const struct tlsni_policy *p = tlsni_policy_rows(&count) + i;

    if (i >= count)
        return false;
    *out = (struct tlsn_policy_info){ p->name, p->text, tlsni_version_find(p->min_version)->name,
                                      tlsni_version_find(p->max_version)->name };
    return true;
}

/* ---- flows ---- */

static const char *const fact_names[] = { "resumed",      "certificate", "key_exchange", "request",
                                          "client_signs", "ticket",      "renegotiation", "signed_exchange",
                                          "optional_exchange", [16] = "status",
                                          [17] = "certificate_url", [18] = "unobtained", [19] = "supplement",
                                          [20] = "server_supplement" };
static const char *const proof_names[] = { "chain", "signature", "keys", "ccs", "finished" };

/* The names of the bits, joined by "+", behind *at; moves *at and *cap on. */
static const char *join(uint32_t bits, const char *const *names, size_t count, char **at,
                        size_t *cap)
{
    char *start = *at;

    for (size_t i = 0; i < count; i++) {
        int n = bits >> i & 1
                    ? snprintf(*at, *cap, "%s%s", *at == start ? "" : "+", names[i])
                    : 0;

        if (n < 0 || (size_t)n >= *cap)
            break;
        *at += n;
        *cap -= (size_t)n;
    }
    if (*cap <= 1)
        return "";
    *(*at)++ = 0;
    --*cap;
    return start;
}

static const struct tlsni_hs_row *flow_row(size_t i, const struct tlsni_flow **flow)
{
    size_t count;
    const struct tlsni_flow *const *flows = tlsni_flows(&count);

    for (size_t f = 0; f < count; f++) {
        if (i < flows[f]->count) {
            *flow = flows[f];
            return &flows[f]->rows[i];
        }
        i -= flows[f]->count;
    }
    return NULL;
}

#define NAMES(table) table, sizeof table / sizeof *table

bool tlsn_flow_info(size_t i, struct tlsn_flow_info *out, char *scratch, size_t cap)
{
    const struct tlsni_flow *flow;
    const struct tlsni_hs_row *r = flow_row(i, &flow);

    if (!r || !cap)
        return false;
    out->flow = flow->name;
    out->state = tlsni_flow_state_name(flow, r->state);
    out->event = tlsni_event_name(r->event);
    out->next = tlsni_flow_state_name(flow, r->next);
    out->action = r->action;
    out->source = r->source;
    out->when = join(r->when, NAMES(fact_names), &scratch, &cap);
    out->unless = join(r->unless, NAMES(fact_names), &scratch, &cap);
    out->needs = join(r->needs, NAMES(proof_names), &scratch, &cap);
    out->proves = join(r->proves, NAMES(proof_names), &scratch, &cap);
    return true;
}
