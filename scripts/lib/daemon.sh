# shellcheck shell=bash
# A daemon of one's own: in a new temporary directory, on a free port, and gone without a trace. Or
# somebody else's that runs already, of which nothing is ended but the VMs made here.

[[ -n ${VMCP_DAEMON_SOURCED:-} ]] && return 0
VMCP_DAEMON_SOURCED=1

WORK='' DAEMON_PID='' DAEMON_READY='' FOREIGN_DAEMON=no

# Everything that is started names this directory, in its command line or its environment: that is
# how whatever is left is found again. Short, since socket paths have a limit of 107 bytes.
# make_work_directory WHO: of whom it is tells its name.
make_work_directory() {
    WORK=$(mktemp -d -- "${TMPDIR:-/tmp}/vmcp-$1.XXXXXX")
    ANSWERS="$WORK/answers"
    mkdir -m 700 -- "$ANSWERS" "$WORK/state"
    : >"$WORK/daemon.out"
    : >"$WORK/daemon.log"
}

# start_daemon BACKEND: fails where it does not serve within a minute, or ends.
# In a session of its own: Ctrl-C in the terminal reaches this script, which then ends the daemon in
# good order. setsid does not fork here, since a background job leads no process group.
start_daemon() {
    # Here, not by the redirection alone, which happens in the child: the word of the daemon before
    # would be taken for that of the new one.
    : >"$WORK/daemon.out"
    # A VMM that somebody else has started is not for a daemon of ours.
    unset UNKEY_VMCP_CH_ENDPOINT UNKEY_VMCP_FC_ENDPOINT
    UNKEY_VMCP_BACKEND=$1 UNKEY_VMCP_ADDRESS=127.0.0.1 UNKEY_VMCP_PORT=0 UNKEY_VMCP_STATE_DIR="$WORK/state" \
        setsid "$VMCP_ROOT/vmm-controlplane" >"$WORK/daemon.out" 2>>"$WORK/daemon.log" </dev/null &
    DAEMON_PID=$!
    disown "$DAEMON_PID"
    wait_until 60 daemon_ready_or_dead || return 1
    DAEMON_READY=$(ready_line) || return 1
    BASE_URL=$(grep -o 'http://[^ ]*' <<<"$DAEMON_READY") || return 1
}

# use_daemon URL: one that runs already. Its VMM must be able to read what it is given in WORK.
use_daemon() {
    BASE_URL=${1%/} FOREIGN_DAEMON=yes
    chmod 711 -- "$WORK"
}

# The whole line: the daemon may be in the midst of writing it.
ready_line() { grep -m 1 '^vmm-controlplane ready on http://.* ms)$' -- "$WORK/daemon.out"; }

daemon_ready_or_dead() { ready_line >/dev/null || ! process_lives "$DAEMON_PID"; }

# wait_until SECONDS COMMAND...: polls; fails when the time is over.
wait_until() {
    local deadline=$(($(now_ms) + $1 * 1000))
    shift
    until "$@"; do
        (($(now_ms) < deadline)) || return 1
        sleep 0.05
    done
}

# A zombie is dead: it only waits for its parent to look.
process_lives() {
    local state
    state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null) || return 1
    [[ -n $state && $state != [ZX] ]]
}

process_is_gone() { ! process_lives "$1"; }

# Field 22 of stat, the start of the process in ticks since boot: with the pid it names one process.
# The name in field 2 may hold spaces and parentheses, so reading starts behind the last one.
start_ticks() {
    local stat fields
    stat=$(cat "/proc/$1/stat") || return 1
    read -r -a fields <<<"${stat##*) }"
    printf '%s\n' "${fields[19]}"
}

# end_process PID SECONDS: asks, then insists.
end_process() {
    kill -TERM "$1" 2>/dev/null || true
    wait_until "$2" process_is_gone "$1" && return 0
    kill -KILL "$1" 2>/dev/null || true
    wait_until 5 process_is_gone "$1"
}

# Prints the pids of all daemons and VMMs that name the state directory. Others who do, say somebody
# who follows a console with tail, are not ours to end.
processes_of_work() {
    local pid
    { grep -lsF -f <(printf '%s/state\n' "$WORK") /proc/[0-9]*/cmdline /proc/[0-9]*/environ || true; } |
        cut -d / -f 3 | sort -un | while IFS= read -r pid; do
        if process_lives "$pid" && is_daemon_or_vmm "$pid"; then
            printf '%s\n' "$pid"
        fi
    done
}

is_daemon_or_vmm() {
    local program
    program=$(readlink "/proc/$1/exe") || return 1
    case $program in
        */java | */java\ * | */qemu-system-* | */cloud-hypervisor* | */firecracker*) return 0 ;;
    esac
    is_file "$program" "${UNKEY_VMCP_CH_BINARY:-}" || is_file "$program" "${UNKEY_VMCP_FC_BINARY:-}"
}

is_file() { [[ -n $2 && $1 == "$(readlink -f -- "$2")" ]]; }

# The good way first: the daemon deletes its VMs and ends. Then whatever still names the directory.
end_everything() {
    local pid
    [[ -z $CURL_PID ]] || kill "$CURL_PID" 2>/dev/null || true
    [[ $FOREIGN_DAEMON == no ]] || delete_left_vms
    if [[ -n $DAEMON_PID ]] && process_lives "$DAEMON_PID"; then
        delete_left_vms
        end_process "$DAEMON_PID" 15 || true
    fi
    for pid in $(processes_of_work); do
        end_process "$pid" 5 || true
    done
}

delete_left_vms() {
    local id
    for id in "${LEFT_VMS[@]}"; do
        curl --silent --max-time 15 --noproxy '*' -H 'Content-Type: application/json' --output /dev/null \
            -d "{\"vm_id\":\"$id\",\"force\":true}" "$BASE_URL/vmm.v1.VmService/DeleteVm" || true
    done
}

check_nothing_left() {
    local left
    left=$(processes_of_work)
    if [[ -n $left || -e $WORK ]]; then
        say "${RED}left behind:${RESET} $WORK, processes: ${left:-none}"
        return 1
    fi
}
