#!/usr/bin/env bash
# src/ and port/posix/ (kqueue among it) compile for macOS, where a compiler for it is at hand:
# zig, in PATH, in node_modules, or named by ZIG.
set -eu
cd "$(dirname "$0")/../.."
zig=${ZIG:-$(command -v zig || true)}
for packaged in node_modules/.bin/zig node_modules/@*/zig-*/zig; do
    if [ -z "$zig" ] && [ -x "$packaged" ]; then
        zig=$packaged
    fi
done
if [ -z "$zig" ]; then
    echo "ok - macos: src and port/posix compile # SKIP no compiler for macOS here"
    exit 0
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export ZIG_GLOBAL_CACHE_DIR=$scratch/cache ZIG_LOCAL_CACHE_DIR=$scratch/cache
failed=0
llhttp=$(for folder in /usr/share/include/llhttp /usr/include /usr/local/include; do
    [ ! -e "$folder/llhttp.h" ] || echo "$folder"
done | head -n 1)
mkdir -p "$scratch/vendor/llhttp"
cp "$llhttp/llhttp.h" "$scratch/vendor/llhttp/"

find src port/posix -name '*.cc' | sort >"$scratch/sources"
while IFS= read -r source; do
    if "$zig" c++ -target aarch64-macos -std=c++20 -fno-exceptions -fno-rtti \
        -fno-threadsafe-statics -Wall -Wextra -Werror -Iinclude -Isrc -I. -Iport/posix \
        -isystem "$scratch/vendor" -isystem "$scratch/vendor/llhttp" \
        -c "$source" -o "$scratch/object.o" >"$scratch/log" 2>&1; then
        echo "ok - macos: $source"
    else
        echo "not ok - macos: $source"
        head -n 20 "$scratch/log" | sed 's/^/#   /'
        failed=1
    fi
done <"$scratch/sources"
exit "$failed"
