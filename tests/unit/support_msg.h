/* support_msg.h - what every codec of a message has to withstand. */
#ifndef TLSNI_TESTS_SUPPORT_MSG_H
#define TLSNI_TESTS_SUPPORT_MSG_H

#include "support_flight.h"

/* Parses a body and, when that went well, writes it again. */
typedef tlsn_status msg_codec(struct tlsn_span body, struct tlsni_wr *again);

/* The body of a recorded message parses and is written again byte by byte; cut anywhere it does not
 * parse, but for `valid_cut` bytes (0: no exception); with a byte more it does not parse either. */
void msg_check(msg_codec *codec, enum flight_message which, size_t valid_cut);
/* The same for a body given as hex. */
void msg_check_hex(msg_codec *codec, const char *hex);
/* The body as hex does not parse. */
void msg_check_bad(msg_codec *codec, const char *hex);
/* One more and one less in the byte at this offset of the recorded body does not parse: for the
 * last bytes of lengths. */
void msg_check_length(msg_codec *codec, enum flight_message which, size_t offset);

#endif
