#!/usr/bin/env bash
# Recorded exchanges of real services. Answers go through leat's HTTP reader and the adapter, against
# what expect.py makes of them; requests are described by compare.py in the words of request.h, built
# by the adapter, and compared with the recorded ones. The recordings are no part of the tree:
# $LEAT_RECORDED_DIR, or ../shared/recorded beside the checkout; without them this is skipped.
# Needs $LEAT_BUILD/tests/replay/leat_replay. Prints TAP lines; exit status 0 when all are ok.
set -u
export LC_ALL=C.UTF-8
here=$(cd "$(dirname "$0")" && pwd)
root=${LEAT_ROOT:-$here/../..}
replay=${LEAT_BUILD:-$root/build/gcc-release}/tests/replay/leat_replay

recorded=${LEAT_RECORDED_DIR-}
if [ -z "$recorded" ]; then
    # Beside the checkout; of a linked work tree, beside the repository that it belongs to.
    main=$(git -C "$root" rev-parse --path-format=absolute --git-common-dir 2>/dev/null)
    for recorded in "$root/../shared/recorded" "${main:+${main%/.git}/../shared/recorded}"; do
        [ ! -d "$recorded" ] || break
    done
fi
if [ ! -d "$recorded" ]; then
    echo "ok - replay: recorded answers # SKIP there are none; set LEAT_RECORDED_DIR"
    exit 0
fi
if [ ! -x "$replay" ]; then
    echo "not ok - replay: $replay was not built"
    exit 1
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/replay.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1
failed=0

# run NAME COMMAND...: its lines go on, and into a file for the table.
run() {
    local name=$1
    shift
    if ! "$@" >"$work/out"; then
        failed=1
        grep -q '^not ok' "$work/out" || echo "not ok - replay: $name"
    fi
    cat "$work/out"
    cat "$work/out" >>"$work/all"
}

run "expect.py reads the recordings" python3 "$here/expect.py" "$recorded" "$work/cases"
run "leat_replay reads the answers" "$replay" answers "$work/cases"
# What was expected becomes something else: that must be told.
sed 's/^finish_reason \([0-9]*\)$/finish_rEason \1/' "$work/cases" >"$work/planted"
if "$replay" answers "$work/planted" >/dev/null; then
    echo "not ok - replay: a planted fault is found"
    failed=1
else
    echo "ok - replay: a planted fault is found"
fi
run "compare.py words the requests" python3 "$here/compare.py" describe "$recorded" "$work/requests"
run "leat_replay builds the requests" "$replay" requests "$work/requests" "$work/bodies"
run "compare.py compares the requests" python3 "$here/compare.py" compare "$recorded" "$work/bodies"

echo "# provider: answers read as expected, requests equal"
sed -n 's/^[a-z ]*ok - replay: \([a-z_]*\), \([0-9]*\) of \([0-9]*\) \([a-z]*\).*/\1 \2 \3 \4/p' "$work/all" |
    awk '{ kind = $4 == "requests" ? "requests" : "answers"; got[$1, kind] = $2 "/" $3; seen[$1] = 1
           good[kind] += $2; all[kind] += $3 }
         END { for (p in seen) {
                   told = got[p, "requests"] ? got[p, "requests"] : "-"
                   print p ": " got[p, "answers"] ", " told | "sort"
               }
               close("sort")
               print "all: " good["answers"] "/" all["answers"] ", " good["requests"] "/" all["requests"] }' |
    sed 's/^/# /'
exit "$failed"
