/* help.c - --help, the man page and shell completion, all from the tables. */
#include "options.h"

#include <ctype.h>
#include <string.h>

enum { COLUMNS = 79, HELP_INDENT = 28 };

static const char exit_text[] =
    "Exit status: 0 success, 1 usage, 2 transport (connect, end without close_notify, timeout), "
    "3 handshake or protocol failure, 4 the peer's certificate was not accepted.";

/* Prints words from `column` on, breaking lines at COLUMNS and indenting them. */
static void wrap(const char *text, size_t indent, size_t column)
{
    size_t gap = 0;

    while (*text) {
        size_t len = strcspn(text, " \n");

        if (gap && column + gap + len > COLUMNS) {
            (void)printf("\n%*s", (int)indent, "");
            column = indent;
            gap = 0;
        }
        (void)printf("%*s%.*s", (int)gap, "", (int)len, text);
        column += gap + len;
        text += len;
        gap = 1;
        if (*text == '\n') {
            (void)putchar('\n');
            column = gap = 0;
        }
        text += *text != 0;
    }
    (void)putchar('\n');
}

static bool later(const struct option_row *row)
{
    return row->kind == LATER || row->kind == LATER_OPTIONAL;
}

static void print_option(const struct option_row *row)
{
    char head[96], help[256];
    int len = row->kind == LATER_OPTIONAL
                  ? snprintf(head, sizeof head, "  %s[=%s]", row->name, row->arg)
                  : snprintf(head, sizeof head, "  %s%s%s", row->name, row->arg ? " " : "",
                             row->arg ? row->arg : "");

    (void)snprintf(help, sizeof help, "%s%s", row->help,
                   later(row) ? " (not implemented yet)" : "");
    (void)printf("%s", head);
    if (len + 2 > HELP_INDENT)
        (void)printf("\n%*s", HELP_INDENT, "");
    else
        (void)printf("%*s", HELP_INDENT - len, "");
    wrap(help, HELP_INDENT, HELP_INDENT);
}

void help_command(const struct command *command)
{
    (void)printf("usage: tlsn %s%s%s%s\n\n%c%s%s.\n", command->name,
                 command->bit ? " [options]" : "", *command->operands ? " " : "",
                 command->operands, toupper((unsigned char)command->summary[0]),
                 command->summary + 1, command->bit ? "" : " (not implemented yet)");
    if (!command->bit)
        return;
    (void)printf("\nOptions:\n");
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].commands & command->bit)
            print_option(&option_rows[i]);
    (void)putchar('\n');
    if (*command->text) {
        wrap(command->text, 0, 0);
        (void)putchar('\n');
    }
    wrap(exit_text, 0, 0);
}

static void print_commands(const char *prefix)
{
    for (size_t i = 0; i < command_row_count; i++)
        if (strncmp(command_rows[i].name, prefix, strlen(prefix)) == 0)
            (void)printf("  %-18s%s%s\n", command_rows[i].name, command_rows[i].summary,
                         command_rows[i].bit ? "" : " (not implemented yet)");
}

void help_overview(void)
{
    (void)printf("usage: tlsn COMMAND [options] [arguments]\n\nCommands:\n");
    print_commands("");
    (void)printf("\ntlsn COMMAND --help explains each. tlsn --version prints the version,\n"
                 "tlsn --man the manual page, tlsn --completion bash a completion script.\n\n");
    wrap(exit_text, 0, 0);
}

void help_group(const char *group)
{
    char prefix[32];

    (void)snprintf(prefix, sizeof prefix, "%s ", group);
    (void)printf("usage: tlsn %s COMMAND [options]\n\nCommands:\n", group);
    print_commands(prefix);
    (void)printf("\ntlsn %s COMMAND --help explains each.\n", group);
}

/* ---- manual page ---- */

/* roff: a hyphen-minus is written \-, a line must not begin with a dot or quote. */
static void roff(const char *text)
{
    bool line_start = true;

    for (; *text; text++) {
        if (*text == '\n' && text[1] == '\n') {
            (void)printf("\n.PP\n");
            text++;
            line_start = true;
            continue;
        }
        if (line_start && (*text == '.' || *text == '\''))
            (void)printf("\\&");
        if (*text == '-')
            (void)printf("\\-");
        else if (*text == '\\')
            (void)printf("\\e");
        else
            (void)putchar(*text);
        line_start = *text == '\n';
    }
}

static void man_option(const struct option_row *row)
{
    (void)printf(".TP\n.B ");
    roff(row->name);
    if (row->arg) {
        (void)printf(row->kind == LATER_OPTIONAL ? "[=\\fI" : " \\fI");
        roff(row->arg);
        (void)printf(row->kind == LATER_OPTIONAL ? "\\fR]" : "\\fR");
    }
    (void)putchar('\n');
    roff(row->help);
    (void)printf("%s\n", later(row) ? " (not implemented yet)" : "");
}

