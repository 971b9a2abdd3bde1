#!/usr/bin/env bash
# The corpus of each fuzz target, fed by replay.cc: it runs where there is no libFuzzer.
# Needs $LEAT_BUILD/tests/fuzz/leat_fuzz_*. Prints a line for each target that has a source here.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${LEAT_BUILD:-$here/../../build/gcc-release}
failed=0
for source in "$here"/*_fuzz.cc; do
    name=$(basename "$source" _fuzz.cc)
    if said=$("$build/tests/fuzz/leat_fuzz_$name" "$here/corpus/$name"/* 2>&1); then
        echo "ok - corpus: $name, $said"
    else
        echo "not ok - corpus: $name"
        tail -n 20 <<<"$said" | sed 's/^/#   /'
        failed=1
    fi
done
exit "$failed"
