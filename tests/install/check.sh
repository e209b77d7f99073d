#!/bin/sh
# check.sh - installs into a scratch directory, and builds a program against what is there, through
# pkg-config, shared and static. Environment: MAKE, CC, BUILD. Ends with `N passed, N failed`.
set -u

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
root=$scratch/root
here=$(dirname "$0")
passed=0 failed=0

check() { # WHAT COMMAND...
    what=$1
    shift
    if "$@" >"$scratch/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $what"
        tail -20 "$scratch/log" | sed 's/^/    /'
    fi
}

# Command lines that need a shell of their own.
sh_check() { # WHAT SCRIPT
    check "$1" sh -ec "$2"
}

make_install() {
    ${MAKE:-make} --no-print-directory BUILD="${BUILD:-build}" DESTDIR="$root" prefix=/usr \
        exec_prefix=/usr bindir=/usr/bin libdir=/usr/lib includedir=/usr/include "$@"
}

check 'make install' make_install install
flags='-Wall -Wextra -Werror'
export root here scratch flags CC="${CC:-cc}"
export PKG_CONFIG_PATH="$root/usr/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root"
lib=$root/usr/lib

for file in libtls-native.a libtls-native.so libtls-native.so.0 pkgconfig/tls-native.pc; do
    check "$file is installed" test -e "$lib/$file"
done
check 'tlsn is installed' test -x "$root/usr/bin/tlsn"
sh_check 'the soname is libtls-native.so.0' \
    'readelf -d "$root/usr/lib/libtls-native.so" | grep -q "SONAME.*\[libtls-native.so.0\]"'

for header in $(cd "$root/usr/include" && find . -name '*.h' | sed 's,^\./,,' | sort); do
    echo "#include <$header>" >"$scratch/header.h"
    check "<$header> compiles alone" \
        $CC -std=c11 -pedantic $flags -I"$root/usr/include" -x c -c "$scratch/header.h" -o /dev/null
    if command -v g++ >/dev/null; then
        check "<$header> compiles as C++" \
            g++ $flags -I"$root/usr/include" -x c++ -c "$scratch/header.h" -o /dev/null
    fi
done

sh_check 'a program compiles with pkg-config' \
    '$CC "$here/version.c" -o "$scratch/shared" $(pkg-config --cflags --libs tls-native)'
sh_check 'it runs with the shared library' 'LD_LIBRARY_PATH=$root/usr/lib "$scratch/shared"'
sh_check 'it names the version that pkg-config does' \
    'LD_LIBRARY_PATH=$root/usr/lib "$scratch/shared" | grep -q "^$(pkg-config --modversion tls-native) "'
sh_check 'it needs no library but ours' \
    'test "$(readelf -d "$scratch/shared" | grep -c "NEEDED.*\(nettle\|hogweed\|gmp\)")" = 0'
for source in examples/*.c; do
    export source
    sh_check "$source compiles against the installed tree" \
        '$CC $flags "$source" -o "$scratch/example" $(pkg-config --cflags --libs tls-native)'
done
sh_check 'a static program links with pkg-config --static' \
    '$CC -static "$here/version.c" -o "$scratch/static" \
        $(pkg-config --static --cflags --libs tls-native)'
check 'it runs' "$scratch/static"

sed -n '/^    #include <tls-native.h>/,/^    }/s/^    //p' README >"$scratch/readme.c"
sh_check "README's example compiles" \
    '$CC -std=c11 $flags -c "$scratch/readme.c" -o /dev/null $(pkg-config --cflags tls-native)'

unset PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
check 'make uninstall' make_install uninstall
sh_check 'uninstall leaves no file' 'test -z "$(find "$root" -type f -o -type l)"'

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
