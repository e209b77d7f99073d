/* msg_hello.c - ClientHello and ServerHello, RFC 5246 7.4.1.2, 7.4.1.3 and A.4.1.
 *
 * Whether there is an extensions field is told by the length of the message alone (7.4.1.2): a
 * hello that ends behind the compression methods has none, and an empty field is something else
 * than none. */
#include "handshake/msg.h"

enum { COMPRESSIONS_MAX = 255, SUITES_MAX = 65534, EXTENSIONS_MAX = 65535 };

/* @rfc 5246:7.4.1.2/10, 3546:2.1/1, 4366:2.1/1
 * @rfc 5246:7.4.1.2/17, 3546:2.1/2, 4366:2.1/2, 5246:D.4/4 */
static bool read_extensions(struct tlsni_rd *r, struct tlsn_span *extensions)
{
    if (r->bad || tlsni_rd_left(r) == 0)
        return false;
    *extensions = tlsni_rd_vec_span(r, 2, 0, EXTENSIONS_MAX);
    return true;
}

static void write_extensions(struct tlsni_wr *w, bool there, struct tlsn_span extensions)
{
    if (there)
        tlsni_wr_vec(w, 2, extensions);
}

/* @rfc 5246:7.4.1.2/18, 3546:2.1/3, 4366:2.1/3, 5246:7.4.1.2/19, 3546:2.1/4, 4366:2.1/4 */
tlsn_status tlsni_msg_client_hello_parse(struct tlsn_span body,
                                         struct tlsni_msg_client_hello *out)
{
    struct tlsni_rd r = tlsni_rd_span(body);

    memset(out, 0, sizeof *out);
    out->version = tlsni_rd_u16(&r);
    out->random = tlsni_rd_bytes(&r, TLSNI_RANDOM_LEN);
    out->session_id = tlsni_rd_vec_span(&r, 1, 0, TLSNI_SESSION_ID_MAX);
    out->suites = tlsni_rd_list_span(&r, 2, 2, 2, SUITES_MAX);
    out->compressions = tlsni_rd_vec_span(&r, 1, 1, COMPRESSIONS_MAX);
    out->has_extensions = read_extensions(&r, &out->extensions);
    return tlsni_rd_end(&r);
}

void tlsni_msg_client_hello_write(struct tlsni_wr *w, const struct tlsni_msg_client_hello *m)
{
    tlsni_wr_u16(w, m->version);
    tlsni_wr_span(w, m->random);
    tlsni_wr_vec(w, 1, m->session_id);
    tlsni_wr_vec(w, 2, m->suites);
    tlsni_wr_vec(w, 1, m->compressions);
    write_extensions(w, m->has_extensions, m->extensions);
}

tlsn_status tlsni_msg_server_hello_parse(struct tlsn_span body,
                                         struct tlsni_msg_server_hello *out)
{
    struct tlsni_rd r = tlsni_rd_span(body);

    memset(out, 0, sizeof *out);
    out->version = tlsni_rd_u16(&r);
    out->random = tlsni_rd_bytes(&r, TLSNI_RANDOM_LEN);
    out->session_id = tlsni_rd_vec_span(&r, 1, 0, TLSNI_SESSION_ID_MAX);
    out->suite = tlsni_rd_u16(&r);
    out->compression = tlsni_rd_u8(&r);
    out->has_extensions = read_extensions(&r, &out->extensions);
    return tlsni_rd_end(&r);
}

void tlsni_msg_server_hello_write(struct tlsni_wr *w, const struct tlsni_msg_server_hello *m)
{
    tlsni_wr_u16(w, m->version);
    tlsni_wr_span(w, m->random);
    tlsni_wr_vec(w, 1, m->session_id);
    tlsni_wr_u16(w, m->suite);
    tlsni_wr_u8(w, m->compression);
    write_extensions(w, m->has_extensions, m->extensions);
}
