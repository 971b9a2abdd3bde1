#!/usr/bin/env bash
# The main job, shown: prompts in fourteen languages, through TLS, to the built-in server, which
# answers late (log-normal), says 429 now and then and fails some requests. Ends by counting that
# out.jsonl has one line per input; then demo_mixed.sh shows a batch of all kinds. LEAT_BUILD names the
# build; out.jsonl is left in it.
set -eu
cd "$(dirname "$0")/../.."
build=${LEAT_BUILD:-build/gcc-release}
leat=$build/examples/cli/leat
prompts=$build/prompts.jsonl
out=$build/out.jsonl

# Every task with every text: examples/prompts/tasks.tsv x texts.tsv. Neither has a character
# that JSON would want escaped.
awk -F '\t' '
    FILENAME ~ /texts/ { name[++texts] = $1; text[texts] = $2; next }
    { ++tasks
      for (i = 1; i <= texts; ++i)
          printf "{\"id\":\"%s-%02d-%s\",\"prompt\":\"%s\\n\\n%s\",\"metadata\":{\"language\":\"%s\"}}\n",
              $1, tasks, name[i], $2, text[i], $1 }
' examples/prompts/texts.tsv examples/prompts/tasks.tsv >"$prompts"
items=$(wc -l <"$prompts")
echo "demo: $items prompts, for example:"
sed -n '1p;255p;461p;574p' "$prompts" | LC_ALL=C.UTF-8 sed -E 's/^(.{0,90}).*/    \1.../'

rm -f "$out"
echo "demo: leat run $prompts -o $out"
status=0
"$leat" run "$prompts" -o "$out" --provider mock --max-in-flight 16 --backoff 0.2 --slow-start 4 \
    --mock-options '--latency-ms lognormal:200:0.5 --tokens 20:120
        --fail-429 0.3% --retry-after-ms 150 --fail-500 3% --seed 7' || status=$?

# One record per input: as many as inputs, and the same ids, each once. The first line of the
# file names the settings.
records=$(tail -n +2 "$out" | wc -l)
ids() { sed -E 's/^\{"id":"([^"]*)".*/\1/' | sort; }
if [ "$records" -eq "$items" ] && [ -z "$(tail -n +2 "$out" | ids | uniq -d)" ] &&
    [ "$(ids <"$prompts" | cksum)" = "$(tail -n +2 "$out" | ids | cksum)" ]; then
    echo "demo: $out has $records records for $items prompts, every id exactly once"
else
    echo "demo: $out has $records records for $items prompts" >&2
    exit 1
fi
[ "$status" -eq 0 ] || exit "$status"
exec examples/cli/demo_mixed.sh
