#!/usr/bin/env bash
# Shows leat at work on a fresh machine: installs what is missing, builds, runs the main job.
#   examples/demo.sh
set -eu
cd "$(dirname "$0")/.."
toolchains/setup.sh

build=build/demo
log=$build/build.log
mkdir -p "$build"
echo "demo: building (log: $log)"
if ! { cmake -S . -B "$build" -G Ninja -DLEAT_TESTS=OFF -DLEAT_EXAMPLES=ON &&
    cmake --build "$build"; } >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    exit 1
fi

# The leat command's own part of the demonstration.
if [ -x examples/cli/demo_run.sh ]; then
    LEAT_BUILD=$PWD/$build examples/cli/demo_run.sh
else
    echo "demo: built; the leat command is not part of this tree"
fi
