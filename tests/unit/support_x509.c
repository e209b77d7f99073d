#include "support_x509.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support_vectors.h"
#include "x509/der.h"
#include "x509/name_text.h"
#include "x509/write.h"

static void need(bool ok, const char *what)
{
    if (ok)
        return;
    (void)fprintf(stderr, "support_x509: %s\n", what);
    abort();
}

static struct tlsni_privkey *key_of(unsigned seed)
{
    struct tlsni_privkey *key;
    uint8_t bytes[32];

    memset(bytes, (int)(seed & 0xff), sizeof bytes);
    bytes[0] = (uint8_t)(seed >> 8);
    need(tlsni_privkey_new_eddsa(&key, NULL, TLSNI_KEY_ED25519,
                                 tlsni_span_make(bytes, sizeof bytes)) == TLSN_OK, "key");
    return key;
}

/* "ff 551d13 3003..." */
static void write_extension(struct tlsni_wr *w, const char *text)
{
    char critical[8], oid[64], value[2048];
    uint8_t bytes[1024];
    size_t mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), len;

    need(sscanf(text, "%7s %63s %2047s", critical, oid, value) == 3, "extension");
    len = vec_unhex(oid, bytes, sizeof bytes);
    tlsni_dw_put(w, TLSNI_DER_OID, tlsni_span_make(bytes, len));
    if (strcmp(critical, "ff") == 0)
        tlsni_dw_put(w, TLSNI_DER_BOOLEAN, tlsni_span_make("\xff", 1));
    len = vec_unhex(value, bytes, sizeof bytes);
    tlsni_dw_put(w, TLSNI_DER_OCTET_STRING, tlsni_span_make(bytes, len));
    tlsni_dw_close(w, mark);
}

static void write_extensions(struct tlsni_wr *w, const struct x509_spec *spec)
{
    size_t outer, inner;

    if (!spec->extensions[0])
        return;
    outer = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(3));
    inner = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    for (size_t i = 0; i < X509_EXTENSIONS_MAX && spec->extensions[i]; i++)
        write_extension(w, spec->extensions[i]);
    tlsni_dw_close(w, inner);
    tlsni_dw_close(w, outer);
}

static void write_tbs(struct tlsni_wr *w, const struct x509_spec *spec, const char *issuer,
                      const struct tlsni_pubkey *key, const struct tlsni_sig_params *params)
{
    size_t all = tlsni_dw_open(w, TLSNI_DER_SEQUENCE), mark;

    if (spec->version != 1) {
        mark = tlsni_dw_open(w, TLSNI_DER_CONSTRUCTED_CONTEXT(0));
        tlsni_dw_small(w, spec->version ? spec->version - 1 : 2);
        tlsni_dw_close(w, mark);
    }
    tlsni_dw_small(w, 1 + spec->seed);
    tlsni_write_signature_algorithm(w, params);
    need(tlsni_name_write(w, issuer) == TLSN_OK, issuer);
    mark = tlsni_dw_open(w, TLSNI_DER_SEQUENCE);
    tlsni_dw_time(w, spec->not_before ? spec->not_before : X509_BEGIN);
    tlsni_dw_time(w, spec->not_after ? spec->not_after : X509_END);
    tlsni_dw_close(w, mark);
    need(tlsni_name_write(w, spec->subject) == TLSN_OK, spec->subject);
    tlsni_write_spki(w, key);
    write_extensions(w, spec);
    tlsni_dw_close(w, all);
}

void x509_make(struct x509_made *out, const struct x509_spec *spec, const struct x509_made *signer)
{
    struct tlsni_privkey *key = key_of(spec->seed);
    struct tlsni_privkey *issuer_key = key_of(signer ? signer->seed : spec->seed);
    struct tlsni_sig_params params;
    uint8_t tbs[X509_DER_MAX];
    struct tlsni_wr w = tlsni_wr_make(tbs, sizeof tbs), all = tlsni_wr_make(out->der, X509_DER_MAX);
    const char *issuer = signer ? signer->subject : spec->subject;

    need(tlsni_write_scheme(tlsni_privkey_public(issuer_key), NULL, &params) == TLSN_OK, "scheme");
    write_tbs(&w, spec, spec->issuer ? spec->issuer : issuer, tlsni_privkey_public(key), &params);
    need(!w.bad, "tbs");
    need(tlsni_write_signed(&all, tlsni_span_make(tbs, w.len), issuer_key, NULL, &params) ==
             TLSN_OK, "signature");
    need(!all.bad, "certificate");
    out->len = all.len;
    out->seed = spec->seed;
    (void)snprintf(out->subject, sizeof out->subject, "%s", spec->subject);
    if (tlsni_cert_parse(&out->cert, x509_span(out), NULL) != TLSN_OK)
        memset(&out->cert, 0, sizeof out->cert);
    tlsni_privkey_free(key);
    tlsni_privkey_free(issuer_key);
}

tlsn_key *x509_key(unsigned seed)
{
    static const char head[] = "\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
    uint8_t der[sizeof head - 1 + 32];
    tlsn_key *key;

    memcpy(der, head, sizeof head - 1);
    memset(der + sizeof head - 1, (int)(seed & 0xff), 32);
    der[sizeof head - 1] = (uint8_t)(seed >> 8);
    need(tlsn_key_read(&key, der, sizeof der, NULL) == TLSN_OK, "key");
    return key;
}

struct tlsn_span x509_span(const struct x509_made *made)
{
    return tlsni_span_make(made->der, made->len);
}

static char dir[64];

bool peer_there(void)
{
    return system("openssl version >/dev/null 2>&1") == 0;
}

const char *peer_dir(void)
{
    if (!dir[0]) {
        (void)snprintf(dir, sizeof dir, "/tmp/tlsn-x509-XXXXXX");
        need(mkdtemp(dir) != NULL, "temporary directory");
    }
    return dir;
}

void peer_clean(void)
{
    char command[96];

    if (!dir[0])
        return;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
    need(system(command) == 0, "removing the temporary directory");
    dir[0] = 0;
}

void peer_write(const char *name, const void *data, size_t len)
{
    char path[256];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", peer_dir(), name);
    f = fopen(path, "wb");
    need(f && fwrite(data, 1, len, f) == len && fclose(f) == 0, path);
}

size_t peer_read(const char *name, void *data, size_t cap)
{
    char path[256];
    size_t len;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", peer_dir(), name);
    f = fopen(path, "rb");
    need(f != NULL, path);
    len = fread(data, 1, cap, f);
    need(feof(f) || len < cap, path);
    (void)fclose(f);
    return len;
}

bool peer_openssl(const char *arguments)
{
    char command[1024];

    need(snprintf(command, sizeof command, "cd '%s' && openssl %s >out 2>&1", peer_dir(),
                  arguments) < (int)sizeof command, "command");
    return system(command) == 0;
}
