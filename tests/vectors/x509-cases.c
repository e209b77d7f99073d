/* x509-cases - runs the certificate corpora of ../shared/vectors/x509 and says where we agree.
 *
 *     x509-cases [-q] [FILE...]
 *
 * One line a case: suite, id, class, expected, our verdict, our reason, and where sources differ our
 * decision (x509_decisions.h); then agreement per suite and class. -q: the summary only, as without
 * files, when all corpora are run. Cases of the classes must, should and opt have to agree, all others
 * need a decision, and none may take longer than a second. Exit status 77 when the corpora are not
 * there. */
#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tls-native/x509.h>

#include "tests/unit/support_vectors.h"
#include "tests/vectors/x509_decisions.h"
#include "x509/algid.h"
#include "x509/cert.h"
#include "x509/cert_ext.h"
#include "x509/name.h"
#include "x509/revoke.h"
#include "x509/spki.h"
#include "x509/verify.h"

enum { CERTS_MAX = 4096, TALLY_MAX = 128, SECONDS_MAX = 1 };

/* What we say to a case: good or bad in whatever words its suite has, and why. */
struct answer {
    bool good, supported;
    const char *word; /* where there are more than two of them, or NULL */
    char why[200];
};

struct tally {
    char suite[32], class[16];
    unsigned agree, decided, slow, cases;
};

static struct tally tallies[TALLY_MAX];
static size_t tally_count;

static struct answer answer_of(tlsn_status st, const char *text)
{
    struct answer a = { st == TLSN_OK, true, NULL, "" };

    (void)snprintf(a.why, sizeof a.why, "%s%s%s", tlsn_status_name(st), *text ? " " : "", text);
    return a;
}

static bool has_tag(const struct vec_block *b, const char *tag)
{
    const char *tags = vec_text(b, "tags");

    return tags && strstr(tags, tag);
}

/* ---- paths ---- */

static bool is_mode(const struct vec_block *b, const char *mode)
{
    const char *text = vec_text(b, "anchormode");

    return text && strcmp(text, mode) == 0;
}

/* The corpora name anchors, not roots: each ends a path (RFC 5280 6.1.1 d). Signatures with SHA-1
 * and short RSA keys are accepted where a case is about something else. */
static struct tlsn_verify_options options_of(const struct vec_block *b)
{
    struct tlsn_verify_options o = { .allow_partial = true };
    const char *policies = vec_text(b, "policyset");

    o.allow_partial = !is_mode(b, "TRUSTED_LEAF_REQUIRE_SELF_SIGNED");
    o.plain_anchors = is_mode(b, "TRUSTED_ANCHOR");
    o.policies = policies && strcmp(policies, "any") != 0 ? policies : NULL;
    o.require_policy = vec_int(b, "explicitpolicy", 0);
    o.inhibit_mapping = vec_int(b, "inhibitmapping", 0);
    o.inhibit_any_policy = vec_int(b, "inhibitany", 0);
    o.max_depth = (unsigned)vec_int(b, "maxdepth", 0);
    o.no_intermediates = vec_text(b, "maxdepth") && !o.max_depth;
    o.allow_sha1 = has_tag(b, "sha1");
    if (has_tag(b, "rsa<2048") || has_tag(b, "rsa<1024") || has_tag(b, "sha1"))
        o.min_rsa_bits = 1024;
    if (has_tag(b, "dsa"))
        o.min_dsa_bits = 1024;
    return o;
}

static enum tlsn_purpose purpose_of(const char *kind)
{
    if (kind && strcmp(kind, "server") == 0)
        return TLSN_PURPOSE_SERVER;
    return kind && strcmp(kind, "client") == 0 ? TLSN_PURPOSE_CLIENT : TLSN_PURPOSE_ANY;
}

static size_t collect_chain(struct vec_block *b, struct tlsn_span *certs)
{
    size_t n = 0;

    certs[n++] = vec_bytes(b, "leaf");
    while (n < CERTS_MAX && (certs[n] = vec_bytes_nth(b, "inter", n - 1)).data)
        n++;
    return n;
}

