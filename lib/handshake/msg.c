/* msg.c - what all handshake messages share: their names and the header, RFC 5246 7.4. */
#include "handshake/msg.h"

static const struct {
    uint8_t type;
    const char *name;
} names[] = {
    /* RFC 5246 7.4, RFC 5077 3.3, RFC 6066 5 and 8, RFC 4680 3, RFC 8446 4, RFC 8879 4 */
    { TLSNI_MSG_HELLO_REQUEST, "HelloRequest" },
    { TLSNI_MSG_CLIENT_HELLO, "ClientHello" },
    { TLSNI_MSG_SERVER_HELLO, "ServerHello" },
    { TLSNI_MSG_NEW_SESSION_TICKET, "NewSessionTicket" },
    { TLSNI_MSG_END_OF_EARLY_DATA, "EndOfEarlyData" },
    { TLSNI_MSG_ENCRYPTED_EXTENSIONS, "EncryptedExtensions" },
    { TLSNI_MSG_CERTIFICATE, "Certificate" },
    { TLSNI_MSG_SERVER_KEY_EXCHANGE, "ServerKeyExchange" },
    { TLSNI_MSG_CERTIFICATE_REQUEST, "CertificateRequest" },
    { TLSNI_MSG_SERVER_HELLO_DONE, "ServerHelloDone" },
    { TLSNI_MSG_CERTIFICATE_VERIFY, "CertificateVerify" },
    { TLSNI_MSG_CLIENT_KEY_EXCHANGE, "ClientKeyExchange" },
    { TLSNI_MSG_FINISHED, "Finished" },
    { TLSNI_MSG_CERTIFICATE_URL, "CertificateURL" },
    { TLSNI_MSG_CERTIFICATE_STATUS, "CertificateStatus" },
    { TLSNI_MSG_SUPPLEMENTAL_DATA, "SupplementalData" },
    { TLSNI_MSG_KEY_UPDATE, "KeyUpdate" },
    { TLSNI_MSG_COMPRESSED_CERTIFICATE, "CompressedCertificate" },
};

const char *tlsni_msg_name(uint8_t type)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].type == type)
            return names[i].name;
    return NULL;
}

size_t tlsni_msg_begin(struct tlsni_wr *w, uint8_t type)
{
    tlsni_wr_u8(w, type);
    return tlsni_wr_open(w, 3);
}

void tlsni_msg_end(struct tlsni_wr *w, size_t mark)
{
    tlsni_wr_close(w, 3, mark);
}

tlsn_status tlsni_msg_empty_parse(struct tlsn_span body)
{
    return body.len == 0 ? TLSN_OK : TLSN_ERR_DECODE;
}
