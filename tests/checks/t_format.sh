#!/usr/bin/env bash
# Sources look as clang-format writes them, by the .clang-format that is nearest. How far right a
# trailing comment or a macro's backslash stands is left to the author: a table of fields lines up
# across comments of two lines, which clang-format cannot do.
# A folder that was clean once is in the list and stays clean; of the others only a count is told.
set -eu
cd "$(dirname "$0")/../.."
clean="include/leat src/meter src/pace examples examples/mock tests/abi tests/efficiency tests/fuzz"
clean="$clean tests/replay tests/schema tests/server tests/sim/swarm tests/unit/pace"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

if ! command -v clang-format >/dev/null; then
    echo "ok - format: folders that are clean # SKIP no clang-format here"
    exit 0
fi

level() { sed -E 's/([^[:space:]])[[:space:]]+(\/\/|\/\*)/\1 \2/g; s/[[:space:]]+\\$/ \\/' "$@"; }

# differs FILE: the lines that clang-format would change, in $scratch/lines; false when there are none.
differs() {
    level "$1" >"$scratch/is"
    clang-format "$1" | level >"$scratch/should_be"
    ! diff "$scratch/is" "$scratch/should_be" >"$scratch/lines"
}

mkdir "$scratch/planted"
cp .clang-format "$scratch/planted/"
printf 'int a;  // one\nint bc;        // two\nint* p;\n' >"$scratch/planted/good.cc"
printf 'int  a;\n' >"$scratch/planted/spaces.cc"
printf 'int *p;\n' >"$scratch/planted/star.cc"
for planted in spaces star; do
    if differs "$scratch/planted/$planted.cc"; then
        echo "ok - format: a planted fault is found: $planted"
    else
        echo "not ok - format: a planted fault is found: $planted"
        failed=1
    fi
done
if differs "$scratch/planted/good.cc"; then
    echo "not ok - format: a comment stands where its author put it"
    failed=1
else
    echo "ok - format: a comment stands where its author put it"
fi

# One run over all sorts out the files that need no second look.
find include src port examples tests -type f \
    \( -name '*.c' -o -name '*.cc' -o -name '*.h' -o -name '*.hpp' \) | sort >"$scratch/all"
xargs clang-format --dry-run <"$scratch/all" 2>&1 |
    sed -n -E 's/^([^:]+):[0-9]+:[0-9]+: (warning|error): .*/\1/p' | sort -u >"$scratch/suspects"

for folder in $(sed 's#/[^/]*$##' "$scratch/all" | sort -u); do
    total=$(grep -cE "^$folder/[^/]+$" "$scratch/all")
    bad=0
    : >"$scratch/report"
    for file in $(grep -E "^$folder/[^/]+$" "$scratch/suspects" || true); do
        if differs "$file"; then
            bad=$((bad + 1))
            { echo "$file"; head -n 6 "$scratch/lines"; } | sed 's/^/#   /' >>"$scratch/report"
        fi
    done
    case " $clean " in
    *" $folder "*)
        if [ "$bad" -eq 0 ]; then
            echo "ok - format: $folder"
        else
            echo "not ok - format: $folder"
            head -n 40 "$scratch/report"
            failed=1
        fi
        ;;
    *) [ "$bad" -eq 0 ] && echo "# $folder is clean and not in the list" ||
        echo "# $folder: $bad of $total files differ" ;;
    esac
done
exit "$failed"