static tlsn_status fill_trust(struct vec_block *b, tlsn_trust *trust)
{
    tlsn_status st = TLSN_OK;

    for (size_t i = 0; st == TLSN_OK; i++) {
        struct tlsn_span der = vec_bytes_nth(b, "trust", i);

        if (!der.data)
            break;
        st = tlsn_trust_add(trust, der.data, der.len, NULL, NULL);
        if (st == TLSN_ERR_PEM)
            st = TLSN_OK;
    }
    return st;
}

/* Whoever gives revocation lists wants the status of every certificate to be known. */
static tlsn_status fill_evidence(struct vec_block *b, tlsn_evidence *evidence,
                                 struct tlsn_verify_options *o)
{
    for (size_t i = 0;; i++) {
        struct tlsn_span der = vec_bytes_nth(b, "crl", i);

        if (!der.data)
            return TLSN_OK;
        o->evidence = evidence;
        o->revocation = TLSN_REVOCATION_HARD;
        if (tlsn_evidence_add_crl(evidence, der.data, der.len, NULL) == TLSN_ERR_NO_MEMORY)
            return TLSN_ERR_NO_MEMORY;
    }
}

/* Are the valid policies those that a case names, in whatever order? */
static bool policies_fit(const struct vec_block *b, const tlsn_verify_report *report)
{
    const char *expect = vec_text(b, "expectpolicies");
    bool any;
    size_t named = 0, count = tlsn_verify_report_policy_count(report, &any);
    char text[128];

    if (!expect)
        return true;
    if (strcmp(expect, "any") == 0)
        return any;
    for (const char *p = expect; *p; p += strspn(p, ", "), named++)
        p += strcspn(p, ", ");
    for (size_t i = 0; i < count; i++) {
        const char *at;

        tlsn_verify_report_policy(report, i, text, sizeof text);
        at = strstr(expect, text);
        if (!at || (at > expect && !strchr(", ", at[-1])) || !strchr(", ", at[strlen(text)]))
            return false;
    }
    return !any && count == named;
}

static struct answer run_path(struct vec_block *b)
{
    static struct tlsn_span certs[CERTS_MAX];
    const char *name = vec_text(b, "name"), *text = "";
    struct tlsn_verify_options options = options_of(b);
    tlsn_verify_report *report = NULL;
    tlsn_evidence *evidence = NULL;
    tlsn_trust *trust = NULL;
    struct answer a;
    tlsn_status st = tlsn_trust_new(&trust, NULL);

    if (st == TLSN_OK)
        st = tlsn_verify_report_new(&report, NULL);
    if (st == TLSN_OK)
        st = tlsn_evidence_new(&evidence, NULL);
    if (st == TLSN_OK)
        st = fill_trust(b, trust);
    if (st == TLSN_OK)
        st = fill_evidence(b, evidence, &options);
    if (name && strchr(name, ':'))
        name = strchr(name, ':') + 1;
    if (st == TLSN_OK)
        st = tlsn_x509_verify(trust, certs, collect_chain(b, certs),
                              purpose_of(vec_text(b, "kind")), name, vec_int(b, "time", 0),
                              &options, report);
    if (st != TLSN_OK && report && tlsn_verify_report_count(report))
        text = tlsn_verify_report_finding(report, 0)->text;
    a = answer_of(st, text);
    if (st == TLSN_OK && report && !policies_fit(b, report))
        a = answer_of(TLSN_ERR_CERT_POLICY, "other policies are valid than expected");
    tlsn_verify_report_free(report);
    tlsn_evidence_free(evidence);
    tlsn_trust_free(trust);
    return a;
}

/* ---- revocation lists and OCSP responses ---- */

/* The status of a leaf under an issuer that is trusted, as its list or a response has it: only that is
 * asked, whatever else may be wrong with the two. */
