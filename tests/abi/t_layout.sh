#!/usr/bin/env bash
# The layout of the public structs is the committed one (x86-64, LP64), and layout.c knows every
# struct and every field that the headers declare.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${LEAT_BUILD:-$root/build/gcc-release}
expected=$root/tests/abi/layout_x86_64.txt
failed=0

if [ "$(uname -m)" != x86_64 ]; then
    echo "ok - layout: as committed # SKIP the list is for x86-64"
    exit 0
fi

if "$build/tests/leat_abi_layout" | diff "$expected" - >"${TMPDIR:-/tmp}/layout.$$"; then
    echo "ok - layout: as committed"
else
    echo "not ok - layout: as committed"
    sed 's/^/#  /' "${TMPDIR:-/tmp}/layout.$$" | head -n 30
    failed=1
fi
rm -f "${TMPDIR:-/tmp}/layout.$$"

# Structs with a body in the C headers, the simulator's aside (it is for tests, not for programs).
for header in "$root"/include/leat/*.h; do
    case ${header##*/} in sim.h) continue ;; esac
    sed -n -E 's/^typedef struct ([a-z_]+) \{.*/\1/p' "$header"
done | sort >"${TMPDIR:-/tmp}/declared.$$"
sed -n -E 's/^([a-z_]+) size .*/\1/p' "$expected" | sort | diff "${TMPDIR:-/tmp}/declared.$$" - \
    >"${TMPDIR:-/tmp}/missing.$$"
if [ -s "${TMPDIR:-/tmp}/missing.$$" ]; then
    echo "not ok - layout: every public struct is listed"
    sed 's/^/#  /' "${TMPDIR:-/tmp}/missing.$$"
    failed=1
else
    echo "ok - layout: every public struct is listed"
fi
rm -f "${TMPDIR:-/tmp}/declared.$$" "${TMPDIR:-/tmp}/missing.$$"
exit "$failed"
