#!/usr/bin/env bash
# The loopback server that other tests lean on, against its own tests: every fate and every option
# of leat-mock. Prints their `ok` and `not ok` lines; exit status 0 when all are ok.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
mock=${LEAT_BUILD:-$root/build/gcc-release}/examples/mock/leat-mock
if [ ! -x "$mock" ]; then
    echo "not ok - mock: leat-mock is built"
    exit 1
fi
exec python3 "$root/examples/mock/test_mock.py" "$mock"
