/* nettle_compat.h - what differs between the Nettle versions that are supported, in one place.
 *
 *   3.8   Debian 12; the oldest
 *   3.10  Debian 13
 *   4.0   digest functions always write the whole digest and lose their length argument
 *
 * Compression functions moved from internal to public names between these versions. They are not
 * used: feeding a whole block to a context whose buffer is empty is the same operation in all of
 * them. */
#ifndef TLSNI_CIPHER_NETTLE_COMPAT_H
#define TLSNI_CIPHER_NETTLE_COMPAT_H

#include <nettle/version.h>

#if NETTLE_VERSION_MAJOR < 3 || (NETTLE_VERSION_MAJOR == 3 && NETTLE_VERSION_MINOR < 8)
#error "Nettle 3.8 or newer is needed"
#endif

/* fn(arguments..., [len,] out), where len is the full length of the digest:
 * TLSNI_DIGEST(gcm_digest, 16, tag, &ctx, key, cipher, encrypt). */
#if NETTLE_VERSION_MAJOR >= 4
#define TLSNI_DIGEST(fn, len, out, ...) fn(__VA_ARGS__, (out))
#else
#define TLSNI_DIGEST(fn, len, out, ...) fn(__VA_ARGS__, (len), (out))
#endif

#endif
