# shellcheck shell=bash
# The backends by name: is the VMM there, and which guest can be booted on it.

[[ -n ${VMCP_BACKEND_SOURCED:-} ]] && return 0
VMCP_BACKEND_SOURCED=1

# Of choose_guest: what is booted, and why it is not Linux.
KERNEL='' INITRD='' GUEST_NOTE=''

known_backend() { [[ $1 == qemu || $1 == cloudhypervisor ]]; }

# Prints the Cloud Hypervisor that the daemon will take.
cloud_hypervisor() {
    local binary=${UNKEY_VMCP_CH_BINARY:-cloud-hypervisor}
    [[ -z ${UNKEY_VMCP_CH_BINARY:-} || $binary == /* ]] || return 1
    type -P -- "$binary"
}

# require_backend NAME: before anything is built. No package registry has Cloud Hypervisor.
require_backend() {
    [[ $1 == cloudhypervisor ]] || return 0
    cloud_hypervisor >/dev/null || die "$(no_cloud_hypervisor)"
}

no_cloud_hypervisor() {
    if [[ -n ${UNKEY_VMCP_CH_BINARY:-} ]]; then
        printf 'UNKEY_VMCP_CH_BINARY names %s, which is no executable file by an absolute path' "$UNKEY_VMCP_CH_BINARY"
    else
        printf 'no cloud-hypervisor on PATH, and no package holds it: put the binary of a release of '
        printf 'https://github.com/cloud-hypervisor/cloud-hypervisor on PATH, or set UNKEY_VMCP_CH_BINARY to it'
    fi
}

# choose_guest BACKEND: Linux where the host's KVM is fit for it, and for QEMU always, as that has a
# translator of its own. Needs the build; the mini guest is put below WORK.
choose_guest() {
    local verdict='fit: '
    [[ $1 != cloudhypervisor ]] || verdict=$(linux_under_kvm)
    if [[ $verdict == 'fit: '* ]]; then
        GUEST=linux
        find_linux_guest
    else
        GUEST=mini GUEST_NOTE=${verdict#unfit: }
        # What QEMU said about it is for its log.
        GUEST_NOTE=${GUEST_NOTE%%; QEMU said:*}
        make_mini_guest cloud-hypervisor
    fi
}

# Prints in whole sentences what is booted, and why.
describe_guest() {
    case $GUEST in
        linux) printf 'The guest is the small Linux of scripts/guest.sh.\n' ;;
        mini)
            printf 'KVM of this host is unfit for Linux (%s).\n' "$GUEST_NOTE"
            printf 'So the guest is a mini guest of a few dozen bytes: it writes a counter on its serial console\n'
            printf 'and powers off at its power button.\n'
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
