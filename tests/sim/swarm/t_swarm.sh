#!/usr/bin/env bash
# The swarm's seeds: 1-10000, or those of LEAT_SWARM_SEEDS (FIRST-LAST), in as many processes as there
# are cores; then a few hundred that no run had before, unless LEAT_SWARM_SEEDS asks for certain ones.
# TAP: one line for each 100 seeds. Needs build/gcc-release/tests/sim/swarm/leat_swarm, or LEAT_SWARM.
set -u
root=${LEAT_ROOT:-$(cd "$(dirname "$0")/../../.." && pwd)}
swarm=${LEAT_SWARM:-${LEAT_BUILD:-$root/build/gcc-release}/tests/sim/swarm/leat_swarm}
seeds=${LEAT_SWARM_SEEDS:-1-10000}
jobs=$(nproc 2>/dev/null || echo 2)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
failed=0

# run_shards SEEDS [OPTION...]: prints what all shards said, one after the other.
run_shards() {
    local range=$1 shard status pids=()
    shift
    for ((shard = 0; shard < jobs; shard++)); do
        "$swarm" --tap --seeds "$range" --shard "$shard/$jobs" "$@" >"$out/$shard" 2>&1 &
        pids+=($!)
    done
    for ((shard = 0; shard < jobs; shard++)); do
        status=0
        wait "${pids[$shard]}" || status=$?
        cat "$out/$shard"
        [ "$status" -eq 0 ] || failed=1
        if [ "$status" -ne 0 ] && ! grep -q '^not ok' "$out/$shard"; then
            echo "not ok - swarm of seeds $range, shard $shard/$jobs: stopped with status $status"
        fi
    done
}

run_shards "$seeds"
if [ -z "${LEAT_SWARM_SEEDS:-}" ]; then
    first=$(($(date +%s) * 1000))
    echo "# fresh seeds $first-$((first + 399))"
    run_shards "$first-$((first + 399))"
fi
exit "$failed"
