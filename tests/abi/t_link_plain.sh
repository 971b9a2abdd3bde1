#!/usr/bin/env bash
# A C99 program links with plain cc and the three archives alone: no C++ library, no compiler
# runtime beyond C's, no TLS library of the system.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${LEAT_BUILD:-$root/build/gcc-release}
work=$(mktemp -d "${TMPDIR:-/tmp}/link.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

verdict() { # verdict STATUS NAME [LOG]
    if [ "$1" -eq 0 ]; then
        echo "ok - plain link: $2"
    else
        echo "not ok - plain link: $2"
        [ -z "${3-}" ] || head -n 12 "$3" | sed 's/^/#  /'
        failed=1
    fi
}

archives=("$build/port/libleat_posix.a" "$build/port/libleat_mbedtls.a" "$build/src/libleat.a")
for compiler in cc gcc clang; do
    command -v "$compiler" >/dev/null || continue
    "$compiler" -std=c99 -pedantic -Wall -Wextra -Werror -I"$root/include" \
        "$root/tests/abi/link_plain.c" -Wl,--fatal-warnings "${archives[@]}" -o "$work/program" \
        >"$work/log" 2>&1
    verdict $? "C99 by $compiler, only the archives" "$work/log"
done
# The order of the archives is the user's: a group must not be needed in the documented order.
readelf -d "$work/program" | grep NEEDED >"$work/needed"
grep -vE 'libc\.so|ld-linux|linux-vdso' "$work/needed" >"$work/surplus"
verdict $((! $?)) "needs the C library alone" "$work/surplus"
timeout 20 "$work/program" >"$work/log" 2>&1
verdict $? "the program runs" "$work/log"
cc -std=c99 -static -I"$root/include" "$root/tests/abi/link_plain.c" "${archives[@]}" \
    -o "$work/static" >"$work/log" 2>&1 && timeout 20 "$work/static" >>"$work/log" 2>&1
verdict $? "fully static as well" "$work/log"
exit "$failed"
