#!/usr/bin/env bash
# Installs what the build needs and what is missing, on Debian 12, as root or through sudo:
#   toolchains/setup.sh [--tests] [--bench]
# Does nothing, and asks the network nothing, when all of it is there.
# shellcheck disable=SC2086 # lists of packages are words
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

packages="g++ cmake ninja-build pkg-config libmbedtls-dev node-llhttp libsqlite3-dev libc6-dev
    git binutils ca-certificates"
for argument in "$@"; do
    case $argument in
    --tests) packages="$packages clang libclang-rt-dev clang-tidy clang-format libgtest-dev
        libbenchmark-dev nginx-light squid openssl curl python3 python3-jsonschema sqlite3 valgrind strace
        gcovr procps iproute2"
        # Another nodejs than Debian's brings its own npm, with which Debian's npm conflicts.
        command -v npm >/dev/null || packages="$packages nodejs npm" ;;
    --bench) packages="$packages wrk libcurl4-openssl-dev libbenchmark-dev
        libsimdjson-dev libcjson-dev" ;;
    *)
        echo "usage: toolchains/setup.sh [--tests] [--bench]" >&2
        exit 2
        ;;
    esac
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "setup: not a Debian system; needed here:" $packages >&2
    exit 0
fi

# Exact about "installed": a removed package whose settings stayed is known to dpkg as well.
missing=""
for package in $packages; do
    state=$(dpkg-query -W -f '${db:Status-Status} ' "$package" 2>/dev/null) || state=""
    case " $state " in
    *" installed "*) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "setup: missing, and neither root nor sudo to install them:$missing" >&2
        exit 1
    fi
    as_root="sudo env DEBIAN_FRONTEND=$DEBIAN_FRONTEND LC_ALL=$LC_ALL"
fi

# The servers are for the tests to start: installing one must not start it.
policy=/usr/sbin/policy-rc.d
log=$(mktemp)
policy_is_ours=no
leave() {
    [ "$policy_is_ours" = no ] || $as_root rm -f "$policy"
    rm -f "$log"
}
trap leave EXIT
if [ ! -e "$policy" ]; then
    policy_is_ours=yes
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod 755 "$policy"
fi

echo "setup: installing$missing"
apt="$as_root apt-get -q -y -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300"
# A failing update is no failure yet: the package lists at hand may be enough.
$apt update >"$log" 2>&1 || echo "setup: the package lists could not be renewed" >&2
if ! $apt install --no-install-recommends $missing >>"$log" 2>&1 </dev/null; then
    tail -n 30 "$log" >&2
    exit 1
fi
