#!/usr/bin/env bash
# The loopback server that other tests lean on, against its own tests: each wire format, every fate
# and every option of leat-mock. Prints their `ok` and `not ok` lines; exit status 0 when all are ok.
#   t_mock.sh [FILE-FILTER [TEST-FILTER]]
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
mock=${LEAT_BUILD:-$root/build/gcc-release}/examples/mock/leat-mock
export PYTHONDONTWRITEBYTECODE=1
failed=0
if [ ! -x "$mock" ]; then
    echo "not ok - mock: leat-mock is built"
    exit 1
fi
# Recorded requests, for test_recorded.py: beside the checkout, or beside the repository of a linked
# work tree, where no other place is named.
if [ -z "${LEAT_RECORDED_DIR-}" ]; then
    main=$(git -C "$root" rev-parse --path-format=absolute --git-common-dir 2>/dev/null) || main=""
    for folder in "$root/../shared/recorded" "${main:+${main%/.git}/../shared/recorded}"; do
        [ ! -d "$folder" ] || export LEAT_RECORDED_DIR="$folder"
    done
fi
for file in "$root"/tests/server/mock/test_*"${1-}"*.py; do
    python3 "$file" "$mock" ${2+"$2"} || failed=1
done
exit "$failed"
