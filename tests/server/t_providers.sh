#!/usr/bin/env bash
# Every adapter from end to end, over TLS against leat-mock: whole and streamed answers, tools, JSON by
# a schema, several answers, pictures, thoughts, usage; each failure its status; 200 items at once.
# What is checked is in provider_*.h. The services run side by side, as most of their time is waiting.
set -u
# shellcheck source=tests/server/lib.sh
. "$(dirname "$0")/lib.sh"
probe=$build/tests/server/provider_probe
key=sk-provider-suite
services="openai azure groq maritaca mistral openai-responses maritaca-responses anthropic
    anthropic-bearer gemini vertex gemini-cached ollama"
at_once=4

# make_cache PORT: a cached content of enough tokens for services that need one; its name.
make_cache() {
    local text body
    text=$(printf 'The mill stream was cut in 1794. %.0s' {1..200})
    body='{"model":"models/gemini-2.5-mock","ttl":"600s","contents":[{"role":"user","parts":[{"text":"'
    curl -s --max-time 10 -H "x-goog-api-key: $key" -H 'Content-Type: application/json' \
        --data-binary "$body$text\"}]}]}" "http://127.0.0.1:$1/v1beta/cachedContents" |
        sed -n -E 's/.*"name": ?"(cachedContents\/[^"]+)".*/\1/p'
}

start_mock words --require-key "$key" || { report 'not ok' 'the mock runs' "$(cat words.log)"; exit 1; }
words=https://localhost:$mock_tls words_cache=$(make_cache "$mock_plain")
start_mock echo --require-key "$key" --echo --fail-429 5% --fail-500 5% --retry-after-ms 1 ||
    { report 'not ok' 'the second mock runs' "$(cat echo.log)"; exit 1; }
# Making the cache may meet a failure as well.
for ((tries = 0; tries < 20; ++tries)); do
    echo_cache=$(make_cache "$mock_plain")
    [ -z "$echo_cache" ] || break
done
[ -n "$words_cache" ] && [ -n "$echo_cache" ] || report 'not ok' 'a context cache is made'

ask() { # ask SERVICE
    local cached=()
    [ "$1" != gemini-cached ] || cached=("cached=$words_cache" "echo_cached=$echo_cache")
    timeout 120 "$probe" "provider=$1" "url=$words" ca=words.ca "key=$key" \
        "echo=https://localhost:$mock_tls" echo_ca=echo.ca ${cached[@]+"${cached[@]}"} \
        >"$1.tap" 2>"$1.err"
    echo $? >"$1.status"
}

running=0
for service in $services; do
    ask "$service" &
    pids[running++]=$!
    [ "$running" -lt "$at_once" ] || wait "${pids[running - at_once]}"
done
wait "${pids[@]}"
for service in $services; do
    cat "$service.tap"
    status=$(cat "$service.status")
    [ "$status" -eq 0 ] || failed=1
    [ "$status" -le 1 ] ||
        report 'not ok' "$service: the probe ends" "status $status: $(tail -n 3 "$service.err")"
done
exit "$failed"
