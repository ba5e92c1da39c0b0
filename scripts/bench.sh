#!/usr/bin/env bash
# Measures the daemon. `rpc` holds its API against a minimal connect-go server on the same machine,
# `lifecycle` what it makes of a VMM against that VMM driven directly.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=lib/setup.sh
source "$here/lib/setup.sh"
# shellcheck source=lib/go.sh
source "$here/lib/go.sh"
# shellcheck source=lib/api.sh
source "$here/lib/api.sh"
# shellcheck source=lib/daemon.sh
source "$here/lib/daemon.sh"
# shellcheck source=lib/backend.sh
source "$here/lib/backend.sh"

readonly PROGRAMS="$VMCP_ROOT/target/bench"
readonly VM=bench
seconds=9 rounds=3 warm_up=5 backend=''
options=()
GO_PID='' GO_URL='' LOAD_PID=''
# Ids of VMs that are still there, so that an early end can delete them.
LEFT_VMS=()

usage() {
    cat <<'USAGE'
usage: scripts/bench.sh rpc [--quick] [--time SECONDS] [--warm-up SECONDS] [--rounds N]
                            [--protocols LIST] [--workers LIST] [--no-gzip]
       scripts/bench.sh lifecycle --backend NAME [--quick] [--rounds N] [--warm-up N] [--batches N]
                            [--parallel LIST]

Both print one table; bench/README.md says how to read it. Both need Go.

rpc calls GetVmInfo of the packaged daemon and of a minimal connect-go server that answers the same
from memory, in turns.

  --quick            2 s for each line, 1 round, 2 s of warm-up: shows that it works, measures little
  --time SECONDS     measuring of each server for each line of the table, all rounds together (9)
  --warm-up SECONDS  calls of each server with each protocol before anything counts (5)
  --rounds N         turns that the time is divided into (3)
  --protocols LIST   of connect,json,grpc
  --workers LIST     callers at once (1,16,64)
  --no-gzip          the client takes no compressed answers; by default it does, as connect-go's do

lifecycle takes VMs from their creation to their end, with the VMM driven directly and through the
packaged daemon, in turns: one by one, then many at once.

  --backend NAME     cloudhypervisor or firecracker; its binary is taken from UNKEY_VMCP_CH_BINARY or
                     UNKEY_VMCP_FC_BINARY, or from PATH
  --quick            5 rounds, 2 batches, 5 VMs of warm-up: shows that it works, measures little
  --rounds N         VMs of each way, one by one (200)
  --warm-up N        VMs through the daemon before anything counts (300)
  --batches N        how often many VMs are made at once, of each way (20)
  --parallel LIST    how many that are (8,32)

  --help             this text

VMCP_JAVA_OPTS adds options for the daemon's JVM.
USAGE
}

# prepare PROGRAM...: of bench/cmd.
prepare() {
    set_up_tools
    require_go
    build_daemon build_is_current
    run_step "building the Go programs" "$(setup_log bench)" go_build "$PROGRAMS" "${@/#/./bench/cmd/}" ||
        die "the Go programs do not build"
    make_work_directory bench
}

# A VM with a little of everything that needs no set-up of the host; it is not booted, as the guest
# would take its part of the processors.
create_request() {
    printf '{"vm_id":"%s","config":{"cpu":{"vcpu_count":2},"memory":{"size_bytes":"268435456"},' "$VM"
    printf '"boot":{"kernel_path":%s,"kernel_args":"console=ttyS0 root=/dev/vda"},' "$(json_string "$KERNEL")"
    printf '"storage":[{"path":%s,"is_root_device":true},{"path":%s}],' \
        "$(json_string "$WORK/root.raw")" "$(json_string "$WORK/data.raw")"
    printf '"metadata":{"owner":"platform","role":"web","environment":"staging"}}}'
}

create_vm() {
    truncate -s 1M -- "$WORK/root.raw" "$WORK/data.raw"
    LEFT_VMS+=("$VM")
    rpc CreateVm "$(create_request)" || die "CreateVm got no answer: $ANSWER"
    [[ $HTTP_STATUS == 200 ]] || die "CreateVm answered HTTP $HTTP_STATUS: $ANSWER"
}

# It answers what the daemon answers.
start_go_server() {
    "$PROGRAMS/rpc-load" fetch -url "$BASE_URL" -vm "$VM" -out "$WORK/answer.binpb"
    "$PROGRAMS/go-server" -answer "$WORK/answer.binpb" >"$WORK/go-server.out" 2>&1 </dev/null &
    GO_PID=$!
    wait_until 10 go_server_ready_or_dead || die "the Go server is not ready after 10 s"
    GO_URL=$(grep -o 'http://[^ ]*' "$WORK/go-server.out") || die "the Go server ended: $(<"$WORK/go-server.out")"
}

go_server_ready_or_dead() { grep -q ' ready on ' "$WORK/go-server.out" || ! process_lives "$GO_PID"; }

# In the background, so that a signal is acted upon at once.
run_load() {
    "$@" </dev/null &
    LOAD_PID=$!
    wait "$LOAD_PID"
}

