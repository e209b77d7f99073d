#!/bin/sh
# run.sh TLSN SHARED TLSFUZZER_DIR TLSLITE_DIR OUT [GROUP...] - the scripts of tlsfuzzer against tlsn server,
# by the runner in SHARED. Without GROUPs: those of TLS 1.2 whose features are there.
set -eu
tlsn=$1 shared=$2 tlsfuzzer=$3 tlslite=$4 out=$5
shift 5
skip() { echo "tlsfuzzer: skipped: $1"; exit 0; }
[ -n "$tlsfuzzer" ] && [ -d "$tlsfuzzer" ] || skip 'no TLSFUZZER_DIR'
[ -n "$tlslite" ] && [ -d "$tlslite" ] || skip 'no TLSLITE_DIR'
[ -f "$shared/tlsfuzzer/run_tlsfuzzer.py" ] || skip "no runner in $shared"
[ $# -gt 0 ] || set -- tls12-static-rsa tls12-ephemeral tls12-aead tls12-dhe tls12-ffdhe tls12-no-sslv2-hello \
    no-renegotiation session-tickets alpn server-name server-name-any no-heartbeat no-ocsp echo \
    tls12-rsa-and-pss rsapss ecdsa ed25519 ed448 client-auth-tls12
mkdir -p "$out"
sed "s|@TLSN@|$tlsn|" "$(dirname "$0")/profile.json.in" >"$out/profile.json"
groups=
for g; do groups="$groups --group $g"; done
# shellcheck disable=SC2086
exec "${PYTHON:-/usr/bin/python3}" "$shared/tlsfuzzer/run_tlsfuzzer.py" --tlsfuzzer "$tlsfuzzer" --tlslite "$tlslite" \
    --config "$shared/tlsfuzzer/groups.json" --profile-file "$out/profile.json" $groups \
    --jobs 2 --timeout 60 --seed 1 --out "$out/results.json" --logs "$out/logs"
