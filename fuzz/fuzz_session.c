/* fuzz_session.c - a kept session: what is read is written as the same bytes, and anything else is refused. */
#include <stdlib.h>
#include <string.h>
#include <tls-native.h>

enum { CAP = 1 << 18 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t again[CAP];
    tlsn_session *session = NULL;
    size_t written = 0;

    if (tlsn_session_read(&session, data, len, NULL) != TLSN_OK) {
        if (session)
            abort();
        return 0;
    }
    if (tlsn_session_write(session, again, sizeof again, &written) != TLSN_OK || written != len ||
        memcmp(again, data, len) != 0)
        abort();
    (void)tlsn_session_has_ticket(session);
    (void)tlsn_session_early_data_max(session);
    tlsn_session_free(session);
    return 0;
}
