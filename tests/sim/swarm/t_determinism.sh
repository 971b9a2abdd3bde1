#!/usr/bin/env bash
# The same seeds give the same traces whatever compiled them: gcc -O2, the build that all tests use, and
# clang -O0 with sanitizers, the one of the asan family. LEAT_SWARM_PRESETS="gcc-release gcc-debug
# clang-release clang-debug" compares others; leat_swarm alone is built for them, in build/swarm-*.
# TAP: a line for each pair. LEAT_SWARM_HASH_SEEDS: which seeds (1-500).
set -u
root=${LEAT_ROOT:-$(cd "$(dirname "$0")/../../.." && pwd)}
seeds=${LEAT_SWARM_HASH_SEEDS:-1-500}
jobs=$(nproc 2>/dev/null || echo 2)
read -ra presets <<<"${LEAT_SWARM_PRESETS:-gcc-release clang-asan}"

# folder_of PRESET: where its build lies.
folder_of() {
    case $1 in
    gcc-release) echo "${LEAT_BUILD:-$root/build/gcc-release}" ;;
    clang-asan) echo "$root/build/clang-asan" ;;
    *) echo "$root/build/swarm-$1" ;;
    esac
}

cd "$root" || exit 1
failed=0
declare -A hashes
for preset in "${presets[@]}"; do
    folder=$(folder_of "$preset")
    log=$root/build/swarm-$preset.log
    mkdir -p "$root/build"
    if ! { { [ -e "$folder/build.ninja" ] ||
        cmake --preset "$preset" -B "$folder" -DLEAT_WERROR=ON -DLEAT_TESTS=ON -DLEAT_EXAMPLES=ON; } &&
        cmake --build "$folder" -j "$jobs" --target leat_swarm; } >"$log" 2>&1; then
        echo "not ok - leat_swarm builds with $preset"
        tail -n 30 "$log" | sed 's/^/# /'
        failed=1
        continue
    fi
    hashes[$preset]=$("$folder/tests/sim/swarm/leat_swarm" --hash --twice 0 --seeds "$seeds" | tail -n 1)
done
reference=${hashes[gcc-release]:-none}
echo "# seeds $seeds, gcc -O2: $reference"
for preset in "${presets[@]:1}"; do
    if [ "${hashes[$preset]:-}" = "$reference" ]; then
        echo "ok - $preset repeats gcc-release"
    else
        echo "not ok - $preset has the traces ${hashes[$preset]:-none}, gcc-release $reference"
        failed=1
    fi
done
exit "$failed"
