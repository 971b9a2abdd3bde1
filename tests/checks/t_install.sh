#!/usr/bin/env bash
# An installed leat is found and linked by a C99 program in the three ways people use:
# find_package, pkg-config with plain cc, and add_subdirectory of the sources.
# shellcheck disable=SC2317 # the ways are called by name
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${LEAT_BUILD:-$root/build/gcc-release}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

if [ ! -e "$root/include/leat/leat.h" ] || [ ! -d "$root/src/api" ]; then
    echo "ok - install: three ways to link # SKIP there is no API to link yet"
    exit 0
fi

# step NAME COMMAND...: one test line; the log only when it fails.
step() {
    local name=$1
    shift
    if "$@" >"$scratch/log" 2>&1; then
        echo "ok - install: $name"
    else
        echo "not ok - install: $name"
        tail -n 25 "$scratch/log" | sed 's/^/#   /'
        failed=1
    fi
}

ports=""
for port in posix sim memory mbedtls; do
    [ ! -e "$build/port/libleat_$port.a" ] || ports="$ports leat::$port"
done

mkdir "$scratch/found" "$scratch/sub"
cat >"$scratch/consumer.c" <<'END'
#include <leat/leat.h>
#include <stdio.h>
int main(void) {
    return printf("leat %s\n", leat_version()) < 8;
}
END
cat >"$scratch/found/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.21)
project(consumer C)
find_package(leat CONFIG REQUIRED)
add_executable(consumer ../consumer.c)
set_target_properties(consumer PROPERTIES C_STANDARD 99 C_EXTENSIONS OFF)
target_link_libraries(consumer PRIVATE $ports leat::leat)
END
cat >"$scratch/sub/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.21)
project(consumer C)
add_subdirectory("$root" leat)
add_executable(consumer ../consumer.c)
set_target_properties(consumer PROPERTIES C_STANDARD 99 C_EXTENSIONS OFF LINKER_LANGUAGE C)
target_link_libraries(consumer PRIVATE $ports leat::leat)
END

prefix=$scratch/prefix
by_find_package() {
    cmake -G Ninja -S "$scratch/found" -B "$scratch/found/b" -DCMAKE_PREFIX_PATH="$prefix" \
        -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF &&
        cmake --build "$scratch/found/b" && "$scratch/found/b/consumer"
}
by_pkg_config() {
    local file
    file=$(find "$prefix" -name leat.pc) && [ -n "$file" ] || return 1
    PKG_CONFIG_PATH=$(dirname "$file") && export PKG_CONFIG_PATH
    # shellcheck disable=SC2046 # the flags are words
    cc -std=c99 -Wall -Wextra -Werror "$scratch/consumer.c" -o "$scratch/consumer" \
        $(pkg-config --static --cflags --libs leat) && "$scratch/consumer"
}
by_add_subdirectory() {
    cmake -G Ninja -S "$scratch/sub" -B "$scratch/sub/b" -G Ninja && cmake --build "$scratch/sub/b" -j2 &&
        "$scratch/sub/b/consumer"
}
needs_no_cxx() {
    [ -x "$scratch/consumer" ] && ! readelf -d "$scratch/consumer" | grep -E 'libstdc|libgcc_s|libmbed'
}

step "installs" cmake --install "$build" --prefix "$prefix"
step "find_package from a C project" by_find_package
step "pkg-config and plain cc" by_pkg_config
step "the program needs no C++ runtime and no TLS library" needs_no_cxx
step "add_subdirectory from a C project" by_add_subdirectory
step "no test and no build path is installed" \
    sh -c "! grep -rlE '$root|gtest' '$prefix' --include=*.cmake --include=*.pc --include=*.h"
exit "$failed"
