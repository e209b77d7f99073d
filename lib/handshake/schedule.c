#include "handshake/schedule.h"

#include "cipher/ssl3.h"
#include "handshake/kx.h"
#include "handshake/transcript.h"

static void prf(const struct tlsni_hs *hs, struct tlsn_span secret, const char *label,
                struct tlsn_span seed1, struct tlsn_span seed2, uint8_t *out, size_t len)
{
    tlsni_prf_fn *function = hs->suite->tls_keys ? tlsni_prf_tls10 : hs->version->prf;

    function(tlsni_hash_find(hs->suite->prf), secret.data, secret.len, label, seed1, seed2, out,
             len);
}

static struct tlsn_span random_of(const struct tlsni_hs *hs, enum tlsn_role role)
{
    return tlsni_span_make(role == TLSN_CLIENT ? hs->client_random : hs->server_random,
                           TLSNI_RANDOM_LEN);
}

/* @rfc 7627:3/1, 7627:5.1/3, 7627:5.2/3, 7627:5.2/7, 5246:8.1/2 */
void tlsni_schedule_master(struct tlsni_hs *hs)
{
    struct tlsn_span premaster = tlsni_span_make(hs->premaster, hs->premaster_len);
    uint8_t *master = tlsni_secret_room(&hs->session.master, TLSNI_MASTER_LEN);
    uint8_t session_hash[TLSNI_HASH_LEN_MAX];

    if (hs->ems) {
        /* @rfc 7627:4/1 */
        tlsni_transcript_hash(&hs->transcript, session_hash);
        prf(hs, premaster, "extended master secret",
            tlsni_span_make(session_hash, hs->transcript.hash.row->len), tlsni_span_make(NULL, 0),
            master, TLSNI_MASTER_LEN);
    } else {
        /* @rfc 5246:8.1/1 */
        prf(hs, premaster, "master secret", random_of(hs, TLSN_CLIENT), random_of(hs, TLSN_SERVER),
            master, TLSNI_MASTER_LEN);
    }
    tlsni_kx_release(hs); /* @rfc 5246:8.1/3 */
    /* @rfc 9850:2.2/1 */
    hs->host->key_log(hs->host_ctx, "CLIENT_RANDOM", &hs->session.master);
}

static bool exports(const struct tlsni_hs *hs)
{
    return hs->suite->key_material && hs->version->export_key;
}

/* Lengths of MAC key, cipher key and fixed IV; their sum is half a key block. Export suites take
 * few bytes for the key and none for an IV. */
static size_t key_lens(const struct tlsni_hs *hs, size_t len[3])
{
    tlsni_prot_key_lens(hs->suite, hs->version->record, &len[0], &len[1], &len[2]);
    if (exports(hs)) {
        len[1] = hs->suite->key_material;
        len[2] = 0;
    }
    return len[0] + len[1] + len[2];
}

/* Key and IV that were cut from the key block become the final ones. */
struct exported {
    uint8_t key[TLSNI_BLOCK_KEY_MAX], iv[TLSNI_BLOCK_LEN_MAX];
};

/* @rfc 2246:6.3.1/1, export56:5/3, 2246:6.3.1/2 */
static void export_keys(const struct tlsni_hs *hs, enum tlsn_role writer, struct exported *out,
                        struct tlsni_prot_keys *keys)
{
    size_t mac, key, iv;

    tlsni_prot_key_lens(hs->suite, hs->version->record, &mac, &key, &iv);
    hs->version->export_key(hs, writer, keys->key, out->key, key);
    keys->key = tlsni_span_make(out->key, key);
    if (iv)
        hs->version->export_key(hs, writer, tlsni_span_make(NULL, 0), out->iv, iv);
    keys->iv = tlsni_span_make(out->iv, iv);
}

/* @rfc 5246:6.3/1, 6101:6.2.2/1, 7627:5.1/4 */
void tlsni_schedule_keys(struct tlsni_hs *hs)
{
    size_t len[3];
    size_t half = key_lens(hs, len);

    prf(hs, tlsni_secret_span(&hs->session.master), "key expansion",
        random_of(hs, TLSN_SERVER), random_of(hs, TLSN_CLIENT), hs->key_block, 2 * half);
}

/* Longest plain text of a record in this direction, 0 for no bound but the version's.
 * @rfc 8449:4/2, 8449:4/4, 8449:4/12, 6066:4/6 */
static uint16_t plain_max(const struct tlsni_hs *hs, bool writes)
{
    uint16_t limit;

    if (hs->fragment_max)
        return hs->fragment_max;
    limit = writes ? hs->size_limit_out : hs->size_limit_in;
    return limit < TLSNI_RECORD_PLAIN_MAX ? limit : TLSNI_RECORD_PLAIN_MAX;
}

/* @rfc 5246:6.3/2, 5116:2.1/1, 6101:6.2.2/2, 5246:6.2.3.3/3 */
tlsn_status tlsni_schedule_install(struct tlsni_hs *hs, bool writes)
{
    bool of_server = (hs->role == TLSN_SERVER) == writes;
    struct tlsni_prot_keys keys = { .suite = hs->suite,
                                    .profile = hs->version->record,
                                    .encrypt_then_mac = hs->etm,
                                    .compression = hs->compression,
                                    .truncated_mac = hs->truncated_mac,
                                    .plain_max = plain_max(hs, writes) };
    struct tlsn_span *part[3] = { &keys.mac_key, &keys.key, &keys.iv };
    struct exported exported;
    size_t len[3], at = 0;
    tlsn_status st;

    (void)key_lens(hs, len);
    /* The block: both MAC keys, both keys, both IVs, the client's always first (RFC 5246 6.3). */
    for (int i = 0; i < 3; i++) {
        *part[i] = tlsni_span_make(hs->key_block + at + (of_server ? len[i] : 0), len[i]);
        at += 2 * len[i];
    }
    if (exports(hs))
        export_keys(hs, of_server ? TLSN_SERVER : TLSN_CLIENT, &exported, &keys);
    st = hs->host->install(hs->host_ctx, writes, &keys);
    tlsni_wipe(&exported, sizeof exported);
    return st;
}

/* @rfc 5246:7.4.9/6, 5246:7.4.9/7, 5246:7.4.9/8 */
void tlsni_schedule_verify_data_tls(const struct tlsni_hs *hs, enum tlsn_role sender, uint8_t *out)
{
    uint8_t hash[TLSNI_HASH_LEN_MAX];

    /* @rfc 5246:7.4.9/5 */
    tlsni_transcript_hash(&hs->transcript, hash);
    prf(hs, tlsni_secret_span(&hs->session.master),
        sender == TLSN_CLIENT ? "client finished" : "server finished",
        tlsni_span_make(hash, hs->transcript.hash.row->len), tlsni_span_make(NULL, 0), out,
        hs->version->verify_data_len);
}

/* @rfc 6101:5.6.9/5 */
void tlsni_schedule_verify_data_ssl3(const struct tlsni_hs *hs, enum tlsn_role sender, uint8_t *out)
{
    const char *name = sender == TLSN_CLIENT ? "CLNT" : "SRVR";

    tlsni_ssl3_digest(&hs->transcript.hash, tlsni_span_make(name, 4),
                      tlsni_secret_span(&hs->session.master), out);
}

void tlsni_schedule_verify_digest_ssl3(const struct tlsni_hs *hs, uint8_t *out)
{
    tlsni_ssl3_digest(&hs->transcript.hash, tlsni_span_make(NULL, 0),
                      tlsni_secret_span(&hs->session.master), out);
}
