#!/usr/bin/env bash
# leat has at most twelve build options, and README.md has a line for each.
set -eu
cd "$(dirname "$0")/../.."
failed=0

options=$(sed -n -E 's/^[[:space:]]*(option|set)\((LEAT_[A-Z_]+).*(CACHE .*|"[^"]*" [^ ]+\))$/\2/p' \
    CMakeLists.txt)
count=$(echo "$options" | wc -l)
if [ "$count" -ge 1 ] && [ "$count" -le 12 ]; then
    echo "ok - options: $count, twelve at most"
else
    echo "not ok - options: $count, twelve at most"
    failed=1
fi

for option in $options; do
    if grep -q "^|.*\`$option\`" README.md; then
        echo "ok - options: README.md explains $option"
    else
        echo "not ok - options: README.md explains $option"
        failed=1
    fi
done

# An option made elsewhere, or named LEAT_ in the README and made nowhere, is one too many.
strays=$(grep -rnE '^[[:space:]]*option\(| CACHE (STRING|BOOL|PATH|FILEPATH) ' --include=CMakeLists.txt \
    --include='*.cmake' . --exclude-dir=build | grep -v '^\./CMakeLists.txt:' || true)
if [ -z "$strays" ]; then
    echo "ok - options: all are made in the top CMakeLists.txt"
else
    echo "not ok - options: all are made in the top CMakeLists.txt"
    printf '#   %s\n' "$strays"
    failed=1
fi
exit "$failed"
