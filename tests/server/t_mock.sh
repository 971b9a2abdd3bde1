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
for file in "$root"/tests/server/mock/test_*"${1-}"*.py; do
    python3 "$file" "$mock" ${2+"$2"} || failed=1
done
exit "$failed"
