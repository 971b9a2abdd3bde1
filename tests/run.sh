#!/usr/bin/env bash
# Builds leat and runs its tests:
#   tests/run.sh            everything
#   tests/run.sh unit abi   these families only
# Families: unit sim port torture abi fuzz checks server cli, each a folder of tests/; swarm (whole
# batches under seeded faults: tests/sim/swarm; LEAT_SWARM_SEEDS=FIRST-LAST instead of 1-10000); asan
# (the GoogleTest families, the C programs and some of the swarm again, with sanitizers), valgrind
# (the unit tests), gcc and clang (builds with warnings as errors), lint (clang-tidy). Any other
# folder of tests/ with t_* scripts is a family as well. fuzz runs each target for LEAT_FUZZ_SECONDS
# (5); what it finds on the way stays in build/fuzz-corpus for the next run.
# The last line is `N passed, M failed`; the exit status is 0 only when M is 0 and N is not.
set -u
cd "$(dirname "$0")/.." || exit 1
root=$PWD
export LC_ALL=C.UTF-8 LEAT_ROOT=$root LEAT_BUILD=$root/build/gcc-release
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:abort_on_error=0
export UBSAN_OPTIONS=print_stacktrace=1
export PYTHONDONTWRITEBYTECODE=1

log_dir=$root/build/test-logs
jobs=$(nproc 2>/dev/null || echo 2)
total_passed=0
total_failed=0
failed_names=()
family_failed=0
started=$(date +%s)

# ---- counting ---------------------------------------------------------------------------------

# count FAMILY PASSED FAILED SKIPPED [FAILED_NAME...]: adds to the totals of the family.
count() {
    family_passed=$((family_passed + $2))
    family_failed=$((family_failed + $3))
    family_skipped=$((family_skipped + $4))
    local family=$1 name
    shift 4
    for name in "$@"; do
        failed_names+=("$family: $name")
    done
}

# count_log FAMILY TITLE LOG STATUS [PREFIX]: reads GoogleTest's lines and TAP's lines alike. A
# program that stops with an error and blames no test is one failure; so is one that says nothing.
count_log() {
    local family=$1 title=$2 log=$3 status=$4
    local passed failed skipped unfinished reason names=()
    passed=$(grep -cE '^\[       OK \] |^ok\b' "$log")
    skipped=$(grep -cE '^ok\b.*# SKIP|^\[  SKIPPED \] .*\([0-9]+ ms\)$' "$log")
    passed=$((passed - $(grep -cE '^ok\b.*# SKIP' "$log")))
    mapfile -t names < <(sed -n -E \
        -e 's/^\[  FAILED  \] (.*) \([0-9]+ ms\)$/\1/p' -e 's/^not ok( [0-9]+)? - (.*)$/\2/p' "$log")
    unfinished=$(unfinished_test "$log")
    if [ "$status" -ne 0 ] && { [ "${#names[@]}" -eq 0 ] || [ -n "$unfinished" ]; }; then
        reason="stopped with status $status"
        [ "$status" -ne 124 ] || reason="reached its time limit"
        names+=("$title: $reason${unfinished:+ in $unfinished}")
    fi
    failed=${#names[@]}
    if [ $((passed + failed + skipped)) -eq 0 ]; then
        if [[ $title == *leat_abi_* ]]; then # a C program may say all by its status
            passed=1
        else
            failed=1
            names=("$title: ran no test")
        fi
    fi
    if [ "$failed" -ne 0 ]; then
        echo "---- $title (whole log: ${log#"$root"/})"
        show_failures "$log"
        echo "----"
    fi
    count "$family" "$passed" "$failed" "$skipped" ${names[@]+"${names[@]}"}
}

# The part of a log that says what failed: the last GoogleTest failures, a script's `not ok` lines
# with the comments after each; else the end of the log.
show_failures() {
    if grep -q '^not ok' "$1"; then
        awk '/^not ok/ { show = 1 } /^ok/ { show = 0 } show' "$1" | head -n 60
    elif grep -qE '^\[  FAILED  \] .*ms\)$' "$1"; then
        awk '/^\[ RUN      \]/ { text = "" } { text = text $0 "\n" }
            /^\[  FAILED  \] .*ms\)$/ { printf "%s", text }' "$1" | head -n 80
    else
        tail -n 40 "$1"
    fi
}

# The test a GoogleTest program was in when it stopped; nothing when it ended them all.
unfinished_test() {
    awk '/^\[ RUN      \]/ { name = $4 } /^\[ +(OK|FAILED|SKIPPED) +\] .*ms\)$/ { name = "" }
        END { print name }' "$1"
}

