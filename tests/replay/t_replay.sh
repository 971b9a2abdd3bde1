#!/usr/bin/env bash
# Recorded answers of real services through leat's HTTP reader and chat adapter, against what
# expect.py makes of them. The recordings are no part of the tree: $LEAT_RECORDED_DIR, or
# ../shared/recorded beside the checkout; without them this is skipped.
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
if ! count=$(PYTHONDONTWRITEBYTECODE=1 python3 "$here/expect.py" "$recorded" "$work/cases"); then
    echo "not ok - replay: expect.py read the recordings"
    exit 1
fi
echo "ok - replay: expect.py read $count recorded answers"
"$replay" "$work/cases"
