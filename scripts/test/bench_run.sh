#!/usr/bin/env bash
# The benchmark, too short to measure anything. Needs the build, so test.sh runs it after Maven.
set -euo pipefail

# shellcheck source=harness.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/harness.sh"

needs_go() {
    bash -euo pipefail -c "source '$scripts/lib/setup.sh'; source '$scripts/lib/go.sh'; go_usable" ||
        skip "needs Go as new as go.mod says"
}

prints_a_table_and_leaves_nothing() {
    local protocol
    needs_go
    export TMPDIR="$PWD"
    expect_exit 0 "$scripts/bench.sh" rpc --time 0.3 --rounds 1 --warm-up 0.2
    for protocol in "Connect binary, h2c" "Connect JSON, HTTP/1.1" "gRPC, h2c"; do
        [[ $(grep -c "^$protocol  *[0-9]* |" output) == 3 ]] || fail "not three lines of $protocol"
    done
    expect_output "CPUs ("
    leaves_nothing
}

leaves_nothing() {
    local left
    [[ -z $(compgen -G "$PWD/vmcp-bench.*") ]] || fail "left behind: $(ls)"
    left=$(grep -lsF -f <(printf '%s\n' "$PWD/vmcp-bench") /proc/[0-9]*/cmdline || true)
    [[ -z $left ]] || fail "processes left: $left"
}

sets_a_vmm_beside_the_daemon() {
    local row
    needs_go
    needs_vmm "$1"
    export TMPDIR="$PWD"
    expect_exit 0 "$scripts/bench.sh" lifecycle --backend "$1" --quick
    for row in CreateVm BootVm PauseVm ResumeVm ShutdownVm DeleteVm "8 at once" "32 at once"; do
        grep -qE "^$row.* \|( +[0-9.]+)+ \|( +[0-9.]+)+ \| " output || fail "no row of $row"
    done
    leaves_nothing
}

stopped_benchmark_leaves_nothing() {
    local bench status=0
    needs_go
    needs_vmm cloudhypervisor
    export TMPDIR="$PWD"
    "$scripts/bench.sh" lifecycle --backend cloudhypervisor --quick --rounds 5000 </dev/null >bench.out 2>&1 &
    bench=$!
    timeout 120 bash -c "until grep -q '50 of 5000 rounds' bench.out; do sleep 0.1; done" || fail "never there: $(tail bench.out)"
    kill -TERM "$bench"
    wait "$bench" || status=$?
    ((status == 143)) || fail "exit code $status: $(tail bench.out)"
    leaves_nothing
}

check "the benchmark prints a table and leaves nothing" prints_a_table_and_leaves_nothing
check "the benchmark of a VM's life prints a table and leaves nothing" sets_a_vmm_beside_the_daemon cloudhypervisor
check "the benchmark of a VM's life on firecracker does, too" sets_a_vmm_beside_the_daemon firecracker
check "the benchmark of a VM's life leaves nothing when it is stopped" stopped_benchmark_leaves_nothing
finish
