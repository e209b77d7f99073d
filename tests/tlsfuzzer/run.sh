#!/bin/sh
# run.sh TLSN SHARED TLSFUZZER_DIR TLSLITE_DIR OUT [GROUP...] - the scripts of tlsfuzzer against tlsn server, by the
# runner in SHARED, and what came out compared with EXPECTED.txt. Without GROUPs: all that there is. The script for ML-KEM
# needs the Python module kyber_py (PYTHONPATH), and is left out without it.
set -eu
tlsn=$1 shared=$2 tlsfuzzer=$3 tlslite=$4 out=$5
shift 5
here=$(dirname "$0") python=${PYTHON:-/usr/bin/python3}
skip() { echo "tlsfuzzer: skipped: $1"; exit 0; }
[ -n "$tlsfuzzer" ] && [ -d "$tlsfuzzer" ] || skip 'no TLSFUZZER_DIR'
[ -n "$tlslite" ] && [ -d "$tlslite" ] || skip 'no TLSLITE_DIR'
[ -f "$shared/tlsfuzzer/run_tlsfuzzer.py" ] || skip "no runner in $shared"
kem=tls13-ml-kem
"$python" -c 'import kyber_py' 2>/dev/null || { kem=; echo 'tlsfuzzer: note: no kyber_py; tls13-ml-kem is left out, test-tls13-no-unknown-groups fails'; }
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- tls12-static-rsa tls12-ephemeral tls12-aead tls12-dhe tls12-ffdhe tls12-max tls12-min \
    tls10-static-rsa tls10-ephemeral tls10-dhe tls10-max-tls12 tls10-sslv2-hello tls10-record-size-limit \
    tls12-sslv2-hello tls12-no-sslv2-hello ssl3 \
    renegotiation legacy-renegotiation no-renegotiation session-tickets session-tickets-renegotiation \
    alpn alpn-renegotiation server-name server-name-any heartbeat no-heartbeat ocsp no-ocsp \
    echo max-fragment-length record-size-limit \
    tls12-rsa-and-pss rsapss ecdsa ecdsa-curves dsa ed25519 ed448 \
    client-auth-tls12 client-auth-dsa client-auth-renegotiation \
    tls13 tls13-psk-ke tls13-psk tls13-psk-sha384 tls13-key-update-request client-auth-tls13 tls13-post-handshake-auth \
    tls13-post-handshake-auth-required brainpool brainpool-client \
    certificate-compression certificate-compression-client $kem
mkdir -p "$out"
sed "s|@TLSN@|$tlsn|" "$here/profile.json.in" >"$out/profile.json"
groups=
for g; do groups="$groups --group $g"; done
# The runner's status counts failures that are expected; compare.py has the last word.
# shellcheck disable=SC2086
"$python" "$shared/tlsfuzzer/run_tlsfuzzer.py" --tlsfuzzer "$tlsfuzzer" --tlslite "$tlslite" \
    --config "$shared/tlsfuzzer/groups.json" --profile-file "$out/profile.json" $groups \
    --jobs 2 --timeout 120 --seed 1 --out "$out/results.json" --logs "$out/logs" || [ -f "$out/results.json" ]
exec "$python" "$here/compare.py" "$out/results.json" "$out/logs" "$here/EXPECTED.txt"
