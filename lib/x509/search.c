/* search.c - building a path (RFC 4158 in small): depth first from the leaf, anchors before other
 * certificates, those that fit best first.
 *
 * A first pass considers only issuers that are sound by themselves; if it finds no good path, a
 * second one considers all of them, to be able to say what is wrong. Results of signature checks
 * are kept, so that nothing is checked twice, and they are bounded: a hostile bag of certificates
 * costs no more than an honest one that is large. */
#include "x509/search.h"

#include "base/mem.h"
#include "x509/heir.h"
#include "x509/name.h"
#include "x509/spki.h"

enum {
    STEPS_PER_SIGNATURE = 50,
    RSA_BITS_CHEAP = 4096, DSA_BITS_CHEAP = 1024,
    NAME_WORK = 8000000, /* bytes of names that are compared in one pass: some ten milliseconds */
    NAME_COMPARE = 16,   /* of that, what any comparison takes */
};

/* Candidates come in this order: by key identifier or not, anchors before the bag. */
enum stage { STAGE_ANCHOR_ID, STAGE_ANCHOR, STAGE_POOL_ID, STAGE_POOL, STAGE_END };

/* A place in the path and how far its issuers were tried. */
struct frame {
    const struct tlsni_cert *cert;
    uint64_t subject_hash, issuer_hash;
    enum stage stage;
    struct tlsni_anchor *anchor; /* the last one tried */
    struct tlsni_node *node;     /* the same among the others */
    bool deeper;                 /* some issuer's signature fitted */
    bool refuted;                /* some issuer's did not, although its key identifier fits */
    uint8_t refusal;             /* enum tlsni_why for that */
};

struct issuer {
    const struct tlsni_cert *cert;
    struct tlsni_anchor *anchor; /* NULL: node */
    struct tlsni_node *node;
};

struct memo {
    const struct tlsni_cert *child, *issuer;
    uint8_t why;
};

enum phase { PHASE_BEGIN, PHASE_SOUND, PHASE_ALL, PHASE_END };

struct tlsni_search {
    const struct tlsni_cert *leaf;
    const tlsn_trust *trust;
    struct tlsni_judge *judge;
    struct tlsni_pool *pool;
    struct tlsni_path path, best;
    struct frame frames[TLSNI_PATH_MAX];
    struct memo *memos; /* owned; judge->max_signatures */
    struct tlsni_heir *heirs; /* owned: those of all paths that were completed */
    enum phase phase;
    unsigned depth;     /* frames in use */
    unsigned signatures, steps;
    unsigned signature_work; /* the same, but those with large keys count for more */
    size_t name_work; /* left of NAME_WORK */
    struct tlsni_search_cost cost; /* of all passes */
    bool limited, found;
};

/* ---- signatures ---- */

static tlsn_status issuer_key(struct tlsni_search *s, const struct issuer *issuer,
                              const struct tlsni_pubkey **key)
{
    return issuer->anchor ? tlsni_anchor_key(key, s->trust, issuer->anchor)
                          : tlsni_node_key(key, s->pool, issuer->node);
}

/* @rfc 5280:4.1.1.3/1, 5280:6.1.3/1, 5280:6.1.4/1 */
static tlsn_status check_signature(struct tlsni_search *s, const struct tlsni_cert *child,
                                   const struct issuer *issuer, uint8_t *why)
{
    const struct tlsni_pubkey *key;
    tlsn_status st;

    *why = TLSNI_WHY_ALGORITHM;
    if (!child->sig.key)
        return TLSN_OK;
    *why = TLSNI_WHY_NONE;
    if (tlsni_spki_inherits(issuer->cert->spki)) /* checked once the path is complete */
        return TLSN_OK;
    st = issuer_key(s, issuer, &key);
    *why = TLSNI_WHY_ISSUER_KEY;
    if (st != TLSN_OK)
        return st == TLSN_ERR_NO_MEMORY ? st : TLSN_OK;
    *why = TLSNI_WHY_SIGNATURE;
    if (s->judge->exact_pss && !tlsni_pubkey_takes(key, &child->sig))
        return TLSN_OK;
    st = tlsni_spki_verify(key, issuer->cert->spki, &child->sig, child->tbs, child->signature);
    *why = st == TLSN_OK ? TLSNI_WHY_NONE : TLSNI_WHY_SIGNATURE;
    return st == TLSN_ERR_NO_MEMORY ? st : TLSN_OK;
}

