/* x509_decisions.h - why our verdict is what it is where sources differ, or where a rule binds those who
 * issue certificates: classes choice, profile, cabf, chromium and erratum of the corpora, and what else we
 * see differently. The first row that fits a case is printed with it; every case of these classes has
 * one. */
#ifndef TLSN_TESTS_X509_DECISIONS_H
#define TLSN_TESTS_X509_DECISIONS_H

struct x509_decision {
    const char *class;   /* or "*" */
    const char *cases;   /* pattern of fnmatch() */
    const char *verdict; /* ours, or "*" */
    const char *text;
};

static const struct x509_decision x509_decisions[] = {
    /* ---- names ---- */
    { "cabf", "*::cn::*", "*",
      "a common name identifies nothing (RFC 9525 2): what it says beside a subjectAltName is not "
      "compared with it" },
    { "cabf", "*public-suffix*", "*",
      "there is no list of public suffixes here; RFC 9525 6.3 leaves it to authorities what they put a "
      "wildcard before" },
    { "choice", "*wildcard*", "*", "a wildcard is the whole leftmost label or none (RFC 9525 6.3)" },
    { "choice", "namematch::*T61*", "*",
      "T61String is read as Latin-1, which authorities have put into it, and compares by its characters "
      "(RFC 5280 7.1)" },
    { "choice", "namematch::*", "*",
      "strings compare by their characters whatever their type, prepared by RFC 4518 (RFC 5280 7.1)" },
    { "choice", "*not-byte-for-byte*", "*", "names chain by the comparison of RFC 5280 7.1, not byte by byte" },
    { "erratum", "*permitted-dn-match*", "*",
      "the source wants a name that the certificate does not have; the expected name is checked" },

    /* ---- name constraints ---- */
    { "dos", "*many-names*ok-all*", "*",
      "t171.test to t340.test lie in no permitted subtree (RFC 5280 4.2.1.10): Go's crypto/x509 refuses the "
      "chain too, and its source does not run the case; the time is what counts" },
    { "choice", "bettertls::nameconstraints*", "*",
      "a common name is no DNS name for constraints unless it is used as one (RFC 5280 4.2.1.10)" },
    { "choice", "*::nc::*noncritical*", "*",
      "name constraints bind whether critical or not; that they be critical is for authorities" },
    { "profile", "*::nc::*", "*",
      "name constraints of a certificate that is no authority have nothing below them to bind" },

    /* ---- anchors and leaves ---- */
    { "choice", "*target-only*", "*",
      "a certificate among the anchors is trusted as a leaf too when partial chains are allowed "
      "(allow_partial), self-signed always; its own dates and usages hold" },
    { "choice", "*target-selfsigned*", "*",
      "a self-signed certificate among the anchors is trusted as a leaf; its own dates and usages hold" },
    { "choice", "*root-basic-constraints*", "*",
      "an anchor is a name and a key where the caller says so (plain_anchors); otherwise cA=FALSE means "
      "what it says" },
    { "choice", "*root-lacks-basic*", "*",
      "an anchor of version 3 without basicConstraints is one at the word of whoever trusts it, if its "
      "keyUsage has keyCertSign" },
    { "choice", "*anchorICA*", "*", "an anchor need not be self-signed where partial chains are allowed" },
    { "choice", "*target-not-end-entity*", "*",
      "an authority may be a leaf, but its key usage has to allow what TLS does with a key (RFC 5246 7.4.2)" },
    { "choice", "*target-has-*", "*",
      "what basicConstraints or keyUsage of a leaf say about issuing does not concern its own use" },
    { "profile", "*leaf-ku*", "*",
      "a leaf with keyCertSign issues nothing that is accepted; its own use does not suffer from it" },
    { "choice", "*pathlen-in-leaf*", "reject",
      "the path length of a leaf is ignored, but this one's key usage allows signing certificates only" },
    { "choice", "*keyusages*", "reject",
      "a key that may only decipher in an agreement has no part in TLS (RFC 5246 7.4.2)" },
    { "choice", "*keyusages*", "accept",
      "key usage has to allow one of the things that TLS does with a key; which one is for the handshake" },
    { "choice", "bettertls::pathbuilding::*", "*",
      "the path that is good decides: others of the same bag do not make it worse (RFC 4158)" },

    /* ---- purposes ---- */
    { "*", "*eku-any*", "*", "anyExtendedKeyUsage stands for every purpose (RFC 5280 4.2.1.12)" },
    { "*", "*eku-many*", "*", "further purposes do no harm to the one that is needed (RFC 5280 4.2.1.12)" },
    { "*", "*eku-none*", "*", "without extKeyUsage every purpose is allowed (RFC 5280 4.2.1.12)" },
    { "chromium", "*mls*", "*", "purposes of other protocols are not TLS's; unknown critical extensions refuse" },
    { "chromium", "*c2pa*", "*", "purposes of other protocols are not TLS's: no purpose is asked for then" },
    { "chromium", "*server-gated*", "*", "serverAuth and clientAuth stand for themselves alone" },
    { "chromium", "*", "*", "a mode of one browser; RFC 5280 decides" },
    { "cabf", "*::eku::*", "*",
      "extKeyUsage may be missing, critical, or anyExtendedKeyUsage (RFC 5280 4.2.1.12)" },

    /* ---- keys and signatures ---- */
    { "choice", "*rsa1017*", "*", "RSA keys have 1024 bits at least where a caller lowers the limit, else 2048" },
    { "choice", "*ignoredSignature*", "*",
      "what the peer sends as a copy of an anchor's certificate is not one: each signature of the path "
      "has to verify" },
    { "choice", "*SHA1*", "*", "SHA-1 is accepted by name only (allow_sha1)" },
    { "choice", "signed::*pss-key-with-params*", "*",
      "a restricted RSASSA-PSS key verifies what keeps to its parameters (RFC 4055 3.3)" },
    { "choice", "signed::*", "*", "the parameters of an algorithm are those of its standard, and no others" },
    { "cabf", "*forbidden-rsa-key-not*", "*", "an RSA key is judged by its bits, not by their being whole bytes" },
    { "cabf", "*forbidden*", "reject", "DSA keys, short keys and weak hashes are refused unless asked for" },

    /* ---- dates ---- */
    { "choice", "*::date*", "*", "an expired intermediate ends the path whatever its leaf says" },

    /* ---- forms ---- */
    { "choice", "parse::tbs_*", "*",
      "the case is about the outer structure, with dummies inside that are no names" },
    { "choice", "parse::akid*", "*", "authorityKeyIdentifier: issuer and serial number come together (RFC 5280 4.2.1.1)" },
    { "choice", "parse::*t61*", "*", "T61String is read, though RFC 5280 4.1.2.4 wants it no more" },
    { "choice", "parse::*not_printable*", "*",
      "characters that PrintableString does not have are read: they are in names in use, and compare as "
      "they are" },
    { "choice", "parse::serial*", "*", "serial numbers of any size and sign are read (RFC 5280 4.1.2.2)" },
    { "choice", "parse::*key_identifier*", "*", "an extension that is damaged makes the certificate so" },
    { "choice", "parse::*", "*", "what X.690 and RFC 5280 allow in form is read; its meaning is judged with a path" },
    { "cabf", "*::aki::*", "reject",
      "authorityKeyIdentifier with an issuer but no serial number is damaged (RFC 5280 4.2.1.1)" },
    { "cabf", "*::aki::*", "*",
      "key identifiers help to find an issuer; forms and lacks of them do not invalidate a signature that "
      "verifies (RFC 5280 4.2.1.1)" },

    /* ---- the rest of each class ---- */
    { "profile", "*empty-subject*", "reject", "an issuer has a name (RFC 5280 4.1.2.4)" },
    { "profile", "*", "*",
      "a rule of RFC 5280 4 for those who issue; `tlsn cert show` tells it, a path does not depend on it" },
    { "cabf", "*", "*", "Baseline Requirements bind those who issue; RFC 5280 6.1 decides" },
    { "choice", "*", "*", "RFC 5280 6.1 and RFC 9525 6 decide, with the options that the case implies" },
    { "erratum", "*", "*", "the source's expectation contradicts its own inputs" },
};

#endif