# ---- running ----------------------------------------------------------------------------------

limited() {
    local seconds=$1
    shift
    timeout -k 10 "$seconds" "$@" </dev/null
}

# build FAMILY BINARY_DIR PRESET [CMAKE_ARGUMENT...]: a failing build is one failed test. Builds
# $target alone where a caller sets it.
built=" "
build() {
    local family=$1 dir=$2 preset=$3 log=$log_dir/build-$2.log status=0
    shift 3
    case $built in *" $dir:ok "*) return 0 ;; *" $dir:broken "*) return 1 ;; esac
    { limited 120 cmake --preset "$preset" -B "build/$dir" "$@" &&
        limited 900 cmake --build "build/$dir" -j "$jobs" ${target:+--target "$target"} -- -k 0
    } >"$log" 2>&1 || status=$?
    if [ "$status" -eq 0 ]; then
        built="$built$dir:ok "
        return 0
    fi
    built="$built$dir:broken "
    echo "---- build of $dir (whole log: ${log#"$root"/})"
    grep -E -A 5 'error|FAILED|Error' "$log" | head -n 60
    echo "----"
    count "$family" 0 1 0 "the build of $dir"
    return 1
}

# run_gtest FAMILY SECONDS SHARDS BINARY [WRAPPER...]: the shards run side by side.
run_gtest() {
    local family=$1 seconds=$2 shards=$3 binary=$4 shard log status pids=()
    local title=$family-${binary##*/}
    shift 4
    for ((shard = 0; shard < shards; shard++)); do
        GTEST_TOTAL_SHARDS=$shards GTEST_SHARD_INDEX=$shard GTEST_COLOR=no limited "$seconds" \
            "$@" "$binary" ${gtest_filter:+"--gtest_filter=$gtest_filter"} \
            >"$log_dir/$title-$shard.log" 2>&1 &
        pids+=($!)
    done
    for ((shard = 0; shard < shards; shard++)); do
        status=0
        wait "${pids[$shard]}" || status=$?
        log=$log_dir/$title-$shard.log
        # A shard may get no test at all when there are fewer tests than shards.
        if [ "$status" -eq 0 ] && grep -q '^\[==========\] 0 tests' "$log"; then
            continue
        fi
        count_log "$family" "${binary##*/}" "$log" "$status"
    done
}

# run_program FAMILY SECONDS PROGRAM: a script or a C program.
run_program() {
    local family=$1 seconds=$2 program=$3 status=0
    local title=${program#"$root"/}
    local log=$log_dir/$family-${program##*/}.log
    limited "$seconds" "$program" >"$log" 2>&1 || status=$?
    count_log "$family" "$title" "$log" "$status"
}

# The GoogleTest families that split into shards; the others use ports and clocks, so they run alone. There
# are more shards than processors, as one is often three times as long as another.
shards_of() {
    case $1 in
    leat_unit | leat_sim_tests | leat_torture) echo "$((2 * jobs))" ;;
    *) echo 1 ;;
    esac
}

# run_binaries FAMILY BUILD_DIR NAME...: the GoogleTest programs of these names that were built.
run_binaries() {
    local family=$1 dir=$2 name
    shift 2
    for name in "$@"; do
        if [ -x "build/$dir/tests/$name" ]; then
            run_gtest "$family" 300 "$(shards_of "$name")" "$root/build/$dir/tests/$name"
        fi
    done
}

# run_abi FAMILY BUILD_DIR: the C programs.
run_abi() {
    local program
    for program in "$root/build/$2"/tests/leat_abi_*; do
        if [ -f "$program" ] && [ -x "$program" ]; then
            run_program "$1" 120 "$program"
        fi
    done
}

# run_folder FAMILY: GoogleTest programs and t_* scripts of tests/FAMILY.
run_folder() {
    local family=$1 script
    build "$family" gcc-release gcc-release -DLEAT_WERROR=ON -DLEAT_TESTS=ON -DLEAT_EXAMPLES=ON || return
    run_binaries "$family" gcc-release "leat_$family" "leat_${family}_tests"
    [ "$family" != abi ] || run_abi abi gcc-release
    while IFS= read -r script; do
        [ ! -x "$script" ] || run_program "$family" 300 "$root/$script"
    done < <(find "tests/$family" -name 't_*' -type f -not -path 'tests/sim/swarm/*' 2>/dev/null |
        sort)
}

# The seeds, then the faults planted on purpose. What another compiler makes of the same seeds is seen
# where its build is: in asan.
run_swarm() {
    local script known=$built status=0 target=leat_swarm
    build swarm gcc-release gcc-release -DLEAT_WERROR=ON -DLEAT_TESTS=ON -DLEAT_EXAMPLES=ON || status=$?
    built=$known # it is not all of that build
    [ "$status" -eq 0 ] || return
    for script in swarm mutants; do
        run_program swarm 600 "$root/tests/sim/swarm/t_$script.sh"
    done
}

run_asan() {
    build asan clang-asan clang-asan -DLEAT_WERROR=ON -DLEAT_TESTS=ON -DLEAT_EXAMPLES=ON || return
    # The races are about numbers, which the native run has looked at; here they would take minutes.
    local gtest_filter='-Efficiency*'
    run_binaries asan clang-asan leat_unit leat_sim_tests leat_torture
    # The swarm lives in virtual time: it may work beside those that wait, and behind them.
    local script status i=0 pids=()
    for script in swarm determinism; do
        LEAT_SWARM=$root/build/clang-asan/tests/sim/swarm/leat_swarm LEAT_SWARM_SEEDS=1-1000 \
            limited 400 nice -n 19 "tests/sim/swarm/t_$script.sh" >"$log_dir/asan-t_$script.sh.log" 2>&1 &
        pids+=($!)
    done
    run_binaries asan clang-asan leat_port_tests leat_fuzz_tests leat_server_tests
    run_abi asan clang-asan
    for script in swarm determinism; do
        status=0
        wait "${pids[$i]}" || status=$?
        i=$((i + 1))
        count_log asan "tests/sim/swarm/t_$script.sh" "$log_dir/asan-t_$script.sh.log" "$status"
    done
}

run_valgrind() {
    build valgrind gcc-release gcc-release -DLEAT_WERROR=ON -DLEAT_TESTS=ON -DLEAT_EXAMPLES=ON || return
    [ -x build/gcc-release/tests/leat_unit ] || return
    # Tests that walk through everything say so in their name; they are for the native run.
    local gtest_filter='-*slow*:*Slow*:*exhaustive*:*Exhaustive*:*Death*'
    run_gtest valgrind 400 "$(shards_of leat_unit)" "$root/build/gcc-release/tests/leat_unit" \
        valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite
}

# run_libfuzzer BINARY SECONDS: one fuzz target, from the seeds of tests/fuzz/corpus, with the words of
# tests/fuzz/NAME.dict, or of its first part (json.dict), where there are any.
run_libfuzzer() {
    local name=${1##*/leat_fuzz_}
    local words=tests/fuzz/$name.dict
    [ -e "$words" ] || words=tests/fuzz/${name%%_*}.dict
    [ -e "$words" ] || words=
    mkdir -p "build/fuzz-corpus/$name"
    limited "$(($2 + 60))" "$1" -max_total_time="$2" -timeout=10 -rss_limit_mb=1024 -max_len=4096 \
        ${words:+"-dict=$words"} -print_final_stats=1 -artifact_prefix="$log_dir/fuzz-$name-" \
        "build/fuzz-corpus/$name" "tests/fuzz/corpus/$name" >"$log_dir/fuzz-$name.log" 2>&1
}

# The corpus and the tests of tests/fuzz, then every target under libFuzzer, $jobs at a time.
run_fuzz() {
    run_folder fuzz
    local binary name status i binaries=() pids=()
    local target=leat_fuzz
    build fuzz clang-fuzz clang-asan -DLEAT_TESTS=ON -DLEAT_EXAMPLES=OFF \
        "-DLEAT_SANITIZE=address;undefined;fuzzer-no-link" "-DCMAKE_CXX_FLAGS_DEBUG=-O1 -g" || return
    for binary in build/clang-fuzz/tests/fuzz/leat_fuzz_*; do
        [ ! -x "$binary" ] || binaries+=("$binary")
    done
    for ((i = 0; i < ${#binaries[@]} + jobs; i++)); do
        if [ "$i" -ge "$jobs" ]; then
            status=0
            wait "${pids[$((i - jobs))]}" || status=$?
            name=${binaries[$((i - jobs))]##*/leat_fuzz_}
            if [ "$status" -eq 0 ]; then
                count fuzz 1 0 0
            else
                echo "---- $name (whole log: build/test-logs/fuzz-$name.log)"
                tail -n 40 "$log_dir/fuzz-$name.log"
                echo "----"
                count fuzz 0 1 0 "$name: libFuzzer found a fault"
            fi
        fi
        if [ "$i" -lt "${#binaries[@]}" ]; then
            run_libfuzzer "${binaries[$i]}" "${LEAT_FUZZ_SECONDS:-5}" &
            pids+=($!)
        fi
    done
}

# run_werror FAMILY PRESET: everything compiles without a warning. The builds that run the tests
# are the ones that prove it: gcc with optimisation, clang with sanitizers.
run_werror() {
    if build "$1" "$2" "$2" -DLEAT_WERROR=ON -DLEAT_TESTS=ON -DLEAT_EXAMPLES=ON; then
        count "$1" 1 0 0
    fi
}

# clang-tidy over the library and the ports, by .clang-tidy; headers through the files they serve. In a
# whole run it works beside the families that mostly wait, and is asked for its findings at its turn. It
# reads commands of a configuration of its own that nobody builds: with precompiled headers it would need
# them made first, and a file that no target compiles (port/template) borrows a test's command.
lint_pid=
start_lint() {
    [ -z "$lint_pid" ] || return 0
    cmake --preset clang-asan -B build/lint -DLEAT_TESTS=ON -DLEAT_EXAMPLES=ON \
        -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >"$log_dir/lint-configure.log" 2>&1
    find src port -name '*.cc' -print0 | sort -z |
        timeout -k 10 1200 nice -n 19 xargs -0 -n 4 -P "$jobs" clang-tidy --quiet -p build/lint \
            >"$log_dir/lint.log" 2>"$log_dir/lint.log.noise" &
    lint_pid=$!
}

run_lint() {
    local status=0 names
    start_lint
    wait "$lint_pid" || status=$?
    mapfile -t names < <(grep -E '(warning|error): ' "$log_dir/lint.log" | sed "s#^$root/##" | sort -u)
    if [ "$status" -ne 0 ] && [ "${#names[@]}" -eq 0 ]; then
        names=("clang-tidy stopped with status $status")
    fi
    count lint "$((${#names[@]} == 0))" "${#names[@]}" 0 ${names[@]+"${names[@]}"}
}

# ---- families ---------------------------------------------------------------------------------

run_family() {
    local family=$1 from
    from=$(date +%s)
    family_passed=0
    family_failed=0
    family_skipped=0
    case $family in
    asan) run_asan ;;
    swarm) run_swarm ;;
    fuzz) run_fuzz ;;
    valgrind) run_valgrind ;;
    gcc) run_werror gcc gcc-release ;;
    clang) run_werror clang clang-asan ;;
    lint) run_lint ;;
    *) run_folder "$family" ;;
    esac
    printf '%-10s %5d passed %4d failed %4d skipped %5d s\n' "$family" "$family_passed" \
        "$family_failed" "$family_skipped" "$(($(date +%s) - from))"
    total_passed=$((total_passed + family_passed))
    total_failed=$((total_failed + family_failed))
}

