#!/usr/bin/env bash
# Takes a real virtual machine through its whole life on one backend, with plain curl, and checks each
# answer. Starts a daemon of its own, or uses one that runs, and leaves nothing behind.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=lib/setup.sh
source "$here/lib/setup.sh"
# shellcheck source=lib/api.sh
source "$here/lib/api.sh"
# shellcheck source=lib/daemon.sh
source "$here/lib/daemon.sh"
# shellcheck source=lib/console.sh
source "$here/lib/console.sh"
# shellcheck source=lib/backend.sh
source "$here/lib/backend.sh"

# How often a guest of which nobody knows when it is up is asked to stop.
readonly PRESSES=4
# No VM of somebody else's has it.
VM="lifecycle-$(date +%s)-$$"
backend='' chosen='' endpoint='' own_kernel='' own_initrd='' memory=268435456
done=0 omitted=0 step='the set-up'
# Ids of VMs that are still there, so that an early end can delete them.
LEFT_VMS=()

usage() {
    cat <<'USAGE'
usage: scripts/test-vm-lifecycle.sh --backend NAME [--endpoint URL] [--kernel PATH [--initrd PATH]]

Takes a VM through every call of the API, prints a line for each check, and ends with exit code 0 only
when all went well.

  --backend NAME   qemu, cloudhypervisor, firecracker, or another that the daemon has
  --endpoint URL   use the daemon that runs there, say http://127.0.0.1:8080; where that is not its default,
                   CreateVm names the backend. Only the VM made here is deleted. Without it a daemon is
                   started for the test
  --kernel PATH    boot this guest, by a path that the daemon can read, and check what the API tells of it
  --initrd PATH    its initrd
  --help           this text

Without --kernel it boots a small Linux guest. Cloud Hypervisor and Firecracker have no translator: where
the host's KVM is unfit for Linux, which a probe finds out, a mini guest that counts and heeds being
stopped takes its place. What is missing on a Debian or Ubuntu machine is installed first (as root, or with sudo).
USAGE
}

fail() {
    say "${RED}failed:${RESET} $step: $*"
    exit 1
}

passed() {
    done=$((done + 1))
    printf 'ok - %s\n' "$1"
}

left_out() {
    omitted=$((omitted + 1))
    printf 'left out - %s\n' "$1"
}

# answers METHOD JSON STATUS [FIELD VALUE]...: makes a call and insists on what it answers.
answers() {
    step=$1
    rpc "$1" "$2" || fail "no answer: $ANSWER"
    insist "${@:3}"
}