/* In signatures of usual size: work grows with the square of an RSA modulus. DSA's five powers cost
 * more with as many bits. */
static unsigned signature_cost(const struct tlsni_cert *issuer)
{
    struct tlsni_spki_size key = tlsni_spki_size(issuer->spki);
    unsigned times = key.bits / (key.type == TLSNI_KEY_DSA ? DSA_BITS_CHEAP : RSA_BITS_CHEAP);

    return times > 1 ? times * times : 1;
}

/* The same from memory if it was asked before. */
static tlsn_status signature_of(struct tlsni_search *s, const struct tlsni_cert *child,
                                const struct issuer *issuer, uint8_t *why)
{
    struct memo *m = s->memos;
    tlsn_status st;

    for (; m < s->memos + s->signatures; m++)
        if (m->child == child && m->issuer == issuer->cert) {
            *why = m->why;
            return TLSN_OK;
        }
    if (s->signature_work >= s->judge->max_signatures) {
        s->limited = true;
        *why = TLSNI_WHY_LIMIT;
        return TLSN_OK;
    }
    st = check_signature(s, child, issuer, why);
    m->child = child;
    m->issuer = issuer->cert;
    m->why = *why;
    s->signatures++;
    s->signature_work += signature_cost(issuer->cert);
    return st;
}

/* ---- candidates ---- */

static bool spend(struct tlsni_search *s, size_t work)
{
    if (s->name_work < work) {
        s->name_work = 0;
        s->limited = true;
        return false;
    }
    s->name_work -= work;
    s->cost.names += work;
    return true;
}

/* Names of equal hash. Those that differ in bytes take work: hostile ones are long, have many attributes to an
 * RDN, and characters that become many. */
static bool same_name(struct tlsni_search *s, struct tlsn_span a, struct tlsn_span b)
{
    if (tlsni_span_eq(a, b))
        return true;
    return spend(s, NAME_COMPARE + tlsni_name_weight(a) * a.len + tlsni_name_weight(b) * b.len) &&
           tlsni_name_equal(a, b);
}

/* Two certificates of one entity in a path would be a loop (RFC 4158 2.4.2). */
static bool in_path(struct tlsni_search *s, const struct tlsni_cert *cert, uint64_t subject_hash)
{
    for (unsigned i = 0; i < s->depth; i++) {
        const struct tlsni_cert *c = s->frames[i].cert;

        if (c == cert ||
            (s->frames[i].subject_hash == subject_hash && tlsni_span_eq(c->spki, cert->spki) &&
             same_name(s, c->subject, cert->subject)))
            return true;
    }
    return false;
}

/* Do the key identifiers fit, as far as they are there? */
static bool ids_fit(const struct tlsni_cert *child, const struct tlsni_cert *issuer)
{
    return !child->aki.len || !issuer->ski.len || tlsni_span_eq(child->aki, issuer->ski);
}

/* @rfc 5280:4.1.2.4/5, 5280:6.1.3/4 */
static bool next_anchor(struct tlsni_search *s, struct frame *f, struct issuer *out)
{
    while (spend(s, NAME_COMPARE + f->cert->issuer.len) &&
           (f->anchor = tlsni_trust_find(s->trust, f->cert->issuer, f->issuer_hash,
                                         f->anchor)) != NULL) {
        out->cert = &f->anchor->cert;
        out->anchor = f->anchor;
        if (ids_fit(f->cert, out->cert) == (f->stage == STAGE_ANCHOR_ID) &&
            (s->phase == PHASE_ALL || tlsni_judge_issuer_sound(s->judge, out->cert, true)) &&
            !in_path(s, out->cert, f->anchor->subject_hash))
            return true;
    }
    return false;
}