static struct answer status_of(struct vec_block *b, const tlsn_trust *trust,
                               struct tlsn_verify_options *options, const struct tlsni_cert *certs,
                               unsigned count)
{
    struct tlsni_path path = { .len = (uint8_t)count, .anchored = true };
    struct tlsni_verify_in in = { .leaf = &certs[0], .trust = trust, .options = options,
                                  .time = vec_int(b, "time", 0) };
    struct tlsni_revocation revocation = tlsni_revocation_of(&in);
    struct tlsni_pool none = { 0 };
    struct tlsni_judge judge = { .time = in.time, .max_depth = 10, .max_signatures = 100, .pool = &none,
                                 .min_rsa_bits = 1024, .allow_sha1 = true, .allow_partial = true,
                                 .name_budget = 1000000, .policy_budget = 1000000,
                                 .revocation = &revocation };
    struct tlsni_status status = { 0 };
    struct answer a = answer_of(TLSN_ERR_CERT_STATUS_UNKNOWN, "");

    for (unsigned i = 0; i < count; i++)
        path.certs[i] = &certs[i];
    tlsni_ocsp_status(&judge, &path, 0, &status);
    tlsni_crl_status(&judge, &path, 0, &status);
    if (status.revoked)
        a = answer_of(TLSN_ERR_CERT_REVOKED, "");
    else if (status.good)
        a = answer_of(TLSN_OK, "");
    a.word = status.revoked ? "revoked" : status.good ? "good" : "unknown";
    return a;
}

static struct answer run_status(struct vec_block *b)
{
    static const char *const keys[] = { "leaf", "issuer", "issuer2" };
    struct tlsn_verify_options options = { .revocation_age_s = (unsigned)vec_int(b, "maxage", 0) };
    struct tlsn_span crl = vec_bytes(b, "crl"), ocsp = vec_bytes(b, "ocsp"), der;
    struct answer a = answer_of(TLSN_ERR_CERT_STATUS_UNKNOWN, "the evidence does not parse");
    struct tlsni_cert certs[3];
    unsigned count = 0;
    tlsn_evidence *evidence = NULL;
    tlsn_trust *trust = NULL;
    tlsn_status st = tlsn_trust_new(&trust, NULL);

    a.word = "unknown";
    if (st == TLSN_OK)
        st = tlsn_evidence_new(&evidence, NULL);
    for (; st == TLSN_OK && count < 3 && (der = vec_bytes(b, keys[count])).data; count++)
        st = tlsni_cert_parse(&certs[count], der, NULL);
    if (st == TLSN_OK)
        st = tlsn_trust_add(trust, certs[count - 1].der.data, certs[count - 1].der.len, NULL, NULL);
    if (st == TLSN_OK && crl.data)
        st = tlsn_evidence_add_crl(evidence, crl.data, crl.len, NULL);
    if (st == TLSN_OK && ocsp.data)
        st = tlsn_evidence_add_ocsp(evidence, ocsp.data, ocsp.len);
    options.evidence = evidence;
    if (st == TLSN_OK)
        a = status_of(b, trust, &options, certs, count);
    tlsn_evidence_free(evidence);
    tlsn_trust_free(trust);
    return a;
}

/* ---- single objects ---- */

static struct answer run_parse(struct vec_block *b)
{
    const char *object = vec_text(b, "object");
    struct tlsn_span der = vec_bytes(b, "der");
    struct tlsni_err err = { 0 };
    struct tlsni_cert cert = { 0 };
    bool good = false;

    if (strcmp(object, "certificate") == 0)
        return answer_of(tlsni_cert_parse(&cert, der, &err), err.text);
    if (strcmp(object, "tbs") == 0)
        return answer_of(tlsni_cert_parse_tbs(&cert, der, &err), err.text);
    if (strcmp(object, "akid-value") == 0)
        good = tlsni_ext_authority_key_id(&cert, der);
    else if (strcmp(object, "nc-value") == 0)
        good = tlsni_ext_name_constraints_sound(der);
    else if (strcmp(object, "san-value") == 0)
        good = tlsni_ext_subject_alt_name(&cert, der);
    else if (strcmp(object, "name") == 0)
        good = tlsni_name_sound(der);
    return answer_of(good ? TLSN_OK : TLSN_ERR_CERT_BAD, object);
}

