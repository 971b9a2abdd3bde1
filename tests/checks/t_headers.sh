#!/usr/bin/env bash
# Every public header compiles alone, in each language its users write, with each compiler there
# is, without a warning.
set -eu
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

# compile COMPILER LANGUAGE STANDARD FILE INCLUDE_DIR
compile() {
    "$1" -x "$2" "-std=$3" -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef -Werror \
        -fsyntax-only -I "$5" "$4" 2>"$scratch/log"
}

# check INCLUDE_DIR HEADER: one line for each, with all compilers and standards.
check() {
    local compilers="" compiler standards standard language fault=""
    for compiler in gcc clang; do
        command -v "$compiler" >/dev/null && compilers="$compilers $compiler"
    done
    case $2 in
    *.hpp) standards="c++20" ;;
    *) standards="c99 c17 c++17 c++20" ;;
    esac
    for standard in $standards; do
        case $standard in
        c++*) language=c++ ;;
        *) language=c ;;
        esac
        # Twice, so that a missing include guard shows as well.
        printf '#include <%s>\n#include <%s>\nextern int leat_header_probe;\n' "$2" "$2" >"$scratch/one.c"
        for compiler in $compilers; do
            compile "$compiler" "$language" "$standard" "$scratch/one.c" "$1" && continue
            fault="$compiler -std=$standard"
            sed 's/^/#   /' "$scratch/log" | head -n 20 >"$scratch/fault"
        done
    done
    [ -z "$fault" ]
}

mkdir "$scratch/planted"
printf 'struct a { int leat_class; };\nint leat_f(void);\n' >"$scratch/planted/twice.h"
printf '#ifndef B\n#define B\nint leat_f(int class);\n#endif\n' >"$scratch/planted/cxx.h"
printf '#ifndef C\n#define C\nsize_t leat_f(void);\n#endif\n' >"$scratch/planted/missing.h"
for planted in twice cxx missing; do
    if check "$scratch/planted" "$planted.h"; then
        echo "not ok - headers: a planted fault is found: $planted.h"
        failed=1
    else
        echo "ok - headers: a planted fault is found: $planted.h"
    fi
done

seen=0
for header in include/leat/*.h include/leat/*.hpp; do
    [ -e "$header" ] || continue
    seen=1
    name=${header#include/}
    if check include "$name"; then
        echo "ok - headers: $name compiles alone"
    else
        echo "not ok - headers: $name compiles alone"
        cat "$scratch/fault"
        failed=1
    fi
done
[ "$seen" = 1 ] || echo "ok - headers: compile alone # SKIP there are no headers yet"
exit "$failed"