# insist STATUS [FIELD VALUE]...: on what the last call has answered.
insist() {
    [[ $HTTP_STATUS == "$1" ]] || fail "HTTP $HTTP_STATUS instead of $1: $ANSWER"
    shift
    while (($# > 0)); do
        [[ $(json_field "$1") == "$2" ]] || fail "$1 should be $2: $ANSWER"
        shift 2
    done
}

# heeds METHOD JSON STATE: a call that asks the guest to stop, which one that still boots misses.
heeds() {
    local press
    step=$1
    for ((press = 1; press <= PRESSES; press++)); do
        rpc "$1" "$2" || fail "no answer: $ANSWER"
        [[ $GUEST == own && $(json_field code) == deadline_exceeded ]] || break
        note "no reaction to request $press of at most $PRESSES"
    done
    insist 200 success true state "$3"
}

# guest_comes_up OFFSET: behind that byte of the console.
guest_comes_up() {
    step="the guest"
    wait_until 90 guest_came_up_since "$1" || fail "it did not come up within 90 s; its console: $CONSOLE"
}

# ---- before the first call -----------------------------------------------------------------------

prepare() {
    if [[ -z $endpoint ]] || { [[ -z $own_kernel ]] && needs_own_vmm "$backend"; }; then
        prepare_build
    fi
    have curl || die "curl is needed"
    make_work_directory life
    take_guest
    describe_guest
}

prepare_build() {
    [[ -n $endpoint ]] || require_backend "$backend"
    set_up_tools
    ! needs_own_vmm "$backend" || BUILD_MODULES=daemon,testkit
    build_daemon build_is_current
}

take_guest() {
    if [[ -z $own_kernel ]]; then
        choose_guest "$backend"
    else
        GUEST=own KERNEL=$own_kernel INITRD=$own_initrd memory=536870912
    fi
}

reach_daemon() {
    step="the daemon with backend $backend"
    if [[ -n $endpoint ]]; then
        step="the daemon at $endpoint"
        use_daemon "$endpoint"
    elif ! start_daemon "$backend"; then
        cat -- "$WORK/daemon.log" >&2
        fail "it did not start"
    fi
    request health "$BASE_URL/_/health" || fail "no answer: $ANSWER"
    [[ $HTTP_STATUS == 200 && $(json_field status) == healthy ]] || fail "not healthy: $ANSWER"
    if [[ $(json_field backend) == "$backend" ]]; then
        passed "the daemon is healthy, its backend is $backend"
    else
        chosen=",\"backend\":$(json_string "$backend")"
        passed "the daemon is healthy, and CreateVm will ask for $backend"
    fi
}

# ---- the VM's life -------------------------------------------------------------------------------

create() {
    LEFT_VMS=("$VM")
    answers CreateVm "{\"vm_id\":\"$VM\",\"config\":{\"cpu\":{\"vcpu_count\":1},
        \"memory\":{\"size_bytes\":$memory},$(boot_json)}$chosen}" 200 vm_id "$VM" state VM_STATE_CREATED
    passed "CreateVm: CREATED"
    answers GetVmInfo "{\"vm_id\":\"$VM\"}" 200 vm_id "$VM" state VM_STATE_CREATED size_bytes "$memory"
    CONSOLE=$(json_field console_path)
    passed "GetVmInfo: the configuration as it was sent"
    listed || fail "the VM is in no page: $ANSWER"
    [[ -n $endpoint ]] || insist 200 total_count 1
    passed "ListVms: the VM is among them"
}

listed() {
    local token=''
    while answers ListVms "{\"page_size\":1000,\"page_token\":\"$token\"}" 200; do
        ! grep -qE "\"(vm_id|vmId)\" *: *\"$VM\"" <<<"$ANSWER" || return 0
        token=$(json_field next_page_token)
        [[ -n $token ]] || return 1
    done
}

boot() {
    answers BootVm "{\"vm_id\":\"$VM\"}" 200 success true state VM_STATE_RUNNING
    passed "BootVm: RUNNING"
    [[ $GUEST == own ]] || console_readable || lose_sight
    if [[ $GUEST == own ]]; then
        look_at_own_console
    else
        guest_comes_up 0
        passed "the guest is up, by its console"
    fi
}

# Somebody else's daemon keeps consoles for its own user alone.
lose_sight() {
    GUEST=own
    say "The guest's console ${CONSOLE:-is kept nowhere and} cannot be read from here."
}

look_at_own_console() {
    if console_readable && wait_until 20 console_holds_something; then
        passed "the guest has written $(console_size) bytes on its console"
    else
        left_out "the guest's first words: nothing is to be read on its console"
    fi
}

console_holds_something() { (($(console_size) > 0)); }

measure() {
    local before
    answers GetVmInfo "{\"vm_id\":\"$VM\"}" 200 state VM_STATE_RUNNING
    before=$(json_field uptime_seconds)
    wait_until 15 metrics_passed "${before:-0}" || fail "the metrics do not grow: $ANSWER"
    passed "GetVmInfo: uptime grows, memory is in use"
}

metrics_passed() {
    local uptime memory_used
    answers GetVmInfo "{\"vm_id\":\"$VM\"}" 200 state VM_STATE_RUNNING
    uptime=$(json_field uptime_seconds) memory_used=$(json_field memory_usage_bytes)
    ((${uptime:-0} > $1 && ${memory_used:-0} > 0))
}

pause_and_resume() {
    local before
    answers PauseVm "{\"vm_id\":\"$VM\"}" 200 success true state VM_STATE_PAUSED
    [[ $GUEST == own ]] || before=$(guest_progress)
    passed "PauseVm: PAUSED"
    [[ $GUEST == own ]] || stands_still_at "$before"
    answers ResumeVm "{\"vm_id\":\"$VM\"}" 200 success true state VM_STATE_RUNNING
    passed "ResumeVm: RUNNING"
    if [[ $GUEST == own ]]; then
        left_out "the guest stands still while paused, and goes on"
        return
    fi
    wait_until 30 progress_passed "$before" || fail "the guest did not go on within 30 s; its console: $CONSOLE"
    passed "the guest stood still meanwhile, and goes on"
}

# Longer than it takes the guest to say something.
stands_still_at() {
    sleep "$([[ $GUEST == mini ]] && printf 0.5 || printf 2.2)"
    [[ $(guest_progress) == "$1" ]] || fail "the guest ran on while it was paused; its console: $CONSOLE"
}

reboot() {
    local offset
    # A mini guest that has counted for a while cannot get there again before its console is looked at.
    [[ $GUEST != mini ]] || wait_until 30 progress_passed 60 || fail "the guest counts no further: $CONSOLE"
    offset=$(console_size)
    heeds RebootVm "{\"vm_id\":\"$VM\"}" VM_STATE_RUNNING
    passed "RebootVm: RUNNING"
    if [[ $GUEST == own ]]; then
        left_out "the guest has begun anew"
    else
        guest_comes_up "$offset"
        passed "the guest has begun anew"
    fi
}

shut_down() {
    heeds ShutdownVm "{\"vm_id\":\"$VM\",\"timeout_seconds\":30}" VM_STATE_SHUTDOWN
    passed "ShutdownVm: the guest heeds it in time, SHUTDOWN"
}

delete() {
    answers DeleteVm "{\"vm_id\":\"$VM\"}" 200 success true
    LEFT_VMS=()
    answers GetVmInfo "{\"vm_id\":\"$VM\"}" 404 code not_found
    passed "DeleteVm: the VM is gone"
}

clean_up() {
    local status=$EXIT_STATUS
    trap - EXIT
    trap '' INT TERM HUP
    [[ -n $WORK ]] || exit "$status"
    end_everything
    rm -rf -- "$WORK"
    check_nothing_left || status=1
    exit "$status"
}

main() {
    prepare
    reach_daemon
    create
    boot
    measure
    pause_and_resume
    reboot
    shut_down
    delete
    printf '%d checks, 0 failed, %d left out\n' "$done" "$omitted"
}

# value_of FLAG WHAT "$@": sets REPLY to the argument behind the flag.
value_of() {
    [[ -n ${4:-} && ${4:-} != --* ]] || usage_error "$1 needs $2"
    REPLY=$4
}

parse() {
    local argument
    while (($# > 0)); do
        argument=$1
        case $argument in
            --backend=* | --endpoint=* | --kernel=* | --initrd=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" && continue ;;
            --backend) value_of "$1" "a name" "$@" && backend=$REPLY && shift ;;
            --endpoint) value_of "$1" "a URL" "$@" && endpoint=$REPLY && shift ;;
            --kernel) value_of "$1" "a path" "$@" && own_kernel=$REPLY && shift ;;
            --initrd) value_of "$1" "a path" "$@" && own_initrd=$REPLY && shift ;;
            --help | -h) usage && exit 0 ;;
            *) usage_error "unknown argument: $1" ;;
        esac
        shift
    done
}

check_arguments() {
    [[ -n $backend ]] || usage_error "--backend is missing"
    [[ -z $endpoint || $endpoint =~ ^https?://[^/]+/?$ ]] ||
        usage_error "--endpoint needs a URL like http://127.0.0.1:8080, not '$endpoint'"
    [[ -n $own_kernel || -z $own_initrd ]] || usage_error "--initrd goes with --kernel"
    check_file --kernel "$own_kernel" own_kernel
    check_file --initrd "$own_initrd" own_initrd
}

# A daemon elsewhere may see what is not here; its paths are absolute all the same.
check_file() {
    local -n result=$3
    [[ -n $2 ]] || return 0
    [[ -n $endpoint || -r $2 ]] || usage_error "$1 names $2, which cannot be read"
    [[ ! -e $2 ]] || result=$(realpath -- "$2")
}

parse "$@"
check_arguments
on_exit clean_up
exit_on_signals
main
