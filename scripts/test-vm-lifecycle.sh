#!/usr/bin/env bash
# Takes a real virtual machine through its whole life on one backend, with plain curl, and checks each
# answer. Starts a daemon of its own and leaves nothing behind.
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

readonly VM=lifecycle
backend='' done=0 step='the set-up' KERNEL='' INITRD=''
# Ids of VMs that are still there, so that an early end can delete them.
LEFT_VMS=()

usage() {
    cat <<'USAGE'
usage: scripts/test-vm-lifecycle.sh --backend NAME

Starts a daemon with the backend (qemu, or another that this build has), boots a small Linux guest
through the API, takes it through every call, and prints a line for each. What is missing on a Debian
or Ubuntu machine is installed first (as root, or with sudo). Exit code 0 only when all went well.
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

# answers METHOD JSON STATUS [FIELD VALUE]...: makes a call and insists on what it answers.
answers() {
    local method=$1 body=$2 status=$3
    shift 3
    step=$method
    rpc "$method" "$body" || fail "no answer: $ANSWER"
    [[ $HTTP_STATUS == "$status" ]] || fail "HTTP $HTTP_STATUS instead of $status: $ANSWER"
    while (($# > 0)); do
        [[ $(json_field "$1") == "$2" ]] || fail "$1 should be $2: $ANSWER"
        shift 2
    done
}

# guest_comes_up OFFSET: behind that byte of the console.
guest_comes_up() {
    step="the guest"
    wait_until 90 guest_said_since "$1" 'up, .*MiB' || fail "it did not come up within 90 s; its console: $CONSOLE"
}

prepare() {
    local guest
    set_up_tools
    guest=$("$here/guest.sh" --print)
    KERNEL=$(sed -n 's/^KERNEL=//p' <<<"$guest")
    INITRD=$(sed -n 's/^INITRD=//p' <<<"$guest")
    build_daemon build_is_current
    make_work_directory life
}

start() {
    step="the daemon with backend $backend"
    if ! start_daemon "$backend"; then
        cat -- "$WORK/daemon.log" >&2
        fail "it did not start"
    fi
    request health "$BASE_URL/_/health" || fail "no answer: $ANSWER"
    [[ $HTTP_STATUS == 200 && $(json_field status) == healthy ]] || fail "not healthy: $ANSWER"
    [[ $(json_field backend) == "$backend" ]] || fail "another backend: $ANSWER"
    passed "the daemon starts and is healthy"
}

create() {
    LEFT_VMS=("$VM")
    answers CreateVm "{\"vm_id\":\"$VM\",\"config\":{\"cpu\":{\"vcpu_count\":1},\"memory\":{\"size_bytes\":268435456},
        \"boot\":{\"kernel_path\":$(json_string "$KERNEL"),\"initrd_path\":$(json_string "$INITRD")}}}" \
        200 vm_id "$VM" state VM_STATE_CREATED
    passed "CreateVm: CREATED"
    answers GetVmInfo "{\"vm_id\":\"$VM\"}" 200 vm_id "$VM" state VM_STATE_CREATED size_bytes 268435456
    CONSOLE=$(json_field console_path)
    passed "GetVmInfo: the configuration as it was sent"
    answers ListVms '{}' 200 total_count 1 vm_id "$VM"
    passed "ListVms: one VM"
}

boot() {
    answers BootVm "{\"vm_id\":\"$VM\"}" 200 success true state VM_STATE_RUNNING
    guest_comes_up 0
    passed "BootVm: RUNNING, and the guest is up"
}

pause_and_resume() {
    local before
    answers PauseVm "{\"vm_id\":\"$VM\"}" 200 success true state VM_STATE_PAUSED
    before=$(guest_uptime)
    passed "PauseVm: PAUSED"
    answers ResumeVm "{\"vm_id\":\"$VM\"}" 200 success true state VM_STATE_RUNNING
    wait_until 30 uptime_passed "$before" || fail "the guest did not go on within 30 s; its console: $CONSOLE"
    passed "ResumeVm: RUNNING, and the guest goes on"
}

reboot() {
    local offset
    offset=$(console_size)
    answers RebootVm "{\"vm_id\":\"$VM\"}" 200 success true state VM_STATE_RUNNING
    guest_comes_up "$offset"
    passed "RebootVm: RUNNING, and the guest is up anew"
}

shut_down() {
    answers ShutdownVm "{\"vm_id\":\"$VM\",\"timeout_seconds\":60}" 200 success true state VM_STATE_SHUTDOWN
    passed "ShutdownVm: SHUTDOWN"
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
    start
    create
    boot
    pause_and_resume
    reboot
    shut_down
    delete
    printf '%d checks, 0 failed\n' "$done"
}

while (($# > 0)); do
    case $1 in
        --backend)
            (($# > 1)) || usage_error "--backend needs a name"
            backend=$2
            shift
            ;;
        --backend=*) backend=${1#*=} ;;
        --help | -h) usage && exit 0 ;;
        *) usage_error "unknown argument: $1" ;;
    esac
    shift
done
[[ -n $backend ]] || usage_error "--backend is missing"
on_exit clean_up
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
main
