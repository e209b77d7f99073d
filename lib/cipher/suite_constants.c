/* suite_constants.c - code points that are known by name and will not be negotiated.
 * @rfc 2712:3/1, 8492:6/1, 9189:4/1, 9367:4/1, 8998:2/1, 8998:3.1/1 */
#include "cipher/suite.h"

#define NO_KERBEROS "Kerberos: no implementation is left to talk to"
#define NO_FORTEZZA "FORTEZZA: Skipjack in hardware of its own"
#define NO_ECCPWD "ECCPWD: a password exchange without known implementations"
#define NO_GOST "GOST: needs national ciphers, hashes and curves"
#define NO_SM "SM4 and SM3: need national ciphers, hashes and curves"

static const struct tlsni_suite_constant rows[] = {
    /* clang-format off */
    { 0x0000, "TLS_NULL_WITH_NULL_NULL", "the state before a handshake, never chosen", "RFC 5246" },
    { 0x001c, "SSL_FORTEZZA_KEA_WITH_NULL_SHA", NO_FORTEZZA, "RFC 6101" },
    { 0x001d, "SSL_FORTEZZA_KEA_WITH_FORTEZZA_CBC_SHA", NO_FORTEZZA, "RFC 6101" },
    { 0x001e, "TLS_KRB5_WITH_DES_CBC_SHA", NO_KERBEROS, "RFC 2712" },
    { 0x001f, "TLS_KRB5_WITH_3DES_EDE_CBC_SHA", NO_KERBEROS, "RFC 2712" },
    { 0x0020, "TLS_KRB5_WITH_RC4_128_SHA", NO_KERBEROS, "RFC 2712" },
    { 0x0021, "TLS_KRB5_WITH_IDEA_CBC_SHA", NO_KERBEROS, "RFC 2712" },
    { 0x0022, "TLS_KRB5_WITH_DES_CBC_MD5", NO_KERBEROS, "RFC 2712" },
    { 0x0023, "TLS_KRB5_WITH_3DES_EDE_CBC_MD5", NO_KERBEROS, "RFC 2712" },
    { 0x0024, "TLS_KRB5_WITH_RC4_128_MD5", NO_KERBEROS, "RFC 2712" },
    { 0x0025, "TLS_KRB5_WITH_IDEA_CBC_MD5", NO_KERBEROS, "RFC 2712" },
    { 0x0026, "TLS_KRB5_EXPORT_WITH_DES_CBC_40_SHA", NO_KERBEROS, "RFC 2712" },
    { 0x0027, "TLS_KRB5_EXPORT_WITH_RC2_CBC_40_SHA", NO_KERBEROS, "RFC 2712" },
    { 0x0028, "TLS_KRB5_EXPORT_WITH_RC4_40_SHA", NO_KERBEROS, "RFC 2712" },
    { 0x0029, "TLS_KRB5_EXPORT_WITH_DES_CBC_40_MD5", NO_KERBEROS, "RFC 2712" },
    { 0x002a, "TLS_KRB5_EXPORT_WITH_RC2_CBC_40_MD5", NO_KERBEROS, "RFC 2712" },
    { 0x002b, "TLS_KRB5_EXPORT_WITH_RC4_40_MD5", NO_KERBEROS, "RFC 2712" },
    { 0x00c6, "TLS_SM4_GCM_SM3", NO_SM, "RFC 8998" },
    { 0x00c7, "TLS_SM4_CCM_SM3", NO_SM, "RFC 8998" },
    { 0xc0b0, "TLS_ECCPWD_WITH_AES_128_GCM_SHA256", NO_ECCPWD, "RFC 8492" },
    { 0xc0b1, "TLS_ECCPWD_WITH_AES_256_GCM_SHA384", NO_ECCPWD, "RFC 8492" },
    { 0xc0b2, "TLS_ECCPWD_WITH_AES_128_CCM_SHA256", NO_ECCPWD, "RFC 8492" },
    { 0xc0b3, "TLS_ECCPWD_WITH_AES_256_CCM_SHA384", NO_ECCPWD, "RFC 8492" },
    { 0xc100, "TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC", NO_GOST, "RFC 9189" },
    { 0xc101, "TLS_GOSTR341112_256_WITH_MAGMA_CTR_OMAC", NO_GOST, "RFC 9189" },
    { 0xc102, "TLS_GOSTR341112_256_WITH_28147_CNT_IMIT", NO_GOST, "RFC 9189" },
    { 0xc103, "TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_L", NO_GOST, "RFC 9367" },
    { 0xc104, "TLS_GOSTR341112_256_WITH_MAGMA_MGM_L", NO_GOST, "RFC 9367" },
    { 0xc105, "TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_S", NO_GOST, "RFC 9367" },
    { 0xc106, "TLS_GOSTR341112_256_WITH_MAGMA_MGM_S", NO_GOST, "RFC 9367" },
    /* clang-format on */
};

const struct tlsni_suite_constant *tlsni_suite_constants(size_t *count)
{
    *count = sizeof rows / sizeof *rows;
    return rows;
}
