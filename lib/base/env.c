#include "base/env.h"
#include "base/mem.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* getrandom(2) with the pool initialised never fails for up to 256 bytes, but may be interrupted.
 * @rfc 5246:D.1/1 */
static tlsn_status system_random(uint8_t *out, size_t len)
{
    while (len) {
        ssize_t n = getrandom(out, len, 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return TLSN_ERR_RANDOM;
        out += n;
        len -= (size_t)n;
    }
    return TLSN_OK;
}

tlsn_status tlsni_random(const struct tlsn_hooks *env, void *out, size_t len)
{
    tlsn_status st;

    if (!len)
        return TLSN_OK;
    st = env && env->random ? env->random(env->random_ctx, out, len) : system_random(out, len);
    if (st == TLSN_OK)
        return TLSN_OK;
    memset(out, 0, len);
    return TLSN_ERR_RANDOM;
}

int64_t tlsni_now_ms(const struct tlsn_hooks *env)
{
    struct timespec t;

    if (env && env->now_ms)
        return env->now_ms(env->clock_ctx);
    if (clock_gettime(CLOCK_REALTIME, &t) != 0)
        return 0;
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t tlsni_now_s(const struct tlsn_hooks *env)
{
    int64_t ms = tlsni_now_ms(env);

    return ms >= 0 ? ms / 1000 : -((999 - ms) / 1000);
}