static struct answer run_names(struct vec_block *b)
{
    struct tlsn_span x = vec_bytes(b, "a"), y = vec_bytes(b, "b");
    bool same = tlsni_name_sound(x) && tlsni_name_sound(y) && tlsni_name_equal(x, y);

    if (same && tlsni_name_hash(x) != tlsni_name_hash(y))
        return answer_of(TLSN_ERR_INTERNAL, "equal names with different hashes");
    return answer_of(same ? TLSN_OK : TLSN_ERR_NOT_FOUND, "");
}

static struct answer run_signed(struct vec_block *b)
{
    struct tlsni_sig_params params = tlsni_algid_signature(vec_bytes(b, "algorithm"));
    struct tlsni_rd r = tlsni_rd_span(vec_bytes(b, "signature"));
    struct tlsn_span spki = vec_bytes(b, "spki"), signature = tlsni_der_bits(&r);
    struct tlsni_err err = { 0 };
    struct tlsni_pubkey *key;
    tlsn_status st = tlsni_spki_parse(&key, NULL, spki, &err);

    if (st != TLSN_OK)
        return answer_of(st, err.text);
    st = TLSN_ERR_CERT_UNSUPPORTED;
    if (params.key && tlsni_rd_done(&r))
        st = tlsni_spki_verify(key, spki, &params, vec_bytes(b, "data"), signature);
    tlsni_pubkey_free(key);
    return answer_of(st, "");
}

/* ---- all of them ---- */

static struct answer run_case(struct vec_block *b)
{
    struct answer none = { false, false, NULL, "not supported" };

    if (vec_text(b, "issuer")) /* bssl-crl, bssl-ocsp */
        return run_status(b);
    if (vec_text(b, "leaf"))
        return run_path(b);
    if (vec_text(b, "object"))
        return run_parse(b);
    if (vec_text(b, "spki"))
        return run_signed(b);
    return vec_text(b, "a") ? run_names(b) : none;
}

static struct tally *tally_for(const char *suite, const char *class)
{
    struct tally *t = tallies;

    for (; t < tallies + tally_count; t++)
        if (strcmp(t->suite, suite) == 0 && strcmp(t->class, class) == 0)
            return t;
    if (tally_count == TALLY_MAX)
        abort();
    tally_count++;
    (void)snprintf(t->suite, sizeof t->suite, "%s", suite);
    (void)snprintf(t->class, sizeof t->class, "%s", class);
    return t;
}

static const char *word_for(const char *expect, bool good)
{
    static const char *const words[][2] = { { "accept", "reject" }, { "valid", "invalid" },
                                            { "match", "differ" }, { "good", "revoked" } };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(expect, words[i][0]) == 0 || strcmp(expect, words[i][1]) == 0)
            return words[i][good ? 0 : 1];
    return good ? "good" : "bad";
}

/* Why, where sources differ; NULL when there is nothing to say. */
static const char *decision_on(const char *id, const char *class, const char *expect,
                               const char *verdict)
{
    static const char *const settled[] = { "must", "should", "opt", "dos" };
    bool agreed = strcmp(expect, verdict) == 0, open = true;

    for (size_t i = 0; i < sizeof settled / sizeof *settled; i++)
        open &= strcmp(class, settled[i]) != 0;
    for (size_t i = 0; (open || !agreed) && i < sizeof x509_decisions / sizeof *x509_decisions; i++) {
        const struct x509_decision *d = &x509_decisions[i];

        if (fnmatch(d->class, class, 0) == 0 && fnmatch(d->cases, id, 0) == 0 &&
            fnmatch(d->verdict, verdict, 0) == 0)
            return d->text;
    }
    return NULL;
}

