#!/usr/bin/env bash
# The names that the archives show to a program are the committed ones: a name that vanishes breaks
# programs, a name that appears by accident becomes a promise.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${LEAT_BUILD:-$root/build/gcc-release}
failed=0

# exported ARCHIVE: global or weak names with default visibility, with their kind; templates of the
# standard library aside, and those of the TLS library that a port carries within it.
exported() {
    readelf -sW "$1" 2>/dev/null | awk '
        $5 ~ /^(GLOBAL|WEAK|UNIQUE)$/ && $6 ~ /^(DEFAULT|PROTECTED)$/ && $7 != "UND" &&
            $8 !~ /^_ZN?K?St/ && $8 !~ /^(mbedtls|psa)_/ { print $8, tolower($4) }' | sort -u
}

for part in src/libleat port/libleat_posix port/libleat_mbedtls port/libleat_memory \
    port/libleat_sqlite; do
    name=${part##*/lib}
    list=$root/tests/abi/symbols_$name.txt
    if [ ! -e "$build/$part.a" ]; then
        echo "ok - symbols: $name # SKIP it is not built"
        continue
    fi
    if said=$(exported "$build/$part.a" | diff "$list" -); then
        echo "ok - symbols: $name shows $(wc -l <"$list") names, the committed ones"
    else
        echo "not ok - symbols: $name shows the committed names"
        echo "$said" | sed 's/^/#  /' | head -n 30
        failed=1
    fi
done

# Every function and table that the headers mark LEAT_API is there, and nothing else is shown.
headers=$(ls "$root"/include/leat/*.h | grep -v -e /sim.h -e /sim_provider.h -e /port.h)
declared=$(cat $headers |
    tr '\n' ' ' | sed 's#/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/##g' | grep -oE 'LEAT_API [^;]*;' |
    grep -oE 'leat_[a-z0-9_]+ ?(\(|;)' | grep -oE 'leat_[a-z0-9_]+' | sort -u)
shown=$(cat "$root"/tests/abi/symbols_*.txt | cut -d' ' -f1 | sort -u)
surplus=$(comm -13 <(echo "$declared") <(echo "$shown"))
if [ -z "$surplus" ]; then
    echo "ok - symbols: every name is declared LEAT_API in a public header"
else
    echo "not ok - symbols: every name is declared LEAT_API in a public header"
    echo "$surplus" | sed 's/^/#  /'
    failed=1
fi
missing=$(comm -23 <(echo "$declared") <(echo "$shown") | grep -vxE 'leat_posix_kqueue|leat_[a-z]+_t')
if [ -z "$missing" ]; then
    echo "ok - symbols: every function declared LEAT_API is defined"
else
    echo "not ok - symbols: every function declared LEAT_API is defined"
    echo "$missing" | sed 's/^/#  /'
    failed=1
fi
exit "$failed"
