/* nss_delegated.c - a server over NSS that shows a delegated credential (RFC 9345), which selfserv does not.
 *
 * usage: nss_delegated DATABASE NICKNAME p256|p384|p521 SECONDS
 *
 * Makes a key of this curve, has the certificate delegate to it for so many seconds, prints "listening on PORT",
 * and sends one client's line back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nspr.h>
#include <nss.h>
#include <pk11pub.h>
#include <secerr.h>
#include <ssl.h>
#include <sslexp.h>
#include <sslproto.h>

static const struct curve {
    const char *name;
    SECOidTag oid;
    SSLSignatureScheme scheme;
} curves[] = {
    { "p256", SEC_OID_SECG_EC_SECP256R1, ssl_sig_ecdsa_secp256r1_sha256 },
    { "p384", SEC_OID_SECG_EC_SECP384R1, ssl_sig_ecdsa_secp384r1_sha384 },
    { "p521", SEC_OID_SECG_EC_SECP521R1, ssl_sig_ecdsa_secp521r1_sha512 },
};

static void need(int good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "%s: %s\n", what, PR_ErrorToName(PR_GetError()));
    exit(1);
}

static const struct curve *find_curve(const char *name)
{
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
        if (strcmp(curves[i].name, name) == 0)
            return &curves[i];
    need(0, "curve");
    return NULL;
}

static SECKEYPrivateKey *generate(const struct curve *curve, SECKEYPublicKey **public_key)
{
    SECOidData *oid = SECOID_FindOIDByTag(curve->oid);
    unsigned char parameters[32] = { 0x06, (unsigned char)oid->oid.len };
    SECItem item = { siBuffer, parameters, 2 + oid->oid.len };
    SECKEYPrivateKey *key;

    memcpy(parameters + 2, oid->oid.data, oid->oid.len);
    key = PK11_GenerateKeyPair(PK11_GetInternalSlot(), CKM_EC_KEY_PAIR_GEN, &item, public_key, PR_FALSE,
                               PR_FALSE, NULL);
    need(key != NULL, "key");
    return key;
}

static PRFileDesc *configure(char **argv)
{
    const struct curve *curve = find_curve(argv[3]);
    PRFileDesc *model = SSL_ImportFD(NULL, PR_NewTCPSocket());
    CERTCertificate *cert = PK11_FindCertFromNickname(argv[2], NULL);
    SECKEYPrivateKey *key = cert ? PK11_FindKeyByAnyCert(cert, NULL) : NULL;
    SSLVersionRange range = { SSL_LIBRARY_VERSION_TLS_1_3, SSL_LIBRARY_VERSION_TLS_1_3 };
    SSLExtraServerCertData extra = { .authType = ssl_auth_null };
    SECKEYPublicKey *public_key;
    SECItem dc;

    need(model && key, "certificate");
    extra.delegCredPrivKey = generate(curve, &public_key);
    need(SSL_DelegateCredential(cert, key, public_key, curve->scheme, (PRUint32)atoi(argv[4]), PR_Now(),
                                &dc) == SECSuccess, "delegation");
    extra.delegCred = &dc;
    need(SSL_VersionRangeSet(model, &range) == SECSuccess, "version");
    need(SSL_OptionSet(model, SSL_HANDSHAKE_AS_SERVER, PR_TRUE) == SECSuccess, "role");
    need(SSL_ConfigServerCert(model, cert, key, &extra, sizeof extra) == SECSuccess, "configuration");
    return model;
}

static PRFileDesc *listen_on_loopback(void)
{
    PRFileDesc *fd = PR_NewTCPSocket();
    PRNetAddr address;

    PR_InitializeNetAddr(PR_IpAddrLoopback, 0, &address);
    need(fd && PR_Bind(fd, &address) == PR_SUCCESS && PR_Listen(fd, 5) == PR_SUCCESS, "socket");
    need(PR_GetSockName(fd, &address) == PR_SUCCESS, "port");
    printf("listening on %u\n", PR_ntohs(address.inet.port));
    fflush(stdout);
    return fd;
}

int main(int argc, char **argv)
{
    PRFileDesc *model, *listener, *fd;
    SSLChannelInfo info;
    char line[256];
    int n;

    if (argc != 5)
        return 1;
    need(NSS_Init(argv[1]) == SECSuccess && NSS_SetDomesticPolicy() == SECSuccess, "database");
    need(SSL_ConfigServerSessionIDCache(0, 0, 0, NULL) == SECSuccess, "cache");
    model = configure(argv);
    listener = listen_on_loopback();
    fd = SSL_ImportFD(model, PR_Accept(listener, NULL, PR_INTERVAL_NO_TIMEOUT));
    need(fd && SSL_ResetHandshake(fd, PR_TRUE) == SECSuccess, "connection");
    need(SSL_ForceHandshake(fd) == SECSuccess, "handshake");
    need(SSL_GetChannelInfo(fd, &info, sizeof info) == SECSuccess, "information");
    printf("signed with scheme 0x%04x\n", info.signatureScheme);
    fflush(stdout);
    n = PR_Read(fd, line, sizeof line);
    if (n > 0)
        (void)PR_Write(fd, line, n);
    (void)PR_Close(fd);
    return 0;
}
