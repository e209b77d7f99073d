#include "handshake/schedule13.h"

#include "base/bytes.h"
#include "cipher/hkdf.h"
#include "cipher/hmac.h"
#include "handshake/kx.h"
#include "handshake/transcript.h"

static const uint8_t zeros[TLSNI_HASH_LEN_MAX];

static struct tlsn_span none(void)
{
    return tlsni_span_make(NULL, 0);
}

/* Derive-Secret with a hash that is there already. */
static void derive(const struct tlsni_schedule13 *s, const struct tlsni_secret *from,
                   const char *label, const uint8_t *hash, struct tlsni_secret *out)
{
    tlsni_hkdf_expand_label(s->hash, from->data, label, tlsni_span_make(hash, s->hash->len),
                            tlsni_secret_room(out, s->hash->len), s->hash->len);
}

/* To the next stage; without input keying material zeros stand for it.
 * @rfc 8446:7.1/1
 * @rfc 8446:7.1/3 */
static void step(struct tlsni_schedule13 *s, struct tlsn_span input)
{
    uint8_t empty[TLSNI_HASH_LEN_MAX];
    struct tlsni_secret salt;

    tlsni_hash_once(s->hash, NULL, 0, empty);
    derive(s, &s->stage, "derived", empty, &salt);
    if (!input.len)
        input = tlsni_span_make(zeros, s->hash->len);
    tlsni_hkdf_extract(s->hash, tlsni_secret_span(&salt), input,
                       tlsni_secret_room(&s->stage, s->hash->len));
    tlsni_secret_wipe(&salt);
}

void tlsni_schedule13_early(struct tlsni_schedule13 *s, const struct tlsni_hash *hash,
                            struct tlsn_span psk)
{
    s->hash = hash;
    if (!psk.len)
        psk = tlsni_span_make(zeros, hash->len);
    tlsni_hkdf_extract(hash, none(), psk, tlsni_secret_room(&s->stage, hash->len));
}

/* The MAC of a Finished or a binder. */
static void finished(const struct tlsni_hash *hash, const struct tlsni_secret *base,
                     const uint8_t *transcript_hash, uint8_t *out)
{
    uint8_t key[TLSNI_HASH_LEN_MAX];

    tlsni_hkdf_expand_label(hash, base->data, "finished", none(), key, hash->len);
    tlsni_hmac_once(hash, key, hash->len, transcript_hash, hash->len, out);
    tlsni_wipe(key, sizeof key);
}

/* @rfc 8448:4/1 */
void tlsni_schedule13_binder(const struct tlsni_schedule13 *s, const char *label,
                             const uint8_t *transcript_hash, uint8_t *out)
{
    uint8_t empty[TLSNI_HASH_LEN_MAX];
    struct tlsni_secret key;

    tlsni_hash_once(s->hash, NULL, 0, empty);
    derive(s, &s->stage, label, empty, &key);
    finished(s->hash, &key, transcript_hash, out);
    tlsni_secret_wipe(&key);
}

static void log_secret(const struct tlsni_hs *hs, const char *label,
                       const struct tlsni_secret *secret)
{
    /* @rfc 9850:2.1/1 */
    hs->host->key_log(hs->host_ctx, label, secret);
}

/* @rfc 8448:4/2 */
void tlsni_schedule13_early_traffic(struct tlsni_hs *hs, const uint8_t *transcript_hash)
{
    struct tlsni_schedule13 *s = &hs->tls13.keys;

    derive(s, &s->stage, "c e traffic", transcript_hash, &s->early);
    derive(s, &s->stage, "e exp master", transcript_hash, &s->early_exporter);
    log_secret(hs, "CLIENT_EARLY_TRAFFIC_SECRET", &s->early);
    log_secret(hs, "EARLY_EXPORTER_SECRET", &s->early_exporter);
}

/* @rfc 8448:3/1, 8448:5/1, 8448:6/1, 8448:7/1 */
void tlsni_schedule13_handshake(struct tlsni_hs *hs)
{
    struct tlsni_schedule13 *s = &hs->tls13.keys;
    uint8_t hash[TLSNI_HASH_LEN_MAX];

    step(s, tlsni_span_make(hs->premaster, hs->premaster_len));
    tlsni_kx_release(hs);
    tlsni_transcript_hash(&hs->transcript, hash);
    derive(s, &s->stage, "c hs traffic", hash, &s->handshake[TLSN_CLIENT]);
    derive(s, &s->stage, "s hs traffic", hash, &s->handshake[TLSN_SERVER]);
    log_secret(hs, "CLIENT_HANDSHAKE_TRAFFIC_SECRET", &s->handshake[TLSN_CLIENT]);
    log_secret(hs, "SERVER_HANDSHAKE_TRAFFIC_SECRET", &s->handshake[TLSN_SERVER]);
}

void tlsni_schedule13_main(struct tlsni_hs *hs)
{
    struct tlsni_schedule13 *s = &hs->tls13.keys;
    uint8_t hash[TLSNI_HASH_LEN_MAX];

    step(s, none());
    tlsni_transcript_hash(&hs->transcript, hash);
    derive(s, &s->stage, "c ap traffic", hash, &s->traffic[TLSN_CLIENT]);
    derive(s, &s->stage, "s ap traffic", hash, &s->traffic[TLSN_SERVER]);
    derive(s, &s->stage, "exp master", hash, &s->exporter);
    log_secret(hs, "CLIENT_TRAFFIC_SECRET_0", &s->traffic[TLSN_CLIENT]);
    log_secret(hs, "SERVER_TRAFFIC_SECRET_0", &s->traffic[TLSN_SERVER]);
    log_secret(hs, "EXPORTER_SECRET", &s->exporter);
}

