#!/usr/bin/env bash
# tests/bench/bench.sh: leat beside its peers, in one run, on loopback: a bare send/receive loop
# (floor), wrk and libcurl. Prints markdown tables of medians and ratios on standard output.
#   tests/bench/bench.sh [--quick] [--rounds N] [BUILD-FOLDER]      (build/gcc-release)
# The client runs on core 0, the server on core 1, rounds are interleaved, so a neighbour's noise
# falls on all. Read "CPU us": user and system time of the client per request, warm; requests/s
# ends where the server does. Needs what toolchains/setup.sh --bench installs.
# shellcheck disable=SC2046 # figures of a line are words
set -eu
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
rounds=3 quick=no build=$root/build/gcc-release
while [ $# -gt 0 ]; do
    case $1 in
    --quick) quick=yes rounds=1 ;;
    --rounds) rounds=$2 && shift ;;
    -*) echo "usage: bench.sh [--quick] [--rounds N] [BUILD-FOLDER]" >&2 && exit 2 ;;
    *) build=$(cd "$1" && pwd) ;;
    esac
    shift
done

tools=$build/tests/bench
mock=$build/examples/mock/leat-mock
for need in "$tools/leat_bench" "$tools/floor" "$tools/sample" "$mock"; do
    [ -x "$need" ] || { echo "bench: build $need first (-DLEAT_BENCH=ON)" >&2; exit 2; }
done
client_core=0 server_core=1
[ "$(nproc)" -gt 1 ] || server_core=0
work=$(mktemp -d)
mock_pid="" nginx_pid=""
# shellcheck source=tests/bench/nginx.sh
. "$here/nginx.sh"
stop_mock() {
    [ -z "$mock_pid" ] || { kill "$mock_pid" 2>/dev/null; wait "$mock_pid" 2>/dev/null; } || true
    mock_pid=""
}
trap 'set +e; stop_mock; stop_nginx; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
ulimit -n "$(ulimit -H -n)"
results=$work/results
: >"$results"

value() { sed -n "s/.*\b$1=\([^ ]*\).*/\1/p" <<<"$2"; }
# note CASE TOOL CPU_US REQ_S RSS_KIB FAILED [P50 P99]
note() { echo "$*" >>"$results"; }
say() { echo "bench: $*" >&2; }
on_client() { taskset -c $client_core timeout 100 "$@"; }

