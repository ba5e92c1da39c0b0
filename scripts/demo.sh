#!/usr/bin/env bash
# Shows the control plane at work: sets the machine up, starts the daemon, and takes a real virtual
# machine through its whole life with plain curl. Leaves nothing behind.
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

backend=qemu keep=no step='the set-up' why='' finished=no
# Ids of VMs that are still there, so that an early end can delete them.
LEFT_VMS=()

usage() {
    cat <<'USAGE'
usage: scripts/demo.sh [--backend NAME] [--keep]

Boots a real VM through the API and shows every call, its answer and its time. On a fresh Debian or
Ubuntu machine it installs what it needs first (as root, or with sudo) and builds the daemon.

  --backend NAME   qemu (default), cloudhypervisor or firecracker, which no package holds: their binary must
                   be on PATH or named by UNKEY_VMCP_CH_BINARY or UNKEY_VMCP_FC_BINARY. Where the host's KVM is
                   unfit for Linux, a mini guest that counts and heeds being stopped takes its place there
  --keep           leave a daemon and a running VM, and say how to go on
  --help           this text
USAGE
}

# ---- showing -------------------------------------------------------------------------------------

begin() {
    step=$1
    printf '\n%s== %s%s\n' "$BOLD" "$1" "$RESET"
}

tell() { printf '%s%s%s\n' "$GREEN" "$*" "$RESET"; }

fail() {
    why=$*
    exit 1
}

