# shellcheck shell=bash
# What the t_* scripts of this folder share: a work folder, servers that are ended by their pid,
# free ports, the probe's answers, TAP lines. Source it after `set -u`.
export LC_ALL=C
build=${LEAT_BUILD:?is the build folder}
probe=$build/tests/server/engine_probe
mock=$build/examples/mock/leat-mock
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/leat-server.XXXXXX") || exit 1
failed=0
servers=()

end_all() {
    local pid
    for pid in ${servers[@]+"${servers[@]}"}; do
        kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
    done
    servers=()
}
trap 'end_all; rm -rf "$work"' EXIT
cd "$work" || exit 1

report() { # report VERDICT NAME [DETAIL]
    echo "$1 - $2"
    [ "$1" = ok ] || { failed=1; echo "#  ${3-}"; }
}

# free_port: a TCP port of 127.0.0.1 that nobody has now.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# wait_port PORT PID [HOST]: until somebody listens there, at most five seconds.
wait_port() {
    local tries
    for ((tries = 0; tries < 100; ++tries)); do
        (exec 3<>"/dev/tcp/${3:-127.0.0.1}/$1") 2>/dev/null && return 0
        kill -0 "$2" 2>/dev/null || return 1
        sleep 0.05
    done
    return 1
}

# start_mock NAME [OPTION...]: sets $mock_plain and $mock_tls (ports); its CA is NAME.ca.
start_mock() {
    local name=$1 tries
    shift
    : >"$name.log"
    "$mock" --port 0 --tls-port 0 --ca-out "$name.ca" "$@" >"$name.log" 2>&1 &
    servers+=($!)
    mock_plain=
    for ((tries = 0; tries < 100; ++tries)); do
        mock_plain=$(sed -n 's#^listening http://127.0.0.1:\([0-9]*\)$#\1#p' "$name.log")
        mock_tls=$(sed -n 's#^listening https://localhost:\([0-9]*\) .*#\1#p' "$name.log")
        [ -z "$mock_plain" ] || [ -z "$mock_tls" ] || return 0
        sleep 0.05
    done
    return 1
}

# run_probe ARGUMENT...: sets $said.
run_probe() {
    said=$(timeout 120 "$probe" "$@" 2>probe.err)
    [ -n "$said" ] || said="no answer: $(tail -n 3 probe.err)"
}

# get NAME: a member of $said, 0 when it is not there.
get() {
    local value
    value=$(sed -n -E "s/.*\"$1\":\"?([^\",}]*)\"?[,}].*/\1/p" <<<"$said")
    echo "${value:-0}"
}

# expect TITLE CONDITION...: each condition "NAME OP VALUE", OP as in [ ], or = for texts.
expect() {
    local title=$1 condition name op value seen
    shift
    for condition in "$@"; do
        read -r name op value <<<"$condition"
        seen=$(get "$name")
        # shellcheck disable=SC2086 # the operator is a word
        if ! [ "$seen" $op "$value" ] 2>/dev/null; then
            report 'not ok' "$title" "wanted $condition, saw $seen: $said"
            return
        fi
    done
    report ok "$title"
}
