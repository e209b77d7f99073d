/* main.c - finds the command and runs it. */
#include "commands.h"
#include "options.h"

#include <signal.h>
#include <string.h>

static const char *command_name(size_t i, const void *ctx)
{
    (void)ctx;
    return i < command_row_count ? command_rows[i].name : NULL;
}

/* "cert" is not a command but "cert ca" is: the row whose name is argv[1], or argv[1] and
 * argv[2]. */
static const struct command *find_command(int argc, char **argv, int *words)
{
    for (size_t i = 0; i < command_row_count; i++) {
        const char *name = command_rows[i].name;
        size_t len = strlen(argv[1]);

        *words = 1;
        if (strcmp(name, argv[1]) == 0)
            return &command_rows[i];
        *words = 2;
        if (argc > 2 && strncmp(name, argv[1], len) == 0 && name[len] == ' ' &&
            strcmp(name + len + 1, argv[2]) == 0)
            return &command_rows[i];
    }
    return NULL;
}

static bool is_group(const char *word)
{
    size_t len = strlen(word);

    for (size_t i = 0; i < command_row_count; i++)
        if (strncmp(command_rows[i].name, word, len) == 0 && command_rows[i].name[len] == ' ')
            return true;
    return false;
}

static int no_command(int argc, char **argv)
{
    const char *near;

    if (is_group(argv[1])) {
        if (argc > 2 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0)) {
            help_group(argv[1]);
            return STATUS_OK;
        }
        if (argc > 2)
            return complain(STATUS_USAGE, "%s %s: unknown command (see tlsn %s --help)", argv[1],
                            argv[2], argv[1]);
        return complain(STATUS_USAGE, "%s: which? (see tlsn %s --help)", argv[1], argv[1]);
    }
    near = options_nearest(argv[1], command_name, NULL);
    if (near)
        return complain(STATUS_USAGE, "%s: unknown command; did you mean %s?", argv[1], near);
    return complain(STATUS_USAGE, "%s: unknown command (see tlsn --help)", argv[1]);
}

static int top_option(int argc, char **argv)
{
    const char *word = argv[1];

    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        help_overview();
    } else if (strcmp(word, "--version") == 0) {
        (void)printf("tlsn %s\n", tlsn_version_string());
    } else if (strcmp(word, "--man") == 0) {
        help_man();
    } else if (strcmp(word, "--completion") == 0) {
        return help_completion(argc > 2 ? argv[2] : "bash");
    } else {
        return no_command(argc, argv);
    }
    return STATUS_OK;
}

static int run(const struct command *command, int argc, char **argv)
{
    static struct options options;
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    bool help;
    int status;

    if (!command->bit) {
        help = argc > 0 && strcmp(argv[0], "--help") == 0;
        if (help)
            help_command(command);
        return help ? STATUS_OK : complain(STATUS_USAGE, "%s: not implemented yet", command->name);
    }
    status = options_parse(&options, &help, command, argc, argv);
    if (status != STATUS_OK)
        return status;
    if (help) {
        help_command(command);
        return STATUS_OK;
    }
    if (command->bit & CMD_CONNECT)
        (void)sigaction(SIGPIPE, &ignore, NULL);
    return command->run(&options);
}

int main(int argc, char **argv)
{
    const struct command *command;
    int words, status;

    if (argc < 2)
        return complain(STATUS_USAGE, "which command? (see tlsn --help)");
    command = find_command(argc, argv, &words);
    status = command ? run(command, argc - 1 - words, argv + 1 + words) : top_option(argc, argv);
    if (fflush(stdout) != 0 && status == STATUS_OK)
        return complain(STATUS_TRANSPORT, "stdout: cannot be written");
    return status;
}