static void print_case(const char *suite, const char *id, const char *class, const char *expect,
                       const char *verdict, const char *why)
{
    const char *decision = decision_on(id, class, expect, verdict);

    (void)printf("%s\t%s\t%s\t%s\t%s\t%s%s%s\n", suite, id, class, expect, verdict, why,
                 decision ? "; decision: " : "", decision ? decision : "");
}

static void run_file(const char *path, bool quiet)
{
    const char *base = strrchr(path, '/');
    struct vec_block b = { 0 };
    struct vec_file *f = vec_open(path);
    char suite[32];

    if (!f) {
        (void)fprintf(stderr, "x509-cases: %s: cannot be read\n", path);
        exit(2);
    }
    (void)snprintf(suite, sizeof suite, "%s", base ? base + 1 : path);
    suite[strcspn(suite, ".")] = 0;
    while (vec_next(f, &b)) {
        const char *expect = vec_text(&b, "expect"), *class = vec_text(&b, "class"), *verdict;
        struct answer a;
        struct tally *t;
        clock_t begin = clock();

        if (strcmp(vec_kind(&b), "case") != 0 || !expect || !class)
            continue;
        a = run_case(&b);
        verdict = a.word ? a.word : a.supported ? word_for(expect, a.good) : "unsupported";
        t = tally_for(suite, class);
        t->cases++;
        t->agree += strcmp(verdict, expect) == 0;
        t->decided += decision_on(vec_label(&b), class, expect, verdict) != NULL;
        t->slow += clock() - begin > SECONDS_MAX * CLOCKS_PER_SEC;
        if (!quiet)
            print_case(suite, vec_label(&b), class, expect, verdict, a.why);
    }
    vec_block_clear(&b);
    vec_close(f);
}

static bool is_vectors(const char *name)
{
    size_t len = strlen(name);

    return len > 4 && strcmp(name + len - 4, ".txt") == 0;
}

/* Every file of the shared corpora; their order does not matter. */
static bool run_corpora(void)
{
    const char *shared = vec_shared_dir();
    char dir[1024], path[2048];
    struct dirent *e;
    DIR *d;

    (void)snprintf(dir, sizeof dir, "%s/vectors/x509", shared ? shared : "");
    d = shared ? opendir(dir) : NULL;
    if (!d)
        return false;
    while ((e = readdir(d)) != NULL)
        if (is_vectors(e->d_name)) {
            (void)snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
            run_file(path, true);
        }
    (void)closedir(d);
    return true;
}

/* Cases that are settled have to agree, the others need a decision, and all have to be quick. */
static unsigned failures_of(const struct tally *t)
{
    bool settled = strcmp(t->class, "must") == 0 || strcmp(t->class, "should") == 0 ||
                   strcmp(t->class, "opt") == 0;
    unsigned open = t->cases - t->agree;

    if (strcmp(t->class, "dos") == 0)
        open = open > t->decided ? open - t->decided : 0;
    else if (!settled)
        open = t->cases - t->decided;
    return open + t->slow;
}

static int summary(void)
{
    unsigned passed = 0, failed = 0;

    for (struct tally *t = tallies; t < tallies + tally_count; t++) {
        unsigned bad = failures_of(t);

        (void)printf("# %-14s %-9s %4u of %4u agree", t->suite, t->class, t->agree, t->cases);
        if (t->decided)
            (void)printf(", %u decided", t->decided);
        if (t->slow)
            (void)printf(", %u too slow", t->slow);
        (void)printf("\n");
        passed += t->cases - bad;
        failed += bad;
    }
    (void)printf("%u passed, %u failed, 0 skipped\n", passed, failed);
    return failed != 0;
}

int main(int argc, char **argv)
{
    bool quiet = argc > 1 && strcmp(argv[1], "-q") == 0;
    int first = quiet ? 2 : 1;

    if (first >= argc && !run_corpora()) {
        puts("skipped: the certificate corpora are not there");
        return 77;
    }
    for (int i = first; i < argc; i++)
        run_file(argv[i], quiet);
    return summary();
}
