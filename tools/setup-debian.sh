#!/bin/sh
# setup-debian.sh GROUP... - makes sure that what the groups need is there.
#
# The table below is the one list of packages. Each row has a probe, so that nothing is asked of the
# package system (and no network is touched) while everything is there, however it got there. What
# is missing is installed with apt-get, as root or through sudo if that asks no password; else it is
# named.
set -u

# group  Debian package    probe: a command, pc:MODULE of pkg-config, h:HEADER, file:PATH, or san (sanitizers)
table='
build    gcc               cmd:${CC:-gcc}
build    binutils          cmd:ar
build    libc6-dev         h:stdlib.h
build    autoconf          cmd:autoconf
build    pkg-config        cmd:pkg-config
build    nettle-dev        pc:nettle
build    libgmp-dev        h:gmp.h
build    zlib1g-dev        pc:zlib
check    libcmocka-dev     h:stddef.h,setjmp.h,stdarg.h,stdint.h,cmocka.h
check    python3           cmd:python3
check    openssl           cmd:openssl
check    libbrotli-dev     pc:libbrotlienc
check    libzstd-dev       pc:libzstd
check    libp11-kit-dev    pc:p11-kit-1
check    softhsm2          cmd:softhsm2-util
check    gnutls-bin        cmd:p11tool
check    p11-kit           cmd:p11-kit
check    ca-certificates   file:/etc/ssl/certs/ca-certificates.crt
clang    clang             cmd:clang
clang    libclang-rt-dev   san:clang
clang    llvm              cmd:llvm-symbolizer
interop  openssl           cmd:openssl
interop  gnutls-bin        cmd:gnutls-cli
interop  curl              cmd:curl
interop  python3           cmd:python3
peers    golang-go         cmd:go
peers    default-jdk-headless cmd:javac
peers    libbctls-java     file:/usr/share/java/bctls.jar
peers    libbcutil-java    file:/usr/share/java/bcutil.jar
peers    libmbedtls-dev    h:mbedtls/ssl.h
peers    libwolfssl-dev    h:wolfssl/options.h
peers    libbearssl-dev    h:bearssl.h
peers    libnss3-tools     cmd:tstclnt
peers    libnss3-dev       pc:nss
peers    nodejs            cmd:node
peers    npm               cmd:npm
peers    python3-venv      cmd:python3
peers    cargo             cmd:cargo
peers    perl              cmd:perl
peers    zlib1g-dev        h:zlib.h
valgrind valgrind          cmd:valgrind
bench    libssl-dev        pc:openssl
bench    libgnutls28-dev   pc:gnutls
'

compiles() { # HEADER,...
    printf '#include <%s>\n' $(echo "$1" | tr , ' ') |
        ${CC:-gcc} -E -x c - >/dev/null 2>&1
}

sanitizes() { # COMPILER
    probe=$(mktemp) || return 1
    echo 'int main(void) { return 0; }' | "$1" -fsanitize=address -x c - -o "$probe" 2>/dev/null
    result=$?
    rm -f "$probe"
    return $result
}

present() { # PROBE
    case $1 in
    cmd:*) command -v "${1#cmd:}" >/dev/null 2>&1 ;;
    pc:*) pkg-config --exists "${1#pc:}" 2>/dev/null ;;
    h:*) compiles "${1#h:}" ;;
    file:*) [ -e "${1#file:}" ] ;;
    san:*) sanitizes "${1#san:}" ;;
    esac
}

missing() { # GROUP... -> packages, one a line
    echo "$table" | while read -r group package probe; do
        case " $* " in *" $group "*) ;; *) continue ;; esac
        present "$(eval "echo $probe")" || echo "$package"
    done | sort -u
}

need=$(missing "$@" | tr '\n' ' ')
[ -n "$need" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "setup: missing (Debian package names): $need" >&2
    exit 1
fi
as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
        echo "setup: missing packages; run as root: apt-get install $need" >&2
        exit 1
    fi
    as_root='sudo -n'
fi

echo "setup: installing $need" >&2
apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120"
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
# Without a network the lists may be stale and the packages still be in the cache.
$apt update >"$log" 2>&1 </dev/null
if ! $apt install -y --no-install-recommends $need >>"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    echo "setup: apt-get could not install: $need" >&2
    exit 1
fi
still=$(missing "$@" | tr '\n' ' ')
if [ -n "$still" ]; then
    echo "setup: installed, but still not usable: $still" >&2
    exit 1
fi
