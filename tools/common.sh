# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# What ./demo and ./check share: install what is missing, configure, build,
# make the control domain's image.  Sourced with `top` set to the top of the
# tree; everything is built in $build.

build=${MORTISE_BUILD:-$top/build}
PATH=$PATH:/usr/sbin:/sbin

step() {
    printf '==> %s\n' "$*"
}

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Is what a line of tools/packages probes for there?
present() {
    case $1 in
    cmd:*) command -v "${1#cmd:}" >/dev/null ;;
    file:*) [ -e "${1#file:}" ] ;;
    esac
}

# Names of the packages that are missing for the given purposes.
missing_packages() {
    while read -r purpose package probe; do
        case " $* " in
        *" $purpose "*) present "$probe" || printf '%s ' "$package" ;;
        esac
    done <"$top/tools/packages"
}

install_packages() {
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    step "Installing with apt: $missing"
    command -v apt-get >/dev/null || die "these Debian packages are missing, and so is apt-get to install them: $missing"
    [ "$(id -u)" = 0 ] || die "these Debian packages are missing; install them as root: apt-get install $missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update >"$build/apt.log" 2>&1 || die "apt-get update failed: $(tail -n 3 "$build/apt.log")"
    # shellcheck disable=SC2086  # a list of words
    apt-get -q -y --no-install-recommends install $missing >>"$build/apt.log" 2>&1 ||
        die "apt-get install failed, see $build/apt.log: $(tail -n 3 "$build/apt.log")"
    missing=$(missing_packages "$@")
    [ -z "$missing" ] || die "still missing after apt-get install: $missing"
}

# Runs a command with its output in a log; shows the log's end when it fails.
logged() {
    log=$build/$1.log
    shift
    "$@" >"$log" 2>&1 || {
        tail -n 40 "$log"
        die "failed: $* (log: $log)"
    }
}

configure_tree() {
    if [ ! -f "$top/configure" ] || [ -n "$(find "$top/configure.ac" "$top/Makefile.am" \
        "$top"/*/sources.mk "$top"/*/*/sources.mk -newer "$top/configure" 2>/dev/null)" ]; then
        if command -v autoreconf >/dev/null; then
            step "Making ./configure"
            (cd "$top" && logged autoreconf autoreconf -i)
            touch "$top/configure"
        fi
    fi
    if [ ! -f "$build/Makefile" ] || [ -n "$(find "$top/configure" -newer "$build/config.status")" ]; then
        step "Configuring in $build"
        (cd "$build" && logged configure "$top/configure" ${CONFIGURE_FLAGS:-})
    fi
}

build_tree() {
    step "Building"
    logged make make -C "$build" -j"$(nproc)" "$@"
}

# A program that does not compile is a failed test, not the end of all tests.
build_test_programs() {
    make -C "$build" -k -j"$(nproc)" test-programs >"$build/test-programs.log" 2>&1 ||
        step "Some test programs do not compile: see $build/test-programs.log"
}

make_image() {
    step "Making the control domain's image (Debian's kernel, downloaded once)"
    logged image make -C "$build" "$1"
}

# Arguments: what for (see tools/packages).
prepare() {
    mkdir -p "$build"
    install_packages "$@"
    configure_tree
    case " $* " in
    *" check "*)
        build_tree all
        build_test_programs
        make_image test-image
        ;;
    *)
        build_tree all
        make_image image
        ;;
    esac
}
