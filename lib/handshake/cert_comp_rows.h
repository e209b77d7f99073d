/* cert_comp_rows.h - the algorithms that cert_comp.c lists, a file each. */
#ifndef TLSNI_HANDSHAKE_CERT_COMP_ROWS_H
#define TLSNI_HANDSHAKE_CERT_COMP_ROWS_H

#include "config.h"
#include "handshake/cert_comp.h"

#ifdef TLSNI_HAVE_ZLIB
extern const struct tlsni_cert_comp tlsni_cert_comp_zlib;
#endif
#ifdef TLSNI_HAVE_BROTLI
extern const struct tlsni_cert_comp tlsni_cert_comp_brotli;
#endif
#ifdef TLSNI_HAVE_ZSTD
extern const struct tlsni_cert_comp tlsni_cert_comp_zstd;
#endif

#endif