static bool next_node(struct tlsni_search *s, struct frame *f, struct issuer *out)
{
    while (spend(s, NAME_COMPARE) &&
           (f->node = tlsni_pool_next(s->pool, f->issuer_hash, f->node)) != NULL) {
        out->cert = f->node->cert;
        out->node = f->node;
        if (f->node->subject_hash == f->issuer_hash &&
            (s->phase == PHASE_ALL || tlsni_judge_issuer_sound(s->judge, out->cert, false)) &&
            ids_fit(f->cert, out->cert) == (f->stage == STAGE_POOL_ID) &&
            same_name(s, out->cert->subject, f->cert->issuer) &&
            !in_path(s, out->cert, f->node->subject_hash))
            return true;
    }
    return false;
}

static bool next_issuer(struct tlsni_search *s, struct frame *f, struct issuer *out)
{
    for (; f->stage != STAGE_END; f->stage++) {
        memset(out, 0, sizeof *out);
        if (f->stage <= STAGE_ANCHOR ? next_anchor(s, f, out) : next_node(s, f, out))
            return true;
        f->anchor = NULL;
        f->node = NULL;
    }
    return false;
}

/* ---- paths ---- */

/* How good a path is: complete ones before others, then by the heaviest finding, then by number. */
static bool better(const struct tlsni_path *a, const struct tlsni_path *b)
{
    unsigned wa = tlsni_path_worst(a), wb = tlsni_path_worst(b);

    if (!b->len || a->anchored != b->anchored)
        return !b->len || a->anchored;
    if (!a->anchored)
        return a->len > b->len;
    if (!wa || !wb)
        return !wa && wb;
    return wa != wb ? wa > wb : a->count < b->count;
}

static void begin_path(struct tlsni_search *s)
{
    s->path.len = (uint8_t)s->depth;
    s->path.count = 0;
    s->path.anchored = false;
    for (unsigned i = 0; i < s->depth; i++)
        s->path.certs[i] = s->frames[i].cert;
}

static void keep_if_better(struct tlsni_search *s)
{
    if (better(&s->path, &s->best))
        s->best = s->path;
}

/* THE place where a path is accepted: it ends in an anchor (NULL: the leaf is one), all signatures
 * verify (those of heirs at the latest here), and judge_path has noted whatever else is wrong. Nothing better
 * can come when only the leaf is to blame.
 * @rfc 9618:6.1/1 */
static void complete(struct tlsni_search *s, const struct tlsni_cert *anchor)
{
    bool others = false;

    begin_path(s);
    if (anchor)
        s->path.certs[s->path.len++] = anchor;
    s->path.anchored = true;
    s->limited |= !tlsni_heirs_settle(&s->heirs, s->judge, &s->path, &s->signature_work);
    tlsni_judge_path(s->judge, &s->path);
    keep_if_better(s);
    for (unsigned i = 0; i < s->path.count; i++)
        others |= s->path.findings[i].depth != 0 ||
                  s->path.findings[i].why <= TLSNI_WHY_CONSTRAINT_LIMIT;
    s->found |= !others;
}

/* A path that ends nowhere, for the report; of those the longest one counts. */
static void dead_end(struct tlsni_search *s, const struct frame *f)
{
    enum tlsni_why why = TLSNI_WHY_NO_ISSUER;

    if (!f->cert->self_issued)
        tlsni_judge_lacks(s->judge, TLSN_MISSING_ISSUER, f->cert, NULL);
    if (s->best.anchored || s->phase != PHASE_ALL || s->best.len >= s->depth)
        return;
    begin_path(s);
    if (f->refuted)
        why = (enum tlsni_why)f->refusal;
    else if (f->cert->self_issued)
        why = TLSNI_WHY_SELF_SIGNED;
    tlsni_path_note(&s->path, s->depth - 1, why);
    tlsni_judge_path(s->judge, &s->path);
    keep_if_better(s);
}

