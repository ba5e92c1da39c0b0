# shellcheck shell=bash
# The backends by name: is the VMM there, and which guest can be booted on it.

[[ -n ${VMCP_BACKEND_SOURCED:-} ]] && return 0
VMCP_BACKEND_SOURCED=1

# Of choose_guest: what is booted, why it is not Linux, and how it is asked to stop.
KERNEL='' INITRD='' GUEST_NOTE='' GUEST_STOP=''

# Backends whose VMM no package holds: the program, the variable that names another, whose releases have it,
# and the machine that a mini guest is made for.
declare -rA VMM_PROGRAM=([cloudhypervisor]=cloud-hypervisor [firecracker]=firecracker)
declare -rA VMM_VARIABLE=([cloudhypervisor]=UNKEY_VMCP_CH_BINARY [firecracker]=UNKEY_VMCP_FC_BINARY)
declare -rA VMM_PROJECT=([cloudhypervisor]=cloud-hypervisor/cloud-hypervisor
    [firecracker]=firecracker-microvm/firecracker)
declare -rA VMM_STOP=([cloudhypervisor]='powers off at its power button'
    [firecracker]='resets itself at Ctrl-Alt-Del, which ends it there')

known_backend() { [[ $1 == qemu ]] || needs_own_vmm "$1"; }

# needs_own_vmm BACKEND: it has a VMM that is no package, and that needs KVM.
needs_own_vmm() { [[ -n $1 && -n ${VMM_PROGRAM[$1]:-} ]]; }

# vmm_binary BACKEND: prints the program that the daemon will take.
vmm_binary() {
    local variable=${VMM_VARIABLE[$1]}
    [[ -z ${!variable:-} || ${!variable} == /* ]] || return 1
    type -P -- "${!variable:-${VMM_PROGRAM[$1]}}"
}

# require_backend NAME: before anything is built.
require_backend() {
    needs_own_vmm "$1" || return 0
    vmm_binary "$1" >/dev/null || die "$(no_vmm "$1")"
}

no_vmm() {
    local program=${VMM_PROGRAM[$1]} variable=${VMM_VARIABLE[$1]}
    if [[ -n ${!variable:-} ]]; then
        printf '%s names %s, which is no executable file by an absolute path' "$variable" "${!variable}"
    else
        printf 'no %s on PATH, and no package holds it: put the binary of a release of ' "$program"
        printf 'https://github.com/%s on PATH, or set %s to it' "${VMM_PROJECT[$1]}" "$variable"
    fi
}

# choose_guest BACKEND: Linux where the host's KVM is fit for it, and for QEMU always, as that has a
# translator of its own. Needs the build; the mini guest is put below WORK.
choose_guest() {
    local verdict='fit: '
    ! needs_own_vmm "$1" || verdict=$(linux_under_kvm)
    if [[ $verdict == 'fit: '* ]]; then
        GUEST=linux
        find_linux_guest
    else
        GUEST=mini GUEST_NOTE=${verdict#unfit: } GUEST_STOP=${VMM_STOP[$1]}
        # What QEMU said about it is for its log.
        GUEST_NOTE=${GUEST_NOTE%%; QEMU said:*}
        make_mini_guest "${VMM_PROGRAM[$1]}"
    fi
}

# Prints in whole sentences what is booted, and why.
describe_guest() {
    case $GUEST in
        linux) printf 'The guest is the small Linux of scripts/guest.sh.\n' ;;
        mini)
            printf 'KVM of this host is unfit for Linux (%s).\n' "$GUEST_NOTE"
            printf 'So the guest is a mini guest of a few dozen bytes: it writes a counter on its serial console\n'
            printf 'and %s.\n' "$GUEST_STOP"
            ;;
        own) printf 'The guest is %s, of whose words nothing is known: the API alone is looked at.\n' "$KERNEL" ;;
    esac
}

# The daemon runs the same probe for QEMU's accelerator `auto`. Prints "fit: WHY" or "unfit: WHY".
linux_under_kvm() {
    local answer
    answer=$("$JAVA_HOME/bin/java" -cp "$DAEMON_LIB/*" com.unkey.vmcp.backends.qemu.accel.LinuxUnderKvm \
        "$(type -P qemu-system-x86_64)" "$VMCP_CACHE/probe" 2>/dev/null) || answer='unfit: the probe of KVM broke down'
    printf '%s\n' "$answer"
}

find_linux_guest() {
    local guest
    guest=$("$VMCP_ROOT/scripts/guest.sh" --print)
    KERNEL=$(sed -n 's/^KERNEL=//p' <<<"$guest")
    INITRD=$(sed -n 's/^INITRD=//p' <<<"$guest")
}

# make_mini_guest MACHINE: a few dozen bytes that tick, and power off at their power button.
make_mini_guest() {
    mkdir -p -- "$WORK/guest"
    KERNEL=$("$JAVA_HOME/bin/java" -cp "$TESTKIT_CLASSES" com.unkey.vmcp.testkit.guest.WriteGuest "$1" "$WORK/guest") ||
        die "the mini guest was not made"
    INITRD=''
}

# The boot field of a VM's configuration, in JSON.
boot_json() {
    local initrd=''
    [[ -z $INITRD ]] || initrd=",\"initrd_path\":$(json_string "$INITRD")"
    printf '"boot":{"kernel_path":%s%s}' "$(json_string "$KERNEL")" "$initrd"
}