# versions PROGRAM: what was measured with what.
versions() {
    printf '\nvmm-controlplane %s\n' "${DAEMON_READY##* version=}"
    printf 'JDK %s; options: %s\n' "$("$JAVA_HOME/bin/java" -version 2>&1 | sed -n 's/.*build \([^)]*\).*/\1/p' | head -n 1)" \
        "$(jvm_options)"
    printf '%s; %s; %s\n' "$("$PROGRAMS/$1" version)" "$(nproc) CPUs ($(cpu_model))" "Linux $(uname -r)"
}

jvm_options() {
    grep '^-X' "$DAEMON_DIST/jvm.options" | tr '\n' ' '
    printf '%s' "${VMCP_JAVA_OPTS:-}"
}

cpu_model() { sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1; }

# ---- the end, however it comes -------------------------------------------------------------------

clean_up() {
    local status=$EXIT_STATUS pid
    trap - EXIT
    trap '' INT TERM HUP
    [[ -n $WORK ]] || exit "$status"
    for pid in $LOAD_PID $GO_PID; do
        ! process_lives "$pid" || end_process "$pid" 5 || true
    done
    end_everything
    ((status == 0 || status >= 128)) || tail -n 8 -- "$WORK/daemon.log" | sed 's/^/    /' >&2
    rm -rf -- "$WORK"
    exit "$status"
}

rpc_benchmark() {
    prepare go-server rpc-load
    find_linux_guest
    start_daemon qemu || die "the daemon did not become ready within 60 s"
    create_vm
    start_go_server
    say "${BOLD}==>${RESET} measuring"
    run_load "$PROGRAMS/rpc-load" compare -daemon "$BASE_URL" -daemon-pid "$DAEMON_PID" -go "$GO_URL" \
        -go-pid "$GO_PID" -vm "$VM" -time "${seconds}s" -rounds "$rounds" -warm-up "${warm_up}s" "${options[@]}"
    versions rpc-load
}

# What is measured directly lies beside the daemon's state: in the same file system, and under a name by
# which whatever is left is found.
lifecycle_benchmark() {
    require_backend "$backend"
    BUILD_MODULES=daemon,testkit
    prepare vmm-lifecycle
    make_mini_guest idle
    mkdir -m 700 -- "$WORK/state-direct"
    start_daemon "$backend" || die "the daemon did not become ready within 60 s"
    say "${BOLD}==>${RESET} measuring"
    run_load "$PROGRAMS/vmm-lifecycle" -backend "$backend" -binary "$(vmm_binary "$backend")" -daemon "$BASE_URL" \
        -kernel "$KERNEL" -directory "$WORK/state-direct" -rounds "$rounds" -warm-up "$warm_up" "${options[@]}"
    versions vmm-lifecycle
    vmm_version
}

# Read to its end: the program does not bear a reader that has gone.
vmm_version() {
    local words
    words=$("$(vmm_binary "$backend")" --version)
    printf '%s\n' "${words%%$'\n'*}"
}

number() { [[ ${2:-} =~ ^[0-9]+(\.[0-9]+)?$ ]] || usage_error "$1 needs a number, not '${2:-}'"; }

list() { [[ ${2:-} =~ ^[a-z0-9,]+$ ]] || usage_error "$1 needs a list with commas, not '${2:-}'"; }

parse_rpc() {
    while (($# > 0)); do
        case $1 in
            --quick) seconds=2 rounds=1 warm_up=2 ;;
            --time) number "$@" && seconds=$2 && shift ;;
            --warm-up) number "$@" && warm_up=$2 && shift ;;
            --rounds) number "$@" && rounds=$2 && shift ;;
            --protocols) list "$@" && options+=(-protocols "$2") && shift ;;
            --workers) list "$@" && options+=(-workers "$2") && shift ;;
            --no-gzip) options+=(-gzip=false) ;;
            *) usage_error "unknown argument: $1" ;;
        esac
        shift
    done
}

parse_lifecycle() {
    rounds=200 warm_up=300
    while (($# > 0)); do
        case $1 in
            --backend) [[ -n ${2:-} ]] || usage_error "--backend needs a name"; backend=$2 && shift ;;
            --quick) rounds=5 warm_up=5 && options+=(-batches 2) ;;
            --warm-up) number "$@" && warm_up=$2 && shift ;;
            --rounds) number "$@" && rounds=$2 && shift ;;
            --batches) number "$@" && options+=(-batches "$2") && shift ;;
            --parallel) list "$@" && options+=(-parallel "$2") && shift ;;
            *) usage_error "unknown argument: $1" ;;
        esac
        shift
    done
    [[ -n $backend ]] || usage_error "--backend is missing: cloudhypervisor or firecracker"
    needs_own_vmm "$backend" || usage_error "--backend '$backend' is neither cloudhypervisor nor firecracker"
}

case ${1:-} in
    rpc | lifecycle) "parse_$1" "${@:2}" ;;
    --help | -h) usage && exit 0 ;;
    '') usage_error "what to measure is missing: rpc or lifecycle" ;;
    *) usage_error "unknown argument: $1" ;;
esac
on_exit clean_up
exit_on_signals
"$1_benchmark"
