/* compress_rows.h - the methods, each in its own file. Inside lib/record only. */
#ifndef TLSNI_RECORD_COMPRESS_ROWS_H
#define TLSNI_RECORD_COMPRESS_ROWS_H

#include "config.h"
#include "record/compress.h"

extern const struct tlsni_compression tlsni_compression_lzs; /* compress_lzs.c */
#ifdef TLSNI_HAVE_ZLIB
extern const struct tlsni_compression tlsni_compression_deflate; /* compress_deflate.c */
#endif

#endif
