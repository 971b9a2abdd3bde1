#!/usr/bin/env bash
# Many items against a server that fails in every way: each has exactly one result, memory is as
# large at the end as early on, descriptors are back where they began.
#   LEAT_SOAK_ITEMS=1000000 tests/server/t_soak.sh   for a long one (20000 otherwise)
set -u
# shellcheck source=tests/server/lib.sh
. "$(dirname "$0")/lib.sh"
items=${LEAT_SOAK_ITEMS:-20000}

soak() { # soak TITLE URL ARGUMENT...
    local title=$1
    shift
    said=$(timeout $((60 + items / 200)) "$probe" "url=$1" "items=$items" c=64 backoff=1 attempts=6 \
        "limit_s=$((50 + items / 250))" "${@:2}" 2>"$title.err")
    expect "$title: every item has its one result" 'ended = 1' "results -eq $items" \
        'missing -eq 0' 'twice -eq 0'
    # Six attempts at a failure rate of some 17 %: about 24 of a million fail for good.
    expect "$title: nearly all succeed, after retries" "succeeded -ge $((items - items / 2000 - 3))" \
        "retries -gt $((items / 50))" "rate_limited -gt $((items / 100))"
    local early late
    early=$(get rss_early) late=$(get rss_late)
    if [ "$early" -gt 0 ] && [ $((late - early)) -le 2048 ]; then
        report ok "$title: resident memory is flat ($early KiB at a fifth, $late KiB at the end)"
    else
        report 'not ok' "$title: resident memory is flat" "$early KiB, then $late KiB"
    fi
    expect "$title: descriptors are given back" "descriptors_after -eq $(get descriptors_before)"
}

start_mock soak --fail-429 3% --fail-500 3% --fail-503 3% --fail-reset 3% --fail-truncate 3% \
    --fail-slow 2% --slow-ms 1 --retry-after-ms 1 --keepalive-requests 50 --tokens 4:60 ||
    { report 'not ok' 'the mock runs' "$(cat soak.log)"; exit 1; }
# Both at once: they mostly wait for pauses.
(soak 'plain' "http://127.0.0.1:$mock_plain/v1"; exit "$failed") >plain.tap &
plain=$!
soak 'TLS' "https://localhost:$mock_tls/v1" "ca=soak.ca"
wait "$plain" || failed=1
cat plain.tap
exit "$failed"
