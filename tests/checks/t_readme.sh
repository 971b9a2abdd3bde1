#!/usr/bin/env bash
# README.md keeps its word: the program on the page compiles with plain cc, is short, and answers
# against a loopback server; the commands, options and files that the pages name are there.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${LEAT_BUILD:-$root/build/gcc-release}
mock=$build/examples/mock/leat-mock
scratch=$(mktemp -d)
server=
failed=0
leave() {
    [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
    rm -rf "$scratch"
}
trap leave EXIT

# verdict NAME: ok when $scratch/faults is empty; else its lines say why not.
verdict() {
    if [ -s "$scratch/faults" ]; then
        echo "not ok - readme: $1"
        head -n 25 "$scratch/faults" | sed 's/^/#   /'
        failed=1
    else
        echo "ok - readme: $1"
    fi
    : >"$scratch/faults"
}
: >"$scratch/faults"

# ---- the program ------------------------------------------------------------------------------

# first_program FILE: the first block of C on a page.
first_program() {
    awk '/^```c$/ { inside = 1; next } /^```/ && inside { exit } inside' "$1"
}

# lines_of_main FILE: from main's head to its closing brace.
lines_of_main() {
    awk '/^int main\(/ { inside = 1 } inside { ++count } /^}/ && inside { exit } END { print count + 0 }' "$1"
}

# The archives in the order of the pkg-config file, which is what a user's link line gets.
archives() {
    local word found
    for word in $(sed -n -E 's/^Libs(\.private)?: (-L[^ ]* )?//p' "$build/leat.pc"); do
        found=$(find "$build/src" "$build/port" -maxdepth 1 -name "lib${word#-l}.a")
        echo "${found:-$word}"
    done
}

compile() {
    # shellcheck disable=SC2046 # the archives are words
    cc -std=c99 -Wall -Wextra -Wpedantic -Werror -I "$root/include" "$scratch/ask.c" \
        -o "$scratch/ask" $(archives)
}

serve() {
    "$mock" --port 0 --echo >"$scratch/mock.log" 2>&1 </dev/null &
    server=$!
    local tries
    for ((tries = 0; tries < 100; ++tries)); do
        port=$(sed -n -E 's|^listening http://.*:([0-9]+)$|\1|p' "$scratch/mock.log")
        [ -z "$port" ] || return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.05
    done
    return 1
}

# ask: what the program says, without what this shell's environment would add to it.
ask() {
    env -i PATH="$PATH" OPENAI_BASE_URL="http://127.0.0.1:$port/v1" OPENAI_API_KEY=unused \
        timeout 20 "$scratch/ask"
}

first_program "$root/README.md" >"$scratch/ask.c"
lines=$(lines_of_main "$scratch/ask.c")
{ [ "$lines" -ge 1 ] && [ "$lines" -le 20 ]; } || echo "$lines lines" >"$scratch/faults"
verdict "its program's main has 20 lines at most"

compile >"$scratch/faults" 2>&1 || echo "cc ended with an error" >>"$scratch/faults"
verdict "its program compiles as C99 with plain cc"

if [ ! -x "$scratch/ask" ] || [ ! -x "$mock" ] || ! serve; then
    echo "no program, or no server to ask" >"$scratch/faults"
elif ! ask >"$scratch/said" 2>"$scratch/log"; then
    { echo "it failed:"; cat "$scratch/said" "$scratch/log"; } >"$scratch/faults"
elif [ "$(wc -l <"$scratch/said")" -ne 1 ] || ! grep -q '^ok: .' "$scratch/said"; then
    { echo "expected one line, ok: ..."; cat "$scratch/said"; } >"$scratch/faults"
fi
verdict "its program answers with one line and ends well"

# ---- what the page names ----------------------------------------------------------------------

commands=$(sed -n -E 's#^(\./[a-z_./]+\.sh)( .*)?$#\1#p' "$root/README.md")
for command in ./examples/demo.sh ./tests/run.sh; do
    grep -qxF -- "$command" <<<"$commands" || echo "not on the page: $command" >>"$scratch/faults"
done
for command in $commands; do
    [ -x "$root/$command" ] || echo "no such command: $command" >>"$scratch/faults"
done
verdict "its commands are there"

made=$(sed -n -E 's/^(option|set)\((LEAT_[A-Z_]+) .*/\2/p' "$root/CMakeLists.txt" | sort -u)
told=$(sed -n -E 's/^\| `(LEAT_[A-Z_]+)`.*/\1/p' "$root/README.md" | sort -u)
diff <(echo "$made") <(echo "$told") | sed -n 's/^< /not on the page: /p; s/^> /no such option: /p' \
    >"$scratch/faults"
verdict "its table has the options that there are"

# broken_links FOLDER: links on pages to files that are not there.
broken_links() {
    local page link
    find "$1" -name README.md -not -path '*/build/*' -not -path '*/node_modules/*' |
        while IFS= read -r page; do
            grep -oE '\]\([^)]+\)' "$page" | sed 's/^](//; s/)$//; s/[ #].*//' |
                while IFS= read -r link; do
                    case $link in
                    '' | *://* | mailto:*) ;;
                    *) [ -e "$(dirname "$page")/$link" ] || echo "${page#"$1"/}: $link" ;;
                    esac
                done
        done
}

mkdir "$scratch/planted"
echo 'See [a](gone.md), [b](../planted#top), [c](http://a.test/x) and [d](#here).' \
    >"$scratch/planted/README.md"
[ "$(broken_links "$scratch/planted")" = "README.md: gone.md" ] ||
    broken_links "$scratch/planted" | sed 's/^/seen: /' >"$scratch/faults"
verdict "a planted fault is found: a broken link"
broken_links "$root" >"$scratch/faults"
verdict "every relative link leads to a file"
exit "$failed"
