/* support_hello.h - the extensions in the body of a hello that a test bends. */
#ifndef TLSNI_TESTS_CONN_SUPPORT_HELLO_H
#define TLSNI_TESTS_CONN_SUPPORT_HELLO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

size_t hello_get16(const uint8_t *p);
void hello_put16(uint8_t *p, size_t v);
/* Where the length of all extensions stands; client: in a ClientHello, else in a ServerHello. */
size_t hello_block(const uint8_t *body, bool client);
/* Where an extension begins, at its type; it has to be there. */
size_t hello_find(const uint8_t *body, bool client, unsigned type);
void hello_cut(uint8_t *body, size_t *len, bool client, unsigned type);
/* Puts one at the end, with its head. */
void hello_append(uint8_t *body, size_t *len, bool client, const void *ext, size_t size);

#endif
