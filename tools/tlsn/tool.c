/* tool.c - lines for people on stderr. */
#include "tool.h"

#include <stdarg.h>
#include <stdlib.h>

/* Texts may quote a peer: it shall not steer the terminal or forge a second line. */
static void print_line(const char *prefix, const char *format, va_list args)
{
    char line[1024];

    (void)vsnprintf(line, sizeof line, format, args);
    for (char *p = line; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
    (void)fprintf(stderr, "%s%s\n", prefix, line);
}

int complain(int status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_line("tlsn: ", format, args);
    va_end(args);
    return status;
}

void note(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_line("", format, args);
    va_end(args);
}
