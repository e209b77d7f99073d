/* commands.h - the functions behind the rows of command_table.c. */
#ifndef TLSN_COMMANDS_H
#define TLSN_COMMANDS_H

#include "options.h"

int client_run(const struct options *options);
int server_run(const struct options *options);
int cert_self_signed_run(const struct options *options);
int cert_ca_run(const struct options *options);
int cert_issue_run(const struct options *options);
int cert_csr_run(const struct options *options);
int cert_delegate_run(const struct options *options);
int cert_show_run(const struct options *options);
int cert_verify_run(const struct options *options);
int cert_crl_run(const struct options *options);
int cert_ocsp_run(const struct options *options);
int srp_verifier_run(const struct options *options);
int list_run(const struct options *options);
int flows_run(const struct options *options);

#endif
