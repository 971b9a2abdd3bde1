#!/usr/bin/env bash
# The providers' official clients against leat-mock: each can talk, stream, call tools, get JSON by
# a schema and name an error. The clients come by npm into the build folder, once; where npm or the
# network is missing, the test is skipped and says so.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
export LEAT_BUILD=${LEAT_BUILD:-$root/build/gcc-release}
packages="openai @anthropic-ai/sdk @google/genai"
folder=$LEAT_BUILD/tests/npm
source "$root/tests/server/lib.sh"

skip() {
    echo "ok - npm: the official clients # SKIP $1"
    exit 0
}

[ -x "$mock" ] || {
    report 'not ok' "npm: leat-mock is built" "$mock"
    exit 1
}
command -v node >/dev/null && command -v npm >/dev/null || skip "node or npm is not installed"
[ "$(node -p 'Number(process.versions.node.split(".")[0])')" -ge 18 ] ||
    skip "node $(node --version) is too old for the clients"

mkdir -p "$folder" && cp "$root"/tests/server/npm/*.mjs "$folder/" && cd "$folder" || exit 1
for package in $packages; do
    [ -e "node_modules/$package/package.json" ] && continue
    [ -e package.json ] || echo '{"private": true}' >package.json
    # shellcheck disable=SC2086 # a list of names
    timeout 200 npm install --no-audit --no-fund --ignore-scripts --fetch-retries 1 $packages \
        >"$work/npm.log" 2>&1 || skip "npm install: $(grep -m 1 -i 'err' "$work/npm.log")"
done

cd "$work" || exit 1
start_mock clients --require-key sk-mock || {
    report 'not ok' "npm: leat-mock starts" "$(cat clients.log)"
    exit 1
}
cd "$folder" || exit 1
for script in openai anthropic genai; do
    timeout 60 node "$script.mjs" "http://127.0.0.1:$mock_plain" ||
        report 'not ok' "npm: $script.mjs ends well" "status $?"
done
exit "$failed"
