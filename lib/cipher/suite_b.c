#include "cipher/suite_b.h"

#include "cipher/aead.h"
#include "cipher/group.h"
#include "cipher/hash.h"

static const struct row {
    unsigned level; /* up to which it is enough */
    uint16_t group;
    uint8_t hash, aead;
} rows[] = {
    { 128, TLSNI_GROUP_SECP256R1, TLSNI_HASH_SHA256, TLSNI_AEAD_AES_128_GCM },
    { 192, TLSNI_GROUP_SECP384R1, TLSNI_HASH_SHA384, TLSNI_AEAD_AES_256_GCM },
};

static const struct row *row_of(unsigned level, uint16_t group)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].group == group && rows[i].level >= level)
            return &rows[i];
    return NULL;
}

/* @rfc 6460:4.1/1 */
bool tlsni_suite_b_curve(unsigned level, uint16_t group)
{
    return !level || row_of(level, group);
}

/* @rfc 6460:4.1/2, 6460:4.1/3 */
bool tlsni_suite_b_exchange(unsigned level, const struct tlsni_suite *suite, uint16_t group)
{
    const struct row *row = row_of(level, group);

    return !level || (row && suite->kind == TLSNI_CIPHER_AEAD && suite->cipher == row->aead);
}

/* @rfc 6460:3.2/1, 6460:3.2/3, 6460:3.2/4 */
bool tlsni_suite_b_signs(unsigned level, uint16_t group, uint8_t hash)
{
    const struct row *row = row_of(level, group);

    return !level || (row && row->hash == hash);
}

/* @rfc 6460:4.2/1, 6460:4.3/3 */
bool tlsni_suite_b_signature(unsigned level, const struct tlsni_sig_params *sig)
{
    for (size_t i = 0; level && i < sizeof rows / sizeof *rows; i++)
        if (rows[i].level >= level && rows[i].hash == sig->hash)
            return sig->key == TLSNI_KEY_EC;
    return !level;
}
