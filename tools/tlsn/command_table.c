/* command_table.c - THE command table. */
#include "commands.h"

static const char client_text[] =
    "stdin goes to the peer, what the peer sends goes to stdout. IPv6 addresses are written "
    "[::1]:443.\n\n"
    "End of stdin: reading goes on until the peer closes. When the peer has been silent for "
    "--linger seconds, close_notify is sent and the peer gets as long again to close. Without "
    "--linger the silence is 1 second (--timeout when that is shorter), or 5 seconds while nothing "
    "has come back since the last bytes were sent. A peer that closes first ends the client at once.\n\n"
    "With --json the line about the connection is the first line on stdout, in front of all data; "
    "it is written when the handshake is complete, so its bytes and times are those of the "
    "handshake. With --reconnect there is one such line for each connection.";

static const char server_text[] =
    "Prints \"listening on ADDR:PORT\" on stdout when it is ready; port 0 takes a free one. ADDR "
    "is 0.0.0.0 by default; [::] serves IPv4 and IPv6.\n\n"
    "With --www or --echo many connections are served at a time, by each of --workers threads. "
    "Otherwise connections are served one after the other: stdin goes to the peer and what the "
    "peer sends goes to stdout, until the peer closes; after the end of stdin, if something was "
    "sent, --linger counts as for the client.\n\n"
    "A connection that fails prints one line on stderr and the server goes on. A connection that "
    "ends before its first byte does not count for --once and --accepts. With these, the exit "
    "status is that of the first connection that failed, 0 if none did; SIGTERM and SIGINT end "
    "the server with 0.\n\n"
    "With --json each connection writes its line to stdout when its handshake is complete. Without "
    "--no-verify, client certificates are verified against --ca.";

static const char srp_text[] =
    "The line has four fields with colons between them: name, bits of the group (RFC 5054, appendix A), "
    "salt and verifier in hexadecimal. A name with a colon in it has no line. Who knows the verifier can "
    "pose as the server and guess passwords: guard the file.";

static const char make_text[] =
    "Files are written in PEM, private keys with mode 0600. Existing files are never replaced "
    "without --force; nothing is written when one of them is in the way.";

static const char issue_text[] =
    "The certificate is followed in FILE by the certificates of --ca that are not self-signed, so "
    "that the file is a chain a server can send.\n\n"
    "Files are written in PEM, private keys with mode 0600. Existing files are never replaced "
    "without --force; nothing is written when one of them is in the way.";

static const char delegate_text[] =
    "The credential stands in for the certificate's key in handshakes of TLS 1.3, with peers that take it. --key-out "
    "gets its private key, which is as good as the certificate's until the credential ends; nothing revokes it but the "
    "certificate's revocation. Clocks differ: leave an hour to the limit of 7 days.\n\n"
    "Files are written in PEM, private keys with mode 0600. Existing files are never replaced "
    "without --force; nothing is written when one of them is in the way.";

static const char show_text[] =
    "A delegated credential is compared with the first certificate that stands before it: when it ends, and "
    "whether the certificate's key signed it.";

static const char verify_text[] =
    "The first certificate is judged; all others in the FILEs may serve as its intermediates. Exit "
    "status 0 when it is accepted, 4 when it is not.";

/* clang-format off */
const struct command command_rows[] = {
    /* name, bit, operands, at least, at most, run, summary, text */
    { "client", CMD_CLIENT, "HOST:PORT", 1, 1, client_run,
      "connects to a server", client_text },
    { "server", CMD_SERVER, "[ADDR:]PORT", 1, 1, server_run,
      "accepts connections", server_text },
    { "cert self-signed", CMD_SELF_SIGNED, "", 0, 0, cert_self_signed_run,
      "makes a certificate signed by its own key", make_text },
    { "cert ca", CMD_CA, "", 0, 0, cert_ca_run,
      "makes a certification authority", make_text },
    { "cert issue", CMD_ISSUE, "", 0, 0, cert_issue_run,
      "makes a certificate signed by an authority", issue_text },
    { "cert csr", CMD_CSR, "", 0, 0, cert_csr_run,
      "makes a certification request (PKCS#10)", make_text },
    { "cert delegate", CMD_DELEGATE, "", 0, 0, cert_delegate_run,
      "makes a delegated credential (RFC 9345)", delegate_text },
    { "cert show", CMD_SHOW, "FILE...", 1, LIST_MAX, cert_show_run,
      "prints certificates and delegated credentials", show_text },
    { "cert verify", CMD_VERIFY, "FILE...", 1, LIST_MAX, cert_verify_run,
      "judges a certificate chain", verify_text },
    { "cert crl", CMD_CRL, "", 0, 0, cert_crl_run,
      "makes a revocation list of an authority", "" },
    { "cert ocsp", CMD_OCSP, "FILE", 1, 1, cert_ocsp_run,
      "makes an OCSP response about the certificate in FILE", "" },
    { "srp-verifier", CMD_SRP, "", 0, 0, srp_verifier_run,
      "prints a user of SRP suites for a server's --srp-verifier", srp_text },
    { "list", CMD_LIST, "suites|groups|sigalgs|extensions|alerts|versions|policies", 1, 1, list_run,
      "prints a table of the library", "" },
    { "flows", CMD_FLOWS, "", 0, 0, flows_run,
      "prints the handshake flow tables", "" },
    { "scan", 0, "HOST:PORT", 1, 1, NULL, "shows what a server supports", "" },
    { "probe", 0, "SCRIPT (HOST:PORT | --listen PORT)", 1, 2, NULL,
      "scripted, bent handshakes", "" },
    { "decode", 0, "FILE", 1, 1, NULL, "prints a capture", "" },
    { "bench", 0, "", 0, 0, NULL, "measures handshakes, bulk and memory", "" },
};
/* clang-format on */

const size_t command_row_count = COUNT(command_rows);
