# shellcheck shell=bash
# Packages of the distribution. Only what is missing is installed; package lists are fetched only
# when there are none or when an installation fails (stale lists name versions that are gone).

[[ -n ${VMCP_APT_SOURCED:-} ]] && return 0
VMCP_APT_SOURCED=1

# Another apt (unattended upgrades on a fresh machine) is waited for, not stumbled over.
APT_OPTIONS=(-q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0)

need_apt() { have apt-get || die "$1; apt-get is not here, so install it yourself"; }

# Prints how to become root: nothing as root, sudo where there is one; fails otherwise.
root_prefix() {
    if ((EUID == 0)); then
        return 0
    elif have sudo; then
        printf 'sudo\n'
    else
        return 1
    fi
}

as_root() {
    local prefix
    prefix=$(root_prefix) || return 1
    # sudo clears the environment, so the variable is set behind it.
    ${prefix:+"$prefix"} env DEBIAN_FRONTEND=noninteractive "$@"
}

# A password prompt must come before a step hides the terminal from sudo.
ensure_sudo() {
    ((EUID == 0)) && return 0
    have sudo || return 1
    sudo -n true 2>/dev/null || { [[ -t 0 ]] && sudo -v; }
}

package_installed() {
    [[ $(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null) == ii* ]]
}

package_available() {
    local candidate
    candidate=$(LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: //p')
    [[ -n $candidate && $candidate != '(none)' ]]
}

lists_missing() { ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; }

apt_update() {
    ensure_sudo || die "the package lists are missing or old; as root run: apt-get update"
    run_step "fetching the distribution's package lists" "$(setup_log apt)" \
        as_root apt-get "${APT_OPTIONS[@]}" update
}

apt_update_if_missing() {
    if lists_missing; then
        apt_update
    fi
}

# apt_need COMMAND PACKAGE [COMMAND PACKAGE]...: installs the packages of those commands that are
# missing. What a person installed in another way is as good.
apt_need() {
    local packages=()
    while (($# >= 2)); do
        have "$1" || packages+=("$2")
        shift 2
    done
    ((${#packages[@]} == 0)) || apt_install "${packages[@]}"
}

# apt_install PACKAGE...: installs those that are not there yet.
apt_install() {
    local package missing=() log
    for package in "$@"; do
        package_installed "$package" || missing+=("$package")
    done
    ((${#missing[@]} == 0)) && return 0
    need_apt "these are missing: ${missing[*]}"
    ensure_sudo || die "packages are missing and this is neither root nor a user with sudo;" \
        "as root run: apt-get install ${missing[*]}"
    apt_update_if_missing
    log=$(setup_log apt)
    run_step "installing ${missing[*]}" "$log" apt_install_now "${missing[@]}" && return 0
    apt_update
    run_step "installing ${missing[*]} with new package lists" "$log" apt_install_now "${missing[@]}"
}

apt_install_now() { as_root apt-get "${APT_OPTIONS[@]}" install --no-install-recommends "$@"; }

# apt_fetch DIR PACKAGE...: puts the .deb files into DIR and installs nothing; needs no root.
apt_fetch() {
    local dir=$1
    shift
    local sandbox=()
    # As root, apt would fetch as user _apt, who cannot write to a private directory.
    ((EUID == 0)) && sandbox=(-o APT::Sandbox::User=root)
    (cd -- "$dir" && apt-get "${APT_OPTIONS[@]}" "${sandbox[@]}" download "$@")
}