static void push(struct tlsni_search *s, const struct tlsni_cert *cert, uint64_t subject_hash,
                 uint64_t issuer_hash)
{
    struct frame *f = &s->frames[s->depth++];

    memset(f, 0, sizeof *f);
    f->cert = cert;
    f->subject_hash = subject_hash;
    f->issuer_hash = issuer_hash;
}

static void push_leaf(struct tlsni_search *s)
{
    push(s, s->leaf, tlsni_name_hash(s->leaf->subject), tlsni_name_hash(s->leaf->issuer));
}

static void push_issuer(struct tlsni_search *s, const struct issuer *issuer)
{
    if (issuer->node)
        push(s, issuer->cert, issuer->node->subject_hash, issuer->node->issuer_hash);
    else
        push(s, issuer->cert, issuer->anchor->subject_hash, tlsni_name_hash(issuer->cert->issuer));
}

static bool ends_path(const struct tlsni_search *s, const struct tlsni_cert *anchor)
{
    return s->judge->allow_partial || anchor->self_issued;
}

static void follow(struct tlsni_search *s, struct frame *f, const struct issuer *issuer, uint8_t why)
{
    if (why != TLSNI_WHY_NONE) {
        if (why != TLSNI_WHY_LIMIT && ids_fit(f->cert, issuer->cert)) {
            f->refuted = true;
            f->refusal = why;
        }
        return;
    }
    f->deeper = true;
    if (issuer->anchor && ends_path(s, issuer->cert))
        complete(s, issuer->cert);
    else if (s->depth - 1 < s->judge->max_depth)
        push_issuer(s, issuer);
    else
        s->limited = true;
}

/* One candidate tried, or one place given up. */
static tlsn_status step(struct tlsni_search *s)
{
    struct frame *f = &s->frames[s->depth - 1];
    struct issuer issuer;
    uint8_t why;
    tlsn_status st;

    if (!next_issuer(s, f, &issuer)) {
        if (!f->deeper)
            dead_end(s, f);
        s->depth--;
        return TLSN_OK;
    }
    s->steps++;
    s->cost.steps++;
    st = signature_of(s, f->cert, &issuer, &why);
    if (st == TLSN_OK)
        follow(s, f, &issuer, why);
    return s->judge->no_memory ? TLSN_ERR_NO_MEMORY : st;
}

/* ---- the whole ---- */

static void begin_pass(struct tlsni_search *s, enum phase phase)
{
    s->phase = phase;
    s->depth = 0;
    s->steps = 0;
    s->name_work = NAME_WORK;
    push_leaf(s);
}

static bool pass_ended(struct tlsni_search *s)
{
    bool spent = s->steps > STEPS_PER_SIGNATURE * s->judge->max_signatures || !s->name_work;

    s->limited |= spent;
    return spent || !s->depth || s->found;
}

/* A self-signed leaf that is itself a trust anchor needs no issuer; any other one only where
 * partial chains are allowed. */
static bool leaf_is_anchor(const struct tlsni_search *s)
{
    return tlsni_trust_holds(s->trust, s->leaf, tlsni_name_hash(s->leaf->subject)) &&
           ends_path(s, s->leaf);
}

/* RFC 5280 6.1.5 c to f: a valid path ends in a public key. */
static tlsn_status check_leaf_key(struct tlsni_search *s)
{
    struct tlsni_pubkey *key = NULL;
    tlsn_status st = tlsni_cert_pubkey(&key, s->judge->env, s->leaf, NULL);

    tlsni_pubkey_free(key);
    s->judge->leaf_key_bad = st != TLSN_OK;
    return st == TLSN_ERR_NO_MEMORY ? st : TLSN_OK;
}

