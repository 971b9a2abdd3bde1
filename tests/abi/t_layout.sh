#!/usr/bin/env bash
# The layout of the public structs is the committed one (x86-64, LP64). layout.py reads structs and
# fields out of the headers, so that the list is whole by construction.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${LEAT_BUILD:-$root/build/gcc-release}
expected=$root/tests/abi/layout_x86_64.txt
work=$build/tests/layout
mkdir -p "$work"

if [ "$(uname -m)" != x86_64 ]; then
    echo "ok - layout: as committed # SKIP the list is for x86-64"
    exit 0
fi

if python3 "$root/tests/abi/layout.py" "$root/include/leat" >"$work/layout.c" &&
    "${CC:-cc}" -std=c99 -I"$root/include" "$work/layout.c" -o "$work/layout" &&
    "$work/layout" >"$work/layout.txt" && diff "$expected" "$work/layout.txt" >"$work/diff.txt"; then
    echo "ok - layout: as committed"
    exit 0
fi
echo "not ok - layout: as committed"
[ -f "$work/diff.txt" ] && sed 's/^/#  /' "$work/diff.txt" | head -n 30
exit 1