note_own() { # CASE TOOL LINE
    note "$1" "$2" "$(value cpu_us "$3")" "$(value req_s "$3")" "$(value rss_kib "$3")" \
        "$(value failed "$3")" "$(value p50_ms "$3")" "$(value p99_ms "$3")"
}
run_leat() { # CASE URL CONCURRENCY TOTAL
    note_own "$1" leat "$(on_client "$tools/leat_bench" "$2/v1" "$3" "$4" ca="$ca" \
        warm=$(($3 * 3 + 500)))"
}
run_curl() {
    [ -x "$tools/curl_bench" ] || return 0
    note_own "$1" curl "$(on_client "$tools/curl_bench" "$2/v1" "$3" "$4" ca="$ca" \
        warm=$(($3 * 2 + 500)))"
}
run_floor() { # CASE PORT CONCURRENCY TOTAL
    local out
    out=$(on_client "$tools/floor" 127.0.0.1 "$2" "$3" "$4" "$work/request" | tail -n 1)
    note "$1" floor $(awk '{print $4, $2, $6}' <<<"$out") 0
}
# wrk tells no CPU time and counts from its start: sample looks at it while it is warm.
run_wrk() { # CASE URL CONCURRENCY FROM TO REPLY-BYTES
    local out told until
    command -v wrk >/dev/null || return 0
    until=$(awk -v t="$5" 'BEGIN { print int(t + 1.2) }')
    out=$(BENCH_REQUEST=$work/request on_client "$tools/sample" "$4" "$5" wrk -t1 -c"$3" \
        -d"$until" --latency -s "$here/post.lua" "$2/v1/chat/completions" 2>"$work/sample")
    told=$(tail -n 1 "$work/sample")
    note "$1" wrk $(awk -v bytes="$(value window_bytes "$told")" -v each="$6" \
        -v cpu="$(value window_cpu_s "$told")" -v wall="$(value window_s "$told")" \
        'BEGIN { n = bytes / each; if (n < 1) n = 1; printf "%.2f %.0f", cpu * 1e6 / n, n / wall }') \
        "$(value rss_kib "$told")" "$(awk '/Non-2xx|Socket errors/ { f = 1 } END { print f + 0 }' \
        <<<"$out")" $(awk 'function ms(t) { return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000 }
        /^ +50%/ { a = ms($2) } /^ +99%/ { b = ms($2) } END { print a + 0, b + 0 }' <<<"$out")
}

# Requests a run: about a second for each, save with --quick.
scaled() { if [ $quick = yes ]; then echo $(($1 / 4)); else echo "$1"; fi; }

fast_round() {
    local c
    for c in 1 16 256 2000; do
        local many=120000 some=25000
        [ "$c" -ne 1 ] || many=10000 some=8000
        [ "$c" -ne 2000 ] || some=8000
        say "plain, $c in flight"
        run_floor "plain-$c" "$plain" "$c" "$(scaled $many)"
        run_leat "plain-$c" "http://127.0.0.1:$plain" "$c" "$(scaled $many)"
        run_wrk "plain-$c" "http://127.0.0.1:$plain" "$c" 0.6 1.7 1168
        run_curl "plain-$c" "http://127.0.0.1:$plain" "$c" "$(scaled $some)"
        say "TLS, $c in flight"
        run_leat "tls-$c" "https://127.0.0.1:$secure" "$c" "$(scaled $((many / 2 + 5000)))"
        # wrk's 2,000 full handshakes come first. 22 bytes: TLS 1.3's record around a reply.
        if [ "$c" -ne 2000 ]; then
            run_wrk "tls-$c" "https://127.0.0.1:$secure" "$c" 0.8 1.8 1190
        else
            run_wrk "tls-$c" "https://127.0.0.1:$secure" "$c" 4.5 5.7 1190
        fi
        run_curl "tls-$c" "https://127.0.0.1:$secure" "$c" "$(scaled $some)"
    done
}

# 2,000 connections, none of them kept: each answer needs a handshake of its own.
cold_round() {
    local out
    say "2,000 TLS connections from cold"
    out=$(on_client "$tools/leat_bench" "https://127.0.0.1:$closing/v1" 2000 2000 ca="$ca")
    note cold leat "$(value cpu_s "$out")" "$(value req_s "$out")" "$(value rss_kib "$out")" \
        "$(value failed "$out")" "$(value full "$out")" "$(value resumed "$out")"
    [ -x "$tools/curl_bench" ] || return 0
    out=$(on_client "$tools/curl_bench" "https://127.0.0.1:$closing/v1" 2000 2000 ca="$ca")
    note cold curl "$(value cpu_s "$out")" "$(value req_s "$out")" "$(value rss_kib "$out")" \
        "$(value failed "$out")"
}

start_round() {
    local kind url
    say "process start to first answer"
    for kind in plain tls; do
        url=http://127.0.0.1:$plain/v1
        [ $kind = plain ] || url=https://127.0.0.1:$secure/v1
        note "start-$kind" leat "$(start_ms leat_bench "$url")" 0 0 0
        [ ! -x "$tools/curl_bench" ] || note "start-$kind" curl "$(start_ms curl_bench "$url")" 0 0 0
    done
}
start_ms() { # PROGRAM URL: the whole process, in milliseconds
    on_client "$tools/sample" 0 0 "$tools/$1" "$2" 1 1 ca="$ca" 2>"$work/sample" >/dev/null
    awk -v s="$(value wall_s "$(cat "$work/sample")")" 'BEGIN { printf "%.2f", s * 1000 }'
}

slow_round() {
    local total=160000 until=4.8
    [ $quick = no ] || total=60000 until=2.8
    taskset -c $server_core "$mock" --port "$mock_port" --latency-ms 50 --tokens 4 --quiet \
        --keepalive-s 0 >"$work/mock.log" 2>&1 &
    mock_pid=$!
    for _ in $(seq 100); do
        curl -s -o /dev/null "http://127.0.0.1:$mock_port/admin/stats" && break
        sleep 0.05
    done
    local size
    size=$(curl -s -i -X POST -H 'Content-Type: application/json' --data-binary \
        "@$work/body.json" "http://127.0.0.1:$mock_port/v1/chat/completions" | wc -c)
    say "2,000 in flight, a server that takes 50 ms (replies of $size bytes)"
    run_leat slow-2000 "http://127.0.0.1:$mock_port" 2000 "$total"
    run_wrk slow-2000 "http://127.0.0.1:$mock_port" 2000 1.0 $until "$size"
    stop_mock
}

start_nginx || { say "nginx did not start"; cat "$work/nginx.log" >&2; exit 1; }
mock_port=$((plain + 5))
"$tools/curl_bench" --request "127.0.0.1:$plain" >"$work/request"
sed '1,/^\r$/d' "$work/request" >"$work/body.json"
for round in $(seq "$rounds"); do
    say "round $round of $rounds"
    fast_round
    cold_round
    start_round
    slow_round
done
awk -f "$here/table.awk" "$results"