# The folders of tests/ that hold t_* scripts and are not named below.
other_folders() {
    find tests -mindepth 2 -name 't_*' -type f | cut -d/ -f2 | sort -u |
        grep -vxE 'unit|sim|port|torture|abi|fuzz|checks|server|cli|bench'
}

if ! toolchains/setup.sh --tests; then
    printf '0 passed, 1 failed\n'
    exit 1
fi
mkdir -p "$log_dir"
if [ "$#" -gt 0 ]; then
    families=("$@")
else
    mapfile -t others < <(other_folders)
    families=(unit sim swarm port torture abi fuzz checks server cli ${others[@]+"${others[@]}"}
        asan valgrind gcc clang lint)
fi
for family in "${families[@]}"; do
    case $family in
    asan | valgrind | gcc | clang | lint | swarm) ;;
    unit | sim | port | torture | abi | fuzz | checks | server | cli) ;;
    *)
        if [ ! -d "tests/$family" ]; then
            echo "no such family: $family" >&2
            exit 2
        fi
        ;;
    esac
    # The server tests are mostly waiting.
    case " ${families[*]} " in *" lint "*) [ "$family" != server ] || start_lint ;; esac
    run_family "$family"
done

for name in ${failed_names[@]+"${failed_names[@]}"}; do
    echo "failed: $name"
done
echo "took $(($(date +%s) - started)) s"
echo "$total_passed passed, $total_failed failed"
[ "$total_failed" -eq 0 ] && [ "$total_passed" -gt 0 ]