# The command as one can paste it, given the API= that the demo printed.
show_command() {
    printf '%s' "\$ curl \$API/$1 -H 'Content-Type: application/json' -d '"
    if ((${#2} <= 60)); then
        printf "%s'\n" "$2"
    else
        printf '\n'
        show_json "$2"
        printf "'\n"
    fi
}

# A call that is not part of the show.
quiet_rpc() {
    rpc "$@" || fail "no answer: $ANSWER"
    unset 'CALLS[-1]'
}

# shown_rpc METHOD JSON [STATE]: makes a call, shows it, and insists on success and on the state.
shown_rpc() {
    local method=$1 body=$2 state=${3:-}
    show_command "$method" "$body"
    rpc "$method" "$body" || fail "no answer: $ANSWER"
    show_answer
    [[ $HTTP_STATUS == 200 ]] || fail "$method answered HTTP $HTTP_STATUS: $ANSWER"
    [[ -z $state || $(json_field state) == "$state" ]] ||
        fail "$method answered state $(json_field state) instead of $state"
}

# ---- the guest, by its console -------------------------------------------------------------------

# show_up_line OFFSET NAME: waits for the guest and puts how long that took into the table.
show_up_line() {
    local started
    started=$(now_ms)
    wait_until 60 guest_came_up_since "$1" || fail "the guest did not come up within 60 s; its console: $CONSOLE"
    tell "The guest says: $(guest_first_words)"
    add_wait "$2" "$started"
}

add_wait() { CALLS+=("$1 - $(($(now_ms) - $2))e-3"); }

# ---- the tour ------------------------------------------------------------------------------------

prepare() {
    require_backend "$backend"
    set_up_tools
    [[ $backend == qemu ]] || BUILD_MODULES=daemon,testkit
    build_daemon build_is_current
    make_work_directory demo
    choose_guest "$backend"
}

start() {
    local started
    started=$(now_ms)
    start_daemon "$backend" || fail "the daemon did not become ready within 60 s"
    add_wait "$1" "$started"
    tell "$DAEMON_READY"
    printf 'API=%s/vmm.v1.VmService\n' "$BASE_URL"
}

health() {
    begin "health: is the daemon there, and its backend?"
    printf '$ curl %s/_/health\n' "$BASE_URL"
    request health "$BASE_URL/_/health" || fail "no answer: $ANSWER"
    show_answer
    [[ $HTTP_STATUS == 200 && $(json_field status) == healthy ]] || fail "the daemon is not healthy"
}

create_request() {
    printf '{"vm_id":"%s","config":{"cpu":{"vcpu_count":1},"memory":{"size_bytes":"268435456"},' "$1"
    printf '%s,"metadata":{"made-by":"demo"}}}' "$(boot_json)"
}

create() {
    begin "CreateVm: a VM with one CPU and 256 MiB"
    LEFT_VMS+=("$1")
    shown_rpc CreateVm "$(create_request "$1")" VM_STATE_CREATED
}

# Asked without being shown: where the guest's console is.
find_console() {
    quiet_rpc GetVmInfo "{\"vm_id\":\"$1\"}"
    CONSOLE=$(json_field console_path)
    [[ -n $CONSOLE ]] || fail "GetVmInfo names no console_path: $ANSWER"
}

boot() {
    begin "BootVm: the guest's kernel starts"
    find_console "$1"
    shown_rpc BootVm "{\"vm_id\":\"$1\"}" VM_STATE_RUNNING
    printf 'Its console is kept in %s\n' "$CONSOLE"
    show_up_line 0 "guest-is-up"
}

# Taken now and then, the first soon after the boot.
has_metrics() {
    quiet_rpc GetVmInfo '{"vm_id":"demo"}'
    [[ $(json_field memory_usage_bytes) =~ ^[1-9][0-9]*$ ]]
}

inspect() {
    begin "GetVmInfo: state, configuration and metrics"
    wait_until 15 has_metrics || fail "there are no metrics after 15 s: $ANSWER"
    shown_rpc GetVmInfo '{"vm_id":"demo"}' VM_STATE_RUNNING
    [[ $(json_field memory_usage_bytes) =~ ^[1-9][0-9]*$ ]] || fail "the metrics name no memory in use"
    begin "ListVms: all VMs of this host"
    shown_rpc ListVms '{}'
    [[ $(json_field total_count) == 1 ]] || fail "the list should hold one VM"
}

pause_and_resume() {
    local before
    begin "PauseVm: the guest stands still"
    shown_rpc PauseVm '{"vm_id":"demo"}' VM_STATE_PAUSED
    before=$(guest_progress)
    sleep 2.5
    [[ $(guest_progress) == "$before" ]] || fail "the guest ran on while it was paused"
    tell "2.5 s later its last word is still: $(guest_progress_words)"
    begin "ResumeVm: and goes on where it stood"
    shown_rpc ResumeVm '{"vm_id":"demo"}' VM_STATE_RUNNING
    wait_until 30 progress_passed "$before" || fail "the guest did not go on within 30 s"
    tell "The guest says: $(guest_progress_words)"
}

crash_and_restart() {
    local pid ticks before words offset
    begin "kill -9 of the daemon: the guest never notices"
    quiet_rpc GetVmInfo '{"vm_id":"demo"}'
    pid=$(json_field pid)
    ticks=$(start_ticks "$pid") || fail "there is no process $pid, which backend_info names"
    before=$(guest_progress) words=$(guest_progress_words) offset=$(console_size)
    printf '$ kill -9 %s\n' "$DAEMON_PID"
    kill -KILL "$DAEMON_PID"
    wait_until 5 process_is_gone "$DAEMON_PID" || fail "the daemon outlived kill -9"
    wait_until 30 progress_passed "$before" || fail "the guest stood still without the daemon"
    before=$(guest_progress)
    tell "No daemon, but the guest (process $pid) goes on: $words, then $(guest_progress_words)"
    restart_around "$pid" "$ticks" "$before" "$offset"
}

restart_around() {
    local pid=$1 ticks=$2 progress=$3 offset=$4
    begin "restart: the new daemon takes the VM over"
    start "daemon-restart"
    shown_rpc GetVmInfo '{"vm_id":"demo"}' VM_STATE_RUNNING
    [[ $(json_field pid) == "$pid" && $(start_ticks "$pid") == "$ticks" ]] ||
        fail "the VM's process is $(json_field pid), it was $pid"
    wait_until 30 progress_passed "$progress" || fail "the guest stood still after the restart"
    if guest_came_up_since "$offset"; then
        fail "the guest booted anew"
    fi
    tell "The same process $pid, started once (tick $ticks of this host); $(guest_progress_words)"
}

reboot() {
    local offset
    begin "RebootVm: the guest shuts down and comes up again"
    offset=$(console_size)
    shown_rpc RebootVm '{"vm_id":"demo"}' VM_STATE_RUNNING
    show_up_line "$offset" "guest-is-up-again"
}

shut_down() {
    local offset
    begin "ShutdownVm: the guest is asked to stop, and does"
    offset=$(console_size)
    shown_rpc ShutdownVm '{"vm_id":"demo","timeout_seconds":30}' VM_STATE_SHUTDOWN
    guest_saw_request_since "$offset" || fail "the guest did not see that it was asked; its console: $CONSOLE"
    tell "The guest said: $(guest_last_words)"
}

delete() {
    begin "DeleteVm: nothing of it is left"
    shown_rpc DeleteVm '{"vm_id":"demo"}'
    LEFT_VMS=()
    quiet_rpc GetVmInfo '{"vm_id":"demo"}'
    [[ $(json_field code) == not_found ]] || fail "the VM is still there: $ANSWER"
    tell "GetVmInfo now answers: $ANSWER"
}

keep_one() {
    begin "--keep: a daemon and a VM to go on with"
    create kept
    boot kept
    cat <<KEPT

Left running: the daemon (process $DAEMON_PID) and a VM with the id "kept".
  API=$BASE_URL/vmm.v1.VmService
  curl \$API/GetVmInfo -H 'Content-Type: application/json' -d '{"vm_id":"kept"}'
  tail -f $CONSOLE
  less $WORK/daemon.log
To end them:
  curl \$API/DeleteVm -H 'Content-Type: application/json' -d '{"vm_id":"kept","force":true}'
  kill $DAEMON_PID; sleep 1; rm -rf $WORK
KEPT
}

# ---- the end, however it comes -------------------------------------------------------------------

clean_up() {
    local status=$EXIT_STATUS
    trap - EXIT
    trap '' INT TERM HUP
    [[ -n $WORK ]] || exit "$status"
    [[ $status == 0 && $keep == yes && $finished == yes ]] && exit 0
    end_everything
    ((status == 0)) || keep_logs "$status"
    rm -rf -- "$WORK"
    check_nothing_left || status=1
    exit "$status"
}

keep_logs() {
    local logs
    # With a signal there is nothing to find out.
    (($1 < 128)) || { say "stopped; everything it had started is ended" && return 0; }
    logs="$VMCP_CACHE/logs/${WORK##*/}"
    mkdir -p -- "$logs"
    cp -- "$WORK/daemon.log" "$WORK/daemon.out" "$logs/" 2>/dev/null || true
    [[ ! -s $CONSOLE ]] || cp -- "$CONSOLE" "$logs/console.log" 2>/dev/null || true
    say ""
    say "${RED}The demo failed at:${RESET} $step"
    [[ -z $why ]] || say "$why"
    say "The logs of the daemon and the guest are in $logs; the daemon's last words:"
    tail -n 8 -- "$logs/daemon.log" | sed 's/^/    /' >&2
}

main() {
    local started
    prepare
    started=$(now_ms)
    begin "the daemon starts on a free port, with its state in $WORK"
    tell "$(describe_guest)"
    start "daemon-start"
    health
    create demo
    boot demo
    inspect
    pause_and_resume
    crash_and_restart
    reboot
    shut_down
    delete
    show_table
    [[ $keep == no ]] || keep_one
    finished=yes
    printf '\n%sDone in %s.%s\n' "$BOLD" "$(format_ms $(($(now_ms) - started)))" "$RESET"
}

while (($# > 0)); do
    case $1 in
        --backend)
            (($# > 1)) || usage_error "--backend needs a name"
            backend=$2
            shift
            ;;
        --backend=*) backend=${1#*=} ;;
        --keep) keep=yes ;;
        --help | -h) usage && exit 0 ;;
        *) usage_error "unknown argument: $1" ;;
    esac
    shift
done
known_backend "$backend" || usage_error "--backend '$backend' is none of qemu, cloudhypervisor, firecracker"
on_exit clean_up
exit_on_signals
main
