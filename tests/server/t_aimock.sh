#!/usr/bin/env bash
# leat against a mock of many providers that somebody else wrote (npm: @copilotkit/aimock), in every
# format that both speak, whole and streamed. It comes by npm into the build folder, once; where npm or
# the network is missing, the test is skipped and says so. What is checked is in provider_foreign.h.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
export LEAT_BUILD=${LEAT_BUILD:-$root/build/gcc-release}
# shellcheck source=tests/server/lib.sh
. "$root/tests/server/lib.sh"
package=@copilotkit/aimock@1.43.0
folder=$build/tests/aimock
probe=$build/tests/server/provider_probe
# Its address for Maritaca, Mistral and the like is OpenAI's.
services="openai azure mistral openai-responses anthropic anthropic-bearer gemini vertex ollama"

skip() {
    echo "ok - aimock: a foreign mock of the providers # SKIP $1"
    exit 0
}

command -v node >/dev/null && command -v npm >/dev/null || skip "node or npm is not installed"
[ "$(node -p 'Number(process.versions.node.split(".")[0])')" -ge 20 ] ||
    skip "node $(node --version) is too old for it"
mkdir -p "$folder"
if [ ! -x "$folder/node_modules/.bin/llmock" ]; then
    [ -e "$folder/package.json" ] || echo '{"private": true}' >"$folder/package.json"
    (cd "$folder" && timeout 200 npm install --no-audit --no-fund --ignore-scripts --fetch-retries 1 \
        "$package") >npm.log 2>&1 || skip "npm install: $(grep -m 1 -i 'err' npm.log)"
fi

# ---- what it shall say ------------------------------------------------------------------------

text='A leat is a \"channel\"\n\tthat brings water 水 to a mill \\ wheel; it is cut in stone.'
arguments='{\"city\":\"Évora \\\"A\\\"\",\"days\":2}'

fixture() { # fixture MATCH RESPONSE [MORE]
    printf '%s{"match":{%s},"response":{%s}%s}' "$comma" "$1" "$2" "${3-}"
    comma=,
}

fixtures() {
    local comma='' status service way
    echo '{"fixtures":['
    fixture '"userMessage":"a plain question"' "\"content\":\"$text\"" ',"chunkSize":7'
    fixture '"userMessage":"use the tool","hasToolResult":false' \
        '"toolCalls":[{"id":"call_a1","name":"get_weather","arguments":"'"$arguments"'"}]' \
        ',"chunkSize":5'
    fixture '"userMessage":"use the tool","hasToolResult":true' \
        '"content":"It will be sunny for two days, says the tool."' ',"chunkSize":9'
    for status in 400 401 500 503; do
        fixture "\"userMessage\":\"answer with status $status\"" \
            "\"error\":{\"message\":\"as you wish\",\"type\":\"error\"},\"status\":$status"
    done
    for service in $services; do
        for way in whole streamed; do
            fixture "\"userMessage\":\"limited $service/$way\",\"sequenceIndex\":0" \
                '"error":{"message":"slow","type":"rate_limit_error"},"status":429,"retryAfter":1'
            fixture "\"userMessage\":\"limited $service/$way\",\"sequenceIndex\":1" "\"content\":\"$text\""
        done
    done
    fixture '"userMessage":"break off"' "\"content\":\"$text\"" \
        ',"chunkSize":4,"latency":20,"truncateAfterChunks":4'
    echo ']}'
}
fixtures >fixtures.json

# ---- run --------------------------------------------------------------------------------------

port=$(free_port)
"$folder/node_modules/.bin/llmock" -h 127.0.0.1 -p "$port" -f fixtures.json --validate-on-load \
    --log-level warn >aimock.log 2>&1 &
server=$!
servers+=("$server")
wait_port "$port" "$server" || {
    report 'not ok' 'aimock: it listens' "$(tail -n 5 aimock.log)"
    exit 1
}
ask() { # ask SERVICE
    timeout 60 "$probe" "provider=$1" "url=http://127.0.0.1:$port" key=sk-any only=foreign \
        >"$1.tap" 2>"$1.err"
    echo $? >"$1.status"
}
for service in $services; do
    ask "$service" &
    pids+=($!)
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
