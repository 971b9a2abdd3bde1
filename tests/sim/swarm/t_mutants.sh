#!/usr/bin/env bash
# The swarm must find every fault that is planted on purpose (src/base/mutant.h). One build with all of
# them, in build/swarm-mutants; each is chosen at run time and must be found within 15000 seeds, by one
# of the swarm's checkers. TAP: a line for each, with the checker and the number of seeds it took.
set -u
root=${LEAT_ROOT:-$(cd "$(dirname "$0")/../../.." && pwd)}
build=$root/build/swarm-mutants
swarm=$build/tests/sim/swarm/leat_swarm
seeds_max=15000

names=("a stale rate limit pauses again" "a cancelled item keeps its permit"
    "a cancelled item has no result" "a cancelled item has two results"
    "requests are not counted while others are on the wire" "a pause holds nobody back"
    "there is no slow start" "a bucket gives back more than it took"
    "nobody is told what a closed batch gave back" "a rate limit counts as an attempt"
    "both tries of a hedged item have a result" "nobody is told what a cancelled send gave back"
    "a turn is left to an endpoint that cannot take it" "a tool works on for an item that has ended"
    "a middleware can give an item another name" "a failure is answered more than once"
    "an adapter is cleaned up while a batch uses it"
    "nobody goes on when the equal item has failed")

cd "$root" || exit 1
if ! { cmake --preset gcc-release -B "$build" -DCMAKE_CXX_FLAGS=-DLEAT_MUTANTS \
    -DLEAT_TESTS=ON -DLEAT_EXAMPLES=OFF -DLEAT_HARDEN=OFF -DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 &&
    cmake --build "$build" -j "$(nproc 2>/dev/null || echo 2)" --target leat_swarm; } \
    >"$build.log" 2>&1; then
    echo "not ok - the build with mutants"
    tail -n 30 "$build.log" | sed 's/^/# /'
    exit 1
fi

failed=0
# Without a mutant the same build finds nothing.
if "$swarm" --stop --twice 0 --seeds 1-300 >/dev/null; then
    echo "ok - no mutant, no finding"
else
    echo "not ok - no mutant, but a finding"
    failed=1
fi
for ((mutant = 1; mutant <= ${#names[@]}; mutant++)); do
    name="mutant $mutant: ${names[$((mutant - 1))]}"
    found=$("$swarm" --stop --twice 0 --mutant "$mutant" --seeds "1-$seeds_max" | head -n 1)
    case $found in
    "not ok - seed "*)
        found=${found#not ok - seed }
        echo "ok - $name: found by \"$(cut -d: -f2 <<<"$found" | sed 's/^ //')\" at seed ${found%%:*}"
        ;;
    *)
        echo "not ok - $name: not found within $seeds_max seeds"
        failed=1
        ;;
    esac
done
exit "$failed"