static void man_command(const struct command *command)
{
    (void)printf(".SS tlsn %s%s\n", command->name, command->bit ? " [options]" : "");
    if (*command->operands) {
        (void)printf(".I ");
        roff(command->operands);
        (void)printf("\n.PP\n");
    }
    roff(command->summary);
    (void)printf("%s.\n", command->bit ? "" : " (not implemented yet)");
    for (size_t i = 0; command->bit && i < option_row_count; i++)
        if (option_rows[i].commands & command->bit)
            man_option(&option_rows[i]);
    if (*command->text) {
        (void)printf(".PP\n");
        roff(command->text);
        (void)putchar('\n');
    }
}

void help_man(void)
{
    (void)printf(".TH TLSN 1 \"\" \"libtls-native %s\" \"User Commands\"\n"
                 ".SH NAME\ntlsn \\- TLS client, server, certificates and tables\n"
                 ".SH SYNOPSIS\n.B tlsn\n.I COMMAND\n[options] [arguments]\n"
                 ".SH DESCRIPTION\nThe command line of libtls\\-native. Progress and notes go to "
                 "stderr, results to stdout.\n"
                 "Lists are comma separated and in order of preference. Suites, groups and "
                 "signature schemes go by IANA name; the spellings of OpenSSL and GnuTLS are "
                 "understood.\n.SH COMMANDS\n",
                 tlsn_version_string());
    for (size_t i = 0; i < command_row_count; i++)
        man_command(&command_rows[i]);
    (void)printf(".SH EXIT STATUS\n");
    roff(exit_text);
    (void)printf("\n.SH ENVIRONMENT\n.TP\n.B SSLKEYLOGFILE\nused when \\-\\-keylog is not given\n"
                 ".TP\n.B SSL_CERT_FILE, SSL_CERT_DIR\nthe system's trust store\n");
}

/* ---- shell completion ---- */

/* "cert ca" with its options; words of a CHOICE are completed as well. */
static void completion_case(const struct command *command)
{
    (void)printf("    '%s') words='--help", command->name);
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].commands & command->bit && !later(&option_rows[i]))
            (void)printf(" %s", option_rows[i].name);
    for (const char *p = command->operands; command->bit == CMD_LIST && *p; p++) {
        if (p == command->operands)
            (void)putchar(' ');
        (void)putchar(*p == '|' ? ' ' : *p);
    }
    (void)printf("' ;;\n");
}

static void completion_values(void)
{
    (void)printf("    case $prev in\n");
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];

        if (row->kind != CHOICE)
            continue;
        (void)printf("    %s) COMPREPLY=($(compgen -W '", row->name);
        for (const char *p = row->arg; *p; p++)
            (void)putchar(*p == '|' ? ' ' : *p);
        (void)printf("' -- \"$cur\")); return ;;\n");
    }
    (void)printf("    esac\n");
}

/* The first words of all commands, or the second words of those that begin with `group`. */
static void completion_words(const char *group)
{
    size_t skip = strlen(group), last_len = 0;
    const char *last = "";

    for (size_t i = 0; i < command_row_count; i++) {
        const char *name = command_rows[i].name;
        size_t len;

        if (strncmp(name, group, skip) != 0 || !command_rows[i].bit)
            continue;
        name += skip;
        len = strcspn(name, " ");
        if (len == last_len && strncmp(name, last, len) == 0)
            continue;
        (void)printf(" %.*s", (int)len, name);
        last = name;
        last_len = len;
    }
}

int help_completion(const char *shell)
{
    if (strcmp(shell, "bash") != 0)
        return complain(STATUS_USAGE, "--completion: only bash is known, not '%s'", shell);
    (void)printf("# bash completion of tlsn: . <(tlsn --completion bash)\n_tlsn()\n{\n"
                 "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words\n"
                 "    local command=${COMP_WORDS[1]}\n    COMPREPLY=()\n");
    completion_values();
    (void)printf("    [[ $command == cert && $COMP_CWORD -gt 2 ]] && "
                 "command=\"cert ${COMP_WORDS[2]}\"\n    case $command in\n");
    for (size_t i = 0; i < command_row_count; i++)
        if (command_rows[i].bit)
            completion_case(&command_rows[i]);
    (void)printf("    'cert') words='--help");
    completion_words("cert ");
    (void)printf("' ;;\n    *) words='--help --version");
    completion_words("");
    (void)printf("' ;;\n    esac\n    [[ $COMP_CWORD -eq 1 ]] && words='--help --version");
    completion_words("");
    (void)printf("'\n    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
                 "complete -o default -F _tlsn tlsn\n");
    return STATUS_OK;
}
