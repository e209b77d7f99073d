#!/bin/sh
# make_pkcs12.sh DIRECTORY - makes tests/vectors/pkcs12.txt: one key and its certificate in the
# containers of programs that are not there on every machine. Needs openssl, certtool, keytool,
# certutil and pk12util; works in DIRECTORY, which has to be empty; the file goes to stdout.
set -eu
here=$(pwd)
cd "$1"
hex() { od -An -tx1 -v "$1" | tr -d ' \n'; }
block() { # NAME PASSWORD FILE
    printf 'file %s\npassword %s\nkey %s\ncert %s\nder %s\n\n' "$1" "$2" "$(hex key.der)" "$(hex cert.der)" \
        "$(hex "$3")"
}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -out cert \
    -subj /CN=a.example -days 36500 2>/dev/null
openssl pkcs8 -topk8 -nocrypt -in key -outform DER -out key.der
openssl x509 -in cert -outform DER -out cert.der
openssl pkcs12 -export -inkey key -in cert -out openssl.p12 -passout pass:secret -name 'My Key'
mkdir nss
certutil -N -d sql:nss --empty-password
pk12util -i openssl.p12 -d sql:nss -W secret -K '' >/dev/null
pk12util -o nss.p12 -d sql:nss -n 'My Key' -W secret -K '' >/dev/null
pk12util -o nss-old.p12 -d sql:nss -n 'My Key' -W secret -K '' -M SHA-1 \
    -c 'PKCS #12 V2 PBE With SHA-1 And 3KEY Triple DES-CBC' \
    -C 'PKCS #12 V2 PBE With SHA-1 And 40 Bit RC2 CBC' >/dev/null
keytool -importkeystore -srckeystore openssl.p12 -srcstoretype PKCS12 -srcstorepass secret \
    -destkeystore java.p12 -deststoretype PKCS12 -deststorepass secret1 2>/dev/null
certtool --to-p12 --load-privkey key --load-certificate cert --password secret --p12-name 'My Key' \
    --outder --outfile gnutls.p12 2>/dev/null
cd "$here"
cat <<END
# One key and its certificate as other programs export them (make_pkcs12.sh). NSS writes BER.
# openssl $(openssl version | cut -d' ' -f2), certtool $(certtool --version | head -1 | cut -d' ' -f2), \
keytool $(java -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p'), NSS 3.87

END
cd "$1"
block nss secret nss.p12
block nss-old secret nss-old.p12
block java secret1 java.p12
block gnutls secret gnutls.p12
