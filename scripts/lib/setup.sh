# shellcheck shell=bash
# The whole set-up, for setup.sh, demo.sh and test.sh.

lib=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=common.sh
source "$lib/common.sh"
# shellcheck source=apt.sh
source "$lib/apt.sh"
# shellcheck source=jdk.sh
source "$lib/jdk.sh"
# shellcheck source=build.sh
source "$lib/build.sh"
unset lib

# Everything that is missing is installed at once, or named at once where that is not possible.
set_up_tools() {
    local packages=()
    mapfile -t packages < <(missing_packages)
    if ((${#packages[@]} > 0)); then
        apt_install "${packages[@]}"
    fi
    require_jdk
    require_maven
    have qemu-system-x86_64 || die "no qemu-system-x86_64 on PATH, though its package is installed"
}

missing_packages() {
    find_jdk >/dev/null || missing_jdk
    maven_usable || printf 'maven\n'
    have qemu-system-x86_64 || printf 'qemu-system-x86\n'
    have curl || printf 'curl\nca-certificates\n'
}

# Prints the JDK package, if the distribution has one that is new enough and it can be installed;
# a Temurin archive takes its place else, which needs no root.
missing_jdk() {
    have apt-get && root_prefix >/dev/null || return 0
    apt_update_if_missing
    jdk_package || true
}
