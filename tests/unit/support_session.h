/* support_session.h - a session with something in every field. */
#ifndef TLSNI_TESTS_SUPPORT_SESSION_H
#define TLSNI_TESTS_SUPPORT_SESSION_H

#include "handshake/session.h"
#include "support_env.h"

/* Made at t's time, lasts an hour. To be cleared. with_bytes: it has a ticket and the peer's
 * leaf. */
void test_session_fill(struct tlsn_session *s, const struct test_env *t, bool with_bytes);
void test_session_check_equal(const struct tlsn_session *a, const struct tlsn_session *b);

#endif
