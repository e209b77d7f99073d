#!/usr/bin/env bash
# demo.sh TLSN - handshakes on loopback with our own certificates, and a table of what came of them.
#
# Our client and server talk to each other, and to the command lines of OpenSSL and GnuTLS in both
# roles where they are installed. Exit status 0 only if every row passed. Leaves nothing behind.
set -u

tlsn=$1
scratch=$(mktemp -d)
line='step on no pets' # a palindrome: s_server -rev answers with the reversed line
columns='%-10s %-10s %-7s %-43s %-9s %-22s %-7s %-3s %s\n'
servers=()
failed=0

cleanup() {
    for pid in "${servers[@]}"; do kill "$pid" 2>/dev/null; done
    wait 2>/dev/null
    rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

die() {
    echo "demo: $1" >&2
    [ -z "${2:-}" ] || sed 's/^/    /' "$2" | tail -20 >&2
    exit 1
}

# ---------------------------------------------------------------- certificates

certificates() {
    "$tlsn" cert ca --subject 'CN=libtls-native demo CA' --out "$scratch/ca.pem" \
        --key-out "$scratch/ca.key" 2>"$scratch/log" || die 'could not make a CA' "$scratch/log"
    for kind in ec:P-256 rsa:2048; do
        "$tlsn" cert issue --ca "$scratch/ca.pem" --ca-key "$scratch/ca.key" --key-type $kind \
            --name localhost --name 127.0.0.1 --out "$scratch/${kind%%:*}.pem" \
            --key-out "$scratch/${kind%%:*}.key" 2>"$scratch/log" ||
            die "could not issue a certificate ($kind)" "$scratch/log"
    done
    "$tlsn" cert verify --ca "$scratch/ca.pem" --name localhost "$scratch/ec.pem" \
        >"$scratch/log" 2>&1 || die 'our own certificate does not verify' "$scratch/log"
    echo 'Made with our own code: a CA, and server certificates with an ECDSA and an RSA key.'
}

# ---------------------------------------------------------------- servers

# start NAME PATTERN COMMAND... - until PATTERN, which captures the port, is in its log; sets $port
start() {
    local name=$1 pattern=$2 try
    shift 2
    : >"$scratch/$name.log"
    "$@" >"$scratch/$name.log" 2>&1 </dev/null &
    servers+=($!)
    for ((try = 0; try < 200; try++)); do
        port=$(sed -n "s/$pattern/\\1/p" "$scratch/$name.log" | head -n 1)
        [ -z "$port" ] || return 0
        kill -0 $! 2>/dev/null || return 1
        sleep 0.05
    done
    return 1
}

start_tlsn() { # NAME OPTION...
    local name=$1
    shift
    start "$name" '.*listening on .*:\([0-9]*\).*' "$tlsn" server --json "$@" \
        --cert "$scratch/ec.pem" --key "$scratch/ec.key" \
        --cert "$scratch/rsa.pem" --key "$scratch/rsa.key" 127.0.0.1:0 ||
        die "tlsn server $1 did not start" "$scratch/$name.log"
}

# gnutls-serv takes a port, but neither 0 nor an address to listen on.
start_gnutls() {
    local try
    for ((try = 0; try < 10; try++)); do
        gnutls_port=$((20000 + RANDOM))
        start gnutls 'Echo Server listening on IPv4 .* port \([0-9]*\)\.\.\.done' \
            gnutls-serv --echo --disable-client-cert --port $gnutls_port \
            --x509certfile "$scratch/ec.pem" --x509keyfile "$scratch/ec.key" && return 0
    done
    return 1
}

# ---------------------------------------------------------------- conversations

# converse LOG COMMAND... - sends the line, waits for it to come back, ends its own side
converse() {
    local log=$1 got result=1 to from pid
    shift
    coproc PEER { exec timeout 20 "$@" 2>&1; }
    pid=$PEER_PID
    exec {from}<&"${PEER[0]}" {to}>&"${PEER[1]}"
    eval "exec ${PEER[1]}>&-"
    : >"$log"
    printf '%s\n' "$line" >&"$to" 2>/dev/null
    while IFS= read -r -t 20 got <&"$from"; do
        printf '%s\n' "$got" >>"$log"
        [ "$got" = "$line" ] && result=0 && break
    done
    eval "exec $to>&-"
    cat <&"$from" >>"$log"
    eval "exec $from<&-"
    wait "$pid" || result=1
    return $result
}

field() { # NAME <JSON
    sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",}]*\).*/\1/p" | sed 's/^null$/-/' | head -n 1
}

# row CLIENT SERVER LOG RESULT - the last line of JSON in LOG (ours, whichever side that is)
row() {
    local json try
    for ((try = 0; try < 40; try++)); do
        json=$(grep '^{.*"version"' "$3" | tail -n 1)
        [ -n "$json" ] && break
        sleep 0.05
    done
    local resumed ems
    resumed=$(field resumed <<<"$json")
    ems=$(field ems <<<"$json")
    printf "$columns" "$1" "$2" "$(field version <<<"$json")" "$(field suite <<<"$json")" \
        "$(field group <<<"$json")" "$(field signature_scheme <<<"$json")" "${resumed/false/no}" \
        "${ems/true/yes}" "$([ "$4" -eq 0 ] && echo ok || echo FAILED)"
    [ "$4" -eq 0 ] && [ -n "$json" ] && return
    failed=1
    tail -5 "$3" | sed 's/^/    /'
}

our_client() { # LOG PORT OPTION...
    local log=$1 port=$2
    shift 2
    converse "$log" "$tlsn" client --json --linger 0 --timeout 15 --ca "$scratch/ca.pem" "$@" \
        "localhost:$port"
}

fetch_page() { # PORT LOG
    printf 'GET / HTTP/1.0\r\nHost: localhost\r\n\r\n' |
        timeout 20 "$tlsn" client --json --timeout 15 --ca "$scratch/ca.pem" "localhost:$1" \
        >"$2" 2>&1 &&
        grep -q 'HTTP/1.[01] 200' "$2"
}

ours() {
    start_tlsn echo --echo --policy compat
    echo_port=$port
    our_client "$scratch/a" "$echo_port" --session-out "$scratch/session"
    row tlsn tlsn "$scratch/a" $?
    our_client "$scratch/b" "$echo_port" --session-in "$scratch/session"
    row tlsn tlsn "$scratch/b" $?
    our_client "$scratch/c" "$echo_port" --suites TLS_DHE_RSA_WITH_AES_256_GCM_SHA384
    row tlsn tlsn "$scratch/c" $?
    our_client "$scratch/d" "$echo_port" --groups x448 \
        --suites TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
    row tlsn tlsn "$scratch/d" $?
    start_tlsn www --www
    fetch_page "$port" "$scratch/e"
    row tlsn 'tlsn --www' "$scratch/e" $?
}

# A foreign client is told by our server's line, so that server has a log of its own.
with_openssl() {
    start_tlsn for-openssl --echo
    converse "$scratch/f" openssl s_client -connect "127.0.0.1:$port" -servername localhost \
        -CAfile "$scratch/ca.pem" -verify_return_error -verify_hostname localhost -tls1_2
    row openssl tlsn "$scratch/for-openssl.log" $?
    start openssl 'ACCEPT .*:\([0-9]*\)$' openssl s_server -accept 127.0.0.1:0 -rev -tls1_2 \
        -cert "$scratch/rsa.pem" -key "$scratch/rsa.key" ||
        die 's_server did not start' "$scratch/openssl.log"
    our_client "$scratch/g" "$port"
    row tlsn openssl "$scratch/g" $?
}

with_gnutls() {
    start_tlsn for-gnutls --echo
    converse "$scratch/h" gnutls-cli -p "$port" 127.0.0.1 --sni-hostname=localhost \
        --verify-hostname=localhost --x509cafile "$scratch/ca.pem" \
        --priority 'NORMAL:-VERS-ALL:+VERS-TLS1.2'
    row gnutls-cli tlsn "$scratch/for-gnutls.log" $?
    start_gnutls || die 'gnutls-serv did not start' "$scratch/gnutls.log"
    our_client "$scratch/i" "$gnutls_port"
    row tlsn gnutls "$scratch/i" $?
}

certificates
echo
printf "$columns" \
    client server version suite group 'server signature' resumed EMS result
ours
skipped=
if command -v openssl >/dev/null; then with_openssl; else skipped+=' openssl'; fi
if command -v gnutls-cli >/dev/null && command -v gnutls-serv >/dev/null; then
    with_gnutls
else
    skipped+=' gnutls-cli'
fi
echo
[ -z "$skipped" ] || echo "Not installed, so not shown:$skipped"
if [ "$failed" -ne 0 ]; then
    echo 'demo: not every row passed' >&2
    exit 1
fi
echo 'Every row passed: certificate and name verified, data sent there and back, closed cleanly.'