static tlsn_status begin(struct tlsni_search *s)
{
    tlsn_status st = check_leaf_key(s);

    if (st != TLSN_OK)
        return st;
    if (!leaf_is_anchor(s)) {
        begin_pass(s, PHASE_SOUND);
        return TLSN_OK;
    }
    push_leaf(s);
    complete(s, NULL);
    s->phase = PHASE_END;
    return s->judge->no_memory ? TLSN_ERR_NO_MEMORY : TLSN_OK;
}

/* With a good path nobody wants to know about issuers that were not there on other ways. */
static void drop_issuers(struct tlsni_lacks *l)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < l->count; i++)
        if (l->list[i].kind != TLSN_MISSING_ISSUER)
            l->list[kept++] = l->list[i];
    l->count = kept;
}

static void end(struct tlsni_search *s)
{
    s->phase = PHASE_END;
    if (s->found)
        drop_issuers(&s->judge->lacks);
    if (!s->limited || s->best.anchored)
        return;
    if (!s->best.len) {
        s->best.certs[0] = s->leaf;
        s->best.len = 1;
    }
    tlsni_path_note(&s->best, s->best.len - 1, TLSNI_WHY_LIMIT);
}

/* One step of whatever phase it is. */
static tlsn_status advance(struct tlsni_search *s)
{
    if (s->phase == PHASE_BEGIN)
        return begin(s);
    if (!pass_ended(s))
        return step(s);
    if (s->phase == PHASE_SOUND && !s->found)
        begin_pass(s, PHASE_ALL);
    else
        end(s);
    return TLSN_OK;
}

tlsn_status tlsni_search_run(struct tlsni_search *s, unsigned signatures, bool *done)
{
    uint64_t spent = 0, work = (uint64_t)signatures * STEPS_PER_SIGNATURE;
    tlsn_status st = TLSN_OK;

    while (st == TLSN_OK && s->phase != PHASE_END && (!work || spent < work)) {
        unsigned before = s->signatures;

        st = advance(s);
        spent += s->signatures > before ? STEPS_PER_SIGNATURE : 1;
    }
    *done = st == TLSN_OK && s->phase == PHASE_END;
    return st;
}

void tlsni_search_restart(struct tlsni_search *s)
{
    memset(&s->best, 0, sizeof s->best);
    s->phase = PHASE_BEGIN;
    s->judge->lacks.count = 0;
    s->depth = 0;
    s->limited = s->found = false;
}

struct tlsni_search_cost tlsni_search_cost(const struct tlsni_search *s)
{
    struct tlsni_search_cost cost = s->cost;

    cost.signatures = s->signatures;
    return cost;
}

const struct tlsni_path *tlsni_search_best(const struct tlsni_search *s)
{
    return &s->best;
}

void tlsni_search_free(struct tlsni_search *s)
{
    const struct tlsn_hooks *env;

    if (!s)
        return;
    env = s->judge->env;
    tlsni_heirs_free(env, s->heirs);
    tlsni_free(env, s->memos);
    tlsni_free(env, s);
}

tlsn_status tlsni_search_new(struct tlsni_search **out, const struct tlsni_cert *leaf,
                             const tlsn_trust *trust, struct tlsni_judge *judge,
                             struct tlsni_pool *pool)
{
    struct tlsni_search *s = tlsni_alloc(judge->env, sizeof *s);

    *out = s;
    if (!s)
        return TLSN_ERR_NO_MEMORY;
    s->leaf = leaf;
    s->trust = trust;
    s->judge = judge;
    s->pool = pool;
    s->memos = tlsni_alloc_array(judge->env, judge->max_signatures, sizeof *s->memos);
    if (s->memos)
        return TLSN_OK;
    tlsni_search_free(s);
    *out = NULL;
    return TLSN_ERR_NO_MEMORY;
}
