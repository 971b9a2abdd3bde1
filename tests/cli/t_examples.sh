#!/usr/bin/env bash
# The example programs against the loopback server: each runs, says what it should, and ends with
# status 0; each C example also compiles as C99 without a warning.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${LEAT_BUILD:-build/gcc-release}
scratch=$(mktemp -d)
server=
failed=0
export PYTHONDONTWRITEBYTECODE=1
unset LEAT_API_KEY LEAT_BASE_URL

leave() {
    [ -z "$server" ] || kill "$server" 2>/dev/null
    wait 2>/dev/null
    rm -rf "$scratch"
}
trap leave EXIT

# check NAME STATUS LOG: prints the line, and the log when it is a failure.
check() {
    if [ "$2" -eq 0 ]; then
        echo "ok - examples: $1"
    else
        echo "not ok - examples: $1"
        tail -n 20 "$3" | sed 's/^/#   /'
        failed=1
    fi
}

for source in examples/*.c; do
    for compiler in gcc clang; do
        command -v "$compiler" >/dev/null || continue
        status=0
        "$compiler" -std=c99 -Wall -Wextra -Wpedantic -Werror -Iinclude -c "$source" \
            -o "$scratch/object.o" >"$scratch/log" 2>&1 || status=$?
        check "$source is C99 without warnings ($compiler)" "$status" "$scratch/log"
    done
done

"$build/examples/mock/leat-mock" --port 0 --tls-port 0 --ca-out "$scratch/ca.pem" --echo \
    --latency-ms 5 --fail-500 0.02 --seed 3 >"$scratch/where" 2>&1 &
server=$!
for _ in $(seq 100); do
    [ "$(wc -l <"$scratch/where")" -ge 2 ] && break
    sleep 0.05
done
plain=$(sed -n 's|^listening \(http://[^ ]*\).*|\1/v1|p' "$scratch/where")
tls=$(sed -n 's|^listening \(https://[^ ]*\).*|\1/v1|p' "$scratch/where")

# expect NAME PATTERN LINES COMMAND...: status 0, and that many lines that match.
expect() {
    local name=$1 pattern=$2 lines=$3 status=0
    shift 3
    timeout 60 "$@" >"$scratch/log" 2>&1 || status=$?
    [ "$status" -ne 0 ] || [ "$(grep -cE "$pattern" "$scratch/log")" -eq "$lines" ] || status=1
    check "$name" "$status" "$scratch/log"
}

bin=$build/examples
expect "minimal answers three prompts" '^ok: ' 3 "$bin/minimal" "$tls" "$scratch/ca.pem"
expect "simple answers in the order of the prompts" '^one$|^two words$|^three$' 3 \
    "$bin/simple" "$plain" one "two words" three
[ "$(tr '\n' ' ' <"$scratch/log")" = "one two words three " ]
check "simple: the texts are where their prompts were" $? "$scratch/log"
expect "simple marks a prompt that failed" '^Error processing prompt 2: ' 1 \
    "$bin/simple" "$plain" a "[[mock:400]]"
expect "batch gives its results in input order" '^total 40 succeeded 40 ' 1 \
    "$bin/batch" "$tls" "$scratch/ca.pem" 40
status=0
grep -E '^[0-9]+ ' "$scratch/log" | cut -d' ' -f1 | sort -nc 2>/dev/null || status=1
check "batch: indexes rise" "$status" "$scratch/log"
expect "batch can be cancelled: all items still have a result" \
    '^total [0-9]+ succeeded [0-9]+ failed 0 cancelled [1-9]' 1 \
    "$bin/batch" "$tls" "$scratch/ca.pem" 200 10
expect "host_loop shares its loop" '^answers 100 of 100, host timer ticked too$' 1 \
    "$bin/host_loop" "$tls" "$scratch/ca.pem" 100

# Its metrics: a page on the way, a wrong path, a last page when all is done.
"$bin/host_loop" "$tls" "$scratch/ca.pem" 400 0 >"$scratch/log" 2>&1 &
host=$!
status=0
timeout 30 python3 tests/cli/scrape.py "$scratch/log" 400 >>"$scratch/log" 2>&1 || status=$?
wait "$host" || status=$?
grep -q '^answers 400 of 400, ' "$scratch/log" || status=1
check "host_loop serves its metrics to Prometheus while it runs, and a last time" "$status" "$scratch/log"

expect "static_block needs no other memory" '^ok: What is a leat\?$' 1 "$bin/static_block" "$plain"
expect "local_model answers from the host's own loop, two calls at a time" \
    '^ok: [0-9]+ leats bring the water$|^42 turns, 35 pieces, 0 refused$' 8 "$bin/local_model" 7

# The service of custom_adapter ends when its input does.
mkfifo "$scratch/hold"
python3 tests/cli/plain_service.py <"$scratch/hold" >"$scratch/port" 2>"$scratch/service.log" &
exec 7>"$scratch/hold"
for _ in $(seq 100); do
    [ -s "$scratch/port" ] && break
    sleep 0.05
done
turned='(olleh \(12|tiaw \(11|mraw \(11) tokens, [12] attempts, some options left out'
expect "custom_adapter: options, texts, costs and faults of a service of its own" \
    "^ok: tiny model/1 0.200 100: $turned|^invalid_request: rude: not in that tone " 4 \
    env COMPLETE_API_KEY=k "$bin/custom_adapter" "http://127.0.0.1:$(cat "$scratch/port")/v0" \
    hello wait warm bad
exec 7>&-
if [ -e "$bin/python/libleat_c.so" ] && ! ldd "$bin/python/libleat_c.so" | grep -q asan; then
    expect "python: a batch through ctypes" '^item-[0-9]+ ok ' 30 \
        env LEAT_BUILD="$build" python3 examples/python/batch.py "$tls" "$scratch/ca.pem" 30
else
    echo "ok - examples: python: a batch through ctypes # SKIP no libleat_c.so that Python can load"
fi
exit "$failed"
