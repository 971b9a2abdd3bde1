#!/usr/bin/env bash
# A batch of all kinds, shown against the loopback server: items with tools that are commands of this
# machine, items that must satisfy a schema, two conversations side by side, items that ask the same; killed
# in the middle, resumed, and run once more from the cache. Ends by counting; the files stay in LEAT_BUILD.
set -eu
cd "$(dirname "$0")/../.."
build=${LEAT_BUILD:-build/gcc-release}
leat=$build/examples/cli/leat
work=$build/mixed
rm -rf "$work"
mkdir -p "$work"

# Every third line asks for a tool, every third for a form, every third is a turn of a conversation.
form='{"type":"object","properties":{"name":{"type":"string"},"legs":{"type":"integer"}},
    "required":["name","legs"],"additionalProperties":false}'
form=${form//$'\n'/}
who=(anna ben)
for ((i = 0; i < 40; i++)); do
    printf '{"id":"tool-%02d","prompt":"Use the tool to find out what weighs %d kg"}\n' "$i" "$i"
    printf '{"id":"form-%02d","prompt":"Describe animal %d","schema":%s}\n' "$i" "$((i % 20))" "$form"
    printf '{"id":"talk-%02d","conversation":"%s","prompt":"Turn %d"}\n' "$i" "${who[i % 2]}" "$((i / 2))"
done >"$work/mixed.jsonl"
cat >"$work/tools.json" <<'TOOLS'
[{"name":"look_up","description":"Looks a thing up","parameters":{"type":"object",
  "properties":{"query":{"type":"string"}},"required":["query"]},
  "command":["sh","-c","cat; echo ' was found'"]}]
TOOLS
items=$(wc -l <"$work/mixed.jsonl")

"$leat" mock --port 0 --latency-ms 60 >"$work/mock.txt" &
mock=$!
trap 'kill "$mock" 2>/dev/null || true' EXIT
for ((n = 0; n < 100; n++)); do
    url=$(grep -o 'http://127.0.0.1:[0-9]*' "$work/mock.txt" 2>/dev/null || true)
    [ -z "$url" ] || break
    sleep 0.05
done

export OPENAI_API_KEY=none
run() {
    local go=()
    [ "$BASHPID" = "$$" ] || go=(exec) # in the background: so that its id is the command's
    "${go[@]}" "$leat" run "$work/mixed.jsonl" -o "$work/$1" -p openai --base-url "$url/v1" \
        -m gpt-4o-mini --tools "$work/tools.json" --history named --transcript "$work/transcript.jsonl" \
        --cache "$work/answers.db" --dedupe on -j 4 "${@:2}"
}

echo
echo "demo: $items items of all kinds: tools that are commands, schemas, conversations, repeated questions;"
echo "demo: killed after half a second ..."
run out.jsonl -q &
leat_run=$!
sleep 0.5
kill -9 "$leat_run" 2>/dev/null || true
wait "$leat_run" 2>/dev/null || true
echo "demo: ... with $(grep -c '"custom_id"' "$work/out.jsonl" || true) records; --resume goes on:"
run out.jsonl --resume --report "$work/report.html" --metrics "$work/metrics.txt"

echo
echo "demo: the same once more, from the cache:"
run again.jsonl

count() { grep -c "$1" "$2" || true; }
records=$(count '"custom_id"' "$work/out.jsonl")
steps=$(count '"name":"look_up"' "$work/out.jsonl")
turns=$(grep -o '"role":"assistant"' "$work/transcript.jsonl" | wc -l)
cached=$(count '"cached":true' "$work/again.jsonl")
echo
echo "demo: $records records for $items items, $steps with tools, $turns turns in the transcript," \
    "$cached answered from the cache"
echo "demo: $work has report.html, metrics.txt, transcript.jsonl, answers.db"
[ "$records" -eq "$items" ] && [ "$steps" -eq 40 ] && [ "$turns" -eq 40 ] && [ "$cached" -ge 80 ]