/* @rfc 8446:7.1/2 */
void tlsni_schedule13_resumption(struct tlsni_hs *hs)
{
    struct tlsni_schedule13 *s = &hs->tls13.keys;
    uint8_t hash[TLSNI_HASH_LEN_MAX];

    tlsni_transcript_hash(&hs->transcript, hash);
    derive(s, &s->stage, "res master", hash, &s->resumption);
    hs->tls13.through_finished = hs->transcript.hash;
    tlsni_secret_wipe(&s->stage);
}

void tlsni_schedule13_verify_data(const struct tlsni_hs *hs, enum tlsn_role sender, uint8_t *out)
{
    const struct tlsni_schedule13 *s = &hs->tls13.keys;
    const struct tlsni_secret *from = hs->tls13.finished_from;
    uint8_t hash[TLSNI_HASH_LEN_MAX];

    tlsni_transcript_hash(&hs->transcript, hash);
    finished(s->hash, from ? from : &s->handshake[sender], hash, out);
}

/* Longest content of a record in this direction, 0 for no bound but the version's; a limit that the
 * other side named counts the type too (RFC 8449 4). */
static uint16_t plain_max(const struct tlsni_hs *hs, bool writes)
{
    uint16_t limit = writes ? hs->size_limit_out : hs->size_limit_in;

    if (hs->fragment_max)
        return hs->fragment_max;
    return limit ? (uint16_t)(limit - 1) : 0;
}

/* @rfc 8446:7.3/1 */
void tlsni_schedule13_keys(const struct tlsni_hash *hash, const struct tlsni_secret *traffic,
                           struct tlsni_prot_keys *keys, struct tlsni_keys13 *room)
{
    size_t mac_len, key_len, iv_len;

    tlsni_prot_key_lens(keys->suite, keys->profile, &mac_len, &key_len, &iv_len);
    tlsni_hkdf_expand_label(hash, traffic->data, "key", none(), room->key, key_len);
    tlsni_hkdf_expand_label(hash, traffic->data, "iv", none(), room->iv, iv_len);
    keys->key = tlsni_span_make(room->key, key_len);
    keys->iv = tlsni_span_make(room->iv, iv_len);
}

static tlsn_status install(struct tlsni_hs *hs, bool writes, const struct tlsni_secret *traffic,
                           struct tlsni_prot_keys *keys)
{
    struct tlsni_keys13 room;
    tlsn_status st;

    keys->pad = hs->cfg->record_pad;
    tlsni_schedule13_keys(hs->tls13.keys.hash, traffic, keys, &room);
    st = hs->host->install(hs->host_ctx, writes, keys);
    tlsni_wipe(&room, sizeof room);
    return st;
}

tlsn_status tlsni_schedule13_install(struct tlsni_hs *hs, bool writes,
                                     const struct tlsni_secret *traffic)
{
    struct tlsni_prot_keys keys = { .suite = hs->suite,
                                    .profile = hs->version->record,
                                    .plain_max = plain_max(hs, writes) };

    return install(hs, writes, traffic, &keys);
}

/* Limits on records are agreed on in the handshake that is still to come (RFC 8449 4).
 * @rfc 8446:4.2.10/3 */
tlsn_status tlsni_schedule13_install_early(struct tlsni_hs *hs, bool writes,
                                           const struct tlsni_early_terms *terms)
{
    const struct tlsni_version *version = tlsni_version_find(terms->version);
    struct tlsni_prot_keys keys = { .suite = tlsni_suite_find(terms->suite),
                                    .profile = version->record,
                                    .plain_max = terms->plain_max };

    return install(hs, writes, &hs->tls13.keys.early, &keys);
}

/* @rfc 8446:7.2/1
 * @rfc 8446:7.2/2 */
void tlsni_schedule13_update(const struct tlsni_hash *hash, struct tlsni_secret *traffic)
{
    struct tlsni_secret next;

    tlsni_hkdf_expand_label(hash, traffic->data, "traffic upd", none(),
                            tlsni_secret_room(&next, hash->len), hash->len);
    *traffic = next;
    tlsni_secret_wipe(&next);
}

void tlsni_schedule13_ticket_psk(const struct tlsni_hash *hash,
                                 const struct tlsni_secret *resumption, struct tlsn_span nonce,
                                 struct tlsni_secret *psk)
{
    tlsni_hkdf_expand_label(hash, resumption->data, "resumption", nonce,
                            tlsni_secret_room(psk, hash->len), hash->len);
}

/* @rfc 8446:7.5/1, 8446:7.5/4 */
void tlsni_schedule13_export(const struct tlsni_hash *hash, const struct tlsni_secret *exporter,
                             const char *label, struct tlsn_span context, uint8_t *out, size_t len)
{
    uint8_t digest[TLSNI_HASH_LEN_MAX];
    struct tlsni_secret secret;

    tlsni_hash_once(hash, NULL, 0, digest);
    tlsni_hkdf_expand_label(hash, exporter->data, label, tlsni_span_make(digest, hash->len),
                            tlsni_secret_room(&secret, hash->len), hash->len);
    tlsni_hash_once(hash, context.data, context.len, digest);
    tlsni_hkdf_expand_label(hash, secret.data, "exporter", tlsni_span_make(digest, hash->len), out,
                            len);
    tlsni_secret_wipe(&secret);
}
