/* json.h - writes one JSON object into a stream, members in call order. key is NULL inside
 * arrays. */
#ifndef TLSN_JSON_H
#define TLSN_JSON_H

#include "tool.h"

struct json {
    FILE *f;
    bool comma; /* something stands in front of the next member */
};

void json_open(struct json *j, const char *key, char bracket);  /* '{' or '[' */
void json_close(struct json *j, char bracket);                  /* '}' or ']' */
void json_string(struct json *j, const char *key, const char *s); /* NULL and "" give null */
void json_bytes(struct json *j, const char *key, const void *data, size_t len); /* as text */
void json_hex(struct json *j, const char *key, const uint8_t *data, size_t len);
void json_int(struct json *j, const char *key, int64_t value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);

#endif
