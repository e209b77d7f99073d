#!/bin/sh
# fuzz-smoke.sh BUILD SECONDS - each fuzz target of BUILD: its corpus (fuzz/corpus/NAME), then SECONDS
# of fuzzing where libFuzzer is built in. Findings stay in BUILD/fuzz. Ends with `N passed, N failed`.
set -u

build=$1 seconds=$2
passed=0 failed=0
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

run() { # TARGET NAME
    corpus=fuzz/corpus/$2
    if "$1" -help=1 2>/dev/null | grep -q max_total_time; then
        mkdir -p "$scratch/$2"
        "$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -verbosity=0 \
            -artifact_prefix="$build/fuzz/$2-" "$scratch/$2" $([ -d "$corpus" ] && echo "$corpus")
    elif [ -d "$corpus" ]; then
        find "$corpus" -type f -exec "$1" {} +
    fi
}

for source in fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    [ -x "$build/fuzz/$name" ] || continue
    if run "$build/fuzz/$name" "$name" >"$build/fuzz/$name.log" 2>&1 </dev/null; then
        passed=$((passed + 1))
        echo "  $name ok"
    else
        failed=$((failed + 1))
        echo "  $name FAILED"
        tail -30 "$build/fuzz/$name.log" | sed 's/^/      /'
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
