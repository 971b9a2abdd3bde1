#!/usr/bin/env bash
# tests/bench/simulate.sh: does `leat simulate` say what happens? The same batch for three settings,
# simulated and then for real against `leat mock` with the same limits and latency, on loopback.
# Prints a table of predicted and measured times and 429s, and fails when a time is off by more than
# 10 %.
#   tests/bench/simulate.sh [BUILD-FOLDER]      (build/gcc-release; takes some two minutes)
# ITEMS, RPM, BURST_S and LATENCY_MS change the batch and the service, HEADERS=none its answers.
# Not part of the tests: on a busy machine the real runs are late.
set -eu
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$(cd "${1:-$root/build/gcc-release}" && pwd)
leat=$build/examples/cli/leat
[ -x "$leat" ] || { echo "simulate: build $leat first" >&2; exit 2; }
items=${ITEMS:-1500} rpm=${RPM:-3000} burst_s=${BURST_S:-5} latency_ms=${LATENCY_MS:-100}
headers=${HEADERS:-openai}
work=$(mktemp -d)
mock_pid=""
stop_mock() {
    [ -z "$mock_pid" ] || { kill "$mock_pid" 2>/dev/null; wait "$mock_pid" 2>/dev/null; } || true
    mock_pid=""
}
trap 'stop_mock; rm -rf "$work"' EXIT

# The server's counters; its port stands in its first line.
port_of() { sed -n 's/.*:\([0-9]*\)$/\1/p' "$work/mock.out" | head -1; }
refused() {
    exec 3<>"/dev/tcp/127.0.0.1/$(port_of)"
    printf 'GET /admin/stats HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n' >&3
    grep -o '"limited":[0-9]*' <&3 | cut -d: -f2
    exec 3<&-
}

# predict OPTIONS: "SECONDS 429s" as the simulation has them.
predict() {
    local latency_s
    latency_s=$(awk "BEGIN { print $latency_ms / 1000 }")
    "$leat" simulate --json -n "$items" --provider-rpm "$rpm" --burst "$burst_s" --headers "$headers" \
        --retry-after ms --latency "$latency_s" --latency-spread 0 --token-time 0 \
        --prompt-tokens 20 --output-tokens 16 --output-spread 0 "$@" |
        python3 -c 'import json, sys
row = json.load(sys.stdin)["settings"][0]
print(row["seconds"], row["rate_limited"])'
}

# measure OPTIONS: the same of a real run.
measure() {
    "$leat" mock --port 0 --rpm "$rpm" --burst-s "$burst_s" --latency-ms "$latency_ms" \
        >"$work/mock.out" &
    mock_pid=$!
    until [ -n "$(port_of)" ]; do sleep 0.05; done
    [ "$headers" != none ] || set -- --ignore-headers "$@"
    rm -f "$work/out.jsonl"
    "$leat" run "$work/in.jsonl" -o "$work/out.jsonl" --base-url "http://127.0.0.1:$(port_of)/v1" \
        -m m --progress off "$@" 2>"$work/said" || { cat "$work/said" >&2; exit 1; }
    local seconds
    seconds=$(sed -n 's/^ *time *\(.*\) wall.*/\1/p' "$work/said" |
        awk '{ print $2 == "ms" ? $1 / 1000 : $2 == "min" ? $1 * 60 + $3 : $1 }')
    echo "$seconds $(refused)"
    stop_mock
}

seq 0 $((items - 1)) | sed 's/.*/{"id":"i&","prompt":"Question &?"}/' >"$work/in.jsonl"
echo "$items items, $rpm requests/min, bursts of $burst_s s, $latency_ms ms, headers: $headers"
echo
echo "| setting | predicted | measured | ratio | 429s predicted | measured |"
echo "|---|---|---|---|---|---|"
off=0
for setting in "-j auto" "-j 20" "-j auto --rpm $((rpm * 95 / 100))"; do
    # shellcheck disable=SC2086 # options are words
    read -r told_s told_429 <<<"$(predict $setting)"
    # shellcheck disable=SC2086
    read -r real_s real_429 <<<"$(measure $setting)"
    ratio=$(awk "BEGIN { printf \"%.3f\", $real_s / $told_s }")
    echo "| \`$setting\` | $told_s s | $real_s s | $ratio | $told_429 | $real_429 |"
    awk "BEGIN { exit !($ratio < 0.9 || $ratio > 1.1) }" && off=$((off + 1))
done
echo
if [ "$off" -gt 0 ]; then
    echo "$off of 3 times are off by more than 10 %"
    exit 1
fi
echo "each time is within 10 %"
